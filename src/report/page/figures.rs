//! Pictures, drawn from the tables that they name.

use maud::Markup;

use super::super::results::{Report, Reported};
use crate::claim::Figure;
use crate::error::Result;

/// The pictures of a claim, or of the first page; those whose tables the results do not have are left out.
///
/// # Errors
/// When one cannot be drawn.
pub fn figures(_: &Report<'_>, _: Option<&Reported<'_>>, _: &[Figure]) -> Result<Markup> {
    Ok(maud::html! {})
}
