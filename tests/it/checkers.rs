//! Two checkers, one verdict: on thousands of spoiled certificates and matrices the command and `proofs/certificates/check.py`, which share
//! no line, end with the same code, and print the same where they accept.
//!
//! The cases are the same in every run. `BFC_CASES=100000` asks for more of them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bfc::certify::certificate::{Certificate, Source};
use bfc::certify::matrix_file;
use bfc::certify::tails::any_eigenvalue_tails;
use bfc::cli;
use bfc::exact::big_gram::AnyGram;
use bfc::exact::family::{Family, Kind};
use bfc::hierarchy::claims::catalogue;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::common::python::interpreter;
use crate::common::spoiling::{spoil, spoiling};

/// What `cargo test` tries.
const CASES: usize = 600;

/// Reads lines of a certificate and perhaps a matrix, prints a code and a text for each.
const DRIVER: &str = "
import json, sys
sys.path.insert(0, sys.argv[1])
import check
for line in sys.stdin:
    try:
        text, code = check.verdict(line.rstrip('\\n').split('\\t'))
    except BaseException as error:
        text, code = repr(error), -1
    print(json.dumps([code, text]))
";

/// Matrix files, each with a certificate of it.
fn originals(place: &Path) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let certificate = |gram: &AnyGram, source: Source, ranks: &[usize], digits: usize| {
        let proof = any_eigenvalue_tails(gram, ranks, digits, 1).unwrap();
        Certificate::new(source, gram.denominator(), digits, &proof).unwrap().to_json().into_bytes()
    };
    let family = |kind, dimension, count| {
        let family = Family { kind, dimension, count, seed: 3 };
        let gram = AnyGram::Small(family.gram().unwrap());
        (certificate(&gram, Source::from(&family), &[0, 1, count], 6), None)
    };
    let files = [
        "%%MatrixMarket matrix array integer symmetric\n% of three functions\n3 3\n4\n1\n0\n4\n-1\n4\n",
        "%%MatrixMarket matrix coordinate integer general\n3 3 4\n1 1 7\n2 2 -3\n2 3 5\n3 2 5\n",
        "%%MatrixMarket matrix array real symmetric\n2 2\n0.75\n-1e-3\n3.5\n",
        "%%MatrixMarket matrix coordinate unsigned-integer symmetric\n2 2 3\n1 1 18446744073709551615\n2 1 3\n2 2 12\n",
    ];
    let stored = files.into_iter().map(|text| {
        let file = place.join("original.mtx");
        fs::write(&file, text).unwrap();
        let gram = matrix_file::gram(&file, false).unwrap();
        (certificate(&gram, Source::from(&gram), &[1, 2], 4), Some(text.as_bytes().to_vec()))
    });
    [family(Kind::Perm, 4, 3), family(Kind::Boolplus, 5, 4)].into_iter().chain(stored).collect()
}

/// A spoiled certificate, or a spoiled matrix beside a good one; where both lie.
fn cases(place: &Path, count: usize) -> Vec<Vec<PathBuf>> {
    let originals = originals(place);
    let mut runner = TestRunner::deterministic();
    let strategy = (any::<Index>(), any::<bool>(), proptest::collection::vec(spoiling(), 1..3));
    let case = |n: usize| {
        let (which, of_matrix, spoilings) = strategy.new_tree(&mut runner).unwrap().current();
        let (mut certificate, mut matrix) = originals[which.index(originals.len())].clone();
        let spoiled = match &mut matrix {
            Some(matrix) if of_matrix => matrix,
            _ => &mut certificate,
        };
        spoilings.iter().for_each(|spoiling| spoil(spoiled, spoiling));
        let mut paths = vec![place.join(format!("{n}.json"))];
        fs::write(&paths[0], certificate).unwrap();
        if let Some(matrix) = matrix {
            paths.push(place.join(format!("{n}.mtx")));
            fs::write(&paths[1], matrix).unwrap();
        }
        paths
    };
    (0..count).map(case).collect()
}

/// What the command says: its exit code, and its text.
fn command(paths: &[PathBuf]) -> (i64, String) {
    let names: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let mut words = vec!["certify", "check", names[0], "--jobs", "1"];
    words.extend(names.get(1).iter().flat_map(|matrix| ["--gram", matrix]));
    match cli::answer(&catalogue(), &[], &words) {
        Ok(answer) => (i64::from(answer.exit == cli::Exit::Failure), answer.text),
        Err(error) => (2, error.to_string()),
    }
}

/// What the independent checker says of each; `None` on a machine without Python 3.
fn checker(cases: &[Vec<PathBuf>]) -> Option<Vec<(i64, String)>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/certificates");
    let mut command = interpreter("the independent checker")?;
    command.arg("-c").arg(DRIVER).arg(directory).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let line = |paths: &Vec<PathBuf>| paths.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>().join("\t") + "\n";
    let (input, lines) = (child.stdin.take().unwrap(), cases.iter().map(line).collect::<String>());
    let writer = std::thread::spawn(move || { input }.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    Some(answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn both_checkers_say_the_same_of_spoiled_files() {
    let place = tempfile::tempdir().unwrap();
    let count = std::env::var("BFC_CASES").ok().map_or(CASES, |count| count.parse().unwrap());
    let cases = cases(place.path(), count);
    let Some(theirs) = checker(&cases) else { return };
    assert_eq!(theirs.len(), cases.len());
    let mut codes = [0usize; 3];
    let mut disagreements = Vec::new();
    for (paths, (code, text)) in cases.iter().zip(theirs) {
        let (own_code, own_text) = command(paths);
        codes[own_code as usize] += 1;
        if own_code != code || code == 0 && own_text.trim_end() != text.trim_end() {
            let files: Vec<String> =
                paths.iter().map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()).collect();
            disagreements.push(format!("command {own_code}: {own_text}\nchecker {code}: {text}\n{}", files.join("\n")));
        }
    }
    println!("{count} cases: {} accepted, {} refused, {} unreadable by both", codes[0], codes[1], codes[2]);
    let shown = disagreements.iter().take(5).cloned().collect::<Vec<_>>().join("\n----\n");
    assert!(disagreements.is_empty(), "{} disagreements of {count}; the first:\n{shown}", disagreements.len());
    assert!(codes.iter().all(|&found| found >= count / 20), "every verdict is reached: {codes:?}");
}
