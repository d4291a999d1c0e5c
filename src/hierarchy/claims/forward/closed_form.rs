//! The optimum of layer 2 alone, in closed form.

use std::borrow::Cow;

use super::half;
use crate::claim::judging::{all_hold, enclosed};
use crate::claim::{Claim, Control, Evidence, Outcome, Table, Value};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::inputs::{Moment, expectation, gaussian, sign};
use crate::exact::linear::{is_positive_semidefinite, product, rank, rational, solve, trace};
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::hierarchy::claims::integer_weights::integer_weights;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::network::{Network, Skips};
use crate::hierarchy::target::expand::{head, integer_network};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// What layer 2 learns alone, in closed form.
pub const CLOSED_FORM: Claim<Training> = Claim {
    id: Cow::Borrowed("forward.closed-form"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "For a target W'W + eps g of depth 3, g = ||S_3||^2, and Gaussian inputs, the population optimum of layer 2 \
        alone over symmetric matrices M is, with a free bias, M = W'W + eps P with P = E[g (xx' - I)]/2, at every \
        eps; without bias, and among M supported on the row space of W, it is the unique M = W'W + eps (P + (E g - \
        tr P)/(k+2) I_row). Widths k = 1, 2, 3, d = 4, integer weights, lin; the free-bias form also for linskip. \
        For lin, the one with a free bias has rank at most k and is positive semidefinite for 0 <= eps <= 1, so that a \
        layer 2 of width k represents it; the other one need not be.",
    ),
    method: "eps divides out of the normal equations E[(x'(M - W'W)x - eps g) x'Dx] = 0 (centred, for a free bias), \
            which are checked as identities between rational numbers for every symmetric D, or every D on the row \
            space. The loss is a convex quadratic in M, strictly convex where the directions are linearly independent \
            (checked), so that the identities mean the global optimum. Rank and semidefiniteness, with a free bias, \
            are checked exactly at eps = 1; between 0 and 1 it follows. proofs/forward.md.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |_| {
        let Outcome { conditions, tables } = closed_form(&GAUSSIAN, target)?;
        Ok(Outcome { conditions, tables: tables.into_iter().chain([weights()?]).collect() })
    },
    controls: &[
        Control {
            breaks: "Free bias: P from moments of the cube in Gaussian normal equations. No bias: moments of the \
                    cube throughout. Every row of W has at least two non-zero entries: else x_i^2 = 1 would hide the \
                    difference.",
            check: |_| closed_form(&Laws { formula: sign, free_bias: gaussian, no_bias: sign }, target),
        },
        Control {
            breaks: "The last row of W repeats the first (k = 2, 3): the directions are dependent, and do not show the \
                    optimum to be unique; I_row is then taken as 0, so that the form without a bias fails as well.",
            check: |_| closed_form(&GAUSSIAN, with_repeated_row),
        },
    ],
};

/// Gaussian inputs, in the formula and in the normal equations.
const GAUSSIAN: Laws = Laws { formula: gaussian, free_bias: gaussian, no_bias: gaussian };

/// The target of width `k`.
fn target(k: usize, skips: &Skips) -> Result<Network<Dyadic>> {
    integer_network(DIMENSION, 3, k, skips)
}

/// The same with the first row of `W` in the place of the last, too.
fn with_repeated_row(k: usize, skips: &Skips) -> Result<Network<Dyadic>> {
    let mut network = target(k, skips)?;
    let w = &mut network.layer_mut(2).weights[0];
    *w = Matrix::from_fn(w.rows(), w.cols(), |i, j| w[(if i + 1 == k { 0 } else { i }, j)].clone());
    Ok(network)
}

/// Which moments enter `P`, and which the two kinds of normal equations.
struct Laws {
    formula: Moment,
    free_bias: Moment,
    no_bias: Moment,
}

const DIMENSION: usize = 4;

/// Index sets and width of each target.
fn targets() -> impl Iterator<Item = (Skips, usize)> {
    [Skips::Lin, Skips::LinSkip].into_iter().flat_map(|skips| (1..=3).map(move |k| (skips.clone(), k)))
}

fn weights() -> Result<Table> {
    let of = |(skips, k): (Skips, usize)| Ok(([skips.name().into(), k.into()], integer_network(DIMENSION, 3, k, &skips)?));
    Ok(integer_weights(["index sets", "k"], &targets().map(of).collect::<Result<Vec<_>>>()?))
}

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

fn closed_form(laws: &Laws, target: fn(usize, &Skips) -> Result<Network<Dyadic>>) -> Result<Outcome> {
    let columns = ["index sets", "k", "E g", "tr P", "f/eps", "rank of M", "semidefinite at eps = 1"];
    let mut table = Table::new("population optimum of layer 2, d = 4", &columns);
    let (mut free, mut none, mut unique, mut reached) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (skips, k) in targets() {
        let network = target(k, &skips)?;
        let (w, g) = (rational(&network.layer(2).weights[0]), head(&network, 3));
        let (p, mean) = (feature_drift(&g, laws.formula), Rational::from(&expectation(&g, laws.formula)));
        free.push(is_zero(&normal_residual(&p, &g, laws.free_bias, true)));
        let features = product(&w.transposed(), &w);
        let at_one = combined(&features, &Rational::one(), &p);
        let (semidefinite, rank_at_one) = (is_positive_semidefinite(&at_one), rank(&at_one));
        if skips == Skips::Lin {
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
