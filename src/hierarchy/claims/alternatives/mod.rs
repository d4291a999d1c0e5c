//! Joint training against other learners on the same samples.

use crate::claim::judging::{all_above, all_below, decimal, replayed_decimal, threshold};
use crate::claim::{Condition, Outcome, Profile, Table};
use crate::error::Result;
use crate::exact::{Distribution, Rational};
use crate::hierarchy::claims::measure::relative_risk;
use crate::hierarchy::experiment::{Automated, Cell, Compared, Family, Instance, Labels, Learner, Run, Runs};
use crate::hierarchy::learner::{Alternative, Automatic, Descent, Lift, Loss, Restarts, Units, Weighting};
use crate::hierarchy::network::Skips;

pub(super) mod adaptive;
pub(super) mod table;
pub(super) mod wide;

/// A learner of the comparison: its row, and what must hold of its error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rival {
    /// Who learns.
    pub learner: Compared,
    /// Its error must be above this; a rival without one stands in the table only.
    pub above: Option<&'static str>,
}

/// An instance on which learners are compared, and the settings of its joint learner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arena {
    /// The name in tables.
    pub name: &'static str,
    /// How the target is drawn.
    pub family: Family,
    /// Whether layers above 2 read the inputs as well.
    pub skips: bool,
    /// The widths `k_2, ..., k_L`.
    pub widths: &'static [usize],
    /// The input dimension.
    pub dimension: usize,
    /// The gap.
    pub gap: f64,
    /// The distribution of the inputs.
    pub distribution: Distribution,
    /// The number of samples.
    pub samples: usize,
    /// The joint learner.
    pub joint: Automated,
}

impl Arena {
    /// The run of a learner on the instance of this seed.
    pub fn cell(&self, learner: Learner, seed: u64) -> Cell {
        let instance = Instance {
            family: self.family,
            skips: if self.skips { Skips::LinSkip } else { Skips::Lin },
            widths: self.widths.to_vec(),
            dimension: self.dimension,
            gap: self.gap,
            distribution: self.distribution,
            samples: self.samples,
            labels: Labels::Exact,
            target_seed: seed,
            data_seed: seed,
        };
        Cell { instance, learner, seed }
    }

    /// Joint training.
    pub fn joint(&self, seed: u64) -> Cell {
        self.cell(Learner::Automatic(self.joint), seed)
    }

    /// Layerwise training with the same settings, from one initialisation: layer 2 is frozen where joint training switches layer 3 on.
    pub fn layerwise(&self, seed: u64) -> Cell {
        self.layerwise_by(Automatic { layerwise: true, ..self.joint.automatic }, Loss::Squared, seed)
    }

    /// The same, where each layer but the last has just so many steps, and layer 2 this loss.
    fn layerwise_after(&self, steps: usize, loss: Loss, seed: u64) -> Cell {
        // A loss that has not diverged is below that threshold.
        let at_once = Automatic { layerwise: true, threshold: 1e9, least_steps: steps, ..self.joint.automatic };
        self.layerwise_by(at_once, loss, seed)
    }

    fn layerwise_by(&self, automatic: Automatic, loss: Loss, seed: u64) -> Cell {
        let descent = Descent { loss, ..self.joint.descent };
        let once = Automated { automatic, descent, restarts: Restarts::NONE, ..self.joint };
        self.cell(Learner::Automatic(once), seed)
    }

    /// Another learner.
    pub fn rival(&self, rival: &Rival, seed: u64) -> Cell {
        self.cell(Learner::Alternative(rival.learner), seed)
    }
}

/// The error of a run: the exact te where there is one, else the test error, as the exact value of that float.
fn error(run: &Run) -> Option<Rational> {
    relative_risk(run).or_else(|| Rational::try_from(run.test_error?).ok())
}

/// Everyone on one arena: conditions on each learner's error over all seeds, and a row a seed.
#[derive(Clone, Debug)]
struct Contest {
    /// The instance.
    pub arena: Arena,
    /// The alternatives.
    pub rivals: Vec<Rival>,
    /// One seed a row.
    pub seeds: std::ops::RangeInclusive<u64>,
    /// Joint training must stay below this.
    pub joint_below: &'static str,
    /// Layerwise training must stay above this.
    pub layerwise_above: &'static str,
    /// The numbers of steps after which layerwise training tries to freeze a layer, and the loss of layer 2, beside the joint schedule on
    /// the squared loss.
    pub tuning: Vec<(usize, Loss)>,
    /// The error of every alternative, over that of joint training, must stay above this.
    pub ratio_above: Option<&'static str>,
    /// Whether layerwise training stands in the place of joint training: layer 2 is frozen where joint training switches layer 3 on.
    pub frozen: bool,
}

impl Contest {
    /// The runs.
    pub fn cells(&self) -> Vec<Cell> {
        let of_seed = |seed| {
            let rivals = self.rivals.iter().map(move |rival| self.arena.rival(rival, seed));
            rivals.chain([self.joint(seed)]).chain(self.layerwise(seed).into_iter().map(|(_, cell)| cell)).collect::<Vec<_>>()
        };
        self.seeds.clone().flat_map(of_seed).collect()
    }

    /// Joint training, or what stands in its place.
    fn joint(&self, seed: u64) -> Cell {
        if self.frozen { self.arena.layerwise(seed) } else { self.arena.joint(seed) }
    }

    /// Layerwise training, with each moment at which it may freeze a layer, and each loss.
    fn layerwise(&self, seed: u64) -> Vec<(String, Cell)> {
        let frozen = |&(steps, loss): &(usize, Loss)| {
            let weights = match loss {
                Loss::Weighted(Weighting { offset, power }) => format!(", layer 2 with weights (|y| + {offset})^-{power}"),
                Loss::Squared | Loss::Logistic(_) => String::new(),
            };
            (format!("{steps} steps a layer but the last{weights}"), self.arena.layerwise_after(steps, loss, seed))
        };
        [("the joint schedule".into(), self.arena.layerwise(seed))].into_iter().chain(self.tuning.iter().map(frozen)).collect()
    }

    /// The one with the least error: tuned to its favour.
    fn best_layerwise(&self, seed: u64, runs: &Runs) -> Result<(String, Cell)> {
        let mut tried = Vec::new();
        for (choice, cell) in self.layerwise(seed) {
            tried.push((error(runs.get(&cell)?), choice, cell));
        }
        // A run without an error is no better than any other.
        let best = tried.into_iter().min_by(|(a, ..), (b, ..)| (a.is_none(), a).cmp(&(b.is_none(), b)));
        let (_, choice, cell) = best.expect("the joint schedule is among them");
        Ok((choice, cell))
    }

    /// Whether joint training is ahead of everyone by the bounds.
    pub fn judge(&self, runs: &Runs) -> Result<Outcome> {
        let Standing { joint, others, table } = self.standing(runs)?;
        Ok(Outcome { conditions: [joint].into_iter().chain(others).collect(), tables: vec![table] })
    }

    /// Whether everyone else stays above the bounds; joint training stands in the table only.
    pub fn judge_others(&self, runs: &Runs) -> Result<Outcome> {
        let Standing { others, table, .. } = self.standing(runs)?;
        Ok(Outcome { conditions: others, tables: vec![table] })
    }

    /// Whether joint training, or what stands in its place, stays below its bound.
    pub fn judge_joint(&self, runs: &Runs) -> Result<Outcome> {
        let Standing { joint, table, .. } = self.standing(runs)?;
        Ok(Outcome { conditions: vec![joint], tables: vec![table] })
    }

    fn standing(&self, runs: &Runs) -> Result<Standing> {
        let title = format!("{}, N = {}", self.arena.name, self.arena.samples);
        let mut table = Table::new(title, &["learner", "seed", "error", "kind", "chosen by tuning"]);
        let name = if self.frozen { "layerwise for joint" } else { "joint" };
        let joint = self.row(name, |seed| Ok((None, self.joint(seed))), runs, &mut table)?;
        let joint = all_below(&self.error_of("joint"), " on every seed", &joint, self.joint_below).keyed("error of joint below");
        let layerwise = self.row(
            "layerwise",
            |seed| self.best_layerwise(seed, runs).map(|(choice, cell)| (Some(choice), cell)),
            runs,
            &mut table,
        )?;
        let mut others = vec![self.stays_above("layerwise", &layerwise, self.layerwise_above)];
        for rival in &self.rivals {
            let name = rival.learner.name();
            let errors = self.row(&name, |seed| Ok((None, self.arena.rival(rival, seed))), runs, &mut table)?;
            others.extend(rival.above.map(|bound| self.stays_above(&name, &errors, bound)));
        }
        Ok(Standing { joint, others, table })
    }

    /// The error of a learner is above its bound on every seed; the smallest is told in multiples of the bound.
    fn stays_above(&self, name: &str, errors: &[Option<Rational>], bound: &str) -> Condition {
        let condition = all_above(&self.error_of(name), " on every seed", errors, bound).keyed(&format!("error of {name} above"));
        let margin = errors.iter().flatten().min().and_then(|least| least.over(&threshold(bound)));
        match margin {
            Some(margin) => Condition { found: format!("{}; margin {}", condition.found, margin.to_decimal(3)), ..condition },
            None => condition,
        }
    }

    /// The error of every alternative over that of joint training, on every seed.
    pub fn ratios(&self, runs: &Runs) -> Result<Vec<Option<Rational>>> {
        let mut ratios = Vec::new();
        for seed in self.seeds.clone() {
            let joint = error(runs.get(&self.joint(seed))?);
            let rivals = self.rivals.iter().map(|rival| self.arena.rival(rival, seed));
            for cell in rivals.chain([self.best_layerwise(seed, runs)?.1]) {
                let other = error(runs.get(&cell)?);
                ratios.push(other.zip(joint.as_ref()).and_then(|(other, joint)| other.over(joint)));
            }
        }
        Ok(ratios)
    }

    /// The quantity that is judged, in words.
    fn error_of(&self, learner: &str) -> String {
        format!("{}: error of {learner}", self.arena.name)
    }

    /// The errors of one learner over the seeds, each with a row; `chosen` tells its run, and what was chosen by comparing runs, where the
    /// run itself does not tell.
    fn row(
        &self,
        name: &str,
        chosen: impl Fn(u64) -> Result<(Option<String>, Cell)>,
        runs: &Runs,
        table: &mut Table,
    ) -> Result<Vec<Option<Rational>>> {
        let mut errors = Vec::new();
        for seed in self.seeds.clone() {
            let (choice, cell) = chosen(seed)?;
            let run = runs.get(&cell)?;
            let error = error(run);
            let choice = choice.unwrap_or_else(|| run.choice.clone());
            let (cell, kind) = match run.relative_risk.is_ok() {
                true => (decimal(&error), "exact te"),
                false => (replayed_decimal(&error), "test error"),
            };
            table.push([name.into(), seed.into(), cell, kind.into(), choice.into()]);
            errors.push(error);
        }
        Ok(errors)
    }
}

/// How a contest stands.
struct Standing {
    /// Joint training below its bound.
    joint: Condition,
    /// Layerwise training and every rival with a bound above it.
    others: Vec<Condition>,
    table: Table,
}

/// An alternative, and what its error must stay above.
fn rival(alternative: Alternative, above: Option<&'static str>) -> Rival {
    Rival { learner: Compared { alternative, handed_layer_2: false }, above }
}

/// Each moment at which layerwise training may freeze a layer on the squared loss; each loss with weights, of a layer 2 that has time.
fn tuning(moments: impl Iterator<Item = usize>, weights: &[(f64, usize)], steps: &[usize]) -> Vec<(usize, Loss)> {
    let weighted = weights.iter().flat_map(|&(offset, power)| {
        let loss = Loss::Weighted(Weighting { offset, power });
        steps.iter().map(move |&steps| (steps, loss))
    });
    moments.map(|steps| (steps, Loss::Squared)).chain(weighted).collect()
}

/// Steps of two-layer networks that gain by long training.
const LONG: usize = 20_000;
/// Steps of those that do not, or are far from their floor.
const SHORT: usize = 6000;

/// Two-layer networks, trained for so many steps unless in miniature.
fn two_layer(units: Units, steps: usize, profile: Profile) -> Alternative {
    Alternative::TwoLayer { units, steps: if profile.draws_conclusions() { steps } else { 20 } }
}

/// The lift with so many units.
fn lift(profile: Profile, units: usize) -> Alternative {
    let lift = Lift { units, ..Lift::default() };
    Alternative::Lift(if profile.draws_conclusions() { lift } else { Lift { steps: 20, ..lift } })
}

/// A quadratic form of two inputs on the circle: in the reach of every learner.
fn circle(joint: Automated, samples: usize) -> Arena {
    let (widths, distribution): (&[usize], _) = (&[1], Distribution::Sphere);
    Arena {
        name: "L2 k1 d2, circle",
        family: Family::Rows,
        skips: true,
        widths,
        dimension: 2,
        gap: 0.1,
        distribution,
        samples,
        joint,
    }
}
