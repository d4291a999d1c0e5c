//! Floats as C99 hexadecimal text: exact, readable, and read by `strtod` of C and `float.fromhex` of Python.

use std::result::Result as Answer;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bits of the fraction.
const FRACTION: u32 = 52;
/// The exponent of 1 as it is stored.
const BIAS: i64 = 1023;

/// A float that is written and read as hexadecimal text. Guarantee: exact; every NaN becomes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hexadecimal(pub f64);

/// The text, as `float.hex()` of Python writes it: `-0x1.8000000000000p+1` is -3.
pub fn write(value: f64) -> String {
    let sign = if value.is_sign_negative() && !value.is_nan() { "-" } else { "" };
    let bits = value.abs().to_bits();
    let (exponent, fraction) = ((bits >> FRACTION) as i64, bits & ((1 << FRACTION) - 1));
    match (exponent, fraction) {
        (2047, 0) => format!("{sign}inf"),
        (2047, _) => "nan".into(),
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p{:+}", 1 - BIAS),
        _ => format!("{sign}0x1.{fraction:013x}p{:+}", exponent - BIAS),
    }
}

/// The float that [`write`] gave this text; `None` for any other text, also for another spelling of a float.
pub fn read(text: &str) -> Option<f64> {
    let size = match text.strip_prefix('-').unwrap_or(text) {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        finite => read_finite(finite)?,
    };
    let value = if text.starts_with('-') { -size } else { size };
    (write(value) == text).then_some(value)
}

fn read_finite(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.strip_prefix("0x")?.split_once('p')?;
    let (first, fraction) = mantissa.split_once('.')?;
    let fraction = u64::from_str_radix(fraction, 16).ok().filter(|f| f >> FRACTION == 0)?;
    let stored = if first == "0" { 0 } else { exponent.parse::<i64>().ok()?.checked_add(BIAS)? };
    (0..2047).contains(&stored).then(|| f64::from_bits((stored as u64) << FRACTION | fraction))
}

impl Serialize for Hexadecimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Answer<S::Ok, S::Error> {
        serializer.serialize_str(&write(self.0))
    }
}

impl<'de> Deserialize<'de> for Hexadecimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Answer<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text).map(Hexadecimal).ok_or_else(|| D::Error::custom(format!("{text:?} is no hexadecimal float")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use proptest::prelude::*;

    #[test]
    fn texts_are_those_of_python() {
        let cases = [
            (0.0, "0x0.0p+0"),
            (-0.0, "-0x0.0p+0"),
            (1.0, "0x1.0000000000000p+0"),
            (-3.0, "-0x1.8000000000000p+1"),
            (0.1, "0x1.999999999999ap-4"),
            (f64::MAX, "0x1.fffffffffffffp+1023"),
            (f64::MIN_POSITIVE, "0x1.0000000000000p-1022"),
            (f64::from_bits(1), "0x0.0000000000001p-1022"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, text) in cases {
            assert_eq!(write(value), text);
            assert_eq!(read(text).map(f64::to_bits), Some(value.to_bits()), "{text}");
        }
        assert!(read(&write(f64::NAN)).unwrap().is_nan() && write(-f64::NAN) == "nan");
    }

    #[test]
    fn any_other_text_is_refused() {
        let bad = ["", "-", "0x", "1.0", "0x1p+0", "0x1.8p+0", "0x2.0000000000000p+0", "0x1.0000000000000p+1024", "-nan", "+inf"];
        let more = ["0x1.0000000000000p0", "0x0.0p-0", "0x0.0000000000000p-1022", "0X1.0000000000000p+0", "0x1.000000000000Ap+0"];
        for text in bad.into_iter().chain(more) {
            assert_eq!(read(text), None, "{text}");
        }
        let large = format!("0x1.0000000000000p+{}", i64::MAX);
        assert_eq!(read(&large), None);
    }

    proptest! {
        /// The digits mean what they say: `first.fraction 2^exponent` is the float, exactly.
        #[test]
        fn what_is_written_is_the_float(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let text = write(value);
            prop_assert_eq!(read(&text).map(f64::to_bits), Some(bits));
            let (mantissa, exponent) = text.trim_start_matches('-').trim_start_matches("0x").split_once('p').unwrap();
            let (first, fraction) = mantissa.split_once('.').unwrap();
            let digits = i64::from_str_radix(&format!("{first}{fraction}"), 16).unwrap();
            let shift = exponent.parse::<i64>().unwrap() - 4 * fraction.len() as i64;
            let size = Dyadic::from(digits).shifted(shift);
            prop_assert_eq!(Dyadic::try_from(value).unwrap(), if value < 0.0 { Dyadic::from(-1) * size } else { size });
        }
    }
}
