//! How many targets one space can serve.

use std::borrow::Cow;

use super::{sample, unit};
use crate::claim::judging::all_hold;
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::linear::rank;
use crate::exact::parity::{parities, subsets};
use crate::exact::projection::relative_errors;
use crate::hierarchy::claims::counting::one_over;
use crate::hierarchy::claims::instances;
use crate::hierarchy::experiment::Training;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// How many targets one space can serve.
pub const MOST_TARGETS: Claim<Training> = Claim {
    id: Cow::Borrowed("kernel.most-targets"),
    sentence: "(d)",
    statement: Cow::Borrowed(
        "Of M orthonormal targets at most N/(1 - tau) reach relative error tau < 1 by one N-dimensional method. \
        Checked on named spaces over the M = 20 parities of degree 3 on {-1,1}^6; N parities reach it with equality \
        at tau = 0, sums over blocks of b parities at tau = 1 - 1/b, where all M targets have exactly that error.",
    ),
    method: "Errors are exact orthogonal projections, for spaces of N parities, of block sums (b = 2, 4, 5), and the \
            spans of an aligned kernel on samples (seeds of the profile, N = 5, 10, 15; tau = 1/4, 1/2, 3/4). Lemma \
            2 (P2), proofs/dimension-bound.md.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &["most_targets_fail"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| most_targets(c.profile, |i, j| i == j),
    controls: &[Control {
        breaks: "M copies of one function, N = 1: all M reach error 0.",
        check: |c| most_targets(c.profile, |_, j| j == 0),
    }],
};

/// Subspaces of the span of the parities, with a name and the tau at which each is tried.
type Tried = (String, Matrix<Rational>, Rational);

/// Spaces for which the bound is an equality: of parities at tau = 0, of sums over `b` parities at tau = 1 - 1/b.
fn sharp_spaces(m: usize) -> impl Iterator<Item = Tried> {
    let of_parities = move |n: usize| (format!("{n} parities"), unit(n, m, |i, j| i == j), Rational::zero());
    let of_sums = move |b: usize| {
        let tau = &Rational::one() - &one_over(b as i64);
        (format!("sums over {b} parities"), unit(m / b, m, |i, j| j / b == i), tau)
    };
    [1, 5, 10].into_iter().map(of_parities).chain([2, 4, 5].into_iter().map(of_sums))
}

/// Spans of the aligned kernel on samples of one seed.
fn spans(sets: &[Vec<usize>], seed: u64) -> Result<Vec<Tried>> {
    let span = |(n, quarters): (usize, i64)| {
        Ok((format!("{n} points, seed {seed}"), parities(&sample(6, n, seed)?, sets), &Rational::from(quarters) * &one_over(4)))
    };
    [(5, 3), (10, 2), (15, 1)].into_iter().map(span).collect()
}

fn most_targets(profile: Profile, target: fn(usize, usize) -> bool) -> Result<Outcome> {
    let sets = subsets(6, 3);
    let m = sets.len();
    let targets = unit(m, m, target);
    let mut spaces: Vec<Tried> = sharp_spaces(m).collect();
    let sharp = spaces.len();
    for seed in instances::seeds(profile) {
        spaces.extend(spans(&sets, seed)?);
    }
    let mut table = Table::new(format!("{m} targets"), &["space", "N", "tau", "targets at most tau", "N/(1-tau)"]);
    let (mut bounded, mut equal) = (Vec::new(), Vec::new());
    for (i, (name, space, tau)) in spaces.iter().enumerate() {
        let errors = relative_errors(space, &targets).expect("the targets are unit vectors, in the coordinates of the space");
        let reached = errors.iter().filter(|e| *e <= tau).count();
        let n = rank(space);
        let bound = Rational::from(n as i64).over(&(Rational::one() - tau)).expect("tau < 1");
        bounded.push(Rational::from(reached as i64) <= bound);
        if i < sharp {
            equal.push(Rational::from(reached as i64) == bound);
        }
        let [tau, bound] = [tau.to_string(), bound.to_string()].map(Value::exact);
        table.push([name.as_str().into(), n.into(), tau, reached.into(), bound]);
    }
    let conditions = vec![
        all_hold("targets that reach tau at most", "at most N/(1 - tau) targets reach error tau, for every space", &bounded),
        all_hold(
            "targets that reach tau equal",
            "exactly N/(1 - tau) targets reach error tau, for parities and block sums",
            &equal,
        ),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
