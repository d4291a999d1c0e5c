//! Losses and their derivatives in the outputs; the bias is free in both.

use crate::portable::elementary::{exp, ln};
use crate::portable::reduce::{mean, sum_by};
use crate::portable::vectorized;

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

impl Loss {
    /// The loss of the outputs in `errors`; leaves half its derivative in each output there, times the number of samples.
    ///
    /// For the squared loss that is the centred error. `bias` is read, and moved, by the logistic loss alone.
    pub(super) fn differentiate(self, errors: &mut [f64], labels: &[f64], bias: &mut f64) -> f64 {
        match self {
            Loss::Squared => centre(errors, labels),
            Loss::Logistic(slope) => logistic(errors, labels, slope, bias),
        }
    }
}

/// `errors <- errors - y`, then minus their mean; their mean square.
fn centre(errors: &mut [f64], labels: &[f64]) -> f64 {
    vectorized(
        #[inline(always)]
        || {
            errors.iter_mut().zip(labels).for_each(|(e, y)| *e -= y);
            let m = mean(errors);
            errors.iter_mut().for_each(|e| *e -= m);
            sum_by(
                errors.len(),
                #[inline(always)]
                |n| errors[n] * errors[n],
            ) / errors.len() as f64
        },
    )
}

/// With `p = 1 / (1 + exp(m y (F + b)))`: the loss is mean `-ln(1 - p)`, its derivative `-m y p`, its curvature `m^2 p (1 - p)`.
///
/// The Newton step of the bias is at most `1 / m` long: where all samples are far from the boundary, the curvature says nothing.
fn logistic(errors: &mut [f64], labels: &[f64], slope: f64, bias: &mut f64) -> f64 {
    let (mut losses, mut curvatures) = (vec![0.0; errors.len()], vec![0.0; errors.len()]);
    for (((e, y), loss), curvature) in errors.iter_mut().zip(labels).zip(&mut losses).zip(&mut curvatures) {
        let margin = slope * y * (*e + *bias);
        // The smaller of exp(margin), exp(-margin): neither overflows.
        let small = exp(-margin.abs());
        let p = if margin > 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) };
        *loss = ln(1.0 + small) + (-margin).max(0.0);
        *curvature = slope * slope * (p * (1.0 - p));
        *e = -0.5 * slope * y * p;
    }
    let newton = 2.0 * mean(errors) / mean(&curvatures).max(f64::MIN_POSITIVE);
    *bias -= newton.clamp(-1.0 / slope, 1.0 / slope);
    mean(&losses)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the difference quotient of the loss itself, whose error is of the order of the square of its step.
    #[test]
    fn the_logistic_derivative_is_that_of_its_loss() {
        let (outputs, labels) = ([0.3, -2.0, 40.0, -40.0, 1.5], [1.0, 1.0, -1.0, -1.0, -1.0]);
        let loss = |outputs: [f64; 5]| Loss::Logistic(1.5).differentiate(&mut outputs.clone(), &labels, &mut 0.25);
        let mut derivative = outputs;
        Loss::Logistic(1.5).differentiate(&mut derivative, &labels, &mut 0.25);
        for n in 0..5 {
            let (mut above, mut below) = (outputs, outputs);
            above[n] += 1e-4;
            below[n] -= 1e-4;
            let quotient = (loss(above) - loss(below)) / 2e-4;
            assert!((quotient - 2.0 * derivative[n] / 5.0).abs() < 1e-8, "sample {n}: {quotient}");
        }
    }

    #[test]
    fn the_bias_finds_the_boundary() {
        let (outputs, labels) = ([0.0, 1.0, 2.0, 3.0, 4.0], [-1.0, 1.0, -1.0, 1.0, 1.0]);
        let mut bias = 0.0;
        (0..50).for_each(|_| {
            Loss::Logistic(1.0).differentiate(&mut outputs.clone(), &labels, &mut bias);
        });
        let mut errors = outputs;
        Loss::Logistic(1.0).differentiate(&mut errors, &labels, &mut bias);
        assert!(mean(&errors).abs() < 1e-15, "bias {bias}, mean derivative {}", mean(&errors));
    }

    #[test]
    fn the_squared_loss_leaves_the_centred_error() {
        let mut errors = [1.0, 2.0, 6.0];
        let loss = Loss::Squared.differentiate(&mut errors, &[0.0, 1.0, 2.0], &mut 0.0);
        assert_eq!((errors, loss), ([-1.0, -1.0, 2.0], 2.0));
    }
}
