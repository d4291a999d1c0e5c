//! Wide layers and generic forms: where no low-dimensional shortcut exists.

use std::borrow::Cow;

use super::{Arena, Contest, LONG, Rival, SHORT, circle, error, lift, rival, tuning, two_layer};
use crate::claim::exponent::{Exponent, Observed, exponent_below, fitted_exponent};
use crate::claim::judging::{all_above, all_below, decimal, replayed_decimal, threshold};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Verdict};
use crate::error::Result;
use crate::exact::count::monomials;
use crate::exact::{Distribution, Rational};
use crate::hierarchy::claims::counting::number_of_samples;
use crate::hierarchy::claims::measure::replayed_count;
use crate::hierarchy::experiment::{Automated, Cell, Compared, Family, Learner, Ridge, Runs, Training};
use crate::hierarchy::learner::{Alternative, Automatic, Descent, Kernel, Loss, Restarts, Units};
use crate::hierarchy::network::Activation;

/// Where the hierarchy matters.
pub const WIDE: Claim<Training> = Claim {
    id: Cow::Borrowed("alternatives.wide"),
    sentence: "(a), (c)",
    statement: Cow::Borrowed(
        "Where layer 2 is wide (k_2 = d/2) and the layers above are generic quadratic forms, joint training learns (at L=3 from fewer than twice as many samples as \
                the target has parameters) where the alternatives named below fail on the same samples. A learner without a hierarchy that is not among them, the iterated lift, learns G as well (alternatives.adaptive). Instance G (L=3, d=24, k 12/2, eps .3, N = 777 = 1.75 times \
                the parameters) and F (d=32, k 16/2, N = 1372): error of joint training < 1e-8, of every alternative > 5e-3 and more than 1e4 times larger, on every \
                seed; only the kernels that are handed the target's true S_2 have the floor 1e-3. Instance D (L=4, d=16, k 8/4/2, layers that read the inputs as well, N = 1940 = 5 times the parameters): joint < 1e-6, every alternative > 5e-4 and more than 1e3 times \
                larger. Samples: the number that half of the seeds need for an error below 1e-6 is at most twice the parameters at d = 16, 24, 32, and the fitted exponent of the median over d = 8 to 32 is below 2.2, its whole bootstrap interval included. Kernel ridge with 1 + (x.x'/d)^2 + (x.x'/d)^4, which at L=3 spans all that the target needs, fails at .95 and succeeds at 1.05 of its dimension C(d+3,4) + C(d+1,2) + 1, for d = 8, 12, 16: an error below 1e-6 is a success, as for joint training.",
    ),
    method: "Six seeds of G and of the numbers of samples (multiples 1, 3/2, 2, 5/2, 3 of the parameters; a seed that needs more makes the exponent absent), three of F, D and the thresholds. Joint training starts from up to four initialisations and keeps the one with the least TRAINING loss; its error, and that of layerwise training from one initialisation, is the exact te at L=3 and at L=4 a test error on 20000 samples of the stream `test samples`; that of the others is a test error on 4000 samples of the stream `alternative test samples`, on which they are tuned. \
             Alternatives: layerwise training with fixed heads, by the joint schedule or with each layer but the last frozen after 50, \
             100, 200, 600, 1000 or 2000 steps, or with one of six losses of layer 2 that weigh a sample by (|y| + c)^-p after 600 or 2000, whichever leaves least; kernel ridge (polynomial of degree 2 and 4, the latter even as well, RBF); the degree-4 kernels handed the target's true S_2; kernels in sequence; the iterated kernel; the \
             quadratic lift; two-layer networks of z^2 and z^4 (20000 steps), and ReLU (6000). At L=3 the lift has more unknowns than there are samples at G; it succeeds with enough samples (a control), and on these with a ridge that is dear along directions in which its fit varies little \
             (the iterated lift of alternatives.adaptive): what is shown is that joint training needs no such regularisation, and no advantage in samples over lifts as a class. At L=4 the iterated kernel and the lift come nearest, within a factor of 2 of their floor; each condition tells its margin, the smallest error over the floor. \
             Floors describe these runs. Kernels of degree 2 and 4 cannot represent a target of degree 8, and S_2 alone lacks the inputs that layers 3 and 4 read: their failing at D says nothing about samples. Tried besides at D, on its three seeds: lifts of 5 units (.00063, .00086, .00155) and of 4 units with a step of .01 and momentum .98 \
             (.00058, .00092, .00152), each better on one seed by at most 6 %; on one seed or two: a step of .06 (.00058), lifts of 2, 3, 6 and 8 units and smaller initial heads; iterated kernels \
             of degree 4 with offsets 1 to 32, of degree 6 and 8, and RBF at other rates no better. Found since, in other programs, on the samples of this claim: layerwise training whose loss of layer 2 weighs a sample by 1/(y + .3)^4, with all squares of S_2 refitted, .0020 to .0040 at G (six seeds) and .0030 to .0053 at F, \
             and with a layer 2 of full width .00025 to .00037 at D (where layer 3 keeps the squared loss), so that its floors are those of fixed heads and the target's widths; at D ridge regression on the products of a lift of 4 units with its features, .000038, .000097 and .000109; \
             at G, on one seed, the iterated kernel with 1 + 30 t^2 + t^4 in the root of its metric, .0056. Generic deep networks by Adam, one seed each and cut short: .032 at G, .0024 at D.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: true,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let controls = [few_unknowns(profile), in_reach(profile), frozen(profile)];
        let contests = contests(profile).into_iter().chain(controls).flat_map(|contest| contest.cells());
        let thresholds = [EVEN, WRONG].into_iter().flat_map(|dimensions| threshold_cells(profile, dimensions));
        contests.chain(sample_cells(profile)).chain(thresholds).collect()
    },
    check: |c| {
        let contests = contests(c.profile).into_iter().map(|contest| judge(&contest, c.computed));
        Outcome::together(contests.chain([samples(c.profile, c.computed), thresholds(c.profile, c.computed, EVEN)]))
    },
    controls: &[
        Control {
            breaks: "Instance A (L=3, d=16, k 16/2, N = 2112), where the lift has fewer unknowns than samples: it must stay above 5e-3 there as well, and it succeeds.",
            check: |c| few_unknowns(c.profile).judge_others(c.computed),
        },
        Control {
            breaks: "A target in the reach of all: a quadratic form of two inputs on the circle, N = 777. Every alternative must stay above 5e-4 there as well, \
                  and its error far above that of joint training: each of them fails to.",
            check: |c| {
                let contest = in_reach(c.profile);
                let Outcome { conditions, tables } = contest.judge_others(c.computed)?;
                Ok(Outcome { conditions: conditions.into_iter().chain(ratio(&contest, c.computed)?).collect(), tables })
            },
        },
        Control {
            breaks: "Layerwise training in the place of joint training on G: layer 2 is frozen when layer 3 is \
                switched on.",
            check: |c| {
                let contest = frozen(c.profile);
                let Outcome { conditions, tables } = contest.judge_joint(c.computed)?;
                Ok(Outcome { conditions: conditions.into_iter().chain(ratio(&contest, c.computed)?).collect(), tables })
            },
        },
        Control {
            breaks: "The kernel 1 + (x.x'/d)^2 + (x.x'/d)^4 in the place of joint training, by the numbers of samples \
                that it needs: between .95 and 1.05 of its dimension, which fixes the exponent.",
            check: |c| kernel_samples(c.profile, c.computed),
        },
        Control {
            breaks: "Other dimensions in the place of the kernel's: that of all polynomials of degree 4, C(d+4,4), below, and that of forms of degree 4, C(d+3,4), above.",
            check: |c| thresholds(c.profile, c.computed, WRONG),
        },
    ],
};

/// Restarts, rows `R_l` twice over, and a step that halves when it stalls.
fn wide_joint(profile: Profile) -> Automated {
    let most_steps = if profile.draws_conclusions() { 8000 } else { 40 };
    Automated {
        automatic: Automatic { last_patience: 200, least_step: 1e-3, most_steps, ..Automatic::default() },
        descent: Descent {
            step: 0.03,
            momentum: 0.95,
            tolerance: 1e-20,
            first_deviation: Some(0.3),
            activation: Activation::Forms,
            ..Descent::default()
        },
        redundancy: 2,
        restarts: Restarts { most: 4, enough: 1e-9 },
    }
}

/// A generic instance.
fn wide(profile: Profile, name: &'static str, widths: &'static [usize], dimension: usize, samples: usize) -> Arena {
    let skips = widths.len() > 2;
    let (distribution, joint) = (Distribution::Gaussian, wide_joint(profile));
    Arena { name, family: Family::Generic, skips, widths, dimension, gap: 0.3, distribution, samples, joint }
}

/// Instance G.
pub(in crate::hierarchy::claims) fn instance_g(profile: Profile) -> Arena {
    match profile {
        Profile::Tiny => wide(profile, "L3 d6 k 3/2", &[3, 2], 6, 60),
        _ => wide(profile, "G: L3 d24 k 12/2", &[12, 2], 24, 777),
    }
}

/// Every alternative must stay above `floor`, kernels that are handed the true `S_2` above one of their own; there is a lift for each of
/// the numbers of units.
fn field(profile: Profile, lifts: &[usize], floor: &'static str, handed_floor: &'static str) -> Vec<Rival> {
    let plain = [
        Alternative::Polynomial2,
        Alternative::Polynomial4,
        Alternative::Rbf,
        Alternative::SequentialKernel,
        Alternative::GradientOuterProduct,
        two_layer(Units::Mixed, LONG, profile),
        two_layer(Units::Relu, SHORT, profile),
    ];
    let lifts = lifts.iter().map(|&units| lift(profile, units));
    let handed = Compared { alternative: Alternative::Polynomial4, handed_layer_2: true };
    let handed = Rival { learner: handed, above: Some(handed_floor) };
    plain.into_iter().chain(lifts).map(|alternative| rival(alternative, Some(floor))).chain([handed]).collect()
}

/// Offsets and powers of the weights that layerwise training tries.
const WEIGHTS: [(f64, usize); 6] = [(0.1, 4), (0.3, 4), (0.3, 6), (0.5, 6), (1.0, 8), (2.0, 8)];

/// What layerwise training tries.
fn layerwise(profile: Profile) -> Vec<(usize, Loss)> {
    match profile.draws_conclusions() {
        true => tuning([50, 100, 200, 600, 1000, 2000].into_iter(), &WEIGHTS, &[600, 2000]),
        false => tuning([50].into_iter(), &WEIGHTS[..1], &[50]),
    }
}

fn contest(arena: Arena, rivals: Vec<Rival>, seeds: std::ops::RangeInclusive<u64>, floor: &'static str) -> Contest {
    let (layerwise_above, tuning) = (floor, Vec::new());
    Contest { arena, rivals, seeds, joint_below: "1e-8", layerwise_above, tuning, ratio_above: Some("1e4"), frozen: false }
}

fn contests(profile: Profile) -> Vec<Contest> {
    let against_all = |arena: Arena, lifts: &[usize], floor, handed_floor, seeds| Contest {
        tuning: layerwise(profile),
        ..contest(arena, field(profile, lifts, floor, handed_floor), seeds, floor)
    };
    let depth_3 = |arena: Arena, seeds| against_all(arena, &arena.widths[1..], "5e-3", "1e-3", seeds);
    let g = instance_g(profile);
    if profile == Profile::Tiny {
        return vec![depth_3(g, 1..=2)];
    }
    let d = wide(profile, "D: L4 d16 k 8/4/2", &[8, 4, 2], 16, 1940);
    let depth_4 = against_all(d, &[4], "5e-4", "5e-4", 1..=3);
    vec![
        depth_3(g, 1..=6),
        depth_3(wide(profile, "F: L3 d32 k 16/2", &[16, 2], 32, 1372), 1..=3),
        Contest { joint_below: "1e-6", ratio_above: Some("1e3"), ..depth_4 },
    ]
}

fn few_unknowns(profile: Profile) -> Contest {
    let arena = match profile {
        Profile::Tiny => instance_g(profile),
        _ => wide(profile, "A: L3 d16 k 16/2", &[16, 2], 16, 2112),
    };
    let lift = rival(lift(profile, arena.widths[1]), Some("5e-3"));
    Contest { tuning: layerwise(profile), ..contest(arena, vec![lift], 1..=3, "5e-3") }
}

/// Every alternative, where everyone succeeds.
fn in_reach(profile: Profile) -> Contest {
    let (samples, seeds, lifts): (_, _, &[usize]) =
        if profile.draws_conclusions() { (777, 1..=3, &[2, 4]) } else { (48, 1..=1, &[2]) };
    contest(circle(wide_joint(profile), samples), field(profile, lifts, "5e-4", "5e-4"), seeds, "5e-4")
}

/// Instance G without joint training.
fn frozen(profile: Profile) -> Contest {
    let first = contests(profile).into_iter().next().expect("every profile has a contest");
    Contest { rivals: Vec::new(), frozen: true, ..first }
}

/// Joint training against everyone, by the bounds and by a factor.
fn judge(contest: &Contest, runs: &Runs) -> Result<Outcome> {
    let mut outcome = contest.judge(runs)?;
    outcome.conditions.extend(ratio(contest, runs)?);
    Ok(outcome)
}

/// How many times larger than that of joint training the error of every alternative is.
fn ratio(contest: &Contest, runs: &Runs) -> Result<Option<Condition>> {
    let what = format!("{}: error of every alternative over that of joint", contest.arena.name);
    let Some(factor) = contest.ratio_above else { return Ok(None) };
    let condition = all_above(&what, ", on every seed", &contest.ratios(runs)?, factor);
    Ok(Some(condition.keyed("error of every alternative over that of joint above")))
}

/// Samples that joint training needs: multiples, in quarters, of the number of parameters.
const GRID: [usize; 5] = [4, 6, 8, 10, 12];

/// Twice the parameters, in quarters.
const TWICE: usize = 8;

/// A run counts as a success at an error below this.
const SUCCESS: &str = "1e-6";

/// `d`, and the widths `d/2`, 2.
type Size = (usize, &'static [usize]);

const SIZES: [Size; 5] = [(8, &[4, 2]), (12, &[6, 2]), (16, &[8, 2]), (24, &[12, 2]), (32, &[16, 2])];

fn sizes(profile: Profile) -> &'static [Size] {
    if profile.draws_conclusions() { &SIZES } else { &SIZES[..1] }
}

fn sample_seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
    if profile.draws_conclusions() { 1..=6 } else { 1..=2 }
}

/// `k_2 d + k_3 k_2 (k_2 + 1) / 2`.
fn parameters(d: usize, widths: &[usize]) -> usize {
    widths[0] * d + widths[1] * widths[0] * (widths[0] + 1) / 2
}

fn with_samples(profile: Profile, (d, widths): Size, quarters: usize, seed: u64) -> Cell {
    let samples = quarters * parameters(d, widths) / 4;
    wide(profile, "", widths, d, samples).joint(seed)
}

fn sample_cells(profile: Profile) -> Vec<Cell> {
    let each = sizes(profile).iter().flat_map(|&size| GRID.map(|quarters| (size, quarters)));
    let seeded = each.flat_map(|(size, quarters)| sample_seeds(profile).map(move |seed| (size, quarters, seed)));
    seeded.map(|(size, quarters, seed)| with_samples(profile, size, quarters, seed)).collect()
}

fn samples(profile: Profile, runs: &Runs) -> Result<Outcome> {
    let columns = ["d", "parameters", "seed", "N needed", "error at twice the parameters"];
    let mut table = Table::new(format!("joint training, k_2 = d/2: samples for an error below {SUCCESS}"), &columns);
    let (mut observed, mut halves) = (Vec::new(), Vec::new());
    for &size in sizes(profile) {
        let unknowns = parameters(size.0, size.1);
        let (mut needed, mut reached) = (Vec::new(), 0);
        for seed in sample_seeds(profile) {
            let number = needed_samples(profile, runs, size, seed)?;
            let at_twice = error(runs.get(&with_samples(profile, size, TWICE, seed))?);
            let least = number.map_or_else(|| format!("above {}", 3 * unknowns).into(), replayed_count);
            table.push([size.0.into(), unknowns.into(), seed.into(), least, decimal(&at_twice)]);
            reached += usize::from(number.is_some_and(|n| n <= 2 * unknowns));
            needed.push(number.map(|n| Rational::from(n as i64)));
        }
        observed.push(Observed { size: size.0 as u64, values: needed });
        if size.0 >= 16 {
            halves.push((size.0, reached));
        }
    }
    let exponent = fitted_exponent(&observed);
    table.extend_title(&format!("; exponent of the median {}", Exponent::printed(&exponent)));
    Ok(Outcome { conditions: number_conditions(&halves, sample_seeds(profile).count(), &exponent), tables: vec![table] })
}

fn number_conditions(halves: &[(usize, usize)], seeds: usize, exponent: &Option<Exponent>) -> Vec<Condition> {
    vec![half_of_the_seeds(halves, seeds), exponent_below("exponent of the median N in d", exponent, "2.2")]
}

/// The least N of the grid from which on every N succeeds.
fn needed_samples(profile: Profile, runs: &Runs, size: Size, seed: u64) -> Result<Option<usize>> {
    let limit = threshold(SUCCESS);
    let mut least = None;
    for &quarters in GRID.iter().rev() {
        let cell = with_samples(profile, size, quarters, seed);
        if error(runs.get(&cell)?).is_none_or(|error| error >= limit) {
            break;
        }
        least = Some(cell.instance.samples);
    }
    Ok(least)
}

fn half_of_the_seeds(counts: &[(usize, usize)], seeds: usize) -> Condition {
    let found: Vec<String> = counts.iter().map(|(d, reached)| format!("{reached} of {seeds} at d={d}")).collect();
    let requires = "at least half of the seeds need at most twice the parameters, at d = 16, 24, 32";
    let verdict = counts.iter().map(|(_, reached)| Verdict::from(2 * reached >= seeds)).min().unwrap_or(Verdict::Undecided);
    Condition::new("seeds that need at most twice the parameters above", requires, found.join(", "), verdict)
}

/// The dimension of a space of polynomials in `d` variables.
type Dimension = fn(usize) -> usize;

/// `C(d+3,4) + C(d+1,2) + 1`: homogeneous polynomials of degree 4, 2 and 0.
fn even_dimension(d: usize) -> usize {
    number_of_samples(monomials(d as u64, 4) + monomials(d as u64, 2) + 1)
}

/// Of what the kernel is tried at 95 hundredths, and of what at 105.
const EVEN: [Dimension; 2] = [even_dimension; 2];
/// Those of other spaces. The first is that of forms of degree 4 in one variable more, which is that of all polynomials of degree 4.
const WRONG: [Dimension; 2] = [|d| number_of_samples(monomials(d as u64 + 1, 4)), |d| number_of_samples(monomials(d as u64, 4))];

/// The even kernel at so many hundredths of a dimension.
fn at_threshold(profile: Profile, (d, widths): Size, hundredths: usize, dimension: Dimension, seed: u64) -> Cell {
    let samples = hundredths * dimension(d) / 100;
    let ridge = Ridge { kernel: Kernel::Even, ridge: RIDGE };
    wide(profile, "", widths, d, samples).cell(Learner::Ridge(ridge), seed)
}

/// Relative to the mean of the Gram matrix's diagonal: as small as lets every factorisation through.
const RIDGE: f64 = 1e-13;

fn threshold_sizes(profile: Profile) -> &'static [Size] {
    if profile.draws_conclusions() { &SIZES[..3] } else { &[(4, &[2, 2])] }
}

/// The cells below and above the dimensions.
fn both_sides(profile: Profile, size: Size, [below, above]: [Dimension; 2], seed: u64) -> [Cell; 2] {
    [(95, below), (105, above)].map(|(hundredths, dimension)| at_threshold(profile, size, hundredths, dimension, seed))
}

fn threshold_cells(profile: Profile, dimensions: [Dimension; 2]) -> Vec<Cell> {
    let sized = |&size: &Size| (1..=3).flat_map(move |seed| both_sides(profile, size, dimensions, seed));
    threshold_sizes(profile).iter().flat_map(sized).collect()
}

fn thresholds(profile: Profile, runs: &Runs, dimensions: [Dimension; 2]) -> Result<Outcome> {
    let columns = ["d", "sample", "N below", "error", "N above", "error above"];
    let mut table = Table::new("kernel ridge with 1 + (x.x'/d)^2 + (x.x'/d)^4, k_2 = d/2", &columns);
    let (mut short, mut enough) = (Vec::new(), Vec::new());
    for &size in threshold_sizes(profile) {
        for seed in 1..=3 {
            let cells = both_sides(profile, size, dimensions, seed);
            let [few, many] = cells.each_ref().map(|cell| cell.instance.samples);
            let (below, above) = (error(runs.get(&cells[0])?), error(runs.get(&cells[1])?));
            let measures = [few.into(), replayed_decimal(&below), many.into(), replayed_decimal(&above)];
            table.push([size.0.into(), seed.into()].into_iter().chain(measures));
            short.push(below);
            enough.push(above);
        }
    }
    let conditions = vec![
        all_above("error of the even kernel at .95 of its dimension", "", &short, SUCCESS),
        all_below("error of the even kernel at 1.05 of its dimension", "", &enough, SUCCESS),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// The even kernel by the numbers of samples that it needs: 1.05 of its dimension where that is enough and .95 is not.
fn kernel_samples(profile: Profile, runs: &Runs) -> Result<Outcome> {
    let mut table = Table::new("the same kernel: samples for an error below 1e-6", &["d", "parameters", "sample", "N needed"]);
    let (mut observed, mut halves) = (Vec::new(), Vec::new());
    for &size in threshold_sizes(profile) {
        let (unknowns, mut needed) = (parameters(size.0, size.1), Vec::new());
        for seed in 1..=3 {
            let cells = both_sides(profile, size, EVEN, seed);
            let succeeds = |cell: &Cell| Ok(error(runs.get(cell)?).is_some_and(|e| e < threshold(SUCCESS)));
            let [below, above]: [Result<bool>; 2] = cells.each_ref().map(succeeds);
            let number = (!below? && above?).then_some(cells[1].instance.samples);
            let shown = number.map_or_else(|| "not between".into(), replayed_count);
            table.push([size.0.into(), unknowns.into(), seed.into(), shown]);
            needed.push(number);
        }
        if size.0 >= 16 {
            halves.push((size.0, needed.iter().flatten().filter(|n| **n <= 2 * unknowns).count()));
        }
        let values = needed.into_iter().map(|n| n.map(|n| Rational::from(n as i64))).collect();
        observed.push(Observed { size: size.0 as u64, values });
    }
    let exponent = fitted_exponent(&observed);
    table.extend_title(&format!("; exponent of the median {}", Exponent::printed(&exponent)));
    Ok(Outcome { conditions: number_conditions(&halves, 3, &exponent), tables: vec![table] })
}
