//! Products of matrices.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef};

use super::eigen::{parallelism, view};
use crate::matrix::Matrix;

/// `A B` (guarantee: approximate).
pub fn product(a: &Matrix<f64>, b: &Matrix<f64>, threads: usize) -> Matrix<f64> {
    of(view(a), view(b), threads)
}

/// `A' B` (guarantee: approximate).
pub fn transposed_product(a: &Matrix<f64>, b: &Matrix<f64>, threads: usize) -> Matrix<f64> {
    of(view(a).transpose(), view(b), threads)
}

fn of(a: MatRef<'_, f64>, b: MatRef<'_, f64>, threads: usize) -> Matrix<f64> {
    let mut c = Mat::<f64>::zeros(a.nrows(), b.ncols());
    matmul(&mut c, Accum::Replace, a, b, 1.0, parallelism(threads));
    Matrix::from_fn(c.nrows(), c.ncols(), |i, j| c[(i, j)])
}
