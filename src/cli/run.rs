//! `bfc run`: a user's own experiment.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use super::run_config::RunConfig;
use super::{Answer, Exit, evaluate, output};
use crate::error::{Error, Result};
use crate::exact::rational::Rational;
use crate::experiment::Run;
use crate::experiment::run::run;

/// A configuration is short; this stops a mistaken file name from filling the memory.
const LARGEST_FILE: u64 = 1 << 20;

/// Digits of a printed enclosure.
const DIGITS: usize = 12;

/// Runs the experiment of `file` and writes `trace.csv` and `result.json` to `out`.
pub fn command(file: &Path, out: Option<&Path>) -> Result<Answer> {
    let config = RunConfig::parse(file, &read(file)?)?;
    evaluate::require_platform()?;
    let directory = out.map_or_else(|| default_directory(file), Path::to_path_buf);
    let created = create(&directory)?;
    let start = Instant::now();
    let ran = output::with_progress("steps", |progress| run(&config.cell, progress)).map_err(|e| e.in_file(file));
    output::duration("ran", start);
    let written = ran.and_then(|run| write(&directory, &config, &run).map(|()| run)).inspect_err(|_| {
        // Nothing is left behind; a directory that holds something stays.
        created.then(|| fs::remove_dir(&directory));
    })?;
    Ok(Answer { text: summary(&written, &config, &directory), exit: Exit::Success })
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

/// Makes sure of the directory before the run; whether it had to be made.
fn create(directory: &Path) -> Result<bool> {
    let created = !directory.exists();
    fs::create_dir_all(directory).map_err(|e| Error::io("create the directory", directory, &e))?;
    let probe = directory.join(".bfc-probe");
    let writable = File::create(&probe).and_then(|_| fs::remove_file(&probe));
    writable.map_err(|e| Error::io("write to the directory", directory, &e))?;
    Ok(created)
}

/// Writes both files beside their names first, so that an interruption leaves no half file.
fn write(directory: &Path, config: &RunConfig, run: &Run) -> Result<()> {
    let files = [("trace.csv", trace(run)), ("result.json", format!("{:#}\n", result(config, run)))];
    let places = files.map(|(name, text)| (directory.join(format!(".{name}.new")), directory.join(name), text));
    for (staged, _, text) in &places {
        let written = File::create(staged).and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()));
        written.map_err(|e| Error::io("write", staged, &e))?;
    }
    for (staged, place, _) in &places {
        fs::rename(staged, place).map_err(|e| Error::io("write", place, &e))?;
    }
    Ok(())
}

fn trace(run: &Run) -> String {
    let rows = run.trace.iter().map(|(phase, step, loss, error)| format!("{phase},{step},{loss:e},{error:e}\n"));
    "phase,step,relative_loss,feature_error\n".to_string() + &rows.collect::<String>()
}

fn result(config: &RunConfig, run: &Run) -> Value {
    let mut value = json!({
        "format": 1,
        "relative_risk": Value::Null,
        "feature_error": feature_errors(run),
        "steps": run.phases.iter().map(|p| p.steps).collect::<Vec<_>>(),
        "training_loss": run.phases.iter().map(|p| p.loss).collect::<Vec<_>>(),
        "target_variance": run.target_variance.as_ref().map(Rational::to_f64),
        "digest": run.digest,
        "configuration": config.to_json(),
    });
    match &run.relative_risk {
        Ok(risk) => {
            value["relative_risk"] = json!(risk.to_f64());
            value["relative_risk_enclosure"] = json!([risk.lower_decimal(DIGITS), risk.upper_decimal(DIGITS)]);
        }
        Err(reason) => value["relative_risk_absent"] = json!(reason),
    }
    if let Some(error) = run.test_error {
        value["test_error"] = json!(error);
    }
    value
}

/// The feature error `f` of layer 2 after each phase.
fn feature_errors(run: &Run) -> Vec<f64> {
    run.phases.iter().map(|p| p.feature_error_squared.to_f64().sqrt()).collect()
}

fn summary(run: &Run, config: &RunConfig, directory: &Path) -> String {
    let instance = &config.cell.instance;
    let risk = match (&run.relative_risk, run.test_error) {
        (Ok(risk), _) => format!("relative risk {} (exact, correctly rounded)", risk.to_decimal(6)),
        (Err(reason), Some(error)) => format!("relative risk absent: {reason}; test error {error:.3e}"),
        (Err(reason), None) => format!("relative risk absent: {reason}"),
    };
    let errors: Vec<String> = feature_errors(run).iter().map(|f| format!("{f:.3e}")).collect();
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
