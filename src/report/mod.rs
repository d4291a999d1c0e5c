//! What people and machines read: it shows values and computes none.

use serde::{Deserialize, Serialize};

use crate::claim::{Claim, Outcome, Profile, Verdict};
use crate::error::Result;

pub mod check;
pub mod explain;
pub mod json;
pub mod junit;
pub mod table;
pub mod text;

/// The outcomes of a claim's check and of its negative control.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcomes {
    /// Of the check.
    pub check: Outcome,
    /// Of the same check on a broken premise.
    pub control: Outcome,
}

impl Outcomes {
    /// Whether the control came out Refuted, as it must: a check that cannot fail shows nothing.
    pub fn control_fails(&self) -> bool {
        self.control.verdict() == Verdict::Refuted
    }
}

/// The golden of a claim beside the recomputed text.
#[derive(Clone, Debug)]
pub struct Golden {
    /// `equal`, `differs`, `missing` and so on.
    pub word: &'static str,
    /// Where it is, with the line to look at where one is known.
    pub place: String,
    /// What moved, line by line; empty when nothing did.
    pub difference: String,
}

impl Golden {
    /// Whether the stored text is sealed and equal.
    pub fn equal(&self) -> bool {
        self.word == "equal"
    }
}

/// What stands in the place of the verdict of a claim that the profile does not check.
pub const FULL_ONLY: &str = "full only";

/// What came of one claim, ready to be shown.
#[derive(Clone)]
pub struct Entry {
    /// The claim.
    pub claim: &'static Claim,
    /// Its outcomes and how its golden compares, or why it could not be checked; nothing where the profile does not check it.
    pub result: Option<Result<(Outcomes, Golden)>>,
}

impl Entry {
    /// What was found, where the claim could be checked.
    pub fn found(&self) -> Option<&(Outcomes, Golden)> {
        self.result.as_ref()?.as_ref().ok()
    }
}

/// The word for what came of a check: the verdict, where the profile draws conclusions.
pub fn verdict_word(outcome: &Outcome, profile: Profile) -> String {
    match profile.draws_conclusions() {
        true => outcome.verdict().to_string(),
        false => "not judged".into(),
    }
}
