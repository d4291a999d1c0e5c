//! Factorisations with the same bits everywhere: stock faer over [`Det`], sequential.

use faer::linalg::solvers::{Llt, SelfAdjointEigen, Svd};
use faer::{Mat, Par, Side};

use super::det::Det;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

fn to_det(m: &Matrix<f64>) -> Mat<Det> {
    // The parallelism of faer is a global of the process; every entry to it passes here.
    faer::set_global_parallelism(Par::Seq);
    Mat::from_fn(m.rows(), m.cols(), |i, j| Det(m[(i, j)]))
}

fn from_det(m: faer::MatRef<'_, Det>) -> Matrix<f64> {
    Matrix::from_fn(m.nrows(), m.ncols(), |i, j| m[(i, j)].0)
}

/// The matrix, if a factorisation can make sense of it.
fn finite(m: &Matrix<f64>) -> Result<Mat<Det>> {
    match m.as_slice().iter().position(|v| !v.is_finite()) {
        None => Ok(to_det(m)),
        Some(n) => {
            let found = m.as_slice()[n];
            Err(Error::input(found, "a finite number").at_field(format!("entry ({}, {})", n / m.cols(), n % m.cols())))
        }
    }
}

fn diverged(what: &str) -> Error {
    Error::refused(format!("the {what} did not converge"))
}

/// An orthonormal basis of the column space, `m x n` for an `m x n` matrix with `m >= n`: the thin `Q` of a Householder QR.
///
/// Guarantee: replayed, and approximate.
pub fn orthonormal_columns(m: &Matrix<f64>) -> Matrix<f64> {
    from_det(to_det(m).qr().compute_thin_Q().as_ref())
}

/// The singular values, descending.
///
/// Guarantee: replayed, and approximate.
///
/// # Errors
/// When an entry is not finite, or the iteration does not converge.
pub fn singular_values(m: &Matrix<f64>) -> Result<Vec<f64>> {
    let svd = Svd::new_thin(finite(m)?.as_ref()).map_err(|_| diverged("singular value decomposition"))?;
    Ok(svd.S().column_vector().iter().map(|s| s.0).collect())
}

/// Eigenvalues, ascending, and an orthonormal basis of eigenvectors (columns) of a symmetric matrix; the lower triangle is read.
///
/// Guarantee: replayed, and approximate.
///
/// # Errors
/// When an entry is not finite, or the iteration does not converge.
pub fn symmetric_eigen(m: &Matrix<f64>) -> Result<(Vec<f64>, Matrix<f64>)> {
    let eigen = SelfAdjointEigen::new(finite(m)?.as_ref(), Side::Lower).map_err(|_| diverged("eigendecomposition"))?;
    Ok((eigen.S().column_vector().iter().map(|s| s.0).collect(), from_det(eigen.U())))
}

/// The lower Cholesky factor of a symmetric positive definite matrix; the lower triangle is read.
///
/// Guarantee: replayed, and approximate.
///
/// # Errors
/// When an entry is not finite, or a pivot is not positive; the error names it.
pub fn cholesky(m: &Matrix<f64>) -> Result<Matrix<f64>> {
    let factor =
        Llt::new(finite(m)?.as_ref(), Side::Lower).map_err(|e| Error::refused(format!("not positive definite: {e:?}")))?;
    Ok(from_det(factor.L()))
}
