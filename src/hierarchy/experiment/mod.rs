//! Experiments: a target, samples of it, a learner, and what came of it.

pub mod alternative;
pub mod config;
mod configuration;
pub mod cost;
mod densenet;
pub mod distilled;
mod learn;
mod method;
mod network_form;
mod record;
mod ridge;
pub mod run;
pub mod scores;
mod source;
mod study;
mod weights;

pub use config::{Automated, Cell, Compared, Family, Instance, Labels, Learner, Online, Ridge, Staged};
pub use configuration::configuration;
pub use method::run_traced;
pub use run::{Run, Score};
pub use study::{Runs, Training};
