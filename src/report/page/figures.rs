//! Pictures, drawn from the tables that they name.

use maud::{Markup, PreEscaped, html};

use super::super::results::{Report, Reported};
use crate::claim::{self, Curve, Figure, Points, Table};
use crate::error::Result;
use crate::picture::{Axis, Picture, Scale, Series, Style};

/// The pictures of a claim, or of the first page; those whose tables the results do not have are left out.
///
/// # Errors
/// When one cannot be drawn.
pub fn figures(report: &Report<'_>, own: Option<&Reported<'_>>, figures: &[Figure]) -> Result<Markup> {
    let drawn = figures.iter().map(|figure| one(report, own, figure)).collect::<Result<Vec<_>>>()?;
    Ok(html! { @for figure in drawn.into_iter().flatten() { (figure) } })
}

fn one(report: &Report<'_>, own: Option<&Reported<'_>>, figure: &Figure) -> Result<Option<Markup>> {
    let Some(svg) = svg(report, own, figure)? else { return Ok(None) };
    Ok(Some(html! {
        figure {
            (super::tables::wide(figure.title, &html! { (PreEscaped(svg)) }))
            figcaption { (figure.caption) }
        }
    }))
}

/// Every picture of the page as a file of its own: its name, such as `story-1.svg` or `group.name-2.svg`, and its text.
///
/// # Errors
/// When one cannot be drawn.
pub fn files(report: &Report<'_>) -> Result<Vec<(String, String)>> {
    let own = report.claims.iter().map(|reported| (reported.claim.id, Some(reported), reported.claim.figures));
    let all = std::iter::once(("story", None, report.story.figures)).chain(own);
    let mut files = Vec::new();
    for (name, own, figures) in all {
        for (index, figure) in figures.iter().enumerate() {
            files.extend(svg(report, own, figure)?.map(|svg| (format!("{name}-{}.svg", index + 1), svg)));
        }
    }
    Ok(files)
}

/// A picture, if the results have anything to draw.
fn svg(report: &Report<'_>, own: Option<&Reported<'_>>, figure: &Figure) -> Result<Option<String>> {
    let curves = figure.curves.iter().enumerate().flat_map(|(index, curve)| series(report, own, curve, index));
    let series: Vec<Series> = curves.filter(|series| !series.points.is_empty()).collect();
    if series.is_empty() {
        return Ok(None);
    }
    let picture = Picture {
        title: figure.title.into(),
        description: figure.caption.into(),
        x: axis(figure.x),
        y: axis(figure.y),
        series,
        marks: Vec::new(),
    };
    picture.svg().map(Some)
}

fn axis(axis: claim::Axis) -> Axis {
    let scale = match axis.scale {
        claim::Scale::Linear => Scale::Linear,
        claim::Scale::Logarithmic => Scale::Logarithmic,
    };
    Axis { label: axis.label.into(), scale }
}

/// What a curve draws: its points, or, where they are named, a series for each name.
fn series(report: &Report<'_>, own: Option<&Reported<'_>>, curve: &Curve, index: usize) -> Vec<Series> {
    let claim = if curve.claim.is_empty() { own } else { report.claim(curve.claim) };
    let tables = claim.and_then(|reported| reported.outcomes()).map_or(&[][..], |outcomes| &outcomes.check.tables);
    let Some(table) = tables.iter().find(|table| table.title().starts_with(curve.table)) else { return Vec::new() };
    let points = match curve.points {
        Points::Columns(x, y) => pairs(table, curve, x, y),
        Points::Across(columns) => across(table, curve, columns),
        Points::Named(names, y) => return named(table, curve, names, y),
    };
    let one = |name: &str, style| Series { name: name.into(), style, colour: index, points: points.clone() };
    match curve.joined {
        true => vec![one("", Style::Points), one(curve.name, Style::Line)],
        false => vec![one(curve.name, Style::Points)],
    }
}

/// The rows that a curve is of.
fn rows(table: &Table, curve: &Curve) -> Vec<usize> {
    let only = curve.only.map(|(column, text)| (table.position(column), text));
    let belongs = |row: &usize| match only {
        Some((column, text)) => column.is_some_and(|column| table.rows()[*row][column] == text),
        None => true,
    };
    (0..table.rows().len()).filter(belongs).collect()
}

fn number(table: &Table, row: usize, column: &str) -> Option<f64> {
    table.value(row, table.position(column)?)?.approximate()
}

fn pairs(table: &Table, curve: &Curve, x: &str, y: &str) -> Vec<(f64, f64)> {
    rows(table, curve).into_iter().filter_map(|row| number(table, row, x).zip(number(table, row, y))).collect()
}

fn across(table: &Table, curve: &Curve, columns: &[(&str, &str)]) -> Vec<(f64, f64)> {
    let point = |row, &(x, column): &(&str, &str)| x.parse().ok().zip(number(table, row, column));
    rows(table, curve).into_iter().flat_map(|row| columns.iter().filter_map(move |pair| point(row, pair))).collect()
}

/// A series for each name, at its number along the horizontal axis.
fn named(table: &Table, curve: &Curve, names: &str, y: &str) -> Vec<Series> {
    let Some(column) = table.position(names) else { return Vec::new() };
    let mut all: Vec<Series> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for row in rows(table, curve) {
        let name = table.rows()[row][column].as_str();
        let place = seen.iter().position(|known| *known == name).unwrap_or(seen.len());
        if place == seen.len() {
            seen.push(name);
            let (name, colour) = (format!("{}  {name}", place + 1), place);
            all.push(Series { name, style: Style::Points, colour, points: Vec::new() });
        }
        all[place].points.extend(number(table, row, y).map(|y| ((place + 1) as f64, y)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Axis, Scale, Value};

    const AXIS: Axis = Axis { label: "n", scale: Scale::Linear };
    const SUMS: Curve =
        Curve { name: "sum", claim: "", table: "sums", only: None, points: Points::Columns("n", "sum"), joined: true };

    fn drawn(curves: &'static [Curve]) -> String {
        let report = super::super::tests::report();
        let figure = Figure { title: "Sums", caption: "A < B", x: AXIS, y: AXIS, curves };
        figures(&report, Some(&report.claims[0]), &[figure]).unwrap().into_string()
    }

    #[test]
    fn a_picture_has_its_caption_and_no_style() {
        let svg = drawn(&[SUMS]);
        assert!(svg.contains("<figcaption>A &lt; B</figcaption>") && svg.contains("<svg "), "{svg}");
        assert!(!svg.contains("style="), "{svg}");
    }

    #[test]
    fn what_the_results_do_not_have_is_not_drawn() {
        const OTHER: &[Curve] = &[
            Curve { table: "products", ..SUMS },
            Curve { claim: "made.away", ..SUMS },
            Curve { points: Points::Columns("n", "product"), ..SUMS },
            Curve { only: Some(("n", "7")), ..SUMS },
        ];
        assert_eq!(drawn(OTHER), "");
    }

    #[test]
    fn points_are_read_by_headings() {
        let mut table = Table::new("sums of some", &["who", "n", "sum"]);
        for (who, n, sum) in [("a", 1, "1/2"), ("b", 2, "4"), ("a", 3, "absent")] {
            table.push([Value::text(who), Value::from(n), Value::exact(sum)]);
        }
        assert_eq!(pairs(&table, &SUMS, "n", "sum"), [(1.0, 0.5), (2.0, 4.0)]);
        let only_b = Curve { only: Some(("who", "b")), ..SUMS };
        assert_eq!(pairs(&table, &only_b, "n", "sum"), [(2.0, 4.0)]);
        assert_eq!(
            across(&table, &SUMS, &[("0.5", "sum"), ("7", "n")]),
            [(0.5, 0.5), (7.0, 1.0), (0.5, 4.0), (7.0, 2.0), (7.0, 3.0)]
        );
        let named = named(&table, &SUMS, "who", "n");
        let listed: Vec<(&str, &[(f64, f64)])> = named.iter().map(|s| (s.name.as_str(), s.points.as_slice())).collect();
        assert_eq!(listed, [("1  a", &[(1.0, 1.0), (1.0, 3.0)][..]), ("2  b", &[(2.0, 2.0)][..])]);
    }
}
