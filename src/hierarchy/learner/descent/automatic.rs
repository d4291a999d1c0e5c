//! Layers switched on by the training error: no hand-set phase lengths.

use super::patience::Patience;
use super::schedule::{Coupling, Stage};
use super::settings::{Descent, StageEnd};
use super::trainer::Trainer;
use crate::canonical::Canonical;
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::network::Network;

/// When the next layer is switched on, when the step is halved, and when a run ends.
///
/// A stage that is not the last ends, and the next layer is switched on, when loss / Var(y) falls below
/// `threshold * alpha_(l+1)^2`, or when it stalls for `patience` steps; it has at least `least_steps`. On the last stage the step
/// is halved whenever the loss stalls for `last_patience` steps. The run ends at [`Descent::tolerance`], when the loss is not finite,
/// after `most_steps` in all, or at a stall at which another halving would leave the step below `least_step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Automatic {
    /// How the layers that learn together are coupled.
    pub coupling: Coupling,
    /// Whether only the layer that was switched on last learns: layerwise training.
    pub layerwise: bool,
    /// The layers up to this one are on from the start: 2 for one after the other, the depth or more for all at once.
    pub on_from_start: usize,
    /// The next layer is switched on at a loss / Var(y) below this times the square of its scale; 0 is never met.
    pub threshold: f64,
    /// A loss has stalled when it was not reduced by this fraction for some time.
    pub gain: f64,
    /// After this many steps without gain the next layer is switched on; as many as `most_steps` are never met.
    pub patience: usize,
    /// A stage before the last has at least this many steps.
    pub least_steps: usize,
    /// On the last stage the step is halved after this many steps without gain.
    pub last_patience: usize,
    /// The step is not halved to below this.
    pub least_step: f64,
    /// At most this many steps in all.
    pub most_steps: usize,
}

impl Default for Automatic {
    fn default() -> Self {
        Automatic {
            coupling: Coupling::Joint,
            layerwise: false,
            on_from_start: 2,
            threshold: 0.3,
            gain: 0.02,
            patience: 200,
            least_steps: 50,
            last_patience: 300,
            least_step: 5e-4,
            most_steps: 15_000,
        }
    }
}

impl Automatic {
    /// Appends the settings to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let c = c.text("automatic").text(self.coupling.name()).integer(self.layerwise.into());
        let counts = [self.on_from_start, self.patience, self.least_steps, self.last_patience, self.most_steps];
        let c = counts.iter().fold(c, |c, &n| c.integer(n as u64));
        c.floats(&[self.threshold, self.gain, self.least_step])
    }

    /// The stages of a network of this depth, each with all the steps of the run as its limit.
    pub fn stages(&self, depth: usize) -> Vec<Stage> {
        let bottom = |top: usize| if self.layerwise { top } else { 2 };
        let first = self.on_from_start.clamp(2, depth);
        (first..=depth).map(|top| Stage::new(bottom(top), top, self.coupling, self.most_steps)).collect()
    }
}

/// What watches a run of several stages: called with stage (from 0), step of the stage, loss / Var(y), and the network.
pub type Observer<'a> = dyn FnMut(usize, usize, f64, &Network<f64>) + 'a;

/// Trains `network` from the start; the end of each stage that was begun, and the network there.
///
/// `observe` is called before every step and at the end of each stage. Guarantee: replayed.
pub fn train_automatically(
    network: &mut Network<f64>,
    samples: &Samples,
    automatic: &Automatic,
    descent: &Descent,
    observe: &mut Observer<'_>,
) -> Vec<(StageEnd, Network<f64>)> {
    let stages = automatic.stages(network.depth());
    let (mut switched_on, mut left, mut ends) = (1, automatic.most_steps, Vec::new());
    for (n, &stage) in stages.iter().enumerate() {
        let watch = Watch::new(automatic, stages.get(n + 1).map(|next| network.layer(next.top).scale));
        let trainer = Trainer::begin(network, samples, stage, descent, switched_on);
        let mut observe = |step: usize, loss: f64, network: &Network<f64>| observe(n, step, loss, network);
        let (end, goes_on) = train_stage(trainer, network, samples, watch, left, &mut observe);
        ends.push((end, network.clone()));
        (switched_on, left) = (stage.top, left - end.steps);
        if !goes_on {
            break;
        }
    }
    ends
}

/// One stage; its end, and whether the next one follows.
fn train_stage(
    mut trainer: Trainer,
    network: &mut Network<f64>,
    samples: &Samples,
    mut watch: Watch<'_>,
    most_steps: usize,
    observe: &mut dyn FnMut(usize, f64, &Network<f64>),
) -> (StageEnd, bool) {
    let mut steps = 0;
    loop {
        let loss = trainer.loss(network, samples);
        observe(steps, loss, network);
        let end = StageEnd { steps, loss };
        if steps == most_steps || trainer.ends_at(loss) {
            return (end, false);
        }
        match watch.decide(steps, loss) {
            Decision::Step => {}
            Decision::SwitchOn => return (end, true),
            Decision::HalveStep if trainer.halve_step(watch.automatic.least_step) => {}
            Decision::HalveStep => return (end, false),
        }
        trainer.advance(network);
        steps += 1;
    }
}

/// What the losses so far call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Step,
    SwitchOn,
    HalveStep,
}

/// Watches the loss of one stage for gains.
struct Watch<'a> {
    automatic: &'a Automatic,
    /// The scale of the next layer; on the last stage there is none.
    next_scale: Option<f64>,
    patience: Patience,
}

impl<'a> Watch<'a> {
    fn new(automatic: &'a Automatic, next_scale: Option<f64>) -> Self {
        let steps = if next_scale.is_some() { automatic.patience } else { automatic.last_patience };
        Watch { automatic, next_scale, patience: Patience::new(1.0 - automatic.gain, steps, 0) }
    }

    fn decide(&mut self, step: usize, loss: f64) -> Decision {
        let (a, stalled) = (self.automatic, self.patience.stalled(loss, step));
        match self.next_scale {
            Some(scale) if step >= a.least_steps && (stalled || loss < a.threshold * (scale * scale)) => Decision::SwitchOn,
            None if stalled => {
                self.patience.restart(loss, step);
                Decision::HalveStep
            }
            _ => Decision::Step,
        }
    }
}
