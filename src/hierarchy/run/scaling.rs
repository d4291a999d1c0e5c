//! The fit of a sweep: how one column of its results grows with another.

use serde_json::{Map, Value, json};

use super::document::meant;
use super::sweep::{FitKeys, Sweep};
use super::table::{Datum, Results, column_of, columns, is_number, is_seed};
use crate::claim::exponent::{RESAMPLES, exponent, median};
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::portable::elementary::{exp, ln};

/// The fits that a sweep asks for.
#[derive(Debug)]
pub struct Scaling {
    /// The column along which it grows.
    pub x: String,
    /// What grows.
    pub y: String,
    /// The columns whose values tell fits apart.
    pub by: Vec<String>,
    /// A fit for each combination of these, in the order of the file.
    pub fits: Vec<Fit>,
}

/// Values at several sizes, and their exponent.
#[derive(Debug)]
pub struct Fit {
    /// The values of the columns `by`.
    pub group: Vec<Datum>,
    /// Each size with the values of its seeds, ascending; a value may be absent.
    pub points: Vec<(f64, Vec<Option<f64>>)>,
    /// The exponent of the medians; or why there is none.
    pub power: std::result::Result<Power, String>,
}

/// `y = factor x^exponent`, through the medians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// The slope of `ln y` against `ln x`.
    pub exponent: f64,
    /// The ends of its bootstrap interval.
    pub interval: [f64; 2],
    /// The mean of `ln x` and that of `ln y`, through which every fit goes.
    pub centre: [f64; 2],
}

impl Power {
    /// The value of the fit with this exponent at `x`.
    pub fn at(&self, exponent: f64, x: f64) -> f64 {
        exp(self.centre[1] + exponent * (ln(x) - self.centre[0]))
    }

    /// What is multiplied by the power of `x`.
    pub fn factor(&self) -> f64 {
        self.at(self.exponent, 1.0)
    }
}

impl Scaling {
    /// The fit that a sweep asks for; where it asks for none, the error against the first of its keys that takes numbers, if there is one,
    /// without an exponent.
    ///
    /// # Errors
    /// As [`check`].
    pub fn new(sweep: &Sweep, results: &Results) -> Result<Option<Self>> {
        check(sweep)?;
        let Some(FitKeys { x, y, by }) = sweep.fit.clone().or_else(|| default_fit(sweep)) else { return Ok(None) };
        let by = by.unwrap_or_else(|| other_columns(sweep, &x));
        let place = |name: &String| results.column(name).ok_or_else(|| unknown(name, "fit", &results.columns));
        let (at_x, at_y) = (place(&x)?, place(&y)?);
        let places = by.iter().map(place).collect::<Result<Vec<_>>>()?;
        let fits = groups(results, &places)
            .into_iter()
            .map(|(group, rows)| Fit::new(group, &rows, [at_x, at_y], sweep.fit.is_some()))
            .collect();
        Ok(Some(Scaling { x, y, by, fits }))
    }

    /// The content of `scaling.json`.
    pub fn json(&self) -> Value {
        json!({
            "x": self.x,
            "y": self.y,
            "fits": self.fits.iter().map(|fit| fit.json(&self.by)).collect::<Vec<_>>(),
            "resamples": RESAMPLES,
            "coverage": 0.95,
            "format": 1,
        })
    }

    /// A line for each fit.
    pub fn summary(&self) -> String {
        let line = |fit: &Fit| {
            let name = fit.name(&self.by);
            let of = if name.is_empty() { String::new() } else { format!(" ({name})") };
            match &fit.power {
                Ok(power) => format!("{} grows like {}^{}{of}\n", self.y, self.x, power.in_words()),
                Err(reason) => format!("no exponent of {} against {}{of}: {reason}\n", self.y, self.x),
            }
        };
        self.fits.iter().map(line).collect()
    }
}

impl Power {
    /// `1.234 [1.100, 1.300]`.
    pub fn in_words(&self) -> String {
        format!("{:.3} [{:.3}, {:.3}]", self.exponent, self.interval[0], self.interval[1])
    }
}

impl Fit {
    fn new(group: Vec<Datum>, rows: &[&Vec<Datum>], [x, y]: [usize; 2], is_asked_for: bool) -> Self {
        let mut sizes: Vec<f64> = rows.iter().filter_map(|row| row[x].number()).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        let at = |size: f64| {
            let own = rows.iter().filter(|row| row[x].number() == Some(size));
            (size, own.map(|row| row[y].number()).collect::<Vec<_>>())
        };
        let points: Vec<(f64, Vec<Option<f64>>)> = sizes.into_iter().map(at).collect();
        let power = if is_asked_for { power(&points) } else { Err("none is asked for".into()) };
        Fit { group, power, points }
    }

    /// What it is of, such as `kind joint`.
    pub fn name(&self, by: &[String]) -> String {
        let parts = by.iter().zip(&self.group).map(|(name, value)| format!("{name} {}", value.shown()));
        parts.collect::<Vec<_>>().join(", ")
    }

    fn json(&self, by: &[String]) -> Value {
        let point = |(x, values): &(f64, Vec<Option<f64>>)| json!({ "x": x, "values": values, "median": middle(values) });
        let value = |datum: &Datum| datum.number().map_or_else(|| json!(datum.shown()), |number| json!(number));
        let group: Map<String, Value> = by.iter().cloned().zip(self.group.iter().map(value)).collect();
        let points: Vec<Value> = self.points.iter().map(point).collect();
        match &self.power {
            Ok(power) => json!({ "group": group, "points": points, "exponent": power.exponent, "interval": power.interval,
                                 "factor": power.factor() }),
            Err(reason) => json!({ "group": group, "points": points, "exponent": null, "absent": reason }),
        }
    }
}

/// The median of values none of which is absent.
pub fn middle(values: &[Option<f64>]) -> Option<f64> {
    let exact: Vec<Rational> = values.iter().map(|value| Rational::try_from((*value)?).ok()).collect::<Option<_>>()?;
    median(exact.iter().collect()).map(|median| median.to_f64())
}

fn power(points: &[(f64, Vec<Option<f64>>)]) -> std::result::Result<Power, String> {
    if points.len() < 2 {
        return Err("there are no two sizes".into());
    }
    for (x, values) in points {
        let absent = values.iter().filter(|value| value.is_none()).count();
        if absent > 0 {
            return Err(format!("{absent} of {} values are absent at {x}", values.len()));
        }
        if *x <= 0.0 || values.iter().flatten().any(|y| *y <= 0.0) {
            return Err(format!("a value at {x} is not positive"));
        }
    }
    let rational = |value: f64| Rational::try_from(value).ok();
    let exact = points.iter().map(|(x, values)| Some((rational(*x)?, values.iter().map(|y| rational((*y)?)).collect())));
    let found = exact.collect::<Option<Vec<_>>>().and_then(|points| exponent(&points)).ok_or("the fit is not certain")?;
    let logarithms: Vec<[f64; 2]> = points.iter().map(|(x, values)| [ln(*x), ln(middle(values).unwrap_or(1.0))]).collect();
    let mean = |i: usize| logarithms.iter().fold(0.0, |sum, point| sum + point[i]) / logarithms.len() as f64;
    let [exponent, lower, upper] = [found.fitted, found.lower, found.upper].map(|v| v.mid());
    Ok(Power { exponent, interval: [lower, upper], centre: [mean(0), mean(1)] })
}

/// The rows of each combination of values of these columns, in the order of the rows.
fn groups<'a>(results: &'a Results, by: &[usize]) -> Vec<(Vec<Datum>, Vec<&'a Vec<Datum>>)> {
    let mut groups: Vec<(Vec<Datum>, Vec<&Vec<Datum>>)> = Vec::new();
    for row in &results.rows {
        let key: Vec<Datum> = by.iter().map(|&i| row[i].clone()).collect();
        match groups.iter_mut().find(|(group, _)| *group == key) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((key, vec![row])),
        }
    }
    groups
}

/// Checks the table `fit` of a sweep, before any run is made.
///
/// # Errors
/// When a column is not there, or `x` or `y` holds words.
pub fn check(sweep: &Sweep) -> Result<()> {
    let Some(fit) = &sweep.fit else { return Ok(()) };
    let columns = columns(&sweep.axes);
    let known = |name: &String, field: &str| match columns.contains(name) {
        true => Ok(()),
        false => Err(unknown(name, field, &columns)),
    };
    fit.by.iter().flatten().try_for_each(|name| known(name, "fit.by"))?;
    [(&fit.x, "fit.x"), (&fit.y, "fit.y")].into_iter().try_for_each(|(name, field)| {
        known(name, field)?;
        match is_number(&sweep.axes, name) {
            true => Ok(()),
            false => Err(Error::input(format!("{name:?}, a column of words"), "a column of numbers").at_field(field)),
        }
    })
}

/// The error against the first axis of numbers, of seeds only where there is no other.
fn default_fit(sweep: &Sweep) -> Option<FitKeys> {
    let several = || sweep.axes.iter().filter(|axis| axis.values.len() > 1);
    let columns = several().filter(|axis| !is_seed(axis)).chain(several().filter(|axis| is_seed(axis))).map(column_of);
    let x = columns.into_iter().find(|name| is_number(&sweep.axes, name))?;
    Some(FitKeys { x, y: "error".into(), by: None })
}

/// The columns of the axes that are neither seeds nor `x`. Where no axis varies `x` itself, those of numbers stand for it, and are left out.
fn other_columns(sweep: &Sweep, x: &str) -> Vec<String> {
    let mut columns: Vec<String> = sweep.axes.iter().filter(|axis| !is_seed(axis)).map(column_of).collect();
    let is_swept = columns.iter().any(|name| name == x);
    columns.retain(|name| name != x && (is_swept || !is_number(&sweep.axes, name)));
    columns
}

fn unknown(name: &str, field: &str, columns: &[String]) -> Error {
    let known: Vec<&str> = columns.iter().map(String::as_str).collect();
    let hint = meant(name, &known).map_or(String::new(), |column| format!("; did you mean `{column}`?"));
    Error::input(format!("{name:?}"), format!("one of the columns {}{hint}", columns.join(", "))).at_field(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: impl Fn(f64) -> Vec<Option<f64>>) -> Vec<(f64, Vec<Option<f64>>)> {
        [2.0, 4.0, 8.0].map(|x| (x, values(x))).to_vec()
    }

    #[test]
    fn a_power_law_is_found_with_its_factor() {
        let power = power(&points(|x| vec![Some(3.0 * x * x); 4])).unwrap();
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-12 * expected;
        assert!(near(power.exponent, 2.0) && near(power.factor(), 3.0) && near(power.at(power.exponent, 16.0), 768.0));
        assert!(power.interval.iter().all(|end| near(*end, 2.0)));
    }

    #[test]
    fn what_has_no_exponent_says_why() {
        let reason = |values: fn(f64) -> Vec<Option<f64>>| power(&points(values)).unwrap_err();
        assert_eq!(reason(|x| vec![Some(1.0), Some(x).filter(|x| *x < 5.0)]), "1 of 2 values are absent at 8");
        assert_eq!(reason(|_| vec![Some(0.0)]), "a value at 2 is not positive");
        assert_eq!(power(&points(|_| vec![Some(1.0)])[..1]).unwrap_err(), "there are no two sizes");
    }
}
