//! Two-layer networks `F(x) = sum_i a_i act(<w_i, x> + b_i) + c`, trained by Adam on minibatches.

use super::samples::Samples;
use super::tuning::{Tuned, test_error};
use crate::canonical::Canonical;
use crate::matrix::Matrix;
use crate::portable::reduce::mean;
use crate::portable::rng::Stream;
use adam::Adam;
use choice::Choice;
pub use layers::Units;
use layers::{Layers, Pass, with_constant};

mod adam;
mod choice;
mod layers;

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
            Units::Quartic => (vec![32, 64], vec![0.003, 0.01]),
            Units::Mixed => (vec![32, 128], vec![0.003, 0.01]),
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

/// The best two-layer network of the grid by its test error, which favours it: over all points, and along each training.
///
/// Streams of `seed`: `two-layer weights`, `two-layer batches`, the same for every point. `None` when the grid is empty or looks
/// at no test error, or there are no samples. Guarantee: replayed.
pub fn best_two_layer(units: Units, grid: &Grid, samples: &Samples, test: &Samples, seed: u64) -> Option<Tuned> {
    if samples.is_empty() {
        return None;
    }
    let standard = Standard { mean: mean(samples.labels()), deviation: samples.label_variance().sqrt() };
    let (inputs, test_inputs) = (with_constant(samples.x()), with_constant(test.x()));
    let problem = Problem { units, grid, samples, test, inputs, test_inputs, standard, seed };
    let tuned = |choice: Choice| {
        let Choice { width, rate, scale } = choice;
        let error = problem.least_test_error(choice)?;
        Some(Tuned { choice: format!("width {width}, rate {rate}, scale {scale}"), error })
    };
    Tuned::best(grid.choices().into_iter().filter_map(tuned))
}

/// Labels are predicted after subtracting their mean and dividing by their deviation.
#[derive(Clone, Copy)]
struct Standard {
    mean: f64,
    deviation: f64,
}

/// What every point of the grid is trained and tested on.
struct Problem<'a> {
    units: Units,
    grid: &'a Grid,
    samples: &'a Samples,
    test: &'a Samples,
    inputs: Matrix<f64>,
    test_inputs: Matrix<f64>,
    standard: Standard,
    seed: u64,
}

impl Problem<'_> {
    /// Trains one point; the least test error seen on the way.
    fn least_test_error(&self, choice: Choice) -> Option<f64> {
        let mut training = Training::new(self, choice);
        let mut least: Option<f64> = None;
        for step in 0..self.grid.steps {
            training.step(choice.rate * (1.0 - step as f64 / self.grid.steps as f64));
            if (step + 1).is_multiple_of(self.grid.every) {
                let error = self.test_error(&training.layers);
                if !error.is_finite() {
                    break;
                }
                least = Some(least.map_or(error, |l| l.min(error)));
            }
        }
        least
    }

    fn test_error(&self, layers: &Layers) -> f64 {
        let predicted: Vec<f64> = layers.predict(&self.test_inputs).iter().map(|f| self.standard.deviation * f).collect();
        test_error(&predicted, self.test)
    }
}

/// A network in training.
struct Training<'a> {
    problem: &'a Problem<'a>,
    layers: Layers,
    pass: Pass,
    gradient: [Matrix<f64>; 3],
    adam: Adam<3>,
    batches: Stream,
}

impl<'a> Training<'a> {
    fn new(problem: &'a Problem<'a>, choice: Choice) -> Self {
        let stream = |name| Stream::new(problem.seed, name);
        let d = problem.samples.x().rows();
        let layers = Layers::random(problem.units, choice, d, &mut stream("two-layer weights"));
        let zeros = layers.weights.clone().map(|w| Matrix::filled(w.rows(), w.cols(), 0.0));
        Training {
            problem,
            pass: Pass::new(&layers, problem.grid.batch),
            layers,
            adam: Adam::new(&zeros),
            gradient: zeros,
            batches: stream("two-layer batches"),
        }
    }

    /// One step of Adam on a fresh minibatch.
    fn step(&mut self, rate: f64) {
        let chosen: Vec<usize> = (0..self.problem.grid.batch).map(|_| self.draw()).collect();
        self.pass.gather(&self.problem.inputs, chosen.iter().copied());
        self.layers.forward(&mut self.pass);
        let Standard { mean, deviation } = self.problem.standard;
        let (labels, share) = (self.problem.samples.labels(), 2.0 / chosen.len() as f64);
        let error = |n: usize| share * (self.pass.output[(0, n)] - (labels[chosen[n]] - mean) / deviation);
        let errors = Matrix::from_fn(1, chosen.len(), |_, n| error(n));
        self.layers.gradient(&mut self.pass, &errors, &mut self.gradient);
        self.adam.step(&mut self.layers.weights, &self.gradient, rate);
    }

    /// A sample, uniform.
    fn draw(&mut self) -> usize {
        let n = self.problem.samples.len();
        ((self.batches.uniform() * n as f64) as usize).min(n - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
