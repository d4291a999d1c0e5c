//! A picture, drawn by plotters.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, Cross, DynElement, EmptyElement, IntoDynElement, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{Cartesian2d, RGBColor, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, TextStyle};

use super::axis::Extent;
use super::parts::{Picture, Series, Style};
use crate::error::{Error, Result};

const WIDTH: u32 = 760;
const HEIGHT: u32 = 440;
/// Of an entry below the picture.
const ROW: u32 = 22;
const FONT: &str = "sans-serif";
const SIZE: i32 = 17;
/// Strokes of lines.
const LINE: u32 = 3;
const THIN: u32 = 1;
const INK: RGBColor = RGBColor(34, 34, 34);
const GRID: RGBColor = RGBColor(222, 222, 222);
/// After Okabe and Ito, darkened where white paper needs it.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 128, 96),
    RGBColor(170, 68, 153),
    RGBColor(34, 34, 34),
    RGBColor(176, 120, 0),
    RGBColor(40, 130, 190),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'b, SVGBackend<'a>, Cartesian2d<Extent, Extent>>;

impl Picture {
    /// The picture as one SVG element of 760 pixels' width, with a line break at its end. Without style sheet, script or reference to
    /// anything outside, so that it may stand in a page as it is.
    ///
    /// # Errors
    /// When the drawing library fails; it has no reason to.
    pub fn svg(&self) -> Result<String> {
        let mut text = String::new();
        let named: Vec<&Series> = self.series.iter().filter(|series| !series.name.is_empty()).collect();
        let height = HEIGHT + ROW * named.len() as u32;
        {
            let root = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
            root.fill(&RGBColor(255, 255, 255)).map_err(failed)?;
            let (above, below) = root.split_vertically(HEIGHT);
            chart(self, &above)?;
            for (row, series) in (0..).zip(named) {
                entry(self, series, row, &below)?;
            }
            root.present().map_err(failed)?;
        }
        Ok(described(self, &text))
    }
}

/// The axes and all that lies between them.
fn chart(picture: &Picture, area: &Area<'_>) -> Result<()> {
    let (xs, ys) = picture.shown();
    let (x, y) = (Extent::around(picture.x.scale, &xs), Extent::around(picture.y.scale, &ys));
    let (ticks, left) = ((x.tick_count(), y.tick_count()), 34 + 10 * y.label_width() as u32);
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        // The label of the last tick may be wider than the place beside it.
        .margin_right(32)
        .caption(&picture.title, (FONT, SIZE + 3).into_font().color(&INK))
        .x_label_area_size(50)
        .y_label_area_size(left)
        .build_cartesian_2d(x, y)
        .map_err(failed)?;
    chart
        .configure_mesh()
        .light_line_style(GRID)
        .bold_line_style(GRID)
        .axis_style(INK)
        .x_labels(ticks.0)
        .y_labels(ticks.1)
        .label_style((FONT, SIZE - 2).into_font().color(&INK))
        .axis_desc_style((FONT, SIZE).into_font().color(&INK))
        .x_desc(&picture.x.label)
        .y_desc(&picture.y.label)
        .draw()
        .map_err(failed)?;
    for mark in picture.marks.iter().filter(|mark| picture.x.scale.shows(mark.x)) {
        named_place(&chart, mark.x, &mark.label)?;
    }
    picture.series.iter().try_for_each(|series| draw(&chart, series, picture.drawn(series)))
}

/// A line from bottom to top, and a name to its right.
fn named_place(chart: &Chart<'_, '_>, x: f64, label: &str) -> Result<()> {
    let ends = chart.y_range();
    let line = PathElement::new(vec![(x, ends.start), (x, ends.end)], INK.mix(0.5));
    chart.plotting_area().draw(&line).map_err(failed)?;
    let name = EmptyElement::at((x, ends.end)) + Text::new(label.to_string(), (4, 2), words(SIZE - 3, VPos::Top));
    chart.plotting_area().draw(&name).map_err(failed)
}

fn draw(chart: &Chart<'_, '_>, series: &Series, points: Vec<(f64, f64)>) -> Result<()> {
    let colour = COLOURS[series.colour % COLOURS.len()];
    let area = chart.plotting_area();
    match series.style {
        Style::Line => area.draw(&PathElement::new(points, colour.stroke_width(LINE))),
        Style::Thin => area.draw(&PathElement::new(points, colour.stroke_width(THIN))),
        Style::Band => area.draw(&Polygon::new(points, colour.mix(0.25))),
        Style::Points => points.into_iter().try_for_each(|at| area.draw(&marker(series.colour, at))),
    }
    .map_err(failed)
}

/// A marker around a point, another for each colour.
fn marker<'a, C: Clone + 'a>(index: usize, at: C) -> DynElement<'a, SVGBackend<'a>, C> {
    let colour = COLOURS[index % COLOURS.len()];
    let place = EmptyElement::at(at);
    match index % COLOURS.len() {
        0 => (place + Circle::new((0, 0), 4, colour.filled())).into_dyn(),
        1 => (place + Rectangle::new([(-4, -4), (4, 4)], colour.filled())).into_dyn(),
        2 => (place + Polygon::new([(0, -5), (5, 4), (-5, 4)], colour)).into_dyn(),
        3 => (place + Cross::new((0, 0), 4, colour.stroke_width(2))).into_dyn(),
        4 => (place + Polygon::new([(0, -5), (5, 0), (0, 5), (-5, 0)], colour)).into_dyn(),
        5 => (place + Circle::new((0, 0), 4, colour.stroke_width(2))).into_dyn(),
        _ => (place + Rectangle::new([(-4, -4), (4, 4)], colour.stroke_width(2))).into_dyn(),
    }
}

/// How a series is drawn, and its name.
fn entry(picture: &Picture, series: &Series, row: i32, area: &Area<'_>) -> Result<()> {
    let colour = COLOURS[series.colour % COLOURS.len()];
    let (left, middle) = (70, ROW as i32 * row + ROW as i32 / 2);
    let line = |width| PathElement::new(vec![(left - 26, middle), (left - 6, middle)], colour.stroke_width(width));
    match series.style {
        Style::Line => area.draw(&line(LINE)),
        Style::Thin => area.draw(&line(THIN)),
        Style::Band => area.draw(&Rectangle::new([(left - 26, middle - 6), (left - 6, middle + 6)], colour.mix(0.25).filled())),
        Style::Points => area.draw(&marker(series.colour, (left - 16, middle))),
    }
    .map_err(failed)?;
    let hidden = series.points.len() - picture.drawn(series).len();
    let name = match hidden {
        0 => series.name.clone(),
        _ => format!("{} ({hidden} of {} without a place on these axes)", series.name, series.points.len()),
    };
    area.draw(&Text::new(name, (left, middle), words(SIZE - 2, VPos::Center))).map_err(failed)
}

fn words(size: i32, vertical: VPos) -> TextStyle<'static> {
    (FONT, size).into_font().color(&INK).pos(Pos::new(HPos::Left, vertical))
}

/// With its title and description for those who cannot see it.
fn described(picture: &Picture, text: &str) -> String {
    let told = format!(">\n<title>{}</title>\n<desc>{}</desc>\n", escaped(&picture.title), escaped(&picture.description));
    text.replacen("<svg ", "<svg role=\"img\" ", 1).replacen(">\n", &told, 1)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn failed(cause: impl std::fmt::Display) -> Error {
    Error::refused(format!("the picture could not be drawn: {cause}"))
}
