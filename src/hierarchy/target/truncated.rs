//! A chain of depth 3 and width 1 whose activation is cut off: how often it is on the population, and what that costs, in closed form.
//!
//! Layer 2 offers `u = r K_2 x ~ N(0, s^2)` upwards. With `u^2` replaced by `B^2` where `|u| > B`, the output loses
//! `alpha_3 K_3^2 (u^4 - B^4)` there and nothing elsewhere. With `u = s z`, `b = B/s`, moments of the normal tail give
//!
//! ```text
//! E D = 2 (M_4 - b^4 M_0)      E D^2 = 2 (M_8 - 2 b^4 M_4 + b^8 M_0)      M_n = E[z^n; z > b]
//! ```
//!
//! for `D = (z^4 - b^4)_+`, and the variance of what is lost is `(alpha_3 K_3^2 s^4)^2 Var D`.

use super::risk;
use crate::enclosure::Interval;
use crate::enclosure::normal::Tail;
use crate::exact::{Distribution, Rational};
use crate::hierarchy::network::Network;
use crate::scalar::Scalar;

/// What cutting the activation off at a bound does on Gaussian inputs.
#[derive(Clone, Copy, Debug)]
pub struct Truncation {
    /// The probability that an input is cut.
    pub probability: Interval,
    /// The variance of what the output loses, over the variance of the output.
    pub relative_error: Interval,
}

/// The effect of the bound `B` on a network `lin` of depth 3 and width 1 (guarantee: valid).
///
/// `None` for another shape, a constant network, weights that are not finite, or a `B` that is not between 1 and 30 standard
/// deviations of `u`.
pub fn truncation(network: &Network<f64>, bound: f64) -> Option<Truncation> {
    let (layer_2, layer_3) = (network.layer(2), network.layer(network.depth()));
    let reads = |l: usize, of: &[usize]| network.architecture().index_set(l) == of;
    let shape = network.depth() == 3 && layer_2.span.rows() == 1 && layer_3.weights[0].rows() == 1;
    if !(shape && reads(2, &[0]) && reads(3, &[2])) {
        return None;
    }
    let row = layer_2.weights[0].row(0).iter().map(|&w| Rational::try_from(w).ok()).collect::<Option<Vec<_>>>()?;
    let span = Rational::try_from(layer_2.span[(0, 0)]).ok()?;
    let size = &row.iter().fold(Rational::zero(), |sum, w| &sum + &w.squared()) * &span.squared();
    let head = &Rational::try_from(layer_3.scale).ok()? * &Rational::try_from(layer_3.weights[0][(0, 0)]).ok()?.squared();
    let variance = risk::variance(network, Distribution::Gaussian).ok()?;

    let fourth = Interval::try_from(bound).ok()?.sqr().sqr() / Interval::from(&size.squared());
    let tail = Tail::beyond(fourth.sqrt()?.sqrt()?)?;
    let both = |sides: Interval| sides + sides;
    let mean = both(tail.moment(4) - fourth * tail.moment(0));
    let square = both(tail.moment(8) - both(fourth * tail.moment(4)) + fourth.sqr() * tail.moment(0));
    let lost = Interval::from(&(&head.squared() * &size.squared().squared())) * (square - mean.sqr());
    Some(Truncation { probability: both(tail.probability()), relative_error: lost / Interval::from(&variance) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::network::values::outputs;
    use crate::hierarchy::network::{Activation, Architecture, Skips};
    use crate::hierarchy::target::distribution::draw;
    use crate::hierarchy::target::random::random_target;
    use crate::portable::reduce::variance;
    use crate::portable::rng::Stream;

    fn target(skips: &Skips, width: usize) -> Network<f64> {
        let architecture = Architecture::new(6, &[width; 2], skips).unwrap();
        random_target(&architecture, 0.5, Distribution::Gaussian, 3).unwrap()
    }

    /// Both figures, against 40000 samples of the truncated network itself.
    #[test]
    fn samples_agree() {
        let network = target(&Skips::Lin, 1);
        let x = draw(Distribution::Gaussian, 6, 40_000, &mut Stream::new(1, "truncation test"));
        let whole = outputs(&network, &x, Activation::Square);
        for bound in [1.0, 1.5] {
            let cut = outputs(&network, &x, Activation::Truncated(bound));
            let lost: Vec<f64> = whole.iter().zip(&cut).map(|(f, g)| f - g).collect();
            let share = lost.iter().filter(|l| **l > 0.0).count() as f64 / lost.len() as f64;
            let found = truncation(&network, bound).unwrap();
            let (probability, error) = (found.probability.mid(), found.relative_error.mid());
            let sampled = variance(&lost) / variance(&whole);
            assert!((share / probability - 1.0).abs() < 0.05, "{share} {probability}");
            // Eighth powers of a normal: a sample of this size tells their mean to a quarter.
            assert!((sampled / error - 1.0).abs() < 0.25, "{sampled} {error}");
        }
    }

    #[test]
    fn other_shapes_have_no_closed_form() {
        assert!(truncation(&target(&Skips::LinSkip, 1), 2.0).is_none());
        assert!(truncation(&target(&Skips::Lin, 2), 2.0).is_none());
        assert!(truncation(&target(&Skips::Lin, 1), 0.1).is_none());
    }
}
