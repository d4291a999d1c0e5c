//! Runs, each computed once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::{Cell, Instance};
use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::exact::rational::Rational;
use crate::learner::initial::initial_network;
use crate::learner::{Samples, Stage, StageEnd, train};
use crate::network::{Architecture, Network};
use crate::parallel;
use crate::portable::reduce::variance;
use crate::portable::rng::Stream;
use crate::target::distribution::draw;
use crate::target::random::{labels, random_target, scales};
use crate::target::risk;

/// Samples of the test error, where the exact risk is not affordable.
pub const TEST_SAMPLES: usize = 20_000;

/// The end of one phase.
#[derive(Clone, Debug)]
pub struct PhaseEnd {
    /// Steps taken in the phase.
    pub steps: usize,
    /// loss / Var(y) on the samples at the end of the phase; replayed.
    pub loss: f64,
    /// The square of the feature error `f` of layer 2, exactly; absent when the descent diverged.
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

/// What came of a [`Cell`].
#[derive(Clone, Debug)]
pub struct Run {
    /// One entry for each stage.
    pub phases: Vec<PhaseEnd>,
    /// The target.
    pub target: Network<f64>,
    /// The trained network, cut at the highest layer that was switched on.
    pub learner: Network<f64>,
    /// The exact relative population risk te, or why there is none.
    pub relative_risk: std::result::Result<Rational, String>,
    /// Var F of the target, exactly, where te is.
    pub target_variance: Option<Rational>,
    /// Mean-centred squared error over Var(y) on 20000 samples of the stream `test samples`; only where the exact risk is absent.
    pub test_error: Option<f64>,
    /// Every traced step; empty unless a trace was asked for.
    pub trace: Vec<TracePoint>,
    /// Digest of the canonical encoding of the cell and of the trained weights.
    pub digest: String,
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
    /// depend on the others, nor on the thread it runs on.
    ///
    /// # Errors
    /// When an instance is impossible.
    pub fn compute(cells: &[Cell], jobs: usize, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Runs> {
        let distinct: BTreeMap<[u8; 32], &Cell> = cells.iter().map(|c| (c.key(), c)).collect();
        let groups = Group::gather(distinct.values().copied());
        let done = AtomicUsize::new(0);
        let finished = parallel::map(&groups, jobs, |group| {
            let runs = group.run(None);
            let count = group.cells.len();
            progress(done.fetch_add(count, Ordering::Relaxed) + count, distinct.len());
            runs
        });
        let mut runs = BTreeMap::new();
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

/// Cells on the same samples and from the same initial weights.
struct Group<'a> {
    cells: Vec<&'a Cell>,
}

/// A learner between two stages.
#[derive(Clone)]
struct Trained {
    learner: Network<f64>,
    switched_on: usize,
    phases: Vec<PhaseEnd>,
    trace: Vec<TracePoint>,
}

/// What the runs of a group share.
struct Shared {
    target: Network<f64>,
    samples: Samples,
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
        let first = self.cells[0];
        let Instance { skips, widths, dimension, gap, distribution, .. } = &first.instance;
        let architecture = Architecture::new(*dimension, widths, skips)?;
        let target = random_target(&architecture, *gap, *distribution, first.instance.target_seed)?;
        let samples = first.instance.draw_samples(&target)?;
        let learner =
            initial_network(&architecture, &scales(*gap, architecture.depth()), first.descent.initial_scale, first.seed)?;
        let shared = Shared { target, samples, trace_every };
        let start = Trained { learner, switched_on: 1, phases: Vec::new(), trace: Vec::new() };
        let mut runs = Vec::new();
        shared.grow(start, &self.cells, &mut runs);
        Ok(runs)
    }
}

impl Shared {
    /// Finishes the cells whose stages are done and trains the others on, one stage for all that share it.
    fn grow(&self, state: Trained, cells: &[&Cell], runs: &mut Vec<([u8; 32], Run)>) {
        let done = state.phases.len();
        let mut next: BTreeMap<Stage, Vec<&Cell>> = BTreeMap::new();
        for &cell in cells {
            match cell.stages.get(done) {
                Some(&stage) => next.entry(stage).or_default().push(cell),
                None => runs.push((cell.key(), self.finish(cell, &state))),
            }
        }
        for (stage, cells) in next {
            self.grow(self.trained(state.clone(), stage, cells[0]), &cells, runs);
        }
    }

    fn trained(&self, mut state: Trained, stage: Stage, cell: &Cell) -> Trained {
        let (phase, mut trace) = (state.phases.len(), Vec::new());
        let mut observe = |step: usize, loss: f64, learner: &Network<f64>| {
            let feature_error = || self.feature_error_squared(learner).map_or(f64::NAN, |f| f.to_f64().sqrt());
            if self.trace_every.is_some_and(|every| step.is_multiple_of(every)) {
                trace.push(TracePoint { phase, step, loss, feature_error: feature_error() });
            }
        };
        let end: StageEnd = train(&mut state.learner, &self.samples, stage, &cell.descent, state.switched_on, &mut observe);
        let feature_error_squared = self.feature_error_squared(&state.learner);
        state.phases.push(PhaseEnd { steps: end.steps, loss: end.loss, feature_error_squared });
        state.trace.extend(trace);
        state.switched_on = state.switched_on.max(stage.top);
        state
    }

    fn feature_error_squared(&self, learner: &Network<f64>) -> Option<Rational> {
        risk::feature_error_squared(&self.target, learner).ok()
    }

    fn finish(&self, cell: &Cell, state: &Trained) -> Run {
        let learner = state.learner.truncated(state.switched_on.max(2));
        let risk = risk::relative_risk(&self.target, &learner, cell.instance.distribution).map_err(|absent| absent.to_string());
        let test_error = risk.is_err().then(|| cell.instance.test_error(&self.target, &learner));
        let (relative_risk, target_variance) = match risk {
            Ok(risk) => (Ok(risk.relative), Some(risk.target_variance)),
            Err(reason) => (Err(reason), None),
        };
        Run {
            digest: digest(cell, &learner),
            phases: state.phases.clone(),
            target: self.target.clone(),
            learner,
            relative_risk,
            target_variance,
            test_error,
            trace: state.trace.clone(),
        }
    }
}

fn digest(cell: &Cell, learner: &Network<f64>) -> String {
    let both = [cell.canonical(), learner.canonical()];
    both.iter().fold(Canonical::of("run"), |c, part| c.text(&part.hex())).hex()
}

impl Instance {
    /// The samples of this instance, from the stream `training samples` of the data seed.
    ///
    /// # Errors
    /// When all labels are equal: no loss can be measured relative to their variance.
    fn draw_samples(&self, target: &Network<f64>) -> Result<Samples> {
        let mut stream = Stream::new(self.data_seed, "training samples");
        let x = draw(self.distribution, self.dimension, self.samples, &mut stream);
        let labels = labels(target, &x);
        if labels.windows(2).all(|pair| pair[0] == pair[1]) {
            let message = "all labels are equal, so there is nothing to learn from them; more samples or another seed";
            return Err(Error::refused(message).at_field("data.samples"));
        }
        Ok(Samples::new(&x, labels, target.architecture().reads_squares()))
    }

    /// Variance of the error over variance of the target, on samples of the stream `test samples` of the data seed.
    fn test_error(&self, target: &Network<f64>, learner: &Network<f64>) -> f64 {
        let mut stream = Stream::new(self.data_seed, "test samples");
        let x = draw(self.distribution, self.dimension, TEST_SAMPLES, &mut stream);
        let y = labels(target, &x);
        let errors: Vec<f64> = labels(learner, &x).iter().zip(&y).map(|(f, y)| f - y).collect();
        variance(&errors) / variance(&y)
    }
}
