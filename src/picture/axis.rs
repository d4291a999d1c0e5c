//! The scale of an axis as plotters asks for it.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::parts::Scale;
use super::ticks::{Tick, ticks};
use crate::portable::elementary;

/// An axis with its ends and its ticks.
#[derive(Clone, Debug)]
pub struct Extent {
    scale: Scale,
    low: f64,
    high: f64,
    ticks: Vec<Tick>,
}

impl Extent {
    /// An axis that has a place for each of the values, all of which the scale shows, and some room around them.
    pub fn around(scale: Scale, values: &[f64]) -> Self {
        let least = values.iter().copied().reduce(f64::min);
        let most = values.iter().copied().reduce(f64::max);
        let (low, high) = match (scale, least, most) {
            (Scale::Linear, Some(low), Some(high)) => widened(low, high),
            (Scale::Logarithmic, Some(low), Some(high)) => stretched(low, high),
            (Scale::Linear, ..) => (0.0, 1.0),
            (Scale::Logarithmic, ..) => (1.0, 10.0),
        };
        Extent { scale, low, high, ticks: ticks(scale, low, high) }
    }

    /// Where a value lies: 0 at the lower end, 1 at the upper one.
    fn share(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0),
            Scale::Logarithmic => {
                let [value, low, high] = [value, self.low, self.high].map(elementary::ln);
                (value - low) / (high - low)
            }
        };
        // A value that has no place is drawn by nobody; NaN goes to the lower end.
        share.clamp(0.0, 1.0).max(0.0)
    }

    /// The most characters of a label.
    pub fn label_width(&self) -> usize {
        self.ticks.iter().map(|tick| tick.label.chars().count()).max().unwrap_or(0)
    }

    /// How many ticks there are.
    pub fn tick_count(&self) -> usize {
        self.ticks.len()
    }
}

/// Half a tenth of the length on both sides; 1 where there is no length.
fn widened(low: f64, high: f64) -> (f64, f64) {
    let room = match high / 20.0 - low / 20.0 {
        room if room > 0.0 => room,
        _ => (high.abs() / 2.0).max(f64::MIN_POSITIVE),
    };
    ((low - room).max(f64::MIN), (high + room).min(f64::MAX))
}

/// A factor on both sides.
fn stretched(low: f64, high: f64) -> (f64, f64) {
    let factor = match high / low < 1e3 {
        true => 1.2,
        false => 2.0,
    };
    ((low / factor).max(f64::MIN_POSITIVE), (high * factor).min(f64::MAX))
}

impl Ranged for Extent {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (f64::from(to - from) * self.share(*value)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Extent {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|tick| tick.value == *value).map(|tick| tick.label.clone()).unwrap_or_default()
    }
}
