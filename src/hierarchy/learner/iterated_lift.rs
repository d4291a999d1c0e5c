//! Squared units on all quadratic forms of the input, in the metric of their own gradients, again and again.
//!
//! ```text
//! F_t = z'C z + alpha sum_i (z'B_i z)^2        z = T_t x        T_1 = I
//! C, B_i   minimise   mean (F_t - y)^2 + 2 lambda_t (||C||_F^2 + sum_i ||B_i||_F^2)
//! M_t = mean_n grad F_t(x_n) grad F_t(x_n)'        T_{t+1}'T_{t+1} ~ (M_t / |M_t| + delta_t^2 I)^(1/2)
//! lambda_{t+1} = decay lambda_t        delta_{t+1} = decay delta_t
//! ```
//!
//! The ridge is cheap along the inputs by which `F` varies most, and so dearer along the others in each round: iteratively reweighted least
//! squares, known for matrices of low rank (Mohan and Fazel 2012), here for forms that share their directions. Like the
//! [lift](super::lift) it skips the hierarchy, and like the iterated kernel it adapts to directions. Each fit is by Levenberg and Marquardt, in
//! as many equations as there are samples.

use super::descent::restarts::{Restarts, stream_name};
use super::kernel::gradient_outer_product::{mean_square, principal_axes};
use super::lift::output;
use super::samples::Samples;
use super::tuning::{Tuned, test_error};
use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::portable::cholesky::Cholesky;
use crate::portable::product::{View, add_product, product};
use crate::portable::reduce::{mean, sum_by};
use crate::portable::rng::Stream;

/// How the iterated lift is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IteratedLift {
    /// The number of squared units, the forms `B_i`.
    pub units: usize,
    /// `alpha`, the scale of the squared part.
    pub scale: f64,
    /// Fits, the first of them in the inputs themselves.
    pub rounds: usize,
    /// `lambda_1`, the first ridge.
    pub ridge: f64,
    /// `delta_1`: no direction counts less than this part of the first one, at first.
    pub floor: f64,
    /// By which ridge and floor fall from round to round.
    pub decay: f64,
    /// The most steps of a round.
    pub steps: usize,
    /// How many initial `B_i` are tried: no more once the error on the test sample is small enough.
    pub restarts: Restarts,
}

impl Default for IteratedLift {
    fn default() -> Self {
        IteratedLift {
            units: 2,
            scale: 0.3,
            rounds: 30,
            ridge: 0.1,
            floor: 0.1,
            decay: 0.65,
            steps: 30,
            restarts: Restarts { most: 4, enough: 1e-6 },
        }
    }
}

/// The deviation of the first `B_i` times the root of the number of their entries; `C` begins at 0.
const INITIAL: f64 = 0.3;
/// What is added to the ridge in the first step of a round, and by which factor it grows where a step gains nothing, and falls where one does.
const DAMPING: f64 = 1e-5;
const DAMPING_FACTOR: f64 = 5.0;
const LEAST_DAMPING: f64 = 1e-12;
/// So often it grows before a round ends.
const TRIALS: usize = 8;
/// A step that gains less than this part of the objective is the last of its round.
const LEAST_GAIN: f64 = 1e-4;

impl IteratedLift {
    /// Appends the settings to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let IteratedLift { units, scale, rounds, ridge, floor, decay, steps, restarts } = *self;
        let c = [units, rounds, steps].iter().fold(c, |c, &n| c.integer(n as u64)).floats(&[scale, ridge, floor, decay]);
        restarts.encode(c)
    }

    /// The initialisation and the round with the least error on the test sample. Streams of `seed`: `iterated lift weights`,
    /// `iterated lift weights 1`, ... Guarantee: replayed.
    ///
    /// # Errors
    /// When there are no rounds.
    pub fn tuned(&self, train: &Samples, test: &Samples, seed: u64) -> Result<Tuned> {
        let mut attempts = 0;
        let attempt = |n: u64| {
            let mut stream = Stream::new(seed, &stream_name("iterated lift weights", n));
            attempts += 1;
            self.attempt(train, test, &mut stream).map(|tuned| (tuned.error, tuned))
        };
        let (_, best) = self.restarts.best(attempt)?;
        Ok(Tuned { choice: format!("{}; initialisations: {attempts}", best.choice), ..best })
    }

    /// The best round from one initialisation; a round that leads to no metric is the last.
    fn attempt(&self, train: &Samples, test: &Samples, stream: &mut Stream) -> Result<Tuned> {
        let d = train.x().rows();
        let mut metric = Metric::identity(d);
        let mut forms = self.first_forms(d, stream);
        let (mut rounds, mut ridge, mut floor) = (Vec::new(), self.ridge, self.floor);
        for round in 1..=self.rounds {
            let features = |samples: &Samples| squares(&product((&metric.rows).into(), samples.x()));
            let start = Matrix::from_fn(forms.len(), d * (d + 1) / 2, |i, pq| coefficient(&metric.without(&forms[i]), pq));
            let fit = Fit { features: &features(train), labels: &centred(train.labels().to_vec()), scale: self.scale, ridge };
            let weights = fit.descend(start, self.steps);
            rounds.push(Tuned {
                choice: format!("round {round}"),
                error: test_error(&output(&product((&weights).into(), &features(test)), self.scale), test),
            });
            forms = (0..weights.rows()).map(|i| metric.with(&form(weights.row(i), d))).collect();
            let Some(next) = Metric::of(&mean_outer_product(&forms, self.scale, train.x()), floor) else { break };
            (metric, ridge, floor) = (next, self.decay * ridge, self.decay * floor);
        }
        Tuned::best(rounds).ok_or_else(|| Error::refused("no rounds"))
    }

    /// `C = 0`, and `B_1, B_2, ...` with normal entries.
    fn first_forms(&self, d: usize, stream: &mut Stream) -> Vec<Matrix<f64>> {
        let count = d * (d + 1) / 2;
        let deviation = INITIAL / (count as f64).sqrt();
        let drawn = |stream: &mut Stream| stream.normals(count).iter().map(|z| deviation * z).collect::<Vec<_>>();
        let heads = (0..self.units).map(|_| form(&drawn(stream), d));
        [Matrix::filled(d, d, 0.0)].into_iter().chain(heads).collect()
    }
}

/// Places `p <= q`, by rows.
fn place(d: usize, mut pq: usize) -> (usize, usize) {
    let mut p = 0;
    while pq >= d - p {
        pq -= d - p;
        p += 1;
    }
    (p, p + pq)
}

/// `z_p z_q` for `p < q`, and `z_p^2 / sqrt 2`, one a row: then `<v, .>` is `z'Az` with `|v|^2 = 2 ||A||_F^2`.
fn squares(z: &Matrix<f64>) -> Matrix<f64> {
    let (d, half) = (z.rows(), 0.5f64.sqrt());
    let mut features = Matrix::filled(d * (d + 1) / 2, z.cols(), 0.0);
    for pq in 0..features.rows() {
        let (p, q) = place(d, pq);
        let factor = if p == q { half } else { 1.0 };
        let terms = features.row_mut(pq).iter_mut().zip(z.row(p)).zip(z.row(q));
        terms.for_each(|((phi, a), b)| *phi = factor * (a * b));
    }
    features
}

/// The symmetric matrix `A` with `<v, squares(z)> = z'Az`.
fn form(v: &[f64], d: usize) -> Matrix<f64> {
    let mut a = Matrix::filled(d, d, 0.0);
    for (pq, v) in v.iter().enumerate() {
        let (p, q) = place(d, pq);
        let entry = if p == q { 0.5f64.sqrt() * v } else { 0.5 * v };
        (a[(p, q)], a[(q, p)]) = (entry, entry);
    }
    a
}

/// The coefficient `v_pq` of a symmetric matrix.
fn coefficient(a: &Matrix<f64>, pq: usize) -> f64 {
    let (p, q) = place(a.rows(), pq);
    if p == q { 2f64.sqrt() * a[(p, p)] } else { 2.0 * a[(p, q)] }
}

/// `T`, and its inverse.
struct Metric {
    rows: Matrix<f64>,
    inverse: Matrix<f64>,
}

impl Metric {
    fn identity(d: usize) -> Self {
        let rows = Matrix::from_fn(d, d, |i, j| f64::from(i == j));
        Metric { inverse: rows.clone(), rows }
    }

    /// `T` with `T'T ~ (M/|M| + floor^2 I)^(1/2)`, the mean square of its scales 1; `None` where `M` is 0 or not finite.
    fn of(outer: &Matrix<f64>, floor: f64) -> Option<Self> {
        let (sizes, axes) = principal_axes(outer).ok()?;
        let d = sizes.len();
        let largest = sizes.first().copied().filter(|&size| size > 0.0)?;
        let scale = |i: usize| (sizes[i].max(0.0) / largest + floor * floor).sqrt().sqrt();
        let size = (sum_by(d, |i| scale(i) * scale(i)) / d as f64).sqrt();
        // Of an inverse that is not finite no fit would come.
        let smallest = scale(d - 1) / size;
        (smallest > 0.0).then(|| Metric {
            rows: Matrix::from_fn(d, d, |i, j| scale(i) / size * axes[(i, j)]),
            inverse: Matrix::from_fn(d, d, |i, j| axes[(j, i)] / (scale(j) / size)),
        })
    }

    /// `T'AT`: the form in `x` of a form in `z`.
    fn with(&self, a: &Matrix<f64>) -> Matrix<f64> {
        congruent(&self.rows, a)
    }

    /// The form in `z` of a form in `x`.
    fn without(&self, a: &Matrix<f64>) -> Matrix<f64> {
        congruent(&self.inverse, a)
    }
}

/// `T'AT`.
fn congruent(t: &Matrix<f64>, a: &Matrix<f64>) -> Matrix<f64> {
    product(View::from(t).transposed(), &product(a.into(), t))
}

/// `mean_n grad F(x_n) grad F(x_n)'` with `grad F = 2 C x + 4 alpha sum_i (x'B_i x) B_i x`.
fn mean_outer_product(forms: &[Matrix<f64>], scale: f64, x: &Matrix<f64>) -> Matrix<f64> {
    let mut gradients = Matrix::filled(x.rows(), x.cols(), 0.0);
    for (i, form) in forms.iter().enumerate() {
        let along = product(form.into(), x);
        for n in 0..x.cols() {
            let head = if i == 0 { 0.5 } else { scale * sum_by(x.rows(), |p| x[(p, n)] * along[(p, n)]) };
            (0..x.rows()).for_each(|p| gradients[(p, n)] += 4.0 * head * along[(p, n)]);
        }
    }
    mean_square(&gradients)
}

fn centred(mut values: Vec<f64>) -> Vec<f64> {
    let m = mean(&values);
    values.iter_mut().for_each(|v| *v -= m);
    values
}

/// The problem of one round: `mean (F - y)^2 + lambda |v|^2`, errors centred.
struct Fit<'a> {
    features: &'a Matrix<f64>,
    labels: &'a [f64],
    scale: f64,
    ridge: f64,
}

/// Weights, one form a row, and what they give.
struct Point {
    weights: Matrix<f64>,
    heads: Matrix<f64>,
    /// `y - F`, centred.
    residual: Vec<f64>,
    objective: f64,
}

impl Fit<'_> {
    /// The weights after at most so many steps from `start`.
    fn descend(&self, start: Matrix<f64>, steps: usize) -> Matrix<f64> {
        let (mut at, mut damping) = (self.at(start), DAMPING);
        for _ in 0..steps {
            let jacobian = self.jacobian(&at.heads);
            let gram = self.gram(&jacobian);
            let trial = |_| {
                let next = self.step(&at, &jacobian, &gram, self.ridge + damping)?;
                let gains = next.objective < at.objective;
                damping *= if gains { 1.0 } else { DAMPING_FACTOR };
                gains.then_some(next)
            };
            let Some(next) = (0..TRIALS).find_map(trial) else { break };
            let gain = (at.objective - next.objective) / at.objective;
            (at, damping) = (next, (damping / DAMPING_FACTOR).max(LEAST_DAMPING));
            if gain < LEAST_GAIN {
                break;
            }
        }
        at.weights
    }

    fn at(&self, weights: Matrix<f64>) -> Point {
        let heads = product((&weights).into(), self.features);
        let values = output(&heads, self.scale);
        let residual = centred(self.labels.iter().zip(values).map(|(y, f)| y - f).collect());
        let v = weights.as_slice();
        let squares = sum_by(residual.len(), |n| residual[n] * residual[n]) / residual.len() as f64;
        let objective = squares + self.ridge * sum_by(v.len(), |i| v[i] * v[i]);
        Point { weights, heads, residual, objective }
    }

    /// The derivatives of the centred `F` by the weights, a row each.
    fn jacobian(&self, heads: &Matrix<f64>) -> Matrix<f64> {
        let (p, n) = (self.features.rows(), self.features.cols());
        let mut jacobian = Matrix::filled(heads.rows() * p, n, 0.0);
        for i in 0..heads.rows() {
            for j in 0..p {
                let row = match i {
                    0 => self.features.row(j).to_vec(),
                    _ => self.features.row(j).iter().zip(heads.row(i)).map(|(phi, h)| 2.0 * self.scale * (h * phi)).collect(),
                };
                jacobian.row_mut(i * p + j).copy_from_slice(&centred(row));
            }
        }
        jacobian
    }

    /// `J'J / N`, in the samples.
    fn gram(&self, jacobian: &Matrix<f64>) -> Matrix<f64> {
        let n = jacobian.cols();
        let mut gram = Matrix::filled(n, n, 0.0);
        add_product(gram.as_mut_slice(), View::from(jacobian).transposed(), jacobian.as_slice(), n);
        gram.as_mut_slice().iter_mut().for_each(|g| *g /= n as f64);
        gram
    }

    /// The step `e` that minimises `mean (r - J'e)^2 + lambda |v + e|^2 + (D - lambda) |e|^2`:
    /// `e = -(lambda/D) v + J w` with `(J'J/N + D) w = (r + (lambda/D) J'v) / N`. `None` where a pivot is not positive.
    fn step(&self, at: &Point, jacobian: &Matrix<f64>, gram: &Matrix<f64>, damped: f64) -> Option<Point> {
        let (n, v) = (self.labels.len(), at.weights.as_slice());
        let kept = self.ridge / damped;
        let of_weights = product(View::rows(v, 1, v.len()), jacobian);
        let right = Matrix::from_fn(n, 1, |row, _| (at.residual[row] + kept * of_weights[(0, row)]) / n as f64);
        let w = Cholesky::shifted(gram, damped).ok()?.solve(&right).ok()?;
        let along = product(jacobian.into(), &w);
        let (rows, cols) = (at.weights.rows(), at.weights.cols());
        Some(self.at(Matrix::from_fn(rows, cols, |i, j| {
            let m = i * cols + j;
            v[m] + (along[(m, 0)] - kept * v[m])
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: usize = 8;

    fn normals(name: &str, rows: usize, cols: usize) -> Matrix<f64> {
        Matrix::from_rows(rows, cols, Stream::new(1, name).normals(rows * cols)).expect("as many as there are entries")
    }

    /// As many normal numbers as a form has entries on and below the diagonal.
    #[test]
    fn the_first_forms_are_full() {
        let lift = IteratedLift { units: 3, ..IteratedLift::default() };
        let forms = lift.first_forms(D, &mut Stream::new(1, "first forms"));
        assert_eq!((forms.len(), &forms[0]), (4, &Matrix::filled(D, D, 0.0)));
        assert!(forms[1..].iter().all(|b| b.as_slice().iter().all(|v| *v != 0.0) && *b == b.transposed()));
        assert!(forms[1] != forms[2]);
    }

    fn forms(count: usize) -> Vec<Matrix<f64>> {
        let v = normals("forms", count, D * (D + 1) / 2);
        (0..count).map(|i| form(v.row(i), D)).collect()
    }

    /// `x'Cx + alpha sum_i (x'B_i x)^2` at one point, as it is written.
    fn value(forms: &[Matrix<f64>], scale: f64, x: &[f64]) -> f64 {
        let at =
            |a: &Matrix<f64>| (0..D).flat_map(|p| (0..D).map(move |q| (p, q))).map(|(p, q)| x[p] * a[(p, q)] * x[q]).sum::<f64>();
        at(&forms[0]) + scale * forms[1..].iter().map(|b| at(b) * at(b)).sum::<f64>()
    }

    /// `z` times its square, `|A|` and a few roundings.
    const NEAR: f64 = 1e-11;

    #[test]
    fn coefficients_and_squares_give_the_form() {
        let (v, z) = (normals("v", 1, D * (D + 1) / 2), normals("z", D, 7));
        let a = form(v.row(0), D);
        let features = squares(&z);
        for n in 0..7 {
            let by_features: f64 = (0..features.rows()).map(|j| v[(0, j)] * features[(j, n)]).sum();
            let x: Vec<f64> = (0..D).map(|p| z[(p, n)]).collect();
            assert!((by_features - value(std::slice::from_ref(&a), 0.0, &x)).abs() < NEAR);
        }
        let (of_v, of_a): (f64, f64) = (v.as_slice().iter().map(|v| v * v).sum(), a.as_slice().iter().map(|a| a * a).sum());
        assert!((of_v - 2.0 * of_a).abs() < NEAR);
        assert!((0..v.cols()).all(|j| (coefficient(&a, j) - v[(0, j)]).abs() < NEAR));
    }

    /// In a direction of the inputs `F` has degree 4, so that the difference quotient of fourth order is its derivative, whatever the step.
    #[test]
    fn gradients_are_those_of_the_written_function() {
        let (forms, x) = (forms(3), normals("x", D, 1));
        let outer = mean_outer_product(&forms, 0.3, &x);
        let moved = |p: usize, by: f64| {
            let x: Vec<f64> = (0..D).map(|q| x[(q, 0)] + if p == q { by } else { 0.0 }).collect();
            value(&forms, 0.3, &x)
        };
        let slope = |p: usize| (8.0 * (moved(p, 1.0) - moved(p, -1.0)) - (moved(p, 2.0) - moved(p, -2.0))) / 12.0;
        for (p, q) in (0..D).flat_map(|p| (0..D).map(move |q| (p, q))) {
            let expected = slope(p) * slope(q);
            assert!((outer[(p, q)] - expected).abs() < 1e-9 * (1.0 + expected.abs()), "{p} {q}: {} {expected}", outer[(p, q)]);
        }
    }

    /// `F` is quadratic in its weights, so that the central difference is the derivative; and the step solves the equations of the weights.
    #[test]
    fn a_step_solves_the_linearised_problem() {
        let (features, labels) = (squares(&normals("z", D, 20)), centred(normals("y", 1, 20).as_slice().to_vec()));
        let fit = Fit { features: &features, labels: &labels, scale: 0.3, ridge: 0.2 };
        let (at, damped) = (fit.at(normals("weights", 3, features.rows())), 0.25);
        let jacobian = fit.jacobian(&at.heads);
        let next = fit.step(&at, &jacobian, &fit.gram(&jacobian), damped).expect("a positive definite matrix");
        let step: Vec<f64> = next.weights.as_slice().iter().zip(at.weights.as_slice()).map(|(a, b)| a - b).collect();
        let moved = |sign: f64| {
            let (rows, cols) = (at.weights.rows(), at.weights.cols());
            fit.at(Matrix::from_fn(rows, cols, |i, j| at.weights[(i, j)] + sign * step[i * cols + j])).residual
        };
        let linear: Vec<f64> = (0..20).map(|n| (0..step.len()).map(|m| jacobian[(m, n)] * step[m]).sum()).collect();
        for (n, (back, ahead)) in moved(-1.0).iter().zip(moved(1.0)).enumerate() {
            assert!((0.5 * (back - ahead) - linear[n]).abs() < NEAR, "{n}");
        }
        for (m, v) in at.weights.as_slice().iter().enumerate() {
            let errors = (0..20).map(|n| jacobian[(m, n)] * (at.residual[n] - linear[n])).sum::<f64>() / 20.0;
            let wanted = fit.ridge * v + damped * step[m];
            assert!((errors - wanted).abs() < NEAR, "{m}: {errors} {wanted}");
        }
    }

    #[test]
    fn a_metric_has_the_scales_of_its_matrix() {
        let outer = Matrix::from_fn(2, 2, |i, j| if i == j { [1.0, 16.0][i] } else { 0.0 });
        let Metric { rows, inverse } = Metric::of(&outer, 0.5).expect("two directions");
        let squared = product(View::from(&rows).transposed(), &rows);
        // (M/16 + 1/4)^(1/2) over half of its trace.
        let roots = [0.3125f64.sqrt(), 1.25f64.sqrt()];
        for i in 0..2 {
            assert!((squared[(i, i)] - 2.0 * roots[i] / (roots[0] + roots[1])).abs() < 1e-15);
        }
        let one = product((&rows).into(), &inverse);
        assert!((0..4).all(|n| (one.as_slice()[n] - [1.0, 0.0, 0.0, 1.0][n]).abs() < 1e-15));
        assert!(
            Metric::of(&Matrix::filled(2, 2, 0.0), 0.5).is_none() && Metric::of(&Matrix::filled(2, 2, f64::NAN), 0.5).is_none()
        );
        assert!(Metric::of(&Matrix::from_fn(2, 2, |i, j| f64::from(i + j == 0)), 0.0).is_none());
    }

    fn samples(name: &str, n: usize, label: fn(f64, f64) -> f64) -> Samples {
        let x = normals(name, D, n);
        let labels =
            (0..n).map(|n| label((x[(0, n)] + x[(1, n)] - x[(2, n)]) / 1.75, (x[(3, n)] - 2.0 * x[(4, n)]) / 2.25)).collect();
        Samples::new(&x, labels, false)
    }

    /// Two directions of eight, from 60 samples for 72 unknowns: rounds find them, one round does not, nor what is no such function.
    #[test]
    fn rounds_find_forms_that_share_their_directions() {
        let target = |u: f64, v: f64| u * u + v * u + 0.3 * (u * v - v * v).powi(2);
        let error = |label: fn(f64, f64) -> f64, rounds| {
            // About every other initialisation finds them.
            let restarts = Restarts { most: 12, enough: 1e-6 };
            let lift = IteratedLift { units: 1, rounds, restarts, ..IteratedLift::default() };
            lift.tuned(&samples("train", 60, label), &samples("test", 500, label), 1).expect("at least one round").error
        };
        let (one, all) = (error(target, 1), error(target, 30));
        assert!(all < 1e-7 && one > 1e-2, "{one:e}, {all:e}");
        assert!(error(|u, v| u * v * v * v * v * v, 30) > 1e-2);
    }
}
