//! Evaluating claims and their controls, in parallel and in catalogue order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::output::with_progress;
use crate::claim::{Claim, Profile};
use crate::error::{Error, Result};
use crate::experiment::{Cell, Runs};
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

/// The outcomes of each claim; the runs that claims share are made once.
///
/// # Errors
/// When the runs cannot be made. A claim that cannot be checked is an error in its own place.
pub fn outcomes(claims: &[&'static Claim], profile: Profile, jobs: usize) -> Result<Vec<Result<Outcomes>>> {
    let cells: Vec<Cell> = claims.iter().flat_map(|c| (c.cells)(profile)).collect();
    let runs = with_progress("runs", |progress| Runs::compute(&cells, jobs, progress))?;
    Ok(parallel(claims, jobs, |claim| {
        let check = (claim.check)(profile, &runs)?;
        Ok(Outcomes { check, control: (claim.broken)(profile, &runs)? })
    }))
}

/// The image of each item, in the order of the items, on `jobs` threads.
fn parallel<T: Sync, R: Send>(items: &[T], jobs: usize, image: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || -> Vec<(usize, R)> {
        let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        turns.map_while(|i| items.get(i).map(|item| (i, image(item)))).collect()
    };
    let mut done = thread::scope(|scope| {
        // A thread that cannot be started is done without: this one works too.
        let helpers = 1..jobs.min(items.len());
        let helpers: Vec<_> = helpers.filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let own = work();
        let others = helpers.into_iter().flat_map(|h| h.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        own.into_iter().chain(others).collect::<Vec<_>>()
    });
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, image)| image).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_does_not_depend_on_the_threads() {
        let items: Vec<usize> = (0..50).collect();
        for jobs in [0, 1, 2, 4, 100] {
            assert_eq!(parallel(&items, jobs, |i| i * i), items.iter().map(|i| i * i).collect::<Vec<_>>());
        }
        assert!(parallel(&[] as &[u8], 4, |i| *i).is_empty());
    }
}
