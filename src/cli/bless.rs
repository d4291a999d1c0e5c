//! `bfc bless`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::answer::Answer;
use super::common::Common;
use super::exit::Exit;
use super::{goldens, output};
use crate::claim::{Catalogue, Claim, Description, Profile, Study, require_platform, text};
use crate::comparison::{Comparison, Entry, golden_text};
use crate::error::{Error, Result};
use crate::golden::{Scope, Status, Store, Stored, Text, Written, difference};
use crate::report;

/// What to bless.
#[derive(Debug, clap::Args)]
pub struct BlessArguments {
    /// Ids or groups of claims; all of them when none is given
    #[arg(value_name = "CLAIM|GROUP")]
    pub claims: Vec<String>,
    #[command(flatten)]
    pub common: Common,
    /// Write even though a claim is not Verified or its control is not Refuted
    #[arg(long)]
    pub allow_unverified: bool,
    /// Accept new prose and compute nothing: the stored numbers must be those that were sealed, and stay byte for byte
    #[arg(long, conflicts_with_all = ["allow_unverified", "out", "jobs"])]
    pub prose: bool,
}

/// Recomputes the selected claims and replaces their goldens.
pub fn command<S: Study>(catalogue: &Catalogue<S>, arguments: &BlessArguments) -> Result<Answer> {
    let claims = catalogue.select(&arguments.claims)?;
    if arguments.prose {
        return reword(catalogue, &claims, arguments);
    }
    require_platform()?;
    let (common, profile) = (&arguments.common, arguments.common.profile());
    let start = Instant::now();
    let work = goldens::Work::new(catalogue, &claims, arguments.claims.is_empty(), common, None)?;
    let sampled = work.recompute_sample()?;
    let (Comparison { entries, .. }, _) = work.compared()?;
    output::duration("recomputed", start);
    let exit = entries.iter().map(|e| Exit::of_claim(e, profile)).max().unwrap_or(Exit::Success);
    let refused = exit == Exit::Unusable || exit != Exit::Success && !arguments.allow_unverified;
    let shown = report::check::table(&entries, profile, output::look())
        + &report::check::details(&moved(&entries, profile), profile, false);
    let shown = shown + "\n" + &sampled;
    match refused {
        true => Ok(Answer { text: shown + &refusal(exit), exit }),
        false => write(catalogue.name, &entries, arguments).map(|line| Answer { text: shown + &line, exit: Exit::Success }),
    }
}

/// All but what is merely new: there is nothing to compare it with.
fn moved<'a>(entries: &[Entry<'a>], profile: Profile) -> Vec<Entry<'a>> {
    let new = |e: &Entry<'_>| e.found().is_some_and(|(_, golden)| golden.status == Status::Missing);
    let doubtful = |e: &Entry<'_>| Exit::of_claim(e, profile) != Exit::Success;
    entries.iter().filter(|e| !new(e) || doubtful(e)).cloned().collect()
}

fn refusal(exit: Exit) -> String {
    match exit {
        Exit::Unusable => "Nothing was written: a claim could not be checked.\n".into(),
        _ => "Nothing was written: a claim is not Verified, or its control is not Refuted. To write all the same: \
              --allow-unverified\n"
            .into(),
    }
}

fn write(program: &str, entries: &[Entry<'_>], arguments: &BlessArguments) -> Result<String> {
    let scope = if arguments.claims.is_empty() { Scope::Whole } else { Scope::Part };
    let texts = texts(entries, arguments.common.profile());
    replace(program, &goldens::open(&arguments.common)?, &texts, scope, arguments)
}

/// Replaces goldens, and says how many.
fn replace(
    program: &str,
    store: &Store,
    texts: &BTreeMap<String, Text>,
    scope: Scope,
    arguments: &BlessArguments,
) -> Result<String> {
    let profile = arguments.common.profile().name();
    let written = store.replace(texts, scope, &format!("{program} bless --profile {profile}"))?;
    Ok(summary(&written, &arguments.common.golden.join(profile).display().to_string()))
}

/// Gives goldens the prose that their claims have now; their numbers stay.
fn reword<S: Study>(catalogue: &Catalogue<S>, claims: &[&Claim<S>], arguments: &BlessArguments) -> Result<Answer> {
    let (store, profile) = (goldens::open(&arguments.common)?, arguments.common.profile());
    let stored = store.load()?;
    let (mut texts, mut shown) = (BTreeMap::new(), String::new());
    for claim in claims.iter().filter(|claim| claim.is_checked_in(profile)).map(|claim| catalogue.describe(claim)) {
        let (text, moved) = reworded(&claim, &stored, profile)?;
        if !moved.is_empty() {
            shown += &format!("{}: prose (- stored, + now)\n{moved}\n", claim.id);
        }
        texts.insert(claim.golden_name(), text);
    }
    let line = replace(catalogue.name, &store, &texts, Scope::Part, arguments)?;
    Ok(Answer { text: format!("{shown}Every number is the one that was sealed.\n{line}"), exit: Exit::Success })
}

/// The golden of a claim with its prose of now and the stored numbers, and what moved in the prose.
fn reworded(claim: &Description<'_>, stored: &Stored, profile: Profile) -> Result<(Text, String)> {
    let Text { prose: before, numbers } = stored.with_sealed_numbers(&claim.golden_name())?;
    let controls = text::parse(&numbers)?.controls.len();
    if controls != claim.controls.len() {
        let now = claim.controls.len();
        return Err(Error::golden(format!("{}: {controls} controls are stored, and the claim has {now}: compute it", claim.id)));
    }
    let prose = text::prose(claim, profile);
    let moved = difference(&before, &prose);
    Ok((Text { prose, numbers }, moved))
}

fn texts(entries: &[Entry<'_>], profile: Profile) -> BTreeMap<String, Text> {
    let text = |e: &Entry<'_>| {
        let (outcomes, _) = e.found()?;
        Some((e.claim.golden_name(), golden_text(&e.claim, profile, outcomes)))
    };
    entries.iter().filter_map(text).collect()
}

fn summary(written: &Written, directory: &str) -> String {
    let Written { added, changed, removed, root } = written;
    let count = |names: &[String], what: &str| match names {
        [] => format!("0 {what}"),
        names => format!("{} {what} ({})", names.len(), names.join(", ")),
    };
    format!(
        "{directory}: {}, {}, {}; root digest {root}\n",
        count(added, "new"),
        count(changed, "changed"),
        count(removed, "removed")
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::check::tests::{
        DEAD, ERRING, MOVED, REFUTED, REWORDED, UNCONTROLLED, UNDECIDED, VERIFIED, bless, check, place,
    };
    use super::*;

    #[test]
    fn refuses_what_is_not_verified_unless_told() {
        let place = place("refuse");
        for (claim, exit) in [(REFUTED, Exit::Failure), (UNDECIDED, Exit::Undecided), (DEAD, Exit::Failure)] {
            let answer = bless(&[VERIFIED, claim], &place, &[]).unwrap();
            assert_eq!(answer.exit, exit);
            assert!(answer.text.contains("Nothing was written") && !place.exists(), "{}", answer.text);
        }
        assert_eq!(bless(&[VERIFIED, REFUTED], &place, &["--allow-unverified"]).unwrap().exit, Exit::Success);
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn never_writes_what_could_not_be_checked() {
        let place = place("erring");
        let answer = bless(&[ERRING], &place, &["--allow-unverified"]).unwrap();
        assert!(answer.exit == Exit::Unusable && !place.exists(), "{}", answer.text);
    }

    #[test]
    fn a_selection_leaves_the_others_and_a_full_one_sweeps() {
        let place = place("sweep");
        bless(&[VERIFIED, REFUTED], &place, &["--allow-unverified"]).unwrap();
        let part = bless(&[MOVED], &place, &["made.up"]).unwrap();
        assert!(part.text.contains("1 changed (made.up.txt), 0 removed"), "{}", part.text);
        assert!(place.join("quick/made.refuted.txt").exists());
        let whole = bless(&[MOVED], &place, &[]).unwrap();
        assert!(whole.text.contains("1 removed (made.refuted.txt)"), "{}", whole.text);
        assert_eq!(check(&[MOVED], &place, &[]).unwrap().exit, Exit::Success);
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn new_prose_is_accepted_without_computing_and_the_numbers_stay() {
        let place = place("prose");
        let file = || fs::read_to_string(place.join("quick/made.up.txt")).unwrap();
        bless(&[VERIFIED], &place, &[]).unwrap();
        let before = Text::split(&file()).unwrap();
        // It could not even be computed.
        let answer = bless(&[REWORDED], &place, &["--prose"]).unwrap();
        assert!(answer.text.contains("- ") && answer.text.contains("1 changed (made.up.txt)"), "{}", answer.text);
        let after = Text::split(&file()).unwrap();
        assert!(after.numbers == before.numbers && after.prose != before.prose);
        assert!(bless(&[REWORDED], &place, &["--prose"]).unwrap().text.contains("0 changed"));
        fs::write(place.join("quick/made.up.txt"), file().replace("found     4", "found     5")).unwrap();
        let edited = file();
        assert!(bless(&[REWORDED], &place, &["--prose"]).unwrap_err().to_string().contains("not those that were sealed"));
        assert_eq!(file(), edited);
        fs::remove_dir_all(&place).unwrap();
    }

    #[test]
    fn other_controls_are_more_than_prose() {
        let place = place("prose-controls");
        bless(&[VERIFIED], &place, &[]).unwrap();
        let uncontrolled: super::super::check::tests::Made = || crate::claim::Claim { id: "made.up".into(), ..UNCONTROLLED() };
        assert!(bless(&[uncontrolled], &place, &["--prose"]).unwrap_err().to_string().contains("1 controls are stored"));
        assert!(bless(&[VERIFIED, REFUTED], &place, &["--prose"]).unwrap_err().to_string().contains("made.refuted.txt: missing"));
        fs::remove_dir_all(&place).unwrap();
    }
}
