//! The quadratic lift: one squared layer on all quadratic monomials of the input.
//!
//! ```text
//! F = <c, phi> + alpha ||K phi||^2        phi = (x_p,  x_p x_q for p < q,  (x_p^2 - 1) / sqrt 2)
//! ```
//!
//! It skips the hierarchy instead of learning it: every quadratic form of the inputs is a feature of its own, so layer 3 of a
//! target of depth 3 is within its reach, at `(1 + k) d (d + 3) / 2` unknowns. For Gaussian inputs the features are orthonormal; a
//! constant among them would add nothing, as the quadratic part of `F` is free.

use super::descent::heavy_ball::HeavyBall;
use super::descent::patience::Patience;
use super::descent::restarts::{Restarts, stream_name};
use super::samples::Samples;
use super::tuning::test_error;
use crate::canonical::Canonical;
use crate::error::Result;
use crate::matrix::Matrix;
use crate::portable::product::add_product;
use crate::portable::reduce::{inner_products, mean, sum_by, variance};
use crate::portable::rng::Stream;
use crate::portable::vectorized;

/// How the lift trains: full-batch heavy-ball descent on the mean-centred squared loss, from several initial weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// The number of squared units, the rows of `K`.
    pub units: usize,
    /// `alpha`, the scale of the squared part.
    pub scale: f64,
    /// The step size `eta`; `K` steps by `eta / alpha^2` times its gradient.
    pub step: f64,
    /// The heavy-ball coefficient.
    pub momentum: f64,
    /// `K` moves by at most this fraction of its norm in one step; `c` moves freely.
    pub cap: f64,
    /// Initially `||K phi||^2` has this standard deviation over the samples, and `c = 0`; a small one favours simple solutions.
    pub head_deviation: f64,
    /// A loss that gains less than 2 % in this many steps halves the step size.
    pub patience: usize,
    /// A stall with no more than this step size ends the descent.
    pub least_step: f64,
    /// At most this many steps.
    pub steps: usize,
    /// A descent ends when loss / Var(y) falls below this.
    pub tolerance: f64,
    /// How many initial weights are tried.
    pub restarts: Restarts,
    /// The test error is looked at every so many steps.
    pub every: usize,
}

impl Default for Lift {
    fn default() -> Self {
        Lift {
            units: 2,
            scale: 0.3,
            step: 0.03,
            momentum: 0.95,
            cap: 0.02,
            head_deviation: 1e-3,
            patience: 200,
            least_step: 1e-3,
            steps: 8000,
            tolerance: 1e-20,
            restarts: Restarts { most: 4, enough: 1e-9 },
            every: 50,
        }
    }
}

/// A loss below this fraction of the best counts as a gain.
const GAIN: f64 = 0.98;

impl Lift {
    /// Appends the settings to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let Lift { scale, step, momentum, cap, head_deviation, least_step, tolerance, .. } = *self;
        let whole = [self.units, self.patience, self.steps, self.every];
        let c = c.floats(&[scale, step, momentum, cap, head_deviation, least_step, tolerance]);
        self.restarts.encode(whole.iter().fold(c, |c, &n| c.integer(n as u64)))
    }

    /// Trains the lift. Streams of `seed`: `lift weights`, `lift weights 1`, ... Guarantee: replayed.
    ///
    /// The test samples only choose where to stop, which favours the lift.
    ///
    /// # Errors
    /// None arises; an attempt may fail elsewhere.
    pub fn train(&self, samples: &Samples, test: &Samples, seed: u64) -> Result<Lifted> {
        let (features, test_features) = (monomials(samples.x()), monomials(test.x()));
        let (mut least, mut steps, mut attempts) = (f64::INFINITY, 0, 0);
        let mut observe = |rows: &Matrix<f64>| {
            // The lesser of a number and one that is not is the number.
            least = least.min(test_error(&value(rows, &test_features, self.scale), test));
        };
        let attempt = |n: u64| {
            let mut stream = Stream::new(seed, &stream_name("lift weights", n));
            let end = Training::new(self, samples, &features, &mut stream).run(&mut observe);
            (steps, attempts) = (steps + end.steps, attempts + 1);
            Ok((end.loss, end))
        };
        let (_, End { rows, loss, .. }) = self.restarts.best(attempt)?;
        Ok(Lifted { rows, scale: self.scale, loss, least_test_error: least, attempts, steps })
    }
}

/// The trained lift.
#[derive(Clone, Debug)]
pub struct Lifted {
    /// `[c; K]` of the least training loss.
    rows: Matrix<f64>,
    scale: f64,
    /// The least loss / Var(y) over the samples.
    pub loss: f64,
    /// The least test error on the way, over all attempts.
    pub least_test_error: f64,
    /// Initial weights tried.
    pub attempts: usize,
    /// Steps of all attempts together.
    pub steps: usize,
}

impl Lifted {
    /// `F` at the inputs `x` (`d x N`), up to a constant: at the end of the descent with the least training loss.
    ///
    /// Guarantee: replayed.
    pub fn predict(&self, x: &Matrix<f64>) -> Vec<f64> {
        value(&self.rows, &monomials(x), self.scale)
    }
}

/// All monomials of degree 1 and 2 of the samples `x` (`d x N`), one a row, orthonormal for Gaussian inputs.
fn monomials(x: &Matrix<f64>) -> Matrix<f64> {
    let (d, half) = (x.rows(), 0.5f64.sqrt());
    let pairs: Vec<(usize, usize)> = (0..d).flat_map(|p| (p..d).map(move |q| (p, q))).collect();
    Matrix::from_fn(d + pairs.len(), x.cols(), |i, n| match i.checked_sub(d).map(|i| pairs[i]) {
        None => x[(i, n)],
        Some((p, q)) if p == q => half * (x[(p, n)] * x[(p, n)] - 1.0),
        Some((p, q)) => x[(p, n)] * x[(q, n)],
    })
}

/// `<c, phi> + alpha ||K phi||^2` from the weights `[c; K]` and the features.
fn value(rows: &Matrix<f64>, features: &Matrix<f64>, scale: f64) -> Vec<f64> {
    let mut sums = Matrix::filled(rows.rows(), features.cols(), 0.0);
    add_product(sums.as_mut_slice(), rows.into(), features.as_slice(), features.cols());
    output(&sums, scale)
}

/// `f + alpha sum_i h_i^2` on each sample, from the rows `f`, `h_1`, `h_2`, ...: `<c, phi> + alpha ||K phi||^2` from `[c; K] phi`.
pub(super) fn output(sums: &Matrix<f64>, scale: f64) -> Vec<f64> {
    let mut output = sums.row(0).to_vec();
    vectorized(
        #[inline(always)]
        || {
            for i in 1..sums.rows() {
                output.iter_mut().zip(sums.row(i)).for_each(|(f, s)| *f += scale * (s * s));
            }
        },
    );
    output
}

/// The end of one descent.
struct End {
    /// `[c; K]`.
    rows: Matrix<f64>,
    /// loss / Var(y).
    loss: f64,
    steps: usize,
}

/// One descent under way.
struct Training<'a> {
    settings: &'a Lift,
    samples: &'a Samples,
    features: &'a Matrix<f64>,
    /// `[c; K]`.
    rows: [Matrix<f64>; 1],
    sums: Matrix<f64>,
    slopes: Matrix<f64>,
    velocity: [Matrix<f64>; 1],
    gradient: [Matrix<f64>; 1],
    step_size: f64,
}

impl<'a> Training<'a> {
    fn new(settings: &'a Lift, samples: &'a Samples, features: &'a Matrix<f64>, stream: &mut Stream) -> Self {
        let zeros = Matrix::filled(1 + settings.units, features.rows(), 0.0);
        let values = Matrix::filled(1 + settings.units, samples.len(), 0.0);
        let mut training = Training {
            settings,
            samples,
            features,
            rows: [Matrix::from_fn(zeros.rows(), zeros.cols(), |i, _| if i == 0 { 0.0 } else { stream.normal() })],
            sums: values.clone(),
            slopes: values,
            velocity: [zeros.clone()],
            gradient: [zeros],
            step_size: settings.step,
        };
        training.forward();
        training.bring_to_size();
        training
    }

    fn forward(&mut self) {
        self.sums.as_mut_slice().fill(0.0);
        add_product(self.sums.as_mut_slice(), (&self.rows[0]).into(), self.features.as_slice(), self.samples.len());
    }

    /// Rescales `K` so that its head has the wanted deviation; `c` is still zero.
    fn bring_to_size(&mut self) {
        let deviation = variance(&output(&self.sums, 1.0)).sqrt();
        let factor = (self.settings.head_deviation / deviation.max(f64::MIN_POSITIVE)).sqrt();
        (1..=self.settings.units).for_each(|i| self.rows[0].row_mut(i).iter_mut().for_each(|k| *k *= factor));
    }

    /// Descends; `observe` sees the weights now and then, and at the end.
    fn run(mut self, observe: &mut dyn FnMut(&Matrix<f64>)) -> End {
        let mut patience = Patience::new(GAIN, self.settings.patience, 0);
        let mut step = 0;
        loop {
            self.forward();
            let errors = self.errors();
            let loss = sum_by(errors.len(), |n| errors[n] * errors[n]) / errors.len() as f64 / self.samples.label_variance();
            let stalled = patience.stalled(loss, step);
            let exhausted = stalled && self.step_size <= self.settings.least_step;
            if exhausted || step == self.settings.steps || loss < self.settings.tolerance || !loss.is_finite() {
                observe(&self.rows[0]);
                let [rows] = self.rows;
                return End { rows, loss, steps: step };
            }
            if step.is_multiple_of(self.settings.every.max(1)) {
                observe(&self.rows[0]);
            }
            if stalled {
                self.step_size *= 0.5;
                patience.restart(loss, step);
            }
            self.step(&errors);
            step += 1;
        }
    }

    /// `F - y`, centred.
    fn errors(&self) -> Vec<f64> {
        let mut errors = output(&self.sums, self.settings.scale);
        errors.iter_mut().zip(self.samples.labels()).for_each(|(e, y)| *e -= y);
        let m = mean(&errors);
        errors.iter_mut().for_each(|e| *e -= m);
        errors
    }

    fn step(&mut self, errors: &[f64]) {
        let Lift { units, scale, momentum, cap, .. } = *self.settings;
        let share = 2.0 / errors.len() as f64;
        self.slopes.row_mut(0).iter_mut().zip(errors).for_each(|(slope, e)| *slope = share * e);
        for i in 1..=units {
            let terms = self.slopes.row_mut(i).iter_mut().zip(self.sums.row(i)).zip(errors);
            terms.for_each(|((slope, s), e)| *slope = (2.0 * scale * share * e) * s);
        }
        inner_products(&mut self.gradient[0], &self.slopes, self.features);
        let (free, capped) = (HeavyBall { momentum, cap: f64::INFINITY }, HeavyBall { momentum, cap });
        let (rows, velocity) = (&mut self.rows, &mut self.velocity);
        free.advance(rows, velocity, &self.gradient, self.step_size, 0..1);
        capped.advance(rows, velocity, &self.gradient, self.step_size / (scale * scale), 1..1 + units);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: usize = 4;

    fn samples(name: &str, n: usize, label: impl Fn(&dyn Fn(usize) -> f64) -> f64) -> Samples {
        let x = Matrix::from_rows(D, n, Stream::new(1, name).normals(D * n)).expect("d x N");
        let labels = (0..n).map(|n| label(&|i| x[(i, n)])).collect();
        Samples::new(&x, labels, false)
    }

    /// The test error at the end, and the least on the way.
    fn errors(label: impl Fn(&dyn Fn(usize) -> f64) -> f64) -> (f64, f64) {
        let (train, test) = (samples("train", 300, &label), samples("test", 1000, &label));
        let lifted = Lift::default().train(&train, &test, 1).expect("no error arises");
        (test_error(&lifted.predict(test.x()), &test), lifted.least_test_error)
    }

    #[test]
    fn a_loss_at_the_tolerance_is_not_below_it() {
        let train = samples("train", 50, |x| x(0));
        let features = Matrix::from_rows(3, 50, Stream::new(2, "features").normals(150)).expect("3 x 50");
        let end = |steps, tolerance| {
            let settings = Lift { steps, tolerance, ..Lift::default() };
            Training::new(&settings, &train, &features, &mut Stream::new(1, "lift")).run(&mut |_| ())
        };
        let loss = end(3, 0.0).loss;
        assert_eq!((end(9, loss.next_up()).steps, end(9, loss).steps), (3, 4));
    }

    #[test]
    fn the_first_head_has_the_deviation_that_is_asked_for() {
        let train = samples("train", 50, |x| x(0));
        let features = Matrix::from_rows(3, 50, Stream::new(2, "features").normals(150)).expect("3 x 50");
        for head_deviation in [1e-3, 7.0] {
            let settings = Lift { head_deviation, ..Lift::default() };
            let mut training = Training::new(&settings, &train, &features, &mut Stream::new(1, "lift"));
            training.forward();
            let deviation = variance(&output(&training.sums, 1.0)).sqrt();
            assert!((deviation / head_deviation - 1.0).abs() < 1e-12, "{deviation} for {head_deviation}");
        }
    }

    #[test]
    fn squares_of_quadratics_are_learnt_and_degree_5_is_not() {
        let squares = |x: &dyn Fn(usize) -> f64| {
            let (first, second) = (x(0) * x(2) + x(1) * x(1), x(0) * x(3) - x(2));
            x(0) * x(1) - x(3) + 0.3 * (first * first + second * second)
        };
        let (end, least) = errors(squares);
        assert!(end < 1e-15 && least <= end, "{end:e}, least {least:e}");
        // Orthogonal to all polynomials of degree 4, so that the error is at least 1 on the population.
        let (end, least) = errors(|x| (x(0) * x(0) - 1.0) * x(1) * x(2) * x(3));
        assert!(least > 0.5 && least <= end, "{end:e}, least {least:e}");
    }

    #[test]
    fn the_features_are_orthonormal() {
        // Their second moments on the grid {-sqrt 3, 0, sqrt 3}^4 with weights 1/6, 2/3, 1/6 are those of the Gaussian: up to degree 5
        // in each variable the rule is exact.
        let node = |n: usize, i: u32| n / 3usize.pow(i) % 3;
        let x = Matrix::from_fn(D, 81, |i, n| [-(3.0f64.sqrt()), 0.0, 3.0f64.sqrt()][node(n, i as u32)]);
        let weight = |n: usize| (0..D as u32).map(|i| [1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0][node(n, i)]).product::<f64>();
        let phi = monomials(&x);
        assert_eq!(phi.rows(), D * (D + 3) / 2);
        for a in 0..phi.rows() {
            for b in 0..phi.rows() {
                let moment: f64 = (0..81).map(|n| weight(n) * phi[(a, n)] * phi[(b, n)]).sum();
                // 81 terms of size at most 9, each with a few roundings.
                assert!((moment - f64::from(a == b)).abs() < 1e-13, "{a} {b}: {moment}");
            }
        }
    }
}
