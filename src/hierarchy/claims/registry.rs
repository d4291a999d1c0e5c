//! The catalogue, in the order in which it is printed.

use super::{
    Claim, algorithm, algorithm_distilled, alternation, alternatives, alternatives_wide, backward, complexity, complexity_kernel,
    complexity_work, contraction, decay, direction, dynamics, forward, kernel, kernel_real, kernel_tail, labels, layerwise,
    representation, separation, shallow, staging,
};
use crate::claim::{Catalogue, Source, Sources};
use crate::hierarchy::experiment::Training;

/// What the paper asserts in its abstract, in our words.
const SOURCE: Source = Source {
    label: "abstract",
    heading: "sentence of the abstract, in our words",
    sentences: &[
        (
            "(a)",
            "for every input dimension d there is a class of polynomials of growing degree which deep networks with quadratic \
             activations learn with SGD, in time and samples polynomial in d, to any error 1/poly(d), by composing quadratic layers",
        ),
        (
            "(b)",
            "the mechanism is backward feature correction: errors in the features of lower layers are corrected when these are \
             trained together with higher layers",
        ),
        (
            "(c)",
            "layerwise training, kernels applied in sequence, two-layer networks and other simple learners are not known to \
             learn the class, even to error d^-0.01",
        ),
        ("(d)", "several non-hierarchical learners, any kernel method among them, provably need d to a growing power"),
    ],
};

/// Every claim of ours about arXiv 2001.04413.
pub fn catalogue() -> Catalogue<Training> {
    Catalogue {
        name: "bfc",
        about: "Checks the claims of arXiv 2001.04413: exactly, by enclosure, or by runs that replay bit for bit.",
        source: SOURCE,
        claims: claims(),
        sources: Sources::own(),
    }
}

fn claims() -> Vec<Claim> {
    let mut claims = vec![
        representation::DEGREE,
        representation::COST,
        representation::QUADRATIC_SPAN,
        forward::CLOSED_FORM,
        forward::LINEAR_ERROR,
        layerwise::STUCK,
        layerwise::WIDER_TOP,
        layerwise::LOCAL_LOSS,
        backward::JOINT,
        backward::STAIRCASE_4,
        backward::STAIRCASE_5,
        direction::DIRECTION,
        backward::THAW,
        decay::DECAY_RATE,
        contraction::CONTRACTION,
        alternation::GAUSS_SEIDEL,
        backward::RESIDUAL_SHARING,
        staging::STAGING,
        complexity::SAMPLES,
        complexity_kernel::KERNEL_SAMPLES,
        complexity::ERROR_STEPS,
        complexity_work::WORK,
        complexity::DEPTH,
        kernel::DIMENSION,
        kernel_tail::CERTIFIED_TAIL,
        kernel::GAUSSIAN,
        kernel::MOST_TARGETS,
        kernel::ATTAINED,
        kernel_real::REAL_KERNELS,
        separation::KERNELS,
        separation::SAMPLES,
        shallow::MONOMIAL,
        shallow::QUADRATIC_POWER,
        algorithm_distilled::DISTILLED,
        algorithm::THRESHOLDS,
        algorithm::SGD,
        algorithm::TRUNCATION,
        labels::NOISE,
        labels::CLASSIFICATION,
        alternatives::TABLE,
        alternatives::ADAPTIVE,
        alternatives_wide::WIDE,
    ];
    claims.extend(dynamics::claims());
    claims
}
