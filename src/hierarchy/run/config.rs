//! One experiment of `bfc run`: its tables, their defaults, and what is refused before anything is allocated.

use std::path::Path;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::document::{Document, keys};
use super::keys::LearnerKeys;
use super::kinds::{self, LearnerKind};
use super::memory::check_memory;
use super::product::Count;
use super::values::{self, Widths, number, seed, size};
use crate::error::{Error, Result};
use crate::exact::Distribution;
use crate::hierarchy::experiment::{Cell, Family, Instance, Labels, Learner, Online, configuration};
use crate::hierarchy::network::architecture::{MAX_DEPTH, MAX_SIZE};
use crate::hierarchy::network::{Architecture, Skips};

const DEEPEST: u64 = MAX_DEPTH as u64;
const LARGEST: u64 = MAX_SIZE as u64;

/// An experiment: what its file asks for, with every value that follows from what is given.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFile {
    /// The value of `learner.kind`.
    pub kind: &'static str,
    /// The run.
    pub cell: Cell,
}

/// The tables, as they are given.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Tables {
    /// A random member of the concept class.
    target: TargetKeys,
    /// Who learns, and how.
    learner: LearnerKeys,
    /// The samples.
    data: DataKeys,
}

/// The table `target`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
struct TargetKeys {
    /// How it is drawn.
    #[serde(deserialize_with = "family")]
    family: Family,
    /// `L`; as a list of widths says, or 3.
    #[serde(deserialize_with = "size::<_, _, 2, DEEPEST>")]
    depth: Option<usize>,
    /// `k_2, ..., k_L`.
    width: Widths,
    /// `d`.
    #[serde(deserialize_with = "size::<_, _, 1, LARGEST>")]
    dimension: usize,
    /// The index sets.
    #[serde(deserialize_with = "values::skips")]
    skips: Skips,
    /// `eps`.
    #[serde(deserialize_with = "gap")]
    gap: f64,
    /// The law of the inputs.
    #[serde(deserialize_with = "values::distribution")]
    distribution: Distribution,
    /// Of the weights.
    #[serde(deserialize_with = "seed")]
    seed: u64,
}

impl Default for TargetKeys {
    fn default() -> Self {
        TargetKeys {
            family: Family::Rows,
            depth: None,
            width: Widths::All(1),
            dimension: 16,
            skips: Skips::Lin,
            gap: 0.1,
            distribution: Distribution::Gaussian,
            seed: 1,
        }
    }
}

/// The table `data`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
struct DataKeys {
    /// `N`; 60 times the largest width times the dimension.
    samples: Option<Count>,
    /// What the learner is told; exact values, or noisy ones where a noise is given.
    labels: Option<LabelsName>,
    /// The deviation of the noise, in deviations of the target.
    #[serde(deserialize_with = "noise")]
    noise: Option<f64>,
    /// Of the samples.
    #[serde(deserialize_with = "seed")]
    seed: u64,
}

impl Default for DataKeys {
    fn default() -> Self {
        DataKeys { samples: None, labels: None, noise: None, seed: 1 }
    }
}

/// What the learner is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LabelsName {
    Exact,
    Noise,
    Sign,
}

/// The tables that a file may have; `sweep` and `fit` are read before.
pub const TABLES: [&str; 5] = ["target", "learner", "data", "sweep", "fit"];

/// The depth where nothing says another.
const DEPTH: usize = 3;
/// The noise where only its presence is told.
const NOISE: f64 = 0.1;

impl RunFile {
    /// Reads the text of `file`, and fills in what follows from what is given.
    ///
    /// # Errors
    /// When a table, a key or a value is not accepted; with file, line, field, and what was expected.
    pub fn parse(file: &Path, source: &str) -> Result<Self> {
        let document = Document::parse(file, source)?;
        document.check_keys(&TABLES, &[("target", keys::<TargetKeys>()), ("data", keys::<DataKeys>())])?;
        let kind = kinds::asked_for(&document)?;
        document.read::<Tables>()?.run(&document, kind)
    }

    /// The tables of this experiment with every value, as `result.json` has them; read again, they are the same experiment.
    pub fn configuration(&self) -> Value {
        let mut tables = configuration(&self.cell);
        // Where kinds are the same training, the one that was asked for is named.
        if tables["learner"]["phases"].is_array() && self.kind != "thawed" && self.kind != "staged" {
            tables["learner"]["kind"] = json!(self.kind);
        }
        tables
    }
}

impl Tables {
    fn run(&self, document: &Document<'_>, kind: &'static LearnerKind) -> Result<RunFile> {
        self.check_target(document)?;
        let learner = kind
            .learner(&self.learner, self.depth())
            .map_err(|refusal| document.refuse(&format!("learner.{}", refusal.key), refusal.expected))?;
        let labels = self.labels(document, kind)?;
        if self.target.gap == 0.0 && divides_by_the_gap(&learner, self.depth()) {
            let expected = "a number from 1e-9 to 1e6; 0 is for learners that train no layer above 2";
            return Err(document.refuse("target.gap", expected));
        }
        let instance = self.instance(labels, document)?;
        let cell = Cell { instance, learner, seed: self.learner.seed.unwrap_or(self.data.seed) };
        check_memory(&cell).map_err(|e| e.in_file(document.file()))?;
        Ok(RunFile { kind: kind.name, cell })
    }

    /// Checks what no key of the target says by itself.
    fn check_target(&self, document: &Document<'_>) -> Result<()> {
        self.check_widths(document)?;
        let TargetKeys { family, dimension, skips, .. } = &self.target;
        let shape = Architecture::new(*dimension, &self.widths(), skips).and_then(|shape| check_rows(*family, &shape));
        shape.map_err(|e| match e.field().map(|field| format!("target.{field}")) {
            Some(field) => document.blame(&field, e),
            None => e,
        })
    }

    /// A list of widths has one for each layer from 2 to the depth, where that is given.
    fn check_widths(&self, document: &Document<'_>) -> Result<()> {
        let Widths::Each(widths) = &self.target.width else { return Ok(()) };
        let fits = self.target.depth.map_or((1..MAX_DEPTH).contains(&widths.len()), |depth| widths.len() == depth - 1);
        let depth = self.target.depth.unwrap_or(DEPTH);
        match fits {
            true => Ok(()),
            false => Err(document.refuse("target.width", format!("{} widths, one for each layer from 2 to {depth}", depth - 1))),
        }
    }

    fn labels(&self, document: &Document<'_>, kind: &LearnerKind) -> Result<Labels> {
        let noise = self.data.noise;
        let rule = if noise.is_some() { LabelsName::Noise } else { LabelsName::Exact };
        let name = self.data.labels.unwrap_or(rule);
        if noise.is_some() && name != LabelsName::Noise {
            return Err(document.refuse("data.noise", "no such key unless labels = \"noise\""));
        }
        match name {
            LabelsName::Exact => Ok(Labels::Exact),
            LabelsName::Noise => Ok(Labels::Noisy(noise.unwrap_or(NOISE))),
            LabelsName::Sign if kind.takes_signs => Ok(Labels::Sign),
            LabelsName::Sign => {
                Err(document.refuse("data.labels", format!("labels with sizes: those of kind = \"{}\" are values", kind.name)))
            }
        }
    }

    /// `L`.
    fn depth(&self) -> usize {
        self.target.depth.unwrap_or(match &self.target.width {
            Widths::All(_) => DEPTH,
            Widths::Each(widths) => widths.len() + 1,
        })
    }

    fn widths(&self) -> Vec<usize> {
        match &self.target.width {
            Widths::All(width) => vec![*width; self.depth() - 1],
            Widths::Each(widths) => widths.clone(),
        }
    }

    /// The target and the samples.
    fn instance(&self, labels: Labels, document: &Document<'_>) -> Result<Instance> {
        let (target, widths) = (&self.target, self.widths());
        let widest = widths.iter().copied().max().expect("there is a layer 2");
        let sizes = [("dimension", target.dimension), ("width", widest), ("depth", self.depth())];
        let samples = match &self.data.samples {
            None => 60 * widest * target.dimension,
            Some(count) => count.of(&sizes).map_err(|expected| document.refuse("data.samples", expected))?,
        };
        Ok(Instance {
            family: target.family,
            skips: target.skips.clone(),
            widths,
            dimension: target.dimension,
            gap: target.gap,
            distribution: target.distribution,
            samples,
            labels,
            target_seed: target.seed,
            data_seed: self.data.seed,
        })
    }
}

/// Returns whether steps are divided by the scale of a head above layer 2.
fn divides_by_the_gap(learner: &Learner, depth: usize) -> bool {
    match learner {
        Learner::Staged(staged) | Learner::Online(Online(staged)) => staged.stages.iter().any(|stage| stage.top > 2),
        Learner::Automatic(_) | Learner::Distilled(_) => depth > 2,
        Learner::Ridge(_) | Learner::Alternative(_) => false,
    }
}

/// Rows with singular values near 1 need at least as many features to read; generic forms are not rows.
fn check_rows(family: Family, shape: &Architecture) -> Result<()> {
    let features = |j: usize| if j < 2 { shape.dimension() } else { shape.width(j) };
    for l in 2..=shape.depth() {
        let too_few = |j: &&usize| features(**j) < shape.width(l) && (**j < 2 || family == Family::Rows);
        if let Some(&j) = shape.index_set(l).iter().find(too_few) {
            let found = format!("width {} of layer {l}", shape.width(l));
            return Err(
                Error::input(found, format!("at most the {} features f_{j} that it reads", features(j))).at_field("width")
            );
        }
    }
    Ok(())
}

fn family<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Family, D::Error> {
    values::choice(d, &Family::ALL, Family::key)
}

fn gap<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<f64, D::Error> {
    number(d, |v| v == 0.0 || (1e-9..=1e6).contains(&v), "a number from 1e-9 to 1e6, or 0")
}

fn noise<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<f64>, D::Error> {
    number(d, |v| v > 0.0 && v <= 1e9, "a number above 0, at most 1e9")
}

#[cfg(test)]
mod tests {
    use super::super::kinds::KINDS;
    use super::*;
    use crate::hierarchy::experiment::Staged;
    use crate::hierarchy::learner::Descent;

    fn parse(source: &str) -> Result<RunFile> {
        RunFile::parse(Path::new("x.toml"), source)
    }

    fn staged(source: &str) -> Staged {
        match parse(source).unwrap().cell.learner {
            Learner::Staged(staged) => staged,
            other => panic!("{other:?}"),
        }
    }

    fn phases(source: &str) -> Vec<usize> {
        staged(source).stages.iter().map(|stage| stage.steps).collect()
    }

    #[test]
    fn an_empty_file_is_a_whole_experiment() {
        let found = parse("").unwrap();
        assert_eq!((found.kind, phases("")), ("joint", vec![1000, 4000]));
        let instance = &found.cell.instance;
        assert_eq!((instance.depth(), instance.dimension, instance.samples), (3, 16, 960));
        assert_eq!(staged("").descent, Descent::default());
    }

    #[test]
    fn defaults_follow_what_is_given() {
        let source = "target.width = [2, 1, 1]\ndata.seed = 7";
        let cell = parse(source).unwrap().cell;
        assert_eq!((cell.instance.depth(), phases(source).len()), (4, 3));
        assert_eq!((cell.instance.samples, cell.seed), (60 * 2 * 16, 7));
        assert_eq!(staged(source).descent.step, 0.005);
        assert_eq!(phases("target.depth = 5"), [1000, 2000, 4000, 8000]);
        assert_eq!(phases("target.depth = 2"), [1000]);
    }

    #[test]
    fn the_order_of_an_index_set_means_nothing() {
        let [one, two] = ["[[0], [2, 0]]", "[[0], [0, 2]]"].map(|sets| parse(&format!("target.skips = {sets}")).unwrap());
        assert_eq!(one, two);
    }

    #[test]
    fn thawing_takes_the_last_phase_unless_told() {
        let last = |more: &str| phases(&format!("learner.kind = 'thawed'\nlearner.phases = [3, 5]\n{more}")).last().copied();
        assert_eq!((last(""), last("learner.thaw-steps = 9")), (Some(5), Some(9)));
    }

    /// At d = 4096, one draw of 20000 samples takes 1.3 GB while it is read.
    #[test]
    fn the_memory_of_the_other_draw_is_counted() {
        let sized = |samples: usize, more: &str| parse(&format!("target.dimension = 4096\n{more}\ndata.samples = {samples}"));
        assert!(sized(10_000, "").is_ok());
        assert_eq!(sized(20_000, "").unwrap_err().field(), Some("data.samples"));
        // The squares of the inputs are as large as the inputs.
        assert!(sized(10_000, "target.skips = [[0, 1], [2]]").is_err() && sized(1000, "target.skips = [[0, 1], [2]]").is_ok());
        // A Gram matrix of 20000 samples takes 3.2 GB.
        assert!(parse("learner.kind = 'kernel-ridge'\ndata.samples = 20000").unwrap_err().to_string().contains("MiB"));
        assert!(parse("learner.kind = 'kernel-ridge'\ndata.samples = 2000").is_ok());
    }

    #[test]
    fn one_sample_has_no_variance() {
        assert_eq!(parse("data.samples = 1").unwrap_err().field(), Some("data.samples"));
        assert!(parse("data.samples = 2").is_ok());
    }

    /// What is written into `result.json` is itself a configuration, and the same one, under the kind that was asked for.
    #[test]
    fn the_resolved_values_read_back_as_the_same_experiment() {
        let kinds =
            KINDS.iter().flat_map(|kind| [3, 2].map(|depth| format!("target.depth = {depth}\nlearner.kind = '{}'", kind.name)));
        let others = [
            "target.skips = [[0, 1], [0, 2]]\nlearner = { width = 3, logistic = 2.0 }\ndata.labels = 'sign'",
            "learner = { kind = 'layerwise', weight-offset = 0.3, weight-power = 4 }",
            "target = { depth = 4, gap = 0.3, family = 'generic', width = [3, 2, 2] }\ndata.noise = 0.2",
            "learner = { kind = 'staged', stages = [{ layers = [2, 2], steps = 3 }, { readout = 2 }] }\ntarget.gap = 0",
            "learner = { kind = 'kernel-ridge', kernel = 'tangent', bias = false }\ntarget.gap = 0",
        ];
        for source in kinds.chain(others.map(String::from)) {
            let found = parse(&source).unwrap();
            let tables = toml::to_string(&found.configuration()).unwrap();
            let again = parse(&tables).unwrap();
            assert_eq!(again.cell, found.cell, "{source}");
            if found.kind != "staged" {
                assert_eq!(again.kind, found.kind, "{source}");
            }
        }
    }

    #[test]
    fn what_belongs_to_another_kind_says_which() {
        for (source, expected) in [
            ("learner.kernel = 'rbf'", "learner.kernel: found \"rbf\", expected no such key unless kind = \"kernel-ridge\""),
            ("learner = { kind = 'lift', phases = [1] }", "unless kind = \"joint\" or \"layerwise\""),
            ("learner = { kind = 'kernel-ridge', rate = 1 }", "no such key unless the kernel is rbf or laplace"),
            ("learner.kernle = 'rbf'", "did you mean `kernel`? (kind = \"kernel-ridge\")"),
            ("learner.kind = 'ntk'", "\"tuned-kernel-ridge\""),
            ("learner = { kind = 'online', phases = [1, 1], stages = [] }", "no phases beside `stages`"),
            (
                "learner = { kind = 'staged', stages = [{ layers = [3, 2], steps = 1 }] }",
                "stages such as { layers = [2, 3], steps = 100 }",
            ),
            ("learner.weight-power = 2", "learner.weight-offset: found no such key, expected an offset beside weight-power"),
            ("learner.weight-offset = 2", "learner.weight-power: found no such key, expected a power beside weight-offset"),
            ("learner = { weight-offset = 2, weight-power = 2, logistic = 1 }", "no weights of squared errors"),
            ("target.gap = 0", "0 is for learners that train no layer above 2"),
            ("learner.kind = 'lift'\ndata.labels = 'sign'", "labels with sizes"),
            ("data = { labels = 'sign', noise = 0.1 }", "no such key unless labels = \"noise\""),
            ("data.samples = '10**9'", "a power is written dimension^2"),
            ("data.samples = 1e6", "written without point and exponent: 1000000"),
            ("target.dimension = 2**5", "TOML has no powers"),
            ("learner.kind = 'automatic'\nlearner.layerwise = True", "TOML writes true and false"),
        ] {
            let error = parse(source).unwrap_err().to_string();
            assert!(error.starts_with("x.toml:") && error.contains(expected), "{source}\n{error}");
        }
    }

    proptest::proptest! {
        /// Whatever is given, the answer is a configuration or an error that names the file.
        #[test]
        fn nothing_panics(key in "(target|learner|data)\\.(depth|width|dimension|skips|gap|seed|phases|step|samples|stages|kind|kernel|x)",
                          value in "(-?[0-9]{1,20}|-?[0-9]\\.[0-9]e[0-9]{1,4}|nan|inf|\"[a-z*]{0,5}\"|\\[[0-9,]{0,6}\\]|\\[\\[[0-9]\\],\\[[0-9]\\]\\]|\\{\\}|\\[\\{\\}\\]|[^a]{0,4})") {
            if let Err(error) = parse(&format!("{key} = {value}\n")) {
                proptest::prop_assert!(error.to_string().starts_with("x.toml:"), "{}", error);
            }
        }
    }
}
