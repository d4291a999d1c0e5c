//! Why training layer by layer stops.

use super::instances::{self, DEPTH_3, GAP, LIN_K2_D16, LINSKIP_K1_D32, QUAD01_K1_D16, Recipe};
use super::measure::{
    all_below, all_slopes_within, all_within, decimal, enclosed_fixed, relative_risk, residual_variance, slope,
};
use super::{Claim, Evidence, Outcome, Profile, Table};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Rational;
use crate::experiment::{Cell, Runs};
use crate::learner::Kind;

/// Layerwise training stops at an error of the order of the squared gap.
pub const STUCK: Claim = Claim {
    id: "layerwise.stuck",
    sentence: "(b), (c)",
    statement: "Trained layer by layer, the network stops at a relative population risk te of the order eps^2: te/eps^2 is in [.04, 1.5] \
                at eps = .1 on every seed of the five instances of depth 3, and the slope of ln(te Var(y)) against ln eps over .1, .05, \
                .025 is in [1.9, 2.1].",
    method: "te is the exact population risk of the trained weights, a rational number; slopes are enclosed. te Var(y) is used for the \
             slope because Var(y) itself grows with eps.",
    control: "The joint run, which must leave the band.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    cells: |profile| [Kind::Layerwise, Kind::Joint].iter().flat_map(|&kind| stuck_cells(profile, kind)).collect(),
    check: |profile, runs| stuck(profile, runs, Kind::Layerwise),
    broken: |profile, runs| stuck(profile, runs, Kind::Joint),
};

/// The gaps of the slope; the broken premise is judged at the first alone.
const GAPS: [f64; 3] = [GAP, 0.05, 0.025];

fn gaps(kind: Kind) -> &'static [f64] {
    if kind == Kind::Layerwise { &GAPS } else { &GAPS[..1] }
}

fn stuck_cells(profile: Profile, kind: Kind) -> Vec<Cell> {
    let mut cells = Vec::new();
    for recipe in DEPTH_3 {
        for seed in instances::seeds(profile) {
            cells.extend(gaps(kind).iter().map(|&gap| recipe.run(profile, kind, gap, seed)));
        }
    }
    cells
}

fn stuck(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let title = format!("{} training", kind.name());
    let mut table =
        Table::new(title, &["instance", "seed", "te eps=.1", "te/eps^2", "te eps=.05", "te eps=.025", "slope of te Var(y)"]);
    let (mut ratios, mut slopes) = (Vec::new(), Vec::new());
    for recipe in DEPTH_3 {
        for seed in instances::seeds(profile) {
            let (mut risks, mut points) = (Vec::new(), Vec::new());
            for &gap in gaps(kind) {
                let run = runs.get(&recipe.run(profile, kind, gap, seed))?;
                risks.push(relative_risk(run));
                points.push((gap, residual_variance(run).map(|v| Interval::from(&v))));
            }
            let ratio = over_gap_squared(&risks[0]);
            let mut row = vec![recipe.name.to_owned(), seed.to_string(), decimal(&risks[0]), decimal(&ratio)];
            row.extend((1..GAPS.len()).map(|i| risks.get(i).map_or_else(|| "-".into(), decimal)));
            if points.len() > 1 {
                let slope = slope(&points);
                row.push(enclosed_fixed(&slope));
                slopes.push(slope);
            } else {
                row.push("-".into());
            }
            table.rows.push(row);
            ratios.push(ratio);
        }
    }
    let mut conditions = vec![all_within("te/eps^2 at eps = .1 on every seed", &ratios, ("0.04", "1.5"))];
    if !slopes.is_empty() {
        conditions.push(all_slopes_within("slope of ln(te Var(y)) against ln eps on every seed", &slopes, ("1.9", "2.1")));
    }
    Ok(Outcome { conditions, tables: vec![table] })
}

/// te/eps^2, with eps the decimal .1 of the claim's text.
fn over_gap_squared(te: &Option<Rational>) -> Option<Rational> {
    Some(te.as_ref()? * &Rational::from(100))
}

/// A loss for each layer alone gives the layerwise result.
pub const LOCAL_LOSS: Claim = Claim {
    id: "layerwise.local-loss",
    sentence: "(b), (c)",
    statement: "When every layer keeps training, but each on the loss of the output up to itself, the result is that of layerwise \
                training: te differs from the layerwise te by less than 1e-6 of it, on every seed of lin L3 k2 d16, linskip L3 k1 d32 \
                and quad01 L3 k1 d16 at eps = .1.",
    method: "Both te are exact population risks of the trained weights. No gradient passes from layer 3 into layer 2 in either run; \
             layer 2 keeps descending on its own residual while layer 3 trains.",
    control: "A shared residual: no gradient passes down either, but both layers see the error of the whole output.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    cells: |profile| {
        let kinds = [Kind::LocalLoss, Kind::Layerwise, Kind::StopGradient];
        kinds.iter().flat_map(|&kind| local_loss_cells(profile, kind)).collect()
    },
    check: |profile, runs| local_loss(profile, runs, Kind::LocalLoss),
    broken: |profile, runs| local_loss(profile, runs, Kind::StopGradient),
};

static LOCAL_LOSS_RECIPES: [&Recipe; 3] = [&LIN_K2_D16, &LINSKIP_K1_D32, &QUAD01_K1_D16];

fn local_loss_cells(profile: Profile, kind: Kind) -> Vec<Cell> {
    let seeds = || instances::seeds(profile);
    LOCAL_LOSS_RECIPES.iter().flat_map(|r| seeds().map(move |seed| r.run(profile, kind, GAP, seed))).collect()
}

fn local_loss(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let title = format!("{} against layerwise training", kind.name());
    let mut table = Table::new(title, &["instance", "seed", "te", "te layerwise", "relative difference"]);
    let mut differences = Vec::new();
    for recipe in LOCAL_LOSS_RECIPES {
        for seed in instances::seeds(profile) {
            let te = |kind| Ok(relative_risk(runs.get(&recipe.run(profile, kind, GAP, seed))?));
            let (found, layerwise) = (te(kind)?, te(Kind::Layerwise)?);
            let difference = relative_difference(&found, &layerwise);
            let row = [recipe.name.to_owned(), seed.to_string(), decimal(&found), decimal(&layerwise), decimal(&difference)];
            table.rows.push(row.to_vec());
            differences.push(difference);
        }
    }
    let condition = all_below("relative difference of te from layerwise training on every seed", &differences, "1e-6");
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}

fn relative_difference(found: &Option<Rational>, expected: &Option<Rational>) -> Option<Rational> {
    let (found, expected) = (found.as_ref()?, expected.as_ref()?);
    (found - expected).abs().over(expected)
}
