//! Linear systems.

use faer::linalg::solvers::Solve;
use faer::{MatRef, Par};

use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// The solution of `X A = B` (guarantee: approximate); entries may be infinite or NaN where `A` is singular.
///
/// # Errors
/// When `A` is not square, or `B` has another number of columns.
pub fn solution(a: &Matrix<f64>, b: &Matrix<f64>) -> Result<Matrix<f64>> {
    let n = a.rows();
    if a.cols() != n || b.cols() != n {
        let found = format!("a matrix of {n} x {} and right sides of {} entries", a.cols(), b.cols());
        return Err(Error::input(found, format!("{n} x {n}, and {n} entries")));
    }
    // The parallelism of faer is a global of the process; many small systems are solved side by side, each on one thread.
    faer::set_global_parallelism(Par::Seq);
    // The rows in memory are the columns of the transpose: A' X' = B'.
    let transposed = |m: &Matrix<f64>| MatRef::from_row_major_slice(m.as_slice(), m.rows(), n).transpose().to_owned();
    let solution = transposed(a).partial_piv_lu().solve(transposed(b));
    Ok(Matrix::from_fn(b.rows(), n, |i, j| solution[(j, i)]))
}
