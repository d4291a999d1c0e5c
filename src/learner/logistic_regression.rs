//! Logistic regression: a linear classifier on given features.

use super::loss::Loss;
use crate::error::Result;
use crate::matrix::Matrix;
use crate::portable::factor::cholesky;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::inner_products;

/// Newton steps; with the features of the experiments the last ones change nothing.
const STEPS: usize = 25;
/// Added to the diagonal of the curvature, relative to the number of samples: separable samples have no finite optimum.
const RIDGE: f64 = 1e-9;

/// `w' f_n` on each sample, with the weights `w` that minimise mean `ln(1 + exp(-y_n w' f_n))`: `features` are `D x N`, one sample a
/// column, a constant among them; labels are 1 or -1.
///
/// Newton's method from `w = 0`. Guarantee: replayed, and approximate.
///
/// # Errors
/// When the features are so nearly dependent that the curvature has no Cholesky factor.
pub fn logistic_regression(features: &Matrix<f64>, labels: &[f64]) -> Result<Vec<f64>> {
    let (d, n) = (features.rows(), features.cols());
    let mut weights = vec![0.0; d];
    for _ in 0..STEPS {
        let mut slopes = outputs(features, &weights);
        Loss::Logistic(1.0).differentiate(&mut slopes, labels, &mut 0.0);
        // Half the derivative is -y p / 2, and p (1 - p) is the curvature.
        let slopes = Matrix::from_fn(1, n, |_, i| 2.0 * slopes[i]);
        let mut gradient = Matrix::filled(1, d, 0.0);
        inner_products(&mut gradient, &slopes, features);
        let p = slopes.map(|s| s.abs());
        let scaled = Matrix::from_fn(d, n, |r, i| p[(0, i)] * (1.0 - p[(0, i)]) * features[(r, i)]);
        let mut curvature = Matrix::filled(d, d, 0.0);
        inner_products(&mut curvature, &scaled, features);
        (0..d).for_each(|r| curvature[(r, r)] += RIDGE * n as f64);
        let step = solve(&cholesky(&curvature)?, gradient.as_slice());
        weights.iter_mut().zip(step).for_each(|(w, s)| *w -= s);
    }
    Ok(outputs(features, &weights))
}

fn outputs(features: &Matrix<f64>, weights: &[f64]) -> Vec<f64> {
    let mut outputs = vec![0.0; features.cols()];
    add_product(&mut outputs, View::rows(weights, 1, weights.len()), features.as_slice(), features.cols());
    outputs
}

/// `x` with `L L' x = b`.
fn solve(l: &Matrix<f64>, b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut x = b.to_vec();
    for i in 0..n {
        x[i] = (0..i).fold(x[i], |sum, j| sum - l[(i, j)] * x[j]) / l[(i, i)];
    }
    for i in (0..n).rev() {
        x[i] = (i + 1..n).fold(x[i], |sum, j| sum - l[(j, i)] * x[j]) / l[(i, i)];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::elementary::exp;
    use crate::portable::rng::Stream;

    /// At the optimum the derivative vanishes: `sum_n y_n p_n f_n = 0`.
    #[test]
    fn the_derivative_vanishes() {
        let mut stream = Stream::new(1, "regression");
        let n = 500;
        let features = Matrix::from_fn(3, n, |r, _| if r == 0 { 1.0 } else { stream.normal() });
        let labels: Vec<f64> = (0..n).map(|i| if features[(1, i)] + stream.normal() > 0.3 { 1.0 } else { -1.0 }).collect();
        let outputs = logistic_regression(&features, &labels).unwrap();
        for r in 0..3 {
            let terms = (0..n).map(|i| labels[i] * features[(r, i)] / (1.0 + exp(labels[i] * outputs[i])));
            // The ridge leaves 1e-9 of the weights.
            assert!((terms.sum::<f64>() / n as f64).abs() < 1e-8, "feature {r}");
        }
    }

    #[test]
    fn separable_samples_are_separated() {
        let features = Matrix::from_fn(2, 20, |r, i| if r == 0 { 1.0 } else { i as f64 - 7.5 });
        let labels: Vec<f64> = (0..20).map(|i| if i > 7 { 1.0 } else { -1.0 }).collect();
        let outputs = logistic_regression(&features, &labels).unwrap();
        assert!(outputs.iter().zip(&labels).all(|(f, y)| f * y > 0.0), "{outputs:?}");
    }
}
