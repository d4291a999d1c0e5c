//! The smallest singular value of a small matrix of dyadic numbers, enclosed.
//!
//! `sigma_min(A)^2` is the least eigenvalue of `A'A`, which is computed exactly and then rounded to integers `G 2^e`. The rounding
//! moves no eigenvalue by more than `n/2` units, since `||A'A - G 2^e||_2 <= ||.||_F <= n/2` of them (Weyl; `proofs/eigenvalue-tail.md`,
//! lemma 5).

use dashu_int::ops::{BitTest, SquareRoot};
use dashu_int::{IBig, UBig};
use std::num::NonZeroU64;

use super::range::Range;
use super::residual::{dyadic, sqrt_upper};
use super::spectrum::Spectrum;
use crate::error::Result;
use crate::exact::gram::{Gram, checked_order};
use crate::exact::{Dyadic, Rational};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// Bits after the point of a square root's ends.
const ROOT_BITS: i64 = 160;

/// `A'A`, rounded to integers over a power of two.
#[derive(Clone, Debug)]
pub struct RoundedGram {
    /// `G`, with `|(A'A)_ij - 2^exponent G_ij| <= 2^exponent / 2`.
    pub gram: Gram,
    exponent: i64,
}

impl RoundedGram {
    /// Rounds the inner products of the columns of `a`, with as many bits as a [`Gram`] takes.
    ///
    /// # Errors
    /// When `a` has no columns, or too many.
    pub fn new(a: &Matrix<Dyadic>) -> Result<Self> {
        let order = checked_order(a.cols())?;
        let inner = |i: usize, j: usize| (0..a.rows()).fold(Dyadic::zero(), |sum, r| &sum + &(&a[(r, i)] * &a[(r, j)]));
        let exact = Matrix::from_fn(order, order, inner);
        // Below 2^magnitude each, so below 2^62 / order after the shift, with a bit to spare for rounding up.
        let magnitude = exact.as_slice().iter().filter(|d| !d.is_zero()).map(magnitude).max().unwrap_or(0);
        let exponent = magnitude + i64::from(order.ilog2()) + 2 - 62;
        let entries = exact.map(|d| nearest(&d.shifted(-exponent)));
        Ok(RoundedGram { gram: Gram::new(entries, NonZeroU64::MIN)?, exponent })
    }

    /// The smallest singular value of `A`, from the eigenvalues of [`gram`](Self::gram) (guarantee: valid); `None` when they tell
    /// nothing.
    pub fn smallest_singular_value(&self, spectrum: &Spectrum) -> Option<Range> {
        let order = self.gram.order();
        let least = spectrum.eigenvalue(order - 1)?;
        let unit = Rational::from(&Dyadic::from(1).shifted(self.exponent));
        // An order is at most 8192, and its half has a denominator of 2.
        let moved = Rational::new(order as i64, 2)?;
        let lower = &unit * &(least.lower() - &moved);
        let upper = &unit * &(least.upper() + &moved);
        Range::new(sqrt_down(&lower), sqrt_up(&upper))
    }
}

/// The `e` with `2^(e-1) <= |d| < 2^e`, for `d != 0`.
fn magnitude(d: &Dyadic) -> i64 {
    let (mantissa, exponent) = d.parts();
    mantissa.bit_len() as i64 + exponent
}

/// The nearest integer, halves upwards; a function of the value alone, so that a symmetric matrix stays so.
fn nearest(d: &Dyadic) -> i64 {
    let (mantissa, exponent) = d.parts();
    let integer: IBig = match u32::try_from(-exponent) {
        Err(_) | Ok(0) => mantissa << exponent.unsigned_abs() as usize,
        Ok(drop) => ((mantissa >> (drop as usize - 1)) + IBig::ONE) >> 1usize,
    };
    i64::try_from(integer).expect("the caller keeps the magnitude below 62 bits")
}

/// `4^ROOT_BITS x`, rounded down, for `x` cut off at zero.
fn scaled(x: &Rational) -> UBig {
    let numerator = UBig::try_from(x.numerator().clone()).unwrap_or(UBig::ZERO);
    (numerator << (2 * ROOT_BITS as usize)) / x.denominator()
}

/// At most `sqrt(max(x, 0))`.
fn sqrt_down(x: &Rational) -> Rational {
    dyadic(scaled(x).sqrt(), ROOT_BITS)
}

/// At least `sqrt(max(x, 0))`.
fn sqrt_up(x: &Rational) -> Rational {
    dyadic(sqrt_upper(&(scaled(x) + UBig::ONE)), ROOT_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_upwards() {
        for (mantissa, exponent, integer) in [
            (0, 0, 0),
            (5, 0, 5),
            (-3, 2, -12),
            (1, -1, 1),
            (-1, -1, 0),
            (3, -1, 2),
            (-3, -1, -1),
            (5, -2, 1),
            (7, -2, 2),
            (25, -3, 3),
        ] {
            assert_eq!(nearest(&Dyadic::new(IBig::from(mantissa), exponent)), integer, "{mantissa} 2^{exponent}");
        }
    }
}
