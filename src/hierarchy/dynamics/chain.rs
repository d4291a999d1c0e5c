//! A chain of width 1 on the population, reduced to a few numbers (`proofs/dynamics.md`, lemmas 1 and 2).
//!
//! ```text
//! target   F* = sum_(l=2..L) t_l z^(p_l)      p_l = 2^(l-1)      z = <w, x>, |w| = 1, x ~ N(0, I)
//! learner  F  = sum_(l=2..m) c_l u^(p_l)      u = <K_2, x>       c_l = alpha_l q_l^2, q_2 = 1, q_l = k_l q_(l-1)^2
//! loss     Var(F - F*) = sum_j j! (H_j^2 s^j - 2 H_j T_j a^j + T_j^2)                      j = 2, 4, ..., p_L
//!          H_j = sum_l c_l C(p_l, j) s^((p_l - j)/2)        T_j = sum_l t_l C(p_l, j)        z^p = sum_j C(p, j) He_j
//! ```
//!
//! with `a = <K_2, w>`, `b` the length of the rest of `K_2`, `s = a^2 + b^2`. The dimension of the inputs does not occur.
//! For a `w` of another length, `a^j` stands as it is, `T_j` is `sum_l t_l C(p_l, j) |w|^(p_l - j)`, and `T_j^2` has the factor
//! `|w|^(2j)`.

use dashu_int::IBig;

use super::numbers::{Numbers, sum};
use crate::exact::count::factorial;

/// The exponent `p_l = 2^(l-1)` of layer `l`, the degree of its head in the inputs.
pub fn exponent(l: usize) -> u32 {
    1 << (l - 1)
}

/// `C(p, j)` in `z^p = sum_j C(p, j) He_j(z)`: `p! / (2^i i! j!)` with `i = (p - j)/2`, for `j <= p` of the same parity
/// (guarantee: exact).
pub fn hermite_coefficient(p: u32, j: u32) -> IBig {
    let i = u64::from((p - j) / 2);
    factorial(u64::from(p)) / ((factorial(i) << i as usize) * factorial(u64::from(j)))
}

/// A target and the scales of the learner's heads.
#[derive(Clone, Debug)]
pub struct Chain<S> {
    /// `t_2, ..., t_L`.
    pub target: Vec<S>,
    /// `alpha_2, ..., alpha_L`.
    pub scales: Vec<S>,
    /// `|w|^2`, 1 for the dynamics in `a` and `b`.
    pub norm: S,
}

/// The learner's weights up to layer `m`, as the population sees them; also a gradient in these.
#[derive(Clone, Debug, PartialEq)]
pub struct State<S> {
    /// `<K_2, w>`.
    pub a: S,
    /// `|K_2 - a w|`.
    pub b: S,
    /// `k_3, ..., k_m`.
    pub heads: Vec<S>,
}

/// The derivatives of the loss in `a` at fixed `s`, in `s`, and in `c_2, ..., c_m`.
#[derive(Clone, Debug)]
pub struct Slopes<S> {
    /// In `a`, at fixed `s`.
    pub along: S,
    /// In `s`.
    pub size: S,
    /// In each `c_l`.
    pub coefficients: Vec<S>,
}

impl<S: Numbers> Chain<S> {
    /// The chain with `|w| = 1`.
    pub fn new(target: Vec<S>, scales: Vec<S>) -> Self {
        Chain { target, scales, norm: S::one() }
    }

    /// The depth `L` of the target.
    pub fn depth(&self) -> usize {
        self.target.len() + 1
    }

    /// `c_2, ..., c_m`: `c_l = alpha_l prod_(j=3..l) k_j^(2^(l-j+1))`.
    pub fn coefficients(&self, heads: &[S]) -> Vec<S> {
        let factor = |l: usize, j: usize| heads[j - 3].power(1 << (l - j + 1));
        let product = |l: usize| (3..=l).fold(self.scales[l - 2].clone(), |product, j| product.times(&factor(l, j)));
        (2..=heads.len() + 2).map(product).collect()
    }

    /// The derivative of `c_l` in `k_j`, `3 <= j <= l`.
    pub(super) fn coefficient_slope(&self, heads: &[S], l: usize, j: usize) -> S {
        let factor = |i: usize| {
            let e = 1u32 << (l - i + 1);
            if i == j { heads[i - 3].power(e - 1).multiple(&IBig::from(e)) } else { heads[i - 3].power(e) }
        };
        (3..=l).fold(self.scales[l - 2].clone(), |product, i| product.times(&factor(i)))
    }

    /// `T_j`, the coefficient of `He_j(z)` in the target.
    pub fn target_hermite(&self, j: u32) -> S {
        hermite(&self.target, &self.norm, j)
    }

    /// The degrees `j = 2, 4, ..., p_L` of the Hermite polynomials.
    fn degrees(&self) -> impl Iterator<Item = u32> {
        (2..=exponent(self.depth())).step_by(2)
    }

    /// `Var(F - F*)`.
    pub fn loss(&self, state: &State<S>) -> S {
        let (c, s) = (self.coefficients(&state.heads), state.size());
        sum(self.degrees().map(|j| {
            let (h, t) = (hermite(&c, &s, j), self.target_hermite(j));
            let cross = h.times(&t).times(&state.a.power(j)).multiple(&IBig::from(2));
            let squares = h.squared().times(&s.power(j)).plus(&t.squared().times(&self.norm.power(j)));
            squares.minus(&cross).multiple(&factorial(u64::from(j)))
        }))
    }

    /// The derivatives of the loss in `a` (at fixed `s`), `s` and the `c_l`, at `a`, `s` and `c_2, ..., c_m`.
    pub fn slopes(&self, a: &S, s: &S, c: &[S]) -> Slopes<S> {
        let (mut along, mut size, mut coefficients) = (S::zero(), S::zero(), vec![S::zero(); c.len()]);
        for j in self.degrees() {
            let (h, slope) = (hermite(c, s, j), hermite_slope(c, s, j));
            let (t, weight) = (self.target_hermite(j), factorial(u64::from(j)));
            let both = &weight * 2;
            // 2 j! (H_j s^j - T_j a^j), the slope in H_j
            let pull = h.times(&s.power(j)).minus(&t.times(&a.power(j))).multiple(&both);
            along = along.minus(&h.times(&t).times(&a.power(j - 1)).multiple(&(&both * j)));
            size = size.plus(&slope.times(&pull)).plus(&h.squared().times(&s.power(j - 1)).multiple(&(&weight * j)));
            for (l, slope) in (2..).zip(&mut coefficients).filter(|(l, _)| exponent(*l) >= j) {
                let p = exponent(l);
                *slope = slope.plus(&pull.times(&s.power((p - j) / 2)).multiple(&hermite_coefficient(p, j)));
            }
        }
        Slopes { along, size, coefficients }
    }

    /// The gradient of the loss in `a`, `b` and `k_3, ..., k_m`.
    pub fn gradient(&self, state: &State<S>) -> State<S> {
        let c = self.coefficients(&state.heads);
        let slopes = self.slopes(&state.a, &state.size(), &c);
        let twice = slopes.size.plus(&slopes.size);
        let head = |j: usize| {
            let each = (j..=c.len() + 1).map(|l| self.coefficient_slope(&state.heads, l, j).times(&slopes.coefficients[l - 2]));
            sum(each)
        };
        State {
            a: slopes.along.plus(&twice.times(&state.a)),
            b: twice.times(&state.b),
            heads: (3..=c.len() + 1).map(head).collect(),
        }
    }

    /// One step of gradient descent; `rates[l-2]` is the step size of layer `l`.
    pub fn step(&self, state: &State<S>, rates: &[S]) -> State<S> {
        let gradient = self.gradient(state);
        let moved = |value: &S, rate: &S, slope: &S| value.minus(&rate.times(slope));
        let heads = state.heads.iter().zip(&rates[1..]).zip(&gradient.heads);
        State {
            a: moved(&state.a, &rates[0], &gradient.a),
            b: moved(&state.b, &rates[0], &gradient.b),
            heads: heads.map(|((k, rate), slope)| moved(k, rate, slope)).collect(),
        }
    }
}

/// `sum_l c_l C(p_l, j) s^((p_l - j)/2)`: the part of `sum_l c_l u^(p_l)` in the Hermite polynomial of degree `j`, for `Var u =
/// s`.
fn hermite<S: Numbers>(c: &[S], s: &S, j: u32) -> S {
    let with_degree = (2..).zip(c).filter(|(l, _)| exponent(*l) >= j);
    sum(with_degree.map(|(l, c)| {
        let p = exponent(l);
        c.times(&s.power((p - j) / 2)).multiple(&hermite_coefficient(p, j))
    }))
}

/// The derivative of [`hermite`] in `s`.
fn hermite_slope<S: Numbers>(c: &[S], s: &S, j: u32) -> S {
    let with_degree = (2..).zip(c).filter(|(l, _)| exponent(*l) > j);
    sum(with_degree.map(|(l, c)| {
        let (p, i) = (exponent(l), (exponent(l) - j) / 2);
        c.times(&s.power(i - 1)).multiple(&(hermite_coefficient(p, j) * i))
    }))
}

impl<S: Numbers> State<S> {
    /// `s = a^2 + b^2`, the variance of `u`.
    pub fn size(&self) -> S {
        self.a.squared().plus(&self.b.squared())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::inputs::{derivative, gaussian, power, variance};
    use crate::exact::{Dyadic, Polynomial};
    use crate::scalar::Scalar;

    fn integers(values: &[i64]) -> Vec<Polynomial> {
        values.iter().map(|&v| Polynomial::constant(Dyadic::from(v))).collect()
    }

    /// Variables: `a`, `b`, `k_3`, ..., in this order.
    fn symbolic(depth: usize, top: usize) -> (Chain<Polynomial>, State<Polynomial>) {
        let v = Polynomial::variable;
        let chain = Chain::new(integers(&[3, 2, 1, 5][..depth - 1]), integers(&[1, 2, 7, 3][..depth - 1]));
        (chain, State { a: v(0), b: v(1), heads: (3..=top).map(|l| v(l - 1)).collect() })
    }

    #[test]
    fn the_gradient_is_the_derivative_of_the_loss() {
        for (depth, top) in [(2, 2), (3, 2), (3, 3), (4, 3), (4, 4), (5, 5)] {
            let (chain, state) = symbolic(depth, top);
            let (loss, gradient) = (chain.loss(&state), chain.gradient(&state));
            let all = [&gradient.a, &gradient.b].into_iter().chain(&gradient.heads);
            for (i, slope) in all.enumerate() {
                assert_eq!(*slope, derivative(&loss, i), "depth {depth}, top {top}, variable {i}");
            }
        }
    }

    /// Against the variance of the polynomial `F - F*` in two Gaussian variables, term by term.
    #[test]
    fn the_loss_is_the_variance() {
        let number = |v: i64| Polynomial::constant(Dyadic::from(v));
        for (depth, heads) in [(2, vec![]), (3, vec![2]), (4, vec![-1, 3]), (5, vec![1, 2])] {
            let (chain, _) = symbolic(depth, depth);
            let state = State { a: number(-2), b: number(3), heads: heads.iter().map(|&k| number(k)).collect() };
            let (z, zeta) = (Polynomial::variable(0), Polynomial::variable(1));
            let u = z.times(&state.a).plus(&zeta.times(&state.b));
            let poly = |coefficients: &[Polynomial], u: &Polynomial| {
                sum((2..).zip(coefficients).map(|(l, c)| c.times(&power(u, exponent(l)))))
            };
            let difference = poly(&chain.coefficients(&state.heads), &u).minus(&poly(&chain.target, &z));
            assert_eq!(chain.loss(&state), Polynomial::constant(variance(&difference, gaussian)));
        }
    }

    #[test]
    fn floats_and_intervals_agree_with_rationals() {
        use crate::enclosure::Interval;
        use crate::exact::Rational;
        let r = |n: i64, d: i64| Rational::new(n, d).unwrap();
        let exact = Chain::new(vec![r(1, 2), r(1, 64), r(1, 1024)], vec![r(1, 1), r(1, 8), r(1, 64)]);
        let start = State { a: r(1, 2), b: r(1, 4), heads: vec![r(3, 8), r(1, 2)] };
        let rates = [r(1, 64), r(1, 8), r(1, 2)];
        let rounded = |v: &[Rational]| v.iter().map(Rational::to_f64).collect::<Vec<_>>();
        let floats = Chain::new(rounded(&exact.target), rounded(&exact.scales));
        let enclosed = |v: &[Rational]| v.iter().map(Interval::from).collect::<Vec<_>>();
        let intervals = Chain::new(enclosed(&exact.target), enclosed(&exact.scales));
        let mut at = (start.clone(), State { a: 0.5, b: 0.25, heads: rounded(&start.heads) }, None);
        at.2 = Some(State { a: Interval::from(&start.a), b: Interval::from(&start.b), heads: enclosed(&start.heads) });
        for _ in 0..2 {
            let enclosure = intervals.step(&at.2.unwrap(), &enclosed(&rates));
            at = (exact.step(&at.0, &rates), floats.step(&at.1, &rounded(&rates)), Some(enclosure.clone()));
            for (value, (float, interval)) in at.0.heads.iter().zip(at.1.heads.iter().zip(&enclosure.heads)) {
                assert!(interval.encloses(value) && interval.wid_upper() < 1e-12 && interval.contains(*float));
            }
            assert!(enclosure.a.encloses(&at.0.a) && enclosure.b.encloses(&at.0.b));
        }
        assert!(at.0.a != start.a && at.0.heads[1] != start.heads[1]);
    }
}
