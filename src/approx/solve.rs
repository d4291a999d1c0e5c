//! Inverses and linear systems.

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, MatRef, Par};

use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// The inverse of a square matrix `A` and the solution of `A X = B` (guarantee: approximate); entries may be infinite or NaN where `A`
/// is singular.
///
/// # Errors
/// When the matrix is not square, or `B` has another number of rows.
pub fn inverse_and_solution(a: &Matrix<f64>, b: &Matrix<f64>) -> Result<(Matrix<f64>, Matrix<f64>)> {
    let n = a.rows();
    if a.cols() != n || b.rows() != n {
        let found = format!("a matrix of {n} x {} and right sides of {} entries", a.cols(), b.rows());
        return Err(Error::input(found, format!("{n} x {n}, and {n} entries")));
    }
    // The parallelism of faer is a global of the process; many small systems are solved side by side, each on one thread.
    faer::set_global_parallelism(Par::Seq);
    let factors = MatRef::from_row_major_slice(a.as_slice(), n, n).partial_piv_lu();
    let solution = factors.solve(MatRef::from_row_major_slice(b.as_slice(), n, b.cols()));
    Ok((in_rows(&factors.inverse()), in_rows(&solution)))
}

fn in_rows(m: &Mat<f64>) -> Matrix<f64> {
    Matrix::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)])
}
