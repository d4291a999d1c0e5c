//! Interrupted, resumed, split over machines and joined: the same bytes as in one go.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::common::Place;
use bfc::golden::difference;

/// Blesses the profile `tiny` of all claims with what is in `out`, and compares the goldens with those of the repository.
fn blessed_as_stored(place: &Place, out: &str) {
    place.bfc(&format!("bless --profile tiny --golden goldens {out}")).says(0, &["0 changed"]);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/tiny");
    let mut names: Vec<String> =
        fs::read_dir(&directory).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(place.names("goldens/tiny"), names);
    for name in names {
        let (found, stored) = (place.read(&format!("goldens/tiny/{name}")), fs::read_to_string(directory.join(&name)).unwrap());
        assert!(found == stored, "{name}\n{}", difference(&stored, &found));
    }
}

#[test]
fn two_shards_joined_give_the_goldens_of_one_run() {
    let place = Place::new("shards");
    for (shard, directory) in [("1/2", "one"), ("2/2", "two")] {
        let answer = place.bfc(&format!("check --profile tiny --shard {shard} --out {directory}"));
        answer.says(0, &[&format!("shard {shard} of profile tiny")]);
    }
    let (one, two) = (place.names("one"), place.names("two"));
    assert!(!one.is_empty() && !two.is_empty() && !one.iter().any(|name| two.contains(name)), "each does its own part");
    place.bfc("merge one two --out all").says(0, &["joined in all"]);
    assert_eq!(place.names("all").len(), one.len() + two.len());
    blessed_as_stored(&place, "--out all");
    assert_eq!(place.names("all").len(), one.len() + two.len(), "nothing was left to compute");
}

/// Artefacts come back from a CI one folder deeper: the folder that they lie in is enough.
#[test]
fn shares_are_found_one_folder_deeper() {
    let place = Place::new("nested");
    for (shard, directory) in [("1/2", "artifacts/one"), ("2/2", "artifacts/two")] {
        place.bfc(&format!("check kernel.attained --profile tiny --shard {shard} --out {directory}")).says(0, &[]);
    }
    fs::create_dir(place.0.join("artifacts/logs")).unwrap();
    place.bfc("merge artifacts --out all").says(0, &["artifacts/one: ", "artifacts/two: ", "joined in all"]);
    place.bfc("merge artifacts/one artifacts --out again").says(0, &["joined in again"]);
    fs::remove_dir_all(place.0.join("artifacts/two")).unwrap();
    place.bfc("merge artifacts --out other").says(1, &["share 2/2 is in none of the directories"]);
    place.bfc("merge artifacts/logs --out other").says(1, &["artifacts/logs: no finished share of a check lies here"]);
}

/// One claim without runs, two shards: one of them has nothing to do.
#[test]
fn an_empty_share_is_joined_as_well() {
    let place = Place::new("empty-share");
    for (shard, directory) in [("1/2", "one"), ("2/2", "two")] {
        place.bfc(&format!("check kernel.attained --profile tiny --shard {shard} --out {directory}")).says(0, &[]);
    }
    // Each has a page that says what it did.
    assert!((place.names("one").len() == 1) != (place.names("two").len() == 1), "one share is empty");
    place.bfc("merge one two --out all").says(0, &["joined in all"]);
}

#[test]
fn what_is_no_whole_check_is_not_joined() {
    let place = Place::new("shares");
    for (claim, shard, directory) in
        [("kernel.attained", "1/2", "one"), ("kernel.attained", "2/2", "two"), ("kernel.gaussian", "2/2", "other")]
    {
        place.bfc(&format!("check {claim} --profile tiny --shard {shard} --out {directory}")).says(0, &[]);
    }
    fs::create_dir(place.0.join("empty")).unwrap();
    place.bfc("merge empty --out all").says(1, &["empty: no finished share of a check lies here"]);
    place.bfc("merge one --out all").says(1, &["share 2/2 is in none of the directories"]);
    place.bfc("merge one other --out all").says(1, &["other: found share 2/2 of another check"]);
    place.bfc("merge one absent --out all").says(2, &["absent: cannot read the directory"]);
    place.bfc("merge one two --out /").says(2, &["a directory within it"]);
    assert!(!place.0.join("all").exists());
    let full = if place.names("one").len() > 1 { "one" } else { "two" };
    let page = place.names(full).into_iter().find(|name| name.ends_with(".cell.json")).unwrap();
    fs::remove_file(place.0.join(full).join(&page)).unwrap();
    place.bfc("merge one two --out all").says(1, &[&page, "missing, and part of"]);
}

#[test]
fn stored_results_that_are_not_used_are_told_and_computed_anew() {
    let place = Place::new("stored");
    let check = "check kernel.attained --profile tiny --golden g --out kept";
    place.bfc("bless kernel.attained --profile tiny --golden g").says(0, &[]);
    place.bfc(check).says(0, &[]);
    let blessed = place.bfc("bless kernel.attained --profile tiny --golden g --out kept");
    blessed.says(0, &["results were not computed now but stored in kept; 1 of them, computed again, are the same", "0 changed"]);
    let [one, two] = [0, 1].map(|n| place.0.join("kept").join(&place.names("kept")[n]));
    let text = fs::read_to_string(&one).unwrap();
    fs::copy(&two, &one).unwrap();
    place.bfc(check).says(0, &["damaged: not what was stored under this name; computed anew"]);
    assert_eq!(fs::read_to_string(&one).unwrap(), text);
    fs::write(place.0.join("kept/copy.cell.json"), text).unwrap();
    place.bfc(check).says(2, &["kept/copy.cell.json: found a foreign name"]);
}

#[test]
fn shards_that_contradict_one_another_are_not_joined() {
    let place = Place::new("contradiction");
    for (claim, directory) in [("kernel.attained", "one"), ("kernel.attained", "two")] {
        place.bfc(&format!("check {claim} --profile tiny --shard 1/1 --out {directory}")).says(0, &[]);
    }
    let page = place.names("two").into_iter().find(|name| name.ends_with(".cell.json")).unwrap();
    let name = format!("two/{page}");
    let text = place.read(&name);
    place.write(&name, &text.replace("rank", "rang"));
    place.bfc("merge one two --out all").says(2, &["damaged: not what was stored under this name", &name]);
    place.write(&name, &text);
    place.bfc("merge one two --out all").says(0, &[]);
}

/// Killed after every few milliseconds, each time a little later, and started again.
#[test]
fn a_check_that_is_killed_is_resumed() {
    let place = Place::new("killed");
    for delay in [5, 30, 80, 150, 300] {
        let words = ["bless", "--profile", "tiny", "--golden", "goldens", "--out", "kept"];
        let mut child = place.command(&words).spawn().unwrap();
        thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().unwrap();
    }
    blessed_as_stored(&place, "--out kept");
}
