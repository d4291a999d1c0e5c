//! `results.csv` of a sweep: one row a run, its settings and what came of it.

use toml::Value;

use super::results::Made;
use super::sweep::{Axis, SEED};
use crate::exact::Rational;
use crate::hierarchy::experiment::Labels;

/// The results of a sweep.
pub struct Results {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// One row a run.
    pub rows: Vec<Vec<Datum>>,
}

/// A cell of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// A number.
    Number(f64),
    /// A word, or a list.
    Text(String),
    /// Nothing.
    Absent,
}

/// The columns that every sweep has before those of its own keys.
const SETTINGS: [&str; 15] = [
    "run",
    "kind",
    "family",
    "skips",
    "distribution",
    "depth",
    "width",
    "dimension",
    "gap",
    "samples",
    "labels",
    "noise",
    "target_seed",
    "data_seed",
    "learner_seed",
];
/// Those that hold words.
const WORDS: [&str; 8] = ["run", "kind", "family", "skips", "distribution", "labels", "status", "choice"];
/// What came of each run.
const FOUND: [&str; 8] = ["status", "te", "test_error", "error", "steps", "training_loss", "feature_error", "choice"];

/// Digits of a digest that name a run.
pub const NAME: usize = 16;

impl Results {
    /// Those of these runs, each with the values that the sweep gave it.
    pub fn new(axes: &[Axis], runs: &[(Made<'_>, &[Value])]) -> Self {
        let own: Vec<usize> = (0..axes.len()).filter(|&i| own_column(&axes[i]).is_some()).collect();
        let row = |(made, values): &(Made<'_>, &[Value])| {
            let own = own.iter().map(|&i| datum(&values[i]));
            settings(made).into_iter().chain(own).chain(found(made)).collect()
        };
        Results { columns: columns(axes), rows: runs.iter().map(row).collect() }
    }

    /// Where the column of this name is.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Comma-separated values with a head; a text with a comma, a quote or a line break is quoted.
    pub fn csv(&self) -> String {
        let line = |cells: Vec<String>| format!("{}\n", cells.join(","));
        let head = line(self.columns.clone());
        self.rows.iter().map(|row| line(row.iter().map(Datum::csv).collect())).fold(head, |text, row| text + &row)
    }
}

impl Datum {
    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Datum::Number(number) => Some(*number),
            Datum::Text(_) | Datum::Absent => None,
        }
    }

    /// As it is shown: a number by the fewest digits that tell it from others.
    pub fn shown(&self) -> String {
        match self {
            Datum::Number(number) if *number != 0.0 && !(1e-4..1e15).contains(&number.abs()) => format!("{number:e}"),
            Datum::Number(number) => number.to_string(),
            Datum::Text(text) => text.clone(),
            Datum::Absent => String::new(),
        }
    }

    fn csv(&self) -> String {
        let shown = self.shown();
        match shown.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", shown.replace('"', "\"\"")),
            false => shown,
        }
    }
}

fn number(value: impl Into<f64>) -> Datum {
    Datum::Number(value.into())
}

/// Sizes and seeds beyond `2^53` are none of a sweep.
fn whole(value: u64) -> Datum {
    Datum::Number(value as f64)
}

fn maybe(value: Option<f64>) -> Datum {
    value.filter(|v| v.is_finite()).map_or(Datum::Absent, Datum::Number)
}

fn settings(made: &Made<'_>) -> Vec<Datum> {
    let (cell, instance) = (&made.config.cell, &made.config.cell.instance);
    let text = |text: &str| Datum::Text(text.into());
    vec![
        Datum::Text(made.run.digest.chars().take(NAME).collect()),
        text(made.config.kind),
        text(instance.family.key()),
        text(&instance.skips.name()),
        text(instance.distribution.name()),
        whole(instance.depth() as u64),
        whole(instance.widths.iter().copied().max().unwrap_or(0) as u64),
        whole(instance.dimension as u64),
        number(instance.gap),
        whole(instance.samples as u64),
        text(instance.labels.key()),
        match instance.labels {
            Labels::Noisy(fraction) => number(fraction),
            Labels::Exact | Labels::Sign => Datum::Absent,
        },
        whole(instance.target_seed),
        whole(instance.data_seed),
        whole(cell.seed),
    ]
}

fn found(made: &Made<'_>) -> Vec<Datum> {
    let run = made.run;
    let te = run.relative_risk.as_ref().ok().map(Rational::to_f64);
    let choice = if run.choice.is_empty() { Datum::Absent } else { Datum::Text(run.choice.clone()) };
    vec![
        Datum::Text(made.status.name().into()),
        maybe(te),
        maybe(made.test_error),
        maybe(made.error()),
        if run.phases.is_empty() { Datum::Absent } else { whole(made.steps() as u64) },
        maybe(run.phases.last().map(|phase| phase.loss)),
        maybe(made.feature_error()),
        choice,
    ]
}

/// The names of the columns of a sweep over these axes: settings, its own, and what came of each run.
pub fn columns(axes: &[Axis]) -> Vec<String> {
    let own = axes.iter().filter_map(own_column);
    SETTINGS.iter().map(|name| name.to_string()).chain(own).chain(FOUND.iter().map(|name| name.to_string())).collect()
}

/// Returns whether a column of a sweep over these axes holds numbers.
pub fn is_number(axes: &[Axis], column: &str) -> bool {
    let own = axes.iter().find(|axis| own_column(axis).as_deref() == Some(column));
    match own {
        Some(axis) => axis.values.iter().all(|value| value.is_integer() || value.is_float()),
        None => !WORDS.contains(&column),
    }
}

/// The column that holds what an axis varies.
pub fn column_of(axis: &Axis) -> String {
    let known = match axis.key.as_str() {
        "target.seed" => Some("target_seed"),
        "data.seed" | SEED => Some("data_seed"),
        "learner.seed" => Some("learner_seed"),
        "learner.kind" => Some("kind"),
        "data.samples" => Some("samples"),
        "data.labels" => Some("labels"),
        "data.noise" => Some("noise"),
        "target.width" if axis.values.iter().any(Value::is_array) => None,
        "target.skips" if axis.values.iter().any(Value::is_array) => None,
        key => key.strip_prefix("target.").filter(|name| SETTINGS.contains(name)),
    };
    known.map_or_else(|| own_name(&axis.key), String::from)
}

/// The column of its own that an axis has, if it has one.
fn own_column(axis: &Axis) -> Option<String> {
    Some(column_of(axis)).filter(|name| !SETTINGS.contains(&name.as_str()))
}

/// The last part of the key, where that is not the name of another column.
fn own_name(key: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or(key);
    match SETTINGS.contains(&last) || FOUND.contains(&last) {
        true => key.replace('.', "_"),
        false => last.to_string(),
    }
}

fn datum(value: &Value) -> Datum {
    match value {
        Value::Integer(n) => Datum::Number(*n as f64),
        Value::Float(x) => Datum::Number(*x),
        Value::String(text) => Datum::Text(text.clone()),
        Value::Array(items) => {
            let shown = |item: &Value| if item.is_array() { format!("[{}]", datum(item).shown()) } else { datum(item).shown() };
            Datum::Text(items.iter().map(shown).collect::<Vec<_>>().join(" "))
        }
        Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| format!("{key}={}", datum(value).shown()));
            Datum::Text(entries.collect::<Vec<_>>().join(" "))
        }
        other => Datum::Text(other.to_string()),
    }
}

/// Returns whether an axis makes replicas of the same experiment.
pub fn is_seed(axis: &Axis) -> bool {
    axis.key == SEED || axis.key.ends_with(".seed")
}
