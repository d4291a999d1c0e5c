//! Where layerwise training stops, at every depth (`proofs/dynamics.md`, lemmas 5 to 7).
//!
//! After layer 2 alone `y_2 = t_2 + delta`, and stays so. Whatever the layers above do, with infinitely many samples and any
//! optimiser, `te >= delta^2 S_L / Var F*`, where `S_L` is the squared distance of `z^2` from the span of 1 and the higher
//! powers.

use super::chain::exponent;
use super::stage::{covariance, exponents, gram};
use crate::enclosure::boxes::{Finding, Outcome, Search};
use crate::enclosure::{Interval, Range};
use crate::error::{Error, Result};
use crate::exact::inputs::{derivative, variables};
use crate::exact::linear::{is_positive_semidefinite, pivots, product, rational, trace};
use crate::exact::moments::{Features, GaussianFeatures, Moments};
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::hierarchy::network::{Network, forward};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The squared distance of `z^(powers_0)` from the span of 1 and the other powers, when each variance `Gamma_ii` is lowered to
/// `(1 - kappa) Gamma_ii` (guarantee: exact); `None` when that matrix is not positive definite.
fn lowered_distance(powers: &[u32], kappa: &Rational) -> Option<Rational> {
    let last_first: Vec<u32> = powers.iter().rev().copied().collect();
    let mut matrix = gram(&last_first, &last_first);
    for i in 0..powers.len() {
        matrix[(i, i)] = &matrix[(i, i)] * &(&Rational::one() - kappa);
    }
    let pivots = pivots(&matrix)?;
    pivots.iter().all(|p| *p > Rational::zero()).then(|| pivots.last().cloned())?
}

/// The squared distance of `z^(powers_0)` from the span of 1 and the other powers (guarantee: exact); `None` when these are not
/// independent.
pub fn squared_distance(powers: &[u32]) -> Option<Rational> {
    lowered_distance(powers, &Rational::zero())
}

/// `S_L`, the Schur complement of `Gamma` on the coordinate of layer 2 (guarantee: exact).
pub fn schur_complement(depth: usize) -> Rational {
    squared_distance(&exponents(depth)).expect("powers of z and 1 are linearly independent under the Gaussian")
}

/// `(3/4)^(2^n)`.
fn three_quarters(n: usize) -> Rational {
    let quotient = Rational::new(3, 4).expect("four is not zero");
    (0..n).fold(quotient, |power, _| power.squared())
}

/// A bound of `|E|^2 / (1 - tau)`, which covers all layers above `split` at once (guarantee: valid; lemma 6), for `split >= 6`.
///
/// `2 * 2 (split - 1) y / (1 - y)` with `y = (3/4)^(2^(split-2))`, since `tau <= 1/2`.
pub fn tail_weight(split: usize) -> Rational {
    let y = three_quarters(split - 2);
    let sum = y.over(&(&Rational::one() - &y)).expect("y is below 1");
    &Rational::from(4 * (split as i64 - 1)) * &sum
}

/// `S_inf = inf_L S_L`: at least the distance in which the layers up to `split` have their variances lowered, at most `S_split`
/// (guarantee: valid; lemma 6).
///
/// `None` when `split` is below 6, or the lowered matrix is not positive definite.
pub fn limit_of_schur_complements(split: usize) -> Option<Range> {
    let kappa = (split >= 6).then(|| tail_weight(split))?;
    Range::new(lowered_distance(&exponents(split), &kappa)?, schur_complement(split))
}

/// The limit of `te` in layerwise training of depth 3: `(3/16) eps^2 / (1 + sqrt(3) eps + eps^2)` (guarantee: valid).
pub fn depth_three_floor(eps: Interval) -> Interval {
    let constant = |n: i64, d: i64| Interval::from(&Rational::new(n, d).expect("no denominator is zero"));
    let root = constant(3, 1).sqrt().expect("three is positive");
    constant(3, 16) * eps.sqr() / (Interval::one() + root * eps + eps.sqr())
}

/// `delta / eps` and `Var F*` for unit heads (guarantee: valid).
fn drift_and_variance(depth: usize, eps: Interval) -> (Interval, Interval) {
    let variance = |l: usize| covariance(exponent(l), exponent(l));
    // Corr(z^(p_i), z^(p_l)), not negative
    let correlation = |i: usize, l: usize| {
        let square = covariance(exponent(i), exponent(l)).squared().over(&(&variance(i) * &variance(l)));
        Interval::from(&square.expect("a variance is positive")).sqrt().expect("a square")
    };
    let half = Interval::from(&Dyadic::one().shifted(-1)).sqrt().expect("a half is positive");
    let (mut drift, mut total) = (Interval::zero(), Interval::zero());
    for l in 2..=depth {
        if l > 2 {
            drift = drift + correlation(2, l) * power(eps, l - 3) * half;
        }
        for i in 2..=depth {
            total = total + correlation(i, l) * power(eps, i + l - 4);
        }
    }
    (drift, total)
}

fn power(x: Interval, n: usize) -> Interval {
    (0..n).fold(Interval::one(), |power, _| power * x)
}

/// The bound `delta^2 S_L / Var F* / eps^2` of the layerwise `te / eps^2` at depth `L`, unit heads (guarantee: valid).
pub fn floor_at_depth(depth: usize, eps: Interval) -> Interval {
    let (drift, variance) = drift_and_variance(depth, eps);
    drift.sqr() * Interval::from(&schur_complement(depth)) / variance
}

/// A lower bound of the layerwise `te / eps^2` that holds at EVERY depth from 4 on, for the gaps in `eps` (guarantee: valid;
/// lemma 7).
///
/// `delta` is at least its part from layers 3 and 4; `Var F* <= (sqrt V_4 + eps^3/(1 - eps))^2` with `V_4` the variance of a
/// target of depth 4; `S_L >= S_inf`, of which a lower bound is given.
pub fn floor_at_every_depth(limit_lower: &Rational, eps: Interval) -> Interval {
    let (drift, variance) = drift_and_variance(4, eps);
    let tail = power(eps, 3) / (Interval::one() - eps);
    let deviation = variance.sqrt().unwrap_or(Interval::ENTIRE) + tail;
    drift.sqr() * Interval::from(limit_lower) / deviation.sqr()
}

/// The most boxes that [`is_floor_at_every_depth`] takes.
const MOST_BOXES: usize = 10_000;

/// Whether the layerwise `te / eps^2` is at least `floor` at every depth from 4 on and for every gap up to `largest`
/// (guarantee: valid; lemma 7), given a lower bound of `S_inf`.
///
/// # Errors
/// When the largest gap is not a positive float.
pub fn is_floor_at_every_depth(limit_lower: &Rational, floor: Interval, largest: f64) -> Result<Outcome> {
    let whole = Interval::new(0.0, largest).ok_or_else(|| Error::input(largest, "a positive gap"))?;
    let bound = |eps: Interval| floor_at_every_depth(limit_lower, eps);
    let judge = |part: &[Interval]| match Interval::try_from(part[0].mid()) {
        _ if bound(part[0]).inf() >= floor.sup() => Finding::Holds,
        Ok(middle) if bound(middle).sup() < floor.inf() => Finding::Fails,
        _ => Finding::Unknown,
    };
    Ok(Search::new(vec![whole], vec![1.0], MOST_BOXES)?.run(judge))
}

/// `4 |P_0|^2/(k+6) + 2 (tr P)^2/(k(k+3))`: the least variance of `x'Px` less any quartic form of the row space of dimension
/// `k`, for
/// `P = W'QW` (guarantee: exact; lemma 8). `te Var y` of layerwise `lin` training of depth 3 is at least `eps^2` times it.
///
/// `gram` is `WW'`, `k x k`; `form` is the symmetric `Q`.
pub fn distance_from_quartics(gram: &Matrix<Dyadic>, form: &Matrix<Rational>) -> Rational {
    let k = gram.rows() as i64;
    let qg = product(form, &rational(gram));
    let (tr, square) = (trace(&qg), trace(&product(&qg, &qg)));
    let over = |x: &Rational, n: i64| x.over(&Rational::from(n)).expect("a width is positive");
    let traceless = &square - &over(&tr.squared(), k);
    &over(&(&Rational::from(4) * &traceless), k + 6) + &over(&(&Rational::from(2) * &tr.squared()), k * (k + 3))
}

/// Products that the moments of one target may cost; a quartic in two variables takes a few dozen.
const BUDGET: usize = 100_000;

/// The least residual variance of layerwise training of a `lin` target of depth 3 on the population, whatever layer 3 does:
/// lemma 8 with
/// `Q = E[Hessian of alpha_3 |S_3|^2]/2` in the variables `z = W_2 x` (guarantee: exact).
///
/// # Errors
/// When the target is no chain of depth 3, or the moments cost too much.
pub fn layerwise_floor(target: &Network<Dyadic>) -> Result<Rational> {
    let (gram, form) = drift(target)?;
    Ok(distance_from_quartics(&gram, &form))
}

/// `WW'`, and the `Q` of the drift `W'QW` of layer 2, of a `lin` target of depth 3 (guarantee: exact; `proofs/forward.md`, lemma 3).
///
/// # Errors
/// As [`layerwise_floor`].
pub fn drift(target: &Network<Dyadic>) -> Result<(Matrix<Dyadic>, Matrix<Rational>)> {
    if target.depth() != 3 || target.architecture().index_set(2) != [0] || target.architecture().index_set(3) != [2] {
        return Err(Error::refused("the closed form is one for chains of depth 3"));
    }
    let rows = target.layer(2).weights[0].clone();
    let (k, half) = (rows.rows(), Dyadic::one().shifted(-1));
    let inputs = vec![variables(k), vec![Polynomial::zero(); target.architecture().width(3)]];
    let head = forward::head(&forward::values_from(target, inputs).sums[1]).weighted(&target.layer(3).scale);
    let features = Features::new(rows, None)?;
    let gram = features.gram();
    let mut moments = Moments::new(GaussianFeatures(features), BUDGET);
    let mut form = Matrix::filled(k, k, Rational::zero());
    for (i, j) in (0..k).flat_map(|i| (0..k).map(move |j| (i, j))) {
        let second = derivative(&derivative(&head, i), j);
        let mean = moments.expectation(&second).ok_or_else(|| Error::refused("the moments of the target cost too much"))?;
        form[(i, j)] = Rational::from(&(&mean * &half));
    }
    Ok((gram, form))
}

/// Whether `W'W + P = W'(I + Q)W` is positive semidefinite, so that layer 2 alone reaches it (guarantee: exact; `proofs/forward.md`,
/// lemma 2).
///
/// # Errors
/// As [`layerwise_floor`].
pub fn is_reached(target: &Network<Dyadic>) -> Result<bool> {
    let (_, form) = drift(target)?;
    let unit = |i: usize, j: usize| Rational::from(i64::from(i == j));
    Ok(is_positive_semidefinite(&Matrix::from_fn(form.rows(), form.cols(), |i, j| &form[(i, j)] + &unit(i, j))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::flattening::exponents as multi_indices;
    use crate::exact::inputs::{expectation, gaussian, sum};
    use crate::exact::linear::solve;

    #[test]
    fn schur_complements() {
        assert_eq!(schur_complement(3), Rational::new(1, 2).unwrap());
        assert_eq!(schur_complement(4), Rational::new(6, 19).unwrap());
        assert_eq!(schur_complement(5), Rational::new(106_962, 373_319).unwrap());
        assert_eq!(schur_complement(6).to_fixed(6), "0.284669");
        assert_eq!(schur_complement(8).to_fixed(21), "0.284661156650359146414");
    }

    #[test]
    fn the_limit_of_the_schur_complements_is_enclosed() {
        assert_eq!(limit_of_schur_complements(8).unwrap().lower().lower_fixed(7), "0.2846594");
        let nine = limit_of_schur_complements(9).unwrap();
        assert_eq!(nine.to_fixed(12), Some("0.284661156650".into()));
        let ten = limit_of_schur_complements(10).unwrap();
        assert_eq!(ten.to_fixed(26), Some("0.28466115665035914635762870".into()));
        assert!(nine.lower() <= ten.lower() && ten.upper() <= nine.upper());
        assert!(limit_of_schur_complements(5).is_none());
    }

    /// Lemma 6: squared correlations of powers `b >= 2a` are at most `2 (3/4)^(b/4)`.
    #[test]
    fn correlations_fall_as_the_lemma_says() {
        for (i, j) in (2..=9).flat_map(|i| (i + 1..=10).map(move |j| (i, j))) {
            let (a, b) = (exponent(i), exponent(j));
            let square = covariance(a, b).squared().over(&(&covariance(a, a) * &covariance(b, b))).unwrap();
            let quarter = (0..b / 4).fold(Rational::from(2), |p, _| &p * &Rational::new(3, 4).unwrap());
            assert!(square <= quarter, "{a} {b}");
        }
    }

    /// Even powers that are not lacunary leave less of `z^2` than the limit does.
    #[test]
    fn a_full_set_of_powers_leaves_less() {
        let all: Vec<u32> = (1..=8).map(|i| 2 * i).collect();
        assert!(squared_distance(&all).unwrap() < *limit_of_schur_complements(9).unwrap().lower());
    }

    /// Width 1 and a unit direction: `(eps beta 6)^2 / 2` with `eps beta = alpha_3 w_3^2`.
    #[test]
    fn the_floor_of_width_1_is_the_chains() {
        use crate::hierarchy::target::expand::integer_network;
        let target = integer_network(1, 3, 1, &crate::hierarchy::network::Skips::Lin).unwrap();
        let weight = |l: usize| target.layer(l).weights[0][(0, 0)].clone();
        let (w, v) = (weight(2), weight(3));
        // alpha_3 (v w^2 z^2)^2 has the coefficient v^2 w^4, and 36/2 of its square is left.
        let coefficient = Rational::from(&(&v.squared() * &w.power(4)));
        assert_eq!(layerwise_floor(&target).unwrap(), Rational::from(18) * coefficient.squared());
        assert!(layerwise_floor(&integer_network(2, 4, 1, &crate::hierarchy::network::Skips::Lin).unwrap()).is_err());
    }

    /// A layer 3 that pulls the second direction of layer 2 below zero: `(4 z_1^2 - z_2^2)^2` has `Q_22 < 0`.
    #[test]
    fn a_large_drift_may_leave_the_cone() {
        use crate::hierarchy::network::Skips;
        use crate::hierarchy::target::expand::integer_network;
        let mut target = integer_network(4, 3, 2, &Skips::Lin).unwrap();
        assert!(is_reached(&target).unwrap());
        target.layer_mut(2).weights = vec![Matrix::from_fn(2, 4, |i, j| Dyadic::from(i64::from(i == j)))];
        target.layer_mut(3).weights = vec![Matrix::from_fn(2, 2, |_, j| Dyadic::from([4, -1][j]))];
        assert!(!is_reached(&target).unwrap());
        assert!(is_reached(&integer_network(4, 4, 1, &Skips::Lin).unwrap()).is_err());
    }

    #[test]
    fn floors() {
        let eps = |text: &str| Interval::from(&text.parse::<Rational>().unwrap());
        let floors: Vec<String> = (3..=7).map(|depth| floor_at_depth(depth, eps("0.1")).to_fixed(4).unwrap()).collect();
        assert_eq!(floors, ["0.1585", "0.1091", "0.0991", "0.0984", "0.0984"]);
        let at_three = depth_three_floor(eps("0.1")) / eps("0.1").sqr();
        assert!(at_three.certainly_less(floor_at_depth(3, eps("0.1"))).is_none());
        let limits = [("0.2", "0.0054096545"), ("0.1", "0.0015846788"), ("0.05", "0.0004304002"), ("0.025", "0.0001122565")];
        for (gap, limit) in limits {
            assert_eq!(depth_three_floor(eps(gap)).to_fixed(10), Some(limit.to_owned()));
        }
        let limit = limit_of_schur_complements(9).unwrap();
        let holds = |floor: &str, largest: f64| is_floor_at_every_depth(limit.lower(), eps(floor), largest).unwrap();
        assert!(matches!(holds("0.098", 0.1f64.next_up()), Outcome::Proved(_)));
        assert!(matches!(holds("0.099", 0.1), Outcome::Refuted(_)) && matches!(holds("0.098", 0.2), Outcome::Refuted(_)));
        assert!(holds("0.098", 0.1) != holds("0.098", 0.05) && is_floor_at_every_depth(limit.lower(), eps("0.1"), -1.0).is_err());
        assert!((4..=9).all(|l| floor_at_depth(l, eps("0.1")).inf() >= floor_at_every_depth(limit.lower(), eps("0.1")).inf()));
    }

    /// The closed form against least squares over all quartic monomials, in coordinates `z ~ N(0, I)` and `W` of integers.
    #[test]
    fn quartics_leave_what_the_closed_form_says() {
        for (k, w) in [(1, vec![2]), (2, vec![1, 2, -1, 1]), (3, vec![1, 0, 2, 1, 1, 0, 0, -1, 1])] {
            let w = Matrix::from_fn(k, k, |i, j| Dyadic::from(w[i * k + j]));
            let form = Matrix::from_fn(k, k, |i, j| Rational::from(1 + (i * j) as i64 - 3 * i64::from(i == j) * i as i64));
            let gram = product(&w, &w.transposed());
            let p = product(&product(&rational(&w.transposed()), &form), &rational(&w));
            let entry = |i: usize, j: usize| {
                let coefficient = Dyadic::from(i64::try_from(p[(i, j)].numerator()).unwrap());
                Polynomial::variable(i).times(&Polynomial::variable(j)).weighted(&coefficient)
            };
            let quadratic = sum((0..k).flat_map(|i| (0..k).map(move |j| (i, j))).map(|(i, j)| entry(i, j)));
            let quartics: Vec<_> = multi_indices(k, 4).into_iter().map(|a| Polynomial::monomial(a, Dyadic::one())).collect();
            let mean = |p: &Polynomial| expectation(p, gaussian);
            let covariance = |p: &Polynomial, q: &Polynomial| Rational::from(&(&mean(&p.times(q)) - &(&mean(p) * &mean(q))));
            let n = quartics.len();
            let matrix = Matrix::from_fn(n, n, |i, j| covariance(&quartics[i], &quartics[j]));
            let right = Matrix::from_fn(n, 1, |i, _| covariance(&quartics[i], &quadratic));
            let x = solve(&matrix, &right).unwrap();
            let explained = (0..n).fold(Rational::zero(), |sum, i| &sum + &(&x[(i, 0)] * &right[(i, 0)]));
            let left = &covariance(&quadratic, &quadratic) - &explained;
            assert_eq!(distance_from_quartics(&gram, &form), left, "width {k}");
        }
    }
}
