//! Answers, what they rest on, and how much is run for them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The answer to a claim. An [`Error`](crate::error::Error) is not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// At least one condition certainly fails.
    Refuted,
    /// No condition certainly fails, but some could not be decided.
    Undecided,
    /// Every condition certainly holds.
    Verified,
}

impl Verdict {
    /// `Refuted`, `Undecided` or `Verified`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Refuted => "Refuted",
            Verdict::Undecided => "Undecided",
            Verdict::Verified => "Verified",
        }
    }

    /// The verdict of this name.
    pub fn named(name: &str) -> Option<Verdict> {
        [Verdict::Refuted, Verdict::Undecided, Verdict::Verified].into_iter().find(|verdict| verdict.name() == name)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Verdict::Verified } else { Verdict::Refuted }
    }
}

/// What a number rests on; the type keeps a replayed run from being called a theorem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Integer or rational arithmetic, nothing rounded.
    Exact,
    /// A rigorous enclosure, printed as correctly rounded decimals of the true real number.
    Enclosed,
    /// Seeded runs, the same bits on every machine: a statement about those runs, never a theorem.
    Replayed,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Evidence::Exact => "Exact",
            Evidence::Enclosed => "Enclosed",
            Evidence::Replayed => "Replayed",
        })
    }
}

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Every claim in miniature: it compares bytes and draws no conclusion.
    Tiny,
    /// The instances and seeds named in the claims.
    Quick,
    /// As `Quick`, with more seeds.
    Full,
}

impl Profile {
    /// All profiles, smallest first.
    pub const ALL: [Profile; 3] = [Profile::Tiny, Profile::Quick, Profile::Full];

    /// The name on the command line and of the golden directory.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Tiny => "tiny",
            Profile::Quick => "quick",
            Profile::Full => "full",
        }
    }

    /// Returns whether results of this profile are judged, and not only compared.
    pub fn draws_conclusions(self) -> bool {
        self != Profile::Tiny
    }
}
