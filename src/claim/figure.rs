//! Pictures that a claim asks for, by the names of its tables and columns.

/// A picture of a table's columns. It names what it shows; whoever draws it reads the stored table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The beginning of the table's title.
    pub table: &'static str,
    /// The heading of the column along the horizontal axis.
    pub x: &'static str,
    /// The headings of the columns that are drawn.
    pub y: &'static [&'static str],
    /// The scales of both axes.
    pub scales: (Scale, Scale),
}

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By powers of ten.
    Logarithmic,
}
