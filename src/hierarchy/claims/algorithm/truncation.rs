//! A high truncation of the activation does no harm.

use std::borrow::Cow;

use super::steps;
use crate::claim::judging::{all_below, decimal, replayed_decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64};
use crate::hierarchy::claims::measure::{relative_risk, replayed};
use crate::hierarchy::experiment::scores::TRUNCATED;
use crate::hierarchy::experiment::{Cell, Learner, Runs, Training};
use crate::hierarchy::learner::Kind;
use crate::hierarchy::network::Activation;

/// A high truncation of the activation does no harm.
pub const TRUNCATION: Claim<Training> = Claim {
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
