//! A made-up claim that many tests use, and tests of what its golden says.

#![cfg(test)]

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::claim::{
    Catalogue, Claim, Condition, Control, Description, Evidence, Outcome, Outcomes, Profile, Source, Sources, Story, Table, Term,
    Value, Verdict,
};

/// A made-up claim.
pub const CLAIM: Claim<()> = Claim {
    id: Cow::Borrowed("made.up"),
    sentence: "(b)",
    statement: Cow::Borrowed("The sum of the first n odd numbers is n^2, for n = 1 and 2."),
    method: "By addition.",
    evidence: &[Evidence::Exact, Evidence::Replayed],
    missing: "Enclosed",
    theorems: &["sum_of_odd"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |_| Ok(outcomes().check),
    controls: &[Control { breaks: "One of the numbers is even; a < b & \"c\".", check: |_| Ok(outcomes().controls[0].clone()) }],
};

/// A catalogue of these claims.
pub fn catalogue(claims: Vec<Claim<()>>) -> Catalogue<()> {
    let source = Source {
        label: "abstract",
        heading: "sentence of the source",
        sentences: &[("(b)", "odd numbers add up to squares")],
        notation: &[
            Term { name: "n", spellings: &["n", "n^2"], meaning: "how many numbers are added" },
            Term { name: "k", spellings: &["k"], meaning: "a number that no claim speaks of" },
        ],
    };
    Catalogue { name: "made", about: "Checks made-up claims.", source, story: Story::NONE, claims, sources: Sources(&[]) }
}

/// What people read of the made-up claim.
pub fn description() -> Description<'static> {
    static CLAIMS: std::sync::OnceLock<Catalogue<()>> = std::sync::OnceLock::new();
    let catalogue = CLAIMS.get_or_init(|| catalogue(vec![CLAIM]));
    catalogue.describe(&catalogue.claims[0])
}

/// Outcomes of the made-up claim.
pub fn outcomes() -> Outcomes {
    let one = |found: &str, holds: bool| Outcome {
        conditions: vec![Condition::new("sum equals n^2", "sum = n^2", found, holds)],
        tables: vec![sums(found)],
    };
    Outcomes { check: one("4", true), controls: vec![one("5", false)] }
}

fn sums(found: &str) -> Table {
    let mut table = Table::new("sums", &["n", "sum"]);
    table.push([Value::from(1), Value::exact("1")]);
    table.push([Value::from(2), Value::exact(found)]);
    table
}

#[test]
fn the_prose_of_a_claim() {
    insta::assert_snapshot!(prose(&description(), Profile::Quick), @r#"
    claim     made.up
    abstract  (b)
    profile   quick
    evidence  Exact + Replayed
    missing   Enclosed
    theorems  sum_of_odd

    statement
      The sum of the first n odd numbers is n^2, for n = 1 and 2.

    method
      By addition.

    control
      One of the numbers is even; a < b & "c".
    "#);
}

#[test]
fn several_controls_are_numbered() {
    let mut claim = description();
    claim.controls.push("Another premise.");
    assert!(
        prose(&claim, Profile::Quick)
            .ends_with("\n\ncontrols\n  1. One of the numbers is even; a < b & \"c\".\n  2. Another premise.\n")
    );
    claim.controls.clear();
    assert!(prose(&claim, Profile::Quick).ends_with("\n\nmethod\n  By addition.\n"));
}

#[test]
fn the_numbers_of_a_judged_claim() {
    insta::assert_snapshot!(render(&outcomes(), Profile::Quick), @r"
    check
      Verified   sum equals n^2
                 requires  sum = n^2
                 found     4

      sums
        n        sum
        integer  exact
        1        1
        2        4

    control
      Refuted    sum equals n^2
                 requires  sum = n^2
                 found     5

      sums
        n        sum
        integer  exact
        1        1
        2        5

    verdict  Verified
    control  Refuted
    ");
}

#[test]
fn the_tiny_profile_has_no_verdict() {
    let text = render(&outcomes(), Profile::Tiny);
    for verdict in [Verdict::Verified, Verdict::Refuted, Verdict::Undecided] {
        assert!(!text.contains(&verdict.to_string()), "{text}");
    }
    assert!(text.ends_with("\nThe profile tiny draws no conclusion.\n"), "{text}");
}

#[test]
fn a_line_break_in_a_cell_does_not_break_the_row() {
    let mut outcomes = outcomes();
    outcomes.check.tables[0].push([Value::text("1\n1"), Value::exact("1")]);
    assert!(render(&outcomes, Profile::Quick).contains("    1 1      1\n"));
}

/// Texts that could be taken for something else: titles, kinds, verdicts, blanks, wide and combining characters.
fn words() -> impl Strategy<Value = String> {
    const AWKWARD: [&str; 11] = [
        "",
        "control",
        "check",
        "text exact",
        "verdict  Verified",
        "found     4",
        "ΣΛ é\u{301} 日本",
        "-",
        "\r\n",
        "a\u{a0} b",
        "  ",
    ];
    prop_oneof![prop::sample::select(&AWKWARD[..]).prop_map(String::from), "[ -~]{0,12}", "\\PC{0,6}", "[a-z ]{60,90}"]
}

fn cells() -> impl Strategy<Value = Value> {
    prop_oneof![
        words().prop_map(Value::text),
        words().prop_map(Value::replayed),
        any::<i64>().prop_map(Value::from),
        (any::<i64>(), 1u64..).prop_map(|(p, q)| Value::exact(format!("{p}/{q}"))),
        any::<f64>().prop_map(|x| Value::enclosed(format!("{x:e}"))),
    ]
}

fn table() -> impl Strategy<Value = Table> {
    let shape = (prop::collection::vec(words(), 0..5), 0usize..5);
    let filled = shape.prop_flat_map(|(columns, rows)| {
        let row = prop::collection::vec(cells(), columns.len());
        (words(), Just(columns), prop::collection::vec(row, rows))
    });
    filled.prop_map(|(title, columns, rows)| {
        let mut table = Table::new(title, &columns.iter().map(String::as_str).collect::<Vec<_>>());
        rows.into_iter().for_each(|row| table.push(row));
        table
    })
}

fn outcome_of_anything() -> impl Strategy<Value = Outcome> {
    let verdict = prop::sample::select(&[Verdict::Refuted, Verdict::Undecided, Verdict::Verified][..]);
    let condition = (words(), words(), words(), verdict);
    let condition = condition.prop_map(|(key, requires, found, verdict)| Condition::new(&key, requires, found, verdict));
    let parts = (prop::collection::vec(condition, 0..4), prop::collection::vec(table(), 0..4));
    parts.prop_map(|(conditions, tables)| Outcome { conditions, tables })
}

prop_compose! {
    fn anything()(check in outcome_of_anything(), controls in prop::collection::vec(outcome_of_anything(), 0..4)) -> Outcomes {
        Outcomes { check, controls }
    }
}

proptest! {
    #[test]
    fn what_is_rendered_is_parsed(outcomes in anything()) {
        prop_assert_eq!(&parse(&render(&outcomes, Profile::Full)).unwrap(), &outcomes);
        prop_assert_eq!(parse(&render(&outcomes, Profile::Tiny)).unwrap(), outcomes.without_verdicts());
    }

    /// What is no rendering is refused, whatever was changed; what is parsed is rendered the same.
    #[test]
    fn what_is_not_rendered_so_is_refused(outcomes in anything(), place in any::<prop::sample::Index>(), put in " |\n|x|é") {
        let text = render(&outcomes, Profile::Quick);
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (head, tail) = text.split_at(places[place.index(places.len())]);
        let edited = format!("{head}{put}{tail}");
        if let Ok(other) = parse(&edited) {
            prop_assert_ne!(&other, &outcomes);
            prop_assert_eq!(render(&other, Profile::Quick), edited);
        }
    }
}

#[test]
fn what_is_no_rendering_is_refused_with_its_line() {
    let text = render(&outcomes(), Profile::Quick);
    let cases = [
        (text.replace("found     4", "found  4"), None),
        (text.replacen("exact", "guess", 1), None),
        (text.replace("verdict  Verified", "verdict  Refuted"), Some(23)),
        (text.replace("  1        1", "  1       1"), Some(7)),
        (text[..text.len() - 5].to_string(), Some(24)),
        (String::new(), None),
    ];
    for (edited, line) in cases {
        assert_eq!(parse(&edited).unwrap_err().line(), line, "{edited}");
    }
}
