//! How long each claim took: the only clock in any output, for JUnit.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::claim::{Finished, Progress, Watch};
use crate::report::junit::Times;

/// Measures the work of an evaluation, and hands its progress on.
pub struct Stopwatch<'a> {
    start: Instant,
    progress: Progress<'a>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: BTreeMap<usize, Instant>,
    claims: BTreeMap<String, Duration>,
}

impl<'a> Stopwatch<'a> {
    /// Starts.
    pub fn start(progress: Progress<'a>) -> Self {
        Stopwatch { start: Instant::now(), progress, state: Mutex::default() }
    }

    /// How long the whole took so far, and each claim.
    pub fn stop(self) -> Times {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        Times { whole: self.start.elapsed(), claims: state.claims }
    }

    /// A thread that panicked while it held the lock has left a time out at most.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Stopwatch<'_> {
    fn advance(&self, finished: Finished) {
        (self.progress)(finished);
    }

    fn begin(&self, task: usize, _: &str) {
        self.state().running.insert(task, Instant::now());
    }

    fn end(&self, task: usize, claim: &str) {
        let mut state = self.state();
        if let Some(begun) = state.running.remove(&task) {
            *state.claims.entry(claim.to_string()).or_default() += begun.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn the_time_of_a_claim_is_that_of_all_its_work() {
        let told = AtomicUsize::new(0);
        let progress = |f: Finished| told.store(f.done + f.total, Ordering::Relaxed);
        let watch = Stopwatch::start(&progress);
        watch.begin(0, "a");
        watch.begin(1, "a");
        watch.begin(2, "b");
        [(0, "a"), (1, "a"), (2, "b"), (3, "c")].into_iter().for_each(|(task, claim)| watch.end(task, claim));
        watch.begin(4, "d");
        watch.advance(Finished { done: 3, total: 4, share: 0.5 });
        let times = watch.stop();
        // What did not end has no time, and what did not begin neither.
        assert_eq!(times.claims.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert!(times.claims.values().all(|time| *time <= times.whole * 2));
        assert_eq!(told.load(Ordering::Relaxed), 7);
    }
}
