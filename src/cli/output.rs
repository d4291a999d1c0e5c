//! The only place that prints.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

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

fn print(text: &str) -> Result<()> {
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
pub fn duration(what: &str, since: std::time::Instant) {
    if io::stderr().is_terminal() {
        note(format_args!("{what} in {:.1} s", since.elapsed().as_secs_f64()));
    }
}

/// Does `work` with a progress bar on a terminal, and silently in a pipe.
pub fn with_progress<T>(unit: &str, work: impl FnOnce(&(dyn Fn(usize, usize) + Sync)) -> T) -> T {
    if !io::stderr().is_terminal() {
        return work(&|_, _| {});
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}  {elapsed} elapsed, {eta} left");
    let bar = ProgressBar::new(0).with_message(unit.to_string());
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let result = work(&|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    result
}

/// Does `work` whose length is not known, with a sign of life on a terminal.
pub fn with_spinner<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    let result = work();
    spinner.finish_and_clear();
    result
}
