//! Ridge regression on random ReLU features.
//!
//! ```text
//! phi_j(x) = max(0, (w_j . x) / sqrt d + b_j / 2)        w_j, b_j normal
//! ```

use super::descent::Samples;
use super::gradient_directions::product;
use super::kernel_ridge::{RIDGES, least};
use super::tuning::{Tuned, test_error};
use crate::error::Result;
use crate::matrix::Matrix;
use crate::portable::cholesky::Cholesky;
use crate::portable::reduce::{mean, sum_by};
use crate::portable::rng::Stream;

/// The number of features `D`: as many as fixed features serve anything with, whatever the number of samples.
pub const FEATURES: usize = 1000;

/// The best ridge on the test sample. Stream of `seed`: `random features`. Guarantee: replayed.
///
/// # Errors
/// When a pivot fails at every ridge.
pub fn tuned(train: &Samples, test: &Samples, seed: u64) -> Result<Tuned> {
    let map = Features::draw(train.x().rows(), seed);
    let (at_train, at_test) = (map.at(train.x()), map.at(test.x()));
    let normal = product(&at_train, &at_train.transposed());
    let centre = mean(train.labels());
    let labels = Matrix::from_fn(train.len(), 1, |n, _| train.labels()[n] - centre);
    let right = product(&at_train, &labels);
    let mean_diagonal = sum_by(FEATURES, |j| normal[(j, j)]) / FEATURES as f64;
    least(RIDGES.map(|ridge| {
        let weights = Cholesky::shifted(&normal, ridge * mean_diagonal)?.solve(&right)?;
        let predicted = product(&weights.transposed(), &at_test);
        Ok(Tuned { choice: format!("{FEATURES} features, ridge {ridge:e}"), error: test_error(predicted.as_slice(), test) })
    }))
}

/// `[w_j / sqrt d, b_j / 2]`, one feature a row.
struct Features(Matrix<f64>);

impl Features {
    fn draw(d: usize, seed: u64) -> Self {
        let (mut stream, scale) = (Stream::new(seed, "random features"), 1.0 / (d as f64).sqrt());
        Features(Matrix::from_fn(FEATURES, d + 1, |_, i| if i < d { scale } else { 0.5 } * stream.normal()))
    }

    /// `D x N`, with a last row of ones in the place of the last feature: a free constant.
    fn at(&self, x: &Matrix<f64>) -> Matrix<f64> {
        let inputs = Matrix::from_fn(x.rows() + 1, x.cols(), |i, n| if i < x.rows() { x[(i, n)] } else { 1.0 });
        let mut features = product(&self.0, &inputs).map(|z| z.max(0.0));
        features.row_mut(FEATURES - 1).fill(1.0);
        features
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(n: usize, name: &str, label: impl Fn(f64, f64) -> f64) -> Samples {
        let mut stream = Stream::new(1, name);
        let x = Matrix::from_fn(2, n, |_, _| stream.normal());
        let labels = (0..n).map(|c| label(x[(0, c)], x[(1, c)])).collect();
        Samples::new(&x, labels, false)
    }

    /// A ReLU network of its own features is easy, a fast oscillation is not.
    #[test]
    fn learns_what_its_features_make_and_not_what_they_cannot() {
        let kink = |x: f64, y: f64| (x + y).max(0.0) - 2.0 * (x - 0.3).max(0.0);
        let easy = tuned(&sample(400, "train", kink), &sample(200, "test", kink), 1).unwrap();
        assert!(easy.error < 1e-3, "{easy:?}");
        let wave = |x: f64, y: f64| f64::from(((20.0 * (x + 2.0 * y)).floor() as i64).rem_euclid(2) == 0);
        let hard = tuned(&sample(400, "train", wave), &sample(200, "test", wave), 1).unwrap();
        assert!(hard.error > 0.5, "{hard:?}");
    }
}
