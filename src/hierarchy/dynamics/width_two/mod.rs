//! Chains of depth 3 and width 2 on the population: gradient descent in every dimension, enclosed step by step, and its end
//! (`proofs/width-2.md`).
//!
//! Target `F* = |z|^2 + eps |V z^2|^2`, `z = W x` (`z^2` entrywise); learner `F = |S|^2 + eps |K_3 (R S)^2|^2`, `S = K_2 x`,
//! `R` the three directions of a regular triangle. A step on the population leaves `K_2` in the span of its rows at the start
//! and of those of `W`, four dimensions whatever `d` is.
//!
//! | module | gives |
//! |---|---|
//! | [`forms`] | small arrays, quadratic and quartic forms in four variables |
//! | [`population`] | the loss and its gradient |
//! | [`expansion`] | how much a step may spread points that are close |
//! | [`trajectory`] | the ball in which descent from a start is after so many steps |
//! | [`orbit`] | weights that give the target, and those of them nearest to a learner |
//! | [`basin`] | the tube about these weights in which the distance falls by a factor a step |

pub mod basin;
pub mod expansion;
pub mod forms;
pub mod orbit;
pub mod population;
pub mod trajectory;
