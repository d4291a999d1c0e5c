//! The directions in which a fitted function changes: its mean gradient outer product.

use crate::error::Result;
use crate::matrix::Matrix;
use crate::portable::factor::symmetric_eigen;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::inner_products;

/// Eigenvalues, ascending, and eigenvectors (columns) of `(1/N) sum_n g_n g_n'`, for gradients `g_n` (`d x N`, one a column).
///
/// Guarantee: replayed, and approximate.
///
/// # Errors
/// When a gradient is not finite, or the eigendecomposition does not converge.
pub(super) fn directions(gradients: &Matrix<f64>) -> Result<(Vec<f64>, Matrix<f64>)> {
    let mut outer = Matrix::filled(gradients.rows(), gradients.rows(), 0.0);
    inner_products(&mut outer, gradients, gradients);
    let count = gradients.cols() as f64;
    outer.as_mut_slice().iter_mut().for_each(|entry| *entry /= count);
    symmetric_eigen(&outer)
}

/// `A B`.
pub(super) fn product(a: &Matrix<f64>, b: &Matrix<f64>) -> Matrix<f64> {
    let mut c = Matrix::filled(a.rows(), b.cols(), 0.0);
    add_product(c.as_mut_slice(), View::from(a), b.as_slice(), b.cols());
    c
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gradients along two axes, three times as long along the second: eigenvalues 1/2 and 9/2.
    #[test]
    fn the_longest_gradients_come_last() {
        let gradients = Matrix::from_rows(3, 2, vec![1.0, 0.0, 0.0, 3.0, 0.0, 0.0]).unwrap();
        let (values, vectors) = directions(&gradients).unwrap();
        assert_eq!(values, [0.0, 0.5, 4.5]);
        assert_eq!([vectors[(0, 2)], vectors[(1, 2)].abs(), vectors[(2, 2)]], [0.0, 1.0, 0.0]);
    }
}
