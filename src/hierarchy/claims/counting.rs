//! What claims about exact counts share.

use dashu_int::IBig;

use crate::claim::Profile;
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::exact::Rational;
use crate::exact::linear::integer;
use crate::scalar::Scalar;

/// The dimensions of the tables: the doubles of 16, and the first two of them in miniature.
pub fn dimensions(profile: Profile) -> &'static [u64] {
    if profile.draws_conclusions() { &[16, 32, 64, 128, 256, 512, 1024] } else { &[64, 128] }
}

/// The least-squares slope of `ln n` against `ln d`, where `d` is at least 64, enclosed; exactly 0 where all `n` are equal. `None` when an
/// `n` is 0.
pub fn fitted_exponent(counts: &[(u64, IBig)]) -> Option<Interval> {
    let large: Vec<&(u64, IBig)> = counts.iter().filter(|(d, _)| *d >= 64).collect();
    let point = |(d, n): &(u64, IBig)| (Interval::from(&Rational::from(*d as i64)), Interval::from(&integer(n)));
    let slope = loglog_slope(&large.iter().map(|&p| point(p)).collect::<Vec<_>>())?;
    let constant = large.windows(2).all(|pair| pair[0].1 == pair[1].1);
    Some(if constant { Interval::zero() } else { slope })
}

/// A count that is a number of samples.
pub fn number_of_samples(count: IBig) -> usize {
    usize::try_from(count).expect("samples that are drawn fit into memory")
}

/// `1/n`, for a count `n` of the claims: above zero.
pub fn one_over(n: i64) -> Rational {
    Rational::new(1, n).expect("what is counted here is there")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::judging::enclosed;

    /// Counts below d = 64 are no part of the fit.
    #[test]
    fn exponents_of_counts() {
        let of = |counts: &[(u64, i64)]| {
            let counts: Vec<(u64, IBig)> = counts.iter().map(|&(d, n)| (d, IBig::from(n))).collect();
            enclosed(&fitted_exponent(&counts)).as_str().to_string()
        };
        assert_eq!(of(&[(8, 5), (64, 1), (128, 1)]), "0");
        assert_eq!(of(&[(64, 7), (128, 7), (256, 7)]), "0");
        assert_eq!(of(&[(8, 5), (64, 3), (128, 12)]), "2.000");
        assert_eq!(of(&[(64, 0), (128, 0)]), "absent");
        assert_eq!(of(&[(8, 5), (64, 1)]), "absent");
    }
}
