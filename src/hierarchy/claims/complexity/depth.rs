//! A number of samples linear in kd is enough at each depth that was tried.

use std::borrow::Cow;

use super::{automatic, chain, seeds, steps};
use crate::claim::judging::{all_below, decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::experiment::{Cell, Runs, Training};
use crate::hierarchy::learner::Automatic;

/// A number of samples linear in kd is enough at each depth that was tried.
pub const DEPTH: Claim<Training> = Claim {
    id: Cow::Borrowed("complexity.depth"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "With N = 30kd samples, linear in kd, joint training reaches te < 1e-6 at depth 2 (k=2), 3 (k=2) and 4 (k=1) \
         on each of six seeds at d = 8, 16, 32, 64; and at depth 5 (degree 16, k=1), d = 24, with N = 60kd. eps = .1.",
    ),
    method: "The automatic schedule, stopped at a relative training loss of 1e-12. te is the exact population risk of \
             the trained weights. The threshold was set in advance.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = shapes(profile).into_iter().flat_map(move |shape| seeds(profile).map(move |seed| (shape, seed)));
        let joint = each.map(|(shape, seed)| shape.joint(seed));
        let layerwise = layered(profile).into_iter().flat_map(move |shape| seeds(profile).map(move |seed| shape.layerwise(seed)));
        joint.chain(layerwise).collect()
    },
    check: |c| depth(c.profile, c.computed, &shapes(c.profile), Shape::joint),
    controls: &[Control {
        breaks: "Layerwise training on the same samples, by the same schedule, at depth 3 and 4 and d = 8, 16.",
        check: |c| depth(c.profile, c.computed, &layered(c.profile), Shape::layerwise),
    }],
};

/// A chain, and the number of its samples as a multiple of kd.
#[derive(Clone, Copy, Debug)]
struct Shape {
    depth: usize,
    width: usize,
    dimension: usize,
    per_unknown: usize,
}

impl Shape {
    fn joint(self, seed: u64) -> Cell {
        self.cell(Automatic::default(), seed)
    }

    fn layerwise(self, seed: u64) -> Cell {
        self.cell(Automatic { layerwise: true, ..Automatic::default() }, seed)
    }

    fn cell(self, schedule: Automatic, seed: u64) -> Cell {
        let samples = self.per_unknown * self.width * self.dimension;
        automatic(chain(self.depth, self.width, self.dimension, 0.1, samples, seed), schedule, 1e-12, seed)
    }
}

/// Chains that layerwise training cannot learn; at depth 2 there is nothing to correct.
fn layered(profile: Profile) -> Vec<Shape> {
    let mut shapes = shapes(profile);
    shapes.retain(|shape| [3, 4].contains(&shape.depth) && shape.dimension <= 16);
    shapes
}

fn shapes(profile: Profile) -> Vec<Shape> {
    let dimensions: &[usize] = if profile.draws_conclusions() { &[8, 16, 32, 64] } else { &[8] };
    let chains =
        [(2, 2), (3, 2), (4, 1)].into_iter().flat_map(|(depth, width)| dimensions.iter().map(move |&d| (depth, width, d)));
    let mut shapes: Vec<Shape> =
        chains.map(|(depth, width, dimension)| Shape { depth, width, dimension, per_unknown: 30 }).collect();
    if profile.draws_conclusions() {
        shapes.push(Shape { depth: 5, width: 1, dimension: 24, per_unknown: 60 });
    }
    shapes
}

fn depth(profile: Profile, runs: &Runs, shapes: &[Shape], learner: fn(Shape, u64) -> Cell) -> Result<Outcome> {
    let mut table = Table::new("te by depth and dimension", &["L", "k", "d", "N", "seed", "te", "steps"]);
    let mut risks = Vec::new();
    for &shape in shapes {
        for seed in seeds(profile) {
            let cell = learner(shape, seed);
            let run = runs.get(&cell)?;
            let te = relative_risk(run);
            let facts = [shape.depth, shape.width, shape.dimension, cell.instance.samples].map(Value::from);
            let found = [seed.into(), decimal(&te), replayed_count(steps(run))];
            table.push(facts.into_iter().chain(found));
            risks.push(te);
        }
    }
    Ok(Outcome {
        conditions: vec![all_below("te", " on every seed, at every depth and dimension", &risks, "1e-6")],
        tables: vec![table],
    })
}
