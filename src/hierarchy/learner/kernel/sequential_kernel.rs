//! Kernels in sequence: ridge regression, the directions in which its fit varies most, ridge regression there.
//!
//! ```text
//! f = ridge regression on x        M = mean_n grad f(x_n) grad f(x_n)' = sum_i m_i u_i u_i'        m_1 >= m_2 >= ...
//! z = (u_1.x, ..., u_r.x)          g = ridge regression on z, or on (x, sqrt(d/r) z)
//! ```
//!
//! The second regression starts anew: nothing of it reaches the first.

use super::Kernel;
use super::feature_ridge::{self, polynomial_features};
use super::gradient_outer_product::{mean_outer_product, principal_axes, transformed};
use super::kernel_ridge::{BestFit, RIDGES, best_fit, best_of, least};
use crate::error::Result;
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::learner::tuning::Tuned;
use crate::matrix::Matrix;

/// The kernels of the first regression; of each degree the best goes on.
const FIRST: [&[Kernel]; 2] = [&[polynomial(2, 1.0)], &[polynomial(4, 1.0), polynomial(4, 0.2), polynomial(4, 4.0)]];
/// The second kernel is `(offset + z.z'/r)^degree`.
const DEGREE: usize = 4;
const OFFSET: f64 = 1.0;
/// The ridges of the second regression.
const SECOND_RIDGES: [f64; 6] = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2];
/// The numbers `r` of directions that are tried, as far as they are below the dimension.
const DIRECTIONS: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 16];

const fn polynomial(degree: u32, offset: f64) -> Kernel {
    Kernel::Polynomial { offset, degree }
}

/// The first kernel, the number of directions, the inputs and the ridges with the least error on the test sample.
///
/// Guarantee: replayed.
///
/// # Errors
/// When no regression has a fit, or the samples differ in their dimension.
pub fn tuned(train: &Samples, test: &Samples) -> Result<Tuned> {
    least(FIRST.into_iter().flat_map(|kernels| {
        let tried = best_of(kernels, &RIDGES, train, test).and_then(|first| after(&first, train, test));
        tried.unwrap_or_else(|error| vec![Err(error)])
    }))
}

/// The second regressions that follow a first: on every number of directions, and beside the inputs on the number that did best.
fn after(first: &BestFit, train: &Samples, test: &Samples) -> Result<Vec<Result<Tuned>>> {
    let (_, axes) = principal_axes(&mean_outer_product(&first.fit, train.x())?)?;
    let on = |inputs: String, rows: &Matrix<f64>| {
        let second = second(&transformed(train, rows)?, &transformed(test, rows)?)?;
        Ok(Tuned { choice: format!("{}; then {inputs}, {}", first.tuned.choice, second.choice), ..second })
    };
    let numbers = DIRECTIONS.into_iter().filter(|&r| r < axes.rows());
    let mut tried: Vec<(usize, Result<Tuned>)> = numbers.map(|r| (r, on(format!("r = {r}"), &leading(&axes, r)))).collect();
    let error = |t: &Result<Tuned>| t.as_ref().map_or(f64::INFINITY, |t| t.error);
    if let Some(r) = tried.iter().min_by(|a, b| error(&a.1).total_cmp(&error(&b.1))).map(|(r, _)| *r) {
        tried.push((r, on(format!("inputs and r = {r}"), &beside_inputs(&axes, r))));
    }
    Ok(tried.into_iter().map(|(_, tuned)| tuned).collect())
}

/// Ridge regression with the second kernel, on its features where they are fewer than the samples: the same functions.
fn second(train: &Samples, test: &Samples) -> Result<Tuned> {
    let d = train.x().rows();
    if (1..=DEGREE).fold(1, |count, i| count * (d + i) / i) >= train.len() {
        return Ok(best_fit(polynomial(DEGREE as u32, OFFSET), &SECOND_RIDGES, train, test)?.tuned);
    }
    let features =
        |samples: &Samples| Samples::new(&polynomial_features(samples.x(), DEGREE, OFFSET), samples.labels().to_vec(), false);
    feature_ridge::tuned(&SECOND_RIDGES, &features(train), &features(test))
}

/// `(u_1, ..., u_r)`, one a row.
fn leading(axes: &Matrix<f64>, r: usize) -> Matrix<f64> {
    Matrix::from_fn(r, axes.cols(), |i, j| axes[(i, j)])
}

/// The inputs themselves, and below them the leading directions at a size that gives both the same mean square.
fn beside_inputs(axes: &Matrix<f64>, r: usize) -> Matrix<f64> {
    let d = axes.cols();
    let scale = (d as f64 / r as f64).sqrt();
    Matrix::from_fn(d + r, d, |i, j| if i < d { f64::from(i == j) } else { scale * axes[(i - d, j)] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::learner::kernel::kernel_ridge;
    use crate::portable::rng::Stream;

    /// `(x_1 + x_4)^2 + ((x_1 + x_4)^2 - 2)^2 / 40` in eight dimensions: a quadratic fit already varies along it.
    fn samples(n: usize, name: &str) -> Samples {
        let mut stream = Stream::new(1, name);
        let x = Matrix::from_fn(8, n, |_, _| stream.normal());
        let square = |n: usize| (x[(1, n)] + x[(4, n)]) * (x[(1, n)] + x[(4, n)]);
        let labels = (0..n).map(|n| square(n) + (square(n) - 2.0) * (square(n) - 2.0) / 40.0).collect();
        Samples::new(&x, labels, false)
    }

    #[test]
    fn directions_of_the_first_kernel_serve_the_second() {
        let (train, test) = (samples(300, "train"), samples(500, "test"));
        let alone = kernel_ridge::tuned(FIRST[1], &RIDGES, &train, &test).unwrap().error;
        let sequence = tuned(&train, &test).unwrap();
        assert!(sequence.error < 0.1 * alone, "{} {}, {alone} with one kernel", sequence.choice, sequence.error);
        assert!(sequence.choice.contains("; then "), "{}", sequence.choice);
    }

    #[test]
    fn rows_of_the_second_inputs() {
        let axes = Matrix::from_fn(4, 4, |i, j| f64::from(j == 3 - i));
        assert_eq!(leading(&axes, 1).as_slice(), [0.0, 0.0, 0.0, 1.0]);
        let beside = beside_inputs(&axes, 1);
        assert_eq!((beside.rows(), beside.row(2), beside.row(4)), (5, &[0.0, 0.0, 1.0, 0.0][..], &[0.0, 0.0, 0.0, 2.0][..]));
    }
}
