//! The outcome of `check` as JSON: a function of the sources and the profile, without clock, job count, host or path. The schema is in
//! [`_docs::json`](crate::_docs::json).

use serde_json::{Value, json};

use super::FULL_ONLY;
use crate::claim::{self, Kind, Outcome, Outcomes, Profile, Table};
use crate::comparison::{Entry, Golden};

/// The format of the document; new keys may be added to it, and none changes its meaning.
pub const FORMAT: u64 = 3;

/// The integers that every reader of JSON holds exactly lie between this and its negative.
const LARGEST_INTEGER: u64 = 1 << 53;

/// The whole document, with a line break at its end. `goldens` tells what is wrong with the set as a whole; empty when in order.
pub fn check(entries: &[Entry<'_>], profile: Profile, goldens: &[String]) -> String {
    let document = json!({
        "format": FORMAT,
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
    value["never_refuted"] = json!(profile.draws_conclusions().then(|| outcomes.never_refuted()));
    value["golden"] = json!({ "status": golden.status.word(), "difference": golden.difference });
}

fn outcome(outcome: &Outcome, profile: Profile) -> Value {
    let judged = |verdict: String| profile.draws_conclusions().then_some(verdict);
    json!({
        "verdict": judged(outcome.verdict().to_string()),
        "conditions": outcome.conditions.iter().map(|c| json!({
            "key": c.key,
            "requires": c.requires,
            "found": c.found,
            "verdict": judged(c.verdict.to_string()),
        })).collect::<Vec<_>>(),
        "tables": outcome.tables.iter().map(table).collect::<Vec<_>>(),
    })
}

fn table(table: &Table) -> Value {
    let column = |c: &claim::Column| json!({ "name": c.name, "kind": c.kind.name() });
    let cells = |row: usize| (0..table.columns().len()).filter_map(|c| table.value(row, c)).map(|v| cell(&v)).collect::<Vec<_>>();
    json!({
        "title": table.title(),
        "columns": table.columns().iter().map(column).collect::<Vec<_>>(),
        "rows": (0..table.rows().len()).map(cells).collect::<Vec<_>>(),
    })
}

/// Words as a string; a number as a number, or, where a double would lose some of it, as its text beside the nearest double.
fn cell(value: &claim::Value) -> Value {
    let (text, double) = (value.as_str(), value.approximate().filter(|x| x.is_finite()));
    match (value.kind(), text.parse::<i64>()) {
        (Kind::Text, _) => json!(text),
        (_, Ok(integer)) if integer.unsigned_abs() <= LARGEST_INTEGER => json!(integer),
        _ if is_decimal(text) && double.is_some_and(|x| x.is_normal() || is_zero(text)) => json!(double),
        _ => json!({ "text": text, "double": double }),
    }
}

/// Returns whether a number is written with a decimal point or an exponent; integers and fractions are not, and have no error.
fn is_decimal(text: &str) -> bool {
    text.contains(['.', 'e', 'E'])
}

/// Returns whether all digits of a decimal are zero.
fn is_zero(decimal: &str) -> bool {
    let digits = decimal.split(['e', 'E']).next().unwrap_or(decimal);
    !digits.contains(|c| matches!(c, '1'..='9'))
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

    #[test]
    fn cells_are_numbers_where_doubles_hold_them() {
        let cases = [
            (claim::Value::text("0.25"), json!("0.25")),
            (claim::Value::from(-7), json!(-7)),
            (claim::Value::from(1u64 << 53), json!(1u64 << 53)),
            (claim::Value::from((1u64 << 53) + 1), json!({ "text": "9007199254740993", "double": 9007199254740992.0 })),
            (claim::Value::exact("1/4"), json!({ "text": "1/4", "double": 0.25 })),
            (claim::Value::exact("0.3333333333"), json!(0.3333333333)),
            (claim::Value::enclosed("2.50e-8"), json!(2.5e-8)),
            (claim::Value::enclosed("2.50e400"), json!({ "text": "2.50e400", "double": null })),
            (claim::Value::enclosed("-2.50e-400"), json!({ "text": "-2.50e-400", "double": -0.0 })),
            (claim::Value::enclosed("0.0e-9"), json!(0.0)),
            (claim::Value::replayed("absent"), json!("absent")),
            (claim::Value::exact(""), json!("")),
        ];
        for (value, expected) in cases {
            assert_eq!(cell(&value), expected, "{value:?}");
        }
        let [huge, tiny] = ["9".repeat(400), format!("1/{}", "9".repeat(400))].map(|text| cell(&claim::Value::exact(text)));
        assert_eq!((&huge["double"], &tiny["double"]), (&Value::Null, &json!(0.0)));
    }

    /// The example of the page is a document that this module writes.
    #[test]
    fn the_documented_example_is_what_is_written() {
        let page = include_str!("../_docs/json.md");
        let example = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the page has an example");
        assert_eq!(check(&entries()[..1], Profile::Quick, &[]), example);
    }
}
