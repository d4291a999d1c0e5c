//! Scripts in Python, which share no line with the library.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::Answer;

/// Where a script of the repository is.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The interpreter, with its standard library alone; `None`, and said so, on a machine without Python 3.
///
/// It is asked once where it is: what is found as `python3` may be a program that looks for it, and takes longer than most scripts here.
pub fn interpreter(checked: &str) -> Option<Command> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| match Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output() {
        Ok(run) => Some(String::from_utf8(run.stdout).expect("a path").trim_end().into()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => panic!("python3: {e}"),
    });
    if found.is_none() {
        eprintln!("NOT CHECKED: {checked} (python3 is missing)");
    }
    let mut command = Command::new(found.as_ref()?);
    command.args(["-B", "-S"]);
    Some(command)
}

/// What a script says, run in `place`.
pub fn python(place: &Path, name: &str, arguments: &[impl AsRef<OsStr>]) -> Option<Answer> {
    let run = interpreter(name)?.arg(script(name)).args(arguments).current_dir(place).output();
    Some(Answer::of(run.expect("the interpreter runs")))
}
