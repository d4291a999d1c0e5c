//! dynamics.staircase.

use std::borrow::Cow;

use super::{enclosed, exactly, printed, verdict};
use crate::claim::judging::{all_hold, all_judged};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::figures;
use crate::hierarchy::dynamics::chain::Chain;
use crate::hierarchy::dynamics::stage::{feature_error, regression, staircase_constant_squared};
use crate::hierarchy::experiment::Training;
use crate::scalar::Scalar;

/// The error of layer 2 after each stage, in closed form.
pub const STAIRCASE: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.staircase"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "Chains of width 1 on the population (lin, Gaussian inputs, free bias, unit heads), every dimension, L = 3, \
         ..., 8: with the layers up to m on, the optimum has y^(m) = t_(<=m) + G t_(>m), G = Gamma_mm^-1 Gamma_(m,>m), \
         and the feature error of layer 2 is f = |sum_(l>m) G_(2,l) t_l|/t_2. So f = C_m eps^(m-1) (1 + O(eps)) with \
         C_m = .866025, .836660, .614263, .202298, .0142753, 6.24054e-5 for m = 2, ..., 7: one factor of eps for each \
         layer that is switched on. At eps = .0001, f/eps^(m-1) is within .1 % of C_m. The slopes of ln f against ln eps over .2, \
         .1, .05 are in [m - 1.01, m - .9].",
    ),
    method: "Gamma_ij = Cov(z^(p_i), z^(p_j)) from double factorials, G by exact elimination, square roots enclosed. \
             Independently, the derivatives of the reduced loss in every c_l and along the axis vanish at y^(m), \
             exactly, for heads that are rational numbers. The band of the slopes was set after looking at them. \
             proofs/dynamics.md, lemmas 3 and 5. Training runs beside it: backward.staircase-4, backward.staircase-5.",
    evidence: &[Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::STAIRCASE],
    items: |_, _| Vec::new(),
    check: |c| staircase(c.profile, true),
    controls: &[Control {
        breaks: "Layer 2 is frozen after its own stage: f stays what it was, and the derivative in c_2 does not vanish.",
        check: |c| staircase(c.profile, false),
    }],
};

const GAPS: [&str; 3] = ["0.2", "0.1", "0.05"];

/// `C_2, ..., C_7` of the statement.
const CONSTANTS: [&str; 6] = [".866025", ".836660", ".614263", ".202298", ".0142753", "6.24054e-5"];

/// Whether `C_m`, and `f/eps^(m-1)` for a small gap, are what the statement says.
fn is_near_its_limit(m: usize, stage: usize, depth: usize) -> Option<bool> {
    let (gap, stated) = (enclosed("0.0001"), enclosed(CONSTANTS[m - 2]));
    let power = (1..m).fold(Interval::one(), |power, _| power * gap);
    let is_near = |value: Interval| (value / stated - Interval::one()).abs().certainly_less(enclosed("0.001"));
    let limit = Interval::from(&staircase_constant_squared(m)).sqrt()?;
    Some(is_near(limit)? && is_near(feature_error(stage, depth, gap) / power)?)
}

/// The stage that decides about layer 2.
fn deciding(stage: usize, layer_two_moves: bool) -> usize {
    if layer_two_moves { stage } else { 2 }
}

fn staircase(profile: Profile, layer_two_moves: bool) -> Result<Outcome> {
    let deepest = if profile.draws_conclusions() { 8 } else { 4 };
    let stages: Vec<(usize, usize)> = (3..=deepest).flat_map(|depth| (2..depth).map(move |m| (depth, m))).collect();
    let columns = ["L", "m", "C_m", "f, eps = .2", "f, eps = .1", "f, eps = .05", "slope"];
    let mut table = Table::new("f of layer 2 after the stage of layer m", &columns);
    let (mut slopes, mut stationary, mut constants) = (Vec::new(), Vec::new(), Vec::new());
    for &(depth, m) in &stages {
        let errors = GAPS.map(|gap| (enclosed(gap), feature_error(deciding(m, layer_two_moves), depth, enclosed(gap))));
        let slope = loglog_slope(&errors);
        let constant = Interval::from(&staircase_constant_squared(m)).sqrt();
        let shown = errors.map(|(_, f)| printed(Some(f), 6));
        let facts: [Value; 3] = [depth.into(), m.into(), printed(constant, 6)];
        table.push(facts.into_iter().chain(shown).chain([printed(slope, 4)]));
        slopes.push(verdict(slope.and_then(|s| is_within(s, m))));
        stationary.push(is_stationary(m, deciding(m, layer_two_moves), depth));
        constants.push(verdict(is_near_its_limit(m, deciding(m, layer_two_moves), depth)));
    }
    let conditions = vec![
        all_judged(
            "slope within",
            "the slope of ln f against ln eps after the stage of layer m is in [m - 1.01, m - .9]",
            &slopes,
        ),
        all_hold("stationary optimum", "the derivatives of the loss vanish at y^(m)", &stationary),
        all_judged(
            "constants",
            "f/eps^(m-1) at eps = .0001 is within .1 % of the C_m of the statement, and so is C_m",
            &constants,
        ),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

fn is_within(slope: Interval, m: usize) -> Option<bool> {
    let layer = Rational::from(m as i64);
    let (low, high) = (&layer - exactly("1.01"), &layer - exactly("0.9"));
    match (Interval::from(&low).certainly_less(slope), slope.certainly_less(Interval::from(&high))) {
        (Some(true), Some(true)) => Some(true),
        (Some(false), _) | (_, Some(false)) => Some(false),
        _ => None,
    }
}

/// Whether all derivatives of the reduced loss vanish at the optimum of stage `m`, for heads `t_l = 1/l!`; `y_2` is that of the
/// stage
/// `of_two`.
fn is_stationary(m: usize, of_two: usize, depth: usize) -> bool {
    let head = |l: usize| Rational::new(1, crate::exact::count::factorial(l as u64)).expect("a factorial is not zero");
    let target: Vec<Rational> = (2..=depth).map(head).collect();
    let optimum = |j: usize, stage: usize| {
        let g = regression(stage, depth);
        (stage + 1..=depth).fold(target[j - 2].clone(), |y, l| y + &g[(j - 2, l - stage - 1)] * &target[l - 2])
    };
    let y: Vec<Rational> = (2..=m).map(|j| optimum(j, if j == 2 { of_two } else { m })).collect();
    let chain = Chain::new(target.clone(), vec![Rational::one(); depth - 1]);
    // At a = s = 1 the c_l are the y_l; along the axis both a and s move.
    let slopes = chain.slopes(&Rational::one(), &Rational::one(), &y);
    slopes.coefficients.iter().all(Rational::is_zero) && (slopes.along + &slopes.size + &slopes.size).is_zero()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_names_the_constants() {
        assert!(STAIRCASE.statement.contains(&CONSTANTS.join(", ")));
        assert!((2..8).all(|m| is_near_its_limit(m, m, 8) == Some(true)));
        assert_eq!((is_near_its_limit(3, 2, 8), is_near_its_limit(2, 2, 3)), (Some(false), Some(true)));
    }
}
