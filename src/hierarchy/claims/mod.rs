//! What this paper claims, as propositions of ours: a file a claim, named as its id, in a folder a group.
//!
//! A new claim is its file, a `mod` line in its group and a line of the catalogue in `registry`. What claims of a group share is in the
//! group's `mod.rs`, what all share in `instances` (targets and the recipes that train on them), `measure` (of runs), `counting` and
//! `integer_weights` (of exact claims). `notation` defines what the texts write.

mod algorithm;
mod alternatives;
mod backward;
mod complexity;
mod counting;
mod dynamics;
mod figures;
mod forward;
pub mod instances;
mod integer_weights;
mod kernel;
mod layerwise;
mod measure;
mod notation;
mod registry;
mod representation;
mod separation;
mod shallow;
mod story;

pub use registry::catalogue;
