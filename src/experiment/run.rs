//! Runs, each computed once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::config::{Automated, Cell, Family, Instance, Labels, Learner, Staged};
use super::distilled::distilled;
use super::scores::scores;
use super::source::Source;
use super::{alternative, record};
use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::exact::rational::Rational;
use crate::learner::initial::{initial, initial_network};
use crate::learner::{Automatic, Descent, Initial, Samples, Stage, StageEnd, train, train_automatically, train_online};
use crate::ledger::{Ledger, bits};
use crate::network::{Architecture, Network};
use crate::parallel;
use crate::target::generic::generic_target;
use crate::target::random::{labels, random_target, scales};
use crate::target::risk::{self, Risk};

/// Samples of the test error, where the exact risk is not affordable.
pub const TEST_SAMPLES: usize = 20_000;

/// The end of one phase.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PhaseEnd {
    /// Steps taken in the phase.
    pub steps: usize,
    /// loss / Var(y) on the samples at the end of the phase; replayed.
    #[serde(with = "bits")]
    pub loss: f64,
    /// The square of the feature error `f` of layer 2, exactly; absent when the descent diverged.
    #[serde(with = "record::rational")]
    pub feature_error_squared: Option<Rational>,
}

/// One traced step of a run; replayed.
#[derive(Clone, Copy, Debug)]
pub struct TracePoint {
    /// The phase, from 0.
    pub phase: usize,
    /// Steps taken in the phase.
    pub step: usize,
    /// loss / Var(y) on the samples.
    pub loss: f64,
    /// The feature error `f` of layer 2.
    pub feature_error: f64,
}

/// A number that a learner tells beside its risk, by name; replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// What it is.
    pub name: String,
    /// The number.
    #[serde(with = "bits")]
    pub value: f64,
}

/// What came of a [`Cell`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// One entry for each stage, for learners that have stages.
    pub phases: Vec<PhaseEnd>,
    /// The exact relative population risk te of the trained network, cut at the highest layer that was switched on; or why there is
    /// none.
    #[serde(with = "record::risk")]
    pub relative_risk: std::result::Result<Rational, String>,
    /// Var F of the target, exactly, where te is.
    #[serde(with = "record::rational")]
    pub target_variance: Option<Rational>,
    /// Variance of the error over Var(y) on a sample; only where the exact risk is absent. 20000 inputs of the stream `test samples`,
    /// or 4000 of the stream `alternative test samples` for kernels.
    #[serde(with = "record::float")]
    pub test_error: Option<f64>,
    /// What else the learner tells.
    pub scores: Vec<Score>,
    /// Every traced step; empty unless a trace was asked for.
    #[serde(skip)]
    pub trace: Vec<TracePoint>,
    /// The settings that tuning chose; empty where nothing was tuned.
    pub choice: String,
    /// Digest of the canonical encoding of the cell and of what was learnt.
    pub digest: String,
}

impl Run {
    /// The score of this name.
    pub fn score(&self, name: &str) -> Option<f64> {
        self.scores.iter().find(|s| s.name == name).map(|s| s.value)
    }
}

/// Runs by the digest of their cells.
#[derive(Debug, Default)]
pub struct Runs {
    runs: BTreeMap<[u8; 32], Run>,
}

impl Runs {
    /// The run of `cell`.
    ///
    /// # Errors
    /// When the cell was not among those computed.
    pub fn get(&self, cell: &Cell) -> Result<&Run> {
        self.runs.get(&cell.key()).ok_or_else(|| Error::refused("a claim asked for a run that is not among its cells"))
    }

    /// Computes the runs of `cells`, each once, on `jobs` threads; `progress(done, total)` is called as they finish.
    ///
    /// Cells that share instance, settings and seed share their samples and every stage they have in common. A run does not
    /// depend on the others, nor on the thread it runs on. What `ledger` holds is not computed again, and what is computed goes there
    /// as soon as it is finished.
    ///
    /// # Errors
    /// When an instance is impossible, or the ledger cannot be written.
    pub fn compute(
        cells: &[Cell],
        jobs: usize,
        ledger: Option<&Ledger>,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Runs> {
        let distinct: BTreeMap<[u8; 32], &Cell> = cells.iter().map(|c| (c.key(), c)).collect();
        let known = |key: &[u8; 32]| Some((*key, ledger?.get::<Run>(key)?));
        let mut runs: BTreeMap<[u8; 32], Run> = distinct.keys().filter_map(known).collect();
        let groups = Group::gather(distinct.iter().filter(|(key, _)| !runs.contains_key(*key)).map(|(_, cell)| *cell));
        let done = AtomicUsize::new(runs.len());
        let finished = parallel::map(&groups, jobs, |group| {
            let runs = group.run(None)?;
            if let Some(ledger) = ledger {
                runs.iter().try_for_each(|(key, run)| ledger.put(key, run))?;
            }
            let count = group.cells.len();
            progress(done.fetch_add(count, Ordering::Relaxed) + count, distinct.len());
            Ok(runs)
        });
        for group in finished {
            runs.extend(group?);
        }
        Ok(Runs { runs })
    }
}

/// Computes one run with a trace of every `every`-th step.
///
/// # Errors
/// When the instance is impossible.
pub fn run_traced(cell: &Cell, every: usize) -> Result<Run> {
    let mut runs = Group::gather([cell]).remove(0).run(Some(every.max(1)))?;
    // A group answers for each of its cells, and this one has one.
    Ok(runs.remove(0).1)
}

/// The cells of share `index` (from 0) of `count`: whole groups that share samples are dealt out in turn, longest first.
pub fn shard(cells: &[Cell], index: usize, count: usize) -> Vec<Cell> {
    let distinct: BTreeMap<[u8; 32], &Cell> = cells.iter().map(|c| (c.key(), c)).collect();
    let dealt = Group::gather(distinct.into_values()).into_iter().skip(index).step_by(count.max(1));
    dealt.flat_map(|group| group.cells.into_iter().cloned()).collect()
}

/// Cells on the same samples and from the same initial weights.
struct Group<'a> {
    cells: Vec<&'a Cell>,
}

/// A learner between two stages.
#[derive(Clone)]
struct Trained {
    learner: Network<f64>,
    /// Where samples come from, when they are drawn afresh for each step.
    fresh: Option<Source>,
    switched_on: usize,
    phases: Vec<PhaseEnd>,
    trace: Vec<TracePoint>,
}

/// A cell and its stages.
#[derive(Clone, Copy)]
struct Plan<'a> {
    cell: &'a Cell,
    stages: &'a [Stage],
}

impl<'a> Plan<'a> {
    fn of(cell: &'a Cell) -> Option<Self> {
        match &cell.learner {
            Learner::Staged(staged) | Learner::Online(staged) => Some(Plan { cell, stages: &staged.stages }),
            Learner::Automatic(..) | Learner::Alternative(..) | Learner::Distilled(..) | Learner::Ridge(..) => None,
        }
    }
}

/// What the runs of a group share.
struct Shared {
    instance: Instance,
    target: Network<f64>,
    samples: Samples,
    descent: Descent,
    trace_every: Option<usize>,
}

impl<'a> Group<'a> {
    /// Groups cells, those with most work first, so that no thread is left with a long one at the end.
    fn gather(cells: impl IntoIterator<Item = &'a Cell>) -> Vec<Group<'a>> {
        let mut groups: BTreeMap<[u8; 32], Group<'a>> = BTreeMap::new();
        for cell in cells {
            groups.entry(cell.origin().digest()).or_insert_with(|| Group { cells: Vec::new() }).cells.push(cell);
        }
        let mut groups: Vec<Group<'a>> = groups.into_values().collect();
        groups.sort_by_key(|g| std::cmp::Reverse(g.cells.iter().map(|c| c.work()).sum::<u128>()));
        groups
    }

    fn run(&self, trace_every: Option<usize>) -> Result<Vec<([u8; 32], Run)>> {
        // A group is made with its first cell, and all of its cells have learners of one kind.
        let first = self.cells[0];
        match &first.learner {
            Learner::Staged(staged) => self.staged(first, staged, None, trace_every),
            Learner::Online(staged) => self.staged(first, staged, Some(Source::new(&first.instance)), trace_every),
            Learner::Automatic(automated) => Ok(self.all(&automatically(first, automated, trace_every)?)),
            Learner::Alternative(compared) => Ok(self.all(&alternative::run(first, compared)?)),
            Learner::Distilled(settings) => Ok(self.all(&distilled(first, settings)?)),
            Learner::Ridge(ridge) => Ok(self.all(&ridge.run(first)?)),
        }
    }

    /// The same run for every cell: they do not differ.
    fn all(&self, run: &Run) -> Vec<([u8; 32], Run)> {
        self.cells.iter().map(|cell| (cell.key(), run.clone())).collect()
    }

    /// Trains the cells of the group, one stage for all that share it; on samples from `fresh`, if that is given.
    fn staged(
        &self,
        first: &Cell,
        staged: &Staged,
        fresh: Option<Source>,
        trace_every: Option<usize>,
    ) -> Result<Vec<([u8; 32], Run)>> {
        let shared = Shared::new(first, &staged.descent, trace_every)?;
        let Instance { dimension, widths, skips, gap, .. } = &first.instance;
        let shape = Architecture::new(*dimension, staged.widths.as_ref().unwrap_or(widths), skips)?;
        let learner = initial_network(&shape, &scales(*gap, shape.depth()), staged.descent.initial_scale, first.seed)?;
        let plans: Vec<Plan<'_>> = self.cells.iter().filter_map(|cell| Plan::of(cell)).collect();
        let start = Trained { learner, fresh, switched_on: 1, phases: Vec::new(), trace: Vec::new() };
        let mut runs = Vec::new();
        shared.grow(start, &plans, &mut runs);
        Ok(runs)
    }
}

/// The best of the initialisations, by its training loss.
fn automatically(cell: &Cell, automated: &Automated, trace_every: Option<usize>) -> Result<Run> {
    let shared = Shared::new(cell, &automated.descent, trace_every)?;
    let (shape, scales) = (cell.instance.architecture()?, scales(cell.instance.gap, cell.instance.depth()));
    let (_, state) = automated.restarts.best(|attempt| {
        let start = Initial { scale: automated.descent.initial_scale, redundancy: automated.redundancy, attempt };
        let trained = shared.automatically(initial(&shape, &scales, &start, cell.seed)?, &automated.automatic);
        Ok((trained.phases.last().map_or(f64::NAN, |p| p.loss), trained))
    })?;
    Ok(shared.finish(cell, &state))
}

impl Shared {
    /// Target and samples of the cell.
    fn new(cell: &Cell, descent: &Descent, trace_every: Option<usize>) -> Result<Self> {
        let target = cell.instance.target()?;
        let samples = cell.instance.draw_samples(&target)?;
        Ok(Shared { instance: cell.instance.clone(), target, samples, descent: *descent, trace_every })
    }

    fn automatically(&self, mut learner: Network<f64>, automatic: &Automatic) -> Trained {
        let mut trace = Vec::new();
        let mut observe = |phase: usize, step: usize, loss: f64, learner: &Network<f64>| {
            trace.extend(self.trace_point(phase, step, loss, learner));
        };
        let ends = train_automatically(&mut learner, &self.samples, automatic, &self.descent, &mut observe);
        let phases: Vec<_> = ends.iter().map(|(end, network)| self.phase_end(end, network)).collect();
        let begun = automatic.stages(learner.depth()).into_iter().take(ends.len());
        let switched_on = begun.map(|stage| stage.top).max().unwrap_or(1);
        Trained { learner, fresh: None, switched_on, phases, trace }
    }

    /// Finishes the cells whose stages are done and trains the others on, one stage for all that share it.
    fn grow(&self, state: Trained, plans: &[Plan<'_>], runs: &mut Vec<([u8; 32], Run)>) {
        let done = state.phases.len();
        let mut next: BTreeMap<Stage, Vec<Plan<'_>>> = BTreeMap::new();
        for &plan in plans {
            match plan.stages.get(done) {
                Some(&stage) => next.entry(stage).or_default().push(plan),
                None => runs.push((plan.cell.key(), self.finish(plan.cell, &state))),
            }
        }
        for (stage, plans) in next {
            self.grow(self.trained(state.clone(), stage), &plans, runs);
        }
    }

    fn trained(&self, mut state: Trained, stage: Stage) -> Trained {
        let (phase, mut trace) = (state.phases.len(), Vec::new());
        let mut observe =
            |step: usize, loss: f64, learner: &Network<f64>| trace.extend(self.trace_point(phase, step, loss, learner));
        let Trained { learner, fresh, switched_on, .. } = &mut state;
        let end = match fresh {
            None => train(learner, &self.samples, stage, &self.descent, *switched_on, &mut observe),
            Some(source) => {
                let mut draw = |_| source.draw(&self.instance, &self.target);
                let batch = self.instance.samples;
                train_online(learner, &mut draw, batch, stage, &self.descent, *switched_on, &mut observe)
            }
        };
        state.phases.push(self.phase_end(&end, &state.learner));
        state.trace.extend(trace);
        state.switched_on = state.switched_on.max(stage.top);
        state
    }

    fn trace_point(&self, phase: usize, step: usize, loss: f64, learner: &Network<f64>) -> Option<TracePoint> {
        let traced = self.trace_every.is_some_and(|every| step.is_multiple_of(every));
        let feature_error = || self.feature_error_squared(learner).map_or(f64::NAN, |f| f.to_f64().sqrt());
        traced.then(|| TracePoint { phase, step, loss, feature_error: feature_error() })
    }

    fn phase_end(&self, end: &StageEnd, learner: &Network<f64>) -> PhaseEnd {
        PhaseEnd { steps: end.steps, loss: end.loss, feature_error_squared: self.feature_error_squared(learner) }
    }

    fn feature_error_squared(&self, learner: &Network<f64>) -> Option<Rational> {
        risk::feature_error_squared(&self.target, learner).ok()
    }

    fn finish(&self, cell: &Cell, state: &Trained) -> Run {
        let learner = state.learner.truncated(state.switched_on.max(2));
        let risk = self.relative_risk(&learner);
        let by_samples = risk.is_err() && self.instance.labels != Labels::Sign;
        let test_error = by_samples.then(|| self.instance.test_error(&self.target, |x| labels(&learner, x)));
        let (relative_risk, target_variance) = match risk {
            Ok(risk) => (Ok(risk.relative), Some(risk.target_variance)),
            Err(reason) => (Err(reason), None),
        };
        Run {
            digest: digest_of(cell, &learner.canonical()),
            phases: state.phases.clone(),
            relative_risk,
            target_variance,
            test_error,
            scores: scores(cell, &self.target, &self.samples, &learner),
            trace: state.trace.clone(),
            choice: String::new(),
        }
    }

    fn relative_risk(&self, learner: &Network<f64>) -> std::result::Result<Risk, String> {
        match self.instance.labels {
            Labels::Sign => Err("the labels are signs: their sizes were never told".into()),
            _ => risk::relative_risk(&self.target, learner, self.instance.distribution).map_err(|absent| absent.to_string()),
        }
    }
}

/// The digest of a cell and of the network that was trained in it.
pub(super) fn digest(cell: &Cell, learner: &Network<f64>) -> String {
    digest_of(cell, &learner.canonical())
}

/// The digest of a cell and of what was learnt in it.
pub(super) fn digest_of(cell: &Cell, learnt: &Canonical) -> String {
    let both = [&cell.canonical(), learnt];
    both.iter().fold(Canonical::of("run"), |c, part| c.text(&part.hex())).hex()
}

impl Instance {
    /// The shape of the target.
    ///
    /// # Errors
    /// When it is impossible.
    pub fn architecture(&self) -> Result<Architecture> {
        Architecture::new(self.dimension, &self.widths, &self.skips)
    }

    /// The target.
    ///
    /// # Errors
    /// When the instance is impossible.
    pub fn target(&self) -> Result<Network<f64>> {
        let draw = match self.family {
            Family::Rows => random_target,
            Family::Generic => generic_target,
        };
        draw(&self.architecture()?, self.gap, self.distribution, self.target_seed)
    }
}
