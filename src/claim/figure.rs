//! Pictures that a catalogue asks for, by the names of tables and columns. They name what they show; whoever draws them reads what was
//! found.

/// A picture of numbers that stand in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it shows, in a few words.
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub caption: &'static str,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, in the order of the legend.
    pub curves: &'static [Curve],
}

/// An axis of a [`Figure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The quantity, with its unit where it has one.
    pub label: &'static str,
    /// How it is divided.
    pub scale: Scale,
}

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By powers of ten; what is not above zero has no place on it.
    Logarithmic,
}

/// Numbers of one table, drawn alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Curve {
    /// Its entry in the legend.
    pub name: &'static str,
    /// The id of the claim whose check has the table; empty for the claim that has the figure.
    pub claim: &'static str,
    /// The beginning of the table's title.
    pub table: &'static str,
    /// Only rows whose cell in the first column named has the second text; all rows if none.
    pub only: Option<(&'static str, &'static str)>,
    /// Where the points come from.
    pub points: Points,
    /// Whether the points are joined, in the order of the rows.
    pub joined: bool,
}

/// Where the points of a [`Curve`] come from. A cell that is no number has no point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// One for each row, of the columns with these headings: horizontal, vertical.
    Columns(&'static str, &'static str),
    /// In each row one for each pair: a number, and the heading of the column that has what belongs to it.
    Across(&'static [(&'static str, &'static str)]),
    /// One for each row, of the columns with these headings: a name, vertical. Each name is drawn as a curve of its own, at the number 1, 2,
    /// ... along the horizontal axis by which the legend lists it.
    Named(&'static str, &'static str),
}
