//! The catalogue, in the order in which it is printed.

use super::{
    Claim, alternation, backward, complexity, complexity_kernel, complexity_work, contraction, forward, kernel, kernel_real,
    kernel_tail, layerwise, representation, shallow,
};

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
    &contraction::CONTRACTION,
    &alternation::GAUSS_SEIDEL,
    &backward::RESIDUAL_SHARING,
    &complexity::SAMPLES,
    &complexity_kernel::KERNEL_SAMPLES,
    &complexity::ERROR_STEPS,
    &complexity_work::WORK,
    &complexity::DEPTH,
    &kernel::DIMENSION,
    &kernel_tail::CERTIFIED_TAIL,
    &kernel::GAUSSIAN,
    &kernel::MOST_TARGETS,
    &kernel::ATTAINED,
    &kernel_real::REAL_KERNELS,
    &shallow::MONOMIAL,
    &shallow::QUADRATIC_POWER,
];
