//! Eigenvalues of a Gram matrix, and sums of them, enclosed.
//!
//! Theorem (`proofs/eigenvalue-tail.md`, theorem 4; P6). For symmetric `G`, invertible `V` and `mu_1 >= ... >= mu_M`, the
//! eigenvalues `lambda_1 >= ... >= lambda_M` of `G` satisfy
//!
//! ```text
//!   sum_i (lambda_i - mu_i)^2 <= rho^2        rho = ||GV - V diag(mu)||_F / sigma_min(V)
//! ```
//!
//! hence, by Cauchy and Schwarz, `sum_{i>N} lambda_i` lies in `tr G - sum_{i<=N} mu_i +- sqrt(N) rho`. After Weyl, Hoffman and
//! Wielandt, Kahan.

use dashu_int::{IBig, UBig};

use super::range::Range;
use super::residual::{Candidate, dyadic, sqrt_upper};
use crate::error::Result;
use crate::exact::gram::Gram;
use crate::exact::{Dyadic, Rational};

/// What a candidate proves of the eigenvalues of `G`, the integers of a Gram matrix.
#[derive(Clone, Debug)]
pub struct Spectrum<'a> {
    gram: &'a Gram,
    /// The integers `2^s mu`.
    values: &'a [i64],
    value_bits: u32,
    /// At least `4^(k+s) ||GV - V diag(mu)||_F^2`.
    residual_squared_upper: UBig,
    residual_bits: u32,
    /// At most `sigma_min(V)`, above zero; `None` when `V` was not shown to be invertible.
    sigma_lower: Option<Rational>,
}

impl<'a> Spectrum<'a> {
    /// Computes the residual and the singularity of `candidate`, on `threads` threads. Time of a few products of matrices.
    ///
    /// # Errors
    /// As [`Candidate::checked`].
    pub fn enclose(gram: &'a Gram, candidate: &'a Candidate, threads: usize) -> Result<Self> {
        Ok(Spectrum {
            gram,
            residual_squared_upper: candidate.residual_squared_upper(gram, threads)?,
            sigma_lower: candidate.smallest_singular_value_lower(threads)?,
            values: &candidate.values,
            value_bits: candidate.value_bits,
            residual_bits: candidate.residual_bits(),
        })
    }

    /// Whether the vectors were shown to be linearly independent; if not, only [`exact_tail`] is known.
    pub fn is_bounded(&self) -> bool {
        self.sigma_lower.is_some()
    }

    /// `sqrt(count) rho`, or more; above zero, so that no tie hangs on the luck of a candidate that happens to be exact.
    fn radius_upper(&self, count: usize) -> Option<Rational> {
        let root = sqrt_upper(&(&self.residual_squared_upper * UBig::from(count))) + UBig::ONE;
        dyadic(root, self.residual_bits).over(self.sigma_lower.as_ref()?)
    }

    /// `lambda_{i+1}` of `G`, without the denominator (guarantee: valid); `None` when nothing is known, or `i >= M`.
    pub fn eigenvalue(&self, i: usize) -> Option<Range> {
        let value = Dyadic::new((*self.values.get(i)?).into(), -i64::from(self.value_bits));
        Some(Range::around(&Rational::from(&value), &self.radius_upper(1)?))
    }

    /// `(1/(M D)) sum_{i>N} lambda_i`: the mean over the family of what `rank = N` dimensions leave (guarantee: valid).
    ///
    /// A single number, whatever the candidate, where [`exact_tail`] knows it. `None` when nothing is known.
    pub fn tail(&self, rank: usize) -> Option<Range> {
        if let Some(sum) = exact_tail(self.gram, rank) {
            let tail = self.gram.mean(&sum);
            return Range::new(tail.clone(), tail);
        }
        let kept: IBig = self.values[..rank].iter().map(|&mu| IBig::from(mu)).sum();
        let left = Dyadic::new((self.gram.trace() << self.value_bits as usize) - kept, -i64::from(self.value_bits));
        Some(Range::around(&self.gram.mean(&Rational::from(&left)), &self.gram.mean(&self.radius_upper(rank)?)))
    }
}

/// `sum_{i>N} lambda_i` of `G` where it needs no candidate (guarantee: exact): at `N = 0` the trace, from `N = M` on zero, and for
/// a diagonal matrix the sum of all but the `N` largest entries.
pub fn exact_tail(gram: &Gram, rank: usize) -> Option<Rational> {
    let order = gram.order();
    let smallest = || {
        let mut diagonal: Vec<i64> = (0..order).map(|i| gram.entries()[(i, i)]).collect();
        diagonal.sort_unstable();
        diagonal[..order.saturating_sub(rank)].iter().map(|&g| IBig::from(g)).sum::<IBig>()
    };
    (rank == 0 || rank >= order || gram.is_diagonal()).then(|| Rational::from(&Dyadic::from(smallest())))
}
