//! The catalogue, in the order in which it is printed.

use super::notation::NOTATION;
use super::story::STORY;
use super::{
    algorithm, alternatives, backward, complexity, dynamics, forward, kernel, layerwise, representation, separation, shallow,
};
use crate::claim::{Catalogue, Claim, Source, Sources};
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
    notation: NOTATION,
};

/// Every claim of ours about arXiv 2001.04413.
pub fn catalogue() -> Catalogue<Training> {
    Catalogue {
        name: "bfc",
        about: "Checks the claims of arXiv 2001.04413: exactly, by enclosure, or by runs that replay bit for bit.",
        source: SOURCE,
        story: STORY,
        claims: claims(),
        sources: Sources::own(),
    }
}

fn claims() -> Vec<Claim<Training>> {
    vec![
        representation::degree::DEGREE,
        representation::cost::COST,
        representation::quadratic_span::QUADRATIC_SPAN,
        forward::closed_form::CLOSED_FORM,
        forward::linear_error::LINEAR_ERROR,
        layerwise::stuck::STUCK,
        layerwise::refit::REFIT,
        layerwise::weighted::WEIGHTED,
        layerwise::wider_top::WIDER_TOP,
        layerwise::local_loss::LOCAL_LOSS,
        backward::joint::JOINT,
        backward::staircase_4::STAIRCASE_4,
        backward::staircase_5::STAIRCASE_5,
        backward::direction::DIRECTION,
        backward::thaw::THAW,
        backward::decay_rate::DECAY_RATE,
        backward::contraction::CONTRACTION,
        backward::gauss_seidel::GAUSS_SEIDEL,
        backward::residual_sharing::RESIDUAL_SHARING,
        backward::staging::STAGING,
        complexity::samples::SAMPLES,
        complexity::kernel_samples::KERNEL_SAMPLES,
        complexity::error_steps::ERROR_STEPS,
        complexity::work::WORK,
        complexity::depth::DEPTH,
        kernel::dimension::DIMENSION,
        kernel::certified_tail::CERTIFIED_TAIL,
        kernel::gaussian::GAUSSIAN,
        kernel::most_targets::MOST_TARGETS,
        kernel::attained::ATTAINED,
        kernel::real_kernels::REAL_KERNELS,
        separation::kernels::KERNELS,
        separation::samples::SAMPLES,
        shallow::monomial::MONOMIAL,
        shallow::quadratic_power::QUADRATIC_POWER,
        algorithm::distilled::DISTILLED,
        algorithm::thresholds::THRESHOLDS,
        algorithm::sgd::SGD,
        algorithm::truncation::TRUNCATION,
        algorithm::noise::NOISE,
        algorithm::classification::CLASSIFICATION,
        alternatives::table::TABLE,
        alternatives::adaptive::ADAPTIVE,
        alternatives::wide::WIDE,
        dynamics::reduction::REDUCTION,
        dynamics::landscape::LANDSCAPE,
        dynamics::staircase::STAIRCASE,
        dynamics::layerwise_floor::LAYERWISE_FLOOR,
        dynamics::every_dimension::EVERY_DIMENSION,
        dynamics::depth_4::DEPTH_4,
        dynamics::width_2::WIDTH_2,
        dynamics::a_posteriori::A_POSTERIORI,
    ]
}
