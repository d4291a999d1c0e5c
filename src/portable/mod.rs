//! Same bits everywhere.

pub mod self_check;

pub use self_check::{PlatformCheck, self_check};
