//! The learners that joint training is compared with, each tuned over a stated grid on the test sample: to its favour.

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
    /// Kernel ridge regression with `(c + x.x'/d)^4`.
    Polynomial4,
    /// Kernel ridge regression with `exp(-rate |x - x'|^2 / d)`.
    Rbf,
    /// Kernel ridge regression with tangent kernels of ReLU networks of depth 2, 3, 4.
    Tangent,
    /// Ridge regression on random ReLU features.
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
            Alternative::Lift(lift) => format!("lift, {} units", lift.units),
        }
    }

    /// Appends the learner, with the grid where it can vary, to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        let c = c.text(&self.name());
        match self {
            Alternative::TwoLayer { units, steps } => grid(*units, *steps).encode(c),
            Alternative::Lift(lift) => lift.encode(c),
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
            Alternative::Polynomial2 => ridge(&OFFSETS.map(|offset| Kernel::Polynomial { offset, degree: 2 })),
            Alternative::Polynomial4 => ridge(&OFFSETS.map(|offset| Kernel::Polynomial { offset, degree: 4 })),
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
        }
    }
}

/// What polynomial kernels add to the inner product.
const OFFSETS: [f64; 3] = [0.2, 1.0, 4.0];
/// What RBF kernels multiply the squared distance by.
const RATES: [f64; 4] = [0.03, 0.1, 0.3, 1.0];

/// The grid of the activation, with another number of steps.
fn grid(units: Units, steps: usize) -> Grid {
    let grid = Grid::of(units);
    Grid { steps, every: grid.every.min(steps), ..grid }
}
