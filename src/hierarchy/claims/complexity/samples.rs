//! Few samples are enough.

use std::borrow::Cow;

use super::{chain, dimensions, joint, medians, seeds};
use crate::claim::exponent::{Observed, exponent_below, fitted_exponent};
use crate::claim::judging::{decimal, threshold};
use crate::claim::{Claim, Condition, Control, Evidence, Figure, Outcome, Profile, Scale, Table};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::experiment::{Cell, Run, Runs, Training};

/// Few samples are enough.
pub const SAMPLES: Claim<Training> = Claim {
    id: Cow::Borrowed("complexity.samples"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Joint training needs few samples. On lin L3 k2 at eps = .3, N = 6kd samples give te < 1e-4 on at least 5 of 6 seeds at every d from 16 \
                on; and the number from which on a seed succeeds has, by its median over the seeds, a fitted exponent in d below 1.6, its \
                whole bootstrap interval included. d = 8, 16, 32, 64; in the profile full 128 as well.",
    ),
    method: "The automatic schedule, stopped at a relative training loss of 1e-8. te is the exact population risk of the trained weights. For each seed \
             the number is the least N of the grid kd (1, 5/4, 3/2, 2, 5/2, 3, 4, 6) from which on every N of the grid succeeds. The bootstrap \
             draws seeds anew, 1000 times. An exponent over these d says nothing of larger ones.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[
        Figure { table: "lin L3 k2", x: "d", y: &["N needed"], scales: (Scale::Logarithmic, Scale::Logarithmic) },
        Figure { table: "N needed by d", x: "d", y: &["median"], scales: (Scale::Logarithmic, Scale::Logarithmic) },
    ],
    items: |_, profile| {
        let sizes = GRID.iter().chain(&[TOO_FEW]);
        let cell = |d, quarters: &usize| seeds(profile).map(move |seed| with_samples(d, *quarters, seed)).collect::<Vec<_>>();
        sizes.flat_map(|quarters| dimensions(profile).iter().flat_map(move |&d| cell(d, quarters))).collect()
    },
    check: |c| samples(c.profile, c.computed, ENOUGH),
    controls: &[Control {
        breaks: "N = kd/2 in the place of 6kd: fewer samples than the 2d - 1 parameters of layer 2 alone.",
        check: |c| samples(c.profile, c.computed, TOO_FEW),
    }],
};

/// A run counts as a success at a te below this.
const SUCCESS: &str = "1e-4";

fn succeeds(run: &Run) -> bool {
    relative_risk(run).is_some_and(|te| te < threshold(SUCCESS))
}

/// N in quarters of kd.
const GRID: [usize; 8] = [4, 5, 6, 8, 10, 12, 16, ENOUGH];
const ENOUGH: usize = 24;
const TOO_FEW: usize = 2;

/// `N = quarters kd / 4` with k = 2.
fn with_samples(d: usize, quarters: usize, seed: u64) -> Cell {
    joint(chain(3, 2, d, 0.3, quarters * d / 2, seed), 1e-8, seed)
}

fn samples(profile: Profile, runs: &Runs, quarters: usize) -> Result<Outcome> {
    let columns = ["d", "seed", "N needed", "te at the N asked for"];
    let mut table = Table::new(format!("lin L3 k2, eps .3; asked for: N = {} kd / 4", quarters), &columns);
    let (mut observed, mut counts) = (Vec::new(), Vec::new());
    for &d in dimensions(profile) {
        let mut needed = Vec::new();
        let mut reached = 0;
        for seed in seeds(profile) {
            let asked = runs.get(&with_samples(d, quarters, seed))?;
            let number = needed_samples(runs, d, seed)?;
            let least = number.map_or_else(|| format!("above {}", ENOUGH * d / 2).into(), replayed_count);
            table.push([d.into(), seed.into(), least, decimal(&relative_risk(asked))]);
            needed.push(number.map(|n| Rational::from(n as i64)));
            reached += usize::from(succeeds(asked));
        }
        observed.push(Observed { size: d as u64, values: needed });
        if d >= 16 {
            counts.push((d, reached));
        }
    }
    let exponent = fitted_exponent(&observed);
    Ok(Outcome {
        conditions: vec![enough(&counts, profile), exponent_below("exponent of N in d", &exponent, "1.6")],
        tables: vec![table, medians("N needed", &observed, &exponent)],
    })
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

fn enough(counts: &[(usize, usize)], profile: Profile) -> Condition {
    let most = seeds(profile).count();
    let found: Vec<String> = counts.iter().map(|(d, reached)| format!("{reached} at d={d}")).collect();
    let requires = format!("te < {SUCCESS} on at least {} of {most} seeds at every d >= 16", most - 1);
    let holds = counts.iter().all(|(_, reached)| *reached + 1 >= most);
    Condition::new("seeds that succeed above", requires, found.join(", "), holds)
}
