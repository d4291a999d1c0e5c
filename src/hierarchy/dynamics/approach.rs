//! Layer 2 alone, for every dimension: how many steps until layer 3 may be switched on (`proofs/every-dimension.md`, lemmas 5
//! to 9).
//!
//! With `A = a^2`, `s = a^2 + b^2`, `tau = b^2/a^2`, `c = 8 eta B` and `x = 8 eta s = c w`, a step of gradient descent on the
//! population is
//!
//! ```text
//! tau -> tau ((1 - x)/(1 + c - x))^2            w -> w ((1 + c (1 - w))^2 - c (2 + c - 2cw) tau/(1 + tau))
//! ```
//!
//! The angle falls by the factor `(1 + c)^-2` whatever `x` is; then `w` grows to 1/2, is led near 1 by a scalar interval map,
//! and tends to 1 geometrically. Everything is uniform in `0 < eps <= .1`: the slowest case is `c_0 = 8 eta sigma`, the limit
//! `eps -> 0`.

use super::depth_three::{beta, level, sigma};
use super::numbers::interval as n;
use crate::enclosure::Interval;
use crate::enclosure::logarithm::ln;
use crate::exact::Rational;
use crate::scalar::Scalar;

/// What is assumed of the start, and what layer 2 must reach; all constants of the proof that are chosen, not derived.
#[derive(Clone, Debug)]
pub struct Approach {
    /// The step size `eta`.
    pub eta: Rational,
    /// The target's head `t_2`: what is proved holds for all members.
    pub sigma: Interval,
    /// The largest gap `eps`.
    pub largest_gap: Rational,
    /// The least `s_0 = |K_2|^2` of a start; the largest is `1/(24 eta)`.
    pub least_size: Rational,
    /// `tan phi <= tangent * eps` in the end.
    pub tangent: Rational,
    /// `|s - B| <= distance * eps` in the end.
    pub distance: Rational,
    /// `tau <= early * eps` when the growth of `w` is first looked at.
    pub early: Rational,
    /// `|w - 1| <= near` from where the geometric rate is used.
    pub near: Rational,
    /// Where the logarithm of the growth is replaced by its tangent.
    pub knee: Rational,
}

/// An upper bound of the number of steps: `constant + start ln(max(1, b_0^2/a_0^2)) + gap ln(1/eps)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// The constant.
    pub constant: Interval,
    /// The factor of `ln(b_0^2/a_0^2)`.
    pub start: Interval,
    /// The factor of `ln(1/eps)`.
    pub gap: Interval,
}

/// Steps that the scalar map may take at the most.
const MOST_STEPS: usize = 100_000;

impl Approach {
    /// The constants of the claim.
    pub fn standard() -> Self {
        let decimal = |text: &str| text.parse().expect("a decimal number");
        Approach {
            eta: decimal("0.01"),
            sigma: sigma(),
            largest_gap: decimal("0.1"),
            least_size: decimal("0.001"),
            tangent: decimal("0.011"),
            distance: decimal("0.007"),
            early: decimal("0.004"),
            near: decimal("0.02"),
            knee: decimal("1400"),
        }
    }

    /// `c = 8 eta B` for the gaps in `eps`.
    pub fn contraction(&self, eps: Interval) -> Interval {
        n(8) * of(&self.eta) * (self.sigma + n(6) * eps * beta())
    }

    /// `c_0`, the least: that of the least `sigma` in the limit `eps -> 0`.
    fn least(&self) -> Interval {
        let least = self.contraction(Interval::zero()).inf();
        Interval::new(least, least).unwrap_or(Interval::ENTIRE)
    }

    /// The largest `c`: that of the largest `sigma` at the largest gap.
    fn most(&self) -> Interval {
        let most = self.contraction(of(&self.largest_gap)).sup();
        Interval::new(most, most).unwrap_or(Interval::ENTIRE)
    }

    /// The number of steps in which `ln(b^2/a^2)` falls by one, at the most: `1/(2 ln(1 + c))` (lemma 5).
    pub fn steps_of_the_angle(&self, eps: Interval) -> Option<Interval> {
        Some(n(1) / (n(2) * ln(n(1) + self.contraction(eps))?))
    }

    /// A bound of `tau` in the second half: `early * largest_gap`.
    fn late_angle(&self) -> Interval {
        of(&self.early) * of(&self.largest_gap)
    }

    /// The growth of `ln w` in a step with `w <= 1/2`, at least, and `c = c_0` (lemma 7).
    fn growth(&self, c: Interval) -> Option<Interval> {
        ln((n(1) + c / n(2)).sqr() - self.late_angle() * c * (n(2) + c))
    }

    /// Steps of the scalar map from `1/2` up to `1 - near`, and from its largest value down to `1 + near` (lemma 8).
    fn steps_near_one(&self) -> Option<usize> {
        let (c, near, angle) = (self.least(), of(&self.near), self.late_angle());
        let lower = |w: Interval| w * ((n(1) + c * (n(1) - w)).sqr() - angle * c * (n(2) + c - n(2) * c * w));
        let upper = |w: Interval| w * (n(1) + c * (n(1) - w)).sqr();
        let highest = (n(2) / n(3) + self.most()).sqr() / (n(3) * c);
        let up = count(n(1) / n(2), lower, |w| w.inf() >= (n(1) - near).sup())?;
        let down = count(highest, upper, |w| w.sup() <= (n(1) + near).inf())?;
        Some(up.max(down))
    }

    /// The factor by which `|w - 1|` falls in a step near 1, before the pull of the angle: `1 - 2c(1 - near) + c^2 near^2` at
    /// `c_0` (lemma 9).
    fn last_factor(&self) -> Interval {
        let (c, near) = (self.least(), of(&self.near));
        n(1) - n(2) * c * (n(1) - near) + (c * near).sqr()
    }

    /// `P / eps`: what the angle leaves of `|w - 1|` in the long run, at most (lemma 9).
    fn remainder(&self) -> Interval {
        // (1 + near) c (2 + c) / (1 - factor), in which c cancels; what is left grows with c.
        let (c, near) = (self.most(), of(&self.near));
        (n(1) + near) * of(&self.early) * (n(2) + c) / (n(2) * (n(1) - near) - c * near.sqr())
    }

    /// The steps until `tan phi <= tangent eps` and `|s - B| <= distance eps`, for every `0 < eps <= largest_gap` (guarantee:
    /// valid).
    ///
    /// `None` when a condition of the proof does not hold for these constants.
    pub fn steps(&self) -> Option<Steps> {
        let (c, one) = (self.least(), n(1));
        let angle = self.steps_of_the_angle(Interval::zero())?;
        let growth = self.growth(c)?;
        let knee = of(&self.knee);
        // ln u <= u/knee + ln knee - 1 with u = (c/2) (1/x_0 + 15/4 N), c <= the largest.
        let half = self.most() / n(2);
        let from_start = half / (n(8) * of(&self.eta) * of(&self.least_size)) / knee + ln(knee)? - one;
        let per_step = half * n(15) / n(4) / knee / growth;
        let first = Steps { constant: angle * ln(one / of(&self.early))? + one, start: angle, gap: angle };
        let second = Steps { constant: from_start / growth + one, start: Interval::zero(), gap: Interval::zero() };
        let third = Interval::try_from(self.steps_near_one()? as f64).ok()?;
        let fourth = self.last_steps(angle)?;
        let stretched = |v: Interval| v * (one + per_step);
        (growth.inf() > 0.0 && self.conditions()?).then_some(())?;
        Some(Steps {
            constant: stretched(first.constant) + second.constant + third + fourth.constant,
            start: stretched(first.start),
            gap: stretched(first.gap) + fourth.gap,
        })
    }

    /// The steps of the last part: for the distance and for the angle, whichever is more.
    fn last_steps(&self, angle: Interval) -> Option<Steps> {
        let decay = n(1) / -ln(self.last_factor())?;
        // |s - B| = B |w - 1|, and B is largest at the largest gap.
        let room = of(&self.distance) * n(8) * of(&self.eta) / self.most() - self.remainder();
        (room.inf() > 0.0).then_some(())?;
        let for_distance = decay * ln(of(&self.near) / room)?;
        let for_angle = angle * ln(of(&self.early) / of(&self.tangent).sqr())?;
        let most = |u: Interval, v: Interval| -((-u).min(-v));
        Some(Steps { constant: most(for_distance, for_angle) + n(1), start: n(0), gap: most(decay, angle) })
    }

    /// What the lemmas ask of the constants: `c` is below the size at which the maps stop to be monotone, `|w - 1| <= near` is
    /// kept, and the angle disturbs less than `near`.
    fn conditions(&self) -> Option<bool> {
        let (near, angle, c) = (of(&self.near), self.late_angle(), self.most());
        // |w - 1| = near does not grow: (1 + near) angle (2 + c) <= near (2 (1 - near) - c near^2).
        let pull = near * (n(2) * (n(1) - near) - c * near.sqr());
        let kept = ((n(1) + near) * angle * (n(2) + c)).certainly_less(pull)?;
        Some(c.sup() <= 0.25 && angle.certainly_less(near)? && kept && self.near_factor_decreases())
    }

    /// `1 - 2c(1 - near) + c^2 near^2` falls with `c` up to the largest: `c near^2 < 1 - near`.
    fn near_factor_decreases(&self) -> bool {
        let near = of(&self.near);
        (self.most() * near.sqr()).certainly_less(n(1) - near) == Some(true)
    }

    /// `L / eps^2` just after layer 3 was switched on with `gamma r^2 = deviation * beta`, at the most, from where
    /// [`steps`](Self::steps) end (guarantee: valid).
    pub fn level_at_the_switch(&self, deviation: &Rational) -> Interval {
        let (beta, deviation, distance) = (beta(), of(deviation), of(&self.distance));
        let gap = Interval::zero().hull(of(&self.largest_gap));
        let (sigma, size) = (self.sigma, self.sigma + n(6) * gap * beta);
        let r = size + gap * distance.hull(-distance);
        let (e2, e4) = (distance + n(6) * deviation * beta, (deviation - n(1)) * beta);
        let (gamma_r, q) = (deviation * beta / r, of(&self.tangent) * root(r));
        let gamma = gamma_r / r;
        let b = sigma + n(6) * gap * beta;
        let d = n(4) * b * (n(1) + n(6) * gap * gamma_r) + n(48) * gap.sqr() * gamma * beta * n(2) * r;
        n(2) * e2.sqr() + n(24) * e4.sqr() + q.sqr() * d
    }

    /// Whether the switch leads into the region of [`super::depth_three`]; `None` when the enclosures do not tell.
    pub fn reaches_the_region(&self, deviation: &Rational) -> Option<bool> {
        self.level_at_the_switch(deviation).certainly_less(of(&level()))
    }
}

fn of(value: &Rational) -> Interval {
    Interval::from(value)
}

/// `sqrt(x)`, anything when `x` may be negative.
fn root(x: Interval) -> Interval {
    x.sqrt().unwrap_or(Interval::ENTIRE)
}

/// The number of steps of a scalar interval map until `reached`.
fn count(start: Interval, map: impl Fn(Interval) -> Interval, reached: impl Fn(Interval) -> bool) -> Option<usize> {
    std::iter::successors(Some(start), |&w| Some(map(w))).take(MOST_STEPS).position(reached)
}

impl Steps {
    /// The bound for a start with `ln(b_0^2/a_0^2) = start` and a gap with `ln(1/eps) = gap`.
    pub fn at(&self, start: Interval, gap: Interval) -> Interval {
        self.constant + self.start * start + self.gap * gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::dynamics::chain::{Chain, State};

    #[test]
    fn figures() {
        let approach = Approach::standard();
        let steps = approach.steps().unwrap();
        assert_eq!((approach.steps_near_one(), steps.constant.to_fixed(0)), (Some(34), Some("236".into())));
        let tenth = approach.steps_of_the_angle(of(&"0.1".parse::<Rational>().unwrap())).unwrap();
        assert_eq!(tenth.to_fixed(2), Some("8.38".into()));
        assert!(steps.start.sup() <= 9.1 && steps.gap.sup() <= 18.2);
        assert_eq!(approach.reaches_the_region(&Rational::new(1, 10).unwrap()), Some(true));
    }

    /// Steps of the reduced map until both conditions hold, in floats.
    fn simulated(approach: &Approach, eps: f64, a: f64, b: f64) -> usize {
        let (sigma, beta, eta) = (0.5f64.sqrt(), (1.0 / 96.0f64).sqrt(), approach.eta.to_f64());
        let size = sigma + 6.0 * eps * beta;
        let chain = Chain::new(vec![sigma, eps * beta], vec![1.0, eps]);
        let mut state = State { a, b, heads: vec![] };
        for n in 0.. {
            let done = (state.b / state.a).abs() <= approach.tangent.to_f64() * eps;
            if done && (state.size() - size).abs() <= approach.distance.to_f64() * eps {
                return n;
            }
            state = chain.step(&state, &[eta, 0.0]);
        }
        0
    }

    #[test]
    fn the_bound_holds_for_simulated_starts() {
        let approach = Approach::standard();
        let steps = approach.steps().unwrap();
        for eps in [0.1, 0.03, 0.001] {
            for (a, b) in [
                (1e-1, 0.3),
                (1e-3, 0.3),
                (1e-6, 0.3),
                (1e-9, 0.03),
                (0.3, 1e-3),
                (1e-4, 2.0),
                (1.5, 1.0),
                (0.03, 0.0),
                (1e-30, 0.1),
            ] {
                let start = f64::max(1.0, (b / a) * (b / a));
                let interval = |v: f64| ln(Interval::try_from(v).unwrap()).unwrap();
                let bound = steps.at(interval(start), interval(1.0 / eps));
                let taken = simulated(&approach, eps, a, b);
                assert!((taken as f64) < bound.inf(), "{eps} {a} {b}: {taken} of {bound}");
            }
        }
    }
}
