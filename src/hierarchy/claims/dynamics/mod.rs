//! Correction as a theorem: chains on the population, for every dimension.

pub mod a_posteriori;
pub mod depth_4;
pub mod every_dimension;
pub mod landscape;
pub mod layerwise_floor;
pub mod reduction;
pub mod staircase;
pub mod width_2;

use crate::claim::{Condition, Value, Verdict};
use crate::enclosure::{Interval, boxes};
use crate::exact::Rational;

/// The verdict on a comparison of enclosures; one that does not tell leaves it undecided.
fn verdict(holds: Option<bool>) -> Verdict {
    holds.map_or(Verdict::Undecided, Verdict::from)
}

/// A condition on enclosures.
fn condition(key: &str, requires: impl AsRef<str>, found: impl AsRef<str>, holds: Option<bool>) -> Condition {
    Condition::new(key, requires, found, verdict(holds))
}

/// A statement about all points of a box, as branch and bound left it; `numbers` names those of a point.
fn searched(key: &str, requires: String, numbers: &str, outcome: boxes::Outcome) -> Condition {
    match outcome {
        boxes::Outcome::Proved(cover) => {
            let found = format!("proved with {} boxes, {} more outside", cover.holds, cover.outside);
            condition(key, requires, found, Some(true))
        }
        boxes::Outcome::Refuted(part) => {
            let middle: Vec<String> = part.iter().map(|side| side.mid().to_string()).collect();
            condition(key, requires, format!("fails at ({numbers}) = ({})", middle.join(", ")), Some(false))
        }
        boxes::Outcome::Undecided(_) => condition(key, requires, "the boxes do not tell", None),
    }
}

/// Whether each number is below its bound: not, where one certainly is not.
fn all_below<'a>(numbers: &[Interval], bounds: impl IntoIterator<Item = &'a &'a str>) -> Option<bool> {
    let below: Vec<Option<bool>> = numbers.iter().zip(bounds).map(|(v, most)| v.certainly_less(enclosed(most))).collect();
    if below.contains(&Some(false)) { Some(false) } else { below.iter().all(|b| *b == Some(true)).then_some(true) }
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
fn decimal(value: Option<Interval>, digits: usize) -> String {
    value.map_or_else(|| "absent".into(), |v| v.to_decimal(digits).unwrap_or_else(|| v.to_string()))
}

/// The same, as a cell.
fn printed(value: Option<Interval>, digits: usize) -> Value {
    Value::enclosed(decimal(value, digits))
}
