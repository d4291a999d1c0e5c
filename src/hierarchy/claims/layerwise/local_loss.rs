//! A loss for each layer alone gives the layerwise result.

use std::borrow::Cow;

use super::ONE_PER_INDEX_SET;
use crate::claim::judging::{all_below, decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, cells};
use crate::hierarchy::claims::measure::relative_risk;
use crate::hierarchy::experiment::{Runs, Training};
use crate::hierarchy::learner::Kind;

/// A loss for each layer alone gives the layerwise result.
pub const LOCAL_LOSS: Claim<Training> = Claim {
    id: Cow::Borrowed("layerwise.local-loss"),
    sentence: "(b), (c)",
    statement: Cow::Borrowed(
        "When every layer keeps training, but each on the squared loss of the output up to itself, the result is that of \
        layerwise training: te differs from the layerwise te by less than 1e-6 of it, on every seed of lin L3 k2 \
        d16, linskip L3 k1 d32 and quad01 L3 k1 d16 at eps = .1.",
    ),
    method: "Both te are exact population risks of the trained weights. The local loss of layer 2 does not contain \
            layer 3, so the two must agree once layer 2 has converged: the check confirms that it has. The bound \
            1e-6 describes these runs.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let kinds = [Kind::LocalLoss, Kind::Layerwise, Kind::StopGradient];
        kinds.iter().flat_map(|&kind| cells(&ONE_PER_INDEX_SET, profile, kind, &[GAP])).collect()
    },
    check: |c| local_loss(c.profile, c.computed, Kind::LocalLoss),
    controls: &[Control {
        breaks: "A shared residual: no gradient passes down either, but both layers see the error of the whole output.",
        check: |c| local_loss(c.profile, c.computed, Kind::StopGradient),
    }],
};

fn local_loss(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let title = format!("{} against layerwise training", kind.name());
    let mut table = Table::new(title, &["instance", "seed", "te", "te layerwise", "relative difference"]);
    let mut differences = Vec::new();
    for recipe in ONE_PER_INDEX_SET {
        for seed in instances::seeds(profile) {
            let te = |kind| Ok(relative_risk(runs.get(&recipe.run(profile, kind, GAP, seed))?));
            let (found, layerwise) = (te(kind)?, te(Kind::Layerwise)?);
            let difference = relative_difference(&found, &layerwise);
            let measures = [&found, &layerwise, &difference].map(decimal);
            table.push([recipe.name.into(), seed.into()].into_iter().chain(measures));
            differences.push(difference);
        }
    }
    let condition = all_below("relative difference of te from layerwise training", " on every seed", &differences, "1e-6");
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}

fn relative_difference(found: &Option<Rational>, expected: &Option<Rational>) -> Option<Rational> {
    let (found, expected) = (found.as_ref()?, expected.as_ref()?);
    (found - expected).abs().over(expected)
}
