//! Programs in Python whose output cannot be written: they end with 2 and say nothing else.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::Place;
use crate::common::python::{interpreter, script};

/// Each script with arguments that let it print at once.
const SCRIPTS: [(&str, &[&str]); 5] = [
    ("check.py", &["absent.json"]),
    ("boxes.py", &["absent.json"]),
    ("boxes_depth_4.py", &["absent.json"]),
    ("headline.py", &["3", "16", "1", "10"]),
    ("risk.py", &["absent.json"]),
];

#[cfg(unix)]
#[test]
fn output_that_cannot_be_written_ends_with_2() {
    let place = Place::new("scripts");
    let accepted = script("proofs/certificates/descent-depth-3-near.json");
    for (name, arguments) in SCRIPTS.into_iter().chain([("boxes.py", &[accepted.to_str().unwrap()][..]), ("headline.py", &[])]) {
        let Some(interpreter) = interpreter(name) else { return };
        let (program, file) = (Path::new(interpreter.get_program()), script("proofs/certificates").join(name));
        let line = format!("exec {} -S {} {}", program.display(), file.display(), arguments.join(" "));
        for redirection in [">&-", "> /dev/full"].into_iter().filter(|r| *r == ">&-" || Path::new("/dev/full").exists()) {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("{line} {redirection}")]).current_dir(&place.0).stdin(Stdio::null());
            let run = shell.output().unwrap();
            assert_eq!((run.status.code(), String::from_utf8_lossy(&run.stderr).as_ref()), (Some(2), ""), "{line} {redirection}");
        }
    }
}
