//! `list`, `explain`, `self-check`.

use super::answer::Answer;
use super::exit::Exit;
use crate::claim::text::parse;
use crate::claim::{Catalogue, Claim, Description, Outcomes, Profile, Study};
use crate::error::Result;
use crate::golden::{Store, Stored, Text};
use crate::layout::{Look, aligned};
use crate::portable;
use crate::report::explain as text;

/// Every claim on a line.
pub fn list<S: Study>(catalogue: &Catalogue<S>, look: Look) -> Answer {
    let described: Vec<Description<'_>> = catalogue.claims.iter().map(|c| catalogue.describe(c)).collect();
    Answer { text: text::list(&described, look), exit: Exit::Success }
}

/// All there is to know about claims, or about each claim of a group.
pub fn explain<S: Study>(catalogue: &Catalogue<S>, names: &[String], look: Look) -> Result<Answer> {
    let claims = catalogue.select(names)?;
    let stored = [Profile::Quick, Profile::Full].map(|profile| Store::new(directory(profile)).load());
    let texts: Vec<String> = claims.iter().map(|c| one(catalogue, c, &stored, look)).collect();
    Ok(Answer { text: texts.join("\n"), exit: Exit::Success })
}

/// Where the goldens of a profile are, seen from the root of the repository.
fn directory(profile: Profile) -> String {
    format!("golden/{}", profile.name())
}

/// What a golden says that was found; nothing where it is not at hand or not readable: `check` tells what is wrong with it.
fn found(stored: &[Result<Stored>], name: &str) -> Option<Outcomes> {
    let file = stored.iter().find_map(|stored| stored.as_ref().ok()?.text(name))?;
    parse(&Text::split(file)?.numbers).ok()
}

fn one<S: Study>(catalogue: &Catalogue<S>, claim: &Claim<S>, stored: &[Result<Stored>], look: Look) -> String {
    let described = catalogue.describe(claim);
    let checking = Profile::ALL.into_iter().filter(|p| claim.is_checked_in(*p));
    let goldens: Vec<String> = checking.map(|p| format!("{}/{}", directory(p), described.golden_name())).collect();
    let profile = if claim.full_only { " --profile full" } else { "" };
    let found = found(stored, &described.golden_name());
    text::explain(&described, found.as_ref(), &goldens, &format!("{} check {}{profile}", catalogue.name, claim.id), look)
}

/// What the printed numbers assume of this machine, and what was found.
pub fn self_check() -> Answer {
    let checks = portable::self_check();
    let row = |c: &portable::PlatformCheck| {
        vec![if c.holds { "holds" } else { "FAILS" }.to_string(), c.name.to_string(), c.found.clone()]
    };
    let lines = aligned(&checks.iter().map(row).collect::<Vec<_>>());
    let fit = checks.iter().all(|c| c.holds);
    let conclusion = if fit { "This machine is fit." } else { "This machine is unfit: no claim is checked on it." };
    Answer {
        text: lines.iter().map(|line| format!("{line}\n")).collect::<String>() + conclusion + "\n",
        exit: if fit { Exit::Success } else { Exit::Unusable },
    }
}
