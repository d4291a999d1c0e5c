//! How samples, steps and work grow with the dimension, the depth and the error.

use crate::claim::exponent::{Exponent, Observed, median};
use crate::claim::{Profile, Table, Value};
use crate::exact::{Distribution, Rational};
use crate::hierarchy::experiment::{Automated, Cell, Family, Instance, Labels, Learner, Run};
use crate::hierarchy::learner::{Automatic, Descent};
use crate::hierarchy::network::Skips;

pub(super) mod depth;
pub(super) mod error_steps;
pub(super) mod kernel_samples;
pub(super) mod samples;
pub(super) mod work;

/// The seeds of every profile that draws conclusions; two in miniature.
fn seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
    if profile.draws_conclusions() { 1..=6 } else { 1..=2 }
}

/// A chain `lin` of depth `depth` and width `width`, one seed for target and samples.
pub(super) fn chain(depth: usize, width: usize, dimension: usize, gap: f64, samples: usize, seed: u64) -> Instance {
    Instance {
        family: Family::Rows,
        skips: Skips::Lin,
        widths: vec![width; depth - 1],
        dimension,
        gap,
        distribution: Distribution::Gaussian,
        samples,
        labels: Labels::Exact,
        target_seed: seed,
        data_seed: seed,
    }
}

/// The joint learner with its automatic schedule; the step size and momentum by depth, as for every instance of that depth.
fn joint(instance: Instance, tolerance: f64, seed: u64) -> Cell {
    automatic(instance, Automatic::default(), tolerance, seed)
}

/// The same with a schedule of one's own.
fn automatic(instance: Instance, automatic: Automatic, tolerance: f64, seed: u64) -> Cell {
    let (step, momentum) = match instance.depth() {
        2 | 3 => (0.01, 0.9),
        4 => (0.005, 0.9),
        _ => (0.003, 0.97),
    };
    let descent = Descent { step, momentum, tolerance, ..Descent::default() };
    Cell { instance, learner: Learner::Automatic(Automated::once(automatic, descent)), seed }
}

/// Steps of all phases.
fn steps(run: &Run) -> usize {
    run.phases.iter().map(|p| p.steps).sum()
}

/// The dimensions at which joint training is tried.
fn dimensions(profile: Profile) -> &'static [usize] {
    match profile {
        Profile::Tiny => &[4, 8],
        Profile::Quick => &[8, 16, 32, 64],
        Profile::Full => &[8, 16, 32, 64, 128],
    }
}

/// The median at each size, and the exponent fitted to them.
fn medians(what: &str, observed: &[Observed], exponent: &Option<Exponent>) -> Table {
    let mut table = Table::new(format!("{what} by d; exponent {}", Exponent::printed(exponent)), &["d", "median"]);
    for Observed { size, values } in observed {
        let known: Option<Vec<&Rational>> = values.iter().map(Option::as_ref).collect();
        let median = known.and_then(median).map_or_else(|| "absent".into(), |m| m.to_fixed(1));
        table.push([(*size).into(), Value::replayed(median)]);
    }
    table
}
