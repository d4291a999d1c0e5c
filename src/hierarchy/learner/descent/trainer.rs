//! One gradient step, for every way of training.

use super::loss::Fit;
use super::schedule::{Coupling, Stage};
use super::settings::Descent;
use crate::hierarchy::learner::samples::Samples;
use crate::hierarchy::network::gradient::{Blocks, Flow};
use crate::hierarchy::network::step::{Scope, Step};
use crate::hierarchy::network::values::head;
use crate::hierarchy::network::{Activation, Network};
use crate::matrix::Matrix;
use crate::portable::factor::orthonormal_columns;
use crate::portable::reduce::{norm, sum_by, variance};

/// One stage of training under way.
pub(super) struct Trainer {
    stage: Stage,
    descent: Descent,
    step: Step,
    /// Of the outputs that are observed, the whole one last.
    fits: Vec<Fit>,
    gradient: Blocks<f64>,
    velocity: Blocks<f64>,
    row_space: Option<RowSpace>,
}

/// All that the steps to come depend on, beside the samples and the settings.
pub(super) struct State {
    /// Of the layers that learn.
    weights: Vec<Vec<Matrix<f64>>>,
    velocity: Blocks<f64>,
    biases: Vec<f64>,
}

impl Trainer {
    /// At rest at the start of a stage, all layers above `switched_on` brought to size.
    pub(super) fn begin(
        network: &mut Network<f64>,
        samples: &Samples,
        stage: Stage,
        descent: &Descent,
        switched_on: usize,
    ) -> Self {
        for l in switched_on + 1..=stage.top {
            let deviation = if l == 2 { descent.first_deviation } else { Some(descent.head_deviation) };
            if let Some(deviation) = deviation {
                bring_to_size(network, samples, l, descent.activation, deviation);
            }
        }
        let scope = stage.scope();
        Trainer {
            stage,
            descent: *descent,
            step: Step::new(network, &samples.inputs, scope, descent.activation),
            fits: scope.observed().map(|_| Fit::new(descent.loss.in_stage(stage), samples)).collect(),
            gradient: Blocks::zeros(network, 0.0),
            velocity: Blocks::zeros(network, 0.0),
            row_space: (stage.coupling == Coupling::RowSpace).then(|| RowSpace::of(network)),
        }
    }

    /// Turns to other samples.
    pub(super) fn turn_to(&mut self, network: &Network<f64>, samples: &Samples) {
        self.step.turn_to(network, &samples.inputs);
        self.fits.iter_mut().for_each(|fit| fit.turn_to(samples));
    }

    /// The loss of the whole output over Var(y). In the same pass over the samples the gradient is found.
    pub(super) fn loss(&mut self, network: &Network<f64>, samples: &Samples) -> f64 {
        let (fits, observed) = (&mut self.fits, self.stage.scope().observed());
        let first = *observed.start();
        self.step.pass(
            network,
            &samples.inputs,
            #[inline(always)]
            |p, l, outputs, row| fits[l - first].residuals(p, outputs, row, samples.label_panel(p)),
        );
        let close = |(fit, l): (&mut Fit, usize)| fit.close(self.step.residuals(l), self.step.mean_residual(l));
        let loss = fits.iter_mut().zip(observed).map(close).last().expect("an output is observed");
        self.step.gradient(network, 4.0 / samples.len() as f64, |l| fits[l - first].excess(), &mut self.gradient.blocks);
        loss / samples.label_variance()
    }

    /// Whether a loss / Var(y) leaves nothing to do: it is below the tolerance, or not finite.
    pub(super) fn ends_at(&self, loss: f64) -> bool {
        loss < self.descent.tolerance || !loss.is_finite()
    }

    /// One gradient step after [`loss`](Self::loss).
    pub(super) fn advance(&mut self, network: &mut Network<f64>) {
        let Stage { bottom, top, .. } = self.stage;
        let rows = self.row_space.as_ref().filter(|_| bottom == 2);
        rows.inspect(|rows| rows.project(&mut self.gradient.blocks[0]));
        for l in bottom..=top {
            let layer = network.layer(l);
            let rate = self.descent.step / (layer.scale * layer.scale);
            let blocks = layer.weights.iter().zip(&mut self.velocity.blocks[l - 2]).zip(&self.gradient.blocks[l - 2]);
            blocks.for_each(|((weights, velocity), gradient)| self.descent.accelerate(velocity, weights, gradient, rate));
        }
        // Caps of different blocks may have turned the step.
        rows.inspect(|rows| rows.project(&mut self.velocity.blocks[0]));
        for l in bottom..=top {
            let blocks = network.layer_mut(l).weights.iter_mut().zip(&self.velocity.blocks[l - 2]);
            blocks.for_each(|(weights, velocity)| add(weights, velocity));
        }
    }

    /// The state before a step.
    pub(super) fn state(&self, network: &Network<f64>) -> State {
        let Stage { bottom, top, .. } = self.stage;
        let weights = (bottom..=top).map(|l| network.layer(l).weights.clone()).collect();
        State { weights, velocity: self.velocity.clone(), biases: self.fits.iter().map(Fit::bias).collect() }
    }

    /// Whether this is the state before a step, bit for bit.
    pub(super) fn is_in(&self, state: &State, network: &Network<f64>) -> bool {
        let layers = (self.stage.bottom..=self.stage.top).zip(&state.weights);
        let weights = layers.flat_map(|(l, kept)| network.layer(l).weights.iter().zip(kept));
        let velocity = self.velocity.blocks.iter().flatten().zip(state.velocity.blocks.iter().flatten());
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
        weights.chain(velocity).all(|(now, kept)| now.as_slice().iter().zip(kept.as_slice()).all(same))
            && self.fits.iter().zip(&state.biases).all(|(fit, bias)| fit.bias().to_bits() == bias.to_bits())
    }

    /// Halves the step size, unless it would fall below `floor`; whether it did.
    pub(super) fn halve_step(&mut self, floor: f64) -> bool {
        let halves = self.descent.step / 2.0 >= floor;
        if halves {
            self.descent.step /= 2.0;
        }
        halves
    }
}

impl Descent {
    /// `v <- momentum v - u`, where `u` is `rate` times the gradient, capped at a fraction of the norm of the weights.
    fn accelerate(&self, velocity: &mut Matrix<f64>, weights: &Matrix<f64>, gradient: &Matrix<f64>, rate: f64) {
        let (length, most) = (rate * norm(gradient.as_slice()), self.cap * norm(weights.as_slice()));
        let rate = if length > most { rate * (most / length) } else { rate };
        let pairs = velocity.as_mut_slice().iter_mut().zip(gradient.as_slice());
        pairs.for_each(|(v, g)| *v = self.momentum * *v - rate * g);
    }
}

/// Rescales the weights of layer `l` so that `||S_l||^2` has the wanted deviation over the samples.
fn bring_to_size(network: &mut Network<f64>, samples: &Samples, l: usize, activation: Activation, wanted: f64) {
    let deviation = variance(&head(network, &samples.inputs, l, activation)).sqrt();
    let factor = (wanted / deviation.max(f64::MIN_POSITIVE)).sqrt();
    for weights in &mut network.layer_mut(l).weights {
        weights.as_mut_slice().iter_mut().for_each(|w| *w *= factor);
    }
}

impl Stage {
    /// What this stage makes of the layers.
    fn scope(self) -> Scope {
        let through = matches!(self.coupling, Coupling::Joint | Coupling::RowSpace);
        let flow = if through { Flow::Through } else { Flow::Stopped };
        Scope { bottom: self.bottom, top: self.top, flow, local: self.coupling == Coupling::LocalLoss }
    }
}

/// `K <- K + v`.
fn add(weights: &mut Matrix<f64>, velocity: &Matrix<f64>) {
    weights.as_mut_slice().iter_mut().zip(velocity.as_slice()).for_each(|(k, v)| *k += v);
}

/// An orthonormal basis of the row space of `K_2`, the blocks of `J_2` side by side; one basis vector a row.
struct RowSpace {
    basis: Matrix<f64>,
}

impl RowSpace {
    fn of(network: &Network<f64>) -> Self {
        let blocks = &network.layer(2).weights;
        let (k, d) = (network.architecture().width(2), network.architecture().dimension());
        let columns = Matrix::from_fn(d * blocks.len(), k, |c, i| blocks[c / d][(i, c % d)]);
        // With more rows than inputs, generic rows span everything.
        let wide = k > columns.rows();
        let basis = if wide { identity(columns.rows()) } else { orthonormal_columns(&columns).transposed() };
        RowSpace { basis }
    }

    /// Row by row `g <- sum_b (g . b) b`.
    fn project(&self, gradient: &mut [Matrix<f64>]) {
        let d = gradient[0].cols();
        for i in 0..gradient[0].rows() {
            let coefficient = |b: &[f64]| sum_by(b.len(), |c| gradient[c / d][(i, c % d)] * b[c]);
            let coefficients: Vec<f64> = (0..self.basis.rows()).map(|r| coefficient(self.basis.row(r))).collect();
            let entry = |c: usize| coefficients.iter().enumerate().fold(0.0, |sum, (r, g)| sum + g * self.basis[(r, c)]);
            for c in 0..self.basis.cols() {
                gradient[c / d][(i, c % d)] = entry(c);
            }
        }
    }
}

fn identity(n: usize) -> Matrix<f64> {
    Matrix::from_fn(n, n, |i, j| f64::from(i == j))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two blocks of two inputs, side by side: the gradient keeps its part along `(0, 1, 0, 0)` and `(0, 0, .6, .8)`.
    #[test]
    fn a_gradient_is_projected_over_all_blocks() {
        let basis = Matrix::from_rows(2, 4, vec![0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.8]).unwrap();
        let block = |values: [f64; 4]| Matrix::from_rows(2, 2, values.to_vec()).unwrap();
        let mut gradient = [block([1.0, 2.0, 3.0, 4.0]), block([5.0, 10.0, -8.0, 6.0])];
        RowSpace { basis }.project(&mut gradient);
        let expected = [block([0.0, 2.0, 0.0, 4.0]), block([6.6, 8.8, 0.0, 0.0])];
        // Three roundings of numbers up to 11.
        let near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 1e-14;
        assert!((0..2).all(|b| gradient[b].as_slice().iter().zip(expected[b].as_slice()).all(near)), "{gradient:?}");
    }
}
