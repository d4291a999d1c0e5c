//! Claims beside their goldens: what was found, how it compares with what is stored, and what is wrong with the set as a whole.
//!
//! `check`, `bless` and the tests of a catalogue all come through [`Comparison::of`].

use std::path::{Path, PathBuf};

use crate::claim::{
    Catalogue, Claim, Description, Evaluation, Ledger, Outcomes, Profile, Progress, Study, Verdict, Watch, difference, text,
};
use crate::error::{Error, Result};
use crate::golden::{self, Status, Store, Stored, Text, manifest};

/// The golden of a claim beside the recomputed text.
#[derive(Clone, Debug)]
pub struct Golden {
    /// How the stored text compares.
    pub status: Status,
    /// Where it is, with the line to look at where one is known.
    pub place: String,
    /// What moved: numbers condition by condition and cell by cell, then prose line by line; empty when nothing did.
    pub difference: String,
}

impl Golden {
    /// Returns whether the stored text is sealed and equal.
    pub fn is_equal(&self) -> bool {
        self.status == Status::Equal
    }
}

/// What came of one claim, ready to be shown.
#[derive(Clone)]
pub struct Entry<'a> {
    /// The claim.
    pub claim: Description<'a>,
    /// Its outcomes and how its golden compares, or why it could not be checked; nothing where the profile does not check it.
    pub result: Option<Result<(Outcomes, Golden)>>,
}

impl Entry<'_> {
    /// What was found, where the claim could be checked.
    pub fn found(&self) -> Option<&(Outcomes, Golden)> {
        self.result.as_ref()?.as_ref().ok()
    }
}

/// Which claims are compared, how, and with what.
pub struct Request<'a, S: Study> {
    /// The catalogue.
    pub catalogue: &'a Catalogue<S>,
    /// Of it, the claims that are compared.
    pub claims: &'a [&'a Claim<S>],
    /// Whether these are all claims of the catalogue, so that any other golden is one too many.
    pub whole: bool,
    /// How much is run.
    pub profile: Profile,
    /// The directory with a directory of goldens for each profile.
    pub golden: &'a Path,
    /// Threads.
    pub jobs: usize,
}

/// The goldens of a profile, and the recomputed claims beside them.
pub struct Comparison<'a> {
    /// How much was run.
    pub profile: Profile,
    /// One for each claim, in order.
    pub entries: Vec<Entry<'a>>,
    /// What is wrong with the set as a whole: its manifest, files of claims that are not in the catalogue,
    /// and files that are no goldens. Names, not paths.
    pub problems: Vec<String>,
}

impl<'a> Comparison<'a> {
    /// Recomputes the claims and sets each beside its golden; `ledger` is where finished work is kept, if anywhere.
    ///
    /// # Errors
    /// When the goldens cannot be read or the shared work cannot be done.
    pub fn of<S: Study>(request: &Request<'a, S>, ledger: Option<&Ledger>, progress: Progress<'_>) -> Result<Self> {
        Comparison::beside(request, ledger, |evaluation| evaluation.outcomes(progress))
    }

    /// The same, watched.
    ///
    /// # Errors
    /// Those of [`of`](Self::of).
    pub fn watched<S: Study>(request: &Request<'a, S>, ledger: Option<&Ledger>, watch: &dyn Watch) -> Result<Self> {
        Comparison::beside(request, ledger, |evaluation| evaluation.outcomes_watched(watch))
    }

    /// Reads the goldens, and sets beside them what comes of the evaluation.
    fn beside<S: Study>(
        request: &Request<'a, S>,
        ledger: Option<&Ledger>,
        outcomes: impl FnOnce(&Evaluation<'_, S>) -> Result<Vec<Option<Result<Outcomes>>>>,
    ) -> Result<Self> {
        let &Request { catalogue, claims, whole, profile, golden, jobs } = request;
        let store = Store::new(golden.join(profile.name()));
        let stored = store.load()?;
        let outcomes = outcomes(&Evaluation { claims, profile, jobs, ledger })?;
        let pairs = claims.iter().zip(outcomes);
        let entries =
            pairs.map(|(claim, outcomes)| entry(catalogue.describe(claim), outcomes, &store, &stored, profile)).collect();
        let names: Vec<String> =
            claims.iter().filter(|c| c.is_checked_in(profile)).map(|c| catalogue.describe(c).golden_name()).collect();
        let strays = if whole { stored.strays(&names) } else { Vec::new() };
        let manifest = stored.manifest().err().map(nameless);
        let name = |path: &PathBuf| path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        let foreign = stored.foreign().iter().map(|path| format!("{}: no golden; move it elsewhere", name(path)));
        let problems = strays.iter().map(|s| format!("{s}: the golden of no claim"));
        let problems = manifest.into_iter().chain(problems).chain(foreign).collect();
        Ok(Comparison { profile, entries, problems })
    }

    /// What is not in order, a line each: claims that are not Verified, controls that are not Refuted, goldens that differ, and what is
    /// wrong with the set. Empty when all is well. Verdicts count where the profile draws conclusions.
    pub fn faults(&self) -> Vec<String> {
        let of_claims = self.entries.iter().flat_map(|entry| faults(entry, self.profile));
        of_claims.chain(self.problems.iter().cloned()).collect()
    }
}

fn faults(entry: &Entry<'_>, profile: Profile) -> Vec<String> {
    let id = entry.claim.id;
    let (outcomes, golden) = match &entry.result {
        None => return Vec::new(),
        Some(Err(error)) => return vec![format!("{id}: could not be checked: {error}")],
        Some(Ok(found)) => (&found.0, &found.1),
    };
    let judged = profile.draws_conclusions();
    let verdict = outcomes.check.verdict();
    let check = (judged && verdict != Verdict::Verified).then(|| format!("{id}: {verdict}, expected Verified"));
    let control = (judged && !outcomes.controls_fail())
        .then(|| format!("{id}: its controls came out {}, expected Refuted", outcomes.control_verdict()));
    let stored = (!golden.is_equal()).then(|| format!("{}: the golden {}\n{}", golden.place, golden.status, golden.difference));
    [check, control, stored].into_iter().flatten().collect()
}

/// The claim's outcomes beside its golden.
fn entry<'a>(
    claim: Description<'a>,
    outcomes: Option<Result<Outcomes>>,
    store: &Store,
    stored: &Stored,
    profile: Profile,
) -> Entry<'a> {
    let beside = |outcomes: Outcomes| {
        let golden = compare(&claim, profile, &outcomes, store, stored);
        (outcomes, golden)
    };
    let result = outcomes.map(|outcomes| outcomes.map(beside));
    Entry { claim, result }
}

/// The golden of a claim with these outcomes.
pub fn golden_text(claim: &Description<'_>, profile: Profile, outcomes: &Outcomes) -> Text {
    Text { prose: text::prose(claim, profile), numbers: text::render(outcomes, profile) }
}

fn compare(claim: &Description<'_>, profile: Profile, outcomes: &Outcomes, store: &Store, stored: &Stored) -> Golden {
    let (name, recomputed) = (claim.golden_name(), golden_text(claim, profile, outcomes));
    let status = stored.status(&name, &recomputed);
    let line = status.line().map_or(String::new(), |line| format!(":{line}"));
    let difference = stored.text(&name).map_or(String::new(), |old| moved(old, &recomputed, outcomes, profile));
    Golden { status, place: format!("{}{line}", store.path(&name).display()), difference }
}

/// What moved from the file `old`: where its halves can be read, numbers by what they are and prose by its lines; else all by lines.
fn moved(old: &str, recomputed: &Text, outcomes: &Outcomes, profile: Profile) -> String {
    let old = old.replace("\r\n", "\n");
    let stored = Text::split(&old).and_then(|stored| Some((text::parse(&stored.numbers).ok()?, stored.prose)));
    match stored {
        Some((numbers, prose)) => difference(&numbers, outcomes, profile) + &golden::difference(&prose, &recomputed.prose),
        None => golden::difference(&old, &recomputed.render()),
    }
}

/// The error with the bare name of its file, so that it reads the same wherever the goldens are.
fn nameless(error: &Error) -> String {
    let place = error.file().map_or(String::new(), |f| f.display().to_string());
    format!("{}{}", manifest::FILE, error.to_string().strip_prefix(&place).unwrap_or_default())
}
