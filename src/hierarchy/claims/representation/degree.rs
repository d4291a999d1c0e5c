//! Depth is degree.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::{DEPTHS, SKIPS, degree_of_composition};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::{Dyadic, Polynomial};
use crate::hierarchy::claims::integer_weights::integer_weights;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::network::{Network, Skips};
use crate::hierarchy::target::expand::{expand, integer_network};

/// Depth is degree.
pub const DEGREE: Claim<Training> = Claim {
    id: Cow::Borrowed("representation.degree"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "A target of depth L = 2, ..., 5 is a polynomial of degree exactly 2^(L-1) in its inputs for the index sets lin and \
                linskip, and of degree exactly 2^L for quad01: its part of that degree is not zero. For named targets with integer \
                weights; that no target of these shapes has a larger degree holds by construction.",
    ),
    method: "The network is evaluated on the variables x_1, ..., x_d, which expands it over the integers (d = 2, widths 2; lin and linskip \
             also d = 3). Scales are 1.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| {
        let Outcome { conditions, tables } = degree(c.profile, 2, |network| network)?;
        Ok(Outcome { conditions, tables: tables.into_iter().chain([weights(c.profile)?]).collect() })
    },
    controls: &[Control {
        breaks: "The top layer is removed: the network is cut after layer L-1 (L = 3, 4, 5).",
        check: |c| degree(c.profile, 3, |network| network.truncated(network.depth() - 1)),
    }],
};

type Change = fn(Network<Dyadic>) -> Network<Dyadic>;

/// The dimensions in which the targets with these index sets are expanded.
fn dimensions(skips: &Skips, profile: Profile) -> RangeInclusive<usize> {
    2..=if *skips != Skips::Quad01 && profile.draws_conclusions() { 3 } else { 2 }
}

/// The weights of the deepest targets; those of smaller depth are their lower layers.
fn weights(profile: Profile) -> Result<Table> {
    let of = |(skips, d): (&Skips, usize)| Ok(([skips.name().into(), d.into()], integer_network(d, *DEPTHS.end(), 2, skips)?));
    let all = SKIPS.iter().flat_map(|skips| dimensions(skips, profile).map(move |d| (skips, d)));
    Ok(integer_weights(["index sets", "d"], &all.map(of).collect::<Result<Vec<_>>>()?))
}

fn degree(profile: Profile, least_depth: usize, changed: Change) -> Result<Outcome> {
    let mut table =
        Table::new("expansions", &["index sets", "L", "d", "terms", "degree", "terms of that degree", "expected degree"]);
    let (mut right, mut all) = (0, 0);
    for (skips, depth) in SKIPS.iter().flat_map(|s| (least_depth..=*DEPTHS.end()).map(move |l| (s, l))) {
        for d in dimensions(skips, profile) {
            let p: Polynomial = expand(&changed(integer_network(d, depth, 2, skips)?));
            let (degree, expected) = (p.degree(), degree_of_composition(skips, depth));
            right += usize::from(degree == expected && !p.homogeneous(expected).is_empty());
            all += 1;
            let numbers = [depth, d, p.len(), degree as usize, p.homogeneous(degree).len(), expected as usize];
            table.push([skips.name().into()].into_iter().chain(numbers.map(Value::from)));
        }
    }
    let requires = "the degree of every expansion is 2^(L-1), for quad01 2^L";
    let condition = Condition::new("degree of an expansion equals", requires, format!("{right} of {all}"), right == all);
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}
