//! The outcome of `check` as JUnit XML, for continuous integration.

use super::{FULL_ONLY, check};
use crate::claim::{Profile, Verdict};
use crate::comparison::Entry;

/// The whole document: one suite, one case a claim, and one more for what is wrong with the goldens as a set.
pub fn document(program: &str, entries: &[Entry<'_>], profile: Profile, goldens: &[String]) -> String {
    let mut cases: Vec<Case<'_>> = entries.iter().map(|e| Case::of(e, profile)).collect();
    if !goldens.is_empty() {
        cases.push(Case { class: "golden", name: "manifest", problem: Some(("failure", goldens.join("\n"))), skipped: false });
    }
    let count = |tag: &str| cases.iter().filter(|c| c.problem.as_ref().is_some_and(|p| p.0 == tag)).count();
    let counts = format!("tests=\"{}\" failures=\"{}\" errors=\"{}\"", cases.len(), count("failure"), count("error"));
    let body: String = cases.iter().map(Case::render).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{program} {}\" {counts}>\n{body}  \
         </testsuite>\n</testsuites>\n",
        profile.name()
    )
}

struct Case<'a> {
    class: &'a str,
    name: &'a str,
    /// `failure` or `error`, and what happened.
    problem: Option<(&'static str, String)>,
    skipped: bool,
}

impl<'a> Case<'a> {
    fn of(entry: &'a Entry<'a>, profile: Profile) -> Self {
        let told = check::details(std::slice::from_ref(entry), profile, false);
        let tag = match &entry.result {
            Some(Err(_)) => "error",
            Some(Ok((outcomes, _))) if outcomes.check.verdict() == Verdict::Undecided => "error",
            _ => "failure",
        };
        let problem = (!told.is_empty()).then(|| (tag, told.trim().to_string()));
        Case { class: entry.claim.group(), name: entry.claim.id, problem, skipped: entry.result.is_none() }
    }

    fn render(&self) -> String {
        let open = format!("    <testcase classname=\"{}\" name=\"{}\"", escaped(self.class), escaped(self.name));
        match &self.problem {
            None if self.skipped => format!("{open}>\n      <skipped message=\"{FULL_ONLY}\"/>\n    </testcase>\n"),
            None => format!("{open}/>\n"),
            Some((tag, told)) => {
                let message = escaped(told.lines().next().unwrap_or_default());
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
mod tests {
    use super::super::check::tests::entries;
    use super::*;

    #[test]
    fn every_bad_line_is_a_failure_or_an_error() {
        insta::assert_snapshot!(document("bfc", &entries(), Profile::Quick, &["MANIFEST.json: <edited>".into()]), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="6" failures="4" errors="1">
          <testsuite name="bfc quick" tests="6" failures="4" errors="1">
            <testcase classname="made" name="made.up"/>
            <testcase classname="made" name="made.up">
              <failure message="made.up: the golden differs (golden/quick/made.up.txt)">made.up: the golden differs (golden/quick/made.up.txt)
          (- stored, + found now)
          line 1
            - 4
            + 5</failure>
            </testcase>
            <testcase classname="made" name="made.up">
              <failure message="made.up: the control came out Verified, expected Refuted: a check that cannot fail shows nothing">made.up: the control came out Verified, expected Refuted: a check that cannot fail shows nothing
        made.up: the golden is missing (golden/quick/made.up.txt)</failure>
            </testcase>
            <testcase classname="made" name="made.up">
              <failure message="made.up: Refuted">made.up: Refuted
          Refuted: required sum = n^2, found 5</failure>
            </testcase>
            <testcase classname="made" name="made.up">
              <error message="made.up: could not be checked">made.up: could not be checked
          the run did not fit</error>
            </testcase>
            <testcase classname="golden" name="manifest">
              <failure message="MANIFEST.json: &lt;edited&gt;">MANIFEST.json: &lt;edited&gt;</failure>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn nothing_breaks_out_of_an_attribute() {
        assert_eq!(escaped("a<b & \"c\" 'd'\u{1}"), "a&lt;b &amp; &quot;c&quot; &apos;d&apos;\u{fffd}");
    }
}
