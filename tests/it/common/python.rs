//! Scripts in Python, which share no line with the library.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Answer;

/// Where a script of the repository is.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// What a script says, run in `place`; `None`, and said so, on a machine without Python 3.
pub fn python(place: &Path, name: &str, arguments: &[&str]) -> Option<Answer> {
    output(Command::new("python3").arg(script(name)).args(arguments).current_dir(place), name).map(Answer::of)
}

/// What a command that runs a script comes to; `None`, and said so, on a machine without Python 3.
pub fn output(command: &mut Command, name: &str) -> Option<Output> {
    match command.output() {
        Ok(run) => Some(run),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("NOT CHECKED: {name} (python3 is missing)");
            None
        }
        Err(e) => panic!("python3: {e}"),
    }
}
