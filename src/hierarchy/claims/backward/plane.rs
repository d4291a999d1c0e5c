//! Rounds of correction in the plane of the two input rows of a target of depth 3 and width 1, replayed.

use crate::exact::flattening::exponents;
use crate::hierarchy::network::Network;
use crate::matrix::Matrix;

/// A polynomial of degree at most 4 in two standard normal variables, by its coefficients in [`Plane::monomials`].
type Quartic = Vec<f64>;

/// The target in the plane of its two input rows, in floats. Guarantee of what it computes: replayed.
pub(super) struct Plane {
    monomials: Vec<(u32, u32)>,
    covariances: Matrix<f64>,
    gap: f64,
    solution: State,
}

/// `F = (lower x)^2 + gap (upper_0 (frozen x)^2 + upper_1 x_1 + upper_2 x_2)^2`.
#[derive(Clone, Debug)]
pub(super) struct State {
    lower: [f64; 2],
    frozen: [f64; 2],
    upper: [f64; 3],
}

/// Steps of a fit.
const STEPS: usize = 60;

/// Rounds of a replay.
const ROUNDS: usize = 4;

impl Plane {
    /// The coordinates come from Gram and Schmidt: `K_2 = (|w|, 0)`.
    pub fn of(target: &Network<f64>, gap: f64) -> Self {
        let (w, v) = (target.layer(2).weights[0].row(0), target.layer(3).weights[0].row(0));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + x * y);
        let length = dot(w, w).sqrt();
        let along = dot(w, v) / length;
        let across = (dot(v, v) - along * along).sqrt();
        let monomials: Vec<(u32, u32)> = (0..=4).flat_map(|m| exponents(2, m)).map(|e| (e[0], e[1])).collect();
        let moment = |n: u32| if n % 2 == 1 { 0.0 } else { (1..n).step_by(2).fold(1.0, |p, i| p * f64::from(i)) };
        let mean = |(i, j): (u32, u32)| moment(i) * moment(j);
        let covariance = |p: (u32, u32), q: (u32, u32)| mean((p.0 + q.0, p.1 + q.1)) - mean(p) * mean(q);
        let covariances = Matrix::from_fn(monomials.len(), monomials.len(), |i, j| covariance(monomials[i], monomials[j]));
        let upper = [target.layer(3).weights[1][(0, 0)], along, across];
        Plane { monomials, covariances, gap, solution: State { lower: [length, 0.0], frozen: [length, 0.0], upper } }
    }

    /// `f` before the first round and after each: from layer 2 trained alone.
    pub fn errors(&self, round: fn(&Plane, &State) -> Option<State>) -> Option<Vec<f64>> {
        let without = State { upper: [0.0; 3], ..self.solution.clone() };
        let alone = self.fit(without, &[0, 1])?;
        let start = State { lower: alone.lower, frozen: alone.lower, upper: self.solution.upper };
        let states = (0..ROUNDS).try_fold(vec![start], |mut states, _| {
            let next = round(self, states.last()?)?;
            states.push(next);
            Some(states)
        })?;
        Some(states.iter().map(|s| self.feature_error(s)).collect())
    }

    /// Everything is fitted with the inside of layer 3 frozen; then the new `K_2` moves in.
    pub fn joint_round(&self, state: &State) -> Option<State> {
        let fitted = self.fit(state.clone(), &[0, 1, 2, 3, 4])?;
        Some(State { frozen: fitted.lower, ..fitted })
    }

    /// Layer 3 is fitted, then layer 2.
    pub fn gauss_seidel_round(&self, state: &State) -> Option<State> {
        let upper = self.fit(state.clone(), &[2, 3, 4])?;
        let fitted = self.fit(upper, &[0, 1])?;
        Some(State { frozen: fitted.lower, ..fitted })
    }

    /// `||K'K - W'W||_F / ||W'W||_F` of layer 2.
    fn feature_error(&self, state: &State) -> f64 {
        let (k, w) = (state.lower, self.solution.lower);
        let squares = |entry: &dyn Fn(usize, usize) -> f64| {
            [(0, 0), (0, 1), (1, 0), (1, 1)].iter().fold(0.0, |sum, &(i, j)| sum + entry(i, j) * entry(i, j)).sqrt()
        };
        squares(&|i, j| k[i] * k[j] - w[i] * w[j]) / squares(&|i, j| w[i] * w[j])
    }

    fn linear(&self, c: [f64; 2]) -> Quartic {
        let of = |e: &(u32, u32)| {
            if *e == (1, 0) {
                c[0]
            } else if *e == (0, 1) {
                c[1]
            } else {
                0.0
            }
        };
        self.monomials.iter().map(of).collect()
    }

    fn times(&self, p: &Quartic, q: &Quartic) -> Quartic {
        let mut product = vec![0.0; p.len()];
        for (a, x) in self.monomials.iter().zip(p).filter(|(_, x)| **x != 0.0) {
            for (b, y) in self.monomials.iter().zip(q).filter(|(_, y)| **y != 0.0) {
                // The factors here have degrees that add up to at most 4.
                if let Some(n) = self.monomials.iter().position(|c| *c == (a.0 + b.0, a.1 + b.1)) {
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
        let frozen = self.linear(state.frozen);
        Plane::sum(&self.linear([state.upper[1], state.upper[2]]), state.upper[0], &self.times(&frozen, &frozen))
    }

    fn output(&self, state: &State) -> Quartic {
        let (lower, top) = (self.linear(state.lower), self.top(state));
        Plane::sum(&self.times(&lower, &lower), self.gap, &self.times(&top, &top))
    }

    /// The derivative of the output in weight `n`: layer 2 first, then layer 3.
    fn derivative(&self, state: &State, n: usize) -> Quartic {
        let unit = |i: usize| self.linear([f64::from(i == 0), f64::from(i == 1)]);
        let frozen = self.linear(state.frozen);
        let (outer, inner, scale) = match n {
            0 | 1 => (self.linear(state.lower), unit(n), 2.0),
            2 => (self.top(state), self.times(&frozen, &frozen), 2.0 * self.gap),
            _ => (self.top(state), unit(n - 3), 2.0 * self.gap),
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
                let weight = if n < 2 { &mut state.lower[n] } else { &mut state.upper[n - 2] };
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
