//! Lower bounds for kernels and fixed features: any method whose predictors lie in an `N`-dimensional space chosen without the labels.
//! `notation` says which methods those are.

use crate::error::Result;
use crate::exact::{Distribution, Rational};
use crate::hierarchy::target::distribution::draw;
use crate::matrix::Matrix;
use crate::portable::rng::Stream;

pub(super) mod attained;
pub(super) mod certified_tail;
pub(super) mod dimension;
pub(super) mod gaussian;
pub(super) mod most_targets;
pub(super) mod real_kernels;

/// The matrix of zeros with a 1 in the places that are named.
fn unit(rows: usize, cols: usize, one_at: impl Fn(usize, usize) -> bool) -> Matrix<Rational> {
    Matrix::from_fn(rows, cols, |i, j| Rational::from(i64::from(one_at(i, j))))
}

/// The signs of `n` points of the cube, drawn from the stream `kernel sample`.
fn sample(d: usize, n: usize, seed: u64) -> Result<Matrix<Rational>> {
    draw(Distribution::Cube, d, n, &mut Stream::new(seed, "kernel sample")).try_map(|&x| Rational::try_from(x))
}
