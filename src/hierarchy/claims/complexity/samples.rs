//! Few samples are enough.

use std::borrow::Cow;

use super::{automatic, chain, dimensions, joint, kernel_samples, medians, seeds};
use crate::claim::exponent::{Observed, exponent_below, fitted_exponent};
use crate::claim::judging::{decimal, threshold};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::experiment::{Cell, Run, Runs, Training};
use crate::hierarchy::learner::Automatic;

/// Few samples are enough.
pub const SAMPLES: Claim<Training> = Claim {
    id: Cow::Borrowed("complexity.samples"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Joint training needs few samples. On lin L3 k2 at eps = .3, N = 6kd samples give te < 1e-4 on at least 5 of 6 \
         seeds at every d from 16 on; and the number from which on a seed succeeds has, by its median over the seeds, \
         a fitted exponent in d below 1.6, its whole bootstrap interval included. d = 8, 16, 32, 64; in the profile \
         full 128 as well.",
    ),
    method: "The automatic schedule, stopped at a relative training loss of 1e-8. te is the exact population risk of \
             the trained weights. For each seed the number is the least N of the grid kd (1, 5/4, 3/2, 2, 5/2, 3, 4, \
             6) from which on every N of the grid succeeds. The bootstrap draws seeds anew, 1000 times. An exponent \
             over these d says nothing of larger ones. 1e-4 was set in advance; 5 of 6 and 1.6 describe these runs.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::SAMPLES_NEEDED],
    items: |_, profile| {
        let each = |d: usize| seeds(profile).map(move |seed| (d, seed));
        let joint =
            dimensions(profile).iter().flat_map(|&d| each(d)).flat_map(|(d, seed)| GRID.map(|n| with_samples(d, n, seed)));
        let layerwise = broken_dimensions(profile).iter().flat_map(|&d| each(d)).map(|(d, seed)| layerwise(d, seed));
        let kernel = kernel_samples::dimensions(profile).iter().flat_map(|&d| each(d));
        let kernel = kernel.flat_map(|(d, seed)| kernel_samples::GRID.map(|n| kernel_samples::quartic(d, n, GAP, seed)));
        joint.chain(layerwise).chain(kernel).collect()
    },
    check: |c| samples(c.profile, c.computed),
    controls: &[
        Control {
            breaks: "Layerwise training on the same N = 6kd samples, by the same schedule, at d = 16 and 32.",
            check: |c| Ok(Outcome::of([enough(c.profile, c.computed, broken_dimensions(c.profile), layerwise)?])),
        },
        Control {
            breaks: "Ridge regression with the quartic kernel on the targets, grid and ridge of \
                complexity.kernel-samples, its test error in the place of te. That grid is near the number of \
                monomials, and so nearly fixes the exponent.",
            check: |c| Ok(Outcome::of([kernel_exponent(c.profile, c.computed)?])),
        },
    ],
};

const GAP: f64 = 0.3;

/// A run counts as a success at a te below this.
const SUCCESS: &str = "1e-4";

fn succeeds(run: &Run) -> bool {
    relative_risk(run).is_some_and(|te| te < threshold(SUCCESS))
}

/// N in quarters of kd.
const GRID: [usize; 8] = [4, 5, 6, 8, 10, 12, 16, ENOUGH];
const ENOUGH: usize = 24;

/// `N = quarters kd / 4` with k = 2.
fn with_samples(d: usize, quarters: usize, seed: u64) -> Cell {
    joint(chain(3, 2, d, GAP, quarters * d / 2, seed), 1e-8, seed)
}

/// `N = 6kd` for joint training.
fn asked(d: usize, seed: u64) -> Cell {
    with_samples(d, ENOUGH, seed)
}

/// As [`asked`], layer by layer.
fn layerwise(d: usize, seed: u64) -> Cell {
    automatic(chain(3, 2, d, GAP, ENOUGH * d / 2, seed), Automatic { layerwise: true, ..Automatic::default() }, 1e-8, seed)
}

fn broken_dimensions(profile: Profile) -> &'static [usize] {
    if profile.draws_conclusions() { &[16, 32] } else { &[4] }
}

fn samples(profile: Profile, runs: &Runs) -> Result<Outcome> {
    let (enough, reached) = enough(profile, runs, dimensions(profile), asked)?;
    let mut table = Table::new("lin L3 k2, eps .3", &["d", "seed", "N needed"]);
    let mut observed = Vec::new();
    for &d in dimensions(profile) {
        let mut needed = Vec::new();
        for seed in seeds(profile) {
            let number = needed_samples(runs, d, seed)?;
            let least = number.map_or_else(|| format!("above {}", ENOUGH * d / 2).into(), replayed_count);
            table.push([d.into(), seed.into(), least]);
            needed.push(number.map(|n| Rational::from(n as i64)));
        }
        observed.push(Observed { size: d as u64, values: needed });
    }
    let exponent = fitted_exponent(&observed);
    let conditions = vec![enough, exponent_below(EXPONENT, &exponent, "1.6")];
    Ok(Outcome { conditions, tables: vec![reached, table, medians("N needed", &observed, &exponent)] })
}

const EXPONENT: &str = "exponent of N in d";

/// The exponent of the numbers that the quartic kernel needs.
fn kernel_exponent(profile: Profile, runs: &Runs) -> Result<(Condition, Table)> {
    let at = |d: usize| {
        let number = |seed| {
            let error =
                |percent| Ok((percent, kernel_samples::test_error(runs.get(&kernel_samples::quartic(d, percent, GAP, seed))?)));
            let errors = kernel_samples::GRID.into_iter().map(error).collect::<Result<Vec<_>>>()?;
            Ok(kernel_samples::needed_samples(&errors, SUCCESS).map(|n| Rational::from(kernel_samples::samples(d, n) as i64)))
        };
        Ok(Observed { size: d as u64, values: seeds(profile).map(number).collect::<Result<_>>()? })
    };
    let observed = kernel_samples::dimensions(profile).iter().map(|&d| at(d)).collect::<Result<Vec<_>>>()?;
    let exponent = fitted_exponent(&observed);
    Ok((exponent_below(EXPONENT, &exponent, "1.6"), medians("N needed by the kernel", &observed, &exponent)))
}

/// The least N of the grid from which on every N succeeds.
fn needed_samples(runs: &Runs, d: usize, seed: u64) -> Result<Option<usize>> {
    let mut least = None;
    for &quarters in GRID.iter().rev() {
        if !succeeds(runs.get(&with_samples(d, quarters, seed))?) {
            break;
        }
        least = Some(quarters * d / 2);
    }
    Ok(least)
}

/// On how many seeds the learner reaches the error on the samples that are asked for, from d = 16 on.
fn enough(profile: Profile, runs: &Runs, dimensions: &[usize], learner: fn(usize, u64) -> Cell) -> Result<(Condition, Table)> {
    let mut table = Table::new("te at N = 6kd", &["d", "N", "seed", "te"]);
    let mut counts = Vec::new();
    for &d in dimensions {
        let mut reached = 0;
        for seed in seeds(profile) {
            let cell = learner(d, seed);
            let run = runs.get(&cell)?;
            table.push([d.into(), cell.instance.samples.into(), seed.into(), decimal(&relative_risk(run))]);
            reached += usize::from(succeeds(run));
        }
        counts.push((d, reached));
    }
    counts.retain(|(d, _)| *d >= 16);
    let most = seeds(profile).count();
    let found: Vec<String> = counts.iter().map(|(d, reached)| format!("{reached} of {most} at d={d}")).collect();
    let requires = format!("te < {SUCCESS} on at least {} of {most} seeds at every d >= 16", most - 1);
    let holds = counts.iter().all(|(_, reached)| *reached + 1 >= most);
    let found = format!("{} (seeds with te below {SUCCESS})", found.join(", "));
    Ok((Condition::new("seeds that succeed above", requires, found, holds), table))
}
