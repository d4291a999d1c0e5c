//! Flattenings of symmetric tensors, and their singular values.
//!
//! A form `f` of degree `2k` is `F(x, ..., x)` for one symmetric tensor `F`; its flattening maps tensors of degree `k` to tensors of
//! degree `k`. On the basis of monomials it is the catalecticant matrix
//!
//! ```text
//! C_(alpha, beta) = c_(alpha + beta) (alpha + beta)! / (2k)! * k! / beta!,
//! ```
//!
//! similar to a symmetric matrix, so that the singular values of the flattening are the `|eigenvalues|` of `C` (`proofs/shallow.md`).

use std::collections::BTreeMap;

use dashu_int::IBig;

use super::count::{factorial, harmonics, multi_factorial};
use super::dyadic::Dyadic;
use super::linear::integer;
use super::polynomial::{Exponents, Polynomial, trim};
use super::rank::rank;
use super::rational::Rational;
use super::spectrum::Spectrum;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// Squares of the singular values of the monomial `x_1 ... x_p`: `C(p, k)` equal values `sqrt(k! (p-k)!) / p!` for `k = p/2`; over
/// `blocks` such monomials in separate variables, as many times (`proofs/shallow.md`, lemma 3).
pub fn of_monomials(p: u64, blocks: u64) -> Spectrum {
    let (k, whole) = (p / 2, factorial(p));
    let square = Rational::new(factorial(k) * factorial(p - k), &whole * &whole);
    vec![(square.expect("p! is not zero"), super::count::binomial(p, k) * blocks)]
}

/// `(x'Ax)^k` for any signature `A`: on the harmonics of degree `a = k - 2j` the singular value
///
/// ```text
/// theta_j = (k! / (2k)!) 2^a (k! / (2j)!) prod_(i < j) 2 (2j - i) (4j - 2i + d - 2 + 2a),
/// ```
///
/// with multiplicity `dim H_a(d)` (`proofs/shallow.md`, lemma 5).
pub fn of_quadratic_power(k: u64, d: u64) -> Spectrum {
    (0..=k / 2).map(|j| (theta(k, j, d).squared(), harmonics(d, k - 2 * j))).collect()
}

fn theta(k: u64, j: u64, d: u64) -> Rational {
    let a = k - 2 * j;
    let factors = (0..j).fold(IBig::ONE, |product, i| product * (2 * (2 * j - i) * (4 * j - 2 * i + d - 2 + 2 * a)));
    let numerator = factorial(k) * factorial(k) * (IBig::ONE << a as usize) * factors;
    Rational::new(numerator, factorial(2 * k) * factorial(2 * j)).expect("factorials are not zero")
}

/// All exponents of degree `k` in `d` variables, in lexicographic order.
pub fn exponents(d: usize, k: u32) -> Vec<Exponents> {
    match d {
        0 => {
            if k == 0 {
                vec![Vec::new()]
            } else {
                Vec::new()
            }
        }
        _ => {
            (0..=k).flat_map(|e| exponents(d - 1, k - e).into_iter().map(move |rest| [&[e], rest.as_slice()].concat())).collect()
        }
    }
}

/// `(2k)! C` for a form of degree `2k` in `d` variables: integers when the form has integer coefficients (guarantee: exact).
pub fn catalecticant(f: &Polynomial, d: usize) -> Matrix<Dyadic> {
    let k = f.degree() / 2;
    let basis = exponents(d, k);
    let coefficients: BTreeMap<&Exponents, &Dyadic> = f.terms().collect();
    let entry = |alpha: &[u32], beta: &[u32]| {
        let mut sum: Exponents = alpha.iter().zip(beta).map(|(a, b)| a + b).collect();
        trim(&mut sum);
        let coefficient = coefficients.get(&sum).map_or(Dyadic::zero(), |c| *c * Dyadic::from(multi_factorial(&sum)));
        coefficient * Dyadic::from(multinomial(k, beta))
    };
    Matrix::from_fn(basis.len(), basis.len(), |i, j| entry(&basis[i], &basis[j]))
}

/// `k! / beta!`.
fn multinomial(k: u32, beta: &[u32]) -> IBig {
    beta.iter().fold(factorial(u64::from(k)), |n, &b| n / factorial(u64::from(b)))
}

/// Whether the flattening of `f` has exactly these singular values besides zeros (guarantee: exact).
///
/// `C` is diagonalisable, so the nullity of `C^2 - sigma^2` is the multiplicity of `sigma`; the rank of `C` counts them all.
pub fn is_spectrum_of(spectrum: &Spectrum, f: &Polynomial, d: usize) -> bool {
    let c = catalecticant(f, d);
    let square = super::linear::product(&c, &c);
    let scale = integer(&factorial(u64::from(f.degree()))).squared();
    let nullity = |value: &Rational| {
        let scaled = &scale * value;
        // C^2 - value, times the denominator of the value.
        let (n, m) = (Dyadic::from(scaled.numerator().clone()), Dyadic::from(IBig::from(scaled.denominator().clone())));
        let shifted = |i: usize, j: usize| if i == j { &(&square[(i, j)] * &m) - &n } else { &square[(i, j)] * &m };
        IBig::from(c.rows() - rank(&Matrix::from_fn(c.rows(), c.cols(), shifted)))
    };
    let multiplicities = spectrum.iter().fold(IBig::ZERO, |sum, (_, n)| sum + n);
    spectrum.iter().all(|(value, n)| nullity(value) == *n) && IBig::from(rank(&c)) == multiplicities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::harmonic::Signature;
    use crate::exact::hermite::chaos_norm_squared;
    use crate::exact::inputs::{power, variables};
    use crate::exact::spectrum::energy;

    fn monomial(p: usize) -> Polynomial {
        variables(p).iter().fold(Polynomial::one(), |f, x| f.times(x))
    }

    #[test]
    fn formulas_are_the_spectra() {
        for p in [2usize, 4] {
            assert!(is_spectrum_of(&of_monomials(p as u64, 1), &monomial(p), p));
            assert!(!is_spectrum_of(&of_monomials(p as u64, 2), &monomial(p), p));
        }
        let blocks = monomial(4).plus(&Polynomial::monomial(vec![0, 0, 0, 0, 1, 1, 1, 1], Dyadic::one()));
        assert!(is_spectrum_of(&of_monomials(4, 2), &blocks, 8));
        for (k, d) in [(1, 4), (2, 2), (2, 4), (2, 6), (4, 2), (4, 4)] {
            for signature in [Signature::Balanced, Signature::Identity] {
                let f = power(&signature.form(d), k);
                assert!(is_spectrum_of(&of_quadratic_power(u64::from(k), d as u64), &f, d), "k = {k}, d = {d}");
            }
            let unbalanced = power(&Signature::Balanced.form(d).plus(&Polynomial::variable(0).squared()), k);
            assert!(!is_spectrum_of(&of_quadratic_power(u64::from(k), d as u64), &unbalanced, d));
        }
    }

    /// ||f_p||^2 = p! ||F||^2, the left side by Hermite coefficients.
    #[test]
    fn the_energy_is_the_norm_of_the_top_chaos() {
        for (k, d) in [(1u32, 3usize), (2, 3), (2, 4), (3, 2), (4, 2)] {
            let p = 2 * u64::from(k);
            let top = &integer(&factorial(p)) * &energy(&of_quadratic_power(u64::from(k), d as u64));
            assert_eq!(chaos_norm_squared(&power(&Signature::Balanced.form(d), k), p as u32), top);
        }
        assert_eq!(&integer(&factorial(8)) * &energy(&of_monomials(8, 1)), Rational::one());
    }
}
