//! `report`: a page of what was found, and a map from claims to theorems.

use std::path::{Path, PathBuf};

use super::answer::Answer;
use super::common::ProfileName;
use super::exit::Exit;
use crate::claim::text::{parse, prose};
use crate::claim::{Catalogue, Description, Profile, Study};
use crate::error::{Error, Result};
use crate::file;
use crate::golden::{Manifest, Seal, Store, Stored, Text, manifest};
use crate::report::page::{self, Sheet};
use crate::report::results::{Checked, Digest, Found, Origin, Report, Reported, read_check};
use crate::report::theorem_map;

/// The longest JSON of a check that is read, in bytes.
const LARGEST_CHECK: u64 = 256 << 20;
/// Where the page goes unless a place is given.
const PAGE: &str = "report.html";
/// The longest page that is read, in bytes.
const LARGEST_PAGE: u64 = 256 << 20;
/// Of `--dir`, the page.
const INDEX: &str = "index.html";

/// What to show, and where to write it.
#[derive(Debug, clap::Args)]
pub struct ReportArguments {
    /// The directory of the goldens
    #[arg(long, value_name = "DIR", default_value = "golden")]
    pub golden: PathBuf,
    /// Which goldens [default: full, or the largest profile that is stored]
    #[arg(long, value_enum)]
    pub profile: Option<ProfileName>,
    /// Show what `check --format json` printed in the place of goldens
    #[arg(long, value_name = "CHECK.json", conflicts_with_all = ["golden", "profile"])]
    pub from: Option<PathBuf>,
    /// Write one file of HTML here [default: report.html, if nothing else is to be written]
    #[arg(long, value_name = "FILE.html")]
    pub out: Option<PathBuf>,
    /// Write index.html and style.css here, for servers that forbid style sheets in pages
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Write every picture here, an SVG file each, for slides and papers
    #[arg(long, value_name = "DIR")]
    pub pictures: Option<PathBuf>,
    /// Write a map from each claim to its evidence, notes, theorems, digest and command here, as JSON
    #[arg(long, value_name = "FILE.json")]
    pub map: Option<PathBuf>,
}

/// Writes what is asked for; nothing is computed.
///
/// # Errors
/// When the results cannot be read or trusted, or a file cannot be written.
pub fn command<S: Study>(catalogue: &Catalogue<S>, arguments: &ReportArguments) -> Result<Answer> {
    let report = match &arguments.from {
        Some(path) => of_check(catalogue, path)?,
        None => of_goldens(catalogue, arguments)?,
    };
    let default = {
        let nothing = arguments.dir.is_none() && arguments.map.is_none() && arguments.pictures.is_none();
        nothing.then(|| PathBuf::from(PAGE))
    };
    let mut written: Vec<String> = Vec::new();
    if let Some(path) = arguments.out.as_ref().or(default.as_ref()) {
        write(path, &page::document(&report, Sheet::Inside)?, &mut written)?;
    }
    if let Some(directory) = &arguments.dir {
        check_own(directory)?;
        let page = page::document(&report, Sheet::Beside)?;
        file::write_set(directory, &[(INDEX, &page), (page::STYLE_FILE, page::STYLE)])?;
        written.extend([INDEX, page::STYLE_FILE].map(|name| told(&directory.join(name))));
    }
    if let Some(directory) = &arguments.pictures {
        written.extend(pictures(&report, directory)?);
    }
    if let Some(path) = &arguments.map {
        write(path, &theorem_map::document(&report), &mut written)?;
    }
    Ok(Answer { text: written.concat(), exit: Exit::Success })
}

fn write(path: &Path, text: &str, written: &mut Vec<String>) -> Result<()> {
    file::write(path, text)?;
    written.push(told(path));
    Ok(())
}

/// Checks that a page and a style sheet that would be replaced are those of a report; the page is written first.
fn check_own(directory: &Path) -> Result<()> {
    let page = file::read_text(&directory.join(INDEX), LARGEST_PAGE, "a page");
    let is_own = page.is_ok_and(|text| text.contains(page::GENERATOR));
    file::check_own(directory, &[INDEX, page::STYLE_FILE], is_own, "report", "an earlier report")
}

fn pictures(report: &Report<'_>, directory: &Path) -> Result<Vec<String>> {
    let pictures = page::pictures(report)?;
    let files: Vec<(&str, &str)> = pictures.iter().map(|(name, svg)| (name.as_str(), svg.as_str())).collect();
    file::write_set(directory, &files)?;
    Ok(files.iter().map(|(name, _)| told(&directory.join(name))).collect())
}

fn told(path: &Path) -> String {
    format!("{}\n", path.display())
}

/// A report on every claim, with what is known of each.
fn report<'a, S: Study>(
    catalogue: &'a Catalogue<S>,
    profile: Profile,
    origin: Origin,
    known: impl FnMut(Description<'a>) -> Result<Reported<'a>>,
) -> Result<Report<'a>> {
    let claims = catalogue.claims.iter().map(|claim| catalogue.describe(claim)).map(known).collect::<Result<_>>()?;
    let Catalogue { name, about, story, sources, .. } = catalogue;
    Ok(Report { program: name, about, story: *story, profile, origin, sources: *sources, claims })
}

fn of_check<'a, S: Study>(catalogue: &'a Catalogue<S>, path: &Path) -> Result<Report<'a>> {
    let text = file::read_text(path, LARGEST_CHECK, "what `check --format json` prints")?;
    let Checked { profile, mut claims } = read_check(&text).map_err(|error| error.in_file(path))?;
    if let Some((id, ..)) = claims.iter().find(|(id, ..)| catalogue.claims.iter().all(|claim| claim.id != id.as_str())) {
        let expected = format!("a claim of {}", catalogue.name);
        return Err(Error::input(format!("the claim {id}"), expected).in_file(path));
    }
    report(catalogue, profile, Origin::Check, |claim| {
        let own = claims.iter().position(|(id, ..)| id == claim.id).map(|at| claims.swap_remove(at));
        let (found, golden) = own.map_or((Found::Missing, String::new()), |(_, found, golden)| (found, golden));
        Ok(Reported { claim, found, golden, digest: None })
    })
}

fn of_goldens<'a, S: Study>(catalogue: &'a Catalogue<S>, arguments: &ReportArguments) -> Result<Report<'a>> {
    let profile = match arguments.profile {
        Some(name) => name.into(),
        None => largest(&arguments.golden)?,
    };
    let stored = Store::new(arguments.golden.join(profile.name())).load()?;
    let manifest = stored.manifest().map_err(Clone::clone)?;
    let origin =
        Origin::Goldens { root: manifest.root().into(), command: manifest.command().into(), version: manifest.version().into() };
    let left_out: Vec<&str> =
        catalogue.claims.iter().filter(|claim| !claim.is_checked_in(profile)).map(|claim| &*claim.id).collect();
    report(catalogue, profile, origin, |claim| match left_out.contains(&claim.id) {
        true => Ok(Reported { claim, found: Found::NotChecked, golden: String::new(), digest: None }),
        false => golden(claim, profile, &stored, manifest),
    })
}

/// The largest profile that has goldens.
fn largest(golden: &Path) -> Result<Profile> {
    let stored = |profile: &Profile| golden.join(profile.name()).join(manifest::FILE).is_file();
    let found = Profile::ALL.into_iter().rev().find(stored);
    found.ok_or_else(|| {
        Error::golden("no goldens of any profile; run from the root of the repository, or give --golden DIR").in_file(golden)
    })
}

/// What a golden holds, if it is the one that was sealed.
fn golden<'a>(claim: Description<'a>, profile: Profile, stored: &Stored, manifest: &Manifest) -> Result<Reported<'a>> {
    let name = claim.golden_name();
    let (Some(seal), true) = (manifest.files().get(&name), stored.text(&name).is_some()) else {
        return Ok(Reported { claim, found: Found::Missing, golden: String::new(), digest: None });
    };
    let text: Text = stored.with_sealed_numbers(&name)?;
    let found = Found::Outcomes(parse(&text.numbers)?);
    let reworded = text.prose != prose(&claim, profile) || Seal::of(&name, &text).prose != seal.prose;
    let golden = if reworded { "sealed; its words are others than the program's, which stand here" } else { "sealed" };
    let digest = Digest { prose: seal.prose.clone(), numbers: seal.numbers.clone() };
    Ok(Reported { claim, found, golden: golden.into(), digest: Some(digest) })
}
