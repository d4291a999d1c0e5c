//! Wide layers and generic forms: where no low-dimensional shortcut exists.

use std::borrow::Cow;

use super::{Arena, Contest, Rival, error, rival, together, two_layer};
use crate::claim::exponent::{Exponent, Observed, exponent_below, fitted_exponent};
use crate::claim::judging::{all_above, all_below, decimal, replayed_decimal, threshold};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Verdict};
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::count::monomials;
use crate::hierarchy::claims::counting::number_of_samples;
use crate::hierarchy::claims::measure::replayed_count;
use crate::hierarchy::experiment::{Automated, Cell, Compared, Family, Learner, Ridge, Run, Runs, Training};
use crate::hierarchy::learner::{Alternative, Automatic, Descent, Kernel, Lift, Restarts, Units};
use crate::hierarchy::network::Activation;

/// Where the hierarchy matters.
pub const WIDE: Claim<Training> = Claim {
    id: Cow::Borrowed("alternatives.wide"),
    sentence: "(a), (c)",
    statement: Cow::Borrowed(
        "Where layer 2 is wide (k_2 = d/2) and the layers above are generic quadratic forms, joint training learns (at L=3 from fewer than twice as many samples as \
                the target has parameters) where every alternative tried on the same samples fails. Instance G (L=3, d=24, k 12/2, eps .3, N = 777 = 1.75 times \
                the parameters) and F (d=32, k 16/2, N = 1372): error of joint training < 1e-8, of every alternative > 5e-3 and more than 1e4 times larger, on every \
                seed. Instance D (L=4, d=16, k 8/4/2, layers that read the inputs as well, N = 1940 = 5 times the parameters): joint < 1e-6, every alternative > 5e-4 and more than 1e3 times \
                larger. Samples: the number that half of the seeds need for an error below 1e-6 is at most twice the parameters at d = 16, 24, 32, and the fitted exponent of the median over d = 8 to 32 is below 2.2, its whole bootstrap interval included. Kernel ridge with 1 + (x.x'/d)^2 + (x.x'/d)^4, which at L=3 spans all that the target needs, fails at .95 and succeeds at 1.05 of its dimension C(d+3,4) + C(d+1,2) + 1, for d = 8, 12, 16: an error below 1e-6 is a success, as for joint training.",
    ),
    method: "Six seeds of G and of the numbers of samples (multiples 1, 3/2, 2, 5/2, 3 of the parameters; a seed that needs more makes the exponent absent), three of F, D and the thresholds. Joint training starts from up to four initialisations and keeps the one with the least TRAINING loss; its error, and that of layerwise training from one initialisation, is the exact te at L=3 and at L=4 a test error on 20000 samples of the stream `test samples`; that of the others is a test error on 4000 samples of the stream `alternative test samples`, on which they are tuned. Alternatives: layerwise training; kernel ridge (polynomial of degree 2 and 4, RBF); the degree-4 kernel handed the target's true S_2; kernels in sequence; the iterated kernel; the \
             quadratic lift; two-layer networks of z^2 and z^4, and ReLU. What is shown is an advantage in samples relative to the unknowns: at L=3 the lift has more unknowns than there are samples at G, and \
             with enough samples it succeeds (the control). At L=4 the iterated kernel and the lift come nearest; kernels of degree 2 and 4 cannot represent a target of degree 8, and S_2 alone lacks the inputs that layers 3 and 4 read: their failing at D says nothing about samples. Not tried: a lift with low-rank regularisation, a generic deep network trained jointly.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: true,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let contests = contests(profile).into_iter().chain([control(profile)]).flat_map(|contest| contest.cells());
        contests.chain(sample_cells(profile)).chain(threshold_cells(profile)).collect()
    },
    check: |c| {
        let contests = contests(c.profile).into_iter().map(|contest| judge(&contest, c.computed));
        together(contests.chain([samples(c.profile, c.computed), thresholds(c.profile, c.computed)]))
    },
    controls: &[Control {
        breaks: "Instance A (L=3, d=16, k 16/2, N = 2112), where the lift has fewer unknowns than samples: it must stay above 5e-3 there as well, and it succeeds. The numbers of samples and the threshold of the kernel have no control of their own here; those of complexity.samples and complexity.kernel-samples run the same kind of check.",
        // The lift is the only rival.
        check: |c| control(c.profile).judge_rivals(c.computed),
    }],
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
    Arena { name, family: Family::Generic, skips, widths, dimension, gap: 0.3, samples, joint: wide_joint(profile) }
}

/// Instance G.
pub(in crate::hierarchy::claims) fn instance_g(profile: Profile) -> Arena {
    match profile {
        Profile::Tiny => wide(profile, "L3 d6 k 3/2", &[3, 2], 6, 60),
        _ => wide(profile, "G: L3 d24 k 12/2", &[12, 2], 24, 777),
    }
}

/// Every alternative must stay above `floor`; the lift has as many units as layer 3.
fn field(profile: Profile, arena: &Arena, floor: &'static str) -> Vec<Rival> {
    let plain = [
        Alternative::Polynomial2,
        Alternative::Polynomial4,
        Alternative::Rbf,
        Alternative::SequentialKernel,
        Alternative::GradientOuterProduct,
        two_layer(Units::Mixed, profile),
        two_layer(Units::Relu, profile),
        lift(profile, arena),
    ];
    let handed = Compared { alternative: Alternative::Polynomial4, handed_layer_2: true };
    let handed = Rival { learner: handed, above: Some(floor) };
    plain.into_iter().map(|alternative| rival(alternative, Some(floor))).chain([handed]).collect()
}

fn lift(profile: Profile, arena: &Arena) -> Alternative {
    let lift = Lift { units: arena.widths[1], scale: arena.gap, ..Lift::default() };
    Alternative::Lift(if profile.draws_conclusions() { lift } else { Lift { steps: 20, ..lift } })
}

/// A contest, and how much larger the error of every alternative must be.
fn contests(profile: Profile) -> Vec<Contest> {
    let contest = |arena: Arena, seeds, joint_below, floor, ratio| Contest {
        rivals: field(profile, &arena, floor),
        arena,
        seeds,
        joint_below,
        layerwise_above: floor,
        ratio_above: Some(ratio),
    };
    let g = instance_g(profile);
    match profile {
        Profile::Tiny => vec![contest(g, 1..=2, "1e-8", "5e-3", "1e4")],
        _ => vec![
            contest(g, 1..=6, "1e-8", "5e-3", "1e4"),
            contest(wide(profile, "F: L3 d32 k 16/2", &[16, 2], 32, 1372), 1..=3, "1e-8", "5e-3", "1e4"),
            contest(wide(profile, "D: L4 d16 k 8/4/2", &[8, 4, 2], 16, 1940), 1..=3, "1e-6", "5e-4", "1e3"),
        ],
    }
}

fn control(profile: Profile) -> Contest {
    let arena = match profile {
        Profile::Tiny => instance_g(profile),
        _ => wide(profile, "A: L3 d16 k 16/2", &[16, 2], 16, 2112),
    };
    let rivals = vec![rival(lift(profile, &arena), Some("5e-3"))];
    Contest { arena, rivals, seeds: 1..=3, joint_below: "1e-8", layerwise_above: "5e-3", ratio_above: None }
}

/// Joint training against everyone, by the bounds and by a factor.
fn judge(contest: &Contest, runs: &Runs) -> Result<Outcome> {
    let mut outcome = contest.judge(runs)?;
    let what = format!("{}: error of every alternative over that of joint", contest.arena.name);
    if let Some(factor) = contest.ratio_above {
        let condition = all_above(&what, ", on every seed", &contest.ratios(runs)?, factor);
        outcome.conditions.push(condition.keyed("error of every alternative over that of joint above"));
    }
    Ok(outcome)
}

/// Samples that joint training needs: multiples, in quarters, of the number of parameters.
const GRID: [usize; 5] = [4, 6, 8, 10, 12];

/// Twice the parameters, in quarters.
const TWICE: usize = 8;

/// A run counts as a success at an error below this.
const SUCCESS: &str = "1e-6";

/// `d`, and the widths `d/2`, 2.
const SIZES: [(usize, &[usize]); 5] = [(8, &[4, 2]), (12, &[6, 2]), (16, &[8, 2]), (24, &[12, 2]), (32, &[16, 2])];

fn sizes(profile: Profile) -> &'static [(usize, &'static [usize])] {
    if profile.draws_conclusions() { &SIZES } else { &SIZES[..1] }
}

fn sample_seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
    if profile.draws_conclusions() { 1..=6 } else { 1..=2 }
}

/// `k_2 d + k_3 k_2 (k_2 + 1) / 2`.
fn parameters(d: usize, widths: &[usize]) -> usize {
    widths[0] * d + widths[1] * widths[0] * (widths[0] + 1) / 2
}

fn with_samples(profile: Profile, (d, widths): (usize, &'static [usize]), quarters: usize, seed: u64) -> Cell {
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
    let conditions = vec![half_of_the_seeds(&halves, profile), exponent_below("exponent of the median N in d", &exponent, "2.2")];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// The least N of the grid from which on every N succeeds.
fn needed_samples(profile: Profile, runs: &Runs, size: (usize, &'static [usize]), seed: u64) -> Result<Option<usize>> {
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

fn half_of_the_seeds(counts: &[(usize, usize)], profile: Profile) -> Condition {
    let seeds = sample_seeds(profile).count();
    let found: Vec<String> = counts.iter().map(|(d, reached)| format!("{reached} of {seeds} at d={d}")).collect();
    let requires = "at least half of the seeds need at most twice the parameters, at d = 16, 24, 32";
    let verdict = counts.iter().map(|(_, reached)| Verdict::from(2 * reached >= seeds)).min().unwrap_or(Verdict::Undecided);
    Condition::new("seeds that need at most twice the parameters above", requires, found.join(", "), verdict)
}

/// `C(d+3,4) + C(d+1,2) + 1`: homogeneous polynomials of degree 4, 2 and 0.
fn even_dimension(d: usize) -> usize {
    number_of_samples(monomials(d as u64, 4) + monomials(d as u64, 2) + 1)
}

/// The even kernel at 95 or 105 hundredths of its dimension.
fn at_threshold(profile: Profile, (d, widths): (usize, &'static [usize]), hundredths: usize, seed: u64) -> Cell {
    let samples = hundredths * even_dimension(d) / 100;
    let ridge = Ridge { kernel: Kernel::Even, ridge: RIDGE };
    wide(profile, "", widths, d, samples).cell(Learner::Ridge(ridge), seed)
}

/// Relative to the mean of the Gram matrix's diagonal: as small as lets every factorisation through.
const RIDGE: f64 = 1e-13;

fn threshold_sizes(profile: Profile) -> &'static [(usize, &'static [usize])] {
    if profile.draws_conclusions() { &SIZES[..3] } else { &[(4, &[2, 2])] }
}

fn threshold_cells(profile: Profile) -> Vec<Cell> {
    let each = threshold_sizes(profile).iter().flat_map(|&size| [95, 105].map(|hundredths| (size, hundredths)));
    each.flat_map(|(size, hundredths)| (1..=3).map(move |seed| at_threshold(profile, size, hundredths, seed))).collect()
}

fn thresholds(profile: Profile, runs: &Runs) -> Result<Outcome> {
    let columns = ["d", "dimension", "sample", "error at .95 of it", "at 1.05"];
    let mut table = Table::new("kernel ridge with 1 + (x.x'/d)^2 + (x.x'/d)^4, k_2 = d/2", &columns);
    let (mut short, mut enough) = (Vec::new(), Vec::new());
    for &size in threshold_sizes(profile) {
        for seed in 1..=3 {
            let error = |hundredths| {
                let run: &Run = runs.get(&at_threshold(profile, size, hundredths, seed))?;
                Ok(error(run))
            };
            let (below, above) = (error(95)?, error(105)?);
            let facts = [size.0.into(), even_dimension(size.0).into(), seed.into()];
            table.push(facts.into_iter().chain([&below, &above].map(replayed_decimal)));
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
