//! Another paper's catalogue, through the public interface alone: what is noticed in the catalogue of this paper is noticed there too.

#[path = "../another_paper/src/lib.rs"]
mod paper;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use self::paper::{SingleIndex, catalogue, catalogue_from};
use bfc::claim::{Catalogue, Control, Evaluation, Finished, Ledger, Profile, Sources, Watch};
use bfc::cli::{self, Answer, Exit};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/another_paper/golden");

/// What the program answers.
fn answer(catalogue: &Catalogue<SingleIndex>, words: &str, golden: &Path) -> Answer {
    let golden = golden.to_str().expect("a path of letters");
    let words: Vec<&str> = words.split_whitespace().chain(["--golden", golden]).collect();
    cli::answer(catalogue, &[], &words).expect("an answer")
}

/// The goldens of profile `tiny`, copied into a fresh directory.
fn copied() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("tiny")).unwrap();
    for path in files(&Path::new(GOLDEN).join("tiny")) {
        fs::copy(&path, place.path().join("tiny").join(path.file_name().unwrap())).unwrap();
    }
    place
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn texts(directory: &Path) -> Vec<String> {
    files(directory).iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The report of a catalogue without a story of its own lists the claims by their evidence.
#[test]
fn another_paper_has_a_report_too() {
    let place = tempfile::tempdir().unwrap();
    let [page, map] = ["page.html", "map.json"].map(|name| place.path().join(name).to_str().unwrap().to_string());
    let told = answer(&catalogue(), &format!("report --profile quick --out {page} --map {map}"), Path::new(GOLDEN));
    assert_eq!((told.exit, told.text), (Exit::Success, format!("{page}\n{map}\n")));
    let [page, map] = [page, map].map(|path| fs::read_to_string(path).unwrap());
    assert!(page.contains("<h1>another-paper</h1>") && page.contains("What is exact or enclosed"), "{page}");
    for claim in catalogue().claims {
        assert!(page.contains(&format!("<h3 id=\"{}\">", claim.id)) && map.contains(&format!("\"id\": \"{}\"", claim.id)));
    }
}

/// What was begun and has not ended, how often each claim was worked for, and how far all of it is.
#[derive(Default)]
struct Seen {
    running: Mutex<BTreeMap<usize, String>>,
    ended: Mutex<BTreeMap<String, usize>>,
    progress: Mutex<Vec<Finished>>,
}

impl Watch for Seen {
    fn advance(&self, finished: Finished) {
        self.progress.lock().unwrap().push(finished);
    }

    fn begin(&self, task: usize, claim: &str) {
        assert_eq!(self.running.lock().unwrap().insert(task, claim.into()), None);
    }

    fn end(&self, task: usize, claim: &str) {
        assert_eq!(self.running.lock().unwrap().remove(&task).as_deref(), Some(claim));
        *self.ended.lock().unwrap().entry(claim.into()).or_default() += 1;
    }
}

/// Every piece of work is told once, with the claim that it is for: the check, each control, and runs besides where a claim needs any.
#[test]
fn work_is_told_with_the_claim_that_it_is_for() {
    let catalogue = catalogue();
    let claims: Vec<_> = catalogue.claims.iter().collect();
    let seen = Seen::default();
    Evaluation { claims: &claims, profile: Profile::Tiny, jobs: 2, ledger: None }.outcomes_watched(&seen).unwrap();
    let mut told = seen.progress.into_inner().unwrap();
    assert_eq!(told[0], Finished { done: 0, share: 0.0, ..told[0] });
    told.sort_by_key(|finished| finished.done);
    assert!(told.is_sorted_by_key(|finished| finished.share), "{told:?}");
    let last = told.last().unwrap();
    assert!(last.done == last.total && last.total > claims.len() && last.share == 1.0, "{last:?}");
    assert!(seen.running.lock().unwrap().is_empty());
    let ended = seen.ended.lock().unwrap();
    assert_eq!(ended.len(), claims.len(), "{ended:?}");
    for claim in claims {
        let parts = 1 + claim.controls.len();
        let has_runs = !(claim.items)(claim, Profile::Tiny).is_empty();
        assert!(ended[&*claim.id] >= parts && (has_runs || ended[&*claim.id] == parts), "{}: {ended:?}", claim.id);
    }
    let all: usize = ended.values().sum();
    let parts: usize = catalogue.claims.iter().map(|claim| 1 + claim.controls.len()).sum();
    assert!(all > parts, "runs are told as well");
}

/// Sources that another program would have.
const OTHERS: Sources = Sources(&[("src/main.rs", "fn main() {}")]);

#[test]
fn every_claim_is_verified_every_control_refuted_and_every_golden_equal() {
    let answer = answer(&catalogue(), "check", Path::new(GOLDEN));
    assert_eq!(answer.exit, Exit::Success, "{}", answer.text);
    assert!(!answer.text.contains("no control refutes"), "{}", answer.text);
    assert!(answer.text.contains(&format!("goldens: {} equal", catalogue().claims.len())), "{}", answer.text);
}

#[test]
fn what_is_blessed_anew_are_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    assert_eq!(answer(&catalogue(), "bless --profile tiny", place.path()).exit, Exit::Success);
    assert_eq!(texts(&place.path().join("tiny")), texts(&Path::new(GOLDEN).join("tiny")));
}

#[test]
fn an_edited_golden_is_noticed() {
    let place = copied();
    assert_eq!(answer(&catalogue(), "check --profile tiny", place.path()).exit, Exit::Success);
    let path = place.path().join("tiny/features.cube.txt");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("96"));
    fs::write(&path, text.replace("96", "97")).unwrap();
    let answer = answer(&catalogue(), "check --profile tiny", place.path());
    assert_eq!(answer.exit, Exit::Failure, "{}", answer.text);
    assert!(answer.text.contains("edited"), "{}", answer.text);
}

#[test]
fn a_control_that_does_not_fail_is_noticed() {
    let place = tempfile::tempdir().unwrap();
    let exit = |catalogue: &Catalogue<SingleIndex>| answer(catalogue, "bless features", place.path()).exit;
    let mut catalogue = catalogue();
    let claim = catalogue.claims.iter_mut().find(|claim| claim.id == "features.cube").unwrap();
    let (good, dead) = (claim.controls, Control { breaks: "Nothing.", check: claim.check });
    claim.controls = Box::leak(Box::new([dead]));
    assert_eq!(exit(&catalogue), Exit::Failure);
    assert!(files(place.path()).is_empty(), "nothing is written");
    catalogue.claims.iter_mut().find(|claim| claim.id == "features.cube").unwrap().controls = good;
    assert_eq!(exit(&catalogue), Exit::Success);
}

/// Two shards, joined: the ledger then holds all that `check` needs, and no more is computed.
#[test]
fn shards_are_joined_and_used_by_the_sources_that_made_them_alone() {
    let place = copied();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_string();
    for (shard, out) in [("1/2", at("one")), ("2/2", at("two"))] {
        let shard = answer(&catalogue(), &format!("check --profile tiny --shard {shard} --out {out}"), place.path());
        assert_eq!(shard.exit, Exit::Success, "{}", shard.text);
    }
    let merge = ["merge", &at("one"), &at("two"), "--out", &at("all")];
    cli::answer(&catalogue(), &[], &merge).expect("two shards of one program");
    let kept = files(Path::new(&at("all"))).len();
    assert_eq!(kept, files(Path::new(&at("one"))).len() + files(Path::new(&at("two"))).len());
    let checked = answer(&catalogue(), &format!("check --profile tiny --out {}", at("all")), place.path());
    assert_eq!((checked.exit, files(Path::new(&at("all"))).len()), (Exit::Success, kept), "{}", checked.text);

    let error = cli::answer(&catalogue_from(OTHERS), &[], &merge).unwrap_err();
    assert!(error.to_string().contains("made by other sources"), "{error}");
    let (items, parts) = (computed(&catalogue_from(OTHERS), &at("all")), computed(&catalogue(), &at("all")));
    assert!(items > parts, "{items} steps of work from other sources, {parts} from these");
}

/// How many items and parts of claims had to be worked on, with what the ledger holds for these sources.
fn computed(catalogue: &Catalogue<SingleIndex>, ledger: &str) -> usize {
    let claims = catalogue.select(&[]).unwrap();
    let place = tempfile::tempdir().unwrap();
    for path in files(Path::new(ledger)) {
        fs::copy(&path, place.path().join(path.file_name().unwrap())).unwrap();
    }
    let (ledger, count) = (Ledger::new(place.path(), &catalogue.sources), AtomicUsize::new(0));
    let evaluation = Evaluation { claims: &claims, profile: Profile::Tiny, jobs: 2, ledger: Some(&ledger) };
    evaluation
        .outcomes(&|_| {
            count.fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
    // Progress is told at the beginning, and then of each piece of work.
    count.into_inner() - 1
}
