//! Hermite polynomials, orthogonal under the Gaussian: `E[He_alpha He_beta] = alpha! delta` (`proofs/hermite.md`).

use std::collections::BTreeSet;

use super::count::multi_factorial;
use super::dyadic::Dyadic;
use super::inputs::{expectation, gaussian};
use super::polynomial::{Exponents, Polynomial, trim};
use super::rational::Rational;
use crate::scalar::Scalar;

/// `He_n(x_i)`: `He_0 = 1`, `He_1 = x`, `He_(n+1) = x He_n - n He_(n-1)` (guarantee: exact).
pub fn hermite(n: u32, i: usize) -> Polynomial {
    let x = Polynomial::variable(i);
    let next = |(before, last): &(Polynomial, Polynomial), m: u32| {
        (last.clone(), &x * last - before.weighted(&Dyadic::from(i64::from(m))))
    };
    (0..n).fold((Polynomial::zero(), Polynomial::one()), |pair, m| next(&pair, m)).1
}

/// `He_alpha(x) = prod_i He_(alpha_i)(x_i)` (guarantee: exact).
pub fn tensor_hermite(alpha: &[u32]) -> Polynomial {
    alpha.iter().enumerate().map(|(i, &n)| hermite(n, i)).product()
}

/// `||f_m||^2` for the part of `f` in the chaos of degree `m`: `sum_(|alpha| = m) E[f He_alpha]^2 / alpha!` (guarantee: exact).
///
/// Only those `alpha` are visited that can contribute: below an exponent of `f`, coordinate by coordinate, with even differences.
pub fn chaos_norm_squared(f: &Polynomial, m: u32) -> Rational {
    let trimmed = |mut alpha: Exponents| {
        trim(&mut alpha);
        alpha
    };
    let below = f.terms().flat_map(|(beta, _)| lowered(beta)).map(trimmed);
    let reachable: BTreeSet<Exponents> = below.filter(|alpha| alpha.iter().sum::<u32>() == m).collect();
    let term = |alpha: &Exponents| {
        let coefficient = expectation(&f.times(&tensor_hermite(alpha)), gaussian);
        let norm = Dyadic::from(multi_factorial(alpha));
        Rational::quotient(&coefficient.squared(), &norm).expect("a product of factorials is not zero")
    };
    reachable.iter().map(term).sum()
}

/// All exponents below `beta` with even differences in every coordinate.
fn lowered(beta: &[u32]) -> Vec<Exponents> {
    let Some((&last, front)) = beta.split_last() else { return vec![Vec::new()] };
    let extended = |alpha: Exponents| (0..=last / 2).map(move |h| [alpha.as_slice(), &[last - 2 * h]].concat());
    lowered(front).into_iter().flat_map(extended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::inputs::{derivative, power, variables, variance};

    #[test]
    fn orthogonality() {
        for m in 0..7 {
            for n in 0..7 {
                let product = expectation(&hermite(m, 0).times(&hermite(n, 0)), gaussian);
                assert_eq!(product, if m == n { Dyadic::from(multi_factorial(&[n])) } else { Dyadic::zero() });
            }
        }
    }

    #[test]
    fn derivatives_lower_the_degree() {
        for n in 1..8u32 {
            assert_eq!(derivative(&hermite(n, 0), 0), hermite(n - 1, 0).weighted(&Dyadic::from(i64::from(n))));
        }
    }

    /// Parseval: the chaos parts add up to the variance.
    #[test]
    fn chaos_parts_add_up() {
        let x = variables(3);
        let f = power(&x[0].plus(&x[1].weighted(&Dyadic::from(2))), 4).plus(&x[2].times(&x[1])).plus(&power(&x[2], 3));
        let parts = (1..=4).map(|m| chaos_norm_squared(&f, m)).sum::<Rational>();
        assert_eq!(parts, Rational::from(&variance(&f, gaussian)));
    }
}
