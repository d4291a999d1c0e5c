//! Exact algebra.
pub mod moments;
pub mod rational;
