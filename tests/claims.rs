//! The claims of profile `quick`: each is computed once, judged, tried on its broken premise, and compared with its golden.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use bfc::claim::{Claim, Evidence, Profile, Verdict};
use bfc::golden::{Status, Store};
use bfc::hierarchy::claims::registry;
use bfc::hierarchy::experiment::{Cell, Runs};
use bfc::report::Outcomes;
use bfc::report::text::golden;

fn outcomes() -> &'static [(&'static Claim, Outcomes)] {
    static OUTCOMES: OnceLock<Vec<(&'static Claim, Outcomes)>> = OnceLock::new();
    OUTCOMES.get_or_init(|| {
        let checked = || registry::CLAIMS.iter().filter(|c| c.is_checked_in(Profile::Quick));
        let cells: Vec<Cell> = checked().flat_map(|c| (c.cells)(Profile::Quick)).collect();
        let runs = Runs::compute(&cells, 2, None, &|_, _| ()).expect("possible instances");
        let outcome = |claim: &&'static Claim| {
            let check = (claim.check)(Profile::Quick, &runs).unwrap_or_else(|e| panic!("{}: {e}", claim.id));
            let control = (claim.broken)(Profile::Quick, &runs).unwrap_or_else(|e| panic!("control of {}: {e}", claim.id));
            (*claim, Outcomes { check, control })
        };
        checked().map(outcome).collect()
    })
}

#[test]
fn every_claim_is_verified() {
    for (claim, outcomes) in outcomes() {
        assert_eq!(outcomes.check.verdict(), Verdict::Verified, "{}: {:#?}", claim.id, outcomes.check.conditions);
    }
}

#[test]
fn every_control_is_refuted() {
    for (claim, outcomes) in outcomes() {
        assert_eq!(outcomes.control.verdict(), Verdict::Refuted, "{}: {:#?}", claim.id, outcomes.control.conditions);
    }
}

#[test]
fn every_claim_equals_its_golden() {
    let store = Store::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/quick"));
    let stored = store.load().expect("a readable manifest");
    for (claim, outcomes) in outcomes() {
        let name = format!("{}.txt", claim.id);
        let status = stored.status(&name, &golden(claim, Profile::Quick, outcomes));
        assert!(matches!(status, Status::Equal), "{name} is {}: run `cargo run --release -- check {}`", status.word(), claim.id);
    }
}

/// At least six seeds stand behind every replayed row: in each table with seeds, whatever stands left of the seed has six of them.
#[test]
fn replayed_claims_show_at_least_six_seeds() {
    for (claim, outcomes) in outcomes().iter().filter(|(claim, _)| claim.evidence.contains(&Evidence::Replayed)) {
        for table in &outcomes.check.tables {
            let Some(column) = table.columns.iter().position(|c| c == "seed") else { continue };
            let mut seeds: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
            for row in &table.rows {
                seeds.entry(&row[..column]).or_default().insert(&row[column]);
            }
            for (instance, seeds) in seeds {
                assert!(seeds.len() >= 6, "{}: seeds {seeds:?} of {instance:?} in `{}`", claim.id, table.title);
            }
        }
    }
}

#[test]
fn claims_have_distinct_names_and_say_what_they_must() {
    let mut ids: Vec<&str> = registry::CLAIMS.iter().map(|c| c.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), registry::CLAIMS.len());
    for claim in registry::CLAIMS {
        assert!(claim.id.split('.').count() == 2, "{}: ids are group.name", claim.id);
        for (part, text) in [("statement", claim.statement), ("method", claim.method), ("control", claim.control)] {
            assert!(!text.is_empty() && !text.contains("  "), "{}: {part}", claim.id);
        }
        assert!(!claim.evidence.is_empty(), "{}", claim.id);
    }
}

/// A cited theorem is one that the formal development lists, compiles and prints in full.
#[test]
fn cited_theorems_exist() {
    let read = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/coq").join(file);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    let (audit, statements) = (read("audit.txt"), read("statements.txt"));
    let listed = |name: &str| audit.lines().any(|line| line.split(' ').skip(1).eq(["theorem", name]));
    assert!(!listed("a_theorem_that_nobody_proved"));
    for claim in registry::CLAIMS {
        for theorem in claim.theorems {
            assert!(listed(theorem), "{} cites {theorem}, which proofs/coq/audit.txt does not list", claim.id);
            assert!(statements.contains(theorem), "{} cites {theorem}, which proofs/coq/statements.txt does not state", claim.id);
        }
    }
}
