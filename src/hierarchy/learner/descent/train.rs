//! Gradient descent on samples, one stage at a time.

use super::readout::refit;
use super::recurrence::Recurrence;
use super::schedule::{Coupling, Stage};
use super::settings::{Descent, StageEnd};
use super::trainer::Trainer;
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::network::Network;

/// Trains `network` for one stage; `switched_on` is the highest layer that was on before it (1 for none).
///
/// `observe(step, loss / Var(y), network)` is called before every step and at the end. Guarantee: replayed.
pub fn train(
    network: &mut Network<f64>,
    samples: &Samples,
    stage: Stage,
    descent: &Descent,
    switched_on: usize,
    observe: &mut dyn FnMut(usize, f64, &Network<f64>),
) -> StageEnd {
    if stage.coupling == Coupling::Readout {
        let loss = refit(network, samples, stage.top, descent.activation);
        observe(0, loss, network);
        return StageEnd { steps: 0, loss };
    }
    let mut trainer = Trainer::begin(network, samples, stage, descent, switched_on);
    let (mut steps, mut recurrence) = (0, Recurrence::new(stage.steps));
    let period = loop {
        if let Some(period) = recurrence.period(steps, &trainer, network) {
            break period;
        }
        let loss = trainer.loss(network, samples);
        observe(steps, loss, network);
        if steps == stage.steps || trainer.ends_at(loss) {
            return StageEnd { steps, loss };
        }
        trainer.advance(network);
        steps += 1;
    };
    // From here on the descent repeats what it has done, which did not end it: one more period is computed, and all others are those.
    let mut one_step = || {
        let before = (trainer.loss(network, samples), network.clone());
        trainer.advance(network);
        before
    };
    let round: Vec<(f64, Network<f64>)> = (0..period).map(|_| one_step()).collect();
    let at = |step: usize| &round[(step - steps) % period];
    for step in steps..=stage.steps {
        let (loss, network) = at(step);
        observe(step, *loss, network);
    }
    let (loss, last) = at(stage.steps);
    network.clone_from(last);
    StageEnd { steps: stage.steps, loss: *loss }
}

/// As [`train`], each step on `batch` samples that `source` draws afresh: online stochastic gradient descent.
///
/// `loss` is that of the samples of the step, before it: a test error of the network so far. `source(n)` gives `n` samples. A newly
/// switched-on layer is brought to size on the first of them.
pub fn train_online(
    network: &mut Network<f64>,
    source: &mut dyn FnMut(usize) -> Samples,
    batch: usize,
    stage: Stage,
    descent: &Descent,
    switched_on: usize,
    observe: &mut dyn FnMut(usize, f64, &Network<f64>),
) -> StageEnd {
    let mut samples = source(batch);
    if stage.coupling == Coupling::Readout {
        return train(network, &samples, stage, descent, switched_on, observe);
    }
    let mut trainer = Trainer::begin(network, &samples, stage, descent, switched_on);
    let mut steps = 0;
    loop {
        let loss = trainer.loss(network, &samples);
        observe(steps, loss, network);
        if steps == stage.steps || trainer.ends_at(loss) {
            return StageEnd { steps, loss };
        }
        trainer.advance(network);
        steps += 1;
        samples = source(batch);
        trainer.turn_to(network, &samples);
    }
}
