//! `descent.steps-to-overlap`: online gradient descent finds the direction of `He_k` later for larger `k`.

use std::borrow::Cow;

use bfc::claim::judging::all_hold;
use bfc::claim::{Checking, Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use bfc::error::Result;

use super::single_index::{Descent, Labels, Reached, SingleIndex};

/// The steps to overlap 1/2 grow with `k`.
pub const CLAIM: Claim<SingleIndex> = Claim {
    id: Cow::Borrowed("descent.steps-to-overlap"),
    sentence: "(2305.10633)",
    statement: Cow::Borrowed(
        "Online gradient descent on y = He_k(u.x)/sqrt(k!) + z/2 in d = 64 dimensions, from overlap 1/8 = 1/sqrt(d) with u and with one step size for every k, \
         reaches overlap 1/2 on every seed for k = 1, 2, 3; and it takes more steps on any seed at k + 1 than on any seed at k.",
    ),
    method: "Spherical gradient descent on the correlation loss, one fresh sample a step, step size .01/d, at most 100000 steps; six seeds of start and \
             samples for each k, twelve in profile full. The learner knows k and sees samples only.",
    evidence: &[Evidence::Replayed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| VARIANTS.iter().flat_map(|variant| runs(profile, *variant)).map(|(_, item)| item).collect(),
    check: |checking| judged(checking, Variant::Claimed),
    controls: &[
        Control { breaks: "Labels that are noise only.", check: |checking| judged(checking, Variant::NoiseOnly) },
        Control {
            breaks: "He_2 as the target and the learner for every k, on other seeds.",
            check: |checking| judged(checking, Variant::OneLink),
        },
    ],
};

/// The claim, and the premises that its controls break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    Claimed,
    NoiseOnly,
    OneLink,
}

const VARIANTS: [Variant; 3] = [Variant::Claimed, Variant::NoiseOnly, Variant::OneLink];

/// Each run with the `k` under which it is judged.
fn runs(profile: Profile, variant: Variant) -> Vec<(u32, Descent)> {
    let (dimension, links, seeds, limit) = match profile {
        Profile::Tiny => (8, 2, 2, 800),
        Profile::Quick => (64, 3, 6, 100_000),
        Profile::Full => (64, 3, 12, 100_000),
    };
    let run = |k: u32, seed: u64| match variant {
        Variant::Claimed => Descent { link: k, dimension, labels: Labels::Target, limit, seed },
        Variant::NoiseOnly => Descent { link: k, dimension, labels: Labels::Noise, limit, seed },
        Variant::OneLink => Descent { link: 2, dimension, labels: Labels::Target, limit, seed: seed + 1000 * u64::from(k) },
    };
    (1..=links).flat_map(|k| (1..=seeds).map(move |seed| (k, seed))).map(|(k, seed)| (k, run(k, seed))).collect()
}

fn judged(checking: &Checking<'_, SingleIndex>, variant: Variant) -> Result<Outcome> {
    let runs = runs(checking.profile, variant);
    let found = runs.iter().map(|(k, item)| Ok((*k, *item, *checking.get(item)?))).collect::<Result<Vec<_>>>()?;
    let mut table = Table::new("steps to overlap 1/2", &["k", "d", "seed", "steps", "overlap at the end"]);
    for (k, item, reached) in &found {
        let steps = reached.steps.map_or("absent".into(), |steps| steps.to_string());
        let overlap = format!("{:.4}", reached.overlap);
        table.push([
            Value::from(*k),
            Value::from(item.dimension),
            Value::from(item.seed),
            Value::replayed(steps),
            Value::replayed(overlap),
        ]);
    }
    let outcomes: Vec<(u32, Reached)> = found.iter().map(|(k, _, reached)| (*k, *reached)).collect();
    Ok(Outcome { conditions: vec![arrival(&outcomes), growth(&outcomes)], tables: vec![table] })
}

fn arrival(found: &[(u32, Reached)]) -> Condition {
    let arrived: Vec<bool> = found.iter().map(|(_, reached)| reached.steps.is_some()).collect();
    all_hold("overlap 1/2 reached", "overlap 1/2 is reached on every seed", &arrived)
}

/// The ranges of the steps at different `k` do not overlap; undecided where a run did not arrive.
fn growth(found: &[(u32, Reached)]) -> Condition {
    let mut ranges: Vec<(u32, Option<(u64, u64)>)> = Vec::new();
    for (k, reached) in found {
        let one = reached.steps.map(|steps| (steps, steps));
        match ranges.last_mut().filter(|(last, _)| last == k) {
            Some((_, range)) => *range = range.zip(one).map(|((least, most), (steps, _))| (least.min(steps), most.max(steps))),
            None => ranges.push((*k, one)),
        }
    }
    let grows = |pair: &[(u32, Option<(u64, u64)>)]| match (pair[0].1, pair[1].1) {
        (Some((_, most)), Some((least, _))) => Verdict::from(most < least),
        _ => Verdict::Undecided,
    };
    let verdict = ranges.windows(2).map(grows).min().unwrap_or(Verdict::Undecided);
    let shown = |(k, range): &(u32, Option<(u64, u64)>)| {
        range.map_or(format!("k = {k}: absent"), |(least, most)| format!("k = {k}: {least} to {most}"))
    };
    let found = ranges.iter().map(shown).collect::<Vec<_>>().join("; ");
    Condition::new("steps grow with k", "the most steps at k are fewer than the least at k + 1", found, verdict)
}
