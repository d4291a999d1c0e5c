//! Rigorous enclosures in f64: intervals that contain the true value, whatever was rounded on the way.
//!
//! | module | gives |
//! |---|---|
//! | [`rounding`] | the lemma that everything rests on: one float outwards from a rounded result |
//! | [`interval`] | [`Interval`], its arithmetic, comparison and printing |
//! | [`logarithm`] | `ln`, and the slope of a log-log plot |
//! | [`normal`] | probabilities and moments of the normal distribution beyond a bound |
//! | [`range`] | [`Range`], the enclosure with rational ends |
//! | [`boxes`] | branch and bound: a statement about all points of a box |
//! | [`definite`] | definiteness of matrices of intervals |
//! | [`slicing`] | exact products of integer matrices at the speed of floats |
//! | [`residual`] | how far candidates are from being eigenvectors |
//! | [`big_product`], [`big_residual`] | the same in integers of any size |
//! | [`spectrum`] | eigenvalues and their sums from candidates |
//! | [`singular`] | the smallest singular value of a small matrix |
//! | [`solve`] | how far an approximate solution of a linear system is from the true one |
//! | [`ridge`] | the error of kernel ridge regression over the whole cube |
//!
//! Proofs: `proofs/rounding.md`, `proofs/eigenvalue-tail.md`, `proofs/cube-kernel.md`, `proofs/boxes.md`.

pub mod big_product;
pub mod big_residual;
pub mod boxes;
pub mod definite;
pub mod interval;
pub mod logarithm;
pub mod magnitude;
pub mod normal;
pub mod range;
pub mod residual;
pub mod ridge;
pub mod rounding;
pub mod singular;
mod slices;
pub mod slicing;
pub mod solve;
pub mod spectrum;

pub use interval::Interval;
pub use range::Range;
