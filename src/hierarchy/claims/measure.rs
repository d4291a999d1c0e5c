//! From runs to conditions: exact and enclosed measures against named thresholds.

use std::cmp::Ordering;

use super::{Condition, Verdict};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::exact::Rational;
use crate::hierarchy::experiment::Run;
use crate::hierarchy::experiment::run::PhaseEnd;

/// A threshold, written as in the claim's text.
pub fn threshold(decimal: &str) -> Rational {
    // The thresholds are decimal literals of this crate, and every claim reads its own whenever it is checked.
    decimal.parse().expect("a decimal literal")
}

/// The feature error `f` of layer 2 at the end of a phase; `None` when the descent diverged.
pub fn feature_error(phase: &PhaseEnd) -> Option<Interval> {
    phase.feature_error_squared.as_ref().and_then(|squared| Interval::from(squared).sqrt())
}

/// The exact te of a run; `None` when there is none, because the descent diverged or the value is not affordable.
pub fn relative_risk(run: &Run) -> Option<Rational> {
    run.relative_risk.as_ref().ok().cloned()
}

/// A replayed float, exactly; `None` when it is not finite.
pub fn replayed(value: f64) -> Option<Rational> {
    Rational::try_from(value).ok()
}

/// te * Var(y): the variance of the residual.
pub fn residual_variance(run: &Run) -> Option<Rational> {
    Some(&relative_risk(run)? * run.target_variance.as_ref()?)
}

/// The least-squares slope of `ln y` against `ln gap`; `None` when a value is absent or not certainly above zero.
pub fn slope(points: &[(f64, Option<Interval>)]) -> Option<Interval> {
    let known: Option<Vec<_>> = points.iter().map(|&(gap, y)| Some((Interval::new(gap, gap)?, y?))).collect();
    loglog_slope(&known?)
}

/// A correctly rounded decimal, or what there is instead.
pub fn decimal(value: &Option<Rational>) -> String {
    value.as_ref().map_or_else(|| "absent".into(), |v| v.to_decimal(4))
}

/// A correctly rounded decimal, or the interval where its digits are not certain.
pub fn enclosed(value: &Option<Interval>) -> String {
    printed(value, |v| v.to_decimal(4))
}

/// A correctly rounded decimal with three digits after the point, or the interval where they are not certain.
pub fn enclosed_fixed(value: &Option<Interval>) -> String {
    printed(value, |v| v.to_fixed(3))
}

fn printed(value: &Option<Interval>, print: impl Fn(Interval) -> Option<String>) -> String {
    let ends = |v: Interval| format!("[{:e}, {:e}]", v.inf(), v.sup());
    value.map_or_else(|| "absent".into(), |v| print(v).unwrap_or_else(|| ends(v)))
}

/// Every value is below `bound`. Undecided where a value is absent, as in all of these.
pub fn all_below(what: &str, values: &[Option<Rational>], bound: &str) -> Condition {
    let limit = threshold(bound);
    judged(format!("{what} < {bound}"), values, decimal, |v| (*v < limit).into())
}

/// Every value is above `bound`.
pub fn all_above(what: &str, values: &[Option<Rational>], bound: &str) -> Condition {
    let limit = threshold(bound);
    judged(format!("{what} > {bound}"), values, decimal, |v| (*v > limit).into())
}

/// Every value lies in `[least, most]`.
pub fn all_within(what: &str, values: &[Option<Rational>], (least, most): (&str, &str)) -> Condition {
    let (low, high) = (threshold(least), threshold(most));
    judged(format!("{what} in [{least}, {most}]"), values, decimal, |v| (low <= *v && *v <= high).into())
}

/// Every slope certainly lies in `[least, most]`; Undecided where an enclosure straddles an end.
pub fn all_slopes_within(what: &str, slopes: &[Option<Interval>], (least, most): (&str, &str)) -> Condition {
    let band = (Interval::from(&threshold(least)), Interval::from(&threshold(most)));
    judged(format!("{what} in [{least}, {most}]"), slopes, enclosed_fixed, |s| within(*s, band))
}

fn within(value: Interval, (low, high): (Interval, Interval)) -> Verdict {
    match (value.certainly_less(low), high.certainly_less(value)) {
        (Some(true), _) | (_, Some(true)) => Verdict::Refuted,
        (Some(false), Some(false)) => Verdict::Verified,
        _ => Verdict::Undecided,
    }
}

/// The condition that `verdict` is Verified for every value, with how many are and the range of all.
fn judged<T: Ordered>(
    requires: String,
    values: &[Option<T>],
    print: impl Fn(&Option<T>) -> String,
    verdict: impl Fn(&T) -> Verdict,
) -> Condition {
    let verdicts: Vec<Verdict> = values.iter().map(|v| v.as_ref().map_or(Verdict::Undecided, &verdict)).collect();
    let verified = verdicts.iter().filter(|v| **v == Verdict::Verified).count();
    let mut sorted: Vec<&Option<T>> = values.iter().collect();
    sorted.sort_by(|a, b| in_order(a, b));
    let range = match sorted.as_slice() {
        [] => "nothing".into(),
        [only] => print(only),
        [first, .., last] => format!("{} to {}", print(first), print(last)),
    };
    let worst = verdicts.into_iter().min().unwrap_or(Verdict::Undecided);
    Condition { requires, found: format!("{verified} of {}; {range}", values.len()), verdict: worst }
}

/// An order for ranges; absent values come last.
fn in_order<T: Ordered>(a: &Option<T>, b: &Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.order(b),
        _ => a.is_none().cmp(&b.is_none()),
    }
}

trait Ordered {
    fn order(&self, other: &Self) -> Ordering;
}

impl Ordered for Rational {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
}

impl Ordered for Interval {
    fn order(&self, other: &Self) -> Ordering {
        self.inf().total_cmp(&other.inf())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(decimals: &[Option<&str>]) -> Vec<Option<Rational>> {
        decimals.iter().map(|d| d.map(threshold)).collect()
    }

    #[test]
    fn one_value_beyond_the_bound_refutes() {
        let condition = all_below("te", &values(&[Some("1e-13"), Some("1e-12"), Some("1e-14")]), "1e-12");
        assert_eq!(condition.verdict, Verdict::Refuted);
        assert_eq!(condition.found, "2 of 3; 1.000e-14 to 1.000e-12");
        assert_eq!(all_above("te", &values(&[Some("2")]), "1").verdict, Verdict::Verified);
        assert_eq!(all_within("te", &values(&[Some("1"), Some("2")]), ("1", "2")).verdict, Verdict::Verified);
        assert_eq!(all_within("te", &values(&[Some("2.1")]), ("1", "2")).verdict, Verdict::Refuted);
    }

    #[test]
    fn what_is_absent_is_undecided_and_hides_no_refutation() {
        assert_eq!(all_below("te", &values(&[Some("0"), None]), "1").verdict, Verdict::Undecided);
        assert_eq!(all_below("te", &values(&[Some("1"), None]), "1").verdict, Verdict::Refuted);
        assert_eq!(all_slopes_within("slope", &[None], ("0", "1")).verdict, Verdict::Undecided);
        assert_eq!(all_below("te", &[], "1").verdict, Verdict::Undecided);
    }

    #[test]
    fn a_slope_that_straddles_an_end_is_undecided() {
        let slope = |inf, sup| [Interval::new(inf, sup)];
        assert_eq!(all_slopes_within("slope", &slope(0.5, 0.6), ("0", "1")).verdict, Verdict::Verified);
        assert_eq!(all_slopes_within("slope", &slope(0.9, 1.1), ("0", "1")).verdict, Verdict::Undecided);
        assert_eq!(all_slopes_within("slope", &slope(1.1, 1.2), ("0", "1")).verdict, Verdict::Refuted);
    }
}
