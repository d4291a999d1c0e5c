//! The manifest: which files a set of goldens has, and the digest of each.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::canonical::Canonical;
use crate::error::{Error, Result};

/// The name of the manifest in its directory.
pub const FILE: &str = "MANIFEST.json";

/// The format that this version writes, and the only one that it reads.
pub const FORMAT: u64 = 1;

/// The digest that seals a file: BLAKE3 of the canonical encoding of its name and its bytes.
pub fn digest(name: &str, text: &str) -> String {
    Canonical::of("golden").text(name).text(text).hex()
}

/// What a set of goldens consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u64,
    command: String,
    version: String,
    files: BTreeMap<String, String>,
    root: String,
}

impl Manifest {
    /// Seals files, given their digests by name; `command` tells a reader how to make them again.
    pub fn seal(command: &str, files: BTreeMap<String, String>) -> Self {
        let root = root_digest(&files);
        Manifest { format: FORMAT, command: command.into(), version: env!("CARGO_PKG_VERSION").into(), files, root }
    }

    /// The digest over all names and digests.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The digest of each file, by name.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    /// The text of the manifest.
    pub fn render(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings, an integer and a map with string keys have a JSON form") + "\n"
    }

    /// Reads a manifest from the text of `file`.
    ///
    /// # Errors
    /// When the text is no manifest, has another format, or its root digest does not fit its entries; with file and line.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let manifest: Manifest = serde_json::from_str(text).map_err(|e| malformed(&e).in_file(file))?;
        manifest.verify().map_err(|(key, error)| error.in_file(file).at_line(line_of_key(text, key)).at_field(key))?;
        Ok(manifest)
    }

    fn verify(&self) -> std::result::Result<(), (&'static str, Error)> {
        if self.format != FORMAT {
            return Err(("format", Error::golden(format!("found {}, expected {FORMAT}", self.format))));
        }
        let root = root_digest(&self.files);
        if self.root != root {
            return Err(("root", Error::golden(format!("edited: found {}, expected {root} of the files listed", self.root))));
        }
        Ok(())
    }
}

fn root_digest(files: &BTreeMap<String, String>) -> String {
    files.iter().fold(Canonical::of("golden set"), |c, (name, digest)| c.text(name).text(digest)).hex()
}

fn malformed(cause: &serde_json::Error) -> Error {
    let told = cause.to_string();
    let message = told.split_once(" at line ").map_or(told.as_str(), |(message, _)| message);
    Error::golden(format!("malformed manifest: {message}")).at_line(cause.line())
}

fn line_of_key(text: &str, key: &str) -> usize {
    let key = format!("\"{key}\"");
    // A manifest on one line has all its keys there.
    1 + text.lines().position(|line| line.trim_start().starts_with(&key)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed() -> Manifest {
        Manifest::seal("bfc bless", BTreeMap::from([("a.txt".to_string(), digest("a.txt", "one\n"))]))
    }

    #[test]
    fn reads_what_it_writes() {
        let read = Manifest::parse(&sealed().render(), Path::new("MANIFEST.json")).unwrap();
        assert_eq!(read, sealed());
    }

    #[test]
    fn a_digest_binds_the_name_and_the_text() {
        assert_ne!(digest("a.txt", "one"), digest("b.txt", "one"));
        assert_ne!(digest("a.txt", "one"), digest("a.txt", "two"));
    }

    #[test]
    fn an_edited_manifest_is_reported_with_its_line() {
        let cases = [
            ("\"format\": 1", "\"format\": 7", 2, "format"),
            ("\"root\": \"", "\"root\": \"0", 8, "root"),
            ("a.txt", "b.txt", 8, "root"),
        ];
        for (from, to, line, field) in cases {
            let text = sealed().render().replacen(from, to, 1);
            let error = Manifest::parse(&text, Path::new("g/MANIFEST.json")).unwrap_err();
            assert_eq!((error.line(), error.field()), (Some(line), Some(field)), "{error}");
        }
    }

    #[test]
    fn a_cut_manifest_is_malformed() {
        let text = sealed().render();
        let error = Manifest::parse(&text[..text.len() / 2], Path::new("g/MANIFEST.json")).unwrap_err();
        assert!(error.to_string().starts_with("g/MANIFEST.json:6: malformed manifest"), "{error}");
    }
}
