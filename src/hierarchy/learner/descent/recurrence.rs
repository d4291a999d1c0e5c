//! Whether a descent has come back to a state that it was in before, bit for bit: then it repeats itself for ever.
//!
//! That is how descents end that do not reach their tolerance: where the gradient is no more than rounding, the weights move within a few
//! units of the last place, and with few of them they soon take values that they had.

use super::trainer::{State, Trainer};
use crate::hierarchy::network::Network;

/// Longer periods are not looked for.
const LONGEST: usize = 64;

/// Compares a descent with a state that it was in (Brent, 1980): the state at the last power of two of steps.
pub(super) struct Recurrence {
    /// The last step of the descent.
    last: usize,
    kept: Option<(usize, State)>,
}

impl Recurrence {
    /// Before the first step of so many.
    pub(super) fn new(last: usize) -> Self {
        Recurrence { last, kept: None }
    }

    /// After how many steps the descent repeats what it did, if it is in the state that is kept; to be called before every step.
    pub(super) fn period(&mut self, step: usize, trainer: &Trainer, network: &Network<f64>) -> Option<usize> {
        if let Some((kept_at, state)) = &self.kept
            && trainer.is_in(state, network)
        {
            let period = step - kept_at;
            // With less than two periods to come there is nothing to gain.
            return (period <= LONGEST && step + 2 * period <= self.last).then_some(period);
        }
        if step.is_power_of_two() {
            self.kept = Some((step, trainer.state(network)));
        }
        None
    }
}
