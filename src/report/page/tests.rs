//! What the page of a made-up claim says, and what no page has.

use super::*;
use crate::claim::text::tests::{description, outcomes};
use crate::claim::{Finding, Profile, Sources, Story};
use crate::report::results::{Digest, Found, Origin, Reported};

/// A report on the made-up claim.
pub fn report() -> Report<'static> {
    let digest = Digest { prose: "10".into(), numbers: "11".into() };
    let found = Found::Outcomes(outcomes());
    Report {
        program: "made",
        about: "Checks made-up claims.",
        story: Story::NONE,
        profile: Profile::Quick,
        origin: Origin::Goldens { root: "00".into(), command: "made bless".into(), version: "0.1.0".into() },
        sources: Sources(&[("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n")]),
        claims: vec![Reported { claim: description(), found, golden: String::new(), digest: Some(digest) }],
    }
}

fn page(report: &Report<'_>) -> String {
    document(report, Sheet::Inside).unwrap()
}

#[test]
fn a_claim_has_all_its_parts() {
    let text = page(&report());
    for part in [
        "<h3 id=\"made.up\">made.up <span class=\"verdict Verified\">Verified</span></h3>",
        "The sum of the first n odd numbers is n^2, for n = 1 and 2.",
        "By addition.",
        "One of the numbers is even; a &lt; b &amp; &quot;c&quot;.",
        "<td>sum = n^2</td><td>4</td><td>1</td>",
        "Outcome: Refuted, as it must be.",
        "<code>made check made.up --profile quick</code>",
        "<a href=\"#term-0\">n</a>",
        "<code>11</code>",
        "<td>a</td><td>1.2.3</td>",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_story_stands_on_the_first_page_with_what_its_claims_found() {
    const TOLD: &[Finding] = &[Finding { words: "Odd numbers < add up.", claims: &["made.up"] }];
    let mut report = report();
    assert!(page(&report).contains("What is replayed, or rests on replayed runs as well"));
    report.story = Story { title: "Sums", proved: TOLD, ..Story::NONE };
    let text = page(&report);
    assert!(text.contains("<h1>Sums</h1>") && text.contains("<h3>What is proved</h3>"));
    assert!(text.contains("Odd numbers &lt; add up.</p><ul class=\"rests\"><li><a href=\"#made.up\">made.up</a>"), "{text}");
    assert!(text.contains("1 claim, profile quick: 1 Verified. Every control is Refuted, as it must be."));
    assert!(!text.contains("What is not claimed") && !text.contains("What is replayed"));
}

/// What is told as proved says so itself where the results are others.
#[test]
fn a_finding_that_is_not_borne_out_says_so() {
    const TOLD: &[Finding] = &[Finding { words: "Odd numbers add up.", claims: &["made.up"] }];
    let mut report = report();
    report.story = Story { title: "Sums", proved: TOLD, ..Story::NONE };
    let doubt = "These results do not bear it out: made.up.";
    assert!(!page(&report).contains(doubt));
    let (mut refuted, mut dead) = (outcomes(), outcomes());
    refuted.check = refuted.controls[0].clone();
    dead.controls = vec![dead.check.clone()];
    for found in [Found::Outcomes(refuted), Found::Outcomes(dead), Found::NotChecked, Found::Failed("x".into())] {
        report.claims[0].found = found;
        assert!(page(&report).contains(doubt));
    }
}

#[test]
fn a_control_that_is_not_refuted_is_shown_as_a_fault() {
    let mut report = report();
    let mut dead = outcomes();
    dead.controls = vec![dead.check.clone()];
    report.claims[0].found = Found::Outcomes(dead);
    assert!(page(&report).contains("Verified, expected Refuted"));
    assert!(page(&report).contains("<td>4</td><td>none</td>"));
}

#[test]
fn what_was_not_judged_is_never_called_verified() {
    let mut report = report();
    report.profile = Profile::Tiny;
    let shown = |report: &Report<'_>| page(report).split("<main").nth(1).unwrap().replace("Verified, Refuted, Undecided", "");
    assert!(!shown(&report).contains("Verified"), "{}", page(&report));
    report.profile = Profile::Quick;
    for found in [Found::NotChecked, Found::Missing, Found::Failed("a <fault>".into())] {
        report.claims[0].found = found;
        assert!(!shown(&report).contains("Verified"));
    }
    assert!(shown(&report).contains("It could not be checked: a &lt;fault&gt;"));
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_runs() {
    for (sheet, linked) in [(Sheet::Inside, false), (Sheet::Beside, true)] {
        let text = document(&report(), sheet).unwrap();
        for part in ["<script", " style=", "http:", "https:", "@import", "url(", " onclick"] {
            assert!(!text.contains(part), "{part}");
        }
        assert_eq!(text.contains("<style>"), !linked);
        assert_eq!(text.contains("href=\"style.css\""), linked);
    }
}

#[test]
fn every_link_has_a_place() {
    let text = page(&report());
    for target in text.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(text.contains(&format!("id=\"{target}\"")), "{target}");
    }
}
