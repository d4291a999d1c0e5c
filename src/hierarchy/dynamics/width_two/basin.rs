//! The tube about the weights that give the target, in which each step brings a learner nearer by a factor
//! (`proofs/width-2.md`, lemma 6).
//!
//! On the orbit `D^2 L = 2 DPhi'DPhi`. Its kernel is the tangent of the orbit if the second derivative is at least `mu > 0`
//! across; `Lambda` is above it. In the tube of radius `rho`
//!
//! ```text
//! distance -> at most (max(1 - eta mu, eta Lambda - 1) + eta (3 J h rho + h^2 rho^2)) distance,      J = sqrt(Lambda/2)
//! ```
//!
//! with `h` an upper bound of the second derivative of `Phi` in the tube.

use super::expansion::{Bound, Moving, spread};
use super::forms::{Form, Quartic, array, entries, norm, plus, product, pulled, root, scaled, trace, transposed};
use super::orbit::{generators, representative};
use super::population::{Learner, Point, Population};
use crate::enclosure::Interval;
use crate::enclosure::definite::{is_certainly_positive_definite, lower_gram};
use crate::hierarchy::dynamics::numbers::{interval as n, sum};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The number of weights in the four coordinates.
const WEIGHTS: usize = 14;

/// What is claimed of the second derivative at the target, and the radius of the tube.
#[derive(Clone, Copy, Debug)]
pub struct Tube {
    /// `mu`.
    pub growth: Interval,
    /// `Lambda`.
    pub smoothness: Interval,
    /// `rho`.
    pub radius: Interval,
}

/// The second derivative at the target: `DPhi` in the coordinates `(K_2, eps K_3)`, and the tangents of the orbit.
#[derive(Clone, Debug)]
pub struct AtTarget {
    zero: Learner,
    derivative: Matrix<Interval>,
    tangents: [Vec<Interval>; 2],
}

/// The weight of this number is 1, all others are 0; `1/eps` for one of layer 3.
fn unit(place: usize, gap: Interval) -> Learner {
    let at = |i: usize, value: Interval| if i == place { value } else { n(0) };
    Learner { rows: array(|i, j| at(4 * i + j, n(1))), heads: array(|i, j| at(8 + 3 * i + j, n(1) / gap)) }
}

/// The coordinates `(K_2, eps K_3)`.
fn coordinates(learner: &Learner, gap: Interval) -> Vec<Interval> {
    let heads = learner.heads.iter().flatten().map(|v| gap * *v);
    learner.rows.iter().flatten().copied().chain(heads).collect()
}

/// The derivative of `Phi` at a point, along a direction.
fn along(population: &Population, point: &Point<'_>, by: &Learner) -> Vec<Interval> {
    let (gap, rows) = (point.gap(), &point.learner.rows);
    let turned = product(&transposed(&by.rows), rows);
    let mut quadratic: Form = plus(&turned, &transposed(&turned));
    let mut quartic = Quartic::zero();
    for a in 0..2 {
        let p = &point.forms[a];
        let half = product(&transposed(&by.rows), &product(&point.bends[a], rows));
        let d = plus(&plus(&half, &transposed(&half)), &pulled(rows, &population.bend(&by.heads[a])));
        let (dp, pd) = (product(&d, p), product(p, &d));
        let own = plus(&plus(&scaled(&d, trace(p)), &scaled(p, trace(&d))), &scaled(&plus(&dp, &pd), n(2)));
        quadratic = plus(&quadratic, &scaled(&own, n(2) * gap));
        let both = Quartic::of_product(&d, p);
        quartic = quartic.plus(&both).plus(&both);
    }
    let (two, four) = (root(n(2)), root(n(24)) * gap);
    entries(&quadratic).map(|v| two * v).chain(quartic.entries().map(|v| four * v)).collect()
}

impl AtTarget {
    /// At `K_2 = W`; the other weights of the orbit are isometric.
    pub fn new(population: &Population) -> Self {
        let identity = array(|i, j| n(i32::from(i == j)));
        let zero = representative(population, &identity, &identity);
        let gap = population.target.gap;
        let columns: Vec<Vec<Interval>> = {
            let point = population.at(&zero);
            (0..WEIGHTS).map(|i| along(population, &point, &unit(i, gap))).collect()
        };
        let derivative = Matrix::from_fn(columns[0].len(), WEIGHTS, |i, j| columns[j][i]);
        let tangents = generators(population, &zero).map(|t| coordinates(&t, gap));
        AtTarget { zero, derivative, tangents }
    }

    /// `DPhi'DPhi`, and with multiples of the squares of the tangents, lower triangles.
    fn grams(&self, bound: Interval) -> [Matrix<Interval>; 2] {
        let gram = lower_gram(&self.derivative);
        let [t, u] = &self.tangents;
        let size = |t: &[Interval]| sum(t.iter().map(|v| v.sqr()));
        // Large enough that the tangents do not decide.
        let weight = n(4) * bound / size(t).min(size(u));
        let bordered = Matrix::from_fn(WEIGHTS, WEIGHTS, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => Interval::zero(),
            std::cmp::Ordering::Equal => gram[(i, i)] + weight * (t[i].sqr() + u[i].sqr()),
            std::cmp::Ordering::Greater => gram[(i, j)] + weight * (t[i] * t[j] + u[i] * u[j]),
        });
        [gram, bordered]
    }

    /// The dimension of the orbit, if the tangents are certainly independent: the number of them.
    pub fn dimension(&self) -> Option<usize> {
        let [t, u] = &self.tangents;
        let inner = |a: &[Interval], b: &[Interval]| sum(a.iter().zip(b).map(|(x, y)| *x * *y));
        let size = |a: &[Interval]| sum(a.iter().map(|v| v.sqr()));
        let determinant = size(t) * size(u) - inner(t, u).sqr();
        (determinant.inf() > 0.0).then_some(self.tangents.len())
    }

    /// Whether the second derivative is at least `mu` across the orbit, so that its kernel is the orbit's tangent; `None` when the
    /// enclosures do not tell.
    pub fn grows(&self, mu: Interval) -> Option<bool> {
        let half = mu / n(2);
        let [gram, bordered] = self.grams(half);
        let mut diagonal: Vec<f64> = (0..WEIGHTS).map(|i| gram[(i, i)].sup()).collect();
        diagonal.sort_by(f64::total_cmp);
        let flat = sum(diagonal.iter().take(self.tangents.len() + 1).filter_map(|v| Interval::try_from(*v).ok()));
        match () {
            // Three coordinates span a space on which the form is at most the sum of its entries there: so is its third eigenvalue.
            _ if flat.sup() < half.inf() => Some(false),
            _ if self.dimension().is_some() && is_certainly_positive_definite(&bordered, half) => Some(true),
            _ => None,
        }
    }

    /// Whether the second derivative is below `Lambda`; `None` when the enclosures do not tell.
    pub fn is_smooth(&self, bound: Interval) -> Option<bool> {
        let half = bound / n(2);
        let [gram, _] = self.grams(half);
        let rest = Matrix::from_fn(WEIGHTS, WEIGHTS, |i, j| if i == j { half - gram[(i, j)] } else { -gram[(i, j)] });
        match () {
            _ if is_certainly_positive_definite(&rest, Interval::zero()) => Some(true),
            _ if (0..WEIGHTS).any(|i| gram[(i, i)].inf() > half.sup()) => Some(false),
            _ => None,
        }
    }

    /// An upper bound of the second derivative of `Phi` within `rho` of the orbit.
    pub fn curvature_upper(&self, population: &Population, rho: Interval) -> Interval {
        let point = population.at(&self.zero);
        let gap = point.gap();
        let reach = root(norm(&product(&self.zero.rows, &transposed(&self.zero.rows)))) + rho;
        let y = reach.sqr() * spread() / gap;
        let bend = |a: usize| norm(&point.bends[a]) + spread() / gap * rho;
        let x = |a: usize| n(2) * bend(a) * reach;
        // |P_a| in the tube: at the target, and what the distance adds.
        let form = |a: usize| norm(&point.forms[a]) + (x(a) + y) * rho;
        // |d^2 P_a| <= 2 |B_a| alpha^2 + 4 |K_2| sqrt(3/2)/eps alpha beta_a
        let (own, mixed) = (|a: usize| n(2) * bend(a), n(2) * reach * spread() / gap);
        let both = |f: &dyn Fn(usize) -> Interval| f(0) + f(1);
        let most = |u: Interval, v: Interval| -((-u).min(-v));
        // The coefficients of |d^2 P_a| and of |d P_a|^2.
        let parts = |first: &dyn Fn(usize) -> Interval, second: Interval, start: Interval| Bound {
            entries: [
                start + both(&|a| first(a) * own(a) + second * x(a).sqr()),
                both(&|a| first(a) * mixed + second * x(a) * y),
                most(Interval::zero(), second * y.sqr()),
            ],
        };
        let quadratic = parts(&|a| n(16) * gap * form(a), n(16) * gap, n(2)).largest(Moving::Both);
        let quartic = parts(&|a| n(2) * form(a), n(2), n(0)).largest(Moving::Both);
        root(n(2) * quadratic.sqr() + n(24) * gap.sqr() * quartic.sqr())
    }

    /// The factor of the distance in a step of size `eta`, at the most, in the tube (guarantee: valid, where [`grows`](Self::grows)
    /// and [`is_smooth`](Self::is_smooth) hold).
    pub fn factor(&self, population: &Population, tube: &Tube, eta: Interval) -> Interval {
        let (h, j) = (self.curvature_upper(population, tube.radius), root(tube.smoothness / n(2)));
        let most = |u: Interval, v: Interval| -((-u).min(-v));
        let linear = most(n(1) - eta * tube.growth, eta * tube.smoothness - n(1));
        let bent = h * tube.radius;
        linear + eta * (n(3) * j * bent + bent.sqr())
    }

    /// `L` in the tube, at the most: `(J rho + h rho^2/2)^2`.
    pub fn loss_upper(&self, population: &Population, tube: &Tube) -> Interval {
        let (h, j) = (self.curvature_upper(population, tube.radius), root(tube.smoothness / n(2)));
        (j * tube.radius + h * tube.radius.sqr() / n(2)).sqr()
    }

    /// `L` over the squared distance from the orbit, at the most in the tube.
    pub fn loss_per_square(&self, population: &Population, tube: &Tube) -> Interval {
        self.loss_upper(population, tube) / tube.radius.sqr()
    }
}

#[cfg(test)]
mod tests {
    use super::super::orbit::distance;
    use super::super::population::tests::{example, numbers};
    use super::super::population::triangle;
    use super::*;

    fn population() -> Population {
        Population::new(example().0.target, &triangle())
    }

    fn number(text: &str) -> Interval {
        Interval::from(&text.parse::<crate::exact::Rational>().unwrap())
    }

    #[test]
    fn the_second_derivative_lies_between_its_bounds() {
        let population = population();
        let at = AtTarget::new(&population);
        assert_eq!((at.dimension(), at.grows(number("0.4")), at.is_smooth(number("45"))), (Some(2), Some(true), Some(true)));
        assert_eq!((at.grows(number("4")), at.is_smooth(number("15"))), (None, Some(false)));
        let mut flat = population.target.clone();
        flat.heads[1] = [n(0); 2];
        assert_eq!(AtTarget::new(&Population::new(flat, &triangle())).grows(number("0.4")), Some(false));
    }

    /// `Phi` changes as its derivative says, but for the bound of its second derivative.
    #[test]
    fn the_loss_near_the_target_is_the_quadratic_form() {
        let population = population();
        let (at, gap) = (AtTarget::new(&population), population.target.gap);
        let small = number("0.00001");
        for place in 0..WEIGHTS {
            let by = unit(place, gap);
            let moved = Learner {
                rows: plus(&at.zero.rows, &scaled(&by.rows, small)),
                heads: plus(&at.zero.heads, &scaled(&by.heads, small)),
            };
            let column = sum((0..at.derivative.rows()).map(|i| at.derivative[(i, place)].sqr()));
            let (found, linear) = (root(population.at(&moved).loss()), root(column) * small);
            let bound = at.curvature_upper(&population, small) * small.sqr();
            assert!((found - linear).mig() <= bound.sup(), "{place}: {found} {linear} {bound}");
        }
    }

    /// Steps from points of the tube come nearer to the orbit by the factor.
    #[test]
    fn steps_in_the_tube_come_nearer() {
        let population = population();
        let (at, gap, eta) = (AtTarget::new(&population), population.target.gap, n(1) / n(64));
        let tube = Tube { growth: number("0.4"), smoothness: number("45"), radius: number("0.0001") };
        let factor = at.factor(&population, &tube, eta);
        assert!(factor.sup() < 1.0);
        let moved = Learner { rows: plus(&at.zero.rows, &numbers([[1e-5; 4], [-2e-5; 4]])), ..at.zero.clone() };
        let point = population.at(&moved);
        let slope = point.gradient(&point.pulls());
        let next = Learner {
            rows: super::super::forms::minus(&moved.rows, &scaled(&slope.rows, eta)),
            heads: super::super::forms::minus(&moved.heads, &scaled(&slope.heads, eta / gap.sqr())),
        };
        let (before, after) = (distance(&population, &moved), distance(&population, &next));
        assert!(
            after.sup() < 1.01 * factor.sup() * before.sup()
                && population.at(&moved).loss().sup() <= at.loss_upper(&population, &tube).sup()
        );
    }
}
