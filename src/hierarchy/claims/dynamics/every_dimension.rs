//! dynamics.every-dimension.

use std::borrow::Cow;

use super::{all_below, condition, decimal, enclosed, exactly, printed, searched};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::enclosure::boxes;
use crate::enclosure::logarithm::ln;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::dynamics::depth_three::is_exceeded_at_the_target;
use crate::hierarchy::dynamics::every_dimension::{Constants, Region, probability_per_tau};
use crate::hierarchy::experiment::Training;

/// Joint training of depth 3 reaches every error, in every dimension.
pub const EVERY_DIMENSION: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.every-dimension"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "Depth 3, width 1 (lin, Gaussian inputs, free bias, unit heads), gradient descent on the population with eta = \
         .01 for layer 2 and eta/eps^2 for layer 3, in EVERY dimension d, for every 0 < eps <= .1 and every start with \
         .001 <= |K_2|^2 <= 1/(24 eta) and a_0 = <K_2, w> not 0, b_0^2 = |K_2|^2 - a_0^2: layer 2 alone for at least \
         240 + 9.1 (ln max(1, b_0^2/a_0^2) + 2 ln(1/eps)) steps, then layer 3 switched on with a head of standard \
         deviation .1 eps, and both trained: te <= delta after 560 + 42 ln(1/delta) more steps, and ever after. For a \
         random direction of K_2 and d >= 3, ln(b_0^2/a_0^2) <= ln d + 2 ln(1/tau) with probability at least 1 - .798 \
         tau: d enters only so. For eps up to .3 too a step of both layers multiplies L by at most .99825 where L <= .85 \
         eps^2/4 (lambda = .7, Lambda = 150); all else is for eps up to .1. Not covered: momentum, the cap on steps, finite samples, noise.",
    ),
    method: "Near the target |grad L|^2 >= lambda L and the Hessian is below Lambda (1.1 and 100 for L <= .85 eps^2/4, \
             3.5 and 65 for L <= .01 eps^2), proved by branch and bound in a chart that has no singularity at eps = 0; \
             so a step multiplies L by at most 1 - eta lambda (1 - eta Lambda/2), and the segment of each step stays \
             in the region. Layer 2 alone: the angle to w falls by the factor (1 + 8 eta B)^-1 a step, |K_2|^2 follows \
             a scalar interval map. All constants are enclosed. proofs/every-dimension.md; \
             proofs/certificates/boxes.py checks the boxes anew.",
    evidence: &[Evidence::Enclosed],
    missing: "",
    theorems: &["step_turns", "angle_falls", "layer_two_turns"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| every_dimension(c.profile, &Constants::standard()),
    controls: &[
        Control {
            breaks: "Layerwise training: layer 2 is frozen at the switch. The gradient vanishes where the loss does not.",
            check: |c| every_dimension(c.profile, &Constants { layer_two_moves: false, ..Constants::standard() }),
        },
        Control {
            breaks: "eta = .04, beyond 2/Lambda: the target repels.",
            check: |c| every_dimension(c.profile, &with_step("0.04")),
        },
        Control { breaks: "eta = .005: descent is half as fast.", check: |c| every_dimension(c.profile, &with_step("0.005")) },
        Control {
            breaks: "Layer 3 is switched on with a head of standard deviation .5 eps, outside the region.",
            check: |c| every_dimension(c.profile, &Constants { deviation: exactly("0.5"), ..Constants::standard() }),
        },
        Control {
            breaks: "P(a_0^2 <= tau^2 |K_2|^2/d) <= .79 tau claimed in the place of .798: in the limit of large d and small tau it is \
                     sqrt(2/pi) tau.",
            check: |c| every_dimension(c.profile, &Constants { small_start: exactly("0.79"), ..Constants::standard() }),
        },
    ],
};

fn with_step(eta: &str) -> Constants {
    let mut constants = Constants::standard();
    constants.approach.eta = exactly(eta);
    constants
}

/// What the statement says of the steps before the switch, and of those after it.
const BEFORE: (&str, &str, &str) = ("240", "9.1", "18.2");
const AFTER: (&str, &str) = ("560", "42");

fn every_dimension(profile: Profile, constants: &Constants) -> Result<Outcome> {
    let mut conditions = regions(constants)?;
    conditions.push(judged("wider gaps", &constants.wider, ".3", constants.prove_wider()?));
    conditions.extend([stability(constants), switch(constants), before(constants), after(constants), small_start(constants)]);
    let tables = vec![derived(constants), totals(profile, constants)];
    Ok(Outcome { conditions, tables })
}

fn regions(constants: &Constants) -> Result<Vec<Condition>> {
    let each = constants.regions.iter().zip(constants.prove_regions()?).zip(["outer region", "inner region"]);
    Ok(each.map(|((region, outcome), key)| judged(key, region, ".1", outcome)).collect())
}

fn judged(key: &str, region: &Region, gap: &str, outcome: boxes::Outcome) -> Condition {
    let Region { level, growth, smoothness } = region;
    let level = level.to_fixed(4);
    let requires =
        format!("L <= {level} eps^2, eps <= {gap}: |grad L|^2 >= {growth} L, no eigenvalue of the Hessian above {smoothness}");
    searched(key, requires, "eps, X, Y, S", outcome)
}

/// Necessary for convergence: the largest eigenvalue of the Hessian at the target is below `2/eta`.
fn stability(constants: &Constants) -> Condition {
    let bound = Interval::from(&Rational::from(2)) / Interval::from(&constants.approach.eta);
    let repels = is_exceeded_at_the_target(bound, enclosed("0.1"));
    let found = match repels {
        Some(true) => "above",
        Some(false) => "below",
        None => "the enclosure does not tell",
    };
    condition("stable target", "the Hessian at the target is below 2/eta, eps = .1", found, repels.map(|r| !r))
}

fn switch(constants: &Constants) -> Condition {
    let level = constants.approach.level_at_the_switch(&constants.deviation);
    let found = format!("L/eps^2 <= {:?}", level.sup());
    condition(
        "level at the switch",
        "L <= .85 eps^2/4 when layer 3 is switched on",
        found,
        constants.approach.reaches_the_region(&constants.deviation),
    )
}

fn before(constants: &Constants) -> Condition {
    let (most, start, gap) = BEFORE;
    let requires = format!("the angle and |K_2|^2 arrive within {most} + {start} ln(b_0^2/a_0^2) + {gap} ln(1/eps) steps");
    let key = "steps before the switch";
    let Some(steps) = constants.approach.steps() else { return condition(key, requires, "the lemmas do not apply", None) };
    let found = [steps.constant, steps.start, steps.gap];
    let holds = all_below(&found, &[most, start, gap]);
    condition(key, requires, found.map(|v| decimal(Some(v), 6)).join(", "), holds)
}

fn after(constants: &Constants) -> Condition {
    let (crossing, factor) = AFTER;
    let (key, requires) =
        ("steps after the switch", format!("te <= delta within {crossing} + {factor} ln(1/delta) steps after the switch"));
    let Some(steps) = constants.steps_after() else { return condition(key, requires, "no step lowers L for certain", None) };
    let holds = all_below(&[steps.0, steps.1], &[crossing, factor]);
    condition(key, requires, format!("{}, {}", decimal(Some(steps.0), 6), decimal(Some(steps.1), 6)), holds)
}

/// `P(|a_0| <= tau |K_2|/sqrt d) <= C tau` for every `tau` and `d >= 3`.
fn small_start(constants: &Constants) -> Condition {
    let (least, stated) = (probability_per_tau(), &constants.small_start);
    let requires = format!("P(a_0^2 <= tau^2 |K_2|^2/d) <= {} tau for a random direction, d >= 3", stated.to_decimal(3));
    let found = format!("the least factor for all d is {}", decimal(Some(least), 6));
    condition("small start", requires, found, least.certainly_less(Interval::from(stated)))
}

fn derived(constants: &Constants) -> Table {
    let mut table = Table::new("constants of the proof", &["constant", "value"]);
    let angle = |eps: &str| printed(constants.approach.steps_of_the_angle(enclosed(eps)), 5);
    let factor = |region: usize| printed(constants.regions[region].descent_factor(&constants.approach.eta), 6);
    let rows = [
        ("steps of the angle for a factor e of b^2/a^2, eps = .1", angle("0.1")),
        ("the same, eps -> 0", angle("0")),
        ("factor of L in a step after the switch, outer region", factor(0)),
        ("the same, inner region", factor(1)),
        ("probability of |a_0| <= tau |K_2|/sqrt d over tau, at most", printed(Some(probability_per_tau()), 6)),
    ];
    rows.into_iter().for_each(|(name, value)| table.push([Value::text(name), value]));
    table
}

/// The bound for the median start, `b_0^2/a_0^2` at most `d/tau^2` with `tau = .1`.
fn totals(profile: Profile, constants: &Constants) -> Table {
    let mut table = Table::new("steps at most, a_0^2 >= |K_2|^2/(100 d), te <= 1e-12", &["d", "eps = .1", "eps = .01"]);
    let dimensions: &[&str] = if profile.draws_conclusions() { &["10", "1e3", "1e6", "1e12"] } else { &["10"] };
    for d in dimensions {
        let logarithm = |v: &str| ln(enclosed(v));
        let bound = |inverse_gap: &str| {
            let start = logarithm(d)? + logarithm("100")?;
            constants.steps(start, logarithm(inverse_gap)?, logarithm("1e12")?)
        };
        let shown =
            |inverse_gap: &str| Value::enclosed(bound(inverse_gap).map_or("absent".into(), |b| b.sup().ceil().to_string()));
        table.push([Value::text(*d), shown("10"), shown("100")]);
    }
    table
}
