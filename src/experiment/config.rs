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

/// One run: an instance and the training of a learner on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The target and the samples.
    pub instance: Instance,
    /// What trains when.
    pub stages: Vec<Stage>,
    /// How it trains.
    pub descent: Descent,
    /// The seed of the learner's fixed rows `R_l` and initial weights.
    pub seed: u64,
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
    pub fn origin(&self) -> Canonical {
        self.descent.encode(self.instance.encode(Canonical::of("cell"))).integer(self.seed)
    }

    /// The canonical encoding, which identifies the run.
    pub fn canonical(&self) -> Canonical {
        self.stages.iter().fold(self.origin().integer(self.stages.len() as u64), |c, s| s.encode(c))
    }

    /// The digest under which the run is kept.
    pub(super) fn key(&self) -> [u8; 32] {
        self.canonical().digest()
    }

    /// A rough count of operations, to deal out long runs first.
    pub(super) fn work(&self) -> u128 {
        let steps: usize = self.stages.iter().map(|s| s.steps).sum();
        let size = self.instance.samples * self.instance.dimension * self.instance.widths.iter().sum::<usize>();
        steps as u128 * size as u128
    }
}
