//! `bfc bless`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::{Answer, BlessArguments, Exit, goldens, output};
use crate::claim::{Catalogue, Profile, Study, require_platform, text};
use crate::comparison::{Comparison, Entry};
use crate::error::Result;
use crate::golden::{Scope, Status, Written};
use crate::report;

/// Recomputes the selected claims and replaces their goldens.
pub fn command<S: Study>(catalogue: &Catalogue<S>, arguments: &BlessArguments) -> Result<Answer> {
    let claims = catalogue.select(&arguments.claims)?;
    require_platform()?;
    let (common, profile) = (&arguments.common, arguments.common.profile());
    let start = Instant::now();
    let Comparison { entries, .. } = goldens::compared(catalogue, &claims, arguments.claims.is_empty(), common)?;
    output::duration("recomputed", start);
    let exit = entries.iter().map(|e| Exit::of_claim(e, profile)).max().unwrap_or(Exit::Success);
    let refused = exit == Exit::Unusable || exit != Exit::Success && !arguments.allow_unverified;
    let shown = report::check::table(&entries, profile) + &report::check::details(&moved(&entries, profile), profile, false);
    match refused {
        true => Ok(Answer { text: shown + "\n" + &refusal(exit), exit }),
        false => {
            write(catalogue.name, &entries, arguments).map(|line| Answer { text: shown + "\n" + &line, exit: Exit::Success })
        }
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
    let profile = arguments.common.profile();
    let scope = if arguments.claims.is_empty() { Scope::Whole } else { Scope::Part };
    let command = format!("{program} bless --profile {}", profile.name());
    let written = goldens::open(&arguments.common)?.replace(&texts(entries, profile), scope, &command)?;
    Ok(summary(&written, &arguments.common.golden.join(profile.name()).display().to_string()))
}

fn texts(entries: &[Entry<'_>], profile: Profile) -> BTreeMap<String, String> {
    let text = |e: &Entry<'_>| {
        let (outcomes, _) = e.found()?;
        Some((e.claim.golden_name(), text::golden(&e.claim, profile, outcomes)))
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

    use super::super::check::tests::{DEAD, ERRING, MOVED, REFUTED, UNDECIDED, VERIFIED, bless, check, place};
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
}
