//! `B3SUMS`: which files were written together, and by which a directory is known to hold results of ours.
//!
//! It is renamed into place before the files that it lists. So where it is that of an earlier run, all files are; after a kill between two
//! renames it is the new one, and the digest of each file that is still an older one does not fit.

use std::path::Path;

use crate::canonical;
use crate::error::Result;
use crate::file;

/// The name of the list.
pub const NAME: &str = "B3SUMS";

/// The most bytes of a list that are read: that of a sweep has a line for each of its runs.
const LARGEST: u64 = 16 << 20;

/// A line for each file `(name, text)`: its BLAKE3 digest and its name, as `b3sum` prints and checks them.
pub fn list(files: &[(&str, &str)]) -> String {
    files.iter().map(|(name, text)| format!("{}  {name}\n", canonical::bytes_hex(text.as_bytes()))).collect()
}

/// Checks that what files of these names in `directory` would replace was written by an earlier run: that a list lies there which names
/// one of `results`.
///
/// # Errors
/// With the file that is not.
pub fn check_own(directory: &Path, names: &[&str], results: &[&str]) -> Result<()> {
    let list = file::read_text(&directory.join(NAME), LARGEST, "a list of digests").unwrap_or_default();
    let is_own = list.lines().any(|line| line.split_once("  ").is_some_and(|(_, name)| results.contains(&name)));
    let expected = format!("what an earlier run wrote, listed in {NAME}");
    file::check_own(directory, &[&[NAME], names].concat(), is_own, "run of this program", &expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_results_of_ours_are_replaced() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
        let check = || check_own(place.path(), &["plot.svg", "result.json"], &["result.json"]);
        write("notes.txt", "mine");
        check().unwrap();
        write("plot.svg", "mine");
        let error = check().unwrap_err().to_string();
        assert!(error.contains("plot.svg: found a file that no run of this program wrote"), "{error}");
        write(NAME, &list(&[("photo.jpg", "mine")]));
        assert!(check().unwrap_err().to_string().contains(NAME));
        write(NAME, &list(&[("result.json", "{}"), ("plot.svg", "ours")]));
        check().unwrap();
    }

    #[test]
    fn the_list_is_that_of_b3sum() {
        // Of no bytes, as published with the function.
        let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(list(&[("a.csv", ""), ("b", "")]), format!("{empty}  a.csv\n{empty}  b\n"));
    }
}
