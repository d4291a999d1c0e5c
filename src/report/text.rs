//! The golden text of a claim: stable, readable, one row a line.

use super::table::{aligned, wrapped};
use super::{Outcomes, verdict_word};
use crate::claim::{Claim, Evidence, Outcome, Profile, Table};

/// Prose is wrapped to this many characters.
pub(super) const WIDTH: usize = 110;

/// The whole text of a claim's golden.
pub fn golden(claim: &Claim, profile: Profile, outcomes: &Outcomes) -> String {
    let mut text = head(claim, profile);
    text += &section("statement", &wrapped(claim.statement, "  ", WIDTH));
    text += &section("method", &wrapped(claim.method, "  ", WIDTH));
    text += &section("check", &outcome(&outcomes.check, profile));
    text += &section("control", &(wrapped(claim.control, "  ", WIDTH) + "\n" + &outcome(&outcomes.control, profile)));
    text + &conclusion(profile, outcomes)
}

/// `Exact + Replayed`.
pub fn evidence(evidence: &[Evidence]) -> String {
    evidence.iter().map(Evidence::to_string).collect::<Vec<_>>().join(" + ")
}

/// The conditions and the tables of an outcome, indented; verdicts only where the profile draws conclusions.
pub fn outcome(outcome: &Outcome, profile: Profile) -> String {
    let conditions = outcome.conditions.iter().map(|c| {
        let verdict = if profile.draws_conclusions() { c.verdict.to_string() } else { "compared".into() };
        format!("  {verdict:9}  {}\n             found {}\n", one_line(&c.requires), one_line(&c.found))
    });
    conditions.chain(outcome.tables.iter().map(table)).collect()
}

fn head(claim: &Claim, profile: Profile) -> String {
    let lines = [
        ("claim", claim.id.to_string()),
        ("abstract", claim.sentence.to_string()),
        ("profile", profile.name().to_string()),
        ("evidence", evidence(claim.evidence)),
        ("missing", one_line(claim.missing)),
        ("theorems", claim.theorems.join(", ")),
    ];
    lines.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name:8}  {value}\n")).collect()
}

fn section(title: &str, body: &str) -> String {
    format!("\n{title}\n{body}")
}

fn table(table: &Table) -> String {
    let cells = |row: &Vec<String>| row.iter().map(|cell| one_line(cell)).collect();
    let rows: Vec<Vec<String>> = std::iter::once(&table.columns).chain(&table.rows).map(cells).collect();
    let lines: String = aligned(&rows).iter().map(|line| format!("    {line}\n")).collect();
    format!("\n  {}\n{lines}", one_line(&table.title))
}

fn conclusion(profile: Profile, outcomes: &Outcomes) -> String {
    match profile.draws_conclusions() {
        true => format!(
            "\nverdict  {}\ncontrol  {}\n",
            verdict_word(&outcomes.check, profile),
            verdict_word(&outcomes.control, profile)
        ),
        false => format!("\nThe profile {} draws no conclusion.\n", profile.name()),
    }
}

/// A row stays on its line, whatever a cell holds.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::claim::{Condition, Verdict};

    /// A made-up claim.
    pub const CLAIM: Claim = Claim {
        id: "made.up",
        sentence: "(b)",
        statement: "The sum of the first n odd numbers is n^2, for n = 1 and 2.",
        method: "By addition.",
        control: "One of the numbers is even; a < b & \"c\".",
        evidence: &[Evidence::Exact, Evidence::Replayed],
        missing: "Enclosed",
        theorems: &["sum_of_odd"],
        full_only: false,
        cells: |_| Vec::new(),
        check: |_, _| Ok(outcomes().check),
        broken: |_, _| Ok(outcomes().control),
    };

    /// Outcomes of the made-up claim.
    pub fn outcomes() -> Outcomes {
        let one = |found: &str, holds: bool| Outcome {
            conditions: vec![Condition { requires: "sum = n^2".into(), found: found.into(), verdict: holds.into() }],
            tables: vec![Table {
                title: "sums".into(),
                columns: vec!["n".into(), "sum".into()],
                rows: vec![vec!["1".into(), "1".into()], vec!["2".into(), found.into()]],
            }],
        };
        Outcomes { check: one("4", true), control: one("5", false) }
    }

    #[test]
    fn the_text_of_a_judged_claim() {
        insta::assert_snapshot!(golden(&CLAIM, Profile::Quick, &outcomes()), @r#"
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

        check
          Verified   sum = n^2
                     found 4

          sums
            n  sum
            1  1
            2  4

        control
          One of the numbers is even; a < b & "c".

          Refuted    sum = n^2
                     found 5

          sums
            n  sum
            1  1
            2  5

        verdict  Verified
        control  Refuted
        "#);
    }

    #[test]
    fn the_tiny_profile_has_no_verdict() {
        let text = golden(&CLAIM, Profile::Tiny, &outcomes());
        for verdict in [Verdict::Verified, Verdict::Refuted, Verdict::Undecided] {
            assert!(!text.contains(&verdict.to_string()), "{text}");
        }
        assert!(text.ends_with("\nThe profile tiny draws no conclusion.\n"), "{text}");
    }

    #[test]
    fn a_line_break_in_a_cell_does_not_break_the_row() {
        let mut outcomes = outcomes();
        outcomes.check.tables[0].rows[0][0] = "1\n1".into();
        assert!(golden(&CLAIM, Profile::Quick, &outcomes).contains("    1 1  1\n"));
    }
}
