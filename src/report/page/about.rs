//! What the symbols mean, and where the numbers come from.

use maud::{Markup, html};

use super::super::results::{Origin, Report};
use super::tables;
use crate::claim::{Source, Sources};

/// The symbols and words of the claims' texts.
pub fn notation(report: &Report<'_>) -> Markup {
    let terms = report.claims.first().map_or(&[][..], |reported| reported.claim.source.notation);
    html! {
        section aria-labelledby="notation" {
            h2 #notation { "Notation" }
            @if let Some(source) = report.claims.first().map(|reported| &reported.claim.source) { (sentences(source)) }
            dl { @for (index, term) in terms.iter().enumerate() {
                dt id={ "term-" (index) } { (term.name) }
                dd { (term.meaning) }
            } }
        }
    }
}

fn sentences(source: &Source) -> Markup {
    html! {
        p { (source.label) ": " (source.heading) "." }
        ul { @for (tag, words) in source.sentences { li { (tag) " " (words) } } }
    }
}

/// Program, profile, digests, and the versions that the numbers were computed with.
pub fn origin(report: &Report<'_>) -> Markup {
    html! {
        section aria-labelledby="origin" {
            h2 #origin { "Origin of the numbers" }
            p {
                "This page was made from "
                @match report.origin { Origin::Goldens { .. } => "stored results, each of which fits its digest", Origin::Check => "the JSON of a check" }
                ", and nothing was computed for it. It names no machine, clock or path: the same results and sources make the same page."
            }
            dl {
                dt { "library" } dd { "bfc " (env!("CARGO_PKG_VERSION")) }
                dt { "profile" } dd { (report.profile.name()) }
                (goldens(&report.origin))
                dt { "digest of the sources of the program that made this page" } dd { code { (report.sources.digest()) } }
                dt { "what the numbers assume of a machine, tested" } dd { code { (report.program) " self-check" } }
                dt { "all claims, computed anew and compared" } dd { code { (report.program) " check --profile " (report.profile.name()) } }
            }
            (versions(&report.sources))
        }
    }
}

fn goldens(origin: &Origin) -> Markup {
    html! {
        @if let Origin::Goldens { root, command, version } = origin {
            dt { "root digest of the stored results" } dd { code { (root) } }
            dt { "stored by" } dd { code { (command) } ", version " (version) }
        }
    }
}

/// The versions that the lock file names.
fn versions(sources: &Sources) -> Markup {
    let locked = locked(sources);
    html! {
        @if !locked.is_empty() {
            details {
                summary { "Versions of the " (locked.len()) " packages that the program is built from" }
                (tables::wide("packages", &html! {
                    table {
                        caption { "Cargo.lock" }
                        thead { tr { th scope="col" { "package" } th scope="col" { "version" } } }
                        tbody { @for (name, version) in &locked { tr { td { (name) } td { (version) } } } }
                    }
                }))
            }
        }
    }
}

fn locked(sources: &Sources) -> Vec<(&'static str, &'static str)> {
    let lock = sources.lock().unwrap_or_default();
    let value = |line: &'static str, key: &str| line.strip_prefix(key)?.strip_suffix('"');
    let lines: Vec<&'static str> = lock.lines().collect();
    let package = |pair: &[&'static str]| Some((value(pair[0], "name = \"")?, value(pair[1], "version = \"")?));
    lines.windows(2).filter_map(package).collect()
}
