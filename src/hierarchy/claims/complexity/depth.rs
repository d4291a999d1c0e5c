//! A number of samples linear in kd is enough at each depth that was tried.

use std::borrow::Cow;

use super::{chain, joint, seeds, steps};
use crate::claim::judging::{all_below, decimal};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::experiment::{Cell, Runs, Training};

/// A number of samples linear in kd is enough at each depth that was tried.
pub const DEPTH: Claim<Training> = Claim {
    id: Cow::Borrowed("complexity.depth"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "With N = 30kd samples, linear in kd, joint training reaches te < 1e-6 at depth 2 (k=2), 3 (k=2) and 4 (k=1) on each of six seeds at d = 8, 16, 32, 64; \
                and at depth 5 (degree 16, k=1), d = 24, with N = 60kd. eps = .1.",
    ),
    method: "The automatic schedule, stopped at a relative training loss of 1e-12. te is the exact population risk of the trained weights.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = shapes(profile).into_iter().flat_map(move |shape| seeds(profile).map(move |seed| (shape, seed)));
        each.flat_map(|(shape, seed)| [shape.cell(shape.per_unknown, seed), shape.cell(0.5, seed)]).collect()
    },
    check: |c| depth(c.profile, c.computed, |shape| shape.per_unknown),
    controls: &[Control { breaks: "N = kd/2.", check: |c| depth(c.profile, c.computed, |_| 0.5) }],
};

/// A chain, and the number of its samples as a multiple of kd.
#[derive(Clone, Copy, Debug)]
struct Shape {
    depth: usize,
    width: usize,
    dimension: usize,
    per_unknown: f64,
}

impl Shape {
    fn cell(self, per_unknown: f64, seed: u64) -> Cell {
        // Small multiples of small integers: exact.
        let samples = (per_unknown * (self.width * self.dimension) as f64) as usize;
        joint(chain(self.depth, self.width, self.dimension, 0.1, samples, seed), 1e-12, seed)
    }
}

fn shapes(profile: Profile) -> Vec<Shape> {
    let dimensions: &[usize] = if profile.draws_conclusions() { &[8, 16, 32, 64] } else { &[8] };
    let chains =
        [(2, 2), (3, 2), (4, 1)].into_iter().flat_map(|(depth, width)| dimensions.iter().map(move |&d| (depth, width, d)));
    let mut shapes: Vec<Shape> =
        chains.map(|(depth, width, dimension)| Shape { depth, width, dimension, per_unknown: 30.0 }).collect();
    if profile.draws_conclusions() {
        shapes.push(Shape { depth: 5, width: 1, dimension: 24, per_unknown: 60.0 });
    }
    shapes
}

fn depth(profile: Profile, runs: &Runs, per_unknown: fn(Shape) -> f64) -> Result<Outcome> {
    let mut table = Table::new("te by depth and dimension", &["L", "k", "d", "N", "seed", "te", "steps"]);
    let mut risks = Vec::new();
    for shape in shapes(profile) {
        for seed in seeds(profile) {
            let cell = shape.cell(per_unknown(shape), seed);
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
