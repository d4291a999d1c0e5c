//! `bfc check --weights`.

use std::collections::BTreeSet;
use std::path::Path;

use super::output::note;
use crate::claim::{Claim, Evaluation, Study};
use crate::error::{Error, Result};
use crate::file;

/// Writes the weights of the runs of each claim that was checked into `directory`, one file a run, and tells how many there are and which
/// learners have none. A file is written beside its name and renamed, so an interruption leaves whole files.
///
/// # Errors
/// When a file cannot be written, or a result is not in the ledger.
pub fn write<S: Study>(work: &Evaluation<'_, S>, directory: &Path) -> Result<()> {
    work.checked().into_iter().try_for_each(|claim| write_claim(work, claim, &directory.join(&*claim.id)))
}

fn write_claim<S: Study>(work: &Evaluation<'_, S>, claim: &Claim<S>, directory: &Path) -> Result<()> {
    let (mut written, mut without) = (0, BTreeSet::new());
    for (item, found) in work.kept(claim) {
        let found = found.ok_or_else(|| Error::refused("a finished run is not where it was kept").in_file(directory))?;
        let Some(weights) = S::weights(&item, &found)? else {
            let [_, learner] = S::row(&item);
            without.insert(learner);
            continue;
        };
        file::create_directory(directory)?;
        file::write(&directory.join(weights.name), &weights.text)?;
        written += 1;
    }
    match written {
        0 => note(format_args!("{}: no weights to write", claim.id)),
        _ => note(format_args!("{}: the weights of {written} runs in {}", claim.id, directory.display())),
    }
    without.iter().for_each(|learner| note(format_args!("{}: left out, no network: {learner}", claim.id)));
    Ok(())
}
