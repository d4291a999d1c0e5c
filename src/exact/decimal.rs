//! Rational numbers in decimals: read exactly, printed correctly rounded.

use std::str::FromStr;

use dashu_int::ops::{Abs, BitTest};
use dashu_int::{IBig, UBig};

use super::rational::{Rational, Round};
use crate::error::{Error, Result};

/// The largest power of ten, up or down, that a decimal literal may carry.
pub const MAX_DECIMAL_EXPONENT: i64 = 10_000;

impl Rational {
    /// The `e` with `10^e <= |self| < 10^(e+1)`, for `self != 0`.
    fn floor_log10(&self) -> i64 {
        let bits = self.numerator().bit_len() as i64 - self.denominator().bit_len() as i64;
        let mut e = bits * 30103 / 100_000;
        let magnitude = self.abs();
        while magnitude < Rational::power_of(10, e) {
            e -= 1;
        }
        while magnitude >= Rational::power_of(10, e + 1) {
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
        let mut exponent = self.floor_log10();
        let mut scaled = (self * Rational::power_of(10, digits - 1 - exponent)).to_integer(round);
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
        with_point(&(self * Rational::power_of(10, digits as i64)).to_integer(round), digits)
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
    let integer = Rational::new(digits.parse::<IBig>().ok()?, 1)?;
    let magnitude = integer * Rational::power_of(10, exponent - fraction.len() as i64);
    Some(if significand.starts_with('-') { -magnitude } else { magnitude })
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

    proptest! {
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
        fn directed_decimals_enclose(n in any::<i64>(), d in 1i64.., digits in 1usize..20) {
            let x = Rational::new(n, d).unwrap();
            prop_assert!(rational(&x.lower_decimal(digits)) <= x && x <= rational(&x.upper_decimal(digits)));
            prop_assert!(rational(&x.lower_fixed(digits)) <= x && x <= rational(&x.upper_fixed(digits)));
        }
    }
}
