//! Independent work on several threads, in the order in which it was given.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The image of each item, in the order of the items, on `jobs` threads; each thread takes the next item that is left.
///
/// What is computed does not depend on the number of threads as long as `image` depends on its item alone.
pub fn map<T: Sync, R: Send>(items: &[T], jobs: usize, image: impl Fn(&T) -> R + Sync) -> Vec<R> {
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
            assert_eq!(map(&items, jobs, |i| i * i), items.iter().map(|i| i * i).collect::<Vec<_>>());
        }
        assert!(map(&[] as &[u8], 4, |i| *i).is_empty());
    }
}
