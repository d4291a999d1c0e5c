//! Verified numerics for *backward feature correction*.
//!
//! Allen-Zhu & Li (arXiv 2001.04413, COLT 2023) claim that deep networks with quadratic activations learn hierarchical targets in
//! polynomial time, because errors in lower layers are corrected when they train together with higher ones. This crate states
//! finite propositions of its own about that story and checks each with exact arithmetic, rigorous enclosures, or training runs
//! that replay bit for bit on any machine that passes `bfc self-check`.
//!
//! # The objects
//!
//! For an input `x` in R^d and index sets `J_2, ..., J_L`, the **target** and the **learner** are quadratic DenseNets:
//!
//! ```text
//!            f_0 = x        f_1 = x^2 - 1        f_l = (R_l S_l)^2                    entrywise squares
//!            S_l = sum_{j in J_l} K_{l,j} f_j                                         l = 2, ..., L
//!           F(x) = sum_{l=2..L} alpha_l ||S_l||^2            alpha_l = eps^(l-2)      eps: the gap
//! ```
//!
//! The target has `R_l = I` and weights `W` (a generic one has rows whose squares span the quadratic forms); the learner has fixed rows `R_l`
//! of that kind and trains `K` on samples `(x_n, y_n)`. Two numbers measure what it has learnt; `te` and `f^2` are exact rationals of the trained weights:
//!
//! ```text
//!   te = Var(F_K - F_W) / Var(F_W)                             relative population risk, free bias
//!    f = ||K_2'K_2 - W_2'W_2||_F / ||W_2'W_2||_F                feature error of layer 2
//! ```
//!
//! On the instances checked here, **layerwise** training, one layer after the other, stops at `te ~ eps^2`: layer 2 alone learns
//! `f ~ eps`. In **joint** training `f` falls like `eps, eps^2, eps^3, ...` as layers are switched on, and `te` reaches the rounding
//! of the floats: that is backward feature correction, as it shows here.
//!
//! # Three kinds of number
//!
//! | kind | what it is | what it supports |
//! |---|---|---|
//! | exact | integers and rationals, nothing rounded | a proof of the printed number |
//! | enclosed | a rigorous enclosure, printed as correctly rounded decimals | a proof of the printed number |
//! | replayed | a seeded run, the same bits on every IEEE machine | a statement about these runs, never a theorem |
//!
//! # What to use
//!
//! The crate has two halves. [`hierarchy`] holds all that knows this paper; the rest knows none, and serves claims of anyone.
//!
//! | wanted | use |
//! |---|---|
//! | claims of one's own, with controls, goldens and the command | [`Catalogue`], [`Claim`], [`Control`], [`Study`]; [`_docs::own_claims`] goes through it, and `bfc new` writes such a crate |
//! | exact arithmetic | [`Rational`], [`Dyadic`], [`Polynomial`]; [`exact::hermite`], [`exact::inputs`], [`exact::moments`] |
//! | rigorous enclosures | [`Interval`]; [`enclosure`] |
//! | the least error of any `N` fixed functions: a tail of eigenvalues, certified | [`Gram`], [`eigenvalue_tails`] |
//! | the growth of a cost, gated in CI | [`growth::Sweep`], [`cli::scaling`]; [`_docs::speed`] |
//! | runs that replay bit for bit | [`Stream`], [`portable::product`], [`portable::reduce`], [`portable::elementary`] |
//! | an instance of this paper's class, trained | `bfc run`; [`_docs::run`] |
//! | a run rebuilt in another language | [`_docs::streams`]: from seeds to samples and weights |
//!
//! ```
//! use bfc::{Gram, Matrix, eigenvalue_tails};
//!
//! // Three targets of unit variance, two of them correlated by 1/4: however two functions are chosen before the target is drawn, their
//! // mean squared error is at least this.
//! let correlations = Matrix::from_rows(3, 3, vec![4, 1, 0, 1, 4, 0, 0, 0, 4])?;
//! let gram = Gram::new(correlations, 4u64.try_into().expect("not zero"))?;
//! let certified = eigenvalue_tails(&gram, &[2], 10, 1)?;
//! assert_eq!(certified.tails[0].decimal.as_deref(), Some("0.2500000000"));
//! # Ok::<(), bfc::Error>(())
//! ```
//!
//! # The rooms
//!
//! The modules are rooms of one house, lowest first; imports go downwards, and a test holds them to it ([`_docs::architecture`]).
//! A learner never sees the target; a proof never imports the maker of its candidate.
//!
//! | module | what lives there |
//! |---|---|
//! | [`error`], [`canonical`], [`scalar`], [`matrix`] | the one error, the one byte encoding and hash, what a network computes with, storage |
//! | [`exact`] | dyadic and rational numbers, polynomials, moments of the input distributions |
//! | [`portable`] | floats with the same bits everywhere: products, sums, factorisations, random streams |
//! | [`enclosure`] | intervals, logarithms, slopes |
//! | [`certify`] | where candidates in plain floats meet their proofs |
//! | [`claim`] | propositions, their checks and negative controls, and the work that they share |
//! | [`picture`] | axes, points, lines and bands as SVG |
//! | [`growth`] | how cost grows with size: sweeps and their exponents |
//! | [`golden`], [`comparison`], [`cli`] | stored results, claims beside them, the command |
//! | [`hierarchy::network`] | the quadratic DenseNet, its gradient, and both on many samples at once |
//! | [`hierarchy::target`] | random members of the concept class, their samples, the exact population risk |
//! | [`hierarchy::learner`] | gradient descent in stages: joint, layerwise, and the variations between; kernels, two-layer networks and other alternatives |
//! | [`hierarchy::dynamics`] | what is proved of chains on the population, for every dimension |
//! | [`hierarchy::experiment`], [`hierarchy::run`] | runs, each computed once; an experiment of a user's own |
//! | [`hierarchy::claims`] | the claims about this paper |

#![warn(missing_docs)]
#![deny(unsafe_code)]

// The claim that `new` writes into a crate is compiled here too, and knows this library by its name.
extern crate self as bfc;

pub mod _docs;
pub mod canonical;
pub mod certify;
pub mod claim;
pub mod cli;
pub mod comparison;
pub mod enclosure;
pub mod error;
pub mod exact;
pub mod golden;
pub mod growth;
pub mod hierarchy;
pub mod matrix;
pub mod picture;
pub mod portable;
pub mod scalar;

// For the program and the benchmarks of this crate.
#[doc(hidden)]
pub mod approx;
#[doc(hidden)]
pub mod file;
#[doc(hidden)]
pub mod hexadecimal;
#[doc(hidden)]
pub mod layout;
#[doc(hidden)]
pub mod memory;
#[doc(hidden)]
pub mod parallel;
#[doc(hidden)]
pub mod report;
mod spelling;

pub use certify::eigenvalue_tails;
pub use claim::{
    Catalogue, Checking, Claim, Condition, Control, Evidence, Outcome, Profile, Source, Sources, Study, Table, Value, Verdict,
};
pub use enclosure::Interval;
pub use error::{Error, Result};
pub use exact::gram::Gram;
pub use exact::{Dyadic, Polynomial, Rational};
pub use matrix::Matrix;
pub use portable::rng::Stream;
