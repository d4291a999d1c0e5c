//! Depth 3 in every dimension: from any start with `a_0 /= 0` to any error, with every constant (`proofs/every-dimension.md`, theorem 10).
//!
//! Gradient descent on the population, layer 2 alone until layer 3 is switched on, then both:
//!
//! ```text
//! steps <= A + A_start ln(max(1, b_0^2/a_0^2)) + A_gap ln(1/eps) + E ln(1/delta)       for  te <= delta
//! ```
//!
//! The dimension enters through the law of `a_0^2/b_0^2` alone.

use serde::Serialize;

use super::approach::{Approach, Steps};
use super::depth_three::{CHART, Statement, level};
use crate::enclosure::Interval;
use crate::enclosure::boxes::{Cover, Outcome};
use crate::enclosure::logarithm::ln;
use crate::error::Result;
use crate::exact::Rational;
use crate::scalar::Scalar;

/// The constants that are chosen for the proof, not derived in it.
#[derive(Clone, Debug)]
pub struct Constants {
    /// How layer 2 comes near its optimum.
    pub approach: Approach,
    /// `sqrt(96) k_3^2 s^2`, the standard deviation of the head of layer 3 in units of `eps` when it is switched on.
    pub deviation: Rational,
    /// `lambda` in `|grad L|^2 >= lambda L`.
    pub growth: Rational,
    /// `Lambda`, above the eigenvalues of the Hessian.
    pub smoothness: Rational,
    /// Whether layer 2 moves after the switch; in layerwise training it does not.
    pub layer_two_moves: bool,
}

/// The most nodes of the tree of boxes.
const MOST_NODES: usize = 20_000;

impl Constants {
    /// The constants of the claim: `eta = .01`, `lambda = 1.1`, `Lambda = 100`, `eps <= .1`, a head of deviation .1.
    pub fn standard() -> Self {
        let decimal = |text: &str| text.parse().expect("a decimal number");
        Constants {
            approach: Approach::standard(),
            deviation: decimal("0.1"),
            growth: decimal("1.1"),
            smoothness: decimal("100"),
            layer_two_moves: true,
        }
    }

    /// The statement about the region `L <= .85 eps^2/4`.
    pub fn statement(&self) -> Statement {
        Statement {
            growth: Interval::from(&self.growth),
            smoothness: Interval::from(&self.smoothness),
            level: Interval::from(&level()),
            layer_two_moves: self.layer_two_moves,
        }
    }

    /// Branch and bound over the region (guarantee: valid).
    ///
    /// # Errors
    /// As [`Statement::run`].
    pub fn region(&self) -> Result<Outcome> {
        self.statement().run(MOST_NODES)
    }

    /// `1 - eta lambda (1 - eta Lambda/2)`, by which a step multiplies the loss at the most (lemma 4); `None` when it is not below 1.
    pub fn descent_factor(&self) -> Option<Interval> {
        let (eta, half) = (&self.approach.eta, Rational::new(1, 2)?);
        let slack = &Rational::one() - &(&(eta * &self.smoothness) * &half);
        let factor = &Rational::one() - &(&(eta * &self.growth) * &slack);
        (factor < Rational::one() && factor > Rational::zero()).then(|| Interval::from(&factor))
    }

    /// `E`: the steps in which `ln(1/te)` grows by one after the switch, at the most.
    pub fn steps_of_the_error(&self) -> Option<Interval> {
        Some(Interval::one() / -ln(self.descent_factor()?)?)
    }

    /// The steps before the switch.
    pub fn steps_before(&self) -> Option<Steps> {
        self.approach.steps().filter(|_| self.approach.reaches_the_region(&self.deviation) == Some(true))
    }

    /// The bound of all steps (guarantee: valid, where [`region`](Self::region) is proved); `start = ln(max(1, b_0^2/a_0^2))`, `gap = ln(1/eps)`,
    /// `error = ln(1/delta)`.
    ///
    /// At the switch `te <= L <= .85 eps^2/4 < 1`, as `Var F* >= 1`; the last step is counted in full.
    pub fn steps(&self, start: Interval, gap: Interval, error: Interval) -> Option<Interval> {
        Some(self.steps_before()?.at(start, gap) + self.steps_of_the_error()? * error + Interval::one())
    }

    /// The certificate that `proofs/certificates/boxes.py` checks.
    pub fn certificate(&self, cover: &Cover) -> Certificate {
        Certificate {
            format: "bfc-boxes-1",
            statement: "descent at depth 3",
            chart: CHART,
            level: level().to_fixed(4),
            growth: self.growth.to_string(),
            smoothness: self.smoothness.to_string(),
            tree: cover.tree.clone(),
        }
    }
}

/// A tree of boxes and what holds on each, to be checked by others.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// The name of the format.
    pub format: &'static str,
    /// The name of the statement.
    pub statement: &'static str,
    /// The box of `(eps, X, Y, S)`, numerators over 1024.
    pub chart: [[i64; 2]; 4],
    /// `L / eps^2` at the most.
    pub level: String,
    /// `lambda`.
    pub growth: String,
    /// `Lambda`.
    pub smoothness: String,
    /// The tree of a [`Cover`].
    pub tree: String,
}

/// An upper bound of the probability of `a_0^2 <= tau^2 |K_2|^2 / d` for a start of random direction in `d >= 3` dimensions:
/// `tau sqrt(2/pi)` (lemma 11), with `pi >= 333/106`.
pub fn probability_of_a_small_start(tau: &Rational) -> Interval {
    let square = &tau.squared() * &Rational::new(212, 333).expect("333 is not zero");
    Interval::from(&square).sqrt().expect("a square")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::dynamics::chain::{Chain, State};

    fn cover(constants: &Constants) -> Cover {
        match constants.region().unwrap() {
            Outcome::Proved(cover) => cover,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_constants_are_proved() {
        let constants = Constants::standard();
        let cover = cover(&constants);
        assert!(cover.boxes() < 1000, "{} boxes", cover.boxes());
        let stored = include_str!("../../../proofs/certificates/descent-depth-3.json");
        assert_eq!(serde_json::to_string_pretty(&constants.certificate(&cover)).unwrap() + "\n", stored);
        let steps = constants.steps_before().unwrap();
        assert!(steps.start.sup() <= 9.1 && steps.gap.sup() <= 18.2 && steps.constant.sup() <= 300.0, "{steps:?}");
        let error = constants.steps_of_the_error().unwrap();
        assert!(error.sup() < 182.0, "{error}");
    }

    #[test]
    fn broken_premises() {
        let standard = Constants::standard();
        let refuted = |constants: Constants| matches!(constants.region().unwrap(), Outcome::Refuted(_));
        assert!(refuted(Constants { layer_two_moves: false, ..standard.clone() }));
        assert!(refuted(Constants { smoothness: Rational::from(50), ..standard.clone() }));
        let mut fast = standard;
        fast.approach.eta = "0.02".parse().unwrap();
        assert!(fast.descent_factor().is_none());
    }

    /// A run of the reduced map in floats, against the bound.
    #[test]
    fn a_run_takes_fewer_steps() {
        let constants = Constants::standard();
        let interval = |v: f64| ln(Interval::try_from(v).unwrap()).unwrap();
        for (eps, d) in [(0.1, 1e3), (0.1, 1e12), (0.01, 1e3)] {
            let (target, scales) = ([0.5f64.sqrt(), eps / 96f64.sqrt()], [1.0, eps]);
            let chain = Chain::new(target.to_vec(), scales.to_vec());
            let mut state = State { a: 0.3 / f64::sqrt(d), b: 0.3, heads: vec![] };
            let start = (state.b / state.a) * (state.b / state.a);
            let before = constants.steps_before().unwrap().at(interval(start), interval(1.0 / eps)).sup() as usize;
            for _ in 0..before {
                state = chain.step(&state, &[0.01]);
            }
            let s = state.size();
            state.heads.push((0.1 / (96f64.sqrt() * s * s)).sqrt());
            assert!(chain.loss(&state) <= 0.85 * eps * eps / 4.0);
            let after = (constants.steps_of_the_error().unwrap() * interval(1e12)).sup() as usize + 1;
            let mut taken = 0;
            while chain.loss(&state) / (1.0 + 3f64.sqrt() * eps + eps * eps) > 1e-12 {
                state = chain.step(&state, &[0.01, 0.01 / (eps * eps)]);
                taken += 1;
            }
            assert!(taken <= after, "{taken} {after}");
        }
    }

    #[test]
    fn few_starts_are_small() {
        assert_eq!(probability_of_a_small_start(&Rational::from(1)).to_decimal(4), Some("0.7979".into()));
    }
}
