//! Dual numbers over the dyadic rationals, for tests of gradients: where weights, inputs and labels are small dyadic numbers no float
//! operation rounds, so a gradient must equal the exact derivative bit for bit.

#![cfg(test)]

use crate::exact::Dyadic;
pub(super) use crate::exact::dual::Dual;
use crate::matrix::Matrix;
use crate::portable::rng::Stream;
use crate::scalar::Scalar;

pub(super) fn exact(value: f64) -> Dyadic {
    Dyadic::try_from(value).expect("a finite number")
}

pub(super) fn still(value: f64) -> Dual {
    Dual(exact(value), Dyadic::zero())
}

pub(super) fn sum(terms: impl IntoIterator<Item = Dual>) -> Dual {
    terms.into_iter().fold(Dual::zero(), |sum, term| sum.plus(&term))
}

pub(super) fn dot(weights: &[Dual], features: &[Dual]) -> Dual {
    sum(weights.iter().zip(features).map(|(w, f)| w.times(f)))
}

/// Uniform integers from `-most` to `most`.
pub(super) fn integers(rows: usize, cols: usize, most: i32, stream: &mut Stream) -> Matrix<f64> {
    Matrix::from_fn(rows, cols, |_, _| (stream.uniform() * f64::from(2 * most + 1)).floor() - f64::from(most))
}
