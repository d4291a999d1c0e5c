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

/// Claims that a command computes to set them beside their goldens.
pub struct Work<'a, S: Study> {
    catalogue: &'a Catalogue<S>,
    claims: &'a [&'a Claim<S>],
    whole: bool,
    common: &'a Common,
    /// Where the weights of the runs are written, if anywhere.
    weights: Option<&'a Path>,
    /// Where finished work is kept, if anywhere, and whether it stays there.
    kept: Option<(Ledger, bool)>,
}

impl<'a, S: Study> Work<'a, S> {
    /// The work on these claims, `whole` if they are all that there are; the weights of their runs go into a directory, if one is given.
    /// A replacement of goldens that was interrupted is finished or undone.
    ///
    /// # Errors
    /// When that fails, the directory cannot be written, or finished work would be kept where it must not be.
    pub fn new(
        catalogue: &'a Catalogue<S>,
        claims: &'a [&'a Claim<S>],
        whole: bool,
        common: &'a Common,
        weights: Option<&'a Path>,
    ) -> Result<Self> {
        open(common)?;
        weights.map_or(Ok(()), |directory| file::check_writable(directory, &[]))?;
        let kept = common.ledger(catalogue.name, &catalogue.sources, weights.is_some())?;
        Ok(Work { catalogue, claims, whole, common, weights, kept })
    }

    fn ledger(&self) -> Option<&Ledger> {
        self.kept.as_ref().map(|(ledger, _)| ledger)
    }

    fn evaluation(&self) -> Evaluation<'_, S> {
        Evaluation { claims: self.claims, profile: self.common.profile(), jobs: self.common.jobs(), ledger: self.ledger() }
    }

    /// Recomputes the claims and sets each beside its golden, with how long it took.
    ///
    /// # Errors
    /// When the goldens cannot be read, the runs cannot be made, or the weights cannot be written.
    pub fn compared(&self) -> Result<(Comparison<'a>, Times)> {
        let &Work { catalogue, claims, whole, common, .. } = self;
        let (profile, jobs) = (common.profile(), common.jobs());
        let request = Request { catalogue, claims, whole, profile, golden: &common.golden, jobs };
        let (comparison, times) = with_progress("checked", |progress| {
            let stopwatch = Stopwatch::start(progress);
            (Comparison::watched(&request, self.ledger(), &stopwatch), stopwatch.stop())
        });
        self.ledger().into_iter().for_each(note_invalid);
        let comparison = comparison?;
        self.weights.map_or(Ok(()), |directory| weights::write(&self.evaluation(), directory))?;
        if matches!(self.kept, Some((_, false))) {
            // What was kept for resuming has served.
            self.evaluation().forget()?;
        }
        Ok((comparison, times))
    }

    /// Computes a sample of what is stored once more, and says so; nothing where nothing is stored.
    ///
    /// # Errors
    /// When a result came out otherwise than it was stored.
    pub fn recompute_sample(&self) -> Result<String> {
        let Some(ledger) = self.ledger() else { return Ok(String::new()) };
        let (stored, again) = with_progress("recomputed", |_| self.evaluation().recompute_sample())?;
        let place = ledger.directory().display();
        Ok(match stored {
            0 => String::new(),
            _ => format!(
                "{stored} results were not computed now but stored in {place}; {again} of them, computed again, are the same.\n"
            ),
        })
    }
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
