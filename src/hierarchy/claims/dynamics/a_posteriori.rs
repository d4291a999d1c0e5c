//! dynamics.a-posteriori.

use std::borrow::Cow;

use super::{printed, verdict};
use crate::claim::judging::all_judged;
use crate::claim::{Checking, Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::hierarchy::claims::instances::{DEPTH_3, GAP, Recipe};
use crate::hierarchy::dynamics::unique_zero::{UniqueZero, gives_the_target, unique_zero};
use crate::hierarchy::experiment::{Cell, Training};
use crate::hierarchy::learner::Kind;
use crate::hierarchy::network::Network;

/// The only network near the trained one that fits the samples is the target.
pub const A_POSTERIORI: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.a-posteriori"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "After joint training at eps = .1 (the runs of backward.joint with seed 1: lin L3 k1 d64, lin L3 k2 d16 and d32, \
         linskip L3 k1 d32, quad01 L3 k1 d16), there is a ball about the trained weights in which the networks of the \
         target's shape and scales that fit all labels F_W(x_i), up to a constant, are the target alone, up to its \
         symmetries: signs of layers of width 1 (dimension 0), rotations and reflections of the two layers of width 2 \
         (dimension 2). The target is in the ball; its distance from what training found is printed. Nothing else \
         in the ball fits. The learner's rows R_l are held as they are.",
    ),
    method: "The least singular value of the centred Jacobian at the trained weights and the Lipschitz constant of the \
             Jacobian in the ball are enclosed on the first 4P samples, P the number of weights; uniqueness on some \
             samples gives it on all. At width 2 the Jacobian is joined by the directions of the symmetries, one row each. \
             The target's weights, each layer turned towards the trained one by an orthogonal matrix of rationals, give \
             its output exactly, and their distance is enclosed. proofs/unique-zero.md. Nothing of it enters training.",
    evidence: &[Evidence::Replayed, Evidence::Enclosed],
    missing: "widths above 2",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        [Kind::Joint, Kind::Layerwise].into_iter().flat_map(|kind| DEPTH_3.map(|r| cell(r, profile, kind))).collect()
    },
    check: |c| a_posteriori(c, Kind::Joint),
    controls: &[Control {
        breaks: "Layerwise training: its weights are far from the target.",
        check: |c| a_posteriori(c, Kind::Layerwise),
    }],
};

const SEED: u64 = 1;

fn cell(recipe: &Recipe, profile: Profile, kind: Kind) -> Cell {
    recipe.run(profile, kind, GAP, SEED)
}

fn a_posteriori(c: &Checking<'_, Training>, kind: Kind) -> Result<Outcome> {
    let columns = [
        "instance",
        "weights P",
        "samples used",
        "symmetries",
        "sigma/sqrt n, at least",
        "H/sqrt n, at most",
        "radius",
        "distance of the target",
    ];
    let mut table = Table::new(format!("balls about the weights of {} training", kind.name()), &columns);
    let mut held = Vec::new();
    for recipe in DEPTH_3 {
        let cell = cell(recipe, c.profile, kind);
        let learner = c.get(&cell)?.learner.as_ref().ok_or_else(|| Error::refused("a run in stages without its network"))?;
        let (target, inputs) = (cell.instance.target()?, cell.instance.training_inputs());
        let weights = weights(learner);
        let samples = (4 * weights).min(inputs.cols());
        let ball = unique_zero(&target, learner, &inputs, samples)?;
        let first: Vec<f64> = (0..inputs.rows()).map(|i| inputs[(i, 0)]).collect();
        let is_target = gives_the_target(&target, learner, &first)?;
        let symmetries = (2..=learner.depth()).filter(|&l| learner.architecture().width(l) == 2).count();
        let facts: [Value; 4] = [recipe.name.into(), weights.into(), samples.into(), symmetries.into()];
        table.push(facts.into_iter().chain(measures(ball.as_ref())));
        held.push(verdict(ball.and_then(|ball| ball.holds_the_target()).map(|holds| holds && is_target)));
    }
    let requires = "the target lies in the ball about the trained weights in which at most one network fits the samples";
    let conditions = vec![all_judged("target in the ball", requires, &held)];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// The number of trainable weights.
fn weights(network: &Network<f64>) -> usize {
    (2..=network.depth()).flat_map(|l| &network.layer(l).weights).map(|w| w.as_slice().len()).sum()
}

/// Bounds in the direction of their columns, as decimals that keep it.
fn measures(ball: Option<&UniqueZero>) -> [Value; 4] {
    let exactly = |end: f64| Rational::try_from(end).ok();
    let lower = |v: Interval| Value::replayed(exactly(v.inf()).map_or("absent".into(), |v| v.lower_decimal(4)));
    let upper = |v: Interval| Value::replayed(exactly(v.sup()).map_or("absent".into(), |v| v.upper_decimal(4)));
    match ball {
        None => ["absent", "absent", "absent", "absent"].map(Value::text),
        Some(ball) => [
            lower(ball.singular_value_lower),
            upper(ball.lipschitz_upper),
            printed(Some(ball.radius), 4),
            printed(Some(ball.distance), 4),
        ],
    }
}
