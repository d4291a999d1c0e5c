//! The only place that prints, but for a line on memory that is missing ([`memory`](crate::memory)).

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};

use super::answer::Answer;
use super::exit::Exit;
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

/// Does `work` with a progress bar on a terminal, with rate and time left; into a pipe goes a line a minute.
pub fn with_progress<T>(unit: &str, work: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> T) -> T {
    match io::stderr().is_terminal() {
        true => with_bar(unit, work),
        false => {
            let counts = Counts::new(unit);
            told_every(LINE_EVERY, &|| note(counts.line()), || work(&|done, total| counts.set(done, total)))
        }
    }
}

fn with_bar<T>(unit: &str, work: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> T) -> T {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}  {elapsed} elapsed, {per_sec}, {eta} left");
    let bar = ProgressBar::new(0).with_message(unit.to_string());
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(TICK);
    let begun = AtomicBool::new(false);
    let result = work(&|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        // What was there at the beginning took no time.
        if !begun.swap(true, Ordering::Relaxed) {
            bar.reset_eta();
        }
    });
    bar.finish_and_clear();
    result
}

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

/// How far a count is, and since when.
struct Counts<'a> {
    unit: &'a str,
    start: Instant,
    done: AtomicUsize,
    total: AtomicUsize,
    /// What was done at the beginning.
    before: OnceLock<usize>,
}

impl<'a> Counts<'a> {
    fn new(unit: &'a str) -> Self {
        let zero = || AtomicUsize::new(0);
        Counts { unit, start: Instant::now(), done: zero(), total: zero(), before: OnceLock::new() }
    }

    fn set(&self, done: usize, total: usize) {
        self.before.get_or_init(|| done);
        self.done.fetch_max(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    fn line(&self) -> String {
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        let own = done.saturating_sub(self.before.get().copied().unwrap_or(0));
        told(self.unit, [done, total, own], self.start.elapsed().as_secs_f64() / 60.0)
    }
}

/// `12 of 60 runs after 3 minutes, 4.0 a minute, about 12 minutes left`.
fn told(unit: &str, [done, total, own]: [usize; 3], minutes: f64) -> String {
    let begun = format!("{done} of {total} {unit} after {minutes:.0} minutes");
    match (total, own) {
        (0, _) => format!("{unit} for {minutes:.0} minutes"),
        (_, 0) => begun,
        _ => {
            let rate = own as f64 / minutes.max(f64::MIN_POSITIVE);
            format!("{begun}, {rate:.1} a minute, about {:.0} minutes left", total.saturating_sub(done) as f64 / rate)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left_count_what_was_done_now() {
        assert_eq!(told("runs", [12, 60, 12], 3.0), "12 of 60 runs after 3 minutes, 4.0 a minute, about 12 minutes left");
        assert_eq!(told("runs", [12, 60, 6], 3.0), "12 of 60 runs after 3 minutes, 2.0 a minute, about 24 minutes left");
        assert_eq!(told("runs", [12, 60, 0], 1.0), "12 of 60 runs after 1 minutes");
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
