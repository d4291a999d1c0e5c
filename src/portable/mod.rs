//! The same bits on every IEEE machine: any instruction set, any thread count, debug or release.
//!
//! Every operation here is a fixed sequence of correctly rounded `+ - * / sqrt`, or pinned software built from them.

pub mod cholesky;
pub mod det;
pub mod elementary;
pub mod factor;
pub mod kernels;
pub mod panel;
mod platform;
pub mod product;
pub mod reduce;
pub mod rng;
pub mod self_check;
pub mod short;

pub use self_check::{PlatformCheck, self_check};

/// Runs `body` with the widest vector instructions of this machine.
///
/// Guarantee: replayed. Rust neither fuses nor reorders float operations, so the instructions change the speed and not the bits.
#[inline(always)]
pub fn vectorized<R>(body: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(body)
}
