//! Evaluating claims and their controls, in parallel and in catalogue order.

use super::output::with_progress;
use crate::claim::{Claim, Profile};
use crate::error::{Error, Result};
use crate::experiment::{Cell, Runs};
use crate::parallel;
use crate::portable::self_check;
use crate::report::Outcomes;

/// Stops when the machine breaks an assumption that the numbers rest on.
///
/// # Errors
/// A platform error naming every assumption that does not hold.
pub fn require_platform() -> Result<()> {
    let broken: Vec<String> = self_check().iter().filter(|c| !c.holds).map(|c| format!("{} ({})", c.name, c.found)).collect();
    match broken.is_empty() {
        true => Ok(()),
        false => Err(Error::platform(format!("this machine is unfit: {}; see `bfc self-check`", broken.join("; ")))),
    }
}

/// The outcomes of each claim, or nothing where the profile does not check it; the runs that claims share are made once.
///
/// # Errors
/// When the runs cannot be made. A claim that cannot be checked is an error in its own place.
pub fn outcomes(claims: &[&'static Claim], profile: Profile, jobs: usize) -> Result<Vec<Option<Result<Outcomes>>>> {
    let checked = claims.iter().filter(|c| c.is_checked_in(profile));
    let cells: Vec<Cell> = checked.flat_map(|c| (c.cells)(profile)).collect();
    let runs = with_progress("runs", |progress| Runs::compute(&cells, jobs, None, progress))?;
    let both = |claim: &Claim| {
        let check = (claim.check)(profile, &runs)?;
        Ok(Outcomes { check, control: (claim.broken)(profile, &runs)? })
    };
    Ok(parallel::map(claims, jobs, |claim| claim.is_checked_in(profile).then(|| both(claim))))
}
