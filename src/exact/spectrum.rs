//! Spectra with multiplicities: tails, and how many values an error asks for.

use dashu_int::IBig;

use super::count::floor;
use super::linear::integer;
use super::rational::Rational;
use crate::scalar::Scalar;

/// Values that are not negative (eigenvalues, or squares of singular values), each with its multiplicity, in any order.
pub type Spectrum = Vec<(Rational, IBig)>;

/// The sum of all values, `sum_i lambda_i` (guarantee: exact).
pub fn energy(spectrum: &Spectrum) -> Rational {
    spectrum.iter().fold(Rational::zero(), |sum, (value, n)| &sum + &(value * &integer(n)))
}

/// `sum_(i > m) lambda_i`, with the values in descending order (guarantee: exact).
pub fn tail(spectrum: &Spectrum, m: &IBig) -> Rational {
    let mut left = m.clone();
    let mut descending = spectrum.clone();
    descending.sort_by(|a, b| b.cmp(a));
    descending.iter().fold(Rational::zero(), |sum, (value, n)| {
        let taken = left.clone().min(n.clone());
        left -= &taken;
        &sum + &(value * &integer(&(n - taken)))
    })
}

/// The least `m` with `sum_(i > m) lambda_i <= allowed` (guarantee: exact): the smallest values are given up first.
pub fn least_rank(spectrum: &Spectrum, allowed: &Rational) -> IBig {
    let mut ascending: Spectrum = spectrum.iter().filter(|(value, _)| !value.is_zero()).cloned().collect();
    ascending.sort();
    let (mut budget, mut needed) = (allowed.clone(), IBig::ZERO);
    for (value, n) in &ascending {
        let affordable = budget.over(value).expect("values that are zero were left out");
        let given_up = floor(&affordable).clamp(IBig::ZERO, n.clone());
        budget = &budget - &(value * &integer(&given_up));
        needed += n - given_up;
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_least() {
        let spectrum = vec![(Rational::from(4), IBig::from(2)), (Rational::from(1), IBig::from(5))];
        assert_eq!(energy(&spectrum), Rational::from(13));
        for (m, left) in [13, 9, 5, 4, 3, 2, 1, 0, 0].into_iter().enumerate() {
            assert_eq!(tail(&spectrum, &IBig::from(m)), Rational::from(left));
        }
        for (allowed, m) in [(13, 0), (12, 1), (9, 1), (8, 2), (5, 2), (4, 3), (0, 7)] {
            assert_eq!(least_rank(&spectrum, &Rational::from(allowed)), IBig::from(m));
        }
    }

    /// Least, and enough: one value fewer leaves more than is allowed.
    #[test]
    fn rank_and_tail_are_inverse() {
        let spectrum: Spectrum = (1..7).map(|i| (Rational::new(1, i * i).unwrap(), IBig::from(3 * i))).collect();
        for quarter in 0..20 {
            let allowed = Rational::new(quarter, 4).unwrap();
            let m = least_rank(&spectrum, &allowed);
            assert!(tail(&spectrum, &m) <= allowed);
            assert!(m.is_zero() || tail(&spectrum, &(&m - 1)) > allowed);
        }
    }
}
