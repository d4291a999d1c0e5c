//! The catalogue, in the order in which it is printed.

use super::{Claim, backward, forward, kernel, layerwise, representation};

/// Every claim.
pub const CLAIMS: &[&Claim] = &[
    &representation::DEGREE,
    &representation::COST,
    &representation::QUADRATIC_SPAN,
    &forward::CLOSED_FORM,
    &forward::LINEAR_ERROR,
    &layerwise::STUCK,
    &layerwise::LOCAL_LOSS,
    &backward::JOINT,
    &backward::STAIRCASE_4,
    &backward::STAIRCASE_5,
    &backward::THAW,
    &backward::RESIDUAL_SHARING,
    &kernel::DIMENSION,
    &kernel::GAUSSIAN,
    &kernel::MOST_TARGETS,
    &kernel::ATTAINED,
];
