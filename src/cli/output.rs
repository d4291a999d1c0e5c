//! The only place that prints, but for a line on memory that is missing ([`memory`](crate::memory)).

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};

use super::answer::Answer;
use super::exit::Exit;
use crate::claim::{Finished, Progress};
use crate::error::{Error, Result};
use crate::layout::Look;

/// Prints an answer and ends with its exit code; a reader who closes the pipe early has what he wanted.
pub fn finish(answer: Result<Answer>) -> ExitCode {
    match answer.and_then(|a| print(&a.text).map(|()| a.exit)) {
        Ok(exit) => exit.into(),
        Err(error) => {
            note(format_args!("error: {error}"));
            Exit::from(&error).into()
        }
    }
}

/// Prints help, the version or a usage error.
pub fn usage(usage: &clap::Error) -> ExitCode {
    match usage.print().and_then(|()| io::stdout().flush()) {
        // A reader who closes the pipe early has what he wanted.
        Ok(()) if !usage.use_stderr() => Exit::Success.into(),
        Err(e) if !usage.use_stderr() && e.kind() == io::ErrorKind::BrokenPipe => Exit::Success.into(),
        _ => Exit::Unusable.into(),
    }
}

/// What standard output can do: colours as NO_COLOR, CLICOLOR and CLICOLOR_FORCE have it, and the width where it is a terminal.
pub fn look() -> Look {
    let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let terminal = Term::stdout();
    let width = terminal.size_checked().map(|(_, columns)| usize::from(columns)).filter(|columns| *columns > 0);
    Look { width: width.filter(|_| io::stdout().is_terminal()), colour }
}

/// Prints at once.
///
/// # Errors
/// When it cannot be written; a closed pipe is no error.
pub fn print(text: &str) -> Result<()> {
    let written = match look().colour {
        // Where a console does not know the escapes of colours, they are translated.
        true => anstream::stdout().write_all(text.as_bytes()),
        false => io::stdout().write_all(text.as_bytes()),
    };
    match written.and_then(|()| io::stdout().flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Error::io("write", Path::new("standard output"), &e)),
        _ => Ok(()),
    }
}

/// Tells something beside the answer, on standard error.
pub fn note(message: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// Tells how long something took, where a person is watching.
pub fn duration(what: &str, since: Instant) {
    if io::stderr().is_terminal() {
        note(format_args!("{what} in {:.1} s", since.elapsed().as_secs_f64()));
    }
}

/// From one line of progress to the next, where it goes to a pipe or a file.
const LINE_EVERY: Duration = Duration::from_secs(60);

/// Does `work` with a progress bar on a terminal, into a pipe with a line a minute: how much is finished, and how long it may still take.
pub fn with_progress<T>(unit: &str, work: impl FnOnce(Progress<'_>) -> T) -> T {
    let pace = Pace::new(unit);
    if !io::stderr().is_terminal() {
        return told_every(LINE_EVERY, &|| note(pace.line()), || work(&|finished| pace.set(finished)));
    }
    let bar = ProgressBar::new(PARTS);
    bar.set_style(ProgressStyle::with_template("{bar:30} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
    let shown = |finished: Finished| {
        pace.set(finished);
        bar.set_position((finished.share * PARTS as f64) as u64);
    };
    let result = told_every(TICK, &|| bar.set_message(pace.line()), || work(&shown));
    bar.finish_and_clear();
    result
}

/// Into which a bar is divided.
const PARTS: u64 = 1000;

/// A sign of life on a terminal.
const TICK: Duration = Duration::from_millis(100);

/// Does `work`, which tells in words how far it is: on a terminal all the time, into a pipe once a minute.
pub fn with_spinner<T>(what: &'static str, work: impl FnOnce(&(dyn Fn(String) + Sync)) -> T) -> T {
    if !io::stderr().is_terminal() {
        let last = Mutex::new(String::new());
        let line = || last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let set = |words: String| *last.lock().unwrap_or_else(PoisonError::into_inner) = words;
        return told_every(LINE_EVERY, &|| note(format_args!("{what} {}", line())), || work(&set));
    }
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.set_style(
        ProgressStyle::with_template("{spinner} {elapsed} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    spinner.enable_steady_tick(TICK);
    let result = work(&|words| spinner.set_message(format!("{what} {words}")));
    spinner.finish_and_clear();
    result
}

/// Does `work`, and tells something every so often while it goes on.
fn told_every<T>(every: Duration, tell: &(dyn Fn() + Sync), work: impl FnOnce() -> T) -> T {
    let (end, ended) = mpsc::channel::<()>();
    thread::scope(move |scope| {
        // It is dropped with this closure, be it in a panic, and that ends the thread.
        let _end = end;
        let telling = move || {
            while ended.recv_timeout(every) == Err(mpsc::RecvTimeoutError::Timeout) {
                tell();
            }
        };
        // Without the thread nothing is told.
        let _ = thread::Builder::new().spawn_scoped(scope, telling);
        work()
    })
}

/// How much is finished, and since when.
struct Pace<'a> {
    unit: &'a str,
    start: Instant,
    /// What was finished at the beginning, and what is now.
    finished: Mutex<Option<[Finished; 2]>>,
}

impl<'a> Pace<'a> {
    fn new(unit: &'a str) -> Self {
        Pace { unit, start: Instant::now(), finished: Mutex::new(None) }
    }

    fn set(&self, now: Finished) {
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        let [first, last] = finished.unwrap_or([now; 2]);
        // Threads may tell what they have counted in another order.
        *finished = Some([first, if now.done >= last.done { now } else { last }]);
    }

    fn line(&self) -> String {
        let finished = *self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        told(self.unit, finished, self.start.elapsed().as_secs_f64())
    }
}

/// `12 of 60 runs after 3 minutes, 40 % of the work, about 5 minutes left`: what was there at the beginning took no time.
fn told(unit: &str, finished: Option<[Finished; 2]>, seconds: f64) -> String {
    let after = duration_in_words(seconds);
    let Some([first, now]) = finished else { return format!("{unit} for {after}") };
    let begun = format!("{} of {} {unit} after {after}", now.done, now.total);
    let own = now.share - first.share;
    match own > 0.0 {
        true => {
            let left = duration_in_words(seconds * (1.0 - now.share) / own);
            format!("{begun}, {:.0} % of the work, about {left} left", 100.0 * now.share)
        }
        false => begun,
    }
}

/// `38 s`, `12 minutes`, `5 hours`.
pub(super) fn duration_in_words(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} minutes", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} hours", s / 3600.0),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn time_left_is_by_the_work_that_was_done_now() {
        let at = |done, share| Finished { done, total: 60, share };
        let of = |finished| told("runs", finished, 180.0);
        assert_eq!(of(Some([at(0, 0.0), at(12, 0.25)])), "12 of 60 runs after 3 minutes, 25 % of the work, about 9 minutes left");
        assert_eq!(of(Some([at(9, 0.5), at(12, 0.6)])), "12 of 60 runs after 3 minutes, 60 % of the work, about 12 minutes left");
        assert_eq!(of(Some([at(12, 0.5); 2])), "12 of 60 runs after 3 minutes");
        assert_eq!(of(None), "runs for 3 minutes");
    }

    #[test]
    fn what_is_told_late_takes_nothing_back() {
        let pace = Pace::new("runs");
        let at = |done, share| Finished { done, total: 4, share };
        [at(0, 0.0), at(2, 0.5), at(1, 0.25)].into_iter().for_each(|finished| pace.set(finished));
        assert_eq!(*pace.finished.lock().unwrap(), Some([at(0, 0.0), at(2, 0.5)]));
    }

    #[test]
    fn something_is_told_while_work_goes_on_and_not_after_it() {
        let count = AtomicUsize::new(0);
        let tell = || {
            count.fetch_add(1, Ordering::SeqCst);
        };
        let wait = || {
            while count.load(Ordering::SeqCst) < 2 {
                thread::yield_now()
            }
        };
        told_every(Duration::from_millis(1), &tell, wait);
        let after = count.load(Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
        assert_eq!(count.load(Ordering::SeqCst), after);
    }
}
