//! The outcome of `check` for GitHub: annotations, which show beside the files of a change, and the summary of a step.

use super::check;
use crate::claim::Profile;
use crate::comparison::Entry;

/// GitHub shows no more annotations of one kind in a step.
const MOST: usize = 10;
/// GitHub takes no longer summary of a step, in bytes.
const LONGEST_SUMMARY: usize = 1000 << 10;

/// A line for each claim that is not in order, and for what is wrong with the goldens as a set, whose directory is `goldens`; ten
/// at most, and how many more there are.
pub fn annotations(entries: &[Entry<'_>], profile: Profile, problems: &[String], goldens: &str) -> String {
    let of_claims = entries.iter().filter_map(|entry| annotation(entry, profile));
    let of_set = problems.iter().map(|problem| {
        let file = problem.split(": ").next().unwrap_or_default();
        line(&format!("{goldens}/{file}"), 1, "goldens", problem)
    });
    let all: Vec<String> = of_claims.chain(of_set).collect();
    let more = match all.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("::notice title=more::{more} more are not in order; the log of this step has them\n"),
    };
    all.into_iter().take(MOST).chain([more]).collect()
}

fn annotation(entry: &Entry<'_>, profile: Profile) -> Option<String> {
    let told = check::details(std::slice::from_ref(entry), profile, false);
    if told.is_empty() {
        return None;
    }
    let place = entry.found().map_or("", |(_, golden)| &golden.place);
    let (file, number) = match place.rsplit_once(':').map(|(file, number)| (file, number.parse())) {
        Some((file, Ok(number))) => (file, number),
        _ => (place, 1),
    };
    Some(line(file, number, entry.claim.id, told.trim()))
}

fn line(file: &str, number: usize, title: &str, message: &str) -> String {
    let place = if file.is_empty() { String::new() } else { format!("file={},line={number},", property(file)) };
    format!("::error {place}title={}::{}\n", property(title), escaped(message))
}

/// The message of an annotation.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of an annotation.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// Markdown for the page of a run: what is not in order, then one row for each claim.
pub fn summary(program: &str, entries: &[Entry<'_>], profile: Profile, problems: &[String]) -> String {
    let details = check::details(entries, profile, false) + &problems.iter().map(|p| format!("{p}\n")).collect::<String>();
    let head = format!("### {program} {}\n\n{}\n", profile.name(), check::summary(entries, profile));
    let trouble = match details.trim_matches('\n') {
        "" => String::new(),
        // A block that is indented has no end that its text could contain.
        details => details.lines().map(|line| format!("    {line}\n")).collect::<String>() + "\n",
    };
    let table: String = check::rows(entries, profile).iter().enumerate().map(|(n, row)| markdown(n, row)).collect();
    let cut = "\nThis summary is cut; the log of the step is whole.\n";
    let whole = head + &trouble + &table;
    match whole.len() <= LONGEST_SUMMARY {
        true => whole,
        false => {
            // The start of the text is a boundary at the latest.
            let end = (0..=LONGEST_SUMMARY - cut.len()).rev().find(|&end| whole.is_char_boundary(end)).unwrap_or(0);
            whole[..end].to_string() + cut
        }
    }
}

fn markdown(n: usize, row: &[String]) -> String {
    let cell = |text: &String| text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace('*', "\\*");
    let cells = row.iter().map(cell).collect::<Vec<_>>().join(" | ");
    let rule = if n == 0 { format!("|{}\n", " --- |".repeat(row.len())) } else { String::new() };
    format!("| {cells} |\n{rule}")
}

#[cfg(test)]
mod tests {
    use super::super::check::tests::entries;
    use super::*;

    #[test]
    fn what_is_not_in_order_is_annotated_at_its_golden() {
        insta::assert_snapshot!(annotations(&entries(), Profile::Quick, &["MANIFEST.json: <edited>".into()], "golden/quick"), @r#"
        ::error file=golden/quick/made.up.txt,line=1,title=made.up::made.up: the golden differs (golden/quick/made.up.txt)%0A  (- stored, + found now)%0A  line 1%0A    - 4%0A    + 5
        ::error file=golden/quick/made.up.txt,line=1,title=made.up::made.up: the control came out Verified, expected Refuted: a check that cannot fail shows nothing%0Amade.up: the golden is missing (golden/quick/made.up.txt)
        ::error file=golden/quick/made.up.txt,line=1,title=made.up::made.up: Refuted%0A  Refuted: required sum = n^2, found 5
        ::error title=made.up::made.up: could not be checked%0A  the run did not fit
        ::error file=golden/quick/MANIFEST.json,line=1,title=goldens::MANIFEST.json: <edited>
        "#);
    }

    #[test]
    fn ten_are_shown_and_the_rest_counted() {
        let many: Vec<_> = entries().into_iter().cycle().take(20).collect();
        let text = annotations(&many, Profile::Quick, &[], "golden/quick");
        assert_eq!(text.matches("::error ").count(), 10);
        // Four of five are not in order.
        assert!(text.ends_with("::notice title=more::6 more are not in order; the log of this step has them\n"), "{text}");
    }

    #[test]
    fn a_place_with_a_line_is_taken_apart() {
        let mut entry = entries().remove(1);
        entry.result.as_mut().unwrap().as_mut().unwrap().1.place = "golden/a,b/made.up.txt:17".into();
        let text = annotations(&[entry], Profile::Quick, &[], "golden/quick");
        assert!(
            text.starts_with("::error file=golden/a%2Cb/made.up.txt,line=17,title=made.up::made.up: the golden differs"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "a message is one line: {text}");
    }

    #[test]
    fn all_in_order_is_no_annotation() {
        assert_eq!(annotations(&entries()[..1], Profile::Quick, &[], "golden/quick"), "");
    }

    #[test]
    fn the_summary_has_a_row_for_each_claim() {
        insta::assert_snapshot!(summary("bfc", &entries(), Profile::Quick, &[]), @r#"
        ### bfc quick

        5 claims: 3 Verified, 1 Refuted, 1 error; goldens: 2 equal, 1 differs, 1 missing, 1 not compared

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

        | claim | verdict | control | golden | evidence | found |
        | --- | --- | --- | --- | --- | --- |
        | made.up | Verified | Refuted | equal | Exact + Replayed | 4 |
        | made.up | Verified | Refuted | differs | Exact + Replayed | 4 |
        | made.up | Verified | Verified | missing | Exact + Replayed | 4 |
        | made.up | Refuted | Refuted | equal | Exact + Replayed | 5 |
        | made.up | error | - | - | Exact + Replayed | the run did not fit |
        "#);
    }

    #[test]
    fn a_summary_is_never_longer_than_is_taken() {
        let problem = "é".repeat(LONGEST_SUMMARY);
        let text = summary("bfc", &entries(), Profile::Quick, &[problem]);
        assert!(text.len() <= LONGEST_SUMMARY && text.ends_with("the log of the step is whole.\n"));
    }
}
