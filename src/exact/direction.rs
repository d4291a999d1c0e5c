//! Polynomials of one linear form, split by the degrees of their harmonics.
//!
//! For a unit vector `w` in `R^d`, `z = <w, x>` and `u = z / |x|`,
//!
//! ```text
//! z^q = |x|^q sum_m c_(q,m) P_m(u),    c_(q,m) = q! / (2^j j! m! prod_(i < j) (d + 2m + 2i)),    q = m + 2j,
//! ```
//!
//! with `P_m` the monic zonal polynomial of degree `m`: `P_m(<w, x>/|x|)` is a harmonic of degree `m` on the sphere, and its mean
//! square there is `m! (d-1)(d) ... (d+m-3) / (D_(m-1) D_m)` for `m >= 1`, where `D_k = d (d+2) ... (d+2k-2) = E|x|^(2k)`.
//! Proof: `proofs/rotated-class.md`, lemma 2.

use dashu_int::IBig;

use super::count::factorial;
use super::linear::integer;
use super::rational::Rational;
use crate::scalar::Scalar;

/// `||f_m||^2` for `m = 0, ..., p`, under `N(0, I)` in `d >= 1` dimensions (guarantee: exact).
///
/// `f = sum_q t_q z^q - E[...]` has the coefficients `t_0, ..., t_p`; `f_m` is its part in the harmonics of degree `m`, with whatever
/// functions of `|x|` in front of them. The sum over `m` is the variance, and does not depend on the direction `w`.
pub fn energies(d: u64, coefficients: &[Rational]) -> Vec<Rational> {
    (0..coefficients.len() as u64).map(|m| energy(d, coefficients, m)).collect()
}

/// `||f_m||^2 = n_m sum_(q,r) t_q t_r c_(q,m) c_(r,m) E|x|^(q+r)`, less the squared mean at `m = 0`.
fn energy(d: u64, coefficients: &[Rational], m: u64) -> Rational {
    let in_degree = |(q, t): (u64, &Rational)| {
        let occurs = q >= m && (q - m).is_multiple_of(2) && !t.is_zero();
        occurs.then(|| (q, t * &zonal_coefficient(d, q, m)))
    };
    let terms: Vec<(u64, Rational)> = (0..).zip(coefficients).filter_map(in_degree).collect();
    let products = terms.iter().flat_map(|(q, a)| terms.iter().map(move |(r, b)| &(a * b) * &integer(&radial(d, (q + r) / 2))));
    let square = &products.fold(Rational::zero(), |sum, p| &sum + &p) * &zonal_norm(d, m);
    if m == 0 { &square - &mean(coefficients).squared() } else { square }
}

/// `E f = sum_q t_q (q-1)!!` over even `q`.
fn mean(coefficients: &[Rational]) -> Rational {
    let even = (0u64..).step_by(2).zip(coefficients.iter().step_by(2));
    even.fold(Rational::zero(), |sum, (q, t)| &sum + &(t * &integer(&radial(1, q / 2))))
}

/// `E|x|^(2k) = D_k = d (d+2) ... (d+2k-2)`.
fn radial(d: u64, k: u64) -> IBig {
    (0..k).fold(IBig::ONE, |product, i| product * (d + 2 * i))
}

/// `c_(q,m)`, for `q - m` even and not negative.
fn zonal_coefficient(d: u64, q: u64, m: u64) -> Rational {
    let j = (q - m) / 2;
    let denominator = (IBig::ONE << j as usize) * factorial(j) * factorial(m) * radial(d + 2 * m, j);
    Rational::new(factorial(q), denominator).expect("factorials and D_k are positive")
}

/// `n_m`, the mean of `P_m(u)^2` over the sphere.
fn zonal_norm(d: u64, m: u64) -> Rational {
    if m == 0 {
        return Rational::one();
    }
    let rising = (0..m - 1).fold(IBig::ONE, |product, i| product * (d - 1 + i));
    Rational::new(factorial(m) * rising, radial(d, m - 1) * radial(d, m)).expect("D_k is positive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::harmonic;
    use crate::exact::inputs::{gaussian, power, sum, variables, variance};
    use crate::exact::{Dyadic, Polynomial};

    /// `t_0 + t_1 z + ... ` in the variable `z`.
    fn composed(coefficients: &[i64], z: &Polynomial) -> Polynomial {
        sum((0..).zip(coefficients).map(|(q, &t)| power(z, q).weighted(&Dyadic::from(t))))
    }

    fn rationals(coefficients: &[i64]) -> Vec<Rational> {
        coefficients.iter().map(|&t| Rational::from(t)).collect()
    }

    const POLYNOMIALS: [&[i64]; 5] = [&[5], &[0, 1, 1], &[0, 0, 3, 0, 2], &[1, -2, 0, 4, -1, 1], &[0, 0, 2, 0, -3, 0, 1]];

    /// Against the harmonic parts of the polynomial in all its inputs, found by Laplacians.
    #[test]
    fn polynomial_algebra_in_the_inputs_agrees() {
        for (d, coefficients) in (2..=4).flat_map(|d| POLYNOMIALS.map(|c| (d, c))) {
            let f = composed(coefficients, &variables(d)[0]);
            assert_eq!(energies(d as u64, &rationals(coefficients)), harmonic::energies(&f, d), "d = {d}, {coefficients:?}");
        }
        // A direction that is no axis: (1, 1, 1, 1)/2.
        let z = sum(variables(4)).weighted(&Dyadic::one().shifted(-1));
        assert_eq!(energies(4, &rationals(POLYNOMIALS[2])), harmonic::energies(&composed(POLYNOMIALS[2], &z), 4));
    }

    /// The variance is that of a polynomial of one standard normal variable, whatever the dimension.
    #[test]
    fn energies_add_up_to_the_variance() {
        let z = Polynomial::variable(0);
        for (d, coefficients) in [1, 2, 3, 24, 1024].into_iter().flat_map(|d| POLYNOMIALS.map(|c| (d, c))) {
            let total = energies(d, &rationals(coefficients)).iter().fold(Rational::zero(), |sum, e| &sum + e);
            assert_eq!(total, Rational::from(&variance(&composed(coefficients, &z), gaussian)));
        }
    }

    /// Chebyshev on the circle, `P_m = 2^(1-m) cos(m phi)`; Legendre on the sphere in three dimensions.
    #[test]
    fn norms_in_two_and_three_dimensions() {
        for m in 1..12u64 {
            assert_eq!(zonal_norm(2, m), Rational::new(1, IBig::ONE << (2 * m - 1) as usize).unwrap());
            let leading = Rational::new(factorial(2 * m), (factorial(m) * factorial(m)) << m as usize).unwrap();
            assert_eq!(&zonal_norm(3, m) * &leading.squared(), Rational::new(1, 2 * m as i64 + 1).unwrap());
        }
    }

    /// On the line there are no harmonics of degree 2 or more.
    #[test]
    fn one_dimension() {
        let parts = energies(1, &rationals(POLYNOMIALS[3]));
        assert!(parts[2..].iter().all(Rational::is_zero) && !parts[0].is_zero() && !parts[1].is_zero());
        assert!(energies(7, &[]).is_empty());
    }
}
