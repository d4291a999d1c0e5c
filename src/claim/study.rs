//! Work that claims share: each item is computed once, kept in a ledger, dealt out to machines.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Ledger;
use crate::error::{Error, Result};
use crate::parallel::{self, Task};

/// The digest that identifies an item.
pub type Key = [u8; 32];

/// Work that claims share, such as training runs: each item is computed once, whichever claims ask for it.
///
/// A catalogue whose claims share nothing has the study `()`.
pub trait Study: 'static {
    /// What identifies a piece of work, such as an instance, a learner and a seed.
    type Item: Clone + Send + Sync;
    /// What comes of it.
    type Found: Serialize + DeserializeOwned + Send + Sync;

    /// The digest of all that the result depends on. Items with the same key are the same work.
    fn key(item: &Self::Item) -> Key;

    /// What it is computed together with (items of one group key share their beginnings), and a rough count of its operations:
    /// long groups are begun first. Unless a study says otherwise an item is computed alone, and all are equally long.
    fn group(item: &Self::Item) -> (Key, u128) {
        (Self::key(item), 1)
    }

    /// What it is and how it is done, as two cells of the table of `check --plan`.
    fn row(item: &Self::Item) -> [String; 2];

    /// The tables of a file by which the program makes this item alone; none where it has no command for that.
    fn configuration(_: &Self::Item) -> Option<serde_json::Value> {
        None
    }

    /// The results of the items of one group, in their order. They must not depend on which items of the group are asked for.
    ///
    /// # Errors
    /// When an item is impossible.
    fn compute(group: &[&Self::Item]) -> Result<Vec<Self::Found>>;

    /// The weights that a result holds, for `check --weights`; none unless a study says otherwise.
    ///
    /// # Errors
    /// When they cannot be put together.
    fn weights(_: &Self::Item, _: &Self::Found) -> Result<Option<Weights>> {
        Ok(None)
    }
}

/// Trained weights, as a file for other programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The name of the file, another for each result.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// No shared work at all.
impl Study for () {
    type Item = Infallible;
    type Found = ();

    fn key(item: &Infallible) -> Key {
        match *item {}
    }

    fn row(item: &Infallible) -> [String; 2] {
        match *item {}
    }

    fn compute(_: &[&Infallible]) -> Result<Vec<()>> {
        Ok(Vec::new())
    }
}

/// The results of items, by their keys; filled while an evaluation goes on.
pub struct Computed<S: Study> {
    found: BTreeMap<Key, OnceLock<S::Found>>,
}

impl<S: Study> Default for Computed<S> {
    fn default() -> Self {
        Computed { found: BTreeMap::new() }
    }
}

impl<S: Study> fmt::Debug for Computed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Computed({} of {})", self.count(), self.found.len())
    }
}

impl<S: Study> Computed<S> {
    /// Places for the results of `items`, with what `ledger` holds of them filled in.
    pub(super) fn begin(items: &[S::Item], ledger: Option<&Ledger>) -> Self {
        let known = |key: &Key| ledger.and_then(|ledger| ledger.get(key));
        let place = |item: &S::Item| {
            let key = S::key(item);
            let cell = OnceLock::new();
            if let Some(found) = known(&key) {
                // The cell was made in the line above.
                let _ = cell.set(found);
            }
            (key, cell)
        };
        let distinct: BTreeMap<Key, &S::Item> = items.iter().map(|item| (S::key(item), item)).collect();
        Computed { found: distinct.into_values().map(place).collect() }
    }

    /// The results of `items`, each computed once, on `jobs` threads.
    ///
    /// # Errors
    /// When an item is impossible.
    pub fn of(items: &[S::Item], jobs: usize) -> Result<Self> {
        Computed::kept(items, jobs, None, &|_| ())
    }

    /// As [`of`](Self::of), with what `ledger` holds of them; what is computed is kept there as soon as its group is finished. `progress` is
    /// told at the beginning what the ledger held, and then of each group.
    ///
    /// # Errors
    /// When an item is impossible, with what it is, or the ledger cannot be written; nothing more is begun then.
    pub fn kept(items: &[S::Item], jobs: usize, ledger: Option<&Ledger>, progress: Progress<'_>) -> Result<Self> {
        ledger.map_or(Ok(()), Ledger::check_names)?;
        let computed = Computed::begin(items, ledger);
        let groups = gather::<S>(items.iter().filter(|item| !computed.has(&S::key(item))));
        ledger.filter(|_| !groups.is_empty()).map_or(Ok(()), Ledger::check_writable)?;
        let tally = Tally::begin(items, &groups, 0);
        progress(tally.told());
        let tasks: Vec<Task> = groups.iter().map(|_| Task::default()).collect();
        parallel::run(&tasks, jobs, |index| {
            let group = &groups[index];
            computed.compute(group, ledger).map_err(|e| match group.items.first() {
                Some(item) => e.and(S::row(item).join(", ")),
                None => e,
            })?;
            progress(tally.add(group.items.len(), group.work));
            Ok(())
        })?;
        Ok(computed)
    }

    /// The result of `item`.
    ///
    /// # Errors
    /// When the item was not among those asked for: a claim must list whatever it reads among its items.
    pub fn get(&self, item: &S::Item) -> Result<&S::Found> {
        let place = self.found.get(&S::key(item)).and_then(OnceLock::get);
        place.ok_or_else(|| Error::refused("a claim asked for a result that is not among its items"))
    }

    /// How many results there are.
    pub(super) fn count(&self) -> usize {
        self.found.values().filter(|place| place.get().is_some()).count()
    }

    pub(super) fn has(&self, key: &Key) -> bool {
        self.found.get(key).is_some_and(|place| place.get().is_some())
    }

    /// Computes one group and keeps its results here and in the ledger.
    pub(super) fn compute(&self, group: &Group<'_, S>, ledger: Option<&Ledger>) -> Result<()> {
        let results = S::compute(&group.items)?;
        if results.len() != group.items.len() {
            return Err(Error::refused(format!("a study gave {} results for {} items", results.len(), group.items.len())));
        }
        for (item, result) in group.items.iter().zip(results) {
            let key = S::key(item);
            if let Some(ledger) = ledger {
                ledger.put(&key, &result)?;
            }
            if let Some(place) = self.found.get(&key) {
                // A result that is there already is the same: results depend on their items alone.
                let _ = place.set(result);
            }
        }
        Ok(())
    }
}

/// Items that are computed together.
pub(super) struct Group<'a, S: Study> {
    pub items: Vec<&'a S::Item>,
    pub work: u128,
}

/// The distinct ones of `items` in groups, those with most work first, so that no thread is left with a long one at the end.
pub(super) fn gather<'a, S: Study>(items: impl IntoIterator<Item = &'a S::Item>) -> Vec<Group<'a, S>> {
    let distinct: BTreeMap<Key, &S::Item> = items.into_iter().map(|item| (S::key(item), item)).collect();
    let mut groups: BTreeMap<Key, Group<'a, S>> = BTreeMap::new();
    for item in distinct.into_values() {
        let (key, work) = S::group(item);
        let group = groups.entry(key).or_insert_with(|| Group { items: Vec::new(), work: 0 });
        group.items.push(item);
        group.work = group.work.saturating_add(work);
    }
    let mut groups: Vec<Group<'a, S>> = groups.into_values().collect();
    groups.sort_by_key(|g| Reverse(g.work));
    groups
}

/// How much of some work is finished.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Finished {
    /// Items and parts of claims that are finished.
    pub done: usize,
    /// All items and parts of claims.
    pub total: usize,
    /// The operations of the items that are finished over those of all items, by the rough counts of [`Study::group`]: some items take a
    /// thousand times as long as others. 1 where there are no items.
    pub share: f64,
}

/// Is called, from any thread, with how much is finished.
pub type Progress<'a> = &'a (dyn Fn(Finished) + Sync);

/// Counts what is finished.
pub(super) struct Tally {
    total: usize,
    work: u128,
    /// How many are finished, and their operations.
    done: Mutex<(usize, u128)>,
}

impl Tally {
    /// Of these items all are finished that are in no group of `left`; there are `parts` of claims besides.
    pub(super) fn begin<S: Study>(items: &[S::Item], left: &[Group<'_, S>], parts: usize) -> Self {
        let of = |groups: &[Group<'_, S>]| {
            groups.iter().fold((0, 0u128), |(n, work), group| (n + group.items.len(), work.saturating_add(group.work)))
        };
        let ((all, work), (begun, left)) = (of(&gather::<S>(items)), of(left));
        Tally { total: all + parts, work, done: Mutex::new((all - begun, work.saturating_sub(left))) }
    }

    /// How much is finished, with these items, or parts of claims, of so many operations.
    pub(super) fn add(&self, count: usize, work: u128) -> Finished {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done = (done.0 + count, done.1.saturating_add(work));
        let share = if self.work == 0 { 1.0 } else { done.1 as f64 / self.work as f64 };
        Finished { done: done.0, total: self.total, share }
    }

    pub(super) fn told(&self) -> Finished {
        self.add(0, 0)
    }
}

/// The items of share `index` (from 0) of `count`: whole groups are dealt out in turn, longest first.
pub fn shard<S: Study>(items: &[S::Item], index: usize, count: usize) -> Vec<S::Item> {
    let dealt = gather::<S>(items).into_iter().skip(index).step_by(count.max(1));
    dealt.flat_map(|group| group.items.into_iter().cloned()).collect()
}
