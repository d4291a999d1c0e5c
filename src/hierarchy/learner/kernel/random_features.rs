//! Ridge regression on random ReLU features: a two-layer network whose first layer is not trained.
//!
//! ```text
//! phi_i(x) = max(<w_i, x> + b_i, 0)        w_i ~ N(0, I/d)        b_i ~ N(0, 1/4)        i = 1, ..., m
//! ```
//!
//! The regression has an intercept; its features are `1, phi_1/sqrt m, ..., phi_m/sqrt m`.

use super::feature_ridge;
use super::kernel_ridge::{RIDGES, least};
use crate::error::{Error, Result};
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::learner::tuning::Tuned;
use crate::matrix::Matrix;
use crate::portable::product::product;
use crate::portable::rng::Stream;

/// No more features than these are tried.
const MOST: usize = 4000;

/// Ridge regression on `N/2` and on `2N` features, 4000 at most, with the number and the ridge of [`RIDGES`] that have the least error
/// on the test sample.
///
/// Stream of `seed`: `random features`. Guarantee: replayed.
///
/// # Errors
/// When there are no samples, or the test sample has not the dimension of the training sample.
pub fn tuned(train: &Samples, test: &Samples, seed: u64) -> Result<Tuned> {
    let sizes = [train.len() / 2, 2 * train.len()].map(|m| m.clamp(1, MOST));
    least(sizes.into_iter().map(|size| {
        let features = Features::new(train.x().rows(), size, seed);
        let best = feature_ridge::tuned(&RIDGES, &features.of(train)?, &features.of(test)?)?;
        Ok(Tuned { choice: format!("{size} features, {}", best.choice), ..best })
    }))
}

/// The weights of the features, one a row, and their offsets.
struct Features {
    weights: Matrix<f64>,
    offsets: Vec<f64>,
}

impl Features {
    fn new(d: usize, size: usize, seed: u64) -> Self {
        let mut stream = Stream::new(seed, "random features");
        let deviation = 1.0 / (d as f64).sqrt();
        let weights = Matrix::from_fn(size, d, |_, _| deviation * stream.normal());
        Features { weights, offsets: (0..size).map(|_| 0.5 * stream.normal()).collect() }
    }

    /// The samples with their features in the place of inputs.
    fn of(&self, samples: &Samples) -> Result<Samples> {
        let (size, d) = (self.weights.rows(), self.weights.cols());
        if samples.x().rows() != d {
            return Err(Error::input(format!("inputs in dimension {}", samples.x().rows()), d));
        }
        let (slopes, scale) = (product((&self.weights).into(), samples.x()), 1.0 / (size as f64).sqrt());
        let feature = |i: usize, n: usize| if i == 0 { 1.0 } else { scale * (slopes[(i - 1, n)] + self.offsets[i - 1]).max(0.0) };
        Ok(Samples::new(&Matrix::from_fn(size + 1, samples.len(), feature), samples.labels().to_vec(), false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(n: usize, name: &str, label: fn(f64, f64) -> f64) -> Samples {
        let mut stream = Stream::new(1, name);
        let x = Matrix::from_fn(2, n, |_, _| stream.normal());
        Samples::new(&x, (0..n).map(|n| label(x[(0, n)], x[(1, n)])).collect(), false)
    }

    #[test]
    fn features_are_the_formula() {
        let (features, points) = (Features::new(2, 5, 7), samples(3, "points", |x, _| x));
        let found = features.of(&points).unwrap();
        for (i, n) in (0..5).flat_map(|i| (0..3).map(move |n| (i, n))) {
            let z = features.weights[(i, 0)] * points.x()[(0, n)] + features.weights[(i, 1)] * points.x()[(1, n)];
            let expected = (z + features.offsets[i]).max(0.0) * (1.0 / 5f64.sqrt());
            assert_eq!(found.x()[(i + 1, n)], expected);
        }
        assert_eq!(found.x().row(0), [1.0; 3]);
        assert_eq!(found.labels(), points.labels());
    }

    #[test]
    fn a_smooth_function_of_two_variables_is_in_reach_and_a_fast_one_is_not() {
        let error = |label| tuned(&samples(200, "train", label), &samples(400, "test", label), 3).unwrap().error;
        let (smooth, fast) = (error(|x, y| x * y + x), error(|x, y| f64::from((8.0 * x).floor() as i32 & 1) + y));
        assert!(smooth < 1e-2 && fast > 0.1, "{smooth} {fast}");
    }

    #[test]
    fn features_follow_their_seed() {
        let first = |seed| Features::new(2, 3, seed).weights;
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
        assert!(Features::new(3, 3, 1).of(&samples(2, "points", |x, _| x)).is_err());
    }
}
