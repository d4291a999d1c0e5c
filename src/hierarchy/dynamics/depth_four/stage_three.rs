//! The stages of layers 2 and 3 when the target has depth 4 (`proofs/depth-4.md`, lemmas 6 and 7).
//!
//! With layers 2 and 3 on, the loss is that of depth 3 plus a constant, for the target that a learner of depth 3 sees:
//!
//! ```text
//! t_2' = T_2 - 6 T_4 = sigma - 840 eps^2 beta_4        t_3' = T_4 = e beta,  e = eps (1 + 210 eps beta_4/beta)
//! ```
//!
//! so that what is proved at depth 3 holds with the gap `e` in the place of `eps` and this head of layer 2.

use super::super::depth_three::{Heads, beta, sigma};
use super::super::every_dimension::Constants;
use super::powers::root;
use crate::enclosure::Interval;
use crate::enclosure::boxes::Outcome;
use crate::enclosure::logarithm::ln;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::dynamics::approach::Steps;
use crate::hierarchy::dynamics::chain::{exponent, hermite_coefficient};
use crate::hierarchy::dynamics::numbers::{Numbers, interval as n};
use crate::hierarchy::dynamics::stage::covariance;
use crate::scalar::Scalar;

/// The largest gap `e`, and a numerator over 1024 that is not below it.
const LARGEST_GAP: (&str, i64) = ("0.115", 118);

/// How near to its optimum stage 3 has to come, over `eps^4`.
#[derive(Clone, Debug)]
pub struct StageThree {
    /// The theorem of depth 3, for the target that this stage sees.
    pub constants: Constants,
    /// The excess of the loss when layer 4 is switched on, over `eps^4`.
    pub excess: Rational,
}

/// `1/sqrt(Var z^8)`.
fn beta_four() -> Interval {
    n(1) / root(Interval::from(&covariance(exponent(4), exponent(4))))
}

/// `C(p_4, j)`.
fn of_eight(j: u32) -> Interval {
    Interval::integer(&hermite_coefficient(exponent(4), j))
}

impl StageThree {
    /// The constants of depth 3 with the heads of this stage, `eps <= .1`; an excess of .00001.
    pub fn standard() -> Self {
        let decimal = |text: &str| text.parse::<Rational>().expect("a decimal number");
        let gap = Interval::zero().hull(Interval::from(&decimal("0.1")));
        let head = sigma() + gap.sqr() * beta_four() * (of_eight(2) - n(6) * of_eight(4));
        let mut constants = Constants::standard();
        constants.heads = Heads { sigma: head, beta: beta() };
        constants.approach.sigma = head;
        constants.approach.largest_gap = decimal(LARGEST_GAP.0);
        constants.largest_gap = LARGEST_GAP.1;
        StageThree { constants, excess: decimal("0.00001") }
    }

    /// `e/eps` at the most: at `eps = .1`.
    fn stretch() -> Interval {
        n(1) + of_eight(4) * beta_four() / beta() / n(10)
    }

    /// Whether the theorem of depth 3 holds for these heads: both regions are proved, and layer 3 is switched on inside (guarantee: valid);
    /// `None` when the enclosures do not tell.
    ///
    /// # Errors
    /// As [`Constants::prove_regions`].
    pub fn is_proved(&self) -> Result<Option<bool>> {
        let regions = self.constants.prove_regions()?;
        if regions.iter().any(|region| matches!(region, Outcome::Refuted(_))) {
            return Ok(Some(false));
        }
        let proved = regions.iter().all(|region| matches!(region, Outcome::Proved(_)));
        let gap = Self::stretch() / n(10);
        let small = gap.certainly_less(Interval::from(&self.constants.approach.largest_gap)) == Some(true);
        let switched = self.constants.approach.reaches_the_region(&self.constants.deviation) == Some(true);
        Ok((proved && small && switched).then_some(true))
    }

    /// Steps of layer 2 alone, as at depth 3 (guarantee: valid).
    pub fn steps_of_layer_two(&self) -> Option<Steps> {
        self.constants.steps_before()
    }

    /// Steps of layers 2 and 3 until the excess is reached: a constant, and the factor of `ln(1/eps)` (guarantee: valid, where
    /// [`is_proved`](Self::is_proved)).
    pub fn steps_of_both(&self) -> Option<(Interval, Interval)> {
        let (crossing, factor) = self.constants.steps_after()?;
        // From L = level e^2 down to excess eps^4.
        let inner = Interval::from(&self.constants.regions[1].level) * Self::stretch().sqr();
        let down = factor * ln(inner / Interval::from(&self.excess))?;
        Some((crossing + down + n(1), n(2) * factor))
    }

    /// `L/eps^4` just after layer 4 is switched on where its head alone would make it `level`: `(sqrt(level) + sqrt(x))^2 + 1.1 x`, `x` the
    /// excess (guarantee: an upper bound; lemma 7, which wants `x <= 50`: above, nothing is said).
    pub fn level_at_the_switch(&self, level: Interval) -> Interval {
        let x = Interval::from(&self.excess);
        if x.sup() > 50.0 {
            return Interval::ENTIRE;
        }
        (root(level) + root(x)).sqr() + n(11) / n(10) * x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::dynamics::chain::{Chain, State};

    #[test]
    fn the_theorem_of_depth_3_holds_for_its_heads() {
        let stage = StageThree::standard();
        assert_eq!(stage.is_proved().unwrap(), Some(true));
        let mut frozen = stage.clone();
        frozen.constants.layer_two_moves = false;
        assert_eq!(frozen.is_proved().unwrap(), Some(false));
        let mut far = stage.clone();
        far.constants.approach.largest_gap = "0.11".parse().unwrap();
        assert_eq!(far.is_proved().unwrap(), None);
        let (alone, both) = (stage.steps_of_layer_two().unwrap(), stage.steps_of_both().unwrap());
        assert!(alone.constant.sup() <= 240.0 && alone.start.sup() <= 9.2 && alone.gap.sup() <= 18.4, "{alone:?}");
        assert!(both.0.sup() <= 860.0 && both.1.sup() <= 84.0, "{both:?}");
        assert!(stage.level_at_the_switch(n(1) / n(4)).sup() < 0.26);
    }

    /// The loss with layers 2 and 3 on is that of depth 3, but for a constant.
    #[test]
    fn the_loss_of_stage_3_is_one_of_depth_3() {
        let eps = Interval::try_from(0.0625).unwrap();
        let t4 = eps.sqr() * beta_four();
        let deep = Chain::new(vec![sigma(), eps * beta(), t4], vec![n(1), eps, eps.sqr()]);
        let seen = vec![sigma() + t4 * (of_eight(2) - n(6) * of_eight(4)), eps * beta() + t4 * of_eight(4)];
        let shallow = Chain::new(seen, vec![n(1), eps]);
        let state = |a: f64, b: f64, k: f64| {
            let [a, b, k] = [a, b, k].map(|v| Interval::try_from(v).unwrap());
            State { a, b, heads: vec![k] }
        };
        let difference = |s: &State<Interval>| deep.loss(s) - shallow.loss(s);
        let first = difference(&state(0.5, 0.25, 0.5));
        for other in [state(0.75, 0.125, 0.25), state(-0.25, 1.0, 0.75)] {
            assert!((difference(&other) - first).mag() < 1e-12);
        }
        assert!(first.inf() > 0.0);
    }

    /// A run of the reduced map in floats, through all stages, against the bounds.
    #[test]
    fn a_run_through_all_stages_takes_fewer_steps() {
        use super::super::Constants as Last;
        let stage = StageThree::standard();
        let (eps, error) = (0.1, 1e-9);
        let beta_4 = beta_four().mid();
        let e = eps * (1.0 + 210.0 * eps * beta_4 / beta().mid());
        let target = vec![sigma().mid(), eps * beta().mid(), eps * eps * beta_4];
        let chain = Chain::new(target, vec![1.0, eps, eps * eps]);
        let logarithm = |v: f64| ln(Interval::try_from(v).unwrap()).unwrap();
        let mut state = State { a: 1e-4, b: 0.3, heads: vec![] };
        let alone = stage.steps_of_layer_two().unwrap().at(logarithm(9e6), logarithm(1.0 / eps)).sup() as usize;
        (0..alone).for_each(|_| state = chain.step(&state, &[0.01]));
        let s = state.size();
        state.heads.push((0.1 * e * beta().mid() / (eps * s * s)).sqrt());
        let (constant, gap) = stage.steps_of_both().unwrap();
        let both = (constant + gap * logarithm(1.0 / eps)).sup() as usize;
        (0..both).for_each(|_| state = chain.step(&state, &[0.01, 0.01 / (eps * e)]));
        let (s, k3) = (state.size(), state.heads[0]);
        state.heads.push((0.1 * beta_4 / (k3.powi(4) * s.powi(4))).sqrt());
        assert!(chain.loss(&state) <= 0.26 * eps.powi(4), "{}", chain.loss(&state) / eps.powi(4));
        let (sigma, square3) = (sigma().mid(), beta().mid() / sigma().mid().powi(2));
        let square4 = beta_4 / (square3 * square3 * sigma.powi(4));
        let rates = [0.01, 0.01 * square3 / eps.powi(2), 0.01 * square4 / eps.powi(4)];
        let (constant, factor) = Last::standard().steps().unwrap();
        let most = (constant + factor * logarithm(1.0 / error)).sup() as usize;
        let taken = (0..=most).find(|_| {
            let done = chain.loss(&state) <= error;
            state = chain.step(&state, &rates);
            done
        });
        assert!(taken.is_some_and(|steps| steps > 0));
    }
}
