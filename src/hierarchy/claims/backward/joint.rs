//! Together, the layers learn what layerwise training cannot.

use std::borrow::Cow;

use super::seal;
use crate::claim::judging::{all_above, all_below, decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{DEPTH_3, GAP, cells};
use crate::hierarchy::claims::measure::relative_risk;
use crate::hierarchy::experiment::{Runs, Training};
use crate::hierarchy::learner::Kind;

/// Together, the layers learn what layerwise training cannot.
pub const JOINT: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.joint"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "Trained together, with layer 3 switched on after layer 2, the layers reach a relative population risk te < \
         1e-12, and the layerwise te is more than 1e6 times larger, on every seed of the five instances of depth 3 \
         (lin k1 d64, lin k2 d16, lin k2 d32, linskip k1 d32, quad01 k1 d16) at eps = .1.",
    ),
    method: "Same samples and initial weights for both runs; they share the phase of layer 2. te is the exact \
             population risk of the trained weights, a rational number. Both thresholds were set in advance.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::ERROR_AGAINST_GAP],
    items: |_, profile| [Kind::Joint, Kind::Layerwise].iter().flat_map(|&kind| cells(&DEPTH_3, profile, kind, &[GAP])).collect(),
    check: |c| joint(c.profile, c.computed, Kind::Joint),
    controls: &[Control {
        breaks: "Layer 2 is frozen while layer 3 trains: the layerwise run in the place of the joint one.",
        check: |c| joint(c.profile, c.computed, Kind::Layerwise),
    }],
};

fn joint(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let columns = ["instance", "seed", "te", "te layerwise", "ratio", "steps", "digest"];
    let mut table = Table::new(format!("{} against layerwise training", kind.name()), &columns);
    let (mut risks, mut ratios) = (Vec::new(), Vec::new());
    for recipe in DEPTH_3 {
        for seed in instances::seeds(profile) {
            let run = runs.get(&recipe.run(profile, kind, GAP, seed))?;
            let layerwise = relative_risk(runs.get(&recipe.run(profile, Kind::Layerwise, GAP, seed))?);
            let te = relative_risk(run);
            let ratio = layerwise.as_ref().zip(te.as_ref()).and_then(|(l, te)| l.over(te));
            let steps: Vec<String> = run.phases.iter().map(|p| p.steps.to_string()).collect();
            let measures = [&te, &layerwise, &ratio].map(decimal);
            let facts = [Value::text(steps.join("/")), seal(run)];
            table.push([recipe.name.into(), seed.into()].into_iter().chain(measures).chain(facts));
            risks.push(te);
            ratios.push(ratio);
        }
    }
    let conditions = vec![
        all_below("te", " on every seed", &risks, "1e-12"),
        all_above("layerwise te / te", " on every seed", &ratios, "1e6"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
