//! How gradient descent goes, and how a stage of it ended.

use super::loss::{Loss, Weighting};
use crate::canonical::Canonical;
use crate::hierarchy::network::Activation;

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
            Loss::Weighted(Weighting { offset, power }) => c.text("weighted loss").float(offset).integer(power as u64),
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
