//! Gradient descent.

use crate::canonical::Canonical;
use crate::matrix::Matrix;

/// What a learner sees: inputs `x` (`d x N`, one sample a column) and labels `y` (`N`).
#[derive(Clone, Debug)]
pub struct Samples {
    /// `d x N`.
    pub inputs: Matrix<f64>,
    /// `N` labels.
    pub labels: Vec<f64>,
}

/// Full-batch heavy-ball gradient descent on the mean-centred squared loss.
///
/// Layer `l` steps by `step / alpha_l^2` times its gradient; the step of a block is capped at `cap` times the norm of the block.
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
}
