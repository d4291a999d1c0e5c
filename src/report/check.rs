//! The table that `check` prints, what lies behind its bad lines, and a summary.

use anstyle::AnsiColor;

use super::FULL_ONLY;
use crate::claim::text::{control_title, evidence, outcome, verdict_word};
use crate::claim::{Description, Outcome, Outcomes, Profile, Verdict};
use crate::comparison::{Entry, Golden};
use crate::layout::{Look, cut, fitted, one_line, painted};

/// A longer cell of the table is cut; the golden and the JSON hold it whole.
const WIDEST_CELL: usize = 60;

/// The columns of the verdict on the check, of that on the controls, of the golden, and of the evidence.
const VERDICT: usize = 1;
const CONTROL: usize = 2;
const GOLDEN: usize = 3;
const EVIDENCE: usize = 4;

/// One line a claim with the first of what was found, and below one for each claim whose evidence is not complete.
pub fn table(entries: &[Entry<'_>], profile: Profile, look: Look) -> String {
    let rows = rows(entries, profile);
    let rows = look.width.map_or_else(|| rows.clone(), |width| fitted(rows.clone(), width, EVIDENCE));
    let paint = |row, column, cell: String| if look.colour && row > 0 { coloured(column, cell) } else { cell };
    painted(&rows, paint).into_iter().map(|line| line + "\n").chain(missing(entries)).collect()
}

/// A cell in the colour of what it says: green for what is in order, red for what is not, yellow for what is open.
fn coloured(column: usize, cell: String) -> String {
    let colour = match (column, cell.trim_end()) {
        (VERDICT, "Verified") | (CONTROL, "Refuted") | (GOLDEN, "equal") => AnsiColor::Green,
        (VERDICT, "Undecided") | (GOLDEN, "reworded") => AnsiColor::Yellow,
        (VERDICT, "Refuted" | "error") | (CONTROL, "Verified" | "Undecided") => AnsiColor::Red,
        (GOLDEN, word) if word != "-" => AnsiColor::Red,
        _ => return cell,
    };
    let style = colour.on_default();
    format!("{style}{cell}{style:#}")
}

/// The cells of the table: its head, and a row a claim.
pub(super) fn rows(entries: &[Entry<'_>], profile: Profile) -> Vec<Vec<String>> {
    let head = ["claim", "verdict", "control", "golden", "evidence", "found"].map(String::from).to_vec();
    std::iter::once(head).chain(entries.iter().map(|e| row(e, profile))).collect()
}

fn missing(entries: &[Entry<'_>]) -> Option<String> {
    let incomplete = entries.iter().map(|e| &e.claim).filter(|c| !c.missing.is_empty());
    let lines: String = incomplete.map(|c| format!("{}: still missing: {}\n", c.id, one_line(c.missing))).collect();
    (!lines.is_empty()).then(|| format!("\n{lines}"))
}

fn row(entry: &Entry<'_>, profile: Profile) -> Vec<String> {
    let claim = &entry.claim;
    let [verdict, control, golden, found] = match &entry.result {
        Some(Ok((outcomes, golden))) => [
            verdict_word(outcomes.check.verdict(), profile).into(),
            verdict_word(outcomes.control_verdict(), profile).into(),
            golden.status.word().to_string(),
            found(&outcomes.check),
        ],
        Some(Err(error)) => ["error".into(), "-".into(), "-".into(), shortened(&error.to_string())],
        None => [FULL_ONLY.into(), "-".into(), "-".into(), "not checked here; --profile full".into()],
    };
    vec![claim.id.into(), verdict, control, golden, evidence(claim.evidence), found]
}

fn found(outcome: &Outcome) -> String {
    outcome.conditions.first().map_or(String::new(), |c| shortened(&c.found))
}

/// On one line of at most [`WIDEST_CELL`] characters.
fn shortened(text: &str) -> String {
    cut(&one_line(text), WIDEST_CELL)
}

/// What stands behind each line that is not in order; with `controls`, every control as well.
pub fn details(entries: &[Entry<'_>], profile: Profile, controls: bool) -> String {
    let behind = |entry: &Entry<'_>| match &entry.result {
        Some(Ok((outcomes, golden))) => detail(&entry.claim, outcomes, golden, profile, controls),
        Some(Err(error)) => format!("{}: could not be checked\n  {error}\n", entry.claim.id),
        None => String::new(),
    };
    let details: String = entries.iter().map(behind).collect();
    if details.is_empty() { details } else { format!("\n{details}") }
}

fn detail(claim: &Description<'_>, outcomes: &Outcomes, golden: &Golden, profile: Profile, controls: bool) -> String {
    let (id, mut text) = (claim.id, String::new());
    if profile.draws_conclusions() {
        text += &doubts(id, &outcomes.check);
    }
    if profile.draws_conclusions() {
        text += &doubtful_controls(claim, outcomes);
        text += &never_refuted(claim.id, outcomes);
    }
    if !golden.is_equal() {
        let legend = if golden.difference.is_empty() { "" } else { "  (- stored, + found now)\n" };
        text += &format!("{id}: the golden {} ({})\n{legend}{}", golden.status, golden.place, indented(&golden.difference));
    }
    if controls {
        for (index, control) in outcomes.controls.iter().enumerate() {
            text += &format!("{id}: {}\n{}", control_title(index, claim.controls.len()), outcome(control, profile));
        }
    }
    text
}

fn doubtful_controls(claim: &Description<'_>, outcomes: &Outcomes) -> String {
    if outcomes.controls.is_empty() {
        return format!("{}: it has no control: a check that cannot fail shows nothing\n", claim.id);
    }
    let doubtful = outcomes.controls.iter().enumerate().filter(|(_, c)| c.verdict() != Verdict::Refuted);
    let line = |(index, control): (usize, &Outcome)| {
        let (which, verdict) = (control_title(index, claim.controls.len()), control.verdict());
        format!("{}: the {which} came out {verdict}, expected Refuted: a check that cannot fail shows nothing\n", claim.id)
    };
    doubtful.map(line).collect()
}

/// A line for a claim with conditions that no control refutes; nothing where a control is at fault, which is told beside it.
fn never_refuted(id: &str, outcomes: &Outcomes) -> String {
    let keys = outcomes.never_refuted();
    match outcomes.controls_fail() && !keys.is_empty() {
        true => format!("{id}: no control refutes: {}\n", keys.join("; ")),
        false => String::new(),
    }
}

fn doubts(id: &str, check: &Outcome) -> String {
    let bad: Vec<_> = check.conditions.iter().filter(|c| c.verdict != Verdict::Verified).collect();
    if bad.is_empty() && check.verdict() == Verdict::Verified {
        return String::new();
    }
    let lines =
        bad.iter().map(|c| format!("  {}: required {}, found {}\n", c.verdict, one_line(&c.requires), one_line(&c.found)));
    format!("{id}: {}\n{}", check.verdict(), lines.collect::<String>())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// `9 claims: 8 Verified, 1 Refuted; goldens: 9 equal`.
pub fn summary(entries: &[Entry<'_>], profile: Profile) -> String {
    let verdict = |e: &Entry<'_>| match &e.result {
        Some(Ok((outcomes, _))) => verdict_word(outcomes.check.verdict(), profile).into(),
        Some(Err(_)) => "error".into(),
        None => FULL_ONLY.into(),
    };
    let compared = entries.iter().filter_map(|e| e.result.as_ref());
    let goldens = compared.map(|r| r.as_ref().map_or("not compared".into(), |(_, g)| g.status.word().to_string()));
    let claims = if entries.len() == 1 { "claim" } else { "claims" };
    format!("{} {claims}: {}; goldens: {}\n", entries.len(), counts(entries.iter().map(verdict)), counts(goldens))
}

fn counts(words: impl Iterator<Item = String>) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(w, _)| *w == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    match counts.is_empty() {
        true => "none".into(),
        false => counts.iter().map(|(word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::claim::Condition;
    use crate::claim::text::tests::{description, outcomes};
    use crate::error::Error;
    use crate::golden::Status;

    /// The made-up claim in order, moved, with a dead control, and not checkable.
    pub fn entries() -> Vec<Entry<'static>> {
        let golden =
            |status, difference: &str| Golden { status, place: "golden/quick/made.up.txt".into(), difference: difference.into() };
        let (good, mut dead, mut bad) = (outcomes(), outcomes(), outcomes());
        dead.controls = vec![dead.check.clone()];
        bad.check = bad.controls[0].clone();
        let results = [
            Ok((good.clone(), golden(Status::Equal, ""))),
            Ok((good, golden(Status::Differs, "line 1\n  - 4\n  + 5\n"))),
            Ok((dead, golden(Status::Missing, ""))),
            Ok((bad, golden(Status::Equal, ""))),
            Err(Error::refused("the run did not fit")),
        ];
        results.into_iter().map(|result| Entry { claim: description(), result: Some(result) }).collect()
    }

    #[test]
    fn what_check_prints() {
        let e = entries();
        insta::assert_snapshot!(table(&e, Profile::Quick, Look::default()) + &details(&e, Profile::Quick, false) + &summary(&e, Profile::Quick), @r"
        claim    verdict   control   golden   evidence          found
        made.up  Verified  Refuted   equal    Exact + Replayed  4
        made.up  Verified  Refuted   differs  Exact + Replayed  4
        made.up  Verified  Verified  missing  Exact + Replayed  4
        made.up  Refuted   Refuted   equal    Exact + Replayed  5
        made.up  error     -         -        Exact + Replayed  the run did not fit

        made.up: still missing: Enclosed
        made.up: still missing: Enclosed
        made.up: still missing: Enclosed
        made.up: still missing: Enclosed
        made.up: still missing: Enclosed

        made.up: the golden differs (golden/quick/made.up.txt)
          (- stored, + found now)
          line 1
            - 4
            + 5
        made.up: the control came out Verified, expected Refuted: a check that cannot fail shows nothing
        made.up: the golden is missing (golden/quick/made.up.txt)
        made.up: Refuted
          Refuted: required sum = n^2, found 5
        made.up: could not be checked
          the run did not fit
        5 claims: 3 Verified, 1 Refuted, 1 error; goldens: 2 equal, 1 differs, 1 missing, 1 not compared
        ");
    }

    #[test]
    fn conditions_that_no_control_refutes_are_named_where_conclusions_are_drawn() {
        let mut entry = entries().remove(0);
        let outcomes = &mut entry.result.as_mut().unwrap().as_mut().unwrap().0;
        outcomes.check.conditions.push(Condition::new("sum is odd", "x", "x", Verdict::Verified));
        outcomes.check.conditions.push(Condition::new("sum is finite", "x", "x", Verdict::Verified).of_apparatus());
        let entry = [entry];
        assert_eq!(details(&entry, Profile::Quick, false), "\nmade.up: no control refutes: sum is odd\n");
        assert_eq!(details(&entry, Profile::Tiny, false), "");
    }

    #[test]
    fn the_table_shows_the_first_that_was_found_and_cuts_it() {
        let mut entry = entries().remove(0);
        let conditions = |found: &str| {
            let condition = |requires, found| Condition::new("x", requires, found, Verdict::Verified);
            vec![condition("x", found), condition("y", "the second")]
        };
        for (length, cell) in [(60, "α".repeat(60)), (61, "α".repeat(57) + "...")] {
            entry.result.as_mut().unwrap().as_mut().unwrap().0.check.conditions = conditions(&"α".repeat(length));
            let text = table(std::slice::from_ref(&entry), Profile::Quick, Look::default());
            assert!(text.lines().nth(1).unwrap().ends_with(&format!("  {cell}")), "{text}");
        }
    }

    #[test]
    fn the_table_fits_a_terminal_and_is_coloured_there() {
        let e = entries();
        for width in [80, 120] {
            let text = table(&e, Profile::Quick, Look { width: Some(width), colour: false });
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        }
        let text = table(&e, Profile::Quick, Look { width: Some(40), colour: true });
        assert!(
            text.contains("\u{1b}[32mVerified\u{1b}[0m  \u{1b}[32mRefuted \u{1b}[0m  \u{1b}[32mequal  \u{1b}[0m"),
            "{text:?}"
        );
        assert!(
            text.contains("\u{1b}[31mRefuted \u{1b}[0m  \u{1b}[32mRefuted") && text.contains("\u{1b}[31mdiffers"),
            "{text:?}"
        );
        assert!(
            text.contains("\u{1b}[31mVerified\u{1b}[0m  \u{1b}[31mmissing"),
            "a control that is Verified is a fault: {text:?}"
        );
        assert!(text.lines().next().is_some_and(|head| !head.contains('\u{1b}')));
    }

    #[test]
    fn the_tiny_profile_compares_only() {
        let e = entries();
        let text = table(&e, Profile::Tiny, Look::default()) + &details(&e, Profile::Tiny, true) + &summary(&e, Profile::Tiny);
        assert!(!text.contains("Verified") && !text.contains("Refuted"), "{text}");
    }

    #[test]
    fn what_is_not_checked_is_never_called_verified() {
        let e = [Entry { claim: description(), result: None }];
        let text = table(&e, Profile::Quick, Look::default()) + &details(&e, Profile::Quick, true) + &summary(&e, Profile::Quick);
        assert!(text.contains("full only") && !text.contains("Verified"), "{text}");
        assert!(text.ends_with("1 claim: 1 full only; goldens: none\n"), "{text}");
    }

    #[test]
    fn no_claims_at_all() {
        assert_eq!(summary(&[], Profile::Quick), "0 claims: none; goldens: none\n");
    }
}
