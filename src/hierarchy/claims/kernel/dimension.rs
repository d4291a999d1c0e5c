//! Parities hidden in trees.

use std::borrow::Cow;

use dashu_int::IBig;

use crate::claim::judging::{all_hold, all_slopes_within, enclosed};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::count::{binomial, dimension_for_error, dimension_for_hundredth_root};
use crate::exact::linear::integer;
use crate::exact::polynomial_in_d::PolynomialInD;
use crate::exact::walsh::Walsh;
use crate::exact::{Dyadic, Rational};
use crate::hierarchy::claims::counting::{dimensions, fitted_exponent, one_over};
use crate::hierarchy::claims::figures;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::target::expand::on_cube;
use crate::hierarchy::target::tree::Tree;
use crate::scalar::Scalar;

/// Parities hidden in trees.
pub const DIMENSION: Claim<Training> = Claim {
    id: Cow::Borrowed("kernel.dimension"),
    sentence: "(d)",
    statement: Cow::Borrowed(
        "On the cube, signed-tree targets of depth L = 2, ..., 5 are const + c x_S with |S| = p = 2^(L-1), so the \
        class holds all C(d, p) parities of degree p and any N-dimensional method has a mean relative error of at \
        least 1 - N/C(d, p) over it. Over d = 64, ..., 1024, the N that error 1/4 asks for grows with a fitted \
        exponent in [p, 1.05 p], and the N for error d^-0.01 with one in [p, p + .9], larger because 1 - d^-0.01 \
        itself still grows like (ln d)/100; C(d, p) is a polynomial of degree p in d, so both exponents tend to p. \
        x_i^2 is constant on the cube; kernel.gaussian speaks of other inputs.",
    ),
    method: "The tree networks are expanded on the cube in exact arithmetic; layer 2 has the rows e_i + e_j and e_i \
            - e_j, all heads are on. As a check that can fail, what the C(d, 2) parities of degree 2 leave of \
            a target's variance is held against 1 - N/C(d, p) with N = C(d, 2); the signed tree meets this by its \
            shape, and the unsigned one does not. N for error 1/4 is ceil(3/4 C(d, p)); N for d^-0.01 is found by an \
            integer 100th root. The slopes of ln N against ln d are enclosed; their bands describe the numbers \
            found. The lower bound is lemma 1 (P1), proofs/dimension-bound.md.",
    evidence: &[Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[
        "signed_tree_output",
        "signed_tree_kernel_bound",
        "signed_tree_needs_centres",
        "feature_bound_intercept",
        "random_feature_bound_distance",
    ],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::DIMENSIONS],
    items: |_, _| Vec::new(),
    check: |c| dimension(c.profile, Tree::Signed, 2, &Dyadic::one(), binomial),
    controls: &[
        Control {
            breaks: "The unsigned tree, its top head alone, at p = 4, 8, 16: parities of degree 2 leave 1/9, .264, \
                    .476 of its variance, below the bound (but for p = d = 16, where the bound says nothing).",
            check: |c| dimension(c.profile, Tree::Unsigned, 3, &Dyadic::zero(), binomial),
        },
        Control {
            breaks: "The class is taken to hold the C(d, p-1) parities of degree p - 1 in the place of the C(d, p).",
            check: |c| dimension(c.profile, Tree::Signed, 2, &Dyadic::one(), |d, p| binomial(d, p - 1)),
        },
    ],
};

/// Whether a function is `const + c x_S` with `|S| = p` and `c` not zero.
fn is_parity(function: &Walsh, p: usize) -> bool {
    let varying: Vec<usize> = function.terms().map(|(s, _)| s.len()).filter(|n| *n > 0).collect();
    varying == [p]
}

/// `[p, 1.05 p]` for `p = 2, 4, 8, 16`, of N for error 1/4.
const BANDS: [(&str, &str); 4] = [("2", "2.1"), ("4", "4.2"), ("8", "8.4"), ("16", "16.8")];

/// `[p, p + .9]`, of N for error d^-0.01.
const ROOT_BANDS: [(&str, &str); 4] = [("2", "2.9"), ("4", "4.9"), ("8", "8.9"), ("16", "16.9")];

/// The least N that error 1/4 and error d^-0.01 ask for, of `count` parities.
fn least_dimensions(count: &IBig, d: u64) -> [IBig; 2] {
    let one = Rational::one();
    [dimension_for_error(count, &one, &one_over(4)), dimension_for_hundredth_root(count, &one, d)]
}

/// Both fitted exponents lie in their bands.
fn exponents_within(p: usize, fitted: &[Option<Interval>; 2], bands: [(&str, &str); 2]) -> [Condition; 2] {
    [0, 1].map(|n| {
        let quantity = format!("fitted exponent of N for error {}", ["1/4", "d^-0.01"][n]);
        let within = all_slopes_within(&format!("p = {p}: the {quantity}"), "", &fitted[n..=n], bands[n]);
        within.keyed(&format!("{quantity} within"))
    })
}

/// `lower` is the scale of the heads below the top, `count` the number of parities in the class at `d` and `p`.
fn dimension(profile: Profile, tree: Tree, least_depth: usize, lower: &Dyadic, count: fn(u64, u64) -> IBig) -> Result<Outcome> {
    let mut expansions =
        Table::new("the trees on the cube", &["L", "p", "terms", "variance", "share left by degree 2", "decimal"]);
    let mut counts = Table::new("dimensions", &["p", "d", "C(d,p)", "N for error 1/4", "N for error d^-0.01"]);
    let mut exponents =
        Table::new("fitted exponents, d >= 64", &["p", "degree of C(d,p) in d", "N for error 1/4", "N for d^-0.01"]);
    let (mut shapes, mut floors, mut degrees, mut slopes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for depth in least_depth..=5 {
        let p = 1usize << (depth - 1);
        let function = on_cube(&tree.network(depth, lower)?);
        shapes.push(is_parity(&function, p));
        let captured = Rational::quotient(&function.up_to_degree(2).variance(), &function.variance());
        let left = captured.map_or(Rational::zero(), |c| &Rational::one() - &c);
        let facts = [depth, p, function.terms().count()].map(Value::from);
        let sizes = [Rational::from(&function.variance()).to_string(), left.to_string(), left.to_decimal(3)].map(Value::exact);
        expansions.push(facts.into_iter().chain(sizes));
        let mut needed: [Vec<(u64, IBig)>; 2] = Default::default();
        for &d in dimensions(profile) {
            let count = count(d, p as u64);
            floors.push(&integer(&count) * &left >= integer(&(&count - binomial(d, 2))));
            let least = least_dimensions(&count, d);
            counts.push([p.into(), d.into(), count.into()].into_iter().chain(least.iter().map(Value::from)));
            needed.iter_mut().zip(least).for_each(|(list, n)| list.push((d, n)));
        }
        let degree = PolynomialInD::through(&(0..=p as u64 + 2).map(|d| count(d, p as u64)).collect::<Vec<_>>()).degree();
        let fitted = needed.each_ref().map(|list| fitted_exponent(list));
        degrees.push(degree == p);
        slopes.extend(exponents_within(p, &fitted, [BANDS[depth - 2], ROOT_BANDS[depth - 2]]));
        exponents.push([p.into(), degree.into()].into_iter().chain(fitted.iter().map(enclosed)));
    }
    let mut conditions = vec![
        all_hold("trees that are parities", "the tree of each depth is const + c x_S with |S| = p on the cube", &shapes),
        all_hold(
            "share left by degree 2 above",
            "the C(d,2) parities of degree 2 leave at least 1 - C(d,2)/C(d,p) of the variance, at every p and d",
            &floors,
        ),
        all_hold("degree of C(d,p) equals", "C(d,p) is a polynomial of degree p in d", &degrees),
    ];
    conditions.extend(slopes);
    Ok(Outcome { conditions, tables: vec![expansions, counts, exponents] })
}
