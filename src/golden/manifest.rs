//! The manifest: which files a set of goldens has, and the digests of the two halves of each.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::text::Text;
use crate::canonical::Canonical;
use crate::error::{Error, Result};

/// The name of the manifest in its directory.
pub const FILE: &str = "MANIFEST.json";

/// The format that this version writes, and the only one that it reads.
pub const FORMAT: u64 = 2;

/// What seals a file: for each half the BLAKE3 digest, in hexadecimal digits, of the canonical encoding of the half's name, the
/// file's name and its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Of the prose.
    pub prose: String,
    /// Of the numbers.
    pub numbers: String,
}

impl Seal {
    /// The seal of the file `name` with this text.
    pub fn of(name: &str, text: &Text) -> Self {
        let digest = |half: &str, bytes: &str| Canonical::of(half).text(name).text(bytes).hex();
        Seal { prose: digest("golden prose", &text.prose), numbers: digest("golden numbers", &text.numbers) }
    }
}

/// What a set of goldens consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: u64,
    command: String,
    version: String,
    files: BTreeMap<String, Seal>,
    root: String,
}

impl Manifest {
    /// Seals files, given their seals by name; `command` tells a reader how to make them again.
    pub fn seal(command: &str, files: BTreeMap<String, Seal>) -> Self {
        let root = root_digest(&files);
        Manifest { format: FORMAT, command: command.into(), version: env!("CARGO_PKG_VERSION").into(), files, root }
    }

    /// The digest over all names and digests.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The seal of each file, by name.
    pub fn files(&self) -> &BTreeMap<String, Seal> {
        &self.files
    }

    /// The text of the manifest.
    pub fn render(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings, an integer and maps with string keys have a JSON form") + "\n"
    }

    /// Reads a manifest from the text of `file`.
    ///
    /// # Errors
    /// When the text is no manifest, has another format, or its root digest does not fit its entries; with file and line.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let form: Form = serde_json::from_str(text).map_err(|e| malformed(&e).in_file(file))?;
        if form.format != FORMAT {
            return Err(other_format(form.format).in_file(file).at_line(line_of_key(text, "format")).at_field("format"));
        }
        let manifest: Manifest = serde_json::from_str(text).map_err(|e| malformed(&e).in_file(file))?;
        manifest.verify().map_err(|error| error.in_file(file).at_line(line_of_key(text, "root")).at_field("root"))?;
        Ok(manifest)
    }

    fn verify(&self) -> Result<()> {
        let root = root_digest(&self.files);
        match self.root == root {
            true => Ok(()),
            false => Err(Error::golden(format!("edited: found {}, expected {root} of the files listed", self.root))),
        }
    }
}

/// What a manifest of every format has.
#[derive(Deserialize)]
struct Form {
    format: u64,
}

fn other_format(found: u64) -> Error {
    let remedy = match found {
        1 => "; these goldens have one digest for prose and numbers together: bless every claim to seal them apart",
        _ => "",
    };
    Error::golden(format!("found {found}, expected {FORMAT}{remedy}"))
}

fn root_digest(files: &BTreeMap<String, Seal>) -> String {
    files.iter().fold(Canonical::of("golden set"), |c, (name, seal)| c.text(name).text(&seal.prose).text(&seal.numbers)).hex()
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

    fn text() -> Text {
        Text { prose: "one\n".into(), numbers: "1\n".into() }
    }

    fn sealed() -> Manifest {
        Manifest::seal("bfc bless", BTreeMap::from([("a.txt".to_string(), Seal::of("a.txt", &text()))]))
    }

    fn refused(from: &str, to: &str) -> Error {
        let text = sealed().render();
        assert!(text.contains(from), "{text}");
        Manifest::parse(&text.replacen(from, to, 1), Path::new("g/MANIFEST.json")).unwrap_err()
    }

    #[test]
    fn reads_what_it_writes() {
        let read = Manifest::parse(&sealed().render(), Path::new("MANIFEST.json")).unwrap();
        assert_eq!(read, sealed());
    }

    #[test]
    fn a_digest_binds_the_name_the_half_and_the_text() {
        let (seal, other) = (Seal::of("a.txt", &text()), Seal::of("b.txt", &text()));
        assert!(seal.prose != other.prose && seal.numbers != other.numbers);
        let reworded = Seal::of("a.txt", &Text { prose: "two\n".into(), ..text() });
        assert!(seal.prose != reworded.prose && seal.numbers == reworded.numbers);
        let same = Seal::of("a.txt", &Text { prose: "1\n".into(), ..text() });
        assert_ne!(same.prose, same.numbers);
    }

    #[test]
    fn an_edited_manifest_is_reported_with_its_line() {
        let seal = Seal::of("a.txt", &text());
        let cases = [
            ("\"format\": 2", "\"format\": 7", 2, "format"),
            ("\"root\": \"", "\"root\": \"0", 11, "root"),
            ("a.txt", "b.txt", 11, "root"),
            (&seal.prose, &seal.numbers, 11, "root"),
        ];
        for (from, to, line, field) in cases {
            let error = refused(from, to);
            assert_eq!((error.line(), error.field()), (Some(line), Some(field)), "{error}");
        }
    }

    /// As it was written when one digest sealed a whole file.
    #[test]
    fn the_format_before_is_refused_with_what_to_do() {
        let text = "{\n  \"format\": 1,\n  \"command\": \"bfc bless\",\n  \"version\": \"0.1.0\",\n  \"files\": {\n    \"a.txt\": \"00\"\n  },\n  \"root\": \"00\"\n}\n";
        let error = Manifest::parse(text, Path::new("g/MANIFEST.json")).unwrap_err();
        assert!(error.to_string().starts_with("g/MANIFEST.json:2: format: found 1, expected 2; "), "{error}");
        assert!(error.to_string().ends_with("bless every claim to seal them apart"), "{error}");
    }

    #[test]
    fn a_cut_manifest_is_malformed() {
        let text = sealed().render();
        let error = Manifest::parse(&text[..text.len() / 2], Path::new("g/MANIFEST.json")).unwrap_err();
        assert!(error.to_string().contains(": malformed manifest"), "{error}");
    }
}
