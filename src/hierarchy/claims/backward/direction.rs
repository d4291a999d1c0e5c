//! Correction turns features; it does more than scale and mix them.

use std::borrow::Cow;

use crate::claim::judging::{all_slopes_within, all_within, decimal, enclosed_fixed};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::error::Result;
use crate::hierarchy::claims::instances::{GAPS, LINSKIP_K1_D32, QUAD01_K1_D16, Recipe, each};
use crate::hierarchy::claims::measure::AgainstGap;
use crate::hierarchy::experiment::{Cell, Runs, Training};
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
        let at = |(recipe, seed): (&'static Recipe, u64), gap: f64| [frozen, free].map(|run| run(recipe, profile, gap, seed));
        each(&RECIPES, profile).flat_map(|of| GAPS.iter().flat_map(move |&gap| at(of, gap))).collect()
    },
    check: |c| direction(c.profile, c.computed, frozen),
    controls: &[Control {
        breaks: "The row space is free: the joint run, which may take as many steps.",
        check: |c| direction(c.profile, c.computed, free),
    }],
};

static RECIPES: [&Recipe; 2] = [&LINSKIP_K1_D32, &QUAD01_K1_D16];

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
    for (recipe, seed) in each(&RECIPES, profile) {
        let AgainstGap { te, slope } = AgainstGap::of(runs, |gap| arm(recipe, profile, gap, seed))?;
        let measures = te.iter().map(decimal).chain([enclosed_fixed(&slope)]);
        table.push([recipe.name.into(), seed.into()].into_iter().chain(measures));
        let [at_gap, ..] = te;
        risks.push(at_gap);
        slopes.push(slope);
    }
    let conditions = vec![
        all_within("te", " at eps = .1 on every seed", &risks, ("1e-4", "5e-3")),
        all_slopes_within("slope of ln(te Var(y)) against ln eps", " on every seed", &slopes, ("1.9", "2.2")),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
