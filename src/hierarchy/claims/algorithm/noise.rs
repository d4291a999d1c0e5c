//! Label noise costs what it costs any regression on as many parameters.

use std::borrow::Cow;

use crate::claim::judging::{all_slopes_within, all_within, decimal, enclosed_fixed, slope};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64, LIN_K2_D16, Recipe, each, seeds};
use crate::hierarchy::claims::measure::relative_risk;
use crate::hierarchy::experiment::{Cell, Instance, Labels, Runs, Training};
use crate::hierarchy::learner::Automatic;
use crate::scalar::Scalar;

/// Label noise costs what it costs any regression on as many parameters.
pub const NOISE: Claim<Training> = Claim {
    id: Cow::Borrowed("algorithm.noise"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "Label noise of tau standard deviations of the labels costs about what it costs a regression on the p \
         parameters of the network: te N/(tau^2 p) is in [.3, 3] for tau = .1, .01, .001, and the slope of ln te \
         against ln tau is in [1.85, 2.15], on every seed (six; twelve in the profile full) of lin L3 k1 d64 (N = \
         30kd) and lin L3 k2 d16 (N = 60kd) at eps = .1.",
    ),
    method: "Layers are switched on by the training error (algorithm.thresholds); the step is halved once, after 300 \
             steps in which the loss fell by less than 2 %, and as many more end the run, as no loss falls below the \
             noise. te is the exact population risk of the trained weights against the target without noise. p counts \
             the weights, less the rotations of S_2 and S_3, which change nothing, plus the bias. Both bands describe \
             these runs.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let at = |(recipe, seed): (&'static Recipe, u64), tau: f64| {
            [false, true].map(|layerwise| noisy(recipe, profile, layerwise, tau, seed))
        };
        each(&NOISY, profile).flat_map(|of| TAUS.iter().flat_map(move |&tau| at(of, tau))).collect()
    },
    check: |c| noise(c.profile, c.computed, false),
    controls: &[Control {
        breaks: "Layerwise training on the same schedule, whose error is that of a layer 2 frozen when layer 3 is \
            switched on, and not the noise.",
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
        for seed in seeds(profile) {
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
