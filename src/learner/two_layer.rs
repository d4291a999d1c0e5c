//! Two-layer networks `F(x) = sum_i a_i act(<w_i, x> + b_i) + c`, trained by Adam on minibatches.

use super::adam::Adam;
use super::descent::Samples;
use super::tuning::{Tuned, test_error};
use crate::canonical::Canonical;
use crate::matrix::Matrix;
use crate::portable::product::add_product;
use crate::portable::reduce::{inner_products, mean};
use crate::portable::rng::Stream;
use crate::portable::vectorized;

/// What a unit does to its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Units {
    /// `max(z, 0)`
    Relu,
    /// `z^2`
    Quadratic,
    /// `z^4`
    Quartic,
    /// `z^2` on the first half of the units, `z^4` on the others.
    Mixed,
}

impl Units {
    /// All activations.
    pub const ALL: [Units; 4] = [Units::Relu, Units::Quadratic, Units::Quartic, Units::Mixed];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Units::Relu => "ReLU",
            Units::Quadratic => "quadratic",
            Units::Quartic => "quartic",
            Units::Mixed => "z^2 + z^4",
        }
    }

    /// The activation of unit `i` of `width`; never `Mixed`.
    fn of_unit(self, i: usize, width: usize) -> Self {
        match self {
            Units::Mixed if i < width / 2 => Units::Quadratic,
            Units::Mixed => Units::Quartic,
            other => other,
        }
    }

    /// Replaces the arguments `z` by their activations, and `slopes` by their derivatives.
    fn apply(self, z: &mut [f64], slopes: &mut [f64]) {
        let each = z.iter_mut().zip(slopes);
        vectorized(
            #[inline(always)]
            || match self {
                Units::Relu => each.for_each(|(z, s)| (*z, *s) = if *z > 0.0 { (*z, 1.0) } else { (0.0, 0.0) }),
                Units::Quadratic => each.for_each(|(z, s)| (*z, *s) = (*z * *z, *z + *z)),
                Units::Quartic | Units::Mixed => each.for_each(|(z, s)| {
                    let square = *z * *z;
                    (*z, *s) = (square * square, 4.0 * (square * *z));
                }),
            },
        );
    }

    /// The factor of the initial output weights: powers start smaller.
    fn output_scale(self) -> f64 {
        if self == Units::Relu { 1.0 } else { 0.3 }
    }
}

/// How two-layer networks are tuned: every width with every learning rate and every initial scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Numbers of units.
    pub widths: Vec<usize>,
    /// Learning rates of Adam at the first step; they fall linearly to zero.
    pub rates: Vec<f64>,
    /// Initial `w_i` are normal with standard deviation `scale / sqrt(d)`.
    pub scales: Vec<f64>,
    /// Steps of Adam.
    pub steps: usize,
    /// Samples in a minibatch, drawn with replacement.
    pub batch: usize,
    /// The test error is looked at every so many steps, and the best is taken.
    pub every: usize,
}

impl Grid {
    /// The grid for an activation: widths 64, 256 with rates .003, .01, .03 for ReLU; smaller networks and rates for powers.
    pub fn of(units: Units) -> Self {
        let (widths, rates) = match units {
            Units::Relu => (vec![64, 256], vec![0.003, 0.01, 0.03]),
            Units::Quadratic => (vec![16, 64], vec![0.001, 0.003, 0.01]),
            Units::Quartic => (vec![64], vec![0.001, 0.003, 0.01]),
            Units::Mixed => (vec![32, 128], vec![0.001, 0.003, 0.01]),
        };
        Grid { widths, rates, scales: vec![1.0], steps: 6000, batch: 128, every: 500 }
    }

    /// Appends the grid to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let c = self.widths.iter().fold(c.integer(self.widths.len() as u64), |c, &m| c.integer(m as u64));
        c.floats(&self.rates)
            .floats(&self.scales)
            .integer(self.steps as u64)
            .integer(self.batch as u64)
            .integer(self.every as u64)
    }

    fn choices(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        for &width in &self.widths {
            for &rate in &self.rates {
                choices.extend(self.scales.iter().map(|&scale| Choice { width, rate, scale }));
            }
        }
        choices
    }
}

/// One point of a grid.
#[derive(Clone, Copy)]
struct Choice {
    width: usize,
    rate: f64,
    scale: f64,
}

/// The best two-layer network of the grid by its test error, which favours it: over all points, and along each training.
///
/// Streams of `seed`: `two-layer weights`, `two-layer batches`, the same for every point. `None` when the grid is empty or looks
/// at no test error, or there are no samples. Guarantee: replayed.
pub fn best_two_layer(units: Units, grid: &Grid, samples: &Samples, test: &Samples, seed: u64) -> Option<Tuned> {
    let tuned = |choice: Choice| {
        let Choice { width, rate, scale } = choice;
        let error = Training::new(units, choice, grid, samples, seed).least_test_error(test)?;
        Some(Tuned { choice: format!("width {width}, rate {rate}, scale {scale}"), error })
    };
    if samples.is_empty() {
        return None;
    }
    Tuned::best(grid.choices().into_iter().filter_map(tuned))
}

/// Labels are predicted after subtracting their mean and dividing by their deviation.
#[derive(Clone, Copy)]
struct Standard {
    mean: f64,
    deviation: f64,
}

/// A network and its training; biases are weights of a constant input.
struct Training<'a> {
    samples: &'a Samples,
    grid: &'a Grid,
    rate: f64,
    standard: Standard,
    layers: Layers,
    pass: Pass,
    /// The gradients of `inner` and `outer`.
    gradient: [Matrix<f64>; 2],
    adam: Adam,
    batches: Stream,
}

/// The weights and the activation.
struct Layers {
    units: Units,
    /// `[w_i, b_i]`, `m x (d + 1)`.
    inner: Matrix<f64>,
    /// `[a, c]`, `1 x (m + 1)`.
    outer: Matrix<f64>,
}

/// Values on the columns of one batch.
struct Pass {
    /// `[x; 1]`.
    inputs: Matrix<f64>,
    /// `[act(z); 1]`.
    activated: Matrix<f64>,
    slopes: Matrix<f64>,
    output: Matrix<f64>,
}

impl Pass {
    /// Room for `n` columns of a network of `width` units in `d` inputs.
    fn new(d: usize, width: usize, n: usize) -> Self {
        let room = |rows: usize| Matrix::filled(rows, n, 1.0);
        Pass { inputs: room(d + 1), activated: room(width + 1), slopes: room(width), output: room(1) }
    }

    /// Takes the chosen columns of `x` as inputs.
    fn gather(&mut self, x: &Matrix<f64>, columns: &[usize]) {
        for i in 0..x.rows() {
            let row = x.row(i);
            self.inputs.row_mut(i).iter_mut().zip(columns).for_each(|(to, &column)| *to = row[column]);
        }
    }
}

impl Layers {
    fn forward(&self, pass: &mut Pass) {
        let (m, n) = (self.inner.rows(), pass.inputs.cols());
        let arguments = &mut pass.activated.as_mut_slice()[..m * n];
        arguments.fill(0.0);
        add_product(arguments, (&self.inner).into(), pass.inputs.as_slice(), n);
        for i in 0..m {
            self.units.of_unit(i, m).apply(pass.activated.row_mut(i), pass.slopes.row_mut(i));
        }
        pass.output.as_mut_slice().fill(0.0);
        add_product(pass.output.as_mut_slice(), (&self.outer).into(), pass.activated.as_slice(), n);
    }

    /// The gradients of the sum over the batch of `errors[n] F(x_n)`.
    fn gradient(&self, pass: &mut Pass, errors: &Matrix<f64>, gradient: &mut [Matrix<f64>; 2]) {
        let [inner, outer] = gradient;
        inner_products(outer, errors, &pass.activated);
        let slopes = &mut pass.slopes;
        vectorized(
            #[inline(always)]
            || {
                for i in 0..slopes.rows() {
                    let a = self.outer[(0, i)];
                    slopes.row_mut(i).iter_mut().zip(errors.row(0)).for_each(|(s, e)| *s *= a * e);
                }
            },
        );
        inner_products(inner, &pass.slopes, &pass.inputs);
    }

    /// `F` on all columns of `x`, a few at a time so that they stay in cache.
    fn predict(&self, x: &Matrix<f64>) -> Vec<f64> {
        const AT_ONCE: usize = 256;
        let columns: Vec<usize> = (0..x.cols()).collect();
        let some = |columns: &[usize]| {
            let mut pass = Pass::new(x.rows(), self.inner.rows(), columns.len());
            pass.gather(x, columns);
            self.forward(&mut pass);
            pass.output.as_slice().to_vec()
        };
        columns.chunks(AT_ONCE).flat_map(some).collect()
    }
}

impl<'a> Training<'a> {
    fn new(units: Units, choice: Choice, grid: &'a Grid, samples: &'a Samples, seed: u64) -> Self {
        let (m, d) = (choice.width, samples.x().rows());
        let mut stream = Stream::new(seed, "two-layer weights");
        let (weight, bias) = (choice.scale / (d as f64).sqrt(), 0.3);
        let inner = Matrix::from_fn(m, d + 1, |_, i| if i < d { weight } else { bias } * stream.normal());
        let out = units.output_scale() / m as f64;
        let outer = Matrix::from_fn(1, m + 1, |_, i| if i < m { out * stream.normal() } else { 0.0 });
        let zeros = [Matrix::filled(m, d + 1, 0.0), Matrix::filled(1, m + 1, 0.0)];
        Training {
            samples,
            grid,
            rate: choice.rate,
            standard: Standard { mean: mean(samples.labels()), deviation: samples.label_variance().sqrt() },
            layers: Layers { units, inner, outer },
            pass: Pass::new(d, m, grid.batch),
            adam: Adam::new(&zeros),
            gradient: zeros,
            batches: Stream::new(seed, "two-layer batches"),
        }
    }

    /// Trains; the least test error seen on the way.
    fn least_test_error(mut self, test: &Samples) -> Option<f64> {
        let mut least: Option<f64> = None;
        for step in 0..self.grid.steps {
            self.step(step);
            if (step + 1).is_multiple_of(self.grid.every) {
                let error = self.test_error(test);
                if !error.is_finite() {
                    break;
                }
                least = Some(least.map_or(error, |l| l.min(error)));
            }
        }
        least
    }

    fn test_error(&self, test: &Samples) -> f64 {
        let predicted: Vec<f64> = self.layers.predict(test.x()).iter().map(|f| self.standard.deviation * f).collect();
        test_error(&predicted, test)
    }

    fn step(&mut self, step: usize) {
        let columns: Vec<usize> = (0..self.grid.batch).map(|_| self.draw()).collect();
        self.pass.gather(self.samples.x(), &columns);
        self.layers.forward(&mut self.pass);
        let Standard { mean, deviation } = self.standard;
        let share = 2.0 / columns.len() as f64;
        let error = |n: usize| share * (self.pass.output[(0, n)] - (self.samples.labels()[columns[n]] - mean) / deviation);
        let errors = Matrix::from_fn(1, columns.len(), |_, n| error(n));
        self.layers.gradient(&mut self.pass, &errors, &mut self.gradient);
        let rate = self.rate * (1.0 - step as f64 / self.grid.steps as f64);
        self.adam.step([&mut self.layers.inner, &mut self.layers.outer], &self.gradient, rate);
    }

    /// A column, uniform.
    fn draw(&mut self) -> usize {
        let n = self.samples.len();
        ((self.batches.uniform() * n as f64) as usize).min(n - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use crate::learner::dual::{Dual, dot, exact, integers, still, sum};
    use crate::scalar::Scalar;

    fn activated(units: Units, z: &Dual) -> Dual {
        match units {
            Units::Relu if z.0 > Dyadic::zero() => z.clone(),
            Units::Relu => Dual::zero(),
            Units::Quadratic => z.squared(),
            Units::Quartic | Units::Mixed => z.squared().squared(),
        }
    }

    /// `sum_n errors[n] F(x_n)`, written out, with one weight moving: `(layer, entry)`.
    fn written(layers: &Layers, x: &Matrix<f64>, errors: &[f64], moving: (usize, usize)) -> Dual {
        let weight =
            |layer: usize, n: usize, w: f64| Dual(exact(w), if moving == (layer, n) { Dyadic::one() } else { Dyadic::zero() });
        let (m, cols) = (layers.inner.rows(), layers.inner.cols());
        let row = |i: usize| (0..cols).map(|c| weight(0, i * cols + c, layers.inner[(i, c)])).collect::<Vec<_>>();
        let value = |n: usize| {
            let inputs: Vec<Dual> = (0..x.rows()).map(|i| still(x[(i, n)])).chain([Dual::one()]).collect();
            let unit = |i: usize| activated(layers.units.of_unit(i, m), &dot(&row(i), &inputs));
            let hidden: Vec<Dual> = (0..m).map(unit).chain([Dual::one()]).collect();
            let outer: Vec<Dual> = (0..=m).map(|i| weight(1, i, layers.outer[(0, i)])).collect();
            dot(&outer, &hidden)
        };
        sum((0..x.cols()).map(|n| value(n).times(&still(errors[n]))))
    }

    #[test]
    fn the_gradient_is_the_exact_derivative() {
        let (d, m, n) = (3, 4, 5);
        for units in Units::ALL {
            let mut stream = Stream::new(1, "two-layer gradient test");
            let layers = Layers { units, inner: integers(m, d + 1, 3, &mut stream), outer: integers(1, m + 1, 3, &mut stream) };
            let (x, errors) = (integers(d, n, 3, &mut stream), integers(1, n, 3, &mut stream));
            let mut pass = Pass::new(d, m, n);
            pass.gather(&x, &(0..n).collect::<Vec<_>>());
            layers.forward(&mut pass);
            let mut gradient = [Matrix::filled(m, d + 1, 0.0), Matrix::filled(1, m + 1, 0.0)];
            layers.gradient(&mut pass, &errors, &mut gradient);
            for (layer, found) in gradient.iter().enumerate() {
                for (entry, &g) in found.as_slice().iter().enumerate() {
                    let expected = written(&layers, &x, errors.row(0), (layer, entry));
                    assert!(expected.1 == exact(g), "{} layer {layer} entry {entry}: {g}", units.name());
                }
            }
            assert_eq!(layers.predict(&x), pass.output.as_slice());
        }
    }

    /// The least test error of quadratic units where labels are `label(x)`, in three variables.
    fn least_error(label: impl Fn([f64; 3]) -> f64) -> Option<f64> {
        let samples = |name: &str| {
            let x = Matrix::from_rows(3, 400, Stream::new(1, name).normals(1200)).expect("3 x 400");
            let labels = (0..400).map(|n| label([0, 1, 2].map(|i| x[(i, n)]))).collect();
            Samples::new(&x, labels, false)
        };
        let grid = Grid { widths: vec![8], rates: vec![0.001, 0.01], steps: 2000, ..Grid::of(Units::Quadratic) };
        best_two_layer(Units::Quadratic, &grid, &samples("train"), &samples("test"), 1).map(|t| t.error)
    }

    #[test]
    fn squares_learn_a_quadratic_and_no_cubic() {
        let quadratic = |[a, b, c]: [f64; 3]| a * b - c;
        let found = least_error(quadratic);
        assert!(found.is_some_and(|e| e < 1e-6), "quadratic {found:?}");
        assert_eq!(least_error(quadratic), found, "the same bits again");
        // Orthogonal to all quadratics, so that the error is 1 on the population.
        let found = least_error(|[a, b, c]| a * b * c);
        assert!(found.is_some_and(|e| e > 0.5), "cubic {found:?}");
    }

    #[test]
    fn nothing_to_try_gives_nothing() {
        let none = Samples::new(&Matrix::filled(3, 0, 0.0), Vec::new(), false);
        assert!(best_two_layer(Units::Relu, &Grid::of(Units::Relu), &none, &none, 1).is_none());
    }
}
