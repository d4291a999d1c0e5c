//! Learners: they see samples, never the target.

pub mod automatic;
pub mod descent;
pub mod initial;
pub mod kernel;
pub mod linear;
pub mod loss;
pub mod restarts;
pub mod schedule;
#[cfg(test)]
mod tests;
mod trainer;
pub mod tuning;

pub use automatic::{Automatic, train_automatically};
pub use descent::{Descent, Samples, StageEnd, train, train_online};
pub use initial::Initial;
pub use kernel::{Kernel, Slopes};
pub use loss::Loss;
pub use restarts::Restarts;
pub use schedule::{Coupling, Kind, Stage};
pub use tuning::{Tuned, test_error};
