//! What the learner is told: labels with noise, and nothing but their signs.

use std::borrow::Cow;

use super::instances::{self, GAP, LIN_K1_D64, LIN_K2_D16, LINSKIP_K1_D16, Recipe};
use super::measure::{relative_risk, replayed};
use super::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::claim::judging::{all_above, all_slopes_within, all_within, decimal, enclosed_fixed, replayed_decimal, slope};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::experiment::scores::{ACCURACY, LEAST_SQUARES_2, LOGISTIC_2};
use crate::hierarchy::experiment::{Cell, Instance, Labels, Learner, Run, Runs, Staged};
use crate::hierarchy::learner::{Automatic, Coupling, Descent, Loss, Stage};
use crate::scalar::Scalar;

/// Label noise costs what it costs any regression on as many parameters.
pub const NOISE: Claim = Claim {
    id: Cow::Borrowed("algorithm.noise"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Label noise of tau standard deviations of the labels costs about what it costs a regression on the p parameters of the network: te \
                N/(tau^2 p) is in [.3, 3] for tau = .1, .01, .001, and the slope of ln te against ln tau is in [1.85, 2.15], on every seed (six; twelve in the profile full) of lin L3 k1 d64 (N = 30kd) and lin L3 k2 d16 (N = 60kd) at eps = .1.",
    ),
    method: "Layers are switched on by the training error (algorithm.thresholds); the step is halved once, after 300 steps of less gain, and as \
             many more end the run, as no loss falls below the noise. te is the exact population risk of the trained weights against \
             the target without noise. p counts the weights, less the rotations of S_2 and S_3, which change nothing, plus the bias.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = NOISY.iter().flat_map(|&recipe| instances::seeds(profile).map(move |seed| (recipe, seed)));
        let at = |(recipe, seed): (&'static Recipe, u64), tau: f64| {
            [false, true].map(|layerwise| noisy(recipe, profile, layerwise, tau, seed))
        };
        each.flat_map(|of| TAUS.iter().flat_map(move |&tau| at(of, tau))).collect()
    },
    check: |c| noise(c.profile, c.computed, false),
    controls: &[Control {
        breaks: "Layerwise training, whose error is its floor and not the noise.",
        check: |c| noise(c.profile, c.computed, true),
    }],
};

static NOISY: [&Recipe; 2] = [&LIN_K1_D64, &LIN_K2_D16];
const TAUS: [f64; 3] = [0.1, 0.01, 0.001];

fn noisy(recipe: &Recipe, profile: Profile, layerwise: bool, tau: f64, seed: u64) -> Cell {
    let rule = Automatic { layerwise, least_step: recipe.descent().step / 2.0, ..Automatic::default() };
    let mut cell = recipe.automatic(profile, rule, GAP, seed);
    cell.instance.labels = Labels::Noisy(tau);
    cell
}

fn noise(profile: Profile, runs: &Runs, layerwise: bool) -> Result<Outcome> {
    let columns = ["instance", "p", "N", "seed", "te tau=.1", ".01", ".001", "te N/(tau^2 p) tau=.1", ".01", ".001", "slope"];
    let mut table = Table::new("te against label noise", &columns);
    let (mut ratios, mut slopes) = (Vec::new(), Vec::new());
    for recipe in NOISY {
        for seed in instances::seeds(profile) {
            let cells = TAUS.map(|tau| noisy(recipe, profile, layerwise, tau, seed));
            let instance = &cells[0].instance;
            let te = cells.iter().map(|cell| Ok(relative_risk(runs.get(cell)?))).collect::<Result<Vec<_>>>()?;
            let ratio: Vec<Option<Rational>> = TAUS.iter().zip(&te).map(|(&tau, te)| over_noise(te, tau, instance)).collect();
            let points: Vec<_> = TAUS.iter().zip(&te).map(|(&tau, te)| (tau, te.as_ref().map(Interval::from))).collect();
            let slope = slope(&points);
            let facts = [recipe.name.into(), parameters(instance).into(), instance.samples.into(), seed.into()];
            let measures = te.iter().chain(&ratio).map(decimal).chain([enclosed_fixed(&slope)]);
            table.push(facts.into_iter().chain(measures));
            ratios.extend(ratio);
            slopes.push(slope);
        }
    }
    let conditions = vec![
        all_within("te N/(tau^2 p)", " on every seed and tau", &ratios, ("0.3", "3")),
        all_slopes_within("slope of ln te against ln tau", " on every seed", &slopes, ("1.85", "2.15")),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// The weights of a chain of depth 3 with `k(k+1)/2` rows `R_2`, up to rotations of `S_2` and of `S_3`, and the bias.
fn parameters(instance: &Instance) -> i64 {
    let (d, k) = (instance.dimension as i64, instance.widths[0] as i64);
    let (squares, rotations) = (k * (k + 1) / 2, k * (k - 1) / 2);
    (k * d - rotations) + (k * squares - rotations) + 1
}

/// `te N / (tau^2 p)`.
fn over_noise(te: &Option<Rational>, tau: f64, instance: &Instance) -> Option<Rational> {
    let samples = Rational::from(instance.samples as i64);
    let variance = Rational::try_from(tau).ok()?.squared();
    (te.as_ref()? * &samples).over(&(&variance * &Rational::from(parameters(instance))))
}

/// From signs alone, the network does better than two fits of degree 2.
pub const CLASSIFICATION: Claim = Claim {
    id: Cow::Borrowed("algorithm.classification"),
    sentence: "(a), (c)",
    statement: Cow::Borrowed(
        "Told only whether F(x) is above its median over the training samples, joint training on the logistic loss classifies more than .985 of 20000 test samples \
                right on each of twelve seeds of linskip L3 k1 d16 at eps = 1 with N = 4800: by .02 more than the best approximation of F of degree 2 in \
                least squares, and more than logistic regression of degree 2. With N = 960 its accuracy is lower.",
    ),
    method: "The loss is mean ln(1 + exp(-3 y (F + b))), the bias b optimised along with the steps; 300 steps of layer 2, 1000 of both layers. F \
             classifies by the threshold that puts most training samples on the right side. The classifiers of degree 2 are favoured: they \
             have all monomials up to degree 2 of the two directions on which the target depends, are fitted to the test samples themselves (in \
             least squares to the values of F, not their signs), and have the threshold that is best there. In the population, other directions cannot help the best of them. The lead over logistic regression is less than .02 on some seeds, so a lead of .02 over the best classifier of degree 2 is not claimed. Each N has its own median, for training and test. Accuracies are on one seeded sample each.",
    evidence: &[Evidence::Replayed],
    missing: "",
    theorems: &[],
    full_only: true,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let each = instances::seeds(profile).flat_map(|seed| SIZES.map(|n| (seed, n)));
        each.flat_map(|(seed, n)| [3, 2].map(|depth| signs(profile, depth, n, seed))).collect()
    },
    check: |c| classification(c.profile, c.computed, 3),
    controls: &[Control { breaks: "A target of degree 2: layer 2 alone.", check: |c| classification(c.profile, c.computed, 2) }],
};

/// The numbers of samples, few and many.
const SIZES: [usize; 2] = [960, 4800];

/// A target of this depth, and a learner of the same.
fn signs(profile: Profile, depth: usize, samples: usize, seed: u64) -> Cell {
    let tiny = profile == Profile::Tiny;
    let mut instance = LINSKIP_K1_D16.instance(profile, 1.0, seed);
    instance.labels = Labels::Sign;
    instance.widths.truncate(depth - 1);
    instance.samples = if tiny { samples / 10 } else { samples };
    let steps = if tiny { [12, 12] } else { [300, 1000] };
    let stages = (2..=depth).zip(steps).map(|(top, steps)| Stage::new(2, top, Coupling::Joint, steps)).collect();
    let descent = Descent { loss: Loss::Logistic(3.0), ..LINSKIP_K1_D16.descent() };
    Cell { instance, learner: Learner::Staged(Staged { stages, descent, widths: None }), seed }
}

fn classification(profile: Profile, runs: &Runs, depth: usize) -> Result<Outcome> {
    let columns = ["seed", "N=960", "N=4800", "least squares of degree 2", "logistic of degree 2"];
    let mut table = Table::new("accuracy on 20000 test samples", &columns);
    let (mut accuracies, mut leads) = (Vec::new(), [Vec::new(), Vec::new(), Vec::new()]);
    for seed in instances::seeds(profile) {
        let [few, many] = SIZES.map(|n| runs.get(&signs(profile, depth, n, seed)));
        let (few, many) = (few?, many?);
        let score = |run: &Run, name| run.score(name).and_then(replayed);
        let accuracy = score(many, ACCURACY);
        let others = [score(many, LEAST_SQUARES_2), score(many, LOGISTIC_2), score(few, ACCURACY)];
        let measures = [&others[2], &accuracy, &others[0], &others[1]].map(replayed_decimal);
        table.push([seed.into()].into_iter().chain(measures));
        leads.iter_mut().zip(&others).for_each(|(leads, other)| leads.push(difference(&accuracy, other)));
        accuracies.push(accuracy);
    }
    let conditions = vec![
        all_above("accuracy", " with N = 4800 on every seed", &accuracies, "0.985"),
        all_above("its lead over least squares of degree 2", " on every seed", &leads[0], "0.02"),
        all_above("its lead over logistic regression of degree 2", " on every seed", &leads[1], "0"),
        all_above("its lead over N = 960", " on every seed", &leads[2], "0"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

fn difference(a: &Option<Rational>, b: &Option<Rational>) -> Option<Rational> {
    Some(a.as_ref()? - b.as_ref()?)
}
