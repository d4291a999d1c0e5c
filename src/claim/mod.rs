//! Claims: what is asserted, how it is checked, and how it could fail.
//!
//! A claim file has five parts, always in this order: **statement** (with the sentence of the abstract it belongs to), **check**,
//! **negative control** (the same check on a broken premise, which must come out [`Refuted`](Verdict::Refuted)), **verdict**
//! and **evidence**. A claim names the runs it needs as [`Cell`]s, so that runs are computed once and shared.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::hierarchy::experiment::{Cell, Runs};

/// The answer to a claim. An [`Error`] is not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// At least one condition certainly fails.
    Refuted,
    /// No condition certainly fails, but some could not be decided.
    Undecided,
    /// Every condition certainly holds.
    Verified,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::Refuted => "Refuted",
            Verdict::Undecided => "Undecided",
            Verdict::Verified => "Verified",
        })
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

    /// Whether results of this profile are judged, or only compared.
    pub fn draws_conclusions(self) -> bool {
        self != Profile::Tiny
    }
}

/// One thing that must hold for a claim, with what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The requirement, such as `te < 1e-12 on every seed`.
    pub requires: String,
    /// What was found, such as `largest te 3.1e-27`.
    pub found: String,
    /// Whether it holds.
    pub verdict: Verdict,
}

impl Condition {
    /// The condition that at least one of these holds, so that it is refuted only when all are.
    pub fn some_of(conditions: &[Condition]) -> Self {
        let told = |c: &Condition| format!("{}: {}, found {}", c.verdict, c.requires, c.found);
        Condition {
            requires: "some of these holds on its broken premise".into(),
            found: conditions.iter().map(told).collect::<Vec<_>>().join("; "),
            verdict: conditions.iter().map(|c| c.verdict).max().unwrap_or(Verdict::Undecided),
        }
    }
}

/// Numbers behind a verdict: exact, correctly rounded, or replayed bit for bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What the rows are.
    pub title: String,
    /// One heading per column.
    pub columns: Vec<String>,
    /// Rows of as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Table { title: title.into(), columns: columns.iter().map(|c| c.to_string()).collect(), rows: Vec::new() }
    }
}

/// The outcome of a check, or of its control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What had to hold, and what was found.
    pub conditions: Vec<Condition>,
    /// The numbers.
    pub tables: Vec<Table>,
}

impl Outcome {
    /// All of these must hold.
    pub fn of(parts: impl IntoIterator<Item = (Condition, Table)>) -> Self {
        let (conditions, tables) = parts.into_iter().unzip();
        Outcome { conditions, tables }
    }

    /// At least one of these holds: for a control that breaks several premises, and must be refuted on each.
    pub fn some_holds(parts: impl IntoIterator<Item = (Condition, Table)>) -> Self {
        let (conditions, tables): (Vec<Condition>, Vec<Table>) = parts.into_iter().unzip();
        Outcome { conditions: vec![Condition::some_of(&conditions)], tables }
    }

    /// Refuted if any condition is, else Undecided if any is, else Verified. Without conditions nothing was shown: Undecided.
    pub fn verdict(&self) -> Verdict {
        self.conditions.iter().map(|c| c.verdict).min().unwrap_or(Verdict::Undecided)
    }
}

/// A finite proposition of ours about the paper's story, and the means to refute it.
pub struct Claim {
    /// `group.name`.
    pub id: &'static str,
    /// The sentence of the abstract it belongs to: `(a)`, `(b)`, `(c)` or `(d)`, as `bfc explain` words them.
    pub sentence: &'static str,
    /// The proposition, in full.
    pub statement: &'static str,
    /// How it is checked: instances, seeds, measures, thresholds.
    pub method: &'static str,
    /// What the control breaks; its check must come out Refuted.
    pub control: &'static str,
    /// What the verdict rests on.
    pub evidence: &'static [Evidence],
    /// Evidence named for the claim that is not implemented yet; empty when complete.
    pub missing: &'static str,
    /// Theorems of `proofs/coq` that are cited beside the evidence.
    pub theorems: &'static [&'static str],
    /// Whether it takes too long for the profile `quick`, which then shows it as `full only` and does not check it.
    pub full_only: bool,
    /// The runs that the check and its control need.
    pub cells: fn(Profile) -> Vec<Cell>,
    /// The check.
    pub check: fn(Profile, &Runs) -> Result<Outcome>,
    /// The same check on a broken premise.
    pub broken: fn(Profile, &Runs) -> Result<Outcome>,
}

impl Claim {
    /// Whether this profile checks it.
    pub fn is_checked_in(&self, profile: Profile) -> bool {
        !(self.full_only && profile == Profile::Quick)
    }

    /// The part of the id before the dot.
    pub fn group(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }
}

/// The claims selected by ids or group names, in catalogue order; all of them when `names` is empty.
///
/// # Errors
/// When a name is neither an id nor a group; the error suggests the nearest, if one is near.
pub fn select(names: &[String]) -> Result<Vec<&'static Claim>> {
    let known = |name: &str| crate::hierarchy::claims::registry::CLAIMS.iter().any(|c| c.id == name || c.group() == name);
    if let Some(unknown) = names.iter().find(|n| !known(n)) {
        let distance = |c: &&str| strsim::damerau_levenshtein(c, unknown);
        // A third of what was typed, and at least one edit: beyond that a suggestion is a guess.
        let near = (unknown.chars().count() / 3).max(1);
        let candidates = crate::hierarchy::claims::registry::CLAIMS.iter().flat_map(|c| [c.id, c.group()]);
        let nearest = candidates.min_by_key(distance).filter(|c| distance(c) <= near);
        let suggestion = nearest.map_or(String::new(), |c| format!("did you mean `{c}`? "));
        return Err(Error::refused(format!("no claim or group `{unknown}`; {suggestion}`bfc list` shows them all")));
    }
    let wanted = |c: &&Claim| names.is_empty() || names.iter().any(|n| c.id == n || c.group() == n);
    Ok(crate::hierarchy::claims::registry::CLAIMS.iter().copied().filter(wanted).collect())
}
