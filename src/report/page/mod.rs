//! The report: one page of HTML for people who will not run anything.
//!
//! It shows what was found and computes nothing, and its bytes depend on the results and the sources alone. Without script, `style`
//! attribute or anything from elsewhere; its style sheet stands in it or beside it, and without one it reads from top to bottom.

mod about;
mod claims;
mod figures;
mod front;
mod tables;

pub use figures::files as pictures;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::results::Report;
use crate::error::Result;

/// The style sheet of the page.
pub const STYLE: &str = include_str!("style.css");

/// The name of the style sheet where it lies beside the page.
pub const STYLE_FILE: &str = "style.css";

/// What a page says of its maker, by which one is known.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"bfc report\">";

/// Where the style sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// In the page, which is then one file.
    Inside,
    /// Beside it, under [`STYLE_FILE`]: for servers that forbid style sheets in pages.
    Beside,
}

/// The page, with a line break at its end.
///
/// # Errors
/// When a picture cannot be drawn.
pub fn document(report: &Report<'_>, sheet: Sheet) -> Result<String> {
    let title = front::title(report);
    let body = body(report)?;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                (PreEscaped(GENERATOR))
                title { (title) }
                (style(sheet))
            }
            (body)
        }
    };
    Ok(page.into_string() + "\n")
}

fn style(sheet: Sheet) -> Markup {
    match sheet {
        Sheet::Inside => html! { style { (PreEscaped(STYLE)) } },
        Sheet::Beside => html! { link rel="stylesheet" href=(STYLE_FILE); },
    }
}

fn body(report: &Report<'_>) -> Result<Markup> {
    let front = front::page(report)?;
    let groups = claims::groups(report)?;
    Ok(html! {
        body {
            a.skip href="#main" { "Skip to the content" }
            (front::header(report))
            main #main {
                (front)
                (groups)
                (about::notation(report))
                (about::origin(report))
            }
        }
    })
}

#[cfg(test)]
pub mod tests;
