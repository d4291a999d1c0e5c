//! The catalogue, in the order in which it is printed.

use super::{
    Claim, algorithm, alternation, backward, complexity_work, contraction, decay, direction, forward, kernel, kernel_real,
    kernel_tail, labels, layerwise, representation, shallow, staging,
};

/// Every claim.
pub const CLAIMS: &[&Claim] = &[
    &representation::DEGREE,
    &representation::COST,
    &representation::QUADRATIC_SPAN,
    &forward::CLOSED_FORM,
    &forward::LINEAR_ERROR,
    &layerwise::STUCK,
    &layerwise::WIDER_TOP,
    &layerwise::LOCAL_LOSS,
    &backward::JOINT,
    &backward::STAIRCASE_4,
    &backward::STAIRCASE_5,
    &direction::DIRECTION,
    &backward::THAW,
    &decay::DECAY_RATE,
    &contraction::CONTRACTION,
    &alternation::GAUSS_SEIDEL,
    &backward::RESIDUAL_SHARING,
    &staging::STAGING,
    &complexity_work::WORK,
    &kernel::DIMENSION,
    &kernel_tail::CERTIFIED_TAIL,
    &kernel::GAUSSIAN,
    &kernel::MOST_TARGETS,
    &kernel::ATTAINED,
    &kernel_real::REAL_KERNELS,
    &shallow::MONOMIAL,
    &shallow::QUADRATIC_POWER,
    &algorithm::THRESHOLDS,
    &algorithm::SGD,
    &algorithm::TRUNCATION,
    &labels::NOISE,
    &labels::CLASSIFICATION,
];
