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
//!
//! Layers of width 2 may be turned ([`symmetry`](super::symmetry)); then `Phi` is joined by one equation a turn, which the weights of an
//! orbit that are nearest to the trained ones satisfy, and what is unique is the orbit.

use super::symmetry::{Generator, WIDEST, generators, nearest_zero};
use crate::enclosure::Interval;
use crate::enclosure::definite::{least_eigenvalue_lower, lower_gram};
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::hierarchy::network::forward::{centred_squares, values};
use crate::hierarchy::network::gradient::{Blocks, Flow, add_gradient};
use crate::hierarchy::network::{Network, forward};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// What is proved about a trained network of widths 1 and 2.
#[derive(Clone, Debug)]
pub struct UniqueZero {
    /// The number of trainable weights.
    pub parameters: usize,
    /// The number of samples that were used.
    pub samples: usize,
    /// The dimension of the symmetries: the layers of width 2.
    pub symmetries: usize,
    /// A lower bound of `sigma / sqrt(samples)`.
    pub singular_value_lower: Interval,
    /// An upper bound of `H / sqrt(samples)`.
    pub lipschitz_upper: Interval,
    /// The radius of the ball in which at most one network fits, up to symmetries.
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
/// When the networks have other shapes than one another or widths above 2, or the samples do not fit.
pub fn unique_zero(target: &Network<f64>, learner: &Network<f64>, x: &Matrix<f64>, samples: usize) -> Result<Option<UniqueZero>> {
    check(target, learner, x, samples)?;
    let enclosed = learner.try_map(|w| Interval::try_from(*w))?;
    let inputs = |i: usize| (0..x.rows()).map(|c| Interval::try_from(x[(c, i)])).collect::<Result<Vec<_>>>();
    let inputs: Vec<Vec<Interval>> = (0..samples).map(inputs).collect::<Result<_>>()?;
    let count = Interval::from(&Rational::from(samples as i64));
    let turns = generators(learner)?;
    let jacobian = bordered(&centred(&jacobian(&enclosed, &inputs)), &turns, root(count));
    let Some(least) = least_eigenvalue_lower(&lower_gram(&jacobian)) else { return Ok(None) };
    let singular = root(least / count);
    let Some((radius, lipschitz)) = ball(&enclosed, &inputs, &turns, singular, count) else { return Ok(None) };
    Ok(Some(UniqueZero {
        parameters: jacobian.cols(),
        samples,
        symmetries: turns.len(),
        singular_value_lower: singular,
        lipschitz_upper: lipschitz,
        radius,
        distance: distance(&nearest_zero(target, learner)?, learner)?,
    }))
}

/// The rows of the Jacobian, and below them the directions of the symmetries, times `weight`.
fn bordered(jacobian: &Matrix<Interval>, turns: &[Generator], weight: Interval) -> Matrix<Interval> {
    let n = jacobian.rows();
    let entry = |i: usize, j: usize| if i < n { jacobian[(i, j)] } else { weight * turns[i - n].direction[j] };
    Matrix::from_fn(n + turns.len(), jacobian.cols(), entry)
}

fn root(x: Interval) -> Interval {
    x.sqrt().unwrap_or(Interval::ENTIRE)
}

fn check(target: &Network<f64>, learner: &Network<f64>, x: &Matrix<f64>, samples: usize) -> Result<()> {
    let architecture = learner.architecture();
    if target.architecture() != architecture {
        return Err(Error::refused("the target and the learner have different shapes"));
    }
    if (2..=architecture.depth()).any(|l| architecture.width(l) > WIDEST) {
        return Err(Error::refused("the symmetries of layers wider than 2 are not known here"));
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
fn ball(
    network: &Network<Interval>,
    inputs: &[Vec<Interval>],
    turns: &[Generator],
    sigma: Interval,
    count: Interval,
) -> Option<(Interval, Interval)> {
    // The equation of a turn X has the second derivative X + X'.
    let of_turns = turns.iter().fold(Interval::zero(), |sum, turn| sum + (turn.norm + turn.norm).sqr());
    let radii = std::iter::successors(Some(LARGEST_RADIUS), |r| Some(0.5 * r)).take(HALVINGS);
    radii.filter_map(|r| Interval::try_from(r).ok()).find_map(|radius| {
        let squares = inputs.iter().fold(Interval::zero(), |sum, x| sum + curvature_upper(network, x, radius).sqr());
        let lipschitz = root(squares / count + of_turns);
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

/// `|theta - theta*|`, from the exact difference.
fn distance(zero: &Network<Rational>, learner: &Network<f64>) -> Result<Interval> {
    let mut square = Rational::zero();
    for l in 2..=learner.depth() {
        for (a, b) in zero.layer(l).weights.iter().zip(&learner.layer(l).weights) {
            for (u, v) in a.as_slice().iter().zip(b.as_slice()) {
                square = &square + &(u - &Rational::try_from(*v)?).squared();
            }
        }
    }
    Ok(root(Interval::from(&square)))
}

/// Whether the weights at distance [`UniqueZero::distance`] give the target's output at `x`, exactly.
///
/// # Errors
/// When the shapes do not fit, or an input or a weight is not finite.
pub fn gives_the_target(target: &Network<f64>, learner: &Network<f64>, x: &[f64]) -> Result<bool> {
    let x: Vec<Rational> = x.iter().map(|v| Rational::try_from(*v)).collect::<Result<_>>()?;
    let target_itself = target.try_map(|w| Rational::try_from(*w))?;
    Ok(forward::output(&nearest_zero(target, learner)?, &x) == forward::output(&target_itself, &x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Distribution;
    use crate::hierarchy::network::{Architecture, Layer, Skips};
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

    /// Width 2: a learner with other rows than the target's, near to one of the networks that give it.
    #[test]
    fn at_width_2_the_target_is_unique_up_to_turns() {
        for skips in [Skips::Lin, Skips::LinSkip] {
            let architecture = Architecture::new(4, &[2, 2], &skips).unwrap();
            let target = random_target(&architecture, 0.25, Distribution::Gaussian, 5).unwrap();
            let mut stream = Stream::new(3, "inputs of a test");
            let x = Matrix::from_fn(4, 100, |_, _| stream.normal());
            let mut learner = target.clone();
            let span = Matrix::from_fn(3, 2, |i, j| [[1.0, 0.0], [-0.5, 0.75], [-0.5, -0.75]][i][j]);
            learner.layer_mut(2).span = span;
            let wider = |w: &Matrix<f64>| Matrix::from_fn(2, 3, |i, j| if j < w.cols() { w[(i, j)] } else { 0.0 });
            let top = learner.layer_mut(3).weights.pop().unwrap();
            learner.layer_mut(3).weights.push(wider(&top));
            // Turned, and rounded to floats: a distance of some 1e-16 from the target.
            let zero = nearest_zero(&target, &learner).unwrap();
            let near = Network::new(
                architecture,
                (2..=3)
                    .map(|l| Layer {
                        weights: zero.layer(l).weights.iter().map(|w| w.map(|v| v.to_f64())).collect(),
                        span: learner.layer(l).span.clone(),
                        scale: learner.layer(l).scale,
                    })
                    .collect(),
            )
            .unwrap();
            let found = unique_zero(&target, &near, &x, 100).unwrap().unwrap();
            assert_eq!((found.symmetries, found.holds_the_target()), (2, Some(true)));
            assert!(found.distance.sup() < 1e-14 && gives_the_target(&target, &near, &[0.5, -1.25, 3.0, 0.1]).unwrap());
            // Without the equations of the turns there is no least singular value.
            let enclosed = near.try_map(|w| Interval::try_from(*w)).unwrap();
            let inputs: Vec<Vec<Interval>> =
                (0..100).map(|i| (0..4).map(|c| Interval::try_from(x[(c, i)]).unwrap()).collect()).collect();
            assert!(least_eigenvalue_lower(&lower_gram(&centred(&jacobian(&enclosed, &inputs)))).is_none_or(|v| v.sup() < 1e-8));
            assert!(
                unique_zero(&target, &moved(&near, 0.3), &x, 100).unwrap().is_none_or(|b| b.holds_the_target() == Some(false))
            );
        }
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
        other.layer_mut(2).scale = 0.5;
        assert!(unique_zero(&target, &other, &x, 60).is_err());
        // Squares that vanish are no basis, and the weights above them are free.
        other = target.clone();
        other.layer_mut(2).span = Matrix::filled(1, 1, 0.0);
        assert!(unique_zero(&target, &other, &x, 60).unwrap().is_none() && nearest_zero(&target, &other).is_err());
    }
}
