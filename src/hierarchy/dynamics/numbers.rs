//! What the reduced dynamics compute with: a scalar that holds every integer.

use dashu_int::IBig;

use crate::enclosure::Interval;
use crate::exact::linear::integer;
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::scalar::Scalar;

/// A [`Scalar`] with the integers in it: rationals, polynomials, intervals and floats.
pub trait Numbers: Scalar {
    /// The integer; a float rounds it to nearest, an interval encloses it.
    fn integer(value: &IBig) -> Self;

    /// `value * self`.
    fn multiple(&self, value: &IBig) -> Self {
        Self::integer(value).times(self)
    }

    /// `self^exponent`, with `0^0 = 1`.
    fn power(&self, exponent: u32) -> Self {
        let half = if exponent > 1 { self.power(exponent / 2).squared() } else { Self::one() };
        if exponent % 2 == 1 { half.times(self) } else { half }
    }
}

impl Numbers for Rational {
    fn integer(value: &IBig) -> Self {
        integer(value)
    }
}

impl Numbers for Dyadic {
    fn integer(value: &IBig) -> Self {
        Dyadic::from(value.clone())
    }
}

impl Numbers for Polynomial {
    fn integer(value: &IBig) -> Self {
        Polynomial::constant(Dyadic::from(value.clone()))
    }
}

impl Numbers for Interval {
    fn integer(value: &IBig) -> Self {
        Interval::from(&Dyadic::from(value.clone()))
    }
}

impl Numbers for f64 {
    fn integer(value: &IBig) -> Self {
        integer(value).to_f64()
    }
}

/// The integer, as an interval.
pub fn interval(value: i32) -> Interval {
    Interval::try_from(f64::from(value)).expect("an integer is finite")
}

/// `sum_i terms_i`, from the first on.
pub fn sum<S: Scalar>(terms: impl IntoIterator<Item = S>) -> S {
    terms.into_iter().fold(S::zero(), |sum, term| sum.plus(&term))
}
