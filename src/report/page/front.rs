//! The first page: what is known, in plain words, and every claim on a line.

use maud::{Markup, html};

use super::super::results::{Found, Report, Reported};
use super::claims::{control, verdict};
use super::{figures, tables};
use crate::claim::text::{evidence, verdict_word};
use crate::claim::{Evidence, Finding, Outcomes, Profile, Verdict};
use crate::error::Result;

/// The title of the page.
pub fn title<'a>(report: &'a Report<'_>) -> &'a str {
    if report.story.title.is_empty() { report.program } else { report.story.title }
}

/// Heading, what the page is about, and what is on it.
pub fn header(report: &Report<'_>) -> Markup {
    let lead = if report.story.lead.is_empty() { report.about } else { report.story.lead };
    let mut groups: Vec<&str> = report.claims.iter().map(|reported| reported.claim.group()).collect();
    groups.dedup();
    html! {
        header {
            h1 { (title(report)) }
            p.lead { (lead) }
            p { strong { (counted(report)) } }
        }
        nav aria-label="Contents" {
            ul {
                li { a href="#known" { "What is known" } }
                li { a href="#claims" { "All claims" } }
                @for group in groups { li { a href={ "#group-" (group) } { (group) } } }
                li { a href="#notation" { "Notation" } }
                li { a href="#origin" { "Origin of the numbers" } }
            }
        }
    }
}

/// How many claims there are, and what came of them.
fn counted(report: &Report<'_>) -> String {
    let word = |reported: &Reported<'_>| match &reported.found {
        Found::Outcomes(outcomes) => verdict_word(outcomes.check.verdict(), report.profile),
        Found::Failed(_) => "could not be checked",
        Found::NotChecked => "not checked in this profile",
        Found::Missing => "without a stored result",
    };
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in report.claims.iter().map(word) {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let dead = report.claims.iter().filter_map(Reported::outcomes).filter(|outcomes| !outcomes.controls_fail()).count();
    let controls = match (report.profile.draws_conclusions(), dead) {
        (false, _) => String::new(),
        (true, 0) => " Every control is Refuted, as it must be.".into(),
        (true, dead) => format!(" The controls of {dead} are not all Refuted, as they must be."),
    };
    let claims = if report.claims.len() == 1 { "claim" } else { "claims" };
    format!("{} {claims}, profile {}: {}.{controls}", report.claims.len(), report.profile.name(), counts.join(", "))
}

/// What is known, the pictures, how to read the page, every claim on a line.
///
/// # Errors
/// When a picture cannot be drawn.
pub fn page(report: &Report<'_>) -> Result<Markup> {
    let pictures = figures::figures(report, None, report.story.figures)?;
    Ok(html! {
        section aria-labelledby="known" {
            h2 #known { "What is known" }
            (known(report, &pictures))
        }
        (reading(report.profile))
        section aria-labelledby="claims" {
            h2 #claims { "All claims" }
            (overview(report))
        }
    })
}

/// The findings of the story, with its pictures among them.
fn known(report: &Report<'_>, pictures: &Markup) -> Markup {
    let story = &report.story;
    if story.findings().next().is_none() {
        return html! { (by_evidence(report)) (pictures) };
    }
    html! {
        (findings(report, "What is proved", "Exact, or enclosed: for all that the sentence says.", story.proved))
        (findings(report, "What is replayed", "Seeded runs, the same bits on every machine: these instances and seeds, and no theorem.", story.replayed))
        (pictures)
        (findings(report, "What goes against the story", "Claims like the others, told by themselves.", story.against))
        (findings(report, "What is not claimed", "", story.not_claimed))
    }
}

fn findings(report: &Report<'_>, heading: &str, meaning: &str, findings: &[Finding]) -> Markup {
    html! {
        @if !findings.is_empty() {
            h3 { (heading) }
            @if !meaning.is_empty() { p.meaning { (meaning) } }
            ul.findings {
                @for finding in findings { li {
                    p { (finding.words) }
                    (doubt(report, finding))
                    (rests_on(report, finding.claims))
                } }
            }
        }
    }
}

/// That a sentence is not borne out by these results, where a claim that it rests on is not Verified or a control of it not Refuted.
fn doubt(report: &Report<'_>, finding: &Finding) -> Markup {
    let stands = |outcomes: &Outcomes| outcomes.check.verdict() == Verdict::Verified && outcomes.controls_fail();
    let known = finding.claims.iter().filter_map(|id| report.claim(id));
    let open: Vec<&str> =
        known.filter(|reported| !reported.outcomes().is_some_and(stands)).map(|reported| reported.claim.id).collect();
    html! {
        @if report.profile.draws_conclusions() && !open.is_empty() {
            p.verdict.Refuted { "These results do not bear it out: " (open.join(", ")) "." }
        }
    }
}

/// The claims that a sentence rests on, with the first of what each found.
fn rests_on(report: &Report<'_>, ids: &[&str]) -> Markup {
    let claims = ids.iter().filter_map(|id| report.claim(id));
    html! {
        @if !ids.is_empty() {
            ul.rests { @for reported in claims { li {
                (link(reported)) " " (verdict(reported, report.profile)) " (" (evidence(reported.claim.evidence)) ") " (first(reported))
            } } }
        }
    }
}

fn link(reported: &Reported<'_>) -> Markup {
    html! { a href={ "#" (reported.claim.id) } { (reported.claim.id) } }
}

/// The first of what was found.
fn first<'a>(reported: &'a Reported<'_>) -> &'a str {
    let condition = reported.outcomes().and_then(|outcomes| outcomes.check.conditions.first());
    condition.map_or("", |condition| &condition.found)
}

/// For a catalogue without words of its own: the claims that are Verified, by what they rest on, and the others.
fn by_evidence(report: &Report<'_>) -> Markup {
    let replayed = |reported: &Reported<'_>| reported.claim.evidence.contains(&Evidence::Replayed);
    let verified = |reported: &Reported<'_>| {
        report.profile.draws_conclusions() && reported.outcomes().is_some_and(|o| o.check.verdict() == Verdict::Verified)
    };
    let ids = |keep: &dyn Fn(&Reported<'_>) -> bool| {
        report.claims.iter().filter(|reported| keep(reported)).map(|reported| reported.claim.id).collect::<Vec<_>>()
    };
    let parts = [
        ("What is exact or enclosed", ids(&|reported| verified(reported) && !replayed(reported))),
        ("What is replayed, or rests on replayed runs as well", ids(&|reported| verified(reported) && replayed(reported))),
        ("What is not verified here", ids(&|reported| !verified(reported))),
    ];
    html! { @for (heading, ids) in parts { @if !ids.is_empty() { h3 { (heading) } (rests_on(report, &ids)) } } }
}

/// What the words of the page mean.
fn reading(profile: Profile) -> Markup {
    html! {
        section aria-labelledby="reading" {
            h2 #reading { "How to read this page" }
            dl {
                dt { "Verified, Refuted, Undecided" }
                dd { "Every condition holds, for what the claim names; at least one certainly fails; or an enclosure straddles a threshold or a run did not end." }
                dt { "control" }
                dd { "The same check on a broken premise. It must come out Refuted: a check that cannot fail shows nothing." }
                dt { "exact, enclosed, replayed" }
                dd {
                    "Below the heading of each column: rational arithmetic, nothing rounded but the printed decimal; a rigorous enclosure, the printed \
                     digits those of the true value; a seeded computation in floats with the same bits on every machine."
                }
                @if !profile.draws_conclusions() {
                    dt { "not judged" }
                    dd { "The profile tiny runs every claim in miniature and compares bytes; it draws no conclusion." }
                }
            }
        }
    }
}

fn overview(report: &Report<'_>) -> Markup {
    let row = |reported: &Reported<'_>| {
        html! {
            tr {
                th scope="row" { (link(reported)) }
                td { (verdict(reported, report.profile)) }
                td { (control(reported, report.profile)) }
                td { (evidence(reported.claim.evidence)) }
                td { (first(reported)) }
            }
        }
    };
    let head = ["claim", "verdict", "controls", "evidence", "the first of what was found"];
    tables::wide(
        "All claims",
        &html! {
            table {
                caption { "Every claim, with the verdict on its check and on its controls" }
                thead { tr { @for name in head { th scope="col" { (name) } } } }
                tbody { @for reported in &report.claims { (row(reported)) } }
            }
        },
    )
}
