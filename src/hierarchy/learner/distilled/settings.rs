//! How the over-parameterised learner trains.

use crate::canonical::Canonical;

/// How the over-parameterised learner trains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distillation {
    /// The step size `eta`; layer `l` steps by `eta / alpha_l^2` times its gradient.
    pub step: f64,
    /// The heavy-ball coefficient.
    pub momentum: f64,
    /// `W_l`, and `K_l`, move by at most this fraction of their norm in one gradient step.
    pub cap: f64,
    /// `c`: layer `l` has `c k_l (k_l + 1)` wide rows.
    pub widening: usize,
    /// Initial wide rows are normal with standard deviation `initial_scale / (m_l D_l)^(1/4)`, `D_l` the length of `h_l`.
    pub initial_scale: f64,
    /// A newly switched-on layer is rescaled so that `||W_l h_l||^2` has this standard deviation over the samples.
    pub head_deviation: f64,
    /// `B`, where the activation is cut off.
    pub truncation: f64,
    /// `lambda`, the weight of the distillation penalty.
    pub penalty: f64,
    /// `w`, the weight of the decay at the error target 1.
    pub decay: f64,
    /// In every step the entries of `W` get normal noise with this standard deviation times the square root of the loss.
    pub noise: f64,
    /// Layer `l` is distilled when loss / Var(y) is below this times `alpha_l^2`, or stalls.
    pub switch_on: f64,
    /// A layer trains at least this many steps before it is distilled.
    pub least_steps: usize,
    /// The loss has stalled when it did not gain enough in this many steps.
    pub patience: usize,
    /// With all layers on, a stall halves the step size, down to this; a stall with no more than this ends the training.
    pub least_step: f64,
    /// Training ends when the error target `eps0`, halved whenever loss / Var(y) < `eps0^2 / 4`, is no larger than this.
    pub target: f64,
    /// At most this many steps.
    pub steps: usize,
    /// Whether all layers below the top one stay as they were distilled.
    pub frozen: bool,
}

impl Default for Distillation {
    fn default() -> Self {
        Distillation {
            step: 0.01,
            momentum: 0.9,
            cap: 0.02,
            widening: 4,
            initial_scale: 0.3,
            head_deviation: 0.1,
            truncation: 20.0,
            penalty: 3.0,
            decay: 1e-3,
            noise: 1e-4,
            switch_on: 0.05,
            least_steps: 50,
            patience: 300,
            least_step: 1e-3,
            target: 5e-4,
            steps: 10_000,
            frozen: false,
        }
    }
}

impl Distillation {
    /// Appends the settings to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let Distillation { step, momentum, cap, initial_scale, head_deviation, truncation, .. } = *self;
        let Distillation { penalty, decay, noise, switch_on, least_step, target, .. } = *self;
        let first = [step, momentum, cap, initial_scale, head_deviation, truncation];
        let second = [penalty, decay, noise, switch_on, least_step, target];
        let whole = [self.widening, self.least_steps, self.patience, self.steps, usize::from(self.frozen)];
        whole.iter().fold(c.floats(&first).floats(&second), |c, &n| c.integer(n as u64))
    }
}
