//! `bfc check`.

use std::path::PathBuf;
use std::time::Instant;

use clap::ValueEnum;

use super::answer::Answer;
use super::common::Common;
use super::exit::Exit;
use super::plan::Plan;
use super::shard::{self, Shard};
use super::{goldens, output};
use crate::claim::{Catalogue, Claim, Evaluation, Profile, Study, require_platform};
use crate::comparison::{Comparison, Entry};
use crate::error::Result;
use crate::file;
use crate::golden::Status;
use crate::layout::Look;
use crate::report;
use crate::report::junit::Times;

/// What to check, and how to show it.
#[derive(Debug, clap::Args)]
pub struct CheckArguments {
    /// Ids or groups of claims; all of them when none is given
    #[arg(value_name = "CLAIM|GROUP")]
    pub claims: Vec<String>,
    #[command(flatten)]
    pub common: Common,
    /// Show the negative controls as well (they are always run)
    #[arg(long)]
    pub controls: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Write the weights of the claims' runs to DIR/CLAIM, one file a run, for those learners that are networks
    #[arg(long, value_name = "DIR", conflicts_with_all = ["plan", "shard"])]
    pub weights: Option<PathBuf>,
    /// Write a summary in Markdown here, for the page of a CI run
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    /// List the training runs that would be made, and make none
    #[arg(long, conflicts_with_all = ["format", "summary"])]
    pub plan: bool,
    /// With --plan: print each run as a file for the command `run`; with --out, write each to DIR
    #[arg(long, requires = "plan")]
    pub toml: bool,
    /// Do only share I of N, into --out, and judge nothing; `bfc merge` joins the shares
    #[arg(long, value_name = "I/N", requires = "out", conflicts_with_all = ["format", "controls", "summary"])]
    pub shard: Option<Shard>,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Junit,
    /// The text, and annotations that GitHub shows beside the files of a change
    Github,
}

/// Runs the selected claims and their controls and compares them with the goldens.
pub fn command<S: Study>(catalogue: &Catalogue<S>, arguments: &CheckArguments, look: Look) -> Result<Answer> {
    let claims = catalogue.select(&arguments.claims)?;
    let (common, profile) = (&arguments.common, arguments.common.profile());
    if arguments.plan {
        let plan = Plan::new(&claims, profile, arguments.shard);
        let text = if arguments.toml { plan.files(catalogue.name, common.out.as_deref())? } else { plan.table() };
        return Ok(Answer { text, exit: Exit::Success });
    }
    require_platform()?;
    match (arguments.shard, common.ledger(catalogue.name, &catalogue.sources, false)?) {
        (Some(shard), Some((ledger, _))) => {
            let work = Evaluation { claims: &claims, profile, jobs: common.jobs(), ledger: Some(&ledger) };
            shard::share(&work, shard, ledger.directory())
        }
        _ => check(catalogue, &claims, arguments, look),
    }
}

fn check<S: Study>(catalogue: &Catalogue<S>, claims: &[&Claim<S>], arguments: &CheckArguments, look: Look) -> Result<Answer> {
    let start = Instant::now();
    let weights = arguments.weights.as_deref();
    let work = goldens::Work::new(catalogue, claims, arguments.claims.is_empty(), &arguments.common, weights)?;
    let (Comparison { profile, entries, problems }, times) = work.compared()?;
    output::duration("checked", start);
    let unchecked: Vec<&str> = unchecked(&entries, &arguments.claims);
    let exit = exit(&entries, &problems, profile).max(if unchecked.is_empty() { Exit::Success } else { Exit::Undecided });
    if let Some(place) = &arguments.summary {
        file::write(place, &report::github::summary(catalogue.name, &entries, profile, &problems))?;
    }
    let compared = Comparison { profile, entries, problems };
    Ok(Answer { text: shown(catalogue.name, &compared, &times, arguments, look), exit })
}

/// The claims that were named by their ids and that the profile does not check.
fn unchecked<'a>(entries: &'a [Entry<'_>], names: &[String]) -> Vec<&'a str> {
    let named = |e: &&Entry<'_>| e.result.is_none() && names.iter().any(|name| name == e.claim.id);
    entries.iter().filter(named).map(|e| e.claim.id).collect()
}

fn exit(entries: &[Entry<'_>], problems: &[String], profile: Profile) -> Exit {
    let set = if problems.is_empty() { Exit::Success } else { Exit::Failure };
    entries.iter().map(|e| Exit::of(e, profile)).fold(set, Exit::max)
}

fn shown(program: &str, compared: &Comparison<'_>, times: &Times, arguments: &CheckArguments, look: Look) -> String {
    let Comparison { profile, entries, problems } = compared;
    let profile = *profile;
    let goldens = arguments.common.golden.join(profile.name()).display().to_string();
    match arguments.format {
        Format::Json => report::json::check(entries, profile, problems),
        Format::Junit => report::junit::document(program, entries, profile, (problems, &goldens), times),
        Format::Text => text(program, entries, problems, arguments, look),
        Format::Github => {
            let annotations = report::github::annotations(entries, profile, problems, &goldens);
            text(program, entries, problems, arguments, Look::default()) + &annotations
        }
    }
}

fn text(program: &str, entries: &[Entry<'_>], problems: &[String], arguments: &CheckArguments, look: Look) -> String {
    let profile = arguments.common.profile();
    report::check::table(entries, profile, look)
        + &report::check::details(entries, profile, arguments.controls)
        + &at_goldens(problems, &arguments.common)
        + "\n"
        + &report::check::summary(entries, profile)
        + &advice(program, entries, problems, arguments)
}

fn at_goldens(problems: &[String], common: &Common) -> String {
    let directory = common.golden.join(common.profile().name());
    problems.iter().map(|problem| format!("{}\n", directory.join(problem).display())).collect()
}

/// What to do next.
fn advice(program: &str, entries: &[Entry<'_>], problems: &[String], arguments: &CheckArguments) -> String {
    let profile = arguments.common.profile();
    let mut text = match profile.draws_conclusions() {
        true => String::new(),
        false => "The profile tiny compares bytes and draws no conclusion.\n".into(),
    };
    if entries.iter().any(|e| Exit::of_claim(e, profile) != Exit::Success) {
        text += &format!("What a claim says and how it is checked: {program} explain CLAIM\n");
    }
    let unchecked = unchecked(entries, &arguments.claims);
    if !unchecked.is_empty() {
        text += &format!("Not checked in this profile; to check: {program} check {} --profile full\n", unchecked.join(" "));
    }
    text + &remedies(program, entries, problems, &arguments.common)
}

/// How to restore what is stored, and how to accept what was found; where there are no goldens at all, there is nothing to accept.
fn remedies(program: &str, entries: &[Entry<'_>], problems: &[String], common: &Common) -> String {
    let of = |wanted: fn(&Status) -> bool| {
        let found = entries.iter().filter(|e| e.found().is_some_and(|(_, golden)| wanted(&golden.status)));
        found.map(|e| e.claim.id).collect::<Vec<&str>>()
    };
    let reworded = of(|status| *status == Status::Reworded);
    let converted = of(|status| *status == Status::LineEndings);
    let moved = of(|status| ![Status::Equal, Status::Reworded, Status::LineEndings].contains(status));
    let damaged = of(|status| ![Status::Equal, Status::Reworded, Status::Differs, Status::LineEndings].contains(status));
    if !goldens::exist(common) {
        return no_goldens(common);
    }
    let mut text = String::new();
    if !converted.is_empty() {
        text += &line_endings(common);
    }
    if !problems.is_empty() || !damaged.is_empty() {
        text += &restore(common);
    }
    if !reworded.is_empty() && problems.is_empty() {
        let command = bless(program, "bless --prose", &reworded, common);
        text += &format!("To accept the prose as it is now and compute nothing: {command}\n");
    }
    if !problems.is_empty() || !moved.is_empty() {
        let command = bless(program, "bless", if problems.is_empty() { &moved } else { &[] }, common);
        text += &format!("To accept what was found as the new goldens: {command}\n");
    }
    text
}

fn no_goldens(common: &Common) -> String {
    let path = common.golden.display();
    format!("{path}: no goldens of any profile; run from the root of the repository, or give --golden DIR\n")
}

fn line_endings(common: &Common) -> String {
    let path = common.golden.join(common.profile().name());
    format!(
        "A checkout has converted line endings; `golden/** -text` in .gitattributes keeps them. To restore the files, remove them and \
         give: git checkout -- {}\n",
        path.display()
    )
}

/// What to do where the stored result is at fault and not what was computed.
fn restore(common: &Common) -> String {
    let directory = common.golden.join(common.profile().name());
    format!("The stored results are damaged or incomplete. To restore them: git checkout -- {}\n", directory.display())
}

/// The command that blesses these claims, or all of them if there are none.
fn bless(program: &str, command: &str, ids: &[&str], common: &Common) -> String {
    let golden = common.golden.to_str().filter(|g| *g != "golden").map_or(String::new(), |g| format!(" --golden {g}"));
    let ids: String = ids.iter().map(|id| format!(" {id}")).collect();
    format!("{program} {command}{ids} --profile {}{golden}", common.profile().name())
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;
    use std::path::PathBuf;

    use clap::Parser;

    use super::super::Arguments;
    use super::*;
    use crate::claim::text::tests::{CLAIM, catalogue};
    use crate::claim::{Condition, Control, Outcome, Verdict};
    use crate::error::Error;
    use crate::report::junit::tests::masked;

    fn outcome(verdict: Verdict) -> Outcome {
        let condition = Condition::new("x below", "x < 1", "x = 0.25", verdict);
        Outcome { conditions: vec![condition], tables: Vec::new() }
    }

    /// A made-up claim.
    pub type Made = fn() -> Claim<()>;

    /// Made-up claims, one for each way a claim can come out.
    pub const VERIFIED: Made = || CLAIM;
    pub const REFUTED: Made = || Claim { id: "made.refuted".into(), check: |_| Ok(outcome(Verdict::Refuted)), ..CLAIM };
    pub const UNDECIDED: Made = || Claim { id: "made.undecided".into(), check: |_| Ok(outcome(Verdict::Undecided)), ..CLAIM };
    pub const DEAD: Made = || Claim {
        id: "made.dead".into(),
        controls: &[
            Control { breaks: "A premise.", check: |_| Ok(outcome(Verdict::Refuted)) },
            Control { breaks: "Nothing.", check: |_| Ok(outcome(Verdict::Verified)) },
        ],
        ..CLAIM
    };
    pub const UNCONTROLLED: Made = || Claim { id: "made.uncontrolled".into(), controls: &[], ..CLAIM };
    pub const LONG: Made = || Claim { id: "made.long".into(), full_only: true, ..CLAIM };
    pub const ERRING: Made = || Claim { id: "made.erring".into(), check: |_| Err(Error::refused("no run")), ..CLAIM };
    /// With other words; it cannot be computed.
    pub const REWORDED: Made = || Claim { method: "By counting.", ..Claim { id: "made.up".into(), ..ERRING() } };
    pub const MOVED: Made = || Claim { check: |_| Ok(outcome(Verdict::Verified)), ..CLAIM };

    /// A fresh place for goldens.
    pub fn place(name: &str) -> PathBuf {
        let place = std::env::temp_dir().join(format!("bfc-cli-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        place
    }

    /// What `made WORDS` answers in a program with these claims.
    pub fn run(claims: &[Made], place: &std::path::Path, words: &[&str]) -> Result<Answer> {
        let common = ["made", words[0], "--golden", place.to_str().unwrap()];
        let arguments = Arguments::parse_from(common.iter().chain(&words[1..]));
        super::super::carry_out(&catalogue(claims.iter().map(|made| made()).collect()), &arguments.command, Look::default())
    }

    pub fn bless(claims: &[Made], place: &std::path::Path, more: &[&str]) -> Result<Answer> {
        run(claims, place, &[&["bless"], more].concat())
    }

    pub fn check(claims: &[Made], place: &std::path::Path, more: &[&str]) -> Result<Answer> {
        run(claims, place, &[&["check"], more].concat())
    }

    #[test]
    fn each_way_a_claim_can_come_out_has_its_code() {
        let place = place("codes");
        let every = [VERIFIED, REFUTED, UNDECIDED, DEAD, UNCONTROLLED];
        bless(&every, &place, &["--allow-unverified"]).unwrap();
        let cases: [(&[Made], Exit); 9] = [
            (&[VERIFIED], Exit::Success),
            (&[UNDECIDED], Exit::Undecided),
            (&[VERIFIED, UNDECIDED], Exit::Undecided),
            (&[REFUTED], Exit::Failure),
            (&[UNDECIDED, REFUTED], Exit::Failure),
            (&[DEAD], Exit::Failure),
            (&[UNCONTROLLED], Exit::Failure),
            (&[MOVED], Exit::Failure),
            (&[REFUTED, ERRING, UNDECIDED], Exit::Unusable),
        ];
        for (claims, exit) in cases {
            // A selection: the files of the other claims are no strays then.
            let answer = check(claims, &place, &["made"]).unwrap();
            assert_eq!(answer.exit, exit, "{}", answer.text);
        }
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn the_tiny_profile_only_compares() {
        let place = place("tiny");
        let claims = [VERIFIED, REFUTED, UNDECIDED, DEAD];
        assert_eq!(check(&claims, &place, &["--profile", "tiny"]).unwrap().exit, Exit::Failure);
        assert_eq!(bless(&claims, &place, &["--profile", "tiny"]).unwrap().exit, Exit::Success);
        assert_eq!(check(&claims, &place, &["--profile", "tiny"]).unwrap().exit, Exit::Success);
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn damage_to_the_goldens_is_told() {
        let place = place("damage");
        let (text, manifest) = (place.join("quick/made.up.txt"), place.join("quick/MANIFEST.json"));
        bless(&[VERIFIED], &place, &[]).unwrap();
        let (good, seal) = (fs::read_to_string(&text).unwrap(), fs::read_to_string(&manifest).unwrap());
        let told = |expected: &str| {
            let answer = check(&[VERIFIED], &place, &[]).unwrap();
            assert_eq!(answer.exit, Exit::Failure);
            assert!(answer.text.contains(expected), "{expected}: {}", answer.text);
        };
        fs::write(&text, good.replace("found     4", "found     5")).unwrap();
        told("made.up: the golden is edited in its numbers (");
        told("made.up.txt:");
        fs::write(&text, good.replace("By addition", "By magic")).unwrap();
        told("made.up: the golden is edited in its prose (");
        fs::write(&text, good.replace('\n', "\r\n")).unwrap();
        told("made.up: the golden has CRLF line endings");
        told("`golden/** -text` in .gitattributes");
        assert!(!check(&[VERIFIED], &place, &[]).unwrap().text.contains("made bless"), "the numbers are not at fault");
        fs::write(&text, &good[..good.len() / 2]).unwrap();
        told("made.up: the golden is truncated (");
        fs::remove_file(&text).unwrap();
        told("made.up: the golden is missing (");
        fs::write(&text, &good).unwrap();
        fs::write(text.with_file_name("made.stray.txt"), "stray").unwrap();
        told("made.stray.txt: the golden of no claim");
        fs::remove_file(text.with_file_name("made.stray.txt")).unwrap();
        fs::write(&manifest, &seal[..seal.len() / 2]).unwrap();
        told("malformed manifest");
        fs::remove_file(&manifest).unwrap();
        told("MANIFEST.json: missing");
        fs::write(&manifest, &seal).unwrap();
        assert_eq!(check(&[VERIFIED], &place, &[]).unwrap().exit, Exit::Success);
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn machines_read_the_same_whatever_the_threads_and_the_place() {
        let (one, two) = (place("one"), place("two"));
        for format in ["json", "junit"] {
            let first = check(&[VERIFIED, REFUTED], &one, &["--format", format, "--jobs", "1"]).unwrap();
            let second = check(&[VERIFIED, REFUTED], &two, &["--format", format, "--jobs", "2"]).unwrap();
            assert_eq!(masked(&first.text.replace("-one", "-two")), masked(&second.text));
        }
        let json = check(&[VERIFIED], &one, &["--format", "json"]).unwrap().text;
        assert!(!json.contains("-one"), "{json}");
    }

    #[test]
    fn what_to_do_next_names_the_command() {
        let place = place("next");
        bless(&[VERIFIED, REFUTED], &place, &["--allow-unverified"]).unwrap();
        let text = check(&[MOVED, REFUTED], &place, &[]).unwrap().text;
        assert!(text.contains("made bless made.up --profile quick --golden "), "{text}");
        assert!(text.contains("made explain CLAIM"), "{text}");
        assert!(text.contains("- ") && text.contains("+ "), "{text}");
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn new_prose_is_told_from_new_numbers() {
        let place = place("reworded");
        bless(&[VERIFIED], &place, &[]).unwrap();
        let answer = check(&[|| Claim { method: "By counting.", ..CLAIM }], &place, &[]).unwrap();
        assert_eq!(answer.exit, Exit::Failure);
        for expected in ["made.up: the golden is reworded", "-   By addition.", "made bless --prose made.up --profile quick"] {
            assert!(answer.text.contains(expected), "{expected}: {}", answer.text);
        }
        assert!(!answer.text.contains("To accept what was found"), "{}", answer.text);
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn a_wrong_directory_is_not_to_be_blessed() {
        let place = place("wrong");
        for exists in [false, true] {
            let text = check(&[VERIFIED], &place, &[]).unwrap().text;
            assert!(text.contains("no goldens of any profile; run from the root") && !text.contains("made bless"), "{text}");
            if !exists {
                fs::create_dir_all(place.join("quick")).unwrap();
            }
        }
        bless(&[VERIFIED], &place, &["--profile", "tiny"]).unwrap();
        assert!(check(&[VERIFIED], &place, &[]).unwrap().text.contains("made bless --profile quick"));
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn a_claim_named_by_its_id_and_not_checked_is_no_success() {
        let place = place("unchecked");
        bless(&[VERIFIED, LONG], &place, &[]).unwrap();
        assert_eq!(check(&[VERIFIED, LONG], &place, &[]).unwrap().exit, Exit::Success);
        assert_eq!(check(&[VERIFIED, LONG], &place, &["made"]).unwrap().exit, Exit::Success);
        let answer = check(&[VERIFIED, LONG], &place, &["made.long"]).unwrap();
        assert_eq!(answer.exit, Exit::Undecided);
        assert!(answer.text.contains("made check made.long --profile full"), "{}", answer.text);
        fs::remove_dir_all(&place).unwrap();
    }
}
