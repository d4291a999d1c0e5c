//! Loss, gradient and Hessian in a box of the chart (`proofs/depth-4.md`, lemmas 1 to 3).

use super::powers::{LAYERS, Powers, Square, Vector, root};
use crate::enclosure::Interval;
use crate::hierarchy::dynamics::numbers::{Numbers, interval as n, sum};

/// `p_l/2`, the exponent of `s` in `y_l`; then those of `k_3` and `k_4`.
const OF_SIZE: [i32; LAYERS] = [1, 2, 4];
const OF_THREE: [i32; LAYERS] = [0, 2, 4];
const OF_FOUR: [i32; LAYERS] = [0, 0, 2];

/// What the formulas of a box have in common.
pub struct Local<'a> {
    powers: &'a Powers,
    eps: Interval,
    /// `b/eps^2`, `s`, `w`.
    b: Interval,
    s: Interval,
    w: Interval,
    r: Vector,
    /// `D` in `L/eps^4 = |X|^2 + S^2 D/s`.
    d: Interval,
    /// `X`.
    x: Vector,
    /// The slope of `L` in `w`, and its second derivative.
    turn: Interval,
    bend: Interval,
    /// `(dL/dy_l)/(eps^2 sqrt(Gamma_ll))`: its part from `X`, and the factor of `S` in the rest.
    pull: Vector,
    side: Vector,
    /// `d^2 L/dy_l dw` over `sqrt(Gamma_ll)`.
    mixed: Vector,
}

impl<'a> Local<'a> {
    /// The formulas on the box `part` of `(eps, X, S)`.
    pub fn new(powers: &'a Powers, part: &[Interval]) -> Self {
        let (eps, x, b) = (part[0], [part[1], part[2], part[3]], part[4]);
        // R Y = X, from below
        let mut y = [n(0); LAYERS];
        for l in (0..LAYERS).rev() {
            let above = sum((l + 1..LAYERS).map(|m| powers.root[l][m] * y[m]));
            y[l] = (x[l] - above) / powers.root[l][l];
        }
        let r = [n(1) + eps.sqr() * y[0], n(1) + eps * y[1], n(1) + y[2]];
        let s = powers.sigma * r[0];
        let w = eps.sqr().sqr() * b.sqr() / s;
        let scale = [n(1), eps, eps.sqr()];
        let target: [Interval; 4] = std::array::from_fn(|j| sum((0..LAYERS).map(|l| scale[l] * powers.hermite[l][j])));
        let own: [Interval; 4] = std::array::from_fn(|j| sum((0..LAYERS).map(|l| scale[l] * r[l] * powers.hermite[l][j])));
        let rest = n(1) - w;
        // (1 - (1-w)^i)/w, and the derivatives of 1 - (1-w)^i
        let mean = [n(1), n(1) + rest, n(1) + rest + rest.sqr(), (n(1) + rest) * (n(1) + rest.sqr())];
        let first = [n(1), n(2) * rest, n(3) * rest.sqr(), n(4) * rest * rest.sqr()];
        let second = [n(0), n(-2), n(-6) * rest, n(-12) * rest.sqr()];
        let weighted =
            |by: &[Interval; 4], of: &[Interval; 4]| n(2) * sum((0..4).map(|j| powers.factorials[j] * of[j] * target[j] * by[j]));
        let side = |l: usize| eps.sqr() * b / s * weighted(&mean, &powers.hermite[l]);
        Local {
            powers,
            eps,
            b,
            s,
            w,
            r,
            x,
            d: weighted(&mean, &own),
            turn: weighted(&first, &own),
            bend: weighted(&second, &own),
            pull: std::array::from_fn(|l| n(2) * sum((0..=l).map(|m| powers.root[m][l] * x[m]))),
            side: std::array::from_fn(side),
            mixed: std::array::from_fn(|l| weighted(&first, &powers.hermite[l])),
        }
    }

    /// Whether `a`, `k_3` and `k_4` are certainly away from 0.
    pub fn is_regular(&self) -> bool {
        self.r.iter().all(|r| r.inf() > 0.0) && self.w.sup() < 1.0
    }

    /// `|X|^2`, at most `L/eps^4`.
    pub fn bowl(&self) -> Interval {
        sum(self.x.iter().map(|x| x.sqr()))
    }

    /// `L/eps^4`.
    pub fn level(&self) -> Interval {
        self.bowl() + self.b.sqr() * self.d / self.s
    }

    /// `eps^n`.
    fn gap(&self, n: usize) -> Interval {
        self.eps.power(n as u32)
    }

    /// `(dL/dy_l)/(eps^2 sqrt(Gamma_ll))`.
    fn slope(&self, l: usize) -> Interval {
        self.pull[l] + self.b * self.side[l]
    }

    /// The gradient over `eps^2` as a linear form in `(g, S)`, `g` the [`slope`](Self::slope)s: rows `a`, `b`, `u`, `v`, and the squares of
    /// the factors that are left out.
    fn rows(&self) -> ([[Interval; 4]; 4], [Interval; 4]) {
        let (r, w, s) = (&self.r, self.w, self.s);
        let combined = |exponents: [i32; LAYERS], lowest: usize, side: Interval| -> [Interval; 4] {
            std::array::from_fn(|l| match l {
                LAYERS => side,
                _ if l < lowest => n(0),
                _ => n(exponents[l]) * self.gap(l - lowest) * r[l],
            })
        };
        let along = combined(OF_SIZE, 0, -(self.gap(2) * self.b / s * self.turn));
        let size = sum((0..LAYERS).map(|l| n(OF_SIZE[l]) * self.gap(l) * r[l] * self.slope(l)));
        let across = [n(0), n(0), n(0), n(2) * (self.gap(2) * size + (n(1) - w) * self.turn) / s];
        let rows = [along, across, combined(OF_THREE, 1, n(0)), combined(OF_FOUR, 2, n(0))];
        let squares = [n(4) * (n(1) - w) / s, n(1), r[0].sqr() / r[1], r[1].sqr() / r[2]];
        (rows, squares)
    }

    /// `|grad L|^2/eps^4 - lambda L/eps^4` as a quadratic form in `(g, S)`; there `L/eps^4 = (g - S side)' K (g - S side)/4 + S^2 D/s`, `K`
    /// the inverse of the correlations.
    pub fn growth_form(&self, lambda: Interval, layer_two_moves: bool) -> Square<4> {
        let (rows, squares) = self.rows();
        let first = if layer_two_moves { 0 } else { 2 };
        let quarter = lambda / n(4);
        let inverse = &self.powers.inverse;
        let turned: Vector = std::array::from_fn(|l| sum((0..LAYERS).map(|m| inverse[l][m] * self.side[m])));
        let loss = |i: usize, j: usize| match (i, j) {
            (LAYERS, LAYERS) => quarter * sum((0..LAYERS).map(|l| self.side[l] * turned[l])) + lambda * self.d / self.s,
            (LAYERS, l) => -quarter * turned[l],
            (l, m) => quarter * inverse[l][m],
        };
        let square = |i: usize, j: usize| {
            sum((first..4).map(|m| squares[m] * if i == j { rows[m][i].sqr() } else { rows[m][i] * rows[m][j] }))
        };
        let entry = |i: usize, j: usize| square(i, j) - loss(i, j);
        std::array::from_fn(|i| std::array::from_fn(|j| entry(i.max(j), i.min(j))))
    }

    /// `(g, S)`.
    pub fn place(&self) -> [Interval; 4] {
        [self.slope(0), self.slope(1), self.slope(2), self.b]
    }

    /// The Hessian in `(a, b, eps u, eps^2 v)`.
    pub fn hessian(&self) -> Square<4> {
        let (r, s, w) = (&self.r, self.s, self.w);
        let (p, q) = (root(s * (n(1) - w)), self.gap(2) * self.b);
        let (u, v) = (root(r[1]) / r[0], root(r[2]) / r[1]);
        // sum of e_l f_m y_l y_m d^2 L + (those of one y twice) over eps^shift
        let both = |e: [i32; LAYERS], f: [i32; LAYERS], shift: usize| {
            let pairs = (0..LAYERS).flat_map(|l| (0..LAYERS).map(move |m| (l, m)));
            let term = |(l, m): (usize, usize)| {
                n(2 * e[l] * f[m]) * self.gap(l + m - shift) * r[l] * r[m] * self.powers.correlations[l][m]
            };
            sum(pairs.filter(|(l, m)| e[*l] * f[*m] != 0).map(term))
        };
        let once = |e: [i32; LAYERS], shift: usize| {
            sum((0..LAYERS).filter(|l| e[*l] != 0).map(|l| n(e[l]) * self.gap(l + 2 - shift) * r[l] * self.slope(l)))
        };
        let turned = |e: [i32; LAYERS], shift: usize| {
            sum((0..LAYERS).filter(|l| e[*l] != 0).map(|l| n(e[l]) * self.gap(l - shift) * r[l] * self.mixed[l]))
        };
        let falling = |e: [i32; LAYERS]| e.map(|e| e * (e - 1));
        let product = |e: [i32; LAYERS], f: [i32; LAYERS]| std::array::from_fn(|l| e[l] * f[l]);
        let (ss, size) = ((both(OF_SIZE, OF_SIZE, 0) + once(falling(OF_SIZE), 0)) / s.sqr(), once(OF_SIZE, 0) / s);
        let sw = turned(OF_SIZE, 0) / s;
        let (wp, wq) = (n(-2) * p * w / s, n(2) * q * (n(1) - w) / s);
        let (sp, sq) = (n(2) * p, n(2) * q);
        let wpp = (n(8) * (n(1) - w) * w - n(2) * w) / s;
        let wqq = (n(1) - w) * (n(2) - n(8) * w) / s;
        let wpq = p * q * (n(8) * w - n(4)) / s.sqr();
        let pp = ss * sp.sqr() + n(2) * size + n(2) * sw * sp * wp + self.bend * wp.sqr() + self.turn * wpp;
        let qq = ss * sq.sqr() + n(2) * size + n(2) * sw * sq * wq + self.bend * wq.sqr() + self.turn * wqq;
        let pq = ss * sp * sq + sw * (sp * wq + sq * wp) + self.bend * wp * wq + self.turn * wpq;
        let lift = |e: [i32; LAYERS], shift: usize| (both(OF_SIZE, e, shift) + once(product(OF_SIZE, e), shift)) / s;
        let (su, wu) = (lift(OF_THREE, 1) / u, turned(OF_THREE, 1) / u);
        let (sv, wv) = (lift(OF_FOUR, 2) / v, turned(OF_FOUR, 2) / v);
        let uu = (both(OF_THREE, OF_THREE, 2) + once(falling(OF_THREE), 2)) / u.sqr();
        let uv = (both(OF_THREE, OF_FOUR, 3) + once(product(OF_THREE, OF_FOUR), 3)) / (u * v);
        let vv = (both(OF_FOUR, OF_FOUR, 4) + once(falling(OF_FOUR), 4)) / v.sqr();
        let (pu, qu) = (su * sp + wu * wp, su * sq + wu * wq);
        let (pv, qv) = (sv * sp + wv * wp, sv * sq + wv * wq);
        [[pp, pq, pu, pv], [pq, qq, qu, qv], [pu, qu, uu, uv], [pv, qv, uv, vv]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::dynamics::chain::{Chain, State, exponent};
    use crate::hierarchy::dynamics::stage::covariance;

    /// The formulas of the chart against the reduced map over intervals, and the Hessian against differences of its gradient.
    #[test]
    fn the_chart_agrees_with_the_reduced_map() {
        let powers = Powers::default();
        for point in
            [[0.0625, 0.125, -0.25, 0.125, 0.25], [0.09375, -0.125, 0.0625, -0.1875, 0.0625], [0.03125, 0.0, 0.0, 0.0, 0.0]]
        {
            let point = point.map(|v| Interval::try_from(v).unwrap());
            let local = Local::new(&powers, &point);
            let eps = point[0];
            let deviation = |l: usize| root(Interval::from(&covariance(exponent(l), exponent(l))));
            let target: Vec<Interval> = (2..=4).map(|l| local.gap(l - 2) / deviation(l)).collect();
            let chain = Chain::new(target, vec![n(1), eps, eps.sqr()]);
            // The weights of the target: c_l sigma^(p_l/2) = t_l.
            let k3 = root(n(1) / deviation(3)) / powers.sigma;
            let k4 = root(n(1) / deviation(4)) / (k3.sqr() * powers.sigma.sqr());
            let (u, v) = (root(local.r[1]) / local.r[0], root(local.r[2]) / local.r[1]);
            let (a, b) = (root(local.s * (n(1) - local.w)), eps.sqr() * local.b);
            let state = State { a, b, heads: vec![k3 * u, k4 * v] };
            let scale = eps.sqr().sqr();
            let is_close = |x: Interval, y: Interval, far: f64| (x - y).mag() < far;
            assert!(
                is_close(chain.loss(&state), local.level() * scale, 1e-9),
                "{} {}",
                chain.loss(&state),
                local.level() * scale
            );
            let gradient = chain.gradient(&state);
            let metric = [gradient.a, gradient.b, gradient.heads[0] * k3 / eps, gradient.heads[1] * k4 / eps.sqr()];
            let form = local.growth_form(n(0), true);
            let z = local.place();
            let value = sum((0..4).flat_map(|i| (0..4).map(move |j| (i, j))).map(|(i, j)| form[i][j] * z[i] * z[j]));
            let square = sum(metric.iter().map(|v| v.sqr()));
            assert!(is_close(value * scale, square, 1e-8), "{} {}", value * scale, square);
            hessian_agrees(&local, &chain, &state, [k3.mid(), k4.mid()]);
        }
    }

    /// Central differences of step `h` miss a derivative by `O(h^2)`.
    fn hessian_agrees(local: &Local<'_>, chain: &Chain<Interval>, state: &State<Interval>, kappa: [f64; 2]) {
        let (h, eps) = (1.0 / 4096.0, local.eps.mid());
        let floats = Chain::new(chain.target.iter().map(|t| t.mid()).collect(), chain.scales.iter().map(|t| t.mid()).collect());
        let metric = [1.0, 1.0, kappa[0] / eps, kappa[1] / (eps * eps)];
        let at = |i: usize, by: f64| {
            let mut v = [state.a.mid(), state.b.mid(), state.heads[0].mid(), state.heads[1].mid()];
            v[i] += by;
            let g = floats.gradient(&State { a: v[0], b: v[1], heads: vec![v[2], v[3]] });
            [g.a, g.b, g.heads[0], g.heads[1]]
        };
        let found = local.hessian();
        for i in 0..4 {
            for j in 0..4 {
                let expected = (at(i, h)[j] - at(i, -h)[j]) / (2.0 * h) * metric[i] * metric[j];
                let value = found[i][j].mid();
                assert!((value - expected).abs() < 3e-3 * (1.0 + expected.abs()), "({i}, {j}): {value} {expected}");
            }
        }
    }
}
