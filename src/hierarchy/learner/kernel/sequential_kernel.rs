//! Kernels in sequence: ridge regression, the directions in which its fit varies most, ridge regression there.
//!
//! ```text
//! f = ridge regression on x        M = mean_n grad f(x_n) grad f(x_n)' = sum_i m_i u_i u_i'        m_1 >= m_2 >= ...
//! z = (u_1.x, ..., u_r.x)          g = ridge regression on z, or on (x, weight sqrt(d/r) z)
//! ```
//!
//! The second regression starts anew: nothing of it reaches the first. On directions alone it follows a first regression of each degree; the
//! inputs are put beside the directions of the better of these. A target that is large along one direction and small elsewhere is in
//! reach there: a large offset favours low degrees in all inputs, and `u_1`, counted twice, the powers along itself.

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
/// The second kernel is `(offset + z.z'/n)^degree` in `n` inputs; on directions alone it has these offsets.
const DEGREE: usize = 4;
const OFFSETS: [f64; 2] = [1.0, 8.0];
/// The ridges of the second regression on directions alone.
const SECOND_RIDGES: [f64; 6] = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2];
/// The weight of the directions beside the inputs, and the offset of the kernel there.
const BESIDE: [(f64, f64); 3] = [(1.0, 1.0), (1.0, 8.0), (2.0, 64.0)];
/// The ridges there.
const BESIDE_RIDGES: [f64; 4] = [1e-15, 1e-13, 1e-8, 1e-3];
/// The numbers `r` of directions that are tried, as far as they are below the dimension.
const DIRECTIONS: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 16];

const fn polynomial(degree: u32, offset: f64) -> Kernel {
    Kernel::Polynomial { offset, degree }
}

/// The first kernel, the number of directions, the inputs, the second kernel and the ridges with the least error on the test sample.
///
/// Guarantee: replayed.
///
/// # Errors
/// When no regression has a fit, or the samples differ in their dimension.
pub fn tuned(train: &Samples, test: &Samples) -> Result<Tuned> {
    let (mut tried, mut better) = (Vec::new(), None);
    for kernels in FIRST {
        match First::fitted(kernels, train, test) {
            Err(error) => tried.push(Err(error)),
            Ok(first) => {
                let alone = first.on_directions(train, test);
                let wins = |(other, _): &(First, usize)| first.fit.tuned.error < other.fit.tuned.error;
                if better.as_ref().is_none_or(wins) {
                    better = Some((first, best_number(&alone)));
                }
                tried.extend(alone);
            }
        }
    }
    tried.extend(better.iter().flat_map(|(first, number)| first.beside_inputs(*number, train, test)));
    least(tried)
}

/// The number of directions that does best alone; 1 where none has a fit.
fn best_number(alone: &[Result<Tuned>]) -> usize {
    let fitted = DIRECTIONS.into_iter().zip(alone).filter_map(|(r, tuned)| Some((r, tuned.as_ref().ok()?.error)));
    fitted.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1, |(r, _)| r)
}

/// A first regression, and the directions of its fit.
struct First {
    fit: BestFit,
    /// `u_1, u_2, ...`, one a row.
    axes: Matrix<f64>,
}

impl First {
    /// The best of these kernels.
    fn fitted(kernels: &[Kernel], train: &Samples, test: &Samples) -> Result<Self> {
        let fit = best_of(kernels, &RIDGES, train, test)?;
        let (_, axes) = principal_axes(&mean_outer_product(&fit.fit, train.x())?)?;
        Ok(First { fit, axes })
    }

    /// The second regressions on directions alone, for every number of them.
    fn on_directions(&self, train: &Samples, test: &Samples) -> Vec<Result<Tuned>> {
        let numbers = DIRECTIONS.into_iter().filter(|&r| r < self.axes.rows());
        let on = |r: usize| {
            let rows = leading(&self.axes, r);
            let second = second(&transformed(train, &rows)?, &transformed(test, &rows)?)?;
            Ok(self.followed_by(format!("r = {r}"), second))
        };
        numbers.map(on).collect()
    }

    /// The second regressions on the inputs beside one direction, and beside `number` of them.
    fn beside_inputs(&self, number: usize, train: &Samples, test: &Samples) -> Vec<Result<Tuned>> {
        let numbers = (number > 1).then_some(number).into_iter().chain([1]);
        let on = |r: usize, (weight, offset): (f64, f64)| {
            let rows = beside_inputs(&self.axes, r, weight);
            let (train, test) = (transformed(train, &rows)?, transformed(test, &rows)?);
            let second = best_fit(polynomial(DEGREE as u32, offset), &BESIDE_RIDGES, &train, &test)?.tuned;
            Ok(self.followed_by(format!("inputs and r = {r}, weight {weight}"), second))
        };
        numbers.flat_map(|r| BESIDE.map(|setting| on(r, setting))).collect()
    }

    /// The choice of both regressions.
    fn followed_by(&self, inputs: String, second: Tuned) -> Tuned {
        Tuned { choice: format!("{}; then {inputs}, {}", self.fit.tuned.choice, second.choice), ..second }
    }
}

/// Ridge regression with the second kernel, at the offset that does best.
fn second(train: &Samples, test: &Samples) -> Result<Tuned> {
    least(OFFSETS.map(|offset| at_offset(offset, train, test)))
}

/// The same at one offset, on the kernel's features where they are fewer than the samples: the same functions.
fn at_offset(offset: f64, train: &Samples, test: &Samples) -> Result<Tuned> {
    let d = train.x().rows();
    if (1..=DEGREE).fold(1, |count, i| count * (d + i) / i) >= train.len() {
        return Ok(best_fit(polynomial(DEGREE as u32, offset), &SECOND_RIDGES, train, test)?.tuned);
    }
    let features =
        |samples: &Samples| Samples::new(&polynomial_features(samples.x(), DEGREE, offset), samples.labels().to_vec(), false);
    let best = feature_ridge::tuned(&SECOND_RIDGES, &features(train), &features(test))?;
    Ok(Tuned { choice: format!("offset {offset}, {}", best.choice), ..best })
}

/// `(u_1, ..., u_r)`, one a row.
fn leading(axes: &Matrix<f64>, r: usize) -> Matrix<f64> {
    Matrix::from_fn(r, axes.cols(), |i, j| axes[(i, j)])
}

/// The inputs themselves, and below them the leading directions; at weight 1 both have the same mean square.
fn beside_inputs(axes: &Matrix<f64>, r: usize, weight: f64) -> Matrix<f64> {
    let d = axes.cols();
    let scale = weight * (d as f64 / r as f64).sqrt();
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

    /// One direction is not enough for a target with a second, small part elsewhere; beside the inputs it is.
    #[test]
    fn inputs_beside_the_leading_direction_are_tried() {
        let second_part = |samples: Samples| {
            let x = samples.x().clone();
            let labels = samples.labels().iter().enumerate().map(|(n, y)| y + 0.05 * x[(0, n)] * x[(6, n)]).collect();
            Samples::new(&x, labels, false)
        };
        let (train, test) = (second_part(samples(300, "train")), second_part(samples(500, "test")));
        let sequence = tuned(&train, &test).unwrap();
        assert!(sequence.choice.contains("; then inputs and r = 1, weight "), "{}", sequence.choice);
        assert!(sequence.error < 1e-6, "{} {}", sequence.choice, sequence.error);
    }

    #[test]
    fn rows_of_the_second_inputs() {
        let axes = Matrix::from_fn(4, 4, |i, j| f64::from(j == 3 - i));
        assert_eq!(leading(&axes, 1).as_slice(), [0.0, 0.0, 0.0, 1.0]);
        let beside = beside_inputs(&axes, 1, 1.0);
        assert_eq!((beside.rows(), beside.row(2), beside.row(4)), (5, &[0.0, 0.0, 1.0, 0.0][..], &[0.0, 0.0, 0.0, 2.0][..]));
    }
}
