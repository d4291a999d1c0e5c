//! The numbers that files hold: floats and integers of 64 bits, as what they are.

use dashu_int::IBig;

use crate::error::{Error, Result};

/// `+-m 2^e` with `m < 2^64`: any finite float of up to 64 bits, and any integer of 64 bits with a sign or without.
///
/// Guarantee of every conversion: exact, but for a decimal text, which is its nearest double.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MachineNumber {
    // Odd, or zero; then the exponent is 0 and the sign positive. So equal numbers have equal fields.
    magnitude: u64,
    pub(super) exponent: i16,
    negative: bool,
}

impl MachineNumber {
    fn new(negative: bool, magnitude: u64, exponent: i16) -> Self {
        match magnitude {
            0 => MachineNumber::default(),
            _ => {
                let zeros = magnitude.trailing_zeros();
                MachineNumber { magnitude: magnitude >> zeros, exponent: exponent + zeros as i16, negative }
            }
        }
    }

    /// The IEEE number with so many bits of exponent and fraction, from its bits; `None` for NaN and the infinities.
    pub fn from_ieee(bits: u64, exponent_bits: u32, fraction_bits: u32) -> Option<Self> {
        let largest = (1u64 << exponent_bits) - 1;
        let (biased, fraction) = (bits >> fraction_bits & largest, bits & ((1 << fraction_bits) - 1));
        let negative = bits >> (exponent_bits + fraction_bits) & 1 == 1;
        // The exponent of the last bit of a subnormal number, and of the least normal one.
        let lowest = 2 - (1i16 << (exponent_bits - 1)) - fraction_bits as i16;
        match biased {
            0 => Some(MachineNumber::new(negative, fraction, lowest)),
            _ if biased == largest => None,
            _ => Some(MachineNumber::new(negative, fraction | 1 << fraction_bits, lowest + (biased - 1) as i16)),
        }
    }

    /// Whether this is zero.
    pub fn is_zero(&self) -> bool {
        self.magnitude == 0
    }

    /// The exponents `(e, f)` with `2^e` dividing the number and `|number| < 2^f`; `None` for zero.
    pub fn exponents(&self) -> Option<(i64, i64)> {
        let lowest = i64::from(self.exponent);
        (!self.is_zero()).then(|| (lowest, lowest + i64::from(64 - self.magnitude.leading_zeros())))
    }

    /// The integer `self / 2^exponent`, for an `exponent` not above our own.
    pub fn over(&self, exponent: i64) -> IBig {
        if self.is_zero() {
            return IBig::ZERO;
        }
        let integer = IBig::from(self.magnitude) << (i64::from(self.exponent) - exponent) as usize;
        if self.negative { -integer } else { integer }
    }
}

impl From<i64> for MachineNumber {
    fn from(integer: i64) -> Self {
        MachineNumber::new(integer < 0, integer.unsigned_abs(), 0)
    }
}

impl From<u64> for MachineNumber {
    fn from(integer: u64) -> Self {
        MachineNumber::new(false, integer, 0)
    }
}

/// The number that a finite float is, read from its bits.
impl TryFrom<f64> for MachineNumber {
    type Error = Error;

    /// # Errors
    /// For NaN and the infinities.
    fn try_from(value: f64) -> Result<Self> {
        MachineNumber::from_ieee(value.to_bits(), 11, 52).ok_or_else(|| Error::input(value, "a finite number"))
    }
}

/// The double next to a decimal, halves to even: what every program makes of the text.
impl TryFrom<&str> for MachineNumber {
    type Error = Error;

    /// # Errors
    /// When the text is no decimal with an optional exponent of ten, or no double is near it.
    fn try_from(text: &str) -> Result<Self> {
        let expected = || Error::input(format!("{text:?}"), "a number within the range of a double");
        // This leaves out `inf` and `nan`.
        if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
            return Err(expected());
        }
        text.parse::<f64>().ok().and_then(|value| MachineNumber::try_from(value).ok()).ok_or_else(expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use proptest::prelude::*;

    fn dyadic(number: MachineNumber) -> Dyadic {
        number.into()
    }

    #[test]
    fn half_single_and_double_precision() {
        let of = |bits, e, f| dyadic(MachineNumber::from_ieee(bits, e, f).unwrap());
        // 1.5 and the least and largest numbers of each.
        for (e, f, bits) in [(5, 10, 0x3e00), (8, 23, 0x3fc0_0000), (11, 52, 0x3ff8_0000_0000_0000)] {
            assert_eq!(of(bits, e, f), Dyadic::new(3.into(), -1));
            assert_eq!(of(1, e, f), Dyadic::new(1.into(), 2 - (1 << (e - 1)) - i64::from(f)));
            let largest = (((1u64 << e) - 1) << f) - 1;
            let whole = Dyadic::new(((1i64 << (f + 1)) - 1).into(), (1 << (e - 1)) - 1 - i64::from(f));
            assert_eq!(of(largest, e, f), whole);
            assert!(MachineNumber::from_ieee(largest + 1, e, f).is_none());
        }
    }

    #[test]
    fn texts_are_their_nearest_doubles() {
        let of = |text| MachineNumber::try_from(text);
        for (text, value) in
            [("0.1", 0.1), ("+.5e1", 5.0), ("-3.", -3.0), ("1E-400", 0.0), ("-0", 0.0), ("9007199254740993", 9007199254740992.0)]
        {
            assert_eq!(of(text).unwrap(), MachineNumber::try_from(value).unwrap(), "{text}");
        }
        for bad in ["", ".", "e5", "nan", "inf", "-infinity", "1e400", "1_0", "0x1", "1e", "1,5", "--1", "1d5"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn integers_and_doubles_are_kept(n in any::<i64>(), m in any::<u64>(), bits in any::<u64>()) {
            prop_assert_eq!(dyadic(n.into()), Dyadic::from(n));
            prop_assert_eq!(dyadic(m.into()), Dyadic::from(IBig::from(m)));
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let number = MachineNumber::try_from(value).unwrap();
            prop_assert_eq!(number, MachineNumber::try_from(format!("{value:e}").as_str()).unwrap());
            if let Some((low, high)) = number.exponents() {
                prop_assert!(dyadic(number).shifted(-low).parts().1 >= 0);
                let size = &dyadic(number) * &dyadic(number);
                prop_assert!(size < Dyadic::from(1).shifted(2 * high) && size >= Dyadic::from(1).shifted(2 * high - 2));
            }
        }
    }
}
