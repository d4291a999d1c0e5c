//! The target of an instance, and where its samples come from.

use super::config::{Cell, Family, Instance, Labels};
use super::run::{Run, TEST_SAMPLES};
use crate::error::{Error, Result};
use crate::hierarchy::learner::Samples;
use crate::hierarchy::network::{Architecture, Network};
use crate::hierarchy::target::distribution::draw;
use crate::hierarchy::target::generic::generic_target;
use crate::hierarchy::target::random::{labels, random_target};
use crate::matrix::Matrix;
use crate::portable::reduce::variance;
use crate::portable::rng::Stream;

/// The samples of an instance, as many as are asked for: inputs from the stream `training samples` of the data seed, noise from the
/// stream `label noise`.
#[derive(Clone, Debug)]
pub struct Source {
    inputs: Stream,
    noise: Stream,
}

impl Source {
    /// At the first sample.
    pub fn new(instance: &Instance) -> Self {
        let stream = |name| Stream::new(instance.data_seed, name);
        Source { inputs: stream("training samples"), noise: stream("label noise") }
    }

    /// The next `N` samples, with what the learner is told of them.
    pub fn draw(&mut self, instance: &Instance, target: &Network<f64>) -> Samples {
        let x = draw(instance.distribution, instance.dimension, instance.samples, &mut self.inputs);
        let labels = self.labels_of(labels(target, &x), instance.labels);
        Samples::new(&x, labels, target.architecture().reads_squares())
    }

    fn labels_of(&mut self, values: Vec<f64>, labels: Labels) -> Vec<f64> {
        match labels {
            Labels::Exact => values,
            Labels::Noisy(fraction) => {
                let deviation = fraction * variance(&values).sqrt();
                values.into_iter().map(|y| y + deviation * self.noise.normal()).collect()
            }
            Labels::Sign => {
                let boundary = median(&values);
                values.into_iter().map(|y| sign(y, boundary)).collect()
            }
        }
    }
}

/// 1 above the boundary, else -1.
pub(super) fn sign(value: f64, boundary: f64) -> f64 {
    if value > boundary { 1.0 } else { -1.0 }
}

/// The middle value, or the mean of the two in the middle.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

impl Instance {
    /// The shape of the target.
    ///
    /// # Errors
    /// When it is impossible.
    pub fn architecture(&self) -> Result<Architecture> {
        Architecture::new(self.dimension, &self.widths, &self.skips)
    }

    /// The target.
    ///
    /// # Errors
    /// When the instance is impossible.
    pub fn target(&self) -> Result<Network<f64>> {
        let draw = match self.family {
            Family::Rows => random_target,
            Family::Generic => generic_target,
        };
        draw(&self.architecture()?, self.gap, self.distribution, self.target_seed)
    }

    /// The samples of this instance.
    ///
    /// # Errors
    /// When all labels are equal: no loss can be measured relative to their variance.
    pub(super) fn draw_samples(&self, target: &Network<f64>) -> Result<Samples> {
        let samples = Source::new(self).draw(self, target);
        if samples.labels().windows(2).all(|pair| pair[0] == pair[1]) {
            let message = "all labels are equal, so there is nothing to learn from them; more samples or another seed";
            return Err(Error::refused(message).at_field("data.samples"));
        }
        Ok(samples)
    }

    /// The inputs that a learner trains on, `d x N`; of its first step, where each step has its own.
    pub fn training_inputs(&self) -> Matrix<f64> {
        draw(self.distribution, self.dimension, self.samples, &mut Source::new(self).inputs)
    }

    /// 20000 inputs from the stream `test samples` of the data seed.
    pub(super) fn test_inputs(&self) -> Matrix<f64> {
        let mut stream = Stream::new(self.data_seed, "test samples");
        draw(self.distribution, self.dimension, TEST_SAMPLES, &mut stream)
    }

    /// `samples` inputs from the stream `alternative test samples` of the data seed, with the target's exact values.
    pub(super) fn small_test(&self, target: &Network<f64>, samples: usize) -> Samples {
        let mut stream = Stream::new(self.data_seed, "alternative test samples");
        let x = draw(self.distribution, self.dimension, samples, &mut stream);
        let y = labels(target, &x);
        Samples::new(&x, y, target.architecture().reads_squares())
    }

    /// Variance of the error over variance of the target, on the test samples.
    pub(super) fn test_error(&self, target: &Network<f64>, outputs: impl Fn(&Matrix<f64>) -> Vec<f64>) -> f64 {
        let x = self.test_inputs();
        let y = labels(target, &x);
        let errors: Vec<f64> = outputs(&x).iter().zip(&y).map(|(f, y)| f - y).collect();
        variance(&errors) / variance(&y)
    }
}

impl Run {
    /// The test error of what was learnt in `cell`: the one that is known, or else that of the trained network on the 20000 test samples.
    /// `None` where signs were learnt, or nothing was. Guarantee: replayed.
    ///
    /// # Errors
    /// When the instance of the cell is impossible.
    pub fn known_test_error(&self, cell: &Cell) -> Result<Option<f64>> {
        match &self.learner {
            Some(network) if self.test_error.is_none() && cell.instance.labels != Labels::Sign => {
                let target = cell.instance.target()?;
                Ok(Some(cell.instance.test_error(&target, |x| labels(network, x))))
            }
            _ => Ok(self.test_error),
        }
    }
}
