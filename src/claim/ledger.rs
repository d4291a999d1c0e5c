//! Finished work, kept in a directory so that an interruption loses nothing and a long check can be made on several machines.
//!
//! One file an item, named by the digest of what identifies it. A file holds the digest of the sources that made it and a seal over
//! its content: what other sources made, or what was damaged, counts as not there and is made again. A file is written beside its
//! name and renamed, so a kill at any moment leaves a whole file or none.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Sources;
use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::file;

/// A directory of finished items.
#[derive(Clone, Debug)]
pub struct Ledger {
    directory: PathBuf,
    sources: String,
}

/// A file of the ledger.
#[derive(Serialize, Deserialize)]
struct Page {
    sources: String,
    seal: String,
    content: String,
}

/// The end of the name of every file in a ledger.
const EXTENSION: &str = "cell.json";

/// The most bytes of a file that are read: far above the weights of any network that is trained here.
const LARGEST_FILE: u64 = 1 << 30;

impl Ledger {
    /// The ledger in `directory`, which need not exist yet, of work that is valid for these sources.
    pub fn new(directory: impl Into<PathBuf>, sources: &Sources) -> Self {
        Ledger { directory: directory.into(), sources: sources.digest() }
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn path(&self, key: &[u8; 32]) -> PathBuf {
        let name: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        self.directory.join(format!("{name}.{EXTENSION}"))
    }

    /// The item under `key`, if these sources finished it.
    pub fn get<T: DeserializeOwned>(&self, key: &[u8; 32]) -> Option<T> {
        let page = self.page(&self.path(key))?;
        serde_json::from_str(&page.content).ok()
    }

    fn page(&self, path: &Path) -> Option<Page> {
        let page: Page = serde_json::from_str(&file::read_text(path, LARGEST_FILE, "a finished item").ok()?).ok()?;
        (page.sources == self.sources && page.seal == seal(&page.content)).then_some(page)
    }

    /// Keeps the item under `key`.
    ///
    /// # Errors
    /// When the directory cannot be written, or the item has no JSON form.
    pub fn put<T: Serialize>(&self, key: &[u8; 32], item: &T) -> Result<()> {
        let path = self.path(key);
        let content = serde_json::to_string(item).map_err(|e| Error::io("write", &path, &e.into()))?;
        self.write(&path, &Page { sources: self.sources.clone(), seal: seal(&content), content })
    }

    fn write(&self, path: &Path, page: &Page) -> Result<()> {
        file::create_directory(&self.directory)?;
        file::write(path, &serde_json::to_string(page).expect("three strings have a JSON form"))
    }

    /// Copies every item of `other` into this ledger; how many were there.
    ///
    /// # Errors
    /// When a file of `other` is damaged or of other sources, or when the two hold different content under one key: work that should
    /// replay did not. The error names the file.
    pub fn join(&self, other: &Ledger) -> Result<usize> {
        let pages = other.files()?;
        for path in &pages {
            let whole = other
                .page(path)
                .ok_or_else(|| Error::refused("damaged, or made by other sources than this program's").in_file(path))?;
            let own = self.directory.join(path.file_name().expect("an entry of a directory has a name"));
            match self.page(&own) {
                Some(page) if page.content != whole.content => {
                    let message = format!("differs from {}: the same work gave two results", own.display());
                    return Err(Error::golden(message).in_file(path));
                }
                Some(_) => {}
                None => self.write(&own, &whole)?,
            }
        }
        Ok(pages.len())
    }

    fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files = file::entries(&self.directory)?;
        files.retain(|path| path.to_string_lossy().ends_with(EXTENSION));
        Ok(files)
    }

    /// Removes the items under these keys, and the directory if nothing else is in it.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove(&self, keys: &[[u8; 32]]) -> Result<()> {
        for path in keys.iter().map(|key| self.path(key)) {
            match fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io("remove", &path, &e)),
                _ => {}
            }
        }
        // What is not ours, or of another check, stays, and so does the directory.
        let _ = fs::remove_dir(&self.directory);
        Ok(())
    }
}

fn seal(content: &str) -> String {
    Canonical::of("page").text(content).hex()
}

/// A float as its IEEE bits in hexadecimal, for `#[serde(with)]`: JSON has no NaN, and its decimals are another program's rounding.
pub mod bits {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// The sixteen digits of the bits.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:016x}", value.to_bits()))
    }

    /// The float of these bits.
    ///
    /// # Errors
    /// When they are not sixteen hexadecimal digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(f64::from_bits).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Item(#[serde(with = "bits")] f64);

    fn place() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn what_is_put_is_got_bit_for_bit() {
        let place = place();
        let ledger = Ledger::new(place.path().join("bits"), &Sources::own());
        assert!(ledger.get::<Item>(&KEY).is_none());
        for value in [0.1, -0.0, f64::INFINITY, f64::from_bits(1)] {
            ledger.put(&KEY, &Item(value)).unwrap();
            assert_eq!(ledger.get::<Item>(&KEY).unwrap().0.to_bits(), value.to_bits());
        }
        ledger.put(&KEY, &Item(f64::NAN)).unwrap();
        assert!(ledger.get::<Item>(&KEY).unwrap().0.is_nan());
        ledger.remove(&[KEY]).unwrap();
        assert!(!ledger.directory().exists());
    }

    #[test]
    fn damage_and_other_sources_count_as_absent() {
        let place = place();
        let ledger = Ledger::new(place.path(), &Sources::own());
        ledger.put(&KEY, &Item(1.0)).unwrap();
        let other = Ledger { sources: "others".into(), ..ledger.clone() };
        assert!(other.get::<Item>(&KEY).is_none());
        let path = ledger.path(&KEY);
        let edited = fs::read_to_string(&path).unwrap().replace("3ff0", "3ff8");
        fs::write(&path, &edited).unwrap();
        assert!(ledger.get::<Item>(&KEY).is_none());
        fs::write(&path, &edited[..20]).unwrap();
        assert!(ledger.get::<Item>(&KEY).is_none());
    }

    #[test]
    fn joining_copies_and_refuses_contradictions() {
        let place = place();
        let [one, two, all, nowhere] =
            ["one", "two", "all", "nowhere"].map(|name| Ledger::new(place.path().join(name), &Sources::own()));
        one.put(&KEY, &Item(1.0)).unwrap();
        two.put(&[8; 32], &Item(2.0)).unwrap();
        assert_eq!((all.join(&one).unwrap(), all.join(&two).unwrap()), (1, 1));
        assert_eq!(all.get::<Item>(&[8; 32]), Some(Item(2.0)));
        two.put(&KEY, &Item(3.0)).unwrap();
        assert!(all.join(&two).unwrap_err().to_string().contains("two results"));
        fs::write(two.path(&KEY), "{").unwrap();
        assert!(all.join(&two).unwrap_err().file().is_some());
        assert!(all.join(&nowhere).is_err());
    }
}
