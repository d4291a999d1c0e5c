//! How large the entries, the rows and the columns of an integer matrix are.

use crate::matrix::Matrix;
use crate::portable::reduce::sum;
use crate::portable::vectorized;

/// The bits of the largest absolute value.
pub fn largest_bits(matrix: &Matrix<i64>) -> u32 {
    let largest = vectorized(|| matrix.as_slice().iter().fold(0, |largest, x| x.unsigned_abs().max(largest)));
    64 - largest.leading_zeros()
}

/// `max_i sum_j |A_ij|` (guarantee: exact).
pub fn largest_row_sum(matrix: &Matrix<i64>) -> u128 {
    // The lower and the upper halves apart: no sum of up to 2^32 of them is beyond 64 bits.
    let halves =
        |(low, high): (u64, u64), x: &i64| (low + (x.unsigned_abs() & u64::from(u32::MAX)), high + (x.unsigned_abs() >> 32));
    let row_sum = |i: usize| {
        let (low, high) = vectorized(|| matrix.row(i).iter().fold((0, 0), halves));
        (u128::from(high) << 32) + u128::from(low)
    };
    (0..matrix.rows()).map(row_sum).max().unwrap_or(0)
}

/// The `n` with `2^(n-1) <= value < 2^n`, or 0 for 0.
pub fn bit_length(value: u128) -> u32 {
    128 - value.leading_zeros()
}

/// `2^bits`.
pub(super) fn power(bits: u32) -> f64 {
    (1u128 << bits) as f64
}

/// What a sum of squares in floats may be too small by, for at most `2^20` terms: each of them and each sum is rounded once, or twice.
const ROUNDINGS: f64 = 1.0 + 1.0 / (1u64 << 30) as f64;

/// The largest squared Euclidean length of a row, `max_i sum_j A_ij^2`, or more (guarantee: valid).
pub fn rows_squared_upper(matrix: &Matrix<i64>) -> f64 {
    let mut squares = vec![0.0; matrix.cols()];
    let row_squared = |i: usize| {
        vectorized(|| squares.iter_mut().zip(matrix.row(i)).for_each(|(square, &x)| *square = (x as f64) * (x as f64)));
        sum(&squares)
    };
    (0..matrix.rows()).map(row_squared).fold(0.0, f64::max) * ROUNDINGS
}

/// The largest squared Euclidean length of a column, `max_j sum_i A_ij^2`, or more (guarantee: valid).
pub fn columns_squared_upper(matrix: &Matrix<i64>) -> f64 {
    let mut sums = vec![0.0; matrix.cols()];
    for i in 0..matrix.rows() {
        vectorized(|| sums.iter_mut().zip(matrix.row(i)).for_each(|(sum, &x)| *sum += (x as f64) * (x as f64)));
    }
    sums.into_iter().fold(0.0, f64::max) * ROUNDINGS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_upper_bounds() {
        let matrix = Matrix::from_fn(3, 2, |i, j| (1 << 60) + (3 * i + j) as i64);
        let squares = |x: &[i64]| x.iter().map(|&x| (i128::from(x) * i128::from(x)) as u128).sum::<u128>();
        let (row, column) = (squares(matrix.row(2)), squares(matrix.transposed().row(1)));
        for (upper, exact) in [(rows_squared_upper(&matrix), row as f64), (columns_squared_upper(&matrix), column as f64)] {
            assert!(upper >= exact && upper <= 1.001 * exact, "{upper} for {exact}");
        }
    }
}
