//! The claims of profile `quick`: each is computed once, judged, tried on its broken premise, and compared with its golden.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bfc::claim::{Description, Evidence, Finished, Outcomes, Profile, Verdict};
use bfc::golden::Status;

use crate::common::{claims, quick, tiny};

#[test]
fn every_claim_is_verified_every_control_refuted_and_every_golden_equal() {
    let faults = quick().comparison.faults();
    assert!(faults.is_empty(), "{}\n\nsee `cargo run --release -- check`", faults.join("\n"));
}

/// The same, told one by one: what the test above rests on is not its own list of faults alone.
#[test]
fn every_checked_claim_came_out() {
    assert_eq!(quick().found().count(), claims().claims.iter().filter(|c| c.is_checked_in(Profile::Quick)).count());
    for (Description { id, .. }, outcomes, golden) in quick().found() {
        assert_eq!(outcomes.check.verdict(), Verdict::Verified, "{id}: {:#?}", outcomes.check.conditions);
        assert!(!outcomes.controls.is_empty(), "{id} has no control");
        for control in &outcomes.controls {
            assert_eq!(control.verdict(), Verdict::Refuted, "{id}: {:#?}", control.conditions);
        }
        assert_eq!(*golden, Status::Equal, "{id}");
    }
}

/// At least six seeds stand behind every replayed row: in each table with seeds, whatever stands left of the seed has six of them.
#[test]
fn replayed_claims_show_at_least_six_seeds() {
    let replayed = quick().found().filter(|(claim, ..)| claim.evidence.contains(&Evidence::Replayed));
    for (claim, outcomes, _) in replayed {
        for table in &outcomes.check.tables {
            let Some(column) = table.position("seed") else { continue };
            let mut seeds: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
            for row in table.rows() {
                seeds.entry(&row[..column]).or_default().insert(&row[column]);
            }
            for (instance, seeds) in seeds {
                assert!(seeds.len() >= 6, "{}: seeds {seeds:?} of {instance:?} in `{}`", claim.id, table.title());
            }
        }
    }
}

#[test]
fn claims_have_distinct_names_and_say_what_they_must() {
    let mut ids: Vec<&str> = claims().claims.iter().map(|c| &*c.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), claims().claims.len());
    for claim in &claims().claims {
        assert!(claim.id.split('.').count() == 2, "{}: ids are group.name", claim.id);
        for (part, text) in [("statement", &*claim.statement), ("method", claim.method)]
            .into_iter()
            .chain(claim.controls.iter().map(|c| ("control", c.breaks)))
        {
            assert!(!text.is_empty() && !text.contains("  "), "{}: {part}", claim.id);
        }
        assert!(!claim.evidence.is_empty(), "{}", claim.id);
    }
}

/// What a control refutes is what the check verifies: its conditions have keys of the check's.
#[test]
fn controls_judge_the_conditions_of_the_check() {
    for (Description { id, .. }, Outcomes { check, controls }, _) in tiny().found() {
        let keys: BTreeSet<&str> = check.conditions.iter().map(|c| c.key.as_str()).collect();
        assert!(keys.iter().all(|key| !key.is_empty() && !key.contains(" | ")), "{id}: {keys:?}");
        for condition in controls.iter().flat_map(|control| &control.conditions) {
            let strange: Vec<&str> = condition.keys().filter(|key| !keys.contains(key)).collect();
            assert!(strange.is_empty(), "{id}: {strange:?} are not among {keys:?}");
        }
    }
}

/// Claims ask only for runs that they have named, and progress ends where it should.
#[test]
fn all_that_was_told_of_is_done() {
    for (compared, profile) in [(tiny(), Profile::Tiny), (quick(), Profile::Quick)] {
        let Finished { done, total, share } = compared.finished;
        let checked = claims().claims.iter().filter(|c| c.is_checked_in(profile)).count();
        assert!(done == total && done > checked && share == 1.0, "{done} of {total}, {share}");
    }
}

/// A claim's file bears its id: `group/name.rs` for `group.name`.
#[test]
fn claims_are_found_in_files_of_their_names() {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hierarchy/claims");
    for claim in &claims().claims {
        let file = room.join(claim.id.replace('.', "/").replace('-', "_")).with_extension("rs");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert!(text.contains(&format!("Cow::Borrowed(\"{}\")", claim.id)), "{}", claim.id);
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
    for claim in &claims().claims {
        for theorem in claim.theorems {
            assert!(listed(theorem), "{} cites {theorem}, which proofs/coq/audit.txt does not list", claim.id);
            assert!(statements.contains(theorem), "{} cites {theorem}, which proofs/coq/statements.txt does not state", claim.id);
        }
    }
}

/// No term is defined that no claim uses, nor twice.
#[test]
fn terms_of_the_notation_are_used() {
    let uses = |text: &str, name: &str| {
        let term = claims().source.notation.iter().find(|term| term.name == name).unwrap_or_else(|| panic!("no term {name}"));
        term.is_used_in(text)
    };
    let mut names = BTreeSet::new();
    for term in claims().source.notation {
        let used = claims().claims.iter().any(|c| [&*c.statement, c.method].iter().any(|text| uses(text, term.name)));
        assert!(used && names.insert(term.name), "{}", term.name);
    }
    assert!(uses("so that te < 1e-12", "te") && !uses("a target f rotated", "f"));
}

/// The numbers that follow the words `lemma` and `theorem`.
fn cited_lemmas(text: &str) -> Vec<(&'static str, u32)> {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let mut cited = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let kind = match word.to_lowercase().as_str() {
            "lemma" | "lemmas" => "Lemma",
            "theorem" | "theorems" => "Theorem",
            _ => continue,
        };
        let list = words[at + 1..].iter().take_while(|w| ["to", "and"].contains(w) || w.parse::<u32>().is_ok());
        cited.extend(list.filter_map(|w| w.parse().ok()).map(|number| (kind, number)));
    }
    cited
}

/// A file and a lemma that a text names are there.
#[test]
fn cited_lemmas_exist() {
    assert_eq!(cited_lemmas("(lemmas 2 to 4), Theorem 1."), [("Lemma", 2), ("Lemma", 4), ("Theorem", 1)]);
    for claim in &claims().claims {
        let controls = claim.controls.iter().map(|c| c.breaks);
        let text = [&*claim.statement, claim.method].into_iter().chain(controls).collect::<Vec<_>>().join("\n");
        let files = text.split("proofs/").skip(1).filter_map(|rest| rest.split_once(".md")).map(|(name, _)| name);
        let files = files.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        let proofs: String = files
            .map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("proofs/{name}.md")))
            .map(|path| std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {}: {e}", claim.id, path.display())))
            .collect();
        for (kind, number) in cited_lemmas(&text) {
            let heading = format!("## {kind} {number}");
            let there = proofs.lines().any(|l| l == heading || l.starts_with(&format!("{heading} ")));
            assert!(there, "{}: no {kind} {number} in the proofs that it names", claim.id);
        }
    }
}

/// The files that a text names in backquotes, by their folder at the root.
fn named_files(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.split_whitespace().next());
    quoted
        .filter(|name| ["src/", "tests/", "proofs/", "benches/", ".ci/"].iter().any(|folder| name.starts_with(folder)))
        .collect()
}

/// A note or a page that names a file of this repository names one that is there.
#[test]
fn files_that_notes_name_exist() {
    assert_eq!(named_files("Used in `src/a.rs` (`b.c`), `src/d`."), ["src/a.rs", "src/d"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let notes = std::fs::read_dir(root.join("proofs")).expect("a directory").map(|entry| entry.expect("an entry").path());
    let notes = notes.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    for page in notes.chain(["README.md", "SECURITY.md", "src/_docs/architecture.md"].map(|page| root.join(page))) {
        let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for name in named_files(&text) {
            assert!(root.join(name).exists(), "{} names {name}", page.display());
        }
    }
}
