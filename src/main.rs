//! The command `bfc`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bfc::cli::main()
}
