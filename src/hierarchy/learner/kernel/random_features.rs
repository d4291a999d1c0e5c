//! Ridge regression on random features: a two-layer network whose first layer is not trained.
//!
//! ```text
//! phi_i(x) = act(<w_i, x> + b_i)        w_i ~ N(0, I/d)        b_i ~ N(0, 1/4)        i = 1, ..., m        act(z) = max(z, 0) or z^2
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

/// The activations that are tried, with their names.
const ACTIVATIONS: [(&str, Activation); 2] = [("ReLU", |z| z.max(0.0)), ("z^2", |z| z * z)];

type Activation = fn(f64) -> f64;

/// Ridge regression on `N/2` and on `2N` features, 4000 at most, with the number, the activation and the ridge of [`RIDGES`] that have
/// the least error on the test sample.
///
/// Stream of `seed`: `random features`. Guarantee: replayed.
///
/// # Errors
/// When there are no samples, or the test sample has not the dimension of the training sample.
pub fn tuned(train: &Samples, test: &Samples, seed: u64) -> Result<Tuned> {
    let sizes = [train.len() / 2, 2 * train.len()].map(|m| m.clamp(1, MOST));
    let each = sizes.into_iter().flat_map(|size| ACTIVATIONS.map(|activation| (size, activation)));
    least(each.map(|(size, (name, activation))| {
        let features = Features::new(train.x().rows(), size, seed);
        let best = feature_ridge::tuned(&RIDGES, &features.of(train, activation)?, &features.of(test, activation)?)?;
        Ok(Tuned { choice: format!("{size} {name} features, {}", best.choice), ..best })
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
    fn of(&self, samples: &Samples, activation: Activation) -> Result<Samples> {
        let (size, d) = (self.weights.rows(), self.weights.cols());
        if samples.x().rows() != d {
            return Err(Error::input(format!("inputs in dimension {}", samples.x().rows()), d));
        }
        let (slopes, scale) = (product((&self.weights).into(), samples.x()), 1.0 / (size as f64).sqrt());
        let feature =
            |i: usize, n: usize| if i == 0 { 1.0 } else { scale * activation(slopes[(i - 1, n)] + self.offsets[i - 1]) };
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
        let [relu, squares] = ACTIVATIONS.map(|(_, activation)| features.of(&points, activation).unwrap());
        for (i, n) in (0..5).flat_map(|i| (0..3).map(move |n| (i, n))) {
            let z = features.weights[(i, 0)] * points.x()[(0, n)] + features.weights[(i, 1)] * points.x()[(1, n)];
            let (argument, scale) = (z + features.offsets[i], 1.0 / 5f64.sqrt());
            assert_eq!(relu.x()[(i + 1, n)], scale * argument.max(0.0));
            assert_eq!(squares.x()[(i + 1, n)], scale * (argument * argument));
        }
        for found in [relu, squares] {
            assert_eq!(found.x().row(0), [1.0; 3]);
            assert_eq!(found.labels(), points.labels());
        }
    }

    #[test]
    fn a_smooth_function_of_two_variables_is_in_reach_and_a_fast_one_is_not() {
        let error = |label| tuned(&samples(200, "train", label), &samples(400, "test", label), 3).unwrap().error;
        let (smooth, fast) = (error(|x, y| x * y + x), error(|x, y| f64::from((8.0 * x).floor() as i32 & 1) + y));
        assert!(smooth < 1e-2 && fast > 0.1, "{smooth} {fast}");
    }

    /// Squares of affine functions span the polynomials of degree 2, of which there are 6 in two variables.
    #[test]
    fn squares_find_a_polynomial_of_degree_2() {
        let label = |x: f64, y: f64| 1.0 + x - 2.0 * x * y + 3.0 * y * y;
        let found = tuned(&samples(40, "train", label), &samples(100, "test", label), 3).unwrap();
        assert!(found.error < 1e-15 && found.choice.contains("z^2"), "{} {}", found.error, found.choice);
    }

    #[test]
    fn features_follow_their_seed() {
        let first = |seed| Features::new(2, 3, seed).weights;
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
        assert!(Features::new(3, 3, 1).of(&samples(2, "points", |x, _| x), |z| z).is_err());
    }
}
