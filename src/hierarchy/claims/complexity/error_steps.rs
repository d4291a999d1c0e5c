//! Steps grow slowly with the inverse of the error.

use std::borrow::Cow;

use super::{automatic, chain, dimensions, medians, seeds, steps};
use crate::claim::exponent::{Observed, exponent_below, fitted_exponent, median};
use crate::claim::judging::{all_below, all_slopes_within, decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::experiment::{Cell, Runs, Training};
use crate::hierarchy::learner::Automatic;

/// Steps grow slowly with the inverse of the error.
pub const ERROR_STEPS: Claim<Training> = Claim {
    id: Cow::Borrowed("complexity.error-steps"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Joint training on lin L3 k2 (N = 60d, eps = .1) reaches errors te below 4 d^-1, 4 d^-2, 4 d^-3 on every seed, \
         in numbers of steps that grow more slowly than error^-1/2: by their medians over six seeds, the exponent of \
         the steps in 1/error over these three errors is below 1/2 at every d (a loss that falls like 1/t^2 would have \
         1/2; a logarithm has ln 3 / (2 ln d)). The median number of steps to d^-3 has a fitted exponent in d below 1, \
         its whole bootstrap interval included. d = 8, 16, 32, 64; in the profile full 128 as well.",
    ),
    method: "The automatic schedule, stopped when the relative training loss falls below d^-1, d^-2, d^-3; that the \
             error is reached means that the exact te of the weights at the stop is below four times that. Steps are \
             those of all phases. The factor four and the bounds 1/2 and 1 describe these runs.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::STEPS_NEEDED],
    items: |_, profile| {
        let cells = |(dimensions, layerwise): (&'static [usize], bool)| {
            let each = dimensions.iter().flat_map(move |&d| seeds(profile).map(move |seed| (d, seed)));
            each.flat_map(move |(d, seed)| (1..=3).map(move |q| to_error(d, q, seed, layerwise)))
        };
        [(dimensions(profile), false), (&dimensions(profile)[..2], true)].into_iter().flat_map(cells).collect()
    },
    check: |c| error_steps(c.profile, dimensions(c.profile), c.computed, false),
    controls: &[Control {
        breaks: "Layerwise training at d = 8 and 16: it ends above 4 d^-3 at d = 16.",
        check: |c| error_steps(c.profile, &dimensions(c.profile)[..2], c.computed, true),
    }],
};

/// Training until the relative training loss is below `d^-power`.
fn to_error(d: usize, power: u32, seed: u64, layerwise: bool) -> Cell {
    let tolerance = (0..power).fold(1.0, |error, _| error / d as f64);
    automatic(chain(3, 2, d, 0.1, 60 * d, seed), Automatic { layerwise, ..Automatic::default() }, tolerance, seed)
}

fn error_steps(profile: Profile, dimensions: &[usize], runs: &Runs, layerwise: bool) -> Result<Outcome> {
    let columns = ["d", "seed", "steps to d^-1", "d^-2", "d^-3", "te d there", "te d^2", "te d^3"];
    let mut table = Table::new(if layerwise { "layerwise training" } else { "joint training" }, &columns);
    let (mut reached, mut in_error, mut observed) = (Vec::new(), Vec::new(), Vec::new());
    for &d in dimensions {
        let mut counts: Vec<[i64; 3]> = Vec::new();
        for seed in seeds(profile) {
            let run = |q| runs.get(&to_error(d, q, seed, layerwise));
            let at = [run(1)?, run(2)?, run(3)?];
            let scaled = [1, 2, 3].map(|q| Some(&relative_risk(at[q - 1])? * &Rational::from((d as i64).pow(q as u32))));
            let taken = at.map(|run| steps(run) as i64);
            let found = taken.map(replayed_count).into_iter().chain(scaled.iter().map(decimal));
            table.push([d.into(), seed.into()].into_iter().chain(found));
            reached.extend(scaled);
            counts.push(taken);
        }
        in_error.push(exponent_in_error(d, &counts));
        observed.push(Observed { size: d as u64, values: counts.iter().map(|c| Some(Rational::from(c[2]))).collect() });
    }
    let exponent = fitted_exponent(&observed);
    let conditions = vec![
        all_below("te at the stop over the error asked for", ", on every seed", &reached, "4"),
        all_slopes_within("exponent in 1/error of the median steps", ", at every d", &in_error, ("0", "0.5")),
        exponent_below("exponent in d of the steps to d^-3", &exponent, "1"),
    ];
    Ok(Outcome { conditions, tables: vec![table, medians("steps to d^-3", &observed, &exponent)] })
}

/// The slope of ln(median steps) against ln(1/error) over the errors d^-1, d^-2, d^-3.
fn exponent_in_error(d: usize, counts: &[[i64; 3]]) -> Option<Interval> {
    let point = |q: usize| {
        let steps: Vec<Rational> = counts.iter().map(|c| Rational::from(c[q])).collect();
        let inverse = Rational::from((d as i64).pow(q as u32 + 1));
        Some((Interval::from(&inverse), Interval::from(&median(steps.iter().collect())?)))
    };
    loglog_slope(&[point(0)?, point(1)?, point(2)?])
}
