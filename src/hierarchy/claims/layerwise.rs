//! Why training layer by layer stops.

use std::borrow::Cow;

use super::instances::{self, DEPTH_3, GAP, LIN_K2_D16, LINSKIP_K1_D32, QUAD01_K1_D16, Recipe, cells};
use super::measure::{relative_risk, residual_variance};
use super::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::claim::judging::{all_above, all_below, all_slopes_within, all_within, decimal, enclosed_fixed, slope};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::experiment::{Cell, Learner, Run, Runs, Staged};
use crate::hierarchy::learner::Kind;

/// Layerwise training stops at an error of the order of the squared gap.
pub const STUCK: Claim = Claim {
    id: Cow::Borrowed("layerwise.stuck"),
    sentence: "(b), (c)",
    statement: Cow::Borrowed(
        "Trained layer by layer, the network stops at a relative population risk te of the order eps^2: te/eps^2 is in [.04, 1.5] \
                at eps = .1 on every seed of the five instances of depth 3, and the slope of ln(te Var(y)) against ln eps over .1, .05, \
                .025 is in [1.9, 2.1].",
    ),
    method: "te is the exact population risk of the trained weights, a rational number; slopes are enclosed. te Var(y) is used for the \
             slope because Var(y) itself grows with eps.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| [Kind::Layerwise, Kind::Joint].iter().flat_map(|&kind| cells(&DEPTH_3, profile, kind, &GAPS)).collect(),
    check: |c| stuck(c.profile, c.computed, Kind::Layerwise),
    controls: &[Control {
        breaks: "The joint run, which must leave the band.",
        check: |c| stuck(c.profile, c.computed, Kind::Joint),
    }],
};

const GAPS: [f64; 3] = [GAP, 0.05, 0.025];

fn stuck(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let columns = ["instance", "seed", "te eps=.1", "te/eps^2", "te eps=.05", "te eps=.025", "slope of te Var(y)"];
    let mut table = Table::new(format!("{} training", kind.name()), &columns);
    let (mut ratios, mut slopes) = (Vec::new(), Vec::new());
    for recipe in DEPTH_3 {
        for seed in instances::seeds(profile) {
            let run = |&gap: &f64| runs.get(&recipe.run(profile, kind, gap, seed));
            let at_gaps = GAPS.iter().map(run).collect::<Result<Vec<_>>>()?;
            let residual = |run: &Run| residual_variance(run).map(|v| Interval::from(&v));
            let slope = slope(&GAPS.iter().zip(&at_gaps).map(|(&gap, run)| (gap, residual(run))).collect::<Vec<_>>());
            let risks: Vec<Option<Rational>> = at_gaps.iter().map(|run| relative_risk(run)).collect();
            let ratio = over_gap_squared(&risks[0]);
            let measures = [decimal(&risks[0]), decimal(&ratio), decimal(&risks[1]), decimal(&risks[2]), enclosed_fixed(&slope)];
            table.push([recipe.name.into(), seed.into()].into_iter().chain(measures));
            ratios.push(ratio);
            slopes.push(slope);
        }
    }
    let conditions = vec![
        all_within("te/eps^2", " at eps = .1 on every seed", &ratios, ("0.04", "1.5")),
        all_slopes_within("slope of ln(te Var(y)) against ln eps", " on every seed", &slopes, ("1.9", "2.1")),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// te/eps^2, with eps the decimal .1 of the claim's text.
fn over_gap_squared(te: &Option<Rational>) -> Option<Rational> {
    Some(te.as_ref()? * &Rational::from(100))
}

/// A wider top layer hardly lowers the floor of layerwise training.
pub const WIDER_TOP: Claim = Claim {
    id: Cow::Borrowed("layerwise.wider-top"),
    sentence: "(b), (c)",
    statement: Cow::Borrowed(
        "Widening the top layer to 8 units lowers the floor of layerwise training by at most 1 %: te/eps^2 stays in [.04, 1.5], and te stays \
                above .99 times that of the layerwise run with the target's widths, on every seed (six; twelve in the profile full) of lin L3 k2 d16, \
                linskip L3 k1 d32 and quad01 L3 k1 d16 at eps = .1.",
    ),
    method: "Both runs have the same samples and the same initial weights of layer 2, hence the same layer 2 after its phase, and as many steps. \
             Both te are exact population risks of the trained weights.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = LOCAL_LOSS_RECIPES.iter().flat_map(|&recipe| instances::seeds(profile).map(move |seed| (recipe, seed)));
        let runs = |(recipe, seed): (&Recipe, u64)| {
            let of_kind = |kind| recipe.run(profile, kind, GAP, seed);
            [widened(recipe, profile, seed), of_kind(Kind::Layerwise), of_kind(Kind::Joint)]
        };
        each.flat_map(runs).collect()
    },
    check: |c| wider_top(c.profile, c.computed, widened),
    controls: &[Control {
        breaks: "The joint run, with the target's widths, in the wide one's place.",
        check: |c| wider_top(c.profile, c.computed, |recipe, profile, seed| recipe.run(profile, Kind::Joint, GAP, seed)),
    }],
};

/// Units of the wide top layer.
const WIDE: usize = 8;

fn widened(recipe: &Recipe, profile: Profile, seed: u64) -> Cell {
    let stages = Kind::Layerwise.stages(&recipe.phases(profile), 0).expect("a recipe has phases");
    let training = Staged { stages, descent: recipe.descent(), widths: Some(vec![recipe.width(), WIDE]) };
    Cell { instance: recipe.instance(profile, GAP, seed), learner: Learner::Staged(training), seed }
}

fn wider_top(profile: Profile, runs: &Runs, wide: fn(&Recipe, Profile, u64) -> Cell) -> Result<Outcome> {
    let columns = ["instance", "seed", "te wide", "te/eps^2", "te layerwise", "wide over layerwise"];
    let mut table = Table::new("8 units on top against as many as the target has", &columns);
    let (mut floors, mut ratios) = (Vec::new(), Vec::new());
    for recipe in LOCAL_LOSS_RECIPES {
        for seed in instances::seeds(profile) {
            let te = relative_risk(runs.get(&wide(recipe, profile, seed))?);
            let layerwise = relative_risk(runs.get(&recipe.run(profile, Kind::Layerwise, GAP, seed))?);
            let floor = over_gap_squared(&te);
            let ratio = te.as_ref().zip(layerwise.as_ref()).and_then(|(te, layerwise)| te.over(layerwise));
            let measures = [&te, &floor, &layerwise, &ratio].map(decimal);
            table.push([recipe.name.into(), seed.into()].into_iter().chain(measures));
            floors.push(floor);
            ratios.push(ratio);
        }
    }
    let conditions = vec![
        all_within("te/eps^2 with the wide top layer", " on every seed", &floors, ("0.04", "1.5")),
        all_above("te with the wide top layer over te with the target's widths", " on every seed", &ratios, "0.99"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// A loss for each layer alone gives the layerwise result.
pub const LOCAL_LOSS: Claim = Claim {
    id: Cow::Borrowed("layerwise.local-loss"),
    sentence: "(b), (c)",
    statement: Cow::Borrowed(
        "When every layer keeps training, but each on the loss of the output up to itself, the result is that of layerwise \
                training: te differs from the layerwise te by less than 1e-6 of it, on every seed of lin L3 k2 d16, linskip L3 k1 d32 \
                and quad01 L3 k1 d16 at eps = .1.",
    ),
    method: "Both te are exact population risks of the trained weights. The local loss of layer 2 does not contain \
             layer 3, so the two must agree once layer 2 has converged: the check confirms that it has.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let kinds = [Kind::LocalLoss, Kind::Layerwise, Kind::StopGradient];
        kinds.iter().flat_map(|&kind| cells(&LOCAL_LOSS_RECIPES, profile, kind, &[GAP])).collect()
    },
    check: |c| local_loss(c.profile, c.computed, Kind::LocalLoss),
    controls: &[Control {
        breaks: "A shared residual: no gradient passes down either, but both layers see the error of the whole output.",
        check: |c| local_loss(c.profile, c.computed, Kind::StopGradient),
    }],
};

static LOCAL_LOSS_RECIPES: [&Recipe; 3] = [&LIN_K2_D16, &LINSKIP_K1_D32, &QUAD01_K1_D16];

fn local_loss(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let title = format!("{} against layerwise training", kind.name());
    let mut table = Table::new(title, &["instance", "seed", "te", "te layerwise", "relative difference"]);
    let mut differences = Vec::new();
    for recipe in LOCAL_LOSS_RECIPES {
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
