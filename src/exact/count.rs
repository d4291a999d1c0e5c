//! Counting: binomials, dimensions of spaces of polynomials, and the least dimension that an error asks for.

use dashu_int::ops::{Abs, DivEuclid};
use dashu_int::{IBig, UBig};

use super::linear::integer;
use super::rational::Rational;
use crate::scalar::Scalar;

/// `C(n, k)`, the number of `k`-subsets (guarantee: exact).
pub fn binomial(n: u64, k: u64) -> IBig {
    if k > n {
        return IBig::ZERO;
    }
    (0..k.min(n - k)).fold(IBig::ONE, |product, i| product * (n - i) / (i + 1))
}

/// The number of monomials of degree `m` in `d` variables, `C(d+m-1, m)` (guarantee: exact).
pub fn monomials(d: u64, m: u64) -> IBig {
    if d == 0 { IBig::from(u8::from(m == 0)) } else { binomial(d + m - 1, m) }
}

/// `dim H_m`, the harmonic forms of degree `m` in `d` variables: `C(d+m-1, m) - C(d+m-3, m-2)` (guarantee: exact; `proofs/rotations.md`).
pub fn harmonics(d: u64, m: u64) -> IBig {
    if m < 2 { monomials(d, m) } else { monomials(d, m) - monomials(d, m - 2) }
}

/// `n!` (guarantee: exact).
pub fn factorial(n: u64) -> IBig {
    (1..=n).fold(IBig::ONE, |product, i| product * i)
}

/// `alpha! = prod_i alpha_i!` (guarantee: exact).
pub fn multi_factorial(alpha: &[u32]) -> IBig {
    alpha.iter().map(|&n| factorial(n.into())).product()
}

/// The least integer that is not below `x`.
pub fn ceiling(x: &Rational) -> IBig {
    -(-x.numerator()).div_euclid(IBig::from(x.denominator().clone()))
}

/// The greatest integer that is not above `x`.
pub fn floor(x: &Rational) -> IBig {
    -ceiling(&-x)
}

/// The least `N >= 0` with `share (1 - N/count) <= error` (guarantee: exact), for `count` above zero.
pub fn dimension_for_error(count: &IBig, share: &Rational, error: &Rational) -> IBig {
    // A share of zero is below every error.
    let allowed = error.over(share).unwrap_or_else(Rational::one);
    ceiling(&(integer(count) * (Rational::one() - allowed))).max(IBig::ZERO)
}

/// The least `N >= 0` with `share (1 - N/count) <= d^(-1/100)` (guarantee: exact), for `count` and `d` above zero.
///
/// The condition is `(count - N)^100 <= (count/share)^100 / d`, and an integer's power is below a number when it is below its
/// floor: so `count - N` is at most the integer 100th root of that floor.
pub fn dimension_for_hundredth_root(count: &IBig, share: &Rational, d: u64) -> IBig {
    let Some(scaled) = integer(count).over(share) else { return IBig::ZERO };
    let numerator = scaled.numerator().clone().abs();
    let radicand = power(&numerator) / (power(&scaled.denominator().clone().into()) * IBig::from(d.max(1)));
    // A quotient of numbers that are not negative.
    let left = UBig::try_from(radicand).map_or(IBig::ZERO, |r| IBig::from(r.nth_root(100)));
    (count - left).max(IBig::ZERO)
}

/// Whether `share > d^(-1/100)` (guarantee: exact), for `share` above zero.
pub fn exceeds_hundredth_root(share: &Rational, d: u64) -> bool {
    power(share.numerator()) * IBig::from(d) > power(&IBig::from(share.denominator().clone()))
}

fn power(value: &IBig) -> IBig {
    value.pow(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rational(text: &str) -> Rational {
        text.parse().unwrap()
    }

    #[test]
    fn small_counts() {
        assert_eq!(binomial(64, 8), IBig::from(4_426_165_368u64));
        assert_eq!((0..=5).map(|k| binomial(4, k)).collect::<Vec<_>>(), [1, 4, 6, 4, 1, 0].map(IBig::from));
        assert_eq!([harmonics(16, 4), harmonics(64, 4), harmonics(64, 8)], [3740u64, 764_400, 10_519_248_168].map(IBig::from));
        assert_eq!([harmonics(3, 0), harmonics(3, 1), harmonics(3, 7)], [1, 3, 15].map(IBig::from));
        assert_eq!((monomials(3, 2), monomials(0, 0), monomials(0, 3), factorial(5)), (6.into(), 1.into(), 0.into(), 120.into()));
    }

    #[test]
    fn rounding_to_integers() {
        for (x, below, above) in [("2.5", 2, 3), ("-2.5", -3, -2), ("7", 7, 7), ("0", 0, 0)] {
            assert_eq!((floor(&rational(x)), ceiling(&rational(x))), (below.into(), above.into()));
        }
    }

    /// The number is enough and one less is not, by the definition itself.
    #[test]
    fn dimensions_are_least() {
        let share = Rational::new(80, 99).unwrap();
        let error_with = |n: &IBig, count: &IBig| &share * (Rational::one() - integer(n).over(&integer(count)).unwrap());
        for count in [1, 10, 3740, 987_654_321] {
            let count = IBig::from(count);
            let n = dimension_for_error(&count, &share, &rational("0.25"));
            assert!(error_with(&n, &count) <= rational("0.25") && error_with(&(&n - 1), &count) > rational("0.25"));
            // 2^-0.01 is .993..., above the share; the 10^40-th hundredth root is 10^-0.4 = .398...
            assert_eq!(dimension_for_hundredth_root(&count, &share, 2), IBig::ZERO);
            let n = dimension_for_hundredth_root(&count, &share, u64::MAX);
            let within = |n: &IBig| !exceeds_hundredth_root(&error_with(n, &count), u64::MAX);
            assert!(within(&n) && (n.is_zero() || !within(&(&n - 1))));
        }
        assert_eq!(dimension_for_hundredth_root(&7.into(), &Rational::zero(), 9), IBig::ZERO);
        assert_eq!(dimension_for_error(&7.into(), &Rational::zero(), &rational("0.25")), IBig::ZERO);
        assert_eq!(dimension_for_error(&3740.into(), &share, &rational("0.25")), IBig::from(2583));
    }
}
