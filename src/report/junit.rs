//! The outcome of `check` as JUnit XML, for continuous integration. Its times are the only clock in any output.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{FULL_ONLY, check};
use crate::claim::{Profile, Verdict};
use crate::comparison::Entry;
use crate::layout::one_line;

/// How long a check took; it was measured elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// From the beginning to the end.
    pub whole: Duration,
    /// By the ids of claims: all work for a claim, on whatever threads. What several claims need counts for the first of them.
    pub claims: BTreeMap<String, Duration>,
}

/// The whole document: one suite, one case a claim, and one more for what is wrong with the goldens as a set. `problems` are those, `directory`
/// is where the goldens of this profile are.
pub fn document(
    program: &str,
    entries: &[Entry<'_>],
    profile: Profile,
    (problems, directory): (&[String], &str),
    times: &Times,
) -> String {
    let mut cases: Vec<Case<'_>> = entries.iter().map(|e| Case::of(e, profile, directory, times)).collect();
    if !problems.is_empty() {
        cases.push(Case::of_set(problems, directory));
    }
    let count = |tag: &str| cases.iter().filter(|c| c.problem.as_ref().is_some_and(|p| p.0 == tag)).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
        cases.len(),
        count("failure"),
        count("error"),
        cases.iter().filter(|c| c.skipped).count(),
        seconds(times.whole)
    );
    let body: String = cases.iter().map(Case::render).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\" {counts}>\n  <testsuite name=\"{name}\" {counts}>\n{body}  \
         </testsuite>\n</testsuites>\n",
        name = escaped(&format!("{program} {}", profile.name()))
    )
}

/// With three digits, and a point on every machine.
fn seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}

struct Case<'a> {
    class: &'a str,
    name: &'a str,
    file: String,
    line: Option<usize>,
    time: Duration,
    /// `failure` or `error`, and what happened.
    problem: Option<(&'static str, String)>,
    skipped: bool,
}

impl<'a> Case<'a> {
    fn of(entry: &'a Entry<'a>, profile: Profile, directory: &str, times: &Times) -> Self {
        let told = check::details(std::slice::from_ref(entry), profile, false);
        let tag = match &entry.result {
            Some(Err(_)) => "error",
            Some(Ok((outcomes, _))) if outcomes.check.verdict() == Verdict::Undecided => "error",
            _ => "failure",
        };
        let problem = (!told.trim().is_empty()).then(|| (tag, told.trim().to_string()));
        let (class, name) = (entry.claim.group(), entry.claim.id);
        let line = entry.found().and_then(|(_, golden)| golden.status.line());
        let file = format!("{directory}/{}", entry.claim.golden_name());
        let time = times.claims.get(name).copied().unwrap_or_default();
        Case { class, name, file, line, time, problem, skipped: entry.result.is_none() }
    }

    /// What is wrong with the goldens as a set.
    fn of_set(problems: &[String], directory: &str) -> Self {
        let told = problems.join("\n");
        let first = problems.first().and_then(|problem| problem.split(": ").next()).unwrap_or_default();
        let file = one_line(&format!("{directory}/{first}"));
        Case {
            class: "golden",
            name: "manifest",
            file,
            line: None,
            time: Duration::ZERO,
            problem: Some(("failure", told)),
            skipped: false,
        }
    }

    fn render(&self) -> String {
        let [class, name, file] = [self.class, self.name, &self.file].map(escaped);
        let line = self.line.map_or(String::new(), |line| format!(" line=\"{line}\""));
        let time = seconds(self.time);
        let open = format!("    <testcase classname=\"{class}\" name=\"{name}\" file=\"{file}\"{line} time=\"{time}\"");
        match &self.problem {
            None if self.skipped => format!("{open}>\n      <skipped message=\"{FULL_ONLY}\"/>\n    </testcase>\n"),
            None => format!("{open}/>\n"),
            Some((tag, told)) => {
                let message = escaped(told.lines().find(|line| !line.trim().is_empty()).unwrap_or(tag));
                format!("{open}>\n      <{tag} message=\"{message}\">{}</{tag}>\n    </testcase>\n", escaped(told))
            }
        }
    }
}

/// Text for an element or a quoted attribute; characters that XML 1.0 cannot hold become U+FFFD.
fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_string(),
        '<' => "&lt;".to_string(),
        '>' => "&gt;".to_string(),
        '"' => "&quot;".to_string(),
        '\'' => "&apos;".to_string(),
        '\n' | '\t' => c.to_string(),
        c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => '\u{fffd}'.to_string(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::super::check::tests::entries;
    use super::*;

    fn times() -> Times {
        Times {
            whole: Duration::from_millis(2500),
            claims: BTreeMap::from([("made.up".to_string(), Duration::from_millis(1005))]),
        }
    }

    fn made(entries: &[Entry<'_>], problems: &[String]) -> String {
        document("bfc", entries, Profile::Quick, (problems, "golden/quick"), &times())
    }

    #[test]
    fn every_bad_line_is_a_failure_or_an_error() {
        insta::assert_snapshot!(made(&entries(), &["MANIFEST.json: <edited>".into()]), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="bfc quick" tests="6" failures="4" errors="1" skipped="0" time="2.500">
          <testsuite name="bfc quick" tests="6" failures="4" errors="1" skipped="0" time="2.500">
            <testcase classname="made" name="made.up" file="golden/quick/made.up.txt" time="1.005"/>
            <testcase classname="made" name="made.up" file="golden/quick/made.up.txt" time="1.005">
              <failure message="made.up: the golden differs (golden/quick/made.up.txt)">made.up: the golden differs (golden/quick/made.up.txt)
          (- stored, + found now)
          line 1
            - 4
            + 5</failure>
            </testcase>
            <testcase classname="made" name="made.up" file="golden/quick/made.up.txt" time="1.005">
              <failure message="made.up: the control came out Verified, expected Refuted: a check that cannot fail shows nothing">made.up: the control came out Verified, expected Refuted: a check that cannot fail shows nothing
        made.up: the golden is missing (golden/quick/made.up.txt)</failure>
            </testcase>
            <testcase classname="made" name="made.up" file="golden/quick/made.up.txt" time="1.005">
              <failure message="made.up: Refuted">made.up: Refuted
          Refuted: required sum = n^2, found 5</failure>
            </testcase>
            <testcase classname="made" name="made.up" file="golden/quick/made.up.txt" time="1.005">
              <error message="made.up: could not be checked">made.up: could not be checked
          the run did not fit</error>
            </testcase>
            <testcase classname="golden" name="manifest" file="golden/quick/MANIFEST.json" time="0.000">
              <failure message="MANIFEST.json: &lt;edited&gt;">MANIFEST.json: &lt;edited&gt;</failure>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    /// The document without its clock.
    pub(crate) fn masked(text: &str) -> String {
        let mut parts = text.split(" time=\"");
        let first = parts.next().unwrap().to_string();
        parts.fold(first, |masked, part| masked + " time=\"-\"" + part.split_once('"').unwrap().1)
    }

    #[test]
    fn only_the_clock_tells_two_checks_apart() {
        let text = made(&entries(), &[]);
        let other = document("bfc", &entries(), Profile::Quick, (&[], "golden/quick"), &Times::default());
        assert_ne!(text, other);
        assert_eq!(masked(&text), masked(&other));
    }

    /// Every level has a time: the document, its suite, and each case, also one that no time is known of.
    #[test]
    fn every_level_has_a_time() {
        let text = made(&entries(), &["MANIFEST.json: missing".into()]);
        let levels = text.lines().filter(|line| line.trim_start().starts_with("<test"));
        levels.for_each(|line| assert_eq!(line.matches(" time=\"").count(), 1, "{line}"));
        assert!(text.contains("<testsuites name=\"bfc quick\"") && text.contains("time=\"2.500\""));
        assert!(text.contains("name=\"manifest\" file=\"golden/quick/MANIFEST.json\" time=\"0.000\""), "{text}");
    }

    #[test]
    fn what_is_not_checked_is_skipped_and_counted() {
        let mut entries = entries();
        entries[0].result = None;
        let text = made(&entries, &[]);
        assert!(text.contains("tests=\"5\" failures=\"3\" errors=\"1\" skipped=\"1\""), "{text}");
        assert!(text.contains("<skipped message=\"full only\"/>"));
    }

    #[test]
    fn counts_are_those_of_the_elements() {
        let all = entries();
        for chosen in 0..32usize {
            let entries: Vec<Entry<'_>> =
                all.iter().enumerate().filter(|(n, _)| chosen >> n & 1 == 1).map(|(_, e)| e.clone()).collect();
            let text = made(&entries, &[]);
            let [cases, failures, errors] = ["<testcase ", "<failure ", "<error "].map(|tag| text.matches(tag).count());
            let counts = format!("tests=\"{cases}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\"");
            assert_eq!(text.matches(&counts).count(), 2, "{text}");
        }
    }

    /// Characters of XML 1.0.
    fn is_legal(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    proptest! {
        #[test]
        fn any_text_is_xml_and_has_a_message(problem in any::<String>(), words in "[\u{0}-\u{ffff}]{0,20}") {
            let text = made(&entries(), &[problem, words]);
            prop_assert!(text.chars().all(is_legal));
            prop_assert!(!text.contains("message=\"\""));
            let quotes = text.lines().filter(|line| line.contains("<testcase")).all(|line| line.matches('"').count() % 2 == 0);
            prop_assert!(quotes);
        }
    }

    #[test]
    fn nothing_breaks_out_of_an_attribute() {
        assert_eq!(escaped("a<b & \"c\" 'd'\u{1}"), "a&lt;b &amp; &quot;c&quot; &apos;d&apos;\u{fffd}");
    }
}
