//! Gradient descent for networks of quadratic layers: its settings, stages, losses and stops.
//!
//! | file | what lives there |
//! |---|---|
//! | `settings` | [`Descent`], [`StageEnd`] |
//! | `schedule` | [`Stage`]: which layers train, with which flow of gradients |
//! | `train`, `trainer` | one stage, step by step |
//! | `recurrence` | when a descent repeats itself |
//! | `readout` | heads weighed anew, on frozen features |
//! | `automatic` | stages that begin by a rule on the training error |
//! | `loss` | what is minimised, and the residuals |
//! | `initial`, `restarts` | where descent begins, and begins again |
//! | `heavy_ball`, `patience` | a capped step with momentum; when a loss has stalled |

pub mod automatic;
pub mod heavy_ball;
pub mod initial;
pub mod loss;
pub mod patience;
mod readout;
mod recurrence;
pub mod restarts;
pub mod schedule;
pub mod settings;
pub mod train;
mod trainer;

pub use automatic::{Automatic, train_automatically};
pub use initial::Initial;
pub use loss::{Loss, Weighting};
pub use restarts::Restarts;
pub use schedule::{Coupling, Kind, Stage};
pub use settings::{Descent, StageEnd};
pub use train::{train, train_online};
