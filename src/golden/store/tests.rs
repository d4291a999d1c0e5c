//! A store that is damaged, interrupted and repaired.

#![cfg(test)]

use std::fs;

use super::super::journal::Dying;
use super::super::status::Halves;
use super::*;

/// Texts with these numbers below some prose.
fn set(files: &[(&str, &str)]) -> BTreeMap<String, Text> {
    files.iter().map(|(name, numbers)| (name.to_string(), text(numbers))).collect()
}

fn text(numbers: &str) -> Text {
    Text { prose: "prose\n".into(), numbers: numbers.into() }
}

fn old() -> BTreeMap<String, Text> {
    set(&[("a.txt", "one\ntwo\n"), ("b.txt", "three\n")])
}

fn new() -> BTreeMap<String, Text> {
    set(&[("a.txt", "one\nthree\n"), ("c.txt", "four\n")])
}

/// A store in a fresh directory of its own, which goes when the test ends.
fn store() -> (tempfile::TempDir, Store) {
    let place = tempfile::tempdir().unwrap();
    let store = Store::new(place.path().join("quick"));
    (place, store)
}

fn whole(store: &Store, texts: &BTreeMap<String, Text>) {
    store.replace_on(&Dying(usize::MAX.into()), texts, Scope::Whole, "bless").unwrap();
}

fn holds(store: &Store, texts: &BTreeMap<String, Text>) -> bool {
    let stored = store.load().unwrap();
    stored.texts.len() == texts.len() && texts.iter().all(|(n, t)| stored.status(n, t) == Status::Equal)
}

#[test]
fn stores_and_compares() {
    let (_place, store) = store();
    whole(&store, &old());
    let stored = store.load().unwrap();
    assert_eq!(stored.status("a.txt", &text("one\ntwo\n")), Status::Equal);
    assert_eq!(stored.status("a.txt", &text("one\nmoved\n")), Status::Differs);
    let reworded = Text { prose: "other\n".into(), ..text("one\ntwo\n") };
    assert_eq!(stored.status("a.txt", &reworded), Status::Reworded);
    assert_eq!(stored.status("a.txt", &Text { prose: "other\n".into(), ..text("moved\n") }), Status::Differs);
    assert_eq!(stored.status("c.txt", &text("four\n")), Status::Missing);
    assert_eq!(stored.strays(&["a.txt".to_string()]), ["b.txt"]);
}

/// The first half of the file is 5 lines: the prose, a blank, the separator, a blank, `one`.
#[test]
fn damage_is_told_by_half_and_line() {
    let (_place, store) = store();
    let cases = [
        (("one\ntwo", "one\n2"), Status::Edited(Halves::Numbers, Some(6))),
        (("two\n", ""), Status::Truncated(5)),
        (("two\n", "t"), Status::Truncated(6)),
        (("prose\n\n---- numbers ----\n\none\ntwo\n", ""), Status::Truncated(1)),
        (("two\n", "two\nthree\n"), Status::Edited(Halves::Numbers, Some(7))),
        (("prose", "verse"), Status::Edited(Halves::Prose, Some(1))),
        (("prose\n\n---- numbers ----\n\none", "verse\n\n---- numbers ----\n\n1"), Status::Edited(Halves::Both, Some(1))),
        (("---- numbers ----", "----"), Status::Edited(Halves::Both, Some(3))),
        (("\n---- numbers", "\r\n---- numbers"), Status::LineEndings),
    ];
    for ((from, to), expected) in cases {
        whole(&store, &old());
        let file = fs::read_to_string(store.path("a.txt")).unwrap();
        assert!(file.contains(from), "{file}");
        fs::write(store.path("a.txt"), file.replace(from, to)).unwrap();
        assert_eq!(store.load().unwrap().status("a.txt", &text("one\ntwo\n")), expected, "{from:?} -> {to:?}");
    }
    fs::write(store.path("a.txt"), [0xff, 0xfe]).unwrap();
    assert_eq!(store.load().unwrap().status("a.txt", &text("one\ntwo\n")).word(), "truncated");
}

#[test]
fn converted_line_endings_are_named() {
    let (_place, store) = store();
    whole(&store, &old());
    let file = fs::read_to_string(store.path("a.txt")).unwrap().replace('\n', "\r\n");
    fs::write(store.path("a.txt"), &file).unwrap();
    for recomputed in ["one\ntwo\n", "one\nmoved\n"] {
        assert_eq!(store.load().unwrap().status("a.txt", &text(recomputed)), Status::LineEndings);
    }
    fs::write(store.path("a.txt"), file.replace("two", "2")).unwrap();
    assert_eq!(store.load().unwrap().status("a.txt", &text("one\ntwo\n")), Status::Edited(Halves::Both, Some(6)));
}

/// With a root that fits: the manifest is whole, and lists the digests of other texts.
#[test]
fn digests_that_changed_places_fit_no_text() {
    let (_place, store) = store();
    whole(&store, &set(&[("a.txt", "1\n"), ("b.txt", "2\n")]));
    let [a, b] = ["a.txt", "b.txt"].map(|name| store.load().unwrap().manifest().unwrap().files()[name].clone());
    let status = |a: &Seal, b: &Seal| {
        let files = BTreeMap::from([("a.txt".to_string(), a.clone()), ("b.txt".to_string(), b.clone())]);
        fs::write(store.path(manifest::FILE), Manifest::seal("bless", files).render()).unwrap();
        store.load().unwrap().status("a.txt", &text("1\n"))
    };
    assert_eq!(status(&a, &b), Status::Equal);
    assert_eq!(status(&b, &a), Status::Edited(Halves::Both, None));
    assert_eq!(status(&Seal { prose: a.numbers.clone(), numbers: a.prose.clone() }, &b), Status::Edited(Halves::Both, None));
    assert_eq!(status(&Seal { numbers: b.numbers.clone(), ..a.clone() }, &b), Status::Edited(Halves::Numbers, None));
    assert_eq!(status(&Seal { prose: b.prose.clone(), ..a.clone() }, &b), Status::Edited(Halves::Prose, None));
}

#[test]
fn only_sealed_numbers_are_kept() {
    let (_place, store) = store();
    whole(&store, &old());
    let path = store.path("a.txt");
    let file = fs::read_to_string(&path).unwrap();
    fs::write(&path, file.replace("prose", "verse")).unwrap();
    assert_eq!(store.load().unwrap().with_sealed_numbers("a.txt").unwrap().numbers, "one\ntwo\n");
    for damaged in [file.replace("two", "2"), file.replace('\n', "\r\n"), file[..8].to_string()] {
        fs::write(&path, damaged).unwrap();
        let error = store.load().unwrap().with_sealed_numbers("a.txt").unwrap_err();
        assert_eq!(error.file(), Some(path.as_path()), "{error}");
    }
    assert!(store.load().unwrap().with_sealed_numbers("c.txt").is_err());
}

#[test]
fn an_edit_that_anticipates_the_new_text_is_still_an_edit() {
    let (_place, store) = store();
    whole(&store, &old());
    fs::write(store.path("a.txt"), text("one\nthree\n").render()).unwrap();
    assert_eq!(store.load().unwrap().status("a.txt", &text("one\nthree\n")), Status::Edited(Halves::Numbers, None));
}

#[test]
fn a_part_keeps_the_rest_and_does_not_reseal_it() {
    let (_place, store) = store();
    whole(&store, &old());
    fs::write(store.path("b.txt"), "edited\n").unwrap();
    let written = store.replace(&set(&[("a.txt", "new\n")]), Scope::Part, "bless").unwrap();
    assert_eq!((written.changed, written.removed), (vec!["a.txt".to_string()], vec![]));
    let stored = store.load().unwrap();
    assert_eq!(stored.status("a.txt", &text("new\n")), Status::Equal);
    assert_eq!(stored.status("b.txt", &text("three\n")), Status::Edited(Halves::Both, Some(1)));
}

#[test]
fn a_part_of_an_unsealed_set_is_refused() {
    let (_place, store) = store();
    whole(&store, &old());
    fs::remove_file(store.path(manifest::FILE)).unwrap();
    assert_eq!(store.load().unwrap().status("a.txt", &text("one\ntwo\n")), Status::Unsealed);
    assert!(store.replace(&set(&[("a.txt", "new\n"), ("b.txt", "b\n")]), Scope::Part, "bless").is_err());
}

#[test]
fn a_part_of_a_set_with_an_edited_manifest_is_refused_for_the_manifest() {
    let (_place, store) = store();
    whole(&store, &old());
    let path = store.path(manifest::FILE);
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("b.txt", "z.txt")).unwrap();
    let error = store.replace(&set(&[("a.txt", "new\n")]), Scope::Part, "bless").unwrap_err();
    assert_eq!((error.file(), error.field()), (Some(path.as_path()), Some("root")), "{error}");
}

#[test]
fn a_copy_that_a_user_keeps_beside_the_set_is_his() {
    let (_place, store) = store();
    whole(&store, &old());
    for copy in ["quick.old", "quick.new"].map(|name| store.directory.with_file_name(name)) {
        fs::create_dir(&copy).unwrap();
        fs::write(copy.join("a.txt"), "mine").unwrap();
        assert_eq!(store.recover().unwrap(), None);
        whole(&store, &new());
        assert_eq!(fs::read_to_string(copy.join("a.txt")).unwrap(), "mine");
    }
}

#[test]
fn recovery_touches_nothing_that_holds_a_foreign_file() {
    let (_place, store) = store();
    let sibling = |suffix: &str| store.directory.with_file_name(format!(".quick.bless-{suffix}"));
    for suffix in ["new", "old"] {
        for (name, whole_set) in [("notes.md", true), ("notes.md", false), ("a.txt/b", true)] {
            if whole_set {
                whole(&store, &old());
            }
            let foreign = sibling(suffix).join(name);
            fs::create_dir_all(foreign.parent().unwrap()).unwrap();
            fs::write(&foreign, "mine").unwrap();
            let error = store.recover().unwrap_err();
            assert!(foreign.starts_with(error.file().unwrap()), "{error}");
            assert!(whole_set == holds(&store, &old()) && foreign.exists());
            fs::remove_dir_all(sibling(suffix)).unwrap();
            let _ = fs::remove_dir_all(&store.directory);
        }
        fs::write(sibling(suffix), "a file").unwrap();
        assert_eq!(store.recover().unwrap_err().file(), Some(sibling(suffix).as_path()));
        assert!(sibling(suffix).is_file() && !store.directory.exists());
        fs::remove_file(sibling(suffix)).unwrap();
    }
}

#[test]
fn foreign_files_are_never_swept_away() {
    let (_place, store) = store();
    whole(&store, &old());
    for name in ["notes.md", "mine.txt"] {
        fs::write(store.path(name), "mine").unwrap();
        assert!(store.replace(&new(), Scope::Whole, "bless").is_err());
        assert!(store.path(name).exists());
        fs::remove_file(store.path(name)).unwrap();
    }
    assert!(holds(&store, &old()));
}

#[test]
fn an_unwritable_place_is_an_error() {
    let (_place, store) = store();
    fs::write(&store.directory, "a file").unwrap();
    let inside = Store::new(store.directory.join("golden").join("quick"));
    let error = inside.replace(&new(), Scope::Whole, "bless").unwrap_err();
    assert_eq!(error.kind(), crate::error::ErrorKind::Io);
}

/// The store as it is when a replacement of `start` dies at operation `kill`, and the recovery after it at operation `again`.
fn killed(store: &Store, start: &BTreeMap<String, Text>, kill: usize, again: usize) {
    let _ = fs::remove_dir_all(&store.directory);
    if !start.is_empty() {
        whole(store, start);
    }
    let _ = store.replace_on(&Dying(kill.into()), &new(), Scope::Whole, "bless");
    let _ = store.recover_on(&Dying(again.into()));
    store.recover().unwrap();
    assert_eq!(store.recover().unwrap(), None, "recovery is complete");
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_set_or_the_new_one() {
    let (_place, store) = store();
    for start in [BTreeMap::new(), old()] {
        let mut ends = [0, 0];
        for (kill, again) in (1..=16).flat_map(|kill| (0..6).map(move |again| (kill, again))) {
            killed(&store, &start, kill, again);
            let found = [holds(&store, &start), holds(&store, &new())];
            assert_ne!(found[0], found[1], "killed at {kill}, then at {again}: neither the old set nor the new one");
            ends = [ends[0] + usize::from(found[0]), ends[1] + usize::from(found[1])];
        }
        assert!(ends[0] >= 36 && ends[1] >= 18, "both ends are reached: {ends:?}");
        assert!(holds(&store, &new()), "the last kill comes after the end");
    }
}

/// Not a state that a kill leaves; but the old set is all there is, and must not go.
#[test]
fn an_old_set_that_stands_alone_is_brought_back() {
    let (place, store) = store();
    whole(&store, &old());
    fs::rename(place.path().join("quick"), place.path().join(".quick.bless-old")).unwrap();
    assert!(matches!(store.recover().unwrap(), Some(Recovery::Undone)));
    assert!(holds(&store, &old()));
    assert_eq!(store.recover().unwrap(), None);
}

/// A disk of which one operation fails and no other.
struct FailingOnce(std::cell::Cell<usize>);

impl FailingOnce {
    fn step(&self, work: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
        let left = self.0.get();
        self.0.set(left.wrapping_sub(1));
        if left == 1 { Err(std::io::Error::other("EIO")) } else { work() }
    }
}

impl Disk for FailingOnce {
    fn create_directory(&self, path: &Path) -> std::io::Result<()> {
        self.step(|| OperatingSystem.create_directory(path))
    }

    fn write(&self, path: &Path, text: &str) -> std::io::Result<()> {
        self.step(|| fs::write(path, text))
    }

    fn rename(&self, from: &Path, to: &Path) -> std::io::Result<()> {
        self.step(|| OperatingSystem.rename(from, to))
    }

    fn remove(&self, path: &Path) -> std::io::Result<()> {
        self.step(|| OperatingSystem.remove(path))
    }

    fn sync(&self, _: &Path) -> std::io::Result<()> {
        self.step(|| Ok(()))
    }
}

#[test]
fn an_error_tells_which_goldens_stand() {
    let (_place, store) = store();
    for start in [BTreeMap::new(), old()] {
        let mut told = [0, 0];
        for failing in 1..=20 {
            let _ = fs::remove_dir_all(&store.directory);
            if !start.is_empty() {
                whole(&store, &start);
            }
            let result = store.replace_on(&FailingOnce(failing.into()), &new(), Scope::Whole, "bless");
            let Err(error) = result else { continue };
            let expected =
                if holds(&store, &new()) { "the new goldens stand all the same" } else { "the goldens are as they were" };
            assert!(error.to_string().contains("EIO") && error.to_string().ends_with(expected), "{failing}: {error}");
            assert!(holds(&store, &new()) || holds(&store, &start));
            told[usize::from(holds(&store, &new()))] += 1;
        }
        assert!(told[0] >= 6 && told[1] >= 1, "both are told: {told:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_set_is_refused() {
    let (place, store) = store();
    whole(&store, &old());
    let elsewhere = place.path().join("elsewhere");
    fs::rename(&store.directory, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &store.directory).unwrap();
    let error = store.replace(&new(), Scope::Whole, "bless").unwrap_err();
    assert!(error.to_string().contains("found something that is not a directory"), "{error}");
    assert!(store.directory.is_symlink() && holds(&store, &old()));
    assert_eq!(file::entries(place.path()).unwrap().len(), 2);
}

/// One that is edited or missing is part of the comparison; one that cannot be read is not.
#[test]
fn a_manifest_that_cannot_be_read_is_no_set() {
    let (_place, store) = store();
    whole(&store, &old());
    fs::remove_file(store.path(manifest::FILE)).unwrap();
    assert!(store.load().unwrap().manifest().is_err());
    fs::create_dir(store.path(manifest::FILE)).unwrap();
    assert_eq!(store.load().unwrap_err().kind(), ErrorKind::Io);
    fs::remove_dir(store.path(manifest::FILE)).unwrap();
    fs::write(store.path("notes.md"), "mine").unwrap();
    assert_eq!(store.load().unwrap().foreign(), [store.path("notes.md")]);
}

/// The lock of another process: `/proc/locks` names it.
#[cfg(target_os = "linux")]
#[test]
fn who_is_waited_for_is_told() {
    static TOLD: std::sync::Mutex<Option<u32>> = std::sync::Mutex::new(None);
    let (place, store) = store();
    whole(&store, &old());
    let store = store.tell_waiting(|_, holder| *TOLD.lock().unwrap() = holder);
    let held = fs::File::open(place.path()).unwrap();
    held.lock().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| store.recover().unwrap());
        while TOLD.lock().unwrap().is_none() {
            assert!(!waiting.is_finished(), "it did not wait");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        drop(held);
        assert_eq!(waiting.join().unwrap(), None);
    });
    assert_eq!(*TOLD.lock().unwrap(), Some(std::process::id()));
}
