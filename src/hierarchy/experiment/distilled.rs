//! Runs of the over-parameterised learner.

use serde_json::{Map, Value};

use super::config::{Cell, Instance};
use super::configuration;
use super::learn::{Learn, one_for_all};
use super::run::{PhaseEnd, Run, Score, Trace, digest};
use crate::canonical::Canonical;
use crate::error::Result;
use crate::hierarchy::learner::distilled::{Distillation, Distilled, Event, What, distil};
use crate::hierarchy::network::Network;
use crate::hierarchy::target::random::{labels, scales};
use crate::hierarchy::target::risk;

/// The test error of the wide network, its activation truncated.
pub const WIDE: &str = "test error of the wide network";
/// The step at which the error target was halved for the last time.
const LAST_HALVING: &str = "step of the last halving";
/// How many halvings are told.
const HALVINGS: usize = 5;

impl Learn for Distillation {
    fn encode(&self, c: Canonical) -> Canonical {
        Distillation::encode(self, c.text("distilled"))
    }

    fn keys(&self, _: &Instance) -> Map<String, Value> {
        configuration::distilled(self)
    }

    fn describe(&self) -> String {
        format!("distilled, penalty {}, at most {} steps", self.penalty, self.steps)
    }

    fn runs(&self, cells: &[&Cell], _: Option<Trace<'_>>) -> Result<Vec<Run>> {
        one_for_all(cells, |cell| distilled(cell, self))
    }
}

/// Trains the learner. The phases end when a layer is distilled, and at the end; risk and digest are those of the narrow network.
fn distilled(cell: &Cell, settings: &Distillation) -> Result<Run> {
    let instance = &cell.instance;
    let target = instance.target()?;
    let samples = instance.draw_samples(&target)?;
    let scales = scales(instance.gap, instance.depth());
    let trained = distil(&instance.architecture()?, &scales, &samples, settings, cell.seed)?;
    let risk = risk::relative_risk(&target, &trained.narrow, instance.distribution).map_err(|absent| absent.to_string());
    let test_error = risk.is_err().then(|| instance.test_error(&target, |x| labels(&trained.narrow, x)));
    Ok(Run {
        phases: phases(&trained.events, &target),
        target_variance: risk.as_ref().ok().map(|risk| risk.target_variance.clone()),
        relative_risk: risk.map(|risk| risk.relative),
        test_error,
        choice: String::new(),
        scores: scores(instance, &target, &trained),
        trace: Vec::new(),
        digest: digest(cell, &trained.narrow),
        learner: Some(trained.narrow),
    })
}

fn phases(events: &[Event], target: &Network<f64>) -> Vec<PhaseEnd> {
    let ends = events.iter().filter(|e| matches!(e.what, What::Distilled(_) | What::Ended));
    let mut before = 0;
    let phase = |end: &Event| {
        let steps = end.step - std::mem::replace(&mut before, end.step);
        let feature_error_squared = risk::feature_error_squared(target, &end.features).ok();
        PhaseEnd { steps, loss: end.loss, feature_error_squared }
    };
    ends.map(phase).collect()
}

fn scores(instance: &Instance, target: &Network<f64>, trained: &Distilled) -> Vec<Score> {
    let wide = Score { name: WIDE.into(), value: instance.test_error(target, |x| trained.predict(x)) };
    let halvings = trained.events.iter().rev().filter(|e| matches!(e.what, What::Halved(_))).take(HALVINGS);
    let halving = |(n, event): (usize, &Event)| Score { name: last_halving(n), value: event.step as f64 };
    std::iter::once(wide).chain(halvings.enumerate().map(halving)).collect()
}

/// The name of the score that tells the step of the last halving of the error target but `n`.
pub fn last_halving(n: usize) -> String {
    if n == 0 { LAST_HALVING.into() } else { format!("{LAST_HALVING} but {n}") }
}
