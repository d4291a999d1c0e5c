//! dynamics.depth-4.

use std::borrow::Cow;

use super::{condition, decimal, enclosed, exactly, printed};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::boxes;
use crate::error::Result;
use crate::hierarchy::dynamics::depth_four::Constants;
use crate::hierarchy::dynamics::every_dimension::Region;
use crate::hierarchy::experiment::Training;

/// Depth 4 near the target, with every constant.
pub const DEPTH_4: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.depth-4"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "Depth 4, width 1 (lin, Gaussian inputs, free bias, unit heads), all layers on, gradient descent on the population \
         with eta = .01 for layer 2 and eta kappa_l^2/eps^(2l-4) for layers 3 and 4, kappa_l the weight of the target, in \
         EVERY dimension and for every 0 < eps <= .1: from any weights with L <= .26 eps^4, te <= delta after 1850 + 251 \
         ln(1/delta) steps, and ever after. Such weights are those of layers 2 and 3 at the optimum of their stage with \
         layer 4 switched on at a head of standard deviation .1 eps^2: L = .25 eps^4 there, and what these layers lack of \
         their optimum may add .01 eps^4. How many steps bring layers 2 and 3 there is not counted.",
    ),
    method: "|grad L|^2 >= lambda L and a Hessian below Lambda on {L <= level eps^4}, for three levels, by branch and \
             bound over five numbers (eps, three of y, and b) in a chart that has no singularity at eps = 0; then a step \
             multiplies L by at most 1 - eta lambda (1 - eta Lambda/2). Without the factors kappa_l^2 the Hessian at the \
             target is five times larger. proofs/depth-4.md; \
             proofs/certificates/boxes_depth_4.py checks the boxes anew.",
    evidence: &[Evidence::Enclosed],
    missing: "the steps of the stages before layer 4 is switched on",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| depth_4(c.profile, &Constants::standard()),
    controls: &[
        Control {
            breaks: "Layer 2 is frozen: the gradient vanishes where the loss does not.",
            check: |c| depth_4(c.profile, &Constants { layer_two_moves: false, ..Constants::standard() }),
        },
        Control {
            breaks: "eta = .005: descent is half as fast.",
            check: |c| depth_4(c.profile, &Constants { eta: exactly("0.005"), ..Constants::standard() }),
        },
        Control {
            breaks: "Layer 4 is switched on with a head of standard deviation .01 eps^2, outside the region.",
            check: |c| depth_4(c.profile, &Constants { deviation: exactly("0.01"), ..Constants::standard() }),
        },
    ],
};

/// What the statement says of the steps.
const STEPS: (&str, &str) = ("1850", "251");
/// The keys of the regions, from the outermost.
const KEYS: [&str; 3] = ["outer region", "middle region", "inner region"];

fn depth_4(profile: Profile, constants: &Constants) -> Result<Outcome> {
    // In miniature the innermost region alone, which takes two boxes.
    let first = if profile.draws_conclusions() { 0 } else { KEYS.len() - 1 };
    let mut conditions = Vec::new();
    for (key, region) in KEYS.into_iter().zip(&constants.regions).skip(first) {
        conditions.push(judged(key, region, constants.prove(region)?));
    }
    conditions.extend([switch(constants), steps(constants)]);
    Ok(Outcome { conditions, tables: vec![factors(constants)] })
}

fn judged(key: &str, region: &Region, outcome: boxes::Outcome) -> Condition {
    let Region { level, growth, smoothness } = region;
    let (level, growth) = (level.to_fixed(2), growth.to_fixed(1));
    let requires =
        format!("L <= {level} eps^4, eps <= .1: |grad L|^2 >= {growth} L, no eigenvalue of the Hessian above {smoothness}");
    match outcome {
        boxes::Outcome::Proved(cover) => {
            let found = format!("proved with {} boxes, {} more outside", cover.holds, cover.outside);
            condition(key, requires, found, Some(true))
        }
        boxes::Outcome::Refuted(part) => {
            let middle: Vec<String> = part.iter().map(|side| side.mid().to_string()).collect();
            condition(key, requires, format!("fails at (eps, X_2, X_3, X_4, S) = ({})", middle.join(", ")), Some(false))
        }
        boxes::Outcome::Undecided(_) => condition(key, requires, "the boxes do not tell", None),
    }
}

fn switch(constants: &Constants) -> Condition {
    let (level, most) = (constants.level_at_the_switch(), enclosed("0.255"));
    let requires = "L <= .255 eps^4 when layer 4 is switched on at the optimum of stage 3";
    condition("level at the switch", requires, format!("L/eps^4 = {}", decimal(Some(level), 6)), level.certainly_less(most))
}

fn steps(constants: &Constants) -> Condition {
    let (crossing, factor) = STEPS;
    let (key, requires) = ("steps", format!("te <= delta within {crossing} + {factor} ln(1/delta) steps"));
    let Some(steps) = constants.steps() else { return condition(key, requires, "no step lowers L for certain", None) };
    let holds = steps.0.certainly_less(enclosed(crossing)).zip(steps.1.certainly_less(enclosed(factor))).map(|(a, b)| a && b);
    condition(key, requires, format!("{}, {}", decimal(Some(steps.0), 6), decimal(Some(steps.1), 6)), holds)
}

fn factors(constants: &Constants) -> Table {
    let mut table = Table::new("factor of L in a step, at most", &["region", "level/eps^4", "lambda", "Lambda", "factor"]);
    for (key, region) in KEYS.iter().zip(&constants.regions) {
        let exact = |v: String| Value::exact(v);
        let facts = [exact(region.level.to_fixed(2)), exact(region.growth.to_fixed(1)), exact(region.smoothness.to_string())];
        let factor = printed(region.descent_factor(&constants.eta), 6);
        table.push([Value::text(*key)].into_iter().chain(facts).chain([factor]));
    }
    table
}
