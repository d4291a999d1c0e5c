//! How long an experiment takes, reckoned from its sizes before it is begun.

use super::config::RunFile;
use crate::hierarchy::experiment::Instance;
use crate::hierarchy::learner::initial::DRAWS;
use crate::hierarchy::network::Architecture;

/// Multiplications a second of one core with vector units, by which operations become seconds.
const RATE: f64 = 1e10;

/// The singular values of a matrix of order `m` take as long as about this many times `m^3` such multiplications: they are computed without
/// vector units.
const FACTORISATION: f64 = 80.0;

/// About how many seconds the experiment takes on one core (guarantee: approximate, an order of magnitude).
///
/// Counted are the multiplications of every step, as if no phase ended early, and those of choosing the rows `R_l` of the hidden layers.
pub fn seconds(config: &RunFile) -> f64 {
    let (instance, training) = (config.instance(), config.training());
    (step(&instance) * training.steps() as f64 * instance.samples as f64 + rows(&instance)) / RATE
}

/// Multiplications of the conditions of all draws of the rows `R_l` of hidden layers.
fn rows(instance: &Instance) -> f64 {
    let hidden = &instance.widths[..instance.widths.len() - 1];
    let orders = hidden.iter().map(|k| count(*k) as f64);
    orders.map(|order| DRAWS as f64 * FACTORISATION * order * order * order).sum()
}

/// Multiplications for a sample in a step: each weight and each row once forwards and twice backwards.
fn step(instance: &Instance) -> f64 {
    let shape = Architecture::new(instance.dimension, &instance.widths, &instance.skips).expect("a configuration was accepted");
    let features = |j: usize| match j {
        0 | 1 => shape.dimension(),
        _ => count(shape.width(j)),
    };
    let layer = |l: usize| {
        let offered: usize = shape.index_set(l).iter().map(|j| features(*j)).sum();
        shape.width(l) as f64 * (offered + count(shape.width(l))) as f64
    };
    3.0 * (2..=shape.depth()).map(layer).sum::<f64>()
}

/// Quadratic forms in `k` variables.
fn count(k: usize) -> usize {
    k * (k + 1) / 2
}
