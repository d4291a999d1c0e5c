//! `bfc check`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::{Answer, CheckArguments, Common, Exit, Format, evaluate, goldens, output};
use crate::claim::{Claim, Profile, select};
use crate::error::Result;
use crate::experiment::Cell;
use crate::report::{self, Entry, table::aligned};

/// Runs the selected claims and their controls and compares them with the goldens.
pub fn command(arguments: &CheckArguments) -> Result<Answer> {
    let claims = select(&arguments.claims)?;
    if arguments.plan {
        return Ok(Answer { text: plan(&claims, arguments.common.profile()), exit: Exit::Success });
    }
    evaluate::require_platform()?;
    check(&claims, arguments)
}

/// As [`command`], for claims given one by one.
fn check(claims: &[&'static Claim], arguments: &CheckArguments) -> Result<Answer> {
    let (common, profile) = (&arguments.common, arguments.common.profile());
    let start = Instant::now();
    let store = goldens::open(common)?;
    let stored = store.load()?;
    let outcomes = evaluate::outcomes(claims, profile, common.jobs())?;
    let pairs = claims.iter().zip(outcomes);
    let entries: Vec<Entry> = pairs.map(|(c, o)| goldens::entry(c, o, &store, &stored, profile)).collect();
    let problems = goldens::set_problems(&stored, claims, arguments.claims.is_empty());
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
    problems.iter().map(|problem| format!("\n{}\n", directory.join(problem).display())).collect()
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
    let moved = |e: &&Entry| e.result.as_ref().is_ok_and(|(_, golden)| !golden.equal());
    if !problems.is_empty() || entries.iter().any(|e| moved(&e)) {
        let moved: Vec<&str> = entries.iter().filter(moved).map(|e| e.claim.id).collect();
        text +=
            &format!("To accept what was found as the new goldens: {}\n", bless(&moved, !problems.is_empty(), &arguments.common));
    }
    text
}

/// The command that blesses these claims.
fn bless(ids: &[&str], whole: bool, common: &Common) -> String {
    let golden = common.golden.to_str().filter(|g| *g != "golden").map_or(String::new(), |g| format!(" --golden {g}"));
    let ids = if whole { String::new() } else { ids.iter().map(|id| format!(" {id}")).collect() };
    format!("bfc bless{ids} --profile {}{golden}", common.profile().name())
}

/// Every run that the claims need, once, with the claims that need it.
fn plan(claims: &[&'static Claim], profile: Profile) -> String {
    let mut cells: BTreeMap<[u8; 32], usize> = BTreeMap::new();
    let mut rows: Vec<(Cell, Vec<&str>)> = Vec::new();
    for claim in claims {
        for cell in (claim.cells)(profile) {
            let at = *cells.entry(cell.canonical().digest()).or_insert(rows.len());
            if at == rows.len() {
                rows.push((cell, Vec::new()));
            }
            rows[at].1.push(claim.id);
        }
    }
    let head = ["run", "instance", "stages", "claims"].map(String::from).to_vec();
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(|(cell, ids)| plan_row(cell, ids))).collect();
    let text: String = aligned(&lines).iter().map(|line| format!("{line}\n")).collect();
    format!("{text}\n{} runs for {} claims, profile {}\n", rows.len(), claims.len(), profile.name())
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
    let stages = cell.stages.iter().map(|s| format!("{}..{}:{:?}:{}", s.bottom, s.top, s.coupling, s.steps));
    let mut ids = ids.to_vec();
    ids.dedup();
    vec![cell.canonical().hex()[..12].into(), instance, stages.collect::<Vec<_>>().join(" "), ids.join(" ")]
}
