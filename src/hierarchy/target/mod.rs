//! The concept class, its samples, and exact population quantities.

mod absent;
pub mod distribution;
pub mod expand;
pub mod generic;
pub mod random;
pub mod risk;
pub mod rotated;
pub mod tree;
pub mod truncated;
mod variables;
