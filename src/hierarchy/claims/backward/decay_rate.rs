//! How fast correction goes: geometrically, under plain gradient descent.

use std::borrow::Cow;

use crate::claim::judging::{all_slopes_within, enclosed_fixed};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::ln;
use crate::error::Result;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64};
use crate::hierarchy::experiment::{Cell, Learner, Run, Runs, Staged, Training};
use crate::hierarchy::learner::{Coupling, Descent, Stage};

/// Plain gradient descent: the loss decays geometrically, at one rate from early on.
pub const DECAY_RATE: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.decay-rate"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "Under plain gradient descent, without momentum, the loss of joint training falls geometrically. Let D_n be \
        the fall of ln loss over the n-th hundred steps after layer 3 is switched on. On lin L3 k1 d64 at eps = .1, \
        on every seed (six; twelve in the profile full), D_10 is between 2 and 5, and each of D_2, ..., D_9 equals \
        D_10 to 5 %.",
    ),
    method: "The phase of layer 2, then ten stages of 100 steps with all layers, which without momentum are one run of \
             1000 steps; each lowers ln loss by ln(loss at its start / loss at its end). Losses are replayed, the \
             logarithms enclosed from them. Both bands describe these runs.",
    evidence: &[Evidence::Replayed, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let arms = [together, layerwise, from_the_start];
        instances::seeds(profile).flat_map(|seed| arms.map(|arm| arm(profile, seed))).collect()
    },
    check: |c| decay_rate(c.profile, c.computed, together),
    controls: &[
        Control {
            breaks: "Layerwise training: layer 2 is frozen in those stages.",
            check: |c| decay_rate(c.profile, c.computed, layerwise),
        },
        Control {
            breaks: "Without the phase of layer 2: both layers are on from the first of the thousand steps.",
            check: |c| decay_rate(c.profile, c.computed, from_the_start),
        },
    ],
};

const STAGES: usize = 10;
const SHOWN: [usize; 6] = [0, 1, 2, 3, 6, 9];

type Arm = fn(Profile, u64) -> Cell;

fn together(profile: Profile, seed: u64) -> Cell {
    in_hundreds(profile, LIN_K1_D64.phases(profile)[0], 2, seed)
}

fn layerwise(profile: Profile, seed: u64) -> Cell {
    in_hundreds(profile, LIN_K1_D64.phases(profile)[0], 3, seed)
}

/// The phase of layer 2 has no steps.
fn from_the_start(profile: Profile, seed: u64) -> Cell {
    in_hundreds(profile, 0, 2, seed)
}

/// Layer 2 trains `alone` for so many steps; then layers `bottom` and up.
fn in_hundreds(profile: Profile, alone: usize, bottom: usize, seed: u64) -> Cell {
    let hundred = Stage::new(bottom, 3, Coupling::Joint, LIN_K1_D64.phases(profile)[1].min(100));
    let stages = [Stage::new(2, 2, Coupling::Joint, alone)].into_iter().chain([hundred; STAGES]).collect();
    let descent = Descent { momentum: 0.0, ..LIN_K1_D64.descent() };
    let training = Staged { stages, descent, widths: None };
    Cell { instance: LIN_K1_D64.instance(profile, GAP, seed), learner: Learner::Staged(training), seed }
}

fn decay_rate(profile: Profile, runs: &Runs, arm: Arm) -> Result<Outcome> {
    let columns = ["seed", "1st hundred", "2nd", "3rd", "4th", "7th", "10th"];
    let mut table = Table::new("by how much a hundred steps lower ln loss", &columns);
    let (mut last, mut relative) = (Vec::new(), Vec::new());
    for seed in instances::seeds(profile) {
        let drops = drops(runs.get(&arm(profile, seed))?);
        table.push([seed.into()].into_iter().chain(SHOWN.map(|n| enclosed_fixed(&drops[n]))));
        let tenth = drops[STAGES - 1];
        relative.extend(drops[1..STAGES - 1].iter().map(|drop| quotient(*drop, tenth)));
        last.push(tenth);
    }
    let conditions = vec![
        all_slopes_within("drop of ln loss in the tenth hundred of steps", " on every seed", &last, ("2", "5")),
        all_slopes_within("drop in the second to ninth over that in the tenth", " on every seed", &relative, ("0.95", "1.05")),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// `None` where the divisor may be zero.
fn quotient(drop: Option<Interval>, by: Option<Interval>) -> Option<Interval> {
    let (drop, by) = (drop?, by?);
    (by.mig() > 0.0).then(|| drop / by)
}

/// `ln(loss at the start / loss at the end)` of each stage after the first phase.
fn drops(run: &Run) -> Vec<Option<Interval>> {
    let log = |loss: f64| ln(Interval::new(loss, loss)?);
    let logs: Vec<Option<Interval>> = run.phases.iter().map(|p| log(p.loss)).collect();
    logs.windows(2).map(|pair| Some(pair[0]? - pair[1]?)).collect()
}
