//! Instructions of a work, counted by callgrind: the same in every run, whatever else the machine does.
//!
//! The program starts itself under valgrind and does the works of one sweep there, each between two marks. Callgrind sets its counts to zero
//! at the first mark and writes them down at the second, those of all threads together.

use std::hint::black_box;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::answer::Answer;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::error::{Error, Result};
use crate::growth::Sweep;

/// Before a work. The marks differ in what they do, lest they be made one function.
#[inline(never)]
fn scaling_work_begins(size: usize) {
    black_box(size);
}

/// After a work.
#[inline(never)]
fn scaling_work_ends(size: usize) {
    black_box(size ^ 1);
}

/// Does the work of every size, between marks.
///
/// # Errors
/// When a work cannot be made ready, or fails.
pub fn do_marked(sweeps: &[&Sweep], full: bool) -> Result<Answer> {
    for sweep in sweeps {
        for size in sweep.sizes(full) {
            let mut work = (sweep.prepare)(size)?;
            scaling_work_begins(size);
            let done = work();
            scaling_work_ends(size);
            done?;
        }
    }
    Ok(Answer { text: String::new(), exit: Exit::Success })
}

/// The instructions of a sweep's works, one for each of its `count` sizes; `None`, with a note, where valgrind is missing.
///
/// # Errors
/// When the works do not end well under valgrind, or their counts are not found.
pub fn instructions(sweep: &Sweep, count: usize, full: bool) -> Result<Option<Vec<f64>>> {
    let directory = std::env::temp_dir().join(format!("scaling-{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(|e| Error::io("make", &directory, &e))?;
    let counted = count_in(&directory, sweep, count, full);
    // Only counts are left there.
    let _ = std::fs::remove_dir_all(&directory);
    counted
}

fn count_in(directory: &Path, sweep: &Sweep, count: usize, full: bool) -> Result<Option<Vec<f64>>> {
    let program = std::env::current_exe().map_err(|e| Error::io("find", Path::new("this program"), &e))?;
    let out = directory.join("out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--zero-before=*scaling_work_begins*", "--dump-before=*scaling_work_ends*"]);
    valgrind.arg(format!("--callgrind-out-file={}", out.display())).arg(program).args(["--marked", sweep.name]);
    let ended = valgrind.args(full.then_some("--full")).stdin(Stdio::null()).output();
    match ended {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            output::note(format_args!("{}: instructions are not counted: valgrind is missing", sweep.name));
            Ok(None)
        }
        Err(e) => Err(Error::io("start", Path::new("valgrind"), &e)),
        Ok(ended) if !ended.status.success() => {
            let said = String::from_utf8_lossy(&ended.stderr);
            let last = said.lines().rev().find(|line| !line.starts_with("==")).unwrap_or("no message");
            Err(Error::refused(format!("{}: under valgrind: {last}", sweep.name)))
        }
        Ok(_) => (1..=count).map(|n| total(&out.with_extension(n.to_string()))).collect::<Result<Vec<_>>>().map(Some),
    }
}

/// The instructions that a file of callgrind's says were executed.
fn total(path: &PathBuf) -> Result<f64> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::io("read", path, &e))?;
    let number = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    number.ok_or_else(|| Error::input("no line `totals: N`", "one in each of callgrind's files").in_file(path))
}
