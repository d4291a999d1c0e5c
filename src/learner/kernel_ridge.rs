//! Kernel ridge regression.
//!
//! ```text
//! f(x) = mean(y) + sum_n c_n k(x_n, x)        (K + ridge tr(K)/N I) c = y - mean(y)        K_mn = k(x_m, x_n)
//! ```
//!
//! One Gram matrix serves every ridge, and one factorisation every list of labels on the same inputs.

use super::descent::Samples;
use super::kernel::Kernel;
use super::tuning::{Tuned, test_error};
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::portable::cholesky::Cholesky;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::{mean, sum_by};
use crate::portable::vectorized;

/// The ridges that are tried where a claim names no others.
pub const RIDGES: [f64; 7] = [1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1];

/// Inputs and their squares, between which kernels have their values.
#[derive(Clone, Debug)]
struct Points {
    /// `d x N`, one input a column.
    x: Matrix<f64>,
    /// `|x_n|^2`, summed as [`add_product`] sums, so that the distance of an input from itself is 0.
    squares: Vec<f64>,
}

impl Points {
    fn new(x: &Matrix<f64>) -> Self {
        let mut squares = vec![0.0; x.cols()];
        for i in 0..x.rows() {
            squares.iter_mut().zip(x.row(i)).for_each(|(square, x)| *square += x * x);
        }
        Points { x: x.clone(), squares }
    }

    /// `image(|z_j|^2, |x_n|^2, x_n . z_j)` for every input `x_n` (row) and point `z_j` (column).
    fn against(&self, points: &Points, image: impl Fn(usize, f64, f64, f64) -> f64) -> Matrix<f64> {
        let mut values = Matrix::filled(self.x.cols(), points.x.cols(), 0.0);
        let columns = points.x.cols();
        add_product(values.as_mut_slice(), View::from(&self.x).transposed(), points.x.as_slice(), columns);
        for (n, &square) in self.squares.iter().enumerate() {
            let row = values.row_mut(n).iter_mut().zip(&points.squares);
            row.for_each(|(value, &other)| *value = image(n, other, square, *value));
        }
        values
    }

    /// `k(x_n, z_j)`.
    fn kernel(&self, kernel: Kernel, points: &Points) -> Matrix<f64> {
        let d = self.x.rows();
        vectorized(
            #[inline(always)]
            || self.against(points, |_, a, b, ab| kernel.value(a, b, ab, d)),
        )
    }
}

/// Inputs and their Gram matrix, ready for labels and ridges.
#[derive(Clone, Debug)]
pub struct KernelRidge {
    kernel: Kernel,
    points: Points,
    gram: Matrix<f64>,
}

impl KernelRidge {
    /// The Gram matrix of `kernel` on the inputs `x` (`d x N`, one input a column).
    pub fn new(kernel: Kernel, x: &Matrix<f64>) -> Self {
        let points = Points::new(x);
        let gram = points.kernel(kernel, &points);
        KernelRidge { kernel, points, gram }
    }

    /// Fits labels, `m x N` for `m` functions on the same inputs; `ridge` is relative to the mean of the Gram matrix's diagonal.
    ///
    /// Guarantee: replayed.
    ///
    /// # Errors
    /// When there is not a label for each input, or a pivot of the factorisation is not positive; the error names it.
    pub fn fit(&self, labels: &Matrix<f64>, ridge: f64) -> Result<KernelFit> {
        let count = self.gram.rows();
        if labels.cols() != count {
            return Err(Error::input(format!("{} labels", labels.cols()), format!("{count}, one for each input")));
        }
        let mean_diagonal = sum_by(count, |n| self.gram[(n, n)]) / count as f64;
        let factor = Cholesky::shifted(&self.gram, ridge * mean_diagonal)?;
        let means: Vec<f64> = (0..labels.rows()).map(|i| mean(labels.row(i))).collect();
        let centred = Matrix::from_fn(count, labels.rows(), |n, i| labels[(i, n)] - means[i]);
        Ok(KernelFit { kernel: self.kernel, points: self.points.clone(), coefficients: factor.solve(&centred)?, means })
    }
}

/// The functions that a ridge regression has found.
#[derive(Clone, Debug)]
pub struct KernelFit {
    kernel: Kernel,
    points: Points,
    /// `N x m`, one function a column.
    coefficients: Matrix<f64>,
    means: Vec<f64>,
}

impl KernelFit {
    /// The values at `x` (`d x M`, one point a column), `m x M`: one function a row. Guarantee: replayed.
    pub fn predict(&self, x: &Matrix<f64>) -> Matrix<f64> {
        self.combine(&self.points.kernel(self.kernel, &Points::new(x)))
    }

    /// The values from the kernel matrix between inputs and points, `N x M`.
    fn combine(&self, kernel: &Matrix<f64>) -> Matrix<f64> {
        let mut values = Matrix::from_fn(self.means.len(), kernel.cols(), |i, _| self.means[i]);
        let weights = View::from(&self.coefficients).transposed();
        add_product(values.as_mut_slice(), weights, kernel.as_slice(), kernel.cols());
        values
    }

    /// The gradients of the first function at `x` (`d x M`), `d x M`, one gradient a column. Guarantee: replayed.
    ///
    /// With the derivatives `p` of the kernel in `|z|^2` and `q` in `x_n . z`: `grad f(z) = 2 (sum_n c_n p) z + sum_n c_n q x_n`.
    pub fn gradients(&self, x: &Matrix<f64>) -> Matrix<f64> {
        let (d, points) = (x.rows(), Points::new(x));
        let slopes = |a, b, ab| self.kernel.value_and_slopes(a, b, ab, d);
        let weight = |n: usize| self.coefficients[(n, 0)];
        let in_square = self.points.against(&points, |n, a, b, ab| weight(n) * slopes(a, b, ab).in_square);
        let in_product = self.points.against(&points, |n, a, b, ab| weight(n) * slopes(a, b, ab).in_product);
        let mut along = vec![0.0; x.cols()];
        (0..in_square.rows()).for_each(|n| along.iter_mut().zip(in_square.row(n)).for_each(|(sum, p)| *sum += p));
        let mut gradients = Matrix::from_fn(d, x.cols(), |i, j| 2.0 * along[j] * x[(i, j)]);
        add_product(gradients.as_mut_slice(), View::from(&self.points.x), in_product.as_slice(), x.cols());
        gradients
    }
}

/// A fit, and how it was chosen.
#[derive(Clone, Debug)]
pub struct BestFit {
    /// The fit with the least test error.
    pub fit: KernelFit,
    /// Its kernel and ridge, and its error.
    pub tuned: Tuned,
}

/// The fit of one kernel at the ridge with the least error on the test sample, the first of equals; guarantee: replayed.
///
/// A ridge at which a pivot fails is passed over, and the choice says how many were.
///
/// # Errors
/// When a pivot fails at every ridge.
pub fn best_fit(kernel: Kernel, ridges: &[f64], train: &Samples, test: &Samples) -> Result<BestFit> {
    let problem = KernelRidge::new(kernel, train.x());
    let labels = Matrix::from_rows(1, train.len(), train.labels().to_vec())?;
    let at_test = problem.points.kernel(kernel, &Points::new(test.x()));
    let (mut best, mut failed): (Option<(f64, f64, KernelFit)>, usize) = (None, 0);
    for &ridge in ridges {
        let Ok(fit) = problem.fit(&labels, ridge) else {
            failed += 1;
            continue;
        };
        let error = test_error(fit.combine(&at_test).as_slice(), test);
        if best.as_ref().is_none_or(|(_, least, _)| error < *least || least.is_nan()) {
            best = Some((ridge, error, fit));
        }
    }
    let none = || Error::refused(format!("{}: not positive definite at any of {} ridges", kernel.name(), ridges.len()));
    let (ridge, error, fit) = best.ok_or_else(none)?;
    let passed_over =
        if failed > 0 { format!(" ({failed} of {} ridges: not positive definite)", ridges.len()) } else { String::new() };
    let choice = format!("{}, ridge {ridge:e}{passed_over}", kernel.name());
    Ok(BestFit { fit, tuned: Tuned { choice, error } })
}

/// Kernel ridge regression with the kernel and the ridge that have the least error on the test sample.
///
/// # Errors
/// When no kernel has a fit.
pub fn tuned(kernels: &[Kernel], ridges: &[f64], train: &Samples, test: &Samples) -> Result<Tuned> {
    least(kernels.iter().map(|&kernel| Ok(best_fit(kernel, ridges, train, test)?.tuned)))
}

/// The best of what succeeded; the first error when nothing did.
pub(super) fn least(tried: impl IntoIterator<Item = Result<Tuned>>) -> Result<Tuned> {
    let (mut found, mut failure) = (Vec::new(), None);
    for outcome in tried {
        match outcome {
            Ok(tuned) => found.push(tuned),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Tuned::best(found).ok_or_else(|| failure.unwrap_or_else(|| Error::refused("nothing to choose from")))
}
