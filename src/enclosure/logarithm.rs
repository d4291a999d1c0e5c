//! The natural logarithm, enclosed, and what a log-log plot says.

use super::interval::Interval;
use crate::scalar::Scalar;

/// `ln 2` between neighbouring floats (guarantee: tightest; a test sums the series exactly).
const LN_2: (u64, u64) = (0x3fe6_2e42_fefa_39ef, 0x3fe6_2e42_fefa_39f0);

/// `2^64`, a float.
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// Terms of the series; the remainder is below `4e-23` relative to the sum.
const TERMS: i32 = 15;

/// `ln x`; `None` unless all members are positive (guarantee: valid).
///
/// Algorithm: `x = m 2^e` with `m` in `[3/4, 3/2)` and `ln x = e ln 2 + 2 atanh t`, `t = (m-1)/(m+1)`, `|t| <= 1/5`
/// (`proofs/rounding.md`, lemma 3). The width for one float is a few units in the last place of `1 + |ln x|`.
pub fn ln(x: Interval) -> Option<Interval> {
    if x.inf() <= 0.0 {
        return None;
    }
    let above = if x.sup() == f64::INFINITY { f64::INFINITY } else { ln_of_float(x.sup()).sup() };
    Interval::new(ln_of_float(x.inf()).inf(), above)
}

/// `ln x` for a positive finite float.
fn ln_of_float(x: f64) -> Interval {
    let (m, e) = scaled(x);
    let (m, ln_2) = (number(m), interval(f64::from_bits(LN_2.0), f64::from_bits(LN_2.1)));
    let t = (m - Interval::one()) / (m + Interval::one());
    number(f64::from(e)) * ln_2 + number(2.0) * atanh(t, TERMS)
}

/// `(m, e)` with `x = m 2^e` exactly and `m` in `[3/4, 3/2)`, for a positive finite float.
fn scaled(x: f64) -> (f64, i32) {
    let (x, shift) = if x < f64::MIN_POSITIVE { (x * TWO_TO_64, -64) } else { (x, 0) };
    let fraction = x.to_bits() & ((1 << 52) - 1);
    let exponent = (x.to_bits() >> 52) as i32 - 1023 + shift;
    let m = f64::from_bits(1023 << 52 | fraction);
    if m < 1.5 { (m, exponent) } else { (0.5 * m, exponent + 1) }
}

/// `atanh t = t (1 + t^2/3 + t^4/5 + ...)`, for `|t| <= 1/5` up to rounding: the sum of the first `n = terms`, widened by the
/// remainder `|t| t^(2n) / ((2n+1) (1 - t^2))`.
fn atanh(t: Interval, terms: i32) -> Interval {
    let square = t.sqr();
    let coefficient = |i: i32| Interval::one() / number(f64::from(2 * i + 1));
    let sum = (0..terms).rev().fold(Interval::zero(), |sum, i| coefficient(i) + square * sum);
    let power = (0..terms).fold(Interval::one(), |power, _| power * square);
    let remainder = power * coefficient(terms) / (Interval::one() - square);
    t * (sum + interval(0.0, remainder.sup()))
}

/// An interval whose ends are known to be finite and in order.
fn interval(inf: f64, sup: f64) -> Interval {
    Interval::new(inf, sup).unwrap_or(Interval::ENTIRE)
}

fn number(value: f64) -> Interval {
    interval(value, value)
}

/// The least-squares slope of `ln y` against `ln x` (guarantee: valid).
///
/// With `u = ln x` and mean `m`, the slope is `sum_i (u_i - m) ln y_i / sum_i (u_i - m)^2`: each `y` enters once.
/// `None` when an `x` or `y` may be nonpositive, or when the `x` are not certainly of two values.
pub fn loglog_slope(points: &[(Interval, Interval)]) -> Option<Interval> {
    let logs = points.iter().map(|&(x, y)| Some((ln(x)?, ln(y)?))).collect::<Option<Vec<_>>>()?;
    let sum = |terms: &mut dyn Iterator<Item = Interval>| terms.fold(Interval::zero(), |sum, t| sum + t);
    let mean = sum(&mut logs.iter().map(|l| l.0)) / number(logs.len() as f64);
    let spread = sum(&mut logs.iter().map(|l| (l.0 - mean).sqr()));
    let weighted = sum(&mut logs.iter().map(|l| (l.0 - mean) / spread * l.1));
    (spread.inf() > 0.0).then_some(weighted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Rational;
    use proptest::prelude::*;

    fn rational(text: &str) -> Rational {
        text.parse().unwrap()
    }

    /// `2 atanh(1/t)` between a partial sum and the same with its remainder, in exact arithmetic.
    fn exact_bounds(t: i64, terms: u32) -> (Rational, Rational) {
        let square = Rational::new(1, t * t).unwrap();
        let (mut power, mut sum) = (Rational::new(2, t).unwrap(), Rational::from(0));
        for i in 0..terms {
            sum = sum + &power * Rational::new(1, 2 * i + 1).unwrap();
            power = power * &square;
        }
        let upper = &sum + power.over(&(Rational::from(1) - &square)).unwrap();
        (sum, upper)
    }

    #[test]
    fn the_constant_is_ln_2() {
        let (low, high) = exact_bounds(3, 60);
        let constant = interval(f64::from_bits(LN_2.0), f64::from_bits(LN_2.1));
        assert!(constant.encloses(&low) && constant.encloses(&high));
        assert_eq!(constant.inf().next_up(), constant.sup());
    }

    /// ln(3/2) = 2 atanh(1/5) and ln(9/8) = 2 atanh(1/17), summed exactly.
    #[test]
    fn agrees_with_exact_series() {
        for (x, t) in [(1.5, 5), (1.125, 17), (2.0, 3)] {
            let (low, high) = exact_bounds(t, 60);
            let enclosure = ln(number(x)).unwrap();
            assert!(enclosure.encloses(&low) && enclosure.encloses(&high));
            assert!(enclosure.wid_upper() < 1e-14);
        }
    }

    /// With few terms the remainder is what the enclosure rests on; with all of them rounding would hide that it is missing.
    #[test]
    fn a_partial_sum_is_widened_by_its_remainder() {
        let (low, high) = exact_bounds(5, 60);
        let fifth = Interval::from(&Rational::new(1, 5).unwrap());
        for terms in 1..=TERMS {
            let (above, below) = (number(2.0) * atanh(fifth, terms), number(2.0) * atanh(-fifth, terms));
            assert!(above.encloses(&low) && above.encloses(&high), "{terms} terms");
            assert!(below.encloses(&-&low) && below.encloses(&-&high), "{terms} terms");
        }
    }

    #[test]
    fn domain_and_ends() {
        assert!(ln(interval(0.0, 1.0)).is_none() && ln(Interval::ENTIRE).is_none());
        assert_eq!(ln(interval(1.0, f64::INFINITY)).unwrap().sup(), f64::INFINITY);
        assert!(ln(number(1.0)).unwrap().contains(0.0));
        assert!(ln(number(f64::from_bits(1))).unwrap().encloses(&rational("-744.4400719213812")));
    }

    #[test]
    fn slope_of_a_power_law() {
        let point = |x: &str, y: &str| (Interval::from(&rational(x)), Interval::from(&rational(y)));
        let squares = [point("0.1", "0.03"), point("0.2", "0.12"), point("0.05", "0.0075")];
        let slope = loglog_slope(&squares).unwrap();
        assert!(slope.contains(2.0) && slope.wid_upper() < 1e-12);
        assert_eq!(slope.to_fixed(9), Some("2.000000000".into()));
        assert!(loglog_slope(&squares[..1]).is_none() && loglog_slope(&[]).is_none());
        assert!(loglog_slope(&[squares[0], squares[0]]).is_none());
        assert!(loglog_slope(&[squares[0], point("1", "0")]).is_none());
    }

    proptest! {
        /// Against an implementation of another origin, which is accurate to one unit in the last place.
        #[test]
        fn contains_the_logarithm(bits in 1u64..0x7ff0_0000_0000_0000) {
            let x = f64::from_bits(bits);
            let (enclosure, other) = (ln(number(x)).unwrap(), libm::log(x));
            prop_assert!(enclosure.inf() <= other.next_up() && other.next_down() <= enclosure.sup());
            prop_assert!(enclosure.wid_upper() <= 2e-15 * (1.0 + other.abs()));
        }

        /// ln(xy) = ln x + ln y.
        #[test]
        fn adds_over_products(x in 1e-100f64..1e100, y in 1e-100f64..1e100) {
            let product = ln(number(x) * number(y)).unwrap();
            let sum = ln(number(x)).unwrap() + ln(number(y)).unwrap();
            prop_assert!(product.certainly_less(sum).is_none());
        }
    }
}
