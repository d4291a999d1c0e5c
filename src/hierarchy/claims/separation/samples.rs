//! How many samples joint training takes, and how many any kernel, as the dimension grows.

use std::borrow::Cow;

use dashu_int::IBig;

use super::{Chain, SUCCESS, largest, successes};
use crate::claim::judging::{all_below, all_hold, all_slopes_within, decimal, enclosed, threshold};
use crate::claim::{Checking, Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::enclosure::logarithm::loglog_slope;
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::count::harmonics;
use crate::exact::linear::integer;
use crate::exact::polynomial_in_d::PolynomialInD;
use crate::hierarchy::claims::counting::dimensions;
use crate::hierarchy::claims::figures;
use crate::hierarchy::experiment::Training;
use crate::scalar::Scalar;

/// Linear in the dimension, against its p-th power.
pub const SAMPLES: Claim<Training> = Claim {
    id: Cow::Borrowed("separation.samples"),
    sentence: "(a), (d)",
    statement: Cow::Borrowed(
        "On chains lin of depth 3, width 1, eps = .3 joint training reaches te < 1e-12 on every seed with N = 30 d \
        samples, at d = 16, 32, 64 (full: 128). For the same success on every rotation of such a target any kernel \
        method needs at least dim H_4 (1 - 1e-12/share_4) samples, more than N at each of these d, and this number \
        grows with a fitted exponent in [3.9, 4] over d = 16, ..., 1024; at depth 4 and 5 (degree p = 8, 16) with \
        one in [7.6, 8] and [14.7, 16]. dim H_p is a polynomial of degree p in d and share_p has a positive limit, so \
        that the exponents tend to p.",
    ),
    method: "The joint number is one that is enough, not the least: its exponent 1 is that of the rule 30 d, of \
            which success on every seed is what is found. Six seeds. The kernel's number is exact for the weights of \
            seed 1: the least N at which lemma 1 of proofs/rotated-class.md allows success on all rotations. Slopes \
            of ln N against ln d are enclosed; of their bands the upper ends are p, the lower ends describe the \
            numbers found.",
    evidence: &[Evidence::Exact, Evidence::Replayed, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::SAMPLES],
    items: |_, profile| {
        let chains = [PER_INPUT, TOO_FEW].into_iter().flat_map(|samples| learned(profile, samples));
        chains.flat_map(|chain| (1..=seeds(profile)).map(move |seed| chain.cell(profile, seed))).collect()
    },
    check: |c| samples(c, GAP, PER_INPUT),
    controls: &[
        Control {
            breaks: "eps = 0 for the kernels: a target of degree 2, for which they need about d^2/2 functions, fewer than 30 d at d = 16 \
                     and 32, with an exponent near 2.",
            check: |c| samples(c, 0.0, PER_INPUT),
        },
        Control { breaks: "Joint training is given N = d/2 samples, and as many steps.", check: |c| samples(c, GAP, TOO_FEW) },
    ],
};

const GAP: f64 = 0.3;

/// The number of samples of joint training in `d` dimensions.
type SamplesOf = fn(usize) -> usize;

const PER_INPUT: SamplesOf = |d| 30 * d;
const TOO_FEW: SamplesOf = |d| d / 2;

fn seeds(profile: Profile) -> u64 {
    if profile.draws_conclusions() { 6 } else { 2 }
}

fn learned(profile: Profile, samples: SamplesOf) -> Vec<Chain> {
    let dimensions: &[usize] = match profile {
        Profile::Tiny => &[8],
        Profile::Quick => &[16, 32, 64],
        Profile::Full => &[16, 32, 64, 128],
    };
    dimensions.iter().map(|&d| Chain { depth: 3, dimension: d, gap: GAP, samples: samples(d) }.sized(profile)).collect()
}

/// A chain whose target alone is looked at.
fn chain_of(depth: usize, d: u64, gap: f64) -> Chain {
    Chain { depth, dimension: d as usize, gap, samples: 0 }
}

/// A lower bound for the samples that any kernel needs for te <= 1e-12 on all rotations of the target of seed 1.
fn needed(depth: usize, d: u64, gap: f64) -> Result<IBig> {
    Ok(chain_of(depth, d, gap).class(1)?.functions_lower(&Rational::one(), &threshold(SUCCESS)))
}

/// `gap` is that of the targets of kernels, `per_input` says how many samples joint training is given.
fn samples(c: &Checking<'_, Training>, gap: f64, per_input: SamplesOf) -> Result<Outcome> {
    let mut joint = Table::new("joint training", &["d", "N", "seeds", "te < 1e-12", "largest te", "any kernel: N >=", "ratio"]);
    let (mut risks, mut more) = (Vec::new(), Vec::new());
    for chain in learned(c.profile, per_input) {
        let found = chain.risks(c.profile, seeds(c.profile), c.computed)?;
        let kernel = needed(3, chain.dimension as u64, gap)?;
        let ratio = integer(&kernel).over(&Rational::from(chain.samples as i64));
        more.push(kernel > IBig::from(chain.samples));
        let counts = [chain.dimension, chain.samples, found.len(), successes(&found)].map(Value::from);
        joint.push(counts.into_iter().chain([decimal(&largest(&found)), Value::from(&kernel), decimal(&ratio)]));
        risks.extend(found);
    }
    let mut conditions = vec![
        all_below("te of joint training", " from N samples on every seed", &risks, SUCCESS),
        all_hold(
            "any kernel needs more samples",
            "any kernel needs more samples than joint training was given, at every d",
            &more,
        ),
    ];
    let (grown, tables) = growth(c.profile, gap)?;
    conditions.extend(grown);
    Ok(Outcome { conditions, tables: [vec![joint], tables].concat() })
}

/// Depths, and the bands of their exponents over d = 16, ..., 1024.
const BANDS: [(usize, (&str, &str)); 3] = [(3, ("3.9", "4")), (4, ("7.6", "8")), (5, ("14.7", "16"))];

/// How the number that kernels need grows.
fn growth(profile: Profile, gap: f64) -> Result<(Vec<Condition>, Vec<Table>)> {
    let mut counts = Table::new("any kernel: N for te <= 1e-12 on all rotations", &["L", "p", "d", "dim H_p", "N >="]);
    let mut slopes =
        Table::new("exponents", &["L", "p", "fitted over all d", "between the first two d", "between the last two d"]);
    let (mut conditions, mut degrees) = (Vec::new(), Vec::new());
    for (depth, band) in BANDS {
        let p = 1u64 << (depth - 1);
        let numbers = dimensions(profile).iter().map(|&d| Ok((d, needed(depth, d, gap)?))).collect::<Result<Vec<_>>>()?;
        for (d, n) in &numbers {
            counts.push([depth.into(), p.into(), (*d).into(), harmonics(*d, p).into(), Value::from(n)]);
        }
        let fitted = [&numbers[..], &numbers[..2], &numbers[numbers.len() - 2..]].map(exponent);
        conditions.push(all_slopes_within(
            "fitted exponent of the samples that any kernel needs",
            &format!(" at L = {depth}"),
            &fitted[..1],
            band,
        ));
        slopes.push([Value::from(depth), p.into()].into_iter().chain(fitted.iter().map(enclosed)));
        let top = chain_of(depth, dimensions(profile)[0], gap).class(1)?.top().degree;
        let degree = PolynomialInD::through(&(0..=p + 2).map(|d| harmonics(d + 2, top)).collect::<Vec<_>>()).degree();
        degrees.push(degree == p as usize);
    }
    conditions.push(all_hold(
        "dim H_p polynomial of degree p",
        "dim H_q, q the degree of the target, is a polynomial in d of degree p = 2^(L-1)",
        &degrees,
    ));
    Ok((conditions, vec![counts, slopes]))
}

/// The least-squares slope of `ln N` against `ln d`, enclosed.
fn exponent(counts: &[(u64, IBig)]) -> Option<Interval> {
    let point = |(d, n): &(u64, IBig)| (Interval::from(&Rational::from(*d as i64)), Interval::from(&integer(n)));
    loglog_slope(&counts.iter().map(point).collect::<Vec<_>>())
}
