//! The catalogue, in the order in which it is printed.

use super::{Claim, backward, forward, layerwise, representation};

/// Every claim.
pub const CLAIMS: &[&Claim] = &[
    &representation::DEGREE,
    &representation::COST,
    &representation::QUADRATIC_SPAN,
    &forward::LINEAR_ERROR,
    &layerwise::STUCK,
    &layerwise::LOCAL_LOSS,
    &backward::JOINT,
    &backward::STAIRCASE_4,
    &backward::STAIRCASE_5,
    &backward::THAW,
    &backward::RESIDUAL_SHARING,
];
