//! A truncated activation finds the weights, or it stalls: which of the two depends on the bound.

use std::borrow::Cow;

use super::steps;
use crate::claim::judging::{all_above, all_below, all_hold, all_judged, decimal, enclosed, replayed_decimal, threshold};
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances;
use crate::hierarchy::claims::instances::{GAP, LIN_K1_D64};
use crate::hierarchy::claims::measure::{relative_risk, replayed, replayed_count};
use crate::hierarchy::experiment::scores::{CUT_AT_THE_END, CUT_ON_THE_WAY, TRUNCATED};
use crate::hierarchy::experiment::{Cell, Learner, Run, Runs, Training};
use crate::hierarchy::learner::Kind;
use crate::hierarchy::network::Activation;
use crate::hierarchy::target::truncated::{Truncation, truncation};

/// A truncated activation finds the weights, or it stalls: which of the two depends on the bound.
pub const TRUNCATION: Claim<Training> = Claim {
    id: Cow::Borrowed("algorithm.truncation"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "A finding, in two regimes. The learner is trained with the z^2 that layer 3 reads replaced by B^2 where |z| \
         > B (lin L3 k1 d64, eps = .1, every seed: six; twelve in the profile full). For B = 4 and 8 (full: 5 and 6 \
         as well) its weights have exactly the te, below 1e-12, that backward.joint finds without truncation. At B = \
         2.5 no seed reaches 1e-12. At 3 and 3.5 some seeds do the one and some the other: te is below 1e-12 exactly \
         where no training sample is cut at the end of the run. Right weights are not a right network: with the \
         target's own weights, the truncated network has a population error that is not 0; it is below 1e-5 from B = \
         4 on, the mean over rare inputs that are cut (a finite test sample may hit one, and then shows more).",
    ),
    method: "te is the exact population risk of the trained weights in the untruncated network. A sample is cut where \
             |z| > B for z = R_2 S_2, which layer 3 reads; cuts are counted at the end of a run, and on the way before \
             every 100th step of each stage. With Gaussian inputs z is normal, so the population's share of cuts and \
             the variance that the target's output loses by them have closed forms with moments of the normal tail, \
             which are enclosed (proofs/rounding.md, lemmas 5 and 6). The values of B describe these runs, and so does \
             1e-5; 1e-12 was set in advance.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| {
        let bounds = [high(profile), &BETWEEN, &[LOW, TOO_LOW]].concat();
        let others = |seed| [LIN_K1_D64.run(profile, Kind::Joint, GAP, seed), truncated(profile, Kind::Layerwise, HIGHEST, seed)];
        let each = |seed| bounds.iter().map(move |&bound| truncated(profile, Kind::Joint, bound, seed)).chain(others(seed));
        instances::seeds(profile).flat_map(each).collect()
    },
    check: |c| Premises { kind: Kind::Joint, high: high(c.profile), between: &BETWEEN, low: LOW }.judge(c.profile, c.computed),
    controls: &[
        Control {
            breaks: "B = 2 in the place of the bounds above 2.5, and B = 8 in the place of 2.5.",
            check: |c| {
                Premises { kind: Kind::Joint, high: &[TOO_LOW], between: &[TOO_LOW], low: HIGHEST }.judge(c.profile, c.computed)
            },
        },
        Control {
            breaks: "Layerwise training at B = 8: nothing is cut at the end, and te is not small.",
            check: |c| {
                Premises { kind: Kind::Layerwise, high: &[HIGHEST], between: &[HIGHEST], low: HIGHEST }
                    .judge(c.profile, c.computed)
            },
        },
    ],
};

const HIGHEST: f64 = 8.0;
const BETWEEN: [f64; 2] = [3.5, 3.0];
const LOW: f64 = 2.5;
const TOO_LOW: f64 = 2.0;

fn high(profile: Profile) -> &'static [f64] {
    if profile == Profile::Full { &[HIGHEST, 6.0, 5.0, 4.0] } else { &[HIGHEST, 4.0] }
}

/// A run succeeds at a te below this.
const SUCCESS: &str = "1e-12";

fn truncated(profile: Profile, kind: Kind, bound: f64, seed: u64) -> Cell {
    let mut cell = LIN_K1_D64.run(profile, kind, GAP, seed);
    if let Learner::Staged(training) = &mut cell.learner {
        training.descent.activation = Activation::Truncated(bound);
    }
    cell
}

/// What the claim supposes.
struct Premises {
    kind: Kind,
    /// Bounds that do no harm to the weights, from the highest on.
    high: &'static [f64],
    /// Bounds that do on some seeds.
    between: &'static [f64],
    /// A bound that does on every seed.
    low: f64,
}

/// A bound and a seed, with what came of them.
struct Found<'a> {
    bound: f64,
    seed: u64,
    te: Option<Rational>,
    run: &'a Run,
    of_target: Option<Truncation>,
}

impl Found<'_> {
    fn succeeds(&self) -> bool {
        self.te.as_ref().is_some_and(|te| *te < threshold(SUCCESS))
    }

    fn share(&self, name: &str) -> Option<Rational> {
        self.run.score(name).and_then(replayed)
    }
}

impl Premises {
    fn bounds(&self) -> Vec<f64> {
        let mut bounds = [self.high, self.between, &[self.low]].concat();
        bounds.dedup();
        bounds
    }

    fn find<'a>(&self, profile: Profile, runs: &'a Runs) -> Result<Vec<Found<'a>>> {
        let find = |(bound, seed): (f64, u64)| {
            let cell = truncated(profile, self.kind, bound, seed);
            let run = runs.get(&cell)?;
            let of_target = truncation(&cell.instance.target()?, bound);
            Ok(Found { bound, seed, te: relative_risk(run), run, of_target })
        };
        self.bounds().into_iter().flat_map(|bound| instances::seeds(profile).map(move |seed| (bound, seed))).map(find).collect()
    }

    fn judge(&self, profile: Profile, runs: &Runs) -> Result<Outcome> {
        let found = self.find(profile, runs)?;
        let high = || found.iter().filter(|f| self.high.contains(&f.bound));
        let risks = |of: &[f64]| found.iter().filter(|f| of.contains(&f.bound)).map(|f| f.te.clone()).collect::<Vec<_>>();
        let whole = |seed| Ok(relative_risk(runs.get(&LIN_K1_D64.run(profile, Kind::Joint, GAP, seed))?));
        let same = high().map(|f| Ok(f.te.is_some() && f.te == whole(f.seed)?)).collect::<Result<Vec<_>>>()?;
        let uncut = |f: &Found<'_>| f.share(CUT_AT_THE_END).is_some_and(|share| share.is_zero());
        let agree: Vec<bool> = found.iter().map(|f| f.te.is_some() && f.succeeds() == uncut(f)).collect();
        let some =
            |bound: f64, succeeds: bool| found.iter().any(|f| f.bound == bound && f.te.is_some() && f.succeeds() == succeeds);
        let both: Vec<bool> = self.between.iter().map(|&bound| some(bound, true) && some(bound, false)).collect();
        let small = |f: &Found<'_>| f.of_target.and_then(|t| t.relative_error.certainly_less(Interval::from(&threshold("1e-5"))));
        let small: Vec<Verdict> = high().map(|f| small(f).map_or(Verdict::Undecided, Verdict::from)).collect();
        let conditions = vec![
            all_below("te of the untruncated network", " on every seed and high B", &risks(self.high), SUCCESS),
            all_hold("te equals that of backward.joint", "te is exactly that of backward.joint on every seed and high B", &same),
            all_above("te at the low B", &format!(" = {} on every seed", self.low), &risks(&[self.low]), SUCCESS),
            all_hold(
                "te at the B between on both sides of 1e-12",
                "te < 1e-12 on some seeds and not on others, at each B between",
                &both,
            ),
            all_hold(
                "te below 1e-12 where nothing is cut at the end",
                "te < 1e-12 exactly where no training sample is cut at the end, on every seed and B",
                &agree,
            ),
            all_judged(
                "population error of the target truncated below",
                "the population error of the target's weights, truncated at a high B, < 1e-5",
                &small,
            ),
        ];
        Ok(Outcome { conditions, tables: vec![runs_table(&found), switches(profile, &self.bounds(), &found), cuts(&found)] })
    }
}

fn runs_table(found: &[Found<'_>]) -> Table {
    let columns = ["B", "seed", "te untruncated", "test error truncated", "cut at most, on the way", "cut at the end", "steps"];
    let mut table = Table::new("trained with a truncated activation", &columns);
    for f in found {
        let shares = [TRUNCATED, CUT_ON_THE_WAY, CUT_AT_THE_END].map(|name| replayed_decimal(&f.share(name)));
        let facts = [Value::exact(f.bound.to_string()), f.seed.into(), decimal(&f.te)];
        table.push(facts.into_iter().chain(shares).chain([steps(f.run)]));
    }
    table
}

/// For each seed, the least bound from which on all higher ones succeed.
fn switches(profile: Profile, bounds: &[f64], found: &[Found<'_>]) -> Table {
    let mut table = Table::new("where te falls below 1e-12", &["seed", "for all B of the table from"]);
    let mut descending = bounds.to_vec();
    descending.sort_by(|a, b| b.total_cmp(a));
    for seed in instances::seeds(profile) {
        let succeeds = |bound: &&f64| found.iter().filter(|f| f.seed == seed && f.bound == **bound).all(Found::succeeds);
        let least = descending.iter().take_while(succeeds).last();
        table.push([seed.into(), least.map_or_else(|| Value::text("none"), replayed_count)]);
    }
    table
}

/// What cutting costs the target itself; the heads of all targets have one size up to rounding, so that one seed speaks for all.
fn cuts(found: &[Found<'_>]) -> Table {
    let title = "the weights of the first seed's target, truncated: population";
    let mut table = Table::new(title, &["B", "share of inputs cut", "error over Var(y)"]);
    let first = found.iter().map(|f| f.seed).min();
    for f in found.iter().filter(|f| Some(f.seed) == first) {
        let measures = [f.of_target.map(|t| t.probability), f.of_target.map(|t| t.relative_error)];
        table.push([Value::exact(f.bound.to_string())].into_iter().chain(measures.iter().map(enclosed)));
    }
    table
}
