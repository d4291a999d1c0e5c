//! The gradient of the network in its weights, over any scalar: reverse mode, one sample at a time.

use super::architecture::Network;
use super::forward::{Values, affine, centred_squares};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// One matrix for each weight matrix of a network: `blocks[l-2]` in the order of `J_l`.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks<T> {
    /// The matrices, layer by layer.
    pub blocks: Vec<Vec<Matrix<T>>>,
}

impl<T: Clone> Blocks<T> {
    /// Zeros in the shapes of the weights of `network`.
    pub fn zeros<U>(network: &Network<U>, zero: T) -> Self {
        let layer = |l| network.layer(l).weights.iter().map(|w| Matrix::filled(w.rows(), w.cols(), zero.clone())).collect();
        Blocks { blocks: (2..=network.depth()).map(layer).collect() }
    }
}

/// What the layers above may tell a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Gradients pass from a layer into the features below it.
    Through,
    /// They stop at the features.
    Stopped,
}

/// Adds the gradient of one sample to `sum`, for the layers from `bottom` up.
///
/// `pulls[l-2]` is the factor `c_l` with which the loss acts on the own head of layer `l`: its derivative in `S_l`, through
/// `||S_l||^2` alone, is `c_l S_l`. Then, from the top layer down,
///
/// ```text
/// dK_{l,j} += dS_l f_j'        dS_j += R_j' ( K_{l,j}' dS_l * 2 R_j S_j )     for j >= 2, if gradients pass through
/// ```
pub fn add_gradient<S: Scalar<Weight = S>>(
    network: &Network<S>,
    x: &[S],
    values: &Values<S>,
    pulls: &[S],
    flow: Flow,
    bottom: usize,
    sum: &mut Blocks<S>,
) {
    let squares = if network.architecture().reads_squares() { centred_squares(x) } else { Vec::new() };
    let mut slopes: Vec<Vec<S>> =
        values.sums.iter().zip(pulls).map(|(sums, pull)| sums.iter().map(|s| s.weighted(pull)).collect()).collect();
    for l in (bottom..=network.depth()).rev() {
        let slope = slopes[l - 2].clone();
        for ((&j, weights), block) in
            network.architecture().index_set(l).iter().zip(&network.layer(l).weights).zip(&mut sum.blocks[l - 2])
        {
            let features = match j {
                0 => x,
                1 => &squares,
                _ => &values.features[j - 2],
            };
            for (i, s) in slope.iter().enumerate() {
                block.row_mut(i).iter_mut().zip(features).for_each(|(g, f)| *g = g.plus(&s.times(f)));
            }
            if flow == Flow::Through && j >= bottom.max(2) {
                let back = affine(vec![S::zero(); weights.cols()], &weights.transposed(), &slope);
                let through: Vec<S> = back.iter().zip(&values.projections[j - 2]).map(|(b, z)| b.times(&z.plus(z))).collect();
                let start = std::mem::take(&mut slopes[j - 2]);
                slopes[j - 2] = affine(start, &network.layer(j).span.transposed(), &through);
            }
        }
    }
}
