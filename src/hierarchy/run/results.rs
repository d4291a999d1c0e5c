//! What a run writes of itself: `trace.csv`, `result.json`, and a summary.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::config::RunFile;
use super::ending::Status;
use crate::canonical;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::experiment::Run;
use crate::hierarchy::experiment::run::PhaseEnd;

/// A run that was made, with what is told of it.
pub struct Made<'a> {
    /// What was asked for.
    pub config: &'a RunFile,
    /// What came of it.
    pub run: &'a Run,
    /// How it ended.
    pub status: Status,
    /// The error on test samples, beside te.
    pub test_error: Option<f64>,
}

impl<'a> Made<'a> {
    /// Takes the test error of what was learnt.
    ///
    /// # Errors
    /// When the instance is impossible.
    pub fn new(config: &'a RunFile, run: &'a Run) -> Result<Self> {
        Ok(Made { config, run, status: Status::of(run), test_error: run.known_test_error(&config.cell)? })
    }

    /// Steps taken, in all phases.
    pub fn steps(&self) -> usize {
        self.run.phases.iter().map(|phase| phase.steps).sum()
    }

    /// te as the nearest double, or the test error where there is none.
    pub fn error(&self) -> Option<f64> {
        self.run.relative_risk.as_ref().ok().map(Rational::to_f64).or(self.test_error)
    }

    /// The feature error `f` of layer 2 at the end.
    pub fn feature_error(&self) -> Option<f64> {
        self.run.phases.last().and_then(feature_error)
    }

    /// The content of `result.json`, beside this trace.
    pub fn result(&self, trace: Option<&str>) -> Value {
        let run = self.run;
        let mut all = run.risk();
        // A float that is not finite becomes null.
        all.insert("test_error".into(), json!(self.test_error));
        all.insert("status".into(), json!(self.status.name()));
        if let Some(words) = self.status.in_words(run, self.test_error) {
            all.insert("status_in_words".into(), json!(words));
        }
        all.insert("feature_error".into(), json!(feature_errors(run)));
        all.insert("steps".into(), json!(run.phases.iter().map(|p| p.steps).collect::<Vec<_>>()));
        all.insert("training_loss".into(), json!(run.phases.iter().map(|p| p.loss).collect::<Vec<_>>()));
        if !run.choice.is_empty() {
            all.insert("choice".into(), json!(run.choice));
        }
        if !run.scores.is_empty() {
            let scores: Map<String, Value> = run.scores.iter().map(|s| (s.name.clone(), json!(s.value))).collect();
            all.insert("scores".into(), Value::Object(scores));
        }
        all.insert("target_variance".into(), json!(run.target_variance.as_ref().map(Rational::to_f64)));
        all.insert("digest".into(), json!(run.digest));
        if let Some(trace) = trace {
            all.insert("trace_digest".into(), json!(canonical::bytes_hex(trace.as_bytes())));
        }
        all.insert("configuration".into(), self.config.configuration());
        all.insert("format".into(), json!(1));
        Value::Object(all)
    }

    /// What is shown of a run whose files are in `directory`.
    pub fn summary(&self, directory: &Path, files: &[&str]) -> String {
        let (run, instance) = (self.run, &self.config.cell.instance);
        let mut text = format!(
            "{} on {} L{} width {:?} d={} gap {} N={}\n{}\n",
            self.config.kind,
            instance.skips.name(),
            instance.depth(),
            instance.widths,
            instance.dimension,
            instance.gap,
            instance.samples,
            self.risk_in_words()
        );
        if let Some(words) = self.status.in_words(run, self.test_error) {
            text += &format!("{words}\n");
        }
        if !run.phases.is_empty() {
            let errors: Vec<String> =
                feature_errors(run).iter().map(|f| f.map_or("diverged".into(), |f| format!("{f:.3e}"))).collect();
            let steps: Vec<String> = run.phases.iter().map(|p| p.steps.to_string()).collect();
            text += &format!("layer-2 feature error after each phase: {}\nsteps: {}\n", errors.join(", "), steps.join(", "));
        }
        if !run.choice.is_empty() {
            text += &format!("chosen on the test samples: {}\n", run.choice);
        }
        text.extend(run.scores.iter().map(|score| format!("{}: {}\n", score.name, shown(score.value))));
        let first = files.first().map_or_else(|| directory.to_path_buf(), |name| directory.join(name));
        let others = files.get(1..).unwrap_or(&[]).iter().map(|name| format!(", {name}")).collect::<String>();
        text + &format!("digest {}\nwrote {}{others}\n", run.digest, first.display())
    }

    fn risk_in_words(&self) -> String {
        let beside = self.test_error.map_or(String::new(), |error| format!("; test error {error:.3e}"));
        match &self.run.relative_risk {
            Ok(risk) => format!("relative risk {} (exact, correctly rounded){beside}", risk.to_decimal(6)),
            Err(reason) => format!("relative risk absent: {reason}{beside}"),
        }
    }
}

/// A count as it is, another number in four digits.
fn shown(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e9 { value.to_string() } else { format!("{value:.3e}") }
}

/// The traced steps of each phase, and its end.
pub fn trace(run: &Run) -> String {
    let mut text = "phase,step,relative_loss,feature_error\n".to_string();
    for (n, phase) in run.phases.iter().enumerate() {
        let traced = run.trace.iter().filter(|p| p.phase == n && p.step != phase.steps);
        text.extend(traced.map(|p| row(n, p.step, p.loss, p.feature_error)));
        text += &row(n, phase.steps, phase.loss, feature_error(phase).unwrap_or(f64::NAN));
    }
    text
}

fn row(phase: usize, step: usize, loss: f64, feature_error: f64) -> String {
    format!("{},{step},{loss:e},{feature_error:e}\n", phase + 1)
}

/// The feature error `f` of layer 2 after each phase.
fn feature_errors(run: &Run) -> Vec<Option<f64>> {
    run.phases.iter().map(feature_error).collect()
}

/// Correctly rounded but for the square root; none when the descent diverged.
pub fn feature_error(phase: &PhaseEnd) -> Option<f64> {
    phase.feature_error_squared.as_ref().map(|squared| squared.to_f64().sqrt())
}
