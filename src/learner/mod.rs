//! Learners: they see samples, never the target.

pub mod descent;
pub mod initial;
pub mod kernel;
pub mod schedule;
pub mod tuning;

pub use descent::{Descent, Samples, StageEnd, train};
pub use kernel::{Kernel, Slopes};
pub use schedule::{Coupling, Kind, Stage};
pub use tuning::{Tuned, test_error};
