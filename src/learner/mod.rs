//! Learners: they see samples, never the target.

pub mod descent;
pub mod schedule;

pub use descent::{Descent, Samples};
pub use schedule::{Coupling, Kind, Stage};
