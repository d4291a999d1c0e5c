//! Experiments: a target, samples of it, a learner, and what came of it.

pub mod config;
pub mod run;

pub use config::{Cell, Instance};
pub use run::{Run, Runs, run_traced};
