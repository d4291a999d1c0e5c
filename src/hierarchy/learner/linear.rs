//! Linear predictors on given features: least squares, and logistic regression.

use super::descent::loss::logistic;
use crate::error::Result;
use crate::matrix::Matrix;
use crate::portable::factor::cholesky;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::inner_products;

/// Newton steps of a logistic regression; with the features of the experiments the last ones change nothing.
const STEPS: usize = 12;
/// Added to the diagonal of the curvature, relative to the number of samples: separable samples have no finite optimum.
const RIDGE: f64 = 1e-9;

/// `w' f_n` on each sample, with the weights `w` that minimise mean `(w' f_n - y_n)^2`: `features` are `D x N`, one sample a column, a
/// constant among them.
///
/// By the normal equations, with a ridge of 1e-9. Guarantee: replayed, and approximate.
///
/// # Errors
/// When the features are so nearly dependent that their Gram matrix has no Cholesky factor.
pub fn least_squares(features: &Matrix<f64>, values: &[f64]) -> Result<Vec<f64>> {
    Ok(outputs(features, &least_squares_weights(features, values)?))
}

/// The weights `w` of [`least_squares`], one a feature.
///
/// # Errors
/// As [`least_squares`].
pub fn least_squares_weights(features: &Matrix<f64>, values: &[f64]) -> Result<Vec<f64>> {
    let ones = Matrix::filled(1, features.cols(), 1.0);
    newton_step(features, &Matrix::from_fn(1, features.cols(), |_, n| values[n]), &ones)
}

/// As [`least_squares`], with the weights that minimise mean `ln(1 + exp(-y_n w' f_n))` for labels 1 and -1.
///
/// Newton's method from `w = 0`. Guarantee: replayed, and approximate.
///
/// # Errors
/// As [`least_squares`].
pub fn logistic_regression(features: &Matrix<f64>, labels: &[f64]) -> Result<Vec<f64>> {
    let mut weights = vec![0.0; features.rows()];
    for _ in 0..STEPS {
        let values = outputs(features, &weights);
        let at_sample = |n: usize| logistic(1.0, labels[n], values[n]);
        // The residual is half the derivative.
        let descent = Matrix::from_fn(1, values.len(), |_, n| -2.0 * at_sample(n)[0]);
        let curvatures = Matrix::from_fn(1, values.len(), |_, n| at_sample(n)[2]);
        let step = newton_step(features, &descent, &curvatures)?;
        weights.iter_mut().zip(step).for_each(|(w, s)| *w += s);
    }
    Ok(outputs(features, &weights))
}

/// `s` with `(F C F' + ridge) s = F d`, for the diagonal `C` of curvatures and the directions of descent `d`.
fn newton_step(features: &Matrix<f64>, descent: &Matrix<f64>, curvatures: &Matrix<f64>) -> Result<Vec<f64>> {
    let (d, n) = (features.rows(), features.cols());
    let mut right = Matrix::filled(1, d, 0.0);
    inner_products(&mut right, descent, features);
    let scaled = Matrix::from_fn(d, n, |r, i| curvatures[(0, i)] * features[(r, i)]);
    let mut curvature = Matrix::filled(d, d, 0.0);
    inner_products(&mut curvature, &scaled, features);
    (0..d).for_each(|r| curvature[(r, r)] += RIDGE * n as f64);
    Ok(solve(&cholesky(&curvature)?, right.as_slice()))
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
    fn what_is_linear_is_found() {
        let mut stream = Stream::new(2, "regression");
        let features = Matrix::from_fn(3, 50, |r, _| if r == 0 { 1.0 } else { stream.normal() });
        let values: Vec<f64> = (0..50).map(|n| 2.0 - 3.0 * features[(1, n)] + 0.5 * features[(2, n)]).collect();
        let found = least_squares(&features, &values).unwrap();
        // The ridge leaves 1e-9 of the weights.
        assert!(found.iter().zip(&values).all(|(f, y)| (f - y).abs() < 1e-7));
    }

    #[test]
    fn separable_samples_are_separated() {
        let features = Matrix::from_fn(2, 20, |r, i| if r == 0 { 1.0 } else { i as f64 - 7.5 });
        let labels: Vec<f64> = (0..20).map(|i| if i > 7 { 1.0 } else { -1.0 }).collect();
        let outputs = logistic_regression(&features, &labels).unwrap();
        assert!(outputs.iter().zip(&labels).all(|(f, y)| f * y > 0.0), "{outputs:?}");
    }
}
