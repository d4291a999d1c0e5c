//! The outcome of `check` as JSON: a function of the sources and the profile, without clock, job count, host or path.

use serde_json::{Value, json};

use super::FULL_ONLY;
use crate::claim::{Outcome, Outcomes, Profile};
use crate::comparison::{Entry, Golden};

/// The whole document, with a line break at its end. `goldens` tells what is wrong with the set as a whole; empty when in order.
pub fn check(entries: &[Entry<'_>], profile: Profile, goldens: &[String]) -> String {
    let document = json!({
        "format": 2,
        "profile": profile.name(),
        "claims": entries.iter().map(|e| claim(e, profile)).collect::<Vec<_>>(),
        "goldens": goldens,
    });
    format!("{document:#}\n")
}

fn claim(entry: &Entry<'_>, profile: Profile) -> Value {
    let claim = &entry.claim;
    let mut value = json!({
        "id": claim.id,
        claim.source.label: claim.sentence,
        "statement": claim.statement,
        "evidence": claim.evidence.iter().map(|e| e.to_string()).collect::<Vec<_>>(),
        "missing": claim.missing,
        "theorems": claim.theorems,
    });
    match &entry.result {
        Some(Ok((outcomes, golden))) => checked(&mut value, outcomes, golden, profile),
        Some(Err(error)) => value["error"] = json!(error.to_string()),
        None => value["not_checked"] = json!(FULL_ONLY),
    }
    value
}

fn checked(value: &mut Value, outcomes: &Outcomes, golden: &Golden, profile: Profile) {
    value["check"] = outcome(&outcomes.check, profile);
    value["controls"] = outcomes.controls.iter().map(|control| outcome(control, profile)).collect();
    value["golden"] = json!({ "status": golden.status.word(), "difference": golden.difference });
}

fn outcome(outcome: &Outcome, profile: Profile) -> Value {
    let judged = |verdict: String| profile.draws_conclusions().then_some(verdict);
    json!({
        "verdict": judged(outcome.verdict().to_string()),
        "conditions": outcome.conditions.iter().map(|c| json!({
            "requires": c.requires,
            "found": c.found,
            "verdict": judged(c.verdict.to_string()),
        })).collect::<Vec<_>>(),
        "tables": outcome.tables.iter().map(|t| json!({
            "title": t.title,
            "columns": t.columns,
            "rows": t.rows,
        })).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::check::tests::entries;
    use super::*;

    #[test]
    fn is_json_and_names_no_place() {
        let text = check(&entries(), Profile::Quick, &[]);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["claims"][0]["check"]["verdict"], "Verified");
        assert_eq!(value["claims"][1]["golden"]["status"], "differs");
        assert_eq!(value["claims"][4]["error"], "the run did not fit");
        assert!(!text.contains("golden/quick"));
    }

    #[test]
    fn the_tiny_profile_has_null_for_a_verdict() {
        let value: Value = serde_json::from_str(&check(&entries(), Profile::Tiny, &[])).unwrap();
        assert_eq!(value["claims"][0]["check"]["verdict"], Value::Null);
        assert_eq!(value["claims"][0]["controls"][0]["conditions"][0]["verdict"], Value::Null);
    }
}
