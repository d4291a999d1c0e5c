//! Correction with the lower features frozen inside the upper layer: a round leaves an error of the order eps.

use std::borrow::Cow;

use super::plane::{Plane, ROUNDS, Start, State};
use super::{minus, plus, z};
use crate::claim::judging::{all_judged, all_slopes_within, enclosed, threshold};
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value, Verdict};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::linear::{product, solve};
use crate::exact::moments::{Features, GaussianFeatures, Moments};
use crate::exact::{Distribution, Dyadic, Polynomial, Rational};
use crate::hierarchy::claims::figures;
use crate::hierarchy::claims::instances;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::network::{Architecture, Network, Skips};
use crate::hierarchy::target::random::random_target;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// With the lower features held fixed inside layer 3, a round is a contraction of the order eps.
pub const CONTRACTION: Claim<Training> = Claim {
    id: Cow::Borrowed("backward.contraction"),
    sentence: "(b)",
    statement: Cow::Borrowed(
        "Frozen-input joint round, linskip L3 k1 (targets of linskip L3 k1 d32, seeds of the profile): with S_2 inside \
         layer 3 held at its last value, K_2 and all weights of layer 3 are fitted together to the population \
         (Gaussian inputs, free bias); then the new K_2 takes its place inside layer 3. From layer 2 trained alone, \
         the error f falls over four rounds by c eps per round on the geometric mean, with c in [.1, .6] and, on each \
         seed, constant over eps = .2, .1, .05, .025 to 10 %. The first factor is less than half of the last, as the \
         first round repairs errors of scale at once; later factors tend to the spectral radius of the round's \
         derivative at the target in the plane of the two input rows, which such a run does not leave. Its spectral \
         radius over all directions, attained across that plane, is over eps one number at all eps, below 1, and on \
         these seeds above .65. At eps = .025 the last factor agrees to 10 % with the derivative in the plane of the two \
         input rows, and so does that of a run whose error is orthogonal to both with the derivative there.",
    ),
    method: "The rounds are replayed on the population: in the plane of the two input rows all functions are \
             polynomials of degree 4 in two normal variables, and each fit is 60 steps of Gauss-Newton on their exact \
             covariances, in floats. Layer 2 alone is fitted from the target's own weights, and layer 3 enters the \
             first round with the target's: the rounds speak of what is near. The derivative is a linear map found \
             over the rationals with exact moments of the target's weights: a block on that plane, a number on every \
             direction orthogonal to it. The run across the plane starts at the target with its row of layer 2 turned \
             by .01. The bands, 10 %, 1/2 and .65 describe these runs; that the derivative is below eps is a statement \
             about these seeds. proofs/alternation.md.",
    evidence: &[Evidence::Replayed, Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[figures::CONTRACTION],
    items: |_, _| Vec::new(),
    check: |c| contraction(c.profile, &JOINT),
    controls: &[
        Control {
            breaks: "The Gauss-Seidel round: layer 3 is fitted given K_2, then K_2 given the head of layer 3. Its \
                factor does not vanish with eps.",
            check: |c| {
                let scheme = Scheme { derivative: gauss_seidel_round, round: Plane::gauss_seidel_round, ..JOINT };
                contraction(c.profile, &scheme)
            },
        },
        Control {
            breaks: "The Gauss-Seidel round beside the derivative of the joint one.",
            check: |c| contraction(c.profile, &Scheme { round: Plane::gauss_seidel_round, ..JOINT }),
        },
        Control {
            breaks: "A start without an error of scale, the row of layer 2 turned within the plane; and the derivative \
                within the plane alone.",
            check: |c| contraction(c.profile, &Scheme { start: Start::Turned(1), across: false, ..JOINT }),
        },
    ],
};

/// A scheme, as a map of states and by its derivative at the target.
struct Scheme {
    derivative: Derivative,
    round: fn(&Plane, &State) -> Option<State>,
    /// Where the rounds in the plane start.
    start: Start,
    /// Whether the derivative is also looked at across the plane.
    across: bool,
}

const JOINT: Scheme = Scheme { derivative: joint_round, round: Plane::joint_round, start: Start::Alone, across: true };

/// First-order changes of the output: those that a round may choose, and those that the error of `K_2` inside layer 3 forces.
///
/// With `s = K_2 x`, `S_3 = a s^2 + t`, `t = K_(3,0) x`, an error `e` of `K_2` changes layer 2 by `2 s (e x)`, and layer 3 by
/// `2 eps S_3 (2 a s (e x) + da s^2 + du x)`.
struct FirstOrder {
    /// Layer 2, one column for each direction of `e`.
    lower: Vec<Polynomial>,
    /// Layer 3 for `e` inside it, over `eps`, one for each direction of `e`.
    forced: Vec<Polynomial>,
    /// Layer 3 for its own weights, over `eps`.
    upper: Vec<Polynomial>,
}

impl FirstOrder {
    /// In the directions of the two input rows, where `e x` is `s` or `t`.
    fn within(a: &Dyadic) -> Self {
        let (s, t) = (z(0), z(1));
        let top = s.squared().weighted(a).plus(&t);
        let forced = |e: &Polynomial| top.times(&s).times(e).weighted(&a.shifted(1));
        let upper = [s.squared(), s.clone(), t.clone()].iter().map(|u| top.times(u)).collect();
        FirstOrder { lower: vec![s.squared(), s.times(&t)], forced: vec![forced(&s), forced(&t)], upper }
    }

    /// In a direction orthogonal to both; everything is a multiple of `e x`, which has variance 1 and is left out.
    fn across(a: &Dyadic) -> Self {
        let (s, t) = (z(0), z(1));
        let top = s.squared().weighted(a).plus(&t);
        FirstOrder { lower: vec![s.clone()], forced: vec![top.times(&s).weighted(&a.shifted(1))], upper: vec![top] }
    }

    fn all(&self) -> Vec<&Polynomial> {
        self.lower.iter().chain(&self.forced).chain(&self.upper).collect()
    }
}

/// The Gram matrices of a [`FirstOrder`], with layer 3 scaled by `eps`.
struct Normal {
    directions: usize,
    gram: Matrix<Rational>,
}

impl Normal {
    fn block(&self, rows: [bool; 3], columns: [bool; 3]) -> Matrix<Rational> {
        let bounds = [0, self.directions, 2 * self.directions, self.gram.rows()];
        let chosen =
            |kinds: [bool; 3]| -> Vec<usize> { (0..3).filter(|&n| kinds[n]).flat_map(|n| bounds[n]..bounds[n + 1]).collect() };
        let (rows, columns) = (chosen(rows), chosen(columns));
        Matrix::from_fn(rows.len(), columns.len(), |i, j| self.gram[(rows[i], columns[j])].clone())
    }
}

const LOWER: [bool; 3] = [true, false, false];
const FORCED: [bool; 3] = [false, true, false];

const UPPER: [bool; 3] = [false, false, true];
const CHOSEN: [bool; 3] = [true, false, true];

/// The new error of `K_2` for each old one, one column each.
type Derivative = fn(&Normal) -> Option<Matrix<Rational>>;

/// `(new error, new layer 3) = -gram^-1 (forced)`, minimised together.
fn joint_round(normal: &Normal) -> Option<Matrix<Rational>> {
    let solution = solve(&normal.block(CHOSEN, CHOSEN), &normal.block(CHOSEN, FORCED))?;
    Some(Matrix::from_fn(normal.directions, normal.directions, |i, j| -&solution[(i, j)]))
}

/// Layer 3 answers the error in both places; then layer 2 answers layer 3.
fn gauss_seidel_round(normal: &Normal) -> Option<Matrix<Rational>> {
    let seen = plus(&normal.block(UPPER, LOWER), &normal.block(UPPER, FORCED));
    let upper = solve(&normal.block(UPPER, UPPER), &seen)?;
    let left = minus(&product(&normal.block(LOWER, UPPER), &upper), &normal.block(LOWER, FORCED));
    solve(&normal.block(LOWER, LOWER), &left)
}

/// Products that the moments of one target may cost; degree 8 in two variables takes a few hundred.
const BUDGET: usize = 100_000;

/// The exact Gram matrices in and across the span of the input rows of one target, at `eps = 1`; covariances for a free bias.
///
/// Across, means carry a factor `E[e x] = 0`.
fn gram(moments: &mut Moments<GaussianFeatures>, functions: &FirstOrder, centred: bool) -> Option<Normal> {
    let all = functions.all();
    let mut entries = Vec::new();
    for (p, q) in all.iter().flat_map(|p| all.iter().map(move |q| (*p, *q))) {
        let means = &moments.expectation(p)? * &moments.expectation(q)?;
        let second = moments.expectation(&p.times(q))?;
        entries.push(Rational::from(&if centred { &second - &means } else { second }));
    }
    Some(Normal { directions: functions.lower.len(), gram: Matrix::from_rows(all.len(), all.len(), entries).ok()? })
}

fn scaled(normal: &Normal, eps: &Rational) -> Normal {
    let scale = |i: usize| if i < normal.directions { Rational::one() } else { eps.clone() };
    let entry = |i: usize, j: usize| &(&scale(i) * &scale(j)) * &normal.gram[(i, j)];
    Normal { directions: normal.directions, gram: Matrix::from_fn(normal.gram.rows(), normal.gram.cols(), entry) }
}

/// The largest modulus of an eigenvalue of a matrix of one or two rows.
fn spectral_radius(map: &Matrix<Rational>) -> Option<Interval> {
    if map.rows() == 1 {
        return Some(Interval::from(&map[(0, 0)].abs()));
    }
    let (trace, determinant) = (&map[(0, 0)] + &map[(1, 1)], &(&map[(0, 0)] * &map[(1, 1)]) - &(&map[(0, 1)] * &map[(1, 0)]));
    let discriminant = &trace.squared() - &determinant.weighted(&Rational::from(4));
    match discriminant.is_negative() {
        true => Interval::from(&determinant).sqrt(),
        false => Some((Interval::from(&trace.abs()) + Interval::from(&discriminant).sqrt()?) * Interval::from(&threshold("0.5"))),
    }
}

const LEAST_GAP: f64 = 0.025;
const GAPS: [f64; 4] = [0.2, 0.1, 0.05, LEAST_GAP];

/// What one seed gives.
struct Seen {
    /// The geometric mean of the four factors, over `eps`, at each gap.
    means: Vec<Option<Interval>>,
    /// The first factor over the last, at each gap.
    first: Vec<Option<Interval>>,
    /// The last factor over `eps` at the least gap, in the plane and across it.
    last: [Option<Interval>; 2],
    /// The radius of the derivative over `eps` at each gap, in the plane and across it.
    radii: Vec<[Option<Interval>; 2]>,
    /// The larger of both, or that in the plane.
    largest: Vec<Option<Interval>>,
}

impl Seen {
    fn of(target: &Network<f64>, scheme: &Scheme) -> Result<Self> {
        let runs = GAPS.map(|gap| Plane::of(target, gap, 2).errors(scheme.start, scheme.round));
        let across = Plane::of(target, LEAST_GAP, 3).errors(Start::Turned(2), scheme.round);
        let last = [runs[GAPS.len() - 1].as_ref(), across.as_ref()].map(|f| factor(f?, ROUNDS, LEAST_GAP));
        let mean = |(f, gap): (&Option<Vec<f64>>, f64)| mean_factor(f.as_ref()?, gap);
        let first = |(f, gap): (&Option<Vec<f64>>, f64)| {
            let f = f.as_ref()?;
            Some(factor(f, 1, gap)? / factor(f, ROUNDS, gap)?)
        };
        let radii = radii(target, scheme.derivative)?;
        let largest = radii.iter().map(|[plane, across]| if scheme.across { plane.zip(*across).map(larger) } else { *plane });
        Ok(Seen {
            means: runs.iter().zip(GAPS).map(mean).collect(),
            first: runs.iter().zip(GAPS).map(first).collect(),
            last,
            largest: largest.collect(),
            radii,
        })
    }

    /// Whether the last factor agrees with the derivative, in the plane or across it.
    fn agrees(&self, direction: usize) -> Verdict {
        within_tenth(&[self.last[direction], self.radii.last().and_then(|radii| radii[direction])])
    }
}

fn contraction(profile: Profile, scheme: &Scheme) -> Result<Outcome> {
    let architecture = Architecture::new(if profile.draws_conclusions() { 32 } else { 4 }, &[1, 1], &Skips::LinSkip)?;
    let see = |seed| {
        let target = random_target(&architecture, 1.0, Distribution::Gaussian, seed)?;
        Ok((seed, Seen::of(&target, scheme)?))
    };
    let seen = instances::seeds(profile).map(see).collect::<Result<Vec<_>>>()?;
    Ok(Outcome { conditions: conditions(&seen), tables: tables(&seen) })
}

fn conditions(seen: &[(u64, Seen)]) -> Vec<Condition> {
    let each = |verdict: &dyn Fn(&Seen) -> Verdict| seen.iter().map(|(_, s)| verdict(s)).collect::<Vec<_>>();
    let all = |list: &dyn Fn(&Seen) -> Vec<Option<Interval>>| seen.iter().flat_map(|(_, s)| list(s)).collect::<Vec<_>>();
    let largest = all(&|s| s.largest.clone());
    vec![
        all_judged(
            "replayed c constant in eps",
            "replayed: c is the same at all eps to 10 %, on every seed",
            &each(&|s| within_tenth(&s.means)),
        ),
        all_slopes_within("replayed: c", " on every seed and eps", &all(&|s| s.means.clone()), ("0.1", "0.6")),
        all_slopes_within(
            "replayed: first factor over the last",
            " on every seed and eps",
            &all(&|s| s.first.clone()),
            ("0", "0.5"),
        ),
        all_judged(
            "radius of the derivative over eps constant in eps",
            "derivative: its radius over eps is the same at all eps to 10 %, on every seed",
            &each(&|s| within_tenth(&s.largest)),
        ),
        all_judged(
            "radius of the derivative below",
            "derivative: its radius is below eps, on every seed and eps",
            &largest.iter().map(|r| certainly_less(*r, Some(Interval::one()))).collect::<Vec<_>>(),
        ),
        all_judged(
            "radius of the derivative above",
            "derivative: its radius is above .65 eps in some direction, on every seed and eps",
            &largest.iter().map(|r| certainly_less(Some(Interval::from(&threshold("0.65"))), *r)).collect::<Vec<_>>(),
        ),
        all_judged(
            "radius of the derivative larger across the plane",
            "derivative: its radius is larger across the plane than in it, on every seed and eps",
            &seen.iter().flat_map(|(_, s)| &s.radii).map(|[plane, across]| certainly_less(*plane, *across)).collect::<Vec<_>>(),
        ),
        all_judged(
            "last factor agrees with the derivative",
            "the last replayed factor agrees with the derivative in the plane to 10 %, at eps = .025",
            &each(&|s| s.agrees(0)),
        ),
        all_judged(
            "last factor across the plane agrees with the derivative",
            "so does that of an error across the plane, with the derivative across it",
            &each(&|s| s.agrees(1)),
        ),
    ]
}

fn tables(seen: &[(u64, Seen)]) -> Vec<Table> {
    let (first, last) = ("first factor over the last, eps=.025", "last factor over eps, eps=.025");
    let columns = ["seed", "c eps=.2", ".1", ".05", ".025", first, last, "across the plane"];
    let mut replayed = Table::new("c over four replayed rounds", &columns);
    let mut derivatives =
        Table::new("radius of the derivative over eps", &["seed", "eps=.2", ".1", ".05", ".025", "in the plane", "across"]);
    for (seed, s) in seen {
        let factors = s.means.iter().chain(s.first.last()).chain(&s.last);
        let factors = factors.map(|factor| Value::replayed(enclosed(factor).as_str()));
        replayed.push([(*seed).into()].into_iter().chain(factors));
        let radii = s.largest.iter().chain(s.radii.last().into_iter().flatten());
        derivatives.push([(*seed).into()].into_iter().chain(radii.map(enclosed)));
    }
    vec![replayed, derivatives]
}

fn certainly_less(a: Option<Interval>, b: Option<Interval>) -> Verdict {
    let less = a.zip(b).and_then(|(a, b)| a.certainly_less(b));
    less.map_or(Verdict::Undecided, Verdict::from)
}

fn larger((a, b): (Interval, Interval)) -> Interval {
    if a.sup() > b.sup() { a } else { b }
}

/// The spectral radii in the plane and across it, over `eps`, for each gap.
fn radii(target: &Network<f64>, derivative: Derivative) -> Result<Vec<[Option<Interval>; 2]>> {
    let target = target.try_map(|&w| Dyadic::try_from(w))?;
    let rows = [&target.layer(2).weights[0], &target.layer(3).weights[0]];
    let a = &target.layer(3).weights[1][(0, 0)];
    let features = Features::new(Matrix::from_fn(2, rows[0].cols(), |i, c| rows[i][(0, c)].clone()), None)?;
    let mut moments = Moments::new(GaussianFeatures(features), BUDGET);
    let normals = [gram(&mut moments, &FirstOrder::within(a), true), gram(&mut moments, &FirstOrder::across(a), false)];
    let at = |gap: f64| -> Result<[Option<Interval>; 2]> {
        let eps = Rational::try_from(gap)?;
        Ok(normals.each_ref().map(|n| radius_over(n.as_ref()?, derivative, &eps)))
    };
    GAPS.map(at).into_iter().collect()
}

/// The spectral radius of the derivative of a round, over `eps`.
fn radius_over(normal: &Normal, derivative: Derivative, eps: &Rational) -> Option<Interval> {
    Some(spectral_radius(&derivative(&scaled(normal, eps))?)? / Interval::from(eps))
}

/// Whether the largest value is at most 1.1 times the least.
fn within_tenth(values: &[Option<Interval>]) -> Verdict {
    let exceeds = |a: &Option<Interval>, b: &Option<Interval>| {
        let (a, b) = ((*a)?, (*b)?);
        (b * Interval::from(&threshold("1.1"))).certainly_less(a)
    };
    let judged = values.iter().flat_map(|a| values.iter().map(move |b| exceeds(a, b)));
    let verdict = |e: Option<bool>| e.map_or(Verdict::Undecided, |exceeds| (!exceeds).into());
    judged.map(verdict).min().unwrap_or(Verdict::Undecided)
}

/// `(f_4 / f_0)^(1/4) / gap`, of replayed numbers.
fn mean_factor(errors: &[f64], gap: f64) -> Option<Interval> {
    let quotient = errors.last()? / errors.first()?;
    Interval::new(quotient.sqrt().sqrt() / gap, quotient.sqrt().sqrt() / gap)
}

/// `f_n / f_(n-1) / gap` of round `n`, of replayed numbers.
fn factor(errors: &[f64], round: usize, gap: f64) -> Option<Interval> {
    let factor = errors.get(round)? / errors.get(round.checked_sub(1)?)? / gap;
    Interval::new(factor, factor)
}
