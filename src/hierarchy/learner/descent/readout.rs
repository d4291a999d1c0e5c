//! The readout of frozen features: every head weighed anew.

use crate::hierarchy::learner::linear::least_squares_weights;
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::network::values::head;
use crate::hierarchy::network::{Activation, Network};
use crate::matrix::Matrix;
use crate::portable::reduce::variance;

/// Sets `alpha_2, ..., alpha_top` to the weights of the heads `||S_l||^2` that fit the samples best beside a free bias; nothing else moves.
///
/// Returns loss / Var(y) with them. Where the heads leave no weights to choose, since they are not finite, the network stays as it was and
/// the loss is not a number. Guarantee: replayed, and approximate (normal equations).
pub(super) fn refit(network: &mut Network<f64>, samples: &Samples, top: usize, activation: Activation) -> f64 {
    let heads: Vec<Vec<f64>> = (2..=top).map(|l| head(network, &samples.inputs, l, activation)).collect();
    let features = Matrix::from_fn(1 + heads.len(), samples.len(), |i, n| if i == 0 { 1.0 } else { heads[i - 1][n] });
    let Ok(weights) = least_squares_weights(&features, samples.labels()) else { return f64::NAN };
    (2..=top).zip(&weights[1..]).for_each(|(l, &weight)| network.layer_mut(l).scale = weight);
    let fitted = |n: usize| weights.iter().enumerate().fold(0.0, |sum, (i, w)| sum + w * features[(i, n)]);
    let errors: Vec<f64> = samples.labels().iter().enumerate().map(|(n, y)| fitted(n) - y).collect();
    variance(&errors) / samples.label_variance()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::learner::initial::initial_network;
    use crate::hierarchy::network::values::outputs;
    use crate::hierarchy::network::{Architecture, Skips};
    use crate::portable::rng::Stream;

    /// Labels that the heads make with other weights: these are found, and a constant is free.
    #[test]
    fn weights_of_the_heads_are_found() {
        let shape = Architecture::new(3, &[2, 1], &Skips::LinSkip).unwrap();
        let mut network = initial_network(&shape, &[1.0, 0.1], 0.8, 1).unwrap();
        let x = Matrix::from_rows(3, 60, Stream::new(1, "readout").normals(180)).unwrap();
        let mut other = network.clone();
        (other.layer_mut(2).scale, other.layer_mut(3).scale) = (0.7, -0.25);
        let labels = outputs(&other, &x, Activation::Square).iter().map(|y| y + 5.0).collect();
        let samples = Samples::new(&x, labels, false);
        let before = network.layer(2).weights.clone();
        let loss = refit(&mut network, &samples, 3, Activation::Square);
        // The ridge of the normal equations leaves 1e-9 of the weights.
        assert!(loss < 1e-15, "{loss:e}");
        assert!((network.layer(2).scale - 0.7).abs() < 1e-6 && (network.layer(3).scale + 0.25).abs() < 1e-6);
        assert_eq!(network.layer(2).weights, before);
    }

    /// Labels that have nothing to do with the heads: most of their variance is left, whatever their size.
    #[test]
    fn the_loss_is_a_share_of_the_labels() {
        let shape = Architecture::new(3, &[1, 1], &Skips::Lin).unwrap();
        let mut network = initial_network(&shape, &[1.0, 0.1], 0.8, 1).unwrap();
        let x = Matrix::from_rows(3, 200, Stream::new(1, "readout").normals(600)).unwrap();
        let labels = Stream::new(2, "readout").normals(200).iter().map(|y| 10.0 * y).collect();
        let loss = refit(&mut network, &Samples::new(&x, labels, false), 3, Activation::Square);
        assert!(0.9 < loss && loss <= 1.0, "{loss}");
    }

    #[test]
    fn heads_that_are_not_finite_leave_the_network_alone() {
        let shape = Architecture::new(2, &[1, 1], &Skips::Lin).unwrap();
        let mut network = initial_network(&shape, &[1.0, 0.1], 0.8, 1).unwrap();
        network.layer_mut(2).weights[0][(0, 0)] = f64::INFINITY;
        let x = Matrix::from_fn(2, 5, |i, n| (i + n) as f64);
        let samples = Samples::new(&x, vec![1.0, 2.0, 0.0, 1.0, 3.0], false);
        assert!(refit(&mut network, &samples, 3, Activation::Square).is_nan());
        assert_eq!((network.layer(2).scale, network.layer(3).scale), (1.0, 0.1));
    }
}
