pub mod canonical;
pub mod enclosure;
pub mod error;
pub mod exact;
pub mod matrix;
pub mod network;
pub mod scalar;
pub mod target;
