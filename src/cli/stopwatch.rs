//! The clock of a long command: how far it is, how long it will take, and how long each claim took.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::note;
use crate::claim::Watch;
use crate::report::junit::Times;

/// In a pipe it is told so often how far the work is.
const TOLD: Duration = Duration::from_secs(60);
/// On a terminal the clock moves so often.
const TICK: Duration = Duration::from_millis(500);

/// Shows progress on standard error and measures work: a bar with the claim that was begun last on a terminal, a line a minute in a pipe.
pub struct Stopwatch {
    unit: &'static str,
    start: Instant,
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    told: Instant,
    running: BTreeMap<usize, Instant>,
    claims: BTreeMap<String, Duration>,
}

impl Stopwatch {
    /// Starts; `unit` names what is counted, such as `checked`.
    pub fn start(unit: &'static str) -> Self {
        let start = Instant::now();
        let state = State { told: start, running: BTreeMap::new(), claims: BTreeMap::new() };
        Stopwatch { unit, start, bar: std::io::stderr().is_terminal().then(|| bar(unit)), state: Mutex::new(state) }
    }

    /// Stops, clears the bar, and tells how long the whole and each claim took.
    pub fn stop(&self) -> Times {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        Times { whole: self.start.elapsed(), claims: std::mem::take(&mut self.state().claims) }
    }

    /// A thread that panicked while it held the lock has left a time out at most.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Stopwatch {
    fn advance(&self, done: usize, total: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            return;
        }
        let mut state = self.state();
        if state.told.elapsed() >= TOLD && done < total {
            state.told = Instant::now();
            note(line(self.unit, done, total, self.start.elapsed()));
        }
    }

    fn begin(&self, task: usize, claim: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(claim.to_string());
        }
        self.state().running.insert(task, Instant::now());
    }

    fn end(&self, task: usize, claim: &str) {
        let mut state = self.state();
        if let Some(begun) = state.running.remove(&task) {
            *state.claims.entry(claim.to_string()).or_default() += begun.elapsed();
        }
    }
}

/// Does `work` with a progress bar on a terminal, and a line a minute in a pipe.
pub fn with_progress<T>(unit: &'static str, work: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> T) -> T {
    let stopwatch = Stopwatch::start(unit);
    let result = work(&|done, total| stopwatch.advance(done, total));
    stopwatch.stop();
    result
}

fn bar(unit: &str) -> ProgressBar {
    let template = format!("{{bar:30}} {{pos}}/{{len}} {unit}, {{elapsed}} so far, about {{eta}} left  {{wide_msg}}");
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(TICK);
    bar
}

/// How far the work is, and how long it will take if what is left takes as long as what was done.
fn line(unit: &str, done: usize, total: usize, elapsed: Duration) -> String {
    let left = elapsed.as_secs_f64() * total.saturating_sub(done) as f64 / done.max(1) as f64;
    format!("{done} of {total} {unit}, {:.0} min so far, about {:.0} min left", elapsed.as_secs_f64() / 60.0, left / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_claim_is_that_of_all_its_work() {
        let watch = Stopwatch::start("checked");
        watch.begin(0, "a");
        watch.begin(1, "a");
        watch.begin(2, "b");
        [(0, "a"), (1, "a"), (2, "b"), (3, "c")].into_iter().for_each(|(task, claim)| watch.end(task, claim));
        watch.begin(4, "d");
        let times = watch.stop();
        // What did not end has no time, and what did not begin neither.
        assert_eq!(times.claims.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert!(times.claims.values().all(|time| *time <= times.whole * 2));
    }

    #[test]
    fn what_is_left_is_told_in_minutes() {
        assert_eq!(line("checked", 30, 120, Duration::from_secs(600)), "30 of 120 checked, 10 min so far, about 30 min left");
        assert_eq!(line("checked", 0, 0, Duration::ZERO), "0 of 0 checked, 0 min so far, about 0 min left");
    }
}
