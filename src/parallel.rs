//! Work on several threads: independent items, and tasks that wait for others.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;

use crate::error::Result;

/// The image of each item, in the order of the items, on `jobs` threads; each thread takes the next item that is left.
///
/// What is computed does not depend on the number of threads as long as `image` depends on its item alone.
pub fn map<T: Sync, R: Send>(items: &[T], jobs: usize, image: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || -> Vec<(usize, R)> {
        let turns = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        turns.map_while(|i| items.get(i).map(|item| (i, image(item)))).collect()
    };
    let done = Mutex::new(Vec::with_capacity(items.len()));
    together(jobs.min(items.len()), || {
        let own = work();
        done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend(own);
    });
    let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, image)| image).collect()
}

/// Does `work(first, part)` for parts of `share` items, the last one perhaps shorter, each on a thread of its own where one can be had;
/// `first` is the index of a part's first item.
pub fn parts<T: Send>(items: &mut [T], share: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    let share = share.max(1);
    let count = items.len().div_ceil(share);
    let parts = Mutex::new(items.chunks_mut(share).enumerate());
    let take = || parts.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).next();
    together(count, || {
        while let Some((index, part)) = take() {
            work(index * share, part);
        }
    });
}

/// Calls `turn` on this thread and on so many that they are `threads` together; one that cannot be started is done without.
fn together(threads: usize, turn: impl Fn() + Sync) {
    thread::scope(|scope| {
        let helpers = (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, &turn).ok());
        let helpers: Vec<_> = helpers.collect();
        turn();
        helpers.into_iter().for_each(|h| h.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    });
}

/// A piece of work that may begin when others are done.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// Indices of the tasks that must be done before it.
    pub needs: Vec<usize>,
}

/// Does every task on `jobs` threads; each thread takes the first task, in their order, whose needs are done.
///
/// # Errors
/// The error of a task; no task is begun after it, so tasks that need it are not done.
pub fn run(tasks: &[Task], jobs: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    let queue = Queue::new(tasks);
    let turn = || {
        while let Some(index) = queue.take() {
            // Should the work panic, the others must not wait for it for ever.
            let guard = Abort(&queue);
            let result = work(index);
            std::mem::forget(guard);
            queue.finish(index, result);
        }
    };
    together(jobs.min(tasks.len()), turn);
    queue.state.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()).result
}

/// Tasks that may begin, and those that wait.
struct Queue {
    /// For each task, those that need it.
    dependents: Vec<Vec<usize>>,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    ready: BTreeSet<usize>,
    /// How many needs of each task are not done.
    unmet: Vec<usize>,
    running: usize,
    result: Result<()>,
    aborted: bool,
}

impl Queue {
    fn new(tasks: &[Task]) -> Self {
        let mut dependents = vec![Vec::new(); tasks.len()];
        for (index, task) in tasks.iter().enumerate() {
            task.needs.iter().for_each(|&need| dependents[need].push(index));
        }
        let unmet: Vec<usize> = tasks.iter().map(|task| task.needs.len()).collect();
        let ready = (0..tasks.len()).filter(|&index| unmet[index] == 0).collect();
        let state = State { ready, unmet, running: 0, result: Ok(()), aborted: false };
        Queue { dependents, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// No work is done under the lock, so it is whole even after a panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The next task that may begin; waits while others run that may free one.
    fn take(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.aborted || state.result.is_err() {
                return None;
            }
            if let Some(index) = state.ready.pop_first() {
                state.running += 1;
                return Some(index);
            }
            if state.running == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    fn finish(&self, index: usize, result: Result<()>) {
        let mut state = self.lock();
        state.running -= 1;
        match result {
            Ok(()) => {
                for &dependent in &self.dependents[index] {
                    state.unmet[dependent] -= 1;
                    if state.unmet[dependent] == 0 {
                        state.ready.insert(dependent);
                    }
                }
            }
            Err(error) => state.result = state.result.clone().and(Err(error)),
        }
        self.changed.notify_all();
    }
}

/// Ends the waiting of all threads when it is dropped in a panic.
struct Abort<'a>(&'a Queue);

impl Drop for Abort<'_> {
    fn drop(&mut self) {
        self.0.lock().aborted = true;
        self.0.changed.notify_all();
    }
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

    #[test]
    fn parts_know_where_they_begin() {
        for (length, share) in [(0, 3), (1, 3), (10, 3), (9, 3), (5, 0), (4, 100)] {
            let mut items = vec![0; length];
            parts(&mut items, share, |first, part| part.iter_mut().enumerate().for_each(|(i, item)| *item += first + i));
            assert_eq!(items, (0..length).collect::<Vec<_>>(), "{length} by {share}");
        }
    }

    #[test]
    fn a_task_waits_for_its_needs() {
        let tasks: Vec<Task> = (0..40).map(|i| Task { needs: if i < 20 { vec![i + 20, 39 - i] } else { vec![] } }).collect();
        for jobs in [0, 1, 2, 4] {
            let done: Vec<AtomicUsize> = tasks.iter().map(|_| AtomicUsize::new(0)).collect();
            let work = |index: usize| {
                let met = tasks[index].needs.iter().all(|&need| done[need].load(Ordering::SeqCst) == 1);
                assert!(met, "task {index} began too early");
                done[index].fetch_add(1, Ordering::SeqCst);
                Ok(())
            };
            run(&tasks, jobs, work).unwrap();
            assert!(done.iter().all(|count| count.load(Ordering::SeqCst) == 1));
        }
    }

    #[test]
    fn nothing_begins_after_an_error() {
        let begun = AtomicUsize::new(0);
        let tasks = [Task::default(), Task::default(), Task { needs: vec![0] }];
        let failing = |index: usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            if index == 0 { Err(crate::error::Error::refused("no")) } else { Ok(()) }
        };
        assert!(run(&tasks, 1, failing).is_err());
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    }

    #[test]
    #[should_panic(expected = "planted")]
    fn a_panic_ends_the_waiting() {
        let tasks = [Task::default(), Task { needs: vec![0] }];
        let _ = run(&tasks, 3, |_| panic!("planted"));
    }
}
