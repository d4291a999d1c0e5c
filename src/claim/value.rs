//! The cells of a table: numbers with what they rest on, and words.

use dashu_int::IBig;
use serde::{Deserialize, Serialize};

use crate::exact::Rational;
use crate::layout::one_line;

/// What the numbers of a column rest on, from the strongest to the weakest; [`Text`](Kind::Text) are no numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Words, names, digests.
    Text,
    /// Integers, exactly.
    Integer,
    /// Rational numbers, in full or as correctly rounded decimals.
    Exact,
    /// Correctly rounded decimals of real numbers that are enclosed.
    Enclosed,
    /// Numbers of seeded runs, the same bits on every machine.
    Replayed,
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Kind; 5] = [Kind::Text, Kind::Integer, Kind::Exact, Kind::Enclosed, Kind::Replayed];

    /// The word below the heading of a column.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Exact => "exact",
            Kind::Enclosed => "enclosed",
            Kind::Replayed => "replayed",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A cell of a table: what it rests on, and its text on one line.
///
/// In a column of numbers a cell may be a word, such as `absent` or `above 96`; it has the kind [`Text`](Kind::Text) then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    kind: Kind,
    text: String,
}

impl Value {
    fn new(kind: Kind, text: impl Into<String>) -> Self {
        let text = one_line(&text.into());
        // A word among numbers claims nothing.
        let kind = if is_number(&text) { kind } else { Kind::Text };
        Value { kind, text }
    }

    /// Words, names, digests.
    pub fn text(text: impl Into<String>) -> Self {
        Value { kind: Kind::Text, text: one_line(&text.into()) }
    }

    /// A rational number `p/q`, or its correctly rounded decimal.
    pub fn exact(text: impl Into<String>) -> Self {
        Value::new(Kind::Exact, text)
    }

    /// The correctly rounded decimal of an enclosed real number.
    pub fn enclosed(text: impl Into<String>) -> Self {
        Value::new(Kind::Enclosed, text)
    }

    /// A number of a seeded run.
    pub fn replayed(text: impl Into<String>) -> Self {
        Value::new(Kind::Replayed, text)
    }

    /// The cell with this text in a column of this kind.
    pub fn in_column(kind: Kind, text: impl Into<String>) -> Self {
        Value::new(kind, text)
    }

    /// What it rests on.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its text, as printed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The nearest double of the printed number; none for words. Approximate, for pictures and for readers of JSON.
    pub fn approximate(&self) -> Option<f64> {
        if self.kind == Kind::Text {
            return None;
        }
        match self.text.split_once('/') {
            Some((numerator, denominator)) => Some(Rational::from_fraction(numerator, denominator)?.to_f64()),
            None => self.text.parse().ok(),
        }
    }
}

/// Returns whether a text is an integer, a decimal or a fraction of integers, of any size.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned.split_once('/') {
        Some((numerator, denominator)) => are_digits(numerator) && are_digits(denominator),
        None => is_decimal(unsigned),
    }
}

fn is_decimal(unsigned: &str) -> bool {
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let mantissa = match mantissa.split_once('.') {
        Some((whole, decimals)) => (whole.is_empty() || are_digits(whole)) && are_digits(decimals),
        None => are_digits(mantissa),
    };
    mantissa && are_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

macro_rules! integers {
    ($($type:ty)*) => { $(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Value { kind: Kind::Integer, text: value.to_string() }
            }
        }
    )* };
}
integers!(i32 i64 u32 u64 u128 usize IBig &IBig);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_among_numbers_claim_nothing() {
        for number in ["0", "-3", "1/3", "2.50e-8", "1e300", "-2.5e+400", ".5", "123456789012345678901234567890"] {
            assert_eq!(Value::exact(number).kind(), Kind::Exact, "{number}");
        }
        for word in ["absent", "above 96", "", "nan", "inf", "1/", "/2", "1/-2", "[1, 2]", "-", "1.", "e5", "1e", "1e5.", "1.2.3"]
        {
            assert_eq!(Value::exact(word).kind(), Kind::Text, "{word}");
        }
        assert_eq!(Value::from(7usize), Value::in_column(Kind::Integer, "7"));
    }

    #[test]
    fn a_printed_number_has_a_nearest_double() {
        assert_eq!(Value::exact("1/4").approximate(), Some(0.25));
        assert_eq!(Value::replayed("2.5e-1").approximate(), Some(0.25));
        assert_eq!(Value::text("0.25").approximate(), None);
    }

    #[test]
    fn kinds_have_names() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::named(kind.name()) == Some(kind)));
        assert_eq!(Kind::named("guess"), None);
    }
}
