//! After training: the only network nearby that fits the samples is the target (`proofs/unique-zero.md`).
//!
//! `Phi(theta)` holds the residuals `F_theta(x_i) - F_W(x_i)` on some samples, less their mean (the bias is free). If `sigma`
//! is the least singular value of `J = D Phi` at the trained weights, and `D Phi` changes by at most `H |theta - theta'|` in
//! the ball of radius `r` about them, then
//!
//! ```text
//! |Phi(theta) - Phi(theta')| >= (sigma - H r) |theta - theta'|                 in that ball
//! ```
//!
//! so that for `H r < sigma` at most one network there fits all labels. The target fits them, and it is in the ball. Samples
//! may be left out: what is unique on some of them is unique on all.

use crate::enclosure::Interval;
use crate::enclosure::definite::{least_eigenvalue_lower, lower_gram};
use crate::error::{Error, Result};
use crate::exact::{Dyadic, Rational};
use crate::hierarchy::network::forward::{centred_squares, values};
use crate::hierarchy::network::gradient::{Blocks, Flow, add_gradient};
use crate::hierarchy::network::{Network, forward};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// What is proved about a trained network of width 1.
#[derive(Clone, Debug)]
pub struct UniqueZero {
    /// The number of trainable weights.
    pub parameters: usize,
    /// The number of samples that were used.
    pub samples: usize,
    /// A lower bound of `sigma / sqrt(samples)`.
    pub singular_value_lower: Interval,
    /// An upper bound of `H / sqrt(samples)`.
    pub lipschitz_upper: Interval,
    /// The radius of the ball in which at most one network fits.
    pub radius: Interval,
    /// The distance of the trained weights from the nearest weights that give the target, in Euclidean norm.
    pub distance: Interval,
}

impl UniqueZero {
    /// Whether the target lies in the ball; `None` when the enclosures do not tell.
    pub fn holds_the_target(&self) -> Option<bool> {
        self.distance.certainly_less(self.radius)
    }
}

/// The ball in which `H r < sigma` is shown starts with this radius and is halved until it is.
const LARGEST_RADIUS: f64 = 0.25;
const HALVINGS: usize = 24;

/// The ball about the weights of `learner` (guarantee: valid); `None` when no singular value is bounded away from zero.
///
/// `x` holds the inputs, `d x N`; the first `samples` of them are used.
///
/// # Errors
/// When the networks have other shapes than one another or widths above 1, a span is not a sign, or the samples do not fit.
pub fn unique_zero(target: &Network<f64>, learner: &Network<f64>, x: &Matrix<f64>, samples: usize) -> Result<Option<UniqueZero>> {
    check(target, learner, x, samples)?;
    let enclosed = learner.try_map(|w| Interval::try_from(*w))?;
    let inputs = |i: usize| (0..x.rows()).map(|c| Interval::try_from(x[(c, i)])).collect::<Result<Vec<_>>>();
    let inputs: Vec<Vec<Interval>> = (0..samples).map(inputs).collect::<Result<_>>()?;
    let jacobian = centred(&jacobian(&enclosed, &inputs));
    let Some(least) = least_eigenvalue_lower(&lower_gram(&jacobian)) else { return Ok(None) };
    let count = Interval::from(&Rational::from(samples as i64));
    let singular = root(least / count);
    let Some((radius, lipschitz)) = ball(&enclosed, &inputs, singular, count) else { return Ok(None) };
    Ok(Some(UniqueZero {
        parameters: jacobian.cols(),
        samples,
        singular_value_lower: singular,
        lipschitz_upper: lipschitz,
        radius,
        distance: distance(target, learner)?,
    }))
}

fn root(x: Interval) -> Interval {
    x.sqrt().unwrap_or(Interval::ENTIRE)
}

fn check(target: &Network<f64>, learner: &Network<f64>, x: &Matrix<f64>, samples: usize) -> Result<()> {
    let architecture = learner.architecture();
    if target.architecture() != architecture {
        return Err(Error::refused("the target and the learner have different shapes"));
    }
    if (2..=architecture.depth()).any(|l| architecture.width(l) != 1) {
        return Err(Error::refused("weights are unique up to signs for width 1 only"));
    }
    let is_sign = |network: &Network<f64>, l: usize| network.layer(l).span.as_slice().iter().all(|r| r.abs() == 1.0);
    // The top layer offers nothing upwards.
    if (2..architecture.depth()).any(|l| !is_sign(target, l) || !is_sign(learner, l)) {
        return Err(Error::refused("the row of a layer of width 1 is not a sign"));
    }
    if (2..=architecture.depth()).any(|l| target.layer(l).scale != learner.layer(l).scale) {
        return Err(Error::refused("the heads of the target and the learner have different scales"));
    }
    match x.rows() == architecture.dimension() && (2..=x.cols()).contains(&samples) {
        true => Ok(()),
        false => Err(Error::input(format!("{samples} of {} x {} inputs", x.rows(), x.cols()), "two or more of those there are")),
    }
}

/// The gradients of `F`, one row a sample.
fn jacobian(network: &Network<Interval>, inputs: &[Vec<Interval>]) -> Matrix<Interval> {
    let two = Interval::one() + Interval::one();
    let pulls: Vec<Interval> = (2..=network.depth()).map(|l| two * network.layer(l).scale).collect();
    let row = |x: &Vec<Interval>| {
        let mut sum = Blocks::zeros(network, Interval::zero());
        add_gradient(network, x, &values(network, x), &pulls, Flow::Through, 2, &mut sum);
        sum.blocks.iter().flatten().flat_map(|block| block.as_slice().to_vec()).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<Interval>> = inputs.iter().map(row).collect();
    Matrix::from_fn(rows.len(), rows.first().map_or(0, Vec::len), |i, j| rows[i][j])
}

/// Each column less its mean.
fn centred(a: &Matrix<Interval>) -> Matrix<Interval> {
    let count = Interval::from(&Rational::from(a.rows() as i64));
    let mean = |j: usize| (0..a.rows()).fold(Interval::zero(), |sum, i| sum + a[(i, j)]) / count;
    let means: Vec<Interval> = (0..a.cols()).map(mean).collect();
    Matrix::from_fn(a.rows(), a.cols(), |i, j| a[(i, j)] - means[j])
}

/// The largest of the halved radii with `H r < sigma`, and `H` there; both `H` and `sigma` over `sqrt(samples)`.
fn ball(network: &Network<Interval>, inputs: &[Vec<Interval>], sigma: Interval, count: Interval) -> Option<(Interval, Interval)> {
    let radii = std::iter::successors(Some(LARGEST_RADIUS), |r| Some(0.5 * r)).take(HALVINGS);
    radii.filter_map(|r| Interval::try_from(r).ok()).find_map(|radius| {
        let squares = inputs.iter().fold(Interval::zero(), |sum, x| sum + curvature_upper(network, x, radius).sqr());
        let lipschitz = root(squares / count);
        (lipschitz * radius).certainly_less(sigma)?.then_some((radius, lipschitz))
    })
}

/// An upper bound of the norm of the second derivative of `F(x)` in the weights, in the ball of this radius (guarantee: valid;
/// lemma 2).
///
/// Every weight matrix becomes its norm plus the radius plus `t`, every input its norm; then twice the coefficient of `t^2` is
/// a bound, since the network is a polynomial with non-negative coefficients in these.
pub fn curvature_upper(network: &Network<Interval>, x: &[Interval], radius: Interval) -> Interval {
    let norm = |v: &[Interval]| root(v.iter().fold(Interval::zero(), |sum, u| sum + u.sqr()));
    let inputs = [norm(x), norm(&centred_squares(x))];
    let mut sizes: Vec<Series> = Vec::new();
    let mut output = Series::zero();
    for l in 2..=network.depth() {
        let layer = network.layer(l);
        let mut sum = Series::zero();
        for (&j, weights) in network.architecture().index_set(l).iter().zip(&layer.weights) {
            let weight = Series([norm(weights.as_slice()) + radius, Interval::one(), Interval::zero()]);
            let feature = if j < 2 { Series([inputs[j], Interval::zero(), Interval::zero()]) } else { sizes[j - 2] };
            sum = sum.plus(weight.times(feature));
        }
        // |(R S)^2| <= |R|^2 |S|^2
        let span = norm(layer.span.as_slice()).sqr();
        let square = sum.times(sum);
        output = output.plus(square.scaled(layer.scale.abs()));
        sizes.push(square.scaled(span));
    }
    output.0[2] + output.0[2]
}

/// `c_0 + c_1 t + c_2 t^2 + ...`, the rest left out.
#[derive(Clone, Copy)]
struct Series([Interval; 3]);

impl Series {
    fn zero() -> Self {
        Series([Interval::zero(); 3])
    }

    fn plus(self, other: Self) -> Self {
        Series(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    fn times(self, other: Self) -> Self {
        Series(std::array::from_fn(|n| (0..=n).fold(Interval::zero(), |sum, i| sum + self.0[i] * other.0[n - i])))
    }

    fn scaled(self, factor: Interval) -> Self {
        Series(self.0.map(|c| factor * c))
    }
}

/// The weights that give the target, each layer with the sign that is nearer to the learner's.
///
/// A layer of width 1 is determined up to a sign: what it offers upwards, and its head, are squares.
fn nearest_zero(target: &Network<f64>, learner: &Network<f64>) -> Network<f64> {
    let mut zero = learner.clone();
    for l in 2..=target.depth() {
        let pairs = target.layer(l).weights.iter().zip(&learner.layer(l).weights);
        let inner: f64 = pairs.flat_map(|(t, w)| t.as_slice().iter().zip(w.as_slice())).map(|(t, w)| t * w).sum();
        let sign = if inner < 0.0 { -1.0 } else { 1.0 };
        zero.layer_mut(l).weights = target.layer(l).weights.iter().map(|w| w.map(|v| sign * v)).collect();
    }
    zero
}

/// `|theta - theta*|`, from the exact difference.
fn distance(target: &Network<f64>, learner: &Network<f64>) -> Result<Interval> {
    let zero = nearest_zero(target, learner);
    let mut square = Dyadic::zero();
    for l in 2..=target.depth() {
        for (a, b) in zero.layer(l).weights.iter().zip(&learner.layer(l).weights) {
            for (u, v) in a.as_slice().iter().zip(b.as_slice()) {
                square = &square + &(&Dyadic::try_from(*u)? - &Dyadic::try_from(*v)?).squared();
            }
        }
    }
    Ok(root(Interval::from(&square)))
}

/// Whether the weights at distance [`UniqueZero::distance`] give the target's output at `x`, exactly.
///
/// # Errors
/// When an input or a weight is not finite.
pub fn gives_the_target(target: &Network<f64>, learner: &Network<f64>, x: &[f64]) -> Result<bool> {
    let exact = |network: &Network<f64>| network.try_map(|w| Dyadic::try_from(*w));
    let x: Vec<Dyadic> = x.iter().map(|v| Dyadic::try_from(*v)).collect::<Result<_>>()?;
    let zero = exact(&nearest_zero(target, learner))?;
    Ok(forward::output(&zero, &x) == forward::output(&exact(target)?, &x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Distribution;
    use crate::hierarchy::network::{Architecture, Skips};
    use crate::hierarchy::target::random::random_target;
    use crate::portable::rng::Stream;

    fn instance(skips: &Skips, depth: usize) -> (Network<f64>, Matrix<f64>) {
        let architecture = Architecture::new(4, &vec![1; depth - 1], skips).unwrap();
        let target = random_target(&architecture, 0.25, Distribution::Gaussian, 3).unwrap();
        let mut stream = Stream::new(3, "inputs of a test");
        (target, Matrix::from_fn(4, 60, |_, _| stream.normal()))
    }

    /// The target with its signs changed and every weight moved.
    fn moved(target: &Network<f64>, by: f64) -> Network<f64> {
        let mut learner = target.clone();
        for l in 2..=target.depth() {
            let sign = if l == 2 { -1.0 } else { 1.0 };
            learner.layer_mut(l).weights.iter_mut().for_each(|w| w.as_mut_slice().iter_mut().for_each(|v| *v = sign * *v + by));
        }
        learner
    }

    #[test]
    fn a_network_near_the_target_has_it_as_the_only_zero() {
        for (skips, depth) in [(Skips::Lin, 3), (Skips::LinSkip, 3), (Skips::Quad01, 3), (Skips::Lin, 4)] {
            let (target, x) = instance(&skips, depth);
            let near = moved(&target, 1e-9);
            let found = unique_zero(&target, &near, &x, 60).unwrap().unwrap();
            assert_eq!(found.holds_the_target(), Some(true));
            assert!(found.distance.inf() > 1e-9 && found.distance.sup() < 1e-8);
            assert!(gives_the_target(&target, &near, &[0.5, -1.25, 3.0, 0.1]).unwrap());
            let far = unique_zero(&target, &moved(&target, 0.3), &x, 60).unwrap();
            assert!(far.is_none_or(|ball| ball.holds_the_target() == Some(false)));
        }
    }

    /// Second differences along directions of length 1 stay below the bound.
    #[test]
    fn curvature_is_bounded() {
        for skips in [Skips::Lin, Skips::LinSkip, Skips::Quad01] {
            let (target, x) = instance(&skips, 3);
            let enclosed = target.try_map(|w| Interval::try_from(*w)).unwrap();
            for i in 0..20 {
                let point: Vec<f64> = (0..4).map(|c| x[(c, i)]).collect();
                let interval: Vec<Interval> = point.iter().map(|&v| Interval::try_from(v).unwrap()).collect();
                let bound = curvature_upper(&enclosed, &interval, Interval::zero()).sup();
                let step = 1.0 / 1024.0;
                let along = |t: f64| {
                    let mut network = target.clone();
                    let mut n = 0;
                    for l in 2..=3 {
                        for w in &mut network.layer_mut(l).weights {
                            w.as_mut_slice().iter_mut().for_each(|v| {
                                n += 1;
                                *v += if n % 5 == i % 5 { t } else { 0.0 };
                            });
                        }
                    }
                    forward::output(&network, &point)
                };
                let second = (along(step) - 2.0 * along(0.0) + along(-step)) / (step * step);
                // At most three of the weights move, so the direction is no longer than sqrt(3).
                assert!(second.abs() <= 3.0 * bound * 1.01, "{second} {bound}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let (target, x) = instance(&Skips::Lin, 3);
        assert!(unique_zero(&target, &target, &x, 1).is_err() && unique_zero(&target, &target, &x, 61).is_err());
        assert!(unique_zero(&target, &instance(&Skips::LinSkip, 3).0, &x, 60).is_err());
        let mut other = target.clone();
        other.layer_mut(2).span = Matrix::filled(1, 1, 0.5);
        assert!(unique_zero(&target, &other, &x, 60).is_err());
    }
}
