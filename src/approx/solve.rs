//! Inverses.

use faer::MatRef;
use faer::linalg::solvers::DenseSolveCore;

use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// The inverse of a square matrix (guarantee: approximate); entries of a singular one may be infinite or NaN.
///
/// # Errors
/// When the matrix is not square.
pub fn inverse(m: &Matrix<f64>) -> Result<Matrix<f64>> {
    let n = m.rows();
    if m.cols() != n {
        return Err(Error::input(format!("{n} x {} entries", m.cols()), "a square matrix"));
    }
    let inverse = MatRef::from_row_major_slice(m.as_slice(), n, n).partial_piv_lu().inverse();
    Ok(Matrix::from_fn(n, n, |i, j| inverse[(i, j)]))
}
