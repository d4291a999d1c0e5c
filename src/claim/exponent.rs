//! Exponents fitted to replayed runs, with bootstrap intervals over their seeds.
//!
//! At each size some seeds gave a value each. The exponent is the least-squares slope of `ln(median value)` against `ln(size)`. A
//! resample draws as many seeds with replacement at each size; the interval holds the middle 95 % of the slopes of 1000 resamples. It
//! tells how far the exponent depends on which seeds were drawn, and nothing of sizes that were not tried.

use super::judging::{enclosed_fixed, threshold};
use super::{Condition, Verdict};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::exact::Rational;
use crate::portable::rng::Stream;

/// How often the seeds are drawn again.
pub const RESAMPLES: usize = 1000;
/// Slopes left out at either end of the interval.
const TRIMMED: usize = RESAMPLES / 40;

/// The values of several seeds at one size.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The size, such as the dimension `d`.
    pub size: u64,
    /// A positive value for each seed; a seed without one makes the exponent absent.
    pub values: Vec<Option<Rational>>,
}

/// A fitted exponent and the ends of its bootstrap interval, each enclosed.
#[derive(Clone, Copy, Debug)]
pub struct Exponent {
    /// Of the medians of all seeds.
    pub fitted: Interval,
    /// The lower end.
    pub lower: Interval,
    /// The upper end.
    pub upper: Interval,
}

/// The exponent of the medians; `None` when a value is absent or not positive, or the sizes are not two.
///
/// Resamples come from the stream `bootstrap` of seed 1. Guarantee: valid, for the resamples that were drawn.
pub fn fitted_exponent(observed: &[Observed]) -> Option<Exponent> {
    let point = |o: &Observed| Some((Rational::from(i64::try_from(o.size).ok()?), o.values.clone()));
    exponent(&observed.iter().map(point).collect::<Option<Vec<_>>>()?)
}

/// As [`fitted_exponent`], of any positive sizes: each with the values of its seeds.
pub fn exponent(observed: &[(Rational, Vec<Option<Rational>>)]) -> Option<Exponent> {
    let values: Vec<(&Rational, Vec<&Rational>)> = observed
        .iter()
        .map(|(size, values)| Some((size, values.iter().map(Option::as_ref).collect::<Option<_>>()?)))
        .collect::<Option<_>>()?;
    let mut stream = Stream::new(1, "bootstrap");
    let resample = |stream: &mut Stream| slope(values.iter().map(|(size, all)| (*size, median(drawn(all, stream)))));
    let mut slopes: Vec<Interval> = (0..RESAMPLES).map(|_| resample(&mut stream)).collect::<Option<_>>()?;
    slopes.sort_by(|a, b| a.mid().total_cmp(&b.mid()));
    let fitted = slope(values.iter().map(|(size, all)| (*size, median(all.clone()))))?;
    Some(Exponent { fitted, lower: slopes[TRIMMED], upper: slopes[RESAMPLES - 1 - TRIMMED] })
}

/// As many values, drawn with replacement.
fn drawn<'a>(values: &[&'a Rational], stream: &mut Stream) -> Vec<&'a Rational> {
    // A uniform number is below 1, so the index is below the length.
    values.iter().map(|_| values[(stream.uniform() * values.len() as f64) as usize]).collect()
}

/// The middle value, or the mean of the two in the middle; `None` of none.
pub fn median(mut values: Vec<&Rational>) -> Option<Rational> {
    values.sort();
    let (n, half) = (values.len(), Rational::new(1, 2)?);
    let (low, high) = (values.get(n.checked_sub(1)? / 2)?, values.get(n / 2)?);
    Some(&half * &(*low + *high))
}

fn slope<'a>(medians: impl Iterator<Item = (&'a Rational, Option<Rational>)>) -> Option<Interval> {
    let point = |(size, median): (&Rational, Option<Rational>)| Some((Interval::from(size), Interval::from(&median?)));
    loglog_slope(&medians.map(point).collect::<Option<Vec<_>>>()?)
}

impl Exponent {
    /// `1.234 [1.100, 1.300]`.
    pub fn printed(exponent: &Option<Exponent>) -> String {
        exponent.map_or_else(
            || "absent".into(),
            |e| {
                let [fitted, lower, upper] = [e.fitted, e.lower, e.upper].map(|v| enclosed_fixed(&Some(v)));
                format!("{} [{}, {}]", fitted.as_str(), lower.as_str(), upper.as_str())
            },
        )
    }
}

/// The upper end of the bootstrap interval is certainly below `bound`; `what` is the quantity too.
pub fn exponent_below(what: &str, exponent: &Option<Exponent>, bound: &str) -> Condition {
    let requires = format!("{what} < {bound}, its whole bootstrap interval");
    let verdict = compared(exponent, bound, |e, limit| e.upper.certainly_less(limit));
    Condition::new(&format!("{what} below"), requires, format!("{} ({what})", Exponent::printed(exponent)), verdict)
}

/// The lower end of the bootstrap interval is certainly above `bound`; `what` is the quantity too.
pub fn exponent_above(what: &str, exponent: &Option<Exponent>, bound: &str) -> Condition {
    let requires = format!("{what} > {bound}, its whole bootstrap interval");
    let verdict = compared(exponent, bound, |e, limit| limit.certainly_less(e.lower));
    Condition::new(&format!("{what} above"), requires, format!("{} ({what})", Exponent::printed(exponent)), verdict)
}

fn compared(exponent: &Option<Exponent>, bound: &str, holds: impl Fn(&Exponent, Interval) -> Option<bool>) -> Verdict {
    let limit = Interval::from(&threshold(bound));
    exponent.as_ref().and_then(|e| holds(e, limit)).map_or(Verdict::Undecided, Verdict::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(values: impl Fn(u64) -> Vec<i64>) -> Vec<Observed> {
        let at = |size| Observed { size, values: values(size).into_iter().map(|v| Some(Rational::from(v))).collect() };
        [2, 4, 8, 16].map(at).to_vec()
    }

    #[test]
    fn a_power_law_has_its_exponent_whatever_the_seeds() {
        let exponent = fitted_exponent(&observed(|d| vec![(d * d) as i64; 6])).unwrap();
        for end in [exponent.fitted, exponent.lower, exponent.upper] {
            assert!(end.contains(2.0) && end.wid_upper() < 1e-12);
        }
        assert_eq!(exponent_below("slope", &Some(exponent), "2.1").verdict, Verdict::Verified);
        assert_eq!(exponent_below("slope", &Some(exponent), "1.9").verdict, Verdict::Refuted);
        assert_eq!(exponent_above("slope", &Some(exponent), "2").verdict, Verdict::Undecided);
    }

    #[test]
    fn seeds_that_differ_make_an_interval_around_the_fit() {
        let spread = fitted_exponent(&observed(|d| (1..=6).map(|s| (d as i64) * (7 + s)).collect())).unwrap();
        assert_eq!(spread.lower.certainly_less(spread.fitted), Some(true));
        assert_eq!(spread.fitted.certainly_less(spread.upper), Some(true));
    }

    #[test]
    fn an_absent_value_makes_the_exponent_absent() {
        let mut missing = observed(|d| vec![d as i64; 3]);
        missing[1].values[2] = None;
        assert!(fitted_exponent(&missing).is_none());
        assert_eq!(exponent_above("slope", &None, "0").verdict, Verdict::Undecided);
        assert_eq!(Exponent::printed(&None), "absent");
    }

    #[test]
    fn medians() {
        let of = |values: &[i64]| {
            let values: Vec<Rational> = values.iter().map(|&v| Rational::from(v)).collect();
            median(values.iter().collect())
        };
        assert_eq!(of(&[3, 1, 2]), Some(Rational::from(2)));
        assert_eq!(of(&[4, 1, 2, 3]), Rational::new(5, 2));
        assert_eq!(of(&[]), None);
    }
}
