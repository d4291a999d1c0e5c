//! The best that any linear method of given dimension can do, certified.

use std::borrow::Cow;

use crate::certify::{Tail, eigenvalue_tails};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::error::Result;
use crate::exact::family::{Family, Kind};
use crate::exact::gram::Gram;
use crate::hierarchy::experiment::Training;

/// The least mean error of linear methods on three families of targets, to ten decimals.
pub const CERTIFIED_TAIL: Claim<Training> = Claim {
    id: Cow::Borrowed("kernel.certified-tail"),
    sentence: "(d)",
    statement: Cow::Borrowed(
        "If all predictors lie in a linear space of N functions that is fixed before the target is drawn from f_1, \
        ..., f_M, then their squared error, averaged over the M targets, is at least (1/M) sum_{i>N} lambda_i(G), \
        where G_ij = E[f_i f_j] and lambda_1 >= lambda_2 >= ...; the span of the first N eigenfunctions attains it. \
        For the families perm, pm3 and boolplus, of variance 1, and N = M/4, M/2, 3M/4 (rounded down) the bound is \
        the decimal in the table, correctly rounded. The predictors of any N-dimensional method lie in such a space.",
    ),
    method: "G is an integer matrix over one denominator, computed exactly. Floats find approximate eigenvectors V \
            and eigenvalues mu; the residual GV - V diag(mu) of their integer copies is formed without an error and, \
            with a lower bound of the smallest singular value of V, encloses the tail (proofs/eigenvalue-tail.md). \
            Nothing is assumed of V and mu.",
    evidence: &[Evidence::Enclosed],
    missing: "",
    theorems: &["spectral_bound", "spectral_bound_attained", "certificate_sound", "example_kernel_bound"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| stated_decimals(&instances(c.profile)),
    controls: &[Control {
        breaks: "The stated decimals against a Gram matrix with one symmetric pair of entries changed by D/64 (at \
                least 1), and against another seed (perm and pm3; boolplus draws nothing).",
        check: |c| stated_decimals_of_others(&smallest(c.profile)),
    }],
};

/// A family, and its tails at `M/4`, `M/2`, `3M/4` as they are stated.
struct Instance {
    family: Family,
    stated: [&'static str; 3],
}

const fn instance(kind: Kind, dimension: usize, count: usize, stated: [&'static str; 3]) -> Instance {
    Instance { family: Family { kind, dimension, count, seed: 1 }, stated }
}

static TINY: [Instance; 3] = [
    instance(Kind::Perm, 16, 12, ["0.7334870217", "0.4793013119", "0.2328357245"]),
    instance(Kind::Pm3, 16, 12, ["0.6415210144", "0.4070330310", "0.1928224211"]),
    instance(Kind::Boolplus, 5, 15, ["0.5629629630", "0.1555555556", "0.0000000000"]),
];

static QUICK: [Instance; 4] = [
    instance(Kind::Perm, 16, 500, ["0.6241579705", "0.3469899914", "0.1408268125"]),
    instance(Kind::Perm, 16, 1000, ["0.5661889142", "0.2836960592", "0.1011084090"]),
    instance(Kind::Pm3, 16, 200, ["0.5046846725", "0.2751875542", "0.1159691660"]),
    instance(Kind::Boolplus, 10, 630, ["0.0432984907", "0.0000000000", "0.0000000000"]),
];

static FULL: [Instance; 4] = [
    instance(Kind::Perm, 16, 2000, ["0.4824809567", "0.1996029512", "0.0546576395"]),
    instance(Kind::Perm, 32, 4000, ["0.6550700048", "0.3827229780", "0.1651947411"]),
    instance(Kind::Pm3, 16, 1000, ["0.3417149469", "0.1616502581", "0.0553191212"]),
    instance(Kind::Boolplus, 12, 1485, ["0.0374634564", "0.0000000000", "0.0000000000"]),
];

fn instances(profile: Profile) -> Vec<&'static Instance> {
    match profile {
        Profile::Tiny => TINY.iter().collect(),
        Profile::Quick => QUICK.iter().collect(),
        Profile::Full => QUICK.iter().chain(&FULL).collect(),
    }
}

/// The first instance of each kind.
fn smallest(profile: Profile) -> Vec<&'static Instance> {
    let all = instances(profile);
    Kind::ALL.iter().filter_map(|&kind| all.iter().copied().find(|i| i.family.kind == kind)).collect()
}

/// Digits after the point.
const DIGITS: usize = 10;

fn ranks(count: usize) -> [usize; 3] {
    [count / 4, count / 2, 3 * count / 4]
}

/// Other claims are checked beside this one, so that one thread is enough.
fn tails(gram: &Gram) -> Result<Vec<Tail>> {
    Ok(eigenvalue_tails(gram, &ranks(gram.order()), DIGITS, 1)?.tails)
}

fn stated_decimals(instances: &[&Instance]) -> Result<Outcome> {
    let mut table = Table::new("(1/M) sum_{i>N} lambda_i", &["family", "d", "M", "N=M/4", "N=M/2", "N=3M/4"]);
    let mut conditions = Vec::new();
    for Instance { family, stated } in instances {
        let found = tails(&family.gram()?)?;
        let (name, facts) = (name(family), [family.kind.to_string().into(), family.dimension.into(), family.count.into()]);
        table.push(facts.into_iter().chain(found.iter().map(|tail| Value::enclosed(shown(tail)))));
        conditions.push(condition(format!("{name}: the tails are {}", stated.join(", ")), &found, agreement(&found, stated)));
    }
    Ok(Outcome { conditions, tables: vec![table] })
}

/// The statement about some families, with other matrices in their place; none may make it true.
fn stated_decimals_of_others(instances: &[&Instance]) -> Result<Outcome> {
    let mut conditions = Vec::new();
    for Instance { family, stated } in instances {
        let name = name(family);
        let changed = tails(&one_pair_changed(&family.gram()?)?)?;
        let requires = format!("{name}, one pair of entries changed: the tails are {}", stated.join(", "));
        conditions.push(condition(requires, &changed, agreement(&changed, stated)));
        if family.kind != Kind::Boolplus {
            let reseeded = tails(&Family { seed: family.seed + 1, ..*family }.gram()?)?;
            let requires = format!("{name}, another seed: the tails are {}", stated.join(", "));
            conditions.push(condition(requires, &reseeded, agreement(&reseeded, stated)));
        }
    }
    Ok(Outcome { conditions: vec![Condition::some_of(&conditions)], tables: Vec::new() })
}

fn name(family: &Family) -> String {
    format!("{} d{} M{}", family.kind, family.dimension, family.count)
}

fn condition(requires: String, found: &[Tail], verdict: Verdict) -> Condition {
    let found = format!("{} (tails)", found.iter().map(shown).collect::<Vec<_>>().join(", "));
    Condition::new("tails equal", requires, found, verdict)
}

fn shown(tail: &Tail) -> String {
    tail.decimal.clone().unwrap_or_else(|| "undecided".into())
}

/// Refuted when a decimal is certainly another one.
fn agreement(found: &[Tail], stated: &[&str]) -> Verdict {
    let one = |(tail, stated): (&Tail, &&str)| tail.decimal.as_ref().map_or(Verdict::Undecided, |d| (d == stated).into());
    found.iter().zip(stated).map(one).min().unwrap_or(Verdict::Undecided)
}

/// The matrix with entries `(1, 2)` and `(2, 1)` raised by `D/64`, or by 1 if `D < 64`.
fn one_pair_changed(gram: &Gram) -> Result<Gram> {
    let step = gram.denominator().get() / 64;
    let raised = |g: i64| g.saturating_add_unsigned(step.max(1));
    let mut entries = gram.entries().clone();
    (entries[(0, 1)], entries[(1, 0)]) = (raised(entries[(0, 1)]), raised(entries[(1, 0)]));
    Gram::new(entries, gram.denominator())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undecided_is_neither_agreement_nor_difference() {
        let tail = |decimal: Option<&str>| Tail { rank: 1, enclosure: None, decimal: decimal.map(String::from) };
        assert_eq!(agreement(&[tail(Some("0.5")), tail(None)], &["0.5", "0.5"]), Verdict::Undecided);
        assert_eq!(agreement(&[tail(Some("0.4")), tail(None)], &["0.5", "0.5"]), Verdict::Refuted);
        assert_eq!(agreement(&[tail(Some("0.5"))], &["0.5"]), Verdict::Verified);
    }

    #[test]
    fn the_control_is_refuted_by_every_changed_matrix() {
        assert_eq!(stated_decimals_of_others(&smallest(Profile::Tiny)).unwrap().verdict(), Verdict::Refuted);
        assert_eq!(stated_decimals(&instances(Profile::Tiny)).unwrap().verdict(), Verdict::Verified);
    }
}
