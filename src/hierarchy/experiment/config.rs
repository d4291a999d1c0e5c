//! What identifies a run.

use crate::canonical::Canonical;
use crate::exact::moments::Distribution;
use crate::hierarchy::learner::{Alternative, Automatic, Descent, Distillation, Kernel, Restarts, Stage};
use crate::hierarchy::network::Skips;

/// A member of the concept class and the samples drawn of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// How the target is drawn.
    pub family: Family,
    /// The index sets.
    pub skips: Skips,
    /// The widths `k_2, ..., k_L`.
    pub widths: Vec<usize>,
    /// The input dimension `d`.
    pub dimension: usize,
    /// The gap `eps`: `alpha_l = eps^(l-2)`.
    pub gap: f64,
    /// The distribution of the inputs.
    pub distribution: Distribution,
    /// The number of samples `N`; of each step, for a learner that draws them afresh.
    pub samples: usize,
    /// What the learner is told of the target's value on a sample.
    pub labels: Labels,
    /// The seed of the target's weights.
    pub target_seed: u64,
    /// The seed of the samples.
    pub data_seed: u64,
}

/// How a target is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Random rows: [`random_target`](crate::hierarchy::target::random::random_target).
    #[default]
    Rows,
    /// Generic quadratic forms above layer 2: [`generic_target`](crate::hierarchy::target::generic::generic_target).
    Generic,
}

/// What a learner is told of `F(x)`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Labels {
    /// `F(x)`.
    #[default]
    Exact,
    /// `F(x)` plus normal noise with this fraction of the standard deviation of `F` over the samples.
    Noisy(f64),
    /// 1 where `F(x)` is above its median over the samples, else -1.
    Sign,
}

/// One run: an instance and a learner on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The target and the samples.
    pub instance: Instance,
    /// Who learns, and how.
    pub learner: Learner,
    /// The seed of all that the learner draws, such as its fixed rows `R_l` and initial weights.
    pub seed: u64,
}

/// Who learns, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum Learner {
    /// The quadratic DenseNet, trained in stages that are given beforehand.
    Staged(Staged),
    /// The same, on samples drawn afresh for each step.
    Online(Online),
    /// The quadratic DenseNet, its layers switched on by the training error.
    Automatic(Automated),
    /// Another learner, tuned on a test sample.
    Alternative(Compared),
    /// Kernel ridge regression.
    Ridge(Ridge),
    /// The over-parameterised network, whose narrow layers are distilled from wide ones.
    Distilled(Distillation),
}

/// Kernel ridge regression with one kernel and one ridge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ridge {
    /// Between which inputs are how near.
    pub kernel: Kernel,
    /// Relative to the mean of the Gram matrix's diagonal.
    pub ridge: f64,
}

/// A learner that joint training is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// Who learns.
    pub alternative: Alternative,
    /// Whether it is handed the target's own layer 2, `S_2 = W_2 x`, in the place of `x`: more than any learner can know.
    pub handed_layer_2: bool,
}

/// The training of a quadratic DenseNet in stages.
#[derive(Clone, Debug, PartialEq)]
pub struct Staged {
    /// What trains when.
    pub stages: Vec<Stage>,
    /// How it trains.
    pub descent: Descent,
    /// The widths of the learner; those of the target, unless they are given.
    pub widths: Option<Vec<usize>>,
}

/// The training of a quadratic DenseNet in stages, on samples drawn afresh for each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Online(pub Staged);

/// The training of a quadratic DenseNet that switches its layers on itself, from one or several initialisations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Automated {
    /// When a layer is switched on.
    pub automatic: Automatic,
    /// How it trains.
    pub descent: Descent,
    /// [`Initial::redundancy`](crate::hierarchy::learner::Initial::redundancy): how many times the rows `R_l` that are needed.
    pub redundancy: usize,
    /// From how many initialisations.
    pub restarts: Restarts,
}

impl Compared {
    pub(super) fn encode(&self, c: Canonical) -> Canonical {
        self.alternative.encode(c.text("alternative")).integer(self.handed_layer_2.into())
    }

    /// The name of its row in tables.
    pub fn name(&self) -> String {
        format!("{}{}", self.alternative.name(), if self.handed_layer_2 { ", handed S_2" } else { "" })
    }
}

impl Automated {
    /// From one initialisation, with no more rows `R_l` than needed.
    pub fn once(automatic: Automatic, descent: Descent) -> Self {
        Automated { automatic, descent, redundancy: 1, restarts: Restarts::NONE }
    }

    pub(super) fn encode(&self, c: Canonical) -> Canonical {
        self.restarts.encode(self.automatic.encode(self.descent.encode(c)).integer(self.redundancy as u64))
    }
}

impl Instance {
    /// The depth `L`.
    pub fn depth(&self) -> usize {
        self.widths.len() + 1
    }

    pub(super) fn encode(&self, c: Canonical) -> Canonical {
        // The default family adds nothing.
        let c = if self.family == Family::Generic { c.text("generic target") } else { c };
        let c = encode_widths(&self.widths, c.text(&self.skips.name()))
            .integer(self.dimension as u64)
            .float(self.gap)
            .text(self.distribution.name())
            .integer(self.samples as u64)
            .integer(self.target_seed)
            .integer(self.data_seed);
        self.labels.encode(c)
    }

    /// The canonical encoding.
    pub fn canonical(&self) -> Canonical {
        self.encode(Canonical::of("instance"))
    }

    /// What it is, on one line.
    pub fn name(&self) -> String {
        format!(
            "{} L{} k{:?} d{} eps {} {} N={} seeds {}/{}",
            self.skips.name(),
            self.depth(),
            self.widths,
            self.dimension,
            self.gap,
            self.distribution.name(),
            self.samples,
            self.target_seed,
            self.data_seed,
        )
    }
}

impl Staged {
    /// The most steps it takes.
    pub fn steps(&self) -> usize {
        self.stages.iter().fold(0, |sum, s| sum.saturating_add(s.steps))
    }

    pub(super) fn name(&self) -> String {
        let stage = |s: &Stage| format!("{}..{}:{}:{}", s.bottom, s.top, s.coupling.name(), s.steps);
        self.stages.iter().map(stage).collect::<Vec<_>>().join(" ")
    }

    /// The settings without the stages; widths only when they are the learner's own.
    pub(super) fn encode_start(&self, c: Canonical) -> Canonical {
        let c = self.descent.encode(c);
        self.widths.iter().fold(c, |c, widths| encode_widths(widths, c.text("widths")))
    }
}

impl Labels {
    /// Exact labels, the default, add nothing.
    fn encode(self, c: Canonical) -> Canonical {
        match self {
            Labels::Exact => c,
            Labels::Noisy(deviation) => c.text("label noise").float(deviation),
            Labels::Sign => c.text("label sign"),
        }
    }
}

fn encode_widths(widths: &[usize], c: Canonical) -> Canonical {
    widths.iter().fold(c.integer(widths.len() as u64), |c, &k| c.integer(k as u64))
}
