//! Every reader of the library, on bytes of anyone: what `tests/it/hostile.rs` spoils, and what `tests/fuzz` explores.

use std::fs;
use std::path::{Path, PathBuf};

use bfc::certify::certificate::Certificate;
use bfc::claim::Sources;
use bfc::claim::ledger::Ledger;
use bfc::claim::text;
use bfc::exact::given::{Given, Wanted};
use bfc::exact::{matrix_market, npy};
use bfc::golden::manifest::Manifest;
use bfc::hierarchy::run::RunFile;

/// Whether it accepts the bytes.
pub type Reader = fn(&[u8]) -> bool;

/// Each with the folder of `tests/corpus` that holds what it reads.
pub const READERS: [(&str, Reader); 7] = [
    ("run", run_file),
    ("matrix-market", matrix_market),
    ("npy", npy),
    ("certificate", certificate),
    ("manifest", manifest),
    ("golden", golden),
    ("page", page),
];

/// The key under which [`page`] looks.
pub const KEY: [u8; 32] = [7; 32];

/// A certificate that would take longer by its own estimate, in seconds, is not proved here.
const MOST_SECONDS: f64 = 1.0;

pub fn run_file(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| RunFile::parse(Path::new("run.toml"), text).is_ok())
}

pub fn matrix_market(bytes: &[u8]) -> bool {
    [Wanted::Square, Wanted::Features].map(|wanted| understood(matrix_market::parse(bytes, wanted))).contains(&true)
}

pub fn npy(bytes: &[u8]) -> bool {
    [Wanted::Square, Wanted::Features].map(|wanted| understood(npy::parse(bytes, wanted))).contains(&true)
}

/// All that is made of a matrix before anything is proved about it.
fn understood(given: bfc::Result<Given>) -> bool {
    given.is_ok_and(|given| {
        let _ = given.asymmetry();
        given.gram().is_ok() | given.symmetric_part().is_ok() | given.integers().is_ok()
    })
}

pub fn certificate(bytes: &[u8]) -> bool {
    let certificate = std::str::from_utf8(bytes).ok().and_then(|text| Certificate::parse(text).ok());
    certificate.is_some_and(|certificate| certificate.seconds() > MOST_SECONDS || certificate.refusal(None, 1).is_none())
}

pub fn manifest(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| Manifest::parse(text, Path::new("MANIFEST.json")).is_ok())
}

pub fn golden(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text::parse(text).is_ok())
}

pub fn page(bytes: &[u8]) -> bool {
    // A page is synced when it is put, so its name is learnt once.
    thread_local! {
        static PLACE: (tempfile::TempDir, PathBuf) = {
            let place = tempfile::tempdir().expect("a directory of one's own");
            Ledger::new(place.path(), &Sources(&[])).put(&KEY, &0).expect("a page");
            let page = fs::read_dir(place.path()).expect("its directory").next().expect("the page").expect("its name").path();
            (place, page)
        };
    }
    PLACE.with(|(place, page)| {
        fs::write(page, bytes).expect("other bytes");
        Ledger::new(place.path(), &Sources(&[])).get::<Vec<f64>>(&KEY).is_some()
    })
}
