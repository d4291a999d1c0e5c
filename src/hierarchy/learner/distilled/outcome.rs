//! What came of the over-parameterised learner.

use super::tied::TiedNetwork;
use crate::hierarchy::network::Network;
use crate::hierarchy::network::values::outputs;
use crate::matrix::Matrix;

/// What happened during the training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// This layer was distilled, and the next one switched on if there is one.
    Distilled(usize),
    /// The error target was halved, to this.
    Halved(f64),
    /// The step size was halved, to this.
    Slowed(f64),
    /// The training ended.
    Ended,
}

/// Something that happened, and when.
#[derive(Clone, Debug)]
pub struct Event {
    /// Steps taken before.
    pub step: usize,
    /// loss / Var(y) over the samples; replayed.
    pub loss: f64,
    /// What happened.
    pub what: What,
    /// Layer 2 of the narrow network, after it happened; zero until it is distilled.
    pub features: Network<f64>,
}

/// The trained learner.
#[derive(Clone, Debug)]
pub struct Distilled {
    /// The narrow network: `S_l = K_l h_l`, `F = sum_l alpha_l ||K_l h_l||^2`, without truncation.
    pub narrow: Network<f64>,
    /// What happened, in order; the last event is the end.
    pub events: Vec<Event>,
    pub(super) tied: TiedNetwork,
}

impl Distilled {
    /// The prediction `F` of the wide rows at the inputs `x` (`d x N`), with the truncated activation. Guarantee: replayed.
    pub fn predict(&self, x: &Matrix<f64>) -> Vec<f64> {
        outputs(&self.tied, x, self.tied.activation())
    }
}
