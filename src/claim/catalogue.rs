//! A claim, and the catalogue of a paper's claims.

use std::borrow::Cow;

use super::{Computed, Evidence, Figure, Outcome, Profile, Sources, Story, Study};
use crate::error::{Error, Result};
use crate::spelling::nearest;

/// A finite proposition of ours about a paper's story, and the means to refute it.
pub struct Claim<S: Study> {
    /// `group.name`.
    pub id: Cow<'static, str>,
    /// The tags of the source's sentences that it belongs to, such as `(b), (c)`; `explain` words them.
    pub sentence: &'static str,
    /// The proposition, in full.
    pub statement: Cow<'static, str>,
    /// How it is checked: instances, seeds, measures, thresholds.
    pub method: &'static str,
    /// What the verdict rests on.
    pub evidence: &'static [Evidence],
    /// Evidence named for the claim that is not implemented yet; empty when complete.
    pub missing: &'static str,
    /// Formal theorems that are cited beside the evidence.
    pub theorems: &'static [&'static str],
    /// Whether it takes too long for the profile `quick`, which then shows it as `full only` and does not check it.
    pub full_only: bool,
    /// What tells it from other claims of one family, by name; empty for a claim that stands alone.
    pub parameters: Vec<(&'static str, i64)>,
    /// Pictures of its tables.
    pub figures: &'static [Figure],
    /// The shared work that the check and its controls read.
    pub items: fn(&Claim<S>, Profile) -> Vec<S::Item>,
    /// The check.
    pub check: fn(&Checking<'_, S>) -> Result<Outcome>,
    /// The same check on broken premises, each of which must come out Refuted.
    pub controls: &'static [Control<S>],
}

/// A check on a broken premise: it must come out [`Refuted`](super::Verdict::Refuted).
pub struct Control<S: Study> {
    /// What is broken.
    pub breaks: &'static str,
    /// The claim's check, on that premise.
    pub check: fn(&Checking<'_, S>) -> Result<Outcome>,
}

/// What a check is given.
pub struct Checking<'a, S: Study> {
    /// The claim that is checked.
    pub claim: &'a Claim<S>,
    /// How much is run.
    pub profile: Profile,
    /// The results of its items.
    pub computed: &'a Computed<S>,
}

impl<S: Study> Checking<'_, S> {
    /// The result of one of the claim's items.
    ///
    /// # Errors
    /// When the claim does not list it.
    pub fn get(&self, item: &S::Item) -> Result<&S::Found> {
        self.computed.get(item)
    }

    /// The parameter of this name.
    ///
    /// # Errors
    /// When the claim has none.
    pub fn parameter(&self, name: &str) -> Result<i64> {
        self.claim.parameter(name)
    }
}

impl<S: Study> Claim<S> {
    /// Returns whether this profile checks it.
    pub fn is_checked_in(&self, profile: Profile) -> bool {
        !(self.full_only && profile == Profile::Quick)
    }

    /// The part of the id before the dot.
    pub fn group(&self) -> &str {
        group(&self.id)
    }

    /// The parameter of this name.
    ///
    /// # Errors
    /// When the claim has none.
    pub fn parameter(&self, name: &str) -> Result<i64> {
        let found = self.parameters.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| *value).ok_or_else(|| Error::refused(format!("{} has no parameter `{name}`", self.id)))
    }
}

/// The part of an id before the dot.
pub(crate) fn group(id: &str) -> &str {
    id.split('.').next().unwrap_or(id)
}

/// What a catalogue's claims are about, in words.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The heading of the tags, such as `abstract`; at most eight letters keep a golden's head aligned.
    pub label: &'static str,
    /// The heading above the sentences that `explain` shows.
    pub heading: &'static str,
    /// Each sentence, in our words, by its tag.
    pub sentences: &'static [(&'static str, &'static str)],
    /// The notation of the claims' texts.
    pub notation: &'static [Term],
}

/// A symbol or a word of the claims' texts, defined; `explain` shows it with each claim whose text uses it.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// The term, as it heads its definition.
    pub name: &'static str,
    /// How texts write it: each is looked for as whole words.
    pub spellings: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
}

impl Term {
    /// Returns whether a text uses one of the spellings, with no letter, digit or underscore beside it.
    pub fn is_used_in(&self, text: &str) -> bool {
        let continues = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        self.spellings.iter().any(|spelling| {
            text.match_indices(spelling).any(|(at, found)| {
                !continues(text[..at].chars().next_back()) && !continues(text[at + found.len()..].chars().next())
            })
        })
    }
}

/// Every claim of a paper, with what identifies the program that checks them.
///
/// ```
/// use bfc::claim::{Catalogue, Claim, Condition, Control, Evidence, Outcome, Source, Sources, Story};
///
/// /// Whether 1 + ... + n = n(n + 1)/2 + `error`, for n up to 9.
/// fn sums(error: u64) -> Outcome {
///     let holds = (1..10u64).all(|n| (1..=n).sum::<u64>() == n * (n + 1) / 2 + error);
///     let condition = Condition::new("sum equals n(n + 1)/2", "1 + ... + n = n(n + 1)/2 for n < 10", "n = 1 to 9", holds);
///     Outcome { conditions: vec![condition], tables: Vec::new() }
/// }
///
/// let claim: Claim<()> = Claim {
///     id: "sums.first-powers".into(),
///     sentence: "(a)",
///     statement: "The sum of the first n integers is n(n + 1)/2.".into(),
///     method: "By addition, for n up to 9.",
///     evidence: &[Evidence::Exact],
///     missing: "",
///     theorems: &[],
///     full_only: false,
///     parameters: Vec::new(),
///     figures: &[],
///     items: |_, _| Vec::new(),
///     check: |_| Ok(sums(0)),
///     controls: &[Control { breaks: "One more is added.", check: |_| Ok(sums(1)) }],
/// };
/// let source = Source { label: "source", heading: "in our words", sentences: &[("(a)", "sums have closed forms")], notation: &[] };
/// // In a crate with the build script of this library: `sources: bfc::sources!()`.
/// let catalogue = Catalogue { name: "sums", about: "Checks sums.", source, story: Story::NONE, claims: vec![claim], sources: Sources(&[]) };
/// let answer = bfc::cli::answer(&catalogue, &[], &["explain", "sums"])?;
/// assert!(answer.text.contains("One more is added."));
/// # Ok::<(), bfc::error::Error>(())
/// ```
pub struct Catalogue<S: Study> {
    /// The name of the program, as its users type it.
    pub name: &'static str,
    /// What the program does, in a line.
    pub about: &'static str,
    /// What the claims are about.
    pub source: Source,
    /// The first page of its report; [`Story::NONE`] leaves it to what the claims say.
    pub story: Story,
    /// The claims, in the order in which they are printed.
    pub claims: Vec<Claim<S>>,
    /// All that can move a number; stored work is valid for these sources and no others.
    pub sources: Sources,
}

/// All that people read of a claim, without its functions.
#[derive(Clone, Debug)]
pub struct Description<'a> {
    /// `group.name`.
    pub id: &'a str,
    /// What its sentences are of.
    pub source: Source,
    /// The tags of its sentences.
    pub sentence: &'a str,
    /// The proposition.
    pub statement: &'a str,
    /// How it is checked.
    pub method: &'a str,
    /// What each control breaks.
    pub controls: Vec<&'a str>,
    /// What the verdict rests on.
    pub evidence: &'a [Evidence],
    /// Evidence that is not implemented yet.
    pub missing: &'a str,
    /// Formal theorems that are cited.
    pub theorems: &'a [&'a str],
    /// Whether the profile `quick` leaves it out.
    pub full_only: bool,
    /// Its parameters.
    pub parameters: &'a [(&'static str, i64)],
    /// Pictures of its tables.
    pub figures: &'a [Figure],
}

impl Description<'_> {
    /// The part of the id before the dot.
    pub fn group(&self) -> &str {
        group(self.id)
    }

    /// The name of its golden.
    pub fn golden_name(&self) -> String {
        format!("{}.txt", self.id)
    }
}

impl<S: Study> Catalogue<S> {
    /// What people read of a claim.
    pub fn describe<'a>(&self, claim: &'a Claim<S>) -> Description<'a> {
        Description {
            id: &claim.id,
            source: self.source,
            sentence: claim.sentence,
            statement: &claim.statement,
            method: claim.method,
            controls: claim.controls.iter().map(|c| c.breaks).collect(),
            evidence: claim.evidence,
            missing: claim.missing,
            theorems: claim.theorems,
            full_only: claim.full_only,
            parameters: &claim.parameters,
            figures: claim.figures,
        }
    }

    /// The claims selected by ids or group names, in catalogue order; all of them when `names` is empty.
    ///
    /// # Errors
    /// When a name is neither an id nor a group; the error suggests the nearest, if one is near.
    pub fn select(&self, names: &[String]) -> Result<Vec<&Claim<S>>> {
        let known = |name: &str| self.claims.iter().any(|c| c.id == name || c.group() == name);
        if let Some(unknown) = names.iter().find(|n| !known(n)) {
            let candidates = self.claims.iter().flat_map(|c| [&*c.id, c.group()]);
            let suggestion = nearest(unknown, candidates).map_or(String::new(), |c| format!("did you mean `{c}`? "));
            let message = format!("no claim or group `{unknown}`; {suggestion}`{} list` shows them all", self.name);
            return Err(Error::refused(message));
        }
        let wanted = |c: &&Claim<S>| names.is_empty() || names.iter().any(|n| c.id == n.as_str() || c.group() == n);
        Ok(self.claims.iter().filter(wanted).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_used_as_a_whole_word() {
        let term = Term { name: "te", spellings: &["te", "te Var(y)"], meaning: "an error" };
        for (text, used) in [
            ("te < 1", true),
            ("the te/eps^2, of te", true),
            ("(te)", true),
            ("teα, te_2, rate", false),
            ("αte te2", false),
            ("", false),
        ] {
            assert_eq!(term.is_used_in(text), used, "{text}");
        }
    }
}
