//! The golden text of a claim: stable, readable, one row a line.

use super::{Description, Evidence, Outcome, Outcomes, Profile, Table};
use crate::layout::{WIDTH, aligned, one_line, wrapped};

/// The whole text of a claim's golden.
pub fn golden(claim: &Description<'_>, profile: Profile, outcomes: &Outcomes) -> String {
    let mut text = head(claim, profile);
    text += &section("statement", &prose(claim.statement));
    text += &section("method", &prose(claim.method));
    text += &section("check", &outcome(&outcomes.check, profile));
    let several = claim.controls.len() > 1;
    for (index, (breaks, control)) in claim.controls.iter().zip(&outcomes.controls).enumerate() {
        let title = if several { format!("control {}", index + 1) } else { "control".into() };
        text += &section(&title, &(prose(breaks) + "\n" + &outcome(control, profile)));
    }
    text + &conclusion(profile, outcomes)
}

fn prose(text: &str) -> String {
    wrapped(text, "  ", WIDTH)
}

/// `Exact + Replayed`.
pub fn evidence(evidence: &[Evidence]) -> String {
    evidence.iter().map(Evidence::to_string).collect::<Vec<_>>().join(" + ")
}

/// The word for what came of a check: the verdict, where the profile draws conclusions.
pub fn verdict_word(verdict: super::Verdict, profile: Profile) -> &'static str {
    if profile.draws_conclusions() { verdict.name() } else { "not judged" }
}

/// The conditions and the tables of an outcome, indented; verdicts only where the profile draws conclusions.
pub fn outcome(outcome: &Outcome, profile: Profile) -> String {
    let conditions = outcome.conditions.iter().map(|c| {
        let verdict = if profile.draws_conclusions() { c.verdict.name() } else { "compared" };
        format!("  {verdict:9}  {}\n             found {}\n", one_line(&c.requires), one_line(&c.found))
    });
    conditions.chain(outcome.tables.iter().map(table)).collect()
}

fn head(claim: &Description<'_>, profile: Profile) -> String {
    let parameters: Vec<String> = claim.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let lines = [
        ("claim", claim.id.to_string()),
        (claim.source.label, claim.sentence.to_string()),
        ("with", parameters.join(", ")),
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
        true => format!("\nverdict  {}\ncontrol  {}\n", outcomes.check.verdict(), outcomes.control_verdict()),
        false => format!("\nThe profile {} draws no conclusion.\n", profile.name()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::borrow::Cow;

    use crate::claim::{Catalogue, Claim, Condition, Control, Source, Sources, Verdict};

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
        controls: &[Control {
            breaks: "One of the numbers is even; a < b & \"c\".",
            check: |_| Ok(outcomes().controls[0].clone()),
        }],
    };

    /// A catalogue of these claims.
    pub fn catalogue(claims: Vec<Claim<()>>) -> Catalogue<()> {
        let source = Source {
            label: "abstract",
            heading: "sentence of the source",
            sentences: &[("(b)", "odd numbers add up to squares")],
        };
        Catalogue { name: "made", about: "Checks made-up claims.", source, claims, sources: Sources(&[]) }
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
            conditions: vec![Condition { requires: "sum = n^2".into(), found: found.into(), verdict: holds.into() }],
            tables: vec![Table {
                title: "sums".into(),
                columns: vec!["n".into(), "sum".into()],
                rows: vec![vec!["1".into(), "1".into()], vec!["2".into(), found.into()]],
            }],
        };
        Outcomes { check: one("4", true), controls: vec![one("5", false)] }
    }

    #[test]
    fn the_text_of_a_judged_claim() {
        insta::assert_snapshot!(golden(&description(), Profile::Quick, &outcomes()), @r#"
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
        let text = golden(&description(), Profile::Tiny, &outcomes());
        for verdict in [Verdict::Verified, Verdict::Refuted, Verdict::Undecided] {
            assert!(!text.contains(&verdict.to_string()), "{text}");
        }
        assert!(text.ends_with("\nThe profile tiny draws no conclusion.\n"), "{text}");
    }

    #[test]
    fn a_line_break_in_a_cell_does_not_break_the_row() {
        let mut outcomes = outcomes();
        outcomes.check.tables[0].rows[0][0] = "1\n1".into();
        assert!(golden(&description(), Profile::Quick, &outcomes).contains("    1 1  1\n"));
    }
}
