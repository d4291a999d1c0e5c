//! Losses and their derivatives in the outputs; the bias is free in both.

use crate::portable::elementary::{exp, ln};
use crate::portable::panel::{Panels, Row};
use crate::portable::reduce::{mean, squares_about};

/// What is minimised over the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Loss {
    /// mean `(F + b - y)^2`, at the best bias `b` for each `F`.
    #[default]
    Squared,
    /// mean `ln(1 + exp(-m y (F + b)))` for labels `y = 1, -1`, with the slope `m`; the bias makes one Newton step with each
    /// gradient step.
    Logistic(f64),
}

/// How the loss acts on one output, and its free bias.
#[derive(Clone, Debug)]
pub(in crate::hierarchy::learner) struct Fit {
    loss: Loss,
    /// `b`. The best one belongs to outputs that are known only after the last sample, so that residuals have that of the step before.
    bias: f64,
    /// Loss and curvature on each sample, for the logistic loss.
    losses: [Panels; 2],
    /// What has to be taken off the residuals: their mean, for the squared loss.
    excess: f64,
}

impl Fit {
    pub(in crate::hierarchy::learner) fn new(loss: Loss, samples: usize) -> Self {
        let room = || Panels::zeros(1, if loss == Loss::Squared { 0 } else { samples });
        Fit { loss, bias: 0.0, losses: [room(), room()], excess: 0.0 }
    }

    /// Turns to as many other samples.
    pub(in crate::hierarchy::learner) fn turn_to(&mut self, samples: usize) {
        *self = Fit { bias: self.bias, ..Fit::new(self.loss, samples) };
    }

    /// Writes the residuals of the outputs on panel `p` into `row`: half the derivatives of the loss, times the number of samples.
    #[inline(always)]
    pub(in crate::hierarchy::learner) fn residuals(&mut self, p: usize, outputs: &Row, row: &mut Row, labels: &Row) {
        match self.loss {
            Loss::Squared => row.set(
                #[inline(always)]
                |n| (outputs.0[n] - labels.0[n]) + self.bias,
            ),
            Loss::Logistic(slope) => {
                let [losses, curvatures] = self.losses.each_mut().map(|values| &mut values.panel_mut(p)[0].0);
                let kept = losses.iter_mut().zip(curvatures);
                let samples = outputs.0.iter().zip(&labels.0).zip(&mut row.0).zip(kept);
                for (((f, y), e), (loss, curvature)) in samples {
                    [*e, *loss, *curvature] = logistic(slope, *y, *f + self.bias);
                }
            }
        }
    }

    /// The loss of all samples, from their residuals and the mean of these; moves the bias.
    pub(in crate::hierarchy::learner) fn close(&mut self, residuals: &[f64], mean_residual: f64) -> f64 {
        match self.loss {
            Loss::Squared => {
                (self.excess, self.bias) = (mean_residual, self.bias - mean_residual);
                squares_about(residuals, mean_residual) / residuals.len() as f64
            }
            Loss::Logistic(slope) => {
                let [loss, curvature] = self.losses.each_ref().map(|values| mean(&values.flat()[..residuals.len()]));
                let newton = 2.0 * mean_residual / curvature.max(f64::MIN_POSITIVE);
                // At most 1 / m: where all samples are far from the boundary, the curvature says nothing.
                self.bias -= newton.clamp(-1.0 / slope, 1.0 / slope);
                loss
            }
        }
    }

    /// The bias at which the next residuals are taken.
    pub(in crate::hierarchy::learner) fn bias(&self) -> f64 {
        self.bias
    }

    /// What has to be taken off the residuals of the last pass.
    pub(in crate::hierarchy::learner) fn excess(&self) -> f64 {
        self.excess
    }
}

/// Residual, loss and curvature of the logistic loss with slope `m` at the output `f`, bias included, for the label `y`.
///
/// With `p = 1 / (1 + exp(m y f))`: the loss is `-ln(1 - p)`, its derivative `-m y p`, its curvature `m^2 p (1 - p)`.
pub(in crate::hierarchy::learner) fn logistic(slope: f64, y: f64, f: f64) -> [f64; 3] {
    let margin = slope * y * f;
    // The smaller of exp(margin), exp(-margin): neither overflows.
    let small = exp(-margin.abs());
    let p = if margin > 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) };
    [-0.5 * slope * y * p, ln(1.0 + small) + (-margin).max(0.0), slope * slope * (p * (1.0 - p))]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loss of these outputs, and their residuals, all at the bias so far.
    fn observed(fit: &mut Fit, outputs: [f64; 5], labels: [f64; 5]) -> (f64, [f64; 5]) {
        let panel = |values: [f64; 5]| Panels::from_fn(1, 5, |_, n| values[n]).panel(0)[0];
        let mut row = Row::ZERO;
        fit.residuals(0, &panel(outputs), &mut row, &panel(labels));
        let loss = fit.close(&row.0[..5], mean(&row.0[..5]));
        (loss, std::array::from_fn(|n| row.0[n] - fit.excess()))
    }

    fn at_bias(loss: Loss, bias: f64) -> Fit {
        Fit { bias, ..Fit::new(loss, 5) }
    }

    /// Against the difference quotient of the loss itself, whose error is of the order of the square of its step.
    #[test]
    fn residuals_are_half_the_derivative_of_the_loss() {
        let (outputs, labels) = ([0.3, -2.0, 40.0, -40.0, 1.5], [1.0, 1.0, -1.0, -1.0, -1.0]);
        for (loss, scale) in [(Loss::Logistic(1.5), 1.0), (Loss::Squared, 1e3)] {
            let value = |outputs: [f64; 5]| observed(&mut at_bias(loss, 0.25), outputs, labels).0;
            let (_, residuals) = observed(&mut at_bias(loss, 0.25), outputs, labels);
            for n in 0..5 {
                let (mut above, mut below) = (outputs, outputs);
                above[n] += 1e-4;
                below[n] -= 1e-4;
                let quotient = (value(above) - value(below)) / 2e-4;
                assert!((quotient - 2.0 * residuals[n] / 5.0).abs() < 1e-8 * scale, "{loss:?}, sample {n}: {quotient}");
            }
        }
    }

    #[test]
    fn the_bias_finds_the_boundary() {
        let (outputs, labels) = ([0.0, 1.0, 2.0, 3.0, 4.0], [-1.0, 1.0, -1.0, 1.0, 1.0]);
        let mut fit = at_bias(Loss::Logistic(1.0), 0.0);
        (0..50).for_each(|_| {
            observed(&mut fit, outputs, labels);
        });
        let (_, residuals) = observed(&mut fit, outputs, labels);
        assert!(mean(&residuals).abs() < 1e-15, "bias {}, mean residual {}", fit.bias, mean(&residuals));
    }

    /// Whatever the bias was: the loss is that at the best one, which it is from then on.
    #[test]
    fn the_squared_loss_is_that_at_the_best_bias() {
        for bias in [0.0, -1.0, 8.0] {
            let mut fit = at_bias(Loss::Squared, bias);
            let (outputs, labels) = ([1.0, 2.0, 6.0, 3.0, 3.0], [0.0, 1.0, 2.0, 1.0, 1.0]);
            assert_eq!(observed(&mut fit, outputs, labels), (1.2, [-1.0, -1.0, 2.0, 0.0, 0.0]));
            assert_eq!(fit.bias, -2.0);
            assert_eq!((observed(&mut fit, outputs, labels).0, fit.excess()), (1.2, 0.0));
        }
    }
}
