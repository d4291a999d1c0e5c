//! The concept class, its samples, and exact population quantities.

pub mod distribution;
pub mod random;
pub mod risk;
