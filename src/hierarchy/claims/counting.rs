//! What claims about exact counts share.

use dashu_int::IBig;

use crate::claim::{Profile, Value};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::exact::Rational;
use crate::exact::linear::integer;

/// The dimensions of the tables: the doubles of 16, and the first two of them in miniature.
pub fn dimensions(profile: Profile) -> &'static [u64] {
    if profile.draws_conclusions() { &[16, 32, 64, 128, 256, 512, 1024] } else { &[64, 128] }
}

/// The least-squares slope of `ln n` against `ln d`, where `d` is at least 64, enclosed.
pub fn fitted_exponent(counts: &[(u64, IBig)]) -> Option<Interval> {
    let point = |(d, n): &(u64, IBig)| (Interval::from(&Rational::from(*d as i64)), Interval::from(&integer(n)));
    loglog_slope(&counts.iter().filter(|(d, _)| *d >= 64).map(point).collect::<Vec<_>>())
}

/// A fitted exponent as a correctly rounded decimal.
pub fn printed(exponent: &Option<Interval>) -> Value {
    Value::enclosed(exponent.and_then(|e| e.to_decimal(4)).unwrap_or_else(|| "absent".into()))
}

/// A count that is a number of samples.
pub fn number_of_samples(count: IBig) -> usize {
    usize::try_from(count).expect("samples that are drawn fit into memory")
}

/// `1/n`, for a count `n` of the claims: above zero.
pub fn one_over(n: i64) -> Rational {
    Rational::new(1, n).expect("what is counted here is there")
}
