//! Runs of the quadratic DenseNet: in stages that are given, or with layers that switch themselves on.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::config::{Automated, Cell, Instance, Labels, Learner, Online, Staged};
use super::learn::{Learn, one_for_all};
use super::run::{PhaseEnd, Run, Trace, TracePoint, digest};
use super::scores::{cut, scores};
use super::source::Source;
use crate::canonical::Canonical;
use crate::claim::Key;
use crate::error::{Error, Result};
use crate::exact::rational::Rational;
use crate::hierarchy::learner::initial::{initial, initial_network};
use crate::hierarchy::learner::{
    Automatic, Descent, Initial, Samples, Stage, StageEnd, train, train_automatically, train_online,
};
use crate::hierarchy::network::{Activation, Architecture, Network};
use crate::hierarchy::target::random::{labels, scales};
use crate::hierarchy::target::risk::{self, Risk};

/// How often the cuts of a truncated activation are counted, in steps.
const CUTS_EVERY: usize = 100;

/// A learner between two stages.
#[derive(Clone)]
struct Trained {
    learner: Network<f64>,
    /// Where samples come from, when they are drawn afresh for each step.
    fresh: Option<Source>,
    switched_on: usize,
    phases: Vec<PhaseEnd>,
    trace: Vec<TracePoint>,
    /// The largest number of samples that a truncated activation cut, of the steps that were looked at.
    most_cut: usize,
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
            Learner::Staged(staged) | Learner::Online(Online(staged)) => Some(Plan { cell, stages: &staged.stages }),
            Learner::Automatic(..) | Learner::Alternative(..) | Learner::Distilled(..) | Learner::Ridge(..) => None,
        }
    }
}

/// What the runs of a group share.
struct Shared<'a> {
    instance: Instance,
    target: Network<f64>,
    samples: Samples,
    descent: Descent,
    trace: Option<Trace<'a>>,
}

impl Learn for Staged {
    fn encode(&self, c: Canonical) -> Canonical {
        self.encode_start(c)
    }

    fn encode_stages(&self, c: Canonical) -> Canonical {
        self.stages.iter().fold(c.integer(self.stages.len() as u64), |c, s| s.encode(c))
    }

    fn keys(&self, instance: &Instance) -> Map<String, Value> {
        self.keys_of(instance)
    }

    fn describe(&self) -> String {
        self.name()
    }

    fn runs(&self, cells: &[&Cell], trace: Option<Trace<'_>>) -> Result<Vec<Run>> {
        staged(cells, self, |_| None, trace)
    }
}

impl Learn for Online {
    fn encode(&self, c: Canonical) -> Canonical {
        self.0.encode(c.text("online"))
    }

    fn encode_stages(&self, c: Canonical) -> Canonical {
        self.0.encode_stages(c)
    }

    fn keys(&self, _: &Instance) -> Map<String, Value> {
        self.keys_of()
    }

    fn describe(&self) -> String {
        format!("online {}", self.0.name())
    }

    fn runs(&self, cells: &[&Cell], trace: Option<Trace<'_>>) -> Result<Vec<Run>> {
        staged(cells, &self.0, |instance| Some(Source::new(instance)), trace)
    }
}

impl Learn for Automated {
    fn encode(&self, c: Canonical) -> Canonical {
        Automated::encode(self, c)
    }

    fn keys(&self, _: &Instance) -> Map<String, Value> {
        self.keys_of()
    }

    fn describe(&self) -> String {
        let Automatic { layerwise, on_from_start, most_steps, .. } = self.automatic;
        let layers = if layerwise { "layerwise" } else { "joint" };
        format!("automatic {layers} from {on_from_start} on, at most {most_steps} steps")
    }

    fn runs(&self, cells: &[&Cell], trace: Option<Trace<'_>>) -> Result<Vec<Run>> {
        one_for_all(cells, |cell| automatically(cell, self, trace))
    }
}

/// Trains `cells`, which differ in their stages alone, one stage for all that share it; on samples from `fresh`, if it gives a source.
fn staged(
    cells: &[&Cell],
    staged: &Staged,
    fresh: impl Fn(&Instance) -> Option<Source>,
    trace: Option<Trace<'_>>,
) -> Result<Vec<Run>> {
    let [first, ..] = cells else { return Ok(Vec::new()) };
    let shared = Shared::new(first, &staged.descent, trace)?;
    let plans: Vec<Plan<'_>> = cells.iter().filter_map(|cell| Plan::of(cell)).collect();
    let mut runs = BTreeMap::new();
    shared.grow(start(first, staged, fresh(&first.instance))?, &plans, &mut runs);
    let in_order = |cell: &&Cell| runs.get(&cell.key()).cloned().ok_or_else(|| Error::refused("a cell has no stages"));
    cells.iter().map(in_order).collect()
}

/// The learner of a cell before its first stage.
fn start(cell: &Cell, staged: &Staged, fresh: Option<Source>) -> Result<Trained> {
    let Instance { dimension, widths, skips, gap, .. } = &cell.instance;
    let shape = Architecture::new(*dimension, staged.widths.as_ref().unwrap_or(widths), skips)?;
    let learner = initial_network(&shape, &scales(*gap, shape.depth()), staged.descent.initial_scale, cell.seed)?;
    Ok(Trained { learner, fresh, switched_on: 1, phases: Vec::new(), trace: Vec::new(), most_cut: 0 })
}

/// The best of the initialisations, by its training loss.
fn automatically(cell: &Cell, automated: &Automated, trace: Option<Trace<'_>>) -> Result<Run> {
    let shared = Shared::new(cell, &automated.descent, trace)?;
    let (shape, scales) = (cell.instance.architecture()?, scales(cell.instance.gap, cell.instance.depth()));
    let (_, state) = automated.restarts.best(|attempt| {
        let start = Initial { scale: automated.descent.initial_scale, redundancy: automated.redundancy, attempt };
        let trained = shared.automatically(initial(&shape, &scales, &start, cell.seed)?, &automated.automatic);
        Ok((trained.phases.last().map_or(f64::NAN, |p| p.loss), trained))
    })?;
    Ok(shared.finish(cell, &state))
}

impl<'a> Shared<'a> {
    /// Target and samples of the cell.
    fn new(cell: &Cell, descent: &Descent, trace: Option<Trace<'a>>) -> Result<Self> {
        let target = cell.instance.target()?;
        let samples = cell.instance.draw_samples(&target)?;
        Ok(Shared { instance: cell.instance.clone(), target, samples, descent: *descent, trace })
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
        Trained { learner, fresh: None, switched_on, phases, trace, most_cut: 0 }
    }

    /// Finishes the cells whose stages are done and trains the others on, one stage for all that share it.
    fn grow(&self, state: Trained, plans: &[Plan<'_>], runs: &mut BTreeMap<Key, Run>) {
        let done = state.phases.len();
        let mut next: BTreeMap<Stage, Vec<Plan<'_>>> = BTreeMap::new();
        for &plan in plans {
            match plan.stages.get(done) {
                Some(&stage) => next.entry(stage).or_default().push(plan),
                None => drop(runs.insert(plan.cell.key(), self.finish(plan.cell, &state))),
            }
        }
        for (stage, plans) in next {
            self.grow(self.trained(state.clone(), stage), &plans, runs);
        }
    }

    fn trained(&self, mut state: Trained, stage: Stage) -> Trained {
        let (phase, mut trace) = (state.phases.len(), Vec::new());
        let Trained { learner, fresh, switched_on, most_cut, .. } = &mut state;
        let mut observe = |step: usize, loss: f64, learner: &Network<f64>| {
            trace.extend(self.trace_point(phase, step, loss, learner));
            *most_cut = (*most_cut).max(self.cut(stage.top, step, learner));
        };
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

    /// The samples of the run that are cut before this step; 0 where the step is not looked at, or samples are drawn afresh.
    fn cut(&self, top: usize, step: usize, learner: &Network<f64>) -> usize {
        match self.descent.activation {
            Activation::Truncated(bound) if step.is_multiple_of(CUTS_EVERY) => cut(learner, top, &self.samples, bound),
            _ => 0,
        }
    }

    fn trace_point(&self, phase: usize, step: usize, loss: f64, learner: &Network<f64>) -> Option<TracePoint> {
        let trace = self.trace.filter(|trace| step.is_multiple_of(trace.every))?;
        let feature_error = self.feature_error_squared(learner).map_or(f64::NAN, |f| f.to_f64().sqrt());
        let point = TracePoint { phase, step, loss, feature_error };
        (trace.watch)(&point);
        Some(point)
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
            digest: digest(cell, &learner),
            phases: state.phases.clone(),
            relative_risk,
            target_variance,
            test_error,
            scores: scores(cell, &self.target, &self.samples, &learner, state.most_cut),
            learner: Some(learner),
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
