//! Rational numbers, and the only ways out of them: correctly rounded decimals and floats.

use super::dyadic::Dyadic;
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use dashu_int::ops::{Abs, BitTest, DivRemEuclid};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

/// The largest power of ten, up or down, that a decimal literal may carry.
pub const MAX_DECIMAL_EXPONENT: i64 = 10_000;

/// An exact quotient of integers, in lowest terms. Guarantee of all arithmetic: exact.
///
/// ```
/// use bfc::exact::Rational;
///
/// let third = Rational::new(1, 3).unwrap();
/// let tiny = &third * &"1e-27".parse().unwrap();
/// assert_eq!(third.to_decimal(4), "0.3333");
/// assert_eq!(tiny.to_decimal(5), "3.3333e-28");
/// assert_eq!((tiny.lower_decimal(1), tiny.upper_decimal(1)), ("3e-28".into(), "4e-28".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rational(RBig);

/// Towards which neighbour a number that is not representable goes.
#[derive(Clone, Copy)]
enum Round {
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
        Some(&Rational::new(n.clone(), d.clone())? * &Rational::power_of(2, e - f))
    }

    /// `self / divisor`; `None` when the divisor is zero.
    pub fn over(&self, divisor: &Rational) -> Option<Self> {
        (!divisor.is_zero()).then(|| Rational(&self.0 / &divisor.0))
    }

    /// `base^exponent`, for a positive `base` and an exponent of any sign.
    fn power_of(base: u32, exponent: i64) -> Self {
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
    fn to_integer(&self, round: Round) -> IBig {
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

    /// The `e` with `base^e <= |self| < base^(e+1)`, for `self != 0` and a base of 2 or 10.
    fn floor_log(&self, base: u32) -> i64 {
        let bits = self.numerator().bit_len() as i64 - self.denominator().bit_len() as i64;
        let mut e = if base == 10 { bits * 30103 / 100_000 } else { bits };
        let magnitude = self.abs();
        while magnitude < Rational::power_of(base, e) {
            e -= 1;
        }
        while magnitude >= Rational::power_of(base, e + 1) {
            e += 1;
        }
        e
    }

    /// The number with `digits` significant digits; correctly rounded, ties to the even digit (guarantee: tightest).
    ///
    /// The notation is plain (`-0.0012`, `34.72`) for magnitudes in `[1e-4, 10^digits)` after rounding, and scientific
    /// (`3.4715e-28`) outside. Trailing zeros are kept, zero is `0`, and `digits = 0` is read as 1.
    pub fn to_decimal(&self, digits: usize) -> String {
        self.significant(digits, Round::HalfEven)
    }

    /// As [`to_decimal`](Self::to_decimal), never above the number.
    pub fn lower_decimal(&self, digits: usize) -> String {
        self.significant(digits, Round::Down)
    }

    /// As [`to_decimal`](Self::to_decimal), never below the number.
    pub fn upper_decimal(&self, digits: usize) -> String {
        self.significant(digits, Round::Up)
    }

    fn significant(&self, digits: usize, round: Round) -> String {
        if self.is_zero() {
            return "0".into();
        }
        let digits = digits.max(1) as i64;
        let mut exponent = self.floor_log(10);
        let mut scaled = (self * &Rational::power_of(10, digits - 1 - exponent)).to_integer(round);
        if scaled.clone().abs() == UBig::from(10u8).pow(digits as usize).into() {
            (scaled, exponent) = (scaled / 10, exponent + 1);
        }
        match (-4..digits).contains(&exponent) {
            true => with_point(&scaled, (digits - 1 - exponent) as usize),
            false => format!("{}e{exponent}", with_point(&scaled, digits as usize - 1)),
        }
    }

    /// The number with `digits` digits after the point; correctly rounded, ties to the even digit (guarantee: tightest).
    ///
    /// What rounds to zero is printed without a sign.
    pub fn to_fixed(&self, digits: usize) -> String {
        self.fixed(digits, Round::HalfEven)
    }

    /// As [`to_fixed`](Self::to_fixed), never above the number.
    pub fn lower_fixed(&self, digits: usize) -> String {
        self.fixed(digits, Round::Down)
    }

    /// As [`to_fixed`](Self::to_fixed), never below the number.
    pub fn upper_fixed(&self, digits: usize) -> String {
        self.fixed(digits, Round::Up)
    }

    fn fixed(&self, digits: usize, round: Round) -> String {
        with_point(&(self * &Rational::power_of(10, digits as i64)).to_integer(round), digits)
    }

    /// The nearest float, ties to even (guarantee: tightest).
    ///
    /// As IEEE 754 rounds: below the normal range the spacing is `2^-1074`, and at most half of that becomes a zero with the sign
    /// of the number; from `2^1024 - 2^970` on it is an infinity.
    pub fn to_f64(&self) -> f64 {
        if self.is_zero() {
            return 0.0;
        }
        let spacing = (self.floor_log(2) - 52).max(-1074);
        let multiple = (&self.abs() * &Rational::power_of(2, -spacing)).to_integer(Round::HalfEven);
        let sign = u64::from(self.is_negative()) << 63;
        // At most 2^53 by the choice of the spacing; a carry into the next binade comes out right in the bits.
        let multiple = u64::try_from(multiple).unwrap_or(1 << 53);
        let infinity = f64::INFINITY.to_bits();
        let exponent = ((spacing + 1074) as u64).min(0x7ff) << 52;
        f64::from_bits(sign | (exponent + multiple).min(infinity))
    }
}

/// `integer / 10^decimals` in plain notation.
fn with_point(integer: &IBig, decimals: usize) -> String {
    let digits = format!("{:0>width$}", integer.clone().abs().to_string(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if *integer < IBig::ZERO { "-" } else { "" };
    let point = if decimals > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// The exact quotient, `n` or `n/d`.
impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads a decimal literal exactly: `0.04`, `-3`, `1e-12`, `2.5E+3`.
impl FromStr for Rational {
    type Err = Error;

    /// # Errors
    /// When the text is not a decimal literal or its exponent is beyond [`MAX_DECIMAL_EXPONENT`].
    fn from_str(text: &str) -> Result<Self> {
        parse_decimal(text)
            .ok_or_else(|| Error::input(format!("{text:?}"), "a decimal number such as 0.04 or 1e-12, its exponent within 10000"))
    }
}

fn parse_decimal(text: &str) -> Option<Rational> {
    let (significand, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.parse::<i64>().ok().filter(|e| e.abs() <= MAX_DECIMAL_EXPONENT)?;
    let unsigned = significand.strip_prefix(['-', '+']).unwrap_or(significand);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let integer = Rational(RBig::from(digits.parse::<UBig>().ok()?));
    let magnitude = &integer * &Rational::power_of(10, exponent - fraction.len() as i64);
    Some(if significand.starts_with('-') { -&magnitude } else { magnitude })
}

impl From<i64> for Rational {
    fn from(integer: i64) -> Self {
        Rational(integer.into())
    }
}

impl From<&Dyadic> for Rational {
    fn from(value: &Dyadic) -> Self {
        let (mantissa, exponent) = value.parts();
        &Rational(mantissa.clone().into()) * &Rational::power_of(2, exponent)
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
    fn literals_are_read_exactly() {
        assert_eq!(rational("0.04"), Rational::new(1, 25).unwrap());
        assert_eq!(rational("1e-12"), Rational::power_of(10, -12));
        assert_eq!(rational("-2.50E+3"), Rational::from(-2500));
        assert_eq!(rational(".5"), rational("5e-1"));
        for text in ["", ".", "-", "e5", "1e", "1e99999999999999999999", "1e10001", "0x1", "1_0", "+-1", "1 ", "nan", "é"] {
            assert!(text.parse::<Rational>().is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn significant_digits() {
        let cases = [
            ("3.47151e-28", 5, "3.4715e-28"),
            ("0.00012345", 3, "0.000123"),
            ("0.000012345", 3, "1.23e-5"),
            ("12345", 5, "12345"),
            ("12345", 4, "1.234e4"),
            ("0", 4, "0"),
            ("-7", 3, "-7.00"),
            ("7", 0, "7"),
        ];
        for (number, digits, expected) in cases {
            assert_eq!(rational(number).to_decimal(digits), expected);
        }
    }

    #[test]
    fn ties_go_to_the_even_digit_and_carries_move_the_point() {
        assert_eq!(rational("1.25").to_decimal(2), "1.2");
        assert_eq!(rational("1.35").to_decimal(2), "1.4");
        assert_eq!(rational("-1.25").to_decimal(2), "-1.2");
        assert_eq!(rational("9.9995").to_decimal(4), "10.00");
        assert_eq!(rational("9.9985").to_decimal(4), "9.998");
        assert_eq!(rational("9.9995e-28").to_decimal(4), "1.000e-27");
        assert_eq!(rational("0.99995e-4").to_decimal(4), "0.0001000");
        assert_eq!(rational("9999.5").to_decimal(4), "1.000e4");
        assert_eq!(rational("0.5").to_fixed(0), "0");
        assert_eq!(rational("1.5").to_fixed(0), "2");
        assert_eq!(rational("-0.0004").to_fixed(3), "0.000");
        assert_eq!(rational("0.0615").to_fixed(3), "0.062");
    }

    #[test]
    fn directed_decimals_bracket() {
        let third = Rational::new(-1, 3).unwrap();
        assert_eq!((third.lower_decimal(3), third.upper_decimal(3)), ("-0.334".into(), "-0.333".into()));
        assert_eq!((third.lower_fixed(1), third.upper_fixed(1)), ("-0.4".into(), "-0.3".into()));
        assert_eq!(rational("9.999").upper_decimal(3), "10.0");
        assert_eq!(rational("0.25").lower_fixed(2), rational("0.25").upper_fixed(2));
    }

    #[test]
    fn floats_at_the_ends_of_the_range() {
        let tiny = Rational::power_of(2, -1075);
        assert_eq!(tiny.to_f64(), 0.0);
        assert!((-&tiny).to_f64().is_sign_negative());
        assert_eq!((&tiny * &rational("1.0001")).to_f64(), f64::from_bits(1));
        assert_eq!((&tiny * &Rational::from(3)).to_f64(), f64::from_bits(2));
        let top = &Rational::power_of(2, 1024) - &Rational::power_of(2, 970);
        assert_eq!(top.to_f64(), f64::INFINITY);
        assert_eq!((&top - &Rational::one()).to_f64(), f64::MAX);
        assert_eq!(Rational::power_of(10, 400).to_f64(), f64::INFINITY);
        assert_eq!((-&Rational::power_of(10, 9000)).to_f64(), f64::NEG_INFINITY);
        assert_eq!(Rational::power_of(10, -400).to_f64(), 0.0);
    }

    proptest! {
        /// The standard library's shortest decimal of a float reads back as the float, by its parser and by ours.
        #[test]
        fn reads_and_rounds_as_the_standard_parser(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(rational(&format!("{value:e}")).to_f64().to_bits() << 1, bits << 1);
            prop_assert_eq!(Rational::try_from(value).unwrap().to_f64().to_bits() << 1, bits << 1);
        }

        /// The standard library prints exact decimals of floats, correctly rounded (an independent implementation).
        #[test]
        fn prints_as_the_standard_formatter(value in -1e6f64..1e6, digits in 1usize..12) {
            prop_assume!(value != 0.0);
            let exact = Rational::try_from(value).unwrap();
            let fixed = exact.abs().to_fixed(digits);
            prop_assert_eq!(fixed, format!("{:.digits$}", value.abs()));
            let scientific = format!("{value:.precision$e}", precision = digits - 1);
            prop_assert_eq!(rational(&exact.to_decimal(digits)), rational(&scientific));
        }

        #[test]
        fn random_decimals_round_to_the_nearest_float(mantissa in any::<u64>(), exponent in -340i32..330) {
            let text = format!("{mantissa}e{exponent}");
            prop_assert_eq!(rational(&text).to_f64(), text.parse::<f64>().unwrap());
        }

        #[test]
        fn directed_decimals_enclose(n in any::<i64>(), d in 1i64.., digits in 1usize..20) {
            let x = Rational::new(n, d).unwrap();
            prop_assert!(rational(&x.lower_decimal(digits)) <= x && x <= rational(&x.upper_decimal(digits)));
            prop_assert!(rational(&x.lower_fixed(digits)) <= x && x <= rational(&x.upper_fixed(digits)));
        }
    }
}
