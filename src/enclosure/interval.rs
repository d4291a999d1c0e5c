//! Intervals of real numbers with float ends.

use super::rounding::{lower, upper};
use crate::error::{Error, Result};
use crate::exact::{Dyadic, Rational};
use crate::scalar::Scalar;
use dashu_int::ops::BitTest;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// The real numbers `v` with `inf <= v <= sup`.
///
/// Guarantee of every operation: valid. The result contains `x op y` for all members `x`, `y`; it need not be the smallest such
/// interval.
///
/// ```
/// use bfc::enclosure::Interval;
/// use bfc::exact::Rational;
///
/// let root = Interval::from(&Rational::from(2)).sqrt().unwrap();
/// assert!(root.encloses(&"1.4142135623730951".parse().unwrap()));
/// assert_eq!(root.to_decimal(10), Some("1.414213562".into()));
/// assert_eq!((root * root).certainly_less(Interval::from(&Rational::from(2))), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    // Never NaN; inf <= sup; inf < +infinity and sup > -infinity, so that an infinite end is a bound and never a member.
    inf: f64,
    sup: f64,
}

impl Interval {
    /// All real numbers: nothing is known.
    pub const ENTIRE: Interval = Interval { inf: f64::NEG_INFINITY, sup: f64::INFINITY };

    /// `[inf, sup]`; `None` when no real number lies between, or an end is NaN.
    pub fn new(inf: f64, sup: f64) -> Option<Self> {
        (inf <= sup && inf < f64::INFINITY && sup > f64::NEG_INFINITY).then_some(Interval { inf, sup })
    }

    /// The lower end.
    pub fn inf(self) -> f64 {
        self.inf
    }

    /// The upper end.
    pub fn sup(self) -> f64 {
        self.sup
    }

    /// A float near the middle (guarantee: approximate; a member, unless the interval is unbounded).
    pub fn mid(self) -> f64 {
        match (self.inf.is_finite(), self.sup.is_finite()) {
            (true, true) => (0.5 * self.inf + 0.5 * self.sup).clamp(self.inf, self.sup),
            (true, false) => f64::MAX,
            (false, true) => f64::MIN,
            (false, false) => 0.0,
        }
    }

    /// An upper bound of `sup - inf`.
    pub fn wid_upper(self) -> f64 {
        if self.inf == self.sup { 0.0 } else { upper(self.sup - self.inf) }
    }

    /// The largest `|v|` (guarantee: exact).
    pub fn mag(self) -> f64 {
        self.inf.abs().max(self.sup.abs())
    }

    /// The smallest `|v|` (guarantee: exact).
    pub fn mig(self) -> f64 {
        if self.contains(0.0) { 0.0 } else { self.inf.abs().min(self.sup.abs()) }
    }

    /// Whether a float is a member.
    pub fn contains(self, value: f64) -> bool {
        value.is_finite() && self.inf <= value && value <= self.sup
    }

    /// Whether a rational number is a member, decided exactly.
    pub fn encloses(self, value: &Rational) -> bool {
        let end = |bound: f64| Rational::try_from(bound).ok();
        end(self.inf).is_none_or(|inf| inf <= *value) && end(self.sup).is_none_or(|sup| *value <= sup)
    }

    /// The smallest interval that contains both (guarantee: tightest).
    pub fn hull(self, other: Self) -> Self {
        Interval { inf: self.inf.min(other.inf), sup: self.sup.max(other.sup) }
    }

    /// The lesser of a member of each (guarantee: tightest).
    pub fn min(self, other: Self) -> Self {
        Interval { inf: self.inf.min(other.inf), sup: self.sup.min(other.sup) }
    }

    /// Whether every member is below every member of `other`: `Some(false)` when none is, `None` when it depends on the members.
    pub fn certainly_less(self, other: Self) -> Option<bool> {
        match (self.sup < other.inf, self.inf >= other.sup) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// `|x|` (guarantee: exact).
    pub fn abs(self) -> Self {
        Interval { inf: self.mig(), sup: self.mag() }
    }

    /// `x^2` (guarantee: valid, never below zero; tighter than `x * x` when zero is a member).
    pub fn sqr(self) -> Self {
        let (mig, mag) = (self.mig(), self.mag());
        Interval { inf: product(mig, mig, lower).max(0.0), sup: product(mag, mag, upper) }
    }

    /// `sqrt(x)`; `None` when a member is below zero.
    pub fn sqrt(self) -> Option<Self> {
        let root = Interval { inf: lower(self.inf.sqrt()).max(0.0), sup: upper(self.sup.sqrt()) };
        (self.inf >= 0.0).then_some(root)
    }

    /// The number with `digits` significant digits, when all members round to the same decimal (then correctly rounded).
    pub fn to_decimal(self, digits: usize) -> Option<String> {
        self.printed(|end| end.to_decimal(digits))
    }

    /// The number with `digits` digits after the point, when all members round to the same decimal (then correctly rounded).
    pub fn to_fixed(self, digits: usize) -> Option<String> {
        self.printed(|end| end.to_fixed(digits))
    }

    /// Rounding is monotone: when the ends agree, so do all members.
    fn printed(self, print: impl Fn(&Rational) -> String) -> Option<String> {
        let (inf, sup) = (print(&Rational::try_from(self.inf).ok()?), print(&Rational::try_from(self.sup).ok()?));
        (inf == sup).then_some(inf)
    }

    /// The hull of the bounds at the four corners; a corner without a value (`inf/inf`) is a limit of 0.
    fn hull_of_corners(self, other: Self, corner: impl Fn(f64, f64, fn(f64) -> f64) -> f64) -> Self {
        let corners = [(self.inf, other.inf), (self.inf, other.sup), (self.sup, other.inf), (self.sup, other.sup)];
        let bounds = |round| corners.map(|(x, y)| corner(x, y, round));
        Interval {
            inf: bounds(lower).into_iter().fold(f64::INFINITY, f64::min),
            sup: bounds(upper).into_iter().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

/// `x * y` rounded outwards; zero times a bound, even an infinite one, is exactly zero.
fn product(x: f64, y: f64, round: fn(f64) -> f64) -> f64 {
    if x == 0.0 || y == 0.0 { 0.0 } else { round(x * y) }
}

/// `x / y` rounded outwards, for `y != 0`; zero over a bound is exactly zero, and so is the limit of `inf/inf` that counts here.
fn ratio(x: f64, y: f64, round: fn(f64) -> f64) -> f64 {
    if x == 0.0 || (x.is_infinite() && y.is_infinite()) { 0.0 } else { round(x / y) }
}

impl Add for Interval {
    type Output = Interval;

    fn add(self, other: Interval) -> Interval {
        Interval { inf: lower(self.inf + other.inf), sup: upper(self.sup + other.sup) }
    }
}

impl Neg for Interval {
    type Output = Interval;

    fn neg(self) -> Interval {
        Interval { inf: -self.sup, sup: -self.inf }
    }
}

impl Sub for Interval {
    type Output = Interval;

    fn sub(self, other: Interval) -> Interval {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Interval;

    fn mul(self, other: Interval) -> Interval {
        self.hull_of_corners(other, product)
    }
}

/// All reals when zero is a possible divisor.
impl Div for Interval {
    type Output = Interval;

    fn div(self, other: Interval) -> Interval {
        if other.contains(0.0) { Interval::ENTIRE } else { self.hull_of_corners(other, ratio) }
    }
}

/// The interval of one float.
impl TryFrom<f64> for Interval {
    type Error = Error;

    /// # Errors
    /// For NaN and the infinities.
    fn try_from(value: f64) -> Result<Self> {
        Interval::new(value, value).ok_or_else(|| Error::input(value, "a finite number"))
    }
}

/// The smallest interval with float ends that contains the number (guarantee: tightest).
impl From<&Rational> for Interval {
    fn from(value: &Rational) -> Self {
        let nearest = value.to_f64();
        let infinite_or = |order: std::cmp::Ordering| if nearest > 0.0 { order } else { order.reverse() };
        // An infinity lies beyond every rational number.
        let order = Rational::try_from(nearest).map_or_else(|_| infinite_or(std::cmp::Ordering::Greater), |n| n.cmp(value));
        match order {
            std::cmp::Ordering::Less => Interval { inf: nearest, sup: nearest.next_up() },
            std::cmp::Ordering::Equal => Interval { inf: nearest, sup: nearest },
            std::cmp::Ordering::Greater => Interval { inf: nearest.next_down(), sup: nearest },
        }
    }
}

/// The smallest interval with float ends that contains the number (guarantee: tightest).
impl From<&Dyadic> for Interval {
    fn from(value: &Dyadic) -> Self {
        let (mantissa, exponent) = value.parts();
        let dropped = mantissa.bit_len().saturating_sub(53);
        let floor = mantissa >> dropped;
        match (i64::try_from(&floor), power_of_two(exponent + dropped as i64)) {
            // An integer of at most 53 bits, and the next: times a power of two that keeps them normal, nothing is rounded.
            (Ok(floor), Some(unit)) => {
                let above = if mantissa.trailing_zeros().is_none_or(|zeros| zeros >= dropped) { floor } else { floor + 1 };
                Interval { inf: floor as f64 * unit, sup: above as f64 * unit }
            }
            _ => Interval::from(&Rational::from(value)),
        }
    }
}

/// `2^exponent`, where it is normal, and integers of 54 bits times it are.
fn power_of_two(exponent: i64) -> Option<f64> {
    (-1022..=969).contains(&exponent).then(|| f64::from_bits(((exponent + 1023) as u64) << 52))
}

impl Scalar for Interval {
    type Weight = Interval;

    fn zero() -> Self {
        Interval { inf: 0.0, sup: 0.0 }
    }
    fn one() -> Self {
        Interval { inf: 1.0, sup: 1.0 }
    }
    fn plus(&self, other: &Self) -> Self {
        *self + *other
    }
    fn minus(&self, other: &Self) -> Self {
        *self - *other
    }
    fn times(&self, other: &Self) -> Self {
        *self * *other
    }
    fn weighted(&self, weight: &Interval) -> Self {
        *weight * *self
    }
    fn squared(&self) -> Self {
        self.sqr()
    }
}

/// `[inf, sup]`, each end in the shortest form that reads back as the same float.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:?}, {:?}]", self.inf, self.sup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(inf: f64, sup: f64) -> Interval {
        Interval::new(inf, sup).unwrap()
    }

    fn rational(value: f64) -> Rational {
        Rational::try_from(value).unwrap()
    }

    #[test]
    fn ends_are_checked() {
        for (inf, sup) in [(1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::NAN), (f64::INFINITY, f64::INFINITY)] {
            assert!(Interval::new(inf, sup).is_none());
        }
        assert!(Interval::try_from(f64::NAN).is_err());
    }

    #[test]
    fn rationals_are_enclosed_tightly() {
        let third = Interval::from(&Rational::new(1, 3).unwrap());
        assert_eq!(third.inf().next_up(), third.sup());
        assert_eq!(Interval::from(&rational(0.1)), interval(0.1, 0.1));
        let huge: Rational = "1e400".parse().unwrap();
        assert_eq!(Interval::from(&huge), interval(f64::MAX, f64::INFINITY));
        assert_eq!(Interval::from(&-&huge), interval(f64::NEG_INFINITY, f64::MIN));
        assert_eq!(Interval::from(&"-1e-400".parse::<Rational>().unwrap()), interval(-f64::from_bits(1), 0.0));
    }

    #[test]
    fn comparison_has_three_outcomes() {
        let (a, b, c) = (interval(0.0, 1.0), interval(1.5, 2.0), interval(0.5, 1.75));
        assert_eq!((a.certainly_less(b), b.certainly_less(a)), (Some(true), Some(false)));
        assert_eq!((a.certainly_less(c), c.certainly_less(b)), (None, None));
        assert_eq!(interval(1.0, 1.0).certainly_less(interval(1.0, 1.0)), Some(false));
    }

    #[test]
    fn unbounded_ends() {
        let (half_line, unit) = (interval(1.0, f64::INFINITY), interval(0.0, 1.0));
        assert_eq!((half_line * unit).inf(), 0.0);
        assert_eq!((half_line * unit).sup(), f64::INFINITY);
        assert!((half_line / half_line).contains(1e-300));
        assert_eq!(unit / unit, Interval::ENTIRE);
        assert_eq!(Interval::ENTIRE - half_line, Interval::ENTIRE);
        assert_eq!(interval(f64::MAX, f64::MAX).sqr().inf(), f64::MAX);
        assert!(interval(-1.0, 1.0).sqrt().is_none());
        assert_eq!(interval(-1.0, 2.0).sqr().inf(), 0.0);
    }

    #[test]
    fn a_decimal_is_printed_only_when_it_is_certain() {
        let x = interval(1.2341, 1.2344);
        assert_eq!((x.to_fixed(3), x.to_fixed(4)), (Some("1.234".into()), None));
        assert_eq!(interval(0.99996, 1.00003).to_decimal(4), Some("1.000".into()));
        assert_eq!(interval(0.99996, 1.00003).to_decimal(5), None);
        assert_eq!(interval(0.99996, 1.00003).to_fixed(3), Some("1.000".into()));
        assert_eq!(Interval::ENTIRE.to_fixed(0), None);
    }

    proptest! {
        #[test]
        fn dyadic_numbers_are_enclosed_as_rationals_are(m in any::<i128>(), bits in 0u32..127, exponent in -1300i64..1300) {
            let value = Dyadic::new((m >> bits).into(), exponent);
            prop_assert_eq!(Interval::from(&value), Interval::from(&Rational::from(&value)));
        }

        /// Exact points of the operands, combined exactly, lie in the result.
        #[test]
        fn results_contain_exact_results(
            ends in prop::array::uniform4(-1e10f64..1e10), s in 0i64..=16, t in 0i64..=16,
        ) {
            let (x, y) = (interval(ends[0].min(ends[1]), ends[0].max(ends[1])), interval(ends[2].min(ends[3]), ends[2].max(ends[3])));
            let between = |i: Interval, n: i64| {
                let fraction = Rational::new(n, 16).unwrap();
                &rational(i.inf()) + &(&fraction * &(&rational(i.sup()) - &rational(i.inf())))
            };
            let (a, b) = (between(x, s), between(y, t));
            prop_assert!((x + y).encloses(&(&a + &b)));
            prop_assert!((x - y).encloses(&(&a - &b)));
            prop_assert!((x * y).encloses(&(&a * &b)));
            prop_assert!(x.sqr().encloses(&(&a * &a)));
            prop_assert!(x.abs().encloses(&a.abs()));
            prop_assert!(x.min(y).encloses((&a).min(&b)));
            prop_assert!(a.over(&b).is_none_or(|quotient| (x / y).encloses(&quotient)));
            prop_assert!(Interval::from(&a).encloses(&a));
        }
    }
}
