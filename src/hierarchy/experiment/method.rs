//! From a cell to its run: the one place that tells learners apart.

use super::config::{Cell, Learner};
use super::learn::Learn;
use super::run::{Run, Trace, TracePoint};
use crate::canonical::Canonical;
use crate::error::{Error, Result};

impl Cell {
    /// What fixes the samples and the initial weights: everything but the stages that are given beforehand.
    pub(super) fn origin(&self) -> Canonical {
        self.learner.method().encode(self.instance.encode(Canonical::of("cell"))).integer(self.seed)
    }

    /// The canonical encoding, which identifies the run.
    pub fn canonical(&self) -> Canonical {
        self.learner.method().encode_stages(self.origin())
    }

    /// The digest under which the run is kept.
    pub fn key(&self) -> [u8; 32] {
        self.canonical().digest()
    }
}

impl Learner {
    /// How it learns.
    pub(super) fn method(&self) -> &dyn Learn {
        match self {
            Learner::Staged(staged) => staged,
            Learner::Online(online) => online,
            Learner::Automatic(automated) => automated,
            Learner::Alternative(compared) => compared,
            Learner::Ridge(ridge) => ridge,
            Learner::Distilled(distillation) => distillation,
        }
    }

    /// What trains when, on one line.
    pub fn name(&self) -> String {
        self.method().describe()
    }
}

/// Computes one run with a trace of every `every`-th step; `watch` is told each of its points at once.
///
/// # Errors
/// When the instance is impossible.
pub fn run_traced(cell: &Cell, every: usize, watch: &(dyn Fn(&TracePoint) + Sync)) -> Result<Run> {
    let runs = cell.learner.method().runs(&[cell], Some(Trace { every: every.max(1), watch }))?;
    runs.into_iter().next().ok_or_else(|| Error::refused("the learner gave no run"))
}

/// The runs of cells that share their samples and initial weights ([`Cell::origin`]), in their order; every stage that they have in
/// common is trained once.
pub(super) fn run_together(cells: &[&Cell]) -> Result<Vec<Run>> {
    // All cells of a group have one learner, up to its stages.
    cells.first().map_or(Ok(Vec::new()), |first| first.learner.method().runs(cells, None))
}
