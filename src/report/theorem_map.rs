//! From each claim to what it rests on: evidence, notes, formal theorems, the digest of its golden, and the command that checks it.

use serde_json::{Value, json};

use super::results::{Found, Origin, Report, Reported};
use crate::claim::Description;

/// The format of the document; new keys may be added to it, and none changes its meaning.
pub const FORMAT: u64 = 1;

/// The whole document, with a line break at its end: a function of the results and the sources, as the page is.
pub fn document(report: &Report<'_>) -> String {
    let root = match &report.origin {
        Origin::Goldens { root, .. } => Some(root),
        Origin::Check => None,
    };
    let map = json!({
        "format": FORMAT,
        "program": report.program,
        "profile": report.profile.name(),
        "root": root,
        "claims": report.claims.iter().map(|reported| claim(report, reported)).collect::<Vec<_>>(),
    });
    format!("{map:#}\n")
}

fn claim(report: &Report<'_>, reported: &Reported<'_>) -> Value {
    let claim = &reported.claim;
    let judged = |word: String| report.profile.draws_conclusions().then_some(word);
    let digest = reported.digest.as_ref().map(|digest| json!({ "numbers": digest.numbers, "prose": digest.prose }));
    json!({
        "id": claim.id,
        claim.source.label: claim.sentence,
        "verdict": reported.outcomes().and_then(|outcomes| judged(outcomes.check.verdict().to_string())),
        "controls": reported.outcomes().and_then(|outcomes| judged(outcomes.control_verdict().to_string())),
        "not_checked": (reported.found == Found::NotChecked).then_some(super::FULL_ONLY),
        "evidence": claim.evidence.iter().map(|e| e.to_string()).collect::<Vec<_>>(),
        "missing": claim.missing,
        "notes": notes(claim),
        "theorems": claim.theorems,
        "golden": digest.map(|digest| json!({ "file": format!("{}/{}", report.profile.name(), claim.golden_name()), "digest": digest })),
        "command": report.command(claim.id),
    })
}

/// The notes that its texts name, in order: words that begin with `proofs/` and end with `.md`.
fn notes(claim: &Description<'_>) -> Vec<String> {
    let texts = [claim.statement, claim.method].into_iter().chain(claim.controls.iter().copied());
    let mut notes: Vec<String> = texts.flat_map(notes_in).collect();
    notes.sort();
    notes.dedup();
    notes
}

fn notes_in(text: &str) -> impl Iterator<Item = String> {
    let ends = text.split("proofs/").skip(1).filter_map(|rest| rest.split_once(".md"));
    ends.filter(|(name, _)| !name.contains(char::is_whitespace)).map(|(name, _)| format!("proofs/{name}.md"))
}

#[cfg(test)]
mod tests {
    use super::super::page::tests::report;
    use super::*;

    #[test]
    fn a_claim_leads_to_its_evidence_and_back() {
        let map: Value = serde_json::from_str(&document(&report())).unwrap();
        let claim = &map["claims"][0];
        assert_eq!(claim["id"], "made.up");
        assert_eq!(claim["evidence"], json!(["Exact", "Replayed"]));
        assert_eq!(claim["theorems"], json!(["sum_of_odd"]));
        assert_eq!(claim["golden"]["file"], "quick/made.up.txt");
        assert_eq!(claim["golden"]["digest"]["numbers"], "11");
        assert_eq!(claim["command"], "made check made.up --profile quick");
        assert_eq!(map["root"], "00");
    }

    #[test]
    fn notes_are_found_where_they_are_named() {
        let text = "Lemma 1, proofs/dimension-bound.md. The (proofs/a/b.md) and proofs/coq, and proofs/certificates by hand.md";
        assert_eq!(notes_in(text).collect::<Vec<_>>(), ["proofs/dimension-bound.md", "proofs/a/b.md"]);
    }
}
