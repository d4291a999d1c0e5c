//! Depth 4 in every dimension: growth of the gradient and a bound of the Hessian near the target, uniform in the gap, and the stages before
//! (`proofs/depth-4.md`).
//!
//! Unit heads, all layers on. With `s = a^2 + b^2`, `w = b^2/s`, `y_l = c_l s^(p_l/2)`:
//!
//! ```text
//! L = (y - t)' Gamma (y - t) + 2 sum_j j! H_j T_j (1 - (1-w)^(j/2)),        H_j = sum_l y_l C(p_l, j)
//! ```
//!
//! In the chart `y_l sqrt(Gamma_ll) = eps^(l-2) r_l`, `r_2 = 1 + eps^2 Y_2`, `r_3 = 1 + eps Y_3`, `r_4 = 1 + Y_4`, `b = eps^2 S`,
//! `X = R Y` with `R'R` the correlations of the powers, nothing is singular at `eps = 0`: there `L/eps^4 = |X|^2 + S^2 D/s`. Steps are
//! `eta` for layer 2 and `eta kappa_l^2/alpha_l^2` for layer `l`, `kappa_l` the weight of the target: in `(a, b, eps u, eps^2 v)`, `u =
//! k_3/kappa_3`, `v = k_4/kappa_4`, a step is `-eta` times the gradient, and lengths are taken there.
//!
//! | module | gives |
//! |---|---|
//! | [`powers`] | correlations and Hermite coefficients of the powers |
//! | [`local`] | loss, gradient and Hessian in a box of the chart |
//! | [`stage_three`] | the stages before layer 4 is switched on |

pub mod local;
pub mod powers;
pub mod stage_three;

use self::local::Local;
use self::powers::{Powers, Square, cholesky, root};
use super::every_dimension::{Certificate, Region};
use super::numbers::{interval as n, sum};
use crate::enclosure::Interval;
use crate::enclosure::boxes::{Cover, Finding, Outcome, Search};
use crate::enclosure::logarithm::ln;
use crate::error::{Error, Result};
use crate::exact::Rational;

/// The constants that are chosen for the proof, not derived in it.
#[derive(Clone, Debug)]
pub struct Constants {
    /// `eta`.
    pub eta: Rational,
    /// The standard deviation of the head of layer 4 in units of `eps^2` when it is switched on.
    pub deviation: Rational,
    /// The regions that descent passes, one inside the other.
    pub regions: Vec<Region>,
    /// Whether layer 2 moves.
    pub layer_two_moves: bool,
}

impl Constants {
    /// The constants of the claim: `eta = .01`, a head of deviation .1, and three regions.
    pub fn standard() -> Self {
        let decimal = |text: &str| text.parse().expect("a decimal number");
        let regions = [("0.26", "0.2", "100"), ("0.1", "0.4", "70"), ("0.01", "0.5", "40")];
        let region = |(level, growth, smoothness)| Region {
            level: decimal(level),
            growth: decimal(growth),
            smoothness: decimal(smoothness),
        };
        Constants {
            eta: decimal("0.01"),
            deviation: decimal("0.1"),
            regions: regions.map(region).to_vec(),
            layer_two_moves: true,
        }
    }

    /// Branch and bound over one of the regions (guarantee: valid).
    ///
    /// # Errors
    /// As [`Statement::run`].
    pub fn prove(&self, region: &Region) -> Result<Outcome> {
        self.statement(region).run(MOST_NODES)
    }

    fn statement(&self, region: &Region) -> Statement {
        Statement {
            growth: Interval::from(&region.growth),
            smoothness: Interval::from(&region.smoothness),
            level: Interval::from(&region.level),
            layer_two_moves: self.layer_two_moves,
        }
    }

    /// The certificate of a region that `proofs/certificates/boxes_depth_4.py` checks.
    pub fn certificate(&self, region: &Region, cover: &Cover) -> Certificate {
        region.certificate("descent at depth 4", &self.statement(region).chart(&Powers::default()), cover)
    }

    /// `L/eps^4` when layer 4 is switched on with this head, layers 2 and 3 at the optimum of their stage: `.3 (1 - 2f) + f^2`, `f` the
    /// deviation (guarantee: valid).
    pub fn level_at_the_switch(&self) -> Interval {
        let (left, f) = (Powers::default().root[2][2].sqr(), Interval::from(&self.deviation));
        left * (n(1) - n(2) * f) + f.sqr()
    }

    /// `A` and `E`: `te <= delta` within `A + E ln(1/delta)` steps from the outermost region (guarantee: valid, where
    /// [`prove`](Self::prove) proves all); `None` when a step need not lower the loss.
    ///
    /// A region is crossed in `ln(level/next level)` times [`Region::steps`], and one; in the last `te <= L < 1`, as `Var F* >= 1`.
    pub fn steps(&self) -> Option<(Interval, Interval)> {
        let crossing =
            |pair: &[Region]| Some(pair[0].steps(&self.eta)? * ln(Interval::from(&pair[0].level.over(&pair[1].level)?))? + n(1));
        let all: Option<Vec<Interval>> = self.regions.windows(2).map(crossing).collect();
        Some((sum(all?) + n(1), self.regions.last()?.steps(&self.eta)?))
    }
}

/// The most nodes of the tree of boxes.
const MOST_NODES: usize = 20_000;

/// What is to be shown on `{L <= level eps^4}`, for every `0 < eps <= .1`.
#[derive(Clone, Debug)]
pub struct Statement {
    /// `lambda` in `|grad L|^2 >= lambda L`.
    pub growth: Interval,
    /// `Lambda`, above every eigenvalue of the Hessian.
    pub smoothness: Interval,
    /// `L/eps^4` at the most.
    pub level: Interval,
    /// Whether layer 2 moves; in layerwise training it does not.
    pub layer_two_moves: bool,
}

/// `eps <= 104/1024`.
const GAPS: [i64; 2] = [0, 104];
/// The width of each side that counts as one.
const UNITS: [f64; 5] = [0.6, 0.3, 0.3, 0.1, 0.3];

/// Whether every symmetric member is certainly positive definite: after multiplication from both sides by floats that make the middle near
/// the identity, the diagonal dominates (guarantee: valid).
fn is_definite(a: &Square<4>) -> bool {
    let middle: Square<4> = a.map(|row| row.map(|v| Interval::try_from(v.mid()).unwrap_or(Interval::ENTIRE)));
    let r = cholesky(&middle);
    // C = R^-1, by floats of which nothing is assumed
    let mut c = [[n(0); 4]; 4];
    for j in 0..4 {
        for i in (0..=j).rev() {
            let above = sum((i + 1..=j).map(|m| r[i][m] * c[m][j]));
            let value = (n(i32::from(i == j)) - above) / r[i][i];
            c[i][j] = Interval::try_from(value.mid()).unwrap_or(Interval::ENTIRE);
        }
    }
    let ac: Square<4> = std::array::from_fn(|i| std::array::from_fn(|j| sum((0..=j).map(|m| a[i][m] * c[m][j]))));
    let cac = |i: usize, j: usize| sum((0..=i).map(|m| c[m][i] * ac[m][j]));
    (0..4).all(|i| {
        let off = sum((0..4).filter(|j| *j != i).map(|j| cac(i, j).abs()));
        off.certainly_less(cac(i, i)) == Some(true)
    })
}

impl Statement {
    /// The box of `(eps, X, S)` that holds all weights of this level with `S >= 0`: `X_i^2 <= level`, and `D/s >= 4 sigma`; numerators over
    /// 1024.
    pub fn chart(&self, powers: &Powers) -> [[i64; 2]; 5] {
        let end = |square: Interval| (root(square).sup() * 1024.0).next_up().ceil() as i64;
        let (x, s) = (end(self.level), end(self.level / (n(4) * powers.sigma)));
        [GAPS, [-x, x], [-x, x], [-x, x], [0, s]]
    }

    fn judge(&self, powers: &Powers, part: &[Interval]) -> Finding {
        let local = Local::new(powers, part);
        if local.bowl().inf() > self.level.sup() {
            return Finding::Outside;
        }
        if !local.is_regular() {
            return Finding::Unknown;
        }
        if local.level().inf() > self.level.sup() {
            return Finding::Outside;
        }
        match self.layer_two_moves && is_definite(&local.growth_form(self.growth, true)) && self.is_smooth(&local) {
            true => Finding::Holds,
            false if self.fails_at_middle(powers, part) => Finding::Fails,
            false => Finding::Unknown,
        }
    }

    fn is_smooth(&self, local: &Local<'_>) -> bool {
        let h = local.hessian();
        is_definite(&std::array::from_fn(|i| std::array::from_fn(|j| if i == j { self.smoothness - h[i][j] } else { -h[i][j] })))
    }

    /// Whether `|grad L|^2 < lambda L`, or an entry of the diagonal of the Hessian is above `Lambda`, certainly, at the middle.
    fn fails_at_middle(&self, powers: &Powers, part: &[Interval]) -> bool {
        let middle: Option<Vec<Interval>> = part.iter().map(|side| Interval::try_from(side.mid()).ok()).collect();
        let Some(middle) = middle else { return false };
        let local = Local::new(powers, &middle);
        if !local.is_regular() || local.level().sup() > self.level.inf() {
            return false;
        }
        let (form, z) = (local.growth_form(self.growth, self.layer_two_moves), local.place());
        let value = sum((0..4).flat_map(|i| (0..4).map(move |j| (i, j))).map(|(i, j)| form[i][j] * z[i] * z[j]));
        value.sup() < 0.0 || (0..4).any(|i| local.hessian()[i][i].inf() > self.smoothness.sup())
    }

    /// Settles the statement by branch and bound (guarantee: valid).
    ///
    /// # Errors
    /// When the level is so large that `k_4` may vanish: `.3` or more.
    pub fn run(&self, most: usize) -> Result<Outcome> {
        let powers = Powers::default();
        if self.level.certainly_less(powers.root[2][2].sqr()) != Some(true) {
            return Err(Error::input(self.level, "a level below .3"));
        }
        let end = |numerator: i64| Interval::from(&Rational::new(numerator, 1024).expect("1024 is not zero"));
        let chart = self.chart(&powers).map(|[inf, sup]| end(inf).hull(end(sup))).to_vec();
        Ok(Search::new(chart, UNITS.to_vec(), most)?.run(|part| self.judge(&powers, part)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regions_are_proved_and_their_certificates_stored() {
        let constants = Constants::standard();
        let stored = [
            include_str!("../../../../proofs/certificates/descent-depth-4-outer.json"),
            include_str!("../../../../proofs/certificates/descent-depth-4-middle.json"),
            include_str!("../../../../proofs/certificates/descent-depth-4-inner.json"),
        ];
        for ((region, most), stored) in constants.regions.iter().zip([2000, 600, 20]).zip(stored) {
            let Outcome::Proved(cover) = constants.prove(region).unwrap() else { panic!("{region:?}") };
            assert!(cover.boxes() < most, "{}", cover.boxes());
            assert_eq!(serde_json::to_string_pretty(&constants.certificate(region, &cover)).unwrap() + "\n", stored);
        }
        let (crossing, factor) = constants.steps().unwrap();
        assert!(crossing.sup() < 1850.0 && factor.sup() < 251.0, "{crossing} {factor}");
        assert!((constants.level_at_the_switch() - n(1) / n(4)).mag() < 1e-12);
    }

    #[test]
    fn too_much_is_refuted() {
        let number = |text: &str| Interval::from(&text.parse::<Rational>().unwrap());
        let inner = Statement { growth: number("0.5"), smoothness: number("40"), level: number("0.01"), layer_two_moves: true };
        let refuted = |statement: Statement| matches!(statement.run(4000).unwrap(), Outcome::Refuted(_));
        assert!(refuted(Statement { layer_two_moves: false, ..inner.clone() }));
        assert!(refuted(Statement { smoothness: number("10"), ..inner.clone() }));
        // Three times too much: no box about the target can be settled.
        assert!(!matches!(Statement { growth: number("1.5"), ..inner.clone() }.run(4000).unwrap(), Outcome::Proved(_)));
        assert!(Statement { level: number("0.31"), ..inner }.run(4000).is_err());
    }

    #[test]
    fn definiteness_is_decided_in_between() {
        let matrix = |off: f64, width: f64| -> Square<4> {
            let entry = |v: f64| Interval::new(v - width, v + width).unwrap();
            std::array::from_fn(|i| std::array::from_fn(|j| entry(if i == j { 1.0 } else { off })))
        };
        assert!(is_definite(&matrix(0.9, 0.001)) && !is_definite(&matrix(0.9, 0.1)) && !is_definite(&matrix(1.1, 0.0)));
    }
}
