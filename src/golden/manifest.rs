//! The manifest: which files a set of goldens has, and the digests of the two halves of each.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::text::Text;
use crate::canonical::Canonical;
use crate::error::{Error, Result};

/// The name of the manifest in its directory.
pub const FILE: &str = "MANIFEST.json";

/// The format that this version writes.
pub const FORMAT: u64 = 3;

/// The format before it, which is read as well: its root digest covers the files and not the other fields.
const FORMAT_BEFORE: u64 = 2;

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
        let version = env!("CARGO_PKG_VERSION").into();
        let unsealed = Manifest { format: FORMAT, command: command.into(), version, files, root: String::new() };
        Manifest { root: unsealed.root_digest(), ..unsealed }
    }

    /// The digest over all other fields.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The command that makes the files again.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// The version of this library that wrote it.
    pub fn version(&self) -> &str {
        &self.version
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
    /// When the text is no manifest, has another format, its root digest does not fit its fields, or it is not written as
    /// [`render`](Self::render) writes it: with lines twice or in another order; with file and line.
    pub fn parse(text: &str, file: &Path) -> Result<Self> {
        let form: Form = serde_json::from_str(text).map_err(|e| malformed(&e).in_file(file))?;
        if ![FORMAT, FORMAT_BEFORE].contains(&form.format) {
            return Err(other_format(form.format).in_file(file).at_line(line_of_key(text, "format")).at_field("format"));
        }
        let manifest: Manifest = serde_json::from_str(text).map_err(|e| malformed(&e).in_file(file))?;
        let root = manifest.root_digest();
        if manifest.root != root {
            let message = format!("edited: found {}, expected {root} of the other fields", manifest.root);
            return Err(Error::golden(message).in_file(file).at_line(line_of_key(text, "root")).at_field("root"));
        }
        // A checkout may have converted the line endings.
        let (own, found) = (manifest.render(), text.replace("\r\n", "\n"));
        match own == found {
            true => Ok(manifest),
            false => {
                let line = 1 + own.lines().zip(found.lines()).take_while(|(own, found)| own == found).count();
                Err(Error::golden("edited: not as it was written").in_file(file).at_line(line))
            }
        }
    }

    fn root_digest(&self) -> String {
        let own = Canonical::of("golden set");
        let start = match self.format {
            FORMAT_BEFORE => own,
            format => own.integer(format).text(&self.command).text(&self.version),
        };
        self.files.iter().fold(start, |c, (name, seal)| c.text(name).text(&seal.prose).text(&seal.numbers)).hex()
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
    fn what_a_manifest_says_of_itself_is_in_its_text() {
        let (manifest, text) = (sealed(), sealed().render());
        assert!(text.contains(&format!("\"root\": \"{}\"", manifest.root())), "{text}");
        assert_eq!((manifest.command(), manifest.version()), ("bfc bless", env!("CARGO_PKG_VERSION")));
        assert_ne!(manifest.root(), Manifest::seal("bfc bless --all", manifest.files().clone()).root());
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
            ("\"format\": 3", "\"format\": 7", 2, "format"),
            ("\"format\": 3", "\"format\": 2", 11, "root"),
            ("bfc bless", "bfc cures", 11, "root"),
            ("\"version\": \"", "\"version\": \"1", 11, "root"),
            ("\"root\": \"", "\"root\": \"0", 11, "root"),
            ("a.txt", "b.txt", 11, "root"),
            (&seal.prose, &seal.numbers, 11, "root"),
        ];
        for (from, to, line, field) in cases {
            let error = refused(from, to);
            assert_eq!((error.line(), error.field()), (Some(line), Some(field)), "{error}");
        }
    }

    #[test]
    fn lines_that_are_moved_or_there_twice_are_noticed() {
        let text = sealed().render();
        let lines: Vec<&str> = text.lines().collect();
        let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        for at in 1..lines.len() - 2 {
            let (mut moved, mut twice) = (lines.clone(), lines.clone());
            moved.swap(at, at + 1);
            twice.insert(at, lines[at]);
            for edited in [joined(&moved), joined(&twice), joined(&lines).replacen(": ", ":  ", at)] {
                assert!(Manifest::parse(&edited, Path::new("g/MANIFEST.json")).is_err(), "{edited}");
            }
        }
        assert!(Manifest::parse(&text.replace('\n', "\r\n"), Path::new("g/MANIFEST.json")).is_ok());
    }

    /// Its root digest is over the files alone.
    #[test]
    fn the_format_before_the_last_is_read() {
        let mut before = Manifest { format: FORMAT_BEFORE, ..sealed() };
        before.root = before.root_digest();
        assert_eq!(Manifest::parse(&before.render(), Path::new("MANIFEST.json")).unwrap(), before);
        assert_ne!(before.root, sealed().root);
    }

    /// As it was written when one digest sealed a whole file.
    #[test]
    fn the_format_before_is_refused_with_what_to_do() {
        let text = "{\n  \"format\": 1,\n  \"command\": \"bfc bless\",\n  \"version\": \"0.1.0\",\n  \"files\": {\n    \"a.txt\": \"00\"\n  },\n  \"root\": \"00\"\n}\n";
        let error = Manifest::parse(text, Path::new("g/MANIFEST.json")).unwrap_err();
        assert!(error.to_string().starts_with("g/MANIFEST.json:2: format: found 1, expected 3; "), "{error}");
        assert!(error.to_string().ends_with("bless every claim to seal them apart"), "{error}");
    }

    #[test]
    fn a_cut_manifest_is_malformed() {
        let text = sealed().render();
        let error = Manifest::parse(&text[..text.len() / 2], Path::new("g/MANIFEST.json")).unwrap_err();
        assert!(error.to_string().contains(": malformed manifest"), "{error}");
    }
}
