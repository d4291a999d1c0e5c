//! The file of `bfc run`: its keys, their defaults, and what is refused before anything is allocated.

use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};

use super::document::{Document, keys};
use super::memory::check_memory;
use super::values::{self, Widths, integers, number, seed, size};
use crate::error::{Error, Result};
use crate::exact::Distribution;
use crate::hierarchy::experiment::{Cell, Family, Instance, Labels, Learner, Staged};
use crate::hierarchy::learner::{Descent, Kind};
use crate::hierarchy::network::architecture::{MAX_DEPTH, MAX_SIZE};
use crate::hierarchy::network::{Architecture, Skips};

const DEEPEST: u64 = MAX_DEPTH as u64;
const LARGEST: u64 = MAX_SIZE as u64;
/// The most steps that a phase may have.
const MOST_STEPS: u64 = 100_000_000;
/// The most samples that may be asked for.
const MOST_SAMPLES: u64 = 1 << 31;

/// An experiment: the tables of its file. What is not given, and has no default of its own, follows from the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunFile {
    /// A random member of the concept class.
    pub target: TargetKeys,
    /// Who learns, and how.
    pub learner: LearnerKeys,
    /// The samples.
    pub data: DataKeys,
}

/// The table `target`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetKeys {
    /// `L`; as a list of widths says, or 3.
    #[serde(deserialize_with = "size::<_, _, 2, DEEPEST>")]
    pub depth: Option<usize>,
    /// `k_2, ..., k_L`.
    pub width: Widths,
    /// `d`.
    #[serde(deserialize_with = "size::<_, _, 1, LARGEST>")]
    pub dimension: usize,
    /// The index sets.
    #[serde(with = "values::skips")]
    pub skips: Skips,
    /// `eps`.
    #[serde(deserialize_with = "gap")]
    pub gap: f64,
    /// The law of the inputs.
    #[serde(with = "values::distribution")]
    pub distribution: Distribution,
    /// Of the weights.
    #[serde(deserialize_with = "seed")]
    pub seed: u64,
}

impl Default for TargetKeys {
    fn default() -> Self {
        TargetKeys {
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

/// The table `learner`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct LearnerKeys {
    /// What trains together.
    #[serde(with = "values::kind")]
    pub kind: Kind,
    /// The most steps of each phase, from layer 2 to `L`; by the depth.
    #[serde(deserialize_with = "phases")]
    pub phases: Option<Vec<usize>>,
    /// Steps after thawing, and for no other kind; as the last of the phases.
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>", skip_serializing_if = "Option::is_none")]
    pub thaw_steps: Option<usize>,
    /// `eta`; by the depth.
    #[serde(deserialize_with = "positive")]
    pub step: Option<f64>,
    /// Of the heavy ball; by the depth.
    #[serde(deserialize_with = "momentum")]
    pub momentum: Option<f64>,
    /// [`Descent::cap`].
    #[serde(deserialize_with = "positive")]
    pub cap: f64,
    /// [`Descent::initial_scale`].
    #[serde(deserialize_with = "positive")]
    pub initial_scale: f64,
    /// [`Descent::head_deviation`].
    #[serde(deserialize_with = "positive")]
    pub head_deviation: f64,
    /// [`Descent::tolerance`].
    #[serde(deserialize_with = "tolerance")]
    pub tolerance: f64,
    /// Of the fixed rows and the initial weights; as the seed of the samples.
    #[serde(deserialize_with = "seed")]
    pub seed: Option<u64>,
}

impl Default for LearnerKeys {
    fn default() -> Self {
        let Descent { cap, initial_scale, head_deviation, tolerance, .. } = Descent::default();
        LearnerKeys {
            kind: Kind::Joint,
            phases: None,
            thaw_steps: None,
            step: None,
            momentum: None,
            cap,
            initial_scale,
            head_deviation,
            tolerance,
            seed: None,
        }
    }
}

/// The table `data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DataKeys {
    /// `N`; 60 times the largest width times the dimension.
    #[serde(deserialize_with = "size::<_, _, 2, MOST_SAMPLES>")]
    pub samples: Option<usize>,
    /// Of the samples.
    #[serde(deserialize_with = "seed")]
    pub seed: u64,
}

impl Default for DataKeys {
    fn default() -> Self {
        DataKeys { samples: None, seed: 1 }
    }
}

impl RunFile {
    /// Reads the text of `file`, and fills in what follows from what is given.
    ///
    /// # Errors
    /// When a table, a key or a value is not accepted; with file, line, field, and what was expected.
    pub fn parse(file: &Path, source: &str) -> Result<Self> {
        let document = Document::parse(file, source)?;
        let tables = [("target", keys::<TargetKeys>()), ("learner", keys::<LearnerKeys>()), ("data", keys::<DataKeys>())];
        document.check_keys::<RunFile>(&tables)?;
        let given: RunFile = document.read()?;
        given.check(&document)?;
        check_memory(&given.instance()).map_err(|e| e.in_file(file))?;
        Ok(given.fill_in())
    }

    /// Checks what no key says by itself.
    fn check(&self, document: &Document<'_>) -> Result<()> {
        self.check_widths(document)?;
        let TargetKeys { dimension, skips, .. } = &self.target;
        let shape = Architecture::new(*dimension, &self.widths(), skips).and_then(|shape| check_rows(&shape));
        shape.map_err(|e| match e.field().map(|field| format!("target.{field}")) {
            Some(field) => document.blame(&field, e),
            None => e,
        })?;
        let depth = self.depth();
        if self.phases().len() != depth - 1 {
            let expected = format!("{} numbers of steps, one for each layer from 2 to {depth}", depth - 1);
            return Err(document.refuse("learner.phases", expected));
        }
        match self.learner.thaw_steps {
            Some(_) if self.learner.kind != Kind::Thawed => {
                Err(document.refuse("learner.thaw-steps", "no such key unless kind = \"thawed\""))
            }
            _ => Ok(()),
        }
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

    /// With every value that follows from others.
    fn fill_in(&self) -> Self {
        let thaw_steps = (self.learner.kind == Kind::Thawed).then(|| self.thaw_steps());
        RunFile {
            target: TargetKeys { depth: Some(self.depth()), width: Widths::Each(self.widths()), ..self.target.clone() },
            learner: LearnerKeys {
                phases: Some(self.phases()),
                thaw_steps,
                step: Some(self.step()),
                momentum: Some(self.momentum()),
                seed: Some(self.seed()),
                ..self.learner.clone()
            },
            data: DataKeys { samples: Some(self.samples()), ..self.data.clone() },
        }
    }

    /// `L`.
    pub fn depth(&self) -> usize {
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

    fn phases(&self) -> Vec<usize> {
        self.learner.phases.clone().unwrap_or_else(|| match self.depth() {
            3 => vec![1000, 4000],
            4 => vec![600, 1500, 3000],
            depth => (2..=depth).map(|l| 1000 << (l - 2)).collect(),
        })
    }

    fn thaw_steps(&self) -> usize {
        self.learner.thaw_steps.unwrap_or_else(|| *self.phases().last().expect("there is a layer 2"))
    }

    fn step(&self) -> f64 {
        self.learner.step.unwrap_or(match self.depth() {
            2 | 3 => 0.01,
            4 => 0.005,
            _ => 0.003,
        })
    }

    /// At depth 5 and above, the top layers are high powers of which samples see little: they need the longer memory.
    fn momentum(&self) -> f64 {
        self.learner.momentum.unwrap_or(if self.depth() < 5 { Descent::default().momentum } else { 0.99 })
    }

    fn seed(&self) -> u64 {
        self.learner.seed.unwrap_or(self.data.seed)
    }

    fn samples(&self) -> usize {
        let widest = self.widths().into_iter().max().expect("there is a layer 2");
        self.data.samples.unwrap_or(60 * widest * self.target.dimension)
    }

    /// The target and the samples.
    pub fn instance(&self) -> Instance {
        let target = &self.target;
        Instance {
            family: Family::Rows,
            skips: target.skips.clone(),
            widths: self.widths(),
            dimension: target.dimension,
            gap: target.gap,
            distribution: target.distribution,
            samples: self.samples(),
            labels: Labels::Exact,
            target_seed: target.seed,
            data_seed: self.data.seed,
        }
    }

    /// How the learner trains.
    pub fn training(&self) -> Staged {
        let LearnerKeys { kind, cap, initial_scale, head_deviation, tolerance, .. } = self.learner;
        let stages = kind.stages(&self.phases(), self.thaw_steps()).expect("there is a phase for layer 2");
        let (step, momentum) = (self.step(), self.momentum());
        let descent = Descent { step, momentum, cap, initial_scale, head_deviation, tolerance, ..Descent::default() };
        Staged { stages, descent, widths: None }
    }

    /// The run.
    pub fn cell(&self) -> Cell {
        Cell { instance: self.instance(), learner: Learner::Staged(self.training()), seed: self.seed() }
    }
}

/// The depth where nothing says another.
const DEPTH: usize = 3;

/// Rows with singular values near 1 need at least as many features to read.
fn check_rows(shape: &Architecture) -> Result<()> {
    let features = |j: usize| if j < 2 { shape.dimension() } else { shape.width(j) };
    for l in 2..=shape.depth() {
        if let Some(&j) = shape.index_set(l).iter().find(|j| features(**j) < shape.width(l)) {
            let found = format!("width {} of layer {l}", shape.width(l));
            return Err(
                Error::input(found, format!("at most the {} features f_{j} that it reads", features(j))).at_field("width")
            );
        }
    }
    Ok(())
}

fn gap<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<f64, D::Error> {
    number(d, |v| (1e-9..=1e6).contains(&v), "a number from 1e-9 to 1e6")
}

fn positive<'de, D: Deserializer<'de>, T: From<f64>>(d: D) -> std::result::Result<T, D::Error> {
    number(d, |v| v > 0.0 && v <= 1e9, "a number above 0, at most 1e9")
}

fn momentum<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<f64>, D::Error> {
    number(d, |v| (0.0..1.0).contains(&v), "a number from 0 to below 1")
}

fn tolerance<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<f64, D::Error> {
    number(d, |v| (0.0..=1.0).contains(&v), "a number from 0 to 1")
}

fn phases<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Vec<usize>>, D::Error> {
    integers::<D, 0, MOST_STEPS>(d, "a list of numbers of steps, one for each layer from 2 to the depth").map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> Result<RunFile> {
        RunFile::parse(Path::new("x.toml"), source)
    }

    #[test]
    fn an_empty_file_is_a_whole_experiment() {
        let config = parse("").unwrap();
        assert_eq!((config.learner.kind, config.phases()), (Kind::Joint, vec![1000, 4000]));
        let instance = config.instance();
        assert_eq!((instance.depth(), instance.dimension, instance.samples), (3, 16, 960));
        assert_eq!(config.training().descent, Descent::default());
    }

    #[test]
    fn defaults_follow_what_is_given() {
        let config = parse("target.width = [2, 1, 1]\ndata.seed = 7").unwrap();
        assert_eq!((config.instance().depth(), config.phases().len()), (4, 3));
        assert_eq!((config.instance().samples, config.seed()), (60 * 2 * 16, 7));
        assert_eq!(config.training().descent.step, 0.005);
        assert_eq!(parse("target.depth = 5").unwrap().phases(), [1000, 2000, 4000, 8000]);
        assert_eq!(parse("target.depth = 2").unwrap().phases(), [1000]);
    }

    #[test]
    fn the_order_of_an_index_set_means_nothing() {
        let [one, two] = ["[[0], [2, 0]]", "[[0], [0, 2]]"].map(|sets| parse(&format!("target.skips = {sets}")).unwrap());
        assert_eq!(one, two);
    }

    #[test]
    fn thawing_takes_the_last_phase_unless_told() {
        let stages =
            |more: &str| parse(&format!("learner.kind = 'thawed'\nlearner.phases = [3, 5]\n{more}")).unwrap().training().stages;
        assert_eq!(stages("").last().map(|s| s.steps), Some(5));
        assert_eq!(stages("learner.thaw-steps = 9").last().map(|s| s.steps), Some(9));
    }

    /// At d = 4096, one draw of 20000 samples takes 1.3 GB while it is read.
    #[test]
    fn the_memory_of_the_other_draw_is_counted() {
        let sized = |samples: usize, more: &str| parse(&format!("target.dimension = 4096\n{more}\ndata.samples = {samples}"));
        assert!(sized(10_000, "").is_ok());
        assert_eq!(sized(20_000, "").unwrap_err().field(), Some("data.samples"));
        // The squares of the inputs are as large as the inputs.
        assert!(sized(10_000, "target.skips = [[0, 1], [2]]").is_err() && sized(1000, "target.skips = [[0, 1], [2]]").is_ok());
    }

    #[test]
    fn one_sample_has_no_variance() {
        assert_eq!(parse("data.samples = 1").unwrap_err().field(), Some("data.samples"));
        assert!(parse("data.samples = 2").is_ok());
    }

    /// What is written into `result.json` is itself a configuration, and the same one.
    #[test]
    fn the_resolved_values_read_back_as_the_same_experiment() {
        for source in ["", "target.skips = [[0, 1], [0, 2]]", "target = { depth = 4, gap = 0.3 }\nlearner.kind = 'thawed'"] {
            let config = parse(source).unwrap();
            let tables: toml::Table = serde_json::from_value(serde_json::to_value(&config).unwrap()).unwrap();
            assert_eq!(parse(&tables.to_string()).unwrap(), config);
        }
    }

    proptest::proptest! {
        /// Whatever is given, the answer is a configuration or an error that names the file.
        #[test]
        fn nothing_panics(key in "(target|learner|data)\\.(depth|width|dimension|skips|gap|seed|phases|step|samples|x)",
                          value in "(-?[0-9]{1,20}|-?[0-9]\\.[0-9]e[0-9]{1,4}|nan|inf|\"[a-z]{0,5}\"|\\[[0-9,]{0,6}\\]|\\[\\[[0-9]\\],\\[[0-9]\\]\\]|\\{\\}|[^a]{0,4})") {
            if let Err(error) = parse(&format!("{key} = {value}\n")) {
                proptest::prop_assert!(error.to_string().starts_with("x.toml:"), "{}", error);
            }
        }
    }
}
