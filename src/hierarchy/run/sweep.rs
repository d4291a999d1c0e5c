//! The table `sweep`: keys of the other tables, each with the values that it takes. A run is made for every combination.

use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::config::{RunFile, TABLES};
use super::document::{Document, keys};
use crate::error::{Error, Result};

/// An experiment: one run, or those of a sweep.
pub struct Experiment {
    /// Every run, in the order of the file: the last key of the sweep varies fastest.
    pub runs: Vec<Planned>,
    /// The sweep, if there is one.
    pub sweep: Option<Sweep>,
}

/// A run, and what the sweep gave it.
pub struct Planned {
    /// The run.
    pub config: RunFile,
    /// A value for each key of the sweep.
    pub values: Vec<Value>,
}

/// What varies, and what is asked of it.
pub struct Sweep {
    /// The keys, in the order of the file.
    pub axes: Vec<Axis>,
    /// The table `fit`.
    pub fit: Option<FitKeys>,
}

/// A key of the sweep.
pub struct Axis {
    /// Such as `target.dimension`.
    pub key: String,
    /// What it takes, at least one value.
    pub values: Vec<Value>,
    line: usize,
}

/// The table `fit`: an exponent of column `y` against column `x` of the results.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitKeys {
    /// A column.
    pub x: String,
    /// A column.
    pub y: String,
    /// Columns: a fit for each combination of their values. By default those of the other keys of the sweep that are no seeds.
    #[serde(default)]
    pub by: Option<Vec<String>>,
}

/// The most runs of a sweep.
const MOST_RUNS: usize = 10_000;

/// The key of a sweep that varies the seeds of target and data together, and with the latter that of the learner.
pub const SEED: &str = "seed";

/// What a key of the sweep is given.
const LIST: &str = "a list of values, or a range such as \"1..6\" or \"8..64 by 8\", both ends included";

impl Experiment {
    /// Reads the text of `file`.
    ///
    /// # Errors
    /// When something is not accepted, with file, line, field and what was expected; and for a run of a sweep with what it varies.
    pub fn parse(file: &Path, source: &str) -> Result<Self> {
        let document = Document::parse(file, source)?;
        document.check_keys(&TABLES, &[("fit", keys::<FitKeys>())])?;
        if document.line_of("sweep").is_none() {
            return match document.line_of("fit") {
                Some(_) => Err(document.refuse("fit", "no table `fit` without a table `sweep`")),
                None => Ok(Experiment { runs: vec![RunFile::parse(file, source)?.alone()], sweep: None }),
            };
        }
        let mut tables: Table = document.read()?;
        let sweep = tables.remove("sweep").unwrap_or(Value::Boolean(false));
        let fit = tables.remove("fit").is_some().then(|| fit(&document)).transpose()?;
        let axes = axes(&document, &sweep)?;
        let count = axes.iter().fold(1usize, |count, axis| count.saturating_mul(axis.values.len()));
        if count > MOST_RUNS {
            return Err(document.refuse("sweep", format!("at most {MOST_RUNS} runs; these are {count}")));
        }
        let runs = (0..count).map(|index| planned(&document, &tables, &axes, index)).collect::<Result<_>>()?;
        Ok(Experiment { runs, sweep: Some(Sweep { axes, fit }) })
    }
}

impl RunFile {
    fn alone(self) -> Planned {
        Planned { config: self, values: Vec::new() }
    }
}

fn fit(document: &Document<'_>) -> Result<FitKeys> {
    #[derive(Deserialize)]
    struct Fit {
        fit: FitKeys,
    }
    document.read::<Fit>().map(|found| found.fit)
}

/// The keys of the sweep with their values, in the order of the file.
fn axes(document: &Document<'_>, sweep: &Value) -> Result<Vec<Axis>> {
    let axis = |field: String| {
        let key = field.strip_prefix("sweep.").unwrap_or(&field).to_string();
        let table = key.split('.').next().unwrap_or("");
        if key != SEED && !["target", "learner", "data"].contains(&table) {
            let expected =
                "keys of the tables target, learner and data, such as target.dimension, or `seed` for target and data together";
            return Err(document.refuse(&field, expected));
        }
        let found = key.split('.').try_fold(sweep, |value, part| value.get(part));
        let values = found.and_then(values).filter(|values| !values.is_empty() && values.len() <= MOST_RUNS);
        let values = values.ok_or_else(|| document.refuse(&field, LIST))?;
        Ok(Axis { line: document.line_of(&field).unwrap_or(1), key, values })
    };
    let axes: Vec<Axis> = document.leaves("sweep").into_iter().map(axis).collect::<Result<_>>()?;
    match axes.is_empty() {
        true => Err(document.refuse("sweep", "a table with keys such as target.dimension = [8, 16]")),
        false => Ok(axes),
    }
}

/// The values of a list or of a range.
fn values(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) => Some(values.clone()),
        Value::String(text) => range(text),
        _ => None,
    }
}

/// `A..B`, or `A..B by S`; both ends belong to it.
fn range(text: &str) -> Option<Vec<Value>> {
    let (ends, step) = text.split_once(" by ").map_or((text, "1"), |(ends, step)| (ends, step));
    let (first, last) = ends.split_once("..")?;
    let number = |text: &str| text.trim().replace('_', "").parse::<i64>().ok().filter(|n| *n >= 0);
    let (first, last, step) = (number(first)?, number(last)?, number(step).filter(|step| *step > 0)?);
    let steps = usize::try_from(step).ok()?;
    Some((first..=last).step_by(steps).take(MOST_RUNS + 1).map(Value::Integer).collect())
}

/// The run at this place of the sweep.
fn planned(document: &Document<'_>, tables: &Table, axes: &[Axis], index: usize) -> Result<Planned> {
    let mut rest = index;
    let mut values: Vec<Value> = Vec::new();
    for axis in axes.iter().rev() {
        values.push(axis.values[rest % axis.values.len()].clone());
        rest /= axis.values.len();
    }
    values.reverse();
    let mut own = tables.clone();
    for (axis, value) in axes.iter().zip(&values) {
        match axis.key.as_str() {
            SEED => ["target.seed", "data.seed"].iter().for_each(|key| lay_over(&mut own, key, value)),
            key => lay_over(&mut own, key, value),
        }
    }
    let text = toml::to_string(&own).map_err(|e| Error::refused(e.to_string()).in_file(document.file()))?;
    match RunFile::parse(document.file(), &text) {
        Ok(config) => Ok(Planned { config, values }),
        Err(error) => Err(placed(error, document, axes, &values)),
    }
}

/// Sets the value under a dotted key; a table is laid over the one that is there.
fn lay_over(tables: &mut Table, key: &str, value: &Value) {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    let place = tables.entry(first).or_insert_with(|| Value::Table(Table::new()));
    match (place, rest, value) {
        (Value::Table(table), Some(rest), value) => lay_over(table, rest, value),
        (Value::Table(table), None, Value::Table(more)) => table.extend(more.clone()),
        (place, None, value) => *place = value.clone(),
        // What is no table is refused when the run is read.
        (_, Some(_), _) => {}
    }
}

/// The error of one run, at its place in the file: on the line of the sweep, or of the table that all runs share.
fn placed(error: Error, document: &Document<'_>, axes: &[Axis], values: &[Value]) -> Error {
    let field = error.field().unwrap_or("").to_string();
    let within = |axis: &&Axis| field.strip_prefix(&axis.key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let line = axes.iter().find(within).map(|axis| axis.line).or_else(|| document.line_of(&field));
    let what: Vec<String> = axes.iter().zip(values).map(|(axis, value)| format!("{} = {value}", axis.key)).collect();
    let error = error.and(format!("in the run with {}", what.join(", ")));
    match line.or_else(|| error.line().and(document.line_of("sweep"))) {
        Some(line) => error.at_line(line),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> Result<Experiment> {
        Experiment::parse(Path::new("x.toml"), source)
    }

    fn dimensions_and_seeds(experiment: &Experiment) -> Vec<(usize, u64)> {
        let of = |run: &Planned| (run.config.cell.instance.dimension, run.config.cell.instance.data_seed);
        experiment.runs.iter().map(of).collect()
    }

    #[test]
    fn the_last_key_varies_fastest() {
        let found = parse("[sweep]\ntarget.dimension = [8, 16]\ndata.seed = \"1..3\"").unwrap();
        assert_eq!(dimensions_and_seeds(&found), [(8, 1), (8, 2), (8, 3), (16, 1), (16, 2), (16, 3)]);
        let turned = parse("[sweep]\ndata.seed = \"1..2\"\ntarget.dimension = [8, 16]").unwrap();
        assert_eq!(dimensions_and_seeds(&turned), [(8, 1), (16, 1), (8, 2), (16, 2)]);
    }

    #[test]
    fn products_follow_the_sweep_and_tables_are_laid_over_one_another() {
        let found = parse("data.samples = \"30*dimension\"\n[sweep]\ntarget.dimension = [4, 8]").unwrap();
        assert_eq!(found.runs.iter().map(|r| r.config.cell.instance.samples).collect::<Vec<_>>(), [120, 240]);
        let found =
            parse("learner.seed = 7\n[sweep]\nlearner = [{ kind = 'layerwise' }, { kind = 'kernel-ridge', kernel = 'even' }]")
                .unwrap();
        let kinds: Vec<(&str, u64)> = found.runs.iter().map(|r| (r.config.kind, r.config.cell.seed)).collect();
        assert_eq!(kinds, [("layerwise", 7), ("kernel-ridge", 7)]);
    }

    #[test]
    fn lists_of_lists_are_values() {
        let found = parse("[sweep]\ntarget.width = [[1, 1], [2, 2]]").unwrap();
        assert_eq!(found.runs.iter().map(|r| r.config.cell.instance.widths.clone()).collect::<Vec<_>>(), [[1, 1], [2, 2]]);
    }

    #[test]
    fn one_seed_is_that_of_target_and_data() {
        let found = parse("target.seed = 9\n[sweep]\nseed = \"3..4\"").unwrap();
        let seeds =
            |run: &Planned| (run.config.cell.instance.target_seed, run.config.cell.instance.data_seed, run.config.cell.seed);
        assert_eq!(found.runs.iter().map(seeds).collect::<Vec<_>>(), [(3, 3, 3), (4, 4, 4)]);
    }

    #[test]
    fn ranges_hold_both_ends() {
        let integers = |text: &str| range(text).map(|values| values.iter().filter_map(Value::as_integer).collect::<Vec<_>>());
        assert_eq!(integers("1..3"), Some(vec![1, 2, 3]));
        assert_eq!(integers("8..32 by 8"), Some(vec![8, 16, 24, 32]));
        assert_eq!(integers("3..1"), Some(vec![]));
        for bad in ["", "1", "1..", "a..b", "1..3 by 0", "-1..3", "1...3", "range(1, 4)"] {
            assert_eq!(integers(bad), None, "{bad}");
        }
    }

    #[test]
    fn refusals_name_the_line_of_the_sweep_and_the_run() {
        let cases = [
            ("[sweep]\ndata.seed = 3", "x.toml:2: sweep.data.seed: found 3", "a list of values"),
            ("[sweep]\nseed = [-1]", "x.toml:", "seed: found -1"),
            ("[sweep]\ndata.seed = \"3..1\"", "x.toml:2: sweep.data.seed", "a list of values"),
            ("[sweep]\ndimension = [3]", "x.toml:2: sweep.dimension", "such as target.dimension"),
            (
                "[sweep]\n\ntarget.dimension = [8, 0]",
                "x.toml:3: target.dimension: found 0",
                "in the run with target.dimension = 0",
            ),
            ("[sweep]\ntarget.dimensoin = [8]", "x.toml:2: target.dimensoin", "did you mean `dimension`?"),
            ("target.gap = 0\n[sweep]\ndata.seed = [1]", "x.toml:1: target.gap: found 0", "in the run with data.seed = 1"),
            ("[sweep]\n", "x.toml:1: sweep: found a table", "with keys such as"),
            (
                "[sweep]\ndata.seed = \"1..200\"\ntarget.seed = \"1..200\"",
                "x.toml:1: sweep",
                "at most 10000 runs; these are 40000",
            ),
            ("[fit]\nx = 'dimension'", "x.toml:1: fit", "without a table `sweep`"),
            ("[fit]\nz = 1\n[sweep]\ndata.seed = [1]", "x.toml:2: fit.z", "did you mean `x`?"),
            ("[swep]\n", "x.toml:1: swep", "did you mean `sweep`?"),
        ];
        for (source, place, expected) in cases {
            let error = parse(source).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.starts_with(place) && error.contains(expected), "{source}\n{error}");
        }
    }
}
