//! Representation: what a composition of quadratic layers can express.

use std::borrow::Cow;

use crate::claim::judging::all_hold;

use dashu_int::IBig;

use super::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict, instances};
use crate::certify::smallest_singular_value;
use crate::error::Result;
use crate::exact::count::binomial;
use crate::exact::polynomial_in_d::PolynomialInD;
use crate::exact::rank::rank;
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::hierarchy::learner::initial::{quadratic_forms, spanning_rows};
use crate::hierarchy::network::{Architecture, Network, Skips};
use crate::hierarchy::target::expand::{expand, integer_network};
use crate::matrix::Matrix;
use crate::portable::rng::Stream;

/// Depth is degree.
pub const DEGREE: Claim = Claim {
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
    check: |c| degree(c.profile, 2, |network| network),
    controls: &[Control {
        breaks: "The top layer is removed: the network is cut after layer L-1 (L = 3, 4, 5).",
        check: |c| degree(c.profile, 3, |network| network.truncated(network.depth() - 1)),
    }],
};

const DEPTHS: std::ops::RangeInclusive<usize> = 2..=5;
const SKIPS: [Skips; 3] = [Skips::Lin, Skips::LinSkip, Skips::Quad01];

/// `2^(L-1)`, and `2^L` when the inputs enter by their squares.
fn degree_of_composition(skips: &Skips, depth: usize) -> u32 {
    if *skips == Skips::Quad01 { 1 << depth } else { 1 << (depth - 1) }
}

type Change = fn(Network<Dyadic>) -> Network<Dyadic>;

fn degree(profile: Profile, least_depth: usize, changed: Change) -> Result<Outcome> {
    let mut table =
        Table::new("expansions", &["index sets", "L", "d", "terms", "degree", "terms of that degree", "expected degree"]);
    let (mut right, mut all) = (0, 0);
    let largest_dimension = if profile.draws_conclusions() { 3 } else { 2 };
    for (skips, depth) in SKIPS.iter().flat_map(|s| (least_depth..=*DEPTHS.end()).map(move |l| (s, l))) {
        for d in 2..=if *skips == Skips::Quad01 { 2 } else { largest_dimension } {
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

/// Depth buys a degree for a linear price.
pub const COST: Claim = Claim {
    id: Cow::Borrowed("representation.cost"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "At fixed width k = 2, a learner of depth L = 2, ..., 5 has a number of trainable parameters that is a polynomial of degree \
                1 in the dimension d, while the monomials of degree at most p that a polynomial of its degree p may have, C(d+p, p) of \
                them, are a polynomial of degree p.",
    ),
    method: "Parameters are counted by the shapes that a learner's weight matrices have: k rows, and d columns for inputs or k(k+1)/2 for \
             features of a layer below. Newton's differences over d = 0, ..., p+2 (over d = 1, \
             ..., p+3 for the parameters) give a polynomial of the stated degree, and it agrees with the count at every d of the table, \
             up to 1024. It says what a representation costs, not what can be learnt.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| cost(c.profile, parameters),
    controls: &[Control {
        breaks: "Dense regression on all monomials of degree at most p in the place of the composition.",
        check: |c| cost(c.profile, |skips, depth, d| Ok(dense(degree_of_composition(skips, depth), d))),
    }],
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

fn cost(profile: Profile, composition: Count) -> Result<Outcome> {
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

/// The fixed squares of a learner span all quadratic forms.
pub const QUADRATIC_SPAN: Claim = Claim {
    id: Cow::Borrowed("representation.quadratic-span"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "The k(k+1)/2 fixed squares (r.z)^2 that a learner of width k computes in layer 2 are linearly independent, and so span all \
                quadratic forms in k variables: for every R drawn for widths k = 1..5 under the seeds of the profile.",
    ),
    method: "Row i of a square matrix holds the coefficients of (r_i.z)^2 in the monomials z_p z_q. The entries of R are floats, hence \
             dyadic rationals; the rank is computed exactly, and the smallest singular value is certified to be above zero. That full \
             rank means spanning, and that k(k+1)/2 is the least number, is formal.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &["quadratic_span_sharp", "squares_span_rank"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| span(c.profile, 1, |rows| rows),
    controls: &[Control {
        breaks: "The last row of R repeats the first (k = 2..5).",
        check: |c| span(c.profile, 2, with_repeated_row),
    }],
};

const LARGEST_WIDTH: usize = 5;

fn with_repeated_row(mut rows: Matrix<f64>) -> Matrix<f64> {
    let (first, last) = (rows.row(0).to_vec(), rows.rows() - 1);
    rows.row_mut(last).copy_from_slice(&first);
    rows
}

fn span(profile: Profile, least_width: usize, changed: fn(Matrix<f64>) -> Matrix<f64>) -> Result<Outcome> {
    let mut table = Table::new("the squares of each R", &["k", "k(k+1)/2", "seed", "rank", "smallest singular value"]);
    let (mut full, mut positive, mut all) = (0, 0, 0);
    for k in least_width..=LARGEST_WIDTH {
        for seed in instances::seeds(profile) {
            let rows = changed(spanning_rows(k, &mut Stream::new(seed, "learner rows"))?);
            let squares = quadratic_forms(&rows.try_map(|&r| Dyadic::try_from(r))?);
            let (needed, rank) = (k * (k + 1) / 2, rank(&squares));
            let singular = smallest_singular_value(&squares)?;
            let decimal = singular.as_ref().and_then(|s| s.to_decimal(6)).unwrap_or_else(|| "not certain".into());
            table.push([k.into(), needed.into(), seed.into(), rank.into(), Value::enclosed(decimal)]);
            full += usize::from(rank == needed);
            positive += usize::from(singular.is_some_and(|s| *s.lower() > Rational::from(0)));
            all += 1;
        }
    }
    let condition = |key: &str, requires: &str, right: usize, otherwise: Verdict| {
        Condition::new(key, requires, format!("{right} of {all}"), if right == all { Verdict::Verified } else { otherwise })
    };
    let conditions = vec![
        condition("rank of the squares equals", "rank k(k+1)/2 for every R", full, Verdict::Refuted),
        condition(
            "smallest singular value above",
            "the smallest singular value is certainly above zero for every R",
            positive,
            Verdict::Undecided,
        ),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}
