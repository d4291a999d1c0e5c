//! Which layers train when, and which residual they see.

use crate::canonical::Canonical;
use crate::error::{Error, Result};

/// How the layers that train together are coupled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coupling {
    /// One loss on the whole output; full gradients.
    Joint,
    /// One loss on the whole output, but no gradient passes from a layer into the features below it.
    StopGradient,
    /// Layer `l` minimises the loss of the output up to layer `l`; no gradient passes into the features below it.
    LocalLoss,
    /// As joint, but the rows of layer 2 stay in the space that they spanned when the stage began: its features change in size and
    /// mix with one another, they do not turn.
    RowSpace,
    /// No weight learns: the scales `alpha_l` of all heads are set to those that fit the samples best ([`Stage::readout`]).
    Readout,
}

impl Coupling {
    /// The name in identities of runs; digests depend on it.
    pub fn name(self) -> &'static str {
        match self {
            Coupling::Joint => "Joint",
            Coupling::StopGradient => "StopGradient",
            Coupling::LocalLoss => "LocalLoss",
            Coupling::RowSpace => "RowSpace",
            Coupling::Readout => "Readout",
        }
    }

    /// Those under which weights learn.
    pub const LEARNING: [Coupling; 4] = [Coupling::Joint, Coupling::StopGradient, Coupling::LocalLoss, Coupling::RowSpace];

    /// The name used in configurations.
    pub fn key(self) -> &'static str {
        match self {
            Coupling::Joint => "joint",
            Coupling::StopGradient => "stop-gradient",
            Coupling::LocalLoss => "local-loss",
            Coupling::RowSpace => "row-space",
            Coupling::Readout => "readout",
        }
    }
}

/// A stretch of training: layers `bottom..=top` learn, the ones below `bottom` stay, the ones above `top` are off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stage {
    /// The lowest layer that learns.
    pub bottom: usize,
    /// The highest layer that is switched on.
    pub top: usize,
    /// How the learning layers are coupled.
    pub coupling: Coupling,
    /// At most this many steps.
    pub steps: usize,
}

impl Stage {
    /// A stage in the one form that is used for equal trainings: a single learning layer has nothing to couple.
    pub fn new(bottom: usize, top: usize, coupling: Coupling, steps: usize) -> Self {
        let layer_2_alone_in_its_row_space = top == 2 && coupling == Coupling::RowSpace;
        let coupled = bottom < top || layer_2_alone_in_its_row_space;
        let coupling = if coupled { coupling } else { Coupling::Joint };
        Stage { bottom, top, coupling, steps }
    }

    /// The heads of layers `2..=top` are weighed anew, by least squares; every feature stays, and no step is taken.
    pub fn readout(top: usize) -> Self {
        Stage { bottom: 2, top, coupling: Coupling::Readout, steps: 0 }
    }

    /// Appends the stage to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        c.integer(self.bottom as u64).integer(self.top as u64).text(self.coupling.name()).integer(self.steps as u64)
    }
}

/// The learners that differ only in their stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Phase `l` trains layers `2..=l` together.
    Joint,
    /// Phase `l` trains layer `l` alone, on frozen features.
    Layerwise,
    /// As joint, each layer on its own residual.
    LocalLoss,
    /// As joint, without gradients from a layer into the features below it.
    StopGradient,
    /// Layerwise, then all layers together for one more phase.
    Thawed,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] = [Kind::Joint, Kind::Layerwise, Kind::LocalLoss, Kind::StopGradient, Kind::Thawed];

    /// The name used in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Joint => "joint",
            Kind::Layerwise => "layerwise",
            Kind::LocalLoss => "local-loss",
            Kind::StopGradient => "stop-gradient",
            Kind::Thawed => "thawed",
        }
    }

    /// The stages of this learner: one phase for each layer from 2 to `L`, and for `Thawed` one of `thaw_steps` more.
    ///
    /// # Errors
    /// When `phases` is empty.
    pub fn stages(self, phases: &[usize], thaw_steps: usize) -> Result<Vec<Stage>> {
        if phases.is_empty() {
            return Err(Error::input("no phases", "one number of steps for each layer from 2 to L").at_field("phases"));
        }
        let stage = |(top, &steps)| match self {
            Kind::Joint => Stage::new(2, top, Coupling::Joint, steps),
            Kind::LocalLoss => Stage::new(2, top, Coupling::LocalLoss, steps),
            Kind::StopGradient => Stage::new(2, top, Coupling::StopGradient, steps),
            Kind::Layerwise | Kind::Thawed => Stage::new(top, top, Coupling::Joint, steps),
        };
        let mut stages: Vec<Stage> = (2..).zip(phases).map(stage).collect();
        if self == Kind::Thawed {
            stages.push(Stage::new(2, phases.len() + 1, Coupling::Joint, thaw_steps));
        }
        Ok(stages)
    }

    /// The kind whose [`stages`](Self::stages) these are in a network of depth `L`, the first of equals, with its phases and the steps of
    /// the one after them; `None` where they are of no kind.
    pub fn of(stages: &[Stage], depth: usize) -> Option<(Kind, Vec<usize>, Option<usize>)> {
        let steps: Vec<usize> = stages.iter().map(|stage| stage.steps).collect();
        let (phases, thaw) = steps.split_at_checked(depth - 1)?;
        let is = |kind: &Kind| kind.stages(phases, thaw.first().copied().unwrap_or(0)).is_ok_and(|own| own == stages);
        Kind::ALL.into_iter().find(is).map(|kind| (kind, phases.to_vec(), thaw.first().copied()))
    }
}
