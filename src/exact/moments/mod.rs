//! Exact joint moments of the features that a network reads from its inputs.
//!
//! A feature is `z_i(x) = sum_c a_ic x_c + b_ic (x_c^2 - 1)`. Its inputs are independent over the coordinates, so joint cumulants
//! add over coordinates, where they have closed forms; moments follow from cumulants by
//!
//! ```text
//! E[z_i z^alpha] = sum_{beta <= alpha} binomial(alpha, beta) kappa(beta + e_i) E[z^(alpha - beta)].
//! ```
//!
//! The sphere has dependent coordinates; it is reached from the Gaussian by degree. Proofs: `proofs/population-risk.md`.

mod distribution;
mod features;
mod recursion;
#[cfg(test)]
pub(crate) mod tests;

pub use distribution::Distribution;
pub(super) use features::on_sphere;
pub use features::{CubeFeatures, Features, GaussianFeatures, SphereFeatures};
pub use recursion::{Cumulants, MAX_DEGREE, Moments};
