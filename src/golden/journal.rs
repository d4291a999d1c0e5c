//! Replacing a directory of files so that a kill at any moment leaves the old set or the new one.
//!
//! The new set is staged whole in a sibling directory, `.D.bless-new`, and synced. The rename of `D` to `.D.bless-old` commits;
//! then `.D.bless-new` becomes `D`, and `.D.bless-old` goes. So the names that exist are the journal:
//!
//! | `D` | `.D.bless-new` | `.D.bless-old` | the kill came | [`recover`] |
//! |---|---|---|---|---|
//! | any | yes | no | while staging | removes `.D.bless-new`: the old set stands |
//! | no | yes | yes | after the commit | renames `.D.bless-new` to `D`, removes `.D.bless-old`: the new set stands |
//! | yes | no | yes | after the swap | removes `.D.bless-old`: the new set stands |
//!
//! A set that is written for the first time has no `D` to move away; its commit is the rename of `.D.bless-new`.
//!
//! The names are such that nobody gives them to a copy of his own, and what holds anything but goldens is never touched.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::manifest;
use crate::error::{Error, Result};
use crate::file::{self, exists};

/// What was done about a replacement that had been interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// The new set was complete and is now in place.
    Finished,
    /// The new set was not complete; the old one stands.
    Undone,
}

/// The file operations a replacement is made of; the tests interrupt them one by one.
pub(super) trait Disk {
    /// Creates one directory.
    fn create_directory(&self, path: &Path) -> io::Result<()>;
    /// Writes a new file and syncs it.
    fn write(&self, path: &Path, text: &str) -> io::Result<()>;
    /// Renames a directory.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a directory and all that is in it.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes renames and new names in a directory durable.
    fn sync(&self, path: &Path) -> io::Result<()>;
}

/// The disk itself.
pub(super) struct OperatingSystem;

impl Disk for OperatingSystem {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        file::create(path, text.as_bytes())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        file::sync_directory(path)
    }
}

/// A directory that is replaced as a whole, and its two siblings.
struct Places {
    parent: PathBuf,
    current: PathBuf,
    new: PathBuf,
    old: PathBuf,
}

impl Places {
    fn of(directory: &Path) -> Result<Self> {
        let Some((own, parent)) = directory.file_name().zip(directory.parent()) else {
            return Err(Error::input("a path without a name of its own", "a directory to replace").in_file(directory));
        };
        let sibling = |suffix: &str| {
            let mut name = OsString::from(".");
            name.push(own);
            name.push(suffix);
            directory.with_file_name(name)
        };
        // The parent of a bare name is the empty path.
        let parent = parent.join(".");
        Ok(Places { parent, current: directory.to_path_buf(), new: sibling(".bless-new"), old: sibling(".bless-old") })
    }

    fn interrupted(&self) -> bool {
        exists(&self.new) || exists(&self.old)
    }

    /// A replacement leaves directories of goldens and nothing else.
    fn check_siblings(&self) -> Result<()> {
        let foreign = |path: &Path| match path.is_dir() {
            true => Ok(file::entries(path)?.into_iter().find(|entry| !belongs(entry))),
            false => Ok(Some(path.to_path_buf())),
        };
        for sibling in [&self.new, &self.old].into_iter().filter(|path| exists(path)) {
            if let Some(path) = foreign(sibling)? {
                let expected = "only what an interrupted `bless` leaves: goldens and their manifest; move it elsewhere";
                return Err(Error::input("a foreign file", expected).in_file(&path));
            }
        }
        Ok(())
    }
}

/// Whether an entry of a directory is one that a set of goldens has: a text, or the manifest.
pub(super) fn belongs(path: &Path) -> bool {
    let name = path.file_name().and_then(|n| n.to_str());
    name.is_some_and(|name| name == manifest::FILE || name.ends_with(".txt")) && path.is_file()
}

/// Who is told, of which directory and by which process, when a lock is waited for.
pub type Waiting = fn(&Path, Option<u32>);

/// How long a lock is waited for before anybody is told.
const PATIENCE: Duration = Duration::from_secs(1);

/// Holds other processes off while a set is replaced or recovered, where the platform can lock a directory.
pub(super) fn lock(directory: &Path, waiting: Waiting) -> Option<File> {
    let parent = File::open(Places::of(directory).ok()?.parent).ok()?;
    const STEP: Duration = Duration::from_millis(20);
    for _ in 0..PATIENCE.as_millis() / STEP.as_millis() {
        match parent.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(STEP),
            tried => return tried.ok().map(|()| parent),
        }
    }
    waiting(directory, holder(&parent));
    parent.lock().ok()?;
    Some(parent)
}

/// The process that holds a lock on a file, where the platform tells.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{}", file.metadata().ok()?.ino());
    // `1: FLOCK  ADVISORY  WRITE 4711 fd:01:123456 0 EOF`; a line with an arrow is of one who waits.
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let words = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    words.filter(|w| w.len() == 8 && w[5].ends_with(&inode)).find_map(|w| w[4].parse().ok())
}

#[cfg(not(target_os = "linux"))]
fn holder(_: &File) -> Option<u32> {
    None
}

/// Replaces the content of `directory` by `files`, given as names and texts.
pub(super) fn replace<'a>(disk: &impl Disk, directory: &Path, files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<()> {
    let places = Places::of(directory)?;
    if places.current.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
        return Err(Error::input("something that is not a directory", "one to replace, or none").in_file(directory));
    }
    stage(disk, &places, files)?;
    if exists(&places.current) {
        rename(disk, &places.current, &places.old)?;
    }
    finish(disk, &places)
}

fn stage<'a>(disk: &impl Disk, places: &Places, files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<()> {
    disk.create_directory(&places.new).map_err(|e| Error::io("create the directory", &places.new, &e))?;
    for (name, text) in files {
        let path = places.new.join(name);
        disk.write(&path, text).map_err(|e| Error::io("write", &path, &e))?;
    }
    sync(disk, &places.new)?;
    sync(disk, &places.parent)
}

fn finish(disk: &impl Disk, places: &Places) -> Result<()> {
    rename(disk, &places.new, &places.current)?;
    sync(disk, &places.parent)?;
    discard(disk, &places.old)
}

/// Finishes or undoes a replacement of `directory` that was interrupted, if one was.
pub(super) fn recover(disk: &impl Disk, directory: &Path) -> Result<Option<Recovery>> {
    let places = Places::of(directory)?;
    if !places.interrupted() {
        return Ok(None);
    }
    places.check_siblings()?;
    match (exists(&places.current), exists(&places.new), exists(&places.old)) {
        (false, true, true) => finish(disk, &places).map(|()| Some(Recovery::Finished)),
        (true, false, true) => discard(disk, &places.old).map(|()| Some(Recovery::Finished)),
        // Not a state that a kill can leave; the old set is all there is.
        (false, false, true) => rename(disk, &places.old, &places.current).map(|()| Some(Recovery::Undone)),
        _ => discard(disk, &places.new).and_then(|()| discard(disk, &places.old)).map(|()| Some(Recovery::Undone)),
    }
}

fn rename(disk: &impl Disk, from: &Path, to: &Path) -> Result<()> {
    disk.rename(from, to).map_err(|e| Error::io("rename", from, &e))
}

fn sync(disk: &impl Disk, path: &Path) -> Result<()> {
    disk.sync(path).map_err(|e| Error::io("sync", path, &e))
}

fn discard(disk: &impl Disk, path: &Path) -> Result<()> {
    match exists(path) {
        true => disk.remove(path).map_err(|e| Error::io("remove", path, &e)),
        false => Ok(()),
    }
}

/// A disk for tests: it dies at a chosen operation, which it leaves half done. It saves the time to sync.
#[cfg(test)]
pub(super) struct Dying(pub std::cell::Cell<usize>);

#[cfg(test)]
impl Dying {
    fn step(&self, whole: impl FnOnce() -> io::Result<()>, half: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match self.0.get() {
            0 => Err(io::Error::other("killed")),
            1 => {
                self.0.set(0);
                half()?;
                Err(io::Error::other("killed"))
            }
            left => {
                self.0.set(left - 1);
                whole()
            }
        }
    }
}

#[cfg(test)]
impl Disk for Dying {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        self.step(|| OperatingSystem.create_directory(path), || Ok(()))
    }

    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        self.step(|| fs::write(path, text), || fs::write(path, &text[..text.len() / 2]))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|| OperatingSystem.rename(from, to), || Ok(()))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let first = || fs::read_dir(path)?.next().map_or(Ok(()), |entry| fs::remove_file(entry?.path()));
        self.step(|| OperatingSystem.remove(path), first)
    }

    fn sync(&self, _: &Path) -> io::Result<()> {
        self.step(|| Ok(()), || Ok(()))
    }
}
