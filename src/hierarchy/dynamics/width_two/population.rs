//! The population loss of chains of depth 3 and width 2, and its gradient (`proofs/width-2.md`, lemmas 1 and 2).
//!
//! With `B_a = sum_j K_3[a][j] r_j r_j'`, `P_a = K_2' B_a K_2`, and the same for the target:
//!
//! ```text
//! E = K_2'K_2 + 2 eps sum_a (P_a tr P_a + 2 P_a^2)  -  the target's         T = sum_a sym (P_a x P_a)  -  the target's
//! L = Var(F - F*) = 2 |E|^2 + 24 eps^2 |T|^2
//! G_a = dL/dP_a = 8 eps (E tr P_a + <E, P_a> I + 2 (E P_a + P_a E)) + 96 eps^2 T:P_a
//! dL/dK_2 = 8 K_2 E + 2 sum_a B_a K_2 G_a            dL/dK_3[a][j] = r_j' K_2 G_a K_2' r_j
//! ```

use super::forms::{Array, Form, INPUTS, Quartic, array, inner, minus, plus, product, pulled, scaled, square, trace, transposed};
use crate::enclosure::Interval;
use crate::hierarchy::dynamics::numbers::interval as n;
use crate::scalar::Scalar;

/// A target of width 2: `W` in the first two of the four coordinates, and `V`.
#[derive(Clone, Debug)]
pub struct Target {
    /// `W`, in the coordinates of its row space.
    pub rows: Array<2, 2>,
    /// `V`.
    pub heads: Array<2, 2>,
    /// `eps`.
    pub gap: Interval,
}

/// A learner, or a gradient in its weights.
#[derive(Clone, Debug)]
pub struct Learner {
    /// `K_2`, in four coordinates.
    pub rows: Array<2, INPUTS>,
    /// `K_3`, one column a square `(r_j.S)^2`.
    pub heads: Array<2, 3>,
}

/// A target, seen by learners.
#[derive(Clone, Debug)]
pub struct Population {
    /// The target.
    pub target: Target,
    /// `r_j r_j'`.
    pub squares: [Array<2, 2>; 3],
    quadratic: Form,
    quartic: Quartic,
}

/// What the formulas at one learner have in common.
#[derive(Clone, Debug)]
pub struct Point<'a> {
    population: &'a Population,
    /// The learner.
    pub learner: &'a Learner,
    /// `B_a`.
    pub bends: [Array<2, 2>; 2],
    /// `P_a`.
    pub forms: [Form; 2],
    /// `E`.
    pub quadratic: Form,
    /// `T`.
    pub quartic: Quartic,
}

/// The three directions of a regular triangle: `(1, 0)`, `(-1/2, sqrt(3)/2)`, `(-1/2, -sqrt(3)/2)`.
pub fn triangle() -> Array<3, 2> {
    let (half, height) = (n(1) / n(2), super::forms::root(n(3)) / n(2));
    [[n(1), n(0)], [-half, height], [-half, -height]]
}

/// `2 eps sum_a (P_a tr P_a + 2 P_a^2)`.
fn second_order(gap: Interval, forms: &[Form; 2]) -> Form {
    let own = |p: &Form| plus(&scaled(p, trace(p)), &scaled(&product(p, p), n(2)));
    scaled(&plus(&own(&forms[0]), &own(&forms[1])), n(2) * gap)
}

fn fourth_order(forms: &[Form; 2]) -> Quartic {
    Quartic::of_square(&forms[0]).plus(&Quartic::of_square(&forms[1]))
}

impl Target {
    /// `W` in four coordinates.
    pub fn padded(&self) -> Array<2, INPUTS> {
        array(|i, j| if j < 2 { self.rows[i][j] } else { Interval::zero() })
    }

    /// `diag(V_a1, V_a2)`.
    pub fn bend(&self, a: usize) -> Array<2, 2> {
        array(|i, j| if i == j { self.heads[a][i] } else { Interval::zero() })
    }
}

impl Population {
    /// The population of a target; `rows` are the `r_j`.
    pub fn new(target: Target, rows: &Array<3, 2>) -> Self {
        let w = target.padded();
        let forms = [0, 1].map(|a| pulled(&w, &target.bend(a)));
        let quadratic = plus(&product(&transposed(&w), &w), &second_order(target.gap, &forms));
        let squares = rows.map(|r| array(|i, j| r[i] * r[j]));
        Population { target, squares, quadratic, quartic: fourth_order(&forms) }
    }

    /// `Var F*` (guarantee: valid).
    pub fn variance(&self) -> Interval {
        self.measure(&self.quadratic, &self.quartic)
    }

    fn measure(&self, quadratic: &Form, quartic: &Quartic) -> Interval {
        n(2) * square(quadratic) + n(24) * self.target.gap.sqr() * quartic.square()
    }

    /// `sum_j k_j r_j r_j'`.
    pub fn bend(&self, heads: &[Interval; 3]) -> Array<2, 2> {
        array(|i, j| (0..3).fold(Interval::zero(), |sum, m| sum + heads[m] * self.squares[m][i][j]))
    }

    /// The formulas at a learner.
    pub fn at<'a>(&'a self, learner: &'a Learner) -> Point<'a> {
        let bends = [0, 1].map(|a| self.bend(&learner.heads[a]));
        let forms = bends.map(|b| pulled(&learner.rows, &b));
        let own = plus(&product(&transposed(&learner.rows), &learner.rows), &second_order(self.target.gap, &forms));
        let (quadratic, quartic) = (minus(&own, &self.quadratic), fourth_order(&forms).minus(&self.quartic));
        Point { population: self, learner, bends, forms, quadratic, quartic }
    }
}

impl Point<'_> {
    /// `L` (guarantee: valid).
    pub fn loss(&self) -> Interval {
        self.population.measure(&self.quadratic, &self.quartic)
    }

    /// `eps`.
    pub fn gap(&self) -> Interval {
        self.population.target.gap
    }

    /// `G_a`.
    pub fn pulls(&self) -> [Form; 2] {
        let (gap, e) = (self.gap(), &self.quadratic);
        let pull = |p: &Form| {
            let (ep, along) = (product(e, p), inner(e, p));
            let both = plus(&ep, &transposed(&ep));
            let unit: Form = array(|i, j| if i == j { along } else { Interval::zero() });
            let of_quadratic = plus(&plus(&scaled(e, trace(p)), &unit), &scaled(&both, n(2)));
            plus(&scaled(&of_quadratic, n(8) * gap), &scaled(&self.quartic.contracted(p), n(96) * gap.sqr()))
        };
        [pull(&self.forms[0]), pull(&self.forms[1])]
    }

    /// The gradient of `L` in `K_2` and `K_3` (guarantee: valid).
    pub fn gradient(&self, pulls: &[Form; 2]) -> Learner {
        let rows = &self.learner.rows;
        let moved = [0, 1].map(|a| product(rows, &pulls[a]));
        let part = |a: usize| scaled(&product(&self.bends[a], &moved[a]), n(2));
        let own = scaled(&product(rows, &self.quadratic), n(8));
        let offered = [0, 1].map(|a| product(&moved[a], &transposed(rows)));
        Learner {
            rows: plus(&own, &plus(&part(0), &part(1))),
            heads: array(|a, j| inner(&offered[a], &self.population.squares[j])),
        }
    }
}

impl Learner {
    /// Its weights by floats in the middle.
    pub fn centre(&self) -> Self {
        let middle = |v: Interval| Interval::try_from(v.mid()).unwrap_or(Interval::ENTIRE);
        Learner { rows: array(|i, j| middle(self.rows[i][j])), heads: array(|i, j| middle(self.heads[i][j])) }
    }

    /// The box that holds the ball of this radius: weights of layer 3 count `eps` times (guarantee: valid).
    pub fn inflated(&self, radius: Interval, gap: Interval) -> Self {
        let (near, far) = (radius.hull(-radius), (radius / gap).hull(-radius / gap));
        Learner { rows: array(|i, j| self.rows[i][j] + near), heads: array(|i, j| self.heads[i][j] + far) }
    }

    /// The distance in which weights of layer 3 count `eps` times (guarantee: valid).
    pub fn distance(&self, other: &Self, gap: Interval) -> Interval {
        let heads = square(&minus(&self.heads, &other.heads));
        super::forms::root(square(&minus(&self.rows, &other.rows)) + gap.sqr() * heads)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::exact::{Distribution, Rational};
    use crate::hierarchy::network::{Architecture, Layer, Network, Skips};
    use crate::hierarchy::target::risk;
    use crate::matrix::Matrix;

    pub fn numbers<const R: usize, const C: usize>(values: [[f64; C]; R]) -> Array<R, C> {
        values.map(|row| row.map(|v| Interval::try_from(v).unwrap()))
    }

    pub fn example() -> (Population, Learner) {
        let target = Target {
            rows: numbers([[0.75, 0.0], [0.0, 0.625]]),
            heads: numbers([[0.5, 0.1875], [-0.1875, 0.4375]]),
            gap: Interval::try_from(0.125).unwrap(),
        };
        let learner = Learner {
            rows: numbers([[0.5, -0.25, 0.125, 0.25], [0.25, 0.5, -0.375, 0.125]]),
            heads: numbers([[0.25, 0.5, -0.125], [0.125, -0.25, 0.375]]),
        };
        (Population::new(target, &numbers([[1.0, 0.0], [0.5, 1.0], [-0.25, 0.75]])), learner)
    }

    fn network(dimension: usize, layers: Vec<(Matrix<f64>, Matrix<f64>, f64)>) -> Network<f64> {
        let architecture = Architecture::new(dimension, &[2, 2], &Skips::Lin).unwrap();
        let layer = |(weights, span, scale): (Matrix<f64>, Matrix<f64>, f64)| Layer { weights: vec![weights], span, scale };
        Network::new(architecture, layers.into_iter().map(layer).collect()).unwrap()
    }

    fn matrix<const R: usize, const C: usize>(a: &Array<R, C>) -> Matrix<f64> {
        Matrix::from_fn(R, C, |i, j| a[i][j].mid())
    }

    /// The loss against the exact risk of the networks themselves, and the variance of the target.
    #[test]
    fn the_loss_is_the_exact_risk_of_the_networks() {
        let (population, learner) = example();
        let (target, gap) = (&population.target, population.target.gap.mid());
        let unit = || Matrix::from_fn(2, 2, |i, j| f64::from(i == j));
        let span = Matrix::from_fn(3, 2, |i, j| [[1.0, 0.0], [0.5, 1.0], [-0.25, 0.75]][i][j]);
        let own = network(4, vec![(matrix(&learner.rows), span, 1.0), (matrix(&learner.heads), unit(), gap)]);
        let other = network(4, vec![(matrix(&target.padded()), unit(), 1.0), (matrix(&target.heads), unit(), gap)]);
        let risk = risk::relative_risk(&other, &own, Distribution::Gaussian).unwrap();
        let variance = risk::variance(&other, Distribution::Gaussian).unwrap();
        assert!(population.variance().encloses(&variance));
        let loss = risk.residual_variance;
        let found = population.at(&learner).loss();
        assert!(found.encloses(&loss) && found.wid_upper() < 1e-12, "{found} {}", loss.to_f64());
        assert!(loss > Rational::zero());
    }

    /// Central differences of step `h` miss the derivative of a polynomial by `O(h^2)`.
    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let (population, learner) = example();
        let point = population.at(&learner);
        let gradient = point.gradient(&point.pulls());
        let step = Interval::try_from(1.0 / 1024.0).unwrap();
        let difference = |change: &dyn Fn(&mut Learner, Interval)| {
            let at = |by: Interval| {
                let mut moved = learner.clone();
                change(&mut moved, by);
                population.at(&moved).loss()
            };
            (at(step) - at(-step)) / (n(2) * step)
        };
        let is_close = |u: Interval, v: Interval| (u - v).mag() < 1e-4;
        for i in 0..2 {
            for j in 0..4 {
                assert!(is_close(gradient.rows[i][j], difference(&|l, by| l.rows[i][j] = l.rows[i][j] + by)));
            }
            for j in 0..3 {
                assert!(is_close(gradient.heads[i][j], difference(&|l, by| l.heads[i][j] = l.heads[i][j] + by)));
            }
        }
    }
}
