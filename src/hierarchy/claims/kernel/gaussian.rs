//! Rotated Gaussian targets.

use std::borrow::Cow;

use crate::claim::judging::all_hold;
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::count::{dimension_for_error, dimension_for_hundredth_root, exceeds_hundredth_root, harmonics};
use crate::exact::harmonic::{Signature, share_of_form};
use crate::exact::inputs::{power, variables};
use crate::exact::{Polynomial, Rational};
use crate::hierarchy::claims::counting::{dimensions, one_over};
use crate::hierarchy::experiment::Training;
use crate::scalar::Scalar;

/// Rotated Gaussian targets.
pub const GAUSSIAN: Claim<Training> = Claim {
    id: Cow::Borrowed("kernel.gaussian"),
    sentence: "(d)",
    statement: Cow::Borrowed(
        "For Gaussian inputs and a target f rotated by a Haar-random orthogonal matrix, any N-dimensional method has \
        a mean relative error of at least share (1 - N / dim H_p), where share is the part of Var f in the harmonics \
        H_p of its degree p. At d = 8, ..., 1024: for f = (x'Ax)^2 (depth 3, p = 4) share > 1/4; for (x'Ax)^4 (depth \
        4, p = 8) 1/100 < share < 1/4; for products of p orthonormal linear forms (p = 2, 4, 8) share = 1. Here A is \
        diagonal, half 1 and half -1. The error d^-0.01 is close to 1, the error of the target's mean, and this \
        bound speaks of it only where share > d^-0.01: for (x'Ax)^2 exactly from d = 88 on (even d up to 1024), for \
        products at every d > 1. For (x'Ax)^4 share <= d^-0.01 at every listed d, so that the bound says nothing of \
        this error.",
    ),
    method: "Shares are rational numbers, found in the ring of x'Ax and |x|^2, which the Laplacian maps to itself; \
            at d = 4 and 6 the same shares are found by polynomial algebra in x. dim H_p = C(d+p-1, p) - C(d+p-3, \
            p-2). The table holds the least N that error 1/4 (depth 4: 1/100) asks for. The thresholds describe the \
            shares found, exactly. Lemma 3 (P4), proofs/rotations.md.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| gaussian(c.profile, &BALANCED),
    controls: &[
        Control {
            breaks: "A = I: the powers are radial, their harmonic part is exactly 0, and one function learns them all.",
            check: |c| {
                let share = |k, d| share(Signature::Identity, k, d);
                gaussian(c.profile, &Targets { signature: Signature::Identity, share, ..BALANCED })
            },
        },
        Control {
            breaks: "The powers of x'Ax are taken to be harmonic, as products are: share 1.",
            check: |c| gaussian(c.profile, &Targets { share: |_, _| Rational::one(), ..BALANCED }),
        },
        Control {
            breaks: "The power x_1^p in the place of the product x_1 ... x_p.",
            check: |c| gaussian(c.profile, &Targets { product: |p| power(&Polynomial::variable(0), p as u32), ..BALANCED }),
        },
    ],
};

/// The targets, and what is said of them.
struct Targets {
    /// Of the powers of `x'Ax`.
    signature: Signature,
    /// The share of `(x'Ax)^k` in `d` dimensions.
    share: fn(u32, u64) -> Rational,
    /// The product of `p` orthonormal forms.
    product: fn(u64) -> Polynomial,
}

const BALANCED: Targets =
    Targets { signature: Signature::Balanced, share: |k, d| share(Signature::Balanced, k, d), product: product_of_forms };

fn share(signature: Signature, k: u32, d: u64) -> Rational {
    signature.share(k, d as usize).expect("d is even and the power is not constant")
}

fn gaussian(profile: Profile, targets: &Targets) -> Result<Outcome> {
    let &Targets { signature, share, product } = targets;
    let mut table =
        Table::new("powers of x'Ax", &["f", "d", "share", "decimal", "dim H_p", "error", "N for that error", "N for d^-0.01"]);
    let (mut squares, mut fourths, mut fourths_at_root) = (Vec::new(), Vec::new(), Vec::new());
    for (name, k, error) in [("(x'Ax)^2", 2u32, 4), ("(x'Ax)^4", 4, 100)] {
        for &d in [8].iter().chain(dimensions(profile)) {
            let (share, count) = (share(k, d), harmonics(d, 2 * u64::from(k)));
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
    let from_88 = (2..=largest).step_by(2).map(|d| exceeds_hundredth_root(&share(2, d), d) == (d >= 88));
    let products = [2u64, 4, 8].map(|p| share_of_form(&product(p), p as usize) == Some(Rational::one()));
    let agreement =
        [(2, 4), (2, 6), (4, 4)].map(|(k, d)| share_of_form(&power(&signature.form(d), k), d) == Some(share(k, d as u64)));
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
