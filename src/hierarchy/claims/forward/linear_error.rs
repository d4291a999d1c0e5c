//! What layer 2 learns alone has an error proportional to the gap.

use std::borrow::Cow;

use super::half;
use crate::claim::judging::{all_hold, all_slopes_within, enclosed, enclosed_fixed, slope};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::inputs::{derivative, variables};
use crate::exact::linear::{product, rational, trace};
use crate::exact::moments::{Features, GaussianFeatures, Moments};
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{LIN_K2_D16, QUAD01_K1_D16, Recipe};
use crate::hierarchy::claims::measure::feature_error;
use crate::hierarchy::experiment::{Cell, Runs, Training};
use crate::hierarchy::learner::{Coupling, Stage};
use crate::hierarchy::network::{Network, forward};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// Layer 2 alone learns its features up to an error proportional to the gap.
pub const LINEAR_ERROR: Claim<Training> = Claim {
    id: Cow::Borrowed("forward.linear-error"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "Trained alone, before layer 3 is switched on, layer 2 learns the target's features up to an error f that is \
        proportional to the gap eps: the slope of ln f against ln eps is in [.9, 1.1] on every seed, for the \
        instances lin L3 k2 d16 and quad01 L3 k1 d16 at eps = .2, .1, .05, .025, .0125. For the targets of lin, the \
        optimum of layer 2 on the population over all symmetric M, with a free bias, has f/eps equal to a constant \
        above zero: at every eps, by lemma 1 of proofs/forward.md.",
    ),
    method: "Full-batch gradient descent on layer 2 for 1000 steps; f^2 = ||K'K - W'W||_F^2 / ||W'W||_F^2 of the \
            trained weights is an exact rational number, and the least-squares slope is enclosed; its band was set \
            in advance, from runs of a prototype. On the population, f/eps = ||P||_F / ||W'W||_F with P = E[g (xx' - \
            I)]/2 (forward.closed-form): its square is an exact rational number of the target's weights.",
    evidence: &[Evidence::Replayed, Evidence::Enclosed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| linear_error_cells(profile),
    check: |c| linear_error(c.profile, c.computed, |gap| gap),
    controls: &[Control {
        breaks: "The top layer of the target is switched off (alpha_3 = 0): on the population f = 0, and what the \
                runs leave is rounding, the same at every eps, so that its slope is not near 1.",
        check: |c| linear_error(c.profile, c.computed, |_| 0.0),
    }],
};

static RECIPES: [&Recipe; 2] = [&LIN_K2_D16, &QUAD01_K1_D16];
const GAPS: [f64; 5] = [0.2, 0.1, 0.05, 0.025, 0.0125];

fn layer_2_alone(recipe: &Recipe, profile: Profile, gap: f64, seed: u64) -> Cell {
    let steps = recipe.phases(profile)[0];
    recipe.staged(profile, vec![Stage::new(2, 2, Coupling::Joint, steps)], gap, seed)
}

fn linear_error_cells(profile: Profile) -> Vec<Cell> {
    let mut cells = Vec::new();
    for recipe in RECIPES {
        for seed in instances::seeds(profile) {
            cells.extend([0.0].iter().chain(&GAPS).map(|&gap| layer_2_alone(recipe, profile, gap, seed)));
        }
    }
    cells
}

/// `gap_of_target` is the gap that the target really has where the claim speaks of `eps`.
fn linear_error(profile: Profile, runs: &Runs, gap_of_target: fn(f64) -> f64) -> Result<Outcome> {
    let mut table =
        Table::new("f of layer 2 after learning alone", &["instance", "seed", "f eps=.2", ".1", ".05", ".025", ".0125", "slope"]);
    let mut slopes = Vec::new();
    for recipe in RECIPES {
        for seed in instances::seeds(profile) {
            let mut points: Vec<(f64, Option<Interval>)> = Vec::new();
            for gap in GAPS {
                let run = runs.get(&layer_2_alone(recipe, profile, gap_of_target(gap), seed))?;
                points.push((gap, feature_error(&run.phases[0])));
            }
            let slope = slope(&points);
            let errors = points.iter().map(|(_, f)| enclosed(f));
            table.push([recipe.name.into(), seed.into()].into_iter().chain(errors).chain([enclosed_fixed(&slope)]));
            slopes.push(slope);
        }
    }
    let condition = all_slopes_within("slope of ln f against ln eps", " on every seed", &slopes, ("0.9", "1.1"));
    let (exact, ratios) = population_ratios(profile, gap_of_target)?;
    Ok(Outcome { conditions: vec![condition, exact], tables: vec![table, ratios] })
}

/// `f/eps` of the population optimum for the targets of `lin`.
fn population_ratios(profile: Profile, gap_of_target: fn(f64) -> f64) -> Result<(Condition, Table)> {
    let mut table = Table::new("f/eps of the optimum on the population, lin L3 k2 d16", &["seed", "f/eps"]);
    let mut positive = Vec::new();
    let gap = instances::GAP;
    for seed in instances::seeds(profile) {
        let target = layer_2_alone(&LIN_K2_D16, profile, gap_of_target(gap), seed).instance.target()?;
        let target = target.try_map(|&w| Dyadic::try_from(w))?;
        let squared = squared_drift(&target).and_then(|f| f.over(&Rational::try_from(gap).ok()?.squared()));
        positive.push(squared.as_ref().is_some_and(|s| !s.is_zero()));
        let root = |s: &Rational| if s.is_zero() { Value::exact("0") } else { enclosed(&Interval::from(s).sqrt()) };
        table.push([seed.into(), squared.as_ref().map_or_else(|| "absent".into(), root)]);
    }
    Ok((
        all_hold("f/eps of the optimum above", "f/eps of the optimum on the population is above zero on every seed", &positive),
        table,
    ))
}

/// `alpha_3^2 ||P||_F^2 / ||W'W||_F^2` of a chain of depth 3 (guarantee: exact).
///
/// `g` is a function of `z = W x`, so by parts `P = W'QW` with `Q = E[Hessian of g in z]/2`; with `G = WW'` the norms are
/// `tr QGQG` and `tr GG` (`proofs/forward.md`, lemma 3).
fn squared_drift(target: &Network<Dyadic>) -> Option<Rational> {
    let rows = target.layer(2).weights.first()?.clone();
    let k = rows.rows();
    let inputs = vec![variables(k), vec![Polynomial::zero(); target.architecture().width(3)]];
    let g = forward::head(&forward::values_from(target, inputs).sums[1]).weighted(&target.layer(3).scale);
    let features = Features::new(rows, None).ok()?;
    let gram = rational(&features.gram());
    let mut moments = Moments::new(GaussianFeatures(features), BUDGET);
    let mut hessian = Matrix::filled(k, k, Rational::zero());
    for (i, j) in (0..k).flat_map(|i| (0..k).map(move |j| (i, j))) {
        hessian[(i, j)] = Rational::from(&moments.expectation(&derivative(&derivative(&g, i), j))?).weighted(&half());
    }
    let drift = product(&hessian, &gram);
    trace(&product(&drift, &drift)).over(&trace(&product(&gram, &gram)))
}

/// Products that the moments of one target may cost; a quartic in two variables takes a few dozen.
const BUDGET: usize = 10_000;
