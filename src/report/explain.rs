//! What is claimed, how it is checked, and what would refute it.

use std::collections::BTreeSet;

use crate::claim::text::{control_title, evidence};
use crate::claim::{Condition, Description, Evidence, Outcomes, Verdict};
use crate::layout::{Look, WIDTH, aligned, fitted, one_line, wrapped};

/// Of the list, the column that goes where lines are short.
const EVIDENCE: usize = 2;

/// Every claim on a line.
pub fn list(claims: &[Description<'_>], look: Look) -> String {
    let label = claims.first().map_or("source", |c| c.source.label);
    let head = ["claim", label, "evidence", "statement"].map(String::from).to_vec();
    let row = |c: &Description<'_>| vec![c.id.to_string(), c.sentence.to_string(), evidence(c.evidence), beginning(c.statement)];
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(claims.iter().map(row)).collect();
    let rows = look.width.map_or_else(|| rows.clone(), |width| fitted(rows.clone(), width, EVIDENCE));
    aligned(&rows).iter().map(|line| format!("{line}\n")).collect()
}

/// All there is to know about a claim without running it: what was `stored` when it was last blessed, if that is at hand; `goldens`
/// names its golden files, `command` runs only it. Lines are as long as the place allows, and no longer than is good to read.
pub fn explain(claim: &Description<'_>, stored: Option<&Outcomes>, goldens: &[String], command: &str, look: Look) -> String {
    let one = |text: &str| vec![text.to_string()];
    let sentences = claim.source.sentences.iter().filter(|s| claim.sentence.contains(s.0));
    let refuting = stored.map_or(Vec::new(), requirements).into_iter().chain(one(refutation(claim.evidence)));
    let sections: [(&str, Vec<String>); 12] = [
        ("statement", one(claim.statement)),
        (claim.source.heading, sentences.map(|(label, words)| format!("{label} {words}")).collect()),
        ("how it is checked", one(claim.method)),
        ("notation", notation(claim)),
        ("what would refute it", refuting.collect()),
        ("negative controls: the same check on a broken premise, which must come out Refuted", controls(claim)),
        ("evidence", claim.evidence.iter().map(meaning).collect()),
        ("evidence that is still missing", one(claim.missing)),
        ("formal theorems cited beside the evidence", claim.theorems.iter().map(|t| format!("{t}, in proofs/coq")).collect()),
        ("goldens", goldens.to_vec()),
        ("profiles", one(profiles(claim))),
        ("to run only this claim", one(command)),
    ];
    let width = look.width.map_or(WIDTH, |width| width.min(WIDTH));
    let body = |paragraphs: &[String]| paragraphs.iter().map(|text| wrapped(text, "  ", width)).collect::<String>();
    let shown = sections.iter().map(|(title, paragraphs)| (title, body(paragraphs))).filter(|(_, body)| !body.is_empty());
    shown.fold(format!("{}\n", claim.id), |text, (title, body)| format!("{text}\n{title}\n{body}"))
}

/// The terms that its texts use.
fn notation(claim: &Description<'_>) -> Vec<String> {
    let texts = [claim.statement, claim.method].into_iter().chain(claim.controls.iter().copied()).collect::<Vec<_>>().join("\n");
    let used = claim.source.notation.iter().filter(|term| term.is_used_in(&texts));
    used.map(|term| format!("{}: {}", term.name, term.meaning)).collect()
}

/// What each control breaks, numbered where there are several.
fn controls(claim: &Description<'_>) -> Vec<String> {
    let several = claim.controls.len() > 1;
    let line = |(index, breaks): (usize, &&str)| match several {
        true => format!("{}. {breaks}", index + 1),
        false => (*breaks).to_string(),
    };
    claim.controls.iter().enumerate().map(line).collect()
}

/// What the conditions of the check require, a line for each key, with the controls on whose premise it fails.
fn requirements(stored: &Outcomes) -> Vec<String> {
    let mut keys: Vec<&str> = stored.check.conditions.iter().map(|c| c.key.as_str()).collect();
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(*key));
    keys.iter().map(|key| requirement(stored, key)).collect()
}

fn requirement(stored: &Outcomes, key: &str) -> String {
    let mut same = stored.check.conditions.iter().filter(|c| c.key == key);
    let first = same.next().map_or(key, |c| c.requires.as_str());
    let more = match same.count() {
        0 => String::new(),
        n => format!(" (and {n} more of this kind)"),
    };
    let refutes = |c: &Condition| c.verdict == Verdict::Refuted && c.keys().any(|k| k == key);
    let controls = stored.controls.iter().enumerate().filter(|(_, control)| control.conditions.iter().any(refutes));
    let controls: Vec<String> = controls.map(|(index, _)| control_title(index, stored.controls.len())).collect();
    let fails = if controls.is_empty() { String::new() } else { format!("; it fails in {}", controls.join(", ")) };
    format!("required: {first}{more}{fails}")
}

fn profiles(claim: &Description<'_>) -> &'static str {
    match claim.full_only {
        true => "It takes too long for the profile quick, which shows it as `full only`; the profile full checks it.",
        false => "",
    }
}

fn refutation(evidence: &[Evidence]) -> &'static str {
    match evidence.contains(&Evidence::Enclosed) {
        true => {
            "Any of the check's requirements that certainly fails refutes the claim. Where an enclosure straddles a threshold, or a \
             run did not finish, it is Undecided."
        }
        false => "Any of the check's requirements that fails refutes the claim; a run that did not finish leaves it Undecided.",
    }
}

fn meaning(evidence: &Evidence) -> String {
    let words = match evidence {
        Evidence::Exact => "integer or rational arithmetic, nothing rounded",
        Evidence::Enclosed => "a rigorous enclosure, printed as correctly rounded decimals of the true real number",
        Evidence::Replayed => {
            "seeded runs, the same bits on every machine: it supports a statement about these runs, never a theorem"
        }
    };
    format!("{evidence}: {words}")
}

/// The first words of a statement.
fn beginning(statement: &str) -> String {
    let statement = one_line(statement);
    let mut words = statement.split(' ').scan(0, |used, word| {
        *used += word.chars().count() + 1;
        (*used <= 90).then_some(word)
    });
    let shown = words.by_ref().collect::<Vec<_>>().join(" ");
    if shown.len() < statement.len() { shown + " ..." } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::text::tests::{description, outcomes};

    #[test]
    fn a_claim_explained() {
        insta::assert_snapshot!(explain(&description(), Some(&outcomes()), &["golden/quick/made.up.txt".into()], "bfc check made.up", Look::default()), @r#"
        made.up

        statement
          The sum of the first n odd numbers is n^2, for n = 1 and 2.

        sentence of the source
          (b) odd numbers add up to squares

        how it is checked
          By addition.

        notation
          n: how many numbers are added

        what would refute it
          required: sum = n^2; it fails in control
          Any of the check's requirements that fails refutes the claim; a run that did not finish leaves it Undecided.

        negative controls: the same check on a broken premise, which must come out Refuted
          One of the numbers is even; a < b & "c".

        evidence
          Exact: integer or rational arithmetic, nothing rounded
          Replayed: seeded runs, the same bits on every machine: it supports a statement about these runs, never a
          theorem

        evidence that is still missing
          Enclosed

        formal theorems cited beside the evidence
          sum_of_odd, in proofs/coq

        goldens
          golden/quick/made.up.txt

        to run only this claim
          bfc check made.up
        "#);
    }

    #[test]
    fn a_list() {
        insta::assert_snapshot!(list(&[description()], Look::default()), @r"
        claim    abstract  evidence          statement
        made.up  (b)       Exact + Replayed  The sum of the first n odd numbers is n^2, for n = 1 and 2.
        ");
    }

    #[test]
    fn a_long_statement_is_cut_between_words() {
        let long = beginning(&"word ".repeat(40));
        assert!(long.ends_with("word ...") && long.chars().count() < 100, "{long}");
    }

    #[test]
    fn lines_are_as_long_as_the_place_allows() {
        let told = |width| {
            let look = Look { width, ..Look::default() };
            explain(&description(), Some(&outcomes()), &[], "bfc check made.up", look)
        };
        let longest = |text: &str| text.lines().filter(|line| line.starts_with("  ")).map(|line| line.chars().count()).max();
        let prose = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
        assert!(longest(&told(Some(60))) <= Some(60), "{}", told(Some(60)));
        assert!(longest(&told(None)) > Some(60) && told(None) == told(Some(1000)));
        assert_eq!(prose(&told(Some(60))), prose(&told(None)));
    }
}
