//! A claim evaluated alone, and the command in a directory of its own.

pub mod python;
pub mod readers;
pub mod spoiling;
pub mod tails;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use bfc::claim::{Evaluation, Outcomes, Profile};
use bfc::hierarchy::claims::catalogue;
use tempfile::TempDir;

/// What came of one claim of the catalogue, however long it takes; its items are computed for it alone.
pub fn outcomes(id: &str, profile: Profile) -> Outcomes {
    let catalogue = catalogue();
    let claims = catalogue.select(&[id.to_owned()]).expect("a claim of this name");
    let found = Evaluation { claims: &claims, profile, jobs: 2, ledger: None }.outcomes(&|_, _| ()).expect("possible items");
    let [Some(Ok(outcomes))] = found.as_slice() else { panic!("{id}: {found:?}") };
    outcomes.clone()
}

/// A fresh directory that a test works in; it goes when the test ends.
pub struct Place(pub PathBuf, #[expect(dead_code, reason = "its end removes the directory")] TempDir);

impl Place {
    pub fn new(name: &str) -> Self {
        let directory = tempfile::Builder::new().prefix(&format!("cli-{name}-")).tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        Place(directory.path().to_path_buf(), directory)
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bfc"));
        command.args(words).current_dir(&self.0).stdin(Stdio::null());
        command
    }

    pub fn bfc(&self, words: &str) -> Answer {
        Answer::of(self.command(&words.split_whitespace().collect::<Vec<_>>()).output().unwrap())
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// The names in a directory, in order.
    pub fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(directory)).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What a command said, and how it ended.
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let answer = Answer { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!answer.err.contains("panicked"), "{}", answer.err);
        answer
    }

    /// Ends with `code` and says each of `words` somewhere.
    pub fn says(&self, code: i32, words: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        for word in words {
            assert!(all.contains(word), "expected `{word}` in:\n{all}");
        }
    }
}
