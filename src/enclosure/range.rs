//! Enclosures with rational ends.

use crate::exact::Rational;
use std::fmt;

/// The real numbers between two rational ones, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    // lower <= upper
    lower: Rational,
    upper: Rational,
}

impl Range {
    /// `[lower, upper]`; `None` when nothing lies between.
    pub fn new(lower: Rational, upper: Rational) -> Option<Self> {
        (lower <= upper).then_some(Range { lower, upper })
    }

    /// All numbers at most `|radius|` from `middle`.
    pub fn around(middle: &Rational, radius: &Rational) -> Self {
        let radius = radius.abs();
        Range { lower: middle - &radius, upper: middle + &radius }
    }

    /// The lower end.
    pub fn lower(&self) -> &Rational {
        &self.lower
    }

    /// The upper end.
    pub fn upper(&self) -> &Rational {
        &self.upper
    }

    /// Whether a number is a member, decided exactly.
    pub fn encloses(&self, value: &Rational) -> bool {
        self.lower <= *value && *value <= self.upper
    }

    /// Whether some number is a member of both.
    pub fn overlaps(&self, other: &Range) -> bool {
        self.lower <= other.upper && other.lower <= self.upper
    }

    /// `upper - lower` (guarantee: exact).
    pub fn width(&self) -> Rational {
        &self.upper - &self.lower
    }

    /// The number with `digits` digits after the point, when all members round to the same decimal (guarantee: then tightest).
    pub fn to_fixed(&self, digits: usize) -> Option<String> {
        self.printed(|end| end.to_fixed(digits))
    }

    /// The number with `digits` significant digits, when all members round to the same decimal (guarantee: then tightest).
    pub fn to_decimal(&self, digits: usize) -> Option<String> {
        self.printed(|end| end.to_decimal(digits))
    }

    /// Rounding is monotone: when the ends agree, so do all members.
    fn printed(&self, print: impl Fn(&Rational) -> String) -> Option<String> {
        let (lower, upper) = (print(&self.lower), print(&self.upper));
        (lower == upper).then_some(lower)
    }
}

/// `[lower, upper]`, rounded outwards to so many significant digits as the precision asks for, or 17.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(17);
        write!(f, "[{}, {}]", self.lower.lower_decimal(digits), self.upper.upper_decimal(digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(lower: &str, upper: &str) -> Range {
        Range::new(lower.parse().unwrap(), upper.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_decimal_is_printed_where_both_ends_round_to_it() {
        let thin = range("0.12341", "0.12349");
        assert_eq!((thin.to_fixed(3), thin.to_fixed(4)), (Some("0.123".into()), None));
        assert_eq!((thin.to_decimal(3), thin.to_decimal(4)), (Some("0.123".into()), None));
        assert_eq!(format!("{thin:.2}"), "[0.12, 0.13]");
        assert_eq!(thin.width(), "0.00008".parse().unwrap());
    }

    #[test]
    fn ranges_overlap_when_they_share_a_number() {
        let (left, middle, right) = (range("0", "1"), range("1", "2"), range("1.5", "3"));
        assert!(left.overlaps(&middle) && middle.overlaps(&left) && middle.overlaps(&right) && left.overlaps(&left));
        assert!(!left.overlaps(&right) && !right.overlaps(&left));
        let one = Rational::from(1);
        assert!(left.encloses(&one) && middle.encloses(&one) && !right.encloses(&one));
    }
}
