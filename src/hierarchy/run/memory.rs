//! What an experiment takes of memory, reckoned before anything is allocated.

use crate::error::{Error, Result};
use crate::hierarchy::experiment::alternative::ALTERNATIVE_TEST_SAMPLES;
use crate::hierarchy::experiment::run::TEST_SAMPLES;
use crate::hierarchy::experiment::{Cell, Instance, Learner, Online, Staged};
use crate::hierarchy::learner::Alternative;
use crate::hierarchy::network::Skips;
use crate::memory;

/// The most memory that an experiment may need.
const MAX_BYTES: u128 = 2 << 30;

/// Refuses what would not fit into memory.
///
/// # Errors
/// With what it would take, at the number of samples.
pub fn check_memory(cell: &Cell) -> Result<()> {
    let needed = needed(cell);
    match needed <= MAX_BYTES {
        true => memory::check(needed).map_err(|e| e.at_field("data.samples")),
        false => Err(Error::input(
            format!("about {} MiB for {} samples at these sizes", needed >> 20, cell.instance.samples),
            format!("at most {} MiB; fewer samples, a smaller width or dimension", MAX_BYTES >> 20),
        )
        .at_field("data.samples")),
    }
}

/// As many of so many threads as may each make the largest of these runs, at least one.
pub fn threads<'a>(cells: impl IntoIterator<Item = &'a Cell>, jobs: usize) -> usize {
    let largest = cells.into_iter().map(needed).max().unwrap_or(0).max(1);
    jobs.min(usize::try_from(MAX_BYTES / largest).unwrap_or(jobs)).max(1)
}

/// Bytes that the runs take, of which so many are made at once.
pub fn together<'a>(cells: impl IntoIterator<Item = &'a Cell> + Clone, jobs: usize) -> u128 {
    let (count, at_once) = (cells.clone().into_iter().count(), threads(cells.clone(), jobs));
    cells.into_iter().map(needed).max().unwrap_or(0) * count.min(at_once) as u128
}

fn needed(cell: &Cell) -> u128 {
    bytes(&cell.instance, widths(cell)) + of_learner(cell)
}

/// The samples for training and those of one more draw (the normalisation of the target comes before the training samples, the test
/// error after them), each as drawn, as read, and with every layer's values over them; and the weights and the quadratic forms
/// among which the rows `R_l` are chosen, both twice.
///
/// Wide enough for every product of accepted sizes: `2^31` samples of `2^23` features in eight layers.
fn bytes(instance: &Instance, widths: &[usize]) -> u128 {
    let (samples, dimension) = (instance.samples as u128, instance.dimension as u128);
    let features = |k: &usize| (*k as u128) * (*k as u128 + 1) / 2;
    let offered = dimension + widths.iter().map(features).sum::<u128>();
    // x as drawn and f_0 = x; f_1 = x^2 - 1 where it is read.
    let inputs = dimension * if reads_squares(&instance.skips) { 3 } else { 2 };
    // Sums and slopes, a head; projections, features and what is pulled through them. A label and an error.
    let values: u128 = 2 + widths.iter().map(|k| 2 * *k as u128 + 1 + 3 * features(k)).sum::<u128>();
    let weights: u128 = widths.iter().map(|k| *k as u128 * offered).sum();
    let hidden = &widths[..widths.len() - 1];
    let forms: u128 = hidden.iter().map(|k| features(k) * features(k)).sum();
    8 * (samples + TEST_SAMPLES as u128) * (inputs + values) + 16 * (weights + forms)
}

/// The wider of target and learner: the one with more units.
fn widths(cell: &Cell) -> &[usize] {
    let target = &cell.instance.widths;
    match &cell.learner {
        Learner::Staged(Staged { widths: Some(own), .. }) | Learner::Online(Online(Staged { widths: Some(own), .. }))
            if own.iter().sum::<usize>() > target.iter().sum() =>
        {
            own
        }
        _ => target,
    }
}

/// What learners other than a network of the target's shape hold beside the samples: Gram matrices, features, wide rows.
fn of_learner(cell: &Cell) -> u128 {
    let (n, d) = (cell.instance.samples as u128, cell.instance.dimension as u128);
    let all = n + ALTERNATIVE_TEST_SAMPLES as u128;
    // A Gram matrix, its factor, and the kernel between samples and test samples.
    let kernel = 8 * (2 * n * n + n * all);
    match &cell.learner {
        Learner::Staged(_) | Learner::Online(_) => 0,
        Learner::Automatic(automated) => (automated.redundancy as u128 - 1) * bytes(&cell.instance, &cell.instance.widths) / 2,
        Learner::Distilled(settings) => {
            let wide = |k: &usize| settings.widening as u128 * *k as u128 * (*k as u128 + 1);
            8 * 3 * n * cell.instance.widths.iter().map(wide).sum::<u128>()
        }
        Learner::Ridge(_) => kernel,
        Learner::Alternative(compared) => match compared.alternative {
            Alternative::RandomFeatures => {
                let features = (2 * n).min(4000);
                8 * 2 * (all + features) * features
            }
            Alternative::Lift(lift) => 8 * (all * (d * (d + 3) / 2) + n * 3 * (lift.units as u128 + 1)),
            Alternative::IteratedLift(lift) => {
                let features = d * (d + 1) / 2;
                // The features, derivatives by all weights, and a Gram matrix of the samples with its factor.
                8 * (all * features + n * features * (lift.units as u128 + 1) + 3 * n * n)
            }
            Alternative::TwoLayer { .. } => 8 * all * (d + 512),
            _ => kernel,
        },
    }
}

fn reads_squares(skips: &Skips) -> bool {
    match skips {
        Skips::Lin | Skips::LinSkip => false,
        Skips::Quad01 => true,
        Skips::Explicit(sets) => sets.iter().any(|set| set.contains(&1)),
    }
}
