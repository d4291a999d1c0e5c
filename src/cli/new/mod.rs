//! `new`: a crate of one's own claims on this library, in its smallest form.
//!
//! The files of `template/` are written as they are, with a few names put in. The claim among them is compiled here as well, so that its
//! goldens are computed when the crate is written and cannot fall behind the library.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::answer::Answer;
use super::bless::{self, BlessArguments};
use super::common::{Common, ProfileName};
use super::exit::Exit;
use crate::claim::Catalogue;
use crate::error::{Error, Result};
use crate::file;

#[path = "template/lib.rs"]
mod template;

/// Where the new crate finds this library.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Origin {
    /// A checkout of this library
    #[arg(long, value_name = "CHECKOUT")]
    path: Option<PathBuf>,
    /// A repository of this library, with --rev
    #[arg(long, value_name = "URL", requires = "rev")]
    git: Option<String>,
}

#[derive(Clone, Debug, clap::Args)]
pub(super) struct NewArguments {
    /// The directory to write, new or empty; its name becomes the name of the crate
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    #[command(flatten)]
    origin: Origin,
    /// The commit of the repository
    #[arg(long, value_name = "REV", requires = "git")]
    rev: Option<String>,
}

/// Writes the crate, its goldens last.
pub(super) fn command(arguments: &NewArguments) -> Result<Answer> {
    let directory = &arguments.directory;
    let name = crate_name(directory)?;
    check_empty(directory)?;
    let words = Words { dependency: dependency(arguments)?, moving: moving(&arguments.origin), name };
    for (inner, files) in FILES {
        let texts: Vec<(&str, String)> = files.iter().map(|(file, text)| (*file, words.put_into(text))).collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|(file, text)| (*file, text.as_str())).collect();
        file::write_set(&directory.join(inner), &texts)?;
    }
    write_goldens(directory, words.name.clone())?;
    let place = directory.display();
    let text = format!(
        "{place}: a crate with one claim\n\n    cd {place} && cargo run -- check && cargo test\n\nREADME.md goes on from there.\n"
    );
    Ok(Answer { text, exit: Exit::Success })
}

/// The files of a directory of the new crate: their names and texts.
type Files = &'static [(&'static str, &'static str)];

const FILES: [(&str, Files); 5] = [
    (
        "",
        &[
            ("Cargo.toml", include_str!("template/Cargo.toml.in")),
            ("build.rs", include_str!("../../../build.rs")),
            ("rustfmt.toml", include_str!("../../../rustfmt.toml")),
            ("README.md", include_str!("template/README.md.in")),
            (".gitattributes", include_str!("template/gitattributes.in")),
            (".gitignore", include_str!("template/gitignore.in")),
            (".gitlab-ci.yml", include_str!("template/gitlab.yml.in")),
        ],
    ),
    (
        "src",
        &[
            ("lib.rs", include_str!("template/lib.rs")),
            ("hermite_norm.rs", include_str!("template/hermite_norm.rs")),
            ("main.rs", include_str!("template/main.rs.in")),
        ],
    ),
    ("benches", &[("scaling.rs", include_str!("template/scaling.rs.in"))]),
    ("tests", &[("claims.rs", include_str!("template/claims.rs.in"))]),
    (".github/workflows", &[("claims.yml", include_str!("template/github.yml.in"))]),
];

/// What stands in a new crate for the `@...@` of its template.
struct Words {
    name: String,
    dependency: String,
    moving: String,
}

impl Words {
    fn put_into(&self, template: &str) -> String {
        let text = template.replace("@crate@", &self.name.replace('-', "_")).replace("@name@", &self.name);
        text.replace("@dependency@", &self.dependency).replace("@moving@", &self.moving).replace("\r\n", "\n")
    }
}

/// The last part of the directory's name, if a crate can be called so.
fn crate_name(directory: &Path) -> Result<String> {
    let absolute = std::path::absolute(directory).map_err(|e| Error::io("find", directory, &e))?;
    let name = absolute.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    match letters && name.starts_with(|c: char| c.is_ascii_lowercase()) && !TAKEN.contains(&name) {
        true => Ok(name.to_string()),
        false => {
            let expected = "the name of a crate: lower-case letters, digits, - and _, a letter first, and no word of Rust";
            Err(Error::input(format!("the name {name:?}"), expected).in_file(directory))
        }
    }
}

/// This library, the crates that come with the compiler, and the words of the language, which no crate can be called.
const TAKEN: &[&str] = &[
    "bfc",
    "alloc",
    "core",
    "proc_macro",
    "proc-macro",
    "std",
    "test",
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "build",
    "deps",
    "examples",
    "incremental",
];

fn check_empty(directory: &Path) -> Result<()> {
    match file::exists(directory) && !file::entries(directory)?.is_empty() {
        true => Err(Error::input("a directory with something in it", "a new or an empty one").in_file(directory)),
        false => Ok(()),
    }
}

/// The dependency on this library, as a value of `Cargo.toml`.
fn dependency(arguments: &NewArguments) -> Result<String> {
    let Origin { path, git } = &arguments.origin;
    match (path, git, &arguments.rev) {
        (Some(checkout), None, _) => Ok(format!("{{ path = {} }}", quoted(&checked_path(checkout)?))),
        (None, Some(url), Some(rev)) => Ok(format!("{{ git = {}, rev = {} }}", quoted(url), quoted(checked_commit(rev)?))),
        // The command line asks for one of the two.
        _ => Err(Error::refused("expected --path, or --git with --rev")),
    }
}

/// The absolute path of a checkout, whose `Cargo.toml` is that of a package called `bfc`.
fn checked_path(checkout: &Path) -> Result<String> {
    const LARGEST_FILE: u64 = 1 << 20;
    let manifest = checkout.join("Cargo.toml");
    let text = file::read_text(&manifest, LARGEST_FILE, "the manifest of bfc")?;
    let parsed: toml::Table = toml::from_str(&text).map_err(|e| Error::refused(e.message()).in_file(&manifest))?;
    let name = parsed.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
    if name != Some("bfc") {
        let found = name.map_or("no package".into(), |name| format!("the package {name:?}"));
        return Err(Error::input(found, "bfc, this library").in_file(&manifest));
    }
    let absolute = std::path::absolute(checkout).map_err(|e| Error::io("find", checkout, &e))?;
    absolute.to_str().map(String::from).ok_or_else(|| Error::input("a path that is no text", "UTF-8").in_file(checkout))
}

/// A commit, so that nothing moves unseen.
fn checked_commit(rev: &str) -> Result<&str> {
    match (7..=40).contains(&rev.len()) && rev.chars().all(|c| c.is_ascii_hexdigit()) {
        true => Ok(rev),
        false => Err(Error::input(format!("{rev:?}"), "a commit, 7 to 40 hexadecimal digits").at_field("--rev")),
    }
}

/// As a string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

/// What must be changed before the crate is built on other machines.
fn moving(origin: &Origin) -> String {
    match origin.path {
        Some(_) => {
            "Before they can, let\n`Cargo.toml` name the library by `git` and `rev`: now it names a directory of one machine.\n"
                .into()
        }
        None => String::new(),
    }
    .trim_end()
    .to_string()
}

/// Computes the goldens of the claim of the template, which is compiled here, in the name of the new program.
fn write_goldens(directory: &Path, name: String) -> Result<()> {
    // A program writes one crate and ends.
    let catalogue = Catalogue { name: name.leak(), ..template::catalogue() };
    let golden = directory.join("golden");
    for profile in ProfileName::value_variants() {
        let common = Common { profile: *profile, golden: golden.clone(), jobs: None, out: None };
        let everything = BlessArguments { claims: Vec::new(), common, allow_unverified: false, prose: false };
        let answer = bless::command(&catalogue, &everything)?;
        if answer.exit != Exit::Success {
            return Err(Error::refused(answer.text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Arguments, Command};
    use super::*;
    use crate::claim::Profile;

    use clap::Parser;

    const COMMIT: &str = "0123456789abcdef";

    /// What `new DIR MORE` answers.
    fn new(directory: &Path, more: &[&str]) -> Result<Answer> {
        let words = ["mine", "new", directory.to_str().unwrap()];
        match Arguments::parse_from(words.iter().chain(more)).command {
            Command::New(arguments) => command(&arguments),
            other => panic!("{other:?}"),
        }
    }

    fn read(directory: &Path, name: &str) -> String {
        fs::read_to_string(directory.join(name)).unwrap()
    }

    /// The page shows what the crate has.
    #[test]
    fn the_page_on_ci_has_the_files_of_a_new_crate() {
        let page = include_str!("../../_docs/ci.md");
        for (name, text) in
            [("github", include_str!("template/github.yml.in")), ("gitlab", include_str!("template/gitlab.yml.in"))]
        {
            assert!(page.contains(&format!("```yaml\n{text}```\n")), "{name}");
        }
    }

    #[test]
    fn a_new_crate_is_whole_and_its_goldens_are_those_of_its_claim() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("own-claims");
        new(&directory, &["--path", env!("CARGO_MANIFEST_DIR")]).unwrap();
        for file in FILES.iter().flat_map(|(inner, files)| files.iter().map(move |(name, _)| Path::new(inner).join(name))) {
            let text = fs::read_to_string(directory.join(&file)).unwrap();
            assert!(
                ["@name@", "@crate@", "@dependency@", "@moving@"].iter().all(|word| !text.contains(word)),
                "{file:?}: {text}"
            );
            if file.extension().is_some_and(|e| e == "rs") {
                syn::parse_file(&text).unwrap_or_else(|e| panic!("{file:?}: {e}"));
            }
        }
        let manifest: toml::Table = read(&directory, "Cargo.toml").parse().unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some("own-claims"));
        assert_eq!(manifest["dependencies"]["bfc"]["path"].as_str(), Some(env!("CARGO_MANIFEST_DIR")));
        assert!(read(&directory, "src/main.rs").contains("own_claims::catalogue()"));
        for profile in Profile::ALL {
            let golden = directory.join("golden");
            let words = ["check", "--profile", profile.name(), "--golden", golden.to_str().unwrap()];
            assert_eq!(super::super::answer(&template::catalogue(), &[], &words).unwrap().exit, Exit::Success);
            assert!(read(&golden, &format!("{}/MANIFEST.json", profile.name())).contains("own-claims bless --profile"));
        }
    }

    #[test]
    fn a_repository_is_named_with_a_commit_and_never_a_version() {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path().join("mine");
        new(&directory, &["--git", "ssh://host/a\"b", "--rev", COMMIT]).unwrap();
        let manifest: toml::Table = read(&directory, "Cargo.toml").parse().unwrap();
        let dependency = manifest["dependencies"]["bfc"].as_table().unwrap();
        assert_eq!((dependency["git"].as_str(), dependency["rev"].as_str()), (Some("ssh://host/a\"b"), Some(COMMIT)));
        assert_eq!(dependency.len(), 2);
        for words in [
            vec!["x"],
            vec!["x", "--git", "u"],
            vec!["x", "--rev", COMMIT],
            vec!["x", "--path", ".", "--git", "u", "--rev", COMMIT],
        ] {
            assert!(Arguments::try_parse_from(["mine", "new"].iter().chain(&words)).is_err(), "{words:?}");
        }
    }

    #[test]
    fn what_cannot_become_a_crate_is_refused_and_nothing_is_written() {
        let place = tempfile::tempdir().unwrap();
        let checkout = place.path().join("checkout");
        fs::create_dir(&checkout).unwrap();
        fs::write(checkout.join("Cargo.toml"), "[package]\nname = \"other\"\n").unwrap();
        let (mine, origin) = (place.path().join("mine"), ["--path", env!("CARGO_MANIFEST_DIR")]);
        let refused = |directory: &Path, more: &[&str], words: &str| {
            let error = new(directory, more).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        };
        refused(&mine, &["--path", checkout.to_str().unwrap()], "found the package \"other\", expected bfc");
        refused(&mine, &["--path", place.path().to_str().unwrap()], "cannot read");
        refused(&mine, &["--git", "u", "--rev", "main"], "--rev: found \"main\", expected a commit");
        for name in ["bfc", "impl", "Upper", "9th", "a.b", "test"] {
            refused(&place.path().join(name), &origin, "expected the name of a crate");
        }
        refused(&checkout, &origin, "a directory with something in it");
        assert_eq!(file::entries(place.path()).unwrap(), [checkout]);
    }
}
