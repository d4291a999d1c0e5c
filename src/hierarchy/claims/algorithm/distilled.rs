//! The over-parameterised learner, whose narrow layers are distilled from wide ones.

use std::borrow::Cow;

use crate::claim::exponent::median;
use crate::claim::judging::{
    all_below, all_slopes_within, all_within, decimal, enclosed, enclosed_fixed, replayed_decimal, slope,
};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::{Distribution, Rational};
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::GAP;
use crate::hierarchy::claims::measure::{feature_error, relative_risk, replayed_count};
use crate::hierarchy::experiment::distilled::{WIDE, last_halving};
use crate::hierarchy::experiment::{Automated, Cell, Family, Instance, Labels, Learner, Run, Runs, Training};
use crate::hierarchy::learner::{Automatic, Descent, Distillation};
use crate::hierarchy::network::Skips;

/// Wide layers fit, narrow ones are distilled: both reach the error target, and features are corrected on the way.
pub const DISTILLED: Claim<Training> = Claim {
    id: Cow::Borrowed("algorithm.distilled"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "The over-parameterised learner (wide W_l tied to narrow K_l by a distillation penalty; noise, truncated \
         activation, layers switched on by thresholds, penalties that shrink with the error target) reaches its error \
         target at eps = .1 on every seed (six; twelve in the profile full): test error of W and te of the K-network < \
         1e-5 on lin L3 k1 d16, < 2e-5 on lin L4 k1 d16. The steps that one halving of the error target takes grow \
         from one to the next, over the last four halvings (three factors) of all seeds of an instance, by a median factor in [1.5, \
         2.7] (at a constant rate of descent it would be 1). Where layers are switched on by stalls alone (L4), the \
         error f of layer 2 falls in a staircase: it is of the order eps when layer 2 stalls, eps^2 when layers 2 and \
         3 do (slopes of ln f against ln eps over .2, .1, .05 in [.85, 1.2] and [1.8, 2.15] on every seed). With the \
         lower layers frozen te/eps^2 is in [.03, 1], and the joint te is below 1e-3 of that te, on every seed.",
    ),
    method: "N = 30d samples, eight wide rows a layer, lambda = 3, truncation at 20, error target halved from 1 to \
             below 5e-4. te of the K-network (without truncation) and f are exact functions of its weights; slopes are \
             enclosed. The error of W, with truncation, is a test error, on 20000 samples. A median is taken of the \
             factors because single runs may stall on their way. Error targets and the factor 1e-3 were set in \
             advance; the bands describe these runs.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let joint_and_frozen = DEPTHS.iter().flat_map(|&depth| [joint(depth), frozen(depth)]);
        let stairs = STAIR_GAPS.iter().flat_map(|&gap| [stairs(gap), frozen_stairs(gap), thresholds(gap)]);
        let arms = joint_and_frozen.chain(stairs).chain([untied(3)]);
        let seeds = || instances::seeds(profile);
        let distilled = arms.flat_map(|arm| seeds().map(move |seed| arm.cell(profile, seed)));
        distilled.chain(seeds().flat_map(|seed| HALVINGS.map(|n| of_exact_width(profile, n, seed)))).collect()
    },
    check: |c| {
        let goals = DEPTHS.into_iter().zip(GOALS).map(|(depth, goal)| goals(c.profile, c.computed, joint(depth), goal));
        let stair = (0..BANDS.len()).map(|step| stair(c.profile, c.computed, stairs, step));
        Outcome::together(goals.chain(stair).chain([floor(c.profile, c.computed, frozen)]))
    },
    controls: &[
        Control {
            breaks: "No penalty, lambda = 0 (L3).",
            check: |c| Outcome::together([goals(c.profile, c.computed, untied(3), GOALS[0])]),
        },
        Control {
            breaks: "Lower layers frozen as soon as the next is switched on (L3, and the second step of the staircase).",
            check: |c| {
                let goals = goals(c.profile, c.computed, frozen(3), GOALS[0]);
                Outcome::together([goals, stair(c.profile, c.computed, frozen_stairs, 1)])
            },
        },
        Control {
            breaks: "The joint run in the place of the frozen one.",
            check: |c| Outcome::together([floor(c.profile, c.computed, joint)]),
        },
        Control {
            breaks: "Layer 2 is distilled at a threshold, before it stalls (first step of the staircase).",
            check: |c| Outcome::together([stair(c.profile, c.computed, thresholds, 0)]),
        },
        Control {
            breaks: "A learner of the target's widths, stopped where those error targets are halved (L3): the steps of \
                one halving do not grow from one to the next.",
            check: |c| Outcome::together([exact_widths(c.profile, c.computed)]),
        },
    ],
};

const DEPTHS: [usize; 2] = [3, 4];

/// What te of W and of the K-network stay below, at these depths.
const GOALS: [&str; 2] = ["1e-5", "2e-5"];
const STAIR_GAPS: [f64; 3] = [0.2, 0.1, 0.05];

/// The bands of the slope of f, when layer 2 stalls, and when layers 2 and 3 do.
const BANDS: [(&str, &str); 2] = [("0.85", "1.2"), ("1.8", "2.15")];

/// One way of training on a chain of width 1 in 16 dimensions; only the seed is left open.
#[derive(Clone, Copy)]
struct Arm {
    depth: usize,
    gap: f64,
    settings: Distillation,
}

fn joint(depth: usize) -> Arm {
    Arm { depth, gap: GAP, settings: Distillation { steps: 3000, ..Distillation::default() } }
}

fn frozen(depth: usize) -> Arm {
    let arm = joint(depth);
    Arm { settings: Distillation { frozen: true, ..arm.settings }, ..arm }
}

/// Without the penalty that ties `K` to `W`.
fn untied(depth: usize) -> Arm {
    let arm = joint(depth);
    Arm { settings: Distillation { penalty: 0.0, ..arm.settings }, ..arm }
}

/// Layers are switched on by stalls alone.
fn stairs(gap: f64) -> Arm {
    Arm { depth: 4, gap, settings: Distillation { switch_on: 0.0, patience: 100, steps: 6000, ..Distillation::default() } }
}

/// Layers are switched on by thresholds, as in [`joint`].
fn thresholds(gap: f64) -> Arm {
    let arm = stairs(gap);
    Arm { settings: Distillation { switch_on: Distillation::default().switch_on, ..arm.settings }, ..arm }
}

fn frozen_stairs(gap: f64) -> Arm {
    let arm = stairs(gap);
    Arm { settings: Distillation { frozen: true, ..arm.settings }, ..arm }
}

impl Arm {
    fn cell(self, profile: Profile, seed: u64) -> Cell {
        let tiny = profile == Profile::Tiny;
        let dimension = if tiny { 8 } else { 16 };
        let instance = Instance {
            family: Family::Rows,
            skips: Skips::Lin,
            widths: vec![1; self.depth - 1],
            dimension,
            gap: self.gap,
            distribution: Distribution::Gaussian,
            samples: if tiny { 96 } else { 30 * dimension },
            labels: Labels::Exact,
            target_seed: seed,
            data_seed: seed,
        };
        // In miniature: enough steps to distil layers 2 and 3.
        let steps = if tiny { 120 } else { self.settings.steps };
        Cell { instance, learner: Learner::Distilled(Distillation { steps, ..self.settings }), seed }
    }

    fn run(self, profile: Profile, runs: &Runs, seed: u64) -> Result<&Run> {
        runs.get(&self.cell(profile, seed))
    }

    fn name(self) -> String {
        format!("lin L{} k1 d16", self.depth)
    }
}

/// The test error of W; replayed.
fn wide_error(run: &Run) -> Option<Rational> {
    Rational::try_from(run.score(WIDE)?).ok()
}

/// The three factors by which the steps per halving of the error target grew last.
fn growth(run: &Run) -> Option<Vec<Rational>> {
    let at = |n: usize| Rational::try_from(run.score(&last_halving(n))?).ok();
    let taken = |n: usize| Some(&at(n)? - &at(n + 1)?);
    (0..3).map(|n| taken(n)?.over(&taken(n + 1)?)).collect()
}

/// The last five halvings of the error target, each to `2^-n`.
const HALVINGS: [i32; 5] = [7, 8, 9, 10, 11];

/// Joint training of a network of the target's own widths, until the error target would be halved to `2^-n`: at a relative loss of
/// `4^-n`.
fn of_exact_width(profile: Profile, n: i32, seed: u64) -> Cell {
    let tolerance = (0..n).fold(1.0, |error, _| 0.25 * error);
    let descent = Descent { tolerance, ..Descent::default() };
    let learner = Learner::Automatic(Automated::once(Automatic::default(), descent));
    Cell { learner, ..joint(3).cell(profile, seed) }
}

/// The growth of the steps per halving, for a learner that is not over-parameterised.
fn exact_widths(profile: Profile, runs: &Runs) -> Result<Outcome> {
    let mut table = Table::new("of the target's own widths", &["seed", "growth of the steps per halving"]);
    let mut growths = Vec::new();
    for seed in instances::seeds(profile) {
        let steps = |n| Ok(total_steps(runs.get(&of_exact_width(profile, n, seed))?) as i64);
        let at = HALVINGS.map(steps).into_iter().collect::<Result<Vec<i64>>>()?;
        let taken: Vec<Rational> = at.windows(2).map(|pair| Rational::from(pair[1] - pair[0])).collect();
        // The latest first, as in `growth`.
        let growth: Option<Vec<Rational>> = taken.windows(2).rev().map(|pair| pair[1].over(&pair[0])).collect();
        table.push([seed.into(), listed(&growth)]);
        growths.push(growth);
    }
    Ok(Outcome { conditions: vec![growth_within("of the target's own widths", &growths)], tables: vec![table] })
}

fn growth_within(name: &str, growths: &[Option<Vec<Rational>>]) -> Condition {
    all_within("growth of the steps per halving", &format!(", {name}, median"), &[median_growth(growths)], ("1.5", "2.7"))
}

fn total_steps(run: &Run) -> usize {
    run.phases.iter().map(|p| p.steps).sum()
}

/// The median of all factors of all runs; absent where a run has none.
fn median_growth(growths: &[Option<Vec<Rational>>]) -> Option<Rational> {
    let known: Vec<&Vec<Rational>> = growths.iter().map(Option::as_ref).collect::<Option<_>>()?;
    median(known.into_iter().flatten().collect())
}

/// The factors, the earliest first.
fn listed(growth: &Option<Vec<Rational>>) -> Value {
    let factors = growth.iter().flatten().rev().map(|f| f.to_decimal(3));
    Value::text(growth.as_ref().map_or_else(|| "absent".into(), |_| factors.collect::<Vec<_>>().join(", ")))
}

/// te of the K-network, test error of W, and the growth of the steps per halving.
fn goals(profile: Profile, runs: &Runs, arm: Arm, goal: &str) -> Result<Outcome> {
    let title = format!("{}, lambda = {}, eps = .1", arm.name(), arm.settings.penalty);
    let columns = ["seed", "te of K", "test error of W", "growth of the steps per halving", "steps", "digest"];
    let mut table = Table::new(title, &columns);
    let (mut narrow, mut wide, mut growths) = (Vec::new(), Vec::new(), Vec::new());
    for seed in instances::seeds(profile) {
        let run = arm.run(profile, runs, seed)?;
        let (te, error, growth) = (relative_risk(run), wide_error(run), growth(run));
        let measures = [decimal(&te), replayed_decimal(&error), listed(&growth)];
        let facts = [replayed_count(total_steps(run)), run.digest[..16].into()];
        table.push([seed.into()].into_iter().chain(measures).chain(facts));
        narrow.push(te);
        wide.push(error);
        growths.push(growth);
    }
    let name = arm.name();
    let conditions = vec![
        all_below("te of the K-network", &format!(", {name}, every seed"), &narrow, goal),
        all_below("test error of W", &format!(", {name}, every seed"), &wide, goal),
        growth_within(&name, &growths),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// f of layer 2 when layers `2..=step + 2` stall, and its slope.
fn stair(profile: Profile, runs: &Runs, arm: fn(f64) -> Arm, step: usize) -> Result<Outcome> {
    let layer = step + 2;
    let lower = if arm(GAP).settings.frozen { ", lower layers frozen" } else { "" };
    let title = format!("f of layer 2 when layer {layer} stalls{lower}, L4");
    let mut table = Table::new(title, &["seed", "f eps=.2", ".1", ".05", "slope"]);
    let mut slopes = Vec::new();
    for seed in instances::seeds(profile) {
        let f = |&gap: &f64| Ok((gap, arm(gap).run(profile, runs, seed)?.phases.get(step).and_then(feature_error)));
        let points = STAIR_GAPS.iter().map(f).collect::<Result<Vec<_>>>()?;
        let slope = slope(&points);
        let errors = points.iter().map(|(_, f)| enclosed(f));
        table.push([seed.into()].into_iter().chain(errors).chain([enclosed_fixed(&slope)]));
        slopes.push(slope);
    }
    let quantity = format!("slope of ln f when layer {layer} stalls");
    let condition = all_slopes_within(&quantity, &format!("{lower}, every seed"), &slopes, BANDS[step]);
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}

/// te over eps^2 with the lower layers frozen, and what the joint run leaves of it.
fn floor(profile: Profile, runs: &Runs, arm: fn(usize) -> Arm) -> Result<Outcome> {
    let who = if arm(3).settings.frozen { "lower layers frozen" } else { "joint" };
    let columns = ["instance", "seed", "te of K", "te/eps^2", "test error of W", "joint te of K", "joint te / te"];
    let mut table = Table::new(format!("{who}, eps = .1"), &columns);
    let (mut ratios, mut left) = (Vec::new(), Vec::new());
    for depth in DEPTHS {
        for seed in instances::seeds(profile) {
            let run = arm(depth).run(profile, runs, seed)?;
            let (te, corrected) = (relative_risk(run), relative_risk(joint(depth).run(profile, runs, seed)?));
            let over_gap_squared = te.as_ref().map(|te| te * &Rational::from(100));
            let share = corrected.as_ref().zip(te.as_ref()).and_then(|(joint, te)| joint.over(te));
            let exact = [&te, &over_gap_squared].map(decimal);
            let measures = exact.into_iter().chain([replayed_decimal(&wide_error(run))]).chain([&corrected, &share].map(decimal));
            table.push([arm(depth).name().into(), seed.into()].into_iter().chain(measures));
            ratios.push(over_gap_squared);
            left.push(share);
        }
    }
    let conditions = vec![
        all_within("te/eps^2 of the K-network", &format!(", {who}, every seed"), &ratios, ("0.03", "1")),
        all_below("joint te / te", ", every seed", &left, "1e-3"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
