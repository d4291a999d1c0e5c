//! Depth buys a degree for a linear price.

use std::borrow::Cow;

use dashu_int::IBig;

use super::{DEPTHS, SKIPS, degree_of_composition};
use crate::claim::judging::all_hold;
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::count::binomial;
use crate::exact::polynomial_in_d::PolynomialInD;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::network::{Architecture, Skips};

/// Depth buys a degree for a linear price.
pub const COST: Claim<Training> = Claim {
    id: Cow::Borrowed("representation.cost"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "At fixed width k = 2, a learner of depth L = 2, ..., 5 has a number of trainable parameters that is a \
        polynomial of degree 1 in the dimension d, while the monomials of degree at most p that a polynomial of its \
        degree p may have, C(d+p, p) of them, are a polynomial of degree p.",
    ),
    method: "Parameters are counted by the shapes that a learner's weight matrices have: k rows, and d columns for \
            inputs or k(k+1)/2 for features of a layer below. Newton's differences over d = 0, ..., p+2 (over d = 1, \
            ..., p+3 for the parameters) give a polynomial of the stated degree, and it agrees with the count at \
            every d of the table, up to 1024. It says what a representation costs, not what can be learnt.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| cost(c.profile, parameters, dense),
    controls: &[
        Control {
            breaks: "Dense regression on all monomials of degree at most p in the place of the composition.",
            check: |c| cost(c.profile, |skips, depth, d| Ok(dense(degree_of_composition(skips, depth), d)), dense),
        },
        Control {
            breaks: "The monomials are those of k variables, as if the target read k known directions: as many at \
                    every d.",
            check: |c| cost(c.profile, parameters, |p, _| dense(p, WIDTH as u64)),
        },
    ],
};

const WIDTH: usize = 2;

/// The trainable parameters of a learner: `K_(l,j)` reads `d` features from the inputs and `k(k+1)/2` from a layer below.
fn parameters(skips: &Skips, depth: usize, d: u64) -> Result<IBig> {
    let architecture = Architecture::new(d as usize, &vec![WIDTH; depth - 1], skips)?;
    let features = |j: usize| if j < 2 { d as usize } else { WIDTH * (WIDTH + 1) / 2 };
    let of_layer = |l: usize| architecture.index_set(l).iter().map(|&j| architecture.width(l) * features(j)).sum::<usize>();
    Ok(IBig::from((2..=depth).map(of_layer).sum::<usize>()))
}

/// The coefficients of a polynomial of degree `p` in `d` variables.
fn dense(p: u32, d: u64) -> IBig {
    binomial(d + u64::from(p), u64::from(p))
}

/// The dimensions of the table.
const TABLE: [u64; 8] = [8, 16, 32, 64, 128, 256, 512, 1024];

type Count = fn(&Skips, usize, u64) -> Result<IBig>;

/// `composition` counts the parameters of a learner, `dense` the monomials of degree at most `p`.
fn cost(profile: Profile, composition: Count, dense: fn(u32, u64) -> IBig) -> Result<Outcome> {
    let dimensions = if profile.draws_conclusions() { &TABLE[..] } else { &TABLE[..2] };
    let sizes: Vec<String> = dimensions.iter().map(|d| format!("d={d}")).collect();
    let columns = ["index sets", "L", "p", "counted", "degree in d"].into_iter().chain(sizes.iter().map(String::as_str));
    let mut table = Table::new("parameters and monomials", &columns.collect::<Vec<_>>());
    let mut degrees = Vec::new();
    for (skips, depth) in SKIPS.iter().flat_map(|s| DEPTHS.map(move |l| (s, l))) {
        let p = degree_of_composition(skips, depth);
        // Shapes begin at d = 1, so that the parameters are counted from there: a shift of the index.
        let counted = (0..=u64::from(p) + 2).map(|i| composition(skips, depth, i + 1)).collect::<Result<Vec<_>>>()?;
        let at_table = dimensions.iter().map(|&d| composition(skips, depth, d)).collect::<Result<Vec<_>>>()?;
        let monomials: Vec<IBig> = (0..=u64::from(p) + 2).map(|d| dense(p, d)).collect();
        let monomials_at_table: Vec<IBig> = dimensions.iter().map(|&d| dense(p, d)).collect();
        for (what, values, expected, shift, found) in
            [("parameters", counted, 1, 1, at_table), ("monomials", monomials, p as usize, 0, monomials_at_table)]
        {
            let polynomial = PolynomialInD::through(&values);
            let continued = dimensions.iter().zip(&found).all(|(&d, value)| polynomial.at(d - shift) == *value);
            degrees.push((what, polynomial.degree() == expected && continued));
            let facts = [skips.name().into(), depth.into(), p.into(), what.into(), polynomial.degree().into()];
            table.push(facts.into_iter().chain(found.iter().map(Value::from)));
        }
    }
    let condition = |what: &str, requires: &str| {
        let right: Vec<bool> = degrees.iter().filter(|(w, _)| *w == what).map(|(_, right)| *right).collect();
        all_hold(&format!("degree of the {what} equals"), requires, &right)
    };
    let conditions = vec![
        condition("parameters", "the parameters are a polynomial of degree 1 in d, at every d of the table"),
        condition("monomials", "the monomials are a polynomial of degree p in d, at every d of the table"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
