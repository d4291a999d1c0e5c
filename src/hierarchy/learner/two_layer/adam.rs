//! Adam (Kingma & Ba, 2015), with its usual constants .9, .999 and 1e-8.

use crate::matrix::Matrix;
use crate::portable::vectorized;

/// The moments of the gradient of a few matrices of weights.
pub(in crate::hierarchy::learner) struct Adam<const N: usize> {
    first: [Matrix<f64>; N],
    second: [Matrix<f64>; N],
    /// `.9^t` and `.999^t`.
    decayed: (f64, f64),
}

impl<const N: usize> Adam<N> {
    /// At rest, for weights in these shapes.
    pub(in crate::hierarchy::learner) fn new(zeros: &[Matrix<f64>; N]) -> Self {
        Adam { first: zeros.clone(), second: zeros.clone(), decayed: (1.0, 1.0) }
    }

    /// `w <- w - rate m / (sqrt v + 1e-8)` with the unbiased moving averages `m` of the gradient and `v` of its square.
    pub(in crate::hierarchy::learner) fn step(&mut self, weights: &mut [Matrix<f64>; N], gradient: &[Matrix<f64>; N], rate: f64) {
        self.decayed = (0.9 * self.decayed.0, 0.999 * self.decayed.1);
        let (unbiased, unbiased_square) = (1.0 / (1.0 - self.decayed.0), 1.0 / (1.0 - self.decayed.1));
        for (((w, g), first), second) in weights.iter_mut().zip(gradient).zip(&mut self.first).zip(&mut self.second) {
            let moments = first.as_mut_slice().iter_mut().zip(second.as_mut_slice());
            let each = w.as_mut_slice().iter_mut().zip(g.as_slice()).zip(moments);
            vectorized(
                #[inline(always)]
                || {
                    each.for_each(|((w, g), (first, second))| {
                        *first += 0.1 * (g - *first);
                        *second += 0.001 * (g * g - *second);
                        *w -= rate * (*first * unbiased) / ((*second * unbiased_square).sqrt() + 1e-8);
                    })
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A constant gradient has `m = g` and `v = g^2` at every step, once the bias is taken away.
    #[test]
    fn a_constant_gradient_moves_weights_by_the_rate() {
        let both = |value: f64| [Matrix::filled(1, 2, value), Matrix::filled(2, 1, -3.0 * value)];
        let (mut adam, gradient) = (Adam::new(&both(0.0)), both(0.5));
        let mut weights = both(0.0);
        for _ in 0..100 {
            adam.step(&mut weights, &gradient, 0.25);
        }
        // Up to the 1e-8 beside sqrt v, and a few roundings a step.
        let [first, second] = weights;
        assert!((first[(0, 1)] + 25.0).abs() < 1e-6, "{}", first[(0, 1)]);
        assert!((second[(1, 0)] - 25.0).abs() < 1e-6, "{}", second[(1, 0)]);
    }
}
