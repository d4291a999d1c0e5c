//! Whole files: read within a bound, written all at once.
//!
//! A file is written beside its name, synced and renamed, so a kill at any moment leaves the old content or the new one. The name
//! beside is created exclusively: what already has that name, a symbolic link too, is neither followed nor overwritten. The file is locked
//! while it is written; what a killed process left is not, and the next write of the same name removes it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The name of standard input, where [`read_input`] is asked for it.
pub const STANDARD_INPUT: &str = "-";

/// The bytes of a regular file of at most `most` bytes; `expected` says in words what belongs there.
///
/// Neither a directory nor a pipe or a device is opened: a pipe may have no end, and no beginning. The size is checked before reading.
///
/// # Errors
/// When the file cannot be read, is no regular file, or is larger.
pub fn read(path: &Path, most: u64, expected: &str) -> Result<Vec<u8>> {
    read_file(path, most, expected, anything)
}

fn read_file(path: &Path, most: u64, expected: &str, begins: fn(&[u8]) -> bool) -> Result<Vec<u8>> {
    let failed = |e: io::Error| Error::io("read", path, &e);
    let found = path.metadata().map_err(failed)?;
    if !found.is_file() {
        return Err(failed(io::Error::other("it is not a regular file")));
    }
    match found.len() <= most {
        // It may grow meanwhile.
        true => File::open(path).map_err(failed).and_then(|file| bounded(file, path, most, expected, begins)),
        false => Err(too_large(path, most, expected)),
    }
}

/// As [`read`], or of standard input for [`STANDARD_INPUT`]; no more than the first bytes where `begins` says that nothing which is
/// expected begins so.
///
/// # Errors
/// As [`read`].
pub fn read_input(path: &Path, most: u64, expected: &str, begins: fn(&[u8]) -> bool) -> Result<Vec<u8>> {
    match path.as_os_str() == STANDARD_INPUT {
        true => bounded(io::stdin().lock(), Path::new("standard input"), most, expected, begins),
        false => read_file(path, most, expected, begins),
    }
}

/// Takes whatever comes.
pub fn anything(_: &[u8]) -> bool {
    true
}

fn bounded(source: impl Read, path: &Path, most: u64, expected: &str, begins: fn(&[u8]) -> bool) -> Result<Vec<u8>> {
    let bytes = read_if(source, most, begins).map_err(|e| Error::io("read", path, &e))?;
    if bytes.len() as u64 <= most { Ok(bytes) } else { Err(too_large(path, most, expected)) }
}

/// All bytes of a source, but one more than `most` where it has more; or its first ones, where `begins` is not true of them.
///
/// # Errors
/// Those of the source.
pub fn read_if(mut source: impl Read, most: u64, begins: fn(&[u8]) -> bool) -> io::Result<Vec<u8>> {
    const FIRST: u64 = 1 << 12;
    let (mut bytes, enough) = (Vec::new(), most.saturating_add(1));
    source.by_ref().take(FIRST.min(enough)).read_to_end(&mut bytes)?;
    if begins(&bytes) {
        source.take(enough - bytes.len() as u64).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn too_large(path: &Path, most: u64, expected: &str) -> Error {
    Error::input(format!("more than {}", size(most)), expected).in_file(path)
}

/// As [`read`], the text that the bytes are.
///
/// # Errors
/// As [`read`]; and when the bytes are not UTF-8, with the line.
pub fn read_text(path: &Path, most: u64, expected: &str) -> Result<String> {
    text(read(path, most, expected)?, path)
}

/// The text that the bytes of `path` are.
///
/// # Errors
/// When they are not UTF-8, with the line.
pub fn text(bytes: Vec<u8>, path: &Path) -> Result<String> {
    String::from_utf8(bytes).map_err(|e| {
        let line = 1 + e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        Error::input("bytes that are no text", "UTF-8").in_file(path).at_line(line)
    })
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
/// As [`write()`] and [`check_output`]. What was made for it is removed then, directories too.
pub fn write_set(directory: &Path, files: &[(&str, &str)]) -> Result<()> {
    check_output(directory)?;
    let made = missing(directory);
    create_directory(directory).and_then(|()| replace_set(directory, files)).inspect_err(|_| {
        // What holds something stays.
        made.iter().for_each(|path| drop(fs::remove_dir(path)));
    })
}

/// Removes a regular file, where there is one of this name.
///
/// # Errors
/// When it cannot be removed.
pub fn remove(path: &Path) -> Result<()> {
    match path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        true => fs::remove_file(path).map_err(|e| Error::io("remove", path, &e)),
        false => Ok(()),
    }
}

fn replace_set(directory: &Path, files: &[(&str, &str)]) -> Result<()> {
    let staged: Vec<Staged> =
        files.iter().map(|(name, text)| Staged::beside(&directory.join(name), text)).collect::<Result<_>>()?;
    staged.iter().try_for_each(|file| check_replaceable(&file.place))?;
    staged.into_iter().try_for_each(Staged::commit)
}

/// Checks that `directory` is a place for output: neither the root of the file system nor a home directory, where what is written would
/// lie among everything else. A home directory is the one that the environment names, or any of which the system's list of users says so.
///
/// # Errors
/// When it is one of these.
pub fn check_output(directory: &Path) -> Result<()> {
    let own = |path: &Path| path.canonicalize().ok();
    let Some(found) = own(directory) else { return Ok(()) };
    let is_home = || std::env::home_dir().into_iter().chain(homes()).any(|home| own(&home).is_some_and(|home| home == found));
    match found.parent().is_none() || is_home() {
        true => Err(Error::input("the root of the file system or a home directory", "a directory within it").in_file(directory)),
        false => Ok(()),
    }
}

/// Checks that no file of these names lies in `directory`, unless they are known to be what `writer` wrote earlier.
///
/// # Errors
/// With the first that does; `expected` says what may lie there.
pub fn check_own(directory: &Path, names: &[&str], is_own: bool, writer: &str, expected: &str) -> Result<()> {
    let foreign = names.iter().map(|name| directory.join(name)).find(|path| !is_own && exists(path));
    match foreign {
        None => Ok(()),
        Some(path) => {
            let expected = format!("nothing of that name, or {expected}; move it elsewhere");
            Err(Error::input(format!("a file that no {writer} wrote"), expected).in_file(&path))
        }
    }
}

/// The home directories of all users, where the system lists them in a file.
fn homes() -> Vec<PathBuf> {
    const USERS: &str = "/etc/passwd";
    const MOST: u64 = 16 << 20;
    // `name:password:user:group:comment:home:shell`
    let users = read_text(Path::new(USERS), MOST, "a list of users").unwrap_or_default();
    users.lines().filter_map(|line| line.split(':').nth(5)).map(PathBuf::from).collect()
}

/// Checks that [`write()`] can write this file, before the work whose result it is to hold; `inputs` are read by it.
///
/// # Errors
/// When it could not, or the file is one of the inputs.
pub fn check_result(path: &Path, inputs: &[&Path]) -> Result<()> {
    let own = path.canonicalize().ok();
    if let Some(input) = inputs.iter().find(|input| own.is_some() && input.canonicalize().ok() == own) {
        return Err(Error::input("the file that is read", "another one to write").in_file(input));
    }
    check_replaceable(path)?;
    Staged::create(path, PROBE).map(drop).map_err(|e| Error::io("write", path, &e))
}

/// What is written to find out whether a directory takes files: more than a full disk has room for.
const PROBE: &[u8] = &[0; 1 << 16];

/// Checks that [`write_set`] can write files of these names into `directory`; nothing is left behind.
///
/// # Errors
/// When it could not.
pub fn check_writable(directory: &Path, names: &[&str]) -> Result<()> {
    check_output(directory)?;
    names.iter().try_for_each(|name| check_replaceable(&directory.join(name)))?;
    let missing = missing(directory);
    let nearest = missing.last().map_or(directory, |path| path.parent().unwrap_or(path));
    let action = if missing.is_empty() { "write to the directory" } else { "create the directory" };
    Staged::create(&nearest.join("probe"), PROBE).map(drop).map_err(|e| Error::io(action, directory, &e))
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

/// The new content of a file, complete beside it and locked; dropped before [`commit`](Staged::commit), it is removed.
struct Staged {
    place: PathBuf,
    beside: PathBuf,
    file: File,
    renamed: bool,
}

/// The most processes that write the same file at once.
const MOST_NAMES: u32 = 16;

impl Staged {
    fn beside(place: &Path, text: &str) -> Result<Self> {
        check_replaceable(place)?;
        Staged::create(place, text.as_bytes()).map_err(|e| Error::io("write", place, &e))
    }

    /// With a name of its own in the directory of `place`.
    fn create(place: &Path, bytes: &[u8]) -> io::Result<Self> {
        let names: Vec<PathBuf> = (0..MOST_NAMES).map(|n| name_beside(place, n)).collect::<io::Result<_>>()?;
        names.iter().for_each(|beside| remove_stale(beside));
        for beside in names {
            let file = match File::create_new(&beside) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                created => created?,
            };
            // Where there are no locks, nobody takes this for what a killed process left.
            let _ = file.lock();
            if has_name(&file, &beside) {
                let mut staged = Staged { place: place.to_path_buf(), beside, file, renamed: false };
                return staged.file.write_all(bytes).and_then(|()| staged.file.sync_all()).map(|()| staged);
            }
        }
        Err(io::Error::other(format!("{MOST_NAMES} files of other writes lie beside it")))
    }

    fn commit(mut self) -> Result<()> {
        fs::rename(&self.beside, &self.place).map_err(|e| Error::io("write", &self.place, &e))?;
        self.renamed = true;
        let directory = self.place.parent().filter(|path| !path.as_os_str().is_empty());
        sync_directory(directory.unwrap_or(Path::new("."))).map_err(|e| Error::io("sync", &self.place, &e))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After the rename the name may be another process's.
        if !self.renamed {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Removes a file that no process is writing any more. With the lock on a file that has the name, nobody else can take the name away.
fn remove_stale(beside: &Path) {
    let is_file = beside.symlink_metadata().is_ok_and(|found| found.is_file());
    let Some(file) = is_file.then(|| File::open(beside).ok()).flatten() else { return };
    if file.try_lock().is_ok() && has_name(&file, beside) {
        let _ = fs::remove_file(beside);
    }
}

/// Returns whether `path` is a name of the open file.
#[cfg(unix)]
fn has_name(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    file.metadata().map(identity).ok().is_some_and(|own| path.symlink_metadata().map(identity).ok() == Some(own))
}

/// An open file keeps its name here.
#[cfg(not(unix))]
fn has_name(_: &File, path: &Path) -> bool {
    exists(path)
}

/// Only a regular file is replaced: a rename would put a file in the place of a link or a device.
fn check_replaceable(place: &Path) -> Result<()> {
    match place.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        true => Err(Error::input("something that is not a regular file", "a file to replace, or none").in_file(place)),
        false => Ok(()),
    }
}

fn name_beside(place: &Path, n: u32) -> io::Result<PathBuf> {
    let name = place.file_name().ok_or_else(|| io::Error::other("it has no file name"))?;
    Ok(place.with_file_name(format!(".{}.bfc-{n}.new", name.to_string_lossy())))
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
        assert!(error.ends_with("x: found more than 4 bytes, expected a word"), "{error}");
        let error = read(place.path(), 4, "a word").unwrap_err();
        assert!(
            error.to_string().contains("cannot read: it is not a regular file") && error.file() == Some(place.path()),
            "{error}"
        );
        fs::write(&file, b"a\nb\xff").unwrap();
        assert_eq!(read_text(&file, 9, "a word").unwrap_err().line(), Some(2));
        assert!(read(&place.path().join("absent"), 4, "").unwrap_err().to_string().contains("cannot read"));
    }

    /// A device has the size zero and no end; a pipe that nobody writes to would be waited for.
    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_not_opened() {
        let place = place();
        let pipe = place.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [Path::new("/dev/zero"), Path::new("/dev/null"), &pipe] {
            assert!(read(path, 1 << 20, "a file").unwrap_err().to_string().contains("not a regular file"));
        }
        assert!(
            bounded(io::repeat(0), Path::new("x"), 9, "a word", anything)
                .unwrap_err()
                .to_string()
                .contains("x: found more than 9 bytes")
        );
    }

    /// What has no end is read no further than its beginning.
    #[test]
    fn what_begins_wrong_is_not_read_on() {
        let begins = |bytes: &[u8]| bytes.starts_with(b"a");
        assert_eq!(read_if(io::repeat(0), 1 << 40, begins).unwrap().len(), 1 << 12);
        assert_eq!(read_if(io::repeat(b'a'), 1 << 20, begins).unwrap().len(), (1 << 20) + 1);
        assert_eq!(read_if(&b"ab"[..], 1 << 20, begins).unwrap(), b"ab");
        assert_eq!(read_if(&b"ab"[..], 0, begins).unwrap(), b"a");
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

    /// What a killed process left goes; what a process is writing stays, and so does what is no file.
    #[test]
    fn files_of_interrupted_writes_go() {
        let place = place();
        let file = place.path().join("x");
        let beside = |n| name_beside(&file, n).unwrap();
        fs::write(beside(0), "half").unwrap();
        fs::write(beside(7), "half").unwrap();
        fs::create_dir(beside(3)).unwrap();
        let busy = Staged::create(&file, b"busy").unwrap();
        assert_eq!(busy.beside, beside(0));
        write(&file, "new").unwrap();
        assert_eq!(names(place.path()), [".x.bfc-0.new", ".x.bfc-3.new", "x"]);
        busy.commit().unwrap();
        assert_eq!((names(place.path()).len(), fs::read_to_string(&file).unwrap().as_str()), (2, "busy"));
    }

    #[test]
    fn many_writers_of_one_file_leave_one_of_their_texts() {
        let place = place();
        let file = place.path().join("x");
        let texts: Vec<String> = (0..8).map(|n| n.to_string().repeat(1000)).collect();
        let written = crate::parallel::map(&texts, 8, |text| (0..20).all(|_| write(&file, text).is_ok()));
        assert!(written.into_iter().all(|all| all) && texts.contains(&fs::read_to_string(&file).unwrap()));
        assert_eq!(names(place.path()), ["x"]);
    }

    #[test]
    fn a_result_is_not_written_over_what_is_read() {
        let place = place();
        let (input, other) = (place.path().join("in"), place.path().join("out"));
        fs::write(&input, "mine").unwrap();
        assert!(check_result(&place.path().join("./in"), &[&input]).unwrap_err().to_string().contains("the file that is read"));
        assert!(check_result(&place.path().join(".."), &[]).is_err() && check_result(&place.path().join("no/x"), &[]).is_err());
        check_result(&other, &[&input]).unwrap();
        assert_eq!(names(place.path()), ["in"]);
    }

    #[test]
    fn the_root_and_the_home_directory_are_no_place_for_output() {
        let place = place();
        check_output(place.path()).unwrap();
        check_output(&place.path().join("absent")).unwrap();
        let root = place.path().ancestors().last().unwrap();
        for directory in [Some(root.to_path_buf()), std::env::home_dir()].into_iter().flatten().filter(|path| path.exists()) {
            assert!(
                check_output(&directory).unwrap_err().to_string().contains("a directory within it"),
                "{}",
                directory.display()
            );
            // Whatever is written into a directory comes through these.
            assert!(check_writable(&directory, &[]).is_err() && write_set(&directory, &[("a", "b")]).is_err());
        }
    }

    /// Whatever the environment says.
    #[cfg(target_os = "linux")]
    #[test]
    fn home_directories_are_those_of_all_users() {
        assert!(homes().contains(&PathBuf::from("/root")), "{:?}", homes());
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
