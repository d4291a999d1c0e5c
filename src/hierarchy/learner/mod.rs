//! Learners: they see samples, never the target.

mod adam;
pub mod alternative;
pub mod automatic;
pub mod descent;
pub mod distilled;
mod dual;
mod feature_ridge;
pub mod gradient_outer_product;
mod heavy_ball;
pub mod initial;
pub mod kernel;
pub mod kernel_ridge;
pub mod lift;
pub mod linear;
pub mod loss;
mod patience;
pub mod random_features;
pub mod restarts;
pub mod schedule;
pub mod sequential_kernel;
#[cfg(test)]
mod tests;
mod trainer;
pub mod tuning;
pub mod two_layer;

pub use alternative::Alternative;
pub use automatic::{Automatic, train_automatically};
pub use descent::{Descent, Samples, StageEnd, train, train_online};
pub use distilled::{Distillation, Distilled, distil};
pub use initial::Initial;
pub use kernel::{Kernel, Slopes};
pub use kernel_ridge::KernelRidge;
pub use lift::{Lift, Lifted};
pub use loss::Loss;
pub use restarts::Restarts;
pub use schedule::{Coupling, Kind, Stage};
pub use tuning::{Tuned, test_error};
pub use two_layer::{Grid, Units, best_two_layer};
