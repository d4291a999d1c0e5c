//! `bfc run`: a user's own experiment, from its file to what it writes.

pub mod config;
mod cost;
mod document;
mod memory;
mod results;
mod values;

use std::path::{Path, PathBuf};

pub use config::RunFile;

use crate::error::Result;
use crate::file;
use crate::hierarchy::experiment::run_traced;

/// A configuration is short; this stops a mistaken file name from filling the memory.
const LARGEST_FILE: u64 = 1 << 20;

/// Steps from one row of the trace to the next, unless that makes more than [`MOST_ROWS`].
const TRACE_EVERY: usize = 10;

/// About the most rows that a trace has.
const MOST_ROWS: usize = 10_000;

/// The files that a run writes.
const FILES: [&str; 3] = ["trace.csv", "result.json", "weights.json"];

/// An experiment that was read and not yet made.
pub struct Prepared {
    file: PathBuf,
    directory: PathBuf,
    config: RunFile,
}

impl Prepared {
    /// Reads the experiment of `file`, `-` for standard input; it will write to `out`, or to a directory named as the file.
    ///
    /// # Errors
    /// When the file cannot be read, or says something that is not accepted.
    pub fn read(file: &Path, out: Option<&Path>) -> Result<Self> {
        out.map_or(Ok(()), file::check_output)?;
        let config = RunFile::parse(file, &text(file)?)?;
        let directory = out.map_or_else(|| default_directory(file), Path::to_path_buf);
        Ok(Prepared { file: file.to_path_buf(), directory, config })
    }

    /// About how many seconds it takes on one core, if no phase ends early (guarantee: approximate, an order of magnitude).
    pub fn seconds(&self) -> f64 {
        cost::seconds(&self.config)
    }

    /// Runs it and writes `trace.csv`, `result.json` and `weights.json`, all or none; what is to be shown of them. A kill between them leaves a new
    /// trace beside an older result, which names the digest of its own, or a new result beside older weights, which name the run's.
    ///
    /// # Errors
    /// When the directory cannot be written, which is found before the run, or the samples cannot be trained on.
    pub fn run(&self) -> Result<String> {
        file::check_writable(&self.directory, &FILES)?;
        let every = TRACE_EVERY.max(self.config.training().steps() / MOST_ROWS);
        let cell = self.config.cell();
        let run = run_traced(&cell, every).map_err(|e| e.in_file(&self.file))?;
        let weights = run.weights(&cell, &serde_json::json!(self.config))?.expect("the learner of a run file is a network");
        let trace = results::trace(&run);
        let result = format!("{:#}\n", results::result(&self.config, &run, &trace));
        let texts = [trace, result, weights];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(texts.iter().map(String::as_str)).collect();
        file::write_set(&self.directory, &files)?;
        Ok(results::summary(&run, &self.config, &self.directory))
    }
}

fn text(file: &Path) -> Result<String> {
    file::text(file::read_input(file, LARGEST_FILE, "the tables of an experiment")?, file)
}

fn default_directory(file: &Path) -> PathBuf {
    if file.as_os_str() == file::STANDARD_INPUT {
        return PathBuf::from("experiment-out");
    }
    let mut name = file.file_stem().expect("a file that was read has a name").to_os_string();
    name.push("-out");
    PathBuf::from(name)
}
