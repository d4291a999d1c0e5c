//! Tables and conditions.

use maud::{Markup, html};

use crate::claim::{Condition, Outcome, Outcomes, Profile, Table, Verdict};

/// A longer table is folded.
const FOLDED: usize = 16;

/// What may be wider than the page scrolls by itself, also from the keyboard.
pub fn wide(name: &str, content: &Markup) -> Markup {
    html! { div.wide role="group" aria-label=(name) tabindex="0" { (content) } }
}

/// The tables of an outcome.
pub fn tables(outcome: &Outcome) -> Markup {
    html! { @for table in &outcome.tables { (folded(table)) } }
}

/// A table; a long one folded under its title.
fn folded(table: &Table) -> Markup {
    match table.rows().len() {
        rows if rows > FOLDED => html! { details { summary { (table.title()) " (" (rows) " rows)" } (of(table)) } },
        _ => of(table),
    }
}

fn of(table: &Table) -> Markup {
    wide(
        table.title(),
        &html! {
            table {
                caption { (table.title()) }
                thead { tr { @for column in table.columns() {
                    th scope="col" { (column.name) @if !table.rows().is_empty() { " " small { (column.kind.name()) } } }
                } } }
                tbody { @for row in table.rows() { tr { @for cell in row { td { (cell) } } } } }
            }
        },
    )
}

/// What was required and found, with the controls in which it fails; `outcomes` are those of the claim, none for the conditions of a control.
pub fn conditions(title: &str, outcome: &Outcome, outcomes: Option<&Outcomes>, profile: Profile) -> Markup {
    let row = |condition: &Condition| {
        html! {
            tr {
                td { (word(condition.verdict, profile)) }
                td { (condition.requires) }
                td { (condition.found) }
                @if let Some(outcomes) = outcomes { td { (fails_in(condition, outcomes)) } }
            }
        }
    };
    wide(
        title,
        &html! {
            table.conditions {
                caption { (title) }
                thead { tr {
                    th scope="col" { "verdict" } th scope="col" { "required" } th scope="col" { "found" }
                    @if outcomes.is_some() { th scope="col" { "fails in control" } }
                } }
                tbody { @for condition in &outcome.conditions { (row(condition)) } }
            }
        },
    )
}

/// The verdict in its colour, or that nothing is concluded.
pub fn word(verdict: Verdict, profile: Profile) -> Markup {
    match profile.draws_conclusions() {
        true => html! { span class={ "verdict " (verdict.name()) } { (verdict.name()) } },
        false => html! { span.verdict { "not judged" } },
    }
}

/// The numbers of the controls that refute a condition of this key.
fn fails_in(condition: &Condition, outcomes: &Outcomes) -> String {
    let refutes = |c: &Condition| c.verdict == Verdict::Refuted && c.keys().any(|key| key == condition.key);
    let failing = outcomes.controls.iter().enumerate().filter(|(_, control)| control.conditions.iter().any(refutes));
    let numbers: Vec<String> = failing.map(|(index, _)| (index + 1).to_string()).collect();
    match (numbers.is_empty(), condition.is_of_apparatus()) {
        (true, true) => "none: it checks the apparatus".into(),
        (true, false) => "none".into(),
        (false, _) => numbers.join(", "),
    }
}
