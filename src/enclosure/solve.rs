//! Linear systems: what approximate solutions leave of the right sides, without an error.
//!
//! The solutions are data; nothing is assumed of them. What a residual says of the distance from the true solution depends on the
//! matrix, and is the matter of who asks: [`super::ridge`].

use dashu_int::UBig;

use super::magnitude::{bit_length, largest_bits, largest_row_sum};
use super::residual::norm_squared_upper;
use super::slicing::exact_product_rows;
use crate::error::{Error, Result};
use crate::exact::Dyadic;
use crate::matrix::Matrix;

/// Approximate solutions of `x'A = b'`, as integers.
#[derive(Clone, Debug, PartialEq)]
pub struct Solutions {
    /// The integers `2^p x`, a row for each right side.
    pub rows: Matrix<i64>,
    /// `p`, at most 62.
    pub bits: u32,
}

impl Solutions {
    /// For each row `b` of `right_sides`, an upper bound of `||b' - x'A||_2^2` (guarantee: valid; exactly 0 for an exact solution).
    ///
    /// # Errors
    /// When the shapes do not fit, or the products may not fit 128 bits.
    pub fn residuals_squared_upper(&self, a: &Matrix<i64>, right_sides: &Matrix<i64>, threads: usize) -> Result<Vec<Dyadic>> {
        self.check(a, right_sides)?;
        let squares = exact_product_rows(&self.rows, a, threads, |i, row| {
            let residual = |(&b, &xa): (&i64, &i128)| (i128::from(b) << self.bits) - xa;
            norm_squared_upper(&right_sides.row(i).iter().zip(row).map(residual).collect::<Vec<i128>>())
        })?;
        Ok(squares.into_iter().map(|square: UBig| Dyadic::new(square.into(), -2 * i64::from(self.bits))).collect())
    }

    fn check(&self, a: &Matrix<i64>, right_sides: &Matrix<i64>) -> Result<()> {
        let shapes = [self.rows.rows(), self.rows.cols(), a.cols()];
        if shapes != [right_sides.rows(), a.rows(), right_sides.cols()] {
            return Err(Error::refused("the shapes of the system and its solutions do not fit"));
        }
        let bits = [bit_length(largest_row_sum(&self.rows)) + largest_bits(a), largest_bits(right_sides) + self.bits];
        match bits.iter().all(|&b| b <= 125) && self.bits <= 62 {
            true => Ok(()),
            false => Err(Error::refused("the system is too large for exact slicing")),
        }
    }
}
