//! Hierarchical learning: all that this crate knows of arXiv 2001.04413.
//!
//! The rooms below it are the paper's objects (networks, targets, learners), experiments with them, a user's own among these, and the claims about them.

pub mod claims;
pub mod dynamics;
pub mod experiment;
pub mod learner;
pub mod network;
pub mod run;
pub mod target;
