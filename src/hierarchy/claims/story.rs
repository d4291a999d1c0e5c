//! The first page of the report: what is proved, what is replayed, what goes against the story, what is not claimed.

use super::figures::{ERROR_AGAINST_GAP, SAMPLES, STAIRCASE};
use crate::claim::{Finding, Story};

const fn finding(claims: &'static [&'static str], words: &'static str) -> Finding {
    Finding { words, claims }
}

/// In plain words; the numbers are those that the claims found.
pub const STORY: Story = Story {
    title: "Backward feature correction, checked",
    lead: "The abstract of Allen-Zhu and Li, Backward Feature Correction: How Deep Learning Performs Deep (Hierarchical) Learning \
           (arXiv 2001.04413, COLT 2023), says that deep networks with quadratic activations learn certain polynomials in time and samples \
           polynomial in the dimension, because errors in lower layers are corrected when these train together with higher ones; that \
           simpler methods are not known to do so; and that kernel methods provably need the dimension to a growing power. Here are \
           finite propositions of our own, each bearing on one of these sentences, with what was found and with controls that show how \
           each could have failed. The theorem of the paper is not proved here.",
    proved: PROVED,
    replayed: REPLAYED,
    against: AGAINST,
    not_claimed: NOT_CLAIMED,
    figures: &[STAIRCASE, ERROR_AGAINST_GAP, SAMPLES],
};

const PROVED: &[Finding] = &[
    finding(
        &["dynamics.every-dimension", "dynamics.reduction", "dynamics.landscape"],
        "Correction, for every dimension. Gradient descent on the population, on chains of depth 3 and width 1, for gaps up to .1 and from \
         every start with .001 <= |K_2|^2 <= 4 that is not orthogonal to the target's direction, reaches any error, in a number of steps \
         that grows with the logarithms of the dimension and of the error; all constants are enclosed.",
    ),
    finding(
        &["dynamics.depth-4", "dynamics.width-2", "dynamics.a-posteriori"],
        "Beyond depth 3 and width 1. The same at depth 4, layer by layer and then together; for one named target of width 2 at a gap of .1, from \
         three named starts; and near what training found in five runs there are weights that give the target exactly.",
    ),
    finding(
        &["separation.kernels", "separation.samples"],
        "No kernel chosen without the labels can do the same. Over the rotations of a target that joint training learned in the runs of these claims, functions chosen without the labels, as \
         many as the runs had samples, leave a mean error that is computed exactly; the number that any kernel would need grows with \
         the power of the dimension that is the degree of the target.",
    ),
    finding(
        &["dynamics.layerwise-floor", "forward.closed-form", "forward.linear-error"],
        "What layerwise training leaves, on the population, at width 1 and gaps up to .1. Layer 2 alone, on the squared loss, ends at an error that is an exact multiple of the gap, and frozen there, with its \
         readout, it leaves a floor of the order of the squared gap at every depth, whatever the layers above do.",
    ),
    finding(
        &["dynamics.staircase"],
        "The staircase. Each layer that joins lowers the error of layer 2 by one more power of the gap; the constants are exact.",
    ),
    finding(
        &["kernel.dimension", "kernel.certified-tail", "kernel.gaussian", "kernel.most-targets", "kernel.attained"],
        "Lower bounds for every kernel, on parities that trees of quadratic layers compute and on rotated Gaussian \
         targets; those on parities are attained.",
    ),
    finding(
        &["shallow.monomial", "shallow.quadratic-power"],
        "Lower bounds for the width of two-layer networks with any square-integrable activations, on Gaussian inputs.",
    ),
    finding(
        &["representation.degree", "representation.cost", "representation.quadratic-span"],
        "What the class is: the degree of its members, what it costs to write them as a network, and how many squares span all \
         quadratic forms.",
    ),
];

const REPLAYED: &[Finding] = &[
    finding(
        &["backward.joint", "backward.staircase-4", "backward.staircase-5"],
        "Joint training reaches the level of rounding on every seed of the named instances, at depth 5 an error below \
         1e-9, and the error of layer 2 falls step by step as layers join.",
    ),
    finding(
        &["backward.direction", "backward.thaw"],
        "Where joint training turns layer 2, keeping its row space leaves, at the target's widths, an error of the order of the squared gap; layers that were frozen and are \
         released reach the level of rounding.",
    ),
    finding(
        &["layerwise.stuck", "layerwise.wider-top", "layerwise.local-loss"],
        "Layerwise training stops at the order of the squared gap on the same instances, with a wider top layer under fixed heads as well, and so do \
         layers that each have a loss of their own.",
    ),
    finding(
        &["complexity.samples", "complexity.error-steps", "complexity.work", "complexity.depth", "complexity.kernel-samples"],
        "Samples, steps and work grow with small powers of the dimension and of the inverse error, over the sizes that \
         were run, and at each depth that was tried a number of samples linear in the inputs is enough; a \
         quartic kernel on the same targets needs as many samples as there are monomials.",
    ),
    finding(
        &["algorithm.distilled", "algorithm.thresholds", "algorithm.sgd", "algorithm.truncation", "algorithm.noise"],
        "Correction does not hang on one form of the algorithm: wide layers that are distilled, layers switched on by the training \
         error, fresh samples, truncated activations, noisy labels.",
    ),
    finding(
        &["alternatives.table", "alternatives.wide"],
        "The other learners of these tables, on the same samples and each tuned on the test sample itself, stay above \
         errors that joint training leaves far below.",
    ),
];

const AGAINST: &[Finding] = &[
    finding(
        &["layerwise.refit"],
        "On chains of width 1 the floor of layerwise training is that of a fixed readout: one more weight removes it on the population. \
         On linskip, where layer 3 reads the inputs, two units of it with readouts refitted in turn bring te below .005 eps^2 at eps = .1; on quad01, where layer 3 reads only the one row of layer 2, no number of units helps.",
    ),
    finding(
        &["layerwise.weighted"],
        "Most of what layerwise training leaves goes with another loss: where that of layer 2, while it is alone, weighs a sample by (|y| + 2)^-8, less than a fifth is left at eps = .1, \
         which falls nearly as the squared gap; joint training leaves none of it.",
    ),
    finding(
        &["backward.staging"],
        "On targets without skips all layers may be on from the start at a gap of .1; or, switched on one after the \
            other, the gap may be 1 at depth 3 and .6 at depth 4.",
    ),
    finding(
        &["backward.residual-sharing"],
        "Stopping the gradient from a layer into the features below does not break correction; freezing the lower layers after training on the squared loss, or giving \
         each layer a loss of its own, does. In these runs a shared residual was enough.",
    ),
    finding(
        &["alternatives.adaptive"],
        "Where the target lives in two directions, an iterated kernel, kernels in sequence and two-layer networks with \
         fourth powers get far below what the others stay above; in four directions the iterated kernel does. A squared unit on all \
         quadratic monomials learns the first of these targets too, and two of them with a ridge for forms of low rank the wide one of depth 3.",
    ),
];

const NOT_CLAIMED: &[Finding] = &[
    finding(
        &[],
        "That the theorem of the paper, for every dimension and growing depth, is proved by runs. Most propositions are about named \
         instances and seeds; those for every dimension, gap or depth name their proof. The full text of the paper was not at hand, and no \
         formula here is said to be the paper's.",
    ),
    finding(
        &["layerwise.stuck", "layerwise.weighted"],
        "That layerwise training misses the error d^-0.01, of which the abstract speaks for its class: on these instances it reaches that \
         error, and on the squared loss stops at the order of the squared gap, on another loss of layer 2 with a smaller factor.",
    ),
    finding(
        &["alternatives.table", "alternatives.adaptive", "alternatives.wide"],
        "That no other learner could do it. The alternatives are those named, each tuned as stated; a floor describes \
         what that reached.",
    ),
    finding(&[], "That replayed numbers grow as they do beyond the dimensions that were run."),
    finding(
        &[],
        "That the learner is the paper's. It is gradient descent on the whole sample with heavy ball; the cap on the step of a layer and \
         the rescaling of a layer when it is switched on are ours. It sees samples and never the target's weights, but it is told the \
         target's shape.",
    ),
];

#[cfg(test)]
mod tests {
    use super::super::catalogue;

    #[test]
    fn every_finding_rests_on_claims_of_the_catalogue() {
        let catalogue = catalogue();
        let known = |id: &&&str| catalogue.claims.iter().any(|claim| claim.id == **id);
        for finding in catalogue.story.findings() {
            assert_eq!(finding.claims.iter().find(|id| !known(id)), None, "{}", finding.words);
        }
    }
}
