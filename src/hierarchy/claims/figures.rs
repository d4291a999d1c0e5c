//! The pictures of the report: which columns of which tables they show.

use crate::claim::{Axis, Curve, Figure, Points, Scale};

const fn columns(name: &'static str, claim: &'static str, table: &'static str, x: &'static str, y: &'static str) -> Curve {
    Curve { name, claim, table, only: None, points: Points::Columns(x, y), joined: false }
}

/// In each row one point for each gap, of the columns named.
const fn across(
    name: &'static str,
    claim: &'static str,
    table: &'static str,
    gaps: &'static [(&'static str, &'static str)],
) -> Curve {
    Curve { name, claim, table, only: None, points: Points::Across(gaps), joined: false }
}

/// The error of layer 2 after each stage, at the greatest depth of the table.
pub const STAIRCASE: Figure = Figure {
    title: "The staircase, exactly",
    caption: "The relative error f of layer 2 when the stages up to layer m have ended, for chains of depth 8 and \
              three gaps eps. Each layer that joins takes one more power of eps.",
    x: Axis { label: "layers that train together, up to m", scale: Scale::Linear },
    y: Axis { label: "f, relative error of layer 2", scale: Scale::Logarithmic },
    curves: &[step("eps = .2", "f, eps = .2"), step("eps = .1", "f, eps = .1"), step("eps = .05", "f, eps = .05")],
};

const fn step(name: &'static str, column: &'static str) -> Curve {
    Curve {
        name,
        claim: "dynamics.staircase",
        table: "f of layer 2 after the stage",
        only: Some(("L", "8")),
        points: Points::Columns("m", column),
        joined: true,
    }
}

/// The relative error against the gap.
pub const ERROR_AGAINST_GAP: Figure = Figure {
    title: "Error against the gap",
    caption: "The relative error te of trained networks against the gap eps, every seed. Layerwise training stops at \
              the order of eps^2; joint training ends at the level of rounding, at eps = .1 with the same samples, \
              initial weights and at most as many steps, and at depth 4 at three gaps.",
    x: Axis { label: "gap eps", scale: Scale::Logarithmic },
    y: Axis { label: "te, relative error on the population", scale: Scale::Logarithmic },
    curves: &[
        across(
            "layerwise",
            "layerwise.stuck",
            "layerwise training",
            &[("0.1", "te eps=.1"), ("0.05", "te eps=.05"), ("0.025", "te eps=.025")],
        ),
        across("joint, same instances", "backward.joint", "joint against layerwise", &[("0.1", "te")]),
        across(
            "joint, depth 4",
            "backward.staircase-4",
            "te at the end",
            &[("0.2", "te eps=.2"), ("0.1", ".1"), ("0.05", ".05")],
        ),
    ],
};

/// The samples that each learner needs or was given.
pub const SAMPLES: Figure = Figure {
    title: "Samples: joint training and any kernel",
    caption: "Samples against the dimension, chains of depth 3 and width 1. Joint training was given 30 d samples and reached te < 1e-12 \
              on every seed; any kernel method needs at least the number drawn above for that error on all rotations of the target \
              (exact).",
    x: Axis { label: "dimension d", scale: Scale::Logarithmic },
    y: Axis { label: "N, samples", scale: Scale::Logarithmic },
    curves: &[
        Curve {
            joined: true,
            ..columns("any kernel, at least", "separation.samples", "joint training", "d", "any kernel: N >=")
        },
        Curve { joined: true, ..columns("joint training, enough", "separation.samples", "joint training", "d", "N") },
    ],
};

/// The samples from which on runs succeed.
pub const SAMPLES_NEEDED: Figure = Figure {
    title: "Samples needed",
    caption: "The least number of samples on a grid from which on a seed succeeds, and the median of the seeds, by dimension, on the same \
              targets (lin L3 k2, eps = .3): joint training to te < 1e-4, kernel ridge of degree 4 to the test error that its claim names.",
    x: Axis { label: "dimension d", scale: Scale::Logarithmic },
    y: Axis { label: "N, samples", scale: Scale::Logarithmic },
    curves: &[
        columns("joint, each seed", "complexity.samples", "lin L3 k2", "d", "N needed"),
        Curve { joined: true, ..columns("joint, median", "complexity.samples", "N needed by d", "d", "median") },
        columns("quartic kernel, each seed", "complexity.kernel-samples", "polynomial 4", "d", "N needed"),
        Curve { joined: true, ..columns("quartic kernel, median", "complexity.kernel-samples", "N needed by d", "d", "median") },
    ],
};

/// The steps to three errors.
pub const STEPS_NEEDED: Figure = Figure {
    title: "Steps needed",
    caption: "Steps of joint training until te is below d^-1, d^-2 and d^-3, by dimension, each seed; and the median for d^-3.",
    x: Axis { label: "dimension d", scale: Scale::Logarithmic },
    y: Axis { label: "steps", scale: Scale::Logarithmic },
    curves: &[
        columns("to d^-1", "", "joint training", "d", "steps to d^-1"),
        columns("to d^-2", "", "joint training", "d", "d^-2"),
        columns("to d^-3", "", "joint training", "d", "d^-3"),
        Curve { joined: true, ..columns("to d^-3, median", "", "steps to d^-3 by d", "d", "median") },
    ],
};

/// The numbers of functions that leave a given error, against the number of monomials.
pub const DIMENSIONS: Figure = Figure {
    title: "Functions that any kernel needs",
    caption: "The number of functions that any kernel needs for degree 4 on the cube, to a mean error of 1/4 and of d^-0.01, beside the number \
              of parities; exact.",
    x: Axis { label: "dimension d", scale: Scale::Logarithmic },
    y: Axis { label: "N, functions", scale: Scale::Logarithmic },
    curves: &[
        dimension("C(d,4) parities", "C(d,p)"),
        dimension("N for error 1/4", "N for error 1/4"),
        dimension("N for error d^-0.01", "N for error d^-0.01"),
    ],
};

const fn dimension(name: &'static str, column: &'static str) -> Curve {
    Curve { joined: true, only: Some(("p", "4")), ..columns(name, "", "dimensions", "d", column) }
}

/// Learners on the same samples.
pub const ALTERNATIVES: Figure = Figure {
    title: "Learners on the same samples",
    caption: "Errors of learners on the same samples, on one instance, all seeds; each but the joint network was \
              tuned: layerwise training on te itself, the others on the test sample. Of the first two te on the population is drawn, of the others the error on a test sample.",
    x: Axis { label: "learner, by its number", scale: Scale::Linear },
    y: Axis { label: "relative error", scale: Scale::Logarithmic },
    curves: &[Curve {
        name: "learners",
        claim: "",
        table: "linskip L3 k1 d16",
        only: None,
        points: Points::Named("learner", "error"),
        joined: false,
    }],
};

/// What layerwise runs leave, against what they must.
pub const FLOORS: Figure = Figure {
    title: "Layerwise runs against their floor",
    caption: "te/eps^2 that layerwise runs leave at eps = .1, against the closed form of the floor of each target on the population; a run on \
              samples may end a little below the latter.",
    x: Axis { label: "floor of te/eps^2 (proved)", scale: Scale::Linear },
    y: Axis { label: "te/eps^2 of the run", scale: Scale::Linear },
    curves: &[
        columns("a run each", "", "the closed form, and layerwise runs", "floor of te/eps^2", "te/eps^2 of the run"),
        Curve {
            joined: true,
            ..columns("the floor", "", "the closed form, and layerwise runs", "floor of te/eps^2", "floor of te/eps^2")
        },
    ],
};

/// The gaps of the staircases that are run, and the headings below which they stand.
const GAPS: &[(&str, &str)] = &[("0.2", "f eps=.2"), ("0.1", ".1"), ("0.05", ".05")];

/// The staircase of runs at depth 4.
pub const STAIRCASE_4: Figure = Figure { curves: &[AFTER_2, AFTER_3], ..STAIRCASE_5 };

/// The staircase of runs at depth 5.
pub const STAIRCASE_5: Figure = Figure {
    title: "The staircase of runs",
    caption: "The relative error f of layer 2 against the gap eps, each seed, when the phase of each layer has ended: each layer that joins \
              lowers it by one more power of eps.",
    x: Axis { label: "gap eps", scale: Scale::Logarithmic },
    y: Axis { label: "f, relative error of layer 2", scale: Scale::Logarithmic },
    curves: &[AFTER_2, AFTER_3, across("after layer 4", "", "f of layer 2 after the phase of layer 4", GAPS)],
};

const AFTER_2: Curve = across("after layer 2", "", "f of layer 2 after the phase of layer 2", GAPS);
const AFTER_3: Curve = across("after layer 3", "", "f of layer 2 after the phase of layer 3", GAPS);

/// The factors of a round of correction.
pub const CONTRACTION: Figure = Figure {
    title: "A round of correction",
    caption: "A round of correction shrinks the error f by c eps: c over four rounds, by the gap eps, each seed.",
    x: Axis { label: "gap eps", scale: Scale::Logarithmic },
    y: Axis { label: "c", scale: Scale::Linear },
    curves: &[across(
        "c over four replayed rounds",
        "",
        "c over four replayed rounds",
        &[("0.2", "c eps=.2"), ("0.1", ".1"), ("0.05", ".05"), ("0.025", ".025")],
    )],
};
