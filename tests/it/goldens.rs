//! The stored goldens: the profile `tiny` recomputed, and every file of every profile read back.

use std::fs;
use std::path::{Path, PathBuf};

use bfc::claim::{Profile, text};
use bfc::golden::{Seal, Store, Text};

use crate::common::python::python;
use crate::common::{Place, claims, tiny};

fn golden(profile: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(profile)
}

/// The difference is shown condition by condition and cell by cell.
#[test]
fn the_goldens_of_the_profile_tiny_are_those_of_the_sources() {
    let faults = tiny().comparison.faults();
    assert!(faults.is_empty(), "{}\n\nsee `cargo run --release -- check --profile tiny`", faults.join("\n"));
    assert_eq!(tiny().found().count(), claims().claims.len());
}

#[test]
fn every_stored_number_is_sealed_and_read_back() {
    for profile in Profile::ALL {
        let stored = Store::new(golden(profile.name())).load().expect("readable goldens");
        let manifest = stored.manifest().expect("a manifest of this format");
        assert!(!manifest.files().is_empty(), "{}", profile.name());
        for (name, seal) in manifest.files() {
            let place = format!("{}/{name}", profile.name());
            let file = stored.text(name).unwrap_or_else(|| panic!("{place} is sealed and missing"));
            let halves = Text::split(file).unwrap_or_else(|| panic!("{place} has one half"));
            assert_eq!(Seal::of(name, &halves), *seal, "{place}");
            let outcomes = text::parse(&halves.numbers).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(text::render(&outcomes, profile), halves.numbers, "{place}");
            assert!(!outcomes.check.conditions.is_empty() && !outcomes.controls.is_empty(), "{place}");
        }
    }
}

/// A condition that cannot fail shows nothing: each is refuted by a control, or marked as one of the apparatus.
#[test]
fn every_condition_is_refuted_by_a_control() {
    for profile in Profile::ALL.into_iter().filter(|profile| profile.draws_conclusions()) {
        let stored = Store::new(golden(profile.name())).load().expect("readable goldens");
        for name in stored.manifest().expect("a manifest of this format").files().keys() {
            let halves = Text::split(stored.text(name).expect("a sealed file")).expect("two halves");
            let outcomes = text::parse(&halves.numbers).unwrap_or_else(|error| panic!("{name}: {error}"));
            let keys = outcomes.never_refuted();
            assert!(keys.is_empty(), "{name}, {}: no control refutes {keys:?}", profile.name());
        }
    }
}

/// Compares two directories of goldens by the script; `None` on a machine without Python 3.
fn moved(old: &Path, new: &Path) -> Option<(i32, String)> {
    python(Path::new("."), "tests/goldens_moved.py", &[old, new]).map(|answer| (answer.code, answer.out))
}

/// What the script must see, and what it must not.
#[test]
fn the_script_sees_a_moved_number_and_no_moved_prose() {
    let place = Place::new("moved");
    let name = "backward.joint.txt";
    let file = fs::read_to_string(golden("tiny").join(name)).expect("a stored golden");
    let copy = |directory: &str, text: &str| {
        fs::create_dir(place.0.join(directory)).expect("a fresh place");
        place.write(&format!("{directory}/{name}"), text);
        place.0.join(directory)
    };
    let halves = Text::split(&file).expect("two halves");
    let digit = halves.numbers.rfind(|c: char| c.is_ascii_digit()).expect("a number");
    let mut numbers = halves.numbers.clone();
    numbers.replace_range(digit..=digit, if &numbers[digit..=digit] == "0" { "1" } else { "0" });
    let reworded = copy("reworded", &Text { prose: "claim\n".into(), ..halves.clone() }.render());
    let edited = copy("edited", &Text { numbers, ..halves }.render());
    let original = copy("original", &file);
    let Some(same) = moved(&original, &reworded) else { return };
    assert_eq!(same.0, 0, "{}", same.1);
    let (code, shown) = moved(&original, &edited).expect("it ran before");
    assert!(code == 1 && shown.contains(name) && shown.ends_with(": 1 moved\n"), "{shown}");
    assert_eq!(moved(&original, Path::new("absent")).expect("it ran before").0, 2);
}
