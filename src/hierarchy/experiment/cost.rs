//! How long a run takes, reckoned from its sizes before it is begun.

use super::alternative::ALTERNATIVE_TEST_SAMPLES;
use super::{Automated, Cell, Compared, Instance, Learner, Online, Staged};
use crate::hierarchy::learner::initial::DRAWS;
use crate::hierarchy::learner::{Alternative, Distillation, Grid, Units};
use crate::hierarchy::network::Architecture;

/// Multiplications a second of one core with vector units, by which operations become seconds.
const RATE: f64 = 1e10;

/// The singular values of a matrix of order `m` take as long as about this many times `m^3` such multiplications: they are computed without
/// vector units.
const FACTORISATION: f64 = 80.0;

/// Steps of the iterated lift in a round: where it finds the target, 110 to 150 in 30 rounds.
const FITS_A_ROUND: f64 = 5.0;

/// About how many seconds the run takes on one core (guarantee: approximate, an order of magnitude).
pub fn seconds(cell: &Cell) -> f64 {
    multiplications(cell) / RATE
}

/// About how many multiplications the run takes (guarantee: approximate, an order of magnitude).
///
/// Counted are those of every step, as if no phase ended early, and of choosing the rows `R_l` of the hidden layers; of kernels those of
/// every Gram matrix and every factorisation of its grid.
pub(super) fn multiplications(cell: &Cell) -> f64 {
    let instance = &cell.instance;
    match &cell.learner {
        Learner::Staged(staged) | Learner::Online(Online(staged)) => of_staged(instance, staged),
        Learner::Automatic(automated) => of_automatic(instance, automated),
        Learner::Distilled(settings) => of_distilled(instance, settings),
        Learner::Ridge(_) => kernel(instance, 1.0, 1.0),
        Learner::Alternative(compared) => of_compared(instance, compared),
    }
}

/// The most steps that a run takes, of all its initialisations; 0 where there are none that are told.
pub fn steps(cell: &Cell) -> usize {
    match &cell.learner {
        Learner::Staged(staged) | Learner::Online(Online(staged)) => staged.steps(),
        Learner::Automatic(automated) => automated.automatic.most_steps,
        Learner::Distilled(settings) => settings.steps,
        Learner::Alternative(..) | Learner::Ridge(..) => 0,
    }
}

fn of_staged(instance: &Instance, staged: &Staged) -> f64 {
    let widths = staged.widths.as_ref().unwrap_or(&instance.widths);
    step(instance, widths) * staged.steps() as f64 * instance.samples as f64 + rows(widths)
}

fn of_automatic(instance: &Instance, automated: &Automated) -> f64 {
    let steps = automated.automatic.most_steps as f64 * automated.restarts.most as f64;
    step(instance, &instance.widths) * automated.redundancy as f64 * steps * instance.samples as f64 + rows(&instance.widths)
}

/// A layer has `c k (k + 1)` wide rows and `k` narrow ones.
fn of_distilled(instance: &Instance, settings: &Distillation) -> f64 {
    let wider = |k: usize| (settings.widening * (k + 1) + 1) as f64;
    let factor = instance.widths.iter().map(|k| wider(*k)).fold(1.0, f64::max);
    step(instance, &instance.widths) * factor * settings.steps as f64 * instance.samples as f64 + rows(&instance.widths)
}

/// Gram matrices on the samples, with as many factorisations, and the values on the test samples.
fn kernel(instance: &Instance, grams: f64, factorisations: f64) -> f64 {
    let (n, d, test) = (instance.samples as f64, instance.dimension as f64, ALTERNATIVE_TEST_SAMPLES as f64);
    // A value of a kernel takes a few dozen operations beside the product.
    grams * n * (n + test) * (d + 30.0) + factorisations * (n * n * n / 3.0 + n * test)
}

fn of_compared(instance: &Instance, compared: &Compared) -> f64 {
    let (n, d, test) = (instance.samples as f64, instance.dimension as f64, ALTERNATIVE_TEST_SAMPLES as f64);
    match compared.alternative {
        Alternative::Polynomial2 | Alternative::Tangent => kernel(instance, 3.0, 21.0),
        Alternative::Polynomial4 | Alternative::Rbf => kernel(instance, 4.0, 28.0),
        Alternative::RandomFeatures => {
            let features = (2.0 * n).min(4000.0);
            // For each of two activations.
            2.0 * ((n + test) * features * d + n * features * features + 7.0 * features * features * features / 3.0)
        }
        Alternative::SequentialKernel => kernel(instance, 20.0, 120.0),
        Alternative::GradientOuterProduct => kernel(instance, 30.0, 40.0),
        Alternative::TwoLayer { units, steps } => two_layer(instance, units, steps),
        Alternative::Lift(lift) => {
            let features = d * (d + 3.0) / 2.0;
            let pass = 3.0 * (1.0 + lift.units as f64) * features;
            let looks = (lift.steps / lift.every.max(1)) as f64;
            lift.restarts.most as f64 * pass * (lift.steps as f64 * n + looks * test / 3.0)
        }
        Alternative::IteratedLift(lift) => {
            let weights = (1.0 + lift.units as f64) * d * (d + 1.0) / 2.0;
            // Most rounds go on from where the last one ended, and take a few steps.
            let fit = FITS_A_ROUND * (n * n * weights + n * n * n / 3.0) + weights * test;
            (lift.restarts.most as usize * lift.rounds) as f64 * fit
        }
    }
}

/// Every width with every rate, in minibatches, with looks at the test samples.
fn two_layer(instance: &Instance, units: Units, steps: usize) -> f64 {
    let grid = Grid::of(units);
    let units: usize = grid.widths.iter().sum();
    let each = (units * grid.rates.len() * grid.scales.len()) as f64 * (instance.dimension + 1) as f64;
    let looks = (steps / grid.every.max(1)) as f64;
    each * (3.0 * grid.batch as f64 * steps as f64 + looks * ALTERNATIVE_TEST_SAMPLES as f64)
}

/// Multiplications of the conditions of all draws of the rows `R_l` of hidden layers.
fn rows(widths: &[usize]) -> f64 {
    let hidden = &widths[..widths.len() - 1];
    let orders = hidden.iter().map(|k| count(*k) as f64);
    orders.map(|order| DRAWS as f64 * FACTORISATION * order * order * order).sum()
}

/// Multiplications for a sample in a step: each weight and each row once forwards and twice backwards.
fn step(instance: &Instance, widths: &[usize]) -> f64 {
    // What has no such network is refused at once.
    let Ok(shape) = Architecture::new(instance.dimension, widths, &instance.skips) else { return 0.0 };
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
