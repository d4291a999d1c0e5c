//! The numbers of a golden, written.

use super::super::{Outcome, Outcomes, Profile, Table, Verdict};
use crate::layout::aligned;

/// What was found: conditions and tables of the check and of each control, then the verdicts, where the profile draws conclusions.
pub fn render(outcomes: &Outcomes, profile: Profile) -> String {
    let count = outcomes.controls.len();
    let controls = outcomes.controls.iter().enumerate().map(|(index, control)| (control_title(index, count), control));
    let parts = std::iter::once(("check".to_string(), &outcomes.check)).chain(controls);
    let sections: String = parts.map(|(title, part)| format!("{title}\n{}\n", outcome(part, profile))).collect();
    sections + &conclusion(outcomes, profile)
}

/// `control`, numbered from 1 where there are several.
pub fn control_title(index: usize, count: usize) -> String {
    if count > 1 { format!("control {}", index + 1) } else { "control".into() }
}

/// The word for what came of a check: the verdict, where the profile draws conclusions.
pub fn verdict_word(verdict: Verdict, profile: Profile) -> &'static str {
    if profile.draws_conclusions() { verdict.name() } else { "not judged" }
}

/// The conditions and the tables of an outcome, indented; verdicts only where the profile draws conclusions.
pub fn outcome(outcome: &Outcome, profile: Profile) -> String {
    let conditions = outcome.conditions.iter().map(|c| {
        let verdict = if profile.draws_conclusions() { c.verdict.name() } else { "compared" };
        let (key, requires, found) = (&c.key, &c.requires, &c.found);
        format!("  {verdict:9}  {key}\n             requires  {requires}\n             found     {found}\n")
    });
    conditions.chain(outcome.tables.iter().map(table)).collect()
}

fn table(table: &Table) -> String {
    let names = table.columns().iter().map(|column| column.name.clone()).collect();
    let kinds = table.columns().iter().map(|column| column.kind.name().to_string()).collect();
    let rows: Vec<Vec<String>> = [names, kinds].into_iter().chain(table.rows().iter().cloned()).collect();
    let lines: String = aligned(&rows).iter().map(|line| format!("    {line}\n")).collect();
    format!("\n  {}\n{lines}", table.title())
}

fn conclusion(outcomes: &Outcomes, profile: Profile) -> String {
    match profile.draws_conclusions() {
        true => format!("verdict  {}\ncontrol  {}\n", outcomes.check.verdict(), outcomes.control_verdict()),
        false => format!("The profile {} draws no conclusion.\n", profile.name()),
    }
}
