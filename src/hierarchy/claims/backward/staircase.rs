//! The staircase: the error of layer 2 falls by about a factor of the gap with every layer that is switched on.

use super::seal;
use crate::claim::judging::{all_below, all_slopes_within, decimal, enclosed, enclosed_fixed, slope};
use crate::claim::{Condition, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::Recipe;
use crate::hierarchy::claims::measure::{feature_error, relative_risk};
use crate::hierarchy::dynamics::stage;
use crate::hierarchy::experiment::{Cell, Run, Runs};
use crate::hierarchy::learner::{Kind, Stage};

/// What a staircase claim asserts of its instance.
pub(super) struct Stairs {
    /// The chain, and how it trains.
    pub recipe: &'static Recipe,
    /// The band of the slope of f, phase by phase.
    pub bands: &'static [(&'static str, &'static str)],
    /// The final te is below this.
    pub reached: &'static str,
}

const STAIR_GAPS: [f64; 3] = [0.2, 0.1, 0.05];

type StagesOf = fn(&Recipe, Profile) -> Result<Vec<Stage>>;

fn together(recipe: &Recipe, profile: Profile) -> Result<Vec<Stage>> {
    Kind::Joint.stages(&recipe.phases(profile), 0)
}

/// As [`together`], but in the last stage the top layer stays off.
fn without_top(recipe: &Recipe, profile: Profile) -> Result<Vec<Stage>> {
    let below_top = |s: Stage| Stage::new(s.bottom, s.top.min(recipe.depth() - 1), s.coupling, s.steps);
    Ok(together(recipe, profile)?.into_iter().map(below_top).collect())
}

/// Layer by layer, up to the last layer but one: as far as the steps of the staircase are looked at.
fn one_by_one(recipe: &Recipe, profile: Profile) -> Result<Vec<Stage>> {
    let phases = recipe.phases(profile);
    Kind::Layerwise.stages(&phases[..phases.len() - 1], 0)
}

/// The runs of one seed, one for each gap.
struct Flight<'a> {
    seed: u64,
    at_gaps: Vec<&'a Run>,
}

impl Stairs {
    /// The runs of the check and of its control.
    pub fn cells(&self, profile: Profile) -> Vec<Cell> {
        let stages = [together as StagesOf, without_top, one_by_one];
        // A recipe has phases, and that is all that stages ask for.
        let staged = stages.iter().filter_map(|stages| stages(self.recipe, profile).ok());
        let each = staged.flat_map(|stages| instances::seeds(profile).map(move |seed| (stages.clone(), seed)));
        let cell = |stages: &Vec<Stage>, seed, &gap: &f64| self.recipe.staged(profile, stages.clone(), gap, seed);
        each.flat_map(|(stages, seed)| STAIR_GAPS.iter().map(|gap| cell(&stages, seed, gap)).collect::<Vec<_>>()).collect()
    }

    fn flights<'a>(&self, profile: Profile, runs: &'a Runs, stages: StagesOf) -> Result<Vec<Flight<'a>>> {
        let stages = stages(self.recipe, profile)?;
        let run = |seed, gap: &f64| runs.get(&self.recipe.staged(profile, stages.clone(), *gap, seed));
        let flight = |seed| Ok(Flight { seed, at_gaps: STAIR_GAPS.iter().map(|gap| run(seed, gap)).collect::<Result<_>>()? });
        instances::seeds(profile).map(flight).collect()
    }

    /// Every step and the end, with all layers training.
    pub fn check(&self, profile: Profile, runs: &Runs) -> Result<Outcome> {
        let flights = self.flights(profile, runs, together)?;
        let steps: Vec<_> = (0..self.bands.len()).map(|phase| self.step(&flights, phase, phase)).collect();
        let mut outcome = Outcome::of(steps.into_iter().chain([self.end(&flights)]));
        outcome.tables.push(self.population());
        Ok(outcome)
    }

    /// f where each stage has its optimum on the population (dynamics.staircase), and the constant of its leading power of eps.
    fn population(&self) -> Table {
        let columns = ["after layer", "f eps=.2", ".1", ".05", "slope", "C_m"];
        let mut table = Table::new("f of layer 2 on the population, each stage at its optimum", &columns);
        for top in (2..self.recipe.depth()).take(self.bands.len()) {
            let f = |gap: f64| Some(stage::feature_error(top, self.recipe.depth(), Interval::try_from(gap).ok()?));
            let points: Vec<_> = STAIR_GAPS.into_iter().map(|gap| (gap, f(gap))).collect();
            let constant = Interval::from(&stage::staircase_constant_squared(top)).sqrt();
            let errors = points.iter().map(|(_, f)| enclosed(f));
            let fitted = [enclosed_fixed(&slope(&points)), enclosed(&constant)];
            table.push([Value::from(top)].into_iter().chain(errors).chain(fitted));
        }
        table
    }

    /// The first step, looked at after layer 3 has trained along: the error of layer 2 is then of another order.
    pub fn late(&self, profile: Profile, runs: &Runs) -> Result<Outcome> {
        Ok(Outcome::of([self.step(&self.flights(profile, runs, together)?, 0, 1)]))
    }

    /// Every step but the first with layer 2 frozen after its own phase.
    pub fn frozen(&self, profile: Profile, runs: &Runs) -> Result<Outcome> {
        let flights = self.flights(profile, runs, one_by_one)?;
        Ok(Outcome::of((1..self.bands.len()).map(|phase| self.step(&flights, phase, phase)).collect::<Vec<_>>()))
    }

    /// The end with the top layer off.
    pub fn topless(&self, profile: Profile, runs: &Runs) -> Result<Outcome> {
        Ok(Outcome::of([self.end(&self.flights(profile, runs, without_top)?)]))
    }

    /// f of layer 2 where layer `phase + 2` was switched on last, judged as what it is after the phase `of`.
    fn step(&self, flights: &[Flight<'_>], of: usize, phase: usize) -> (Condition, Table) {
        let title = format!("f of layer 2 after the phase of layer {}", phase + 2);
        let mut table = Table::new(title, &["seed", "f eps=.2", ".1", ".05", "slope"]);
        let mut slopes = Vec::new();
        for Flight { seed, at_gaps } in flights {
            let f = at_gaps.iter().map(|run| feature_error(&run.phases[phase]));
            let points: Vec<_> = STAIR_GAPS.into_iter().zip(f).collect();
            let slope = slope(&points);
            let errors = points.iter().map(|(_, f)| enclosed(f));
            table.push([(*seed).into()].into_iter().chain(errors).chain([enclosed_fixed(&slope)]));
            slopes.push(slope);
        }
        let quantity = format!("slope of ln f after the phase of layer {}", of + 2);
        (all_slopes_within(&quantity, " on every seed", &slopes, self.bands[of]), table)
    }

    /// te after all phases.
    fn end(&self, flights: &[Flight<'_>]) -> (Condition, Table) {
        let mut table = Table::new("te at the end", &["seed", "te eps=.2", ".1", ".05", "digest eps=.1"]);
        let mut risks = Vec::new();
        for Flight { seed, at_gaps } in flights {
            let te: Vec<Option<Rational>> = at_gaps.iter().map(|run| relative_risk(run)).collect();
            let cells = te.iter().map(decimal).chain([seal(at_gaps[1])]);
            table.push([(*seed).into()].into_iter().chain(cells));
            risks.extend(te);
        }
        (all_below("te at the end", ", every seed and eps", &risks, self.reached), table)
    }
}
