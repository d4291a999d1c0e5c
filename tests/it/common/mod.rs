//! The catalogue evaluated and compared, one of its claims alone, and the command in a directory of its own.

pub mod python;
pub mod readers;
pub mod spoiling;
pub mod tails;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

use bfc::claim::{Catalogue, Description, Evaluation, Finished, Outcomes, Profile};
use bfc::comparison::{Comparison, Request};
use bfc::golden::Status;
use bfc::hierarchy::claims::catalogue;
use bfc::hierarchy::experiment::Training;
use tempfile::TempDir;

/// A profile of the whole catalogue, computed and compared with the stored goldens.
pub struct Compared {
    pub comparison: Comparison<'static>,
    /// How much was finished when progress was told for the last time.
    pub finished: Finished,
}

impl Compared {
    /// Claims that were checked, with what came of them.
    pub fn found(&self) -> impl Iterator<Item = (&Description<'static>, &Outcomes, &Status)> {
        self.comparison.entries.iter().filter_map(|entry| {
            let (outcomes, golden) = entry.found()?;
            Some((&entry.claim, outcomes, &golden.status))
        })
    }
}

/// The catalogue.
pub fn claims() -> &'static Catalogue<Training> {
    static CLAIMS: LazyLock<Catalogue<Training>> = LazyLock::new(catalogue);
    &CLAIMS
}

/// In miniature; computed once for all tests.
pub fn tiny() -> &'static Compared {
    static TINY: LazyLock<Compared> = LazyLock::new(|| compared(Profile::Tiny));
    &TINY
}

/// In the profile of the README's commands; computed once for all tests.
pub fn quick() -> &'static Compared {
    static QUICK: LazyLock<Compared> = LazyLock::new(|| compared(Profile::Quick));
    &QUICK
}

fn compared(profile: Profile) -> Compared {
    let selected = Box::leak(claims().select(&[]).expect("all of them").into_boxed_slice());
    let golden = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/golden"));
    let (request, last) = (
        Request { catalogue: claims(), claims: selected, whole: true, profile, golden, jobs: 2 },
        Mutex::new(Finished::default()),
    );
    let comparison = Comparison::of(&request, None, &|finished| {
        let mut last = last.lock().expect("no thread panicked");
        *last = if finished.done >= last.done { finished } else { *last };
    });
    let comparison = comparison.expect("possible instances and readable goldens");
    Compared { comparison, finished: last.into_inner().expect("no thread panicked") }
}

/// What came of one claim of the catalogue, however long it takes; its items are computed for it alone, and once for all tests.
pub fn outcomes(id: &str, profile: Profile) -> Outcomes {
    static FOUND: Mutex<BTreeMap<(String, &str), Outcomes>> = Mutex::new(BTreeMap::new());
    let compute = || {
        let claims = claims().select(&[id.to_owned()]).expect("a claim of this name");
        let found = Evaluation { claims: &claims, profile, jobs: 2, ledger: None }.outcomes(&|_| ()).expect("possible items");
        let [Some(Ok(outcomes))] = found.as_slice() else { panic!("{id}: {found:?}") };
        outcomes.clone()
    };
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    found.entry((id.to_owned(), profile.name())).or_insert_with(compute).clone()
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
