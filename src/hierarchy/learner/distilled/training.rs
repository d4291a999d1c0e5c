//! One training of the over-parameterised learner under way.

use super::outcome::{Distilled, Event, What};
use super::settings::Distillation;
use super::tied::TiedNetwork;
use crate::error::Result;
use crate::hierarchy::learner::descent::heavy_ball::{HeavyBall, rows_mut};
use crate::hierarchy::learner::descent::loss::{Fit, Loss};
use crate::hierarchy::learner::descent::patience::Patience;
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::network::Network;
use crate::hierarchy::network::gradient::Flow;
use crate::hierarchy::network::step::{Scope, Step};
use crate::hierarchy::network::values::head;
use crate::matrix::Matrix;
use crate::portable::reduce::variance;
use crate::portable::rng::Stream;

/// While a layer trains alone at the top, the loss must fall below this fraction of its best to count as a gain.
const GAIN_BEFORE_SWITCH: f64 = 0.95;
/// The same once all layers are on.
const GAIN_AT_THE_TOP: f64 = 0.98;

impl Distillation {
    /// What is learnt while `top` is the highest layer that is on.
    fn scope(&self, top: usize) -> Scope {
        Scope { bottom: if self.frozen { top } else { 2 }, top, flow: Flow::Through, local: false }
    }
}

/// A training under way.
pub(super) struct Training<'a> {
    settings: &'a Distillation,
    samples: &'a Samples,
    like: &'a Network<f64>,
    tied: TiedNetwork,
    pass: Step,
    fit: Fit,
    gradient: Vec<Vec<Matrix<f64>>>,
    velocity: Vec<Vec<Matrix<f64>>>,
    noise: Stream,
    /// The highest layer that is on.
    top: usize,
    /// The highest layer that is distilled, 1 for none.
    distilled: usize,
    switched_at: usize,
    step_size: f64,
    /// `eps0`.
    target: f64,
    below_top: Patience,
    at_the_top: Patience,
    events: Vec<Event>,
}

impl<'a> Training<'a> {
    pub(super) fn new(like: &'a Network<f64>, samples: &'a Samples, settings: &'a Distillation, seed: u64) -> Self {
        let wide = |k: usize| settings.widening * k * (k + 1);
        let (mut weights, noise) = (Stream::new(seed, "wide weights"), Stream::new(seed, "wide noise"));
        let tied = TiedNetwork::random(like, wide, settings.initial_scale, settings.truncation, &mut weights);
        let zeros = |l: usize| tied.layer(l).stacked.iter().map(|a| Matrix::filled(a.rows(), a.cols(), 0.0)).collect();
        let zeros: Vec<Vec<Matrix<f64>>> = (2..=tied.depth()).map(zeros).collect();
        Training {
            settings,
            samples,
            like,
            pass: Step::new(&tied, &samples.inputs, settings.scope(2), tied.activation()),
            fit: Fit::new(Loss::Squared, samples),
            tied,
            gradient: zeros.clone(),
            velocity: zeros,
            noise,
            top: 2,
            distilled: 1,
            switched_at: 0,
            step_size: settings.step,
            target: 1.0,
            below_top: Patience::new(GAIN_BEFORE_SWITCH, settings.patience, 0),
            at_the_top: Patience::new(GAIN_AT_THE_TOP, settings.patience, 0),
            events: Vec::new(),
        }
    }

    /// The mean of the centred `(F - y)^2` over that of the labels. In the same pass over the samples the gradient is found.
    pub(super) fn loss(&mut self) -> f64 {
        let (samples, fit) = (self.samples, &mut self.fit);
        self.pass.pass(
            &self.tied,
            &samples.inputs,
            #[inline(always)]
            |p, _, outputs, row| fit.residuals(p, outputs, row, samples.label_panel(p)),
        );
        let loss = fit.close(self.pass.residuals(self.top), self.pass.mean_residual(self.top));
        self.pass.gradient(&self.tied, 4.0 / samples.len() as f64, |_| fit.excess(), &mut self.gradient);
        loss / samples.label_variance()
    }

    fn all_on(&self) -> bool {
        self.top == self.tied.depth()
    }

    /// Halves the error target as often as it is reached; whether the last one is, with all layers on.
    pub(super) fn reached(&mut self, loss: f64, step: usize) -> bool {
        while self.target > self.settings.target && loss < 0.25 * (self.target * self.target) {
            self.target *= 0.5;
            self.record(loss, step, What::Halved(self.target));
        }
        self.all_on() && self.target <= self.settings.target
    }

    /// Halves the step size when all layers are on and the loss has stalled; whether it has with the least step size.
    pub(super) fn exhausted(&mut self, loss: f64, step: usize) -> bool {
        if !(self.all_on() && self.at_the_top.stalled(loss, step)) {
            return false;
        }
        let exhausted = self.step_size <= self.settings.least_step;
        if !exhausted {
            self.step_size *= 0.5;
            self.at_the_top.restart(loss, step);
            self.record(loss, step, What::Slowed(self.step_size));
        }
        exhausted
    }

    /// Whether the top layer is ready to be distilled.
    pub(super) fn may_distil(&mut self, loss: f64, step: usize) -> bool {
        let alpha = self.tied.layer(self.top).scale;
        let waits = self.distilled < self.top && step - self.switched_at > self.settings.least_steps;
        waits && (loss < self.settings.switch_on * (alpha * alpha) || self.below_top.stalled(loss, step))
    }

    /// Distils the top layer, and switches on the next if there is one.
    pub(super) fn switch_on(&mut self, loss: f64, step: usize) -> Result<()> {
        self.tied.layer_mut(self.top).distil()?;
        self.distilled = self.top;
        self.record(loss, step, What::Distilled(self.top));
        if !self.all_on() {
            self.top += 1;
            self.switched_at = step;
            self.below_top = Patience::new(GAIN_BEFORE_SWITCH, self.settings.patience, step);
            self.at_the_top = Patience::new(GAIN_AT_THE_TOP, self.settings.patience, step);
            self.bring_to_size();
            self.pass = Step::new(&self.tied, &self.samples.inputs, self.settings.scope(self.top), self.tied.activation());
        }
        Ok(())
    }

    /// Rescales the newly switched-on wide rows so that their head has the wanted deviation.
    fn bring_to_size(&mut self) {
        let deviation = variance(&head(&self.tied, &self.samples.inputs, self.top, self.tied.activation())).sqrt();
        let factor = (self.settings.head_deviation / deviation.max(f64::MIN_POSITIVE)).sqrt();
        let stacked = self.tied.layer_mut(self.top).stacked.iter_mut();
        stacked.for_each(|a| a.as_mut_slice().iter_mut().for_each(|w| *w *= factor));
    }

    fn record(&mut self, loss: f64, step: usize, what: What) {
        let features = self.narrow().truncated(2);
        self.events.push(Event { step, loss, what, features });
    }

    fn narrow(&self) -> Network<f64> {
        let mut narrow = self.like.clone();
        for l in 2..=narrow.depth() {
            narrow.layer_mut(l).weights = self.tied.layer(l).narrow();
        }
        narrow
    }

    pub(super) fn finish(mut self, loss: f64, step: usize) -> Result<Distilled> {
        if self.distilled < self.top && loss.is_finite() {
            self.tied.layer_mut(self.top).distil()?;
        }
        self.record(loss, step, What::Ended);
        Ok(Distilled { narrow: self.narrow(), events: self.events, tied: self.tied })
    }

    /// One gradient step after [`loss`](Self::loss).
    pub(super) fn step(&mut self, loss: f64) {
        let Scope { bottom, .. } = self.settings.scope(self.top);
        let deviation = self.settings.noise * (loss * self.samples.label_variance()).sqrt();
        (bottom..=self.top).for_each(|l| self.step_layer(l, deviation));
    }

    fn step_layer(&mut self, l: usize, deviation: f64) {
        let (settings, layer) = (self.settings, self.tied.layer_mut(l));
        let (gradient, velocity) = (&mut self.gradient[l - 2], &mut self.velocity[l - 2]);
        let squared_scale = layer.scale * layer.scale;
        let penalty = if l <= self.distilled { settings.penalty } else { 0.0 };
        let decay = settings.decay * (self.target * self.target);
        layer.add_regulariser(penalty * squared_scale, decay * squared_scale, gradient);
        let (rows, ball) = (layer.stacked[0].rows(), HeavyBall { momentum: settings.momentum, cap: settings.cap });
        for part in [0..layer.wide, layer.wide..rows] {
            ball.advance(&mut layer.stacked, velocity, gradient, self.step_size / squared_scale, part);
        }
        for a in &mut layer.stacked {
            rows_mut(a, &(0..layer.wide)).iter_mut().for_each(|w| *w += deviation * self.noise.normal());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::problem;
    use super::*;
    use crate::hierarchy::learner::initial::initial_network;
    use crate::hierarchy::target::random::scales;

    /// The head of a layer has the deviation that is asked for when the layer is switched on.
    #[test]
    fn a_wide_layer_is_switched_on_at_its_size() {
        let (architecture, samples, _) = problem();
        let like = initial_network(&architecture, &scales(0.1, 3), 0.3, 1).unwrap();
        for wanted in [0.1, 3.0] {
            let settings = Distillation { head_deviation: wanted, ..Distillation::default() };
            let mut training = Training::new(&like, &samples, &settings, 1);
            let loss = training.loss();
            training.switch_on(loss, 0).unwrap();
            let found = variance(&head(&training.tied, &samples.inputs, 3, training.tied.activation())).sqrt();
            assert!((found / wanted - 1.0).abs() < 1e-12, "{found} for {wanted}");
        }
    }
}
