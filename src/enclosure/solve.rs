//! Linear systems: how far an approximate solution is from the true one.
//!
//! Lemma (`proofs/eigenvalue-tail.md`, lemma 6). Let `||I - RA||_inf <= q < 1`. Then `A` is invertible, and for all `b`, `x`
//!
//! ```text
//!   ||A^-1 b - x||_inf <= ||R||_inf ||b - Ax||_inf / (1 - q)
//! ```
//!
//! `R` and `x` are data; nothing is assumed of them.

use dashu_int::UBig;

use super::residual::dyadic;
use super::slicing::{bit_length, exact_product_rows, largest_bits, largest_row_sum};
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::matrix::Matrix;

/// An approximate inverse and approximate solutions, as integers.
#[derive(Clone, Debug, PartialEq)]
pub struct Solutions {
    /// The integers `2^r R`.
    pub inverse: Matrix<i64>,
    /// `r`, at most 62.
    pub inverse_bits: u32,
    /// The integers `2^p X`, a column for each right side.
    pub columns: Matrix<i64>,
    /// `p`, at most 62.
    pub column_bits: u32,
}

impl Solutions {
    /// For each column `b` of `right_sides`, an upper bound of `||A^-1 b - x||_inf` (guarantee: valid); `None` when `A` was not
    /// shown to be invertible.
    ///
    /// # Errors
    /// When the shapes do not fit, or the products may not fit 128 bits.
    pub fn error_upper(&self, a: &Matrix<i64>, right_sides: &Matrix<i64>, threads: usize) -> Result<Option<Vec<Rational>>> {
        self.check(a, right_sides)?;
        let defect = &Rational::from(1) - &self.defect(a, threads)?;
        if defect <= Rational::from(0) {
            return Ok(None);
        }
        let inverse_norm = dyadic(UBig::from(largest_row_sum(&self.inverse)), self.inverse_bits);
        let bound = |largest: u128| (&inverse_norm * &dyadic(UBig::from(largest), self.column_bits)).over(&defect);
        Ok(self.largest_residuals(a, right_sides, threads)?.into_iter().map(bound).collect())
    }

    fn check(&self, a: &Matrix<i64>, right_sides: &Matrix<i64>) -> Result<()> {
        let n = a.rows();
        let shapes = [a.cols(), self.inverse.rows(), self.inverse.cols(), self.columns.rows(), right_sides.rows()];
        if shapes.iter().any(|&s| s != n) || self.columns.cols() != right_sides.cols() {
            return Err(Error::refused("the shapes of the system, its inverse and its solutions do not fit"));
        }
        let product = |x: &Matrix<i64>, y: &Matrix<i64>| bit_length(largest_row_sum(x)) + largest_bits(y);
        let bits = [product(&self.inverse, a), product(a, &self.columns), largest_bits(right_sides) + self.column_bits];
        // Sums of n residuals of 2^113 each fit 128 bits.
        match bits.iter().all(|&b| b <= 112) && self.inverse_bits <= 62 && self.column_bits <= 62 && n < 1 << 14 {
            true => Ok(()),
            false => Err(Error::refused("the system is too large for exact slicing")),
        }
    }

    /// `||I - RA||_inf` (guarantee: exact).
    fn defect(&self, a: &Matrix<i64>, threads: usize) -> Result<Rational> {
        let rows = exact_product_rows(&self.inverse, a, threads, |i, row| {
            let entry = |j: usize| if i == j { row[j] - (1 << self.inverse_bits) } else { row[j] };
            (0..row.len()).map(|j| entry(j).unsigned_abs()).sum::<u128>()
        })?;
        Ok(dyadic(UBig::from(rows.into_iter().max().unwrap_or(0)), self.inverse_bits))
    }

    /// `2^p max_i |(B - AX)_ij|` for each `j` (guarantee: exact).
    fn largest_residuals(&self, a: &Matrix<i64>, right_sides: &Matrix<i64>, threads: usize) -> Result<Vec<u128>> {
        let rows = exact_product_rows(a, &self.columns, threads, |i, row| {
            let residual = |(&b, ax): (&i64, &i128)| ((i128::from(b) << self.column_bits) - ax).unsigned_abs();
            right_sides.row(i).iter().zip(row).map(residual).collect::<Vec<u128>>()
        })?;
        Ok((0..right_sides.cols()).map(|j| rows.iter().map(|r| r[j]).max().unwrap_or(0)).collect())
    }
}
