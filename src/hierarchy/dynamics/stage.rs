//! What the first layers learn on their own: the optimum of each stage, in closed form (`proofs/dynamics.md`, lemmas 3 and 5).
//!
//! On the axis `b = 0` the learner is `sum_l y_l z^(p_l)` with `y_l = c_l a^(p_l)`. With the layers up to `m` on, the loss is a
//! positive definite quadratic form in `y - y^(m)` plus a constant:
//!
//! ```text
//! Gamma_ij = Cov(z^(p_i), z^(p_j)) = (p_i + p_j - 1)!! - (p_i - 1)!! (p_j - 1)!!
//! y^(m) = t_(<=m) + G t_(>m),        G = Gamma_mm^-1 Gamma_(m,>m)
//! ```
//!
//! *Unit heads* are `t_l = eps^(l-2) / sqrt(Gamma_ll)`: every `z^(p_l) t_l / eps^(l-2)` has variance 1.

use dashu_int::IBig;

use super::chain::exponent;
use crate::enclosure::Interval;
use crate::exact::Rational;
use crate::exact::linear::{integer, solve};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `E[z^n] = (n-1)!!` for even `n`.
fn moment(n: u32) -> IBig {
    (1..n).step_by(2).fold(IBig::ONE, |product, i| product * i)
}

/// `Cov(z^p, z^q)` for even `p`, `q` and `z ~ N(0, 1)` (guarantee: exact).
pub fn covariance(p: u32, q: u32) -> Rational {
    integer(&(moment(p + q) - moment(p) * moment(q)))
}

/// The exponents `p_2, ..., p_L`.
pub fn exponents(depth: usize) -> Vec<u32> {
    (2..=depth).map(exponent).collect()
}

/// The covariances of the powers `z^p` (guarantee: exact).
pub fn gram(rows: &[u32], columns: &[u32]) -> Matrix<Rational> {
    Matrix::from_fn(rows.len(), columns.len(), |i, j| covariance(rows[i], columns[j]))
}

/// `G`, row `j - 2` for layer `j <= m`, column `l - m - 1` for layer `l > m`: the coefficients of `z^(p_l)` in its best
/// approximation by a constant and `z^(p_2), ..., z^(p_m)` (guarantee: exact).
pub fn regression(top: usize, depth: usize) -> Matrix<Rational> {
    let powers = exponents(depth);
    let (on, off) = powers.split_at(top - 1);
    solve(&gram(on, on), &gram(on, off)).expect("powers of z and 1 are linearly independent under the Gaussian")
}

/// `sign(x) sqrt(|x| over)`: a quotient of the standard deviations of two powers, enclosed.
fn scaled(x: &Rational, ratio: &Rational) -> Interval {
    let root = Interval::from(&(&x.squared() * ratio)).sqrt().expect("a square times a quotient of variances");
    if x.is_negative() { -root } else { root }
}

/// `y_j^(m)` in units of `1/sqrt(Gamma_jj)` for unit heads, as a polynomial in `eps` (guarantee: valid).
///
/// Entry `l - 2` is the coefficient of `eps^(l-2)`: 1 for `l = j`, and `G_jl sqrt(Gamma_jj / Gamma_ll)` for `l > m`.
pub fn optimum(j: usize, top: usize, depth: usize) -> Vec<Interval> {
    let g = regression(top, depth);
    let variance = |l: usize| covariance(exponent(l), exponent(l));
    let above = |l: usize| {
        let ratio = variance(j).over(&variance(l)).expect("a variance is positive");
        scaled(&g[(j - 2, l - top - 1)], &ratio)
    };
    let coefficient = |l: usize| match l {
        _ if l == j => Interval::one(),
        _ if l > top => above(l),
        _ => Interval::zero(),
    };
    (2..=depth).map(coefficient).collect()
}

/// `sum_i c_i eps^i` (guarantee: valid).
pub fn evaluate(polynomial: &[Interval], eps: Interval) -> Interval {
    polynomial.iter().rev().fold(Interval::zero(), |sum, c| *c + eps * sum)
}

/// The feature error `f = |y_2^(m) - t_2| / t_2` of layer 2 after the stage of layer `m`, for unit heads (guarantee: valid).
pub fn feature_error(top: usize, depth: usize, eps: Interval) -> Interval {
    let mut polynomial = optimum(2, top, depth);
    polynomial[0] = Interval::zero();
    evaluate(&polynomial, eps).abs()
}

/// `C_m^2` in `f = C_m eps^(m-1) (1 + O(eps))`: `G_(2,m+1)^2 Gamma_22 / Gamma_(m+1,m+1)` (guarantee: exact).
pub fn staircase_constant_squared(top: usize) -> Rational {
    let g = regression(top, top + 1)[(0, 0)].clone();
    let next = covariance(exponent(top + 1), exponent(top + 1));
    (&g.squared() * &covariance(2, 2)).over(&next).expect("a variance is positive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Polynomial;
    use crate::exact::inputs::{expectation, gaussian, power};
    use crate::hierarchy::dynamics::chain::Chain;

    fn eps(text: &str) -> Interval {
        Interval::from(&text.parse::<Rational>().unwrap())
    }

    #[test]
    fn covariances_are_those_of_the_powers() {
        let z = |n| power(&Polynomial::variable(0), n);
        let mean = |p: &Polynomial| expectation(p, gaussian);
        for (p, q) in [(2, 2), (2, 8), (4, 8), (16, 16)] {
            let exact = &mean(&z(p).times(&z(q))) - &(&mean(&z(p)) * &mean(&z(q)));
            assert_eq!(covariance(p, q), Rational::from(&exact));
        }
    }

    #[test]
    fn first_coefficients_of_the_staircase() {
        let leading: Vec<String> = (2..=8).map(|m| regression(m, m + 1)[(0, 0)].to_decimal(8)).collect();
        let expected = ["6.0000000", "-840.00000", "1.9027008e8", "-1.5157191e21", "4.0971523e51", "-1.1282486e122"];
        assert_eq!(leading[..6], expected);
        assert_eq!(regression(5, 6)[(0, 0)].denominator().to_string(), "17827");
        let constants: Vec<Option<String>> =
            (2..=7).map(|m| Interval::from(&staircase_constant_squared(m)).sqrt().unwrap().to_decimal(6)).collect();
        let expected = ["0.866025", "0.836660", "0.614263", "0.202298", "0.0142753", "6.24054e-5"];
        assert_eq!(constants, expected.map(|c| Some(c.to_owned())));
    }

    #[test]
    fn the_staircase_at_a_tenth() {
        let error = |m, depth| feature_error(m, depth, eps("0.1")).to_decimal(5).unwrap();
        assert_eq!([error(2, 4), error(3, 4)], ["0.090786", "0.0083666"]);
        assert_eq!([error(2, 5), error(3, 5), error(4, 5)], ["0.090838", "0.0086807", "0.00061426"]);
    }

    /// The optimum of a stage is a zero of the gradient of the reduced loss in every `c_l`, and of its slope along the axis.
    #[test]
    fn the_reduced_gradient_vanishes_at_the_optimum_of_a_stage() {
        let target: Vec<Rational> = [(5, 7), (2, 9), (1, 64), (1, 4096)].map(|(n, d)| Rational::new(n, d).unwrap()).to_vec();
        let chain = Chain::new(target.clone(), vec![Rational::one(); 4]);
        for top in 2..=4 {
            let g = regression(top, 5);
            let optimum =
                |j: usize| (top + 1..=5).fold(target[j - 2].clone(), |y, l| &y + &(&g[(j - 2, l - top - 1)] * &target[l - 2]));
            let y: Vec<Rational> = (2..=top).map(optimum).collect();
            let slopes = chain.slopes(&Rational::one(), &Rational::one(), &y);
            assert!(slopes.coefficients.iter().all(Rational::is_zero), "stage {top}");
            assert_eq!(slopes.along, -&(&slopes.size + &slopes.size));
            let moved: Vec<Rational> = y.iter().map(|v| v + &Rational::new(1, 1000).unwrap()).collect();
            assert!(!chain.slopes(&Rational::one(), &Rational::one(), &moved).coefficients[0].is_zero());
        }
    }
}
