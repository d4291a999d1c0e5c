//! Correction turns features; it does more than scale and mix them.

use std::borrow::Cow;

use crate::claim::judging::{all_slopes_within, all_within, decimal, enclosed_fixed};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, LINSKIP_K1_D32, QUAD01_K1_D16, Recipe};
use crate::hierarchy::claims::measure::{relative_risk, residual_slope};
use crate::hierarchy::experiment::{Cell, Run, Runs, Training};
use crate::hierarchy::learner::{Coupling, Kind, Stage};

/// With the row space of layer 2 frozen, the error stays of the order of the squared gap.
pub const DIRECTION: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.direction"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "At the target's widths correction turns the features of layer 2. When the layers train together but the rows of K_2 are kept in the \
         space that they spanned after the phase of layer 2, te stays in [1e-4, 5e-3] at eps = .1 on every seed (six; \
         twelve in the profile full) of linskip L3 k1 d32 and quad01 L3 k1 d16, and the slope of ln(te Var(y)) against \
         ln eps over .1, .05, .025 is in [1.9, 2.2].",
    ),
    method: "The phase of layer 2, then as many steps of joint training as the joint run may take (2500 and 3000), in \
             which gradient and step of K_2, the blocks of J_2 side by side, are projected onto that space: features \
             may change in size, and within the space. te is the exact population risk of the trained weights; slopes \
             are enclosed. On the chain lin, the population optimum of layer 2 alone has the row space of the target, \
             so that instance would show an effect of the finite sample only. The bands describe these runs.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = RECIPES.iter().flat_map(|&recipe| instances::seeds(profile).map(move |seed| (recipe, seed)));
        let at = |(recipe, seed): (&'static Recipe, u64), gap: f64| [frozen, free].map(|run| run(recipe, profile, gap, seed));
        each.flat_map(|of| GAPS.iter().flat_map(move |&gap| at(of, gap))).collect()
    },
    check: |c| direction(c.profile, c.computed, frozen),
    controls: &[Control {
        breaks: "The row space is free: the joint run, which may take as many steps.",
        check: |c| direction(c.profile, c.computed, free),
    }],
};

static RECIPES: [&Recipe; 2] = [&LINSKIP_K1_D32, &QUAD01_K1_D16];
const GAPS: [f64; 3] = [GAP, 0.05, 0.025];

type Arm = fn(&Recipe, Profile, f64, u64) -> Cell;

fn frozen(recipe: &Recipe, profile: Profile, gap: f64, seed: u64) -> Cell {
    let phases = recipe.phases(profile);
    let alone = Stage::new(2, 2, Coupling::Joint, phases[0]);
    let together = Stage::new(2, 3, Coupling::RowSpace, phases[1]);
    recipe.staged(profile, vec![alone, together], gap, seed)
}

fn free(recipe: &Recipe, profile: Profile, gap: f64, seed: u64) -> Cell {
    recipe.run(profile, Kind::Joint, gap, seed)
}

fn direction(profile: Profile, runs: &Runs, arm: Arm) -> Result<Outcome> {
    let columns = ["instance", "seed", "te eps=.1", "te eps=.05", "te eps=.025", "slope of te Var(y)"];
    let mut table = Table::new("after training together", &columns);
    let (mut risks, mut slopes) = (Vec::new(), Vec::new());
    for recipe in RECIPES {
        for seed in instances::seeds(profile) {
            let at_gaps: Vec<&Run> = GAPS.iter().map(|&gap| runs.get(&arm(recipe, profile, gap, seed))).collect::<Result<_>>()?;
            let slope = residual_slope(&GAPS, &at_gaps);
            let te: Vec<Option<Rational>> = at_gaps.iter().map(|run| relative_risk(run)).collect();
            let facts = [recipe.name.into(), seed.into()];
            table.push(facts.into_iter().chain(te.iter().map(decimal)).chain([enclosed_fixed(&slope)]));
            risks.push(te[0].clone());
            slopes.push(slope);
        }
    }
    let conditions = vec![
        all_within("te", " at eps = .1 on every seed", &risks, ("1e-4", "5e-3")),
        all_slopes_within("slope of ln(te Var(y)) against ln eps", " on every seed", &slopes, ("1.9", "2.2")),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
