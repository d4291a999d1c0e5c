//! Harmonic parts of forms, and their share of a variance under the Gaussian.
//!
//! A form `f` of degree `m` in `d` variables is `sum_j |x|^(2j) h_j` with harmonic `h_j` of degree `m - 2j`, and
//!
//! ```text
//! h_0 = sum_j (-1)^j |x|^(2j) Laplacian^j f / (w_1 ... w_j),    w_j = 2j (d + 2m - 2 - 2j).
//! ```
//!
//! Proof: `proofs/rotations.md`. The formula is used twice: on polynomials in `x` itself, and in the ring of the two forms
//! `q = x'Ax` and `s = |x|^2` for a signature `A`, which the Laplacian maps to itself and which makes `d = 1024` as cheap as `d = 4`.

use super::dyadic::Dyadic;
use super::inputs::{derivative, expectation, gaussian, power, squared_norm, substitute, sum, variables};
use super::polynomial::Polynomial;
use super::rational::Rational;
use crate::scalar::Scalar;

/// `multiple = factor * h_0`: the harmonic part of a form, kept free of denominators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HarmonicPart {
    /// `factor * h_0`.
    pub multiple: Polynomial,
    /// A positive integer.
    pub factor: Dyadic,
}

/// The harmonic part of `f` of degree `m` in `d` dimensions, given the Laplacian and `|x|^2` (guarantee: exact).
///
/// Horner's scheme: `h_0 = f - (|x|^2 / w_1) (Laplacian f - (|x|^2 / w_2) (Laplacian^2 f - ...))`.
fn harmonic_part(
    f: &Polynomial,
    m: i64,
    d: i64,
    laplacian: impl Fn(&Polynomial) -> Polynomial,
    norm: &Polynomial,
) -> HarmonicPart {
    let powers: Vec<Polynomial> =
        std::iter::successors(Some(f.clone()), |p| Some(laplacian(p))).take(m as usize / 2 + 1).collect();
    let mut bracket = HarmonicPart { multiple: Polynomial::zero(), factor: Dyadic::one() };
    for (j, p) in powers.iter().enumerate().rev() {
        // The innermost bracket is the last power of the Laplacian itself, whose weight may be zero.
        let weight = if j + 1 < powers.len() { w(j as i64 + 1, m, d) } else { Dyadic::one() };
        let factor = &weight * &bracket.factor;
        bracket = HarmonicPart { multiple: p.weighted(&factor).minus(&norm.times(&bracket.multiple)), factor };
    }
    bracket
}

/// `w_j = 2j (d + 2m - 2 - 2j)`: positive for `1 <= j <= m/2`.
fn w(j: i64, m: i64, d: i64) -> Dyadic {
    Dyadic::from(2 * j * (d + 2 * m - 2 - 2 * j))
}

/// `sum_i d^2 p / dx_i^2` in `d` variables (guarantee: exact).
pub fn laplacian(p: &Polynomial, d: usize) -> Polynomial {
    sum((0..d).map(|i| derivative(&derivative(p, i), i)))
}

/// The harmonic part of a form of degree `f.degree()` in `d` variables, by polynomial algebra (guarantee: exact).
pub fn of_form(f: &Polynomial, d: usize) -> HarmonicPart {
    harmonic_part(f, i64::from(f.degree()), d as i64, |p| laplacian(p, d), &squared_norm(d))
}

/// `||h_0||^2 / Var f` under the Gaussian (guarantee: exact); `None` for a constant.
///
/// `||h_0||^2 = E[h_0 f]`, because `h_0` is orthogonal to the rest of `f`.
fn share(f: &Polynomial, part: &HarmonicPart, mean: impl Fn(&Polynomial) -> Dyadic) -> Option<Rational> {
    let variance = &mean(&f.squared()) - &mean(f).squared();
    Rational::quotient(&mean(&part.multiple.times(f)), &(&variance * &part.factor))
}

/// The share of the variance of a form in `d` variables that its harmonic part holds, by polynomial algebra in `x`.
pub fn share_of_form(f: &Polynomial, d: usize) -> Option<Rational> {
    share(f, &of_form(f, d), |p| expectation(p, gaussian))
}

/// `||f_a||^2` for `a = 0, ..., deg f` under the Gaussian, by polynomial algebra in `x` (guarantee: exact).
///
/// `f_a` is the part of `f - E f` in the harmonics of degree `a`, times whatever powers of `|x|^2`: a form of degree `m = a + 2j` has
/// the part `s^j h_j` with `Laplacian^j f = h_j prod_(1 <= i <= j) 2i (2i + 2a + d - 2) + s (...)` (`proofs/rotations.md`, lemma 1).
pub fn energies(f: &Polynomial, d: usize) -> Vec<Rational> {
    let centred = f.minus(&Polynomial::constant(expectation(f, gaussian)));
    (0..=f.degree()).map(|a| energy(&centred, a, d)).collect()
}

/// `||f_a||^2 = E[f_a f]`, because `f_a` is orthogonal to the other parts.
fn energy(f: &Polynomial, a: u32, d: usize) -> Rational {
    let with = |m: u32| {
        let j = (m - a) / 2;
        let lowered = (0..j).fold(f.homogeneous(m), |p, _| laplacian(&p, d));
        let weight =
            (1..=i64::from(j)).fold(Dyadic::one(), |p, i| &p * &Dyadic::from(2 * i * (2 * i + 2 * i64::from(a) + d as i64 - 2)));
        let part = of_form(&lowered, d);
        let product = expectation(&power(&squared_norm(d), j).times(&part.multiple).times(f), gaussian);
        Rational::quotient(&product, &(&part.factor * &weight)).expect("both factors are positive")
    };
    (a..=f.degree()).step_by(2).map(with).fold(Rational::zero(), |sum, e| &sum + &e)
}

/// Which form the powers are taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// `A = diag(1, ..., 1, -1, ..., -1)` with trace 0, for even `d`.
    Balanced,
    /// `A = I`.
    Identity,
}

impl Signature {
    /// `x'Ax` as a polynomial in `x`.
    pub fn form(self, d: usize) -> Polynomial {
        let positive = if self == Signature::Balanced { d.div_ceil(2) } else { d };
        let term = |(i, x): (usize, &Polynomial)| x.squared().weighted(&Dyadic::from(if i < positive { 1 } else { -1 }));
        sum(variables(d).iter().enumerate().map(term))
    }

    /// `(x'Ax)^k` in the ring of `q` (variable 0) and `s` (variable 1).
    fn power_in_ring(self, k: u32, d: usize) -> Option<Polynomial> {
        let variable = Polynomial::variable(if self == Signature::Balanced { 0 } else { 1 });
        (d > 0 && d.is_multiple_of(2)).then(|| power(&variable, k))
    }

    /// The share of `Var (x'Ax)^k` in its harmonic part of degree `2k` (guarantee: exact); `None` unless `d` is even and above zero,
    /// and the power is not constant.
    pub fn share(self, k: u32, d: usize) -> Option<Rational> {
        let f = self.power_in_ring(k, d)?;
        let part = harmonic_part(&f, 2 * i64::from(k), d as i64, |p| signature_laplacian(p, d), &Polynomial::variable(1));
        share(&f, &part, |p| signature_mean(p, d))
    }

    /// `Var (x'Ax)^k` (guarantee: exact); `None` unless `d` is even and above zero.
    pub fn variance(self, k: u32, d: usize) -> Option<Rational> {
        let f = self.power_in_ring(k, d)?;
        Some(Rational::from(&(&signature_mean(&f.squared(), d) - &signature_mean(&f, d).squared())))
    }
}

/// `Laplacian(q^a s^b) = 4a(a-1) q^(a-2) s^(b+1) + (8ab + 2b(2b + d - 2)) q^a s^(b-1)`, for trace 0 and `A^2 = I`.
fn signature_laplacian(p: &Polynomial, d: usize) -> Polynomial {
    let image = |(alpha, c): (&Vec<u32>, &Dyadic)| {
        let (a, b) = (exponent(alpha, 0), exponent(alpha, 1));
        let (a_, b_) = (i64::from(a), i64::from(b));
        let (from_q, from_s) = (4 * a_ * (a_ - 1), 8 * a_ * b_ + 2 * b_ * (2 * b_ + d as i64 - 2));
        let lowered = |coefficient: i64, e: [u32; 2]| Polynomial::monomial(e.to_vec(), c * &Dyadic::from(coefficient));
        lowered(from_q, [a.saturating_sub(2), b + 1]).plus(&lowered(from_s, [a, b.saturating_sub(1)]))
    };
    sum(p.terms().map(image))
}

/// `E[p(q, s)]`: `q = u - v` and `s = u + v` with independent `u`, `v`, each chi-square with `d/2` degrees of freedom.
fn signature_mean(p: &Polynomial, d: usize) -> Dyadic {
    let (u, v) = (Polynomial::variable(0), Polynomial::variable(1));
    let chi_square = |n: u32| (0..i64::from(n)).fold(Dyadic::one(), |m, i| &m * &Dyadic::from(d as i64 / 2 + 2 * i));
    expectation(&substitute(p, &[u.minus(&v), u.plus(&v)]), chi_square)
}

fn exponent(alpha: &[u32], i: usize) -> u32 {
    alpha.get(i).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rational(n: i64, d: i64) -> Rational {
        Rational::new(n, d).unwrap()
    }

    /// The projection is harmonic, keeps harmonic forms, and removes what is divisible by |x|^2.
    #[test]
    fn projection_by_its_properties() {
        for d in 2..=4 {
            let x = variables(d);
            let f = power(&x[0].plus(&x[1].weighted(&Dyadic::from(2))), 5).plus(&power(&x[1], 5));
            let part = of_form(&f, d);
            assert!(laplacian(&part.multiple, d).is_empty() && !part.multiple.is_empty());
            let again = of_form(&part.multiple, d);
            assert_eq!(again.multiple, part.multiple.weighted(&again.factor));
            assert!(of_form(&squared_norm(d).times(&power(&x[0], 3)), d).multiple.is_empty());
        }
    }

    /// The parts add up to the variance; a shift of the mean and a factor `|x|^2` do what they should.
    #[test]
    fn energies_by_their_properties() {
        for d in 2..=3 {
            let x = variables(d);
            let h = x[0].times(&x[1]);
            let f = power(&x[0].plus(&x[1].weighted(&Dyadic::from(2))), 4).plus(&h).plus(&x[0]).plus(&Polynomial::one());
            let parts = energies(&f, d);
            let total = parts.iter().fold(Rational::zero(), |sum, e| &sum + e);
            assert_eq!(total, Rational::from(&crate::exact::inputs::variance(&f, gaussian)));
            let quartic = f.homogeneous(4);
            let variance = Rational::from(&crate::exact::inputs::variance(&quartic, gaussian));
            assert_eq!(parts[4].over(&variance), share_of_form(&quartic, d));
            // h (1 + |x|^2) is of degree 2 alone.
            let only = energies(&h.times(&squared_norm(d).plus(&Polynomial::one())), d);
            assert!((0..5).all(|a| only[a].is_zero() == (a != 2)));
        }
    }

    #[test]
    fn the_two_rings_agree() {
        for signature in [Signature::Balanced, Signature::Identity] {
            for (k, d) in [(1, 2), (1, 6), (2, 2), (2, 4), (2, 6), (3, 4), (4, 2), (4, 4)] {
                let f = power(&signature.form(d), k);
                assert_eq!(share_of_form(&f, d), signature.share(k, d), "k = {k}, d = {d}");
                assert_eq!(Some(Rational::from(&crate::exact::inputs::variance(&f, gaussian))), signature.variance(k, d));
            }
        }
    }

    /// P4: Var = 8n^2 + 48n and ||h||^2 = 8n^2 + 16n - 64n/(d+4) + 32n^2/((d+4)(d+2)) for n = d.
    #[test]
    fn the_square_of_a_balanced_form_has_these_shares() {
        for d in (2..=1024).step_by(2) {
            let (n, e) = (Rational::from(d as i64), d as i64);
            let variance = &(&n * &n).weighted(&Rational::from(8)) + &n.weighted(&Rational::from(48));
            let correction = &rational(32 * e * e, (e + 4) * (e + 2)) - &rational(64 * e, e + 4);
            let harmonic = &rational(8 * e * e + 16 * e, 1) + &correction;
            assert_eq!(Signature::Balanced.variance(2, d), Some(variance.clone()));
            assert_eq!(Signature::Balanced.share(2, d), harmonic.over(&variance));
        }
        assert_eq!(Signature::Balanced.share(2, 16), Some(rational(80, 99)));
        assert_eq!(Signature::Balanced.share(2, 64), Some(rational(1088, 1155)));
    }

    #[test]
    fn radial_forms_and_products() {
        assert_eq!(Signature::Identity.share(4, 64), Some(Rational::zero()));
        assert_eq!(share_of_form(&power(&squared_norm(5), 2), 5), Some(Rational::zero()));
        for (p, d) in [(1, 1), (2, 2), (2, 5), (4, 4), (4, 6)] {
            let product = variables(p).iter().fold(Polynomial::one(), |p, x| p.times(x));
            assert_eq!(share_of_form(&product, d), Some(Rational::one()));
        }
        assert_eq!(Signature::Balanced.share(1, 2), Some(Rational::one()));
        assert_eq!(share_of_form(&Polynomial::one(), 3), None);
        assert!(Signature::Balanced.share(2, 5).is_none() && Signature::Balanced.variance(2, 0).is_none());
    }
}
