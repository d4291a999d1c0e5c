//! The learner before it has seen anything: fixed rows `R_l` and random weights.

use super::restarts::stream_name;
use crate::error::Result;
use crate::hierarchy::network::{Architecture, Layer, Network};
use crate::matrix::Matrix;
use crate::portable::factor::singular_values;
use crate::portable::reduce::norm;
use crate::portable::rng::Stream;
use crate::scalar::Scalar;

/// How many draws of `R_l` are compared for conditioning.
pub const DRAWS: usize = 50;

/// `m = k(k+1)/2` rows in `k` dimensions whose squares span the quadratic forms: unit rows, uniform on the sphere, the best
/// conditioned of 50 draws.
///
/// Guarantee: replayed. That the squares do span is checked exactly in the claim `representation.quadratic-span`.
///
/// # Errors
/// When a singular value decomposition does not converge.
pub fn spanning_rows(k: usize, stream: &mut Stream) -> Result<Matrix<f64>> {
    let mut draw = || -> Result<(f64, Matrix<f64>)> {
        let rows = unit_rows(k * (k + 1) / 2, k, stream);
        let values = singular_values(&quadratic_forms(&rows))?;
        Ok((values[0] / values[values.len() - 1], rows))
    };
    let mut best = draw()?;
    for _ in 1..DRAWS {
        let next = draw()?;
        if next.0 < best.0 {
            best = next;
        }
    }
    Ok(best.1)
}

/// `rows` unit rows in `k` dimensions, uniform on the sphere.
fn unit_rows(m: usize, k: usize, stream: &mut Stream) -> Matrix<f64> {
    let mut rows = Matrix::from_fn(m, k, |_, _| stream.normal());
    for i in 0..m {
        let length = norm(rows.row(i));
        rows.row_mut(i).iter_mut().for_each(|r| *r /= length);
    }
    rows
}

/// Row `i` holds the coefficients of `(r_i . z)^2` in the monomials `z_p z_q`, `p <= q`; mixed ones carry the factor 2.
pub fn quadratic_forms<S: Scalar>(rows: &Matrix<S>) -> Matrix<S> {
    let k = rows.cols();
    let pairs: Vec<(usize, usize)> = (0..k).flat_map(|p| (p..k).map(move |q| (p, q))).collect();
    Matrix::from_fn(rows.rows(), pairs.len(), |i, c| {
        let (p, q) = pairs[c];
        let product = rows[(i, p)].times(&rows[(i, q)]);
        if p == q { product } else { product.plus(&product) }
    })
}

/// How a learner begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Initial {
    /// Every weight is normal with standard deviation `scale / sqrt(fan-in of its block)`.
    pub scale: f64,
    /// `R_l` has this many times the `k(k+1)/2` rows it needs. Once: the best conditioned of 50 draws; more often: a single draw.
    pub redundancy: usize,
    /// The number of the attempt, from 0: further attempts have other weights and the same `R_l`.
    pub attempt: u64,
}

impl Initial {
    /// A first attempt with no more rows than needed.
    pub fn scaled(scale: f64) -> Self {
        Initial { scale, redundancy: 1, attempt: 0 }
    }

    fn rows(&self, k: usize, stream: &mut Stream) -> Result<Matrix<f64>> {
        match self.redundancy {
            0 | 1 => spanning_rows(k, stream),
            times => Ok(unit_rows(times * (k * (k + 1) / 2), k, stream)),
        }
    }

    /// The stream `learner weights` for the first attempt, `learner weights N` for attempt `N`.
    fn weights(&self, seed: u64) -> Stream {
        Stream::new(seed, &stream_name("learner weights", self.attempt))
    }
}

/// A learner of the given shape and head scales `alpha_2, ..., alpha_L`, at its first attempt.
///
/// Guarantee: replayed. See [`Initial::scaled`] and [`initial`].
///
/// # Errors
/// As [`initial`].
pub fn initial_network(architecture: &Architecture, scales: &[f64], initial_scale: f64, seed: u64) -> Result<Network<f64>> {
    initial(architecture, scales, &Initial::scaled(initial_scale), seed)
}

/// A learner of the given shape and head scales `alpha_2, ..., alpha_L`. Its top layer has `R_L = I`: nothing reads it.
///
/// Streams of `seed`: `learner rows` and `learner weights`. Guarantee: replayed.
///
/// # Errors
/// When a shape does not fit, or a factorisation does not converge.
pub fn initial(architecture: &Architecture, scales: &[f64], start: &Initial, seed: u64) -> Result<Network<f64>> {
    let (mut rows, mut weights) = (Stream::new(seed, "learner rows"), start.weights(seed));
    let depth = architecture.depth();
    let mut spans = Vec::new();
    for l in 2..=depth {
        let k = architecture.width(l);
        let top = l == depth;
        spans.push(if top { Matrix::from_fn(k, k, |i, j| f64::from(i == j)) } else { start.rows(k, &mut rows)? });
    }
    let features = |j: usize| if j < 2 { architecture.dimension() } else { spans[j - 2].rows() };
    let mut block = |l: usize, j: usize| {
        let deviation = start.scale / (features(j) as f64).sqrt();
        Matrix::from_fn(architecture.width(l), features(j), |_, _| deviation * weights.normal())
    };
    let blocks: Vec<Vec<Matrix<f64>>> =
        (2..=depth).map(|l| architecture.index_set(l).iter().map(|&j| block(l, j)).collect()).collect();
    let layers =
        blocks.into_iter().zip(spans).zip(scales).map(|((weights, span), &scale)| Layer { weights, span, scale }).collect();
    Network::new(architecture.clone(), layers)
}
