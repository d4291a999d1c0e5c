//! Kernel ridge regression in the metric of its own gradients, again and again.
//!
//! ```text
//! T_0 = I        f_t = ridge regression on T_t x        M_t = mean_n grad f_t(x_n) grad f_t(x_n)'        T_{t+1}' T_{t+1} ~ M_t
//! ```
//!
//! `T` is scaled so that `||T||_F^2 = d`; kernels of inner products and distances see `T'T` alone. Known as the recursive feature machine
//! (Radhakrishnan, Beaglehole, Pandit and Belkin 2024).

use super::Kernel;
use super::kernel_ridge::{BestFit, KernelFit, best_fit, least};
use crate::error::{Error, Result};
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::learner::tuning::Tuned;
use crate::matrix::Matrix;
use crate::portable::factor::symmetric_eigen;
use crate::portable::product::{View, product};
use crate::portable::reduce::{inner_products, sum_by};

/// Regressions, the first of them on the inputs themselves.
const ROUNDS: usize = 5;
/// The ridges that are tried in every round.
const RIDGES: [f64; 4] = [1e-12, 1e-7, 1e-6, 1e-4];
/// The kernels that are tried, each in rounds of its own.
const KERNELS: [Kernel; 2] = [Kernel::Polynomial { offset: 4.0, degree: 4 }, Kernel::Rbf { rate: 0.1 }];

/// The kernel, the round and the ridge with the least error on the test sample; each round goes on from the fit that is best there.
///
/// Guarantee: replayed.
///
/// # Errors
/// When the first round has no fit, or the samples differ in their dimension.
pub fn tuned(train: &Samples, test: &Samples) -> Result<Tuned> {
    least(KERNELS.into_iter().map(|kernel| iterated(kernel, train, test)))
}

/// Rounds with one kernel; they end early when one has no fit, or a gradient that vanishes everywhere.
fn iterated(kernel: Kernel, train: &Samples, test: &Samples) -> Result<Tuned> {
    let mut metric = Matrix::from_fn(train.x().rows(), train.x().rows(), |i, j| f64::from(i == j));
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        let turned = transformed(train, &metric)?;
        let BestFit { fit, tuned } = match best_fit(kernel, &RIDGES, &turned, &transformed(test, &metric)?) {
            Err(_) if round > 1 => break,
            fitted => fitted?,
        };
        rounds.push(Tuned { choice: format!("round {round}, {}", tuned.choice), ..tuned });
        let outer = pulled_back(&mean_outer_product(&fit, turned.x())?, &metric);
        let Some(next) = root(&outer)? else { break };
        metric = next;
    }
    Tuned::best(rounds).ok_or_else(|| Error::refused("no rounds"))
}

/// `T' M T`: the mean outer product in the inputs themselves, from that in `T x`.
fn pulled_back(outer: &Matrix<f64>, metric: &Matrix<f64>) -> Matrix<f64> {
    product(View::from(metric).transposed(), &product(outer.into(), metric))
}

/// `T` with `T'T = d M / tr M`; `None` when the trace is not a positive number.
fn root(outer: &Matrix<f64>) -> Result<Option<Matrix<f64>>> {
    let (sizes, axes) = principal_axes(outer)?;
    let total = sum_by(sizes.len(), |i| sizes[i].max(0.0));
    let scale = |i: usize| (sizes[i].max(0.0) * (sizes.len() as f64 / total)).sqrt();
    let root = (total > 0.0).then(|| Matrix::from_fn(axes.rows(), axes.cols(), |i, j| scale(i) * axes[(i, j)]));
    Ok(root)
}

/// `mean_n grad f(x_n) grad f(x_n)'` of the first function of a fit, `d x d`. Guarantee: replayed.
///
/// # Errors
/// When the points have not the dimension of the fit's inputs.
pub fn mean_outer_product(fit: &KernelFit, x: &Matrix<f64>) -> Result<Matrix<f64>> {
    Ok(mean_square(&fit.gradients(0, x)?))
}

/// `mean_n g_n g_n'` of the columns `g_n`. Guarantee: replayed.
pub fn mean_square(columns: &Matrix<f64>) -> Matrix<f64> {
    let mut outer = Matrix::filled(columns.rows(), columns.rows(), 0.0);
    inner_products(&mut outer, columns, columns);
    outer.as_mut_slice().iter_mut().for_each(|p| *p /= columns.cols() as f64);
    outer
}

/// Eigenvalues of a symmetric matrix, descending, and its orthonormal eigenvectors, one a row. Guarantee: replayed.
///
/// # Errors
/// When an entry is not finite, or the iteration does not converge.
pub fn principal_axes(symmetric: &Matrix<f64>) -> Result<(Vec<f64>, Matrix<f64>)> {
    let (mut sizes, vectors) = symmetric_eigen(symmetric)?;
    let d = sizes.len();
    sizes.reverse();
    Ok((sizes, Matrix::from_fn(d, d, |i, j| vectors[(j, d - 1 - i)])))
}

/// The samples with `rows x` in the place of their inputs `x`. Guarantee: replayed.
///
/// # Errors
/// When the rows have not the dimension of the inputs.
pub fn transformed(samples: &Samples, rows: &Matrix<f64>) -> Result<Samples> {
    if rows.cols() != samples.x().rows() {
        return Err(Error::input(format!("inputs in dimension {}", samples.x().rows()), rows.cols()));
    }
    Ok(Samples::new(&product(rows.into(), samples.x()), samples.labels().to_vec(), false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::rng::Stream;

    /// The square of one direction, in six dimensions.
    fn ridge_function(n: usize, name: &str) -> Samples {
        let mut stream = Stream::new(1, name);
        let x = Matrix::from_fn(6, n, |_, _| stream.normal());
        let labels = (0..n).map(|n| (x[(1, n)] - 2.0 * x[(4, n)]).powi(4)).collect();
        Samples::new(&x, labels, false)
    }

    #[test]
    fn the_gradients_of_a_ridge_function_point_along_it() {
        let train = ridge_function(400, "train");
        let fit = best_fit(KERNELS[0], &[1e-10], &train, &train).unwrap().fit;
        let (sizes, axes) = principal_axes(&mean_outer_product(&fit, train.x()).unwrap()).unwrap();
        // More samples than the C(10,4) = 210 coefficients: the fit is the function, up to its ridge.
        assert!(sizes[1] < 1e-6 * sizes[0], "{sizes:?}");
        let along = (axes[(0, 1)] - 2.0 * axes[(0, 4)]).abs() / 5f64.sqrt();
        assert!((along - 1.0).abs() < 1e-6, "{along}");
    }

    #[test]
    fn rounds_find_the_direction_that_one_fit_has_too_few_samples_for() {
        let (train, test) = (ridge_function(100, "train"), ridge_function(500, "test"));
        let first = best_fit(KERNELS[0], &RIDGES, &train, &test).unwrap().tuned.error;
        let rounds = tuned(&train, &test).unwrap();
        assert!(rounds.error < 1e-3 * first, "{} after rounds, {first} before", rounds.error);
        assert!(!rounds.choice.starts_with("round 1,"), "{}", rounds.choice);
    }

    #[test]
    fn a_first_round_without_a_fit_says_why() {
        let spoiled = Samples::new(&Matrix::filled(6, 4, f64::NAN), vec![1.0, 2.0, 3.0, 4.0], false);
        let error = tuned(&spoiled, &spoiled).unwrap_err().to_string();
        assert!(error.contains("not positive definite"), "{error}");
    }

    #[test]
    fn the_root_is_a_root() {
        let diagonal = Matrix::from_fn(2, 2, |i, j| if i == j { [1.0, 4.0][i] } else { 0.0 });
        let root = root(&diagonal).unwrap().unwrap();
        let squared = product(View::from(&root).transposed(), &root);
        // 2 M / tr M, with one rounding of each root and of its square.
        for (i, expected) in [0.4, 0.0, 0.0, 1.6].into_iter().enumerate() {
            assert!((squared.as_slice()[i] - expected).abs() < 1e-15);
        }
        assert!(super::root(&Matrix::filled(2, 2, 0.0)).unwrap().is_none());
    }

    #[test]
    fn gradients_turn_with_their_inputs() {
        let train = ridge_function(60, "train");
        let turn = Matrix::from_fn(6, 6, |i, j| if j == (i + 1) % 6 { 2.0 } else { 0.0 });
        let pulled = pulled_back(&Matrix::from_fn(6, 6, |i, j| f64::from(i == 0 && j == 0)), &turn);
        assert_eq!(pulled, Matrix::from_fn(6, 6, |i, j| if i == 1 && j == 1 { 4.0 } else { 0.0 }));
        assert_eq!(transformed(&train, &turn).unwrap().x().row(0)[7], 2.0 * train.x()[(1, 7)]);
        assert!(transformed(&train, &Matrix::filled(2, 5, 0.0)).is_err());
    }
}
