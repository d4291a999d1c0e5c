//! Backward feature correction: what training together repairs, how fast, and what it needs.

use crate::claim::Value;
use crate::exact::{Polynomial, Rational};
use crate::hierarchy::experiment::Run;
use crate::matrix::Matrix;

pub(super) mod contraction;
pub(super) mod decay_rate;
pub(super) mod direction;
pub(super) mod gauss_seidel;
pub(super) mod joint;
mod plane;
pub(super) mod residual_sharing;
pub(super) mod staging;
mod staircase;
pub(super) mod staircase_4;
pub(super) mod staircase_5;
pub(super) mod thaw;

/// A short digest, enough to see that two runs differ.
fn seal(run: &Run) -> Value {
    Value::text(&run.digest[..16])
}

/// `a + b`.
fn plus(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| &a[(i, j)] + &b[(i, j)])
}

/// `a - b`.
fn minus(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| &a[(i, j)] - &b[(i, j)])
}

/// The variable `z_i`.
fn z(i: usize) -> Polynomial {
    Polynomial::variable(i)
}
