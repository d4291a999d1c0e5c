//! Runs, each computed once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::config::{Cell, Learner};
use super::distilled::distilled;
use super::source::Source;
use super::{alternative, densenet, record};
use crate::canonical::Canonical;
use crate::claim::Key;
use crate::claim::ledger::bits;
use crate::error::{Error, Result};
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

/// Computes one run with a trace of every `every`-th step.
///
/// # Errors
/// When the instance is impossible.
pub fn run_traced(cell: &Cell, every: usize) -> Result<Run> {
    let runs = Group { cells: &[cell] }.run(Some(every.max(1)))?;
    // A group answers for each of its cells, and this one has one.
    runs.into_iter().next().map(|(_, run)| run).ok_or_else(|| Error::refused("the learner gave no run"))
}

/// The runs of cells that share their samples and initial weights ([`Cell::origin`]), in their order; every stage that they have in
/// common is trained once.
pub(super) fn run_together(cells: &[&Cell]) -> Result<Vec<Run>> {
    let mut runs: BTreeMap<Key, Run> = Group { cells }.run(None)?.into_iter().collect();
    let taken = |cell: &&Cell| runs.remove(&cell.key()).ok_or_else(|| Error::refused("a learner left out one of its cells"));
    cells.iter().map(taken).collect()
}

/// Cells on the same samples and from the same initial weights.
struct Group<'a> {
    cells: &'a [&'a Cell],
}

impl Group<'_> {
    fn run(&self, trace_every: Option<usize>) -> Result<Vec<([u8; 32], Run)>> {
        // A group is made with its first cell, and all of its cells have learners of one kind.
        let [first, ..] = self.cells else { return Ok(Vec::new()) };
        match &first.learner {
            Learner::Staged(staged) => densenet::staged(first, self.cells, staged, None, trace_every),
            Learner::Online(staged) => {
                let fresh = Some(Source::new(&first.instance));
                densenet::staged(first, self.cells, staged, fresh, trace_every)
            }
            Learner::Automatic(automated) => Ok(self.all(&densenet::automatically(first, automated, trace_every)?)),
            Learner::Alternative(compared) => Ok(self.all(&alternative::run(first, compared)?)),
            Learner::Distilled(settings) => Ok(self.all(&distilled(first, settings)?)),
            Learner::Ridge(ridge) => Ok(self.all(&ridge.run(first)?)),
        }
    }

    /// The same run for every cell: they do not differ.
    fn all(&self, run: &Run) -> Vec<([u8; 32], Run)> {
        self.cells.iter().map(|cell| (cell.key(), run.clone())).collect()
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
