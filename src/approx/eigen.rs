//! Eigenvectors and eigenvalues of symmetric matrices.

use std::error::Error as _;
use std::sync::OnceLock;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par, diag::Diag};

use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// Approximate eigenvalues, largest first, and eigenvectors: column `j` belongs to eigenvalue `j`.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// The eigenvalues.
    pub values: Vec<f64>,
    /// The eigenvectors.
    pub vectors: Matrix<f64>,
}

pub(super) fn parallelism(threads: usize) -> Par {
    // Zero would mean all processors, and one a pool for nothing.
    if threads <= 1 || !has_pool() { Par::Seq } else { Par::rayon(threads) }
}

/// Returns whether there is a pool of threads, which is begun here: where the system refuses one, its first use would panic.
fn has_pool() -> bool {
    static POOL: OnceLock<bool> = OnceLock::new();
    *POOL.get_or_init(|| {
        let begun = rayon::ThreadPoolBuilder::new().build_global();
        // An error without a reason of the system's: there is one already.
        let is_there = begun.map_or_else(|error| error.source().is_none(), |()| true);
        if is_there {
            // At its first look for work a thread needs some bytes of the C library, which aborts without: it looks before matrices take them.
            rayon::broadcast(|_| ());
        }
        is_there
    })
}

pub(super) fn view(m: &Matrix<f64>) -> MatRef<'_, f64> {
    MatRef::from_row_major_slice(m.as_slice(), m.rows(), m.cols())
}

/// The eigendecomposition of a symmetric matrix, on `threads` threads (guarantee: approximate).
///
/// # Errors
/// When the matrix is not square, or the iteration does not converge.
pub fn symmetric_eigen(m: &Matrix<f64>, threads: usize) -> Result<Eigen> {
    let (n, par) = (m.rows(), parallelism(threads));
    if m.cols() != n {
        return Err(Error::input(format!("{n} x {} entries", m.cols()), "a square matrix"));
    }
    if n == 0 {
        return Ok(Eigen { values: Vec::new(), vectors: m.clone() });
    }
    let (mut values, mut vectors) = (Diag::<f64>::zeros(n), Mat::<f64>::zeros(n, n));
    let scratch = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, par, Default::default());
    let mut memory = MemBuffer::new(scratch);
    // The transpose of a symmetric matrix is itself, and its columns are the rows in memory.
    let outcome = self_adjoint_evd(
        view(m).transpose(),
        values.as_mut(),
        Some(vectors.as_mut()),
        par,
        MemStack::new(&mut memory),
        Default::default(),
    );
    outcome.map_err(|_| Error::refused("the eigendecomposition did not converge"))?;
    // faer sorts from the least eigenvalue on.
    Ok(Eigen { values: values.column_vector().iter().rev().copied().collect(), vectors: rows_of_reversed(vectors.as_ref()) })
}

/// The rows of a square matrix with its columns in reverse order. Square pieces at a time, as the one lies by columns and the other by rows.
fn rows_of_reversed(columns: MatRef<'_, f64>) -> Matrix<f64> {
    const PIECE: usize = 32;
    let n = columns.nrows();
    let mut rows = Matrix::filled(n, n, 0.0);
    for (first_row, first_column) in (0..n).step_by(PIECE).flat_map(|i| (0..n).step_by(PIECE).map(move |j| (i, j))) {
        for i in first_row..(first_row + PIECE).min(n) {
            for j in first_column..(first_column + PIECE).min(n) {
                rows[(i, j)] = columns[(i, n - 1 - j)];
            }
        }
    }
    rows
}

/// A correction of eigenvectors `V` and eigenvalues `mu` with residual `R = GV - V diag(mu)` (guarantee: approximate).
///
/// Newton's method for `G(V + VE) = (V + VE) diag(mu + delta)`: with `C = V'R`,
///
/// ```text
///   delta_j = C_jj        E_ij = C_ij / (mu_j + delta_j - mu_i - delta_i)
/// ```
///
/// after Ogita and Aishima (2018). Where the gap between two eigenvalues is not far above the entries of `C`, the quotient would be
/// noise, and `E_ij = 0` leaves the two vectors alone.
pub fn correction(vectors: &Matrix<f64>, values: &[f64], residual: &Matrix<f64>, threads: usize) -> Eigen {
    let (n, par) = (values.len(), parallelism(threads));
    let mut c = Mat::<f64>::zeros(n, n);
    matmul(&mut c, Accum::Replace, view(vectors).transpose(), view(residual), 1.0, par);
    let corrected: Vec<f64> = (0..n).map(|j| values[j] + c[(j, j)]).collect();
    let least_gap = c.norm_max() / LARGEST_TURN;
    let turn = |i: usize, j: usize| {
        let gap = corrected[j] - corrected[i];
        if gap.abs() > least_gap { c[(i, j)] / gap } else { 0.0 }
    };
    let e = Mat::from_fn(n, n, turn);
    let mut change = Mat::<f64>::zeros(n, n);
    matmul(&mut change, Accum::Replace, view(vectors), &e, 1.0, par);
    Eigen { values: (0..n).map(|j| c[(j, j)]).collect(), vectors: Matrix::from_fn(n, n, |i, j| change[(i, j)]) }
}

/// The largest angle by which two vectors are turned into one another; beyond it the linear equation says little.
const LARGEST_TURN: f64 = 1.0 / 1024.0;
