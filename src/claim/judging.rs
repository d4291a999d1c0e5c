//! From values to conditions: exact and enclosed measures against named thresholds.
//!
//! Each function judges every value of a list and says how many hold and in which range they lie. `quantity` is what is measured, and
//! makes the condition's key with the direction; `scope` is appended to it in the words, such as `" on every seed"`.

use std::cmp::Ordering;

use super::{Condition, Value, Verdict};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::exact::Rational;

/// A threshold, written as in the claim's text.
///
/// # Panics
/// When it is no decimal: thresholds are literals of the code.
pub fn threshold(decimal: &str) -> Rational {
    // Every claim reads its own whenever it is checked.
    decimal.parse().expect("a decimal literal")
}

/// The least-squares slope of `ln y` against `ln x`, enclosed; `None` when a value is absent or not certainly above zero.
pub fn slope(points: &[(f64, Option<Interval>)]) -> Option<Interval> {
    let known: Option<Vec<_>> = points.iter().map(|&(x, y)| Some((Interval::new(x, x)?, y?))).collect();
    loglog_slope(&known?)
}

/// An exact number as a correctly rounded decimal of four digits, or what there is instead.
pub fn decimal(value: &Option<Rational>) -> Value {
    value.as_ref().map_or_else(|| Value::text("absent"), |v| Value::exact(v.to_decimal(4)))
}

/// A number of a seeded run as a correctly rounded decimal of four digits, or what there is instead.
pub fn replayed_decimal(value: &Option<Rational>) -> Value {
    Value::replayed(decimal(value).as_str())
}

/// A correctly rounded decimal of four digits, or the interval where its digits are not certain.
pub fn enclosed(value: &Option<Interval>) -> Value {
    printed(value, |v| v.to_decimal(4))
}

/// A correctly rounded decimal with three digits after the point, or the interval where they are not certain.
pub fn enclosed_fixed(value: &Option<Interval>) -> Value {
    printed(value, |v| v.to_fixed(3))
}

fn printed(value: &Option<Interval>, print: impl Fn(Interval) -> Option<String>) -> Value {
    let ends = |v: Interval| format!("[{:e}, {:e}]", v.inf(), v.sup());
    value.map_or_else(|| Value::text("absent"), |v| Value::enclosed(print(v).unwrap_or_else(|| ends(v))))
}

/// Every value is below `bound`. Undecided where a value is absent, as in all of these.
pub fn all_below(quantity: &str, scope: &str, values: &[Option<Rational>], bound: &str) -> Condition {
    let limit = threshold(bound);
    let (verdict, found) = judged(quantity, values, in_words, |v| (*v < limit).into());
    Condition::new(&format!("{quantity} below"), format!("{quantity}{scope} < {bound}"), found, verdict)
}

/// Every value is above `bound`.
pub fn all_above(quantity: &str, scope: &str, values: &[Option<Rational>], bound: &str) -> Condition {
    let limit = threshold(bound);
    let (verdict, found) = judged(quantity, values, in_words, |v| (*v > limit).into());
    Condition::new(&format!("{quantity} above"), format!("{quantity}{scope} > {bound}"), found, verdict)
}

/// Some value is above `bound`; Undecided where only absent ones could be.
pub fn some_above(quantity: &str, scope: &str, values: &[Option<Rational>], bound: &str) -> Condition {
    let limit = threshold(bound);
    let above = values.iter().flatten().filter(|v| **v > limit).count();
    let verdict = match above {
        0 if values.iter().any(Option::is_none) => Verdict::Undecided,
        0 => Verdict::Refuted,
        _ => Verdict::Verified,
    };
    let found = format!("{above} of {} above", values.len());
    Condition::new(&format!("{quantity} somewhere above"), format!("{quantity}{scope} > {bound}"), found, verdict)
}

/// Every value lies in `[least, most]`.
pub fn all_within(quantity: &str, scope: &str, values: &[Option<Rational>], (least, most): (&str, &str)) -> Condition {
    let (low, high) = (threshold(least), threshold(most));
    let (verdict, found) = judged(quantity, values, in_words, |v| (low <= *v && *v <= high).into());
    Condition::new(&format!("{quantity} within"), format!("{quantity}{scope} in [{least}, {most}]"), found, verdict)
}

/// Every slope certainly lies in `[least, most]`; Undecided where an enclosure straddles an end.
pub fn all_slopes_within(quantity: &str, scope: &str, slopes: &[Option<Interval>], (least, most): (&str, &str)) -> Condition {
    let band = (Interval::from(&threshold(least)), Interval::from(&threshold(most)));
    let (verdict, found) = judged(quantity, slopes, |s| enclosed_fixed(s).as_str().to_owned(), |s| within(*s, band));
    Condition::new(&format!("{quantity} within"), format!("{quantity}{scope} in [{least}, {most}]"), found, verdict)
}

fn within(value: Interval, (low, high): (Interval, Interval)) -> Verdict {
    match (value.certainly_less(low), high.certainly_less(value)) {
        (Some(true), _) | (_, Some(true)) => Verdict::Refuted,
        (Some(false), Some(false)) => Verdict::Verified,
        _ => Verdict::Undecided,
    }
}

/// Every item of a list holds, with how many do; `key` is the condition's. Nothing is shown by an empty list.
pub fn all_hold(key: &str, requires: impl AsRef<str>, items: &[bool]) -> Condition {
    all_judged(key, requires, &items.iter().map(|&holds| holds.into()).collect::<Vec<_>>())
}

/// Every verdict is Verified, with how many are; `key` is the condition's. Nothing is shown by an empty list.
pub fn all_judged(key: &str, requires: impl AsRef<str>, verdicts: &[Verdict]) -> Condition {
    let verified = verdicts.iter().filter(|v| **v == Verdict::Verified).count();
    let worst = verdicts.iter().copied().min().unwrap_or(Verdict::Undecided);
    Condition::new(key, requires, format!("{verified} of {} hold", verdicts.len()), worst)
}

/// A number of a range: that a zero is no rounded one is said.
fn in_words(value: &Option<Rational>) -> String {
    match value {
        Some(v) if v.is_zero() => "exactly 0".into(),
        _ => decimal(value).as_str().to_owned(),
    }
}

/// The worst verdict on a list of values of a quantity, and what was found: how many are Verified, and the range of all.
fn judged<T: Ordered>(
    quantity: &str,
    values: &[Option<T>],
    print: impl Fn(&Option<T>) -> String,
    verdict: impl Fn(&T) -> Verdict,
) -> (Verdict, String) {
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
    (worst, format!("{verified} of {}; {range} ({quantity})", values.len()))
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
    use crate::claim::Kind;

    fn values(decimals: &[Option<&str>]) -> Vec<Option<Rational>> {
        decimals.iter().map(|d| d.map(threshold)).collect()
    }

    #[test]
    fn one_value_beyond_the_bound_refutes() {
        let condition = all_below("te", " on every seed", &values(&[Some("1e-13"), Some("1e-12"), Some("1e-14")]), "1e-12");
        assert_eq!(condition.verdict, Verdict::Refuted);
        assert_eq!((condition.key.as_str(), condition.requires.as_str()), ("te below", "te on every seed < 1e-12"));
        assert_eq!(condition.found, "2 of 3; 1.000e-14 to 1.000e-12 (te)");
        assert_eq!(all_above("te", " on every seed", &values(&[Some("2")]), "1").verdict, Verdict::Verified);
        assert_eq!(all_within("te", " on every seed", &values(&[Some("1"), Some("2")]), ("1", "2")).verdict, Verdict::Verified);
        assert_eq!(all_within("te", " on every seed", &values(&[Some("2.1")]), ("1", "2")).verdict, Verdict::Refuted);
    }

    /// 'On every seed' is not 'on some seed': each judge fails when all values but one hold, wherever that one stands.
    #[test]
    fn one_seed_that_fails_refutes_every_judge() {
        let interval = |v: f64| Interval::new(v, v);
        for place in 0..3 {
            let list = |good: &str, bad: &str| {
                let mut list = vec![Some(threshold(good)); 3];
                list[place] = Some(threshold(bad));
                list
            };
            let (low, high) = (list("0.5", "2"), list("2", "0.5"));
            let slopes: Vec<_> = low.iter().map(|v| v.as_ref().map(Interval::from)).collect();
            let holds: Vec<bool> = (0..3).map(|n| n != place).collect();
            let verdicts: Vec<Verdict> = holds.iter().map(|&h| h.into()).collect();
            let judged = [
                all_below("te", " on every seed", &low, "1"),
                all_above("te", " on every seed", &high, "1"),
                all_within("te", " on every seed", &low, ("0", "1")),
                all_slopes_within("slope", " on every seed", &slopes, ("0", "1")),
                all_hold("te holds", "on every seed", &holds),
                all_judged("te is judged", "on every seed", &verdicts),
            ];
            for condition in judged {
                assert_eq!(condition.verdict, Verdict::Refuted, "{} at {place}", condition.key);
                assert!(condition.found.starts_with("2 of 3"), "{}", condition.found);
            }
        }
        assert_eq!(all_slopes_within("slope", " on every seed", &[interval(0.5)], ("0", "1")).verdict, Verdict::Verified);
        assert_eq!(all_hold("te holds", "on every seed", &[true; 3]).verdict, Verdict::Verified);
    }

    #[test]
    fn what_is_absent_is_undecided_and_hides_no_refutation() {
        assert_eq!(all_below("te", " on every seed", &values(&[Some("0"), None]), "1").verdict, Verdict::Undecided);
        assert_eq!(all_below("te", " on every seed", &values(&[Some("1"), None]), "1").verdict, Verdict::Refuted);
        assert_eq!(all_slopes_within("slope", " of ln f", &[None], ("0", "1")).verdict, Verdict::Undecided);
        assert_eq!(all_below("te", " on every seed", &[], "1").verdict, Verdict::Undecided);
    }

    /// On every seed, and not on some.
    #[test]
    fn every_item_has_to_hold() {
        use Verdict::{Refuted, Undecided, Verified};
        for (verdicts, worst, found) in [
            (vec![Verified, Refuted, Undecided], Refuted, "1 of 3 hold"),
            (vec![Verified, Undecided], Undecided, "1 of 2 hold"),
            (vec![Verified; 2], Verified, "2 of 2 hold"),
            (vec![], Undecided, "0 of 0 hold"),
        ] {
            let condition = all_judged("x", "x on every seed", &verdicts);
            assert_eq!((condition.verdict, condition.found.as_str()), (worst, found));
        }
        assert_eq!(all_hold("x", "x on every seed", &[true, false]).verdict, Refuted);
        let last_fails = values(&[Some("2"), Some("2"), Some("0")]);
        assert_eq!(all_above("te", " on every seed", &last_fails, "1").verdict, Refuted);
        assert_eq!(all_within("te", " on every seed", &last_fails, ("1", "3")).verdict, Refuted);
        let slopes = [Interval::new(0.5, 0.6), Interval::new(1.1, 1.2)];
        assert_eq!(all_slopes_within("slope", " on every seed", &slopes, ("0", "1")).verdict, Refuted);
    }

    #[test]
    fn an_exact_zero_says_so() {
        assert_eq!(all_below("te", "", &values(&[Some("0"), Some("2")]), "1").found, "1 of 2; exactly 0 to 2.000 (te)");
    }

    #[test]
    fn a_slope_that_straddles_an_end_is_undecided() {
        let slope = |inf, sup| [Interval::new(inf, sup)];
        assert_eq!(all_slopes_within("slope", " of ln f", &slope(0.5, 0.6), ("0", "1")).verdict, Verdict::Verified);
        assert_eq!(all_slopes_within("slope", " of ln f", &slope(0.9, 1.1), ("0", "1")).verdict, Verdict::Undecided);
        assert_eq!(all_slopes_within("slope", " of ln f", &slope(1.1, 1.2), ("0", "1")).verdict, Verdict::Refuted);
    }

    #[test]
    fn one_value_is_enough_to_be_somewhere_above() {
        let verdict = |found: &[Option<&str>]| some_above("te", " on some seed", &values(found), "1").verdict;
        assert_eq!(verdict(&[Some("2"), None]), Verdict::Verified);
        assert_eq!(verdict(&[Some("1"), None]), Verdict::Undecided);
        assert_eq!(verdict(&[Some("1")]), Verdict::Refuted);
    }

    #[test]
    fn cells_rest_on_what_their_numbers_do() {
        let third = Rational::new(1, 3);
        assert_eq!((decimal(&third).kind(), decimal(&third).as_str()), (Kind::Exact, "0.3333"));
        assert_eq!(replayed_decimal(&third).kind(), Kind::Replayed);
        assert_eq!(enclosed(&Interval::new(0.5, 0.5)).kind(), Kind::Enclosed);
        for absent in [decimal(&None), replayed_decimal(&None), enclosed(&None), enclosed(&Interval::new(0.0, 1.0))] {
            assert_eq!(absent.kind(), Kind::Text, "{}", absent.as_str());
        }
    }
}
