//! Forward feature learning: what the second layer learns alone.

use std::borrow::Cow;

use super::instances::{self, LIN_K2_D16, QUAD01_K1_D16, Recipe};
use super::measure::feature_error;
use super::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::claim::judging::{all_hold, all_slopes_within, enclosed, enclosed_fixed, slope};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::inputs::{Moment, derivative, expectation, gaussian, sign, variables};
use crate::exact::linear::{is_positive_semidefinite, product, rank, rational, solve, trace};
use crate::exact::moments::{Features, GaussianFeatures, Moments};
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::hierarchy::experiment::{Cell, Runs};
use crate::hierarchy::learner::{Coupling, Stage};
use crate::hierarchy::network::{Network, Skips, forward};
use crate::hierarchy::target::expand::{head, integer_network};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// What layer 2 learns alone, in closed form.
pub const CLOSED_FORM: Claim = Claim {
    id: Cow::Borrowed("forward.closed-form"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "For a target W'W + eps g of depth 3, g = ||S_3||^2, and Gaussian inputs, the population optimum of layer 2 alone over symmetric \
                matrices M is, with a free bias, M = W'W + eps P with P = E[g (xx' - I)]/2, at every eps; without bias, and among M \
                supported on the row space of W, it is the unique M = W'W + eps (P + (E g - tr P)/(k+2) I_row). Widths k = 1, 2, 3, d = \
                4, integer weights, lin; the free-bias form also for linskip. For lin, M has rank at most k and is positive \
                semidefinite for 0 <= eps <= 1, so that a layer 2 of width k represents it.",
    ),
    method: "eps divides out of the normal equations E[(x'(M - W'W)x - eps g) x'Dx] = 0 (centred, for a free bias), which are checked as \
             identities between rational numbers for every symmetric D, or every D on the row space. The loss is a convex quadratic in M, \
             strictly convex where the Gram matrix of the directions has full rank (checked), so that the identities mean the global \
             optimum. Semidefiniteness at eps = 1 is checked exactly; between 0 and 1 it follows. proofs/forward.md.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |_| closed_form(&Laws { formula: gaussian, free_bias: gaussian, no_bias: gaussian }),
    controls: &[Control {
        breaks: "Free bias: P from moments of the cube in Gaussian normal equations. No bias: moments of the cube throughout. Every row of W has \
              at least two non-zero entries.",
        check: |_| closed_form(&Laws { formula: sign, free_bias: gaussian, no_bias: sign }),
    }],
};

/// Which moments enter `P`, and which the two kinds of normal equations.
struct Laws {
    formula: Moment,
    free_bias: Moment,
    no_bias: Moment,
}

const DIMENSION: usize = 4;

fn integral(value: i64) -> Rational {
    Rational::from(value)
}

/// `E[p x_i x_j]` for all `i`, `j`.
fn second_moments(p: &Polynomial, moment: Moment) -> Matrix<Rational> {
    let x = Polynomial::variable;
    Matrix::from_fn(DIMENSION, DIMENSION, |i, j| Rational::from(&expectation(&p.times(&x(i).times(&x(j))), moment)))
}

fn identity(n: usize) -> Matrix<Rational> {
    Matrix::from_fn(n, n, |i, j| integral(i64::from(i == j)))
}

fn combined(a: &Matrix<Rational>, factor: &Rational, b: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| &a[(i, j)] + &(factor * &b[(i, j)]))
}

/// `P = E[g (xx' - I)]/2`.
fn feature_drift(g: &Polynomial, moment: Moment) -> Matrix<Rational> {
    let mean = Rational::from(&expectation(g, moment));
    let centred = combined(&second_moments(g, moment), &-&mean, &identity(DIMENSION));
    centred.map(|v| v.weighted(&half()))
}

fn half() -> Rational {
    Rational::from(&Dyadic::one().shifted(-1))
}

/// `E[(x'Bx) x_i x_j]` for all `i`, `j`.
fn contracted(b: &Matrix<Rational>, moment: Moment) -> Matrix<Rational> {
    let fourth = |i: usize, j: usize| second_moments(&Polynomial::variable(i).times(&Polynomial::variable(j)), moment);
    let mut sum = Matrix::filled(DIMENSION, DIMENSION, Rational::zero());
    for (i, j) in (0..DIMENSION).flat_map(|i| (0..DIMENSION).map(move |j| (i, j))) {
        sum = combined(&sum, &b[(i, j)], &fourth(i, j));
    }
    sum
}

/// `E[(x'Bx - g) x_i x_j]`, less the product of the means when the bias is free: zero in all directions at the optimum.
fn normal_residual(b: &Matrix<Rational>, g: &Polynomial, moment: Moment, free_bias: bool) -> Matrix<Rational> {
    let raw = combined(&contracted(b, moment), &integral(-1), &second_moments(g, moment));
    let mean = &trace(b) - &Rational::from(&expectation(g, moment));
    if free_bias { combined(&raw, &-&mean, &identity(DIMENSION)) } else { raw }
}

fn is_zero(matrix: &Matrix<Rational>) -> bool {
    matrix.as_slice().iter().all(Rational::is_zero)
}

/// `W' (W W')^-1 W`, the projection onto the row space; zero when the rows are dependent.
fn row_projection(w: &Matrix<Rational>) -> Matrix<Rational> {
    let coefficients = solve(&product(w, &w.transposed()), w);
    coefficients.map_or_else(|| Matrix::filled(w.cols(), w.cols(), Rational::zero()), |c| product(&w.transposed(), &c))
}

/// Whether `x'(w_a w_b' + w_b w_a')x`, `a <= b`, are linearly independent as functions: the loss is strictly convex on their span.
fn directions_are_independent(w: &Matrix<Rational>) -> bool {
    let pairs: Vec<(usize, usize)> = (0..w.rows()).flat_map(|a| (a..w.rows()).map(move |b| (a, b))).collect();
    let entry = |(a, b): (usize, usize), n: usize| {
        let (i, j) = (n / w.cols(), n % w.cols());
        &(&w[(a, i)] * &w[(b, j)]) + &(&w[(b, i)] * &w[(a, j)])
    };
    rank(&Matrix::from_fn(pairs.len(), w.cols() * w.cols(), |p, n| entry(pairs[p], n))) == pairs.len()
}

fn closed_form(laws: &Laws) -> Result<Outcome> {
    let mut table = Table::new(
        "population optimum of layer 2, d = 4",
        &["index sets", "k", "E g", "tr P", "f/eps", "rank of M", "semidefinite at eps = 1"],
    );
    let (mut free, mut none, mut unique, mut reached) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (skips, k) in [Skips::Lin, Skips::LinSkip].iter().flat_map(|s| (1..=3).map(move |k| (s, k))) {
        let network = integer_network(DIMENSION, 3, k, skips)?;
        let (w, g) = (rational(&network.layer(2).weights[0]), head(&network, 3));
        let (p, mean) = (feature_drift(&g, laws.formula), Rational::from(&expectation(&g, laws.formula)));
        free.push(is_zero(&normal_residual(&p, &g, laws.free_bias, true)));
        let features = product(&w.transposed(), &w);
        let at_one = combined(&features, &Rational::one(), &p);
        let (semidefinite, rank_at_one) = (is_positive_semidefinite(&at_one), rank(&at_one));
        if *skips == Skips::Lin {
            let shift = (&mean - &trace(&p)).over(&integral(k as i64 + 2)).expect("k + 2 is not zero");
            let residual = normal_residual(&combined(&p, &shift, &row_projection(&w)), &g, laws.no_bias, false);
            none.push(is_zero(&product(&product(&w, &residual), &w.transposed())));
            unique.push(directions_are_independent(&w));
            reached.push(semidefinite && rank_at_one <= k);
        }
        let ratio = squared_norm(&p).over(&squared_norm(&features)).map(|r| Interval::from(&r)).and_then(Interval::sqrt);
        let means = [mean, trace(&p)].map(|m| Value::exact(m.to_string()));
        let rest = [enclosed(&ratio), rank_at_one.into(), semidefinite.to_string().into()];
        table.push([skips.name().into(), k.into()].into_iter().chain(means).chain(rest));
    }
    let conditions = vec![
        all_hold(
            "normal equations with a free bias",
            "free bias: W'W + eps P satisfies the normal equations in every symmetric direction",
            &free,
        ),
        all_hold(
            "normal equations without a bias",
            "no bias, lin: the stated form satisfies them in every direction on the row space",
            &none,
        ),
        all_hold(
            "independent directions",
            "no bias, lin: these directions are independent, so that the optimum on them is unique",
            &unique,
        ),
        all_hold("M of rank at most k and semidefinite", "lin: M has rank at most k and is semidefinite at eps = 1", &reached),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// `||A||_F^2`.
fn squared_norm(a: &Matrix<Rational>) -> Rational {
    a.as_slice().iter().fold(Rational::zero(), |sum, v| &sum + &v.squared())
}

/// Layer 2 alone learns its features up to an error proportional to the gap.
pub const LINEAR_ERROR: Claim = Claim {
    id: Cow::Borrowed("forward.linear-error"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "Trained alone, before layer 3 is switched on, layer 2 learns the target's features up to an error f that is \
                proportional to the gap eps: the slope of ln f against ln eps is in [.9, 1.1] on every seed, for the instances lin L3 \
                k2 d16 and quad01 L3 k1 d16 at eps = .2, .1, .05, .025, .0125. For the targets of lin, the optimum of layer 2 on the \
                population over all symmetric M, with a free bias, has f/eps equal to a constant above zero: at every eps, by lemma 1 of \
                proofs/forward.md.",
    ),
    method: "Full-batch gradient descent on layer 2 for 1000 steps; f^2 = ||K'K - W'W||_F^2 / ||W'W||_F^2 of the trained weights is an \
             exact rational number, and the least-squares slope is enclosed. On the population, f/eps = ||P||_F / ||W'W||_F with P = E[g (xx' - \
             I)]/2 (forward.closed-form): its square is an exact rational number of the target's weights.",
    evidence: &[Evidence::Replayed, Evidence::Enclosed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| linear_error_cells(profile),
    check: |c| linear_error(c.profile, c.computed, |gap| gap),
    controls: &[Control {
        breaks: "The top layer of the target is switched off (alpha_3 = 0): on the population f = 0, and what the runs leave is rounding, the same \
              at every eps, so that its slope is not near 1.",
        check: |c| linear_error(c.profile, c.computed, |_| 0.0),
    }],
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
            let errors = points.iter().map(|(_, f)| enclosed(f));
            table.push([recipe.name.into(), seed.into()].into_iter().chain(errors).chain([enclosed_fixed(&slope)]));
            slopes.push(slope);
        }
    }
    let condition = all_slopes_within("slope of ln f against ln eps", " on every seed", &slopes, ("0.9", "1.1"));
    let (exact, ratios) = population_ratios(profile, gap_of_target)?;
    Ok(Outcome { conditions: vec![condition, exact], tables: vec![table, ratios] })
}

/// `f/eps` of the population optimum for the targets of `lin`.
fn population_ratios(profile: Profile, gap_of_target: fn(f64) -> f64) -> Result<(Condition, Table)> {
    let mut table = Table::new("f/eps of the optimum on the population, lin L3 k2 d16", &["seed", "f/eps"]);
    let mut positive = Vec::new();
    let gap = instances::GAP;
    for seed in instances::seeds(profile) {
        let target = layer_2_alone(&LIN_K2_D16, profile, gap_of_target(gap), seed).instance.target()?;
        let target = target.try_map(|&w| Dyadic::try_from(w))?;
        let squared = squared_drift(&target).and_then(|f| f.over(&Rational::try_from(gap).ok()?.squared()));
        positive.push(squared.as_ref().is_some_and(|s| !s.is_zero()));
        let root = |s: &Rational| if s.is_zero() { Value::exact("0") } else { enclosed(&Interval::from(s).sqrt()) };
        table.push([seed.into(), squared.as_ref().map_or_else(|| "absent".into(), root)]);
    }
    Ok((
        all_hold("f/eps of the optimum above", "f/eps of the optimum on the population is above zero on every seed", &positive),
        table,
    ))
}

/// `alpha_3^2 ||P||_F^2 / ||W'W||_F^2` of a chain of depth 3 (guarantee: exact).
///
/// `g` is a function of `z = W x`, so by parts `P = W'QW` with `Q = E[Hessian of g in z]/2`; with `G = WW'` the norms are
/// `tr QGQG` and `tr GG` (`proofs/forward.md`, lemma 3).
fn squared_drift(target: &Network<Dyadic>) -> Option<Rational> {
    let rows = target.layer(2).weights.first()?.clone();
    let k = rows.rows();
    let inputs = vec![variables(k), vec![Polynomial::zero(); target.architecture().width(3)]];
    let g = forward::head(&forward::values_from(target, inputs).sums[1]).weighted(&target.layer(3).scale);
    let features = Features::new(rows, None).ok()?;
    let gram = rational(&features.gram());
    let mut moments = Moments::new(GaussianFeatures(features), BUDGET);
    let mut hessian = Matrix::filled(k, k, Rational::zero());
    for (i, j) in (0..k).flat_map(|i| (0..k).map(move |j| (i, j))) {
        hessian[(i, j)] = Rational::from(&moments.expectation(&derivative(&derivative(&g, i), j))?).weighted(&half());
    }
    let drift = product(&hessian, &gram);
    trace(&product(&drift, &drift)).over(&trace(&product(&gram, &gram)))
}

/// Products that the moments of one target may cost; a quartic in two variables takes a few dozen.
const BUDGET: usize = 10_000;
