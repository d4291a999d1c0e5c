//! The import table of the design, enforced: who may import whom, which words may stand where, and no circles.
//!
//! Code under `#[cfg(test)]` is exempt, and so are `main.rs`, `lib.rs` and `_docs`.

mod checker;
mod circles;
mod rooms;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use checker::{Checker, Violation};
use circles::Files;
use rooms::Rooms;

/// Every source file that the rules are for, by its path below `src`, with its text.
fn sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    source_files(&src, &mut paths);
    paths.sort();
    let named = |path: &PathBuf| {
        let file = path.strip_prefix(&src).expect("it was found there").to_string_lossy().replace('\\', "/");
        (file, fs::read_to_string(path).expect("a source file can be read"))
    };
    let exempt = |file: &str| {
        ["main.rs", "lib.rs", "hierarchy/mod.rs"].contains(&file)
            || file.starts_with("_docs")
            || file.starts_with("cli/new/template")
    };
    paths.iter().map(named).filter(|(file, _)| !exempt(file)).collect()
}

fn source_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("src can be read") {
        let path = entry.expect("an entry of src can be read").path();
        match path.is_dir() {
            true => source_files(&path, found),
            false if path.extension().is_some_and(|e| e == "rs") => found.push(path),
            false => {}
        }
    }
}

#[test]
fn every_room_keeps_to_the_import_table() {
    let (rooms, files) = (Rooms::read(), sources());
    let found: Vec<Violation> = files.iter().flat_map(|(file, source)| Checker::read(&rooms, file, source).found).collect();
    let shown: String = found.iter().map(|v| format!("src/{}:{}: {} ({})\n", v.file, v.line, v.what, v.why)).collect();
    assert!(found.is_empty(), "\n{shown}");
    assert!(files.len() > 100 && rooms.all.len() > 15, "{} files and {} rooms are not all", files.len(), rooms.all.len());
}

/// What SECURITY.md says of `unsafe` is all that there is.
#[test]
fn unsafe_code_is_where_the_table_says() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md")).expect("it can be read");
    let table = page.split("## `unsafe`").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section on unsafe");
    let mut listed: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("| `src/")?.split('`').next()).collect();
    let files = sources();
    let allowing = files.iter().filter(|(_, source)| source.contains("unsafe_code)]")).map(|(file, _)| file.as_str());
    listed.sort_unstable();
    assert_eq!(listed, allowing.collect::<Vec<_>>());
}

/// Each rule, broken once: a checker that cannot find a fault would pass everything.
#[test]
fn planted_faults_are_found() {
    let rooms = Rooms::read();
    let cases = [
        ("golden/store.rs", "use crate::error::Error;\nuse crate::claim::Claim;", 2, "golden imports claim::Claim"),
        ("golden/mod.rs", "fn f() { super::claim::select(&[]); }", 1, "golden imports claim::select"),
        ("golden/store.rs", "use super::super::{error::Error, report};", 1, "golden imports report"),
        (
            "hierarchy/learner/joint.rs",
            "use crate::{matrix::Matrix, hierarchy::target as t};",
            1,
            "hierarchy::learner imports hierarchy::target",
        ),
        (
            "hierarchy/learner/joint.rs",
            "fn f() {\n    let x = crate::hierarchy::target::risk::variance(1);\n}",
            2,
            "hierarchy::learner imports hierarchy::target::risk::variance",
        ),
        (
            "hierarchy/learner/joint.rs",
            "fn f() { format!(\"{}\", crate::hierarchy::target::risk()); }",
            1,
            "hierarchy::learner imports hierarchy::target::risk",
        ),
        ("enclosure/spectrum.rs", "use crate::approx::eigen;", 1, "enclosure imports approx::eigen"),
        ("enclosure/spectrum.rs", "use crate::portable::rng::Stream;", 1, "enclosure imports portable::rng::Stream"),
        ("hierarchy/experiment/run.rs", "use crate::exact::Polynomial;", 1, "hierarchy::experiment imports exact::Polynomial"),
        ("claim/kernel.rs", "mod inner { use super::super::super::golden::Store; }", 1, "claim imports golden::Store"),
        (
            "hierarchy/learner/joint.rs",
            "use crate::hierarchy::target::risk;",
            1,
            "hierarchy::learner imports hierarchy::target::risk",
        ),
        ("report/text.rs", "use bfc::golden::Store;", 1, "report imports golden::Store"),
        ("claim/mod.rs", "use crate::hierarchy::claims::catalogue;", 1, "claim imports hierarchy::claims::catalogue"),
        ("cli/mod.rs", "use crate::hierarchy::network::Network;", 1, "cli imports hierarchy::network::Network"),
        ("attic/mod.rs", "use crate::error::Error;", 1, "attic lies in no room of the table"),
        ("portable/reduce.rs", "use faer::Mat;", 1, "names the crate faer"),
        ("golden/store.rs", "fn f() { blake3::hash(b\"\"); }", 1, "names the crate blake3"),
        ("hierarchy/experiment/run.rs", "use std::collections::{BTreeMap, HashMap};", 1, "uses HashMap"),
        ("hierarchy/experiment/run.rs", "fn f() { let t = std::time::Instant::now(); }", 1, "uses Instant"),
        ("claim/mod.rs", "fn f() {\n\n    println!(\"x\");\n}", 3, "calls println!"),
        ("claim/mod.rs", "fn f() { assert!({ dbg!(1); true }); }", 1, "calls dbg!"),
        ("hierarchy/learner/joint.rs", "fn f(x: f64) -> f64 { x.sqrt() + x.exp() }", 1, "calls exp"),
        ("hierarchy/target/risk.rs", "fn f(x: f64) -> f64 { f64::powi(x, 3) }", 1, "calls powi"),
        ("hierarchy/target/risk.rs", "fn f(x: f64) { assert!(x.ln() > 0.0); }", 1, "calls ln"),
        ("exact/hermite.rs", "fn f(x: f64) {}", 1, "has the float f64"),
        ("exact/hermite.rs", "fn f() { let x = 2.5; }", 1, "has the float 2.5"),
        ("exact/hermite.rs", "fn f() { let x = 2f64; }", 1, "has the float 2f64"),
        ("exact/hermite.rs", "impl TryFrom<f64> for X {}", 1, "has the float f64"),
    ];
    for (file, source, line, what) in cases {
        let found = Checker::read(&rooms, file, source).found;
        let hit = found.iter().find(|v| v.what == what);
        assert!(hit.is_some_and(|v| v.line == line), "{file}: {source}\n{found:?}\nexpected line {line}: {what}");
    }
}

/// The same words where they belong.
#[test]
fn what_is_allowed_passes() {
    let rooms = Rooms::read();
    let cases = [
        ("enclosure/spectrum.rs", "use crate::portable::product::View;"),
        ("hierarchy/experiment/config.rs", "use crate::exact::moments::Distribution; use crate::exact::rational::Rational;"),
        ("portable/factor.rs", "use faer::Mat;"),
        ("exact/rational.rs", "impl X { fn to_f64(&self) -> f64 { 2.5 } }"),
        ("exact/rational.rs", "#[cfg(test)] mod tests { use crate::cli::x; fn f(x: f64) { println!(\"{}\", x.exp()); } }"),
        ("hierarchy/learner/dual.rs", "//! Dual numbers.\n\n#![cfg(test)]\n\nuse crate::exact::Dyadic;"),
        ("cli/output.rs", "use std::time::Instant; use crate::golden::Store; fn f() { println!(\"crate\"); }"),
        ("golden/store.rs", "//! crate::claim\nuse super::manifest::Manifest; use self::x; fn f() { super::journal::g(); }"),
        ("golden/store.rs", "fn f() { let exp = 1; g(\"x.exp()\"); }"),
    ];
    for (file, source) in cases {
        let found = Checker::read(&rooms, file, source).found;
        assert!(found.is_empty(), "{file}: {source}\n{found:?}");
    }
}

#[test]
fn files_do_not_import_one_another_in_circles() {
    let (rooms, sources) = (Rooms::read(), sources());
    let files = Files::read(&rooms, &sources);
    let circles = files.circles();
    assert!(circles.is_empty(), "{circles:#?}");
}

/// Through a re-export, an expression and a glob: the circle is found where the items are defined.
#[test]
fn a_planted_circle_is_found() {
    let files = [
        ("exact/mod.rs", "pub mod a;\npub mod b;\npub mod c;\npub use b::B;"),
        ("exact/a.rs", "use super::B;"),
        ("exact/b.rs", "fn f() { crate::exact::c::g(); }\npub struct B;"),
        ("exact/c.rs", "use super::a::*;\nmod d;"),
        ("exact/c/d.rs", "use super::super::a::A;"),
    ];
    let sources = files.map(|(file, source)| (file.to_string(), source.to_string()));
    let files = Files::read(&Rooms::read(), &sources);
    assert_eq!(files.circles(), [["exact/a.rs", "exact/b.rs", "exact/c.rs"]]);
}
