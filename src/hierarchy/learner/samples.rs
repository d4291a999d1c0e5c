//! What a learner sees.

use crate::hierarchy::network::values::Inputs;
use crate::matrix::Matrix;
use crate::portable::panel::{Panels, Row};
use crate::portable::reduce::variance;

/// What a learner sees: samples of inputs and labels.
#[derive(Clone, Debug)]
pub struct Samples {
    pub(in crate::hierarchy::learner) inputs: Inputs,
    labels: Vec<f64>,
    label_panels: Panels,
    label_variance: f64,
}

impl Samples {
    /// Samples `x` (`d x N`, one sample a column) with their labels; `with_squares` when the learner reads `x^2 - 1`.
    pub fn new(x: &Matrix<f64>, labels: Vec<f64>, with_squares: bool) -> Self {
        let label_variance = variance(&labels);
        let label_panels = Panels::from_fn(1, labels.len(), |_, n| labels[n]);
        Samples { inputs: Inputs::new(x, with_squares), labels, label_panels, label_variance }
    }

    /// The number of samples `N`.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The inputs `x`, `d x N`, one sample a column.
    pub fn x(&self) -> &Matrix<f64> {
        self.inputs.x()
    }

    /// The labels.
    pub fn labels(&self) -> &[f64] {
        &self.labels
    }

    /// The labels of panel `p`.
    #[inline(always)]
    pub(in crate::hierarchy::learner) fn label_panel(&self, p: usize) -> &Row {
        &self.label_panels.panel(p)[0]
    }

    /// The variance of the labels over the samples; replayed.
    pub fn label_variance(&self) -> f64 {
        self.label_variance
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}
