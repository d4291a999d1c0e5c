//! `list`, `explain`, `self-check`.

use super::answer::Answer;
use super::exit::Exit;
use crate::claim::{Catalogue, Claim, Description, Profile, Study};
use crate::error::Result;
use crate::layout::aligned;
use crate::portable;
use crate::report::explain as text;

/// Every claim on a line.
pub fn list<S: Study>(catalogue: &Catalogue<S>) -> Answer {
    let described: Vec<Description<'_>> = catalogue.claims.iter().map(|c| catalogue.describe(c)).collect();
    Answer { text: text::list(&described), exit: Exit::Success }
}

/// All there is to know about claims, or about each claim of a group.
pub fn explain<S: Study>(catalogue: &Catalogue<S>, names: &[String]) -> Result<Answer> {
    let claims = catalogue.select(names)?;
    let texts: Vec<String> = claims.iter().map(|c| one(catalogue, c)).collect();
    Ok(Answer { text: texts.join("\n"), exit: Exit::Success })
}

fn one<S: Study>(catalogue: &Catalogue<S>, claim: &Claim<S>) -> String {
    let described = catalogue.describe(claim);
    let checking = Profile::ALL.into_iter().filter(|p| claim.is_checked_in(*p));
    let goldens: Vec<String> = checking.map(|p| format!("golden/{}/{}", p.name(), described.golden_name())).collect();
    let profile = if claim.full_only { " --profile full" } else { "" };
    text::explain(&described, &goldens, &format!("{} check {}{profile}", catalogue.name, claim.id))
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
