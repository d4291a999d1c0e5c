//! dynamics.depth-4.

use std::borrow::Cow;

use super::{all_below, condition, decimal, exactly, printed, searched};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::{Interval, boxes};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::dynamics::depth_four::Constants;
use crate::hierarchy::dynamics::depth_four::stage_three::StageThree;
use crate::hierarchy::dynamics::every_dimension::Region;
use crate::hierarchy::experiment::Training;

/// Depth 4, layer by layer and then together, from starts with `a_0` not 0 to every error, with every constant.
pub const DEPTH_4: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.depth-4"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "Depth 4, width 1 (lin, Gaussian inputs, free bias, unit heads), gradient descent on the population, in EVERY \
         dimension d, for every 0 < eps <= .1 and every start as in dynamics.every-dimension (.001 <= |K_2|^2 <= \
         1/(24 eta), a_0 not 0), eta = .01 for layer 2. Layer 2 alone for at least 240 + 9.2 ln max(1, b_0^2/a_0^2) + \
         18.4 ln(1/eps) steps; then layer 3 switched on with a head of standard deviation .1 e, and layers 2 and 3 \
         for at least 860 + 84 ln(1/eps) steps, layer 3 with eta/(eps e), e = eps (1 + 210 eps beta_4/beta_3), \
         beta_l^-2 = Var z^(2^(l-1)); then layer 4 switched on with a head of standard deviation .1 eps^2, and all \
         layers, with eta kappa_l^2/eps^(2l-4) for layers 3 and 4, kappa_l the weight of the target: te <= delta \
         after 1850 + 251 ln(1/delta) more steps, and ever after. d enters through ln(b_0^2/a_0^2) alone. Not \
         covered: momentum, the cap on steps, finite samples, noise.",
    ),
    method: "With layers 2 and 3 on, the loss is that of depth 3 for another head of layer 2 and the gap e, plus a \
             constant: the theorem of dynamics.every-dimension is proved again for these. Then |grad L|^2 >= lambda L \
             and a Hessian below Lambda on {L <= level eps^4}, for three levels, by branch and bound over five \
             numbers (eps, three of y, and b) in a chart that has no singularity at eps = 0; so a step multiplies L \
             by at most 1 - eta lambda (1 - eta Lambda/2). Without the factors kappa_l^2 the Hessian at the target is \
             five times larger. proofs/depth-4.md; proofs/certificates/boxes_depth_4.py checks the boxes of the last \
             stage anew.",
    evidence: &[Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| depth_4(c.profile, &Constants::standard(), &StageThree::standard()),
    controls: &[
        Control {
            breaks: "Layer 2 is frozen once layer 3 is on: the gradient vanishes where the loss does not.",
            check: |c| {
                let mut stage = StageThree::standard();
                stage.constants.layer_two_moves = false;
                depth_4(c.profile, &Constants { layer_two_moves: false, ..Constants::standard() }, &stage)
            },
        },
        Control {
            breaks: "eta = .005: descent is half as fast.",
            check: |c| {
                let mut stage = StageThree::standard();
                stage.constants.approach.eta = exactly("0.005");
                depth_4(c.profile, &Constants { eta: exactly("0.005"), ..Constants::standard() }, &stage)
            },
        },
        Control {
            breaks: "Layer 4 is switched on with a head of standard deviation .01 eps^2, outside the region.",
            check: |c| {
                let constants = Constants { deviation: exactly("0.01"), ..Constants::standard() };
                depth_4(c.profile, &constants, &StageThree::standard())
            },
        },
    ],
};

/// What the statement says of the steps.
const STEPS: (&str, &str) = ("1850", "251");
/// The keys of the regions, from the outermost.
const KEYS: [&str; 3] = ["outer region", "middle region", "inner region"];

fn depth_4(profile: Profile, constants: &Constants, stage: &StageThree) -> Result<Outcome> {
    // In miniature the innermost region alone, which takes two boxes.
    let first = if profile.draws_conclusions() { 0 } else { KEYS.len() - 1 };
    let mut conditions = Vec::new();
    for (key, region) in KEYS.into_iter().zip(&constants.regions).skip(first) {
        conditions.push(judged(key, region, constants.prove(region)?));
    }
    if profile.draws_conclusions() {
        conditions.push(stage_three(stage)?);
    }
    conditions.extend([steps_before(stage), switch(constants, stage), steps(constants)]);
    Ok(Outcome { conditions, tables: vec![factors(constants)] })
}

fn judged(key: &str, region: &Region, outcome: boxes::Outcome) -> Condition {
    let Region { level, growth, smoothness } = region;
    let (level, growth) = (level.to_fixed(2), growth.to_fixed(1));
    let requires =
        format!("L <= {level} eps^4, eps <= .1: |grad L|^2 >= {growth} L, no eigenvalue of the Hessian above {smoothness}");
    searched(key, requires, "eps, X_2, X_3, X_4, S", outcome)
}

fn stage_three(stage: &StageThree) -> Result<Condition> {
    let holds = stage.is_proved()?;
    let found = match holds {
        Some(true) => "proved",
        Some(false) => "the gradient is too small at a point of a region",
        None => "the boxes do not tell",
    };
    let requires = "the regions of depth 3, and the switch into them, for the heads that stage 3 sees, gaps e <= .115";
    Ok(condition("stage of layer 3", requires, found, holds))
}

/// What the statement says of the steps before layer 4 is switched on: of layer 2 alone, and of layers 2 and 3.
const ALONE: [&str; 3] = ["240", "9.2", "18.4"];
const BOTH: [&str; 2] = ["860", "84"];

fn steps_before(stage: &StageThree) -> Condition {
    let ([constant, start, gap], [both, both_gap]) = (ALONE, BOTH);
    let requires = format!(
        "layer 2 arrives within {constant} + {start} ln(b_0^2/a_0^2) + {gap} ln(1/eps) steps, layers 2 and 3 within {both} + {both_gap} \
         ln(1/eps) more"
    );
    let key = "steps before layer 4";
    let Some((alone, both)) = stage.steps_of_layer_two().zip(stage.steps_of_both()) else {
        return condition(key, requires, "the lemmas do not apply", None);
    };
    let found = [alone.constant, alone.start, alone.gap, both.0, both.1];
    let holds = all_below(&found, ALONE.iter().chain(&BOTH));
    let upper = |v: Interval| Rational::try_from(v.sup()).map_or("absent".into(), |v| v.upper_decimal(5));
    condition(key, requires, format!("at most {}", found.map(upper).join(", ")), holds)
}

fn switch(constants: &Constants, stage: &StageThree) -> Condition {
    let outer = Interval::from(&constants.regions[0].level);
    let level = stage.level_at_the_switch(constants.level_at_the_switch());
    let requires = "L <= .26 eps^4 when layer 4 is switched on";
    condition("level at the switch", requires, format!("L/eps^4 <= {}", decimal(Some(level), 6)), level.certainly_less(outer))
}

fn steps(constants: &Constants) -> Condition {
    let (crossing, factor) = STEPS;
    let (key, requires) = ("steps", format!("te <= delta within {crossing} + {factor} ln(1/delta) steps"));
    let Some(steps) = constants.steps() else { return condition(key, requires, "no step lowers L for certain", None) };
    let holds = all_below(&[steps.0, steps.1], &[crossing, factor]);
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
