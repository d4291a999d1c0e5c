//! Pictures of numbers: axes with units, points, lines and bands, as SVG.
//!
//! A picture shows values and computes none. Its bytes are a function of it, on every machine: every coordinate is a whole number of pixels, found by
//! IEEE operations and the pinned logarithm of [`elementary`](crate::portable::elementary) (guarantee: replayed). plotters draws;
//! ticks and scales are ours, because its own ask the platform for logarithms.
//!
//! Colours are after Okabe and Ito, which colour-blind readers tell apart; a series is told from the next by its marker or its width as well,
//! so that it can be read in grey.

mod axis;
mod draw;
mod parts;
#[cfg(test)]
mod tests;
mod ticks;

pub use parts::{Axis, Mark, Picture, Scale, Series, Style};
