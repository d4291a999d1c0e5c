//! The quadratic DenseNet, defined once.
//!
//! With `f_0 = x`, `f_1 = x^2 - 1` (entrywise) and, for `2 <= l <= L`,
//!
//! ```text
//! S_l = sum_{j in J_l} K_{l,j} f_j          f_l = (R_l S_l)^2 entrywise          F(x) = sum_{l=2..L} alpha_l ||S_l||^2
//! ```
//!
//! the target has `R_l = I` (so that `f_l = G_l = S_l^2`); the learner has fixed rows `R_l` whose squares span all quadratic forms.
//! [`forward`] evaluates it over any [`Scalar`](crate::scalar::Scalar), [`gradient`] differentiates it. [`values`] and [`step`] do the
//! same over many samples at machine speed with the same bits.

pub mod activation;
pub mod architecture;
pub mod forward;
pub mod gradient;
pub mod layers;
mod narrow;
pub mod step;
pub mod values;

pub use activation::Activation;
pub use architecture::{Architecture, Layer, Network, Skips};
pub use layers::{LayerRef, Layers};
