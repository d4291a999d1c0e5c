//! `bfc run`: a user's own experiment, from its file to what it writes.

pub mod config;
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
    /// Reads the experiment of `file`; it will write to `out`, or to a directory named as the file.
    ///
    /// # Errors
    /// When the file cannot be read, or says something that is not accepted.
    pub fn read(file: &Path, out: Option<&Path>) -> Result<Self> {
        let config = RunFile::parse(file, &file::read_text(file, LARGEST_FILE, "the tables of an experiment")?)?;
        let directory = out.map_or_else(|| default_directory(file), Path::to_path_buf);
        Ok(Prepared { file: file.to_path_buf(), directory, config })
    }

    /// Runs it and writes `trace.csv`, `result.json` and `weights.json`, all or none; what is to be shown of them.
    ///
    /// # Errors
    /// When the directory cannot be written, which is found before the run, or the samples cannot be trained on.
    pub fn run(&self) -> Result<String> {
        file::check_writable(&self.directory, &FILES)?;
        let every = TRACE_EVERY.max(self.config.training().steps() / MOST_ROWS);
        let cell = self.config.cell();
        let run = run_traced(&cell, every).map_err(|e| e.in_file(&self.file))?;
        let weights = run.weights(&cell, &serde_json::json!(self.config))?.expect("the learner of a run file is a network");
        let texts = [results::trace(&run), format!("{:#}\n", results::result(&self.config, &run)), weights];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(texts.iter().map(String::as_str)).collect();
        file::write_set(&self.directory, &files)?;
        Ok(results::summary(&run, &self.config, &self.directory))
    }
}

fn default_directory(file: &Path) -> PathBuf {
    let mut name = file.file_stem().expect("a file that was read has a name").to_os_string();
    name.push("-out");
    PathBuf::from(name)
}
