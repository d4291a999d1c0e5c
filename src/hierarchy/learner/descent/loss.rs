//! Losses and their derivatives in the outputs; the bias is free in all of them.

use super::schedule::Stage;
use crate::hierarchy::learner::samples::Samples;
use crate::portable::elementary::{exp, ln};
use crate::portable::panel::{Panels, Row};
use crate::portable::reduce::{mean, squares_about};

/// What is minimised over the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Loss {
    /// mean `(F + b - y)^2`, at the best bias `b` for each `F`.
    #[default]
    Squared,
    /// In a stage that ends at layer 2: mean `w (F + b - y)^2`, where `w` is `(|y| + offset)^-power` over its mean, so that small labels, of
    /// which the layers above hold less, count more; the bias makes one Newton step with each gradient step. In all other stages the squared loss.
    Weighted(Weighting),
    /// mean `ln(1 + exp(-m y (F + b)))` for labels `y = 1, -1`, with the slope `m`; the bias makes one Newton step with each
    /// gradient step.
    Logistic(f64),
}

/// Samples count by their labels: `(|y| + offset)^-power`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighting {
    /// Above 0.
    pub offset: f64,
    /// The power.
    pub power: usize,
}

impl Weighting {
    /// The weights of these labels, of mean 1; with a label that is not a number none is a number.
    fn weights(self, labels: &[f64]) -> Vec<f64> {
        // Relative to the largest weight nothing overflows.
        let nearest = labels.iter().fold(f64::INFINITY, |least, y| least.min(y.abs() + self.offset));
        let relative = |y: &f64| (0..self.power).fold(1.0, |w, _| w * (nearest / (y.abs() + self.offset)));
        let relative: Vec<f64> = labels.iter().map(relative).collect();
        let scale = mean(&relative);
        relative.iter().map(|w| w / scale).collect()
    }
}

impl Loss {
    /// What a stage minimises: weights are for one that ends at layer 2.
    pub(super) fn in_stage(self, stage: Stage) -> Loss {
        match self {
            Loss::Weighted(_) if stage.top > 2 => Loss::Squared,
            loss => loss,
        }
    }
}

/// How the loss acts on one output, and its free bias.
#[derive(Clone, Debug)]
pub(in crate::hierarchy::learner) struct Fit {
    loss: Loss,
    /// `b`. The best one belongs to outputs that are known only after the last sample, so that residuals have that of the step before.
    bias: f64,
    /// Of each sample its loss; the squared loss has no need of them.
    losses: Panels,
    /// Of each sample what else its loss has: the weighted loss its weight, the logistic one the curvature of the last pass.
    beside: Panels,
    /// What has to be taken off the residuals: their mean, for the squared loss.
    excess: f64,
}

impl Fit {
    pub(in crate::hierarchy::learner) fn new(loss: Loss, samples: &Samples) -> Self {
        let of_each = |values: &[f64]| Panels::from_fn(1, values.len(), |_, n| values[n]);
        let zeros = vec![0.0; if loss == Loss::Squared { 0 } else { samples.labels().len() }];
        let beside = match loss {
            Loss::Weighted(weighting) => of_each(&weighting.weights(samples.labels())),
            Loss::Squared | Loss::Logistic(_) => of_each(&zeros),
        };
        Fit { loss, bias: 0.0, losses: of_each(&zeros), beside, excess: 0.0 }
    }

    /// Turns to as many other samples.
    pub(in crate::hierarchy::learner) fn turn_to(&mut self, samples: &Samples) {
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
            Loss::Weighted(_) => {
                let kept = self.losses.panel_mut(p)[0].0.iter_mut().zip(&self.beside.panel(p)[0].0);
                let samples = outputs.0.iter().zip(&labels.0).zip(&mut row.0).zip(kept);
                for (((f, y), e), (loss, weight)) in samples {
                    let error = (f - y) + self.bias;
                    *e = *weight * error;
                    *loss = *e * error;
                }
            }
            Loss::Logistic(slope) => {
                let kept = self.losses.panel_mut(p)[0].0.iter_mut().zip(&mut self.beside.panel_mut(p)[0].0);
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
            Loss::Weighted(_) => {
                // The mean weight is 1, so that this is the best bias for these outputs.
                self.bias -= mean_residual;
                mean(&self.losses.flat()[..residuals.len()])
            }
            Loss::Logistic(slope) => {
                let [loss, curvature] = [&self.losses, &self.beside].map(|values| mean(&values.flat()[..residuals.len()]));
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
    use crate::matrix::Matrix;

    const WEIGHTED: Loss = Loss::Weighted(Weighting { offset: 0.5, power: 3 });

    /// The loss of these outputs, and their residuals, all at the bias so far.
    fn observed(fit: &mut Fit, outputs: [f64; 5], labels: [f64; 5]) -> (f64, [f64; 5]) {
        let panel = |values: [f64; 5]| Panels::from_fn(1, 5, |_, n| values[n]).panel(0)[0];
        let mut row = Row::ZERO;
        fit.residuals(0, &panel(outputs), &mut row, &panel(labels));
        let loss = fit.close(&row.0[..5], mean(&row.0[..5]));
        (loss, std::array::from_fn(|n| row.0[n] - fit.excess()))
    }

    fn at_bias(loss: Loss, bias: f64, labels: [f64; 5]) -> Fit {
        let samples = Samples::new(&Matrix::filled(1, 5, 0.0), labels.to_vec(), false);
        Fit { bias, ..Fit::new(loss, &samples) }
    }

    /// Against the difference quotient of the loss itself, whose error is of the order of the square of its step.
    #[test]
    fn residuals_are_half_the_derivative_of_the_loss() {
        let (outputs, labels) = ([0.3, -2.0, 40.0, -40.0, 1.5], [1.0, 1.0, -1.0, -1.0, -1.0]);
        for (loss, scale) in [(Loss::Logistic(1.5), 1.0), (Loss::Squared, 1e3), (WEIGHTED, 1e3)] {
            let value = |outputs: [f64; 5]| observed(&mut at_bias(loss, 0.25, labels), outputs, labels).0;
            let (_, residuals) = observed(&mut at_bias(loss, 0.25, labels), outputs, labels);
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
        let mut fit = at_bias(Loss::Logistic(1.0), 0.0, labels);
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
            let (outputs, labels) = ([1.0, 2.0, 6.0, 3.0, 3.0], [0.0, 1.0, 2.0, 1.0, 1.0]);
            let mut fit = at_bias(Loss::Squared, bias, labels);
            assert_eq!(observed(&mut fit, outputs, labels), (1.2, [-1.0, -1.0, 2.0, 0.0, 0.0]));
            assert_eq!(fit.bias, -2.0);
            assert_eq!((observed(&mut fit, outputs, labels).0, fit.excess()), (1.2, 0.0));
        }
    }

    /// (|y| + 1)^-2 is 1, 1/4, 1/4, 1/9, 1/9 on these labels, 31/18 in all.
    #[test]
    fn weights_are_powers_of_the_labels_over_their_mean() {
        let weights = Weighting { offset: 1.0, power: 2 }.weights(&[0.0, 1.0, -1.0, 2.0, -2.0]);
        for (weight, ninths) in weights.iter().zip([36.0, 9.0, 9.0, 4.0, 4.0]) {
            assert!((weight - 5.0 * ninths / 62.0).abs() < 1e-15, "{weights:?}");
        }
        let small = Weighting { offset: f64::MIN_POSITIVE, power: 64 }.weights(&[0.0, 1.0]);
        assert_eq!(small, [2.0, 0.0], "no weight overflows");
    }

    /// One pass finds the bias that is best for its outputs: `delta` away from it the loss is larger by `delta^2`, as the mean weight is 1.
    #[test]
    fn the_bias_of_weighted_squares_is_found_in_one_step() {
        let (outputs, labels) = ([2.0, 0.0, 2.5, 6.0, 1.0], [0.0, 1.0, 3.0, -3.0, 0.5]);
        let mut fit = at_bias(WEIGHTED, 5.0, labels);
        observed(&mut fit, outputs, labels);
        let best = fit.bias;
        let (least, residuals) = observed(&mut fit, outputs, labels);
        assert!(mean(&residuals).abs() < 1e-14, "{residuals:?}");
        for delta in [-0.25, 0.5] {
            let (loss, _) = observed(&mut at_bias(WEIGHTED, best + delta, labels), outputs, labels);
            assert!((loss - least - delta * delta).abs() < 1e-14, "{delta}: {loss} after {least}");
        }
    }

    /// In two panels, the second of them not full.
    #[test]
    fn other_samples_are_weighed_by_their_own_labels() {
        let made = |labels: Vec<f64>| Samples::new(&Matrix::filled(1, 150, 0.0), labels, false);
        let of = |sign: f64| made((0..150).map(|n| 75.0 + sign * (75.0 - n as f64)).collect());
        let (first, other) = (of(1.0), of(-1.0));
        let mut fit = Fit { bias: 2.0, ..Fit::new(WEIGHTED, &first) };
        fit.turn_to(&other);
        let weights = |fit: &Fit| fit.beside.flat()[..150].to_vec();
        assert_eq!((weights(&fit), fit.bias), (weights(&Fit::new(WEIGHTED, &other)), 2.0));
        assert!(weights(&fit)[0] > 1.0 && weights(&fit)[149] < 1.0, "small labels count more");
        assert!((mean(&weights(&fit)) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn weights_are_for_layer_2_alone() {
        use crate::hierarchy::learner::Coupling;
        let stage = |top| Stage::new(2, top, Coupling::Joint, 1);
        assert_eq!([2, 3].map(|top| WEIGHTED.in_stage(stage(top))), [WEIGHTED, Loss::Squared]);
        assert_eq!(Loss::Logistic(1.0).in_stage(stage(3)), Loss::Logistic(1.0));
    }
}
