//! Layerwise training stops at an error of the order of the squared gap.

use std::borrow::Cow;

use super::over_gap_squared;
use crate::claim::judging::{all_slopes_within, all_within, decimal, enclosed_fixed};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::instances::{DEPTH_3, GAPS, cells, each};
use crate::hierarchy::claims::measure::AgainstGap;
use crate::hierarchy::experiment::{Runs, Training};
use crate::hierarchy::learner::Kind;

/// Layerwise training stops at an error of the order of the squared gap.
pub const STUCK: Claim<Training> = Claim {
    id: Cow::Borrowed("layerwise.stuck"),
    sentence: "(b), (c)",
    statement: Cow::Borrowed(
        "Trained layer by layer on the squared loss, the network stops at a relative population risk te of the order eps^2: te/eps^2 is \
         in [.04, 1.5] at eps = .1 on every seed of the five instances of depth 3 (lin k1 d64, lin k2 d16, lin k2 \
         d32, linskip k1 d32, quad01 k1 d16), and the slope of ln(te Var(y)) against ln eps over .1, .05, .025 is in \
         [1.9, 2.1]. The weight of ||S_2||^2 in the output stays 1: layerwise.refit says what is left when it is \
         refitted.",
    ),
    method: "te is the exact population risk of the trained weights, a rational number; slopes are enclosed. te \
            Var(y) is used for the slope because Var(y) itself grows with eps. Both bands were set in advance, from \
            runs of a prototype. Another loss of layer 2 leaves less, at nearly the same slope \
            (layerwise.weighted).",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::ERROR_AGAINST_GAP],
    items: |_, profile| [Kind::Layerwise, Kind::Joint].iter().flat_map(|&kind| cells(&DEPTH_3, profile, kind, &GAPS)).collect(),
    check: |c| stuck(c.profile, c.computed, Kind::Layerwise),
    controls: &[Control {
        breaks: "The joint run, which must leave the band.",
        check: |c| stuck(c.profile, c.computed, Kind::Joint),
    }],
};

fn stuck(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let columns = ["instance", "seed", "te eps=.1", "te/eps^2", "te eps=.05", "te eps=.025", "slope of te Var(y)"];
    let mut table = Table::new(format!("{} training", kind.name()), &columns);
    let (mut ratios, mut slopes) = (Vec::new(), Vec::new());
    for (recipe, seed) in each(&DEPTH_3, profile) {
        let AgainstGap { te, slope } = AgainstGap::of(runs, |gap| recipe.run(profile, kind, gap, seed))?;
        let ratio = over_gap_squared(&te[0]);
        let measures = [&te[0], &ratio, &te[1], &te[2]].map(decimal);
        table.push([recipe.name.into(), seed.into()].into_iter().chain(measures).chain([enclosed_fixed(&slope)]));
        ratios.push(ratio);
        slopes.push(slope);
    }
    let conditions = vec![
        all_within("te/eps^2", " at eps = .1 on every seed", &ratios, ("0.04", "1.5")),
        all_slopes_within("slope of ln(te Var(y)) against ln eps", " on every seed", &slopes, ("1.9", "2.1")),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
