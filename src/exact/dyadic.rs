//! Dyadic rationals `m 2^e`: what finite floats are, and what sums and products of them stay.

use super::machine_number::MachineNumber;
use crate::error::{Error, Result};
use crate::scalar::{Scalar, operators_by_value};
use dashu_int::IBig;
use std::cmp::Ordering;
use std::ops::{Add, Mul, Neg, Sub};

/// `mantissa * 2^exponent`, an exact number.
///
/// The representation is not unique (`2 * 2^0 = 1 * 2^1`): keeping trailing zero bits makes products free of normalisation.
/// Comparisons are by value. Zero has exponent 0, so that it never forces an alignment.
///
/// Guarantee of every operation: exact. Exponents are `i64`; the products that reach its ends do not fit a memory.
#[derive(Clone, Debug, Default)]
pub struct Dyadic {
    mantissa: IBig,
    exponent: i64,
}

impl Dyadic {
    /// `mantissa * 2^exponent`.
    pub fn new(mantissa: IBig, exponent: i64) -> Self {
        let exponent = if mantissa.is_zero() { 0 } else { exponent };
        Dyadic { mantissa, exponent }
    }

    /// `(m, e)` with `self = m 2^e`; not unique.
    pub fn parts(&self) -> (&IBig, i64) {
        (&self.mantissa, self.exponent)
    }

    /// `self * 2^power`.
    pub fn shifted(&self, power: i64) -> Self {
        Dyadic::new(self.mantissa.clone(), self.exponent + power)
    }

    /// Whether this is zero.
    pub fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// `self^power`, with `0^0 = 1`.
    pub fn power(&self, power: u32) -> Self {
        Dyadic::new(self.mantissa.pow(power as usize), self.exponent * i64::from(power))
    }

    /// The integer `self / 2^exponent`, for an `exponent` not above our own.
    fn mantissa_at(&self, exponent: i64) -> IBig {
        &self.mantissa << (self.exponent - exponent) as usize
    }

    /// `combine` of the two mantissas over their common (smaller) exponent.
    fn aligned<T>(&self, other: &Self, combine: impl Fn(&IBig, &IBig) -> T) -> (T, i64) {
        match self.exponent.cmp(&other.exponent) {
            Ordering::Equal => (combine(&self.mantissa, &other.mantissa), self.exponent),
            Ordering::Less => (combine(&self.mantissa, &other.mantissa_at(self.exponent)), self.exponent),
            Ordering::Greater => (combine(&self.mantissa_at(other.exponent), &other.mantissa), other.exponent),
        }
    }
}

impl From<i64> for Dyadic {
    fn from(integer: i64) -> Self {
        Dyadic::new(integer.into(), 0)
    }
}

impl From<IBig> for Dyadic {
    fn from(integer: IBig) -> Self {
        Dyadic::new(integer, 0)
    }
}

impl From<MachineNumber> for Dyadic {
    fn from(number: MachineNumber) -> Self {
        let exponent = i64::from(number.exponent);
        Dyadic::new(number.over(exponent), exponent)
    }
}

/// The number that a finite float is, read from its bits.
impl TryFrom<f64> for Dyadic {
    type Error = Error;

    /// # Errors
    /// For NaN and the infinities.
    fn try_from(value: f64) -> Result<Self> {
        MachineNumber::try_from(value).map(Dyadic::from)
    }
}

impl Add for &Dyadic {
    type Output = Dyadic;

    fn add(self, other: &Dyadic) -> Dyadic {
        match (self.is_zero(), other.is_zero()) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            _ => {
                let (mantissa, exponent) = self.aligned(other, |a, b| a + b);
                Dyadic::new(mantissa, exponent)
            }
        }
    }
}

impl Neg for &Dyadic {
    type Output = Dyadic;

    fn neg(self) -> Dyadic {
        Dyadic { mantissa: -&self.mantissa, exponent: self.exponent }
    }
}

impl Sub for &Dyadic {
    type Output = Dyadic;

    fn sub(self, other: &Dyadic) -> Dyadic {
        match (self.is_zero(), other.is_zero()) {
            (true, _) => -other,
            (_, true) => self.clone(),
            _ => {
                let (mantissa, exponent) = self.aligned(other, |a, b| a - b);
                Dyadic::new(mantissa, exponent)
            }
        }
    }
}

impl Mul for &Dyadic {
    type Output = Dyadic;

    fn mul(self, other: &Dyadic) -> Dyadic {
        Dyadic::new(&self.mantissa * &other.mantissa, self.exponent + other.exponent)
    }
}

impl Ord for Dyadic {
    fn cmp(&self, other: &Self) -> Ordering {
        self.aligned(other, IBig::cmp).0
    }
}

impl PartialOrd for Dyadic {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Dyadic {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Dyadic {}

operators_by_value!(Dyadic);

impl Scalar for Dyadic {
    type Weight = Dyadic;

    fn zero() -> Self {
        Dyadic::from(0)
    }
    fn one() -> Self {
        Dyadic::from(1)
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
    fn weighted(&self, weight: &Dyadic) -> Self {
        weight * self
    }
    fn squared(&self) -> Self {
        Dyadic::new(self.mantissa.sqr().into(), 2 * self.exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dyadic(value: f64) -> Dyadic {
        Dyadic::try_from(value).unwrap()
    }

    #[test]
    fn floats_are_read_exactly() {
        assert_eq!(dyadic(-0.75), Dyadic::new((-3).into(), -2));
        assert_eq!(dyadic(f64::from_bits(1)), Dyadic::new(1.into(), -1074));
        assert_eq!(dyadic(f64::MIN_POSITIVE), Dyadic::new(1.into(), -1022));
        assert_eq!(dyadic(f64::MAX), &Dyadic::from(1).shifted(1024) - &Dyadic::from(1).shifted(971));
        assert_eq!(dyadic(-0.0), Dyadic::zero());
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Dyadic::try_from(value).is_err());
        }
    }

    #[test]
    fn value_decides_equality_and_order() {
        assert_eq!(Dyadic::new(2.into(), 0), Dyadic::new(1.into(), 1));
        assert!(Dyadic::new((-1).into(), -1074) < Dyadic::zero());
        assert!(Dyadic::new(1.into(), 1000) > Dyadic::new(1.into(), -1000));
    }

    proptest! {
        /// Integers of 26 bits multiply and add without rounding in f64, whatever the power of two.
        #[test]
        fn agrees_with_floats_where_they_are_exact(m in -1i64 << 25..1i64 << 25, n in -1i64 << 25..1i64 << 25, e in -20i32..20) {
            let (a, b) = (m as f64 * 2f64.powi(e), n as f64);
            prop_assert_eq!(&dyadic(a) * &dyadic(b), dyadic(a * b));
            prop_assert_eq!(&dyadic(a) + &dyadic(b), dyadic(a + b));
            prop_assert_eq!(&dyadic(a) - &dyadic(b), dyadic(a - b));
            prop_assert_eq!(dyadic(a).cmp(&dyadic(b)), a.total_cmp(&b));
        }

        #[test]
        fn ring_laws(bits in prop::array::uniform3(any::<u64>())) {
            let [a, b, c] = bits.map(|b| Dyadic::try_from(f64::from_bits(b)).unwrap_or(Dyadic::one()));
            prop_assert_eq!(&(&a + &b) * &c, &(&a * &c) + &(&b * &c));
            prop_assert_eq!(&(&a - &b) + &b, a.clone());
            prop_assert_eq!(a.squared(), &a * &a);
            prop_assert_eq!(a.power(3), &a * &(&a * &a));
        }
    }
}
