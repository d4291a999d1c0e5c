//! Descent from one start, step by step: a ball in which the exact iterate lies (`proofs/width-2.md`, lemma 4).

use super::expansion::{Moving, bounds, factor};
use super::forms::{Array, Form, INPUTS, array, minus, product, scaled, square, trace, transposed};
use super::orbit::nearest;
use super::population::{Learner, Population};
use crate::enclosure::Interval;
use crate::hierarchy::dynamics::numbers::interval as n;
use crate::scalar::Scalar;

/// Where gradient descent begins: `K_2`, and `K_3` at the step at which layer 3 is switched on.
#[derive(Clone, Debug)]
pub struct Start {
    /// The weights, exact.
    pub learner: Learner,
}

/// Step sizes and numbers of steps.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The step size of layer 2; that of layer 3 is `eta/eps^2`.
    pub eta: Interval,
    /// The steps of layer 2 alone.
    pub alone: usize,
    /// The steps after layer 3 is switched on.
    pub together: usize,
    /// Whether layer 2 moves after the switch. If not, layer 3 is granted anything.
    pub layer_two_moves: bool,
}

/// A ball of learners; weights of layer 3 count `eps` times.
#[derive(Clone, Debug)]
pub struct Ball {
    /// The middle, made of floats.
    pub centre: Learner,
    /// An upper bound of the radius.
    pub radius: Interval,
}

/// Where descent is enclosed.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// `L` just after layer 3 is switched on.
    pub loss_at_the_switch: Interval,
    /// The least `L` that layer 2, frozen at the switch, leaves to any layer 3.
    pub frozen: Interval,
    /// The iterate in the end lies here; at the switch, when layer 2 is frozen then.
    pub ball: Ball,
    /// `L` in the end; `frozen`, when layer 2 is frozen.
    pub loss: Interval,
}

/// A radius beyond which nothing is to be learned from going on.
const LOST: f64 = 0.5;

impl Ball {
    fn at(learner: Learner) -> Self {
        Ball { centre: learner, radius: Interval::zero() }
    }

    /// The box that holds the ball.
    fn hull(&self, gap: Interval) -> Learner {
        self.centre.inflated(self.radius, gap)
    }

    /// `L` on the ball (guarantee: valid).
    fn loss(&self, population: &Population) -> Interval {
        population.at(&self.hull(population.target.gap)).loss()
    }

    /// The ball after one step; `None` when it is too large for the bounds to say anything.
    fn step(&self, population: &Population, eta: Interval, moving: Moving) -> Option<Self> {
        let gap = population.target.gap;
        let hull = self.hull(gap);
        let around = population.at(&hull);
        let spread = factor(&bounds(&around, &around.pulls()), eta, moving);
        let point = population.at(&self.centre);
        let slope = point.gradient(&point.pulls());
        let rate = if moving == Moving::Both { eta / gap.sqr() } else { Interval::zero() };
        let next = Learner {
            rows: minus(&self.centre.rows, &scaled(&slope.rows, eta)),
            heads: minus(&self.centre.heads, &scaled(&slope.heads, rate)),
        };
        let centre = next.centre();
        let radius = spread * self.radius + next.distance(&centre, gap);
        let radius = Interval::new(radius.sup(), radius.sup()).filter(|r| r.sup() < LOST)?;
        Some(Ball { centre, radius })
    }

    fn steps(self, count: usize, population: &Population, eta: Interval, moving: Moving) -> Option<Self> {
        (0..count).try_fold(self, |ball, _| ball.step(population, eta, moving))
    }
}

/// Follows gradient descent on the population from a start (guarantee: valid); `None` when the enclosure is lost on the way.
pub fn follow(population: &Population, start: &Start, schedule: &Schedule) -> Option<Arrival> {
    let off = Learner { rows: start.learner.rows, heads: array(|_, _| Interval::zero()) };
    let mut ball = Ball::at(off).steps(schedule.alone, population, schedule.eta, Moving::Second)?;
    let rows = ball.hull(population.target.gap).rows;
    ball.centre.heads = start.learner.heads;
    let before = Learner { rows, heads: start.learner.heads };
    let loss_at_the_switch = population.at(&before).loss();
    let frozen = frozen_loss(population, &before)?;
    if !schedule.layer_two_moves {
        return Some(Arrival { loss_at_the_switch, frozen, ball, loss: frozen });
    }
    let ball = ball.steps(schedule.together, population, schedule.eta, Moving::Both)?;
    let loss = ball.loss(population);
    Some(Arrival { loss_at_the_switch, frozen, ball, loss })
}

/// The least `L` over all layers 3 for a layer 2 in the box: below by [`least_loss`], above by what the layer 3 of the nearest weights that
/// give the target makes of it.
fn frozen_loss(population: &Population, learner: &Learner) -> Option<Interval> {
    let least = least_loss(population, &learner.rows).inf();
    let of_target = nearest(population, learner).map(|zero| Learner { rows: learner.rows, heads: zero.heads });
    let most = of_target.map_or(f64::INFINITY, |granted| population.at(&granted).loss().sup());
    Interval::new(least, most)
}

/// A lower bound of `L` over all layers 3, for this layer 2: the squared distance of the form `x'(K_2'K_2 - W'W)x` from all quartic
/// forms in four variables (`proofs/dynamics.md`, lemma 8, for `k = 4`).
fn least_loss(population: &Population, rows: &Array<2, INPUTS>) -> Interval {
    let target = population.target.padded();
    let form: Form = minus(&product(&transposed(rows), rows), &product(&transposed(&target), &target));
    let (size, whole) = (n(INPUTS as i32), trace(&form).sqr());
    let traceless = square(&form) - whole / size;
    n(4) * traceless / (size + n(6)) + n(2) * whole / (size * (size + n(3)))
}

#[cfg(test)]
mod tests {
    use super::super::population::tests::{example, numbers};
    use super::super::population::triangle;
    use super::*;

    fn instance() -> (Population, Start) {
        let population = Population::new(example().0.target, &triangle());
        let learner = Learner {
            rows: numbers([[0.25, 0.125, 0.25, -0.125], [-0.125, 0.25, 0.125, 0.25]]),
            heads: numbers([[0.375, 0.0, 0.125], [0.0, 0.25, -0.125]]),
        };
        (population, Start { learner })
    }

    fn schedule(alone: usize, together: usize) -> Schedule {
        Schedule { eta: n(1) / n(64), alone, together, layer_two_moves: true }
    }

    /// The plain iteration in intervals of no width on its way: wide, but it must meet the ball.
    #[test]
    fn the_ball_holds_what_plain_intervals_enclose() {
        let (population, start) = instance();
        let gap = population.target.gap;
        let arrival = follow(&population, &start, &schedule(6, 6)).unwrap();
        let mut learner = Learner { heads: array(|_, _| n(0)), ..start.learner.clone() };
        for step in 0..12 {
            if step == 6 {
                learner.heads = start.learner.heads;
            }
            let point = population.at(&learner);
            let slope = point.gradient(&point.pulls());
            let rate = if step < 6 { n(0) } else { n(1) / n(64) / gap.sqr() };
            learner = Learner {
                rows: minus(&learner.rows, &scaled(&slope.rows, n(1) / n(64))),
                heads: minus(&learner.heads, &scaled(&slope.heads, rate)),
            };
        }
        let distance = learner.distance(&arrival.ball.centre, gap);
        assert!(distance.inf() <= arrival.ball.radius.sup() && distance.sup() < 1e-10);
        assert!(arrival.ball.radius.sup() > 0.0 && arrival.ball.radius.sup() < 1e-13);
    }

    /// From another start in the ball of radius `r`, the factor carries the ball along.
    #[test]
    fn descent_goes_down_and_what_diverges_is_lost() {
        let (population, start) = instance();
        let arrival = follow(&population, &start, &schedule(60, 60)).unwrap();
        assert!(arrival.loss.sup() < arrival.loss_at_the_switch.inf());
        let frozen = follow(&population, &start, &Schedule { layer_two_moves: false, ..schedule(60, 60) }).unwrap();
        // Layer 3 of the start leaves more than the best one does.
        assert!(frozen.loss.inf() > 1e-4 && frozen.loss.inf() < arrival.loss_at_the_switch.inf());
        let far = Schedule { eta: n(1) / n(8), ..schedule(60, 400) };
        assert!(follow(&population, &start, &far).is_none());
    }
}
