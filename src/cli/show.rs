//! `bfc list`, `bfc explain`, `bfc self-check`.

use super::{Answer, Exit, goldens};
use crate::claim::{Claim, Profile, select};
use crate::error::Result;
use crate::hierarchy::claims::registry;
use crate::portable;
use crate::report::{explain as text, table::aligned};

/// Every claim on a line.
pub fn list() -> Answer {
    Answer { text: text::list(registry::CLAIMS), exit: Exit::Success }
}

/// All there is to know about a claim, or about each claim of a group.
pub fn explain(name: &str) -> Result<Answer> {
    let claims = select(&[name.to_string()])?;
    let texts: Vec<String> = claims.iter().map(|c| one(c)).collect();
    Ok(Answer { text: texts.join("\n"), exit: Exit::Success })
}

fn one(claim: &Claim) -> String {
    let checking = Profile::ALL.into_iter().filter(|p| claim.is_checked_in(*p));
    let goldens: Vec<String> = checking.map(|p| format!("golden/{}/{}", p.name(), goldens::file_name(claim))).collect();
    let profile = if claim.full_only { " --profile full" } else { "" };
    text::explain(claim, &goldens, &format!("bfc check {}{profile}", claim.id))
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
