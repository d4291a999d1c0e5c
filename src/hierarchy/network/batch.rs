//! The network and its gradient on many samples at once, at machine speed.
//!
//! The bits are those of [`forward`](super::forward) and [`gradient`](super::gradient) on each sample, summed in the order of
//! [`portable`](crate::portable); the tests compare them bit for bit.

use super::activation::{Activation, Features, Forms};
use super::architecture::Network;
use super::gradient::{Blocks, Flow};
use crate::matrix::Matrix;
use crate::portable::product::add_product;
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

    /// `f_j` for `j = 0`, or `j = 1` where the squares were asked for; one row per feature.
    pub fn feature(&self, j: usize) -> &Matrix<f64> {
        &self.features[j]
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
    features: Vec<Features>,
    forms: Vec<Vec<Option<Forms>>>,
    heads: Vec<Vec<f64>>,
    slopes: Vec<Matrix<f64>>,
}

impl Batch {
    /// Room for the layers `2..=top` of `network` on `samples` samples.
    pub fn new(network: &Network<f64>, top: usize, samples: usize) -> Self {
        Batch::activated(network, top, samples, Activation::Square)
    }

    /// As [`new`](Self::new), with another activation or another way to compute it.
    pub fn activated(network: &Network<f64>, top: usize, samples: usize, activation: Activation) -> Self {
        let (shape, by_forms) = (network.architecture(), activation == Activation::Forms);
        let units = |l: usize| Matrix::filled(shape.width(l), samples, 0.0);
        let features = |j: usize| Features::new(network.features(j), samples, activation);
        let forms = |l: usize, &j: &usize| (by_forms && j >= 2).then(|| Forms::new(shape.width(l), shape.width(j), samples));
        Batch {
            sums: (2..=top).map(units).collect(),
            features: (2..top).filter(|_| !by_forms).map(features).collect(),
            forms: (2..=top).map(|l| shape.index_set(l).iter().map(|j| forms(l, j)).collect()).collect(),
            heads: vec![vec![0.0; samples]; top - 1],
            slopes: (2..=top).map(units).collect(),
        }
    }

    fn top(&self) -> usize {
        self.sums.len() + 1
    }

    /// Evaluates layers `bottom..=top`; the layers below keep their values.
    pub fn forward(&mut self, network: &Network<f64>, inputs: &Inputs, bottom: usize) {
        let n = inputs.samples();
        for l in bottom..=self.top() {
            let (below, sums) = self.sums.split_at_mut(l - 2);
            let sums = &mut sums[0];
            sums.as_mut_slice().fill(0.0);
            let blocks = network.architecture().index_set(l).iter().zip(&network.layer(l).weights);
            for ((&j, weights), forms) in blocks.zip(&mut self.forms[l - 2]) {
                if let Some(forms) = forms {
                    forms.add_to(sums, weights, &network.layer(j).span, &below[j - 2]);
                    continue;
                }
                let features = if j < 2 { &inputs.features[j] } else { self.features[j - 2].values() };
                add_product(sums.as_mut_slice(), weights.into(), features.as_slice(), n);
            }
            weigh_head(&mut self.heads[l - 2], sums, network.layer(l).scale);
            if let Some(features) = self.features.get_mut(l - 2) {
                features.evaluate(&network.layer(l).span, sums);
            }
        }
    }

    /// Writes `F(x)` up to layer `upto` into `outputs`.
    pub fn outputs(&self, upto: usize, outputs: &mut [f64]) {
        vectorized(
            #[inline(always)]
            || {
                outputs.fill(0.0);
                for head in &self.heads[..upto - 1] {
                    outputs.iter_mut().zip(head).for_each(|(f, h)| *f += h);
                }
            },
        );
    }

    /// Writes `F(x) - y` up to layer `upto` into `errors`.
    pub fn errors(&self, upto: usize, labels: &[f64], errors: &mut [f64]) {
        self.outputs(upto, errors);
        vectorized(
            #[inline(always)]
            || errors.iter_mut().zip(labels).for_each(|(e, y)| *e -= y),
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
            let (below, slopes) = self.slopes.split_at_mut(l - 2);
            let slopes = &slopes[0];
            let blocks = network.architecture().index_set(l).iter().zip(&network.layer(l).weights);
            for (((&j, weights), sum), forms) in blocks.zip(&mut gradient.blocks[l - 2]).zip(&mut self.forms[l - 2]) {
                let passes = flow == Flow::Through && j >= bottom.max(2);
                match (j, forms) {
                    (0 | 1, _) => inner_products(sum, slopes, &inputs.features[j]),
                    (_, Some(forms)) => {
                        forms.gradient(sum, slopes, &network.layer(j).span, &self.sums[j - 2]);
                        if passes {
                            forms.pass_down(&mut below[j - 2], slopes);
                        }
                    }
                    (_, None) => {
                        inner_products(sum, slopes, self.features[j - 2].values());
                        if passes {
                            self.features[j - 2].pass_down(&mut below[j - 2], weights, slopes, &network.layer(j).span);
                        }
                    }
                }
            }
        }
    }
}

/// `F(x)` of the samples `x` (`d x N`) for a network with this activation.
///
/// Guarantee: replayed; for `Activation::Square` each value is that of [`forward`](super::forward).
pub fn outputs(network: &Network<f64>, x: &Matrix<f64>, activation: Activation) -> Vec<f64> {
    let inputs = Inputs::new(x, network.architecture().reads_squares());
    let mut batch = Batch::activated(network, network.depth(), x.cols(), activation);
    batch.forward(network, &inputs, 2);
    let mut outputs = vec![0.0; x.cols()];
    batch.outputs(network.depth(), &mut outputs);
    outputs
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
