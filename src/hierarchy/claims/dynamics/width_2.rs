//! dynamics.width-2.

use std::borrow::Cow;

use super::{condition, enclosed, verdict};
use crate::claim::judging::all_judged;
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::ln;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::dynamics::width_two::basin::{AtTarget, Tube};
use crate::hierarchy::dynamics::width_two::orbit::distance;
use crate::hierarchy::dynamics::width_two::population::{Learner, Population, Target, triangle};
use crate::hierarchy::dynamics::width_two::trajectory::{Arrival, Schedule, Start, follow};
use crate::hierarchy::experiment::Training;

/// Width 2: joint training from named starts reaches every error, in every dimension.
pub const WIDTH_2: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.width-2"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "Depth 3, width 2 (lin, Gaussian inputs, free bias), gradient descent on the population in any dimension d >= 4, \
         eps = .1, eta = 1/64 for layer 2 and eta/eps^2 for layer 3. The target is |z|^2 + eps |V (z_1^2, z_2^2)|^2 with z \
         = W x, W = diag(3/4, 5/8) in two orthonormal directions, V = [[1/2, 3/16], [-3/16, 7/16]]; R has the three \
         directions of a regular triangle. From each of the named starts, K_2 in these two directions and two others, \
         layer 2 alone for 128 steps, then both layers for 1024, ends with te <= 1e-6 within 1e-4 of weights that give \
         the target exactly. Within 1e-4 each step brings the weights nearer to these by a factor below .998, so te <= \
         delta after at most 250 ln(1/delta) more steps, for every delta. The weights that give the target and are reached \
         form one orbit of dimension 2: S_2 and S_3 may be turned. (There is a second orbit, with another layer 3, to \
         which other starts may lead.) With layer 2 frozen after its 128 steps, no layer 3 brings te below 1e-4.",
    ),
    method: "Every iterate lies in a ball about floats; its radius grows by at most the norm of I - eta D^2 L, bounded by \
             norms of small matrices, and by what is rounded (intervals). Four coordinates hold K_2 and the target for \
             any d. Near the target the second derivative is positive across the directions of the two symmetries: \
             enclosed at one point, uniform on the orbit because the symmetries are isometries; how fast it changes is \
             bounded. proofs/width-2.md. The starts and the numbers of steps were chosen after looking at runs.",
    evidence: &[Evidence::Enclosed],
    missing: "starts in general: only the named ones are covered",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| width_2(c.profile, &Premises::default()),
    controls: &[
        Control {
            breaks: "Layerwise training: layer 2 is frozen when layer 3 is switched on; layer 3 is granted anything.",
            check: |c| width_2(c.profile, &Premises { layer_two_moves: false, ..Premises::default() }),
        },
        Control {
            breaks: "eta = 1/8, beyond 2/Lambda: the target repels.",
            check: |c| width_2(c.profile, &Premises { step: "0.125", ..Premises::default() }),
        },
        Control {
            breaks: "A target whose layer 3 has one unit only: the second derivative vanishes in directions that are no \
                     symmetries.",
            check: |c| width_2(c.profile, &Premises { second_unit: ["0", "0"], ..Premises::default() }),
        },
        Control {
            breaks: "Layer 2 is the target's from the start and not trained alone: frozen, it leaves nothing.",
            check: |c| width_2(c.profile, &Premises { handed: true, ..Premises::default() }),
        },
    ],
};

/// What a control breaks.
struct Premises {
    layer_two_moves: bool,
    step: &'static str,
    /// The second row of `V`.
    second_unit: [&'static str; 2],
    /// Whether layer 2 starts as the target's, and both layers are on at once.
    handed: bool,
}

impl Default for Premises {
    fn default() -> Self {
        Premises { layer_two_moves: true, step: "0.015625", second_unit: ["-0.1875", "0.4375"], handed: false }
    }
}

/// `K_2` and the `K_3` that is switched on.
type Weights = ([[&'static str; 4]; 2], [[&'static str; 3]; 2]);

const STARTS: [Weights; 3] = [
    (
        [["0.25", "0.125", "0.25", "-0.125"], ["-0.125", "0.25", "0.125", "0.25"]],
        [["0.375", "0", "0.125"], ["0", "0.25", "-0.125"]],
    ),
    ([["0.125", "-0.375", "0", "0.25"], ["0.25", "0.125", "-0.25", "0"]], [["0.25", "0", "0.125"], ["-0.125", "0.25", "0.125"]]),
    (
        [["-0.25", "0.0625", "0.25", "0.25"], ["0.125", "-0.125", "0.25", "-0.25"]],
        [["0.25", "0.375", "0.125"], ["0.125", "-0.125", "0.25"]],
    ),
];

fn numbers<const R: usize, const C: usize>(decimals: [[&str; C]; R]) -> [[Interval; C]; R] {
    decimals.map(|row| row.map(enclosed))
}

fn population(premises: &Premises) -> Population {
    let target = Target {
        rows: numbers([["0.75", "0"], ["0", "0.625"]]),
        heads: numbers([["0.5", "0.1875"], premises.second_unit]),
        gap: enclosed("0.1"),
    };
    Population::new(target, &triangle())
}

/// What is claimed near the target: the second derivative across the orbit, and above it, and the tube.
fn tube() -> Tube {
    Tube { growth: enclosed("0.45"), smoothness: enclosed("39"), radius: enclosed("0.0001") }
}

/// Bounds of the statement: `te`, the factor of the distance, and the steps in which `ln(1/te)` grows by one.
const ERROR: &str = "0.000001";
const FACTOR: &str = "0.998";
const STEPS: &str = "250";
/// What layer 2 leaves to any layer 3 when it is frozen at the switch: `te`, at least.
const FROZEN: &str = "0.0001";

fn width_2(profile: Profile, premises: &Premises) -> Result<Outcome> {
    let (starts, alone, together) = if profile.draws_conclusions() { (3, 128, 1024) } else { (1, 4, 4) };
    let (population, tube, eta) = (population(premises), tube(), enclosed(premises.step));
    let target = AtTarget::new(&population);
    let alone = if premises.handed { 0 } else { alone };
    let schedule = Schedule { eta, alone, together, layer_two_moves: premises.layer_two_moves };
    let columns = [
        "start",
        "|K_2|^2",
        "te at the switch",
        "layer 2 frozen, at least",
        "te in the end, at least",
        "at most",
        "distance, at most",
        "radius",
    ];
    let mut table = Table::new(format!("after {alone} and {together} steps"), &columns);
    let (mut small, mut near, mut left) = (Vec::new(), Vec::new(), Vec::new());
    let beyond = target.loss_upper(&population, &tube);
    for (name, (rows, heads)) in (1..).zip(STARTS).take(starts) {
        let rows = if premises.handed { population.target.padded() } else { numbers(rows) };
        let start = Start { learner: Learner { rows, heads: numbers(heads) } };
        let arrival = follow(&population, &start, &schedule);
        let size = start.learner.rows.iter().flatten().fold(Interval::try_from(0.0)?, |sum, v| sum + v.sqr());
        let facts: [Value; 2] = [name.into(), super::printed(Some(size), 6)];
        table.push(facts.into_iter().chain(measures(&population, arrival.as_ref())));
        small.push(verdict(arrival.as_ref().and_then(|a| (a.loss / population.variance()).certainly_less(enclosed(ERROR)))));
        near.push(verdict(arrival.as_ref().and_then(|a| is_near(&population, a, &tube, beyond))));
        left.push(verdict(arrival.as_ref().and_then(|a| (enclosed(FROZEN) * population.variance()).certainly_less(a.frozen))));
    }
    let mut conditions = vec![
        all_judged("te in the end", format!("te <= {ERROR} from every start"), &small),
        all_judged("near the target", "the weights end within .0001 of weights that give the target exactly", &near),
        all_judged(
            "frozen",
            format!("frozen at the switch, layer 2 leaves te > {FROZEN} to any layer 3, from every start"),
            &left,
        ),
    ];
    conditions.extend([symmetries(&target, &tube), contraction(&population, &target, &tube, eta)]);
    Ok(Outcome { conditions, tables: vec![named(starts), table, constants(&population, &target, &tube, eta)] })
}

/// The starts, in decimals that are exact: the rows of `K_2` in four coordinates, those of the target first, and of `K_3`.
fn named(starts: usize) -> Table {
    let mut table = Table::new("the named starts", &["start", "K_2", "K_3"]);
    for (name, (rows, heads)) in (1..).zip(STARTS).take(starts) {
        let [rows, heads] = [rows.map(|row| row.join(" ")), heads.map(|row| row.join(" "))].map(|rows| rows.join("; "));
        table.push([Value::from(name), Value::text(rows), Value::text(heads)]);
    }
    table
}

/// The distance of the farthest point of the ball from the orbit, at most.
fn reach(population: &Population, arrival: &Arrival) -> Interval {
    distance(population, &arrival.ball.centre) + arrival.ball.radius
}

/// Whether the end lies in the tube; not, where its loss is larger than any there.
fn is_near(population: &Population, arrival: &Arrival, tube: &Tube, beyond: Interval) -> Option<bool> {
    match reach(population, arrival).certainly_less(tube.radius) {
        Some(true) => Some(true),
        _ => (beyond.certainly_less(arrival.loss) == Some(true)).then_some(false),
    }
}

fn measures(population: &Population, arrival: Option<&Arrival>) -> [Value; 6] {
    let Some(arrival) = arrival else { return std::array::from_fn(|_| Value::text("absent")) };
    let te = arrival.loss / population.variance();
    [
        super::printed(Some(arrival.loss_at_the_switch / population.variance()), 4),
        below(arrival.frozen / population.variance()),
        below(te),
        above(te),
        above(reach(population, arrival)),
        above(arrival.ball.radius),
    ]
}

/// The upper end, as a decimal that is not below it.
fn above(v: Interval) -> Value {
    Rational::try_from(v.sup()).map_or_else(|_| Value::text("absent"), |v| Value::enclosed(v.upper_decimal(3)))
}

/// The lower end, as a decimal that is not above it.
fn below(v: Interval) -> Value {
    Rational::try_from(v.inf().max(0.0)).map_or_else(|_| Value::text("absent"), |v| Value::enclosed(v.lower_decimal(3)))
}

fn symmetries(target: &AtTarget, tube: &Tube) -> Condition {
    let holds = target.grows(tube.growth);
    let requires =
        "the orbit of weights that give the target has dimension 2, and across it the second derivative is at least .45";
    let found = match (holds, target.dimension()) {
        (Some(true), Some(dimension)) => format!("dimension {dimension}, at least .45 across"),
        (Some(false), _) => "it vanishes in a third direction, or is smaller".into(),
        _ => "the enclosures do not tell".into(),
    };
    condition("symmetries", requires, found, holds)
}

fn contraction(population: &Population, target: &AtTarget, tube: &Tube, eta: Interval) -> Condition {
    let factor = target.factor(population, tube, eta);
    let bounded = target.is_smooth(tube.smoothness);
    let repels = target.is_smooth(enclosed("2") / eta) == Some(false);
    let steps = steps_for_a_factor_e(factor).and_then(|s| s.certainly_less(enclosed(STEPS)));
    // te counts from 1.
    let below_one = target.loss_upper(population, tube).certainly_less(population.variance());
    let proved = [factor.certainly_less(enclosed(FACTOR)), bounded, steps, below_one].iter().all(|known| *known == Some(true));
    let requires = format!(
        "within .0001 of the orbit te < 1, the distance falls by a factor below {FACTOR} a step, and te by a factor e in \
         {STEPS} steps"
    );
    let found = match (proved, repels) {
        (true, _) => {
            format!("a factor of at most {}", Rational::try_from(factor.sup()).map_or("1".into(), |f| f.upper_decimal(5)))
        }
        (_, true) => "a second derivative above 2/eta: the target repels".into(),
        _ => "the enclosures do not tell".into(),
    };
    condition("contraction", requires, found, if proved { Some(true) } else { repels.then_some(false) })
}

/// `te` falls with the square of the distance.
fn steps_for_a_factor_e(factor: Interval) -> Option<Interval> {
    let rate = enclosed("-2") * ln(factor)?;
    (rate.inf() > 0.0).then(|| enclosed("1") / rate)
}

fn constants(population: &Population, target: &AtTarget, tube: &Tube, eta: Interval) -> Table {
    let mut table = Table::new("near the target", &["constant", "value"]);
    let rows = [
        ("Var F*", super::printed(Some(population.variance()), 6)),
        ("second derivative of Phi in the tube, at most", above(target.curvature_upper(population, tube.radius))),
        ("te in the tube, at most", above(target.loss_upper(population, tube) / population.variance())),
        (
            "te over the squared distance in the tube, at most",
            above(target.loss_per_square(population, tube) / population.variance()),
        ),
        ("factor of the distance in a step, at most", above(target.factor(population, tube, eta))),
        (
            "steps in which te falls by a factor e, at most",
            steps_for_a_factor_e(target.factor(population, tube, eta)).map_or_else(|| Value::text("absent"), above),
        ),
    ];
    rows.into_iter().for_each(|(name, value)| table.push([Value::text(name), value]));
    table
}

#[cfg(test)]
mod tests {
    use super::super::exactly;
    use super::*;

    /// Rationals of the text are those of the code.
    #[test]
    fn the_statement_names_what_is_checked() {
        let text = WIDTH_2.statement;
        assert!(text.contains("eta = 1/64") && exactly(Premises::default().step) == Rational::new(1, 64).unwrap());
        assert!(text.contains("250 ln(1/delta)") && STEPS == "250" && text.contains("below .998") && FACTOR == "0.998");
    }
}
