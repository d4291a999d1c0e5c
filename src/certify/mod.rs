//! Where candidates meet proofs: eigenvalue tails, singular values and solutions, certified.
//!
//! A candidate comes from plain floats ([`crate::approx`]) and is handed over as integers; the proof ([`crate::enclosure`]) assumes
//! nothing of it. When the proof is too wide for the digits that are asked for, the candidate is corrected and the proof repeated,
//! with more bits as they are needed; when that does not help either, the answer is that it is undecided, and why.
//!
//! | module | gives |
//! |---|---|
//! | [`candidate`] | candidates of 64 bits: from floats, and corrected |
//! | [`refine`] | candidates of any precision |
//! | [`tails`] | eigenvalue tails, proved |
//! | [`perturbed`] | the same for every matrix near the given one |
//! | [`certificate`] | tails and their proof in a file |
//! | [`cost`] | how long that takes, about |
//! | [`matrix_file`] | a user's own matrix |
//! | [`systems`] | singular values and solutions of linear systems |

pub mod candidate;
pub mod certificate;
pub mod cost;
pub mod matrix_file;
pub mod perturbed;
pub mod refine;
pub mod systems;
pub mod tails;

pub use candidate::{corrected, first_candidate};
pub use systems::{approximate_solutions, ridge_errors, smallest_singular_value};
pub use tails::{AnyCandidate, CertifiedTails, LARGEST_DIGITS, Tail, eigenvalue_tails, proved};
