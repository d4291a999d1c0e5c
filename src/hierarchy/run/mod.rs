//! `bfc run`: a user's own experiment.

mod config;
mod toml_section;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::claim::require_platform;
use crate::error::Result;
use crate::exact::rational::Rational;
use crate::file;
use crate::hierarchy::experiment::Run;
use crate::hierarchy::experiment::run::{PhaseEnd, run_traced};

/// A configuration is short; this stops a mistaken file name from filling the memory.
const LARGEST_FILE: u64 = 1 << 20;

/// Steps from one row of the trace to the next, unless that makes more than [`MOST_ROWS`].
const TRACE_EVERY: usize = 10;

/// About the most rows that a trace has.
const MOST_ROWS: usize = 10_000;

/// Digits of a printed enclosure.
const DIGITS: usize = 12;

pub use config::RunConfig;

/// Runs the experiment of `file`, writes `trace.csv` and `result.json` to `out` (by default the name of `file` with `-out` for `.toml`,
/// in the working directory), and says what came of it. `training` is given the long part of the work, to show that it goes on.
///
/// # Errors
/// When the file is not such an experiment, the machine is unfit, or the files cannot be written; nothing is left behind then.
pub fn run(file: &Path, out: Option<&Path>, training: impl FnOnce(&dyn Fn() -> Result<Run>) -> Result<Run>) -> Result<String> {
    let config = RunConfig::parse(file, &file::read_text(file, LARGEST_FILE, "the tables of an experiment")?)?;
    require_platform()?;
    let directory = out.map_or_else(|| default_directory(file), Path::to_path_buf);
    file::check_writable(&directory, &FILES)?;
    let run = training(&|| run_traced(&config.cell(), every(&config))).map_err(|e| e.in_file(file))?;
    let texts = [trace(&run), format!("{:#}\n", result(&config, &run))];
    file::write_set(&directory, &[(FILES[0], &texts[0]), (FILES[1], &texts[1])])?;
    Ok(summary(&run, &config, &directory))
}

fn every(config: &RunConfig) -> usize {
    TRACE_EVERY.max(config.training.steps() / MOST_ROWS)
}

fn default_directory(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_os_string();
    name.push("-out");
    PathBuf::from(name)
}

/// The two files that a run writes.
const FILES: [&str; 2] = ["trace.csv", "result.json"];

/// The traced steps of each phase, and its end.
fn trace(run: &Run) -> String {
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

fn result(config: &RunConfig, run: &Run) -> Value {
    let mut value = risk(run);
    let rest = json!({
        "feature_error": feature_errors(run),
        "steps": run.phases.iter().map(|p| p.steps).collect::<Vec<_>>(),
        "training_loss": run.phases.iter().map(|p| p.loss).collect::<Vec<_>>(),
        "target_variance": run.target_variance.as_ref().map(Rational::to_f64),
        "digest": run.digest,
        "configuration": config.to_json(),
        "format": 1,
    });
    // Both are objects; a float that is not finite has become null.
    value.as_object_mut().into_iter().zip(rest.as_object()).for_each(|(all, rest)| all.extend(rest.clone()));
    value
}

/// The nearest double of the exact te beside its enclosure, or why there is none and the test error in its place.
fn risk(run: &Run) -> Value {
    match &run.relative_risk {
        Ok(risk) => json!({
            "relative_risk": nearest(risk),
            "relative_risk_enclosure": [risk.lower_decimal(DIGITS), risk.upper_decimal(DIGITS)],
        }),
        Err(reason) => json!({
            "relative_risk": Value::Null,
            "relative_risk_absent": reason,
            "test_error": run.test_error,
        }),
    }
}

/// The nearest double; beyond the doubles a decimal string of as many digits.
fn nearest(risk: &Rational) -> Value {
    let double = risk.to_f64();
    if double.is_finite() { json!(double) } else { json!(risk.to_decimal(17)) }
}

/// The feature error `f` of layer 2 after each phase.
fn feature_errors(run: &Run) -> Vec<Option<f64>> {
    run.phases.iter().map(feature_error).collect()
}

/// Correctly rounded but for the square root; none when the descent diverged.
fn feature_error(phase: &PhaseEnd) -> Option<f64> {
    phase.feature_error_squared.as_ref().map(|squared| squared.to_f64().sqrt())
}

fn summary(run: &Run, config: &RunConfig, directory: &Path) -> String {
    let instance = &config.instance;
    let risk = match (&run.relative_risk, run.test_error) {
        (Ok(risk), _) => format!("relative risk {} (exact, correctly rounded)", risk.to_decimal(6)),
        (Err(reason), Some(error)) => format!("relative risk absent: {reason}; test error {error:.3e}"),
        (Err(reason), None) => format!("relative risk absent: {reason}"),
    };
    let errors: Vec<String> = feature_errors(run).iter().map(|f| f.map_or("diverged".into(), |f| format!("{f:.3e}"))).collect();
    let steps: Vec<String> = run.phases.iter().map(|p| p.steps.to_string()).collect();
    format!(
        "{} on {} L{} width {:?} d={} gap {} N={}\n{risk}\nlayer-2 feature error after each phase: {}\nsteps: {}\ndigest {}\nwrote \
         {} and result.json\n",
        config.kind.name(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_risk_beyond_the_doubles_is_a_decimal_string() {
        let large = Rational::try_from(1e300).unwrap();
        assert_eq!(nearest(&large), json!(1e300));
        let beyond = nearest(&(&large * &large));
        assert!(beyond.as_str().is_some_and(|text| text.ends_with("e600")), "{beyond}");
    }
}
