//! The goldens of a profile, as the commands use them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::common::Common;
use super::output::{note, with_progress};
use super::stopwatch::Stopwatch;
use super::weights;
use crate::claim::{Catalogue, Claim, Evaluation, Ledger, Profile, Study};
use crate::comparison::{Comparison, Request};
use crate::error::Result;
use crate::file;
use crate::golden::{Recovery, Store, manifest};
use crate::report::junit::Times;

/// The store of a profile, after finishing or undoing a replacement that was interrupted, and saying so.
///
/// # Errors
/// When that fails.
pub fn open(common: &Common) -> Result<Store> {
    let directory = common.golden.join(common.profile().name());
    let store = Store::new(&directory).tell_waiting(|directory, holder| {
        let holder = holder.map_or("another process".into(), |pid| format!("process {pid}"));
        note(format_args!("{}: waiting for {holder}, which is replacing goldens beside it", directory.display()));
    });
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

/// Returns whether the directory of the goldens has those of any profile.
pub fn exist(common: &Common) -> bool {
    Profile::ALL.iter().any(|profile| common.golden.join(profile.name()).join(manifest::FILE).is_file())
}

/// Recomputes the claims and sets each beside its golden; `whole` if they are all that there are. Writes the weights of their runs into
/// a directory, if one is given. With how long it took.
///
/// # Errors
/// When the goldens cannot be read, the runs cannot be made, or the weights cannot be written.
pub fn compared<'a, S: Study>(
    catalogue: &'a Catalogue<S>,
    claims: &'a [&'a Claim<S>],
    whole: bool,
    common: &'a Common,
    directory: Option<&Path>,
) -> Result<(Comparison<'a>, Times)> {
    open(common)?;
    directory.map_or(Ok(()), |directory| file::check_writable(directory, &[]))?;
    let (profile, jobs) = (common.profile(), common.jobs());
    let resumed = common.ledger(catalogue.name, &catalogue.sources, directory.is_some())?;
    let ledger = resumed.as_ref().map(|(ledger, _)| ledger);
    let request = Request { catalogue, claims, whole, profile, golden: &common.golden, jobs };
    let (comparison, times) = with_progress("checked", |progress| {
        let stopwatch = Stopwatch::start(progress);
        (Comparison::watched(&request, ledger, &stopwatch), stopwatch.stop())
    });
    ledger.into_iter().for_each(note_invalid);
    let comparison = comparison?;
    let work = Evaluation { claims, profile, jobs, ledger };
    directory.map_or(Ok(()), |directory| weights::write(&work, directory))?;
    if matches!(resumed, Some((_, false))) {
        // What was kept for resuming has served.
        work.forget()?;
    }
    Ok((comparison, times))
}

/// Computes a sample of what is stored once more, and says so; nothing where nothing is stored.
///
/// # Errors
/// When a result came out otherwise than it was stored.
pub fn recompute_sample<S: Study>(catalogue: &Catalogue<S>, claims: &[&Claim<S>], common: &Common) -> Result<String> {
    let Some((ledger, _)) = common.ledger(catalogue.name, &catalogue.sources, false)? else { return Ok(String::new()) };
    let work = Evaluation { claims, profile: common.profile(), jobs: common.jobs(), ledger: Some(&ledger) };
    let (stored, again) = with_progress("recomputed", |_| work.recompute_sample())?;
    let place = ledger.directory().display();
    Ok(match stored {
        0 => String::new(),
        _ => format!(
            "{stored} results were not computed now but stored in {place}; {again} of them, computed again, are the same.\n"
        ),
    })
}

/// Says which stored results were not used, an example of each reason.
pub fn note_invalid(ledger: &Ledger) {
    let mut reasons: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    ledger.invalid().into_iter().for_each(|(path, why)| reasons.entry(why).or_default().push(path));
    for (why, paths) in reasons {
        let more = if paths.len() > 1 { format!(", and {} others", paths.len() - 1) } else { String::new() };
        note(format_args!("{}{more}: {why}; computed anew", paths[0].display()));
    }
}
