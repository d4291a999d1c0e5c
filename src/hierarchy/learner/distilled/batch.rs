//! A tied network and its gradient on many samples at once, at machine speed.

use super::tied::{TiedLayer, TiedNetwork};
use crate::hierarchy::network::batch::Inputs;
use crate::matrix::Matrix;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::inner_products;
use crate::portable::vectorized;

/// The values of a [`TiedNetwork`] on all samples, and room for their slopes; layer `l` at position `l - 2`, one row per unit.
#[derive(Clone, Debug)]
pub(super) struct TiedBatch {
    inputs: Inputs,
    /// `A_l h_l`: the units of `W_l` above those of `K_l`.
    sums: Vec<Matrix<f64>>,
    projections: Vec<Matrix<f64>>,
    features: Vec<Matrix<f64>>,
    slopes: Vec<Matrix<f64>>,
    through: Vec<Matrix<f64>>,
}

impl TiedBatch {
    /// Room for all layers on the samples `x` (`d x N`).
    pub(super) fn new(network: &TiedNetwork, x: &Matrix<f64>) -> Self {
        let samples = x.cols();
        let layers = || (2..=network.depth()).map(|l| network.layer(l));
        let units = |layer: &TiedLayer| Matrix::filled(layer.stacked[0].rows(), samples, 0.0);
        let spanned = |layer: &TiedLayer| Matrix::filled(layer.span.rows(), samples, 0.0);
        TiedBatch {
            inputs: Inputs::new(x, network.architecture().reads_squares()),
            sums: layers().map(units).collect(),
            projections: layers().map(spanned).collect(),
            features: layers().map(spanned).collect(),
            slopes: layers().map(units).collect(),
            through: layers().map(spanned).collect(),
        }
    }

    /// Evaluates layers `2..=top`.
    pub(super) fn forward(&mut self, network: &TiedNetwork, top: usize) {
        let n = self.inputs.samples();
        for l in 2..=top {
            let layer = network.layer(l);
            let sums = self.sums[l - 2].as_mut_slice();
            sums.fill(0.0);
            for (&j, a) in network.architecture().index_set(l).iter().zip(&layer.stacked) {
                let features = if j < 2 { self.inputs.feature(j) } else { &self.features[j - 2] };
                add_product(sums, a.into(), features.as_slice(), n);
            }
            if l < top {
                let projections = self.projections[l - 2].as_mut_slice();
                projections.fill(0.0);
                add_product(projections, (&layer.span).into(), &self.sums[l - 2].as_slice()[layer.wide * n..], n);
                let features = self.features[l - 2].as_mut_slice();
                vectorized(
                    #[inline(always)]
                    || features.iter_mut().zip(projections).for_each(|(f, &mut z)| *f = network.act(z)),
                );
            }
        }
    }

    /// `||W_l h_l||^2` on each sample.
    pub(super) fn head(&self, network: &TiedNetwork, l: usize) -> Vec<f64> {
        let (mut head, sums) = (vec![0.0; self.inputs.samples()], &self.sums[l - 2]);
        vectorized(
            #[inline(always)]
            || {
                for i in 0..network.layer(l).wide {
                    head.iter_mut().zip(sums.row(i)).for_each(|(h, s)| *h += s * s);
                }
            },
        );
        head
    }

    /// `F` up to layer `top` on each sample.
    pub(super) fn output(&self, network: &TiedNetwork, top: usize) -> Vec<f64> {
        let mut output = vec![0.0; self.inputs.samples()];
        for l in 2..=top {
            let alpha = network.layer(l).scale;
            output.iter_mut().zip(self.head(network, l)).for_each(|(f, h)| *f += alpha * h);
        }
        output
    }

    /// Writes the gradient of the mean of `errors^2` in layers `bottom..=top` into `gradient`, where `errors = F - y`, centred.
    ///
    /// As in a quadratic network, from the top layer down, with the slopes of both kinds of rows in one matrix:
    ///
    /// ```text
    /// d(W_l h_l) = 4 alpha_l / N errors W_l h_l        dA_{l,j} = [d(W_l h_l); dS_l] f_j'
    ///
    ///       dS_j += R_j' ( A_{l,j}' [d(W_l h_l); dS_l] * act'(R_j S_j) )
    /// ```
    pub(super) fn gradient(
        &mut self,
        network: &TiedNetwork,
        errors: &[f64],
        (bottom, top): (usize, usize),
        gradient: &mut [Vec<Matrix<f64>>],
    ) {
        (bottom..=top).for_each(|l| self.pull(network.layer(l), l, errors));
        for l in (bottom..=top).rev() {
            let blocks = network.architecture().index_set(l).iter().zip(&network.layer(l).stacked);
            for ((&j, a), sum) in blocks.zip(&mut gradient[l - 2]) {
                let features = if j < 2 { self.inputs.feature(j) } else { &self.features[j - 2] };
                inner_products(sum, &self.slopes[l - 2], features);
                if j >= bottom.max(2) {
                    self.pass_down(network, l, j, a);
                }
            }
        }
    }

    /// Slopes of layer `l` through its own head; none yet on the narrow rows.
    fn pull(&mut self, layer: &TiedLayer, l: usize, errors: &[f64]) {
        let factor = 4.0 * layer.scale / errors.len() as f64;
        let (slopes, sums) = (&mut self.slopes[l - 2], &self.sums[l - 2]);
        slopes.as_mut_slice().fill(0.0);
        vectorized(
            #[inline(always)]
            || {
                for i in 0..layer.wide {
                    let terms = slopes.row_mut(i).iter_mut().zip(sums.row(i)).zip(errors);
                    terms.for_each(|((slope, s), e)| *slope = (factor * e) * s);
                }
            },
        );
    }

    fn pass_down(&mut self, network: &TiedNetwork, l: usize, j: usize, a: &Matrix<f64>) {
        let n = self.inputs.samples();
        let through = self.through[j - 2].as_mut_slice();
        through.fill(0.0);
        add_product(through, View::from(a).transposed(), self.slopes[l - 2].as_slice(), n);
        let projections = self.projections[j - 2].as_slice();
        vectorized(
            #[inline(always)]
            || through.iter_mut().zip(projections).for_each(|(t, &z)| *t *= network.slope(z)),
        );
        let below = network.layer(j);
        let narrow = &mut self.slopes[j - 2].as_mut_slice()[below.wide * n..];
        add_product(narrow, View::from(&below.span).transposed(), through, n);
    }

    /// How many features meet the truncation.
    #[cfg(test)]
    pub(super) fn truncated(&mut self, network: &TiedNetwork) -> usize {
        self.forward(network, network.depth());
        self.projections.iter().flat_map(|p| p.as_slice()).filter(|&&z| network.slope(z) == 0.0 && z != 0.0).count()
    }
}
