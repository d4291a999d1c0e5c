//! What a run writes: `trace.csv`, `result.json`, and a summary.

use std::path::Path;

use serde_json::{Value, json};

use super::config::RunFile;
use crate::canonical;
use crate::exact::Rational;
use crate::hierarchy::experiment::Run;
use crate::hierarchy::experiment::run::PhaseEnd;

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

/// The content of `result.json`, beside this trace.
pub fn result(config: &RunFile, run: &Run, trace: &str) -> Value {
    // A float that is not finite becomes null.
    let rest = json!({
        "feature_error": feature_errors(run),
        "steps": run.phases.iter().map(|p| p.steps).collect::<Vec<_>>(),
        "training_loss": run.phases.iter().map(|p| p.loss).collect::<Vec<_>>(),
        "target_variance": run.target_variance.as_ref().map(Rational::to_f64),
        "digest": run.digest,
        "trace_digest": canonical::bytes_hex(trace.as_bytes()),
        "configuration": config,
        "format": 1,
    });
    let Value::Object(rest) = rest else { unreachable!("it is written as an object") };
    let mut all = run.risk();
    all.extend(rest);
    Value::Object(all)
}

/// The feature error `f` of layer 2 after each phase.
fn feature_errors(run: &Run) -> Vec<Option<f64>> {
    run.phases.iter().map(feature_error).collect()
}

/// Correctly rounded but for the square root; none when the descent diverged.
fn feature_error(phase: &PhaseEnd) -> Option<f64> {
    phase.feature_error_squared.as_ref().map(|squared| squared.to_f64().sqrt())
}

/// What is shown of a run.
pub fn summary(run: &Run, config: &RunFile, directory: &Path) -> String {
    let instance = config.instance();
    let risk = match (&run.relative_risk, run.test_error) {
        (Ok(risk), _) => format!("relative risk {} (exact, correctly rounded)", risk.to_decimal(6)),
        (Err(reason), Some(error)) => format!("relative risk absent: {reason}; test error {error:.3e}"),
        (Err(reason), None) => format!("relative risk absent: {reason}"),
    };
    let errors: Vec<String> = feature_errors(run).iter().map(|f| f.map_or("diverged".into(), |f| format!("{f:.3e}"))).collect();
    let steps: Vec<String> = run.phases.iter().map(|p| p.steps.to_string()).collect();
    format!(
        "{} on {} L{} width {:?} d={} gap {} N={}\n{risk}\nlayer-2 feature error after each phase: {}\nsteps: {}\ndigest {}\nwrote \
         {}, result.json and weights.json\n",
        config.learner.kind.name(),
        instance.skips.name(),
        instance.depth(),
        instance.widths,
        instance.dimension,
        instance.gap,
        instance.samples,
        errors.join(", "),
        steps.join(", "),
        run.digest,
        directory.join("trace.csv").display(),
    )
}
