//! `bfc check`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::evaluate::Work;
use super::goldens::Compared;
use super::shard::Shard;
use super::{Answer, CheckArguments, Common, Exit, Format, evaluate, goldens, output, shard};
use crate::claim::{Claim, Profile, select};
use crate::error::Result;
use crate::hierarchy::experiment::{self, Cell};
use crate::report::{self, Entry, table::aligned};

/// Runs the selected claims and their controls and compares them with the goldens.
pub fn command(arguments: &CheckArguments) -> Result<Answer> {
    let claims = select(&arguments.claims)?;
    let (common, profile) = (&arguments.common, arguments.common.profile());
    if arguments.plan {
        return Ok(Answer { text: plan(&claims, profile, arguments.shard), exit: Exit::Success });
    }
    evaluate::require_platform()?;
    match (arguments.shard, common.ledger()) {
        (Some(shard), Some((ledger, _))) => {
            let work = Work { claims: &claims, profile, jobs: common.jobs(), ledger: Some(&ledger) };
            shard::share(&work, shard, ledger.directory())
        }
        _ => check(&claims, arguments),
    }
}

/// As [`command`], for claims given one by one.
fn check(claims: &[&'static Claim], arguments: &CheckArguments) -> Result<Answer> {
    let (common, profile) = (&arguments.common, arguments.common.profile());
    let start = Instant::now();
    let Compared { stored, entries, .. } = goldens::compared(claims, common)?;
    let checked: Vec<&'static Claim> = claims.iter().copied().filter(|c| c.is_checked_in(profile)).collect();
    let problems = goldens::set_problems(&stored, &checked, arguments.claims.is_empty());
    output::duration("checked", start);
    Ok(Answer { text: shown(&entries, &problems, arguments), exit: exit(&entries, &problems, profile) })
}

fn exit(entries: &[Entry], problems: &[String], profile: Profile) -> Exit {
    let set = if problems.is_empty() { Exit::Success } else { Exit::Failure };
    entries.iter().map(|e| Exit::of(e, profile)).fold(set, Exit::max)
}

fn shown(entries: &[Entry], problems: &[String], arguments: &CheckArguments) -> String {
    let profile = arguments.common.profile();
    match arguments.format {
        Format::Json => report::json::check(entries, profile, problems),
        Format::Junit => report::junit::document(entries, profile, problems),
        Format::Text => {
            report::check::table(entries, profile)
                + &report::check::details(entries, profile, arguments.controls)
                + &told(problems, &arguments.common)
                + "\n"
                + &report::check::summary(entries, profile)
                + &next(entries, problems, arguments)
        }
    }
}

fn told(problems: &[String], common: &Common) -> String {
    let directory = common.golden.join(common.profile().name());
    problems.iter().map(|problem| format!("{}\n", directory.join(problem).display())).collect()
}

/// What to do next.
fn next(entries: &[Entry], problems: &[String], arguments: &CheckArguments) -> String {
    let profile = arguments.common.profile();
    let mut text = match profile.draws_conclusions() {
        true => String::new(),
        false => "The profile tiny compares bytes and draws no conclusion.\n".into(),
    };
    if entries.iter().any(|e| Exit::of_claim(e, profile) != Exit::Success) {
        text += "What a claim says and how it is checked: bfc explain CLAIM\n";
    }
    let moved = |e: &&Entry| e.found().is_some_and(|(_, golden)| !golden.equal());
    let damaged = |e: &Entry| e.found().is_some_and(|(_, golden)| !["equal", "differs"].contains(&golden.word));
    if !problems.is_empty() || entries.iter().any(damaged) {
        text += &restore(&arguments.common);
    }
    if !problems.is_empty() || entries.iter().any(|e| moved(&e)) {
        let moved: Vec<&str> = entries.iter().filter(moved).map(|e| e.claim.id).collect();
        text +=
            &format!("To accept what was found as the new goldens: {}\n", bless(&moved, !problems.is_empty(), &arguments.common));
    }
    text
}

/// What to do where the stored result is at fault and not what was computed.
fn restore(common: &Common) -> String {
    let directory = common.golden.join(common.profile().name());
    let path = directory.display();
    match directory.is_dir() {
        true => format!("The stored results are damaged or incomplete. To restore them: git checkout -- {path}\n"),
        false => format!("{path}: no such directory; run from the root of the repository, or give --golden DIR\n"),
    }
}

/// The command that blesses these claims.
fn bless(ids: &[&str], whole: bool, common: &Common) -> String {
    let golden = common.golden.to_str().filter(|g| *g != "golden").map_or(String::new(), |g| format!(" --golden {g}"));
    let ids = if whole { String::new() } else { ids.iter().map(|id| format!(" {id}")).collect() };
    format!("bfc bless{ids} --profile {}{golden}", common.profile().name())
}

/// Every run that the claims need, once, with the claims that need it; then the claims that need none. Of one shard, if one is given.
fn plan(claims: &[&'static Claim], profile: Profile, shard: Option<Shard>) -> String {
    let mut cells: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let mut rows: Vec<(Cell, Vec<&str>)> = Vec::new();
    for claim in claims.iter().filter(|claim| claim.is_checked_in(profile)) {
        for cell in (claim.cells)(profile) {
            let at = *cells.entry(cell.canonical().digest()).or_insert(rows.len());
            if at == rows.len() {
                rows.push((cell, Vec::new()));
            }
            rows[at].1.push(claim.id);
        }
    }
    let Shard { index, count } = shard.unwrap_or(Shard { index: 1, count: 1 });
    let all: Vec<Cell> = rows.iter().map(|(cell, _)| cell.clone()).collect();
    let own: BTreeSet<[u8; 32]> = experiment::shard(&all, index - 1, count).iter().map(Cell::key).collect();
    rows.retain(|(cell, _)| own.contains(&cell.key()));
    let work = Work { claims, profile, jobs: 1, ledger: None };
    let without: Vec<&str> = work.without_runs().iter().skip(index - 1).step_by(count).map(|c| c.id).collect();
    let head = ["run", "instance", "learner", "claims"].map(String::from).to_vec();
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(|(cell, ids)| plan_row(cell, ids))).collect();
    let text: String = aligned(&lines).iter().map(|line| format!("{line}\n")).collect();
    let numbers = format!("runs: {}; claims without runs: {}; profile {}", rows.len(), without.len(), profile.name());
    format!("{text}\nclaims without runs: {}\n\n{numbers}\n", without.join(" "))
}

fn plan_row(cell: &Cell, ids: &[&str]) -> Vec<String> {
    let i = &cell.instance;
    let instance = format!(
        "{} L{} k{:?} d{} eps {} {} N={} seeds {}/{}/{}",
        i.skips.name(),
        i.depth(),
        i.widths,
        i.dimension,
        i.gap,
        i.distribution.name(),
        i.samples,
        i.target_seed,
        i.data_seed,
        cell.seed
    );
    let mut ids = ids.to_vec();
    ids.dedup();
    vec![cell.canonical().hex()[..12].into(), instance, cell.learner.told(), ids.join(" ")]
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;
    use std::path::PathBuf;

    use clap::Parser;

    use super::super::{Arguments, Command};
    use super::*;
    use crate::claim::{Condition, Outcome, Verdict};
    use crate::error::Error;
    use crate::report::text::tests::CLAIM;

    fn outcome(verdict: Verdict) -> Outcome {
        let condition = Condition { requires: "x < 1".into(), found: "x = 0.25".into(), verdict };
        Outcome { conditions: vec![condition], tables: Vec::new() }
    }

    /// Made-up claims, one for each way a claim can come out.
    pub const VERIFIED: &Claim = &CLAIM;
    pub const REFUTED: &Claim = &Claim { id: "made.refuted", check: |_, _| Ok(outcome(Verdict::Refuted)), ..CLAIM };
    pub const UNDECIDED: &Claim = &Claim { id: "made.undecided", check: |_, _| Ok(outcome(Verdict::Undecided)), ..CLAIM };
    pub const DEAD: &Claim = &Claim { id: "made.dead", broken: |_, _| Ok(outcome(Verdict::Verified)), ..CLAIM };
    pub const ERRING: &Claim = &Claim { id: "made.erring", check: |_, _| Err(Error::refused("no run")), ..CLAIM };
    pub const MOVED: &Claim = &Claim { check: |_, _| Ok(outcome(Verdict::Verified)), ..CLAIM };

    /// A fresh place for goldens.
    pub fn place(name: &str) -> PathBuf {
        let place = std::env::temp_dir().join(format!("bfc-cli-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        place
    }

    pub fn bless(claims: &[&'static Claim], place: &std::path::Path, more: &[&str]) -> Result<Answer> {
        let words = ["bfc", "bless", "--golden", place.to_str().unwrap()];
        match Arguments::parse_from(words.iter().chain(more)).command {
            Command::Bless(arguments) => super::super::bless::bless(claims, &arguments),
            _ => unreachable!("the words say bless"),
        }
    }

    pub fn check(claims: &[&'static Claim], place: &std::path::Path, more: &[&str]) -> Result<Answer> {
        let words = ["bfc", "check", "--golden", place.to_str().unwrap()];
        match Arguments::parse_from(words.iter().chain(more)).command {
            Command::Check(arguments) => super::check(claims, &arguments),
            _ => unreachable!("the words say check"),
        }
    }

    #[test]
    fn each_way_a_claim_can_come_out_has_its_code() {
        let place = place("codes");
        let every = [VERIFIED, REFUTED, UNDECIDED, DEAD];
        bless(&every, &place, &["--allow-unverified"]).unwrap();
        let cases: [(&[&'static Claim], Exit); 8] = [
            (&[VERIFIED], Exit::Success),
            (&[UNDECIDED], Exit::Undecided),
            (&[VERIFIED, UNDECIDED], Exit::Undecided),
            (&[REFUTED], Exit::Failure),
            (&[UNDECIDED, REFUTED], Exit::Failure),
            (&[DEAD], Exit::Failure),
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
        fs::write(&text, good.replace("found 4", "found 5")).unwrap();
        told("made.up: the golden is edited (");
        told("made.up.txt:");
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
            assert_eq!(first.text.replace("-one", "-two"), second.text);
        }
        let json = check(&[VERIFIED], &one, &["--format", "json"]).unwrap().text;
        assert!(!json.contains("-one"), "{json}");
    }

    #[test]
    fn what_to_do_next_names_the_command() {
        let place = place("next");
        bless(&[VERIFIED, REFUTED], &place, &["--allow-unverified"]).unwrap();
        let text = check(&[MOVED, REFUTED], &place, &[]).unwrap().text;
        assert!(text.contains("bfc bless made.up --profile quick --golden "), "{text}");
        assert!(text.contains("bfc explain CLAIM"), "{text}");
        assert!(text.contains("- ") && text.contains("+ "), "{text}");
        fs::remove_dir_all(&place).unwrap();
    }
}
