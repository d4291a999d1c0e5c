//! What `N` functions can do for all rotations of one target.
//!
//! Let `U` be Haar-distributed on `O(d)` and `f_U(x) = f(Ux)` with `x ~ N(0, I)` and `E f = 0`. The covariance `E_U f_U (x) f_U` acts on
//! the harmonics `H_m` as `A_m (x) I / dim H_m`, with `tr A_m = ||f_m||^2`, and any space of `N` functions that is chosen without `U`
//! leaves on average at least the sum of all but the `N` largest eigenvalues. Proof: `proofs/rotated-class.md`.

use dashu_int::IBig;

use super::count::{ceiling, harmonics};
use super::direction;
use super::linear::integer;
use super::rational::Rational;
use super::spectrum::{Spectrum, energy, least_rank, tail};
use crate::scalar::Scalar;

/// The part of a target in the harmonics of one degree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The degree `m`.
    pub degree: u64,
    /// `dim H_m`.
    pub dimension: IBig,
    /// `||f_m||^2 / Var f`.
    pub share: Rational,
}

impl Part {
    /// The part of degree `m` in `d` dimensions with this share of the variance.
    pub fn new(d: u64, degree: u64, share: Rational) -> Self {
        Part { degree, dimension: harmonics(d, degree), share }
    }

    /// A lower bound for the mean relative error of any `n` functions over the rotations, `share (1 - n / dim H_m)` (guarantee: valid).
    pub fn mean_error_lower(&self, n: &IBig) -> Rational {
        let left = &integer(&self.dimension) - &integer(n);
        let bound = (&self.share * &left).over(&integer(&self.dimension));
        bound.map_or(Rational::zero(), |b| b.max(Rational::zero()))
    }

    /// An upper bound for the fraction of rotations for which some predictor of `n` given functions has a relative error of at most
    /// `tau`: `n / (dim H_m (1 - tau / share))`, and 1 where that says nothing (guarantee: valid).
    pub fn success_upper(&self, n: &IBig, tau: &Rational) -> Rational {
        let missed = &self.share - tau;
        if missed.is_negative() {
            return Rational::one();
        }
        let bound = (&integer(n) * &self.share).over(&(&integer(&self.dimension) * &missed));
        bound.map_or(Rational::one(), |b| b.min(Rational::one()))
    }

    /// A lower bound for the number of functions with which a fraction `success` of the rotations can reach a relative error of `tau`:
    /// the least `n` with `success_upper(n, tau) >= success`, in `0..=1` (guarantee: valid).
    pub fn functions_lower(&self, success: &Rational, tau: &Rational) -> IBig {
        let unreached = &Rational::one() - &tau.over(&self.share).unwrap_or_else(Rational::one);
        let needed = &(success * &integer(&self.dimension)) * &unreached;
        ceiling(&needed).max(IBig::ZERO)
    }
}

/// All rotations of a polynomial of one linear form: there every `A_m` is a number, and the eigenvalues are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    parts: Vec<Part>,
}

impl Rotated {
    /// The rotations of `sum_q t_q <w, x>^q` with `|w| = 1` and coefficients `t_0, t_1, ...`, in `d >= 2` dimensions; `None` when the
    /// function is constant or `d < 2`.
    pub fn along_a_direction(d: u64, coefficients: &[Rational]) -> Option<Self> {
        let energies = direction::energies(d, coefficients);
        let variance = energies.iter().fold(Rational::zero(), |sum, e| &sum + e);
        let part = |(m, energy): (u64, &Rational)| Some(Part::new(d, m, energy.over(&variance)?));
        let parts = (0..).zip(&energies).map(part).collect::<Option<Vec<_>>>()?;
        (d >= 2 && !parts.is_empty()).then_some(Rotated { parts })
    }

    /// The parts of degree `0, ..., p`; their shares add up to 1.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The part of the highest degree that is not zero.
    pub fn top(&self) -> &Part {
        self.parts.iter().rfind(|part| !part.share.is_zero()).expect("the shares add up to 1")
    }

    /// The eigenvalues of the covariance over the variance, `share_m / dim H_m`, each `dim H_m` times (guarantee: exact).
    pub fn spectrum(&self) -> Spectrum {
        let eigenvalue = |part: &Part| Some((part.share.over(&integer(&part.dimension))?, part.dimension.clone()));
        self.parts.iter().filter_map(eigenvalue).collect()
    }

    /// The least mean relative error over the rotations that any `n` functions, chosen without the rotation, can have: the tail of the
    /// spectrum, which the first `n` eigenfunctions attain (guarantee: exact).
    pub fn least_mean_error(&self, n: &IBig) -> Rational {
        tail(&self.spectrum(), n)
    }

    /// The least number of functions with a mean relative error of at most `error` (guarantee: exact).
    pub fn functions_for_mean_error(&self, error: &Rational) -> IBig {
        least_rank(&self.spectrum(), error)
    }

    /// The least of [`Part::success_upper`] over the degrees (guarantee: valid).
    pub fn success_upper(&self, n: &IBig, tau: &Rational) -> Rational {
        self.parts.iter().map(|part| part.success_upper(n, tau)).fold(Rational::one(), Rational::min)
    }

    /// The greatest of [`Part::functions_lower`] over the degrees (guarantee: valid).
    pub fn functions_lower(&self, success: &Rational, tau: &Rational) -> IBig {
        self.parts.iter().map(|part| part.functions_lower(success, tau)).fold(IBig::ZERO, IBig::max)
    }

    /// Whether the eigenvalues add up to 1, the whole variance: an identity that a wrong dimension or share would break.
    pub fn is_complete(&self) -> bool {
        energy(&self.spectrum()) == Rational::one()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use crate::exact::rank::rank;
    use crate::matrix::Matrix;

    fn rationals(coefficients: &[i64]) -> Vec<Rational> {
        coefficients.iter().map(|&t| Rational::from(t)).collect()
    }

    fn class(d: u64, coefficients: &[i64]) -> Rotated {
        Rotated::along_a_direction(d, &rationals(coefficients)).unwrap()
    }

    /// The 24 vectors `+-e_i`, `(+-1, +-1, +-1, +-1)/2` in four dimensions, doubled. A mean over them of a polynomial of degree up to 5
    /// is its mean over the sphere.
    fn design() -> Vec<[i64; 4]> {
        let axes = (0..8).map(|n| std::array::from_fn(|i| if i == n / 2 { 2 - 4 * (n as i64 % 2) } else { 0 }));
        let corners = (0..16).map(|n: i64| std::array::from_fn(|i| 1 - 2 * (n >> i & 1)));
        axes.chain(corners).collect()
    }

    /// For `f = a z^2 + b z` the mean over all directions is that over the 24: their Gram matrix, from
    /// `E[<v,x> <w,x>] = <v,w>` and `Cov(<v,x>^2, <w,x>^2) = 2 <v,w>^2`, has the spectrum that is claimed.
    #[test]
    fn a_spherical_design_has_this_spectrum() {
        let (a, b) = (3, 2);
        let class = class(4, &[0, b, a]);
        let points = design();
        let variance = Dyadic::from(2 * a * a + b * b);
        let inner = |i: usize, j: usize| (0..4).fold(0, |sum, c| sum + points[i][c] * points[j][c]); // four times <v, w>
        // 8 Gram.
        let gram = |i: usize, j: usize| a * a * inner(i, j) * inner(i, j) + 2 * b * b * inner(i, j);
        let mut found = 0;
        for (value, multiplicity) in class.spectrum() {
            // 24 * 8 * Var * eigenvalue, times the denominator.
            let scaled = &(&value * &Rational::from(&variance)) * &Rational::from(24 * 8);
            let (n, m) = (Dyadic::from(scaled.numerator().clone()), Dyadic::from(IBig::from(scaled.denominator().clone())));
            let entry = |i, j| if i == j { &(&Dyadic::from(gram(i, j)) * &m) - &n } else { &Dyadic::from(gram(i, j)) * &m };
            let nullity = 24 - rank(&Matrix::from_fn(24, 24, entry));
            assert!(!value.is_zero());
            assert_eq!(IBig::from(nullity), multiplicity);
            found += nullity;
        }
        assert_eq!((found, rank(&Matrix::from_fn(24, 24, |i, j| Dyadic::from(gram(i, j))))), (14, 14));
    }

    #[test]
    fn spectra_are_complete_and_used_up() {
        for (d, coefficients) in [(2u64, &[0i64, 0, 1, 0, 2][..]), (3, &[1, 1, 1, 1]), (64, &[0, 0, 1, 0, 1, 0, 0, 0, 1])] {
            let class = class(d, coefficients);
            assert!(class.is_complete());
            let all: IBig = class.parts().iter().map(|p| p.dimension.clone()).sum();
            assert_eq!(class.least_mean_error(&IBig::ZERO), Rational::one());
            assert_eq!(class.least_mean_error(&all), Rational::zero());
            for hundredth in [1, 10, 50, 99] {
                let error = Rational::new(hundredth, 100).unwrap();
                let n = class.functions_for_mean_error(&error);
                assert!(class.least_mean_error(&n) <= error && class.least_mean_error(&(&n - 1)) > error);
            }
        }
        assert!(Rotated::along_a_direction(5, &rationals(&[3])).is_none());
        assert!(Rotated::along_a_direction(5, &[]).is_none() && Rotated::along_a_direction(1, &rationals(&[0, 1])).is_none());
    }

    /// A linear function: `d` eigenvalues `1/d`.
    #[test]
    fn a_linear_target() {
        let class = class(10, &[7, 3]);
        assert_eq!((class.top().degree, class.top().share.clone()), (1, Rational::one()));
        assert_eq!(class.least_mean_error(&IBig::from(4)), Rational::new(6, 10).unwrap());
        assert_eq!(class.top().mean_error_lower(&IBig::from(4)), Rational::new(6, 10).unwrap());
        // Four functions serve at most 4/10 of the rotations without an error, 8/10 with an error of 1/2, and who knows with 1.
        for (halves, tenths) in [(0, 4), (1, 8), (2, 10), (3, 10)] {
            let tau = Rational::new(halves, 2).unwrap();
            assert_eq!(class.success_upper(&IBig::from(4), &tau), Rational::new(tenths, 10).unwrap());
        }
    }

    /// The number of functions that a success asks for is the least at which the bound allows it.
    #[test]
    fn bounds_on_successes_are_inverse() {
        let class = class(16, &[0, 0, 1, 0, 1]);
        let tau = &class.top().share * &Rational::new(1, 2).unwrap();
        for part in class.parts().iter().filter(|p| p.share > tau) {
            let success = Rational::new(1, 3).unwrap();
            let n = part.functions_lower(&success, &tau);
            assert!(part.success_upper(&n, &tau) >= success && part.success_upper(&(&n - 1), &tau) < success);
        }
        assert_eq!(class.top().functions_lower(&Rational::one(), &tau), IBig::from(3740 / 2));
        assert_eq!(class.functions_lower(&Rational::one(), &Rational::one()), IBig::ZERO);
    }
}
