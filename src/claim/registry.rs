//! The catalogue, in the order in which it is printed.

use super::Claim;

/// Every claim.
pub const CLAIMS: &[&Claim] = &[];
