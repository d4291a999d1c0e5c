//! What people and machines read: it shows values and computes none.

pub mod check;
pub mod explain;
pub mod github;
pub mod json;
pub mod junit;
pub mod page;
pub mod results;
pub mod theorem_map;

/// What stands in the place of the verdict of a claim that the profile does not check.
pub const FULL_ONLY: &str = "full only";
