//! The algorithm that learns: layers that switch themselves on, fresh samples, a truncated activation, distilled layers; noise, and signs alone.

use crate::claim::Value;
use crate::hierarchy::experiment::Run;

pub(super) mod classification;
pub(super) mod distilled;
pub(super) mod noise;
pub(super) mod sgd;
pub(super) mod thresholds;
pub(super) mod truncation;

/// The steps of each stage.
fn steps(run: &Run) -> Value {
    Value::text(run.phases.iter().map(|p| p.steps.to_string()).collect::<Vec<_>>().join("/"))
}
