//! The learners that joint training is compared with, each tuned on the test sample, to its favour: over a stated grid, the lift in the moment at
//! which it stops.

use super::iterated_lift::IteratedLift;
use super::kernel::Kernel;
use super::kernel::kernel_ridge::RIDGES;
use super::kernel::{gradient_outer_product, kernel_ridge, random_features, sequential_kernel};
use super::lift::Lift;
use super::samples::Samples;
use super::tuning::Tuned;
use super::two_layer::{Grid, Units, best_two_layer};
use crate::canonical::Canonical;
use crate::error::{Error, Result};

/// A learner that does not train a hierarchy together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alternative {
    /// Kernel ridge regression with `(c + x.x'/d)^2`.
    Polynomial2,
    /// Kernel ridge regression with `(c + x.x'/d)^4`, and with `1 + (x.x'/d)^2 + (x.x'/d)^4`.
    Polynomial4,
    /// Kernel ridge regression with `exp(-rate |x - x'|^2 / d)`.
    Rbf,
    /// Kernel ridge regression with tangent kernels of ReLU networks of depth 2, 3, 4.
    Tangent,
    /// Ridge regression on random features, ReLU or squares.
    RandomFeatures,
    /// Kernel ridge, its leading gradient directions, kernel ridge again.
    SequentialKernel,
    /// Kernel ridge in the metric of its own mean gradient outer product, five rounds.
    GradientOuterProduct,
    /// A two-layer network trained by Adam.
    TwoLayer {
        /// The activation.
        units: Units,
        /// Steps of Adam.
        steps: usize,
    },
    /// Squared units on all quadratic monomials of the input.
    Lift(Lift),
    /// The same in the metric of its own mean gradient outer product, round after round, with a ridge that falls.
    IteratedLift(IteratedLift),
}

impl Alternative {
    /// The name of its row in tables.
    pub fn name(&self) -> String {
        match self {
            Alternative::Polynomial2 => "ridge, polynomial 2".into(),
            Alternative::Polynomial4 => "ridge, polynomial 4".into(),
            Alternative::Rbf => "ridge, RBF".into(),
            Alternative::Tangent => "ridge, NTK 2-4".into(),
            Alternative::RandomFeatures => "random features".into(),
            Alternative::SequentialKernel => "sequential kernel".into(),
            Alternative::GradientOuterProduct => "iterated kernel".into(),
            Alternative::TwoLayer { units, .. } => format!("two-layer {}", units.name()),
            Alternative::Lift(lift) => format!("lift, {}", counted(lift.units)),
            Alternative::IteratedLift(lift) => format!("iterated lift, {}", counted(lift.units)),
        }
    }

    /// Appends the learner, with the grid where it can vary, to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let c = c.text(&self.name());
        match self {
            Alternative::TwoLayer { units, steps } => grid(*units, *steps).encode(c),
            Alternative::Lift(lift) => lift.encode(c),
            Alternative::IteratedLift(lift) => lift.encode(c),
            _ => c,
        }
    }

    /// Fits the training sample once for each point of the grid and keeps the one that does best on the test sample.
    ///
    /// Guarantee: replayed.
    ///
    /// # Errors
    /// When no point of the grid has a fit.
    pub fn tuned(&self, train: &Samples, test: &Samples, seed: u64) -> Result<Tuned> {
        let ridge = |kernels: &[Kernel]| kernel_ridge::tuned(kernels, &RIDGES, train, test);
        match self {
            Alternative::Polynomial2 => ridge(&OFFSETS_2.map(|offset| Kernel::Polynomial { offset, degree: 2 })),
            Alternative::Polynomial4 => {
                let [small, middle, large] = OFFSETS_4.map(|offset| Kernel::Polynomial { offset, degree: 4 });
                ridge(&[small, middle, large, Kernel::Even])
            }
            Alternative::Rbf => ridge(&RATES.map(|rate| Kernel::Rbf { rate })),
            Alternative::Tangent => ridge(&[2, 3, 4].map(|depth| Kernel::Tangent { depth, bias: true })),
            Alternative::RandomFeatures => random_features::tuned(train, test, seed),
            Alternative::SequentialKernel => sequential_kernel::tuned(train, test),
            Alternative::GradientOuterProduct => gradient_outer_product::tuned(train, test),
            Alternative::TwoLayer { units, steps } => {
                let best = best_two_layer(*units, &grid(*units, *steps), train, test, seed);
                best.ok_or_else(|| Error::refused("an empty grid"))
            }
            Alternative::Lift(lift) => {
                let lifted = lift.train(train, test, seed)?;
                let choice = format!("least on the way; initialisations: {}", lifted.attempts);
                Ok(Tuned { choice, error: lifted.least_test_error })
            }
            Alternative::IteratedLift(lift) => lift.tuned(train, test, seed),
        }
    }
}

fn counted(units: usize) -> String {
    format!("{units} unit{}", if units == 1 { "" } else { "s" })
}

/// What polynomial kernels of degree 2 add to the inner product.
const OFFSETS_2: [f64; 3] = [0.2, 1.0, 4.0];
/// What those of degree 4 add; a large offset favours low degrees.
const OFFSETS_4: [f64; 3] = [0.2, 4.0, 32.0];
/// What RBF kernels multiply the squared distance by.
const RATES: [f64; 4] = [0.003, 0.03, 0.1, 0.3];

/// The grid of the activation, with another number of steps.
fn grid(units: Units, steps: usize) -> Grid {
    let grid = Grid::of(units);
    Grid { steps, every: grid.every.min(steps), ..grid }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::learner::Restarts;
    use crate::matrix::Matrix;
    use crate::portable::reduce::norm;
    use crate::portable::rng::Stream;

    /// Points of the circle, labelled by the square of a direction and a fifth of another one's.
    fn samples(n: usize, name: &str) -> Samples {
        let mut stream = Stream::new(3, name);
        let points: Vec<Vec<f64>> = (0..n).map(|_| stream.normals(2)).collect();
        let x = Matrix::from_fn(2, n, |i, n| points[n][i] / norm(&points[n]) * 2f64.sqrt());
        let labels = (0..n).map(|n| (0.6 * x[(0, n)] + 0.8 * x[(1, n)]).powi(2) + 0.2 * x[(0, n)] * x[(0, n)]).collect();
        Samples::new(&x, labels, false)
    }

    /// Learners that are not the same, or not trained the same, are not encoded alike.
    #[test]
    fn every_setting_is_encoded() {
        let (lift, iterated) = (Lift::default(), IteratedLift::default());
        let iterated = [
            iterated,
            IteratedLift { units: 3, ..iterated },
            IteratedLift { scale: 0.4, ..iterated },
            IteratedLift { rounds: 3, ..iterated },
            IteratedLift { ridge: 0.4, ..iterated },
            IteratedLift { floor: 0.4, ..iterated },
            IteratedLift { decay: 0.4, ..iterated },
            IteratedLift { steps: 3, ..iterated },
            IteratedLift { restarts: Restarts::NONE, ..iterated },
        ];
        let others = [
            Alternative::Rbf,
            Alternative::Lift(lift),
            Alternative::Lift(Lift { steps: lift.steps + 1, ..lift }),
            Alternative::Lift(Lift { units: lift.units + 1, ..lift }),
            Alternative::TwoLayer { units: Units::Relu, steps: 1 },
            Alternative::TwoLayer { units: Units::Relu, steps: 2 },
            Alternative::TwoLayer { units: Units::Mixed, steps: 2 },
        ];
        let different: Vec<Alternative> = others.into_iter().chain(iterated.map(Alternative::IteratedLift)).collect();
        let encoded: Vec<String> = different.iter().map(|a| a.encode(Canonical::of("learner")).hex()).collect();
        for (n, code) in encoded.iter().enumerate() {
            assert!(!encoded[..n].contains(code), "{}", different[n].name());
        }
    }

    /// A grid that no longer holds what its learner needs (rates, ridges, kernels) is seen here.
    #[test]
    fn everyone_learns_a_quadratic_form_on_the_circle() {
        let (train, test) = (samples(200, "train"), samples(400, "test"));
        let two_layer = |units| Alternative::TwoLayer { units, steps: 1500 };
        for (alternative, below) in [
            (Alternative::Polynomial2, 1e-15),
            (Alternative::Polynomial4, 1e-15),
            (Alternative::Rbf, 1e-8),
            (Alternative::Tangent, 1e-4),
            (Alternative::RandomFeatures, 1e-4),
            (Alternative::SequentialKernel, 1e-15),
            (Alternative::GradientOuterProduct, 1e-12),
            (two_layer(Units::Relu), 1e-3),
            (two_layer(Units::Quadratic), 1e-8),
            (two_layer(Units::Quartic), 1e-6),
            (two_layer(Units::Mixed), 1e-6),
            (Alternative::Lift(Lift::default()), 1e-6),
            (Alternative::IteratedLift(IteratedLift::default()), 1e-8),
        ] {
            let tuned = alternative.tuned(&train, &test, 1).unwrap();
            assert!(tuned.error < below, "{}: {:e}, {}", alternative.name(), tuned.error, tuned.choice);
        }
    }
}
