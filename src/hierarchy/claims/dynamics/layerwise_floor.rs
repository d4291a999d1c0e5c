//! dynamics.layerwise-floor.

use std::borrow::Cow;

use super::{condition, enclosed, exactly, printed, verdict};
use crate::claim::judging::{all_hold, all_judged, decimal, replayed_decimal};
use crate::claim::{Checking, Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::enclosure::boxes;
use crate::error::Result;
use crate::exact::{Dyadic, Rational};
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64, LIN_K2_D16, LIN_K2_D32, Recipe, cells, each, seeds};
use crate::hierarchy::claims::measure::{relative_risk, residual_variance};
use crate::hierarchy::dynamics::floor::{
    depth_three_floor, floor_at_depth, is_floor_at_every_depth, is_reached, layerwise_floor, limit_of_schur_complements,
    schur_complement, squared_distance,
};
use crate::hierarchy::experiment::Training;
use crate::hierarchy::learner::Kind;
use crate::matrix::Matrix;

/// Layerwise training stops, at every depth.
pub const LAYERWISE_FLOOR: Claim<Training> = Claim {
    id: Cow::Borrowed("dynamics.layerwise-floor"),
    sentence: "(b), (c)",
    statement: Cow::Borrowed(
        "Layer 2 is trained alone on the population to its optimum of the squared loss, then frozen with its readout; the layers above do \
         whatever they can, with infinitely many samples and any optimiser (lin, Gaussian inputs, free bias). Width \
         1, unit heads: te tends to (3/16) eps^2/(1 + sqrt(3) eps + eps^2) at L = 3, and te >= .098 eps^2 at EVERY \
         depth L >= 3 and every eps <= .1; S_L, the squared distance of z^2 from the span of 1, z^4, z^8, ..., \
         z^(2^(L-1)), falls to a limit S_inf = .284661156650... > 0. Width k, L = 3: te Var y >= 4 |P_0|^2/(k+6) + 2 \
         (tr P)^2/(k(k+3)) for the drift P of layer 2 where W'W + P is semidefinite, as it is for the targets of the \
         runs. Layerwise runs on that loss at eps = .1, which have as few samples as those of backward.joint, end above half of \
         the floor of their target. Refitting the readout of layer 2 removes the floor for width 1 (layerwise.refit); \
         the claim is about one that is not.",
    ),
    method: "S_L by exact elimination; S_inf by comparing Gram matrices (lemma 6); every depth at once from the drift \
             of layers 3 and 4 (lemma 7), over eps by branch and bound; width k by the distance of x'Px from all \
             quartic forms of the row space (lemma 8), exact for the weights of each target. proofs/dynamics.md. The \
             comparison with runs describes these runs.",
    evidence: &[Evidence::Exact, Evidence::Enclosed, Evidence::Replayed],
    missing: "",
    theorems: &["schur_complement", "layerwise_floor", "layerwise_floor_relative"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::FLOORS],
    items: |_, profile| [Kind::Layerwise, Kind::Joint].iter().flat_map(|&kind| cells(&RECIPES, profile, kind, &[GAP])).collect(),
    check: |c| floors(c, &Premises::default()),
    controls: &[
        Control {
            breaks: "Joint training in the place of layerwise training.",
            check: |c| floors(c, &Premises { kind: Kind::Joint, ..Premises::default() }),
        },
        Control {
            breaks: "Powers that are not lacunary: all even powers, up to z^16, in the place of z^4, z^8, z^16.",
            check: |c| {
                let powers = |depth| (1..=depth as u32).map(|i| 2 * i).collect();
                floors(c, &Premises { powers, ..Premises::default() })
            },
        },
        Control {
            breaks: ".11 claimed in the place of .098.",
            check: |c| floors(c, &Premises { floor: "0.11", ..Premises::default() }),
        },
        Control {
            breaks: "Targets of width 2 whose layer 3 is (16 z_1^2 - 4 z_2^2) twice: it pulls layer 2 out of the semidefinite matrices.",
            check: |c| floors(c, &Premises { strong_pull: true, ..Premises::default() }),
        },
    ],
};

/// What a control breaks.
struct Premises {
    kind: Kind,
    powers: fn(usize) -> Vec<u32>,
    floor: &'static str,
    /// Whether layer 3 of the targets of width 2 is one that pulls layer 2 far.
    strong_pull: bool,
}

impl Default for Premises {
    fn default() -> Self {
        Premises { kind: Kind::Layerwise, powers: lacunary, floor: "0.098", strong_pull: false }
    }
}

static RECIPES: [&Recipe; 3] = [&LIN_K1_D64, &LIN_K2_D16, &LIN_K2_D32];

/// The powers of a target of depth `depth`.
fn lacunary(depth: usize) -> Vec<u32> {
    crate::hierarchy::dynamics::stage::exponents(depth)
}

fn floors(c: &Checking<'_, Training>, premises: &Premises) -> Result<Outcome> {
    let &Premises { kind, powers, floor, .. } = premises;
    let draws = c.profile.draws_conclusions();
    let split = if draws { 9 } else { 7 };
    let limit = limit_of_schur_complements(split);
    // Eight powers of either kind: those of depth 9, or z^2, ..., z^16.
    let distance = squared_distance(&powers(if powers(3) == lacunary(3) { split } else { split - 1 }));
    let limit = limit.map(|l| l.lower().clone());
    let (comparison, runs) = against_runs(c, kind)?;
    let drifts = drifts(c, kind, premises.strong_pull)?;
    let conditions = vec![distance_condition(&limit, &distance), every_depth(&limit, floor)?, drifts, comparison];
    Ok(Outcome { conditions, tables: vec![by_depth(c.profile), runs] })
}

/// `S_9`, or the distance of `z^2` from other powers, is above the certified lower bound of `S_inf`.
fn distance_condition(limit: &Option<Rational>, distance: &Option<Rational>) -> Condition {
    let holds = limit.as_ref().zip(distance.as_ref()).map(|(limit, distance)| limit <= distance && *limit > Rational::from(0));
    let shown = |v: &Option<Rational>| v.as_ref().map_or("absent".into(), |v| v.to_fixed(12));
    let found = format!("distance {}, S_inf at least {}", shown(distance), shown(limit));
    condition("distance of z^2", "the powers leave at least the lower bound of S_inf of z^2, and that is above 0", found, holds)
}

/// The key of the condition on every depth.
const KEY: &str = "floor at every depth";

fn every_depth(limit: &Option<Rational>, floor: &str) -> Result<Condition> {
    let requires = format!("te >= {floor} eps^2 at every depth from 3 on, for every eps <= .1");
    let Some(limit) = limit else { return Ok(condition(KEY, requires, "no lower bound of S_inf", None)) };
    // Depth 3 falls with eps, and is looked at where it is least.
    let three = enclosed(floor).certainly_less(depth_three_floor(enclosed("0.1")) / enclosed("0.1").sqr());
    Ok(match is_floor_at_every_depth(limit, enclosed(floor), 0.1f64.next_up())? {
        boxes::Outcome::Proved(cover) => condition(KEY, requires, format!("proved with {} boxes", cover.boxes()), three),
        boxes::Outcome::Refuted(part) => {
            condition(KEY, requires, format!("the bound fails at eps = {}", part[0].mid()), Some(false))
        }
        boxes::Outcome::Undecided(_) => condition(KEY, requires, "the enclosures do not tell", None),
    })
}

fn by_depth(profile: Profile) -> Table {
    let mut table = Table::new("width 1", &["L", "S_L", "floor of te/eps^2, eps = .1", "eps = .05"]);
    for depth in 3..=if profile.draws_conclusions() { 9 } else { 4 } {
        let floor = |eps: &str| printed(Some(floor_at_depth(depth, enclosed(eps))), 6);
        let share = Value::exact(schur_complement(depth).to_fixed(18));
        table.push([depth.into(), share, floor("0.1"), floor("0.05")]);
    }
    table
}

/// Whether layer 2 alone reaches `W'W + P`, for the targets of the runs.
fn drifts(c: &Checking<'_, Training>, kind: Kind, strong_pull: bool) -> Result<Condition> {
    let mut held = Vec::new();
    for (recipe, seed) in each(&RECIPES, c.profile) {
        let mut target = recipe.run(c.profile, kind, GAP, seed).instance.target()?.try_map(|w| Dyadic::try_from(*w))?;
        if strong_pull && recipe.width() == 2 {
            target.layer_mut(3).weights = vec![Matrix::from_fn(2, 2, |_, j| Dyadic::from([16, -4][j]))];
        }
        held.push(is_reached(&target)?);
    }
    Ok(all_hold(
        "drift of layer 2",
        "W'W + P is semidefinite, so that layer 2 alone reaches it, for the target of each run",
        &held,
    ))
}

/// The closed form on the targets of the runs, beside what the runs reached.
fn against_runs(c: &Checking<'_, Training>, kind: Kind) -> Result<(Condition, Table)> {
    let columns = ["instance", "seed", "floor of te/eps^2", "te/eps^2 of the run", "quotient"];
    let mut table = Table::new(format!("the closed form, and {} runs at eps = .1", kind.name()), &columns);
    let mut above = Vec::new();
    let hundred = Rational::from(100);
    for recipe in RECIPES {
        for seed in seeds(c.profile) {
            let cell = recipe.run(c.profile, kind, GAP, seed);
            let run = c.get(&cell)?;
            let target = cell.instance.target()?.try_map(|w| Dyadic::try_from(*w))?;
            let floor = layerwise_floor(&target)?;
            let quotient = residual_variance(run).and_then(|v| v.over(&floor));
            let relative = run.target_variance.as_ref().and_then(|v| floor.over(v)).map(|te| te * &hundred);
            let reached = relative_risk(run).map(|te| te * &hundred);
            table.push([
                recipe.name.into(),
                seed.into(),
                decimal(&relative),
                replayed_decimal(&reached),
                replayed_decimal(&quotient),
            ]);
            above.push(verdict(quotient.map(|q| q >= exactly("0.5"))));
        }
    }
    let requires = "the runs end at no less than half of the floor of their target";
    Ok((all_judged("te against the floor", requires, &above), table))
}
