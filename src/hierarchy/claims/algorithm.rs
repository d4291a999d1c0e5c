//! The algorithm that learns: layers that switch themselves on, fresh samples, a truncated activation.

use std::borrow::Cow;

use super::instances::{self, DEPTH_3, GAP, LIN_K1_D64, LIN_K2_D32, LIN_L4, LIN_L5_AUTOMATIC, Recipe};
use super::measure::{relative_risk, replayed, replayed_count};
use super::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::claim::judging::{all_below, decimal, replayed_decimal};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::experiment::scores::TRUNCATED;
use crate::hierarchy::experiment::{Cell, Learner, Online, Run, Runs, Staged};
use crate::hierarchy::learner::{Automatic, Coupling, Descent, Kind, Stage};
use crate::hierarchy::network::Activation;

/// Layers switched on by the training error reach the same errors as hand-set phases.
pub const THRESHOLDS: Claim = Claim {
    id: Cow::Borrowed("algorithm.thresholds"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "No phase length need be set by hand. When the next layer is switched on by a rule on the training error, te < 1e-10 on the \
                five instances of depth 3 and on lin L4 k1 d32, and te < 1e-6 on lin L5 k1 d24, at eps = .1 on each of ten seeds that no \
                other claim uses.",
    ),
    method: "Layer l+1 is switched on when loss/Var(y) < .3 alpha_(l+1)^2, or when the loss gained less than 2 % in 200 steps, after at least 50 \
             steps; with all layers on, the step is halved after 300 steps of less gain, and the run ends at loss/Var(y) < 1e-20, after \
             15000 steps, or at a stall when another halving would leave the step below .0005. Heavy ball .9, at depth 5 .97. te is the \
             exact population risk of the trained weights.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| [met(), never_met()].into_iter().flat_map(|rule| automatic_cells(profile, rule)).collect(),
    check: |c| thresholds(c.profile, c.computed, met()),
    controls: &[Control {
        breaks: "Thresholds that are never met: layer 2 alone trains, for 300 steps.",
        check: |c| thresholds(c.profile, c.computed, never_met()),
    }],
};

fn met() -> Automatic {
    Automatic::default()
}

fn never_met() -> Automatic {
    Automatic { threshold: 0.0, patience: 300, most_steps: 300, ..Automatic::default() }
}

static CHAINS: [&Recipe; 2] = [&LIN_L4, &LIN_L5_AUTOMATIC];

fn automatic_recipes() -> impl Iterator<Item = &'static Recipe> {
    DEPTH_3.into_iter().chain(CHAINS)
}

fn fresh_seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
    if profile == Profile::Tiny { 101..=101 } else { 101..=110 }
}

fn automatic_cells(profile: Profile, rule: Automatic) -> Vec<Cell> {
    let each = automatic_recipes().flat_map(|recipe| fresh_seeds(profile).map(move |seed| (recipe, seed)));
    each.map(|(recipe, seed)| recipe.automatic(profile, rule, GAP, seed)).collect()
}

fn thresholds(profile: Profile, runs: &Runs, rule: Automatic) -> Result<Outcome> {
    let columns = ["instance", "seed", "te", "steps of each stage", "loss/Var(y) at the end of each"];
    let mut table = Table::new("layers switched on by the training error", &columns);
    let (mut shallow, mut deep) = (Vec::new(), Vec::new());
    for recipe in automatic_recipes() {
        for seed in fresh_seeds(profile) {
            let run = runs.get(&recipe.automatic(profile, rule, GAP, seed))?;
            let te = relative_risk(run);
            table.push([recipe.name.into(), seed.into(), decimal(&te), steps(run), losses(run)]);
            if recipe.depth() < 5 { shallow.push(te) } else { deep.push(te) }
        }
    }
    let conditions = vec![
        all_below("te at depth 3 and 4", " on every seed", &shallow, "1e-10"),
        all_below("te at depth 5", " on every seed", &deep, "1e-6"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

fn steps(run: &Run) -> Value {
    Value::text(run.phases.iter().map(|p| p.steps.to_string()).collect::<Vec<_>>().join("/"))
}

fn losses(run: &Run) -> Value {
    let decimals = run.phases.iter().map(|p| replayed_decimal(&replayed(p.loss)).as_str().to_owned());
    Value::text(decimals.collect::<Vec<_>>().join("/"))
}

/// Fresh samples at every step do as well as a fixed set.
pub const SGD: Claim = Claim {
    id: Cow::Borrowed("algorithm.sgd"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Online stochastic gradient descent learns: with 500 fresh samples at each step, te < 1e-12 on each of five seeds of lin L3 k1 d64 \
                and lin L3 k2 d32 at eps = .1.",
    ),
    method: "300 steps of layer 2, then at most 5000 of both layers, until the loss of a batch, over its variance, is below 1e-14; step .003, \
             heavy ball .9. The samples of a run are all those drawn, also for its last loss. te is the exact population risk of the \
             trained weights.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: true,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = ONLINE.iter().flat_map(|&recipe| online_seeds(profile).map(move |seed| (recipe, seed)));
        each.flat_map(|(recipe, seed)| [both_layers, layer_3_alone].map(|last| online(recipe, profile, last, seed))).collect()
    },
    check: |c| sgd(c.profile, c.computed, both_layers),
    controls: &[Control {
        breaks: "Layer 2 is frozen while layer 3 trains, for 300 steps.",
        check: |c| sgd(c.profile, c.computed, layer_3_alone),
    }],
};

static ONLINE: [&Recipe; 2] = [&LIN_K1_D64, &LIN_K2_D32];
const BATCH: usize = 500;

fn online_seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
    match profile {
        Profile::Tiny => 1..=2,
        _ => 1..=5,
    }
}

/// The last stage, of at most this many steps in a smaller profile.
type LastStage = fn(usize) -> Stage;

fn both_layers(most: usize) -> Stage {
    Stage::new(2, 3, Coupling::Joint, most.min(5000))
}

fn layer_3_alone(most: usize) -> Stage {
    Stage::new(3, 3, Coupling::Joint, most.min(300))
}

fn online(recipe: &Recipe, profile: Profile, last: LastStage, seed: u64) -> Cell {
    let (most, batch) = if profile == Profile::Tiny { (12, 32) } else { (usize::MAX, BATCH) };
    let mut instance = recipe.instance(profile, GAP, seed);
    instance.samples = batch;
    let stages = vec![Stage::new(2, 2, Coupling::Joint, most.min(300)), last(most)];
    let descent = Descent { step: 0.003, tolerance: 1e-14, ..Descent::default() };
    Cell { instance, learner: Learner::Online(Online(Staged { stages, descent, widths: None })), seed }
}

fn sgd(profile: Profile, runs: &Runs, last: LastStage) -> Result<Outcome> {
    let mut table = Table::new("fresh samples at every step", &["instance", "seed", "te", "steps", "samples in all"]);
    let mut risks = Vec::new();
    for recipe in ONLINE {
        for seed in online_seeds(profile) {
            let cell = online(recipe, profile, last, seed);
            let run = runs.get(&cell)?;
            let te = relative_risk(run);
            // A stage of n steps looks at n + 1 batches: the last one only tells its loss.
            let batches: usize = run.phases.iter().map(|p| p.steps + 1).sum();
            let samples = replayed_count(batches * cell.instance.samples);
            table.push([recipe.name.into(), seed.into(), decimal(&te), steps(run), samples]);
            risks.push(te);
        }
    }
    Ok(Outcome { conditions: vec![all_below("te", " on every seed", &risks, "1e-12")], tables: vec![table] })
}

/// A high truncation of the activation does no harm.
pub const TRUNCATION: Claim = Claim {
    id: Cow::Borrowed("algorithm.truncation"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Truncating the learner's activation high enough does no harm: trained with z^2 replaced by B^2 where |z| > B, for B = 6 and 8, \
                the weights give the untruncated network te < 1e-12, on every seed (six; twelve in the profile full) of lin L3 k1 d64 at eps = .1. The network that was trained, \
                truncated, is not a polynomial: its error is given as a test error, and not bounded.",
    ),
    method: "te is the exact population risk of the trained weights in the untruncated network. The features z = R S_2 of the trained network \
             have a standard deviation below 1, so that hardly any of 20000 test samples reaches B = 6; on all inputs the truncated network has an error \
             that its weights do not show.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = instances::seeds(profile).flat_map(|seed| HIGH.iter().chain(&LOW).map(move |&bound| (seed, bound)));
        each.map(|(seed, bound)| truncated(profile, bound, seed)).collect()
    },
    check: |c| truncation(c.profile, c.computed, &HIGH, "1e-12"),
    controls: &[Control {
        breaks: "B = 2, which samples do reach: te must be below 1e-4 there.",
        check: |c| truncation(c.profile, c.computed, &LOW, "1e-4"),
    }],
};

const HIGH: [f64; 2] = [6.0, 8.0];
const LOW: [f64; 1] = [2.0];

fn truncated(profile: Profile, bound: f64, seed: u64) -> Cell {
    let mut cell = LIN_K1_D64.run(profile, Kind::Joint, GAP, seed);
    if let Learner::Staged(training) = &mut cell.learner {
        training.descent.activation = Activation::Truncated(bound);
    }
    cell
}

fn truncation(profile: Profile, runs: &Runs, bounds: &[f64], below: &str) -> Result<Outcome> {
    let columns = ["B", "seed", "te untruncated", "test error truncated", "steps"];
    let mut table = Table::new("trained with a truncated activation", &columns);
    let mut risks: Vec<Option<Rational>> = Vec::new();
    for &bound in bounds {
        for seed in instances::seeds(profile) {
            let run = runs.get(&truncated(profile, bound, seed))?;
            let (te, own) = (relative_risk(run), run.score(TRUNCATED).and_then(replayed));
            table.push([Value::exact(bound.to_string()), seed.into(), decimal(&te), replayed_decimal(&own), steps(run)]);
            risks.push(te);
        }
    }
    let condition = all_below("te of the untruncated network", " on every seed and B", &risks, below);
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}
