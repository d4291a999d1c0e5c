//! How the cost of work grows with its size: what is swept, and the exponents of what was measured.
//!
//! A [`Sweep`] does the same work at several sizes. Its exponent is the least-squares slope of `ln cost` against `ln size`; beside it stand the
//! least and the greatest slope between neighbouring sizes. The first is a mean of the others with weights of zero or more, so it lies between
//! them; where they are far apart, the cost is no power of the size in this range. Costs that were counted have no noise, and no part of this
//! is an estimate of any.

use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::error::Result;

/// Work that is ready to be done, as often as one likes.
pub type Work = Box<dyn FnMut() -> Result<()>>;

/// The same work at several sizes.
///
/// ```
/// use std::hint::black_box;
///
/// use bfc::growth::{Bounds, Sweep};
///
/// let sums = Sweep {
///     name: "sums.n",
///     about: "the sum of n numbers",
///     size: "n",
///     quick: &[1 << 10, 1 << 12, 1 << 14],
///     full: &[1 << 16],
///     exact: Some(1),
///     bounds: Bounds { at_least: 0.9, at_most: 1.1 },
///     prepare: |n| {
///         let numbers: Vec<u64> = (0..n as u64).collect();
///         Ok(Box::new(move || {
///             black_box(black_box(&numbers).iter().sum::<u64>());
///             Ok(())
///         }))
///     },
/// };
/// assert_eq!(sums.sizes(true), [1 << 10, 1 << 12, 1 << 14, 1 << 16]);
/// (sums.prepare)(1 << 10)?()?;
/// # Ok::<(), bfc::error::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// `what.size`, such as `step.d`.
    pub name: &'static str,
    /// The work, and the sizes that are held.
    pub about: &'static str,
    /// The letter of the size that is swept.
    pub size: &'static str,
    /// The sizes of every measurement, increasing.
    pub quick: &'static [usize],
    /// Larger sizes, for a full measurement.
    pub full: &'static [usize],
    /// The degree in the size of the number of operations, where it is known exactly.
    pub exact: Option<usize>,
    /// Where every slope between neighbouring sizes must lie.
    pub bounds: Bounds,
    /// Makes the work ready at a size; what this costs is not measured.
    pub prepare: fn(usize) -> Result<Work>,
}

/// The least and the greatest exponent that a sweep may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The least.
    pub at_least: f64,
    /// The greatest.
    pub at_most: f64,
}

impl Sweep {
    /// The sizes, increasing: those of every measurement, and the larger ones as well for a full one.
    pub fn sizes(&self, full: bool) -> Vec<usize> {
        let more: &[usize] = if full { self.full } else { &[] };
        self.quick.iter().chain(more).copied().collect()
    }

    /// The part of the name before the dot.
    pub fn group(&self) -> &str {
        self.name.split('.').next().unwrap_or(self.name)
    }
}

/// How a cost grows with a size (guarantee: each slope is within rounding of the true one).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The least-squares slope of `ln cost` against `ln size`.
    pub fitted: f64,
    /// The least slope between neighbouring sizes.
    pub least: f64,
    /// The greatest of them.
    pub greatest: f64,
}

impl Growth {
    /// The growth of costs at increasing sizes; `None` of less than two, or where a size or a cost is not above zero.
    pub fn of(points: &[(usize, f64)]) -> Option<Growth> {
        let between = points.windows(2).map(slope).collect::<Option<Vec<f64>>>()?;
        let least = between.iter().copied().reduce(f64::min)?;
        let greatest = between.iter().copied().reduce(f64::max)?;
        Some(Growth { fitted: slope(points)?, least, greatest })
    }

    /// Returns whether every slope between neighbouring sizes lies within the bounds.
    pub fn is_within(&self, bounds: Bounds) -> bool {
        bounds.at_least <= self.least && self.greatest <= bounds.at_most
    }

    /// `1.02 [0.99, 1.04]`.
    pub fn printed(&self) -> String {
        format!("{:.2} [{:.2}, {:.2}]", self.fitted, self.least, self.greatest)
    }
}

/// The middle of the least-squares slope, which is enclosed.
fn slope(points: &[(usize, f64)]) -> Option<f64> {
    let point = |&(size, cost): &(usize, f64)| Some((Interval::try_from(size as f64).ok()?, Interval::try_from(cost).ok()?));
    let slope = loglog_slope(&points.iter().map(point).collect::<Option<Vec<_>>>()?)?;
    Some(slope.mid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_has_its_exponent_and_no_spread() {
        let growth = Growth::of(&[1, 2, 4, 8].map(|n| (n, (5 * n * n) as f64))).unwrap();
        for slope in [growth.fitted, growth.least, growth.greatest] {
            assert!((slope - 2.0).abs() < 1e-12, "{growth:?}");
        }
        assert!(growth.is_within(Bounds { at_least: 1.9, at_most: 2.1 }));
        assert!(!growth.is_within(Bounds { at_least: 1.9, at_most: 1.99 }));
        assert!(!growth.is_within(Bounds { at_least: 2.01, at_most: 2.1 }));
    }

    /// A cost that turns from linear to quadratic is seen between the largest sizes, where the fit alone would pass.
    #[test]
    fn the_fit_lies_between_the_slopes_of_neighbours() {
        let growth = Growth::of(&[16, 32, 64, 128].map(|n| (n, (n + n * n / 64) as f64))).unwrap();
        assert!(growth.least < growth.fitted && growth.fitted < growth.greatest, "{growth:?}");
        assert!(growth.fitted < 1.5 && !growth.is_within(Bounds { at_least: 0.9, at_most: 1.5 }), "{growth:?}");
        assert_eq!(growth.printed(), "1.42 [1.26, 1.58]");
    }

    #[test]
    fn no_exponent_of_too_little() {
        for points in [
            &[][..],
            &[(4, 1.0)],
            &[(4, 1.0), (8, 0.0)],
            &[(0, 1.0), (8, 2.0)],
            &[(4, 1.0), (4, 2.0)],
            &[(4, f64::NAN), (8, 1.0)],
        ] {
            assert_eq!(Growth::of(points), None, "{points:?}");
        }
    }
}
