//! The iterated kernel: ridge regression in the metric of its own mean gradient outer product (a recursive feature machine).
//!
//! ```text
//! f_t = ridge regression with k(T_t x, T_t x')        M_t = (1/N) sum_n grad f_t(x_n) grad f_t(x_n)'        T_(t+1) ~ M_t^(1/2)
//! ```
//!
//! It adapts to the labels, so the lower bounds for kernels that are fixed beforehand do not hold for it.

use super::descent::Samples;
use super::gradient_directions::{directions, product};
use super::kernel::Kernel;
use super::kernel_ridge::{best_fit, least};
use super::sequential_kernel::along;
use super::tuning::Tuned;
use crate::error::Result;
use crate::matrix::Matrix;
use crate::portable::reduce::norm;

const KERNELS: [Kernel; 2] = [Kernel::Polynomial { offset: 1.0, degree: 4 }, Kernel::Rbf { rate: 0.1 }];
const RIDGES: [f64; 4] = [1e-10, 1e-7, 1e-4, 1e-2];
const ROUNDS: usize = 5;

/// The best round of the best kernel on the test sample, with the best ridge in each round. Guarantee: replayed.
///
/// # Errors
/// When no round has a fit.
pub fn tuned(train: &Samples, test: &Samples) -> Result<Tuned> {
    least(KERNELS.iter().flat_map(|&kernel| rounds(kernel, train, test)))
}

fn rounds(kernel: Kernel, train: &Samples, test: &Samples) -> Vec<Result<Tuned>> {
    let d = train.x().rows();
    let mut metric = Matrix::from_fn(d, d, |i, j| f64::from(i == j));
    let mut found = Vec::new();
    for round in 1..=ROUNDS {
        let seen = along(&metric, train);
        let best = match best_fit(kernel, &RIDGES, &seen, &along(&metric, test)) {
            Ok(best) => best,
            Err(error) => {
                found.push(Err(error));
                break;
            }
        };
        let choice = format!("round {round}, {}", best.tuned.choice);
        found.push(Ok(Tuned { choice, error: best.tuned.error }));
        // The metric is symmetric, so the gradient in x is T times the gradient in Tx.
        match directions(&product(&metric, &best.fit.gradients(seen.x()))) {
            Ok((values, vectors)) => metric = root(&values, &vectors),
            Err(_) => break,
        }
    }
    found
}

/// `M^(1/2)`, scaled to the Frobenius norm of the identity; negative eigenvalues are roundings of 0.
fn root(values: &[f64], vectors: &Matrix<f64>) -> Matrix<f64> {
    let scaled = Matrix::from_fn(vectors.rows(), vectors.cols(), |i, j| vectors[(i, j)] * values[j].max(0.0).sqrt());
    let root = product(&scaled, &vectors.transposed());
    let factor = (root.rows() as f64).sqrt() / norm(root.as_slice());
    root.map(|entry| entry * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rotation by 3-4-5: the root squares to the matrix, up to the scale.
    #[test]
    fn a_root_squares_to_its_matrix() {
        let vectors = Matrix::from_rows(2, 2, vec![0.6, -0.8, 0.8, 0.6]).unwrap();
        let root = root(&[4.0, 9.0], &vectors);
        let (square, factor) = (product(&root, &root), 2.0 / 13.0);
        let expected = [4.0 * 0.36 + 9.0 * 0.64, (4.0 - 9.0) * 0.48, (4.0 - 9.0) * 0.48, 4.0 * 0.64 + 9.0 * 0.36];
        // A dozen roundings of numbers below two.
        square.as_slice().iter().zip(expected).for_each(|(s, e)| assert!((s - factor * e).abs() < 1e-14, "{s} {e}"));
    }
}
