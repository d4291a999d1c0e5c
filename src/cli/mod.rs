//! The command: its arguments, all printing, clocks, progress and exit codes.
//!
//! A command returns an [`Answer`]; only [`main`] prints it. So a closed pipe is met in one place, and a test reads what a user
//! would.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};

use crate::claim::{Catalogue, Ledger, Profile, Sources, Study};
use crate::error::{Error, Result};

mod bless;
mod certify;
mod check;
mod exit;
mod goldens;
mod new;
mod output;
mod shard;
mod show;

pub use exit::Exit;
pub use output::{duration, note, with_spinner};

/// What a command has to say on standard output, and how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For standard output.
    pub text: String,
    /// How the process ends.
    pub exit: Exit,
}

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
  1  refuted, differing, a golden missing, edited or truncated, or a control that does not come out Refuted
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
    Check(CheckArguments),
    /// Every claim on a line
    List,
    /// What a claim says, how it is checked, what would refute it
    Explain {
        /// Ids or groups of claims
        #[arg(value_name = "CLAIM|GROUP", required = true)]
        claims: Vec<String>,
    },
    /// Recompute goldens, show what moved, and replace them all at once
    Bless(BlessArguments),
    /// Test what the printed numbers assume of this machine
    SelfCheck,
    /// Certify eigenvalue tails of a symmetric integer matrix, or check a certificate
    #[command(subcommand)]
    Certify(certify::CertifyCommand),
    /// Write a crate of one's own claims: a catalogue, a claim with its control and golden, a test, files for CI
    New(new::NewArguments),
    /// Join what the shards of a check have done
    Merge {
        /// Directories that `check --shard` wrote
        #[arg(value_name = "DIR", required = true)]
        shards: Vec<PathBuf>,
        /// Where to join them
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// How much is run, where the goldens are, and on how many threads.
#[derive(Clone, Debug, clap::Args)]
struct Common {
    /// How much to run
    #[arg(long, value_enum, default_value = "quick")]
    profile: ProfileName,
    /// The directory of the goldens
    #[arg(long, value_name = "DIR", default_value = "golden")]
    golden: PathBuf,
    /// Threads, from 1 to 256 [default: one a processor]
    #[arg(long, alias = "threads", value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    /// Keep finished runs here and use those that are here [default for full: a directory in target/, until it is finished]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct CheckArguments {
    /// Ids or groups of claims; all of them when none is given
    #[arg(value_name = "CLAIM|GROUP")]
    claims: Vec<String>,
    #[command(flatten)]
    common: Common,
    /// Show the negative controls as well (they are always run)
    #[arg(long)]
    controls: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// List the training runs that would be made, and make none
    #[arg(long, conflicts_with = "format")]
    plan: bool,
    /// Do only share I of N, into --out, and judge nothing; `bfc merge` joins the shares
    #[arg(long, value_name = "I/N", requires = "out", conflicts_with_all = ["format", "controls"])]
    shard: Option<shard::Shard>,
}

#[derive(Debug, clap::Args)]
struct BlessArguments {
    /// Ids or groups of claims; all of them when none is given
    #[arg(value_name = "CLAIM|GROUP")]
    claims: Vec<String>,
    #[command(flatten)]
    common: Common,
    /// Write even though a claim is not Verified or its control is not Refuted
    #[arg(long)]
    allow_unverified: bool,
    /// Accept new prose and compute nothing: the stored numbers must be those that were sealed, and stay byte for byte
    #[arg(long, conflicts_with_all = ["allow_unverified", "out", "jobs"])]
    prose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileName {
    /// Every claim in miniature: compares bytes, draws no conclusion
    Tiny,
    /// The claims that fit in about half a minute; the others are shown as `full only`
    Quick,
    /// Every claim, with more seeds and sizes
    Full,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Tiny => Profile::Tiny,
            ProfileName::Quick => Profile::Quick,
            ProfileName::Full => Profile::Full,
        }
    }
}

impl Common {
    /// Where finished work is kept while the program `name` runs this command, and whether it stays there afterwards.
    fn ledger(&self, name: &str, sources: &Sources) -> Option<(Ledger, bool)> {
        let profile = self.profile();
        let resumed = || PathBuf::from(format!("target/{name}/{}", profile.name()));
        match &self.out {
            Some(directory) => Some((Ledger::new(directory, sources), true)),
            None => (profile == Profile::Full).then(|| (Ledger::new(resumed(), sources), false)),
        }
    }

    fn profile(&self) -> Profile {
        self.profile.into()
    }

    fn jobs(&self) -> usize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}

fn jobs(text: &str) -> std::result::Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|n: &NonZeroUsize| n.get() <= 256);
    number.ok_or_else(|| "expected a number of threads from 1 to 256".to_string())
}

/// Runs the command that the process was given: those of every catalogue, and `more`.
pub fn main<S: Study>(catalogue: &Catalogue<S>, more: &[Subcommand]) -> ExitCode {
    match arguments(catalogue, more).try_get_matches() {
        Ok(matches) => output::finish(dispatch(catalogue, more, &matches)),
        Err(usage) => output::usage(&usage),
    }
}

/// What the program answers to `words`, those after its name: for tests.
///
/// # Errors
/// Where the program would print an error and end with 2, or with 1 for goldens that cannot be trusted; for words that are no command.
pub fn answer<S: Study>(catalogue: &Catalogue<S>, more: &[Subcommand], words: &[&str]) -> Result<Answer> {
    match arguments(catalogue, more).try_get_matches_from(std::iter::once(&catalogue.name).chain(words)) {
        Ok(matches) => dispatch(catalogue, more, &matches),
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

fn dispatch<S: Study>(catalogue: &Catalogue<S>, more: &[Subcommand], matches: &clap::ArgMatches) -> Result<Answer> {
    let named = |sub: &&Subcommand| Some((sub.command)().get_name()) == matches.subcommand_name();
    match (more.iter().find(named), matches.subcommand()) {
        (Some(sub), Some((_, own))) => (sub.run)(own),
        _ => match Arguments::from_arg_matches(matches) {
            Ok(arguments) => carry_out(catalogue, &arguments.command),
            Err(usage) => usage.exit(),
        },
    }
}

fn carry_out<S: Study>(catalogue: &Catalogue<S>, command: &Command) -> Result<Answer> {
    match command {
        Command::Check(arguments) => check::command(catalogue, arguments),
        Command::List => Ok(show::list(catalogue)),
        Command::Explain { claims } => show::explain(catalogue, claims),
        Command::Bless(arguments) => bless::command(catalogue, arguments),
        Command::SelfCheck => Ok(show::self_check()),
        Command::Certify(command) => certify::command(command),
        Command::New(arguments) => new::command(arguments),
        Command::Merge { shards, out } => shard::merge(catalogue, shards, out),
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
