//! What a pass over the samples sees of a network: one layer on another.

use std::ops::Range;

use super::architecture::Network;
use crate::matrix::Matrix;

/// One layer: `S_l = sum_j K_{l,j} f_j`, of which some rows make the head and some the features.
#[derive(Clone, Debug)]
pub struct LayerRef<'a> {
    /// `J_l`, ascending.
    pub index_set: &'a [usize],
    /// `K_{l,j}` in the order of `J_l`; all have the same number of rows.
    pub weights: &'a [Matrix<f64>],
    /// `R_l`, with a column for each row of `narrow`.
    pub span: &'a Matrix<f64>,
    /// `alpha_l`.
    pub scale: f64,
    /// The rows of `S_l` whose squares make the head, times `alpha_l`.
    pub head: Range<usize>,
    /// The rows of `S_l` that make the features `f_l = act(R_l S_l)`.
    pub narrow: Range<usize>,
}

/// The layers `2..=L` over `d` inputs.
pub trait Layers {
    /// `L`.
    fn depth(&self) -> usize;
    /// Layer `l`, from 2 to `L`.
    fn layer_ref(&self, l: usize) -> LayerRef<'_>;
    /// Whether some layer reads `f_1 = x^2 - 1`.
    fn reads_squares(&self) -> bool;
}

/// All rows of `S_l` make the head, and all make the features.
impl Layers for Network<f64> {
    fn depth(&self) -> usize {
        self.depth()
    }

    fn layer_ref(&self, l: usize) -> LayerRef<'_> {
        let (layer, all) = (self.layer(l), 0..self.architecture().width(l));
        let index_set = self.architecture().index_set(l);
        LayerRef { index_set, weights: &layer.weights, span: &layer.span, scale: layer.scale, head: all.clone(), narrow: all }
    }

    fn reads_squares(&self) -> bool {
        self.architecture().reads_squares()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::network::Skips;
    use crate::hierarchy::network::narrow::tests::network;

    #[test]
    fn squares_are_formed_where_a_layer_reads_them() {
        let reads = |skips: &Skips| Layers::reads_squares(&network(&[1, 1, 1], skips));
        assert!(reads(&Skips::Quad01) && !reads(&Skips::Lin) && !reads(&Skips::LinSkip));
    }
}
