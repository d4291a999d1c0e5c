//! One point of the grid that a two-layer network is tuned over.

/// One point of a grid.
#[derive(Clone, Copy)]
pub struct Choice {
    pub width: usize,
    pub rate: f64,
    pub scale: f64,
}
