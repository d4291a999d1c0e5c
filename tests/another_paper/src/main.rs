//! The command: `check`, `explain`, `bless` and the others, for these claims.

use std::process::ExitCode;

fn main() -> ExitCode {
    bfc::cli::main(&another_paper::catalogue(), &[])
}
