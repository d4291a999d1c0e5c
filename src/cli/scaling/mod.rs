//! The program of a benchmark that sweeps sizes: exponents in instructions and in seconds, each beside its bounds.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Value, json};

use super::answer::Answer;
use super::exit::Exit;
use super::output;
use crate::claim::{Catalogue, Study};
use crate::error::{Error, Result};
use crate::file;
use crate::growth::{Growth, Sweep};
use crate::layout::aligned;

mod clock;
mod count;

/// Measure how cost grows with size: instructions by valgrind, seconds by the clock
#[derive(Debug, Parser)]
struct Arguments {
    /// Sweeps, by name or by the part before the dot [default: all]
    #[arg(value_name = "SWEEP")]
    names: Vec<String>,
    /// Larger sizes as well
    #[arg(long)]
    full: bool,
    /// Instructions alone, which are the same in each run
    #[arg(long)]
    no_clock: bool,
    /// Write what was measured for other programs
    #[arg(long, value_name = "FILE.json")]
    json: Option<PathBuf>,
    /// Answer each line `SWEEP SIZE` of standard input with the seconds of that work
    #[arg(long)]
    serve: bool,
    /// Do the works of one sweep with marks around them, for valgrind
    #[arg(long, hide = true)]
    marked: bool,
    /// What cargo says to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Runs the program that a benchmark target of a catalogue's crate is, and prints what it has to say; `src/_docs/speed.md` shows how.
pub fn scaling<S: Study>(catalogue: &Catalogue<S>, sweeps: &[Sweep]) -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => output::finish(answer(catalogue.name, sweeps, &arguments)),
        Err(usage) => output::usage(&usage),
    }
}

fn answer(program: &str, sweeps: &[Sweep], arguments: &Arguments) -> Result<Answer> {
    let chosen = selected(sweeps, &arguments.names)?;
    if arguments.serve {
        return clock::serve(&chosen);
    }
    if arguments.marked {
        return count::do_marked(&chosen, arguments.full);
    }
    let measured = chosen.iter().map(|sweep| Measured::new(sweep, arguments)).collect::<Result<Vec<_>>>()?;
    if let Some(path) = &arguments.json {
        let document = json!({
            "format": "bfc-scaling-1",
            "program": program,
            "sweeps": measured.iter().map(Measured::json).collect::<Vec<_>>(),
        });
        file::write(path, &format!("{document:#}\n"))?;
    }
    let exit = if measured.iter().all(Measured::is_within) { Exit::Success } else { Exit::Failure };
    Ok(Answer { text: text(&measured), exit })
}

/// The sweeps of these names or groups; all where none is named.
fn selected<'a>(sweeps: &'a [Sweep], names: &[String]) -> Result<Vec<&'a Sweep>> {
    let is_named = |sweep: &&Sweep, name: &String| sweep.name == name || sweep.group() == name;
    if let Some(unknown) = names.iter().find(|&name| !sweeps.iter().any(|sweep| is_named(&sweep, name))) {
        let known: Vec<&str> = sweeps.iter().map(|sweep| sweep.name).collect();
        return Err(Error::input(format!("sweep {unknown}"), format!("one of {}", known.join(", "))));
    }
    Ok(sweeps.iter().filter(|sweep| names.is_empty() || names.iter().any(|name| is_named(sweep, name))).collect())
}

/// A sweep and what it costs.
struct Measured<'a> {
    sweep: &'a Sweep,
    sizes: Vec<usize>,
    /// For each size; `None` where valgrind is missing.
    instructions: Option<Vec<f64>>,
    /// For each size, the least of several; `None` where they were not asked for.
    seconds: Option<Vec<f64>>,
}

impl<'a> Measured<'a> {
    fn new(sweep: &'a Sweep, arguments: &Arguments) -> Result<Self> {
        let sizes = sweep.sizes(arguments.full);
        let seconds = |size: &usize| clock::least_seconds(sweep, *size);
        Ok(Measured {
            sweep,
            instructions: count::instructions(sweep, sizes.len(), arguments.full)?,
            seconds: (!arguments.no_clock).then(|| sizes.iter().map(seconds).collect()).transpose()?,
            sizes,
        })
    }

    fn growth(&self, costs: &Option<Vec<f64>>) -> Option<Growth> {
        let costs = costs.as_ref()?.iter().copied();
        Growth::of(&self.sizes.iter().copied().zip(costs).collect::<Vec<_>>())
    }

    /// Returns whether the exponent in instructions is within its bounds, as far as it is known.
    fn is_within(&self) -> bool {
        self.growth(&self.instructions).is_none_or(|growth| growth.is_within(self.sweep.bounds))
    }

    fn row(&self) -> Vec<String> {
        let Sweep { name, about, exact, bounds, .. } = self.sweep;
        let printed = |costs| self.growth(costs).map_or_else(|| "-".into(), |growth| growth.printed());
        let verdict = match (&self.instructions, self.is_within()) {
            (None, _) => "not counted",
            (Some(_), true) => "within",
            (Some(_), false) => "OUTSIDE",
        };
        vec![
            name.to_string(),
            exact.map_or_else(|| "-".into(), |degree| degree.to_string()),
            printed(&self.instructions),
            format!("[{}, {}]", bounds.at_least, bounds.at_most),
            verdict.into(),
            printed(&self.seconds),
            about.to_string(),
        ]
    }

    fn points(&self) -> impl Iterator<Item = Vec<String>> {
        let cell = |costs: &Option<Vec<f64>>, at: usize, digits: usize| {
            costs.as_ref().map_or_else(|| "-".into(), |all| format!("{:.digits$}", all[at]))
        };
        self.sizes.iter().enumerate().map(move |(at, size)| {
            let point = format!("{} = {size}", self.sweep.size);
            vec![self.sweep.name.into(), point, cell(&self.instructions, at, 0), cell(&self.seconds, at, 6)]
        })
    }

    fn json(&self) -> Value {
        let growth = |costs| self.growth(costs).map(|g| json!({ "fitted": g.fitted, "least": g.least, "greatest": g.greatest }));
        let point = |(at, size): (usize, &usize)| {
            json!({
                "size": size,
                "instructions": self.instructions.as_ref().map(|all| all[at]),
                "seconds": self.seconds.as_ref().map(|all| all[at]),
            })
        };
        json!({
            "name": self.sweep.name,
            "about": self.sweep.about,
            "size": self.sweep.size,
            "exact": self.sweep.exact,
            "bounds": [self.sweep.bounds.at_least, self.sweep.bounds.at_most],
            "points": self.sizes.iter().enumerate().map(point).collect::<Vec<_>>(),
            "growth": { "instructions": growth(&self.instructions), "seconds": growth(&self.seconds) },
        })
    }
}

const HEAD: [&str; 7] = ["sweep", "exact", "instructions", "bounds", "", "seconds", "work"];

fn text(measured: &[Measured<'_>]) -> String {
    let lines = |rows: Vec<Vec<String>>| aligned(&rows).iter().map(|line| format!("{line}\n")).collect::<String>();
    let head = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    let exponents = std::iter::once(head(&HEAD)).chain(measured.iter().map(Measured::row)).collect();
    let points = std::iter::once(head(&["sweep", "size", "instructions", "seconds"]));
    let points = points.chain(measured.iter().flat_map(Measured::points)).collect();
    format!(
        "Exponents: the fit, and the least and the greatest between neighbouring sizes, which must be within the bounds.\n\
         Valgrind knows no AVX-512, so the instructions are those of a machine with AVX2; the seconds are this machine's.\n\n\
         {}\n{}",
        lines(exponents),
        lines(points)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::Bounds;

    const SWEEP: Sweep = Sweep {
        name: "sums.n",
        about: "sums",
        size: "n",
        quick: &[10, 20],
        full: &[40],
        exact: Some(1),
        bounds: Bounds { at_least: 0.9, at_most: 1.1 },
        prepare: |_| Ok(Box::new(|| Ok(()))),
    };

    #[test]
    fn sweeps_are_selected_by_name_or_group() {
        let sweeps = [SWEEP, Sweep { name: "sums.k", ..SWEEP }, Sweep { name: "sumset.n", ..SWEEP }];
        let names = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
            selected(&sweeps, &words).map(|found| found.iter().map(|sweep| sweep.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).unwrap(), ["sums.n", "sums.k", "sumset.n"]);
        assert_eq!(names(&["sums"]).unwrap(), ["sums.n", "sums.k"]);
        assert_eq!(names(&["sumset.n", "sums.k"]).unwrap(), ["sums.k", "sumset.n"]);
        assert!(names(&["sum"]).unwrap_err().to_string().contains("sum"));
    }

    #[test]
    fn an_exponent_outside_its_bounds_is_told() {
        let of = |costs: Option<[f64; 2]>| {
            let (instructions, seconds) = (costs.map(Vec::from), Some(vec![1.0, 2.0]));
            Measured { sweep: &SWEEP, sizes: vec![10, 20], instructions, seconds }
        };
        let [linear, quadratic, uncounted] = [of(Some([10.0, 20.0])), of(Some([10.0, 40.0])), of(None)];
        assert!(linear.is_within() && !quadratic.is_within() && uncounted.is_within());
        let printed = text(&[linear, quadratic, uncounted]);
        let verdict = |line: usize| printed.lines().nth(line).unwrap_or_default().to_string();
        assert!(
            verdict(4).contains("within") && verdict(5).contains("OUTSIDE") && verdict(6).contains("not counted"),
            "{printed}"
        );
        assert!(printed.contains("2.00 [2.00, 2.00]"), "{printed}");
    }
}
