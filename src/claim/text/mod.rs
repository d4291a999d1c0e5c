//! The text of a golden, in two halves: prose that says what is claimed and how it is checked, and the numbers that were found.
//!
//! The numbers are stable, readable, one row a line, and [`parse()`] reads them back exactly:
//!
//! ```text
//! check
//!   Verified   te below                       the verdict, and the key of a condition
//!              requires  te < 1e-12
//!              found     1.012e-28
//!
//!   joint training                            the title of a table
//!     instance       seed     te              headings
//!     text           integer  exact           what each column rests on
//!     lin L3 k1 d64  1        1.012e-28
//!
//! control
//!   ...
//!
//! verdict  Verified                           of the check
//! control  Refuted                            of all controls together
//! ```

mod parse;
mod prose;
mod render;
#[cfg(test)]
pub(crate) mod tests;

pub use parse::parse;
pub use prose::{evidence, prose};
pub use render::{control_title, outcome, render, verdict_word};
