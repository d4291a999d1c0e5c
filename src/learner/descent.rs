//! Gradient descent on samples.

use super::schedule::{Coupling, Stage};
use crate::canonical::Canonical;
use crate::matrix::Matrix;
use crate::network::Network;
use crate::network::batch::{Batch, Inputs};
use crate::network::gradient::{Blocks, Flow};
use crate::portable::reduce::{mean, norm, sum_by, variance};
use crate::portable::vectorized;

/// What a learner sees: samples of inputs and labels.
#[derive(Clone, Debug)]
pub struct Samples {
    inputs: Inputs,
    labels: Vec<f64>,
    label_variance: f64,
}

impl Samples {
    /// Samples `x` (`d x N`, one sample a column) with their labels; `with_squares` when the learner reads `x^2 - 1`.
    pub fn new(x: &Matrix<f64>, labels: Vec<f64>, with_squares: bool) -> Self {
        let label_variance = variance(&labels);
        Samples { inputs: Inputs::new(x, with_squares), labels, label_variance }
    }

    /// The number of samples `N`.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The inputs `x`, `d x N`, one sample a column.
    pub fn x(&self) -> &Matrix<f64> {
        self.inputs.x()
    }

    /// The labels.
    pub fn labels(&self) -> &[f64] {
        &self.labels
    }

    /// The variance of the labels over the samples; replayed.
    pub fn label_variance(&self) -> f64 {
        self.label_variance
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// Full-batch heavy-ball gradient descent on the mean-centred squared loss.
///
/// Layer `l` steps by `step / alpha_l^2` times its gradient; the step of a block is capped at `cap` times the norm of the block.
/// The cap, and the rescaling of a newly switched-on layer, are ours and not the paper's: without them depth 4 and 5 often
/// diverge within ten steps of a switch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// The step size `eta`.
    pub step: f64,
    /// The heavy-ball coefficient.
    pub momentum: f64,
    /// A block moves by at most this fraction of its norm in one gradient step.
    pub cap: f64,
    /// Initial weights are normal with standard deviation `initial_scale / sqrt(fan-in)`.
    pub initial_scale: f64,
    /// A newly switched-on layer is rescaled so that `||S_l||^2` has this standard deviation over the samples.
    pub head_deviation: f64,
    /// A phase ends when loss / Var(y) falls below this.
    pub tolerance: f64,
}

impl Default for Descent {
    fn default() -> Self {
        Descent { step: 0.01, momentum: 0.9, cap: 0.02, initial_scale: 0.3, head_deviation: 0.1, tolerance: 1e-28 }
    }
}

impl Descent {
    /// Appends the settings to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        c.floats(&[self.step, self.momentum, self.cap, self.initial_scale, self.head_deviation, self.tolerance])
    }

    /// `K <- K + v` with `v <- momentum v - u`, where `u` is `rate` times the gradient, capped.
    fn advance(&self, weights: &mut Matrix<f64>, velocity: &mut Matrix<f64>, gradient: &Matrix<f64>, rate: f64) {
        let (length, most) = (rate * norm(gradient.as_slice()), self.cap * norm(weights.as_slice()));
        let rate = if length > most { rate * (most / length) } else { rate };
        let pairs = velocity.as_mut_slice().iter_mut().zip(gradient.as_slice());
        pairs.for_each(|(v, g)| *v = self.momentum * *v - rate * g);
        weights.as_mut_slice().iter_mut().zip(velocity.as_slice()).for_each(|(k, v)| *k += v);
    }
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageEnd {
    /// Steps taken.
    pub steps: usize,
    /// loss / Var(y) after the last of them; not finite when the descent diverged.
    pub loss: f64,
}

/// One stage of training under way.
struct Trainer<'a> {
    samples: &'a Samples,
    stage: Stage,
    descent: &'a Descent,
    batch: Batch,
    errors: Vec<f64>,
    gradient: Blocks<f64>,
    velocity: Blocks<f64>,
}

/// Trains `network` for one stage; `switched_on` is the highest layer that was on before it (1 for none).
///
/// `observe(step, loss / Var(y), network)` is called before every step and at the end. Guarantee: replayed.
pub fn train(
    network: &mut Network<f64>,
    samples: &Samples,
    stage: Stage,
    descent: &Descent,
    switched_on: usize,
    observe: &mut dyn FnMut(usize, f64, &Network<f64>),
) -> StageEnd {
    let mut trainer = Trainer::new(network, samples, stage, descent);
    trainer.batch.forward(network, &samples.inputs, 2);
    for l in (switched_on + 1).max(3)..=stage.top {
        trainer.bring_to_size(network, l);
    }
    let mut steps = 0;
    loop {
        let loss = trainer.loss() / samples.label_variance;
        observe(steps, loss, network);
        let done = steps == stage.steps || loss < descent.tolerance || !loss.is_finite();
        if done {
            return StageEnd { steps, loss };
        }
        trainer.step(network);
        steps += 1;
        trainer.batch.forward(network, &samples.inputs, stage.bottom);
    }
}

impl<'a> Trainer<'a> {
    fn new(network: &Network<f64>, samples: &'a Samples, stage: Stage, descent: &'a Descent) -> Self {
        Trainer {
            samples,
            stage,
            descent,
            batch: Batch::new(network, stage.top, samples.len()),
            errors: vec![0.0; samples.len()],
            gradient: Blocks::zeros(network, 0.0),
            velocity: Blocks::zeros(network, 0.0),
        }
    }

    /// Rescales the weights of a newly switched-on layer so that its head has the wanted deviation.
    fn bring_to_size(&mut self, network: &mut Network<f64>, l: usize) {
        let deviation = variance(self.batch.head(l)).sqrt() / network.layer(l).scale;
        let factor = (self.descent.head_deviation / deviation.max(f64::MIN_POSITIVE)).sqrt();
        for weights in &mut network.layer_mut(l).weights {
            weights.as_mut_slice().iter_mut().for_each(|w| *w *= factor);
        }
        self.batch.forward(network, &self.samples.inputs, l);
    }

    /// Sets `errors` to the centred error of the output up to layer `upto` and returns its mean square.
    fn centre(&mut self, upto: usize) -> f64 {
        self.batch.errors(upto, &self.samples.labels, &mut self.errors);
        let errors = &mut self.errors;
        vectorized(
            #[inline(always)]
            || {
                let m = mean(errors);
                errors.iter_mut().for_each(|e| *e -= m);
                sum_by(
                    errors.len(),
                    #[inline(always)]
                    |n| errors[n] * errors[n],
                ) / errors.len() as f64
            },
        )
    }

    fn loss(&mut self) -> f64 {
        self.centre(self.stage.top)
    }

    /// One gradient step; `errors` holds the centred error of the whole output.
    fn step(&mut self, network: &mut Network<f64>) {
        let Stage { bottom, top, coupling, .. } = self.stage;
        for l in (bottom..=top).rev() {
            if coupling == Coupling::LocalLoss && l < top {
                self.centre(l);
            }
            let factor = 4.0 * network.layer(l).scale / self.samples.len() as f64;
            self.batch.pull(l, factor, &self.errors);
        }
        let flow = if coupling == Coupling::Joint { Flow::Through } else { Flow::Stopped };
        self.batch.gradient(network, &self.samples.inputs, flow, bottom, &mut self.gradient);
        for l in bottom..=top {
            let layer = network.layer_mut(l);
            let rate = self.descent.step / (layer.scale * layer.scale);
            let blocks = layer.weights.iter_mut().zip(&mut self.velocity.blocks[l - 2]).zip(&self.gradient.blocks[l - 2]);
            blocks.for_each(|((weights, velocity), gradient)| self.descent.advance(weights, velocity, gradient, rate));
        }
    }
}
