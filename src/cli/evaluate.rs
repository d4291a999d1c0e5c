//! Evaluating claims and their controls, in parallel and in catalogue order; resumed, and split, by way of a ledger.

use super::output::with_progress;
use crate::canonical::Canonical;
use crate::claim::{Claim, Profile};
use crate::error::{Error, Result};
use crate::hierarchy::experiment::{Cell, Runs, shard};
use crate::ledger::Ledger;
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

/// What is to be evaluated, and with what.
pub struct Work<'a> {
    /// The claims.
    pub claims: &'a [&'static Claim],
    /// How much is run.
    pub profile: Profile,
    /// Threads.
    pub jobs: usize,
    /// Where finished work is kept; nowhere if none.
    pub ledger: Option<&'a Ledger>,
}

/// How much of a profile a shard has done.
pub struct Share {
    /// Runs of this shard, and of all.
    pub runs: (usize, usize),
    /// Claims without runs, of this shard and of all.
    pub claims: (usize, usize),
}

impl Work<'_> {
    /// The outcomes of each claim, or nothing where the profile does not check it; the runs that claims share are made once.
    ///
    /// # Errors
    /// When the runs cannot be made. A claim that cannot be checked is an error in its own place.
    pub fn outcomes(&self) -> Result<Vec<Option<Result<Outcomes>>>> {
        let runs = self.runs(&self.cells())?;
        let outcomes = |claim: &&'static Claim| claim.is_checked_in(self.profile).then(|| self.outcome(claim, &runs));
        Ok(parallel::map(self.claims, self.jobs, outcomes))
    }

    /// Does share `index` (from 0) of `count` of the work, into the ledger.
    ///
    /// # Errors
    /// When the runs cannot be made, a claim without runs cannot be checked, or the ledger cannot be written.
    pub fn share(&self, index: usize, count: usize) -> Result<Share> {
        let (cells, mut distinct) = (self.cells(), self.cells().iter().map(Cell::key).collect::<Vec<_>>());
        distinct.sort_unstable();
        distinct.dedup();
        let own = shard(&cells, index, count);
        self.runs(&own)?;
        let without = self.without_runs();
        let dealt: Vec<&Claim> = without.iter().copied().skip(index).step_by(count).collect();
        let checked = parallel::map(&dealt, self.jobs, |claim| self.outcome(claim, &Runs::default()).map(drop));
        checked.into_iter().collect::<Result<Vec<()>>>()?;
        Ok(Share { runs: (own.len(), distinct.len()), claims: (dealt.len(), without.len()) })
    }

    /// Removes all of this work from its ledger.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget(&self) -> Result<()> {
        let keys: Vec<[u8; 32]> =
            self.cells().iter().map(Cell::key).chain(self.without_runs().iter().map(|c| self.key(c))).collect();
        self.ledger.map_or(Ok(()), |ledger| ledger.remove(&keys))
    }

    /// Under which the outcomes of a claim without runs are kept.
    fn key(&self, claim: &Claim) -> [u8; 32] {
        Canonical::of("claim").text(claim.id).text(self.profile.name()).digest()
    }

    /// Every run that a claim needs, as often as one does.
    fn cells(&self) -> Vec<Cell> {
        self.claims.iter().filter(|c| c.is_checked_in(self.profile)).flat_map(|c| (c.cells)(self.profile)).collect()
    }

    /// The claims that need no runs.
    pub fn without_runs(&self) -> Vec<&'static Claim> {
        let needs_none = |c: &&Claim| c.is_checked_in(self.profile) && (c.cells)(self.profile).is_empty();
        self.claims.iter().copied().filter(needs_none).collect()
    }

    fn runs(&self, cells: &[Cell]) -> Result<Runs> {
        with_progress("runs", |progress| Runs::compute(cells, self.jobs, self.ledger, progress))
    }

    /// The outcomes of one claim. Those of a claim without runs are work of their own, and are kept; the others follow from the runs.
    fn outcome(&self, claim: &Claim, runs: &Runs) -> Result<Outcomes> {
        let evaluated = || {
            let check = (claim.check)(self.profile, runs)?;
            Ok(Outcomes { check, control: (claim.broken)(self.profile, runs)? })
        };
        let Some(ledger) = self.ledger.filter(|_| (claim.cells)(self.profile).is_empty()) else { return evaluated() };
        let key = self.key(claim);
        match ledger.get(&key) {
            Some(outcomes) => Ok(outcomes),
            None => {
                let outcomes = evaluated()?;
                ledger.put(&key, &outcomes)?;
                Ok(outcomes)
            }
        }
    }
}
