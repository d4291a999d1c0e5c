//! Whole files: read within a bound, written all at once.
//!
//! A file is written beside its name, synced and renamed, so a kill at any moment leaves the old content or the new one. The name
//! beside is created exclusively: what already has that name, a symbolic link too, is neither followed nor overwritten.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The bytes of a file of at most `most` bytes; `expected` says in words what belongs there.
///
/// The size is checked before reading, and while reading for what has none: a pipe or a character device, as a shell hands over by
/// `<(...)` and `/dev/stdin`.
///
/// # Errors
/// When the file cannot be read, is a directory or another kind of thing, or is larger.
pub fn read(path: &Path, most: u64, expected: &str) -> Result<Vec<u8>> {
    let failed = |e: io::Error| Error::io("read", path, &e);
    let found = path.metadata().map_err(failed)?;
    check_readable(&found.file_type()).map_err(failed)?;
    let mut bytes = Vec::new();
    if found.len() <= most {
        File::open(path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes)).map_err(failed)?;
    }
    match found.len().max(bytes.len() as u64) <= most {
        true => Ok(bytes),
        false => Err(Error::input(format!("a file above {}", size(most)), expected).in_file(path)),
    }
}

/// As [`read`], the text that the bytes are.
///
/// # Errors
/// As [`read`]; and when the bytes are not UTF-8, with the line.
pub fn read_text(path: &Path, most: u64, expected: &str) -> Result<String> {
    String::from_utf8(read(path, most, expected)?).map_err(|e| {
        let line = 1 + e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        Error::input("bytes that are no text", "UTF-8").in_file(path).at_line(line)
    })
}

fn check_readable(kind: &fs::FileType) -> io::Result<()> {
    match kind.is_file() || is_stream(kind) {
        true => Ok(()),
        false => Err(io::Error::other("it is neither a regular file nor a pipe")),
    }
}

#[cfg(unix)]
fn is_stream(kind: &fs::FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo() || kind.is_char_device()
}

#[cfg(not(unix))]
fn is_stream(_: &fs::FileType) -> bool {
    false
}

fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 30 => format!("{} GiB", b >> 30),
        b if b >= 1 << 20 => format!("{} MiB", b >> 20),
        b => format!("{b} bytes"),
    }
}

/// Creates a file that does not exist, writes it and syncs it; nothing is left of it when that fails.
///
/// # Errors
/// When something has this name, or a file operation fails.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| drop(fs::remove_file(path)))
}

/// Writes a file, or replaces it, all at once.
///
/// # Errors
/// When a file operation fails, or what is to be replaced is not a regular file. The old content stands then.
pub fn write(path: &Path, text: &str) -> Result<()> {
    Staged::beside(path, text)?.commit()
}

/// Writes the files `(name, text)` into `directory`, which is made where it is missing; each is complete before the first is renamed.
///
/// # Errors
/// As [`write()`]. What was made for it is removed then, directories too.
pub fn write_set(directory: &Path, files: &[(&str, &str)]) -> Result<()> {
    let made = missing(directory);
    create_directory(directory).and_then(|()| replace_set(directory, files)).inspect_err(|_| {
        // What holds something stays.
        made.iter().for_each(|path| drop(fs::remove_dir(path)));
    })
}

fn replace_set(directory: &Path, files: &[(&str, &str)]) -> Result<()> {
    let staged: Vec<Staged> =
        files.iter().map(|(name, text)| Staged::beside(&directory.join(name), text)).collect::<Result<_>>()?;
    staged.iter().try_for_each(|file| check_replaceable(&file.place))?;
    staged.into_iter().try_for_each(Staged::commit)
}

/// Checks that [`write_set`] can write files of these names into `directory`; nothing is left behind.
///
/// # Errors
/// When it could not.
pub fn check_writable(directory: &Path, names: &[&str]) -> Result<()> {
    names.iter().try_for_each(|name| check_replaceable(&directory.join(name)))?;
    let missing = missing(directory);
    let nearest = missing.last().map_or(directory, |path| path.parent().unwrap_or(path));
    let action = if missing.is_empty() { "write to the directory" } else { "create the directory" };
    let probed = create_beside(&nearest.join("bfc-probe"), &[]).and_then(fs::remove_file);
    probed.map_err(|e| Error::io(action, directory, &e))
}

/// Makes a directory and those it lies in, where they are missing.
///
/// # Errors
/// When one cannot be made.
pub fn create_directory(directory: &Path) -> Result<()> {
    fs::create_dir_all(directory).map_err(|e| Error::io("create the directory", directory, &e))
}

/// The directories that have to be made for `directory` to exist, the innermost first.
fn missing(directory: &Path) -> Vec<&Path> {
    let absent = |path: &&Path| !path.as_os_str().is_empty() && !exists(path);
    directory.ancestors().take_while(absent).collect()
}

/// Returns whether something has this name, be it a symbolic link to nothing.
pub fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The paths in a directory, in order.
///
/// # Errors
/// When it cannot be read.
pub fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let found = fs::read_dir(directory).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = found.map_err(|e: io::Error| Error::io("read the directory", directory, &e))?;
    paths.sort();
    Ok(paths)
}

/// Makes renames and new names in a directory durable, where the platform opens a directory as a file.
///
/// # Errors
/// When the sync fails.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory).map_or(Ok(()), |directory| directory.sync_all())
}

/// The new content of a file, complete beside it; dropped before [`commit`](Staged::commit), it is removed.
struct Staged {
    place: PathBuf,
    beside: PathBuf,
}

impl Staged {
    fn beside(place: &Path, text: &str) -> Result<Self> {
        check_replaceable(place)?;
        let beside = create_beside(place, text.as_bytes()).map_err(|e| Error::io("write", place, &e))?;
        Ok(Staged { place: place.to_path_buf(), beside })
    }

    fn commit(self) -> Result<()> {
        fs::rename(&self.beside, &self.place).map_err(|e| Error::io("write", &self.place, &e))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After the rename there is no such file.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Only a regular file is replaced: a rename would put a file in the place of a link or a device.
fn check_replaceable(place: &Path) -> Result<()> {
    match place.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        true => Err(Error::input("something that is not a regular file", "a file to replace, or none").in_file(place)),
        false => Ok(()),
    }
}

/// Names beside a file that are tried before giving up; killed processes leave few.
const MOST_NAMES: u32 = 1000;

/// Creates a file of another name in the directory of `place`.
fn create_beside(place: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    for n in 0..MOST_NAMES {
        let beside = name_beside(place, n)?;
        match create(&beside, bytes) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|()| beside),
        }
    }
    Err(io::Error::other(format!("{MOST_NAMES} files of interrupted writes lie beside it")))
}

fn name_beside(place: &Path, n: u32) -> io::Result<PathBuf> {
    let name = place.file_name().ok_or_else(|| io::Error::other("it has no file name"))?;
    Ok(place.with_file_name(format!(".{}.{}-{n}.new", name.to_string_lossy(), std::process::id())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn names(directory: &Path) -> Vec<String> {
        entries(directory).unwrap().iter().map(|p| p.file_name().unwrap().to_str().unwrap().into()).collect()
    }

    #[test]
    fn a_read_is_bounded_and_names_the_file() {
        let place = place();
        let file = place.path().join("x");
        fs::write(&file, "three").unwrap();
        assert_eq!(read(&file, 5, "a word").unwrap(), b"three");
        let error = read(&file, 4, "a word").unwrap_err().to_string();
        assert!(error.ends_with("x: found a file above 4 bytes, expected a word"), "{error}");
        let error = read(place.path(), 4, "a word").unwrap_err();
        assert!(error.to_string().contains("cannot read: it is neither") && error.file() == Some(place.path()), "{error}");
        fs::write(&file, b"a\nb\xff").unwrap();
        assert_eq!(read_text(&file, 9, "a word").unwrap_err().line(), Some(2));
        assert!(read(&place.path().join("absent"), 4, "").unwrap_err().to_string().contains("cannot read"));
    }

    /// A device has the size zero and no end.
    #[cfg(unix)]
    #[test]
    fn what_has_no_size_is_bounded_while_it_is_read() {
        assert!(read(Path::new("/dev/zero"), 1 << 20, "a file").unwrap_err().to_string().contains("a file above 1 MiB"));
        assert_eq!(read(Path::new("/dev/null"), 0, "a file").unwrap(), b"");
    }

    #[test]
    fn a_write_replaces_a_file_and_nothing_else() {
        let place = place();
        let file = place.path().join("x");
        write(&file, "one").unwrap();
        write(&file, "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        let directory = place.path().join("d");
        fs::create_dir(&directory).unwrap();
        assert!(write(&directory, "three").unwrap_err().to_string().contains("not a regular file"));
        assert!(write(&directory.join("no/x"), "three").is_err());
        assert_eq!((names(place.path()), names(&directory)), (vec!["d".into(), "x".into()], vec![]));
    }

    /// A link that lies in wait under the name beside is not followed.
    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let place = place();
        let (file, mine) = (place.path().join("x"), place.path().join("mine"));
        fs::write(&mine, "mine").unwrap();
        std::os::unix::fs::symlink(&mine, name_beside(&file, 0).unwrap()).unwrap();
        write(&file, "new").unwrap();
        std::os::unix::fs::symlink(&mine, place.path().join("link")).unwrap();
        assert!(write(&place.path().join("link"), "new").is_err());
        assert_eq!(["x", "mine"].map(|n| fs::read_to_string(place.path().join(n)).unwrap()), ["new", "mine"]);
    }

    #[test]
    fn a_set_that_fails_leaves_nothing_behind() {
        let place = place();
        let inner = place.path().join("a/b");
        let set = |text| [("one.csv", text), ("two.json", text)];
        check_writable(&inner, &["one.csv"]).unwrap();
        assert!(!place.path().join("a").exists());
        write_set(&inner, &set("old")).unwrap();
        fs::remove_file(inner.join("two.json")).unwrap();
        fs::create_dir(inner.join("two.json")).unwrap();
        assert!(write_set(&inner, &set("new")).is_err() && check_writable(&inner, &["one.csv", "two.json"]).is_err());
        assert_eq!((names(&inner).len(), fs::read_to_string(inner.join("one.csv")).unwrap().as_str()), (2, "old"));
        // A name that is too long for a file system fails after its parents were made.
        assert!(write_set(&place.path().join("n/e/s").join("t".repeat(300)), &set("x")).is_err());
        assert_eq!(names(place.path()), ["a"]);
    }
}
