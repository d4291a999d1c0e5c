//! The command `bfc`: what every catalogue's program can do, and `run`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use bfc::claim::require_platform;
use bfc::cli::{self, Answer, Exit, Limit, Shard, Subcommand};
use bfc::error::Result;
use bfc::hierarchy::claims;
use bfc::hierarchy::run::Prepared;
use bfc::memory::Allocator;
use clap::{ArgMatches, Args, FromArgMatches};

/// Run an experiment of your own, or a sweep of them, and write its results and a picture
#[derive(Debug, Args)]
struct RunArguments {
    /// The experiment: tables `target`, `learner` and `data`, and `sweep` for many; - for standard input
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    /// Where to write [default: the name of FILE with -out for .toml, in the working directory]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads of a sweep, from 1 to 256 [default: one a processor]
    #[arg(long, value_name = "N", value_parser = cli::jobs)]
    jobs: Option<NonZeroUsize>,
    /// Of a sweep, do only share I of N, into DIR/ledger; with the ledgers of all shares in one, the same command joins them
    #[arg(long, value_name = "I/N", requires = "out")]
    shard: Option<Shard>,
    #[command(flatten)]
    limit: Limit,
}

const RUN: Subcommand = Subcommand { command: || RunArguments::augment_args(clap::Command::new("run")), run: run_experiment };

fn run_experiment(matches: &ArgMatches) -> Result<Answer> {
    // clap has accepted these words for this very command.
    let arguments = RunArguments::from_arg_matches(matches).unwrap_or_else(|usage| usage.exit());
    let start = Instant::now();
    let mut prepared = Prepared::read(&arguments.file, arguments.out.as_deref())?;
    if let Some(Shard { index, count }) = arguments.shard {
        prepared.take_share(index, count)?;
    }
    let jobs = cli::threads(arguments.jobs);
    arguments.limit.announce(prepared.seconds(jobs), prepared.bytes(jobs))?;
    require_platform()?;
    cli::on_interrupt(match prepared.sweep() {
        None => "interrupted; nothing was written".into(),
        Some(_) => {
            format!("interrupted; finished runs are kept in {}, and the same command goes on", prepared.directory().display())
        }
    });
    let text = match prepared.sweep() {
        None => cli::with_spinner("training", |words| prepared.run(jobs, &|_| (), words))?,
        Some(_) => cli::with_progress("runs", |progress| prepared.run(jobs, progress, &|_| ()))?,
    };
    cli::duration("ran", start);
    Ok(Answer { text, exit: Exit::Success })
}

/// Memory that is not to be had ends the process with exit code 2.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    cli::main(&claims::catalogue(), &[RUN])
}
