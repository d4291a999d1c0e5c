//! Proofs from candidates.
