//! What a golden says about its claim, and nothing that was found.

use super::super::{Description, Evidence, Profile};
use crate::layout::{WIDTH, one_line, wrapped};

/// What is claimed, on what evidence, how it is checked, and what each control breaks.
pub fn prose(claim: &Description<'_>, profile: Profile) -> String {
    let sections = [("statement", indented(claim.statement)), ("method", indented(claim.method)), controls(claim)];
    let shown = sections.iter().filter(|(_, body)| !body.is_empty());
    shown.fold(head(claim, profile), |text, (title, body)| format!("{text}\n{title}\n{body}"))
}

/// `Exact + Replayed`.
pub fn evidence(evidence: &[Evidence]) -> String {
    evidence.iter().map(Evidence::to_string).collect::<Vec<_>>().join(" + ")
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

/// What each control breaks, numbered where there are several.
fn controls(claim: &Description<'_>) -> (&'static str, String) {
    match claim.controls[..] {
        [breaks] => ("control", indented(breaks)),
        ref several => {
            let numbered = several.iter().enumerate().map(|(index, breaks)| indented(&format!("{}. {breaks}", index + 1)));
            ("controls", numbered.collect())
        }
    }
}

fn indented(text: &str) -> String {
    wrapped(text, "  ", WIDTH)
}
