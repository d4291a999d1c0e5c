//! Gradient descent on samples.

use super::loss::Loss;
use super::schedule::Stage;
use super::trainer::Trainer;
use crate::canonical::Canonical;
use crate::hierarchy::network::values::Inputs;
use crate::hierarchy::network::{Activation, Network};
use crate::matrix::Matrix;
use crate::portable::panel::{Panels, Row};
use crate::portable::reduce::variance;

/// What a learner sees: samples of inputs and labels.
#[derive(Clone, Debug)]
pub struct Samples {
    pub(super) inputs: Inputs,
    labels: Vec<f64>,
    label_panels: Panels,
    label_variance: f64,
}

impl Samples {
    /// Samples `x` (`d x N`, one sample a column) with their labels; `with_squares` when the learner reads `x^2 - 1`.
    pub fn new(x: &Matrix<f64>, labels: Vec<f64>, with_squares: bool) -> Self {
        let label_variance = variance(&labels);
        let label_panels = Panels::from_fn(1, labels.len(), |_, n| labels[n]);
        Samples { inputs: Inputs::new(x, with_squares), labels, label_panels, label_variance }
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

    /// The labels of panel `p`.
    #[inline(always)]
    pub(super) fn label_panel(&self, p: usize) -> &Row {
        &self.label_panels.panel(p)[0]
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

/// Heavy-ball gradient descent.
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
    /// Layer 2 is rescaled as well, to this deviation, before the first step; or left as it was drawn.
    pub first_deviation: Option<f64>,
    /// What is minimised.
    pub loss: Loss,
    /// The activation of the network in training.
    pub activation: Activation,
}

impl Default for Descent {
    fn default() -> Self {
        Descent {
            step: 0.01,
            momentum: 0.9,
            cap: 0.02,
            initial_scale: 0.3,
            head_deviation: 0.1,
            tolerance: 1e-28,
            first_deviation: None,
            loss: Loss::Squared,
            activation: Activation::Square,
        }
    }
}

impl Descent {
    /// Appends the settings to a canonical encoding. First deviation, loss and activation are there only when they are not the
    /// default, each under its name.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let c = c.floats(&[self.step, self.momentum, self.cap, self.initial_scale, self.head_deviation, self.tolerance]);
        let c = self.first_deviation.into_iter().fold(c, |c, deviation| c.text("first deviation").float(deviation));
        let c = match self.loss {
            Loss::Squared => c,
            Loss::Logistic(slope) => c.text("logistic loss").float(slope),
        };
        match self.activation {
            Activation::Square => c,
            Activation::Truncated(bound) => c.text("truncated activation").float(bound),
            Activation::Forms => c.text("quadratic forms"),
        }
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
    let mut trainer = Trainer::begin(network, samples, stage, descent, switched_on);
    let mut steps = 0;
    loop {
        let loss = trainer.loss(network, samples);
        observe(steps, loss, network);
        if steps == stage.steps || trainer.ends_at(loss) {
            return StageEnd { steps, loss };
        }
        trainer.advance(network);
        steps += 1;
    }
}

/// As [`train`], each step on `batch` samples that `source` draws afresh: online stochastic gradient descent.
///
/// `loss` is that of the samples of the step, before it: a test error of the network so far. `source(n)` gives `n` samples. A newly
/// switched-on layer is brought to size on the first of them.
pub fn train_online(
    network: &mut Network<f64>,
    source: &mut dyn FnMut(usize) -> Samples,
    batch: usize,
    stage: Stage,
    descent: &Descent,
    switched_on: usize,
    observe: &mut dyn FnMut(usize, f64, &Network<f64>),
) -> StageEnd {
    let mut samples = source(batch);
    let mut trainer = Trainer::begin(network, &samples, stage, descent, switched_on);
    let mut steps = 0;
    loop {
        let loss = trainer.loss(network, &samples);
        observe(steps, loss, network);
        if steps == stage.steps || trainer.ends_at(loss) {
            return StageEnd { steps, loss };
        }
        trainer.advance(network);
        steps += 1;
        samples = source(batch);
        trainer.turn_to(network, &samples);
    }
}
