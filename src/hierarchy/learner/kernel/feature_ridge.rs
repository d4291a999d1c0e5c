//! Ridge regression on explicit features.
//!
//! ```text
//! f(x) = mean(y) + w.phi(x)        w minimises sum_n (y_n - mean(y) - w.phi(x_n))^2 + shift |w|^2        shift = ridge mean |phi(x_n)|^2
//! ```
//!
//! It is kernel ridge regression with `k(x, x') = phi(x).phi(x')`, solved in as many unknowns as there are features or samples, whichever
//! is less.

use crate::error::{Error, Result};
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::learner::tuning::{Tuned, test_error};
use crate::matrix::Matrix;
use crate::portable::cholesky::Cholesky;
use crate::portable::product::{View, add_product, lower_gram, product};
use crate::portable::reduce::{mean, sum_by};

/// The ridge with the least error on the test sample. The inputs of the samples are features, `D x N`. Guarantee: replayed.
///
/// A ridge at which a pivot fails is passed over, and the choice says how many were.
///
/// # Errors
/// When a pivot fails at every ridge, or the samples differ in the number of their features.
pub fn tuned(ridges: &[f64], train: &Samples, test: &Samples) -> Result<Tuned> {
    if train.x().rows() != test.x().rows() {
        return Err(Error::input(format!("{} features", test.x().rows()), train.x().rows()));
    }
    let problem = FeatureRidge::new(train);
    let fits: Vec<(f64, Vec<f64>)> = ridges.iter().filter_map(|&r| Some((r, problem.weights(r).ok()?))).collect();
    let judged = fits.iter().map(|(ridge, weights)| {
        let error = test_error(&problem.predict(weights, test.x()), test);
        Tuned { choice: format!("ridge {ridge:e}{}", passed_over(ridges.len(), fits.len())), error }
    });
    Tuned::best(judged).ok_or_else(|| Error::refused(format!("not positive definite at any of {} ridges", ridges.len())))
}

/// What a choice says of ridges at which a pivot failed.
pub(in crate::hierarchy::learner) fn passed_over(tried: usize, fitted: usize) -> String {
    match tried - fitted {
        0 => String::new(),
        failed => format!(" ({failed} of {tried} ridges: not positive definite)"),
    }
}

/// Features and labels, ready for ridges.
struct FeatureRidge<'a> {
    /// `D x N`.
    features: &'a Matrix<f64>,
    mean: f64,
    /// `y - mean(y)`, one column.
    centred: Matrix<f64>,
    /// The inner products of features over the samples (`D x D`), or of samples (`N x N`), whichever is smaller: the lower triangle.
    gram: Matrix<f64>,
}

impl<'a> FeatureRidge<'a> {
    fn new(train: &'a Samples) -> Self {
        let (features, mean) = (train.x(), mean(train.labels()));
        let centred = Matrix::from_fn(train.len(), 1, |n, _| train.labels()[n] - mean);
        let gram = match features.rows() < features.cols() {
            true => lower_gram(features.into(), &features.transposed()),
            false => lower_gram(View::from(features).transposed(), features),
        };
        FeatureRidge { features, mean, centred, gram }
    }

    fn weights(&self, ridge: f64) -> Result<Vec<f64>> {
        // Both matrices have the trace sum_n |phi(x_n)|^2.
        let trace = sum_by(self.gram.rows(), |i| self.gram[(i, i)]);
        let factor = Cholesky::shifted(&self.gram, ridge * (trace / self.centred.rows() as f64))?;
        let weights = match self.features.rows() < self.features.cols() {
            true => factor.solve(&product(self.features.into(), &self.centred))?,
            false => product(self.features.into(), &factor.solve(&self.centred)?),
        };
        Ok(weights.as_slice().to_vec())
    }

    fn predict(&self, weights: &[f64], features: &Matrix<f64>) -> Vec<f64> {
        let mut values = vec![self.mean; features.cols()];
        add_product(&mut values, View::rows(weights, 1, weights.len()), features.as_slice(), features.cols());
        values
    }
}

/// The features of the kernel `(offset + x.x'/d)^degree`, `C(d+degree, degree) x N`: with `a_0 = degree - a_1 - ... - a_d`,
///
/// ```text
/// phi_a(x) = sqrt(degree! / (a_0! a_1! ... a_d!) offset^{a_0}) (x_1/sqrt d)^{a_1} ... (x_d/sqrt d)^{a_d}
/// ```
///
/// Guarantee: replayed.
pub fn polynomial_features(x: &Matrix<f64>, degree: usize, offset: f64) -> Matrix<f64> {
    let mut features = Vec::new();
    let scale = 1.0 / (x.rows() as f64).sqrt();
    let scaled = x.map(|v| scale * v);
    let constant = Monomial { values: vec![1.0; x.cols()], last: 0, power: 0, degree: 0, ways: 1.0 };
    let mut pending = vec![constant];
    while let Some(monomial) = pending.pop() {
        let weight = (monomial.ways * (monomial.degree..degree).fold(1.0, |p, _| p * offset)).sqrt();
        features.extend(monomial.values.iter().map(|v| weight * v));
        if monomial.degree < degree {
            pending.extend((monomial.last..x.rows()).map(|i| monomial.times(i, &scaled, degree)));
        }
    }
    let count = features.len() / x.cols().max(1);
    Matrix::from_fn(count, x.cols(), |i, n| features[i * x.cols() + n])
}

/// A monomial at all inputs.
struct Monomial {
    values: Vec<f64>,
    /// The last variable in it, and its power.
    last: usize,
    power: usize,
    degree: usize,
    /// In how many ways a product of all `degree` factors gives it: a multinomial coefficient, an integer.
    ways: f64,
}

impl Monomial {
    /// This monomial times `x_i`, for an `i` not before its last variable.
    fn times(&self, i: usize, x: &Matrix<f64>, degree: usize) -> Monomial {
        let power = if i == self.last { self.power + 1 } else { 1 };
        let values = self.values.iter().zip(x.row(i)).map(|(v, x)| v * x).collect();
        // p!/(a_0! ... a_i! ...): a_0 goes down by one and a_i up to `power`.
        let ways = self.ways * (degree - self.degree) as f64 / power as f64;
        Monomial { values, last: i, power, degree: self.degree + 1, ways }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::learner::kernel::Kernel;
    use crate::hierarchy::learner::kernel::kernel_ridge::KernelRidge;
    use crate::portable::rng::Stream;

    fn normal(d: usize, n: usize, name: &str) -> Matrix<f64> {
        let mut stream = Stream::new(1, name);
        Matrix::from_fn(d, n, |_, _| stream.normal())
    }

    fn samples(x: &Matrix<f64>) -> Samples {
        Samples::new(x, (0..x.cols()).map(|n| x[(0, n)] * x[(1, n)] + x[(2, n)].max(0.0)).collect(), false)
    }

    /// Entries are sums of C(7,4) = 35 non-negative or signed terms; their rounding is below 1e-13 of the largest.
    #[test]
    fn features_multiply_to_the_kernel() {
        for (degree, offset, count) in [(1, 0.5, 4), (2, 1.0, 10), (4, 0.7, 35), (4, 0.0, 35), (0, 3.0, 1)] {
            let x = normal(3, 8, "x");
            let features = polynomial_features(&x, degree, offset);
            assert_eq!((features.rows(), features.cols()), (count, 8));
            let gram = product(View::from(&features).transposed(), &features);
            for (n, m) in (0..8).flat_map(|n| (0..8).map(move |m| (n, m))) {
                let dot = |n, m| (0..3).map(|i| x[(i, n)] * x[(i, m)]).sum::<f64>();
                let expected = Kernel::Polynomial { offset, degree: degree as u32 }.value(dot(n, n), dot(m, m), dot(n, m), 3);
                let largest = (gram[(n, n)] * gram[(m, m)]).sqrt();
                assert!((gram[(n, m)] - expected).abs() <= 1e-13 * largest, "degree {degree}: {} {expected}", gram[(n, m)]);
            }
        }
    }

    #[test]
    fn few_features_many_features_and_the_kernel_agree() {
        let (x, z) = (normal(3, 50, "train"), normal(3, 20, "test"));
        for (degree, count) in [(2, 10), (6, 84)] {
            let features = samples(&x);
            let features = Samples::new(&polynomial_features(&x, degree, 1.0), features.labels().to_vec(), false);
            assert_eq!(features.x().rows(), count);
            let problem = FeatureRidge::new(&features);
            let found = problem.predict(&problem.weights(1e-2).unwrap(), &polynomial_features(&z, degree, 1.0));
            let labels = Matrix::from_rows(1, 50, features.labels().to_vec()).unwrap();
            let kernel = KernelRidge::new(Kernel::Polynomial { offset: 1.0, degree: degree as u32 }, &x);
            let expected = kernel.fit(&labels, 1e-2).unwrap().predict(&z).unwrap();
            let other = kernel.fit(&labels, 1.01e-2).unwrap().predict(&z).unwrap();
            let far = |values: &Matrix<f64>| found.iter().zip(values.as_slice()).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max);
            // The condition number is below N/ridge = 5e3: rounding stays far below what a ridge moved by one part in a hundred does.
            assert!(far(&expected) < 1e-10 && far(&other) > 1e-7, "degree {degree}: {} {}", far(&expected), far(&other));
        }
    }

    #[test]
    fn a_ridge_without_a_factor_is_passed_over_and_said() {
        let twice = Samples::new(&Matrix::from_fn(2, 3, |_, n| n as f64), vec![0.0, 1.0, 5.0], false);
        assert_eq!(tuned(&[0.0, 0.5], &twice, &twice).unwrap().choice, "ridge 5e-1 (1 of 2 ridges: not positive definite)");
        assert!(tuned(&[0.0], &twice, &twice).is_err());
        assert!(tuned(&[1.0], &twice, &samples(&normal(3, 4, "test"))).is_err());
    }
}
