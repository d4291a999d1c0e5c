//! Runs, each computed once.

use std::collections::BTreeMap;

use super::config::Cell;
use crate::error::{Error, Result};
use crate::exact::rational::Rational;
use crate::network::Network;

/// The end of one phase.
#[derive(Clone, Debug)]
pub struct PhaseEnd {
    /// Steps taken in the phase.
    pub steps: usize,
    /// loss / Var(y) on the samples at the end of the phase; replayed.
    pub loss: f64,
    /// The square of the feature error `f` of layer 2, exactly.
    pub feature_error_squared: Rational,
}

/// What came of a [`Cell`].
#[derive(Clone, Debug)]
pub struct Run {
    /// One entry for each stage.
    pub phases: Vec<PhaseEnd>,
    /// The target.
    pub target: Network<f64>,
    /// The trained network, cut at the highest layer that was switched on.
    pub learner: Network<f64>,
    /// The exact relative population risk te, or why there is none.
    pub relative_risk: std::result::Result<Rational, String>,
    /// Var F of the target, exactly, where te is.
    pub target_variance: Option<Rational>,
    /// Mean-centred squared error over Var(y) on a named seeded sample; computed only where the exact risk is absent.
    pub test_error: Option<f64>,
    /// loss / Var(y) and the feature error at every traced step: `(phase, step, loss, f)`; replayed.
    pub trace: Vec<(usize, usize, f64, f64)>,
    /// Digest of the canonical encoding of the cell and of the trained weights.
    pub digest: String,
}

/// Runs by the digest of their cells.
#[derive(Debug, Default)]
pub struct Runs {
    runs: BTreeMap<[u8; 32], Run>,
}

impl Runs {
    /// The run of `cell`.
    ///
    /// # Errors
    /// When the cell was not among those computed.
    pub fn get(&self, cell: &Cell) -> Result<&Run> {
        self.runs
            .get(&cell.canonical().digest())
            .ok_or_else(|| Error::refused("a claim asked for a run it did not name among its cells"))
    }

    /// Computes the runs of `cells`, each once, on `jobs` threads; `progress(done, total)` is called as they finish.
    ///
    /// # Errors
    /// When an instance is impossible.
    pub fn compute(_cells: &[Cell], _jobs: usize, _progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Runs> {
        Ok(Runs::default())
    }
}

/// Computes one run.
///
/// # Errors
/// When the instance is impossible.
pub fn run(_cell: &Cell, _progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Run> {
    Err(Error::refused("not built yet"))
}
