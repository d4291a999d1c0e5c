//! Samples in panels of 128, and the two products that a step of training is made of, in a fixed order.
//!
//! All that a step reads or makes of a panel lies together and stays in cache, so that it streams through the samples once.
//! In [`weigh`](weigh()) the samples are independent of one another; in [`PanelSums`] they are summed in the order of
//! [`sum`](super::reduce::sum), whatever the size of a panel. So the bits are those of plain loops over the samples.

mod link;
mod rows;
mod sums;
mod weigh;

pub use link::{Down, Link};
pub use rows::{PANEL, Panels, Row, RowSum};
pub use sums::PanelSums;
pub use weigh::{Start, add_squares, weigh};

#[cfg(test)]
mod tests;
