pub mod canonical;
pub mod error;
pub mod matrix;
pub mod network;
pub mod scalar;
