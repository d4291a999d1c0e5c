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
use crate::hierarchy::experiment::{Cell, Family, Instance, Labels, Learner, Run, Runs, Training};
use crate::hierarchy::learner::Distillation;
use crate::hierarchy::network::Skips;

/// Wide layers fit, narrow ones are distilled: both reach the error target, and features are corrected on the way.
pub const DISTILLED: Claim<Training> = Claim {
    id: Cow::Borrowed("algorithm.distilled"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "The over-parameterised learner (wide W_l tied to narrow K_l by a distillation penalty; noise, truncated activation, layers \
                switched on by thresholds, penalties that shrink with the error target) reaches its error target at eps = .1 on every seed (six; twelve in the profile full): test error of W and te of the K-network < 1e-5 on lin L3 k1 d16, < 2e-5 on lin L4 k1 d16. The steps that one \
                halving of the error target takes grow from one to the next, over the last three halvings of all seeds of an instance, by a \
                median factor in [1.5, 2.7]. Where layers are switched on by stalls alone (L4), the error f of layer 2 falls in a \
                staircase: it is of the order eps when layer 2 stalls, eps^2 when layers 2 and 3 do (slopes of ln f against ln eps over \
                .2, .1, .05 in [.85, 1.2] and [1.8, 2.15] on every seed). With the lower layers frozen te/eps^2 is in [.03, 1], and the \
                joint te is below 1e-3 of that te, on every seed.",
    ),
    method: "N = 30d samples, eight wide rows a layer, lambda = 3, truncation at 20, error target halved from 1 to below 5e-4. te of the \
             K-network (without truncation) and f are exact functions of its weights; slopes are enclosed. The error of W, with \
             truncation, is a test error, on 20000 samples. A median is taken of the factors because single runs may stall on their way.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let joint_and_frozen = DEPTHS.iter().flat_map(|&depth| [joint(depth), frozen(depth)]);
        let stairs = STAIR_GAPS.iter().flat_map(|&gap| [stairs(gap), frozen_stairs(gap)]);
        let arms = joint_and_frozen.chain(stairs).chain([untied(3)]);
        arms.flat_map(|arm| instances::seeds(profile).map(move |seed| arm.cell(profile, seed))).collect()
    },
    check: |c| {
        let mut outcome = Outcome::default();
        for (depth, goal) in DEPTHS.into_iter().zip(GOALS) {
            let (conditions, table) = goals(c.profile, c.computed, joint(depth), goal)?;
            outcome.conditions.extend(conditions);
            outcome.tables.push(table);
        }
        for step in 0..BANDS.len() {
            let (condition, table) = stair(c.profile, c.computed, stairs, step)?;
            outcome.conditions.push(condition);
            outcome.tables.push(table);
        }
        let (conditions, table) = floor(c.profile, c.computed, frozen)?;
        outcome.conditions.extend(conditions);
        outcome.tables.push(table);
        Ok(outcome)
    },
    controls: &[Control {
        breaks: "For te of the K-network: no penalty, lambda = 0 (L3). For the second step of the \
              staircase: lower layers frozen. For the frozen band: the joint run.",
        check: |c| {
            let ([narrow, ..], untied) = goals(c.profile, c.computed, untied(3), GOALS[0])?;
            let ([band, _], joint) = floor(c.profile, c.computed, joint)?;
            Ok(Outcome::some_holds([(narrow, untied), stair(c.profile, c.computed, frozen_stairs, 1)?, (band, joint)]))
        },
    }],
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
fn goals(profile: Profile, runs: &Runs, arm: Arm, goal: &str) -> Result<([Condition; 3], Table)> {
    let title = format!("{}, lambda = {}, eps = .1", arm.name(), arm.settings.penalty);
    let columns = ["seed", "te of K", "test error of W", "growth of the steps per halving", "steps", "digest"];
    let mut table = Table::new(title, &columns);
    let (mut narrow, mut wide, mut growths) = (Vec::new(), Vec::new(), Vec::new());
    for seed in instances::seeds(profile) {
        let run = arm.run(profile, runs, seed)?;
        let (te, error, growth) = (relative_risk(run), wide_error(run), growth(run));
        let steps: usize = run.phases.iter().map(|p| p.steps).sum();
        let measures = [decimal(&te), replayed_decimal(&error), listed(&growth)];
        let facts = [replayed_count(steps), run.digest[..16].into()];
        table.push([seed.into()].into_iter().chain(measures).chain(facts));
        narrow.push(te);
        wide.push(error);
        growths.push(growth);
    }
    let name = arm.name();
    let conditions = [
        all_below("te of the K-network", &format!(", {name}, every seed"), &narrow, goal),
        all_below("test error of W", &format!(", {name}, every seed"), &wide, goal),
        all_within("growth of the steps per halving", &format!(", {name}, median"), &[median_growth(&growths)], ("1.5", "2.7")),
    ];
    Ok((conditions, table))
}

/// f of layer 2 when layers `2..=step + 2` stall, and its slope.
fn stair(profile: Profile, runs: &Runs, arm: fn(f64) -> Arm, step: usize) -> Result<(Condition, Table)> {
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
    Ok((
        all_slopes_within(
            &format!("slope of ln f when layer {layer} stalls"),
            &format!("{lower}, every seed"),
            &slopes,
            BANDS[step],
        ),
        table,
    ))
}

/// te over eps^2 with the lower layers frozen, and what the joint run leaves of it.
fn floor(profile: Profile, runs: &Runs, arm: fn(usize) -> Arm) -> Result<([Condition; 2], Table)> {
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
    let conditions = [
        all_within("te/eps^2 of the K-network", &format!(", {who}, every seed"), &ratios, ("0.03", "1")),
        all_below("joint te / te", ", every seed", &left, "1e-3"),
    ];
    Ok((conditions, table))
}
