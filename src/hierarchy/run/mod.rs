//! `bfc run`: a user's own experiment.

mod config;
mod toml_section;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::claim::require_platform;
use crate::error::{Error, Result};
use crate::exact::rational::Rational;
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
    let config = RunConfig::parse(file, &read(file)?)?;
    require_platform()?;
    let directory = out.map_or_else(|| default_directory(file), Path::to_path_buf);
    probe(&directory)?;
    let run = training(&|| run_traced(&config.cell(), every(&config))).map_err(|e| e.in_file(file))?;
    write(&directory, [trace(&run), format!("{:#}\n", result(&config, &run))])?;
    Ok(summary(&run, &config, &directory))
}

fn every(config: &RunConfig) -> usize {
    TRACE_EVERY.max(config.training.steps() / MOST_ROWS)
}

fn read(file: &Path) -> Result<String> {
    let mut text = String::new();
    let opened = File::open(file).and_then(|f| f.take(LARGEST_FILE + 1).read_to_string(&mut text));
    let length = opened.map_err(|e| Error::io("read", file, &e))?;
    match length as u64 <= LARGEST_FILE {
        true => Ok(text),
        false => Err(Error::input("a file above 1 MiB", "the tables of an experiment").in_file(file)),
    }
}

fn default_directory(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_os_string();
    name.push("-out");
    PathBuf::from(name)
}

/// The two files that a run writes.
const FILES: [&str; 2] = ["trace.csv", "result.json"];

/// Makes sure before the run that the files can be written after it; nothing is left behind.
fn probe(directory: &Path) -> Result<()> {
    check_replaceable(directory)?;
    let missing = missing(directory);
    let nearest = missing.last().map_or(Some(directory), |path| path.parent());
    let file = nearest.unwrap_or(directory).join(format!(".bfc-probe-{}", std::process::id()));
    let action = if missing.is_empty() { "write to the directory" } else { "create the directory" };
    let written = File::create_new(&file).and_then(|_| fs::remove_file(&file));
    written.map_err(|e| Error::io(action, directory, &e))
}

/// The directories that have to be made for `directory` to exist, the innermost first.
fn missing(directory: &Path) -> Vec<&Path> {
    let absent = |path: &&Path| !path.as_os_str().is_empty() && path.symlink_metadata().is_err();
    directory.ancestors().take_while(absent).collect()
}

/// Only files are replaced, and only the two that a run writes.
fn check_replaceable(directory: &Path) -> Result<()> {
    for place in FILES.map(|name| directory.join(name)) {
        if place.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(Error::input("something that is not a regular file", "a file to replace, or none").in_file(&place));
        }
    }
    Ok(())
}

/// Writes the texts of both files, and leaves nothing behind when that fails.
fn write(directory: &Path, texts: [String; 2]) -> Result<()> {
    let made = missing(directory);
    let created = fs::create_dir_all(directory).map_err(|e| Error::io("create the directory", directory, &e));
    created.and_then(|()| replace(directory, texts)).inspect_err(|_| {
        // What holds something stays.
        made.iter().for_each(|path| drop(fs::remove_dir(path)));
    })
}

/// Writes both files beside their names first, so that an interruption leaves no half file.
fn replace(directory: &Path, texts: [String; 2]) -> Result<()> {
    let staged = FILES.map(|name| directory.join(format!(".{name}.new")));
    let renamed = stage(&staged, &texts).and_then(|()| check_replaceable(directory)).and_then(|()| {
        let pairs = staged.iter().zip(FILES.map(|name| directory.join(name)));
        pairs.into_iter().try_for_each(|(from, to)| fs::rename(from, &to).map_err(|e| Error::io("write", &to, &e)))
    });
    renamed.inspect_err(|_| staged.iter().for_each(|path| drop(fs::remove_file(path))))
}

fn stage(places: &[PathBuf], texts: &[String]) -> Result<()> {
    places.iter().zip(texts).try_for_each(|(place, text)| {
        let written = File::create(place).and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()));
        written.map_err(|e| Error::io("write", place, &e))
    })
}

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

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let place = std::env::temp_dir().join(format!("bfc-cli-{}-run", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        let texts = || ["trace".to_string(), "result".to_string()];
        write(&place.join("a/b"), texts()).unwrap();
        fs::remove_file(place.join("a/b/result.json")).unwrap();
        fs::create_dir(place.join("a/b/result.json")).unwrap();
        let names = || fs::read_dir(place.join("a/b")).unwrap().count();
        assert!(write(&place.join("a/b"), ["moved".into(), "moved".into()]).is_err());
        assert_eq!((names(), fs::read_to_string(place.join("a/b/trace.csv")).unwrap().as_str()), (2, "trace"));
        // A name that is too long for a file system fails after its parents were made.
        assert!(write(&place.join("n/e/s").join("t".repeat(300)), texts()).is_err());
        assert!(!place.join("n").exists());
        fs::remove_dir_all(&place).unwrap();
    }
}
