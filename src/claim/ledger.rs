//! Finished work, kept in a directory so that an interruption loses nothing and a long check can be made on several machines.
//!
//! One file an item, a page, named by the digest of what identifies it. A page holds the version and the digest of the sources that made
//! it, and a seal over them, its content and its own name: what others made, what was damaged and what stands under another name counts as
//! not there and is made again, and [`Ledger::invalid`] tells why. A page is written beside its name and renamed, so a kill at any moment
//! leaves a whole one or none. A share of a check that was finished has a page of its own, which lists the pages that it consists of.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Sources;
use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::file;

/// The digest that identifies an item.
type Key = [u8; 32];

/// A directory of finished items.
#[derive(Clone, Debug)]
pub struct Ledger {
    directory: PathBuf,
    sources: String,
    /// Pages that were not used, and why.
    invalid: Arc<Mutex<BTreeMap<PathBuf, String>>>,
}

/// A file of the ledger.
#[derive(Serialize, Deserialize)]
struct Page {
    #[serde(default)]
    version: String,
    sources: String,
    seal: String,
    content: String,
}

impl Page {
    /// Over its name and all that it holds.
    fn seal_as(&self, name: &str) -> String {
        Canonical::of("page").text(name).text(&self.version).text(&self.sources).text(&self.content).hex()
    }
}

/// A share of a check that was finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedShare {
    /// From 1 to `count`.
    pub index: usize,
    /// Into how many the check was split.
    pub count: usize,
    /// The name of the profile.
    pub profile: String,
    /// The ids of the claims of all shares together.
    pub claims: Vec<String>,
    /// The names of the pages of this share.
    pub pages: Vec<String>,
}

impl FinishedShare {
    /// The share `index` (from 1) of `count`, which consists of the pages under `keys`.
    pub(super) fn new(index: usize, count: usize, profile: &str, claims: Vec<String>, keys: &[Key]) -> Self {
        FinishedShare { index, count, profile: profile.into(), claims, pages: keys.iter().map(page_name).collect() }
    }

    /// The name of its own page.
    fn name(&self) -> String {
        format!("{}-of-{}{SHARE_EXTENSION}", self.index, self.count)
    }

    /// Returns whether both are shares of the same check.
    fn belongs_with(&self, other: &FinishedShare) -> bool {
        (self.count, &self.profile, &self.claims) == (other.count, &other.profile, &other.claims)
    }
}

/// The end of the name of every page of an item.
const EXTENSION: &str = ".cell.json";

/// The end of the name of every page of a finished share.
const SHARE_EXTENSION: &str = ".share.json";

/// Of this library.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The most bytes of a file that are read: far above the weights of any network that is trained here.
const LARGEST_FILE: u64 = 1 << 30;

/// The name of the page under `key`.
fn page_name(key: &Key) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + EXTENSION
}

fn is_page_name(name: &str) -> bool {
    let digits = name.strip_suffix(EXTENSION);
    digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

impl Ledger {
    /// The ledger in `directory`, which need not exist yet, of work that is valid for these sources.
    pub fn new(directory: impl Into<PathBuf>, sources: &Sources) -> Self {
        Ledger { directory: directory.into(), sources: sources.digest(), invalid: Arc::default() }
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.directory.join(page_name(key))
    }

    /// The item under `key`, if these sources finished it.
    pub fn get<T: DeserializeOwned>(&self, key: &Key) -> Option<T> {
        serde_json::from_str(&self.stored(key)?).ok()
    }

    /// The text of the item under `key`, if these sources finished it.
    pub(super) fn stored(&self, key: &Key) -> Option<String> {
        let path = self.path(key);
        match self.page(&path)? {
            Ok(page) => Some(page.content),
            Err(why) => {
                self.invalid.lock().unwrap_or_else(PoisonError::into_inner).insert(path, why);
                None
            }
        }
    }

    /// That the result under `key` is not what these sources compute.
    pub(super) fn refuse(&self, key: &Key) -> Error {
        Error::golden("computed again, it came out otherwise: this result was not made by these sources").in_file(&self.path(key))
    }

    /// The pages that were asked for and not used, and why each was not.
    pub fn invalid(&self) -> Vec<(PathBuf, String)> {
        let invalid = self.invalid.lock().unwrap_or_else(PoisonError::into_inner);
        invalid.iter().map(|(path, why)| (path.clone(), why.clone())).collect()
    }

    /// The page at `path`, if there is one; or why it is not valid.
    fn page(&self, path: &Path) -> Option<std::result::Result<Page, String>> {
        file::exists(path).then(|| {
            let text = file::read_text(path, LARGEST_FILE, "a finished item").map_err(|e| format!("damaged: {e}"))?;
            let page: Page = serde_json::from_str(&text).map_err(|e| format!("damaged: {e}"))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            match page.version.as_str() {
                "" => Err("made by an earlier version".to_string()),
                _ if page.seal != page.seal_as(&name) => Err("damaged: not what was stored under this name".into()),
                version if version != VERSION => Err(format!("made by version {version}, and this is {VERSION}")),
                _ if page.sources != self.sources => Err("made by other sources than this program's".into()),
                _ => Ok(page),
            }
        })
    }

    /// Keeps the item under `key`.
    ///
    /// # Errors
    /// When the directory cannot be written, or the item has no JSON form.
    pub fn put<T: Serialize>(&self, key: &Key, item: &T) -> Result<()> {
        self.write(&page_name(key), item)
    }

    /// Keeps what a finished share consists of.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(super) fn put_share(&self, share: &FinishedShare) -> Result<()> {
        self.write(&share.name(), share)
    }

    fn write<T: Serialize>(&self, name: &str, item: &T) -> Result<()> {
        let path = self.directory.join(name);
        let content = serde_json::to_string(item).map_err(|e| Error::io("write", &path, &e.into()))?;
        let unsealed = Page { version: VERSION.into(), sources: self.sources.clone(), seal: String::new(), content };
        self.write_page(name, &Page { seal: unsealed.seal_as(name), ..unsealed })
    }

    fn write_page(&self, name: &str, page: &Page) -> Result<()> {
        file::create_directory(&self.directory)?;
        let text = serde_json::to_string(page).expect("four strings have a JSON form");
        file::write(&self.directory.join(name), &text)
    }

    /// Checks that every page has the name of one.
    ///
    /// # Errors
    /// At the first that has not.
    pub(super) fn check_names(&self) -> Result<()> {
        if file::exists(&self.directory) { self.names(EXTENSION).map(drop) } else { Ok(()) }
    }

    /// Checks that pages can be written, before the work for them is done.
    ///
    /// # Errors
    /// When they cannot.
    pub(super) fn check_writable(&self) -> Result<()> {
        file::check_writable(&self.directory, &[])
    }

    /// The names that end so, in order.
    fn names(&self, end: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for path in file::entries(&self.directory)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(EXTENSION) && !is_page_name(&name) {
                let expected = format!("64 hexadecimal digits and {EXTENSION}");
                return Err(Error::input("a foreign name", expected).in_file(&path));
            }
            if name.ends_with(end) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Joins the finished shares of a check, all of them, into this ledger; how many items each of `others` had.
    ///
    /// # Errors
    /// When a share is missing or is one of another check; when a page is missing, damaged or of other sources, or when two hold different
    /// content under one name: work that should replay did not. The error names the file. Pages are copied only when all shares are whole.
    pub fn join(&self, others: &[Ledger]) -> Result<Vec<usize>> {
        let mut shares: Vec<FinishedShare> = Vec::new();
        for other in others {
            for share in other.shares()? {
                if let Some(first) = shares.first().filter(|first| !first.belongs_with(&share)) {
                    let other_check = format!("share {}/{} of another check", share.index, share.count);
                    let expected = format!("one of {} of profile {}, of the same claims", first.count, first.profile);
                    return Err(Error::golden(format!("found {other_check}, expected {expected}")).in_file(&other.directory));
                }
                shares.push(share);
            }
        }
        let count = shares.first().map_or(0, |share| share.count);
        if let Some(missing) = (1..=count).find(|index| shares.iter().all(|share| share.index != *index)) {
            return Err(Error::golden(format!("share {missing}/{count} is in none of the directories")));
        }
        others.iter().map(|other| self.copy(other)).collect()
    }

    /// Returns whether the page of a finished share lies in a directory.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn has_share(directory: &Path) -> Result<bool> {
        let is_share = |path: &PathBuf| path.to_string_lossy().ends_with(SHARE_EXTENSION);
        Ok(file::entries(directory)?.iter().any(is_share))
    }

    /// The finished shares that lie here, whose pages are all here.
    fn shares(&self) -> Result<Vec<FinishedShare>> {
        let shares: Vec<FinishedShare> =
            self.names(SHARE_EXTENSION)?.iter().map(|name| self.share(name)).collect::<Result<_>>()?;
        match shares.is_empty() {
            true => Err(Error::golden("no finished share of a check lies here").in_file(&self.directory)),
            false => Ok(shares),
        }
    }

    fn share(&self, name: &str) -> Result<FinishedShare> {
        let path = self.directory.join(name);
        let page = self.valid(&path)?;
        let share: FinishedShare =
            serde_json::from_str(&page.content).map_err(|e| Error::refused(e.to_string()).in_file(&path))?;
        match share.pages.iter().map(|page| self.directory.join(page)).find(|page| !file::exists(page)) {
            Some(page) => Err(Error::golden(format!("missing, and part of {name}")).in_file(&page)),
            None => Ok(share),
        }
    }

    fn valid(&self, path: &Path) -> Result<Page> {
        self.page(path).unwrap_or_else(|| Err("missing".into())).map_err(|why| Error::refused(why).in_file(path))
    }

    /// Copies every page of `other`; how many items there were.
    fn copy(&self, other: &Ledger) -> Result<usize> {
        let (items, shares) = (other.names(EXTENSION)?, other.names(SHARE_EXTENSION)?);
        for name in items.iter().chain(&shares) {
            let (path, own) = (other.directory.join(name), self.directory.join(name));
            let whole = other.valid(&path)?;
            match self.page(&own) {
                Some(Ok(page)) if page.content != whole.content => {
                    let message = format!("differs from {}: the same work gave two results", own.display());
                    return Err(Error::golden(message).in_file(&path));
                }
                Some(Ok(_)) => {}
                _ => self.write_page(name, &whole)?,
            }
        }
        Ok(items.len())
    }

    /// Removes the items under these keys, and the directory if nothing else is in it.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove(&self, keys: &[Key]) -> Result<()> {
        keys.iter().try_for_each(|key| file::remove(&self.path(key)))?;
        // What is not ours, or of another check, stays, and so does the directory.
        let _ = fs::remove_dir(&self.directory);
        Ok(())
    }
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
    use crate::error::ErrorKind;

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

    /// Why the page under [`KEY`] is not used.
    fn why(ledger: &Ledger) -> String {
        assert!(ledger.get::<Item>(&KEY).is_none());
        let invalid = ledger.invalid();
        assert_eq!(invalid[0].0, ledger.path(&KEY));
        invalid[0].1.clone()
    }

    #[test]
    fn what_is_not_valid_counts_as_absent_and_is_told_apart() {
        let place = place();
        let ledger = || Ledger::new(place.path(), &Sources::own());
        ledger().put(&KEY, &Item(1.0)).unwrap();
        assert_eq!(why(&Ledger { sources: "others".into(), ..ledger() }), "made by other sources than this program's");
        let path = ledger().path(&KEY);
        let good = fs::read_to_string(&path).unwrap();
        let damaged = "damaged: not what was stored under this name";
        for (from, to, expected) in [
            ("3ff0", "3ff8", damaged),
            ("\"sources\":\"", "\"sources\":\"0", damaged),
            ("\"version\":\"", "\"version\":\"9", damaged),
            ("\"version\"", "\"edition\"", "made by an earlier version"),
        ] {
            fs::write(&path, good.replacen(from, to, 1)).unwrap();
            assert_eq!(why(&ledger()), expected, "{from} -> {to}");
        }
        fs::write(&path, &good[..20]).unwrap();
        assert!(why(&ledger()).starts_with("damaged: EOF"));
        let other = Page { version: "9.9.9".into(), sources: String::new(), seal: String::new(), content: String::new() };
        let sealed = Page { seal: other.seal_as(&page_name(&KEY)), ..other };
        fs::write(&path, serde_json::to_string(&sealed).unwrap()).unwrap();
        assert!(why(&ledger()).starts_with("made by version 9.9.9, and this is "));
    }

    /// The content is whole, and belongs to another item.
    #[test]
    fn pages_that_change_places_are_noticed() {
        let place = place();
        let ledger = Ledger::new(place.path(), &Sources::own());
        ledger.put(&KEY, &Item(1.0)).unwrap();
        ledger.put(&[8; 32], &Item(2.0)).unwrap();
        let [one, two, aside] = [ledger.path(&KEY), ledger.path(&[8; 32]), place.path().join("aside")];
        fs::rename(&one, &aside).and_then(|()| fs::rename(&two, &one)).and_then(|()| fs::rename(&aside, &two)).unwrap();
        assert!(why(&ledger).starts_with("damaged") && ledger.get::<Item>(&[8; 32]).is_none());
        ledger.check_names().unwrap();
        fs::rename(&one, place.path().join("copy.cell.json")).unwrap();
        assert!(ledger.check_names().unwrap_err().to_string().contains("copy.cell.json: found a foreign name"));
    }

    fn share(index: usize, keys: &[Key]) -> FinishedShare {
        FinishedShare::new(index, 2, "quick", vec!["made.up".into()], keys)
    }

    #[test]
    fn all_shares_of_one_check_are_joined_and_nothing_else() {
        let place = place();
        let [one, two, all, empty] =
            ["one", "two", "all", "empty"].map(|name| Ledger::new(place.path().join(name), &Sources::own()));
        fs::create_dir(empty.directory()).unwrap();
        let refused = |others: &[&Ledger], word: &str| {
            let error = all.join(&others.iter().map(|&ledger| ledger.clone()).collect::<Vec<_>>()).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            error.kind()
        };
        one.put(&KEY, &Item(1.0)).unwrap();
        assert_eq!(refused(&[&empty], "empty: no finished share"), ErrorKind::Golden);
        assert_eq!(refused(&[&one], "one: no finished share"), ErrorKind::Golden);
        one.put_share(&share(1, &[KEY])).unwrap();
        assert_eq!(refused(&[&one], "share 2/2 is in none"), ErrorKind::Golden);
        two.put(&[8; 32], &Item(2.0)).unwrap();
        two.put_share(&FinishedShare { profile: "full".into(), ..share(2, &[[8; 32]]) }).unwrap();
        assert_eq!(refused(&[&one, &two], "two: found share 2/2 of another check"), ErrorKind::Golden);
        two.put_share(&share(2, &[[8; 32], [9; 32]])).unwrap();
        assert_eq!(refused(&[&one, &two], "missing, and part of 2-of-2"), ErrorKind::Golden);
        two.put_share(&share(2, &[[8; 32]])).unwrap();
        assert!(!all.directory().exists());
        assert_eq!(all.join(&[one.clone(), two.clone()]).unwrap(), [1, 1]);
        assert_eq!(all.get::<Item>(&[8; 32]), Some(Item(2.0)));
        two.put(&KEY, &Item(3.0)).unwrap();
        assert_eq!(refused(&[&one, &two], "two results"), ErrorKind::Golden);
        fs::write(two.path(&KEY), "{").unwrap();
        assert_eq!(refused(&[&one, &two], "damaged"), ErrorKind::Input);
    }
}
