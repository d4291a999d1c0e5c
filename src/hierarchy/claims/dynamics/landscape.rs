//! dynamics.landscape.

use std::borrow::Cow;

use super::verdict;
use crate::claim::judging::{all_hold, all_judged};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Dyadic;
use crate::hierarchy::dynamics::landscape::{
    Threshold, angular_rate, compactness_threshold, exponent_matrix, is_bounded_below_by_its_constant, is_positive_definite,
    is_triangular_with_twos, positivity_threshold, residual_share,
};
use crate::hierarchy::dynamics::stage::{evaluate, exponents, optimum};
use crate::hierarchy::experiment::Training;
use crate::matrix::Matrix;

/// No bad critical point, at any depth up to 8.
pub const LANDSCAPE: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.landscape"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "Chains of width 1 on the population (lin, Gaussian inputs, free bias, unit heads), depth L = 3, ..., 8, every \
         dimension, layers up to m on, m = 2, ..., L: every critical point at which a, k_3, ..., k_m are not 0 is a \
         global minimum of its stage. For eps below eps**(L) (1 at L = 3, above .34 up to L = 8) the sublevel sets \
         below the bar of the newest layer are compact and hold no other critical point, so that gradient descent with \
         small enough steps converges linearly from every start there. Rates: dynamics.every-dimension at depth 3, \
         dynamics.depth-4 at depth 4.",
    ),
    method: "Four facts give it (proofs/dynamics.md, lemmas 2 to 4): the angle of K_2 to w falls at a rate that is a \
             polynomial in a, s and the c_l without negative coefficients and with the constant term 8 T_2; the powers \
             z^2, z^4, ..., z^(p_L) and 1 are independent (exact pivots); (ln a, ln k) -> ln y is triangular with twos \
             on its diagonal (exponents read from the reduced map); at eps = .34 every stage's optimum has positive \
             coordinates and the newest layer the least bar. eps* and eps** are roots of polynomials in eps with \
             enclosed coefficients, positive below by branch and bound.",
    evidence: &[Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &["critical_points_on_axes", "power_variance_positive"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| landscape(c.profile, &Premises::default()),
    controls: &[
        Control {
            breaks: "Layer 2 is frozen: a is no variable, and the upper layers cannot reach every y.",
            check: |c| landscape(c.profile, &Premises { layer_two_moves: false, ..Premises::default() }),
        },
        Control {
            breaks: "A target without a part of degree 2 (t_2 = -6 t_3, so that T_2 = 0): the pull on K_2 towards w vanishes at a = 0.",
            check: |c| landscape(c.profile, &Premises { degree_two: false, ..Premises::default() }),
        },
        Control {
            breaks: "One power occurs twice.",
            check: |c| landscape(c.profile, &Premises { distinct_powers: false, ..Premises::default() }),
        },
        Control {
            breaks: "eps = 1.1, above eps* from L = 4 on: an optimum has a negative coordinate.",
            check: |c| landscape(c.profile, &Premises { gap: "1.1", ..Premises::default() }),
        },
    ],
};

/// What a control breaks.
struct Premises {
    layer_two_moves: bool,
    degree_two: bool,
    distinct_powers: bool,
    /// The gap at which the stages are looked at.
    gap: &'static str,
}

impl Default for Premises {
    fn default() -> Self {
        Premises { layer_two_moves: true, degree_two: true, distinct_powers: true, gap: "0.34" }
    }
}

/// `t_l` of the symbolic target; any positive ones would do.
fn target(depth: usize, degree_two: bool) -> Vec<Dyadic> {
    let head = |l: usize| Dyadic::from(if l == 2 && !degree_two { -6 } else { 1 });
    // Without the part of degree 2, only layers 2 and 3 are there: -6 z^2 + z^4.
    (2..=if degree_two { depth } else { 3 }).map(head).collect()
}

fn landscape(profile: Profile, premises: &Premises) -> Result<Outcome> {
    let deepest = if profile.draws_conclusions() { 8 } else { 4 };
    let depths: Vec<usize> = (3..=deepest).collect();
    let rates: Vec<bool> = depths.iter().flat_map(|&depth| rates(depth, premises)).collect();
    let definite: Vec<bool> = depths.iter().map(|&depth| independent(depth, premises)).collect();
    let triangular: Vec<bool> = depths.iter().map(|&depth| invertible(depth, premises)).collect();
    let gap = super::enclosed(premises.gap);
    let compact: Vec<Verdict> = depths.iter().map(|&depth| verdict(is_below_both(depth, gap))).collect();
    let at_gap = format!("at eps = {} every stage has a positive optimum and the newest layer the least bar", premises.gap);
    let conditions = vec![
        all_hold("rate of the angle", "the angle falls at a rate of at least 8 T_2 > 0, for every stage", &rates),
        all_hold("independent powers", "1, z^2, z^4, ..., z^(p_L) are linearly independent", &definite),
        all_hold("triangular map", "(ln a, ln k_3, ..., ln k_L) -> ln y is triangular with twos on its diagonal", &triangular),
        all_judged("compact stages", at_gap, &compact),
    ];
    Ok(Outcome { conditions, tables: vec![thresholds(&depths)?] })
}

fn rates(depth: usize, premises: &Premises) -> Vec<bool> {
    let target = target(depth, premises.degree_two);
    let stages = 2..=target.len() + 1;
    let holds = |top: usize| angular_rate(&target, top).is_some_and(|rate| is_bounded_below_by_its_constant(&rate));
    stages.map(holds).collect()
}

fn independent(depth: usize, premises: &Premises) -> bool {
    let mut powers = exponents(depth);
    if !premises.distinct_powers {
        powers.push(powers[0]);
    }
    is_positive_definite(&powers)
}

/// Without `a`, the first column, the matrix is not even square.
fn invertible(depth: usize, premises: &Premises) -> bool {
    let first = usize::from(!premises.layer_two_moves);
    exponent_matrix(depth).is_some_and(|m| {
        let kept = Matrix::from_fn(m.rows(), m.cols() - first, |i, j| m[(i, j + first)]);
        kept.rows() == kept.cols() && is_triangular_with_twos(&kept)
    })
}

/// Whether `eps` is certainly below both thresholds: `Some(false)` when some coordinate of an optimum is certainly negative.
fn is_below_both(depth: usize, eps: Interval) -> Option<bool> {
    let stages = (2..depth).flat_map(|m| (2..=m).map(move |j| (j, m)));
    let values: Vec<Interval> = stages.map(|(j, m)| evaluate(&optimum(j, m, depth), eps)).collect();
    if values.iter().any(|y| y.sup() < 0.0) {
        return Some(false);
    }
    let below = |threshold: Option<Threshold>| match threshold {
        Some(Threshold::Never) => true,
        Some(Threshold::Within(root)) => eps.certainly_less(root) == Some(true),
        None => false,
    };
    let both = below(positivity_threshold(depth).ok()?) && below(compactness_threshold(depth).ok()?);
    both.then_some(true)
}

fn thresholds(depths: &[usize]) -> Result<Table> {
    let columns =
        ["L", "eps*, positive optima", "eps**, the newest layer has the least bar", "share of the newest head's variance"];
    let mut table = Table::new("thresholds in eps, and 1/(Gamma_LL (Gamma^-1)_LL)", &columns);
    let shown = |threshold: Option<Threshold>| match threshold {
        Some(Threshold::Never) => Value::text("none"),
        Some(Threshold::Within(root)) => Value::enclosed(root.to_fixed(7).unwrap_or_else(|| root.to_string())),
        None => Value::text("absent"),
    };
    for &depth in depths {
        let (positive, compact) = (positivity_threshold(depth)?, compactness_threshold(depth)?);
        let share = Value::exact(residual_share(depth, depth).to_fixed(4));
        table.push([depth.into(), shown(positive), shown(compact), share]);
    }
    Ok(table)
}
