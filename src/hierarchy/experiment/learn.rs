//! Ways to learn, as experiments know them.

use serde_json::{Map, Value};

use super::config::{Cell, Instance};
use super::run::{Run, Trace};
use crate::canonical::Canonical;
use crate::error::Result;

/// A way to learn an instance: what identifies it, and what came of it.
///
/// The learners themselves see samples alone; this room draws the samples and compares what was learnt with the target.
pub(super) trait Learn {
    /// Appends what fixes the samples and the beginning of training: all settings but [stages](Self::encode_stages).
    fn encode(&self, c: Canonical) -> Canonical;

    /// Appends the stages that are given beforehand. Cells that differ in these alone share every stage they have in common.
    fn encode_stages(&self, c: Canonical) -> Canonical {
        c
    }

    /// The table `learner` of a run file that asks for it on this instance, without its seed: every key that its kind has.
    fn keys(&self, instance: &Instance) -> Map<String, Value>;

    /// What trains when, on one line.
    fn describe(&self) -> String;

    /// The runs of `cells`, in their order: all have this learner, up to its stages. `trace` asks for
    /// a trace.
    ///
    /// # Errors
    /// When the instance is impossible.
    fn runs(&self, cells: &[&Cell], trace: Option<Trace<'_>>) -> Result<Vec<Run>>;
}

/// The run of the first cell, for every cell: without stages they do not differ.
pub(super) fn one_for_all(cells: &[&Cell], run: impl FnOnce(&Cell) -> Result<Run>) -> Result<Vec<Run>> {
    let Some(first) = cells.first() else { return Ok(Vec::new()) };
    run(first).map(|run| vec![run; cells.len()])
}
