//! One directory of goldens: loading, comparing, replacing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::journal::{self, Disk, OperatingSystem, Recovery};
use super::manifest::{self, Manifest, digest};
use super::status::{Status, damage};
use crate::error::{Error, Result};
use crate::file;

/// The most bytes of a golden that are read; those of this crate have some thousands.
const LARGEST_FILE: u64 = 64 << 20;

/// Which files a replacement leaves in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The files given are the whole set; stored files of other names go.
    Whole,
    /// Stored files of other names stay as they are, with the digests they were sealed with.
    Part,
}

/// What a replacement changed, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Names that were not there.
    pub added: Vec<String>,
    /// Names whose text is another now.
    pub changed: Vec<String>,
    /// Names that are gone.
    pub removed: Vec<String>,
    /// The root digest of the set that stands now.
    pub root: String,
}

/// A directory of goldens.
#[derive(Clone, Debug)]
pub struct Store {
    directory: PathBuf,
}

/// What a [`Store`] holds.
#[derive(Clone, Debug)]
pub struct Stored {
    directory: PathBuf,
    texts: BTreeMap<String, String>,
    foreign: Vec<PathBuf>,
    manifest: Result<Manifest>,
}

impl Store {
    /// The goldens in `directory`, which need not exist.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Store { directory: directory.into() }
    }

    /// Where the golden `name` is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Finishes or undoes a replacement that was interrupted, if one was.
    ///
    /// # Errors
    /// When a file operation fails, or when what an interrupted replacement would have left holds anything but goldens; nothing is
    /// touched then.
    pub fn recover(&self) -> Result<Option<Recovery>> {
        self.recover_on(&OperatingSystem)
    }

    fn recover_on(&self, disk: &impl Disk) -> Result<Option<Recovery>> {
        let _held = journal::lock(&self.directory);
        journal::recover(disk, &self.directory)
    }

    /// Reads what is there; a directory that does not exist holds nothing.
    ///
    /// # Errors
    /// When the directory or a file cannot be read. A missing or malformed manifest is told by [`Stored::manifest`].
    pub fn load(&self) -> Result<Stored> {
        let (mut texts, mut foreign) = (BTreeMap::new(), Vec::new());
        let paths = if file::exists(&self.directory) { file::entries(&self.directory)? } else { Vec::new() };
        for path in paths {
            match path.file_name().and_then(|n| n.to_str()) {
                Some(manifest::FILE) if journal::belongs(&path) => {}
                Some(name) if journal::belongs(&path) => drop(texts.insert(name.to_string(), read(&path)?)),
                _ => foreign.push(path),
            }
        }
        Ok(Stored { directory: self.directory.clone(), texts, foreign, manifest: self.manifest() })
    }

    fn manifest(&self) -> Result<Manifest> {
        let path = self.path(manifest::FILE);
        if !path.exists() {
            return Err(
                Error::golden("missing, expected the manifest of the goldens; restore it, or bless every claim").in_file(&path)
            );
        }
        Manifest::parse(&read(&path)?, &path)
    }

    /// Replaces the stored texts by `texts`, all at once; `command` tells a reader how to make them again.
    ///
    /// # Errors
    /// When a file operation fails, when the directory holds a file that is not a golden, or when a part is to be replaced in a
    /// set whose manifest cannot be read. Nothing is written then.
    pub fn replace(&self, texts: &BTreeMap<String, String>, scope: Scope, command: &str) -> Result<Written> {
        self.replace_on(&OperatingSystem, texts, scope, command)
    }

    fn replace_on(&self, disk: &impl Disk, texts: &BTreeMap<String, String>, scope: Scope, command: &str) -> Result<Written> {
        self.create_parent()?;
        let _held = journal::lock(&self.directory);
        let stored = self.load()?;
        let (files, manifest) = stored.replaced(texts, scope, command)?;
        let written = stored.changes(&files, &manifest);
        if stored.manifest.as_ref().is_ok_and(|m| *m == manifest) && stored.texts == files {
            return Ok(written);
        }
        let seal = manifest.render();
        let all = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).chain([(manifest::FILE, seal.as_str())]);
        journal::replace(disk, &self.directory, all).inspect_err(|_| {
            // What failed half-way is undone or finished at once; if that fails too, the next command does it.
            let _ = journal::recover(disk, &self.directory);
        })?;
        Ok(written)
    }

    fn create_parent(&self) -> Result<()> {
        let parent = self.directory.parent().filter(|p| !p.as_os_str().is_empty());
        parent.map_or(Ok(()), file::create_directory)
    }
}

impl Stored {
    /// The manifest, or why there is none.
    ///
    /// # Errors
    /// When it is missing or malformed.
    pub fn manifest(&self) -> std::result::Result<&Manifest, &Error> {
        self.manifest.as_ref()
    }

    /// The stored text of `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// How the stored text of `name` compares with the `recomputed` one.
    pub fn status(&self, name: &str, recomputed: &str) -> Status {
        let Some(text) = self.text(name) else { return Status::Missing };
        let Some(sealed) = self.sealed(name) else { return Status::Unsealed };
        match (digest(name, text) == sealed, text == recomputed) {
            (true, true) => Status::Equal,
            (true, false) => Status::Differs,
            (false, _) => damage(text, recomputed),
        }
    }

    /// Names that are stored or sealed but not among `names`.
    pub fn strays<'a>(&'a self, names: &[String]) -> Vec<&'a str> {
        let sealed = self.manifest.iter().flat_map(|m| m.files().keys());
        let mut strays: Vec<&str> = self.texts.keys().chain(sealed).map(String::as_str).collect();
        strays.retain(|s| !names.iter().any(|n| n == s));
        strays.sort();
        strays.dedup();
        strays
    }

    fn sealed(&self, name: &str) -> Option<&str> {
        self.manifest.as_ref().ok()?.files().get(name).map(String::as_str)
    }

    /// The files and the manifest that are to stand after a replacement.
    fn replaced(
        &self,
        texts: &BTreeMap<String, String>,
        scope: Scope,
        command: &str,
    ) -> Result<(BTreeMap<String, String>, Manifest)> {
        let (mut files, mut digests) = match scope {
            Scope::Whole => Default::default(),
            Scope::Part if self.texts.is_empty() => Default::default(),
            // First of all: without the manifest every other golden would look foreign.
            Scope::Part => (self.texts.clone(), self.manifest.as_ref().map_err(Error::clone)?.files().clone()),
        };
        self.check_foreign(texts)?;
        files.extend(texts.clone());
        digests.extend(texts.iter().map(|(name, text)| (name.clone(), digest(name, text))));
        Ok((files, Manifest::seal(command, digests)))
    }

    /// A replacement moves the whole directory, so nothing but goldens may lie there.
    fn check_foreign(&self, texts: &BTreeMap<String, String>) -> Result<()> {
        let unknown = |name: &&String| !texts.contains_key(*name) && self.sealed(name).is_none();
        let expected = "nothing beside the goldens and their manifest; move it elsewhere";
        if let Some(path) = self.foreign.first() {
            return Err(Error::input("a foreign file", expected).in_file(path));
        }
        match self.texts.keys().find(unknown) {
            Some(name) => {
                Err(Error::input("a file that the manifest does not list", expected).in_file(&self.directory.join(name)))
            }
            None => Ok(()),
        }
    }

    fn changes(&self, files: &BTreeMap<String, String>, manifest: &Manifest) -> Written {
        let names = |keep: &dyn Fn(&String) -> bool| files.keys().filter(|n| keep(n)).cloned().collect();
        Written {
            added: names(&|n| !self.texts.contains_key(n)),
            changed: names(&|n| self.texts.get(n).is_some_and(|old| *old != files[n])),
            removed: self.texts.keys().filter(|n| !files.contains_key(*n)).cloned().collect(),
            root: manifest.root().to_string(),
        }
    }
}

/// The text of a file; bytes that are not UTF-8 are replaced, so that the digest cannot fit.
fn read(path: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&file::read(path, LARGEST_FILE, "a golden")?).into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::journal::Dying;
    use super::*;

    fn set(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(n, t)| (n.to_string(), t.to_string())).collect()
    }

    fn old() -> BTreeMap<String, String> {
        set(&[("a.txt", "one\ntwo\n"), ("b.txt", "three\n")])
    }

    fn new() -> BTreeMap<String, String> {
        set(&[("a.txt", "one\nthree\n"), ("c.txt", "four\n")])
    }

    /// A store in a fresh directory of its own, which goes when the test ends.
    fn store() -> (tempfile::TempDir, Store) {
        let place = tempfile::tempdir().unwrap();
        let store = Store::new(place.path().join("quick"));
        (place, store)
    }

    fn whole(store: &Store, texts: &BTreeMap<String, String>) {
        store.replace_on(&Dying(usize::MAX.into()), texts, Scope::Whole, "bless").unwrap();
    }

    fn holds(store: &Store, texts: &BTreeMap<String, String>) -> bool {
        let stored = store.load().unwrap();
        stored.texts == *texts && texts.iter().all(|(n, t)| stored.status(n, t) == Status::Equal)
    }

    #[test]
    fn stores_and_compares() {
        let (_place, store) = store();
        whole(&store, &old());
        let stored = store.load().unwrap();
        assert_eq!(stored.status("a.txt", "one\ntwo\n"), Status::Equal);
        assert_eq!(stored.status("a.txt", "one\nmoved\n"), Status::Differs);
        assert_eq!(stored.status("c.txt", "four\n"), Status::Missing);
        assert_eq!(stored.strays(&["a.txt".to_string()]), ["b.txt"]);
    }

    #[test]
    fn damage_is_told_by_line() {
        let (_place, store) = store();
        let cases = [
            ("one\n2\n", Status::Edited(Some(2))),
            ("one\n", Status::Truncated(1)),
            ("one\nt", Status::Truncated(2)),
            ("", Status::Truncated(1)),
            ("one\ntwo\nthree\n", Status::Edited(Some(3))),
        ];
        for (text, expected) in cases {
            whole(&store, &old());
            fs::write(store.path("a.txt"), text).unwrap();
            assert_eq!(store.load().unwrap().status("a.txt", "one\ntwo\n"), expected, "{text:?}");
        }
        fs::write(store.path("a.txt"), [0xff, 0xfe]).unwrap();
        assert_eq!(store.load().unwrap().status("a.txt", "one\ntwo\n").word(), "truncated");
    }

    #[test]
    fn an_edit_that_anticipates_the_new_text_is_still_an_edit() {
        let (_place, store) = store();
        whole(&store, &old());
        fs::write(store.path("a.txt"), "one\nthree\n").unwrap();
        assert_eq!(store.load().unwrap().status("a.txt", "one\nthree\n"), Status::Edited(None));
    }

    #[test]
    fn a_part_keeps_the_rest_and_does_not_reseal_it() {
        let (_place, store) = store();
        whole(&store, &old());
        fs::write(store.path("b.txt"), "edited\n").unwrap();
        let written = store.replace(&set(&[("a.txt", "new\n")]), Scope::Part, "bless").unwrap();
        assert_eq!((written.changed, written.removed), (vec!["a.txt".to_string()], vec![]));
        let stored = store.load().unwrap();
        assert_eq!(stored.status("a.txt", "new\n"), Status::Equal);
        assert_eq!(stored.status("b.txt", "three\n"), Status::Edited(Some(1)));
    }

    #[test]
    fn a_part_of_an_unsealed_set_is_refused() {
        let (_place, store) = store();
        whole(&store, &old());
        fs::remove_file(store.path(manifest::FILE)).unwrap();
        assert_eq!(store.load().unwrap().status("a.txt", "one\ntwo\n"), Status::Unsealed);
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
    fn killed(store: &Store, start: &BTreeMap<String, String>, kill: usize, again: usize) {
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
}
