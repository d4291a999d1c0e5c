//! How much one step of gradient descent may spread points that are close (`proofs/width-2.md`, lemma 3).
//!
//! `L = |Phi|^2` with `Phi = (sqrt2 E, sqrt24 eps T)`, so the second derivative of `L` is `2 DPhi'DPhi` plus that of `Phi` against
//! the residual. With `alpha = |dK_2|`, `beta = eps |dK_3|` both are bounded by quadratic forms in `(alpha, beta)`, from norms of
//! small matrices:
//!
//! ```text
//! |d P_a| <= x_a alpha + y beta_a          x_a = 2 |B_a K_2|,  y = |K_2 K_2'| sqrt(3/2)/eps
//! ```

use super::forms::{norm, product, root, trace, transposed};
use super::population::Point;
use crate::enclosure::Interval;
use crate::hierarchy::dynamics::numbers::{interval as n, sum};
use crate::scalar::Scalar;

/// Which layers a step moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// Layer 2, with layer 3 off.
    Second,
    /// Both.
    Both,
}

/// `m_11 alpha^2 + 2 m_12 alpha beta + m_22 beta^2`, with entries that are not negative.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// The entries `m_11`, `m_12`, `m_22`.
    pub entries: [Interval; 3],
}

impl Bound {
    /// Its largest value on `alpha^2 + beta^2 = 1` where only some layers move (guarantee: an upper bound).
    pub fn largest(&self, moving: Moving) -> Interval {
        let [m11, m12, m22] = self.entries;
        match moving {
            Moving::Second => m11,
            Moving::Both => {
                let (mean, half) = ((m11 + m22) / n(2), (m11 - m22) / n(2));
                mean + root(half.sqr() + m12.sqr())
            }
        }
    }
}

/// The squared norm of the map `B -> (K -> K'BK)` from coordinates: `sum_j k_j r_j r_j'` has at most the norm `sqrt(3/2) |k|` for
/// the triangle.
pub fn spread() -> Interval {
    root(n(3) / n(2))
}

/// The bounds at a learner, or at all learners of a box: of the residual's part, and of `2 |DPhi|^2`.
pub fn bounds(point: &Point<'_>, pulls: &[super::forms::Form; 2]) -> [Bound; 2] {
    let (gap, rows) = (point.gap(), &point.learner.rows);
    let (e, t) = (norm(&point.quadratic), root(point.quartic.square()));
    let reach = norm(&product(rows, &transposed(rows)));
    let y = reach * spread() / gap;
    let x = [0, 1].map(|a| n(2) * norm(&product(&point.bends[a], rows)));
    let both = |f: &dyn Fn(usize) -> Interval| f(0) + f(1);
    let length = |f: &dyn Fn(usize) -> Interval| root(f(0).sqr() + f(1).sqr());
    // 16 eps <E, dP> tr dP + 32 eps <E, dP^2> + 96 eps^2 <T, dP x dP>
    let s = n(64) * gap * e + n(96) * gap.sqr() * t;
    let pull = |a: usize| n(2) * norm(&pulls[a]) * norm(&point.bends[a]);
    let mixed = |a: usize| n(2) * norm(&product(rows, &pulls[a])) * spread() / gap + s * x[a] * y;
    let residual = Bound { entries: [n(8) * e + both(&|a| pull(a) + s * x[a].sqr()), length(&mixed), s * y.sqr()] };
    // |dE| and |dT|
    let quadratic = |a: usize| n(2) * gap * (trace(&point.forms[a]).abs() + n(6) * norm(&point.forms[a]));
    let quartic = |a: usize| n(2) * norm(&point.forms[a]);
    let of_rows = [n(2) * root(reach) + both(&|a| quadratic(a) * x[a]), both(&|a| quartic(a) * x[a])];
    let of_heads = [length(&quadratic) * y, length(&quartic) * y];
    let weights = [n(4), n(48) * gap.sqr()];
    let form = |u: &[Interval; 2], v: &[Interval; 2]| sum((0..2).map(|i| weights[i] * u[i] * v[i]));
    let smooth = Bound { entries: [form(&of_rows, &of_rows), form(&of_rows, &of_heads), form(&of_heads, &of_heads)] };
    [residual, smooth]
}

/// How much a step of size `eta` may spread points of a convex set at which the bounds hold: the norm of `I - eta D^2 L` there
/// (guarantee: an upper bound).
pub fn factor(bounds: &[Bound; 2], eta: Interval, moving: Moving) -> Interval {
    let [residual, smooth] = bounds.map(|bound| bound.largest(moving));
    let most = |u: Interval, v: Interval| -((-u).min(-v));
    most(n(1) + eta * residual, eta * (residual + smooth) - Interval::one())
}

#[cfg(test)]
mod tests {
    use super::super::population::tests::{example, numbers};
    use super::super::population::{Learner, Population, triangle};
    use super::*;

    /// The largest quotient of distances after and before a step, over pairs of learners that differ in one weight.
    #[test]
    fn steps_spread_no_more_than_the_factor() {
        let (population, mut learner) = example();
        let population = Population::new(population.target, &triangle());
        learner.rows = numbers([[0.25, -0.25, 0.125, 0.25], [0.25, 0.375, -0.375, 0.125]]);
        let (gap, eta) = (population.target.gap, n(1) / n(64));
        let point = population.at(&learner);
        let found = factor(&bounds(&point, &point.pulls()), eta, Moving::Both);
        let step = |learner: &Learner| {
            let point = population.at(learner);
            let slope = point.gradient(&point.pulls());
            let heads = super::super::forms::scaled(&slope.heads, eta / gap.sqr());
            Learner {
                rows: super::super::forms::minus(&learner.rows, &super::super::forms::scaled(&slope.rows, eta)),
                heads: super::super::forms::minus(&learner.heads, &heads),
            }
        };
        let (small, here) = (Interval::try_from(1e-6).unwrap(), step(&learner));
        let mut largest: f64 = 0.0;
        for i in 0..14 {
            let mut other = learner.clone();
            match i {
                0..8 => other.rows[i / 4][i % 4] = other.rows[i / 4][i % 4] + small,
                _ => other.heads[(i - 8) / 3][(i - 8) % 3] = other.heads[(i - 8) / 3][(i - 8) % 3] + small / gap,
            }
            largest = largest.max((step(&other).distance(&here, gap) / small).inf());
        }
        assert!(largest > 1.0 && largest < found.sup() && found.sup() < 2.5, "{largest} {found}");
    }
}
