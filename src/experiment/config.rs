//! What identifies a run.

use crate::canonical::Canonical;
use crate::exact::moments::Distribution;
use crate::learner::{Descent, Stage};
use crate::network::Skips;

/// A member of the concept class and the samples drawn of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
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
    /// The number of samples `N`.
    pub samples: usize,
    /// The seed of the target's weights.
    pub target_seed: u64,
    /// The seed of the samples.
    pub data_seed: u64,
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
}

/// The training of a quadratic DenseNet in stages.
#[derive(Clone, Debug, PartialEq)]
pub struct Staged {
    /// What trains when.
    pub stages: Vec<Stage>,
    /// How it trains.
    pub descent: Descent,
}

impl Instance {
    /// The depth `L`.
    pub fn depth(&self) -> usize {
        self.widths.len() + 1
    }

    fn encode(&self, c: Canonical) -> Canonical {
        let widths =
            self.widths.iter().fold(c.text(&self.skips.name()).integer(self.widths.len() as u64), |c, &k| c.integer(k as u64));
        widths
            .integer(self.dimension as u64)
            .float(self.gap)
            .text(self.distribution.name())
            .integer(self.samples as u64)
            .integer(self.target_seed)
            .integer(self.data_seed)
    }

    /// The canonical encoding.
    pub fn canonical(&self) -> Canonical {
        self.encode(Canonical::of("instance"))
    }
}

impl Cell {
    /// What fixes the samples and the initial weights: everything but the stages.
    pub(super) fn origin(&self) -> Canonical {
        let instance = self.instance.encode(Canonical::of("cell"));
        match &self.learner {
            Learner::Staged(staged) => staged.descent.encode(instance).integer(self.seed),
        }
    }

    /// The canonical encoding, which identifies the run.
    pub fn canonical(&self) -> Canonical {
        match &self.learner {
            Learner::Staged(Staged { stages, .. }) => {
                stages.iter().fold(self.origin().integer(stages.len() as u64), |c, s| s.encode(c))
            }
        }
    }

    /// The digest under which the run is kept.
    pub fn key(&self) -> [u8; 32] {
        self.canonical().digest()
    }

    /// A rough count of operations, to deal out long runs first.
    pub(super) fn work(&self) -> u128 {
        let size = self.instance.samples * self.instance.dimension * self.instance.widths.iter().sum::<usize>();
        self.learner.steps() as u128 * size as u128
    }
}

impl Learner {
    /// The most steps it takes.
    fn steps(&self) -> usize {
        match self {
            Learner::Staged(staged) => staged.steps(),
        }
    }

    /// What trains when, on one line.
    pub fn told(&self) -> String {
        match self {
            Learner::Staged(Staged { stages, .. }) => {
                let stage = |s: &Stage| format!("{}..{}:{:?}:{}", s.bottom, s.top, s.coupling, s.steps);
                stages.iter().map(stage).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

impl Staged {
    /// The most steps it takes.
    pub fn steps(&self) -> usize {
        self.stages.iter().fold(0, |sum, s| sum.saturating_add(s.steps))
    }
}
