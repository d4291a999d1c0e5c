//! Bytes of anyone: every reader accepts its corpus, and survives what becomes of it by edits, without a panic.
//!
//! The edits are the same in every run; `BFC_CASES=100000` asks for more of them. `tests/fuzz` explores the same readers with a fuzzer that sees
//! which branches it reaches, under a bound on memory and time.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use bfc::claim::Sources;
use bfc::claim::ledger::Ledger;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::common::readers::{KEY, READERS, page};
use crate::common::spoiling::{spoil, spoiling};

/// What `cargo test` tries on each reader.
const CASES: usize = 400;

fn corpus(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// A page that these sources made; no file can be one for long.
fn own_page() -> Vec<u8> {
    let place = tempfile::tempdir().unwrap();
    Ledger::new(place.path(), &Sources(&[])).put(&KEY, &vec![0.25, -1.0, 1e300]).unwrap();
    let only = fs::read_dir(place.path()).unwrap().next().unwrap().unwrap();
    fs::read(only.path()).unwrap()
}

/// In the corpus of each reader, what is named `refused-...` is refused, and everything else accepted.
#[test]
fn the_corpus_is_what_it_says() {
    for (folder, reader) in READERS {
        let files = corpus(folder);
        for (path, bytes) in &files {
            let refused = path.file_name().unwrap().to_str().unwrap().starts_with("refused-");
            assert_eq!(reader(bytes), !refused, "{}", path.display());
        }
        assert!(!files.is_empty(), "{folder} has a corpus");
    }
    assert!(page(&own_page()));
}

#[test]
fn no_edit_of_the_corpus_makes_a_reader_panic() {
    let count = std::env::var("BFC_CASES").ok().map_or(CASES, |count| count.parse().unwrap());
    let mut runner = TestRunner::deterministic();
    let strategy = (any::<Index>(), proptest::collection::vec(spoiling(), 1..4));
    for (folder, reader) in READERS {
        let mut files: Vec<Vec<u8>> = corpus(folder).into_iter().map(|(_, bytes)| bytes).collect();
        files.extend((folder == "page").then(own_page));
        let mut accepted = 0;
        for _ in 0..count {
            let (which, spoilings) = strategy.new_tree(&mut runner).unwrap().current();
            let mut bytes = files[which.index(files.len())].clone();
            spoilings.iter().for_each(|spoiling| spoil(&mut bytes, spoiling));
            let found = catch_unwind(|| reader(&bytes));
            let found = found.unwrap_or_else(|_| panic!("{folder} panics on {:?}", String::from_utf8_lossy(&bytes)));
            accepted += usize::from(found);
        }
        println!("{folder}: {accepted} of {count} edited texts accepted");
        assert!(accepted < count, "{folder} refuses something");
    }
}
