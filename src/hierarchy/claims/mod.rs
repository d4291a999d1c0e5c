//! What this paper claims, as propositions of ours: one file a group, in the order of the catalogue.

use crate::claim::{Claim, Condition, Evidence, Outcome, Profile, Table, Verdict};

mod algorithm;
mod algorithm_distilled;
mod alternation;
mod alternatives;
mod alternatives_wide;
mod backward;
mod bootstrap;
mod complexity;
mod complexity_kernel;
mod complexity_work;
mod contraction;
mod counting;
mod decay;
mod direction;
mod forward;
pub mod instances;
mod kernel;
mod kernel_real;
mod kernel_tail;
mod labels;
mod layerwise;
mod measure;
pub mod registry;
mod representation;
mod shallow;
mod staging;
