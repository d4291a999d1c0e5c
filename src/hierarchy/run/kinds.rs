//! The kinds of learners, and which keys each has.

use super::document::{Document, keys, meant};
use super::keys::LearnerKeys;
use super::learners::{
    Given, Refusal, automatic, distilled, iterated_lift, kernel_ridge, lift, online, phased, staged, tuned_kernel_ridge,
    two_layer,
};
use crate::error::Result;
use crate::hierarchy::experiment::Learner;
use crate::hierarchy::learner::Alternative;
use crate::spelling::nearest;

/// A learner, or the key that does not fit.
type Built = std::result::Result<Learner, Refusal>;

/// A kind of learner.
pub struct LearnerKind {
    /// The value of the key `kind`.
    pub name: &'static str,
    /// The keys that it has beside `kind` and `seed`.
    keys: &'static [&'static [&'static str]],
    /// Whether it can be told signs in the place of values.
    pub takes_signs: bool,
    build: fn(&Given<'_>) -> Built,
}

const DESCENT: &[&str] = &[
    "step",
    "momentum",
    "cap",
    "initial-scale",
    "head-deviation",
    "tolerance",
    "first-deviation",
    "logistic",
    "weight-offset",
    "weight-power",
    "truncation",
    "forms",
];
const AUTOMATIC: &[&str] = &[
    "layerwise",
    "coupling",
    "on-from-start",
    "threshold",
    "gain",
    "patience",
    "least-steps",
    "last-patience",
    "least-step",
    "most-steps",
    "redundancy",
    "restarts",
    "enough",
];
const DISTILLED: &[&str] = &[
    "step",
    "momentum",
    "cap",
    "widening",
    "initial-scale",
    "head-deviation",
    "truncation",
    "penalty",
    "decay",
    "noise",
    "switch-on",
    "least-steps",
    "patience",
    "least-step",
    "error-target",
    "steps",
    "frozen",
];
const LIFT: &[&str] = &[
    "units",
    "scale",
    "step",
    "momentum",
    "cap",
    "head-deviation",
    "patience",
    "least-step",
    "steps",
    "tolerance",
    "restarts",
    "enough",
    "every",
];
const ITERATED_LIFT: &[&str] = &["units", "scale", "rounds", "ridge", "floor", "decay", "steps", "restarts", "enough"];
/// Of learners that are compared with joint training.
const COMPARED: &[&str] = &["handed-layer-2"];

/// Every kind; the first is the default.
pub const KINDS: [LearnerKind; 17] = [
    network("joint", &[&["phases", "width"], DESCENT], phased),
    network("layerwise", &[&["phases", "width"], DESCENT], phased),
    network("local-loss", &[&["phases", "width"], DESCENT], phased),
    network("stop-gradient", &[&["phases", "width"], DESCENT], phased),
    network("thawed", &[&["phases", "thaw-steps", "width"], DESCENT], phased),
    network("staged", &[&["stages", "width"], DESCENT], staged),
    network("online", &[&["phases", "stages", "width"], DESCENT], online),
    network("automatic", &[AUTOMATIC, DESCENT], automatic),
    LearnerKind { takes_signs: false, ..network("distilled", &[DISTILLED], distilled) },
    other("kernel-ridge", &[&["kernel", "degree", "offset", "rate", "depth", "bias", "ridge"]], kernel_ridge),
    other("tuned-kernel-ridge", &[&["kernels"], COMPARED], tuned_kernel_ridge),
    other("random-features", &[COMPARED], |given| given.compared(Alternative::RandomFeatures)),
    other("sequential-kernel", &[COMPARED], |given| given.compared(Alternative::SequentialKernel)),
    other("iterated-kernel", &[COMPARED], |given| given.compared(Alternative::GradientOuterProduct)),
    other("two-layer", &[&["activation", "steps"], COMPARED], two_layer),
    other("lift", &[LIFT, COMPARED], lift),
    other("iterated-lift", &[ITERATED_LIFT, COMPARED], iterated_lift),
];

const fn network(name: &'static str, keys: &'static [&'static [&'static str]], build: fn(&Given<'_>) -> Built) -> LearnerKind {
    LearnerKind { name, keys, takes_signs: true, build }
}

const fn other(name: &'static str, keys: &'static [&'static [&'static str]], build: fn(&Given<'_>) -> Built) -> LearnerKind {
    LearnerKind { name, keys, takes_signs: false, build }
}

impl LearnerKind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<&'static LearnerKind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The keys that it has.
    pub fn keys(&self) -> Vec<&'static str> {
        ["kind", "seed"].into_iter().chain(self.keys.iter().copied().flatten().copied()).collect()
    }

    /// The kinds that have this key.
    pub fn with_key(key: &str) -> Vec<&'static LearnerKind> {
        KINDS.iter().filter(|kind| kind.keys().contains(&key)).collect()
    }

    /// The learner of these keys, on a target of this depth.
    ///
    /// # Errors
    /// Where a key does not fit the others or the depth.
    pub fn learner(&'static self, keys: &LearnerKeys, depth: usize) -> Built {
        (self.build)(&Given { kind: self.name, keys, depth })
    }
}

/// The kind that a document asks for, the first if it names none; its table `learner` has no other keys than the kind's.
///
/// # Errors
/// Where it is no kind, with the nearest; at a key that no kind has, with the nearest; at a key of another kind, with the kinds that have it.
pub fn asked_for(document: &Document<'_>) -> Result<&'static LearnerKind> {
    let kind = named(document)?;
    check_keys(document, kind).map(|()| kind)
}

fn named(document: &Document<'_>) -> Result<&'static LearnerKind> {
    let Some(found) = document.text("learner.kind") else { return Ok(&KINDS[0]) };
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let expected = || {
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("one of {}", quoted.join(", "))
    };
    let name = found.map_err(|_| document.refuse("learner.kind", expected()))?;
    LearnerKind::named(name).ok_or_else(|| {
        let hint = nearest(name, names.iter().copied()).map_or(String::new(), |known| format!("; did you mean \"{known}\"?"));
        document.refuse("learner.kind", expected() + &hint)
    })
}

/// What to do where a sweep is over kinds that have different keys.
const WHOLE_TABLES: &str = "; a sweep over such kinds gives whole tables, as in learner = [{ kind = \"layerwise\", phases = [300, 400] }, \
                            { kind = \"kernel-ridge\" }]";

/// Refuses keys that no kind has, and those of other kinds.
fn check_keys(document: &Document<'_>, kind: &LearnerKind) -> Result<()> {
    let own = kind.keys();
    let Some(key) = document.keys_of("learner")?.into_iter().find(|key| !own.contains(&key.as_str())) else { return Ok(()) };
    let quoted = |kinds: Vec<&LearnerKind>| {
        let names: Vec<String> = kinds.iter().map(|kind| format!("\"{}\"", kind.name)).collect();
        names.join(" or ")
    };
    let others = LearnerKind::with_key(&key);
    if !others.is_empty() {
        return Err(
            document.refuse(&format!("learner.{key}"), format!("no such key unless kind = {}{WHOLE_TABLES}", quoted(others)))
        );
    }
    let known = keys::<LearnerKeys>();
    let hint = match meant(&key, &own).or_else(|| meant(&key, known)) {
        Some(key) if own.contains(&key) => format!("; did you mean `{key}`?"),
        Some(key) => format!("; did you mean `{key}`? (kind = {})", quoted(LearnerKind::with_key(key))),
        None => String::new(),
    };
    Err(document.unknown("learner", &key, format!("one of {}{hint}", own.join(", "))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A key that no kind has could never be given; a key of a kind that is no field could not be read.
    #[test]
    fn the_keys_of_all_kinds_are_those_of_the_table() {
        let of_kinds: BTreeSet<&str> = KINDS.iter().flat_map(LearnerKind::keys).collect();
        let of_table: BTreeSet<&str> = keys::<LearnerKeys>().iter().copied().collect();
        assert_eq!(of_kinds, of_table);
    }

    #[test]
    fn every_kind_has_a_learner_with_only_defaults() {
        for kind in &KINDS {
            for depth in [2, 3, 5] {
                assert!(kind.learner(&LearnerKeys::default(), depth).is_ok(), "{} at depth {depth}", kind.name);
            }
        }
    }
}
