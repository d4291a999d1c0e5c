//! Evaluating claims and their controls, in one queue with the work that they share; resumed, and split, by way of a ledger.
//!
//! A claim's parts (its check and each control) are judged as soon as their items are computed, while other items are still being
//! computed. What comes out depends on the claims and the profile alone, not on the order, the threads or the ledger.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::ledger::FinishedShare;
use super::study::{self, Finished, Group, Key, Progress, Tally, gather};
use super::{Checking, Claim, Computed, Ledger, Outcome, Outcomes, Profile, Study};
use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::parallel::{self, Task};
use crate::portable::self_check;

mod tests;

/// Stops when the machine breaks an assumption that the numbers rest on.
///
/// # Errors
/// A platform error naming every assumption that does not hold.
pub fn require_platform() -> Result<()> {
    let broken: Vec<String> = self_check().iter().filter(|c| !c.holds).map(|c| format!("{} ({})", c.name, c.found)).collect();
    match broken.is_empty() {
        true => Ok(()),
        false => Err(Error::platform(format!("this machine is unfit: {}; see `self-check`", broken.join("; ")))),
    }
}

/// Watches an evaluation, from all of its threads; what comes out does not depend on it. This room has no clock: whoever watches may.
pub trait Watch: Sync {
    /// So much is finished: told at the beginning, and then of each piece of work.
    fn advance(&self, finished: Finished);
    /// Work number `task` begins: a part of the claim with this id, or items that it is the first to need.
    fn begin(&self, task: usize, claim: &str);
    /// Work number `task` has ended.
    fn end(&self, task: usize, claim: &str);
}

/// Only counts.
struct Counting<'a>(Progress<'a>);

impl Watch for Counting<'_> {
    fn advance(&self, finished: Finished) {
        (self.0)(finished);
    }

    fn begin(&self, _: usize, _: &str) {}

    fn end(&self, _: usize, _: &str) {}
}

/// What is to be evaluated, and with what.
pub struct Evaluation<'a, S: Study> {
    /// The claims.
    pub claims: &'a [&'a Claim<S>],
    /// How much is run.
    pub profile: Profile,
    /// Threads.
    pub jobs: usize,
    /// Where finished work is kept; nowhere if none.
    pub ledger: Option<&'a Ledger>,
}

/// How much of a profile a shard has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Items of this shard, and of all.
    pub items: (usize, usize),
    /// Claims without items, of this shard and of all.
    pub claims: (usize, usize),
}

impl<'a, S: Study> Evaluation<'a, S> {
    /// The outcomes of each claim, or nothing where the profile does not check it.
    ///
    /// # Errors
    /// When an item cannot be computed or the ledger cannot be written; nothing more is begun then. A claim that cannot be checked
    /// is an error in its own place.
    pub fn outcomes(&self, progress: Progress<'_>) -> Result<Vec<Option<Result<Outcomes>>>> {
        self.outcomes_watched(&Counting(progress))
    }

    /// The same, watched.
    ///
    /// # Errors
    /// Those of [`outcomes`](Self::outcomes).
    pub fn outcomes_watched(&self, watch: &dyn Watch) -> Result<Vec<Option<Result<Outcomes>>>> {
        let parts = Part::of(&self.checked());
        let results = self.evaluate(&self.items(), &parts, watch)?;
        let mut results = parts.iter().zip(results).peekable();
        let joined = |claim: &&'a Claim<S>| {
            let own = std::iter::from_fn(|| results.next_if(|(part, _)| part.claim.id == claim.id).map(|(_, result)| result));
            claim.is_checked_in(self.profile).then(|| Outcomes::join(own))
        };
        Ok(self.claims.iter().map(joined).collect())
    }

    /// Does share `index` (from 0) of `count` of the work, into the ledger.
    ///
    /// # Errors
    /// When an item cannot be computed, a claim without items cannot be checked, or the ledger cannot be written.
    pub fn share(&self, index: usize, count: usize, progress: Progress<'_>) -> Result<Share> {
        let items = self.items();
        let own = study::shard::<S>(&items, index, count);
        let without = self.claims_without_items();
        let dealt: Vec<&Claim<S>> = without.iter().copied().skip(index).step_by(count.max(1)).collect();
        let parts = Part::of(&dealt);
        let results = self.evaluate(&own, &parts, &Counting(progress))?;
        results.into_iter().try_for_each(|result| result.map(drop))?;
        if let Some(ledger) = self.ledger {
            let keys: Vec<Key> = own.iter().map(S::key).chain(parts.iter().map(|part| part.key(self.profile))).collect();
            let ids = self.claims.iter().map(|claim| claim.id.to_string()).collect();
            ledger.put_share(&FinishedShare::new(index + 1, count, self.profile.name(), ids, &keys))?;
        }
        let distinct = gather::<S>(&items).iter().map(|group| group.items.len()).sum();
        Ok(Share { items: (own.len(), distinct), claims: (dealt.len(), without.len()) })
    }

    /// Computes a sample of what the ledger holds once more: one result of every sixteen, in the order of their keys. How many were stored,
    /// and how many of them computed again.
    ///
    /// # Errors
    /// When one comes out otherwise than it was stored, with its file; when one cannot be computed.
    pub fn recompute_sample(&self) -> Result<(usize, usize)> {
        let Some(ledger) = self.ledger else { return Ok((0, 0)) };
        let items: BTreeMap<Key, S::Item> = self.items().into_iter().map(|item| (S::key(&item), item)).collect();
        let mut stored: BTreeMap<Key, Stored<'_, S>> = BTreeMap::new();
        stored.extend(items.iter().map(|(key, item)| (*key, Stored::Item(item))));
        stored
            .extend(Part::of(&self.claims_without_items()).into_iter().map(|part| (part.key(self.profile), Stored::Part(part))));
        stored.retain(|key, _| ledger.stored(key).is_some());
        let sample: Vec<(&Key, &Stored<'_, S>)> = stored.iter().step_by(SAMPLED).collect();
        let checked = parallel::map(&sample, self.jobs, |(key, stored)| match ledger.stored(key) {
            Some(found) if found != stored.computed(self.profile)? => Err(ledger.refuse(key)),
            _ => Ok(()),
        });
        checked.into_iter().collect::<Result<()>>().map(|()| (stored.len(), sample.len()))
    }

    /// Removes all of this work from its ledger.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget(&self) -> Result<()> {
        let parts = Part::of(&self.claims_without_items());
        let keys: Vec<Key> = self.items().iter().map(S::key).chain(parts.iter().map(|part| part.key(self.profile))).collect();
        self.ledger.map_or(Ok(()), |ledger| ledger.remove(&keys))
    }

    /// The distinct items of a claim, each with its result where the ledger holds it.
    pub fn kept(&self, claim: &Claim<S>) -> Vec<(S::Item, Option<S::Found>)> {
        let items = (claim.items)(claim, self.profile);
        let distinct: BTreeMap<Key, S::Item> = items.into_iter().map(|item| (S::key(&item), item)).collect();
        let found = |key: &Key| self.ledger.and_then(|ledger| ledger.get(key));
        distinct.into_iter().map(|(key, item)| (item, found(&key))).collect()
    }

    /// Every item that a claim needs, as often as one does.
    fn items(&self) -> Vec<S::Item> {
        self.checked().iter().flat_map(|c| (c.items)(c, self.profile)).collect()
    }

    /// The claims that the profile checks.
    pub fn checked(&self) -> Vec<&'a Claim<S>> {
        self.claims.iter().copied().filter(|c| c.is_checked_in(self.profile)).collect()
    }

    /// The claims that need no items.
    pub fn claims_without_items(&self) -> Vec<&'a Claim<S>> {
        self.checked().into_iter().filter(|c| (c.items)(c, self.profile).is_empty()).collect()
    }

    /// Computes the items and judges the parts as soon as what they read is there.
    fn evaluate(&self, items: &[S::Item], parts: &[Part<'a, S>], watch: &dyn Watch) -> Result<Vec<Result<Outcome>>> {
        self.ledger.map_or(Ok(()), Ledger::check_names)?;
        let computed = Computed::<S>::begin(items, self.ledger);
        let groups = gather::<S>(items.iter().filter(|item| !computed.has(&S::key(item))));
        self.ledger.filter(|_| !groups.is_empty()).map_or(Ok(()), Ledger::check_writable)?;
        let results: Vec<OnceLock<Result<Outcome>>> = parts.iter().map(|_| OnceLock::new()).collect();
        let tally = Tally::begin(items, &groups, parts.len());
        watch.advance(tally.told());
        // Parts come first: one that has all it reads is judged at once, and so are the claims without items, some of them long.
        let tasks = self.tasks(parts, &groups);
        let first = self.first_to_need(&tasks, parts);
        parallel::run(&tasks, self.jobs, |index| {
            watch.begin(index, first[index]);
            let finished = match index.checked_sub(parts.len()) {
                None => {
                    // A part is run once.
                    let _ = results[index].set(self.outcome(&parts[index], &computed)?);
                    (1, 0)
                }
                Some(group) => {
                    computed.compute(&groups[group], self.ledger)?;
                    (groups[group].items.len(), groups[group].work)
                }
            };
            watch.end(index, first[index]);
            watch.advance(tally.add(finished.0, finished.1));
            Ok(())
        })?;
        let judged = results.into_iter().map(|place| place.into_inner());
        Ok(judged.map(|result| result.unwrap_or_else(|| Err(Error::refused("was not judged")))).collect())
    }

    /// The id of the claim that each task is for: a part's own, and for a group that of the first part that needs it.
    fn first_to_need(&self, tasks: &[Task], parts: &[Part<'a, S>]) -> Vec<&'a str> {
        let mut first: Vec<&str> = parts.iter().map(|part| &*part.claim.id).collect();
        // In a share of the work a group may be needed by no part that is judged here.
        first.resize(tasks.len(), "");
        for (part, task) in parts.iter().zip(tasks) {
            for &group in task.needs.iter() {
                if first[group].is_empty() {
                    first[group] = &part.claim.id;
                }
            }
        }
        first
    }

    /// What has to be computed before each part: indices of groups, which stand behind the parts.
    fn tasks(&self, parts: &[Part<'a, S>], groups: &[Group<'_, S>]) -> Vec<Task> {
        let place = |(index, group): (usize, &Group<'_, S>)| {
            group.items.iter().map(move |item| (S::key(item), parts.len() + index)).collect::<Vec<_>>()
        };
        let places: BTreeMap<Key, usize> = groups.iter().enumerate().flat_map(place).collect();
        let needs = |part: &Part<'a, S>| {
            let items = (part.claim.items)(part.claim, self.profile);
            let mut needs: Vec<usize> = items.iter().filter_map(|item| places.get(&S::key(item)).copied()).collect();
            needs.sort_unstable();
            needs.dedup();
            Task { needs }
        };
        parts.iter().map(needs).chain(groups.iter().map(|_| Task { needs: Vec::new() })).collect()
    }

    /// The outcome of a part; an error where the ledger cannot be written. Those of a claim without items are work of their own, and
    /// are kept; the others follow from their items.
    fn outcome(&self, part: &Part<'a, S>, computed: &Computed<S>) -> Result<Result<Outcome>> {
        let claim = part.claim;
        let evaluated = || (part.check())(&Checking { claim, profile: self.profile, computed });
        let Some(ledger) = self.ledger.filter(|_| (claim.items)(claim, self.profile).is_empty()) else { return Ok(evaluated()) };
        let key = part.key(self.profile);
        if let Some(outcome) = ledger.get(&key) {
            return Ok(Ok(outcome));
        }
        let outcome = evaluated();
        if let Ok(outcome) = &outcome {
            ledger.put(&key, outcome)?;
        }
        Ok(outcome)
    }
}

/// Of stored results, one of so many is computed again by [`Evaluation::recompute_sample`].
const SAMPLED: usize = 16;

/// What a ledger holds the result of.
enum Stored<'a, S: Study> {
    Item(&'a S::Item),
    Part(Part<'a, S>),
}

impl<S: Study> Stored<'_, S> {
    /// The text of its result, computed now.
    fn computed(&self, profile: Profile) -> Result<String> {
        let text = match self {
            Stored::Item(item) => serde_json::to_string(&S::compute(&[item])?.first()),
            Stored::Part(part) => {
                let computed = Computed::<S>::default();
                serde_json::to_string(&(part.check())(&Checking { claim: part.claim, profile, computed: &computed })?)
            }
        };
        text.map_err(|e| Error::refused(e.to_string()))
    }
}

/// The check of a claim, or one of its controls.
struct Part<'a, S: Study> {
    claim: &'a Claim<S>,
    /// The control; the check if none.
    control: Option<usize>,
}

impl<'a, S: Study> Part<'a, S> {
    fn of(claims: &[&'a Claim<S>]) -> Vec<Self> {
        let parts = |claim: &&'a Claim<S>| {
            let claim = *claim;
            std::iter::once(None).chain((0..claim.controls.len()).map(Some)).map(move |control| Part { claim, control })
        };
        claims.iter().flat_map(parts).collect()
    }

    fn check(&self) -> fn(&Checking<'_, S>) -> Result<Outcome> {
        self.control.map_or(self.claim.check, |index| self.claim.controls[index].check)
    }

    /// Under which its outcome is kept.
    fn key(&self, profile: Profile) -> Key {
        let part = self.control.map_or(0, |index| index as u64 + 1);
        Canonical::of("claim").text(&self.claim.id).text(profile.name()).integer(part).digest()
    }
}

impl Outcomes {
    /// Of the check, then of each control; the first error if there is one.
    fn join(parts: impl Iterator<Item = Result<Outcome>>) -> Result<Outcomes> {
        let mut parts = parts.collect::<Result<Vec<Outcome>>>()?.into_iter();
        let check = parts.next().ok_or_else(|| Error::refused("was not judged"))?;
        Ok(Outcomes { check, controls: parts.collect() })
    }
}
