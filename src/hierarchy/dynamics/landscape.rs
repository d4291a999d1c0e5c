//! No bad critical point, at any depth: what has to be checked, exactly or by enclosures (`proofs/dynamics.md`, lemmas 2 to 4).

use super::chain::{Chain, exponent};
use super::stage::{covariance, evaluate, exponents, gram, optimum};
use crate::enclosure::Interval;
use crate::enclosure::boxes::{Finding, Outcome, Search};
use crate::error::Result;
use crate::exact::linear::{pivots, solve};
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `-L_a / a`, the rate at which the angle of `K_2` to `w` falls, as a polynomial in `a, s, c_3, ..., c_m` (`c_2 = 1`), with
/// `L_a` the derivative of the loss in `a` at fixed `s` (guarantee: exact).
///
/// It is `2 sum_j j! j H_j T_j a^(j-2)`; `None` when `a` does not divide `L_a`.
pub fn angular_rate(target: &[Dyadic], top: usize) -> Option<Polynomial> {
    let constant = |value: &Dyadic| Polynomial::constant(value.clone());
    let chain = Chain::new(target.iter().map(constant).collect(), vec![Polynomial::one(); target.len()]);
    let c: Vec<Polynomial> = (2..=top).map(|l| if l == 2 { Polynomial::one() } else { Polynomial::variable(l - 1) }).collect();
    let along = chain.slopes(&Polynomial::variable(0), &Polynomial::variable(1), &c).along;
    let mut rate = Polynomial::zero();
    for (alpha, coefficient) in along.terms() {
        let mut lowered = alpha.clone();
        *lowered.first_mut().filter(|e| **e > 0)? -= 1;
        rate = rate.minus(&Polynomial::monomial(lowered, coefficient.clone()));
    }
    Some(rate)
}

/// Whether a rate has no negative coefficient and a positive constant term: then it is at least that constant wherever `s` and
/// all
/// `c_l` are at least zero (guarantee: exact).
pub fn is_bounded_below_by_its_constant(rate: &Polynomial) -> bool {
    let zero = Dyadic::zero();
    rate.terms().all(|(_, c)| *c > zero) && rate.coefficient(&[]) > zero
}

/// The exponents of `a, k_3, ..., k_L` in `y_2, ..., y_L`, read from the reduced map, one row a `y_l` (guarantee: exact); `None`
/// when some `y_l` is not a monomial.
pub fn exponent_matrix(depth: usize) -> Option<Matrix<u32>> {
    let chain = Chain::new(vec![Polynomial::one(); depth - 1], vec![Polynomial::one(); depth - 1]);
    let heads: Vec<Polynomial> = (3..=depth).map(|l| Polynomial::variable(l - 2)).collect();
    let mut rows = Vec::new();
    for (l, c) in (2..).zip(chain.coefficients(&heads)) {
        let y = c.times(&Polynomial::monomial(vec![exponent(l)], Dyadic::one()));
        let mut terms = y.terms();
        let (Some((alpha, _)), None) = (terms.next(), terms.next()) else { return None };
        rows.push((0..depth - 1).map(|i| alpha.get(i).copied().unwrap_or(0)).collect::<Vec<_>>());
    }
    Some(Matrix::from_fn(depth - 1, depth - 1, |i, j| rows[i][j]))
}

/// Whether a matrix is lower triangular with 2 on its diagonal: `(ln a, ln k_3, ..) -> ln y` is then a linear bijection.
pub fn is_triangular_with_twos(matrix: &Matrix<u32>) -> bool {
    let expected = |i: usize, j: usize| i > j || matrix[(i, j)] == if i == j { 2 } else { 0 };
    (0..matrix.rows()).all(|i| (0..matrix.cols()).all(|j| expected(i, j)))
}

/// Whether the covariances of `z^(p_2), ..., z^(p_L)` are positive definite (guarantee: exact).
pub fn is_positive_definite(powers: &[u32]) -> bool {
    let zero = Rational::zero();
    pivots(&gram(powers, powers)).is_some_and(|pivots| pivots.iter().all(|p| *p > zero))
}

/// `1 / (Gamma_ll (Gamma_mm^-1)_ll)`, the part of the variance of `z^(p_l)` that the other powers up to `p_m` leave (guarantee:
/// exact).
pub fn residual_share(l: usize, top: usize) -> Rational {
    let powers = exponents(top);
    let unit = Matrix::from_fn(powers.len(), 1, |i, _| Rational::from(i64::from(i == l - 2)));
    let inverse = solve(&gram(&powers, &powers), &unit).expect("powers of z and 1 are linearly independent");
    let product = &inverse[(l - 2, 0)] * &covariance(exponent(l), exponent(l));
    Rational::one().over(&product).expect("the inverse of a positive definite matrix has a positive diagonal")
}

/// The first place at which one of several polynomials in `eps > 0`, positive at 0, is not positive any more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// All stay positive for every `eps > 0`.
    Never,
    /// All are positive below this interval, and one is negative at its upper end.
    Within(Interval),
}

/// How far apart the ends of a [`Threshold`] are, about.
const WIDTH: f64 = 1e-9;
/// Where the search for a threshold ends.
const LARGEST_GAP: f64 = 4.0;
/// The most boxes that the proof of positivity below a threshold may take.
const MOST_BOXES: usize = 20_000;

/// The threshold of polynomials with enclosed coefficients (guarantee: valid); `None` when the enclosures do not decide it, or
/// it is beyond 4.
///
/// # Errors
/// Never, unless a bound of the search is impossible.
fn first_root(polynomials: &[Vec<Interval>]) -> Result<Option<Threshold>> {
    if polynomials.iter().flatten().all(|c| c.inf() >= 0.0) {
        return Ok(Some(Threshold::Never));
    }
    let least = |eps: Interval| polynomials.iter().map(|p| evaluate(p, eps).inf()).fold(f64::INFINITY, f64::min);
    let candidate = candidate_root(|eps| Interval::try_from(eps).map_or(f64::NEG_INFINITY, least));
    let (lower, upper) = (candidate - 0.5 * WIDTH, candidate + 0.5 * WIDTH);
    let Some((whole, end)) = Interval::new(0.0, lower).zip(Interval::new(upper, upper)) else { return Ok(None) };
    let positive = |part: &[Interval]| if least(part[0]) > 0.0 { Finding::Holds } else { Finding::Unknown };
    let proved = matches!(Search::new(vec![whole], vec![1.0], MOST_BOXES)?.run(positive), Outcome::Proved(_));
    let negative = polynomials.iter().any(|p| evaluate(p, end).sup() < 0.0);
    Ok(Interval::new(lower, upper).filter(|_| proved && negative).map(Threshold::Within))
}

/// A float near the first sign change of `f` (guarantee: approximate): the first of a grid, then bisection.
fn candidate_root(f: impl Fn(f64) -> f64) -> f64 {
    let grid = (1..=256).map(|i| LARGEST_GAP * f64::from(i) / 256.0);
    let mut above = grid.into_iter().find(|&eps| f(eps) <= 0.0).unwrap_or(LARGEST_GAP);
    let mut below = above - LARGEST_GAP / 256.0;
    while above - below > 1e-3 * WIDTH {
        let middle = 0.5 * (below + above);
        *(if f(middle) > 0.0 { &mut below } else { &mut above }) = middle;
    }
    above
}

/// The polynomial divided by the power of `eps` that layer `l` carries.
fn without_factor(polynomial: &[Interval], l: usize) -> Vec<Interval> {
    polynomial[l - 2..].to_vec()
}

/// `eps*(L)`: below it every optimum `y^(m)`, `m < L`, has positive coordinates (unit heads; guarantee: valid).
///
/// # Errors
/// Never, unless a bound of the search is impossible.
pub fn positivity_threshold(depth: usize) -> Result<Option<Threshold>> {
    let stages = (2..depth).flat_map(|m| (2..=m).map(move |j| (j, m)));
    let polynomials: Vec<_> = stages.map(|(j, m)| without_factor(&optimum(j, m, depth), j)).collect();
    first_root(&polynomials)
}

/// `eps**(L)`: below it, in every stage `m = 3, ..., L`, the newest layer has the least bar `lo_l = (y_l^(m))^2 /
/// (Gamma_mm^-1)_ll`, and all coordinates are positive (unit heads; guarantee: valid).
///
/// # Errors
/// Never, unless a bound of the search is impossible.
pub fn compactness_threshold(depth: usize) -> Result<Option<Threshold>> {
    let root = |l: usize, m: usize| Interval::from(&residual_share(l, m)).sqrt().expect("a share is positive");
    let mut polynomials = Vec::new();
    for m in 3..=depth {
        let newest = optimum(m, m, depth);
        for l in 2..m {
            let y = optimum(l, m, depth);
            // sqrt(share_l) y_l - sqrt(share_m) y_m, over eps^(l-2)
            let (of_l, of_m) = (root(l, m), root(m, m));
            let difference: Vec<Interval> = y.iter().zip(&newest).map(|(y, n)| of_l * *y - of_m * *n).collect();
            polynomials.push(without_factor(&difference, l));
        }
        polynomials.extend((2..=m).map(|l| without_factor(&optimum(l, m, depth), l)));
    }
    first_root(&polynomials)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(depth: usize) -> Vec<Dyadic> {
        (2..=depth as i64).map(|l| Dyadic::from(7 - l)).collect()
    }

    #[test]
    fn the_angle_falls_at_least_at_the_rate_of_layer_2() {
        for (depth, top) in (2..=5).flat_map(|l| (2..=l).map(move |m| (l, m))) {
            let rate = angular_rate(&target(depth), top).unwrap();
            let bt = Chain::new(target(depth), vec![Dyadic::one(); depth - 1]).target_hermite(2);
            assert!(is_bounded_below_by_its_constant(&rate));
            assert_eq!(rate.coefficient(&[]), &bt * &Dyadic::from(8));
        }
        // Without a part of degree 2 in the target the pull vanishes at a = 0.
        let rate = angular_rate(&[Dyadic::from(-6), Dyadic::one()], 3).unwrap();
        assert!(!is_bounded_below_by_its_constant(&rate));
    }

    #[test]
    fn the_change_of_coordinates_is_triangular() {
        for depth in 2..=8 {
            assert!(is_triangular_with_twos(&exponent_matrix(depth).unwrap()));
        }
        assert_eq!(exponent_matrix(4).unwrap().row(2), [8, 4, 2]);
    }

    #[test]
    fn covariances_are_positive_definite_unless_a_power_occurs_twice() {
        assert!((2..=8).all(|depth| is_positive_definite(&exponents(depth))));
        assert!(!is_positive_definite(&[2, 4, 4]));
    }

    #[test]
    fn residual_shares_of_the_newest_layer() {
        let shares: Vec<String> = (3..=7).map(|m| residual_share(m, m).to_fixed(3)).collect();
        assert_eq!(shares, ["0.250", "0.300", "0.583", "0.904", "0.995"]);
    }

    fn decimals(threshold: Option<Threshold>, digits: usize) -> String {
        match threshold {
            Some(Threshold::Within(interval)) => interval.to_fixed(digits).unwrap_or_else(|| interval.to_string()),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn thresholds() {
        let of = |f: fn(usize) -> Result<Option<Threshold>>, digits| {
            (3..=8).map(|depth| decimals(f(depth).unwrap(), digits)).collect::<Vec<_>>()
        };
        let expected = ["Some(Never)", "1.0932651", "0.9186942", "0.8914949", "0.8914897", "0.8914897"];
        assert_eq!(of(positivity_threshold, 7), expected);
        let found = of(compactness_threshold, 5);
        assert_eq!(found[1..], ["0.47792", "0.34309", "0.34116", "0.34116", "0.34116"]);
        let Some(Threshold::Within(one)) = compactness_threshold(3).unwrap() else { panic!("it is enclosed") };
        assert!(one.contains(1.0));
    }
}
