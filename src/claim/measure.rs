//! From runs to conditions: exact and enclosed measures against named thresholds.

use super::{Condition, Verdict};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::exact::Rational;
use crate::experiment::Run;
use crate::experiment::run::PhaseEnd;

/// A threshold, written as in the claim's text.
pub fn threshold(decimal: &str) -> Rational {
    // The thresholds are decimal literals of this crate, and every claim reads its own whenever it is checked.
    decimal.parse().expect("a decimal literal")
}

/// The feature error `f` of layer 2 at the end of a phase; `None` when the descent diverged.
pub fn feature_error(phase: &PhaseEnd) -> Option<Interval> {
    phase.feature_error_squared.as_ref().and_then(|squared| Interval::from(squared).sqrt())
}

/// The exact te of a run; `None` when the descent diverged.
pub fn relative_risk(run: &Run) -> Option<Rational> {
    run.relative_risk.as_ref().ok().cloned()
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
    let ends = |v: Interval| format!("[{:e}, {:e}]", v.inf(), v.sup());
    value.map_or_else(|| "absent".into(), |v| v.to_decimal(4).unwrap_or_else(|| ends(v)))
}

/// A correctly rounded decimal with three digits after the point, or the interval where they are not certain.
pub fn enclosed_fixed(value: &Option<Interval>) -> String {
    let ends = |v: Interval| format!("[{:e}, {:e}]", v.inf(), v.sup());
    value.map_or_else(|| "absent".into(), |v| v.to_fixed(3).unwrap_or_else(|| ends(v)))
}

/// Every value is below `bound`.
pub fn all_below(what: &str, values: &[Option<Rational>], bound: &str) -> Condition {
    let limit = threshold(bound);
    let held = |v: &Option<Rational>| v.as_ref().is_some_and(|v| *v < limit);
    judged(format!("{what} < {bound}"), values, decimal, |v| held(v).into())
}

/// Every value is above `bound`.
pub fn all_above(what: &str, values: &[Option<Rational>], bound: &str) -> Condition {
    let limit = threshold(bound);
    let held = |v: &Option<Rational>| v.as_ref().is_some_and(|v| *v > limit);
    judged(format!("{what} > {bound}"), values, decimal, |v| held(v).into())
}

/// Every value lies in `[least, most]`.
pub fn all_within(what: &str, values: &[Option<Rational>], (least, most): (&str, &str)) -> Condition {
    let (low, high) = (threshold(least), threshold(most));
    let held = |v: &Option<Rational>| v.as_ref().is_some_and(|v| low <= *v && *v <= high);
    judged(format!("{what} in [{least}, {most}]"), values, decimal, |v| held(v).into())
}

/// Every slope certainly lies in `[least, most]`; Undecided where an enclosure straddles an end.
pub fn all_slopes_within(what: &str, slopes: &[Option<Interval>], (least, most): (&str, &str)) -> Condition {
    let band = (Interval::from(&threshold(least)), Interval::from(&threshold(most)));
    let verdict = |slope: &Option<Interval>| slope.map_or(Verdict::Refuted, |s| within(s, band));
    judged(format!("{what} in [{least}, {most}]"), slopes, enclosed_fixed, verdict)
}

fn within(value: Interval, (low, high): (Interval, Interval)) -> Verdict {
    match (value.certainly_less(low), high.certainly_less(value)) {
        (Some(true), _) | (_, Some(true)) => Verdict::Refuted,
        (Some(false), Some(false)) => Verdict::Verified,
        _ => Verdict::Undecided,
    }
}

/// The condition that `verdict` is Verified for every value, with how many are and the range of all.
fn judged<T>(requires: String, values: &[T], print: impl Fn(&T) -> String, verdict: impl Fn(&T) -> Verdict) -> Condition
where
    T: Ordered,
{
    let verdicts: Vec<Verdict> = values.iter().map(verdict).collect();
    let verified = verdicts.iter().filter(|v| **v == Verdict::Verified).count();
    let mut sorted: Vec<&T> = values.iter().collect();
    sorted.sort_by(|a, b| a.order(b));
    let range = match sorted.as_slice() {
        [] => "nothing".into(),
        [only] => print(only),
        [first, .., last] => format!("{} to {}", print(first), print(last)),
    };
    let worst = verdicts.into_iter().min().unwrap_or(Verdict::Undecided);
    Condition { requires, found: format!("{verified} of {}; {range}", values.len()), verdict: worst }
}

/// An order in which absent values come last.
trait Ordered {
    fn order(&self, other: &Self) -> std::cmp::Ordering;
}

impl Ordered for Option<Rational> {
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.is_none(), self).cmp(&(other.is_none(), other))
    }
}

impl Ordered for Option<Interval> {
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let key = |v: &Self| v.map_or(f64::INFINITY, Interval::inf);
        key(self).total_cmp(&key(other))
    }
}
