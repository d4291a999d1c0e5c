//! Depth 3 in every dimension: from any start with `a_0 /= 0` to any error, with every constant (`proofs/every-dimension.md`,
//! theorem 10).
//!
//! Gradient descent on the population, layer 2 alone until layer 3 is switched on, then both:
//!
//! ```text
//! steps <= A + A_start ln(max(1, b_0^2/a_0^2)) + A_gap ln(1/eps)  +  A' + E ln(1/delta)       for  te <= delta
//! ```
//!
//! the first part before the switch, the second after it.
//!
//! The dimension enters through the law of `a_0^2/b_0^2` alone.

use serde::Serialize;

use super::approach::{Approach, Steps};
use super::depth_three::{CHART, Heads, Statement, level};
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
    /// The target's heads.
    pub heads: Heads,
    /// The largest gap of the regions, over 1024.
    pub largest_gap: i64,
    /// `sqrt(96) k_3^2 s^2`, the standard deviation of the head of layer 3 in units of `eps` when it is switched on.
    pub deviation: Rational,
    /// The regions that descent passes after the switch, one inside the other.
    pub regions: [Region; 2],
    /// What is proved near the target for larger gaps.
    pub wider: Region,
    /// The largest of these gaps, over 1024.
    pub widest_gap: i64,
    /// Whether layer 2 moves after the switch; in layerwise training it does not.
    pub layer_two_moves: bool,
    /// `C` in `P(|a_0| <= tau |K_2|/sqrt d) <= C tau`.
    pub small_start: Rational,
}

/// What is claimed on `{L <= level eps^2}`.
#[derive(Clone, Debug)]
pub struct Region {
    /// The level.
    pub level: Rational,
    /// `lambda` in `|grad L|^2 >= lambda L`.
    pub growth: Rational,
    /// `Lambda`, above the eigenvalues of the Hessian.
    pub smoothness: Rational,
}

impl Region {
    /// `1 - eta lambda (1 - eta Lambda/2)`, by which a step multiplies the loss at the most (lemma 4); `None` when it is not
    /// below 1.
    pub fn descent_factor(&self, eta: &Rational) -> Option<Interval> {
        let half = Rational::new(1, 2)?;
        let slack = Rational::one() - eta * &self.smoothness * half;
        let factor = Rational::one() - eta * &self.growth * slack;
        (factor < Rational::one() && factor > Rational::zero()).then(|| Interval::from(&factor))
    }

    /// The steps in which `ln(1/L)` grows by one, at the most.
    pub fn steps(&self, eta: &Rational) -> Option<Interval> {
        Some(Interval::one() / -ln(self.descent_factor(eta)?)?)
    }

    /// The certificate that `proofs/certificates/boxes.py` checks at depth 3, `boxes_depth_4.py` at depth 4.
    pub fn certificate(&self, statement: &'static str, chart: &[[i64; 2]], cover: &Cover) -> Certificate {
        Certificate {
            format: "bfc-boxes-1",
            statement,
            chart: chart.to_vec(),
            level: self.level.to_fixed(4),
            growth: self.growth.to_string(),
            smoothness: self.smoothness.to_string(),
            tree: cover.tree.clone(),
        }
    }
}

/// The most nodes of the tree of boxes.
const MOST_NODES: usize = 20_000;

/// The [`CHART`] for gaps up to this one, over 1024.
fn chart(largest_gap: i64) -> [[i64; 2]; 4] {
    let [_, x, y, s] = CHART;
    [[0, largest_gap], x, y, s]
}

impl Constants {
    /// The constants of the claim: `eta = .01`, `eps <= .1`, a head of deviation .1; `lambda = 1.1`, `Lambda = 100` up to the
    /// level of the switch, 3.5 and 65 up to the level .01.
    pub fn standard() -> Self {
        let decimal = |text: &str| text.parse().expect("a decimal number");
        let region = |level, growth, smoothness| Region { level, growth: decimal(growth), smoothness: decimal(smoothness) };
        Constants {
            approach: Approach::standard(),
            heads: Heads::unit(),
            largest_gap: CHART[0][1],
            deviation: decimal("0.1"),
            regions: [region(level(), "1.1", "100"), region(decimal("0.01"), "3.5", "65")],
            wider: region(level(), "0.7", "150"),
            widest_gap: 308,
            layer_two_moves: true,
            small_start: decimal("0.798"),
        }
    }

    /// Branch and bound over each region (guarantee: valid).
    ///
    /// # Errors
    /// As [`Statement::run`].
    pub fn prove_regions(&self) -> Result<[Outcome; 2]> {
        Ok([self.prove(&self.regions[0], self.largest_gap)?, self.prove(&self.regions[1], self.largest_gap)?])
    }

    /// The same over the wider region, for gaps up to the widest (guarantee: valid).
    ///
    /// # Errors
    /// As [`Statement::run`].
    pub fn prove_wider(&self) -> Result<Outcome> {
        self.prove(&self.wider, self.widest_gap)
    }

    fn prove(&self, region: &Region, largest_gap: i64) -> Result<Outcome> {
        let statement = Statement {
            growth: Interval::from(&region.growth),
            smoothness: Interval::from(&region.smoothness),
            level: Interval::from(&region.level),
            heads: self.heads,
            layer_two_moves: self.layer_two_moves,
        };
        statement.run(chart(largest_gap), MOST_NODES)
    }

    /// The steps before the switch.
    pub fn steps_before(&self) -> Option<Steps> {
        self.approach.steps().filter(|_| self.approach.reaches_the_region(&self.deviation) == Some(true))
    }

    /// `A'` and `E`: after the switch, `te <= delta` within `A' + E ln(1/delta)` steps (guarantee: valid, where
    /// [`prove_regions`](Self::prove_regions) proves both).
    ///
    /// The outer region is crossed in `E_1 ln(level_1/level_2) + 1` steps. In the inner one `te <= L <= level_2 eps^2 < 1`, as
    /// `Var F* >= 1`; the last step is counted in full.
    pub fn steps_after(&self) -> Option<(Interval, Interval)> {
        let [outer, inner] = &self.regions;
        let crossing = outer.steps(&self.approach.eta)? * ln(Interval::from(&outer.level.over(&inner.level)?))?;
        Some((crossing + Interval::one() + Interval::one(), inner.steps(&self.approach.eta)?))
    }

    /// The bound of all steps; `start = ln(max(1, b_0^2/a_0^2))`, `gap = ln(1/eps)`, `error = ln(1/delta)`.
    pub fn steps(&self, start: Interval, gap: Interval, error: Interval) -> Option<Interval> {
        let (crossing, factor) = self.steps_after()?;
        Some(self.steps_before()?.at(start, gap) + crossing + factor * error)
    }
}

/// A tree of boxes and what holds on each, to be checked by others.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// The name of the format.
    pub format: &'static str,
    /// The name of the statement.
    pub statement: &'static str,
    /// The box of `(eps, X, Y, S)`, or of `(eps, X_2, X_3, X_4, S)`: numerators over 1024.
    pub chart: Vec<[i64; 2]>,
    /// `L / eps^2`, or `L / eps^4`, at the most.
    pub level: String,
    /// `lambda`.
    pub growth: String,
    /// `Lambda`.
    pub smoothness: String,
    /// The tree of a [`Cover`].
    pub tree: String,
}

/// The least `C` with `P(|a_0| <= tau |K_2|/sqrt d) <= C tau` for a start of random direction, for all `tau` and all `d >= 3`:
/// `sqrt(2/pi)` (lemma 11; guarantee: valid), from `333/106 <= pi <= 355/113`.
pub fn probability_per_tau() -> Interval {
    let square = |n: i64, d: i64| Interval::from(&Rational::new(n, d).expect("a denominator is not zero"));
    square(212, 333).hull(square(226, 355)).sqrt().expect("the numbers are positive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::dynamics::chain::{Chain, State};

    #[test]
    fn the_constants_are_proved_and_their_certificates_stored() {
        let constants = Constants::standard();
        let ([outer, near], wider) = (constants.prove_regions().unwrap(), constants.prove_wider().unwrap());
        let [outer_region, near_region] = &constants.regions;
        let stored = [
            include_str!("../../../proofs/certificates/descent-depth-3.json"),
            include_str!("../../../proofs/certificates/descent-depth-3-near.json"),
            include_str!("../../../proofs/certificates/descent-depth-3-wider.json"),
        ];
        let proved = [
            (outer_region, constants.largest_gap, outer, 300),
            (near_region, constants.largest_gap, near, 300),
            (&constants.wider, constants.widest_gap, wider, 500),
        ];
        for ((region, gap, outcome, boxes), stored) in proved.into_iter().zip(stored) {
            let Outcome::Proved(cover) = outcome else { panic!("{region:?}") };
            assert!(cover.boxes() < boxes, "{} boxes", cover.boxes());
            let certificate = region.certificate("descent at depth 3", &chart(gap), &cover);
            assert_eq!(serde_json::to_string_pretty(&certificate).unwrap() + "\n", stored);
        }
        let steps = constants.steps_before().unwrap();
        assert!(steps.start.sup() <= 9.1 && steps.gap.sup() <= 18.2 && steps.constant.sup() <= 240.0, "{steps:?}");
        let (crossing, factor) = constants.steps_after().unwrap();
        assert!(crossing.sup() < 560.0 && factor.sup() < 42.0, "{crossing} {factor}");
    }

    #[test]
    fn broken_premises() {
        let mut frozen = Constants { layer_two_moves: false, ..Constants::standard() };
        assert!(frozen.prove_regions().unwrap().iter().all(|outcome| matches!(outcome, Outcome::Refuted(_))));
        frozen = Constants::standard();
        frozen.regions[0].smoothness = Rational::from(50);
        assert!(matches!(frozen.prove_regions().unwrap()[0], Outcome::Refuted(_)));
        assert!(frozen.regions[1].descent_factor(&"0.04".parse().unwrap()).is_none());
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
            let (crossing, factor) = constants.steps_after().unwrap();
            let after = (crossing + factor * interval(1e12)).sup() as usize;
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
        assert_eq!(probability_per_tau().to_decimal(4), Some("0.7979".into()));
    }
}
