//! Weights that give the target, one pair of orthogonal matrices away from one another (`proofs/width-2.md`, lemma 5). There are others,
//! with another layer 3: a second orbit of the same symmetries.
//!
//! `K_2 = O W`, `sum_j K_3[a][j] r_j r_j' = O diag(V_a) O'`, and `K_3` from the left by `O'`: for the triangle both act by
//! isometries. The orbit has dimension 2.

use super::forms::{Array, array, product, pulled, root, trace, transposed};
use super::population::{Learner, Population};
use crate::enclosure::Interval;
use crate::hierarchy::dynamics::numbers::{interval as n, sum};

/// The orthogonal matrix nearest to a 2 x 2 matrix of floats, but for rounding; it is enclosed, and orthogonal exactly.
///
/// `None` when the floats do not tell.
pub fn nearest_orthogonal(m: [[f64; 2]; 2]) -> Option<Array<2, 2>> {
    let reflects = m[0][0] * m[1][1] < m[0][1] * m[1][0];
    let sign = if reflects { -1.0 } else { 1.0 };
    let (x, y) = (m[0][0] + sign * m[1][1], m[1][0] - sign * m[0][1]);
    let length = (x * x + y * y).sqrt();
    let half = (y / length) / (1.0 + (x / length).abs());
    let backwards = if x < 0.0 { n(-1) } else { n(1) };
    let t = Interval::try_from(half).ok()?;
    // ((1 - t^2), 2t)/(1 + t^2) lies on the circle for every t.
    let (cosine, sine) = ((n(1) - t.sqr()) / (n(1) + t.sqr()), n(2) * t / (n(1) + t.sqr()));
    // For x < 0 the angle is that of (|x|, y), taken from pi.
    let (c, s) = (backwards * cosine, sine);
    Some(if reflects { [[c, s], [s, -c]] } else { [[c, -s], [s, c]] })
}

/// `k` with `sum_j k_j r_j r_j' = B` for the triangle: `(4 r_j'B r_j - tr B)/3`.
fn coordinates(population: &Population, b: &Array<2, 2>) -> [Interval; 3] {
    let along = |j: usize| sum((0..4).map(|i| population.squares[j][i / 2][i % 2] * b[i / 2][i % 2]));
    std::array::from_fn(|j| (n(4) * along(j) - trace(b)) / n(3))
}

/// The weights `O W` with layer 3 turned along, then mixed by `O'` (guarantee: valid).
pub fn representative(population: &Population, turn: &Array<2, 2>, mix: &Array<2, 2>) -> Learner {
    let bend = |a: usize| pulled(&transposed(turn), &population.target.bend(a));
    let heads: Array<2, 3> = [0, 1].map(|a| coordinates(population, &bend(a)));
    Learner { rows: product(turn, &population.target.padded()), heads: product(mix, &heads) }
}

/// The weights that give the target and are near to a learner's (guarantee: valid); `None` when the floats do not tell.
pub fn nearest(population: &Population, learner: &Learner) -> Option<Learner> {
    let target = &population.target;
    // K_2 W' (W W')^-1 for a diagonal W.
    let quotient = |i: usize, j: usize| learner.rows[i][j].mid() / target.rows[j][j].mid();
    let turn = nearest_orthogonal([[quotient(0, 0), quotient(0, 1)], [quotient(1, 0), quotient(1, 1)]])?;
    let unmixed = representative(population, &turn, &array(|i, j| n(i32::from(i == j))));
    let cross = product(&learner.heads, &transposed(&unmixed.heads));
    let mix = nearest_orthogonal([[cross[0][0].mid(), cross[0][1].mid()], [cross[1][0].mid(), cross[1][1].mid()]])?;
    Some(representative(population, &turn, &mix))
}

/// The two directions in which the symmetries move a learner.
pub fn generators(population: &Population, learner: &Learner) -> [Learner; 2] {
    let quarter: Array<2, 2> = [[n(0), n(-1)], [n(1), n(0)]];
    let turned = |heads: &[Interval; 3]| {
        let b = population.bend(heads);
        // A B + B A' = A B - B A
        coordinates(population, &super::forms::minus(&product(&quarter, &b), &product(&b, &quarter)))
    };
    let turn = Learner { rows: product(&quarter, &learner.rows), heads: [turned(&learner.heads[0]), turned(&learner.heads[1])] };
    let mix = Learner { rows: array(|_, _| n(0)), heads: product(&quarter, &learner.heads) };
    [turn, mix]
}

/// The distance of a learner from [`nearest`], infinite when there is none (guarantee: valid).
pub fn distance(population: &Population, learner: &Learner) -> Interval {
    match nearest(population, learner) {
        Some(zero) => learner.distance(&zero, population.target.gap),
        None => root(Interval::ENTIRE),
    }
}

#[cfg(test)]
mod tests {
    use super::super::population::tests::{example, numbers};
    use super::super::population::triangle;
    use super::*;

    #[test]
    fn every_representative_gives_the_target_and_is_found_again() {
        let population = Population::new(example().0.target, &triangle());
        for (turn, mix) in [
            ([[3.0, -4.0], [4.0, 3.0]], [[1.0, 0.25], [-0.25, 1.0]]),
            ([[-3.0, 4.0], [4.0, 3.0]], [[-1.0, 0.0], [0.0, -1.0]]),
            ([[-1.0, -0.1], [0.1, -1.0]], [[0.0, 1.0], [1.0, 0.0]]),
        ] {
            let zero = representative(&population, &nearest_orthogonal(turn).unwrap(), &nearest_orthogonal(mix).unwrap());
            assert!(population.at(&zero).loss().sup() < 1e-25);
            let moved = Learner { rows: super::super::forms::plus(&zero.rows, &numbers([[1e-6; 4]; 2])), ..zero.clone() };
            let (near, far) = (distance(&population, &moved), moved.distance(&zero, population.target.gap));
            assert!(near.inf() > 0.0 && near.sup() <= 2.0 * far.sup(), "{near} {far}");
        }
        let [turn, _] = [nearest_orthogonal([[0.6, -0.8], [0.8, 0.6]]).unwrap(), array(|_, _| n(0))];
        assert!((turn[0][0].sqr() + turn[1][0].sqr() - n(1)).mag() < 1e-14 && (turn[1][0].mid() - 0.8).abs() < 1e-12);
        assert!(nearest_orthogonal([[0.0, 0.0], [0.0, 0.0]]).is_none());
    }

    /// `sum_a (s'B_a s)^2 = A s_1^4 + 2 B s_1^2 s_2^2 + C s_2^4` has solutions `B_a` that no orthogonal `O'` takes to the target's.
    #[test]
    fn a_second_orbit_gives_the_target_too() {
        let population = Population::new(example().0.target, &triangle());
        let heads = population.target.heads;
        let inner = |i: usize, j: usize| sum((0..2).map(|a| heads[a][i] * heads[a][j]));
        let (a, b, c) = (inner(0, 0), inner(0, 1), inner(1, 1));
        let (off, zero) = (root((b + root(a * c)) / n(2)), n(0));
        let other = [[[root(a), zero], [zero, -root(c)]], [[zero, off], [off, zero]]];
        let learner = Learner { rows: population.target.padded(), heads: other.map(|b| coordinates(&population, &b)) };
        assert!(population.at(&learner).loss().sup() < 1e-25);
        assert!(distance(&population, &learner).inf() > 0.01, "{}", distance(&population, &learner));
    }

    /// Along the generators the weights still give the target, to second order.
    #[test]
    fn generators_are_tangents_of_the_orbit() {
        let population = Population::new(example().0.target, &triangle());
        let unit: Array<2, 2> = array(|i, j| n(i32::from(i == j)));
        let zero = representative(&population, &unit, &unit);
        for tangent in generators(&population, &zero) {
            let small = Interval::try_from(1e-4).unwrap();
            let moved = Learner {
                rows: super::super::forms::plus(&zero.rows, &super::super::forms::scaled(&tangent.rows, small)),
                heads: super::super::forms::plus(&zero.heads, &super::super::forms::scaled(&tangent.heads, small)),
            };
            assert!(population.at(&moved).loss().sup() < 1e-14, "{}", population.at(&moved).loss());
        }
    }
}
