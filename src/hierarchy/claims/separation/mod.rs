//! One class: learned by joint training, out of reach of any kernel. Chains of width 1 and their rotations.

pub mod kernels;
pub mod samples;

use super::complexity;
use super::measure::relative_risk;
use crate::claim::Profile;
use crate::claim::judging::threshold;
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::rotated::Rotated;
use crate::hierarchy::experiment::{Cell, Instance, Learner, Runs, Staged};
use crate::hierarchy::learner::{Descent, Kind};
use crate::hierarchy::target::rotated::rotated_chain;

/// A run counts as a success at a te below this.
const SUCCESS: &str = "1e-12";

/// A chain `lin` of width 1: its target and samples, trained jointly in the stages of its depth.
#[derive(Clone, Copy, Debug)]
struct Chain {
    /// From 3 to 5.
    depth: usize,
    dimension: usize,
    gap: f64,
    /// The number of samples `N`.
    samples: usize,
}

/// Every profile below is this small: dimension, samples, steps of a phase.
const TINY: (usize, usize, usize) = (8, 96, 12);

impl Chain {
    /// The name in tables, such as `lin L3 d64 eps 0.3`.
    fn name(&self) -> String {
        format!("lin L{} d{} eps {}", self.depth, self.dimension, self.gap)
    }

    /// The highest degree, `p = 2^(L-1)`.
    fn degree(&self) -> u64 {
        1 << (self.depth - 1)
    }

    /// The miniature of the profile `tiny`, else itself.
    fn sized(self, profile: Profile) -> Self {
        match profile {
            Profile::Tiny => Chain { dimension: TINY.0, samples: TINY.1, ..self },
            _ => self,
        }
    }

    fn instance(&self, seed: u64) -> Instance {
        complexity::chain(self.depth, 1, self.dimension, self.gap, self.samples, seed)
    }

    /// Joint training; step, momentum and phases are those of every chain of the depth.
    fn cell(&self, profile: Profile, seed: u64) -> Cell {
        let (step, momentum, phases): (f64, f64, &[usize]) = match self.depth {
            3 => (0.01, 0.9, &[1000, 1500]),
            4 => (0.005, 0.9, &[600, 1500, 3000]),
            _ => (0.003, 0.99, &[1000, 2000, 4000, 8000]),
        };
        let most = if profile == Profile::Tiny { TINY.2 } else { usize::MAX };
        let phases: Vec<usize> = phases.iter().map(|&steps| steps.min(most)).collect();
        let stages = Kind::Joint.stages(&phases, 0).expect("a chain has phases");
        let descent = Descent { step, momentum, ..Descent::default() };
        Cell { instance: self.instance(seed), learner: Learner::Staged(Staged { stages, descent, widths: None }), seed }
    }

    /// All rotations of the target of this seed, with its weights as they are.
    fn class(&self, seed: u64) -> Result<Rotated> {
        rotated_chain(&self.instance(seed).target()?)
    }

    /// The exact te on every seed.
    fn risks(&self, profile: Profile, seeds: u64, runs: &Runs) -> Result<Vec<Option<Rational>>> {
        (1..=seeds).map(|seed| Ok(relative_risk(runs.get(&self.cell(profile, seed))?))).collect()
    }
}

/// How many runs succeed.
fn successes(risks: &[Option<Rational>]) -> usize {
    let limit = threshold(SUCCESS);
    risks.iter().filter(|te| te.as_ref().is_some_and(|te| *te < limit)).count()
}

/// The largest te; absent when one is.
fn largest(risks: &[Option<Rational>]) -> Option<Rational> {
    risks.iter().cloned().collect::<Option<Vec<_>>>()?.into_iter().max()
}
