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

use dashu_int::ops::DivEuclid;
use dashu_int::{IBig, UBig};

use super::big_residual::{BigCandidate, norm_squared};
use super::range::Range;
use super::residual::{Candidate, dyadic, sqrt_upper};
use crate::error::Result;
use crate::exact::big_gram::{BigGram, Rounded};
use crate::exact::gram::Gram;
use crate::exact::gram_facts::GramFacts;
use crate::exact::{Dyadic, Rational};
use crate::matrix::Matrix;

/// What a candidate proves of the eigenvalues of `G`, the integers of a Gram matrix.
#[derive(Clone, Debug)]
pub struct Spectrum {
    facts: GramFacts,
    /// The integers `2^s mu`.
    values: Vec<IBig>,
    value_bits: u32,
    /// At least `4^residual_bits ||GV - V diag(mu)||_F^2`.
    residual_squared_upper: UBig,
    residual_bits: i64,
    /// At most `sigma_min(V)`, above zero; `None` when `V` was not shown to be invertible.
    sigma_lower: Option<Rational>,
}

impl Spectrum {
    /// Computes the residual and the singularity of `candidate`, on `threads` threads. Time of a few products of matrices.
    ///
    /// # Errors
    /// As [`Candidate::checked`].
    pub fn enclose(gram: &Gram, candidate: &Candidate, threads: usize) -> Result<Self> {
        Ok(Spectrum {
            facts: gram.facts(),
            residual_squared_upper: candidate.residual_squared_upper(gram, threads)?,
            sigma_lower: candidate.smallest_singular_value_lower(threads)?,
            values: candidate.values.iter().map(|&mu| mu.into()).collect(),
            value_bits: candidate.value_bits,
            residual_bits: candidate.residual_bits().into(),
        })
    }

    /// As [`enclose`](Self::enclose), from a candidate for the rounded matrix (`proofs/eigenvalue-tail.md`, lemma 7): with
    /// `G = 2^t G_0 + E`,
    ///
    /// ```text
    ///   ||GV - V diag(2^t mu)||_F <= 2^t ||G_0 V - V diag(mu)||_F + 2 ||E||_F        since ||V||_2 <= 2 - sigma
    /// ```
    ///
    /// # Errors
    /// As [`Candidate::checked`].
    pub fn enclose_rounded(gram: &BigGram, rounded: &Rounded, candidate: &Candidate, threads: usize) -> Result<Self> {
        let of_rounded = Spectrum::enclose(&rounded.gram, candidate, threads)?;
        let values = BigCandidate::shifted(&Candidate { vectors: Matrix::filled(0, 0, 0), ..candidate.clone() }, rounded.shift);
        // In units of 2^-bits.
        let bits = of_rounded.residual_bits - rounded.shift as i64;
        let moved = UBig::from(2u8) * sqrt_upper(&rounded.error_squared);
        let moved = if bits >= 0 { moved << bits as usize } else { (moved >> bits.unsigned_abs() as usize) + UBig::ONE };
        let residual = sqrt_upper(&of_rounded.residual_squared_upper) + moved;
        Ok(Spectrum {
            facts: gram.facts(),
            residual_squared_upper: residual.sqr(),
            residual_bits: bits,
            values: values.values,
            value_bits: values.value_bits,
            ..of_rounded
        })
    }

    /// As [`enclose`](Self::enclose), in integers of any size.
    ///
    /// # Errors
    /// As [`BigCandidate::checked`].
    pub fn enclose_big(gram: &BigGram, candidate: &BigCandidate, threads: usize) -> Result<Self> {
        Spectrum::of_residual(gram, candidate, &candidate.residual(gram, threads)?, threads)
    }

    /// As [`enclose_big`](Self::enclose_big), from the residual that [`BigCandidate::residual`] gives.
    ///
    /// # Errors
    /// As [`BigCandidate::smallest_singular_value_lower`].
    pub fn of_residual(gram: &BigGram, candidate: &BigCandidate, residual: &Matrix<IBig>, threads: usize) -> Result<Self> {
        Ok(Spectrum {
            facts: gram.facts(),
            residual_squared_upper: norm_squared(residual),
            sigma_lower: candidate.smallest_singular_value_lower(threads)?,
            values: candidate.values.clone(),
            value_bits: candidate.value_bits,
            residual_bits: candidate.residual_bits().into(),
        })
    }

    /// Whether the vectors were shown to be linearly independent; if not, only [`GramFacts::exact_tail`] is known.
    pub fn is_bounded(&self) -> bool {
        self.sigma_lower.is_some()
    }

    /// What is known without a candidate.
    pub fn facts(&self) -> &GramFacts {
        &self.facts
    }

    /// `sqrt(count) rho`, or more; above zero, so that no tie hangs on the luck of a candidate that happens to be exact.
    fn radius_upper(&self, count: usize) -> Option<Rational> {
        let root = sqrt_upper(&(&self.residual_squared_upper * UBig::from(count))) + UBig::ONE;
        dyadic(root, self.residual_bits).over(self.sigma_lower.as_ref()?)
    }

    /// `lambda_{i+1}` of `G`, without the denominator (guarantee: valid); `None` when nothing is known, or `i >= M`.
    pub fn eigenvalue(&self, i: usize) -> Option<Range> {
        let value = Dyadic::new(self.values.get(i)?.clone(), -i64::from(self.value_bits));
        Some(Range::around(&Rational::from(&value), &self.radius_upper(1)?))
    }

    /// `sum_{i>N} lambda_i` of the integer matrix `G` (guarantee: valid): a single number where it is proved to be an integer,
    /// whatever the candidate. `None` when nothing is known.
    fn sum(&self, rank: usize) -> Option<Range> {
        let point = |sum: &IBig| Rational::from(&Dyadic::from(sum.clone()));
        if let Some(sum) = self.facts.exact_tail(rank) {
            return Range::new(point(&sum), point(&sum));
        }
        let kept: IBig = self.values[..rank].iter().sum();
        let left = Dyadic::new((&self.facts.trace << self.value_bits as usize) - kept, -i64::from(self.value_bits));
        let range = Range::around(&Rational::from(&left), &self.radius_upper(rank)?);
        match self.facts.separation_bits(rank).zip(integer_within(&range)) {
            Some((bits, integer)) if is_within(&range, &point(&integer), bits) => Range::new(point(&integer), point(&integer)),
            _ => Some(range),
        }
    }

    /// `(1/(M D)) sum_{i>N} lambda_i`, `2^scale` divided out: the mean over the family of what `rank = N` dimensions leave
    /// (guarantee: valid). A single number where it is proved to be rational; `None` when nothing is known.
    pub fn tail(&self, rank: usize) -> Option<Range> {
        let sum = self.sum(rank)?;
        Range::new(self.facts.mean(sum.lower()), self.facts.mean(sum.upper()))
    }

    /// Whether a closer candidate can still show that the tail is rational, or that it is not.
    pub fn may_be_rational(&self, rank: usize) -> bool {
        let open = |range: Range| range.width() > Rational::from(0) && integer_within(&range).is_some();
        self.facts.separation_bits(rank).is_some() && self.sum(rank).is_some_and(open)
    }
}

/// The integer next to the middle, if the range holds it.
fn integer_within(range: &Range) -> Option<IBig> {
    let twice = range.lower() + range.upper();
    // floor(middle + 1/2), the middle being n/(2d).
    let denominator = IBig::from(twice.denominator().clone());
    let integer = (twice.numerator() + &denominator).div_euclid(denominator * IBig::from(2));
    range.encloses(&Rational::from(&Dyadic::from(integer.clone()))).then_some(integer)
}

/// Whether all members are closer than `2^-bits` to the number.
fn is_within(range: &Range, number: &Rational, bits: u64) -> bool {
    let separation = Rational::from(&Dyadic::new(IBig::ONE, -(bits as i64)));
    range.upper() - number < separation && number - range.lower() < separation
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number at the distance itself may be another root: with no bits, the next integer.
    #[test]
    fn the_separation_is_not_within_itself() {
        let range = |lower: i64, upper: i64| Range::new(Rational::from(lower), Rational::from(upper)).unwrap();
        let n = Rational::from(7);
        assert!(is_within(&range(7, 7), &n, 0));
        assert!(!is_within(&range(7, 8), &n, 0) && !is_within(&range(6, 7), &n, 0));
    }

    /// More bits are dropped than the values have after the point.
    #[test]
    fn values_of_a_rounded_matrix_are_those_of_the_matrix() {
        let diagonal = |first: i64, second: i64| Matrix::from_rows(2, 2, vec![first, 0, 0, second]).unwrap();
        let gram = BigGram::new(diagonal(3, 1).map(|&g| IBig::from(g) << 200), 0, 1u64.try_into().unwrap()).unwrap();
        let rounded = gram.rounded();
        let largest = rounded.gram.entries()[(0, 0)];
        let candidate = Candidate { vectors: diagonal(1, 1), vector_bits: 0, values: vec![largest, largest / 3], value_bits: 0 };
        let spectrum = Spectrum::enclose_rounded(&gram, &rounded, &candidate, 1).unwrap();
        for (i, lambda) in [3, 1].into_iter().enumerate() {
            let lambda = Rational::from(&Dyadic::new(IBig::from(lambda), 200));
            assert!(rounded.shift > 0 && spectrum.eigenvalue(i).unwrap().encloses(&lambda), "lambda_{}", i + 1);
        }
    }

    /// Nothing is left open of the tails of a diagonal matrix, and of that of eigenvalues 0 and 2, which a close candidate proves.
    #[test]
    fn a_proved_tail_is_no_longer_open() {
        let of = |entries: [[i64; 2]; 2], vectors: [i64; 4], values: [i64; 2], bits: u32| {
            let gram = Gram::from_lower(2, 1u64.try_into().unwrap(), |i, j| entries[i][j]).unwrap();
            let vectors = Matrix::from_rows(2, 2, vectors.to_vec()).unwrap();
            let candidate = Candidate { vectors, vector_bits: bits, values: values.to_vec(), value_bits: bits };
            Spectrum::enclose(&gram, &candidate, 1).unwrap()
        };
        let diagonal = of([[2, 0], [0, 1]], [1, 0, 0, 1], [2, 1], 0);
        assert!((0..=2).all(|rank| !diagonal.may_be_rational(rank)));
        // 2^20 / sqrt 2 = 741455.2
        let root = 741_455;
        let close = of([[1, 0], [1, 1]], [root, root, root, -root], [2 << 20, 0], 20);
        assert!(!close.may_be_rational(1) && close.tail(1).is_some_and(|tail| tail.lower() == tail.upper()));
        // 2^2 / sqrt 2 = 2.8: too coarse for the three bits that are needed.
        let coarse = of([[1, 0], [1, 1]], [3, 3, 3, -3], [9, 0], 2);
        assert!(coarse.may_be_rational(1) && coarse.tail(1).is_some_and(|tail| tail.lower() < tail.upper()));
    }
}
