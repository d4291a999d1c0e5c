//! One claim: what it says, what was found, how it could have failed, and how to find it again.

use maud::{Markup, html};

use super::super::results::{Found, Origin, Report, Reported};
use super::{figures, tables};
use crate::claim::text::{control_title, evidence};
use crate::claim::{Outcome, Outcomes, Profile, Term, Verdict};
use crate::error::Result;

/// Every claim, below the heading of its group.
///
/// # Errors
/// When a picture cannot be drawn.
pub fn groups(report: &Report<'_>) -> Result<Markup> {
    let parts = report.claims.chunk_by(|a, b| a.claim.group() == b.claim.group());
    let parts = parts.map(|claims| group(report, claims)).collect::<Result<Vec<_>>>()?;
    Ok(html! { @for part in parts { (part) } })
}

fn group(report: &Report<'_>, claims: &[Reported<'_>]) -> Result<Markup> {
    let name = claims.first().map_or("", |reported| reported.claim.group());
    let claims = claims.iter().map(|reported| claim(report, reported)).collect::<Result<Vec<_>>>()?;
    Ok(html! {
        section aria-labelledby={ "group-" (name) } {
            h2 id={ "group-" (name) } { (name) }
            @for claim in claims { (claim) }
        }
    })
}

fn claim(report: &Report<'_>, reported: &Reported<'_>) -> Result<Markup> {
    let claim = &reported.claim;
    let pictures = figures::figures(report, Some(reported), claim.figures)?;
    Ok(html! {
        article.claim aria-labelledby=(claim.id) {
            h3 id=(claim.id) { (claim.id) " " (verdict(reported, report.profile)) }
            p.statement { (claim.statement) }
            (sentences(reported))
            (pictures)
            (found(reported, report.profile))
            h4 { "How it is checked" }
            p { (claim.method) }
            (terms(reported))
            (controls(reported, report.profile))
            h4 { "Evidence and origin" }
            (evidence_of(report, reported))
        }
    })
}

/// The sentences of the source that the claim bears on.
fn sentences(reported: &Reported<'_>) -> Markup {
    let source = &reported.claim.source;
    let own = source.sentences.iter().filter(|(tag, _)| reported.claim.sentence.contains(tag));
    html! {
        details {
            summary { "Bears on: " (source.label) " " (reported.claim.sentence) }
            ul { @for (tag, words) in own { li { (tag) " " (words) } } }
        }
    }
}

/// The verdict on its check, or why there is none.
pub fn verdict(reported: &Reported<'_>, profile: Profile) -> Markup {
    match &reported.found {
        Found::Outcomes(outcomes) => tables::word(outcomes.check.verdict(), profile),
        Found::Failed(_) => html! { span.verdict.Refuted { "could not be checked" } },
        Found::NotChecked => html! { span.verdict { "not checked in this profile" } },
        Found::Missing => html! { span.verdict { "no stored result" } },
    }
}

/// What came of its controls, all of which must be Refuted.
pub fn control(reported: &Reported<'_>, profile: Profile) -> Markup {
    match reported.outcomes() {
        Some(_) if !profile.draws_conclusions() => html! { "not judged" },
        Some(outcomes) => expected(outcomes.control_verdict()),
        None => html! { "-" },
    }
}

/// `Refuted`, as it must be; anything else is a fault of the check.
fn expected(verdict: Verdict) -> Markup {
    match verdict {
        Verdict::Refuted => html! { "Refuted, as it must be" },
        other => html! { span.verdict.Refuted { (other.name()) ", expected Refuted" } },
    }
}

fn found(reported: &Reported<'_>, profile: Profile) -> Markup {
    let title = format!("{}: conditions of the check", reported.claim.id);
    html! {
        h4 { "What was found" }
        @match &reported.found {
            Found::Outcomes(outcomes) => {
                (tables::conditions(&title, &outcomes.check, Some(outcomes), profile))
                (tables::tables(&outcomes.check))
            }
            Found::Failed(why) => p { "It could not be checked: " (why) }
            Found::NotChecked => p { "It takes too long for this profile, and is checked in the profile full." }
            Found::Missing => p { "The results that this page shows do not have it." }
        }
    }
}

/// The terms that its texts use, each with a link to its meaning.
fn terms(reported: &Reported<'_>) -> Markup {
    let claim = &reported.claim;
    let texts = [claim.statement, claim.method].into_iter().chain(claim.controls.iter().copied());
    let texts = texts.collect::<Vec<_>>().join("\n");
    let used: Vec<(usize, &Term)> =
        claim.source.notation.iter().enumerate().filter(|(_, term)| term.is_used_in(&texts)).collect();
    html! {
        @if !used.is_empty() {
            p.terms { "Notation: " @for (at, (index, term)) in used.iter().enumerate() {
                @if at > 0 { "; " }
                a href={ "#term-" (index) } { (term.name) }
            } "." }
        }
    }
}

fn controls(reported: &Reported<'_>, profile: Profile) -> Markup {
    let breaks = &reported.claim.controls;
    html! {
        h4 { "Controls: the same check on a broken premise" }
        @if breaks.is_empty() { p { "It has none." } }
        @for (index, breaks) in breaks.iter().enumerate() {
            (one_control(reported, index, breaks, profile))
        }
    }
}

fn one_control(reported: &Reported<'_>, index: usize, breaks: &str, profile: Profile) -> Markup {
    let title = control_title(index, reported.claim.controls.len());
    let outcome = reported.outcomes().and_then(|outcomes: &Outcomes| outcomes.controls.get(index));
    html! {
        p { strong { (title) } ". " (breaks) @if let Some(outcome) = outcome { " " (came_out(outcome, profile)) } }
        @if let Some(outcome) = outcome {
            details {
                summary { "What was found in the " (title) }
                (tables::conditions(&format!("{}: conditions of the {title}", reported.claim.id), outcome, None, profile))
                (tables::tables(outcome))
            }
        }
    }
}

fn came_out(outcome: &Outcome, profile: Profile) -> Markup {
    html! { @if profile.draws_conclusions() { "Outcome: " (expected(outcome.verdict())) "." } }
}

fn evidence_of(report: &Report<'_>, reported: &Reported<'_>) -> Markup {
    let claim = &reported.claim;
    html! {
        dl {
            dt { "rests on" } dd { (evidence(claim.evidence)) }
            @if !claim.missing.is_empty() { dt { "still missing" } dd { (claim.missing) } }
            @if !claim.theorems.is_empty() { dt { "formal theorems, checked by Coq" } dd { (claim.theorems.join(", ")) } }
            @if let (Some(digest), Origin::Goldens { .. }) = (&reported.digest, &report.origin) {
                dt { "stored as" } dd { code { (report.profile.name()) "/" (claim.golden_name()) } }
                dt { "digest of the numbers" } dd { code { (digest.numbers) } }
                dt { "digest of the words" } dd { code { (digest.prose) } }
            }
            @if !reported.golden.is_empty() { dt { "stored result" } dd { (reported.golden) } }
            dt { "to compute it anew" } dd { code { (report.command(claim.id)) } }
        }
    }
}
