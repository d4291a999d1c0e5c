//! `bfc run`: a user's own experiment, from its file to what it writes.
//!
//! | file | what lives there |
//! |---|---|
//! | `document` | TOML whose complaints name file, line and field |
//! | `config`, `values`, `product` | the tables of one run |
//! | `keys`, `kinds`, `learners` | the table `learner`: its keys, the kinds that have them, and what comes of them |
//! | `sweep` | many runs from one file |
//! | `memory` | how much is needed, before anything is begun |
//! | `results`, `ending` | a run, told |
//! | `table`, `scaling` | a sweep, told |
//! | `digests` | which files belong together |
//! | `plot` | pictures of both |

pub mod config;
mod digests;
mod document;
mod ending;
mod keys;
mod kinds;
mod learners;
mod memory;
mod plot;
mod product;
mod results;
mod scaling;
mod sweep;
mod table;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use config::RunFile;
use results::Made;
use scaling::Scaling;
use sweep::{Experiment, Sweep};
use table::{NAME, Results};
use toml::Value;

use crate::claim::{Computed, Ledger, Progress, Sources, shard};
use crate::error::{Error, Result};
use crate::file;
use crate::hierarchy::experiment::run::TracePoint;
use crate::hierarchy::experiment::{Cell, Run, Training, cost, run_traced};
use crate::parallel;

/// A configuration is short; this stops a mistaken file name from filling the memory.
const LARGEST_FILE: u64 = 1 << 20;

/// Steps from one row of the trace to the next, unless that makes more than [`MOST_ROWS`].
const TRACE_EVERY: usize = 10;

/// About the most rows that a trace has.
const MOST_ROWS: usize = 10_000;

/// The files that a run may write.
const FILES: [&str; 4] = ["trace.csv", "result.json", "weights.json", "plot.svg"];

/// The files of a sweep, beside its directory of runs.
const SWEEP_FILES: [&str; 3] = ["results.csv", "scaling.json", "plot.svg"];

/// What every run and every sweep writes: by these in its list of digests a directory is known.
const RESULTS: [&str; 2] = ["result.json", "results.csv"];

/// Where a sweep keeps finished runs, so that it may go on after an interruption.
const LEDGER: &str = "ledger";

/// An experiment that was read and not yet made.
pub struct Prepared {
    file: PathBuf,
    directory: PathBuf,
    experiment: Experiment,
    /// Which share of a sweep is made, from 1, and of how many; all of it if none.
    share: Option<(usize, usize)>,
}

impl Prepared {
    /// Reads the experiment of `file`, `-` for standard input; it will write to `out`, or to a directory named as the file.
    ///
    /// # Errors
    /// When the file cannot be read, or says something that is not accepted.
    pub fn read(file: &Path, out: Option<&Path>) -> Result<Self> {
        out.map_or(Ok(()), file::check_output)?;
        let experiment = Experiment::parse(file, &text(file)?)?;
        if let Some(sweep) = &experiment.sweep {
            scaling::check(sweep).map_err(|e| e.in_file(file))?;
        }
        let directory = out.map_or_else(|| default_directory(file), Path::to_path_buf);
        Ok(Prepared { file: file.to_path_buf(), directory, experiment, share: None })
    }

    /// Of a sweep, only share `index` (from 1) of `count` is to be made: into the ledger, and no other file is written.
    ///
    /// # Errors
    /// When it is no sweep.
    pub fn take_share(&mut self, index: usize, count: usize) -> Result<()> {
        if self.experiment.sweep.is_none() {
            return Err(Error::input("one run", "a table `sweep`, of which a share may be made").in_file(&self.file));
        }
        let cells: Vec<Cell> = self.experiment.runs.iter().map(|run| run.config.cell.clone()).collect();
        let own: BTreeSet<[u8; 32]> = shard::<Training>(&cells, index - 1, count).iter().map(Cell::key).collect();
        self.experiment.runs.retain(|run| own.contains(&run.config.cell.key()));
        self.share = Some((index, count));
        Ok(())
    }

    /// About how many seconds it takes on so many cores, if no phase ends early and nothing is kept (guarantee: approximate, an order of
    /// magnitude).
    pub fn seconds(&self, jobs: usize) -> f64 {
        let each: BTreeMap<[u8; 32], f64> =
            self.experiment.runs.iter().map(|run| (run.config.cell.key(), cost::seconds(&run.config.cell))).collect();
        let longest = each.values().copied().fold(0.0, f64::max);
        (each.values().sum::<f64>() / jobs.max(1) as f64).max(longest)
    }

    /// About how many bytes of memory it takes on so many cores (guarantee: approximate).
    pub fn bytes(&self, jobs: usize) -> u128 {
        memory::together(self.experiment.runs.iter().map(|run| &run.config.cell), jobs)
    }

    /// How many runs it makes, if it is a sweep.
    pub fn sweep(&self) -> Option<usize> {
        self.experiment.sweep.as_ref().map(|_| self.experiment.runs.len())
    }

    /// Where it writes.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Makes it and writes its files; what is to be shown of them. `progress` is called with how much of a sweep is finished; `words` with how
    /// far a single run is.
    ///
    /// A run writes all its files or none; a kill between them leaves some that do not fit their digest in `B3SUMS`. Files that no run
    /// wrote are not replaced.
    /// A sweep keeps each finished run in `ledger`, and goes on from there when it is made again.
    ///
    /// # Errors
    /// When the directory cannot be written, which is found before the run, or the samples cannot be trained on.
    pub fn run(&self, jobs: usize, progress: Progress<'_>, words: &(dyn Fn(String) + Sync)) -> Result<String> {
        let made = match (&self.experiment.sweep, &self.experiment.runs[..]) {
            (None, [alone]) => self.run_alone(&alone.config, words),
            (Some(sweep), _) => self.run_sweep(sweep, jobs, progress),
            (None, _) => Err(Error::refused("without a sweep there is one run")),
        };
        made.map_err(|e| if e.file().is_none() { e.in_file(&self.file) } else { e })
    }

    /// Checks that files of these names can be written, and replace nothing but results of an earlier run.
    fn check_directory(&self, names: &[&str]) -> Result<()> {
        file::check_writable(&self.directory, names)?;
        digests::check_own(&self.directory, names, &RESULTS)
    }

    /// Writes the files, and before them the list of their digests and of those of `more`, which stand already; their names.
    fn write<'a>(&self, files: &[(&'a str, &str)], more: &[(&str, &str)]) -> Result<Vec<&'a str>> {
        let digests = digests::list(&[files, more].concat());
        let listed = [(digests::NAME, digests.as_str())];
        file::write_set(&self.directory, &[&listed[..], files].concat())?;
        Ok(files.iter().map(|(name, _)| *name).collect())
    }

    fn run_alone(&self, config: &RunFile, words: &(dyn Fn(String) + Sync)) -> Result<String> {
        self.check_directory(&FILES)?;
        let every = TRACE_EVERY.max(cost::steps(&config.cell) / MOST_ROWS);
        let watch = |point: &TracePoint| {
            words(format!("phase {}, step {}, loss / Var(y) {:.1e}", point.phase + 1, point.step, point.loss));
        };
        let run = run_traced(&config.cell, every, &watch)?;
        let made = Made::new(config, &run)?;
        let trace = (!run.phases.is_empty()).then(|| results::trace(&run));
        let result = format!("{:#}\n", made.result(trace.as_deref()));
        let weights = run.weights(&config.cell, &config.configuration())?;
        let plot = plot::of_run(&made).map(|picture| picture.svg()).transpose()?;
        let texts = [trace, Some(result), weights, plot];
        let files: Vec<(&str, &str)> =
            FILES.into_iter().zip(&texts).filter_map(|(name, text)| Some((name, text.as_deref()?))).collect();
        let names = self.write(&files, &[])?;
        // What an earlier run of another kind left under a name that this one does not write.
        FILES.iter().filter(|name| !names.contains(name)).try_for_each(|name| file::remove(&self.directory.join(name)))?;
        Ok(made.summary(&self.directory, &names))
    }

    fn run_sweep(&self, sweep: &Sweep, jobs: usize, progress: Progress<'_>) -> Result<String> {
        self.check_directory(&SWEEP_FILES)?;
        let cells: Vec<Cell> = self.experiment.runs.iter().map(|run| run.config.cell.clone()).collect();
        // All together they take no more memory than one run may.
        let jobs = memory::threads(&cells, jobs);
        let ledger = Ledger::new(self.directory.join(LEDGER), &Sources::own());
        let computed = Computed::<Training>::kept(&cells, jobs, Some(&ledger), progress)?;
        if let Some((index, count)) = self.share {
            let (unused, place) = (unused(&ledger), ledger.directory().display());
            return Ok(format!("share {index}/{count}: {} runs, in {place}\n{unused}", cells.len()));
        }
        let found = self.experiment.runs.iter().map(|run| Ok((&run.config, computed.get(&run.config.cell)?)));
        let found: Vec<(&RunFile, &Run)> = found.collect::<Result<_>>()?;
        let made = parallel::map(&found, jobs, |(config, run)| Made::new(config, run));
        let made: Vec<Made<'_>> = made.into_iter().collect::<Result<_>>()?;
        let runs = made.iter().map(|made| self.write_run(made)).collect::<Result<BTreeMap<String, String>>>()?;
        let statuses = ending::count(made.iter().map(|made| made.status));
        let rows: Vec<(Made<'_>, &[Value])> =
            made.into_iter().zip(&self.experiment.runs).map(|(made, run)| (made, &run.values[..])).collect();
        let results = Results::new(&sweep.axes, &rows);
        let scaling = Scaling::new(sweep, &results)?;
        let json = scaling.as_ref().filter(|_| sweep.fit.is_some()).map(|scaling| format!("{:#}\n", scaling.json()));
        let plot = scaling.as_ref().map(|scaling| plot::of_sweep(scaling).svg()).transpose()?;
        let texts = [Some(results.csv()), json, plot];
        let files: Vec<(&str, &str)> =
            SWEEP_FILES.into_iter().zip(&texts).filter_map(|(name, text)| Some((name, text.as_deref()?))).collect();
        let runs: Vec<(&str, &str)> = runs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let names = self.write(&files, &runs)?;
        let fits = scaling.filter(|_| sweep.fit.is_some()).map_or(String::new(), |scaling| scaling.summary());
        let (runs, unused) = (rows.len(), unused(&ledger));
        Ok(format!("{runs} runs: {statuses}\n{unused}{fits}wrote {} in {}\n", names.join(", "), self.directory.display()))
    }

    /// Writes the result of one run of a sweep; its name below the directory, and its text.
    fn write_run(&self, made: &Made<'_>) -> Result<(String, String)> {
        let name = format!("runs/{}", made.run.digest.chars().take(NAME).collect::<String>());
        let text = format!("{:#}\n", made.result(None));
        file::write_set(&self.directory.join(&name), &[("result.json", &text)])?;
        Ok((format!("{name}/result.json"), text))
    }
}

/// What lay in the ledger and was made anew, and why.
fn unused(ledger: &Ledger) -> String {
    match ledger.invalid().split_first() {
        None => String::new(),
        Some(((_, why), others)) => format!("{} kept runs were not used but made anew: {why}\n", 1 + others.len()),
    }
}

fn text(file: &Path) -> Result<String> {
    file::text(file::read_input(file, LARGEST_FILE, "the tables of an experiment", file::anything)?, file)
}

fn default_directory(file: &Path) -> PathBuf {
    if file.as_os_str() == file::STANDARD_INPUT {
        return PathBuf::from("experiment-out");
    }
    let mut name = file.file_stem().expect("a file that was read has a name").to_os_string();
    name.push("-out");
    PathBuf::from(name)
}
