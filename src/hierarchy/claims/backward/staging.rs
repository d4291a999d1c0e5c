//! Whether layers must be switched on one after the other, and whether the gap must be small.

use std::borrow::Cow;

use crate::claim::judging::{all_below, decimal, some_above, threshold};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64, LIN_K2_D16, LIN_L4, LINSKIP_K2_D16, Recipe};
use crate::hierarchy::claims::measure::{relative_risk, replayed_count};
use crate::hierarchy::dynamics::landscape::{Threshold, positivity_threshold};
use crate::hierarchy::experiment::{Cell, Learner, Runs, Training};
use crate::hierarchy::learner::{Automatic, Kind};
use crate::hierarchy::network::architecture::MAX_DEPTH;

/// Chains need neither staging nor a small gap; with skips, staging matters.
pub const STAGING: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.staging"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "A finding that goes against the paper's story on small instances: chains at eps = .1 need no staging, and \
         with layers switched on one after the other they need no small gap. With all layers on from the start, te < \
         1e-10 at eps = .1 on every seed (twelve) of lin L3 k1 d64, lin L3 k2 d16 and lin L4 k1 d32; switched on one \
         after the other by the training error, te < 1e-10 at eps = 1 on every seed of the two of depth 3, and at eps \
         = .6 of that of depth 4. In phases so long that each layer is trained out before the next is switched on, the \
         chain of depth 4 reaches it at eps = .6 with N = 120d on every seed; how many seeds do at larger gaps, and \
         with N = 60d, is told. With skips it is otherwise: on linskip L3 k2 d16 at eps = .1, 20 seeds, training never \
         fails (te > 1e-5) with the layers switched on one after the other, and fails on some seed with all of them on \
         from the start.",
    ),
    method: "Layers are switched on by the training error (algorithm.thresholds), or all at the first step; all else \
             is the same. A run ends at a relative loss of 1e-20, after 15000 steps, or at a stall when another \
             halving would leave the step below .0005. The phases are 600, 1500 and 3000 steps; how many seeds succeed \
             at eps = .6, .8, 1, 1.05 and 1.2 with N = 60d and 120d is told beside eps*, below which all optima of the \
             population's stages have positive coordinates (dynamics.landscape): of these counts no law is claimed. te \
             is the exact population risk of the trained weights. Failing is a statement about these runs: longer ones \
             are not excluded from recovering. Thresholds on te were set in advance; which gaps and sample numbers are \
             claimed describes these runs.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: true,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let chains = [chains(profile, LARGE_GAPS), chains(profile, HUGE_GAPS), counted(profile)].concat();
        [chains, with_skips(profile, one_by_one()), with_skips(profile, at_once())].concat()
    },
    check: |c| staging(c.profile, c.computed, &CLAIMED),
    controls: &[
        Control {
            breaks: "Chains at eps = 10.",
            check: |c| staging(c.profile, c.computed, &Premises { gaps: HUGE_GAPS, in_phases: HUGE_GAPS[0], ..CLAIMED }),
        },
        Control {
            breaks: "With skips, the two ways of switching layers on are exchanged.",
            check: |c| staging(c.profile, c.computed, &Premises { careful: at_once, hasty: one_by_one, ..CLAIMED }),
        },
    ],
};

static CHAINS: [&Recipe; 3] = [&LIN_K1_D64, &LIN_K2_D16, &LIN_L4];

/// How large a gap is still harmless for each of them.
const LARGE_GAPS: [f64; 3] = [1.0, 1.0, 0.6];
/// Where the highest layer is the largest.
const HUGE_GAPS: [f64; 3] = [10.0; 3];

/// What the claim supposes.
struct Premises {
    /// The gaps of the chains.
    gaps: [f64; 3],
    /// How layers with skips are switched on where training never fails.
    careful: fn() -> Automatic,
    /// How they are where it fails on some seed.
    hasty: fn() -> Automatic,
    /// The gap at which the chain of depth 4 learns in phases of given length.
    in_phases: f64,
}

const CLAIMED: Premises = Premises { gaps: LARGE_GAPS, careful: one_by_one, hasty: at_once, in_phases: 0.6 };

/// Where the chain of depth 4 in phases is run, and its numbers of samples as multiples of 60d.
const COUNTED_GAPS: [f64; 5] = [0.6, 0.8, 1.0, 1.05, 1.2];
const SAMPLES: [usize; 2] = [1, MANY];
const MANY: usize = 2;

/// A chain succeeds at a te below this.
const SUCCESS: &str = "1e-10";

fn one_by_one() -> Automatic {
    Automatic::default()
}

fn at_once() -> Automatic {
    Automatic { on_from_start: MAX_DEPTH, ..Automatic::default() }
}

/// All on from the start at the usual gap, then one after the other at the large ones.
fn chains(profile: Profile, gaps: [f64; 3]) -> Vec<Cell> {
    let settings = |(recipe, gap): (&'static Recipe, f64)| [(recipe, at_once(), GAP), (recipe, one_by_one(), gap)];
    let all = CHAINS.into_iter().zip(gaps).flat_map(settings);
    all.flat_map(|(recipe, automatic, gap)| instances::seeds(profile).map(move |s| recipe.automatic(profile, automatic, gap, s)))
        .collect()
}

fn with_skips(profile: Profile, automatic: Automatic) -> Vec<Cell> {
    let seeds = if profile == Profile::Tiny { 1..=2 } else { 1..=20 };
    seeds.map(|seed| LINSKIP_K2_D16.automatic(profile, automatic, GAP, seed)).collect()
}

/// The chain of depth 4 in phases of given length, on `times` its usual number of samples.
fn in_phases(profile: Profile, times: usize, gap: f64) -> Vec<Cell> {
    let cell = |seed| {
        let mut cell = LIN_L4.run(profile, Kind::Joint, gap, seed);
        cell.instance.samples *= times;
        cell
    };
    instances::seeds(profile).map(cell).collect()
}

/// The chain of depth 4 in phases, at every gap that is counted and those that must succeed or fail.
fn counted(profile: Profile) -> Vec<Cell> {
    let gaps = COUNTED_GAPS.iter().chain(&HUGE_GAPS[..1]);
    gaps.flat_map(|&gap| SAMPLES.into_iter().flat_map(move |times| in_phases(profile, times, gap))).collect()
}

fn staging(profile: Profile, runs: &Runs, premises: &Premises) -> Result<Outcome> {
    let (chains, chain_table) = risks("chains", &chains(profile, premises.gaps), runs)?;
    let (careful, careful_table) = risks("with skips, where no seed fails", &with_skips(profile, (premises.careful)()), runs)?;
    let (hasty, hasty_table) = risks("with skips, where some seed fails", &with_skips(profile, (premises.hasty)()), runs)?;
    let (phases, phase_table) = counts(profile, runs, premises.in_phases)?;
    let conditions = vec![
        all_below("te of chains", " on every seed", &chains, SUCCESS),
        all_below("te with skips, one after the other", ", on every seed", &careful, "1e-5"),
        some_above("te with skips, all on from the start", ", on some seed", &hasty, "1e-5"),
        all_below(
            "te of the chain of depth 4 in phases",
            &format!(" at eps = {} and N = 120d on every seed", premises.in_phases),
            &phases,
            SUCCESS,
        ),
    ];
    Ok(Outcome { conditions, tables: vec![chain_table, careful_table, hasty_table, phase_table] })
}

/// te of the chain of depth 4 in phases at the gap `asked`, and at how many seeds it succeeds at all others.
fn counts(profile: Profile, runs: &Runs, asked: f64) -> Result<(Vec<Option<Rational>>, Table)> {
    let bound = match positivity_threshold(LIN_L4.depth())? {
        Some(Threshold::Within(bound)) => bound.to_decimal(6),
        _ => None,
    };
    let mut table = Table::new(
        format!("lin L4 k1 d32 in phases of 600, 1500, 3000 steps; eps* = {}", bound.as_deref().unwrap_or("none")),
        &["eps", "N", "seeds with te < 1e-10", "of", "least te", "largest te"],
    );
    let mut risks = Vec::new();
    let gaps = if COUNTED_GAPS.contains(&asked) { COUNTED_GAPS.to_vec() } else { vec![asked] };
    for (gap, times) in gaps.into_iter().flat_map(|gap| SAMPLES.map(|times| (gap, times))) {
        let cells = in_phases(profile, times, gap);
        let mut te: Vec<Option<Rational>> = cells.iter().map(|cell| Ok(relative_risk(runs.get(cell)?))).collect::<Result<_>>()?;
        let limit = threshold(SUCCESS);
        let reached = te.iter().flatten().filter(|te| **te < limit).count();
        if gap == asked && times == MANY {
            risks.extend(te.clone());
        }
        // Absent ones come last: a run that diverged has the largest.
        te.sort_by_key(|te| (te.is_none(), te.clone()));
        let samples = cells.first().map_or(0, |cell| cell.instance.samples);
        let facts = [Value::exact(gap.to_string()), samples.into(), replayed_count(reached), cells.len().into()];
        let range = [te.first(), te.last()].map(|te| decimal(&te.cloned().flatten()));
        table.push(facts.into_iter().chain(range));
    }
    Ok((risks, table))
}

fn risks(title: &str, cells: &[Cell], runs: &Runs) -> Result<(Vec<Option<Rational>>, Table)> {
    let mut table = Table::new(title, &["index sets", "depth", "eps", "on from the start", "seed", "te", "steps"]);
    let mut risks = Vec::new();
    for cell in cells {
        let (instance, run) = (&cell.instance, runs.get(cell)?);
        let te = relative_risk(run);
        let steps: Vec<String> = run.phases.iter().map(|p| p.steps.to_string()).collect();
        let gap = Value::exact(instance.gap.to_string());
        let facts = [instance.skips.name().into(), instance.depth().into(), gap, on_from_start(cell).into()];
        table.push(facts.into_iter().chain([cell.seed.into(), decimal(&te), Value::text(steps.join("/"))]));
        risks.push(te);
    }
    Ok((risks, table))
}

/// Which layers are on at the first step.
fn on_from_start(cell: &Cell) -> String {
    match &cell.learner {
        Learner::Automatic(training) if training.automatic.on_from_start == 2 => "2".into(),
        _ => "all".into(),
    }
}
