//! The file of `bfc run`: what it may hold, its defaults, and what is refused before anything is allocated.

use std::path::Path;

use serde_json::{Value, json};

use super::toml_section::{Document, Entry, Section};
use crate::error::{Error, Result};
use crate::exact::moments::Distribution;
use crate::hierarchy::experiment::run::TEST_SAMPLES;
use crate::hierarchy::experiment::{Cell, Family, Instance, Labels, Learner, Staged};
use crate::hierarchy::learner::{Descent, Kind};
use crate::hierarchy::network::architecture::{MAX_DEPTH, MAX_SIZE};
use crate::hierarchy::network::{Architecture, Skips};

const TARGET: [&str; 7] = ["depth", "width", "dimension", "skips", "gap", "distribution", "seed"];
const LEARNER: [&str; 10] =
    ["kind", "phases", "thaw-steps", "step", "momentum", "cap", "initial-scale", "head-deviation", "tolerance", "seed"];
const DATA: [&str; 2] = ["samples", "seed"];

/// The most steps that a phase may have.
const MAX_STEPS: u64 = 100_000_000;
/// The most samples that may be asked for.
const MAX_SAMPLES: u64 = 1 << 31;
/// The most memory that an experiment may need.
const MAX_BYTES: u128 = 2 << 30;

/// An experiment with every default filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct RunConfig {
    /// The kind of learner.
    pub kind: Kind,
    /// Steps of each phase, from layer 2 to `L`.
    pub phases: Vec<usize>,
    /// Steps after thawing.
    pub thaw_steps: usize,
    /// The target and the samples.
    pub instance: Instance,
    /// How the learner trains.
    pub training: Staged,
    /// The seed of the learner.
    pub seed: u64,
}

impl RunConfig {
    /// Reads the text of `file`.
    ///
    /// # Errors
    /// When a table, a key or a value is not accepted; with file, line, field, and what was expected.
    pub fn parse(file: &Path, source: &str) -> Result<Self> {
        let document = Document::parse(file, source, &["target", "learner", "data"])?;
        let target = document.section("target", &TARGET)?;
        let learner = document.section("learner", &LEARNER)?;
        let data = document.section("data", &DATA)?;
        let instance = instance(&target, &data)?;
        check_memory(&instance).map_err(|e| e.in_file(file))?;
        RunConfig::of(instance, &learner)
    }

    fn of(instance: Instance, learner: &Section) -> Result<Self> {
        let depth = instance.depth();
        let kind = learner.choice("kind", &Kind::ALL, Kind::name)?.unwrap_or(Kind::Joint);
        let phases = phases(learner, depth)?;
        let thaw_steps = thaw_steps(learner, kind)?.unwrap_or(*phases.last().unwrap_or(&0));
        let stages = kind.stages(&phases, thaw_steps)?;
        let seed = seed(learner)?.unwrap_or(instance.data_seed);
        let training = Staged { stages, descent: descent(learner, depth)?, widths: None };
        Ok(RunConfig { kind, phases, thaw_steps, instance, training, seed })
    }

    /// The run.
    pub fn cell(&self) -> Cell {
        Cell { instance: self.instance.clone(), learner: Learner::Staged(self.training.clone()), seed: self.seed }
    }

    /// Every value, defaults included, under the names of the file.
    pub fn to_json(&self) -> Value {
        let (instance, descent) = (&self.instance, &self.training.descent);
        let skips = match &instance.skips {
            Skips::Explicit(sets) => json!(sets),
            named => json!(named.name()),
        };
        let mut learner = json!({
            "kind": self.kind.name(),
            "phases": self.phases,
            "thaw-steps": self.thaw_steps,
            "step": descent.step,
            "momentum": descent.momentum,
            "cap": descent.cap,
            "initial-scale": descent.initial_scale,
            "head-deviation": descent.head_deviation,
            "tolerance": descent.tolerance,
            "seed": self.seed,
        });
        if let Some(table) = learner.as_object_mut().filter(|_| self.kind != Kind::Thawed) {
            table.shift_remove("thaw-steps");
        }
        json!({
            "target": {
                "depth": instance.depth(),
                "width": instance.widths,
                "dimension": instance.dimension,
                "skips": skips,
                "gap": instance.gap,
                "distribution": instance.distribution.name(),
                "seed": instance.target_seed,
            },
            "learner": learner,
            "data": { "samples": instance.samples, "seed": instance.data_seed },
        })
    }
}

fn instance(target: &Section, data: &Section) -> Result<Instance> {
    let widths = widths(target)?;
    let skips = skips(target)?;
    let dimension = size(target, "dimension")?.unwrap_or(16);
    let blamed = |e: Error| match e.field().and_then(|f| target.get(f)) {
        Some(entry) => entry.blame(e),
        None => e,
    };
    let shape = Architecture::new(dimension, &widths, &skips).map_err(blamed)?;
    check_rows(&shape).map_err(blamed)?;
    let widest = widths.iter().max().copied().unwrap_or(1);
    let samples = data.integer("samples", 2..=MAX_SAMPLES)?.map_or(60 * widest * dimension, |n| n as usize);
    Ok(Instance {
        family: Family::Rows,
        skips,
        widths,
        dimension,
        gap: target.number("gap", |v| (1e-9..=1e6).contains(&v), "a number from 1e-9 to 1e6")?.unwrap_or(0.1),
        distribution: target.choice("distribution", &Distribution::ALL, Distribution::name)?.unwrap_or(Distribution::Gaussian),
        samples,
        labels: Labels::Exact,
        target_seed: seed(target)?.unwrap_or(1),
        data_seed: seed(data)?.unwrap_or(1),
    })
}

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

fn seed(section: &Section) -> Result<Option<u64>> {
    section.integer("seed", 0..=u64::MAX)
}

fn size(section: &Section, key: &str) -> Result<Option<usize>> {
    // At most MAX_SIZE, which a usize holds.
    Ok(section.integer(key, 1..=MAX_SIZE as u64)?.map(|n| n as usize))
}

/// One width for each layer from 2 to the depth; the depth follows a list of widths when it is not given itself.
fn widths(target: &Section) -> Result<Vec<usize>> {
    let depth = target.integer("depth", 2..=MAX_DEPTH as u64)?.map(|n| n as usize);
    let layers = depth.unwrap_or(3) - 1;
    let Some(entry) = target.get("width") else { return Ok(vec![1; layers]) };
    let Some(items) = entry.items() else {
        return Ok(vec![entry.integer(1..=MAX_SIZE as u64)? as usize; layers]);
    };
    let widths: Vec<usize> = items.iter().map(|i| i.integer(1..=MAX_SIZE as u64).map(|n| n as usize)).collect::<Result<_>>()?;
    let fits = depth.map_or((1..MAX_DEPTH).contains(&widths.len()), |depth| widths.len() == depth - 1);
    match fits {
        true => Ok(widths),
        false => Err(entry.refuse(format!("{layers} widths, one for each layer from 2 to {}", layers + 1))),
    }
}

fn skips(target: &Section) -> Result<Skips> {
    let Some(entry) = target.get("skips") else { return Ok(Skips::Lin) };
    let expected = "\"lin\", \"linskip\", \"quad01\", or a list of index sets from J_2 on, such as [[0], [0, 2]]";
    match (entry.text(), entry.items()) {
        (Some("lin"), _) => Ok(Skips::Lin),
        (Some("linskip"), _) => Ok(Skips::LinSkip),
        (Some("quad01"), _) => Ok(Skips::Quad01),
        (_, Some(sets)) => sets.iter().map(index_set).collect::<Result<_>>().map(Skips::Explicit),
        _ => Err(entry.refuse(expected)),
    }
}

/// The order in which an index set is written means nothing.
fn index_set(entry: &Entry) -> Result<Vec<usize>> {
    let items = entry.items().ok_or_else(|| entry.refuse("a list of layer numbers, such as [0, 2]"))?;
    let numbers = items.iter().map(|i| i.integer(0..=MAX_DEPTH as u64 - 1).map(|j| j as usize));
    let mut set: Vec<usize> = numbers.collect::<Result<_>>()?;
    set.sort_unstable();
    Ok(set)
}

fn phases(learner: &Section, depth: usize) -> Result<Vec<usize>> {
    let Some(entry) = learner.get("phases") else { return Ok(default_phases(depth)) };
    let expected = format!("{} numbers of steps, one for each layer from 2 to {depth}", depth - 1);
    let items = entry.items().filter(|items| items.len() == depth - 1).ok_or_else(|| entry.refuse(expected))?;
    items.iter().map(|i| i.integer(0..=MAX_STEPS).map(|n| n as usize)).collect()
}

fn default_phases(depth: usize) -> Vec<usize> {
    match depth {
        3 => vec![1000, 4000],
        4 => vec![600, 1500, 3000],
        _ => (2..=depth).map(|l| 1000 << (l - 2)).collect(),
    }
}

fn thaw_steps(learner: &Section, kind: Kind) -> Result<Option<usize>> {
    match learner.get("thaw-steps") {
        Some(entry) if kind != Kind::Thawed => Err(entry.refuse("no such key unless kind = \"thawed\"")),
        _ => Ok(learner.integer("thaw-steps", 0..=MAX_STEPS)?.map(|n| n as usize)),
    }
}

fn descent(learner: &Section, depth: usize) -> Result<Descent> {
    let default = Descent::default();
    let positive = |key, or| {
        let accepted = |v: f64| v > 0.0 && v <= 1e9;
        Ok::<f64, Error>(learner.number(key, accepted, "a number above 0, at most 1e9")?.unwrap_or(or))
    };
    Ok(Descent {
        step: positive("step", default_step(depth))?,
        momentum: learner
            .number("momentum", |v| (0.0..1.0).contains(&v), "a number from 0 to below 1")?
            .unwrap_or(default_momentum(depth)),
        cap: positive("cap", default.cap)?,
        initial_scale: positive("initial-scale", default.initial_scale)?,
        head_deviation: positive("head-deviation", default.head_deviation)?,
        tolerance: learner
            .number("tolerance", |v| (0.0..=1.0).contains(&v), "a number from 0 to 1")?
            .unwrap_or(default.tolerance),
        ..default
    })
}

/// At depth 5 and above, the top layers are high powers of which samples see little: they need the longer memory.
fn default_momentum(depth: usize) -> f64 {
    if depth < 5 { Descent::default().momentum } else { 0.99 }
}

fn default_step(depth: usize) -> f64 {
    match depth {
        2 | 3 => 0.01,
        4 => 0.005,
        _ => 0.003,
    }
}

/// Refuses what would not fit into memory.
fn check_memory(instance: &Instance) -> Result<()> {
    let needed = bytes(instance);
    match needed <= MAX_BYTES {
        true => Ok(()),
        false => Err(Error::input(
            format!("about {} MiB for {} samples at these sizes", needed >> 20, instance.samples),
            format!("at most {} MiB; fewer samples, a smaller width or dimension", MAX_BYTES >> 20),
        )
        .at_field("data.samples")),
    }
}

/// The samples for training and those of one more draw (the normalisation of the target comes before the training samples, the test
/// error after them), each as drawn, as read, and with every layer's values over them; and the weights and the quadratic forms
/// among which the rows `R_l` are chosen, both twice.
///
/// Wide enough for every product of accepted sizes: `2^31` samples of `2^23` features in eight layers.
fn bytes(instance: &Instance) -> u128 {
    let (samples, dimension) = (instance.samples as u128, instance.dimension as u128);
    let features = |k: &usize| (*k as u128) * (*k as u128 + 1) / 2;
    let offered = dimension + instance.widths.iter().map(features).sum::<u128>();
    // x as drawn and f_0 = x; f_1 = x^2 - 1 where it is read.
    let inputs = dimension * if reads_squares(&instance.skips) { 3 } else { 2 };
    // Sums and slopes, a head; projections, features and what is pulled through them. A label and an error.
    let values: u128 = 2 + instance.widths.iter().map(|k| 2 * *k as u128 + 1 + 3 * features(k)).sum::<u128>();
    let weights: u128 = instance.widths.iter().map(|k| *k as u128 * offered).sum();
    let hidden = &instance.widths[..instance.widths.len() - 1];
    let forms: u128 = hidden.iter().map(|k| features(k) * features(k)).sum();
    8 * (samples + TEST_SAMPLES as u128) * (inputs + values) + 16 * (weights + forms)
}

fn reads_squares(skips: &Skips) -> bool {
    match skips {
        Skips::Lin | Skips::LinSkip => false,
        Skips::Quad01 => true,
        Skips::Explicit(sets) => sets.iter().any(|set| set.contains(&1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> Result<RunConfig> {
        RunConfig::parse(Path::new("x.toml"), source)
    }

    #[test]
    fn an_empty_file_is_a_whole_experiment() {
        let config = parse("").unwrap();
        assert_eq!((config.kind, config.phases.as_slice()), (Kind::Joint, &[1000, 4000][..]));
        let instance = &config.instance;
        assert_eq!((instance.depth(), instance.dimension, instance.samples), (3, 16, 960));
        assert_eq!(config.training.descent, Descent::default());
    }

    #[test]
    fn defaults_follow_what_is_given() {
        let config = parse("target.width = [2, 1, 1]\ndata.seed = 7").unwrap();
        assert_eq!((config.instance.depth(), config.phases.len()), (4, 3));
        assert_eq!((config.instance.samples, config.seed), (60 * 2 * 16, 7));
        assert_eq!(config.training.descent.step, 0.005);
        assert_eq!(parse("target.depth = 5").unwrap().phases, [1000, 2000, 4000, 8000]);
        assert_eq!(parse("target.depth = 2").unwrap().phases, [1000]);
    }

    #[test]
    fn the_order_of_an_index_set_means_nothing() {
        let [one, two] = ["[[0], [2, 0]]", "[[0], [0, 2]]"].map(|sets| parse(&format!("target.skips = {sets}")).unwrap());
        assert_eq!(one, two);
    }

    #[test]
    fn thawing_takes_the_last_phase_unless_told() {
        let stages =
            |more: &str| parse(&format!("learner.kind = 'thawed'\nlearner.phases = [3, 5]\n{more}")).unwrap().training.stages;
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
            let tables: toml::Table = serde_json::from_value(config.to_json()).unwrap();
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
