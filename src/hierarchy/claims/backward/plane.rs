//! Rounds of correction in the plane of the two input rows of a target of depth 3 and width 1, and across it, replayed.

use crate::exact::flattening::exponents;
use crate::hierarchy::network::Network;
use crate::matrix::Matrix;

/// A polynomial of degree at most 4 in a few standard normal variables, by its coefficients in [`Plane::monomials`].
type Quartic = Vec<f64>;

/// The target in a few of its input directions, in floats: the two of its rows, and others orthogonal to them. Guarantee of what it
/// computes: replayed.
pub(super) struct Plane {
    directions: usize,
    monomials: Vec<Vec<u32>>,
    covariances: Matrix<f64>,
    gap: f64,
    solution: State,
}

/// `F = (lower x)^2 + gap (bent (frozen x)^2 + upper x)^2`.
#[derive(Clone, Debug)]
pub(super) struct State {
    lower: Vec<f64>,
    frozen: Vec<f64>,
    bent: f64,
    upper: Vec<f64>,
}

/// Where the first round starts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    /// Layer 2 trained alone, layer 3 the target's.
    Alone,
    /// The target, but for this angle, in hundredths, by which the row of layer 2 is turned towards the given direction.
    Turned(usize),
}

/// Steps of a fit.
const STEPS: usize = 60;

/// Rounds of a replay.
pub(super) const ROUNDS: usize = 4;

/// A small angle: its sine over its cosine.
const TURN: f64 = 0.01;

impl Plane {
    /// The coordinates come from Gram and Schmidt: `K_2 = (|w|, 0, ...)`; the plane of both rows has 2 directions.
    pub fn of(target: &Network<f64>, gap: f64, directions: usize) -> Self {
        let (w, v) = (target.layer(2).weights[0].row(0), target.layer(3).weights[0].row(0));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + x * y);
        let length = dot(w, w).sqrt();
        let along = dot(w, v) / length;
        let across = (dot(v, v) - along * along).sqrt();
        let monomials: Vec<Vec<u32>> = (0..=4).flat_map(|m| exponents(directions, m)).collect();
        let moment = |n: u32| if n % 2 == 1 { 0.0 } else { (1..n).step_by(2).fold(1.0, |p, i| p * f64::from(i)) };
        let mean = |m: &[u32]| m.iter().fold(1.0, |product, &n| product * moment(n));
        let sum = |p: &[u32], q: &[u32]| p.iter().zip(q).map(|(i, j)| i + j).collect::<Vec<u32>>();
        let covariance = |p: &[u32], q: &[u32]| mean(&sum(p, q)) - mean(p) * mean(q);
        let covariances = Matrix::from_fn(monomials.len(), monomials.len(), |i, j| covariance(&monomials[i], &monomials[j]));
        let padded = |first: [f64; 2]| first.into_iter().chain(std::iter::repeat(0.0)).take(directions).collect::<Vec<f64>>();
        let (lower, bent) = (padded([length, 0.0]), target.layer(3).weights[1][(0, 0)]);
        let solution = State { frozen: lower.clone(), lower, bent, upper: padded([along, across]) };
        Plane { directions, monomials, covariances, gap, solution }
    }

    /// `f` before the first round and after each.
    pub fn errors(&self, start: Start, round: fn(&Plane, &State) -> Option<State>) -> Option<Vec<f64>> {
        let states = (0..ROUNDS).try_fold(vec![self.start(start)?], |mut states, _| {
            let next = round(self, states.last()?)?;
            states.push(next);
            Some(states)
        })?;
        Some(states.iter().map(|s| self.feature_error(s)).collect())
    }

    fn start(&self, start: Start) -> Option<State> {
        let lower = match start {
            Start::Alone => {
                let without = State { bent: 0.0, upper: vec![0.0; self.directions], ..self.solution.clone() };
                self.fit(without, &self.of_layer_2())?.lower
            }
            Start::Turned(direction) => {
                let mut lower = self.solution.lower.clone();
                *lower.get_mut(direction)? += TURN * self.solution.lower[0];
                lower
            }
        };
        Some(State { frozen: lower.clone(), lower, ..self.solution.clone() })
    }

    /// The weights of layer 2, by number; those of layer 3 follow.
    fn of_layer_2(&self) -> Vec<usize> {
        (0..self.directions).collect()
    }

    fn of_layer_3(&self) -> Vec<usize> {
        (self.directions..=2 * self.directions).collect()
    }

    /// Everything is fitted with the inside of layer 3 frozen; then the new `K_2` moves in.
    pub fn joint_round(&self, state: &State) -> Option<State> {
        let fitted = self.fit(state.clone(), &[self.of_layer_2(), self.of_layer_3()].concat())?;
        Some(State { frozen: fitted.lower.clone(), ..fitted })
    }

    /// Layer 3 is fitted, then layer 2.
    pub fn gauss_seidel_round(&self, state: &State) -> Option<State> {
        let upper = self.fit(state.clone(), &self.of_layer_3())?;
        let fitted = self.fit(upper, &self.of_layer_2())?;
        Some(State { frozen: fitted.lower.clone(), ..fitted })
    }

    /// `||K'K - W'W||_F / ||W'W||_F` of layer 2.
    fn feature_error(&self, state: &State) -> f64 {
        let (k, w) = (&state.lower, &self.solution.lower);
        let squares = |entry: &dyn Fn(usize, usize) -> f64| {
            let pairs = (0..self.directions).flat_map(|i| (0..self.directions).map(move |j| (i, j)));
            pairs.fold(0.0, |sum, (i, j)| sum + entry(i, j) * entry(i, j)).sqrt()
        };
        squares(&|i, j| k[i] * k[j] - w[i] * w[j]) / squares(&|i, j| w[i] * w[j])
    }

    fn linear(&self, c: &[f64]) -> Quartic {
        let of = |m: &Vec<u32>| {
            let direction = m.iter().position(|&n| n == 1).filter(|_| m.iter().sum::<u32>() == 1);
            direction.map_or(0.0, |i| c[i])
        };
        self.monomials.iter().map(of).collect()
    }

    fn times(&self, p: &Quartic, q: &Quartic) -> Quartic {
        let mut product = vec![0.0; p.len()];
        for (a, x) in self.monomials.iter().zip(p).filter(|(_, x)| **x != 0.0) {
            for (b, y) in self.monomials.iter().zip(q).filter(|(_, y)| **y != 0.0) {
                // The factors here have degrees that add up to at most 4.
                let sum = |c: &Vec<u32>| c.iter().zip(a).zip(b).all(|((c, a), b)| *c == a + b);
                if let Some(n) = self.monomials.iter().position(sum) {
                    product[n] += x * y;
                }
            }
        }
        product
    }

    fn sum(p: &Quartic, factor: f64, q: &Quartic) -> Quartic {
        p.iter().zip(q).map(|(x, y)| x + factor * y).collect()
    }

    fn covariance(&self, p: &Quartic, q: &Quartic) -> f64 {
        let row = |i: usize| self.covariances.row(i).iter().zip(q).fold(0.0, |sum, (c, y)| sum + c * y);
        p.iter().enumerate().fold(0.0, |sum, (i, x)| sum + x * row(i))
    }

    /// `S_3`.
    fn top(&self, state: &State) -> Quartic {
        let frozen = self.linear(&state.frozen);
        Plane::sum(&self.linear(&state.upper), state.bent, &self.times(&frozen, &frozen))
    }

    fn output(&self, state: &State) -> Quartic {
        let (lower, top) = (self.linear(&state.lower), self.top(state));
        Plane::sum(&self.times(&lower, &lower), self.gap, &self.times(&top, &top))
    }

    /// The derivative of the output in weight `n`: layer 2 first, then layer 3 with `bent`, then its row.
    fn derivative(&self, state: &State, n: usize) -> Quartic {
        let unit = |i: usize| self.linear(&(0..self.directions).map(|j| f64::from(i == j)).collect::<Vec<_>>());
        let frozen = self.linear(&state.frozen);
        let (outer, inner, scale) = match n.checked_sub(self.directions) {
            None => (self.linear(&state.lower), unit(n), 2.0),
            Some(0) => (self.top(state), self.times(&frozen, &frozen), 2.0 * self.gap),
            Some(above) => (self.top(state), unit(above - 1), 2.0 * self.gap),
        };
        self.times(&outer, &inner).iter().map(|c| scale * c).collect()
    }

    /// Gauss-Newton on `Var(F - y)` over the weights `free`; `None` when a step has no unique answer.
    fn fit(&self, mut state: State, free: &[usize]) -> Option<State> {
        let target = self.output(&self.solution);
        for _ in 0..STEPS {
            let residual = Plane::sum(&self.output(&state), -1.0, &target);
            let columns: Vec<Quartic> = free.iter().map(|&n| self.derivative(&state, n)).collect();
            let gram = Matrix::from_fn(free.len(), free.len(), |i, j| self.covariance(&columns[i], &columns[j]));
            let step = solve_positive(gram, columns.iter().map(|c| self.covariance(c, &residual)).collect())?;
            for (&n, s) in free.iter().zip(step) {
                let weight = match n.checked_sub(self.directions) {
                    None => &mut state.lower[n],
                    Some(0) => &mut state.bent,
                    Some(above) => &mut state.upper[above - 1],
                };
                *weight -= s;
            }
        }
        Some(state)
    }
}

/// `a^-1 b` for a positive definite `a`, by elimination in the order of the rows; `None` where a pivot is not positive.
fn solve_positive(mut a: Matrix<f64>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for p in 0..n {
        if a[(p, p)].is_nan() || a[(p, p)] <= 0.0 {
            return None;
        }
        for i in p + 1..n {
            let factor = a[(i, p)] / a[(p, p)];
            for j in p..n {
                a[(i, j)] -= factor * a[(p, j)];
            }
            b[i] -= factor * b[p];
        }
    }
    for p in (0..n).rev() {
        let known = (p + 1..n).fold(0.0, |sum, j| sum + a[(p, j)] * b[j]);
        b[p] = (b[p] - known) / a[(p, p)];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Distribution;
    use crate::hierarchy::network::{Architecture, Skips};
    use crate::hierarchy::target::random::random_target;

    fn target() -> Network<f64> {
        let architecture = Architecture::new(5, &[1, 1], &Skips::LinSkip).unwrap();
        random_target(&architecture, 1.0, Distribution::Gaussian, 1).unwrap()
    }

    /// A direction in which nothing is wrong changes nothing but rounding.
    #[test]
    fn a_run_within_the_plane_stays_there() {
        let errors = |directions, start| Plane::of(&target(), 0.2, directions).errors(start, Plane::joint_round).unwrap();
        for start in [Start::Alone, Start::Turned(1)] {
            for (a, b) in errors(2, start).iter().zip(errors(3, start)) {
                assert!((a / b - 1.0).abs() < 1e-6, "{a} {b}");
            }
        }
    }

    /// Turning `K_2` by `t` changes `K_2' K_2` by `w' n + n' w` times `t` to first order, of relative norm `t sqrt 2`.
    #[test]
    fn a_turned_row_has_the_error_of_its_angle() {
        for direction in [1, 2] {
            let errors = Plane::of(&target(), 0.2, 3).errors(Start::Turned(direction), Plane::joint_round).unwrap();
            assert!((errors[0] / (TURN * 2f64.sqrt()) - 1.0).abs() < TURN);
            assert_eq!(errors.len(), ROUNDS + 1);
            assert!(errors.windows(2).all(|pair| pair[1] < pair[0]));
        }
        assert!(Plane::of(&target(), 0.2, 2).errors(Start::Turned(2), Plane::joint_round).is_none());
    }
}
