//! Learners: they see samples, never the target.
//!
//! | room | what lives there |
//! |---|---|
//! | `samples` | what a learner sees |
//! | `descent` | gradient descent for quadratic networks |
//! | `distilled` | the over-parameterised learner |
//! | `kernel` | kernels and what is built on them |
//! | `two_layer`, `lift`, `iterated_lift`, `linear` | other learners |
//! | `alternative`, `tuning` | learners that joint training is compared with, tuned on a test sample |

pub mod alternative;
pub mod descent;
pub mod distilled;
mod dual;
pub mod iterated_lift;
pub mod kernel;
pub mod lift;
pub mod linear;
pub mod samples;
#[cfg(test)]
mod tests;
pub mod tuning;
pub mod two_layer;

pub use alternative::Alternative;
pub use descent::{
    Automatic, Coupling, Descent, Initial, Kind, Loss, Restarts, Stage, StageEnd, Weighting, initial, loss, restarts, schedule,
    train, train_automatically, train_online,
};
pub use distilled::{Distillation, Distilled, distil};
pub use iterated_lift::IteratedLift;
pub use kernel::kernel_ridge::KernelRidge;
pub use kernel::{Kernel, Slopes};
pub use lift::{Lift, Lifted};
pub use samples::Samples;
pub use tuning::{Tuned, test_error};
pub use two_layer::{Grid, Units, best_two_layer};
