//! What a symmetric matrix tells of its eigenvalues before any is approximated.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use super::Rational;

/// The longest separation, in bits, that is used: more would take a precision that no small matrix is worth.
pub const LARGEST_SEPARATION: u64 = 2048;

/// Exact facts about the eigenvalues `lambda_1 >= ... >= lambda_M` of a symmetric integer matrix `G`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GramFacts {
    /// `M`.
    pub order: usize,
    /// What a sum of eigenvalues is divided by to become a mean over the family: `M D`, times `2^scale`; not zero.
    pub whole: UBig,
    /// `tr G`.
    pub trace: IBig,
    /// `max_i sum_j |G_ij|`, at least every `|lambda_i|`.
    pub largest_row_sum: UBig,
    /// The entries of a diagonal matrix, smallest first; `None` when `G` is not diagonal.
    pub diagonal: Option<Vec<IBig>>,
}

impl GramFacts {
    /// `sum / (M D 2^scale)`: how a sum of eigenvalues of `G` becomes a mean over the family (guarantee: exact).
    pub fn mean(&self, sum: &Rational) -> Rational {
        let per_function = Rational::new(IBig::ONE, IBig::from(self.whole.clone())).expect("no factor of the divisor is zero");
        sum * &per_function
    }

    /// `sum_{i>N} lambda_i` where it needs no candidate (guarantee: exact): at `N = 0` the trace, from `N = M` on zero, and for a
    /// diagonal matrix the sum of all but the `N` largest entries.
    pub fn exact_tail(&self, rank: usize) -> Option<IBig> {
        let smallest = |diagonal: &Vec<IBig>| diagonal[..self.order.saturating_sub(rank)].iter().sum();
        match rank {
            0 => Some(self.trace.clone()),
            _ if rank >= self.order => Some(IBig::ZERO),
            _ => self.diagonal.as_ref().map(smallest),
        }
    }

    /// The `b` such that `sum_{i>N} lambda_i` is either an integer `n` or further than `2^-b` from it (guarantee: valid); `None` when
    /// it is above [`LARGEST_SEPARATION`].
    ///
    /// The sum is an algebraic integer, with at most `C(M, N)` conjugates, all of them sums of `M - N` eigenvalues
    /// (`proofs/eigenvalue-tail.md`, lemma 6).
    pub fn separation_bits(&self, rank: usize) -> Option<u64> {
        let farthest = &self.largest_row_sum * UBig::from(2 * self.order) + UBig::ONE;
        let conjugates = binomial_up_to(self.order, rank, LARGEST_SEPARATION)?;
        let bits = conjugates.saturating_sub(1).saturating_mul(farthest.bit_len() as u64);
        (bits <= LARGEST_SEPARATION).then_some(bits)
    }
}

/// `C(n, k)`, if it is at most `largest`.
fn binomial_up_to(n: usize, k: usize, largest: u64) -> Option<u64> {
    let mut binomial = 1u128;
    for i in 0..k.min(n.saturating_sub(k)) {
        // C(n, i + 1) from C(n, i); it grows as i + 1 stays within half of n.
        binomial = binomial * (n - i) as u128 / (i as u128 + 1);
        if binomial > u128::from(largest) {
            return None;
        }
    }
    u64::try_from(binomial).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomials_end_at_the_largest() {
        for (n, k, expected) in
            [(4, 2, Some(6)), (5, 0, Some(1)), (5, 5, Some(1)), (13, 6, Some(1716)), (14, 7, None), (8192, 2, None)]
        {
            assert_eq!(binomial_up_to(n, k, LARGEST_SEPARATION), expected, "{n} {k}");
        }
    }

    #[test]
    fn the_separation_of_two_by_two_is_what_the_discriminant_says() {
        // Eigenvalues (3 +- sqrt 5)/2: 1 - .38 is above 1/13 > 2^-4.
        let facts = GramFacts { order: 2, whole: 2u8.into(), trace: 3.into(), largest_row_sum: 3u8.into(), diagonal: None };
        assert_eq!(facts.separation_bits(1), Some(4));
        // One bit is left even where every entry is zero.
        let zero = GramFacts { largest_row_sum: 0u8.into(), ..facts.clone() };
        assert_eq!(zero.separation_bits(1), Some(1));
        // Of order 7: B = 2 * 7 * 3 + 1 has 6 bits, and C(7, 1) - 1 = 6 times as many are enough.
        assert_eq!(GramFacts { order: 7, ..facts.clone() }.separation_bits(1), Some(36));
        assert_eq!((facts.exact_tail(0), facts.exact_tail(1), facts.exact_tail(2)), (Some(3.into()), None, Some(0.into())));
    }
}
