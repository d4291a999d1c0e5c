//! Lower bounds for kernels and fixed features: any method whose predictors lie in an `N`-dimensional space chosen without the labels.

use std::borrow::Cow;

use super::counting::{dimensions, fitted_exponent, one_over, printed};
use super::{Claim, Control, Evidence, Outcome, Profile, Table, Value, instances};
use crate::claim::judging::{all_hold, all_slopes_within};
use crate::error::Result;
use crate::exact::count::{binomial, dimension_for_error, dimension_for_hundredth_root, exceeds_hundredth_root, harmonics};
use crate::exact::harmonic::{Signature, share_of_form};
use crate::exact::inputs::{power, variables};
use crate::exact::linear::{integer, rank};
use crate::exact::parity::{parities, subsets};
use crate::exact::polynomial_in_d::PolynomialInD;
use crate::exact::projection::{mean, relative_errors};
use crate::exact::walsh::Walsh;
use crate::exact::{Distribution, Dyadic, Polynomial, Rational};
use crate::hierarchy::target::distribution::draw;
use crate::hierarchy::target::expand::on_cube;
use crate::hierarchy::target::tree::Tree;
use crate::matrix::Matrix;
use crate::portable::rng::Stream;
use crate::scalar::Scalar;

/// What P1 speaks of, and what it does not.
macro_rules! covered {
    ($text:literal) => {
        concat!(
            $text,
            " Covered: any kernel that depends on d, the distribution, the inputs and unlabelled data; ridge, early stopping or loss \
             chosen per target; an intercept (N+1, or free for a family of mean zero); fixed feature maps and random features (N is their \
             number, for any sample size); neural tangent kernels and lazy training with N parameters (N+1 unless the output at \
             initialisation is 0); a kernel chosen per target among Q candidates (QN). Not covered: a bandwidth tuned per target over a \
             continuum; queries that adapt to labels; kernels learned from labels."
        )
    };
}

/// Parities hidden in trees.
pub const DIMENSION: Claim = Claim {
    id: Cow::Borrowed("kernel.dimension"),
    sentence: "(d)",
    statement: Cow::Borrowed(covered!(
        "On the cube, signed-tree targets of depth L = 2, ..., 5 are const + c x_S with |S| = p = 2^(L-1), so the class holds all C(d, p) \
         parities of degree p and any N-dimensional method has a mean relative error of at least 1 - N/C(d, p) over it. Over d = 64, ..., \
         1024, the N that error 1/4 asks for grows with a fitted exponent in [p, 1.05 p], and the N for error d^-0.01 with one in [p, p + \
         .9], larger because 1 - d^-0.01 itself still grows like (ln d)/100; C(d, p) is a polynomial of degree p in d, so both exponents \
         tend to p. x_i^2 is constant on the cube; kernel.gaussian speaks of other inputs."
    )),
    method: "The tree networks are expanded on the cube in exact arithmetic; layer 2 has the rows e_i + e_j and e_i - e_j, all heads are on. \
             As a sign of a bound that fails, what the C(d, 2) parities of degree 2 leave of a target's variance is held against 1 - \
             N/C(d, p) with N = C(d, 2); the signed tree meets this by its shape, and the unsigned one does not. N for error 1/4 is ceil(3/4 \
             C(d, p)); N for d^-0.01 is found by an integer 100th root. The slopes of ln N against ln d are enclosed. The lower bound is lemma P1, proofs/dimension-bound.md.",
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
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| dimension(c.profile, Tree::Signed, 2, Dyadic::one()),
    controls: &[Control {
        breaks: "The unsigned tree, its top head alone, at p = 4, 8, 16: parities of degree 2 leave 1/9, .264, .476 of its variance, below the \
              bound.",
        check: |c| dimension(c.profile, Tree::Unsigned, 3, Dyadic::zero()),
    }],
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

fn dimension(profile: Profile, tree: Tree, least_depth: usize, lower: Dyadic) -> Result<Outcome> {
    let mut expansions =
        Table::new("the trees on the cube", &["L", "p", "terms", "variance", "share left by degree 2", "decimal"]);
    let mut counts = Table::new("dimensions", &["p", "d", "C(d,p)", "N for error 1/4", "N for error d^-0.01"]);
    let mut exponents =
        Table::new("fitted exponents, d >= 64", &["p", "degree of C(d,p) in d", "N for error 1/4", "N for d^-0.01"]);
    let (mut shapes, mut floors, mut degrees, mut slopes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for depth in least_depth..=5 {
        let p = 1usize << (depth - 1);
        let function = on_cube(&tree.network(depth, &lower)?);
        shapes.push(is_parity(&function, p));
        let captured = Rational::quotient(&function.up_to_degree(2).variance(), &function.variance());
        let left = captured.map_or(Rational::zero(), |c| &Rational::one() - &c);
        let facts = [depth, p, function.terms().count()].map(Value::from);
        let sizes = [Rational::from(&function.variance()).to_string(), left.to_string(), left.to_decimal(3)].map(Value::exact);
        expansions.push(facts.into_iter().chain(sizes));
        let (mut quarter, mut hundredth) = (Vec::new(), Vec::new());
        for &d in dimensions(profile) {
            let count = binomial(d, p as u64);
            floors.push(&integer(&count) * &left >= integer(&(&count - binomial(d, 2))));
            quarter.push((d, dimension_for_error(&count, &Rational::one(), &one_over(4))));
            hundredth.push((d, dimension_for_hundredth_root(&count, &Rational::one(), d)));
            let needed = [&quarter, &hundredth].map(|list| list.last().map_or("".into(), |(_, n)| Value::from(n)));
            counts.push([p.into(), d.into(), count.into()].into_iter().chain(needed));
        }
        let degree = PolynomialInD::through(&(0..=p as u64 + 2).map(|d| binomial(d, p as u64)).collect::<Vec<_>>()).degree();
        let fitted = [fitted_exponent(&quarter), fitted_exponent(&hundredth)];
        degrees.push(degree == p);
        for (error, fitted, bands) in [("1/4", &fitted[..1], BANDS), ("d^-0.01", &fitted[1..], ROOT_BANDS)] {
            let quantity = format!("fitted exponent of N for error {error}");
            let within = all_slopes_within(&format!("p = {p}: the {quantity}"), "", fitted, bands[depth - 2]);
            slopes.push(within.keyed(&format!("{quantity} within")));
        }
        exponents.push([p.into(), degree.into()].into_iter().chain(fitted.iter().map(printed)));
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

/// Rotated Gaussian targets.
pub const GAUSSIAN: Claim = Claim {
    id: Cow::Borrowed("kernel.gaussian"),
    sentence: "(d)",
    statement: Cow::Borrowed(covered!(
        "For Gaussian inputs and a target f rotated by a Haar-random orthogonal matrix, any N-dimensional method has a mean relative error \
         of at least share (1 - N / dim H_p), where share is the part of Var f in the harmonics H_p of its degree p. At d = 8, ..., 1024: \
         for f = (x'Ax)^2 (depth 3, p = 4) share > 1/4; for (x'Ax)^4 (depth 4, p = 8) 1/100 < share < 1/4; for products of p \
         orthonormal linear forms (p = 2, 4, 8) share = 1. Here A is diagonal, half 1 and half -1. The bound reaches d^-0.01, so that \
         this error asks for N >= 1, exactly from d = 88 on for (x'Ax)^2 (even d up to 1024), at no listed d for (x'Ax)^4, and for \
         products at every d > 1."
    )),
    method: "Shares are rational numbers, found in the ring of x'Ax and |x|^2, which the Laplacian maps to itself; at d = 4 and 6 the same \
             shares are found by polynomial algebra in x. dim H_p = C(d+p-1, p) - C(d+p-3, p-2). The table holds the least N that error 1/4 \
             (depth 4: 1/100) asks for. Lemma P4, proofs/rotations.md.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| gaussian(c.profile, Signature::Balanced),
    controls: &[Control {
        breaks: "A = I: the powers are radial, their harmonic part is exactly 0, and one function learns them all.",
        check: |c| gaussian(c.profile, Signature::Identity),
    }],
};

fn share(signature: Signature, k: u32, d: u64) -> Rational {
    signature.share(k, d as usize).expect("d is even and the power is not constant")
}

fn gaussian(profile: Profile, signature: Signature) -> Result<Outcome> {
    let mut table =
        Table::new("powers of x'Ax", &["f", "d", "share", "decimal", "dim H_p", "error", "N for that error", "N for d^-0.01"]);
    let (mut squares, mut fourths, mut fourths_at_root) = (Vec::new(), Vec::new(), Vec::new());
    for (name, k, error) in [("(x'Ax)^2", 2u32, 4), ("(x'Ax)^4", 4, 100)] {
        for &d in [8].iter().chain(dimensions(profile)) {
            let (share, count) = (share(signature, k, d), harmonics(d, 2 * u64::from(k)));
            match k {
                2 => squares.push(share > one_over(4)),
                _ => {
                    fourths.push(one_over(100) < share && share < one_over(4));
                    fourths_at_root.push(!exceeds_hundredth_root(&share, d));
                }
            }
            let needed = [dimension_for_error(&count, &share, &one_over(error)), dimension_for_hundredth_root(&count, &share, d)];
            let shares = [share.to_string(), share.to_decimal(4)].map(Value::exact);
            let facts = [Value::from(count), Value::exact(one_over(error).to_string())];
            table.push([name.into(), d.into()].into_iter().chain(shares).chain(facts).chain(needed.map(Value::from)));
        }
    }
    let largest = if profile.draws_conclusions() { 1024 } else { 96 };
    let from_88 = (2..=largest).step_by(2).map(|d| exceeds_hundredth_root(&share(signature, 2, d), d) == (d >= 88));
    let products = [2u64, 4, 8].map(|p| share_of_form(&product_of_forms(p), p as usize) == Some(Rational::one()));
    let agreement = [(2, 4), (2, 6), (4, 4)]
        .map(|(k, d)| share_of_form(&power(&signature.form(d), k), d) == Some(share(signature, k, d as u64)));
    let conditions = vec![
        all_hold("share of (x'Ax)^2 above", "the share of (x'Ax)^2 is above 1/4 at every d", &squares),
        all_hold("share of (x'Ax)^4 within", "the share of (x'Ax)^4 is between 1/100 and 1/4 at every d", &fourths),
        all_hold(
            "dimension from which on (x'Ax)^2 reaches d^-0.01 equals",
            "for (x'Ax)^2 and even d, the share is above d^-0.01 exactly from d = 88 on",
            &from_88.collect::<Vec<_>>(),
        ),
        all_hold(
            "share of (x'Ax)^4 at most d^-0.01",
            "for (x'Ax)^4 the share is at most d^-0.01 at every listed d",
            &fourths_at_root,
        ),
        all_hold("share of a product equals", "x_1 ... x_p is harmonic, so that its share is 1, p = 2, 4, 8", &products),
        all_hold("shares by polynomial algebra equal", "polynomial algebra in x gives the same shares", &agreement),
    ];
    Ok(Outcome { conditions, tables: vec![table, products_table(profile)] })
}

fn product_of_forms(p: u64) -> Polynomial {
    variables(p as usize).iter().fold(Polynomial::one(), |product, x| product.times(x))
}

/// What products of `p` orthonormal linear forms ask for.
fn products_table(profile: Profile) -> Table {
    let mut table = Table::new("products of p orthonormal forms", &["p", "d", "dim H_p", "N for error 1/4", "N for d^-0.01"]);
    for (p, &d) in [2u64, 4, 8].iter().flat_map(|p| dimensions(profile).iter().map(move |d| (*p, d))) {
        let (count, one) = (harmonics(d, p), Rational::one());
        let needed = [dimension_for_error(&count, &one, &one_over(4)), dimension_for_hundredth_root(&count, &one, d)];
        table.push([p.into(), d.into(), count.into()].into_iter().chain(needed.map(Value::from)));
    }
    table
}

/// How many targets one space can serve.
pub const MOST_TARGETS: Claim = Claim {
    id: Cow::Borrowed("kernel.most-targets"),
    sentence: "(d)",
    statement: Cow::Borrowed(covered!(
        "Of M orthonormal targets at most N/(1 - tau) reach relative error tau < 1 by predictors from one N-dimensional space. Checked on \
         named spaces over the M = 20 parities of degree 3 on {-1,1}^6; N parities reach it with equality at tau = 0, sums over blocks of b \
         parities at tau = 1 - 1/b, where all M targets have exactly that error."
    )),
    method: "Errors are exact orthogonal projections, for spaces of N parities, of block sums (b = 2, 4, 5), and the spans of an aligned \
             kernel on samples (seeds of the profile, N = 5, 10, 15; tau = 1/4, 1/2, 3/4). Lemma P2, proofs/dimension-bound.md.",
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

fn unit(rows: usize, cols: usize, one_at: impl Fn(usize, usize) -> bool) -> Matrix<Rational> {
    Matrix::from_fn(rows, cols, |i, j| Rational::from(i64::from(one_at(i, j))))
}

/// The signs of `n` points of the cube, drawn from the stream `kernel sample`.
fn sample(d: usize, n: usize, seed: u64) -> Result<Matrix<Rational>> {
    draw(Distribution::Cube, d, n, &mut Stream::new(seed, "kernel sample")).try_map(|&x| Rational::try_from(x))
}

fn most_targets(profile: Profile, target: fn(usize, usize) -> bool) -> Result<Outcome> {
    let sets = subsets(6, 3);
    let m = sets.len();
    let targets = unit(m, m, target);
    let mut spaces: Vec<(String, Matrix<Rational>, Rational)> = Vec::new();
    for n in [1, 5, 10] {
        spaces.push((format!("{n} parities"), unit(n, m, |i, j| i == j), Rational::zero()));
    }
    for b in [2, 4, 5] {
        spaces.push((
            format!("sums over {b} parities"),
            unit(m / b, m, |i, j| j / b == i),
            &Rational::one() - &one_over(b as i64),
        ));
    }
    let sharp = spaces.len();
    for seed in instances::seeds(profile) {
        for (n, quarters) in [(5, 3), (10, 2), (15, 1)] {
            spaces.push((
                format!("{n} points, seed {seed}"),
                parities(&sample(6, n, seed)?, &sets),
                &Rational::from(quarters) * &one_over(4),
            ));
        }
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

/// The bound is attained.
pub const ATTAINED: Claim = Claim {
    id: Cow::Borrowed("kernel.attained"),
    sentence: "(d)",
    statement: Cow::Borrowed(
        "The lower bound is attained: ridgeless regression with the aligned kernel K(x, x') = sum_(|S| = p) x_S x'_S on N sample points \
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
