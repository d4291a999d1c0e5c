//! Backward correction as alternating minimisation: how much of the error of layer 2 is left after one round.

use super::instances;
use super::kernel::all_hold;
use super::measure::{all_slopes_within, enclosed, threshold};
use super::{Claim, Condition, Evidence, Outcome, Profile, Table, Verdict};
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::flattening::exponents;
use crate::exact::inputs::{expectation, gaussian, sum};
use crate::exact::linear::{product, solve};
use crate::exact::moments::{Features, GaussianFeatures, Moments};
use crate::exact::{Distribution, Dyadic, Polynomial, Rational};
use crate::experiment::Runs;
use crate::matrix::Matrix;
use crate::network::{Architecture, Skips};
use crate::scalar::Scalar;
use crate::target::random::random_target;

/// One layer after the other, again and again.
pub const GAUSS_SEIDEL: Claim = Claim {
    id: "backward.gauss-seidel",
    sentence: "(b)",
    statement: "Exact alternating minimisation on the population (Gaussian inputs, free bias): the head of layer 3 is fitted given S_2, then M_2 \
                given that head, frozen as a function of x. For a target |z|^2 + eps g(z), z = Wx with k orthonormal rows and g a quartic \
                form, the error of M_2 is multiplied in each round by exactly 3/4 for k = 1 (lin), and, with all quartic forms in z as \
                heads, by (k+2)/(k+3) on the trace mode and by (k+4)/(k+6) on trace-free modes: for k = 1, 2, 3 and eps = 1/20, 1/2, 2, and \
                by its proof at every eps.",
    method: "Both minimisations are linear systems with exact Gaussian moments of the monomials of degree 2 and 4, solved over the \
             rationals. The scheme runs for two rounds from M_2 = I + E, for every E of a basis of each mode; E' = c E is an identity \
             between rational vectors. proofs/alternation.md.",
    control: "3/4 claimed for the trace mode at k = 2, where it is 4/5, and for k = 1 without a bias, where it is 5/7.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &[],
    cells: |_| Vec::new(),
    check: |_, _: &Runs| gauss_seidel(&asserted()),
    broken: |_, _: &Runs| {
        let rate = Rational::new(3, 4);
        let false_rate = |width, mode, free_bias| Contraction { width, mode, free_bias, rate: rate.clone() };
        gauss_seidel(&[false_rate(2, Mode::Trace, true), false_rate(1, Mode::Trace, false)])
    },
};

/// Part of the symmetric matrices that a round maps to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Multiples of the identity.
    Trace,
    /// Matrices of trace 0.
    TraceFree,
}

/// The assertion that a round multiplies the errors of a mode by `rate`.
struct Contraction {
    width: usize,
    mode: Mode,
    free_bias: bool,
    rate: Option<Rational>,
}

fn asserted() -> Vec<Contraction> {
    let rate = |k: i64, mode| if mode == Mode::Trace { Rational::new(k + 2, k + 3) } else { Rational::new(k + 4, k + 6) };
    let contraction = |k: usize, mode| Contraction { width: k, mode, free_bias: true, rate: rate(k as i64, mode) };
    let traces = (1..=3).map(|k| contraction(k, Mode::Trace));
    traces.chain((2..=3).map(|k| contraction(k, Mode::TraceFree))).collect()
}

/// The forms of degree 2 and of degree 4 in `z ~ N(0, I_k)`, with the Gram matrix of all their monomials.
struct Forms {
    monomials: Vec<Polynomial>,
    quadratic: usize,
    gram: Matrix<Rational>,
}

impl Forms {
    /// Inner products are covariances for a free bias, second moments without.
    fn new(k: usize, free_bias: bool) -> Self {
        let of_degree = |m: u32| exponents(k, m).into_iter().map(|alpha| Polynomial::monomial(alpha, Dyadic::one()));
        let monomials: Vec<Polynomial> = of_degree(2).chain(of_degree(4)).collect();
        let mean = |p: &Polynomial| expectation(p, gaussian);
        let inner = |i: usize, j: usize| {
            let (p, q) = (&monomials[i], &monomials[j]);
            let second = mean(&p.times(q));
            Rational::from(&if free_bias { &second - &(&mean(p) * &mean(q)) } else { second })
        };
        let gram = Matrix::from_fn(monomials.len(), monomials.len(), inner);
        Forms { quadratic: of_degree(2).count(), monomials, gram }
    }

    /// The coefficients of a form in the monomials.
    fn coordinates(&self, form: &Polynomial) -> Matrix<Rational> {
        let coefficient = |m: &Polynomial| form.terms().find(|(alpha, _)| m.terms().any(|(beta, _)| beta == *alpha));
        let value = |i: usize, _| coefficient(&self.monomials[i]).map_or(Rational::zero(), |(_, c)| Rational::from(c));
        Matrix::from_fn(self.monomials.len(), 1, value)
    }

    /// The form nearest to `f` among the monomials of `range`, in coordinates of all.
    fn nearest(&self, range: std::ops::Range<usize>, f: &Matrix<Rational>) -> Option<Matrix<Rational>> {
        let (start, n) = (range.start, range.len());
        let gram = Matrix::from_fn(n, n, |i, j| self.gram[(start + i, start + j)].clone());
        let against = product(&self.gram, f);
        let solution = solve(&gram, &Matrix::from_fn(n, 1, |i, _| against[(start + i, 0)].clone()))?;
        let entry = |i: usize, _| if range.contains(&i) { solution[(i - start, 0)].clone() } else { Rational::zero() };
        Some(Matrix::from_fn(self.monomials.len(), 1, entry))
    }

    /// One round from the quadratic form `q`: the head given `q`, then the quadratic form given the head.
    fn round(&self, target: &Matrix<Rational>, q: &Matrix<Rational>) -> Option<Matrix<Rational>> {
        let head = self.nearest(self.quadratic..self.monomials.len(), &minus(target, q))?;
        self.nearest(0..self.quadratic, &minus(target, &head))
    }
}

fn minus(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| &a[(i, j)] - &b[(i, j)])
}

fn z(i: usize) -> Polynomial {
    Polynomial::variable(i)
}

/// A basis of the forms `z'Ez` of a mode.
fn errors(k: usize, mode: Mode) -> Vec<Polynomial> {
    let mixed = (0..k).flat_map(|i| (i + 1..k).map(move |j| z(i).times(&z(j))));
    match mode {
        Mode::Trace => vec![sum((0..k).map(|i| z(i).squared()))],
        Mode::TraceFree => mixed.chain((1..k).map(|i| z(0).squared().minus(&z(i).squared()))).collect(),
    }
}

/// `sum_i (sum_j (1+i+j) z_j^2)^2`: a head of layer 3.
fn head(k: usize) -> Polynomial {
    let unit = |i: usize| sum((0..k).map(|j| z(j).squared().weighted(&Dyadic::from((1 + i + j) as i64))));
    sum((0..k).map(|i| unit(i).squared()))
}

/// The `c` with `after = c before`, if there is one.
fn quotient(after: &Matrix<Rational>, before: &Matrix<Rational>) -> Option<Rational> {
    let (a, b) = after.as_slice().iter().zip(before.as_slice()).find(|(_, b)| !b.is_zero())?;
    let c = a.over(b)?;
    after.as_slice().iter().zip(before.as_slice()).all(|(a, b)| *a == &c * b).then_some(c)
}

fn gauss_seidel(contractions: &[Contraction]) -> Result<Outcome> {
    let mut table = Table::new("factor of the error in one round", &["k", "mode", "bias", "eps", "first round", "second round", "claimed"]);
    let mut held = Vec::new();
    for c in contractions {
        let forms = Forms::new(c.width, c.free_bias);
        let exact = forms.coordinates(&errors(c.width, Mode::Trace)[0]);
        for eps in [(1, 20), (1, 2), (2, 1)].map(|(n, d)| Rational::new(n, d).unwrap_or_else(Rational::zero)) {
            let upper = forms.coordinates(&head(c.width)).map(|v| v.weighted(&eps));
            let target = plus(&exact, &upper);
            for mode in errors(c.width, c.mode) {
                let first = forms.coordinates(&mode);
                let once = forms.round(&target, &plus(&exact, &first));
                let twice = once.as_ref().and_then(|q| forms.round(&target, q));
                let error = |q: &Option<Matrix<Rational>>| q.as_ref().map(|q| minus(q, &exact));
                let rates = [
                    error(&once).and_then(|e| quotient(&e, &first)),
                    error(&twice).zip(error(&once)).and_then(|(e, before)| quotient(&e, &before)),
                ];
                held.push(rates.iter().all(|r| r.is_some() && *r == c.rate));
                let bias = if c.free_bias { "free" } else { "none" };
                let facts = [c.width.to_string(), format!("{:?}", c.mode), bias.into(), eps.to_string()];
                let shown = |r: &Option<Rational>| r.as_ref().map_or_else(|| "not a multiple".to_owned(), Rational::to_string);
                table.rows.push(facts.into_iter().chain([shown(&rates[0]), shown(&rates[1]), shown(&c.rate)]).collect());
            }
        }
    }
    let condition = all_hold("each round multiplies the error by the claimed factor", &held);
    Ok(Outcome { conditions: vec![condition], tables: vec![table] })
}

fn plus(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| &a[(i, j)] + &b[(i, j)])
}

/// With the lower features held fixed inside layer 3, a round is a contraction of the order eps.
pub const CONTRACTION: Claim = Claim {
    id: "backward.contraction",
    sentence: "(b)",
    statement: "Frozen-input joint round, linskip L3 k1 (targets of linskip L3 k1 d32, seeds of the profile): with S_2 inside layer 3 held at \
                its last value, the head of layer 2 and all weights of layer 3 are fitted together to the population (Gaussian inputs, free \
                bias); then the new K_2 takes its place inside layer 3. Near the target, a round contracts the error of K_2 by c eps, \
                where c, the same at eps = .2, .1, .05, .025 to 10 %, lies in [.1, .6] on every seed.",
    method: "The derivative of the round at the target is a linear map, found by linear least squares with exact moments of the target's \
             weights: one block on the span of the two input rows, one number on every direction orthogonal to it. Its spectral \
             radius over eps is enclosed. It says nothing of rounds that start far from the target. proofs/alternation.md.",
    control: "The Gauss-Seidel round: layer 3 is fitted given K_2, then K_2 given the head of layer 3. Its factor does not vanish with eps.",
    evidence: &[Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &[],
    cells: |_| Vec::new(),
    check: |profile, _: &Runs| contraction(profile, joint_round),
    broken: |profile, _: &Runs| contraction(profile, gauss_seidel_round),
};

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
        let chosen = |kinds: [bool; 3]| -> Vec<usize> { (0..3).filter(|&n| kinds[n]).flat_map(|n| bounds[n]..bounds[n + 1]).collect() };
        let (rows, columns) = (chosen(rows), chosen(columns));
        Matrix::from_fn(rows.len(), columns.len(), |i, j| self.gram[(rows[i], columns[j])].clone())
    }
}

const LOWER: [bool; 3] = [true, false, false];
const FORCED: [bool; 3] = [false, true, false];
const UPPER: [bool; 3] = [false, false, true];
const CHOSEN: [bool; 3] = [true, false, true];

/// The new error of `K_2` for each old one, one column each.
type Round = fn(&Normal) -> Option<Matrix<Rational>>;

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
    let (trace, determinant) =
        (&map[(0, 0)] + &map[(1, 1)], &(&map[(0, 0)] * &map[(1, 1)]) - &(&map[(0, 1)] * &map[(1, 0)]));
    let discriminant = &trace.squared() - &determinant.weighted(&Rational::from(4));
    match discriminant.is_negative() {
        true => Interval::from(&determinant).sqrt(),
        false => Some((Interval::from(&trace.abs()) + Interval::from(&discriminant).sqrt()?) * Interval::from(&threshold("0.5"))),
    }
}

const GAPS: [&str; 4] = ["0.2", "0.1", "0.05", "0.025"];

fn contraction(profile: Profile, round: Round) -> Result<Outcome> {
    let mut table = Table::new("spectral radius of a round over eps", &["seed", "eps=.2", ".1", ".05", ".025", "within the rows", "across"]);
    let (mut constants, mut constant) = (Vec::new(), Vec::new());
    let architecture = Architecture::new(if profile.draws_conclusions() { 32 } else { 4 }, &[1, 1], &Skips::LinSkip)?;
    for seed in instances::seeds(profile) {
        let target = random_target(&architecture, 1.0, Distribution::Gaussian, seed)?.try_map(|&w| Dyadic::try_from(w))?;
        let rows = [&target.layer(2).weights[0], &target.layer(3).weights[0]];
        let a = &target.layer(3).weights[1][(0, 0)];
        let features = Features::new(Matrix::from_fn(2, rows[0].cols(), |i, c| rows[i][(0, c)].clone()), None)?;
        let mut moments = Moments::new(GaussianFeatures(features), BUDGET);
        let normals = [gram(&mut moments, &FirstOrder::within(a), true), gram(&mut moments, &FirstOrder::across(a), false)];
        let radius = |eps: &Rational| normals.each_ref().map(|n| radius_over(n.as_ref()?, round, eps));
        let radii: Vec<[Option<Interval>; 2]> = GAPS.iter().map(|eps| radius(&threshold(eps))).collect();
        let larger = |[a, b]: &[Option<Interval>; 2]| a.zip(*b).map(|(a, b)| if a.sup() > b.sup() { a } else { b });
        let per_eps: Vec<Option<Interval>> = radii.iter().map(larger).collect();
        constant.push(within_tenth(&per_eps));
        let last = radii.last().copied().unwrap_or_default();
        table.rows.push(std::iter::once(seed.to_string()).chain(per_eps.iter().chain(&last).map(enclosed)).collect());
        constants.extend(per_eps);
    }
    let same = Condition {
        requires: "the radius over eps is the same at all eps to 10 %, on every seed".into(),
        found: format!("{} of {}", constant.iter().filter(|v| **v == Verdict::Verified).count(), constant.len()),
        verdict: constant.into_iter().min().unwrap_or(Verdict::Undecided),
    };
    let conditions = vec![same, all_slopes_within("the radius over eps on every seed and eps", &constants, ("0.1", "0.6"))];
    Ok(Outcome { conditions, tables: vec![table] })
}

/// The spectral radius of the derivative of a round, over `eps`.
fn radius_over(normal: &Normal, round: Round, eps: &Rational) -> Option<Interval> {
    Some(spectral_radius(&round(&scaled(normal, eps))?)? / Interval::from(eps))
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
