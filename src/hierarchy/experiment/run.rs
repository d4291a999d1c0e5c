//! Runs, each computed once.

use serde::{Deserialize, Serialize};

use super::config::Cell;
use super::{network_form, record};
use crate::canonical::Canonical;
use crate::claim::ledger::bits;
use crate::exact::rational::Rational;
use crate::hierarchy::network::Network;

/// Samples of the test error, where the exact risk is not affordable.
pub const TEST_SAMPLES: usize = 20_000;

/// The end of one phase.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PhaseEnd {
    /// Steps taken in the phase.
    pub steps: usize,
    /// loss / Var(y) on the samples at the end of the phase; replayed.
    #[serde(with = "bits")]
    pub loss: f64,
    /// The square of the feature error `f` of layer 2, exactly; absent when the descent diverged.
    #[serde(with = "record::rational")]
    pub feature_error_squared: Option<Rational>,
}

/// One traced step of a run; replayed.
#[derive(Clone, Copy, Debug)]
pub struct TracePoint {
    /// The phase, from 0.
    pub phase: usize,
    /// Steps taken in the phase.
    pub step: usize,
    /// loss / Var(y) on the samples.
    pub loss: f64,
    /// The feature error `f` of layer 2.
    pub feature_error: f64,
}

/// What is traced of a run.
#[derive(Clone, Copy)]
pub struct Trace<'a> {
    /// Every so many steps of each phase.
    pub every: usize,
    /// Is told each point at once.
    pub watch: &'a (dyn Fn(&TracePoint) + Sync),
}

/// A number that a learner tells beside its risk, by name; replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// What it is.
    pub name: String,
    /// The number.
    #[serde(with = "bits")]
    pub value: f64,
}

/// What came of a [`Cell`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// One entry for each stage, for learners that have stages.
    pub phases: Vec<PhaseEnd>,
    /// The exact relative population risk te of the trained network, cut at the highest layer that was switched on; or why there is
    /// none.
    #[serde(with = "record::risk")]
    pub relative_risk: std::result::Result<Rational, String>,
    /// Var F of the target, exactly, where te is.
    #[serde(with = "record::rational")]
    pub target_variance: Option<Rational>,
    /// Variance of the error over Var(y) on a sample; only where the exact risk is absent. 20000 inputs of the stream `test samples`,
    /// or 4000 of the stream `alternative test samples` for kernels.
    #[serde(with = "record::float")]
    pub test_error: Option<f64>,
    /// What else the learner tells.
    pub scores: Vec<Score>,
    /// The trained network, cut as for te; absent where the learner is none.
    #[serde(with = "network_form")]
    pub learner: Option<Network<f64>>,
    /// Every traced step; empty unless a trace was asked for.
    #[serde(skip)]
    pub trace: Vec<TracePoint>,
    /// The settings that tuning chose; empty where nothing was tuned.
    pub choice: String,
    /// Digest of the canonical encoding of the cell and of what was learnt.
    pub digest: String,
}

impl Run {
    /// The score of this name.
    pub fn score(&self, name: &str) -> Option<f64> {
        self.scores.iter().find(|s| s.name == name).map(|s| s.value)
    }
}

/// The digest of a cell and of the network that was trained in it.
pub(super) fn digest(cell: &Cell, learner: &Network<f64>) -> String {
    digest_of(cell, &learner.canonical())
}

/// The digest of a cell and of what was learnt in it.
pub(super) fn digest_of(cell: &Cell, learnt: &Canonical) -> String {
    let both = [&cell.canonical(), learnt];
    both.iter().fold(Canonical::of("run"), |c, part| c.text(&part.hex())).hex()
}
