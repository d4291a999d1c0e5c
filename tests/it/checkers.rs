//! Two checkers, one verdict: on thousands of spoiled certificates and matrices the command and `proofs/certificates/check.py`, which share
//! no line, end with the same code, and print the same where they accept.
//!
//! The cases are the same in every run. `BFC_CASES=100000` asks for more of them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bfc::certify::certificate::{Certificate, Source};
use bfc::certify::matrix_file;
use bfc::certify::tails::any_eigenvalue_tails;
use bfc::cli;
use bfc::exact::big_gram::AnyGram;
use bfc::exact::family::{Family, Kind};
use bfc::hierarchy::claims::catalogue;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

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

/// What a spoiled text gets in place of what stood there, or in between.
const WORDS: &[&str] = &[
    "-0",
    "0",
    "1",
    "-1",
    "00",
    "01",
    "-01",
    "+1",
    "2",
    "7",
    "62",
    "63",
    "100",
    "101",
    "1024",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "4294967295",
    "4294967296",
    "1e0",
    "1E2",
    "1.0",
    "0.5",
    ".5",
    "5.",
    "1_0",
    "0x1",
    "NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "nan",
    "1e400",
    "-1e-400",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"1\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    ",,",
    ":",
    "\"",
    "\\",
    "\\u0031",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "\u{7f}",
    "\u{a0}",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{3000}",
    "\u{661}",
    "\u{ff11}",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "%",
    "% comment\n",
    "\n%\u{a0}\n",
    "//",
    "#",
    "0000000000000000000000000000000000000000000001",
    "-0000000000000000000000000000000000000000000001",
    "10000000000000000000000000000000000000000000000",
    "array",
    "coordinate",
    "symmetric",
    "general",
    "integer",
    "real",
    "unsigned-integer",
    "pattern",
    "\"lower\"",
    "\"family\"",
    "\"scale\"",
    "\"scale\": 3, ",
    "\"perm\"",
    "\"boolplus\"",
    "boolplus",
    "bfc-eigenvalue-tail-1",
    "bfc-eigenvalue-tail-2",
];

#[derive(Clone, Debug)]
enum Spoiling {
    /// A word in place of a token.
    Token(Index, &'static str),
    Insert(Index, &'static str),
    Byte(Index, u8),
    /// Another digit in place of one.
    Digit(Index, u8),
    /// A blank, or what looks like one, before a token.
    Blank(Index, &'static str),
    Delete(Index, usize),
    /// A stretch again, somewhere.
    Repeat(Index, usize, Index),
    /// Two tokens change places.
    Swap(Index, Index),
    Cut(Index),
}

fn spoiling() -> impl Strategy<Value = Spoiling> {
    let at = any::<Index>;
    let word = || select(WORDS);
    let blanks = || select(&[" ", "\n", "\t", "\r", "\r\n", "\u{a0}", "\u{b}", "\u{c}", "\u{2028}"][..]);
    prop_oneof![
        16 => (at(), b'0'..=b'9').prop_map(|(i, d)| Spoiling::Digit(i, d)),
        8 => (at(), blanks()).prop_map(|(i, b)| Spoiling::Blank(i, b)),
        6 => (at(), word()).prop_map(|(i, w)| Spoiling::Token(i, w)),
        4 => (at(), word()).prop_map(|(i, w)| Spoiling::Insert(i, w)),
        1 => (at(), any::<u8>()).prop_map(|(i, b)| Spoiling::Byte(i, b)),
        2 => (at(), 1usize..12).prop_map(|(i, n)| Spoiling::Delete(i, n)),
        2 => (at(), 1usize..40, at()).prop_map(|(i, n, j)| Spoiling::Repeat(i, n, j)),
        2 => (at(), at()).prop_map(|(i, j)| Spoiling::Swap(i, j)),
        1 => at().prop_map(Spoiling::Cut),
    ]
}

/// Stretches of letters and digits, and of anything else but blanks.
fn tokens(text: &[u8]) -> Vec<std::ops::Range<usize>> {
    let kind = |b: u8| (b.is_ascii_alphanumeric() || b == b'-', b.is_ascii_whitespace());
    let ends = (1..=text.len()).filter(|&i| i == text.len() || kind(text[i - 1]) != kind(text[i]));
    let ranges = ends.scan(0, |start, end| Some(std::mem::replace(start, end)..end));
    ranges.filter(|range| !text[range.start].is_ascii_whitespace()).collect()
}

fn spoil(text: &mut Vec<u8>, spoiling: &Spoiling) {
    let (length, tokens) = (text.len(), tokens(text));
    if tokens.is_empty() {
        return;
    }
    match spoiling {
        Spoiling::Token(at, word) => drop(text.splice(tokens[at.index(tokens.len())].clone(), word.bytes())),
        Spoiling::Insert(at, word) => {
            let at = at.index(length + 1);
            text.splice(at..at, word.bytes());
        }
        Spoiling::Digit(at, digit) => {
            let digits: Vec<usize> = (0..length).filter(|&i| text[i].is_ascii_digit()).collect();
            digits.get(at.index(digits.len().max(1))).into_iter().for_each(|&i| text[i] = *digit);
        }
        Spoiling::Blank(at, blank) => {
            let at = tokens[at.index(tokens.len())].start;
            text.splice(at..at, blank.bytes());
        }
        Spoiling::Byte(at, byte) => text[at.index(length)] = *byte,
        Spoiling::Delete(at, count) => {
            let at = at.index(length);
            text.drain(at..(at + count).min(length));
        }
        Spoiling::Repeat(from, count, to) => {
            let (from, to) = (from.index(length), to.index(length + 1));
            let again = text[from..(from + count).min(length)].to_vec();
            text.splice(to..to, again);
        }
        Spoiling::Swap(one, two) => {
            let (one, two) = (one.index(tokens.len()), two.index(tokens.len()));
            let (first, second) = (tokens[one.min(two)].clone(), tokens[one.max(two)].clone());
            if first != second {
                let [a, b] = [&first, &second].map(|range| text[range.clone()].to_vec());
                text.splice(second, a);
                text.splice(first, b);
            }
        }
        Spoiling::Cut(at) => text.truncate(at.index(length)),
    }
}

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

/// What the independent checker says of each; `None`, and said so, on a machine without Python 3.
fn checker(cases: &[Vec<PathBuf>]) -> Option<Vec<(i64, String)>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/certificates");
    let mut command = Command::new("python3");
    command.arg("-B").arg("-c").arg(DRIVER).arg(directory).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = match command.spawn() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("NOT CHECKED: the independent checker (python3 is missing)");
            return None;
        }
        spawned => spawned.unwrap(),
    };
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
