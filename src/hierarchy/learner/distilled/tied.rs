//! A network whose every layer is there twice: wide rows `W_l` make the output, narrow rows `K_l` make the features.
//!
//! ```text
//! h_l = (f_j for j in J_l)    F = sum_l alpha_l ||W_l h_l||^2    S_l = K_l h_l    f_l = act(R_l S_l)
//!
//! act(z) = z^2 for |z| <= B, else B^2
//! ```

use crate::error::Result;
use crate::hierarchy::network::{Activation, Architecture, LayerRef, Layers, Network};
use crate::matrix::Matrix;
use crate::portable::factor::symmetric_eigen;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::inner_products;
use crate::portable::rng::Stream;

/// One layer; for each `j` of `J_l` the rows of `W_{l,j}` stand above those of `K_{l,j}`, so that one product serves both.
#[derive(Clone, Debug)]
pub(super) struct TiedLayer {
    /// `A_{l,j} = [W_{l,j}; K_{l,j}]`, of shape `(m_l + k_l) x (number of features of f_j)`, in the order of `J_l`.
    pub(super) stacked: Vec<Matrix<f64>>,
    /// `m_l`, the number of wide rows.
    pub(super) wide: usize,
    /// `R_l`.
    pub(super) span: Matrix<f64>,
    /// `alpha_l`.
    pub(super) scale: f64,
}

impl TiedLayer {
    /// `W_l` normal with standard deviation `initial_scale / (m_l D)^(1/4)`, `D` the length of `h_l`, and `K_l = 0`.
    fn random(like: &Network<f64>, l: usize, wide: usize, initial_scale: f64, stream: &mut Stream) -> Self {
        let layer = like.layer(l);
        let length: usize = layer.weights.iter().map(Matrix::cols).sum();
        let deviation = initial_scale / ((wide * length) as f64).sqrt().sqrt();
        let mut entry = |i: usize, _| if i < wide { deviation * stream.normal() } else { 0.0 };
        let stacked = layer.weights.iter().map(|k| Matrix::from_fn(wide + k.rows(), k.cols(), &mut entry)).collect();
        TiedLayer { stacked, wide, span: layer.span.clone(), scale: layer.scale }
    }

    /// `G = A A'`, where `A` holds the blocks side by side: `W W'`, `W K'` and `K K'` in one.
    fn gram(&self) -> Matrix<f64> {
        let rows = self.stacked[0].rows();
        let (mut gram, mut part) = (Matrix::filled(rows, rows, 0.0), Matrix::filled(rows, rows, 0.0));
        for block in &self.stacked {
            inner_products(&mut part, block, block);
            gram.as_mut_slice().iter_mut().zip(part.as_slice()).for_each(|(g, p)| *g += p);
        }
        gram
    }

    /// Adds the gradient of `penalty ||W'W - K'K||_F^2 + decay/2 (||W||^2 + ||K||^2)`.
    ///
    /// With `S = diag(1, ..., 1, -1, ..., -1)`, one on `W` and minus one on `K`: `W'W - K'K = A'SA`, whose squared norm has the
    /// gradient `4 S A A'S A = (4 S G S) A`.
    pub(super) fn add_regulariser(&self, penalty: f64, decay: f64, gradient: &mut [Matrix<f64>]) {
        let gram = self.gram();
        let sign = |i: usize| if i < self.wide { 1.0 } else { -1.0 };
        let coefficient = |i, j| 4.0 * penalty * (sign(i) * gram[(i, j)] * sign(j)) + if i == j { decay } else { 0.0 };
        let coefficients = Matrix::from_fn(gram.rows(), gram.rows(), coefficient);
        for (sum, block) in gradient.iter_mut().zip(&self.stacked) {
            add_product(sum.as_mut_slice(), View::from(&coefficients), block.as_slice(), block.cols());
        }
    }

    /// Sets `K'K` to the best approximation of `W'W` of rank `k`: `K = U'W` with the `k` leading eigenvectors `U` of `W W'`.
    pub(super) fn distil(&mut self) -> Result<()> {
        let (gram, wide) = (self.gram(), self.wide);
        let (_, vectors) = symmetric_eigen(&Matrix::from_fn(wide, wide, |i, j| gram[(i, j)]))?;
        let narrow = gram.rows() - wide;
        let leading = Matrix::from_fn(narrow, wide, |i, a| vectors[(a, wide - 1 - i)]);
        for block in &mut self.stacked {
            let cols = block.cols();
            let (w, k) = block.as_mut_slice().split_at_mut(wide * cols);
            k.fill(0.0);
            add_product(k, View::from(&leading), w, cols);
        }
        Ok(())
    }

    /// `K_{l,j}`, block by block.
    pub(super) fn narrow(&self) -> Vec<Matrix<f64>> {
        let below = |a: &Matrix<f64>| Matrix::from_fn(a.rows() - self.wide, a.cols(), |i, j| a[(self.wide + i, j)]);
        self.stacked.iter().map(below).collect()
    }
}

/// The layers `2..=L`.
#[derive(Clone, Debug)]
pub(super) struct TiedNetwork {
    architecture: Architecture,
    layers: Vec<TiedLayer>,
    /// `B`.
    truncation: f64,
}

impl TiedNetwork {
    /// Random wide rows in the shape, and with the fixed rows and scales, of `like`; `wide(k_l)` of them in layer `l`.
    pub(super) fn random(
        like: &Network<f64>,
        wide: impl Fn(usize) -> usize,
        initial_scale: f64,
        truncation: f64,
        stream: &mut Stream,
    ) -> Self {
        let architecture = like.architecture().clone();
        let layer = |l: usize| TiedLayer::random(like, l, wide(architecture.width(l)), initial_scale, stream);
        TiedNetwork { layers: (2..=architecture.depth()).map(layer).collect(), architecture, truncation }
    }

    pub(super) fn layer(&self, l: usize) -> &TiedLayer {
        &self.layers[l - 2]
    }

    pub(super) fn layer_mut(&mut self, l: usize) -> &mut TiedLayer {
        &mut self.layers[l - 2]
    }

    pub(super) fn depth(&self) -> usize {
        self.architecture.depth()
    }

    /// `act`.
    pub(super) fn activation(&self) -> Activation {
        Activation::Truncated(self.truncation)
    }
}

/// Wide rows make the head, narrow ones the features.
impl Layers for TiedNetwork {
    fn depth(&self) -> usize {
        self.architecture.depth()
    }

    fn layer_ref(&self, l: usize) -> LayerRef<'_> {
        let TiedLayer { stacked, wide, span, scale } = self.layer(l);
        let (index_set, narrow) = (self.architecture.index_set(l), *wide..stacked[0].rows());
        LayerRef { index_set, weights: stacked, span, scale: *scale, head: 0..*wide, narrow }
    }

    fn reads_squares(&self) -> bool {
        self.architecture.reads_squares()
    }
}
