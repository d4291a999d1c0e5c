//! The command: its arguments, all printing, clocks, progress and exit codes.
//!
//! A command returns an [`Answer`]; only [`main`] prints it. So a closed pipe is met in one place, and a test reads what a user
//! would.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::claim::{Catalogue, Study};
use crate::error::{Error, Result};
use crate::layout::Look;

mod answer;
mod bless;
mod certify;
mod check;
mod common;
mod estimate;
mod exit;
mod goldens;
mod interrupt;
mod manual;
mod new;
mod output;
mod plan;
mod report;
mod scaling;
mod shard;
mod show;
mod stopwatch;
mod weights;

pub use answer::Answer;
pub use common::{jobs, threads};
pub use estimate::Limit;
pub use exit::Exit;
pub use interrupt::on_interrupt;
pub use output::{duration, note, with_progress, with_spinner};
pub use scaling::scaling;
pub use shard::Shard;

/// A command that a catalogue's program has beside those that all have.
#[derive(Clone, Copy, Debug)]
pub struct Subcommand {
    /// Its name and arguments.
    pub command: fn() -> clap::Command,
    /// Does it.
    pub run: fn(&clap::ArgMatches) -> Result<Answer>,
}

/// How a program ends.
const EXIT_CODES: &str = "Exit codes, the first that applies:
  2  usage, unreadable input, unwritable directory, unfit machine
  1  refuted, differing, a golden missing, reworded, edited, truncated or unsealed, or a control that does not come out Refuted
  3  undecided, or a claim named by its id is not checked in this profile
  0  all verified and equal to the goldens";

#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run claims and their controls, compare with the goldens, print a table
    Check(check::CheckArguments),
    /// Every claim on a line
    List,
    /// What a claim says, how it is checked, what would refute it
    Explain {
        /// Ids or groups of claims
        #[arg(value_name = "CLAIM|GROUP", required = true)]
        claims: Vec<String>,
    },
    /// Recompute goldens, show what moved, and replace them all at once
    Bless(bless::BlessArguments),
    /// Write a page of what was found, for people who will not run anything, and a map from claims to theorems
    Report(report::ReportArguments),
    /// Test what the printed numbers assume of this machine
    SelfCheck,
    /// Certify eigenvalue tails of a symmetric matrix, or check a certificate
    #[command(subcommand)]
    Certify(certify::CertifyCommand),
    /// Write a crate of one's own claims: a catalogue, a claim with its control and golden, a test, files for CI
    New(new::NewArguments),
    /// Join what the shards of a check have done
    Merge {
        /// Directories that `check --shard` wrote, or the directory that they lie in
        #[arg(value_name = "DIR", required = true)]
        shards: Vec<PathBuf>,
        /// Where to join them
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command
    Man {
        /// Where to write the pages, such as share/man/man1
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// Runs the command that the process was given: those of every catalogue, and `more`.
pub fn main<S: Study>(catalogue: &Catalogue<S>, more: &[Subcommand]) -> ExitCode {
    match arguments(catalogue, more).try_get_matches() {
        Ok(matches) => output::finish(dispatch(catalogue, more, &matches, output::look())),
        Err(usage) => output::usage(&usage),
    }
}

/// What the program answers to `words`, those after its name: for tests.
///
/// # Errors
/// Where the program would print an error and end with 2, or with 1 for goldens that cannot be trusted; for words that are no command.
pub fn answer<S: Study>(catalogue: &Catalogue<S>, more: &[Subcommand], words: &[&str]) -> Result<Answer> {
    match arguments(catalogue, more).try_get_matches_from(std::iter::once(&catalogue.name).chain(words)) {
        Ok(matches) => dispatch(catalogue, more, &matches, Look::default()),
        Err(usage) if usage.use_stderr() => Err(Error::refused(usage.to_string())),
        Err(help) => Ok(Answer { text: help.to_string(), exit: Exit::Success }),
    }
}

/// The command line of the catalogue's program.
fn arguments<S: Study>(catalogue: &Catalogue<S>, more: &[Subcommand]) -> clap::Command {
    let about = format!("{}\n\n{EXIT_CODES}", catalogue.about);
    let command = Arguments::command().name(catalogue.name).bin_name(catalogue.name).about(about);
    more.iter().fold(command, |command, sub| command.subcommand((sub.command)()))
}

fn dispatch<S: Study>(catalogue: &Catalogue<S>, more: &[Subcommand], matches: &clap::ArgMatches, look: Look) -> Result<Answer> {
    let named = |sub: &&Subcommand| Some((sub.command)().get_name()) == matches.subcommand_name();
    match (more.iter().find(named), matches.subcommand()) {
        (Some(sub), Some((_, own))) => (sub.run)(own),
        _ => match Arguments::from_arg_matches(matches) {
            Ok(Arguments { command: Command::Completions { shell } }) => {
                Ok(manual::completions(arguments(catalogue, more), shell))
            }
            Ok(Arguments { command: Command::Man { dir } }) => manual::pages(arguments(catalogue, more), dir.as_deref()),
            Ok(arguments) => carry_out(catalogue, &arguments.command, look),
            Err(usage) => usage.exit(),
        },
    }
}

fn carry_out<S: Study>(catalogue: &Catalogue<S>, command: &Command, look: Look) -> Result<Answer> {
    match command {
        Command::Check(arguments) => check::command(catalogue, arguments, look),
        Command::List => Ok(show::list(catalogue, look)),
        Command::Explain { claims } => show::explain(catalogue, claims, look),
        Command::Bless(arguments) => bless::command(catalogue, arguments),
        Command::Report(arguments) => report::command(catalogue, arguments),
        Command::SelfCheck => Ok(show::self_check()),
        Command::Certify(command) => certify::command(command),
        Command::New(arguments) => new::command(arguments),
        Command::Merge { shards, out } => shard::merge(catalogue, shards, out),
        // They need the commands of the whole program, and are carried out where these are known.
        Command::Completions { .. } | Command::Man { .. } => Err(Error::refused("not a command of a catalogue")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn no_threads_are_a_usage_error() {
        for bad in ["0", "-1", "x", "257", ""] {
            assert!(Arguments::try_parse_from(["bfc", "check", "--jobs", bad]).is_err(), "{bad}");
        }
    }
}
