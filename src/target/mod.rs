//! What is learned: the concept class and its exact population quantities.

pub mod risk;
