//! Backward feature correction: what training together repairs.

use std::borrow::Cow;

use super::instances::{self, DEPTH_3, GAP, LIN_K2_D16, LIN_L4, LIN_L5, LINSKIP_K1_D32, QUAD01_K1_D16, Recipe, cells};
use super::measure::{feature_error, relative_risk, replayed_count};
use super::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::claim::judging::{all_above, all_below, all_slopes_within, all_within, decimal, enclosed, enclosed_fixed, slope};
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::experiment::{Cell, Run, Runs};
use crate::hierarchy::learner::{Coupling, Kind, Stage};

/// A short digest, enough to see that two runs differ.
fn seal(run: &Run) -> Value {
    Value::text(&run.digest[..16])
}

/// Together, the layers learn what layerwise training cannot.
pub const JOINT: Claim = Claim {
    id: Cow::Borrowed("backward.joint"),
    sentence: "(a), (b)",
    statement: Cow::Borrowed(
        "Trained together, with layer 3 switched on after layer 2, the layers reach a relative population risk te < 1e-12, and the \
                layerwise te is more than 1e6 times larger, on every seed of the five instances of depth 3 at eps = .1.",
    ),
    method: "Same samples and initial weights for both runs; they share the phase of layer 2. te is the exact population risk of the \
             trained weights, a rational number.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| [Kind::Joint, Kind::Layerwise].iter().flat_map(|&kind| cells(&DEPTH_3, profile, kind, &[GAP])).collect(),
    check: |c| joint(c.profile, c.computed, Kind::Joint),
    controls: &[Control {
        breaks: "Layer 2 is frozen while layer 3 trains: the layerwise run in the place of the joint one.",
        check: |c| joint(c.profile, c.computed, Kind::Layerwise),
    }],
};

fn joint(profile: Profile, runs: &Runs, kind: Kind) -> Result<Outcome> {
    let columns = ["instance", "seed", "te", "te layerwise", "ratio", "steps", "digest"];
    let mut table = Table::new(format!("{} against layerwise training", kind.name()), &columns);
    let (mut risks, mut ratios) = (Vec::new(), Vec::new());
    for recipe in DEPTH_3 {
        for seed in instances::seeds(profile) {
            let run = runs.get(&recipe.run(profile, kind, GAP, seed))?;
            let layerwise = relative_risk(runs.get(&recipe.run(profile, Kind::Layerwise, GAP, seed))?);
            let te = relative_risk(run);
            let ratio = layerwise.as_ref().zip(te.as_ref()).and_then(|(l, te)| l.over(te));
            let steps: Vec<String> = run.phases.iter().map(|p| p.steps.to_string()).collect();
            let measures = [&te, &layerwise, &ratio].map(decimal);
            let facts = [Value::text(steps.join("/")), seal(run)];
            table.push([recipe.name.into(), seed.into()].into_iter().chain(measures).chain(facts));
            risks.push(te);
            ratios.push(ratio);
        }
    }
    let conditions = vec![
        all_below("te", " on every seed", &risks, "1e-12"),
        all_above("layerwise te / te", " on every seed", &ratios, "1e6"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// Depth 4: the error of layer 2 falls by about a factor of the gap with every layer that is switched on.
pub const STAIRCASE_4: Claim = Claim {
    id: Cow::Borrowed("backward.staircase-4"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "At depth 4 the error f of layer 2 falls in a staircase: after the phase of layer 2 it is of the order eps, after the phase \
                of layers 2 and 3 of the order eps^2 (slopes of ln f against ln eps over .2, .1, .05 in [.85, 1.2] and [1.8, 2.15] on \
                every seed), and after all layers te < 1e-15 at each of these eps.",
    ),
    method: "lin L4 k1 d32, joint training. f and te are exact functions of the trained weights; slopes are enclosed.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| STAIRS_4.cells(profile),
    check: |c| STAIRS_4.check(c.profile, c.computed),
    controls: &[Control {
        breaks: "For te: layer 4 is never switched on, layers 2 and 3 go on training for as long. For the second step: layer 2 is frozen \
              after its own phase (layerwise training).",
        check: |c| STAIRS_4.broken(c.profile, c.computed),
    }],
};

/// Depth 5: one more step of the staircase.
pub const STAIRCASE_5: Claim = Claim {
    id: Cow::Borrowed("backward.staircase-5"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "At depth 5 the staircase has one more step: f of layer 2 is of the order eps, eps^2, eps^3 after the phases of layers 2, 3 \
                and 4 (slopes over .2, .1, .05 in [.85, 1.2], [1.8, 2.15] and [2.7, 3.3] on every seed), and after all layers te < 1e-9 \
                at each of these eps.",
    ),
    method: "lin L5 k1 d24, joint training with heavy ball .99: layer 5 is a sixteenth power, of which samples see little, and with .9 it \
             converges too slowly on some seeds. f and te are exact functions of the trained weights; slopes are enclosed.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| STAIRS_5.cells(profile),
    check: |c| STAIRS_5.check(c.profile, c.computed),
    controls: &[Control {
        breaks: "For te: layer 5 is never switched on, layers 2 to 4 go on training for as long. For the second and third step: layer 2 \
              is frozen after its own phase (layerwise training).",
        check: |c| STAIRS_5.broken(c.profile, c.computed),
    }],
};

/// What a staircase claim asserts of its instance.
struct Stairs {
    recipe: &'static Recipe,
    /// The band of the slope of f, phase by phase.
    bands: &'static [(&'static str, &'static str)],
    /// The final te is below this.
    reached: &'static str,
}

static STAIRS_4: Stairs = Stairs { recipe: &LIN_L4, bands: &[("0.85", "1.2"), ("1.8", "2.15")], reached: "1e-15" };
static STAIRS_5: Stairs = Stairs { recipe: &LIN_L5, bands: &[("0.85", "1.2"), ("1.8", "2.15"), ("2.7", "3.3")], reached: "1e-9" };

const STAIR_GAPS: [f64; 3] = [0.2, 0.1, 0.05];

type StagesOf = fn(&Recipe, Profile) -> Result<Vec<Stage>>;

fn together(recipe: &Recipe, profile: Profile) -> Result<Vec<Stage>> {
    Kind::Joint.stages(&recipe.phases(profile), 0)
}

/// As [`together`], but in the last stage the top layer stays off.
fn without_top(recipe: &Recipe, profile: Profile) -> Result<Vec<Stage>> {
    let below_top = |s: Stage| Stage::new(s.bottom, s.top.min(recipe.depth() - 1), s.coupling, s.steps);
    Ok(together(recipe, profile)?.into_iter().map(below_top).collect())
}

/// Layer by layer, up to the last layer but one: as far as the steps of the staircase are looked at.
fn one_by_one(recipe: &Recipe, profile: Profile) -> Result<Vec<Stage>> {
    let phases = recipe.phases(profile);
    Kind::Layerwise.stages(&phases[..phases.len() - 1], 0)
}

/// The runs of one seed, one for each gap.
struct Flight<'a> {
    seed: u64,
    at_gaps: Vec<&'a Run>,
}

impl Stairs {
    fn cells(&self, profile: Profile) -> Vec<Cell> {
        let stages = [together as StagesOf, without_top, one_by_one];
        // A recipe has phases, and that is all that stages ask for.
        let staged = stages.iter().filter_map(|stages| stages(self.recipe, profile).ok());
        let each = staged.flat_map(|stages| instances::seeds(profile).map(move |seed| (stages.clone(), seed)));
        let cell = |stages: &Vec<Stage>, seed, &gap: &f64| self.recipe.staged(profile, stages.clone(), gap, seed);
        each.flat_map(|(stages, seed)| STAIR_GAPS.iter().map(|gap| cell(&stages, seed, gap)).collect::<Vec<_>>()).collect()
    }

    fn flights<'a>(&self, profile: Profile, runs: &'a Runs, stages: StagesOf) -> Result<Vec<Flight<'a>>> {
        let stages = stages(self.recipe, profile)?;
        let run = |seed, gap: &f64| runs.get(&self.recipe.staged(profile, stages.clone(), *gap, seed));
        let flight = |seed| Ok(Flight { seed, at_gaps: STAIR_GAPS.iter().map(|gap| run(seed, gap)).collect::<Result<_>>()? });
        instances::seeds(profile).map(flight).collect()
    }

    fn check(&self, profile: Profile, runs: &Runs) -> Result<Outcome> {
        let flights = self.flights(profile, runs, together)?;
        let steps: Vec<_> = (0..self.bands.len()).map(|phase| self.step(&flights, phase)).collect();
        Ok(Outcome::of(steps.into_iter().chain([self.end(&flights)])))
    }

    /// Every step but the first with layer 2 frozen, and the end with the top layer off: all must fail.
    fn broken(&self, profile: Profile, runs: &Runs) -> Result<Outcome> {
        let (frozen, without_top) = (self.flights(profile, runs, one_by_one)?, self.flights(profile, runs, without_top)?);
        let steps: Vec<_> = (1..self.bands.len()).map(|phase| self.step(&frozen, phase)).collect();
        Ok(Outcome::some_holds(steps.into_iter().chain([self.end(&without_top)])))
    }

    /// f of layer 2 after the phase in which layer `phase + 2` was switched on.
    fn step(&self, flights: &[Flight<'_>], phase: usize) -> (Condition, Table) {
        let title = format!("f of layer 2 after the phase of layer {}", phase + 2);
        let mut table = Table::new(title, &["seed", "f eps=.2", ".1", ".05", "slope"]);
        let mut slopes = Vec::new();
        for Flight { seed, at_gaps } in flights {
            let f = at_gaps.iter().map(|run| feature_error(&run.phases[phase]));
            let points: Vec<_> = STAIR_GAPS.into_iter().zip(f).collect();
            let slope = slope(&points);
            let errors = points.iter().map(|(_, f)| enclosed(f));
            table.push([(*seed).into()].into_iter().chain(errors).chain([enclosed_fixed(&slope)]));
            slopes.push(slope);
        }
        let quantity = format!("slope of ln f after the phase of layer {}", phase + 2);
        (all_slopes_within(&quantity, " on every seed", &slopes, self.bands[phase]), table)
    }

    /// te after all phases.
    fn end(&self, flights: &[Flight<'_>]) -> (Condition, Table) {
        let mut table = Table::new("te at the end", &["seed", "te eps=.2", ".1", ".05", "digest eps=.1"]);
        let mut risks = Vec::new();
        for Flight { seed, at_gaps } in flights {
            let te: Vec<Option<Rational>> = at_gaps.iter().map(|run| relative_risk(run)).collect();
            let cells = te.iter().map(decimal).chain([seal(at_gaps[1])]);
            table.push([(*seed).into()].into_iter().chain(cells));
            risks.extend(te);
        }
        (all_below("te at the end", ", every seed and eps", &risks, self.reached), table)
    }
}

/// A layerwise-trained network recovers when its layers are released.
pub const THAW: Claim = Claim {
    id: Cow::Borrowed("backward.thaw"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "A network that layerwise training left at a te between 1e-4 and 1e-2 recovers when all its layers are released: te < 1e-12 \
                on every seed of lin L4 k1 d32 at eps = .1.",
    ),
    method: "Layerwise training, then joint training for as many steps as the last phase. te is exact.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let seeds = instances::seeds(profile);
        seeds.flat_map(|seed| [thawed(profile, seed), kept_frozen(profile, seed), layerwise(profile, seed)]).collect()
    },
    check: |c| thaw(c.profile, c.computed, thawed),
    controls: &[Control {
        breaks: "Kept frozen: layer 4 alone goes on for the same number of steps.",
        check: |c| thaw(c.profile, c.computed, kept_frozen),
    }],
};

fn layerwise(profile: Profile, seed: u64) -> Cell {
    LIN_L4.run(profile, Kind::Layerwise, GAP, seed)
}

fn thawed(profile: Profile, seed: u64) -> Cell {
    LIN_L4.run(profile, Kind::Thawed, GAP, seed)
}

fn kept_frozen(profile: Profile, seed: u64) -> Cell {
    let phases = LIN_L4.phases(profile);
    let on = phases.last().map(|&steps| Stage::new(LIN_L4.depth(), LIN_L4.depth(), Coupling::Joint, steps));
    let stages = Kind::Layerwise.stages(&phases, 0).expect("a recipe has phases");
    LIN_L4.staged(profile, stages.into_iter().chain(on).collect(), GAP, seed)
}

fn thaw(profile: Profile, runs: &Runs, released: fn(Profile, u64) -> Cell) -> Result<Outcome> {
    let mut table = Table::new("lin L4 k1 d32", &["seed", "te layerwise", "te after", "steps after", "digest"]);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for seed in instances::seeds(profile) {
        let stuck = relative_risk(runs.get(&layerwise(profile, seed))?);
        let run = runs.get(&released(profile, seed))?;
        let te = relative_risk(run);
        let steps = run.phases.last().map_or(0, |p| p.steps);
        table.push([seed.into(), decimal(&stuck), decimal(&te), replayed_count(steps), seal(run)]);
        before.push(stuck);
        after.push(te);
    }
    let conditions = vec![
        all_within("te after layerwise training", " on every seed", &before, ("1e-4", "1e-2")),
        all_below("te after the release", " on every seed", &after, "1e-12"),
    ];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// What correction needs is a shared residual, not a gradient from above.
pub const RESIDUAL_SHARING: Claim = Claim {
    id: Cow::Borrowed("backward.residual-sharing"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "A finding that goes beyond the paper's story: stopping the gradient from a layer into the features below it does not break \
                correction (te < 1e-12 on every seed), as long as all layers see the error of the whole output; freezing the lower \
                layers, or giving each layer a loss of its own, does (te > 1e-4). Instances lin L3 k2 d16, linskip L3 k1 d32, quad01 L3 \
                k1 d16 and lin L4 k1 d32 at eps = .1; the local loss on the first three.",
    ),
    method: "te is the exact population risk of the trained weights. This fits the picture that the higher layer takes its part of the \
             residual away from the lower one; the runs do not prove it.",
    evidence: &[Evidence::Replayed, Evidence::Exact],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let kinds = [Kind::StopGradient, Kind::Layerwise, Kind::LocalLoss];
        kinds.iter().flat_map(|&kind| cells(sharing_recipes(kind), profile, kind, &[GAP])).collect()
    },
    check: |c| residual_sharing(c.profile, c.computed, Kind::StopGradient),
    controls: &[Control {
        breaks: "Local losses in the place of the stopped gradient.",
        check: |c| residual_sharing(c.profile, c.computed, Kind::LocalLoss),
    }],
};

static SHARING: [&Recipe; 4] = [&LIN_K2_D16, &LINSKIP_K1_D32, &QUAD01_K1_D16, &LIN_L4];

/// The instances on which a kind is run; the local loss only at depth 3.
fn sharing_recipes(kind: Kind) -> &'static [&'static Recipe] {
    if kind == Kind::LocalLoss { &SHARING[..3] } else { &SHARING }
}

fn residual_sharing(profile: Profile, runs: &Runs, sharing: Kind) -> Result<Outcome> {
    let risks = |kind: Kind| -> Result<Vec<(String, u64, Option<Rational>)>> {
        let mut found = Vec::new();
        for recipe in sharing_recipes(kind) {
            for seed in instances::seeds(profile) {
                let run = runs.get(&recipe.run(profile, kind, GAP, seed))?;
                found.push((recipe.name.to_owned(), seed, relative_risk(run)));
            }
        }
        Ok(found)
    };
    let mut table = Table::new("te by coupling", &["coupling", "instance", "seed", "te"]);
    let mut conditions = Vec::new();
    for (kind, shares) in [(sharing, true), (Kind::Layerwise, false), (Kind::LocalLoss, false)] {
        let found = risks(kind)?;
        let te: Vec<Option<Rational>> = found.iter().map(|(_, _, te)| te.clone()).collect();
        let scope = format!(" of {} training on every seed", kind.name());
        conditions.push(if shares { all_below("te", &scope, &te, "1e-12") } else { all_above("te", &scope, &te, "1e-4") });
        for (name, seed, te) in found {
            table.push([kind.name().into(), name.into(), seed.into(), decimal(&te)]);
        }
    }
    Ok(Outcome { conditions, tables: vec![table] })
}
