//! What this paper claims, as propositions of ours: one file a group, in the order of the catalogue.

use crate::claim::{self, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::hierarchy::experiment::Training;

/// A claim of this catalogue.
pub type Claim = claim::Claim<Training>;

mod algorithm;
mod algorithm_distilled;
mod alternation;
mod alternatives;
mod alternatives_wide;
mod backward;
mod complexity;
mod complexity_kernel;
mod complexity_work;
mod contraction;
mod counting;
mod decay;
mod direction;
mod dynamics;
mod forward;
pub mod instances;
mod kernel;
mod kernel_real;
mod kernel_tail;
mod labels;
mod layerwise;
mod measure;
mod registry;
mod representation;
mod separation;
mod shallow;
mod staging;

pub use registry::catalogue;
