//! The command and the independent checker, which must agree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bfc::exact::family::{Family, Kind};
use bfc::exact::gram::Gram;

use super::python::python;

pub const DIGITS: usize = 10;

pub fn family(kind: Kind, dimension: usize, count: usize, seed: u64) -> Gram {
    Family { kind, dimension, count, seed }.gram().unwrap()
}

pub fn bfc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bfc")).args(arguments).output().expect("the command runs")
}

pub fn place(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("bfc-certificates-{}-{name}", std::process::id()));
    fs::create_dir_all(&place).unwrap();
    place
}

/// Both checkers, which must agree, and print the same when they accept.
pub fn codes(certificate: &Path, gram: Option<&Path>) -> i32 {
    let certificate_text = certificate.to_str().unwrap();
    let mut arguments = vec!["certify", "check", certificate_text];
    arguments.extend(gram.iter().flat_map(|g| ["--gram", g.to_str().unwrap()]));
    let run = bfc(&arguments);
    let ours = run.status.code().unwrap();
    let theirs = [Some(certificate), gram].into_iter().flatten().collect::<Vec<_>>();
    if let Some(theirs) = python(Path::new("."), "proofs/certificates/check.py", &theirs) {
        assert_eq!(theirs.code, ours, "{}: {}", certificate.display(), theirs.out);
        assert!(theirs.code != 0 || theirs.out.as_bytes() == run.stdout, "{run:?}, {}", theirs.out);
    }
    ours
}

pub fn write_matrix(file: &Path, gram: &Gram) {
    let m = gram.order();
    let entries: String =
        (0..m).flat_map(|j| (j..m).map(move |i| (i, j))).map(|at| format!("{}\n", gram.entries()[at])).collect();
    fs::write(file, format!("%%MatrixMarket matrix array integer symmetric\n% made for a test\n{m} {m}\n{entries}")).unwrap();
}
