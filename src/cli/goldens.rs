//! The goldens of a profile, as the commands use them.

use super::Common;
use super::evaluate::Work;
use super::output::note;
use crate::claim::{Claim, Profile};
use crate::error::{Error, Result};
use crate::golden::{Recovery, Store, Stored, difference, manifest};
use crate::report::{Entry, Golden, Outcomes, text};

/// The store of a profile, after finishing or undoing a replacement that was interrupted, and saying so.
///
/// # Errors
/// When that fails.
pub fn open(common: &Common) -> Result<Store> {
    let directory = common.golden.join(common.profile().name());
    let store = Store::new(&directory);
    match store.recover()? {
        None => {}
        Some(Recovery::Finished) => {
            note(format_args!("{}: finished a `bless` that was interrupted; the new goldens stand", directory.display()));
        }
        Some(Recovery::Undone) => {
            note(format_args!("{}: undid a `bless` that was interrupted; the old goldens stand", directory.display()));
        }
    }
    Ok(store)
}

/// The file of a claim's golden.
pub fn file_name(claim: &Claim) -> String {
    format!("{}.txt", claim.id)
}

/// The goldens of a profile, and the recomputed claims beside them.
pub struct Compared {
    /// Where the goldens are.
    pub store: Store,
    /// What was found there.
    pub stored: Stored,
    /// One for each claim, in order.
    pub entries: Vec<Entry>,
}

/// Recomputes the claims and sets each beside its golden.
///
/// # Errors
/// When the goldens cannot be read or the runs cannot be made.
pub fn compared(claims: &[&'static Claim], common: &Common) -> Result<Compared> {
    let profile = common.profile();
    let store = open(common)?;
    let stored = store.load()?;
    let ledger = common.ledger();
    let work = Work { claims, profile, jobs: common.jobs(), ledger: ledger.as_ref().map(|(ledger, _)| ledger) };
    let outcomes = work.outcomes()?;
    if matches!(ledger, Some((_, false))) {
        // What was kept for resuming has served.
        work.forget()?;
    }
    let pairs = claims.iter().zip(outcomes);
    let entries = pairs.map(|(claim, outcomes)| entry(claim, outcomes, &store, &stored, profile)).collect();
    Ok(Compared { store, stored, entries })
}

/// The claim's outcomes beside its golden.
fn entry(claim: &'static Claim, outcomes: Option<Result<Outcomes>>, store: &Store, stored: &Stored, profile: Profile) -> Entry {
    let beside = |outcomes: Outcomes| {
        let golden = compare(claim, &text::golden(claim, profile, &outcomes), store, stored);
        (outcomes, golden)
    };
    Entry { claim, result: outcomes.map(|outcomes| outcomes.map(beside)) }
}

fn compare(claim: &Claim, recomputed: &str, store: &Store, stored: &Stored) -> Golden {
    let name = file_name(claim);
    let status = stored.status(&name, recomputed);
    let line = status.line().map_or(String::new(), |line| format!(":{line}"));
    let difference = stored.text(&name).map_or(String::new(), |old| difference(old, recomputed));
    Golden { word: status.word(), place: format!("{}{line}", store.path(&name).display()), difference }
}

/// What is wrong with the set as a whole: its manifest, and files of claims that are not in the catalogue. Names, not paths.
pub fn set_problems(stored: &Stored, claims: &[&'static Claim], whole: bool) -> Vec<String> {
    let manifest = stored.manifest().err().map(nameless);
    let known: Vec<String> = claims.iter().map(|c| file_name(c)).collect();
    let strays = if whole { stored.strays(&known) } else { Vec::new() };
    manifest.into_iter().chain(strays.iter().map(|s| format!("{s}: the golden of no claim"))).collect()
}

/// The error with the bare name of its file, so that it reads the same wherever the goldens are.
fn nameless(error: &Error) -> String {
    let place = error.file().map_or(String::new(), |f| f.display().to_string());
    format!("{}{}", manifest::FILE, error.to_string().strip_prefix(&place).unwrap_or_default())
}
