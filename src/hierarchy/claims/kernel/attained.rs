//! The bound is attained.

use std::borrow::Cow;

use super::{sample, unit};
use crate::claim::judging::all_hold;
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::linear::rank;
use crate::exact::parity::{parities, subsets};
use crate::exact::projection::{mean, relative_errors};
use crate::hierarchy::claims::counting::one_over;
use crate::hierarchy::claims::instances;
use crate::hierarchy::experiment::Training;
use crate::scalar::Scalar;

/// The bound is attained.
pub const ATTAINED: Claim<Training> = Claim {
    id: Cow::Borrowed("kernel.attained"),
    sentence: "(d)",
    statement: Cow::Borrowed(
        "The lower bound for r dimensions is attained: ridgeless regression with the aligned kernel K(x, x') = sum_(|S| = p) x_S x'_S on N sample points \
                has, over all M = C(d, p) parities of degree p, a mean relative error of exactly 1 - r/M, with r the rank of the kernel \
                matrix: for every sample tried.",
    ),
    method: "Samples of the cube from the stream `kernel sample` under the seeds of the profile, (d, p) = (6, 2), (6, 3), (7, 3), (8, 4) and N \
             = M/4, M/2, M (N <= 35 unless the profile is full). The rank of the sample's parities and the exact error of every target (by solving the kernel system of \
             independent points over the rationals) are computed separately.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &["aligned_distance", "aligned_kernel_attains"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| attained(c.profile, |_| None),
    controls: &[Control {
        breaks: "A kernel that is not aligned: the parities of degree p - 1 are added to it.",
        check: |c| attained(c.profile, |p| Some(p - 1)),
    }],
};

fn attained(profile: Profile, also: fn(usize) -> Option<usize>) -> Result<Outcome> {
    let shapes: &[(usize, usize)] = if profile.draws_conclusions() { &[(6, 2), (6, 3), (7, 3), (8, 4)] } else { &[(5, 2)] };
    let mut table = Table::new(
        "ridgeless regression on samples of the cube",
        &["d", "p", "M", "N", "seed", "rank", "mean error", "1 - rank/M"],
    );
    let mut held = Vec::new();
    for &(d, p) in shapes {
        let mut sets = subsets(d, p);
        let m = sets.len();
        sets.extend(also(p).into_iter().flat_map(|degree| subsets(d, degree)));
        let targets = unit(m, sets.len(), |i, j| i == j);
        let sizes = [m / 4, m / 2, m].into_iter().filter(|n| *n <= 35 || profile == Profile::Full);
        for (n, seed) in sizes.flat_map(|n| instances::seeds(profile).map(move |seed| (n, seed))) {
            let features = parities(&sample(d, n, seed)?, &sets);
            let rank = rank(&features);
            let errors =
                relative_errors(&features, &targets).expect("the targets are unit vectors, in the coordinates of the space");
            let error = mean(&errors).expect("there are targets");
            let expected = &Rational::one() - &(&Rational::from(rank as i64) * &one_over(m as i64));
            held.push(error == expected);
            let facts = [d, p, m, n, seed as usize, rank].map(Value::from);
            table.push(facts.into_iter().chain([error, expected].map(|e| Value::exact(e.to_decimal(6)))));
        }
    }
    let condition = all_hold("mean error equals", "the mean error is 1 - rank/M on every sample", &held);
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}
