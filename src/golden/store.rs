//! One directory of goldens: loading, comparing, replacing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::journal::{self, Disk, OperatingSystem, Recovery, Waiting};
use super::manifest::{self, Manifest, Seal};
use super::status::{self, Status};
use super::text::Text;
use crate::error::{Error, ErrorKind, Result};
use crate::file;

/// The most bytes of a golden that are read; those of this crate have some thousands.
const LARGEST_FILE: u64 = 64 << 20;

/// Which files a replacement leaves in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The files given are the whole set; stored files of other names go.
    Whole,
    /// Stored files of other names stay as they are, with the seals they have.
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
    waiting: Waiting,
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
        Store { directory: directory.into(), waiting: |_, _| {} }
    }

    /// The same; `waiting` is called when another process has had the directory locked for a second.
    pub fn tell_waiting(self, waiting: Waiting) -> Self {
        Store { waiting, ..self }
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
        let _held = journal::lock(&self.directory, self.waiting);
        journal::recover(disk, &self.directory)
    }

    /// Reads what is there; a directory that does not exist holds nothing.
    ///
    /// # Errors
    /// When the directory, a file or the manifest cannot be read. A missing, malformed or edited manifest is told by
    /// [`Stored::manifest`].
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
        let manifest = self.manifest();
        match manifest {
            Err(error) if error.kind() == ErrorKind::Io => Err(error),
            manifest => Ok(Stored { directory: self.directory.clone(), texts, foreign, manifest }),
        }
    }

    fn manifest(&self) -> Result<Manifest> {
        let path = self.path(manifest::FILE);
        if !file::exists(&path) {
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
    pub fn replace(&self, texts: &BTreeMap<String, Text>, scope: Scope, command: &str) -> Result<Written> {
        self.replace_on(&OperatingSystem, texts, scope, command)
    }

    fn replace_on(&self, disk: &impl Disk, texts: &BTreeMap<String, Text>, scope: Scope, command: &str) -> Result<Written> {
        self.create_parent()?;
        let _held = journal::lock(&self.directory, self.waiting);
        let stored = self.load()?;
        let (files, manifest) = stored.replaced(texts, scope, command)?;
        let written = stored.changes(&files, &manifest);
        if stored.manifest.as_ref().is_ok_and(|m| *m == manifest) && stored.texts == files {
            return Ok(written);
        }
        let seal = manifest.render();
        let all = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).chain([(manifest::FILE, seal.as_str())]);
        let replaced = journal::replace(disk, &self.directory, all);
        replaced.map_err(|error| error.and(self.outcome_of_failure(disk, &files)))?;
        Ok(written)
    }

    /// What failed half-way is finished or undone at once; if that fails too, the next command does it.
    fn outcome_of_failure(&self, disk: &impl Disk, files: &BTreeMap<String, String>) -> &'static str {
        match journal::recover(disk, &self.directory).and_then(|_| self.load()) {
            Ok(stored) if stored.texts == *files => "the new goldens stand all the same",
            Ok(_) => "the goldens are as they were",
            Err(_) => "the next command that reads these goldens finishes or undoes it",
        }
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
    pub fn status(&self, name: &str, recomputed: &Text) -> Status {
        let Some(text) = self.text(name) else { return Status::Missing };
        let Some(seal) = self.sealed(name) else { return Status::Unsealed };
        status::compare(name, text, seal, recomputed)
    }

    /// The halves of the golden `name`, whose numbers are those that were sealed.
    ///
    /// # Errors
    /// When there is no such golden, or its numbers do not fit their digest.
    pub fn with_sealed_numbers(&self, name: &str) -> Result<Text> {
        let refused = |message: &str| Error::golden(message).in_file(&self.directory.join(name));
        let seal = self.manifest.as_ref().map_err(Error::clone)?.files().get(name);
        let (file, seal) =
            self.text(name).zip(seal).ok_or_else(|| refused("missing, or not sealed: there are no numbers to keep"))?;
        let sealed = |text: &Text| Seal::of(name, text).numbers == seal.numbers;
        Text::split(file).filter(sealed).ok_or_else(|| refused("the numbers are not those that were sealed"))
    }

    /// Entries of the directory that are neither texts nor the manifest.
    pub fn foreign(&self) -> &[PathBuf] {
        &self.foreign
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

    fn sealed(&self, name: &str) -> Option<&Seal> {
        self.manifest.as_ref().ok()?.files().get(name)
    }

    /// The files and the manifest that are to stand after a replacement.
    fn replaced(
        &self,
        texts: &BTreeMap<String, Text>,
        scope: Scope,
        command: &str,
    ) -> Result<(BTreeMap<String, String>, Manifest)> {
        let (mut files, mut seals) = match scope {
            Scope::Whole => Default::default(),
            Scope::Part if self.texts.is_empty() => Default::default(),
            // First of all: without the manifest every other golden would look foreign.
            Scope::Part => (self.texts.clone(), self.manifest.as_ref().map_err(Error::clone)?.files().clone()),
        };
        self.check_foreign(texts)?;
        files.extend(texts.iter().map(|(name, text)| (name.clone(), text.render())));
        seals.extend(texts.iter().map(|(name, text)| (name.clone(), Seal::of(name, text))));
        Ok((files, Manifest::seal(command, seals)))
    }

    /// A replacement moves the whole directory, so nothing but goldens may lie there.
    fn check_foreign(&self, texts: &BTreeMap<String, Text>) -> Result<()> {
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
mod tests;
