//! What a composition of quadratic layers can express.

use crate::hierarchy::network::Skips;

pub(super) mod cost;
pub(super) mod degree;
pub(super) mod quadratic_span;

const DEPTHS: std::ops::RangeInclusive<usize> = 2..=5;

const SKIPS: [Skips; 3] = [Skips::Lin, Skips::LinSkip, Skips::Quad01];

/// `2^(L-1)`, and `2^L` when the inputs enter by their squares.
fn degree_of_composition(skips: &Skips, depth: usize) -> u32 {
    if *skips == Skips::Quad01 { 1 << depth } else { 1 << (depth - 1) }
}
