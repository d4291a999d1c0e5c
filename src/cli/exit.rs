//! Exit codes, and which one wins.

use std::process::ExitCode;

use crate::claim::{Profile, Verdict};
use crate::comparison::Entry;
use crate::error::{Error, ErrorKind};

/// How the process ends, from the one that yields to all others to the one that wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: all verified and equal.
    Success,
    /// 3: a claim is undecided, or one that was named by its id is not checked in this profile.
    Undecided,
    /// 1: refuted, differing, or a golden missing, edited or truncated; or a control that does not come out Refuted.
    Failure,
    /// 2: usage, unreadable input, unwritable directory, unfit machine.
    Unusable,
}

impl Exit {
    /// How a checked claim lets the process end.
    pub fn of(entry: &Entry<'_>, profile: Profile) -> Exit {
        match &entry.result {
            Some(Ok((_, golden))) => {
                Exit::of_claim(entry, profile).max(if golden.is_equal() { Exit::Success } else { Exit::Failure })
            }
            _ => Exit::of_claim(entry, profile),
        }
    }

    /// As [`of`](Self::of), whatever the golden.
    pub fn of_claim(entry: &Entry<'_>, profile: Profile) -> Exit {
        match &entry.result {
            Some(Err(error)) => Exit::from(error),
            Some(Ok((outcomes, _))) if profile.draws_conclusions() => match outcomes.controls_fail() {
                true => Exit::from(outcomes.check.verdict()),
                false => Exit::Failure,
            },
            // Bytes are compared elsewhere, and what is not checked here is no one's fault.
            Some(Ok(_)) | None => Exit::Success,
        }
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Verified => Exit::Success,
            Verdict::Undecided => Exit::Undecided,
            Verdict::Refuted => Exit::Failure,
        }
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        if error.kind() == ErrorKind::Golden { Exit::Failure } else { Exit::Unusable }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Unusable => 2,
            Exit::Undecided => 3,
        })
    }
}
