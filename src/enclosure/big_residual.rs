//! How far candidates of any precision are from being eigenvectors and eigenvalues, without an error.
//!
//! As [`super::residual`], with big integers in the place of 64 and 128 bits: slower, and without a largest precision.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use super::big_product::big_product_rows;
use super::residual::{COARSE_BITS, Candidate, coarse_singular_value_lower};
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::exact::big_gram::BigGram;
use crate::matrix::Matrix;

/// The largest number of bits after the point of a vector or a value.
pub const LARGEST_BIG_BITS: u32 = 4096;

/// Candidates: column `j` of `V` for an eigenvector of the integer matrix `G`, `mu_j` for its eigenvalue, `mu_1 >= mu_2 >= ...`.
#[derive(Clone, Debug, PartialEq)]
pub struct BigCandidate {
    /// The integers `2^k V`, `M x M`.
    pub vectors: Matrix<IBig>,
    /// `k`.
    pub vector_bits: u32,
    /// The integers `2^s mu`.
    pub values: Vec<IBig>,
    /// `s`.
    pub value_bits: u32,
}

impl From<&Candidate> for BigCandidate {
    fn from(candidate: &Candidate) -> Self {
        BigCandidate::shifted(candidate, 0)
    }
}

impl BigCandidate {
    /// The candidate for `2^shift G` that `candidate` is for `G`.
    pub fn shifted(candidate: &Candidate, shift: usize) -> Self {
        let fewer = shift.min(candidate.value_bits as usize);
        BigCandidate {
            vectors: candidate.vectors.map(|&v| v.into()),
            vector_bits: candidate.vector_bits,
            values: candidate.values.iter().map(|&mu| IBig::from(mu) << (shift - fewer)).collect(),
            value_bits: candidate.value_bits - fewer as u32,
        }
    }

    /// Whether the integers have the shapes that the bounds below take for granted.
    ///
    /// # Errors
    /// When the shapes are not those of `gram`, the values are not in decreasing order, or there are too many bits.
    pub fn checked(&self, gram: &BigGram) -> Result<&Self> {
        let order = gram.order();
        if (self.vectors.rows(), self.vectors.cols(), self.values.len()) != (order, order, order) {
            let found = format!("{} x {} vectors and {} values", self.vectors.rows(), self.vectors.cols(), self.values.len());
            return Err(Error::input(found, format!("{order} of each")));
        }
        if let Some(i) = self.values.windows(2).position(|pair| pair[0] < pair[1]) {
            return Err(Error::refused(format!("mu_{} < mu_{}: the values must not increase", i + 1, i + 2)));
        }
        match self.vector_bits.max(self.value_bits) <= LARGEST_BIG_BITS {
            true => Ok(self),
            false => Err(Error::input(
                format!("k = {}, s = {}", self.vector_bits, self.value_bits),
                format!("at most {LARGEST_BIG_BITS} bits"),
            )),
        }
    }

    /// Bits after the point of the residual: `k + s`.
    pub fn residual_bits(&self) -> u32 {
        self.vector_bits + self.value_bits
    }

    /// The integers `2^(k+s) (GV - V diag(mu))` (guarantee: exact).
    ///
    /// # Errors
    /// As [`checked`](Self::checked); when an entry is too large for exact slicing.
    pub fn residual(&self, gram: &BigGram, threads: usize) -> Result<Matrix<IBig>> {
        let candidate = self.checked(gram)?;
        let rows = big_product_rows(gram.entries(), &candidate.vectors, threads, |i, product| {
            let entry = |((gv, v), mu): ((&IBig, &IBig), &IBig)| (gv << self.value_bits as usize) - v * mu;
            product.iter().zip(self.vectors.row(i)).zip(&self.values).map(entry).collect::<Vec<IBig>>()
        })?;
        Matrix::from_rows(gram.order(), gram.order(), rows.concat())
    }

    /// A lower bound of the smallest singular value of `V` (guarantee: valid); `None` when none above zero is found.
    ///
    /// As [`Candidate::smallest_singular_value_lower`].
    ///
    /// # Errors
    /// When exact slicing does not take the order of the matrix.
    pub fn smallest_singular_value_lower(&self, threads: usize) -> Result<Option<Rational>> {
        let dropped = self.vector_bits.saturating_sub(COARSE_BITS) as usize;
        let nearest = |v: &IBig| if dropped == 0 { v.clone() } else { ((v >> (dropped - 1)) + IBig::ONE) >> 1usize };
        // An entry of 2^62 or more is far from a unit vector's: no bound is found then.
        let Ok(coarse) = self.vectors.try_map(|v| i64::try_from(nearest(v))) else { return Ok(None) };
        coarse_singular_value_lower(&coarse, self.vector_bits - dropped as u32, dropped > 0, threads)
    }
}

/// The sum of the squares (guarantee: exact).
pub fn norm_squared(matrix: &Matrix<IBig>) -> UBig {
    matrix.as_slice().iter().map(|x| x.sqr()).sum()
}

/// The most bits of an entry.
pub fn most_bits(matrix: &Matrix<IBig>) -> u64 {
    matrix.as_slice().iter().map(|x| x.bit_len() as u64).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::gram::Gram;
    use proptest::prelude::*;
    use std::num::NonZeroU64;

    #[test]
    fn values_may_be_equal_and_must_not_increase() {
        let identity = Matrix::from_fn(2, 2, |i, j| IBig::from(u8::from(i == j)));
        let gram = BigGram::new(identity.clone(), 0, NonZeroU64::MIN).unwrap();
        let accepts = |values: [i64; 2]| {
            let values = values.map(IBig::from).to_vec();
            BigCandidate { vectors: identity.clone(), vector_bits: 0, values, value_bits: 0 }.checked(&gram).is_ok()
        };
        assert!(accepts([2, 1]) && accepts([1, 1]) && !accepts([1, 2]));
    }

    proptest! {
        /// Where both paths go, they find the same.
        #[test]
        fn agrees_with_the_residual_of_64_bits(
            entries in prop::collection::vec(-1000i64..1000, 6), vectors in prop::collection::vec(-1i64 << 20..1 << 20, 9),
            mut values in prop::collection::vec(-1i64 << 30..1 << 30, 3), shift in 0usize..40,
        ) {
            values.sort_by(|a, b| b.cmp(a));
            let gram = Gram::from_lower(3, NonZeroU64::MIN, |i, j| entries[i * (i + 1) / 2 + j]).unwrap();
            let small = Candidate { vectors: Matrix::from_rows(3, 3, vectors).unwrap(), vector_bits: 20, values, value_bits: 17 };
            let big = BigCandidate::from(&small);
            let squared = norm_squared(&big.residual(&BigGram::from(&gram), 2).unwrap());
            prop_assert!(squared <= small.residual_squared_upper(&gram, 1).unwrap());
            let sigma = small.smallest_singular_value_lower(1).unwrap();
            prop_assert_eq!(big.smallest_singular_value_lower(1).unwrap(), sigma);
            // 2^shift G has 2^shift times the residual.
            let moved = BigGram::new(gram.entries().map(|&g| IBig::from(g) << shift), 0, NonZeroU64::MIN).unwrap();
            let shifted = BigCandidate::shifted(&small, shift);
            let more = 2 * (shift + (shifted.residual_bits() as usize) - big.residual_bits() as usize);
            prop_assert_eq!(norm_squared(&shifted.residual(&moved, 1).unwrap()), squared << more);
        }
    }
}
