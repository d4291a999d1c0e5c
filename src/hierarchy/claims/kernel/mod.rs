//! Lower bounds for kernels and fixed features: any method whose predictors lie in an `N`-dimensional space chosen without the labels.

use crate::error::Result;
use crate::exact::{Distribution, Rational};
use crate::hierarchy::target::distribution::draw;
use crate::matrix::Matrix;
use crate::portable::rng::Stream;

/// What P1 speaks of, and what it does not.
macro_rules! covered {
    ($text:literal) => {
        concat!(
            $text,
            " Covered: any kernel that depends on d, the distribution, the inputs and unlabelled data; ridge, early stopping or loss \
             chosen per target; an intercept (N+1, or free for a family of mean zero); fixed feature maps and random features (N is their \
             number, for any sample size); neural tangent kernels and lazy training with N parameters (N+1 unless the output at \
             initialisation is 0); a kernel chosen per target among Q candidates (QN). Not covered: a bandwidth tuned per target over a \
             continuum; queries that adapt to labels; kernels learned from labels."
        )
    };
}

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
