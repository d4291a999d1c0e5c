//! Fresh samples at every step do as well as a fixed set.

use std::borrow::Cow;

use super::steps;
use crate::claim::judging::{all_below, decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64, LIN_K2_D32, Recipe};
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::experiment::{Cell, Learner, Online, Runs, Staged, Training};
use crate::hierarchy::learner::{Coupling, Descent, Stage};

/// Fresh samples at every step do as well as a fixed set.
pub const SGD: Claim<Training> = Claim {
    id: Cow::Borrowed("algorithm.sgd"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Online stochastic gradient descent learns: with 500 fresh samples at each step, te < 1e-12 on each of five \
         seeds of lin L3 k1 d64 and lin L3 k2 d32 at eps = .1.",
    ),
    method: "300 steps of layer 2, then at most 5000 of both layers, until the loss of a batch, over its variance, is \
             below 1e-14; step .003, heavy ball .9. The samples of a run are all those drawn, also for its last loss. \
             te is the exact population risk of the trained weights. The threshold was set in advance.",
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
        breaks: "Layer 2 is frozen while layer 3 trains, for up to as many steps.",
        check: |c| sgd(c.profile, c.computed, layer_3_alone),
    }],
};

static ONLINE: [&Recipe; 2] = [&LIN_K1_D64, &LIN_K2_D32];
const BATCH: usize = 500;
/// The most steps of the last stage.
const LAST_STEPS: usize = 5000;

fn online_seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
    match profile {
        Profile::Tiny => 1..=2,
        _ => 1..=5,
    }
}

/// The last stage, of at most this many steps in a smaller profile.
type LastStage = fn(usize) -> Stage;

fn both_layers(most: usize) -> Stage {
    Stage::new(2, 3, Coupling::Joint, most.min(LAST_STEPS))
}

fn layer_3_alone(most: usize) -> Stage {
    Stage::new(3, 3, Coupling::Joint, most.min(LAST_STEPS))
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
