//! What any kernel can do for the rotations of a target that joint training learns.

use std::borrow::Cow;

use dashu_int::IBig;

use super::{Chain, SUCCESS, largest, successes};
use crate::claim::judging::{all_below, all_hold, decimal, threshold};
use crate::claim::{Checking, Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::count::harmonics;
use crate::exact::rotated::{Part, Rotated};
use crate::hierarchy::claims::alternatives::wide::instance_g;
use crate::hierarchy::claims::instances::{GAP, LIN_K2_D16, LIN_K2_D32, LINSKIP_K2_D16};
use crate::hierarchy::claims::measure::relative_risk;
use crate::hierarchy::experiment::{Cell, Runs, Training};
use crate::hierarchy::learner::Kind;
use crate::hierarchy::target::rotated::top_part;
use crate::scalar::Scalar;

/// Joint training against every kernel, on one class.
pub const KERNELS: Claim<Training> = Claim {
    id: Cow::Borrowed("separation.kernels"),
    sentence: "(a), (d)",
    statement: Cow::Borrowed(
        "On Gaussian inputs, rotate a target by a Haar-random orthogonal matrix. For chains lin of width 1 the least \
        mean relative error that any N functions, chosen without the rotation, can have over these rotations is \
        exactly the sum of all but the N largest of the eigenvalues share_m / dim H_m, each taken dim H_m times, \
        with share_m the part of the variance in the harmonics of degree m; and at most a fraction 2N / dim H_p of \
        the rotations has a predictor with an error of at most share_p / 2, p = 2^(L-1). Joint training on N samples \
        reaches te < 1e-12 on every seed of the listed chains (the instance with generic forms: 1e-8), and a seed is \
        a draw of that class. With as many functions as samples a kernel method errs on average by at least .087, \
        .107, .132 (L = 3, d = 64, eps = .3, .6, 1), with half of dim H_4 by .0064, .0172, .0307. The full profile \
        adds L = 3, d = 128, eps = .6, 1 (.102, .128; with 10^6 functions .0327, .0585), d = 256, eps = 1 (N = 15360: \
        .561; with 10^6 functions .065; of the errors with N functions .0758, .0692 and .5310 at d = 64, 128 and 256 \
        remain without a gap, as N is below dim H_2), L = 4, d = 32 and 64, eps = .3 (.0222, .0256) and L = 5, d = 24, eps \
        = .6 (.111). At eps = 2 (L = 3, d = 64) joint training succeeds on some seeds only (a table of the full \
        profile), at eps = 4 it fails (a control), both with the steps and stages of these runs. At depth 3 and any width share_4 (1 - N / dim H_4) is a lower \
        bound; it is evaluated for instances of width 2 and (full) for one with a layer 2 of width d/2 under generic \
        forms.",
    ),
    method: "Shares, eigenvalues and tails are rational numbers of each seed's own weights; of a row the least over \
            its seeds is printed and judged. te is the exact population risk. Joint training in stages as for every \
            chain; 6 seeds, at d = 256 10. The share of degree 4 at any width is that of the traceless part of the \
            quartic tensor. Theorems 1 and 3, lemmas 1 and 4 of proofs/rotated-class.md; that joint training does \
            not prefer a rotation, proofs/equivariance.md: exact over the reals, in floats up to rounding. The \
            floors of mean errors were set after they were computed: exact values rounded down; the ratio 1e5 \
            describes these runs, te < 1e-12 was set in advance. That the eigenvalues add up checks the apparatus. \
            The number of functions of a kernel method is at most its number of samples. With layers switched on by the training error, a step of .003 and \
            restarts joint training reaches te < 4e-14 at eps = 2 and 4 as well, from N = 1920 samples, six seeds each (found since).",
    evidence: &[Evidence::Exact, Evidence::Replayed],
    missing: "",
    theorems: &["spectral_bound", "spectral_bound_attained"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, profile| items(profile),
    check: |c| {
        let mut outcome = chains(c, &rows(c.profile), Class::Rotations)?;
        let Outcome { conditions, tables } = wide(c, Kind::Joint)?;
        outcome.conditions.extend(conditions);
        outcome.tables.push(without_runs(c.profile)?);
        outcome.tables.extend(sometimes_failing(c)?);
        outcome.tables.extend(tables);
        Ok(outcome)
    },
    controls: &[
        Control {
            breaks: "eps = 0: the target has degree 2, nothing in the harmonics of degree p, and half of dim H_p \
                    functions learn every rotation of it.",
            check: |c| chains(c, &rows(c.profile), Class::WithoutGap),
        },
        Control {
            breaks: "The target is not rotated: by definition one function, the target itself, learns the class.",
            check: |c| chains(c, &rows(c.profile), Class::OneTarget),
        },
        Control {
            breaks: "eps = 4, where joint training with these steps and stages fails.",
            check: |c| chains(c, &[failing(c.profile)], Class::Rotations),
        },
        Control {
            breaks: "Layerwise training in the place of joint training, with as many steps (width 2).",
            check: |c| wide(c, Kind::Layerwise),
        },
    ],
};

/// An instance, its seeds, and the mean errors that are claimed for as many functions as samples, for a million, and for half of `dim H_p`.
struct Row {
    chain: Chain,
    seeds: u64,
    floors: [&'static str; 3],
}

/// The second number of functions of every row.
const MANY: u64 = 1_000_000;

fn row(depth: usize, dimension: usize, gap: f64, samples: usize, seeds: u64, floors: [&'static str; 3]) -> Row {
    Row { chain: Chain { depth, dimension, gap, samples }, seeds, floors }
}

fn rows(profile: Profile) -> Vec<Row> {
    let mut rows = vec![
        row(3, 64, 0.3, 1920, 6, ["0.087", "0", "0.0064"]),
        row(3, 64, 0.6, 1920, 6, ["0.107", "0", "0.0172"]),
        row(3, 64, 1.0, 1920, 6, ["0.132", "0", "0.0307"]),
    ];
    match profile {
        Profile::Tiny => rows.truncate(1),
        Profile::Quick => {}
        Profile::Full => rows.extend([
            row(3, 128, 0.6, 7680, 6, ["0.102", "0.0327", "0.0179"]),
            row(3, 128, 1.0, 7680, 6, ["0.128", "0.0585", "0.0320"]),
            row(3, 256, 1.0, 15360, 10, ["0.561", "0.065", "0.0327"]),
            row(4, 32, 0.3, 3840, 6, ["0.0222", "0.00056", "0.0000237"]),
            row(4, 64, 0.3, 7680, 6, ["0.0256", "0.00113", "0.0000319"]),
            row(5, 24, 0.6, 2880, 6, ["0.111", "0.00699", "0.000000039"]),
        ]),
    }
    if profile == Profile::Tiny {
        rows.iter_mut().for_each(|row| *row = Row { chain: row.chain.sized(profile), seeds: 2, floors: row.floors });
    }
    rows
}

/// The control in which joint training fails; nothing is claimed of kernels there.
fn failing(profile: Profile) -> Row {
    let seeds = if profile.draws_conclusions() { 6 } else { 2 };
    Row { chain: Chain { depth: 3, dimension: 64, gap: 4.0, samples: 3840 }.sized(profile), seeds, floors: ["0"; 3] }
}

/// Instances beside those of the claim, on which joint training succeeds or not.
fn unclaimed(profile: Profile) -> Vec<Row> {
    match profile {
        Profile::Full => vec![row(3, 64, 2.0, 3840, 6, ["0"; 3]), row(4, 32, 0.6, 1920, 6, ["0"; 3])],
        Profile::Tiny | Profile::Quick => Vec::new(),
    }
}

/// How often joint training succeeds there; nothing is required of it.
fn sometimes_failing(c: &Checking<'_, Training>) -> Result<Option<Table>> {
    let columns = ["instance", "N", "seeds", "te < 1e-12", "largest te"];
    let mut table = Table::new("larger gaps, for which nothing is claimed: joint training succeeds or not", &columns);
    for row in unclaimed(c.profile) {
        let risks = row.chain.risks(c.profile, row.seeds, c.computed)?;
        let counts = [Value::from(row.chain.samples), row.seeds.into(), successes(&risks).into()];
        table.push([row.chain.name().into()].into_iter().chain(counts).chain([decimal(&largest(&risks))]));
    }
    Ok((!table.rows().is_empty()).then_some(table))
}

/// What the functions are chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// All rotations of the target.
    Rotations,
    /// All rotations of the target with eps = 0.
    WithoutGap,
    /// The target alone.
    OneTarget,
}

impl Class {
    /// The rotations of the target of this seed.
    fn rotations(self, chain: &Chain, seed: u64) -> Result<Rotated> {
        let gap = if self == Class::WithoutGap { 0.0 } else { chain.gap };
        Chain { gap, ..*chain }.class(seed)
    }

    fn least_mean_error(self, rotations: &Rotated, n: &IBig) -> Rational {
        match self {
            Class::OneTarget => Rational::from(i64::from(n.is_zero())),
            Class::Rotations | Class::WithoutGap => rotations.least_mean_error(n),
        }
    }

    /// A bound for the fraction of the class with an error of at most half the share of the highest degree.
    fn success_upper(self, rotations: &Rotated, n: &IBig) -> Rational {
        let top = rotations.top();
        let half = &top.share * &Rational::new(1, 2).expect("two is not zero");
        match self {
            Class::OneTarget => Rational::one(),
            Class::Rotations | Class::WithoutGap => top.success_upper(n, &half),
        }
    }
}

fn items(profile: Profile) -> Vec<Cell> {
    let rows = rows(profile).into_iter().chain([failing(profile)]).chain(unclaimed(profile));
    let chains = rows.flat_map(|row| (1..=row.seeds).map(move |seed| row.chain.cell(profile, seed)));
    let wide = [Kind::Joint, Kind::Layerwise].into_iter().flat_map(|kind| wide_rows(profile, kind));
    chains.chain(wide.flat_map(|row| row.cells)).collect()
}

/// What a row says of kernels: the least over the seeds of its mean errors, the greatest fraction of rotations.
struct Floor {
    share: Rational,
    errors: [Rational; 3],
    fraction: Rational,
    complete: bool,
}

impl Row {
    /// As many functions as samples, a million, half of `dim H_p`.
    fn functions(&self) -> [IBig; 3] {
        let Chain { dimension, samples, .. } = self.chain;
        [samples.into(), MANY.into(), harmonics(dimension as u64, self.chain.degree()) / 2]
    }

    fn floor(&self, class: Class) -> Result<Floor> {
        let classes = (1..=self.seeds).map(|seed| class.rotations(&self.chain, seed)).collect::<Result<Vec<_>>>()?;
        let functions = self.functions();
        let least = |value: &dyn Fn(&Rotated) -> Rational| classes.iter().map(value).min().expect("a row has seeds");
        let share = |c: &Rotated| c.parts().get(self.chain.degree() as usize).map_or(Rational::zero(), |p| p.share.clone());
        Ok(Floor {
            share: least(&share),
            errors: functions.each_ref().map(|n| least(&|c| class.least_mean_error(c, n))),
            fraction: -&least(&|c| -&class.success_upper(c, &functions[0])),
            complete: classes.iter().all(Rotated::is_complete),
        })
    }
}

/// Joint training and every kernel on the chains of width 1.
fn chains(c: &Checking<'_, Training>, rows: &[Row], class: Class) -> Result<Outcome> {
    let columns = [
        "instance",
        "N",
        "seeds",
        "te < 1e-12",
        "largest te",
        "share of H_p",
        "dim H_p",
        "N functions: mean te",
        "10^6: mean te",
        "dim H_p/2: mean te",
        "N functions: rotations with te <= share/2, at most",
    ];
    let mut table = Table::new("chains of width 1: joint training, and the least mean error of any functions", &columns);
    let (mut risks, mut floors, mut fractions, mut complete) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let found = row.chain.risks(c.profile, row.seeds, c.computed)?;
        let floor = row.floor(class)?;
        let reached = Rational::from(successes(&found) as i64).over(&Rational::from(row.seeds as i64));
        fractions.push(reached.is_some_and(|reached| reached > floor.fraction));
        complete.push(floor.complete);
        table.push(printed(row, &found, &floor));
        floors.extend(errors_at_least(row, &floor.errors));
        risks.extend(found);
    }
    let mut conditions = vec![all_below("joint training: te", " on every seed", &risks, SUCCESS)];
    conditions.extend(floors);
    conditions.push(all_hold(
        "fraction of seeds above that of rotations",
        "the fraction of seeds with te < 1e-12 is above that of rotations with te <= share/2",
        &fractions,
    ));
    conditions.push(all_hold("eigenvalues add up", "the eigenvalues add up to the variance", &complete).of_apparatus());
    Ok(Outcome { conditions, tables: vec![table] })
}

fn printed(row: &Row, risks: &[Option<Rational>], floor: &Floor) -> Vec<Value> {
    let Chain { dimension, samples, .. } = row.chain;
    let dim = harmonics(dimension as u64, row.chain.degree());
    let counts = [Value::from(samples), row.seeds.into(), successes(risks).into()];
    let measures = [decimal(&largest(risks)), Value::exact(floor.share.to_decimal(4)), dim.into()];
    let bounds = floor.errors.iter().map(|e| e.to_decimal(4)).chain([floor.fraction.upper_decimal(3)]).map(Value::exact);
    [row.chain.name().into()].into_iter().chain(counts).chain(measures).chain(bounds).collect()
}

/// The mean errors are at least the floors of the row; nothing is required where the row claims nothing, which a floor of 0 says.
fn errors_at_least(row: &Row, errors: &[Rational; 3]) -> Option<Condition> {
    let holds = errors.iter().zip(row.floors).all(|(error, floor)| *error >= threshold(floor));
    let shown = |e: &Rational| if e.is_zero() { "exactly 0".into() } else { e.to_decimal(4) };
    let functions = [format!("{} functions", row.chain.samples), "10^6".into(), "dim H_p/2".into()];
    let claimed = functions.iter().zip(row.floors).filter(|(_, floor)| *floor != "0");
    let required: Vec<String> = claimed.map(|(n, floor)| format!("of {n} >= {floor}")).collect();
    let requires = format!("{}: least mean error {}", row.chain.name(), required.join(", "));
    let found: Vec<String> = functions.iter().zip(errors).map(|(n, e)| format!("of {n} {}", shown(e))).collect();
    (!required.is_empty()).then(|| Condition::new("least mean error at least", requires, found.join(", "), holds))
}

/// The kernel side alone, at every gap and dimension.
fn without_runs(profile: Profile) -> Result<Table> {
    let columns =
        ["d", "eps", "share of H_4", "dim H_4", "60 d functions: mean te", "10^6: mean te", "functions for a mean te of 1e-2"];
    let mut table = Table::new("chains of depth 3 and width 1: the least mean error of any functions, no runs", &columns);
    let dimensions: &[usize] = if profile.draws_conclusions() { &[64, 128, 256] } else { &[64] };
    for (&dimension, gap) in dimensions.iter().flat_map(|d| [0.1, 0.3, 0.6, 1.0].map(|gap| (d, gap))) {
        let chain = Chain { depth: 3, dimension, gap, samples: 60 * dimension };
        let class = chain.class(1)?;
        let top = class.top();
        let errors = [IBig::from(chain.samples), IBig::from(MANY)].map(|n| class.least_mean_error(&n).to_decimal(4));
        let needed = class.functions_for_mean_error(&threshold("1e-2"));
        let facts = [Value::from(dimension), Value::exact(gap.to_string()), Value::exact(top.share.to_decimal(4))];
        let kernel = [Value::from(&top.dimension)].into_iter().chain(errors.map(Value::exact)).chain([Value::from(&needed)]);
        table.push(facts.into_iter().chain(kernel));
    }
    Ok(table)
}

/// An instance of any width at depth 3: its joint runs, one for each seed.
struct WideRow {
    name: &'static str,
    cells: Vec<Cell>,
    /// te is claimed to be below this.
    reached: &'static str,
}

/// The instance with generic forms is trained jointly alone.
fn wide_rows(profile: Profile, kind: Kind) -> Vec<WideRow> {
    let seeds = if profile.draws_conclusions() { 1..=6 } else { 1..=2 };
    let recipes = [&LIN_K2_D16, &LIN_K2_D32, &LINSKIP_K2_D16].into_iter().map(|recipe| WideRow {
        name: recipe.name,
        cells: seeds.clone().map(|seed| recipe.run(profile, kind, GAP, seed)).collect(),
        reached: SUCCESS,
    });
    let g = instance_g(profile);
    let generic = WideRow { name: g.name, cells: seeds.clone().map(|seed| g.joint(seed)).collect(), reached: "1e-8" };
    recipes.chain((profile == Profile::Full && kind == Kind::Joint).then_some(generic)).collect()
}

/// How many times larger than the te of joint training the bound is at least.
const WIDE_RATIO: &str = "1e5";

/// The part of degree 4, at any width, beside training of this kind.
fn wide(c: &Checking<'_, Training>, kind: Kind) -> Result<Outcome> {
    let columns =
        ["instance", "N", "seeds", "largest te", "share of H_4", "dim H_4", "N functions: mean te >=", "dim H_4/2: mean te >="];
    let title = format!("depth 3 and any width: {} training, and a lower bound for any functions", kind.name());
    let mut table = Table::new(title, &columns);
    let (mut conditions, mut ratios) = (Vec::new(), Vec::new());
    for row in wide_rows(c.profile, kind) {
        let risks = row.risks(c.computed)?;
        let part = row.least_part()?;
        let Some(instance) = row.cells.first().map(|cell| &cell.instance) else { continue };
        let bounds = [IBig::from(instance.samples), &part.dimension / 2].map(|n| part.mean_error_lower(&n));
        ratios.extend(risks.iter().map(|te| te.as_ref().is_some_and(|te| bounds[0] > te * &threshold(WIDE_RATIO))));
        conditions.push(all_below("te of joint training", &format!(" on every seed of {}", row.name), &risks, row.reached));
        let facts = [row.name.into(), instance.samples.into(), risks.len().into(), decimal(&largest(&risks))];
        let kernel = [Value::exact(part.share.to_decimal(4)), Value::from(&part.dimension)];
        table.push(facts.into_iter().chain(kernel).chain(bounds.map(|b| Value::exact(b.to_decimal(4)))));
    }
    conditions.push(all_hold(
        "mean error above a multiple of te",
        format!("at depth 3 and any width the mean error of N functions is above {WIDE_RATIO} times the te of joint training"),
        &ratios,
    ));
    Ok(Outcome { conditions, tables: vec![table] })
}

impl WideRow {
    fn risks(&self, runs: &Runs) -> Result<Vec<Option<Rational>>> {
        self.cells.iter().map(|cell| Ok(relative_risk(runs.get(cell)?))).collect()
    }

    /// The part of degree 4 with the least share over the seeds.
    fn least_part(&self) -> Result<Part> {
        let parts = self.cells.iter().map(|cell| top_part(&cell.instance.target()?)).collect::<Result<Vec<_>>>()?;
        Ok(parts.into_iter().min_by(|a, b| a.share.cmp(&b.share)).expect("a row has seeds"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The floors are those of the exact tails, rounded down by at most one unit of the third digit.
    #[test]
    fn floors_are_tight() {
        for row in rows(Profile::Full) {
            let errors = Row { seeds: 1, ..row }.floor(Class::Rotations).unwrap().errors;
            for (error, floor) in errors.iter().zip(row.floors) {
                let floor = threshold(floor);
                assert!(
                    floor <= *error && &floor * &threshold("1.03") >= *error,
                    "{}: {}",
                    row.chain.name(),
                    error.to_decimal(6)
                );
            }
        }
    }

    /// Without the rotation, or without a gap, half of `dim H_p` functions leave nothing.
    #[test]
    fn broken_premises_leave_nothing() {
        let row = &rows(Profile::Quick)[0];
        for class in [Class::WithoutGap, Class::OneTarget] {
            let floor = Row { seeds: 1, ..*row }.floor(class).unwrap();
            let condition = errors_at_least(row, &floor.errors).unwrap();
            assert!(floor.errors[2].is_zero() && condition.verdict == crate::claim::Verdict::Refuted);
        }
    }
}
