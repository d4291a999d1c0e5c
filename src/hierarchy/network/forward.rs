//! The network as a formula, over any scalar.

use super::architecture::Network;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `start + sum_i weights[i] * features[i]`, from left to right.
pub(super) fn accumulate<S: Scalar>(start: S, weights: &[S::Weight], features: &[S]) -> S {
    weights.iter().zip(features).fold(start, |sum, (w, f)| sum.plus(&f.weighted(w)))
}

/// `start + matrix * vector`, row by row.
pub(super) fn affine<S: Scalar>(start: Vec<S>, matrix: &Matrix<S::Weight>, vector: &[S]) -> Vec<S> {
    start.into_iter().enumerate().map(|(i, s)| accumulate(s, matrix.row(i), vector)).collect()
}

/// The values inside a network: `S_l` and the features `f_l` it offers upwards.
#[derive(Clone, Debug)]
pub struct Values<S> {
    /// `S_2, ..., S_L`.
    pub sums: Vec<Vec<S>>,
    /// `R_l S_l`, for `l = 2, ..., L`.
    pub projections: Vec<Vec<S>>,
    /// `f_l = (R_l S_l)^2`, for `l = 2, ..., L`.
    pub features: Vec<Vec<S>>,
}

impl<S: Scalar> Values<S> {
    /// `F = sum_l alpha_l ||S_l||^2`, from layer 2 upwards.
    pub fn output(&self, network: &Network<S::Weight>) -> S {
        let heads = self.sums.iter().zip(2..).map(|(s, l)| head(s).weighted(&network.layer(l).scale));
        heads.fold(S::zero(), |sum, h| sum.plus(&h))
    }
}

/// `||S||^2`, from the first unit on.
pub fn head<S: Scalar>(sums: &[S]) -> S {
    sums.iter().fold(S::zero(), |sum, s| sum.plus(&s.squared()))
}

/// `f_1 = x^2 - 1`.
pub fn centred_squares<S: Scalar>(x: &[S]) -> Vec<S> {
    x.iter().map(|v| v.squared().minus(&S::one())).collect()
}

/// What the inputs give to each layer: `sum_{j in J_l, j < 2} K_{l,j} f_j`, for `l = 2, ..., L`.
pub fn input_parts<S: Scalar>(network: &Network<S::Weight>, x: &[S]) -> Vec<Vec<S>> {
    let squares = if network.architecture().reads_squares() { centred_squares(x) } else { Vec::new() };
    let part = |l: usize| {
        let start = vec![S::zero(); network.architecture().width(l)];
        let blocks = network.architecture().index_set(l).iter().zip(&network.layer(l).weights);
        blocks.filter(|(j, _)| **j < 2).fold(start, |sum, (&j, w)| affine(sum, w, if j == 0 { x } else { &squares }))
    };
    (2..=network.depth()).map(part).collect()
}

/// All values of the network, given what the inputs contribute to each layer.
///
/// `inputs[l-2]` holds the `k_l` values of [`input_parts`]. Separating the two lets the same formula run on polynomials in these
/// few values instead of polynomials in all `d` inputs.
pub fn values_from<S: Scalar>(network: &Network<S::Weight>, inputs: Vec<Vec<S>>) -> Values<S> {
    let mut values = Values { sums: Vec::new(), projections: Vec::new(), features: Vec::new() };
    for (start, l) in inputs.into_iter().zip(2..) {
        let blocks = network.architecture().index_set(l).iter().zip(&network.layer(l).weights);
        let sums = blocks.filter(|(j, _)| **j >= 2).fold(start, |sum, (&j, w)| affine(sum, w, &values.features[j - 2]));
        let span = &network.layer(l).span;
        let projections = affine(vec![S::zero(); span.rows()], span, &sums);
        values.features.push(projections.iter().map(S::squared).collect());
        values.projections.push(projections);
        values.sums.push(sums);
    }
    values
}

/// All values of the network at the input `x`.
pub fn values<S: Scalar>(network: &Network<S::Weight>, x: &[S]) -> Values<S> {
    values_from(network, input_parts(network, x))
}

/// `F(x)`.
pub fn output<S: Scalar>(network: &Network<S::Weight>, x: &[S]) -> S {
    values(network, x).output(network)
}
