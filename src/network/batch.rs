//! The network and its gradient on many samples at once, at machine speed.
//!
//! The bits are those of [`forward`](super::forward) and [`gradient`](super::gradient) on each sample, summed in the order of
//! [`portable`](crate::portable); the tests compare them bit for bit.

use super::architecture::Network;
use super::gradient::{Blocks, Flow};
use crate::matrix::Matrix;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::inner_products;
use crate::portable::vectorized;

/// Input features of `N` samples: `f_0 = x` and, where the network reads it, `f_1 = x^2 - 1`; one row per feature.
#[derive(Clone, Debug)]
pub struct Inputs {
    features: Vec<Matrix<f64>>,
}

impl Inputs {
    /// The features `f_0 = x`, and `f_1 = x^2 - 1` when `with_squares`, of the samples `x` (`d x N`).
    pub fn new(x: &Matrix<f64>, with_squares: bool) -> Self {
        let squares = with_squares.then(|| x.map(|v| v * v - 1.0));
        Inputs { features: std::iter::once(x.clone()).chain(squares).collect() }
    }

    /// The samples `f_0 = x`, `d x N`.
    pub fn x(&self) -> &Matrix<f64> {
        &self.features[0]
    }

    /// The number of samples `N`.
    pub fn samples(&self) -> usize {
        self.features[0].cols()
    }
}

/// The values of the network on all samples, and room for their slopes; layer `l` at position `l - 2`, one row per unit.
#[derive(Clone, Debug)]
pub struct Batch {
    sums: Vec<Matrix<f64>>,
    projections: Vec<Matrix<f64>>,
    features: Vec<Matrix<f64>>,
    heads: Vec<Vec<f64>>,
    slopes: Vec<Matrix<f64>>,
    through: Vec<Matrix<f64>>,
}

impl Batch {
    /// Room for the layers `2..=top` of `network` on `samples` samples.
    pub fn new(network: &Network<f64>, top: usize, samples: usize) -> Self {
        let units = |l: usize| Matrix::filled(network.architecture().width(l), samples, 0.0);
        let spanned = |l: usize| Matrix::filled(network.features(l), samples, 0.0);
        Batch {
            sums: (2..=top).map(units).collect(),
            projections: (2..top).map(spanned).collect(),
            features: (2..top).map(spanned).collect(),
            heads: vec![vec![0.0; samples]; top - 1],
            slopes: (2..=top).map(units).collect(),
            through: (2..top).map(spanned).collect(),
        }
    }

    fn top(&self) -> usize {
        self.sums.len() + 1
    }

    /// Evaluates layers `bottom..=top`; the layers below keep their values.
    pub fn forward(&mut self, network: &Network<f64>, inputs: &Inputs, bottom: usize) {
        let n = inputs.samples();
        for l in bottom..=self.top() {
            let sums = self.sums[l - 2].as_mut_slice();
            sums.fill(0.0);
            for (&j, weights) in network.architecture().index_set(l).iter().zip(&network.layer(l).weights) {
                let features = if j < 2 { &inputs.features[j] } else { &self.features[j - 2] };
                add_product(sums, weights.into(), features.as_slice(), n);
            }
            weigh_head(&mut self.heads[l - 2], &self.sums[l - 2], network.layer(l).scale);
            if l < self.top() {
                let projections = self.projections[l - 2].as_mut_slice();
                projections.fill(0.0);
                add_product(projections, (&network.layer(l).span).into(), self.sums[l - 2].as_slice(), n);
                square(self.features[l - 2].as_mut_slice(), projections);
            }
        }
    }

    /// Writes `F(x) - y` up to layer `upto` into `errors`.
    pub fn errors(&self, upto: usize, labels: &[f64], errors: &mut [f64]) {
        vectorized(
            #[inline(always)]
            || {
                errors.fill(0.0);
                for head in &self.heads[..upto - 1] {
                    errors.iter_mut().zip(head).for_each(|(e, h)| *e += h);
                }
                errors.iter_mut().zip(labels).for_each(|(e, y)| *e -= y);
            },
        );
    }

    /// `||S_l||^2` times `alpha_l` on each sample.
    pub fn head(&self, l: usize) -> &[f64] {
        &self.heads[l - 2]
    }

    /// Sets the slope of layer `l` through its own head: `factor * errors[n] * S_l`.
    pub fn pull(&mut self, l: usize, factor: f64, errors: &[f64]) {
        let (slopes, sums) = (&mut self.slopes[l - 2], &self.sums[l - 2]);
        vectorized(
            #[inline(always)]
            || {
                for i in 0..sums.rows() {
                    let terms = slopes.row_mut(i).iter_mut().zip(sums.row(i)).zip(errors);
                    terms.for_each(|((slope, s), e)| *slope = (factor * e) * s);
                }
            },
        );
    }

    /// Writes the gradient of layers `bottom..=top` into `gradient`, after every layer from `bottom` up was [`pull`](Self::pull)ed.
    ///
    /// Sums over samples are in the order of [`sum`](crate::portable::reduce::sum).
    pub fn gradient(&mut self, network: &Network<f64>, inputs: &Inputs, flow: Flow, bottom: usize, gradient: &mut Blocks<f64>) {
        for l in (bottom..=self.top()).rev() {
            for (block, &j) in network.architecture().index_set(l).iter().enumerate() {
                let sum = &mut gradient.blocks[l - 2][block];
                let features = if j < 2 { &inputs.features[j] } else { &self.features[j - 2] };
                inner_products(sum, &self.slopes[l - 2], features);
                if flow == Flow::Through && j >= bottom.max(2) {
                    self.pass_down(network, l, j, &network.layer(l).weights[block]);
                }
            }
        }
    }

    /// `dS_j += R_j' ( K' dS_l * 2 R_j S_j )`.
    fn pass_down(&mut self, network: &Network<f64>, l: usize, j: usize, weights: &Matrix<f64>) {
        let through = self.through[j - 2].as_mut_slice();
        let n = self.heads[0].len();
        through.fill(0.0);
        add_product(through, View::from(weights).transposed(), self.slopes[l - 2].as_slice(), n);
        let projections = self.projections[j - 2].as_slice();
        vectorized(
            #[inline(always)]
            || through.iter_mut().zip(projections).for_each(|(t, z)| *t *= z + z),
        );
        add_product(self.slopes[j - 2].as_mut_slice(), View::from(&network.layer(j).span).transposed(), through, n);
    }
}

/// `head = alpha * (((0 + S_1^2) + S_2^2) + ...)`.
fn weigh_head(head: &mut [f64], sums: &Matrix<f64>, alpha: f64) {
    vectorized(
        #[inline(always)]
        || {
            head.fill(0.0);
            for i in 0..sums.rows() {
                head.iter_mut().zip(sums.row(i)).for_each(|(h, s)| *h += s * s);
            }
            head.iter_mut().for_each(|h| *h *= alpha);
        },
    );
}

fn square(squares: &mut [f64], values: &[f64]) {
    vectorized(
        #[inline(always)]
        || squares.iter_mut().zip(values).for_each(|(s, v)| *s = v * v),
    );
}
