//! Forward feature learning: what the second layer learns alone.

use super::instances::{self, LIN_K2_D16, QUAD01_K1_D16, Recipe};
use super::measure::{all_slopes_within, enclosed, enclosed_fixed, feature_error, slope};
use super::{Claim, Evidence, Outcome, Profile, Table};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::experiment::{Cell, Runs};
use crate::learner::{Coupling, Stage};

/// Layer 2 alone learns its features up to an error proportional to the gap.
pub const LINEAR_ERROR: Claim = Claim {
    id: "forward.linear-error",
    sentence: "(b)",
    statement: "Trained alone, before layer 3 is switched on, layer 2 learns the target's features up to an error f that is \
                proportional to the gap eps: the slope of ln f against ln eps is in [.9, 1.1] on every seed, for the instances lin L3 \
                k2 d16 and quad01 L3 k1 d16 at eps = .2, .1, .05, .025, .0125.",
    method: "Full-batch gradient descent on layer 2 for 1000 steps; f^2 = ||K'K - W'W||_F^2 / ||W'W||_F^2 of the trained weights is an \
             exact rational number, and the least-squares slope is enclosed.",
    control: "The top layer of the target is switched off (alpha_3 = 0): the error left over is rounding, the same at every eps, so its \
              slope is not near 1.",
    evidence: &[Evidence::Replayed, Evidence::Enclosed],
    missing: "Exact: the ratio f/eps of the population optimum for `lin`",
    theorems: &[],
    cells: linear_error_cells,
    check: |profile, runs| linear_error(profile, runs, |gap| gap),
    broken: |profile, runs| linear_error(profile, runs, |_| 0.0),
};

static RECIPES: [&Recipe; 2] = [&LIN_K2_D16, &QUAD01_K1_D16];
const GAPS: [f64; 5] = [0.2, 0.1, 0.05, 0.025, 0.0125];

fn layer_2_alone(recipe: &Recipe, profile: Profile, gap: f64, seed: u64) -> Cell {
    let steps = recipe.phases(profile)[0];
    recipe.staged(profile, vec![Stage::new(2, 2, Coupling::Joint, steps)], gap, seed)
}

fn linear_error_cells(profile: Profile) -> Vec<Cell> {
    let mut cells = Vec::new();
    for recipe in RECIPES {
        for seed in instances::seeds(profile) {
            cells.extend([0.0].iter().chain(&GAPS).map(|&gap| layer_2_alone(recipe, profile, gap, seed)));
        }
    }
    cells
}

/// `gap_of_target` is the gap that the target really has where the claim speaks of `eps`.
fn linear_error(profile: Profile, runs: &Runs, gap_of_target: fn(f64) -> f64) -> Result<Outcome> {
    let mut table =
        Table::new("f of layer 2 after learning alone", &["instance", "seed", "f eps=.2", ".1", ".05", ".025", ".0125", "slope"]);
    let mut slopes = Vec::new();
    for recipe in RECIPES {
        for seed in instances::seeds(profile) {
            let mut points: Vec<(f64, Option<Interval>)> = Vec::new();
            for gap in GAPS {
                let run = runs.get(&layer_2_alone(recipe, profile, gap_of_target(gap), seed))?;
                points.push((gap, feature_error(&run.phases[0])));
            }
            let slope = slope(&points);
            let mut row = vec![recipe.name.to_owned(), seed.to_string()];
            row.extend(points.iter().map(|(_, f)| enclosed(f)));
            row.push(enclosed_fixed(&slope));
            table.rows.push(row);
            slopes.push(slope);
        }
    }
    let condition = all_slopes_within("slope of ln f against ln eps on every seed", &slopes, ("0.9", "1.1"));
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}
