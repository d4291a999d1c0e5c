//! Rigorous enclosures in f64: intervals that contain the true value, whatever was rounded on the way.
//!
//! | module | gives |
//! |---|---|
//! | [`rounding`] | the lemma that everything rests on: one float outwards from a rounded result |
//! | [`interval`] | [`Interval`], its arithmetic, comparison and printing |
//! | [`logarithm`] | `ln`, and the slope of a log-log plot |
//!
//! Proofs: `proofs/rounding.md`.

pub mod interval;
pub mod logarithm;
pub mod rounding;

pub use interval::Interval;
