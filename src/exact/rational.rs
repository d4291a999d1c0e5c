//! Rational numbers, and one of the two ways out of them: the nearest float; the other is a [`decimal`](super::decimal).

use super::dyadic::Dyadic;
use crate::error::{Error, Result};
use crate::scalar::{Scalar, operators_by_value};
use dashu_int::ops::{Abs, BitTest, DivRemEuclid};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

/// An exact quotient of integers, in lowest terms. Guarantee of all arithmetic: exact.
///
/// ```
/// use bfc::exact::Rational;
///
/// let third = Rational::new(1, 3).unwrap();
/// let tiny = &third * "1e-27".parse::<Rational>().unwrap();
/// assert_eq!(third.to_decimal(4), "0.3333");
/// assert_eq!(tiny.to_decimal(5), "3.3333e-28");
/// assert_eq!((tiny.lower_decimal(1), tiny.upper_decimal(1)), ("3e-28".into(), "4e-28".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rational(RBig);

/// Towards which neighbour a number that is not representable goes.
#[derive(Clone, Copy)]
pub(super) enum Round {
    Down,
    HalfEven,
    Up,
}

impl Rational {
    /// `numerator / denominator`; `None` when the denominator is zero.
    pub fn new(numerator: impl Into<IBig>, denominator: impl Into<IBig>) -> Option<Self> {
        let denominator = denominator.into();
        (!denominator.is_zero()).then(|| Rational(RBig::from_parts_signed(numerator.into(), denominator)))
    }

    /// The quotient of two integers in decimal digits; `None` when either is not one, or the denominator is not above zero.
    pub fn from_fraction(numerator: &str, denominator: &str) -> Option<Self> {
        Rational::new(numerator.parse::<IBig>().ok()?, denominator.parse::<UBig>().ok()?)
    }

    /// `numerator / denominator`; `None` when the denominator is zero.
    pub fn quotient(numerator: &Dyadic, denominator: &Dyadic) -> Option<Self> {
        let ((n, e), (d, f)) = (numerator.parts(), denominator.parts());
        Some(Rational::new(n.clone(), d.clone())? * Rational::power_of(2, e - f))
    }

    /// `self / divisor`; `None` when the divisor is zero.
    pub fn over(&self, divisor: &Rational) -> Option<Self> {
        (!divisor.is_zero()).then(|| Rational(&self.0 / &divisor.0))
    }

    /// `base^exponent`, for a positive `base` and an exponent of any sign.
    pub(super) fn power_of(base: u32, exponent: i64) -> Self {
        let power = UBig::from(base).pow(exponent.unsigned_abs() as usize);
        match exponent < 0 {
            true => Rational(RBig::from_parts(IBig::ONE, power)),
            false => Rational(power.into()),
        }
    }

    /// The numerator in lowest terms; it carries the sign.
    pub fn numerator(&self) -> &IBig {
        self.0.numerator()
    }

    /// The denominator in lowest terms.
    pub fn denominator(&self) -> &UBig {
        self.0.denominator()
    }

    /// Whether this is zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is below zero.
    pub fn is_negative(&self) -> bool {
        *self.numerator() < IBig::ZERO
    }

    /// `|self|`.
    pub fn abs(&self) -> Self {
        Rational(self.0.clone().abs())
    }

    /// The neighbouring integer.
    pub(super) fn to_integer(&self, round: Round) -> IBig {
        let denominator = IBig::from(self.denominator().clone());
        let (floor, rest) = self.numerator().div_rem_euclid(&denominator);
        let rest = IBig::from(rest);
        let up = match round {
            Round::Down => false,
            Round::Up => !rest.is_zero(),
            Round::HalfEven => match (rest << 1usize).cmp(&denominator) {
                std::cmp::Ordering::Equal => floor.bit(0),
                order => order.is_gt(),
            },
        };
        if up { floor + 1 } else { floor }
    }

    /// The nearest float, ties to even (guarantee: tightest).
    ///
    /// As IEEE 754 rounds: below the normal range the spacing is `2^-1074`, and at most half of that becomes a zero with the sign
    /// of the number; from `2^1024 - 2^970` on it is an infinity.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().value()
    }
}

/// The exact quotient, `n` or `n/d`.
impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i64> for Rational {
    fn from(integer: i64) -> Self {
        Rational(integer.into())
    }
}

impl From<&Dyadic> for Rational {
    fn from(value: &Dyadic) -> Self {
        let (mantissa, exponent) = value.parts();
        Rational(mantissa.clone().into()) * Rational::power_of(2, exponent)
    }
}

/// The number that a finite float is.
impl TryFrom<f64> for Rational {
    type Error = Error;

    /// # Errors
    /// For NaN and the infinities.
    fn try_from(value: f64) -> Result<Self> {
        Ok(Rational::from(&Dyadic::try_from(value)?))
    }
}

impl Add for &Rational {
    type Output = Rational;

    fn add(self, other: &Rational) -> Rational {
        Rational(&self.0 + &other.0)
    }
}

impl Sub for &Rational {
    type Output = Rational;

    fn sub(self, other: &Rational) -> Rational {
        Rational(&self.0 - &other.0)
    }
}

impl Mul for &Rational {
    type Output = Rational;

    fn mul(self, other: &Rational) -> Rational {
        Rational(&self.0 * &other.0)
    }
}

impl Neg for &Rational {
    type Output = Rational;

    fn neg(self) -> Rational {
        Rational(-self.0.clone())
    }
}

operators_by_value!(Rational);

impl Scalar for Rational {
    type Weight = Rational;

    fn zero() -> Self {
        Rational(RBig::ZERO)
    }
    fn one() -> Self {
        Rational(RBig::ONE)
    }
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn minus(&self, other: &Self) -> Self {
        self - other
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn weighted(&self, weight: &Rational) -> Self {
        weight * self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rational(text: &str) -> Rational {
        text.parse().unwrap()
    }

    #[test]
    fn floats_at_the_ends_of_the_range() {
        let tiny = Rational::power_of(2, -1075);
        assert_eq!(tiny.to_f64(), 0.0);
        assert!((-&tiny).to_f64().is_sign_negative());
        assert_eq!((&tiny * rational("1.0001")).to_f64(), f64::from_bits(1));
        assert_eq!((&tiny * Rational::from(3)).to_f64(), f64::from_bits(2));
        let top = Rational::power_of(2, 1024) - Rational::power_of(2, 970);
        assert_eq!(top.to_f64(), f64::INFINITY);
        assert_eq!((top - Rational::one()).to_f64(), f64::MAX);
        assert_eq!(Rational::power_of(10, 400).to_f64(), f64::INFINITY);
        assert_eq!((-&Rational::power_of(10, 9000)).to_f64(), f64::NEG_INFINITY);
        assert_eq!(Rational::power_of(10, -400).to_f64(), 0.0);
    }

    /// The nearest float by the definition of IEEE 754: the multiple of the spacing at this magnitude, ties to even.
    fn by_definition(x: &Rational) -> f64 {
        if x.is_zero() {
            return 0.0;
        }
        let magnitude = x.abs();
        let mut exponent = x.numerator().bit_len() as i64 - x.denominator().bit_len() as i64;
        exponent -= i64::from(magnitude < Rational::power_of(2, exponent));
        let spacing = (exponent - 52).max(-1074);
        // At most 2^53 by the choice of the spacing; a carry into the next binade comes out right in the bits.
        let multiple = u64::try_from((magnitude * Rational::power_of(2, -spacing)).to_integer(Round::HalfEven)).unwrap();
        let bits = (((spacing + 1074) as u64).min(0x7ff) << 52) + multiple;
        f64::from_bits(u64::from(x.is_negative()) << 63 | bits.min(f64::INFINITY.to_bits()))
    }

    #[test]
    fn ties_carries_and_subnormals_round_as_defined() {
        let halves = |mantissa: i64, power: i64| Rational::from(mantissa) * Rational::power_of(2, power);
        for power in [-1200, -1128, -1076, -1075, -1074, -1023, -60, 0, 900, 970, 971, 972] {
            for mantissa in
                [1, 2, 3, 5, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, (1 << 54) - 1, (1 << 54) + 1, (1 << 54) + 2, i64::MAX]
            {
                for nudge in ["0", "1e-400", "-1e-400"] {
                    for sign in [1, -1] {
                        let x = Rational::from(sign) * (halves(mantissa, power) + rational(nudge));
                        assert_eq!(x.to_f64().to_bits(), by_definition(&x).to_bits(), "{sign} {mantissa} {power} {nudge}");
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn quotients_round_as_defined(n in any::<i128>(), d in 1i128.., power in -1300i64..1300) {
            let x = Rational::new(n, d).unwrap() * Rational::power_of(2, power);
            prop_assert_eq!(x.to_f64().to_bits(), by_definition(&x).to_bits());
        }

        /// The standard library's shortest decimal of a float reads back as the float, by its parser and by ours.
        #[test]
        fn reads_and_rounds_as_the_standard_parser(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(rational(&format!("{value:e}")).to_f64().to_bits() << 1, bits << 1);
            prop_assert_eq!(Rational::try_from(value).unwrap().to_f64().to_bits() << 1, bits << 1);
        }

        #[test]
        fn random_decimals_round_to_the_nearest_float(mantissa in any::<u64>(), exponent in -340i32..330) {
            let text = format!("{mantissa}e{exponent}");
            prop_assert_eq!(rational(&text).to_f64(), text.parse::<f64>().unwrap());
        }

    }
}
