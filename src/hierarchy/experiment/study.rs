//! Training runs as the work that claims share.

use super::config::Cell;
use super::cost;
use super::method::run_together;
use super::run::Run;
use super::weights::weights_of;
use crate::claim::{Computed, Key, Study, Weights};
use crate::error::Result;

/// The study of this paper: a [`Cell`] is an instance, a learner and a seed; a [`Run`] is what came of it.
///
/// Cells on the same samples and from the same initial weights are one group: they share every stage they have in common, so joint and
/// layerwise training share the phase of layer 2, and each is the other's control.
#[derive(Debug)]
pub struct Training;

/// Runs by their cells.
pub type Runs = Computed<Training>;

impl Study for Training {
    type Item = Cell;
    type Found = Run;

    fn key(cell: &Cell) -> Key {
        cell.key()
    }

    fn group(cell: &Cell) -> (Key, u128) {
        (cell.origin().digest(), cost::multiplications(cell) as u128)
    }

    fn row(cell: &Cell) -> [String; 2] {
        [cell.instance.name(), cell.learner.name()]
    }

    fn configuration(cell: &Cell) -> Option<serde_json::Value> {
        Some(super::configuration::configuration(cell))
    }

    fn compute(cells: &[&Cell]) -> Result<Vec<Run>> {
        run_together(cells)
    }

    fn weights(cell: &Cell, run: &Run) -> Result<Option<Weights>> {
        weights_of(cell, run)
    }
}
