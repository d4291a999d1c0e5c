//! Random members of the concept class.

use super::risk;
use crate::error::{Error, Result};
use crate::exact::moments::Distribution;
use crate::hierarchy::network::values::outputs;
use crate::hierarchy::network::{Activation, Architecture, Layer, Network};
use crate::matrix::Matrix;
use crate::portable::factor::orthonormal_columns;
use crate::portable::reduce::variance;
use crate::portable::rng::Stream;

/// The smallest and largest singular value of a random weight matrix.
const SINGULAR_VALUES: (f64, f64) = (0.8, 1.2);
/// Samples that estimate Var ||S_l||^2 where it has no affordable exact value.
const NORMALISATION_SAMPLES: usize = 20_000;

/// The scales `alpha_l = gap^(l-2)` for `l = 2..=depth`, by repeated multiplication.
pub fn scales(gap: f64, depth: usize) -> Vec<f64> {
    std::iter::successors(Some(1.0), |alpha| Some(alpha * gap)).take(depth - 1).collect()
}

/// A random target: `G_l = S_l^2`, random rows with singular values spread evenly over [.8, 1.2], each layer scaled so that
/// `Var ||S_l||^2 = 1` under `distribution`.
///
/// The variance is the exact one of the weights so far, rounded once; where that is not affordable, it is taken on 20000 samples of
/// the stream `target normalisation`. Weights come from the stream `target weights`. Guarantee: replayed.
///
/// # Errors
/// When a width exceeds what it draws from, or a layer is constant under the distribution.
pub fn random_target(architecture: &Architecture, gap: f64, distribution: Distribution, seed: u64) -> Result<Network<f64>> {
    let mut stream = Stream::new(seed, "target weights");
    let features = |j: usize| if j < 2 { architecture.dimension() } else { architecture.width(j) };
    let next_layer = |_: &[Layer<f64>], l: usize, scale: f64| {
        let k = architecture.width(l);
        let blocks = architecture.index_set(l).iter().map(|&j| random_rows(k, features(j), SINGULAR_VALUES, &mut stream));
        Ok(Layer { weights: blocks.collect::<Result<_>>()?, span: Matrix::from_fn(k, k, |i, j| f64::from(i == j)), scale })
    };
    normalised(architecture, gap, distribution, seed, next_layer)
}

/// Stacks layers from 2 up, given those below, and scales each so that `Var ||S_l||^2 = 1`.
pub(super) fn normalised(
    architecture: &Architecture,
    gap: f64,
    distribution: Distribution,
    seed: u64,
    mut next_layer: impl FnMut(&[Layer<f64>], usize, f64) -> Result<Layer<f64>>,
) -> Result<Network<f64>> {
    let mut layers: Vec<Layer<f64>> = Vec::new();
    for (l, scale) in (2..).zip(scales(gap, architecture.depth())) {
        let mut layer = next_layer(&layers, l, scale).map_err(|e| e.at_field("width"))?;
        let so_far = layers.iter().chain([&layer]).cloned().collect();
        let variance = head_variance(&Network::new(architecture.truncated(l), so_far)?, distribution, seed)?;
        let factor = 1.0 / variance.sqrt().sqrt();
        if !factor.is_finite() {
            return Err(Error::refused(format!("layer {l} is constant under the {} distribution", distribution.name()))
                .at_field("target"));
        }
        layer.weights.iter_mut().for_each(|w| w.as_mut_slice().iter_mut().for_each(|v| *v *= factor));
        layers.push(layer);
    }
    Network::new(architecture.clone(), layers)
}

/// `U diag(s) Q'`: `k` rows in `n` dimensions with random singular vectors and singular values spread evenly over a range.
pub(super) fn random_rows(k: usize, n: usize, (low, high): (f64, f64), stream: &mut Stream) -> Result<Matrix<f64>> {
    if k > n {
        return Err(Error::input(k, format!("a width of at most the {n} features it reads")));
    }
    let q = orthonormal_columns(&Matrix::from_fn(n, k, |_, _| stream.normal()));
    let u = orthonormal_columns(&Matrix::from_fn(k, k, |_, _| stream.normal()));
    let value = |i: usize| if k == 1 { 1.0 } else { low + (high - low) * (i as f64 / (k - 1) as f64) };
    let mut rows = Matrix::filled(k, n, 0.0);
    for i in 0..k {
        for c in 0..n {
            rows[(i, c)] = (0..k).fold(0.0, |sum, s| sum + u[(i, s)] * value(s) * q[(c, s)]);
        }
    }
    Ok(rows)
}

/// Var ||S_l||^2 of the top layer `l` of `network`.
fn head_variance(network: &Network<f64>, distribution: Distribution, seed: u64) -> Result<f64> {
    let depth = network.depth();
    let mut head = network.clone();
    for l in 2..=depth {
        head.layer_mut(l).scale = f64::from(l == depth);
    }
    match risk::variance(&head, distribution) {
        Ok(exact) => Ok(exact.to_f64()),
        Err(_) => Ok(variance(&normalisation_outputs(&head, distribution, seed))),
    }
}

/// `F(x)` on 20000 samples of the stream `target normalisation`.
pub(super) fn normalisation_outputs(network: &Network<f64>, distribution: Distribution, seed: u64) -> Vec<f64> {
    let mut stream = Stream::new(seed, "target normalisation");
    let d = network.architecture().dimension();
    labels(network, &super::distribution::draw(distribution, d, NORMALISATION_SAMPLES, &mut stream))
}

/// `F(x)` on the samples `x` (`d x N`). Guarantee: replayed, each label that of `network::forward`.
pub fn labels(network: &Network<f64>, x: &Matrix<f64>) -> Vec<f64> {
    outputs(network, x, Activation::Square)
}
