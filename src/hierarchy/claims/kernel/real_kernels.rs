//! Kernels in use, on the whole cube, against the bound for any kernel.

use std::borrow::Cow;

use crate::certify::ridge_errors;
use crate::claim::judging::all_judged;
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::enclosure::Interval;
use crate::enclosure::ridge::RidgeSystem;
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::cube_kernel::CubeKernel;
use crate::exact::parity::subsets;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::learner::Kernel;
use crate::portable::rng::Stream;
use crate::scalar::Scalar;

/// No kernel of the list is below the bound.
pub const REAL_KERNELS: Claim<Training> = Claim {
    id: Cow::Borrowed("kernel.real-kernels"),
    sentence: "(d)",
    statement: Cow::Borrowed(
        "On {-1,1}^d, the mean over all M = C(d,4) targets x_S, |S| = 4, of the squared error over the whole cube of \
        kernel ridge regression on N < M sample points is at least 1 - N/M, even with the ridge chosen for each \
        target on its true error: for the aligned kernel sum_(|S|=4) x_S x'_S, (x.x'/d)^4, (.1 + x.x'/d)^4, \
        exp(-2|x-x'|^2/d), exp(-|x-x'|/sqrt d) and the tangent kernels of ReLU networks of depth 2, 3 and 4. Proved \
        for each sample in the tables: d = 10 (the full profile adds d = 12), N = M/5, M/2 and 9M/10, rounded down. \
        kernel.attained says when the aligned kernel, without a ridge, attains it.",
    ),
    method: "A kernel is the function on the cube whose values, one for each inner product, are those of this \
            library scaled by a power of two to 1/2 <= k(x,x) < 1 and rounded to multiples of 2^-30: the bound \
            (lemma 1 (P1), proofs/dimension-bound.md) holds for any function of x and x'. The points are drawn from \
            the stream `cube sample` without repetition, seeds 1 to 6. The ridges are 2^-12, 2^-8, ..., 2^8, so that \
            every system is definite. Floats find candidates for the solutions of (K + ridge I) c = y; the error of \
            a candidate over the cube is an exact number (Walsh transform), and its residual, formed without an \
            error, with the exact spectrum of the kernel, encloses the error of the exact solution \
            (proofs/cube-kernel.md).",
    evidence: &[Evidence::Enclosed, Evidence::Replayed],
    missing: "",
    theorems: &["parity_kernel_bound"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| {
        let (conditions, tables) = mean_errors(&cubes(c.profile), &KERNELS, parities)?;
        Ok(Outcome { conditions, tables })
    },
    controls: &[Control {
        breaks: "Kernels that know the target: x_S x'_S k(x,x') in the place of k, where k is the constant 1 or a \
                kernel of the list other than the aligned one. Their error for x_S is that of k for the constant 1 \
                (proofs/cube-kernel.md, lemma 4), far below the bound.",
        check: |c| {
            let kernels = [&[Kernel::Polynomial { offset: 1.0, degree: 0 }], &KERNELS[1..]].concat();
            // To a kernel that knows its target, every target is what the constant is to the kernel inside it.
            let (conditions, tables) = mean_errors(&control(c.profile), &kernels, |_| vec![0])?;
            Ok(Outcome { conditions: vec![Condition::some_of(&conditions)], tables })
        },
    }],
};

/// The size of the sets.
const DEGREE: usize = 4;
const KERNELS: [Kernel; 8] = [
    Kernel::Parity { degree: DEGREE as u32 },
    Kernel::Polynomial { offset: 0.0, degree: 4 },
    Kernel::Polynomial { offset: 0.1, degree: 4 },
    Kernel::Rbf { rate: 2.0 },
    Kernel::Laplace { rate: 1.0 },
    Kernel::Tangent { depth: 2, bias: false },
    Kernel::Tangent { depth: 3, bias: false },
    Kernel::Tangent { depth: 4, bias: false },
];

/// `N/M`, as fractions.
const SHARES: [(usize, usize); 3] = [(1, 5), (1, 2), (9, 10)];

/// A dimension, and the seeds of its samples.
struct Cube {
    dimension: usize,
    seeds: std::ops::RangeInclusive<u64>,
}

fn cubes(profile: Profile) -> Vec<Cube> {
    let (small, middle, large) =
        (Cube { dimension: 6, seeds: 1..=2 }, Cube { dimension: 10, seeds: 1..=6 }, Cube { dimension: 12, seeds: 1..=6 });
    match profile {
        Profile::Tiny => vec![small],
        Profile::Quick => vec![middle],
        Profile::Full => vec![middle, large],
    }
}

/// One sample of the smallest cube.
fn control(profile: Profile) -> Vec<Cube> {
    cubes(profile).into_iter().take(1).map(|cube| Cube { seeds: 1..=1, ..cube }).collect()
}

/// The sets of the targets, as masks.
fn parities(d: usize) -> Vec<u32> {
    subsets(d, DEGREE).iter().map(|set| set.iter().map(|i| 1 << i).sum()).collect()
}

/// For each kernel, whether its mean error is at least `1 - N/M` on every sample; the mean runs over `sets(d)`.
fn mean_errors(cubes: &[Cube], kernels: &[Kernel], sets: fn(usize) -> Vec<u32>) -> Result<(Vec<Condition>, Vec<Table>)> {
    let mut verdicts = vec![Vec::new(); kernels.len()];
    let mut tables = Vec::new();
    for Cube { dimension: d, seeds } in cubes {
        let (count, sets) = (parities(*d).len(), sets(*d));
        let samples: Vec<Vec<u32>> = seeds.clone().map(|seed| sample(*d, count, seed)).collect();
        let mut table = table(*d, count, seeds.clone());
        for (kernel, verdicts) in kernels.iter().zip(&mut verdicts) {
            let on_cube = on_cube(kernel, *d)?;
            for n in SHARES.map(|(part, whole)| count * part / whole) {
                let means = samples.iter().map(|points| mean_least_error(&on_cube, &points[..n], &sets));
                let means = means.collect::<Result<Vec<_>>>()?;
                let bound = Rational::one() - Rational::new(n as i64, count as i64).expect("a cube has parities");
                verdicts.extend(means.iter().map(|mean| at_least(mean, &bound)));
                let facts = [kernel.name().into(), n.into(), Value::exact(bound.to_fixed(DIGITS))];
                table.push(facts.into_iter().chain(means.iter().map(printed)));
            }
        }
        tables.push(table);
    }
    let requires = |kernel: &Kernel| format!("{}: the mean error is at least 1 - N/M on every sample", kernel.name());
    Ok((
        kernels.iter().zip(verdicts).map(|(kernel, v)| all_judged("mean error at least", requires(kernel), &v)).collect(),
        tables,
    ))
}

fn table(d: usize, count: usize, seeds: std::ops::RangeInclusive<u64>) -> Table {
    let title = format!("mean error over the {count} targets, d = {d}, each with its best ridge");
    let samples: Vec<String> = seeds.map(|seed| format!("sample {seed}")).collect();
    let columns: Vec<&str> = ["kernel", "N", "1 - N/M"].into_iter().chain(samples.iter().map(String::as_str)).collect();
    Table::new(title, &columns)
}

/// Digits after the point.
const DIGITS: usize = 4;

fn printed(mean: &Option<Interval>) -> Value {
    Value::enclosed(mean.and_then(|m| m.to_fixed(DIGITS)).unwrap_or_else(|| "undecided".into()))
}

fn at_least(mean: &Option<Interval>, bound: &Rational) -> Verdict {
    match mean.and_then(|m| m.certainly_less(Interval::from(bound))) {
        Some(less) => (!less).into(),
        None => Verdict::Undecided,
    }
}

/// `n` distinct points: what was drawn before is drawn again.
fn sample(d: usize, n: usize, seed: u64) -> Vec<u32> {
    let mut stream = Stream::new(seed, "cube sample");
    let mut points = Vec::new();
    while points.len() < n.min(1 << d) {
        let point = (0..d).map(|i| u32::from(stream.sign() < 0.0) << i).sum();
        if !points.contains(&point) {
            points.push(point);
        }
    }
    points
}

/// Bits after the point of the values of a kernel.
const BITS: u32 = 30;

/// The kernel on the cube, scaled by a power of two to `1/2 <= k(x, x) < 1`, its values rounded to multiples of `2^-30`.
fn on_cube(kernel: &Kernel, d: usize) -> Result<CubeKernel> {
    let size = d as f64;
    let value = |h: usize| kernel.value(size, size, size - 2.0 * h as f64, d);
    let biased_exponent = value(0).to_bits() >> 52 & 0x7ff;
    // 2^(29 - e) for a value of 2^e or more and below 2^(e+1).
    let unit = f64::from_bits((2046 + u64::from(BITS) - 1 - biased_exponent) << 52);
    CubeKernel::new((0..=d).map(|h| (value(h) * unit).round() as i64).collect(), BITS)
}

/// The binary logarithms of the ridges, in the unit of the values of a kernel.
const RIDGES: [u32; 6] = [BITS - 12, BITS - 8, BITS - 4, BITS, BITS + 4, BITS + 8];

/// The mean over the sets of the least error over the ridges; `None` when a system was not shown to be definite.
fn mean_least_error(kernel: &CubeKernel, points: &[u32], sets: &[u32]) -> Result<Option<Interval>> {
    let mut least: Option<Vec<Interval>> = None;
    for ridge in RIDGES {
        let Some(errors) = ridge_errors(&RidgeSystem::new(kernel, points, 1 << ridge)?, sets, 1)? else { return Ok(None) };
        least = Some(match least {
            None => errors,
            Some(least) => least.into_iter().zip(errors).map(|(a, b)| a.min(b)).collect(),
        });
    }
    Ok(least.map(|errors| mean(&errors)))
}

fn mean(errors: &[Interval]) -> Interval {
    let sum = errors.iter().fold(Interval::zero(), |sum, &e| sum + e);
    sum / Interval::from(&Rational::from(errors.len() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The aligned kernel has no other eigenvalue, and its values survive the rounding.
    #[test]
    fn the_aligned_kernel_stays_aligned() {
        let kernel = on_cube(&KERNELS[0], 10).unwrap();
        let scale = kernel.eigenvalue(DEGREE);
        assert!((0..=10).all(|w| kernel.eigenvalue(w).is_zero() == (w != DEGREE)));
        // k(x,x) = 210 is scaled by 2^-8.
        assert_eq!(scale, crate::exact::Dyadic::from(1).shifted(-8));
    }

    /// Ridge regression of the constant with the constant kernel, by hand: the predictor is N/(N + ridge).
    #[test]
    fn the_error_of_a_constant_kernel() {
        let kernel = on_cube(&Kernel::Polynomial { offset: 1.0, degree: 0 }, 6).unwrap();
        let points = sample(6, 3, 1);
        let error = mean_least_error(&kernel, &points, &[0]).unwrap().unwrap();
        // k = 1/2 and the least ridge 2^-12: 1 - c with c = (3/2) / (3/2 + 2^-12).
        let short = Rational::new(1, 6145).unwrap();
        assert!(error.encloses(&(&short * &short)) && error.sup() < 3e-8);
        let others = mean_least_error(&kernel, &points, &parities(6)).unwrap().unwrap();
        assert!(others.inf() > 0.9, "what is not in its span is not learned: {others}");
    }

    /// What is not known, or straddles the bound, is not verified.
    #[test]
    fn an_unknown_error_is_undecided() {
        let bound = Rational::new(1, 2).unwrap();
        assert_eq!(at_least(&None, &bound), Verdict::Undecided);
        for (inf, sup, verdict) in [(0.4, 0.6, Verdict::Undecided), (0.6, 0.7, Verdict::Verified), (0.3, 0.4, Verdict::Refuted)] {
            assert_eq!(at_least(&Interval::new(inf, sup), &bound), verdict);
        }
    }

    #[test]
    fn samples_have_no_point_twice() {
        let mut points = sample(6, 64, 1);
        points.sort_unstable();
        assert_eq!(points, (0..64).collect::<Vec<_>>());
    }
}
