//! Correction as a theorem: chains of width 1 on the population, for every dimension.

mod a_posteriori;
mod every_dimension;
mod landscape;
mod layerwise_floor;
mod reduction;
mod staircase;

use super::{Claim, Condition, Verdict};
use crate::enclosure::Interval;
use crate::exact::Rational;

/// The claims of the group, in the order in which they are printed.
pub(super) fn claims() -> [Claim; 6] {
    [
        reduction::REDUCTION,
        landscape::LANDSCAPE,
        staircase::STAIRCASE,
        layerwise_floor::LAYERWISE_FLOOR,
        every_dimension::EVERY_DIMENSION,
        a_posteriori::A_POSTERIORI,
    ]
}

/// A condition; an enclosure that does not tell leaves it undecided.
fn condition(requires: impl Into<String>, found: impl Into<String>, holds: Option<bool>) -> Condition {
    let verdict = holds.map_or(Verdict::Undecided, Verdict::from);
    Condition { requires: requires.into(), found: found.into(), verdict }
}

/// The smallest interval with the decimal in it.
fn enclosed(decimal: &str) -> Interval {
    Interval::from(&exactly(decimal))
}

/// A decimal of the claim's text.
fn exactly(decimal: &str) -> Rational {
    decimal.parse().expect("a decimal literal")
}

/// A correctly rounded decimal, or the interval where its digits are not certain.
fn printed(value: Option<Interval>, digits: usize) -> String {
    value.map_or_else(|| "absent".into(), |v| v.to_decimal(digits).unwrap_or_else(|| v.to_string()))
}
