//! What a picture is made of.

/// A picture with two axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it shows, in one line; drawn above.
    pub title: String,
    /// What a reader who cannot see it should know; not drawn.
    pub description: String,
    /// To the right.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// What is drawn, the first at the bottom.
    pub series: Vec<Series>,
    /// Places along x that have a name.
    pub marks: Vec<Mark>,
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The quantity and its unit.
    pub label: String,
    /// How values lie along it.
    pub scale: Scale,
}

/// How values lie along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// In proportion.
    #[default]
    Linear,
    /// By their logarithm. What is not positive has no place, and is counted beside the name of its series.
    Logarithmic,
}

/// Values that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name below the picture; what has none is not named there.
    pub name: String,
    /// How it is drawn.
    pub style: Style,
    /// Which of the seven colours, counted from 0 and round again: a fit may share the colour of its points.
    pub colour: usize,
    /// `(x, y)`, in the order of drawing.
    pub points: Vec<(f64, f64)>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A marker at each point, by the colour.
    Points,
    /// A line from point to point.
    Line,
    /// A thin line: a fit, a bound, a limit.
    Thin,
    /// The area within a closed path, such as the lower ends of intervals and then the upper ones, backwards.
    Band,
}

/// A place along x that has a name, such as the end of a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub x: f64,
    /// Its name, beside the line.
    pub label: String,
}

impl Axis {
    /// An axis along which values lie in proportion.
    pub fn linear(label: impl Into<String>) -> Self {
        Axis { label: label.into(), scale: Scale::Linear }
    }

    /// An axis along which values lie by their logarithm.
    pub fn logarithmic(label: impl Into<String>) -> Self {
        Axis { label: label.into(), scale: Scale::Logarithmic }
    }
}

impl Scale {
    /// Returns whether a value has a place along the axis.
    pub fn shows(self, value: f64) -> bool {
        value.is_finite() && (self == Scale::Linear || value > 0.0)
    }
}

impl Picture {
    /// The values along x that are drawn, and those along y.
    pub(super) fn shown(&self) -> (Vec<f64>, Vec<f64>) {
        let marks = self.marks.iter().map(|mark| mark.x).filter(|x| self.x.scale.shows(*x));
        let (mut xs, ys): (Vec<f64>, Vec<f64>) = self.series.iter().flat_map(|series| self.drawn(series)).unzip();
        xs.extend(marks);
        (xs, ys)
    }

    /// The points of a series that have a place.
    pub(super) fn drawn(&self, series: &Series) -> Vec<(f64, f64)> {
        let has_place = |(x, y): &(f64, f64)| self.x.scale.shows(*x) && self.y.scale.shows(*y);
        series.points.iter().copied().filter(has_place).collect()
    }
}
