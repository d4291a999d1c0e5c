//! What was found of each claim of a catalogue: read from stored results or from the JSON of a check, and shown as a report.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::FORMAT;
use crate::claim::{Column, Condition, Description, Kind, Outcome, Outcomes, Profile, Sources, Story, Table, Verdict};
use crate::error::{Error, Result};
use crate::layout::one_line;

/// All that a report shows.
#[derive(Debug)]
pub struct Report<'a> {
    /// The name of the program.
    pub program: &'a str,
    /// What it does, in a line.
    pub about: &'a str,
    /// The first page.
    pub story: Story,
    /// How much was run.
    pub profile: Profile,
    /// Where the results come from.
    pub origin: Origin,
    /// The sources of the program that writes the report.
    pub sources: Sources,
    /// Every claim of the catalogue, in its order.
    pub claims: Vec<Reported<'a>>,
}

/// Where results come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Goldens, sealed by a manifest with this root digest; the command that wrote them last, and its version.
    Goldens {
        /// The root digest.
        root: String,
        /// The command that the manifest names.
        command: String,
        /// The version that wrote it.
        version: String,
    },
    /// The JSON of a check.
    Check,
}

/// A claim, and what was found.
#[derive(Clone, Debug)]
pub struct Reported<'a> {
    /// The claim, as the program states it.
    pub claim: Description<'a>,
    /// What was found.
    pub found: Found,
    /// How it stands with the golden, in a word; empty where nothing is known.
    pub golden: String,
    /// The digests of the golden's halves, where a manifest has them.
    pub digest: Option<Digest>,
}

/// The digests that seal the halves of a golden, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Of the words.
    pub prose: String,
    /// Of what was found.
    pub numbers: String,
}

/// What was found of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Its outcomes; where the profile draws no conclusion their verdicts say nothing.
    Outcomes(Outcomes),
    /// It could not be checked, and why.
    Failed(String),
    /// The profile leaves it out.
    NotChecked,
    /// The results do not have it.
    Missing,
}

impl Reported<'_> {
    /// The outcomes, where there are any.
    pub fn outcomes(&self) -> Option<&Outcomes> {
        match &self.found {
            Found::Outcomes(outcomes) => Some(outcomes),
            _ => None,
        }
    }
}

impl Report<'_> {
    /// The claim with this id.
    pub fn claim(&self, id: &str) -> Option<&Reported<'_>> {
        self.claims.iter().find(|reported| reported.claim.id == id)
    }

    /// The command that checks a claim in this profile.
    pub fn command(&self, id: &str) -> String {
        format!("{} check {id} --profile {}", self.program, self.profile.name())
    }
}

/// The document that `check --format json` prints, as far as it is needed.
#[derive(Deserialize)]
struct Document {
    format: u64,
    profile: String,
    claims: Vec<ClaimRow>,
}

#[derive(Deserialize)]
struct ClaimRow {
    id: String,
    check: Option<OutcomeRow>,
    #[serde(default)]
    controls: Vec<OutcomeRow>,
    golden: Option<GoldenRow>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct GoldenRow {
    status: String,
}

#[derive(Deserialize)]
struct OutcomeRow {
    conditions: Vec<ConditionRow>,
    tables: Vec<TableRow>,
}

#[derive(Deserialize)]
struct ConditionRow {
    key: String,
    requires: String,
    found: String,
    verdict: Option<String>,
}

#[derive(Deserialize)]
struct TableRow {
    title: String,
    columns: Vec<ColumnRow>,
    rows: Vec<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
struct ColumnRow {
    name: String,
    kind: String,
}

/// A cell that a double cannot hold.
#[derive(Deserialize)]
struct Written {
    text: String,
}

/// What a check found, by the ids of its claims, with the word for each golden.
#[derive(Debug)]
pub struct Checked {
    /// How much was run.
    pub profile: Profile,
    /// A claim each: its id, what was found, and how its golden compared.
    pub claims: Vec<(String, Found, String)>,
}

/// Reads the JSON of a check.
///
/// # Errors
/// When the text is no such document, or is one of another format.
pub fn read_check(text: &str) -> Result<Checked> {
    let document: Document = serde_json::from_str(text).map_err(|e| malformed(&e.to_string()))?;
    if document.format != FORMAT {
        return Err(Error::input(document.format, FORMAT).at_field("format"));
    }
    let profile = Profile::ALL.into_iter().find(|profile| profile.name() == document.profile);
    let profile = profile.ok_or_else(|| Error::input(&document.profile, "tiny, quick or full").at_field("profile"))?;
    let claims = document.claims.into_iter().map(|row| row.read()).collect::<Result<_>>()?;
    Ok(Checked { profile, claims })
}

fn malformed(why: &str) -> Error {
    Error::input("no JSON of a check", "what `check --format json` prints").and(why)
}

impl ClaimRow {
    fn read(self) -> Result<(String, Found, String)> {
        let found = match (self.check, self.error) {
            (Some(check), _) => {
                let controls = self.controls.into_iter().map(OutcomeRow::read).collect::<Result<_>>()?;
                Found::Outcomes(Outcomes { check: check.read()?, controls })
            }
            (None, Some(error)) => Found::Failed(error),
            (None, None) => Found::NotChecked,
        };
        Ok((self.id, found, self.golden.map_or(String::new(), |golden| golden.status)))
    }
}

impl OutcomeRow {
    fn read(self) -> Result<Outcome> {
        let conditions = self.conditions.into_iter().map(ConditionRow::read).collect::<Result<_>>()?;
        let tables = self.tables.into_iter().map(TableRow::read).collect::<Result<_>>()?;
        Ok(Outcome { conditions, tables })
    }
}

impl ConditionRow {
    fn read(self) -> Result<Condition> {
        let verdict = match &self.verdict {
            Some(word) => Verdict::named(word).ok_or_else(|| malformed(&format!("the verdict {word}")))?,
            None => Verdict::Undecided,
        };
        Ok(Condition::new(&self.key, &self.requires, &self.found, verdict))
    }
}

impl TableRow {
    fn read(self) -> Result<Table> {
        let column = |c: ColumnRow| {
            let kind = Kind::named(&c.kind).ok_or_else(|| malformed(&format!("the kind {}", c.kind)))?;
            Ok(Column { name: one_line(&c.name), kind })
        };
        let columns = self.columns.into_iter().map(column).collect::<Result<Vec<_>>>()?;
        let cells = |row: Vec<Box<RawValue>>| row.iter().map(|cell| written(cell)).collect::<Result<Vec<_>>>();
        let rows = self.rows.into_iter().map(cells).collect::<Result<Vec<_>>>()?;
        match rows.iter().all(|row| row.len() == columns.len()) {
            true => Ok(Table::from_parts(&one_line(&self.title), columns, rows)),
            false => Err(malformed(&format!("a row of the table {} has another number of cells", self.title))),
        }
    }
}

/// The text of a cell: a string as it is, a number as it is written, of an object its `text`.
fn written(cell: &RawValue) -> Result<String> {
    let raw = cell.get();
    match raw.chars().next() {
        Some('"') => serde_json::from_str(raw).map(|text: String| one_line(&text)),
        Some('{') => serde_json::from_str(raw).map(|written: Written| one_line(&written.text)),
        _ => return Ok(raw.to_string()),
    }
    .map_err(|e| malformed(&e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::check::tests::entries;
    use super::super::json;
    use super::*;
    use crate::claim::text::tests::outcomes;

    #[test]
    fn what_a_check_prints_is_read_back() {
        let checked = read_check(&json::check(&entries(), Profile::Quick, &[])).unwrap();
        assert_eq!((checked.profile, checked.claims.len()), (Profile::Quick, 5));
        let (id, found, golden) = &checked.claims[0];
        assert_eq!((id.as_str(), found, golden.as_str()), ("made.up", &Found::Outcomes(outcomes()), "equal"));
        assert_eq!(checked.claims[1].2, "differs");
        assert_eq!(checked.claims[4].1, Found::Failed("the run did not fit".into()));
    }

    #[test]
    fn what_is_not_judged_has_no_verdict() {
        let checked = read_check(&json::check(&entries()[..1], Profile::Tiny, &[])).unwrap();
        assert_eq!(checked.claims[0].1, Found::Outcomes(outcomes().without_verdicts()));
    }

    #[test]
    fn numbers_keep_their_digits_and_words_their_letters() {
        let cell = |json: &str| written(&RawValue::from_string(json.into()).unwrap()).unwrap();
        let cases = [
            ("1.012e-28", "1.012e-28"),
            ("64", "64"),
            ("\"a \\\"b\\\"\"", "a \"b\""),
            ("{\"text\":\"1/4\",\"double\":0.25}", "1/4"),
        ];
        for (json, text) in cases {
            assert_eq!(cell(json), text);
        }
    }

    #[test]
    fn what_is_no_check_is_refused() {
        let text = json::check(&entries()[..1], Profile::Quick, &[]);
        let cases = [
            ("{}".to_string(), "no JSON of a check"),
            (text.replace("\"format\": 3", "\"format\": 2"), "format: found 2, expected 3"),
            (text.replace("\"profile\": \"quick\"", "\"profile\": \"huge\""), "profile: found huge"),
            (text.replace("\"verdict\": \"Verified\"", "\"verdict\": \"Perhaps\""), "the verdict Perhaps"),
            (text.replace("\"kind\": \"exact\"", "\"kind\": \"guessed\""), "the kind guessed"),
            (text.replacen("                1,\n", "", 1), "another number of cells"),
        ];
        for (edited, told) in cases {
            let error = read_check(&edited).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
