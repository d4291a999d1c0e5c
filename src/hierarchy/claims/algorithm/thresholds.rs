//! Layers switched on by the training error reach the same errors as hand-set phases.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::steps;
use crate::claim::judging::{all_below, decimal, replayed_decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::hierarchy::claims::instances::{DEPTH_3, GAP, LIN_L4, LIN_L5_AUTOMATIC, QUAD01_K1_D16, Recipe};
use crate::hierarchy::claims::measure::{relative_risk, replayed};
use crate::hierarchy::experiment::{Cell, Run, Runs, Training};
use crate::hierarchy::learner::Automatic;

/// Layers switched on by the training error reach the same errors as hand-set phases.
pub const THRESHOLDS: Claim<Training> = Claim {
    id: Cow::Borrowed("algorithm.thresholds"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "No phase length need be set by hand. When the next layer is switched on by a rule on the training error, te < \
         1e-10 on the five instances of depth 3 (lin k1 d64, lin k2 d16, lin k2 d32, linskip k1 d32, quad01 k1 d16) and on lin L4 k1 d32, and te < 1e-6 on lin L5 k1 d24, at eps = .1 on \
         each of ten seeds that no other claim uses.",
    ),
    method: "Layer l+1 is switched on when loss/Var(y) < .3 alpha_(l+1)^2, or when the loss gained less than 2 % in \
             200 steps, after at least 50 steps; with all layers on, the step is halved after 300 steps without such a \
             gain, and the run ends at loss/Var(y) < 1e-20, after 15000 steps, or at a stall when another halving would \
             leave the step below .0005. Heavy ball .9, at depth 5 .97. te is the exact population risk of the trained \
             weights. Both bounds on te were set in advance.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| [met(profile), never_met(profile)].iter().flat_map(Arm::cells).collect(),
    check: |c| thresholds(&met(c.profile), c.computed),
    controls: &[Control {
        breaks: "Thresholds that are never met, and no gain is waited for: layer 2 alone trains, for the same 15000 steps, on quad01 L3 k1 d16 \
                 and lin L5 k1 d24 and three of the seeds.",
        check: |c| thresholds(&never_met(c.profile), c.computed),
    }],
};

/// Runs by one rule.
struct Arm {
    rule: Automatic,
    recipes: Vec<&'static Recipe>,
    seeds: RangeInclusive<u64>,
    profile: Profile,
}

fn met(profile: Profile) -> Arm {
    let recipes = DEPTH_3.into_iter().chain([&LIN_L4, &LIN_L5_AUTOMATIC]).collect();
    Arm { rule: Automatic::default(), recipes, seeds: fresh_seeds(profile, 110), profile }
}

fn never_met(profile: Profile) -> Arm {
    let most_steps = Automatic::default().most_steps;
    let rule = Automatic { threshold: 0.0, patience: most_steps, ..Automatic::default() };
    Arm { rule, recipes: vec![&QUAD01_K1_D16, &LIN_L5_AUTOMATIC], seeds: fresh_seeds(profile, 103), profile }
}

fn fresh_seeds(profile: Profile, last: u64) -> RangeInclusive<u64> {
    if profile == Profile::Tiny { 101..=101 } else { 101..=last }
}

impl Arm {
    fn of_recipe(&self, recipe: &'static Recipe) -> impl Iterator<Item = Cell> {
        let &Arm { rule, profile, .. } = self;
        self.seeds.clone().map(move |seed| recipe.automatic(profile, rule, GAP, seed))
    }

    fn cells(&self) -> Vec<Cell> {
        self.recipes.iter().flat_map(|recipe| self.of_recipe(recipe)).collect()
    }
}

fn thresholds(arm: &Arm, runs: &Runs) -> Result<Outcome> {
    let columns = ["instance", "seed", "te", "steps of each stage", "loss/Var(y) at the end of each"];
    let mut table = Table::new("layers switched on by the training error", &columns);
    let (mut shallow, mut deep) = (Vec::new(), Vec::new());
    for recipe in &arm.recipes {
        for cell in arm.of_recipe(recipe) {
            let run = runs.get(&cell)?;
            let te = relative_risk(run);
            table.push([recipe.name.into(), cell.seed.into(), decimal(&te), steps(run), losses(run)]);
            if recipe.depth() < 5 { shallow.push(te) } else { deep.push(te) }
        }
    }
    let conditions = vec![
        all_below("te at depth 3 and 4", " on every seed", &shallow, "1e-10"),
        all_below("te at depth 5", " on every seed", &deep, "1e-6"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

fn losses(run: &Run) -> Value {
    let decimals = run.phases.iter().map(|p| replayed_decimal(&replayed(p.loss)).as_str().to_owned());
    Value::text(decimals.collect::<Vec<_>>().join("/"))
}
