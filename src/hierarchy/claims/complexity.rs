//! How samples and steps grow with the dimension, the depth and the error.

use std::borrow::Cow;

use super::measure::{relative_risk, replayed_count};
use super::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::claim::exponent::{Exponent, Observed, exponent_below, fitted_exponent, median};
use crate::claim::judging::{all_below, all_slopes_within, decimal};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::error::Result;
use crate::exact::{Distribution, Rational};
use crate::hierarchy::experiment::{Automated, Cell, Family, Instance, Labels, Learner, Run, Runs};
use crate::hierarchy::learner::{Automatic, Descent};
use crate::hierarchy::network::Skips;

/// The seeds of every profile that draws conclusions; two in miniature.
pub(super) fn seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
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

/// A run counts as a success at a te below this.
const SUCCESS: &str = "1e-4";

fn succeeds(run: &Run) -> bool {
    relative_risk(run).is_some_and(|te| te < crate::claim::judging::threshold(SUCCESS))
}

/// Few samples are enough.
pub const SAMPLES: Claim = Claim {
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
    figures: &[],
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

/// N in quarters of kd.
const GRID: [usize; 8] = [4, 5, 6, 8, 10, 12, 16, ENOUGH];
const ENOUGH: usize = 24;
const TOO_FEW: usize = 2;

fn dimensions(profile: Profile) -> &'static [usize] {
    match profile {
        Profile::Tiny => &[4, 8],
        Profile::Quick => &[8, 16, 32, 64],
        Profile::Full => &[8, 16, 32, 64, 128],
    }
}

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

/// The median at each size, and the exponent fitted to them.
pub(super) fn medians(what: &str, observed: &[Observed], exponent: &Option<Exponent>) -> Table {
    let mut table = Table::new(format!("{what} by d; exponent {}", Exponent::printed(exponent)), &["d", "median"]);
    for Observed { size, values } in observed {
        let known: Option<Vec<&Rational>> = values.iter().map(Option::as_ref).collect();
        let median = known.and_then(median).map_or_else(|| "absent".into(), |m| m.to_fixed(1));
        table.push([(*size).into(), Value::replayed(median)]);
    }
    table
}

/// Steps grow slowly with the inverse of the error.
pub const ERROR_STEPS: Claim = Claim {
    id: Cow::Borrowed("complexity.error-steps"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Joint training on lin L3 k2 (N = 60d, eps = .1) reaches errors te below 4 d^-1, 4 d^-2, 4 d^-3 on every seed, in numbers of steps that grow more slowly than error^-1/2: by their medians over six seeds, the exponent of the steps in 1/error over these three errors is below 1/2 at \
                every d (a loss that falls like 1/t^2 would have 1/2; a logarithm has ln 3 / (2 ln d)). The median number of steps to d^-3 has a fitted \
                exponent in d below 1, its whole bootstrap interval included. d = 8, 16, 32, 64; in the profile full 128 as well.",
    ),
    method: "The automatic schedule, stopped when the relative training loss falls below d^-1, d^-2, d^-3; that the error is reached means that the exact te of the \
             weights at the stop is below four times that. Steps are those of all phases.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
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

/// A number of samples linear in kd is enough at each depth that was tried.
pub const DEPTH: Claim = Claim {
    id: Cow::Borrowed("complexity.depth"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "With N = 30kd samples, linear in kd, joint training reaches te < 1e-6 at depth 2 (k=2), 3 (k=2) and 4 (k=1) on each of six seeds at d = 8, 16, 32, 64; \
                and at depth 5 (degree 16, k=1), d = 24, with N = 60kd. eps = .1.",
    ),
    method: "The automatic schedule, stopped at a relative training loss of 1e-12. te is the exact population risk of the trained weights.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = shapes(profile).into_iter().flat_map(move |shape| seeds(profile).map(move |seed| (shape, seed)));
        each.flat_map(|(shape, seed)| [shape.cell(shape.per_unknown, seed), shape.cell(0.5, seed)]).collect()
    },
    check: |c| depth(c.profile, c.computed, |shape| shape.per_unknown),
    controls: &[Control { breaks: "N = kd/2.", check: |c| depth(c.profile, c.computed, |_| 0.5) }],
};

/// A chain, and the number of its samples as a multiple of kd.
#[derive(Clone, Copy, Debug)]
struct Shape {
    depth: usize,
    width: usize,
    dimension: usize,
    per_unknown: f64,
}

impl Shape {
    fn cell(self, per_unknown: f64, seed: u64) -> Cell {
        // Small multiples of small integers: exact.
        let samples = (per_unknown * (self.width * self.dimension) as f64) as usize;
        joint(chain(self.depth, self.width, self.dimension, 0.1, samples, seed), 1e-12, seed)
    }
}

fn shapes(profile: Profile) -> Vec<Shape> {
    let dimensions: &[usize] = if profile.draws_conclusions() { &[8, 16, 32, 64] } else { &[8] };
    let chains =
        [(2, 2), (3, 2), (4, 1)].into_iter().flat_map(|(depth, width)| dimensions.iter().map(move |&d| (depth, width, d)));
    let mut shapes: Vec<Shape> =
        chains.map(|(depth, width, dimension)| Shape { depth, width, dimension, per_unknown: 30.0 }).collect();
    if profile.draws_conclusions() {
        shapes.push(Shape { depth: 5, width: 1, dimension: 24, per_unknown: 60.0 });
    }
    shapes
}

fn depth(profile: Profile, runs: &Runs, per_unknown: fn(Shape) -> f64) -> Result<Outcome> {
    let mut table = Table::new("te by depth and dimension", &["L", "k", "d", "N", "seed", "te", "steps"]);
    let mut risks = Vec::new();
    for shape in shapes(profile) {
        for seed in seeds(profile) {
            let cell = shape.cell(per_unknown(shape), seed);
            let run = runs.get(&cell)?;
            let te = relative_risk(run);
            let facts = [shape.depth, shape.width, shape.dimension, cell.instance.samples].map(Value::from);
            let found = [seed.into(), decimal(&te), replayed_count(steps(run))];
            table.push(facts.into_iter().chain(found));
            risks.push(te);
        }
    }
    Ok(Outcome {
        conditions: vec![all_below("te", " on every seed, at every depth and dimension", &risks, "1e-6")],
        tables: vec![table],
    })
}
