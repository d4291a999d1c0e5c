//! Whether layers must be switched on one after the other, and whether the gap must be small.

use std::borrow::Cow;

use crate::claim::judging::{all_below, decimal, some_above};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64, LIN_K2_D16, LIN_L4, LINSKIP_K2_D16, Recipe};
use crate::hierarchy::claims::measure::relative_risk;
use crate::hierarchy::experiment::{Cell, Learner, Runs, Training};
use crate::hierarchy::learner::Automatic;
use crate::hierarchy::network::architecture::MAX_DEPTH;

/// Chains need neither staging nor a small gap; with skips, staging matters.
pub const STAGING: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.staging"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "A finding that goes against the paper's story on small instances: chains need neither staging nor a small gap. With all layers \
                on from the start, te < 1e-10 at eps = .1 on every seed (six; twelve in the profile full) of lin L3 k1 d64, lin L3 k2 d16 and lin L4 k1 d32; switched on one \
                after the other, te < 1e-10 at eps = 1 on every seed of the two of depth 3, and at eps = .6 of that of depth 4. With skips it is \
                otherwise: on linskip L3 k2 d16 at eps = .1, 20 seeds, training never fails (te > 1e-5) with the layers switched on one after the \
                other, and fails on some seed with all of them on from the start.",
    ),
    method: "Layers are switched on by the training error (algorithm.thresholds), or all at the first step; all else is the same. A run ends \
             at a relative loss of 1e-20, after 15000 steps, or at a stall when another halving would leave the step below .0005. te is the exact \
             population risk of the trained weights. Failing is a statement about these runs: longer ones are not excluded from recovering.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: true,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let chains = [chains(profile, LARGE_GAPS), chains(profile, [10.0; 3])].concat();
        [chains, with_skips(profile, one_by_one()), with_skips(profile, at_once())].concat()
    },
    check: |c| staging(c.profile, c.computed, LARGE_GAPS),
    controls: &[Control { breaks: "Chains at eps = 10.", check: |c| staging(c.profile, c.computed, [10.0; 3]) }],
};

static CHAINS: [&Recipe; 3] = [&LIN_K1_D64, &LIN_K2_D16, &LIN_L4];

/// How large a gap is still harmless for each of them.
const LARGE_GAPS: [f64; 3] = [1.0, 1.0, 0.6];

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

fn staging(profile: Profile, runs: &Runs, gaps: [f64; 3]) -> Result<Outcome> {
    let (chains, chain_table) = risks("chains", &chains(profile, gaps), runs)?;
    let (staged, staged_table) = risks("with skips, one after the other", &with_skips(profile, one_by_one()), runs)?;
    let (at_once, at_once_table) = risks("with skips, all on from the start", &with_skips(profile, at_once()), runs)?;
    let conditions = vec![
        all_below("te of chains", " on every seed", &chains, "1e-10"),
        all_below("te with skips, one after the other", ", on every seed", &staged, "1e-5"),
        some_above("te with skips, all on from the start", ", on some seed", &at_once, "1e-5"),
    ];
    Ok(Outcome { conditions, tables: vec![chain_table, staged_table, at_once_table] })
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
