//! Depth 3 with every constant: descent near the target, uniformly in the gap (`proofs/every-dimension.md`, lemmas 1 to 4).
//!
//! For unit heads `sigma = 1/sqrt(2)`, `beta = 1/sqrt(96)`, `t_2 = sigma`, `t_3 = eps beta`. With `p = a`, `q = b`, `kappa =
//! k_3`:
//!
//! ```text
//! L = 2 e2^2 + 24 eps^2 e4^2 + q^2 D                        r = p^2 + q^2,  gamma = kappa^2,  B = sigma + 6 eps beta
//! e2 = r + 6 eps gamma r^2 - B     e4 = gamma r^2 - beta     D = 4B (1 + 6 eps gamma r) + 48 eps^2 gamma beta (2p^2 + q^2)
//! ```
//!
//! The chart `e2 = eps X`, `e4 = Y`, `q = eps S` has no singularity at `eps = 0`: there `r = sigma + eps (X - 6Y)`,
//! `gamma r^2 = beta + Y` and `L/eps^2 = 2X^2 + 24Y^2 + D S^2`. Lengths of gradients are taken in the metric of the steps, with the square
//! `L_p^2 + L_q^2 + (L_kappa/eps)^2`.

use super::numbers::interval as n;
use crate::enclosure::Interval;
use crate::enclosure::boxes::{Finding, Outcome, Search};
use crate::error::{Error, Result};
use crate::exact::Rational;

/// What is to be shown on `{L <= level eps^2}`, for every gap `0 < eps` of a chart.
#[derive(Clone, Debug)]
pub struct Statement {
    /// `lambda` in `|grad L|^2 >= lambda L`.
    pub growth: Interval,
    /// `Lambda`, above every eigenvalue of the Hessian.
    pub smoothness: Interval,
    /// `L/eps^2` at the most.
    pub level: Interval,
    /// The target's heads.
    pub heads: Heads,
    /// Whether layer 2 moves; in layerwise training it does not, and the gradient has no part along `p` and `q`.
    pub layer_two_moves: bool,
}

/// The box of the chart `(eps, X, Y, S)`: numerators over 1024. It holds all points with `eps <= .1` and `L <= .85 eps^2/4`
/// (lemma 1).
pub const CHART: [[i64; 2]; 4] = [[0, 104], [-336, 336], [-98, 98], [0, 282]];
/// The width of each side that counts as one: the statement is most sensitive to `Y`.
const UNITS: [f64; 4] = [0.6, 0.7, 0.05, 0.3];

/// `.85/4`, the level at which a head of deviation .1 is switched on.
pub fn level() -> Rational {
    Rational::new(85, 400).expect("400 is not zero")
}

/// `1/sqrt(n)`.
fn inverse_root(n: i64) -> Interval {
    Interval::from(&Rational::new(1, n).expect("n is positive")).sqrt().expect("n is positive")
}

/// `sigma = 1/sqrt(2)`, enclosed.
pub fn sigma() -> Interval {
    inverse_root(2)
}

/// `beta = 1/sqrt(96)`, enclosed.
pub fn beta() -> Interval {
    inverse_root(96)
}

/// What the formulas of a box have in common.
struct Local {
    eps: Interval,
    x: Interval,
    y: Interval,
    s: Interval,
    /// `beta`.
    beta: Interval,
    /// `B`.
    b: Interval,
    /// `r`.
    r: Interval,
    /// `gamma r^2 = beta + Y`.
    g: Interval,
    /// `gamma r`.
    gr: Interval,
    /// `gamma`.
    gamma: Interval,
    /// `q`, `q^2`, `p^2`.
    q: Interval,
    qq: Interval,
    pp: Interval,
    /// `D`.
    d: Interval,
    /// `D_p / p`, `D_q / q`, `D_kappa / (eps kappa)`.
    dp: Interval,
    dq: Interval,
    dk: Interval,
    /// `a_1 = 2 (1 + 12 eps gamma r)`, `a_2 = 4 eps gamma r`: `e2` and `eps e4` have the slopes `a_1 p` and `a_2 p` in `p`.
    a1: Interval,
    a2: Interval,
}

/// The target's heads `t_2 = sigma`, `t_3 = eps beta`: what is proved holds for all members of the intervals.
#[derive(Clone, Copy, Debug)]
pub struct Heads {
    /// `sigma`.
    pub sigma: Interval,
    /// `beta`.
    pub beta: Interval,
}

impl Heads {
    /// Unit heads.
    pub fn unit() -> Self {
        Heads { sigma: sigma(), beta: beta() }
    }

    fn local(self, part: &[Interval]) -> Local {
        let (eps, x, y, s) = (part[0], part[1], part[2], part[3]);
        let beta = self.beta;
        let (b, r, g) = (self.sigma + n(6) * eps * beta, self.sigma + eps * (x - n(6) * y), beta + y);
        let gr = g / r;
        let (gamma, q, qq) = (gr / r, eps * s, eps.sqr() * s.sqr());
        let (pp, w) = (r - qq, n(2) * r - qq); // p^2 and 2p^2 + q^2
        let d = n(4) * b * (n(1) + n(6) * eps * gr) + n(48) * eps.sqr() * gamma * beta * w;
        let bent = |m: i32| n(48) * eps * gamma * (b + n(m) * eps * beta);
        let (dp, dq, dk) = (bent(4), bent(2), n(48) * b * r + n(96) * eps * beta * w);
        let (a1, a2) = (n(2) * (n(1) + n(12) * eps * gr), n(4) * eps * gr);
        Local { eps, x, y, s, beta, b, r, g, gr, gamma, q, qq, pp, d, dp, dq, dk, a1, a2 }
    }
}

/// A symmetric matrix `(m_11, m_12, m_22, m_13, m_23, m_33)`.
type Symmetric = [Interval; 6];

impl Local {
    /// `L / eps^2`.
    fn level(&self) -> Interval {
        n(2) * self.x.sqr() + n(24) * self.y.sqr() + self.d * self.s.sqr()
    }

    /// `N'N` in `|grad L|^2 = v' N'N v`, `v = (4 e2, 48 eps e4, q)` (lemma 2).
    fn gradient_form(&self, layer_two_moves: bool) -> Symmetric {
        let rise = n(2) * self.d + self.qq * self.dq;
        let own = |i: i32, j: i32| n(4 * i * j) * self.g * self.r.sqr();
        let cross = |i: i32| n(2 * i) * self.g * self.dk * self.q;
        let head = [own(6, 6), own(6, 1), own(1, 1), cross(6), cross(1), self.qq * self.gamma * self.dk.sqr()];
        if !layer_two_moves {
            return head;
        }
        let both = |a: Interval, b: Interval| self.r * a * b;
        let mixed = self.pp * self.dp + rise;
        let lower = [
            both(self.a1, self.a1),
            both(self.a1, self.a2),
            both(self.a2, self.a2),
            self.q * self.a1 * mixed,
            self.q * self.a2 * mixed,
            self.qq * self.pp * self.dp.sqr() + rise.sqr(),
        ];
        std::array::from_fn(|i| head[i] + lower[i])
    }

    /// Whether `|grad L|^2 - lambda L`, with `L = v' diag(1/8, 1/96, D) v`, is certainly a positive definite form in `v`.
    ///
    /// The leading block of `N'N` has the determinant `16 gamma r^5`, in which all else cancels (lemma 2).
    fn grows(&self, lambda: Interval) -> bool {
        let [m11, m12, m22, m13, m23, m33] = self.gradient_form(true);
        let (l1, l2) = (lambda / n(8), lambda / n(96));
        let determinant = n(16) * self.g * self.r.sqr() * self.r - l2 * m11 - l1 * m22 + l1 * l2;
        let shifted = [m11 - l1, m12, m22 - l2, m13, m23, m33 - lambda * self.d];
        shifted[0].inf() > 0.0 && determinant.inf() > 0.0 && determinant_of(&shifted, determinant).inf() > 0.0
    }

    /// The Hessian of `L` in `(p, q, eps kappa)`, conjugated to be free of roots: `m_ij` stands for `sqrt(w_i w_j) m_ij` off the
    /// diagonal, `w = (p^2, q^2, gamma)`.
    fn hessian(&self) -> Symmetric {
        let Local { eps, x, y, s, beta, b, r, gr, gamma, qq, pp, d, dp, dq, dk, a1, a2, .. } = self;
        let (r, s, qq, pp) = (*r, *s, *qq, *pp);
        let (ee, e2) = (eps.sqr(), *eps * *x);
        // second slopes of e2 and e4: a1 + bent2 p^2 and 4 gamma r + 8 gamma p^2
        let bent2 = n(48) * *eps * *gamma;
        let along = |w: Interval| {
            n(4) * (a1.sqr() * w + e2 * (*a1 + bent2 * w)) + n(48) * (a2.sqr() * w + ee * *y * (n(4) * *gr + n(8) * *gamma * w))
        };
        let mixed = n(4) * (a1.sqr() + e2 * bent2) + n(48) * (a2.sqr() + ee * n(8) * *y * *gamma) + n(2) * *dp;
        let upward = n(48) * (*a1 * r.sqr() + e2 * r * n(4)) + n(48) * (n(2) * *a2 * r.sqr() + *eps * *y * n(8) * r);
        let steep = |m: i32| n(96) * (*b + n(m) * *eps * *beta) * qq;
        let top = self.g * r.sqr();
        let own = n(4) * (n(144) * top + n(12) * r.sqr() * *x) + n(48) * (n(4) * top + n(2) * *y * r.sqr());
        [
            along(pp) + qq * *dp,
            mixed,
            along(qq) + n(2) * *d + n(5) * qq * *dq,
            upward + steep(4),
            upward + n(2) * *dk + steep(2),
            own + s.sqr() * *eps * *dk,
        ]
    }

    /// Whether `Lambda` is above every eigenvalue of the Hessian: `Lambda I - H` is positive definite; `None` when it is not
    /// certain.
    fn is_smooth(&self, bound: Interval) -> Option<bool> {
        let [h11, h12, h22, h13, h23, h33] = self.hessian();
        let (a, b, c) = (bound - h11, bound - h22, bound - h33);
        let (w1, w2, w3) = (self.pp, self.qq, self.gamma);
        let (s12, s13, s23) = (w1 * w2 * h12.sqr(), w1 * w3 * h13.sqr(), w2 * w3 * h23.sqr());
        let two = a * c - s13;
        let three = b * two - a * s23 - c * s12 - n(2) * w1 * w2 * w3 * h12 * h13 * h23;
        let minors = [a, two, three];
        match () {
            _ if minors.iter().all(|m| m.inf() > 0.0) => Some(true),
            _ if minors.iter().any(|m| m.sup() < 0.0) => Some(false),
            _ => None,
        }
    }
}

/// Whether an eigenvalue of the Hessian at the target is above `bound`, for one gap; `None` when the enclosures do not tell.
///
/// Gradient descent with a step size `eta` and `bound = 2/eta` then leaves the target again.
pub fn is_exceeded_at_the_target(bound: Interval, eps: Interval) -> Option<bool> {
    let target = Heads::unit().local(&[eps, n(0), n(0), n(0)]);
    target.is_smooth(bound).map(|smooth| !smooth)
}

/// The determinant of a symmetric matrix, given that of its leading block.
fn determinant_of([m11, m12, m22, m13, m23, m33]: &Symmetric, leading: Interval) -> Interval {
    *m33 * leading - (m13.sqr() * *m22 - n(2) * *m12 * *m13 * *m23 + m23.sqr() * *m11)
}

impl Statement {
    /// What enclosures say of the statement on one box of the chart.
    fn judge(&self, heads: Heads, part: &[Interval]) -> Finding {
        let local = heads.local(part);
        if local.pp.inf() <= 0.0 || local.g.inf() <= 0.0 {
            let bowl = n(2) * local.x.sqr() + n(24) * local.y.sqr();
            return if bowl.inf() > self.level.sup() { Finding::Outside } else { Finding::Unknown };
        }
        if local.level().inf() > self.level.sup() {
            return Finding::Outside;
        }
        match self.layer_two_moves && local.grows(self.growth) && local.is_smooth(self.smoothness) == Some(true) {
            true => Finding::Holds,
            false if self.fails_at_middle(heads, part) => Finding::Fails,
            false => Finding::Unknown,
        }
    }

    /// Whether `|grad L|^2 < lambda L`, or an eigenvalue of the Hessian is above `Lambda`, certainly, at the middle of the box.
    fn fails_at_middle(&self, heads: Heads, part: &[Interval]) -> bool {
        let middle: Option<Vec<Interval>> = part.iter().map(|side| Interval::try_from(side.mid()).ok()).collect();
        let Some(local) = middle.map(|middle| heads.local(&middle)) else { return false };
        if local.level().sup() > self.level.inf() {
            return false;
        }
        let v = [n(4) * local.eps * local.x, n(48) * local.eps * local.y, local.q];
        let m = local.gradient_form(self.layer_two_moves);
        let form = m[0] * v[0].sqr()
            + m[2] * v[1].sqr()
            + m[5] * v[2].sqr()
            + n(2) * (m[1] * v[0] * v[1] + m[3] * v[0] * v[2] + m[4] * v[1] * v[2]);
        let loss = local.level() * local.eps.sqr();
        form.sup() < (self.growth * loss).inf() || local.is_smooth(self.smoothness) == Some(false)
    }

    /// Settles the statement by branch and bound over a chart, [`CHART`] or one with other gaps (guarantee: valid).
    ///
    /// # Errors
    /// When the chart does not hold all weights of this level.
    pub fn run(&self, chart: [[i64; 2]; 4], most: usize) -> Result<Outcome> {
        let end = |numerator: i64| Interval::from(&Rational::new(numerator, 1024).expect("1024 is not zero"));
        let whole: Vec<Interval> = chart.iter().map(|[inf, sup]| end(*inf).hull(end(*sup))).collect();
        // 2 X^2, 24 Y^2 and D S^2 >= 4 sigma S^2 at the ends of the box (lemma 1)
        let heights = [(1, n(2)), (2, n(24)), (3, n(4) * self.heads.sigma)];
        let reached = |(side, factor): (usize, Interval)| factor * end(chart[side][1]).sqr();
        if heights.into_iter().any(|h| reached(h).inf() < self.level.sup()) {
            return Err(Error::input(self.level, "a level that the chart holds"));
        }
        let heads = self.heads;
        let stuck = self.where_layer_three_is_stuck();
        if self.fails_at_middle(heads, &stuck) {
            return Ok(Outcome::Refuted(stuck));
        }
        Ok(Search::new(whole, UNITS.to_vec(), most)?.run(|part| self.judge(heads, part)))
    }

    /// A point of the region at which the slope in `kappa` vanishes, `eps = .05`: `X = -2Y`, `S = 0`, at half the level.
    fn where_layer_three_is_stuck(&self) -> Vec<Interval> {
        let y = (self.level.mid() / 64.0).sqrt();
        [0.05, -2.0 * y, y, 0.0].into_iter().map(|v| Interval::try_from(v).unwrap_or(Interval::ENTIRE)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::dynamics::chain::{Chain, State};

    fn number(text: &str) -> Interval {
        Interval::from(&text.parse::<Rational>().unwrap())
    }

    fn statement(growth: &str, smoothness: &str) -> Statement {
        Statement {
            growth: number(growth),
            smoothness: number(smoothness),
            level: Interval::from(&level()),
            heads: Heads::unit(),
            layer_two_moves: true,
        }
    }

    fn outcome(growth: &str, smoothness: &str) -> Outcome {
        statement(growth, smoothness).run(CHART, 20_000).unwrap()
    }

    #[test]
    fn the_region_is_settled_with_few_boxes() {
        for (growth, smoothness) in [("0.3", "96.5"), ("1.1", "100"), ("1.2", "200")] {
            let Outcome::Proved(cover) = outcome(growth, smoothness) else { panic!("{growth} {smoothness}") };
            assert!(cover.boxes() < 2000, "{growth} {smoothness}: {}", cover.boxes());
        }
    }

    /// Gaps up to .3 and beyond the chart of the claim.
    #[test]
    fn wider_gaps_are_settled_as_well() {
        let wider = [[0, 308], CHART[1], CHART[2], CHART[3]];
        let Outcome::Proved(cover) = statement("0.7", "150").run(wider, 20_000).unwrap() else { panic!("it holds") };
        assert!(cover.boxes() < 1000, "{}", cover.boxes());
        assert!(!matches!(statement("1.1", "100").run(wider, 20_000).unwrap(), Outcome::Proved(_)));
    }

    #[test]
    fn the_target_repels_large_steps() {
        let at_target = |bound: &str| is_exceeded_at_the_target(number(bound), number("0.1"));
        assert_eq!((at_target("50"), at_target("100")), (Some(true), Some(false)));
    }

    #[test]
    fn too_much_is_refuted() {
        assert!(!matches!(outcome("2", "200"), Outcome::Proved(_)));
        assert!(matches!(outcome("0.1", "50"), Outcome::Refuted(_)));
        let frozen = Statement { layer_two_moves: false, ..statement("0.1", "200") };
        assert!(matches!(frozen.run(CHART, 20_000).unwrap(), Outcome::Refuted(_)));
        // A level that lets the head of layer 3 vanish, where the gradient in it does, is beyond the chart.
        assert!(Statement { level: number("0.26"), ..statement("0.001", "200") }.run(CHART, 20_000).is_err());
    }

    /// The formulas of the chart against the reduced map over intervals, and its Hessian against differences of its gradient.
    #[test]
    fn the_chart_agrees_with_the_reduced_map() {
        for (eps, x, y, s) in [(0.0625, 0.25, -0.0625, 0.25), (0.09375, -0.3125, 0.046875, 0.0078125), (0.03125, 0.0, 0.0, 0.0)] {
            let point = [eps, x, y, s].map(|v| Interval::try_from(v).unwrap());
            let local = Heads::unit().local(&point);
            let kappa = local.gamma.sqrt().unwrap();
            let chain = Chain::new(vec![sigma(), local.eps * beta()], vec![n(1), local.eps]);
            let state = State { a: local.pp.sqrt().unwrap(), b: local.q, heads: vec![kappa] };
            let (loss, gradient) = (chain.loss(&state), chain.gradient(&state));
            let close = |u: Interval, v: Interval| (u - v).mag() < 1e-12;
            assert!(close(loss, local.level() * local.eps.sqr()));
            let v = [n(4) * local.eps * local.x, n(48) * local.eps * local.y, local.q];
            let m = local.gradient_form(true);
            let form = m[0] * v[0].sqr()
                + m[2] * v[1].sqr()
                + m[5] * v[2].sqr()
                + n(2) * (m[1] * v[0] * v[1] + m[3] * v[0] * v[2] + m[4] * v[1] * v[2]);
            let square = gradient.a.sqr() + gradient.b.sqr() + (gradient.heads[0] / local.eps).sqr();
            assert!(close(form, square), "{form} {square}");
            let leading = m[0] * m[2] - m[1].sqr();
            assert!(close(leading, n(16) * local.g * local.r.sqr() * local.r));
            hessian_agrees(&local, &chain, &state);
        }
    }

    /// Central differences of step `h` miss a derivative by `O(h^2)`.
    fn hessian_agrees(local: &Local, chain: &Chain<Interval>, state: &State<Interval>) {
        let h = 1.0 / 1024.0;
        let (eps, kappa) = (local.eps.mid(), state.heads[0].mid());
        let floats = Chain::new(chain.target.iter().map(|t| t.mid()).collect(), vec![1.0, eps]);
        let at = |i: usize, sign: f64| {
            let mut v = [state.a.mid(), state.b.mid(), kappa];
            v[i] += sign * h;
            let g = floats.gradient(&State { a: v[0], b: v[1], heads: vec![v[2]] });
            [g.a, g.b, g.heads[0]]
        };
        let metric = [1.0, 1.0, 1.0 / eps];
        let difference = |i: usize, j: usize| (at(i, 1.0)[j] - at(i, -1.0)[j]) / (2.0 * h) * metric[i] * metric[j];
        let [h11, h12, h22, h13, h23, h33] = local.hessian().map(Interval::mid);
        let (p, q) = (state.a.mid(), state.b.mid());
        let found = [h11, p * q * h12, h22, p * kappa * h13, q * kappa * h23, h33];
        for (value, (i, j)) in found.into_iter().zip([(0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2)]) {
            let expected = difference(i, j);
            assert!((value - expected).abs() < 2e-3 * (1.0 + expected.abs()), "({i}, {j}): {value} {expected}");
        }
    }
}
