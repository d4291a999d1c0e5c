//! The command `bfc`: what every catalogue's program can do, and `run`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use bfc::claim::require_platform;
use bfc::cli::{self, Answer, Exit, Limit, Subcommand};
use bfc::error::Result;
use bfc::hierarchy::claims;
use bfc::hierarchy::run::Prepared;
use clap::{ArgMatches, Args, FromArgMatches};

/// Run an experiment of your own and write trace.csv, result.json and weights.json
#[derive(Debug, Args)]
struct RunArguments {
    /// The experiment: tables `target`, `learner` and `data`; - for standard input
    #[arg(value_name = "FILE.toml")]
    file: PathBuf,
    /// Where to write [default: the name of FILE with -out for .toml, in the working directory]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    limit: Limit,
}

const RUN: Subcommand = Subcommand { command: || RunArguments::augment_args(clap::Command::new("run")), run: run_experiment };

fn run_experiment(matches: &ArgMatches) -> Result<Answer> {
    // clap has accepted these words for this very command.
    let arguments = RunArguments::from_arg_matches(matches).unwrap_or_else(|usage| usage.exit());
    let start = Instant::now();
    let prepared = Prepared::read(&arguments.file, arguments.out.as_deref())?;
    arguments.limit.announce(prepared.seconds())?;
    require_platform()?;
    let text = cli::with_spinner("training", || prepared.run())?;
    cli::duration("ran", start);
    Ok(Answer { text, exit: Exit::Success })
}

fn main() -> ExitCode {
    cli::main(&claims::catalogue(), &[RUN])
}
