//! Kernel ridge regression.
//!
//! ```text
//! f(x) = mean(y) + sum_n c_n k(x_n, x)        (K + ridge tr(K)/N I) c = y - mean(y)        K_mn = k(x_m, x_n)
//! ```
//!
//! One Gram matrix serves every ridge, and one factorisation every function whose labels are given on the same inputs.

use super::Kernel;
use super::feature_ridge::passed_over;
use crate::error::{Error, Result};
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::learner::tuning::{Tuned, test_error};
use crate::matrix::Matrix;
use crate::portable::cholesky::Cholesky;
use crate::portable::product::{View, add_product, summed};
use crate::portable::reduce::{mean, sum_by};

/// The ridges that are tried where nothing else is said.
pub const RIDGES: [f64; 7] = [1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1];

/// Inputs and their Gram matrix, ready for labels and ridges.
#[derive(Clone, Debug)]
pub struct KernelRidge {
    kernel: Kernel,
    inputs: Points,
    gram: Matrix<f64>,
}

impl KernelRidge {
    /// The Gram matrix of `kernel` on the inputs `x` (`d x N`, one input a column). Guarantee: replayed.
    pub fn new(kernel: Kernel, x: &Matrix<f64>) -> Self {
        let inputs = Points::new(x);
        let gram = inputs.kernel(kernel, &inputs);
        KernelRidge { kernel, inputs, gram }
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
        let coefficients = factor.solve(&centred)?.transposed();
        Ok(KernelFit { kernel: self.kernel, inputs: self.inputs.clone(), coefficients, means })
    }
}

/// The functions that a ridge regression has found.
#[derive(Clone, Debug)]
pub struct KernelFit {
    kernel: Kernel,
    inputs: Points,
    /// `m x N`, one function a row.
    coefficients: Matrix<f64>,
    means: Vec<f64>,
}

impl KernelFit {
    /// The values at `x` (`d x M`, one point a column), `m x M`: one function a row. Guarantee: replayed.
    ///
    /// # Errors
    /// When the points have not the dimension of the inputs.
    pub fn predict(&self, x: &Matrix<f64>) -> Result<Matrix<f64>> {
        self.inputs.same_dimension(x)?;
        Ok(self.combine(&self.inputs.kernel(self.kernel, &Points::new(x))))
    }

    /// The values from the kernel matrix between inputs and points, `N x M`.
    fn combine(&self, kernel: &Matrix<f64>) -> Matrix<f64> {
        let mut values = Matrix::from_fn(self.means.len(), kernel.cols(), |i, _| self.means[i]);
        add_product(values.as_mut_slice(), View::from(&self.coefficients), kernel.as_slice(), kernel.cols());
        values
    }

    /// The gradients of function `i` at `x` (`d x M`), `d x M`, one gradient a column. Guarantee: replayed.
    ///
    /// With the derivatives `p`, `q` of the kernel in `|z|^2` and `x_n . z`: `grad f(z) = 2 (sum_n c_n p) z + sum_n c_n q x_n`.
    ///
    /// # Errors
    /// When the points have not the dimension of the inputs.
    pub fn gradients(&self, i: usize, x: &Matrix<f64>) -> Result<Matrix<f64>> {
        self.inputs.same_dimension(x)?;
        let (d, points) = (x.rows(), Points::new(x));
        let mut along = vec![0.0; x.cols()];
        let towards = self.inputs.against(&points, |n, row| {
            let (weight, square) = (self.coefficients[(i, n)], self.inputs.squares[n]);
            for ((value, &a), along) in row.iter_mut().zip(&points.squares).zip(&mut along) {
                let slopes = self.kernel.value_and_slopes(a, square, *value, d);
                *along += weight * slopes.in_square;
                *value = weight * slopes.in_product;
            }
        });
        let mut gradients = Matrix::from_fn(d, x.cols(), |i, j| 2.0 * along[j] * x[(i, j)]);
        add_product(gradients.as_mut_slice(), View::from(&self.inputs.x), towards.as_slice(), x.cols());
        Ok(gradients)
    }
}

/// Inputs, one a column, and their squares.
#[derive(Clone, Debug)]
struct Points {
    x: Matrix<f64>,
    /// `|x_n|^2`, summed as [`add_product`] sums, so that the distance of an input from itself is 0.
    squares: Vec<f64>,
}

/// Rows of a kernel matrix that are finished while they are in the cache.
const ROWS: usize = 32;

impl Points {
    fn new(x: &Matrix<f64>) -> Self {
        let mut squares = vec![0.0; x.cols()];
        for i in 0..x.rows() {
            squares.iter_mut().zip(x.row(i)).for_each(|(square, x)| *square += x * x);
        }
        Points { x: x.clone(), squares }
    }

    fn same_dimension(&self, x: &Matrix<f64>) -> Result<()> {
        match x.rows() == self.x.rows() {
            true => Ok(()),
            false => Err(Error::input(format!("points in dimension {}", x.rows()), self.x.rows())),
        }
    }

    /// `k(x_n, z_j)`, `N x M`.
    fn kernel(&self, kernel: Kernel, points: &Points) -> Matrix<f64> {
        let d = self.x.rows();
        self.against(points, |n, row| kernel.apply(row, &points.squares, self.squares[n], d))
    }

    /// The inner products of these inputs (rows) with points (columns), each row changed by `image` once it is there.
    fn against(&self, points: &Points, mut image: impl FnMut(usize, &mut [f64])) -> Matrix<f64> {
        let columns = points.x.cols();
        summed(self.x.cols(), columns, ROWS, |rows, block| {
            let inputs = View::from(&self.x).transposed().row_block(rows.start, rows.len());
            add_product(block, inputs, points.x.as_slice(), columns);
            rows.zip(block.chunks_mut(columns.max(1))).for_each(|(n, row)| image(n, row));
        })
    }
}

/// A fit, and how it was chosen.
#[derive(Clone, Debug)]
pub struct BestFit {
    /// The fit with the least test error.
    pub fit: KernelFit,
    /// Its kernel, its ridge and its error.
    pub tuned: Tuned,
}

/// The fit of one kernel at the ridge with the least error on the test sample, the first of equals. Guarantee: replayed.
///
/// A ridge at which a pivot fails is passed over, and the choice says how many were.
///
/// # Errors
/// When a pivot fails at every ridge, or the test sample has not the dimension of the training sample.
pub fn best_fit(kernel: Kernel, ridges: &[f64], train: &Samples, test: &Samples) -> Result<BestFit> {
    let problem = KernelRidge::new(kernel, train.x());
    problem.inputs.same_dimension(test.x())?;
    let at_test = problem.inputs.kernel(kernel, &Points::new(test.x()));
    let labels = Matrix::from_rows(1, train.len(), train.labels().to_vec())?;
    let fits: Vec<(f64, KernelFit)> = ridges.iter().filter_map(|&r| Some((r, problem.fit(&labels, r).ok()?))).collect();
    let failed = passed_over(ridges.len(), fits.len());
    let judged = fits.into_iter().map(|(ridge, fit)| {
        let error = test_error(fit.combine(&at_test).as_slice(), test);
        BestFit { fit, tuned: Tuned { choice: format!("{}, ridge {ridge:e}{failed}", kernel.name()), error } }
    });
    let none = || Error::refused(format!("{}: not positive definite at any of {} ridges", kernel.name(), ridges.len()));
    judged.reduce(BestFit::better).ok_or_else(none)
}

impl BestFit {
    /// The one with the smaller error, the first of equals; an error that is not a number loses to every number.
    fn better(self, other: BestFit) -> BestFit {
        let wins = other.tuned.error < self.tuned.error || (self.tuned.error.is_nan() && !other.tuned.error.is_nan());
        if wins { other } else { self }
    }
}

/// The fit with the least test error over kernels and ridges. Guarantee: replayed.
///
/// # Errors
/// When no kernel has a fit.
pub fn best_of(kernels: &[Kernel], ridges: &[f64], train: &Samples, test: &Samples) -> Result<BestFit> {
    let (mut best, mut failure): (Option<BestFit>, Option<Error>) = (None, None);
    for &kernel in kernels {
        match best_fit(kernel, ridges, train, test) {
            Ok(fit) => best = best.into_iter().chain([fit]).reduce(BestFit::better),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    best.ok_or_else(|| failure.unwrap_or_else(|| Error::refused("no kernel")))
}

/// Kernel ridge regression with the kernel and the ridge that have the least error on the test sample. Guarantee: replayed.
///
/// # Errors
/// When no kernel has a fit.
pub fn tuned(kernels: &[Kernel], ridges: &[f64], train: &Samples, test: &Samples) -> Result<Tuned> {
    Ok(best_of(kernels, ridges, train, test)?.tuned)
}

/// The best of what succeeded; the first error when nothing did.
pub(in crate::hierarchy::learner) fn least(tried: impl IntoIterator<Item = Result<Tuned>>) -> Result<Tuned> {
    let (mut found, mut failure) = (Vec::new(), None);
    for outcome in tried {
        match outcome {
            Ok(tuned) => found.push(tuned),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Tuned::best(found).ok_or_else(|| failure.unwrap_or_else(|| Error::refused("nothing to choose from")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::reduce::norm;
    use crate::portable::rng::Stream;

    const QUADRATIC: Kernel = Kernel::Polynomial { offset: 1.0, degree: 2 };

    fn normal(d: usize, n: usize, name: &str) -> Matrix<f64> {
        let mut stream = Stream::new(1, name);
        Matrix::from_fn(d, n, |_, _| stream.normal())
    }

    /// A polynomial of degree 2 in three variables.
    fn quadratic(x: &Matrix<f64>) -> Vec<f64> {
        let at = |n: usize| 2.0 + x[(0, n)] - x[(1, n)] * x[(2, n)] + 3.0 * x[(0, n)] * x[(0, n)];
        (0..x.cols()).map(at).collect()
    }

    fn samples(n: usize, name: &str) -> Samples {
        let x = normal(3, n, name);
        Samples::new(&x, quadratic(&x), false)
    }

    /// Polynomials of degree 2 in three variables have C(5,2) = 10 coefficients.
    #[test]
    fn as_many_samples_as_coefficients_are_enough_and_one_less_is_not() {
        let error = |n| best_fit(QUADRATIC, &[0.0], &samples(n, "train"), &samples(200, "test")).unwrap().tuned.error;
        assert!(error(10) < 1e-20, "{}", error(10));
        assert!(error(9) > 1e-3, "{}", error(9));
    }

    /// On its own inputs the fit misses the labels by `shift c`. A Cholesky solution `c` of size `n` has `|(A + dA) c - y| = 0` for a
    /// `|dA| <= 4 n^2 2^-53 |A|` (Higham, Accuracy and Stability of Numerical Algorithms, theorem 10.4, with its constant doubled for
    /// the prediction).
    #[test]
    fn the_fit_solves_its_equations() {
        let (train, n) = (samples(70, "train"), 70);
        for kernel in [QUADRATIC, Kernel::Rbf { rate: 0.3 }, Kernel::Tangent { depth: 3, bias: true }] {
            let problem = KernelRidge::new(kernel, train.x());
            let labels = Matrix::from_rows(1, n, train.labels().to_vec()).unwrap();
            let fit = problem.fit(&labels, 1e-3).unwrap();
            let shift = 1e-3 * (0..n).map(|i| problem.gram[(i, i)]).sum::<f64>() / n as f64;
            let predicted = fit.predict(train.x()).unwrap();
            let missed: Vec<f64> =
                (0..n).map(|i| predicted[(0, i)] + shift * fit.coefficients[(0, i)] - labels[(0, i)]).collect();
            let bound =
                8.0 * (n * n) as f64 * f64::EPSILON / 2.0 * norm(problem.gram.as_slice()) * norm(fit.coefficients.as_slice());
            assert!(norm(&missed) < bound, "{}: {} above {bound}", kernel.name(), norm(&missed));
            let other = problem.fit(&labels, 1.1e-3).unwrap();
            let moved: Vec<f64> =
                fit.coefficients.as_slice().iter().zip(other.coefficients.as_slice()).map(|(a, b)| shift * (a - b)).collect();
            assert!(norm(&moved) > bound, "{}: another ridge would pass", kernel.name());
        }
    }

    #[test]
    fn functions_fitted_together_are_those_fitted_alone() {
        let x = normal(3, 40, "train");
        let labels = normal(3, 40, "labels");
        let problem = KernelRidge::new(Kernel::Even, &x);
        let together = problem.fit(&labels, 1e-2).unwrap().predict(&normal(3, 11, "points")).unwrap();
        for i in 0..3 {
            let alone = Matrix::from_fn(1, 40, |_, n| labels[(i, n)]);
            let alone = problem.fit(&alone, 1e-2).unwrap().predict(&normal(3, 11, "points")).unwrap();
            assert_eq!(alone.as_slice(), together.row(i));
        }
    }

    /// A central difference is exact for a quadratic, up to its rounding of 2^-53 over the step; for the others it is wrong by the
    /// squared step times a third derivative.
    #[test]
    fn gradients_are_difference_quotients() {
        let (x, labels, points) = (normal(3, 12, "train"), normal(2, 12, "labels"), normal(3, 5, "points"));
        for (kernel, h, within) in [
            (QUADRATIC, 0.25, 1e-12),
            (Kernel::Rbf { rate: 0.5 }, 1.0 / 8192.0, 1e-6),
            (Kernel::Tangent { depth: 2, bias: true }, 1.0 / 8192.0, 1e-6),
        ] {
            let fit = KernelRidge::new(kernel, &x).fit(&labels, 1e-2).unwrap();
            let gradients = fit.gradients(1, &points).unwrap();
            for i in 0..3 {
                let moved =
                    |by: f64| fit.predict(&Matrix::from_fn(3, 5, |r, c| points[(r, c)] + if r == i { by } else { 0.0 })).unwrap();
                let (up, down) = (moved(h), moved(-h));
                for j in 0..5 {
                    let quotient = (up[(1, j)] - down[(1, j)]) / (2.0 * h);
                    assert!(
                        (gradients[(i, j)] - quotient).abs() < within * (1.0 + quotient.abs()),
                        "{}: {} is not {quotient}",
                        kernel.name(),
                        gradients[(i, j)]
                    );
                }
            }
        }
    }

    #[test]
    fn a_ridge_without_a_factor_is_passed_over_and_said() {
        let line = Samples::new(&Matrix::from_fn(1, 2, |_, n| n as f64 + 1.0), vec![1.0, 3.0], false);
        let linear = Kernel::Polynomial { offset: 0.0, degree: 1 };
        let best = best_fit(linear, &[0.0, 0.5], &line, &line).unwrap();
        assert_eq!(best.tuned.choice, "homogeneous 1, ridge 5e-1 (1 of 2 ridges: not positive definite)");
        let error = best_fit(linear, &[0.0], &line, &line).unwrap_err().to_string();
        assert_eq!(error, "homogeneous 1: not positive definite at any of 1 ridges");
        assert!(tuned(&[linear], &[0.0], &line, &line).is_err() && tuned(&[], &RIDGES, &line, &line).is_err());
    }

    #[test]
    fn the_better_of_two_fits_is_a_number() {
        let fit = best_fit(QUADRATIC, &[0.1], &samples(12, "train"), &samples(20, "test")).unwrap();
        let with = |error| BestFit { tuned: Tuned { choice: format!("{error}"), error }, ..fit.clone() };
        let better = |a, b| with(a).better(with(b)).tuned.choice;
        for (first, second, expected) in [
            (0.5, 0.25, "0.25"),
            (0.25, 0.5, "0.25"),
            (f64::NAN, 0.5, "0.5"),
            (0.5, f64::NAN, "0.5"),
            (f64::NAN, f64::NAN, "NaN"),
        ] {
            assert_eq!(better(first, second), expected, "{first} and {second}");
        }
        let twice = [1, 2].map(|n| BestFit { tuned: Tuned { choice: format!("{n}"), error: 0.5 }, ..fit.clone() });
        let [first, second] = twice;
        assert_eq!(first.better(second).tuned.choice, "1");
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let problem = KernelRidge::new(QUADRATIC, &normal(3, 4, "train"));
        assert!(problem.fit(&normal(1, 5, "labels"), 1.0).is_err());
        let fit = problem.fit(&normal(1, 4, "labels"), 1.0).unwrap();
        assert!(fit.predict(&normal(2, 4, "points")).is_err() && fit.gradients(0, &normal(4, 4, "points")).is_err());
        assert_eq!(fit.predict(&normal(3, 0, "points")).unwrap().cols(), 0);
    }
}
