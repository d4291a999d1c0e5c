//! A layerwise-trained network recovers when its layers are released.

use std::borrow::Cow;

use super::seal;
use crate::claim::judging::{all_below, all_within, decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, LIN_L4};
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::experiment::{Cell, Runs, Training};
use crate::hierarchy::learner::{Coupling, Kind, Stage};

/// A layerwise-trained network recovers when its layers are released.
pub const THAW: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.thaw"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "A network that layerwise training left at a te between 1e-4 and 1e-2 recovers when all its layers are \
         released: te < 1e-12 on every seed of lin L4 k1 d32 at eps = .1.",
    ),
    method: "Layerwise training, then joint training for at most as many steps as the last phase. te is exact. The band of the \
             first te describes these runs; the threshold after the release was set in advance.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let seeds = instances::seeds(profile);
        let arms = [thawed, kept_frozen, layerwise, joint];
        seeds.flat_map(|seed| arms.map(|arm| arm(profile, seed))).collect()
    },
    check: |c| thaw(c.profile, c.computed, layerwise, thawed),
    controls: &[
        Control {
            breaks: "Kept frozen: layer 4 alone goes on for the same number of steps.",
            check: |c| thaw(c.profile, c.computed, layerwise, kept_frozen),
        },
        Control {
            breaks: "Joint training in the place of layerwise training: there is nothing to recover from.",
            check: |c| thaw(c.profile, c.computed, joint, joint),
        },
    ],
};

type Arm = fn(Profile, u64) -> Cell;

fn joint(profile: Profile, seed: u64) -> Cell {
    LIN_L4.run(profile, Kind::Joint, GAP, seed)
}

fn layerwise(profile: Profile, seed: u64) -> Cell {
    LIN_L4.run(profile, Kind::Layerwise, GAP, seed)
}

fn thawed(profile: Profile, seed: u64) -> Cell {
    LIN_L4.run(profile, Kind::Thawed, GAP, seed)
}

fn kept_frozen(profile: Profile, seed: u64) -> Cell {
    let phases = LIN_L4.phases(profile);
    let on = phases.last().map(|&steps| Stage::new(LIN_L4.depth(), LIN_L4.depth(), Coupling::Joint, steps));
    let stages = Kind::Layerwise.stages(&phases, 0).expect("a recipe has phases");
    LIN_L4.staged(profile, stages.into_iter().chain(on).collect(), GAP, seed)
}

fn thaw(profile: Profile, runs: &Runs, trained: Arm, released: Arm) -> Result<Outcome> {
    let mut table = Table::new("lin L4 k1 d32", &["seed", "te before", "te after", "steps after", "digest"]);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for seed in instances::seeds(profile) {
        let stuck = relative_risk(runs.get(&trained(profile, seed))?);
        let run = runs.get(&released(profile, seed))?;
        let te = relative_risk(run);
        let steps = run.phases.last().map_or(0, |p| p.steps);
        table.push([seed.into(), decimal(&stuck), decimal(&te), replayed_count(steps), seal(run)]);
        before.push(stuck);
        after.push(te);
    }
    let conditions = vec![
        all_within("te before the release", " on every seed", &before, ("1e-4", "1e-2")),
        all_below("te after the release", " on every seed", &after, "1e-12"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
