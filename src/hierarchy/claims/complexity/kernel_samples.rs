//! How many samples a kernel of degree 4 needs on the targets of `complexity.samples`.

use std::borrow::Cow;

use dashu_int::IBig;

use super::{chain, medians, seeds};
use crate::claim::exponent::{Observed, exponent_above, fitted_exponent};
use crate::claim::judging::{all_above, all_below, all_hold, all_slopes_within, replayed_decimal, threshold};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::count::{binomial, monomials};
use crate::exact::polynomial_in_d::PolynomialInD;
use crate::exact::rank::rank;
use crate::exact::{Dyadic, Rational};
use crate::hierarchy::claims::counting;
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::measure::replayed_count;
use crate::hierarchy::experiment::{Cell, Learner, Ridge, Run, Runs, Training};
use crate::hierarchy::learner::Kernel;
use crate::matrix::Matrix;

/// A kernel of degree 4 needs about d^4/24 samples.
pub const KERNEL_SAMPLES: Claim<Training> = Claim {
    id: Cow::Borrowed("complexity.kernel-samples"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Ridge regression with the polynomial kernel (3 + x.x'/d)^4 needs about as many samples as its space has \
         dimensions, C(d+4,4). On lin L3 k2 at eps = .3 with a ridge of 1e-12, its test error is above 1e-3 at N = .9 \
         C(d+4,4) and below 1e-8 at N = 1.1 C(d+4,4), on every seed, at d = 6, 8, 10 (full: 12 and 16 as well); at .9 \
         C(d+4,4) ridges of 1e-6 and 1e-3 do not bring it to 1e-3 either (d = 6, 8). The number of samples, of .5, .9, \
         1 and 1.1 times C(d+4,4), from which on it is below 1e-8 has, by its median over the seeds, a fitted exponent \
         in d above 2.4, its whole bootstrap interval included (as failure at .9 and success at 1.1 leave two numbers \
         of the grid, this is little more than the exponent of C(d+4,4) over these d). C(d+4,4) is a polynomial of \
         degree 4 in d, so that its own exponent tends to 4; and so does that of C(d+3,4) + C(d+1,2) + 1, the \
         dimension of the space of the even polynomial kernel 1 + t^2 + t^4, t = x.x'/d, which knows no odd degree.",
    ),
    method: "Six seeds. The test error is the variance of the error over the variance of the target on 4000 inputs of \
             the stream `alternative test samples`: a replayed number, no population risk. Ridges are relative to the \
             mean of the Gram matrix's diagonal. That of 1e-12 lets Gram matrices of less than full rank factorise; \
             where a pivot is not positive, the test error is absent and the condition Undecided. Sample numbers are \
             rounded down; for each seed the number needed is the least of .5, .9, 1, 1.1 times C(d+4,4) from which on \
             all of these have a test error below 1e-8. Dimensions are the exact ranks of the kernels' Gram matrices \
             on the points of nonnegative integers with sum at most 5 (d = 1, 2, 3), more points than dimensions. For \
             comparison, without a condition: the RBF kernel exp(-r |x-x'|^2/d) and the tangent kernel of a two-layer \
             ReLU network with bias, at 1.1 C(d+4,4) samples, which is no threshold of theirs. An exponent over these \
             d says nothing of larger ones. The thresholds on errors were set in advance; 2.4 and the band of the \
             dimensions' exponents describe what was found.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::SAMPLES_NEEDED],
    items: |_, profile| cells(profile),
    check: |c| kernel_samples(c.profile, c.computed, GAP),
    controls: &[
        Control {
            breaks: "A target with eps = 0, of degree 2, at N = .9 C(d+4,4): there this kernel does not fail.",
            check: |c| kernel_samples(c.profile, c.computed, 0.0),
        },
        Control {
            breaks: "Degree 2 in the place of degree 4: a target with eps = 0, the kernel (3 + x.x'/d)^2, and its grid \
                by C(d+2,2).",
            check: |c| of_degree_2(c.profile, c.computed),
        },
        Control {
            breaks: "The RBF kernel of rate .1 in the place of the quartic one, at 1.1 C(d+4,4) samples (d = 6, 8).",
            check: |c| rbf(c.profile, c.computed),
        },
        Control {
            breaks: "The even kernel, which knows no odd degree, is given the dimension C(d+4,4).",
            check: |_| {
                Ok(Outcome {
                    conditions: vec![ranks_equal(&[Space { dimension: SPACES[0].dimension, ..SPACES[1] }])],
                    tables: Vec::new(),
                })
            },
        },
    ],
};

const GAP: f64 = 0.3;

/// The kernel of the claim.
const QUARTIC: Kernel = Kernel::Polynomial { offset: 3.0, degree: 4 };

/// The ridge of the claim, and those that do no better where it fails.
const RIDGE: f64 = 1e-12;
const LARGER_RIDGES: [f64; 2] = [1e-6, 1e-3];

/// Kernels of no finite degree.
const OTHERS: [Kernel; 3] = [Kernel::Rbf { rate: 0.1 }, Kernel::Rbf { rate: 0.02 }, Kernel::Tangent { depth: 2, bias: true }];

/// Sample numbers in hundredths of C(d+4,4).
pub(super) const GRID: [usize; 4] = [50, TOO_FEW, 100, ENOUGH];
const TOO_FEW: usize = 90;

const ENOUGH: usize = 110;

/// A seed succeeds at a test error below this.
const SUCCESS: &str = "1e-8";

pub(super) fn dimensions(profile: Profile) -> &'static [usize] {
    match profile {
        Profile::Tiny => &[3, 4],
        Profile::Quick => &[6, 8, 10],
        Profile::Full => &[6, 8, 10, 12, 16],
    }
}

/// The dimensions of the larger ridges and of the other kernels.
fn compared(profile: Profile) -> &'static [usize] {
    &dimensions(profile)[..2]
}

/// `N = percent C(d+4,4) / 100`, rounded down.
pub(super) fn samples(d: usize, percent: usize) -> usize {
    counting::number_of_samples(binomial(d as u64 + 4, 4) * percent / 100)
}

fn cell(kernel: Kernel, ridge: f64, d: usize, percent: usize, gap: f64, seed: u64) -> Cell {
    Cell { instance: chain(3, 2, d, gap, samples(d, percent), seed), learner: Learner::Ridge(Ridge { kernel, ridge }), seed }
}

/// The quartic kernel; `gap` is that of the target at too few samples.
pub(super) fn quartic(d: usize, percent: usize, gap: f64, seed: u64) -> Cell {
    cell(QUARTIC, RIDGE, d, percent, if percent == TOO_FEW { gap } else { GAP }, seed)
}

/// The kernel of degree 2 on a target of that degree, at `percent` of its own dimension.
fn quadratic(d: usize, percent: usize, seed: u64) -> Cell {
    let samples = counting::number_of_samples(binomial(d as u64 + 2, 2) * percent / 100);
    let kernel = Kernel::Polynomial { offset: 3.0, degree: 2 };
    Cell { instance: chain(3, 2, d, 0.0, samples, seed), learner: Learner::Ridge(Ridge { kernel, ridge: RIDGE }), seed }
}

/// The quartic kernel with larger ridges at too few samples, the others at more.
fn alongside(d: usize, gap: f64, seed: u64) -> Vec<Cell> {
    let larger = LARGER_RIDGES.map(|ridge| cell(QUARTIC, ridge, d, TOO_FEW, gap, seed));
    larger.into_iter().chain(OTHERS.map(|kernel| cell(kernel, RIDGE, d, ENOUGH, GAP, seed))).collect()
}

fn cells(profile: Profile) -> Vec<Cell> {
    let each = |dimensions: &'static [usize]| dimensions.iter().flat_map(move |&d| seeds(profile).map(move |seed| (d, seed)));
    let both = [GAP, 0.0];
    let quartic = each(dimensions(profile))
        .flat_map(|(d, seed)| GRID.into_iter().flat_map(move |percent| both.map(|gap| quartic(d, percent, gap, seed))));
    let alongside = each(compared(profile)).flat_map(|(d, seed)| both.into_iter().flat_map(move |gap| alongside(d, gap, seed)));
    let quadratic = each(dimensions(profile)).flat_map(|(d, seed)| GRID.map(|percent| quadratic(d, percent, seed)));
    quartic.chain(alongside).chain(quadratic).collect()
}

pub(super) fn test_error(run: &Run) -> Option<Rational> {
    run.test_error.and_then(|te| Rational::try_from(te).ok())
}

fn kernel_samples(profile: Profile, runs: &Runs, gap: f64) -> Result<Outcome> {
    let columns = ["d", "C(d+4,4)", "seed", "error at .5 C(d+4,4)", "at .9", "at 1", "at 1.1", "N needed"];
    let title = format!("{}, ridge 1e-12: lin L3 k2, eps .3; at .9 C(d+4,4) eps {gap}", QUARTIC.name());
    let mut table = Table::new(title, &columns);
    let (mut few, mut enough, mut observed) = (Vec::new(), Vec::new(), Vec::new());
    for &d in dimensions(profile) {
        let mut needed = Vec::new();
        for seed in seeds(profile) {
            let at = |percent: &usize| Ok((*percent, test_error(runs.get(&quartic(d, *percent, gap, seed))?)));
            let errors = GRID.iter().map(at).collect::<Result<Vec<_>>>()?;
            let number = needed_samples(&errors, SUCCESS).map(|percent| samples(d, percent));
            let facts = [d.into(), samples(d, 100).into(), seed.into()];
            let found = errors.iter().map(|(_, te)| replayed_decimal(te));
            let least = number.map_or_else(|| format!("above {}", samples(d, ENOUGH)).into(), replayed_count);
            table.push(facts.into_iter().chain(found).chain([least]));
            let at = |wanted| errors.iter().filter(move |(percent, _)| *percent == wanted).map(|(_, te)| te.clone());
            few.extend(at(TOO_FEW));
            enough.extend(at(ENOUGH));
            needed.push(number.map(|n| Rational::from(n as i64)));
        }
        observed.push(Observed { size: d as u64, values: needed });
    }
    let exponent = fitted_exponent(&observed);
    let (larger, comparison) = comparison(profile, runs, gap)?;
    let mut conditions = vec![
        all_above("test error of the quartic kernel at .9 C(d+4,4) samples", ", on every seed at every d,", &few, "1e-3"),
        larger,
        enough_samples(&enough),
        exponent_above(EXPONENT, &exponent, "2.4"),
        ranks_equal(&SPACES),
    ];
    let (growth, dimensions) = growth(profile, &SPACES);
    conditions.extend(growth);
    Ok(Outcome { conditions, tables: vec![table, medians("N needed", &observed, &exponent), comparison, dimensions] })
}

const EXPONENT: &str = "exponent of N in d";

fn enough_samples(errors: &[Option<Rational>]) -> Condition {
    all_below("test error of the quartic kernel at 1.1 C(d+4,4) samples", ", on every seed at every d,", errors, SUCCESS)
}

/// Numbers of samples and dimensions of the kernel of degree 2.
fn of_degree_2(profile: Profile, runs: &Runs) -> Result<Outcome> {
    let at = |d: usize| {
        let number = |seed| {
            let error = |percent| Ok((percent, test_error(runs.get(&quadratic(d, percent, seed))?)));
            let needed = needed_samples(&GRID.into_iter().map(error).collect::<Result<Vec<_>>>()?, SUCCESS);
            Ok(needed.map(|percent| Rational::from(quadratic(d, percent, seed).instance.samples as i64)))
        };
        Ok(Observed { size: d as u64, values: seeds(profile).map(number).collect::<Result<_>>()? })
    };
    let observed = dimensions(profile).iter().map(|&d| at(d)).collect::<Result<Vec<_>>>()?;
    let exponent = fitted_exponent(&observed);
    let (growth, dimensions) = growth(profile, &[QUADRATIC]);
    let conditions = [exponent_above(EXPONENT, &exponent, "2.4")].into_iter().chain(growth).collect();
    Ok(Outcome { conditions, tables: vec![medians("N needed", &observed, &exponent), dimensions] })
}

/// The RBF kernel in the place of the quartic one; its errors stand in the table of other kernels.
fn rbf(profile: Profile, runs: &Runs) -> Result<Outcome> {
    let each = compared(profile).iter().flat_map(|&d| seeds(profile).map(move |seed| (d, seed)));
    let error = |(d, seed)| Ok(test_error(runs.get(&cell(OTHERS[0], RIDGE, d, ENOUGH, GAP, seed))?));
    let errors = each.map(error).collect::<Result<Vec<_>>>()?;
    Ok(Outcome { conditions: vec![enough_samples(&errors)], tables: Vec::new() })
}

/// The least entry of the grid, in hundredths of the dimension, from which on every one has an error below `limit`.
pub(super) fn needed_samples(errors: &[(usize, Option<Rational>)], limit: &str) -> Option<usize> {
    let limit = threshold(limit);
    let succeeds = |te: &Option<Rational>| te.as_ref().is_some_and(|te| *te < limit);
    errors.iter().rev().take_while(|(_, te)| succeeds(te)).last().map(|&(percent, _)| percent)
}

/// Larger ridges, with their condition, and other kernels.
fn comparison(profile: Profile, runs: &Runs, gap: f64) -> Result<(Condition, Table)> {
    let mut table =
        Table::new("larger ridges at .9 C(d+4,4), other kernels at 1.1", &["kernel and ridge", "d", "N", "seed", "test error"]);
    let mut larger = Vec::new();
    let count = LARGER_RIDGES.len();
    for i in 0..count + OTHERS.len() {
        for (&d, seed) in compared(profile).iter().flat_map(|d| seeds(profile).map(move |seed| (d, seed))) {
            let cell = &alongside(d, gap, seed)[i];
            let te = test_error(runs.get(cell)?);
            let facts = [d.into(), cell.instance.samples.into(), seed.into(), replayed_decimal(&te)];
            table.push([cell.learner.name().into()].into_iter().chain(facts));
            larger.extend((i < count).then_some(te));
        }
    }
    Ok((all_above("test error at .9 C(d+4,4) samples with ridges 1e-6 and 1e-3", ", on every seed,", &larger, "1e-3"), table))
}

/// A kernel with the dimension of its space, in `d` variables.
#[derive(Clone, Copy)]
struct Space {
    name: &'static str,
    dimension: fn(u64) -> IBig,
    /// `d^p k(x, x')` as an integer, `p` the degree of `k`, from `d` and an integer `x.x'`.
    value: fn(i64, i64) -> i64,
}

const SPACES: [Space; 2] = [
    Space { name: "(3 + x.x'/d)^4: C(d+4,4)", dimension: |d| binomial(d + 4, 4), value: |d, inner| (3 * d + inner).pow(4) },
    Space {
        name: "1 + t^2 + t^4, t = x.x'/d: C(d+3,4) + C(d+1,2) + 1",
        dimension: |d| monomials(d, 4) + monomials(d, 2) + 1,
        value: |d, inner| d.pow(4) + (d * inner).pow(2) + inner.pow(4),
    },
];

const QUADRATIC: Space =
    Space { name: "(3 + x.x'/d)^2: C(d+2,2)", dimension: |d| binomial(d + 2, 2), value: |d, inner| (3 * d + inner).pow(2) };

impl Space {
    /// The rank of the kernel's Gram matrix on the points of nonnegative integers with sum at most 5: no polynomial of degree 5 but zero
    /// vanishes on them.
    fn rank(&self, d: usize) -> usize {
        let points = lattice(d, 5);
        let inner = |m: usize, n: usize| points[m].iter().zip(&points[n]).map(|(a, b)| a * b).sum();
        rank(&Matrix::from_fn(points.len(), points.len(), |m, n| Dyadic::new((self.value)(d as i64, inner(m, n)).into(), 0)))
    }

    fn degree(&self) -> usize {
        PolynomialInD::through(&(0..=6).map(self.dimension).collect::<Vec<_>>()).degree()
    }
}

/// The points of `d` nonnegative integers with sum at most `total`.
fn lattice(d: usize, total: i64) -> Vec<Vec<i64>> {
    let extended = |point: Vec<i64>| {
        let left = total - point.iter().sum::<i64>();
        (0..=left).map(move |next| point.iter().copied().chain([next]).collect())
    };
    (0..d).fold(vec![Vec::new()], |points, _| points.into_iter().flat_map(extended).collect())
}

/// Whether each kernel's space has the dimension that it is given.
fn ranks_equal(spaces: &[Space]) -> Condition {
    let equal = |space: &Space, d: usize| IBig::from(space.rank(d)) == (space.dimension)(d as u64);
    let ranks: Vec<bool> = spaces.iter().flat_map(|space| [1, 2, 3].map(|d| equal(space, d))).collect();
    all_hold("rank of the Gram matrix equals", "the rank of each kernel's Gram matrix is the dimension, d = 1, 2, 3", &ranks)
}

/// How the dimensions of kernels' spaces grow with `d`.
fn growth(profile: Profile, spaces: &[Space]) -> ([Condition; 2], Table) {
    let sizes = counting::dimensions(profile);
    let mut table = Table::new("dimensions of the kernels' spaces", &["kernel", "d", "dimension"]);
    let (mut degrees, mut slopes) = (Vec::new(), Vec::new());
    for space in spaces {
        let counts: Vec<(u64, IBig)> = sizes.iter().map(|&d| (d, (space.dimension)(d))).collect();
        for (d, count) in &counts {
            table.push([space.name.into(), (*d).into(), Value::from(count)]);
        }
        degrees.push(space.degree() == 4);
        slopes.push(counting::fitted_exponent(&counts));
    }
    let conditions = [
        all_hold("degree of the dimension equals", "each dimension is a polynomial of degree 4 in d", &degrees),
        all_slopes_within("fitted exponent of each dimension", ", d >= 64,", &slopes, ("3.9", "4")),
    ];
    (conditions, table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_numbers() {
        assert_eq!([6, 8, 10, 12, 16].map(|d| samples(d, 100)), [210, 495, 1001, 1820, 4845]);
        assert_eq!([TOO_FEW, ENOUGH].map(|percent| samples(8, percent)), [445, 544]);
    }

    #[test]
    fn the_number_needed_is_where_success_begins_and_lasts() {
        let needed = |errors: [Option<&str>; 4]| {
            let errors: Vec<_> = GRID.into_iter().zip(errors.map(|te| te.map(threshold))).collect();
            needed_samples(&errors, SUCCESS).map(|percent| samples(6, percent))
        };
        assert_eq!(needed([Some("1"), Some("1e-3"), Some("1e-9"), Some("1e-16")]), Some(210));
        assert_eq!(needed([Some("0"), Some("1e-3"), Some("1e-7"), Some("1e-16")]), Some(231));
        assert_eq!(needed([Some("0"), Some("0"), Some("0"), None]), None);
    }

    /// A kernel with the odd degrees left out has not the rank of one that has them.
    #[test]
    fn spaces_have_their_own_dimensions() {
        let [quartic, even] = &SPACES;
        assert_eq!([1, 2, 3].map(|d| quartic.rank(d)), [5, 15, 35]);
        assert_eq!([1, 2, 3].map(|d| even.rank(d)), [3, 9, 22]);
        assert_eq!([1, 2, 3].map(|d| lattice(d, 5).len()), [6, 21, 56]);
    }
}
