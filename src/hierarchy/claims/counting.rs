//! From counts to conditions: what claims about exact numbers share.

use dashu_int::IBig;

use super::{Condition, Profile, Verdict};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::exact::Rational;
use crate::exact::linear::integer;

/// A condition on every item of a list: how many hold. Nothing is shown by an empty list.
pub(super) fn all_hold(requires: impl Into<String>, held: &[bool]) -> Condition {
    all_judged(requires, &held.iter().map(|&h| h.into()).collect::<Vec<_>>())
}

/// The condition that every verdict is Verified. Nothing is shown by an empty list.
pub(super) fn all_judged(requires: impl Into<String>, verdicts: &[Verdict]) -> Condition {
    let verified = verdicts.iter().filter(|v| **v == Verdict::Verified).count();
    let verdict = verdicts.iter().copied().min().unwrap_or(Verdict::Undecided);
    Condition { requires: requires.into(), found: format!("{verified} of {}", verdicts.len()), verdict }
}

/// The dimensions of the tables: the doubles of 16, and the first two of them in miniature.
pub(super) fn dimensions(profile: Profile) -> &'static [u64] {
    if profile.draws_conclusions() { &[16, 32, 64, 128, 256, 512, 1024] } else { &[64, 128] }
}

/// The least-squares slope of `ln n` against `ln d`, where `d` is at least 64, enclosed.
pub(super) fn fitted_exponent(counts: &[(u64, IBig)]) -> Option<Interval> {
    let point = |(d, n): &(u64, IBig)| (Interval::from(&Rational::from(*d as i64)), Interval::from(&integer(n)));
    loglog_slope(&counts.iter().filter(|(d, _)| *d >= 64).map(point).collect::<Vec<_>>())
}

/// A fitted exponent as a correctly rounded decimal.
pub(super) fn printed(exponent: &Option<Interval>) -> String {
    exponent.and_then(|e| e.to_decimal(4)).unwrap_or_else(|| "absent".into())
}

/// `1/n`, for a count `n` of the claims: above zero.
pub(super) fn one_over(n: i64) -> Rational {
    Rational::new(1, n).expect("what is counted here is there")
}
