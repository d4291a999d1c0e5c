//! `plot.svg`: a run against its steps, and a sweep with its fit.

use super::results::{Made, feature_error};
use super::scaling::{Fit, Scaling, middle};
use crate::exact::Rational;
use crate::hierarchy::experiment::Run;
use crate::hierarchy::experiment::run::{PhaseEnd, TracePoint};
use crate::picture::{Axis, Mark, Picture, Series, Style};

/// About the most points of a line.
const MOST_POINTS: usize = 600;

/// Loss and feature error against steps, te at the end; nothing of a run without steps.
pub fn of_run(made: &Made<'_>) -> Option<Picture> {
    let run = made.run;
    let ends = ends(run);
    let total = ends.last().map(|(_, end)| *end)?;
    let line = |name: &str, colour: usize, points: Vec<(f64, f64)>| Series {
        name: name.into(),
        style: if points.len() > run.phases.len() { Style::Line } else { Style::Points },
        colour,
        points: thinned(points),
    };
    let mut series = vec![
        line("training loss / Var(y)", 0, points(run, &ends, |p| p.loss, |end| Some(end.loss))),
        line("feature error f of layer 2", 1, points(run, &ends, |p| p.feature_error, feature_error)),
    ];
    let single = |name: &str, colour: usize, value: f64| Series {
        name: name.into(),
        style: Style::Points,
        colour,
        points: vec![(total, value)],
    };
    let te = run.relative_risk.as_ref().ok().map(Rational::to_f64);
    series.extend(te.map(|te| single("te on the population", 2, te)));
    series.extend(made.test_error.map(|error| single("test error", 3, error)));
    let begins = std::iter::once(0.0).chain(ends.iter().map(|(_, end)| *end));
    let marks = (1..).zip(begins).take(ends.len()).map(|(n, x)| Mark { x, label: format!("phase {n}") }).collect();
    let instance = &made.config.cell.instance;
    Some(Picture {
        title: format!(
            "{} on {} L{} d={} eps={} N={}",
            made.config.kind,
            instance.skips.name(),
            instance.depth(),
            instance.dimension,
            instance.gap,
            instance.samples
        ),
        description: format!(
            "Training loss and feature error of layer 2 against {total} steps in {} phases; at the end te {}, test error {}.",
            ends.len(),
            in_words(te),
            in_words(made.test_error)
        ),
        x: Axis::linear("steps"),
        y: Axis::logarithmic("relative error"),
        series,
        marks,
    })
}

fn in_words(value: Option<f64>) -> String {
    value.map_or_else(|| "absent".into(), |v| format!("{v:.3e}"))
}

/// Each phase: the steps before it, and at its end.
fn ends(run: &Run) -> Vec<(f64, f64)> {
    let mut before = 0;
    let phase = |steps: usize| {
        let begin = before;
        before += steps;
        (begin as f64, before as f64)
    };
    run.phases.iter().map(|p| p.steps).map(phase).collect()
}

fn points(
    run: &Run,
    ends: &[(f64, f64)],
    traced: impl Fn(&TracePoint) -> f64,
    at_end: impl Fn(&PhaseEnd) -> Option<f64>,
) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for (n, (end, &(begin, last))) in run.phases.iter().zip(ends).enumerate() {
        let own = run.trace.iter().filter(|p| p.phase == n && p.step != end.steps);
        points.extend(own.map(|p| (begin + p.step as f64, traced(p))));
        points.extend(at_end(end).map(|value| (last, value)));
    }
    points
}

/// Every so-manieth point, and the last.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let (every, last) = (points.len().div_ceil(MOST_POINTS).max(1), points.len().saturating_sub(1));
    points.into_iter().enumerate().filter(|(i, _)| i % every == 0 || *i == last).map(|(_, point)| point).collect()
}

/// The values of every run with the medians, and the fit with its interval.
pub fn of_sweep(scaling: &Scaling) -> Picture {
    let fitted: Vec<String> = scaling.summary().lines().map(String::from).collect();
    let series = (0..).zip(&scaling.fits).flat_map(|(colour, fit)| of_fit(fit, &scaling.by, colour)).collect();
    Picture {
        title: format!("{} against {}", scaling.y, scaling.x),
        description: fitted.join("; "),
        x: if scaling.x.ends_with("seed") { Axis::linear(&*scaling.x) } else { Axis::logarithmic(label(&scaling.x)) },
        y: Axis::logarithmic(label(&scaling.y)),
        series,
        marks: Vec::new(),
    }
}

fn of_fit(fit: &Fit, by: &[String], colour: usize) -> Vec<Series> {
    let name = fit.name(by);
    let each = fit.points.iter().flat_map(|(x, values)| values.iter().flatten().map(|y| (*x, *y))).collect();
    let values =
        Series { name: if name.is_empty() { "runs".into() } else { name.clone() }, style: Style::Points, colour, points: each };
    let Ok(power) = &fit.power else {
        let medians = fit.points.iter().filter_map(|(x, values)| Some((*x, middle(values)?))).collect();
        let line = Series { name: String::new(), style: Style::Thin, colour, points: medians };
        return vec![line, values];
    };
    let sizes: Vec<f64> = fit.points.iter().map(|(x, _)| *x).collect();
    let along = |exponent: f64| sizes.iter().map(|x| (*x, power.at(exponent, *x))).collect::<Vec<_>>();
    // The lines of both ends cross at the centre, so the band is two triangles; each size lies on one side.
    let [low, high] = power.interval.map(along);
    let band = low.into_iter().chain(high.into_iter().rev()).collect();
    let fitted = format!("exponent {}", power.in_words());
    vec![
        Series { name: String::new(), style: Style::Band, colour, points: band },
        Series { name: fitted, style: Style::Line, colour, points: along(power.exponent) },
        values,
    ]
}

/// A column with its unit or symbol.
fn label(column: &str) -> String {
    match column {
        "dimension" => "dimension d",
        "samples" => "samples N",
        "gap" => "gap eps",
        "width" => "width k",
        "depth" => "depth L",
        "te" => "te: error on the population / Var(y)",
        "test_error" => "test error / Var(y)",
        "error" => "te, or test error where there is none",
        "training_loss" => "training loss / Var(y)",
        "feature_error" => "feature error f of layer 2",
        other => other,
    }
    .into()
}
