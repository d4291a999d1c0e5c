//! Correction as a theorem: chains of width 1 on the population, for every dimension.
//!
//! Width 1, Gaussian inputs, free bias: gradient descent on the population is a polynomial map in a few numbers, whatever the
//! dimension. What training claims replay for some seeds is proved here for every start with `a` not 0 and `|K_2|^2` in bounds; at width 2 for named starts.
//!
//! | module | gives |
//! |---|---|
//! | [`numbers`] | what the map computes with: rationals, polynomials, intervals, floats |
//! | [`chain`] | the reduced map: loss, gradient, step |
//! | [`reduction`] | its identity with gradient descent in `R^d` |
//! | [`stage`] | what the first layers learn on their own; the staircase |
//! | [`landscape`] | no bad critical point, and the gaps up to which the stages are compact |
//! | [`floor`] | where layerwise training stops, at every depth |
//! | [`readout`] | what a refitted readout leaves of that floor |
//! | [`depth_three`] | growth of the gradient and a bound of the Hessian near the target, uniform in the gap |
//! | [`depth_four`] | the same at depth 4 |
//! | [`approach`] | how long layer 2 takes alone |
//! | [`every_dimension`] | the theorem that joins both, with every constant |
//! | [`width_two`] | width 2: descent from a start enclosed step by step, and the tube in which it converges |
//! | [`symmetry`] | the symmetries of widths 1 and 2, and the weights that give a target |
//! | [`unique_zero`] | after training: the target is the only network nearby that fits the samples |
//!
//! Proofs: `proofs/dynamics.md`, `proofs/every-dimension.md`, `proofs/depth-4.md`, `proofs/width-2.md`, `proofs/unique-zero.md`,
//! `proofs/boxes.md`.

pub mod approach;
pub mod chain;
pub mod depth_four;
pub mod depth_three;
pub mod every_dimension;
pub mod floor;
pub mod landscape;
pub mod numbers;
pub mod readout;
pub mod reduction;
pub mod stage;
pub mod symmetry;
pub mod unique_zero;
pub mod width_two;
