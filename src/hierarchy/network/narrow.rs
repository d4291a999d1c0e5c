//! Layers of one or two units that a single layer above reads: from one to the other in registers.

use pulp::Simd;

use super::activation::Activation;
use super::layers::Layers;
use crate::portable::panel::{Down, Link, PanelSums, Row, Start};

/// How layer `l` reads layer `l - 1` where both have the same number of units, and no other layer reads that.
#[derive(Clone, Debug)]
pub(super) enum Narrow {
    One(Link<1, 1>),
    Two(Link<2, 3>),
}

impl Narrow {
    /// The link between layers `l - 1` and `l` of the layers `first..=top` that are evaluated; nothing where the shapes do not fit.
    pub(super) fn between(network: &impl Layers, (first, top): (usize, usize), l: usize, activation: Activation) -> Option<Self> {
        let below = l - 1;
        let reads = |l: usize| network.layer_ref(l).index_set.contains(&below);
        if activation != Activation::Square || below < first || !reads(l) || (l + 1..=top).any(reads) {
            return None;
        }
        let (read, layer) = (network.layer_ref(below), network.layer_ref(l));
        let (units, weights) = (read.weights[0].rows(), layer.weights.last()?);
        let whole = read.head == (0..units) && read.narrow == (0..units);
        let one = || Link::new(read.span, weights).map(Narrow::One);
        let two = || Link::new(read.span, weights).map(Narrow::Two);
        if whole { one().or_else(two) } else { None }
    }

    /// Whether this is faster than forming the features.
    #[inline(always)]
    pub(super) fn pays<S: Simd>(&self) -> bool {
        match self {
            Narrow::One(_) => Link::<1, 1>::pays::<S>(),
            Narrow::Two(_) => Link::<2, 3>::pays::<S>(),
        }
    }

    /// [`Link::ascend`].
    #[inline(always)]
    pub(super) fn ascend<S: Simd>(&self, simd: S, above: &mut [Row], below: &[Row], start: Start, samples: usize) {
        match self {
            Narrow::One(link) => link.ascend(simd, above, below, start, samples),
            Narrow::Two(link) => link.ascend(simd, above, below, start, samples),
        }
    }

    /// [`Link::descend`].
    #[inline(always)]
    pub(super) fn descend<S: Simd>(
        &self,
        simd: S,
        sums: &mut PanelSums,
        rows: (&[Row], &[Row], &Row),
        down: Option<Down<'_>>,
        samples: usize,
    ) {
        match self {
            Narrow::One(link) => link.descend(simd, sums, rows, down, samples),
            Narrow::Two(link) => link.descend(simd, sums, rows, down, samples),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::hierarchy::network::{Architecture, Layer, Network, Skips};
    use crate::matrix::Matrix;

    /// With weights of 1.
    pub(in crate::hierarchy::network) fn network(widths: &[usize], skips: &Skips) -> Network<f64> {
        let shape = Architecture::new(4, widths, skips).unwrap();
        let rows = |l: usize| shape.width(l) * (shape.width(l) + 1) / 2;
        let ones = |rows, cols| Matrix::filled(rows, cols, 1.0);
        let layer = |l: usize| {
            let block = |&j: &usize| ones(shape.width(l), if j < 2 { 4 } else { rows(j) });
            Layer { weights: shape.index_set(l).iter().map(block).collect(), span: ones(rows(l), shape.width(l)), scale: 1.0 }
        };
        let layers = (2..=shape.depth()).map(layer).collect();
        Network::new(shape.clone(), layers).unwrap()
    }

    /// One link to a layer of one or two units that is evaluated as well and that nobody else reads.
    #[test]
    fn what_is_linked() {
        let linked = |widths: &[usize], skips: &Skips, evaluated, l, activation| {
            Narrow::between(&network(widths, skips), evaluated, l, activation).is_some()
        };
        let square = Activation::Square;
        for widths in [[1, 1, 1], [2, 2, 2]] {
            for skips in [Skips::Lin, Skips::LinSkip] {
                assert!((3..=4).all(|l| linked(&widths, &skips, (2, 4), l, square)));
                assert!(!linked(&widths, &skips, (3, 4), 3, square) && linked(&widths, &skips, (3, 4), 4, square));
                assert!(!linked(&widths, &skips, (2, 4), 3, Activation::Forms));
            }
            let twice = Skips::Explicit(vec![vec![0], vec![2], vec![2, 3]]);
            assert!(!linked(&widths, &twice, (2, 4), 3, square) && linked(&widths, &twice, (2, 3), 3, square));
            let past = Skips::Explicit(vec![vec![0], vec![0], vec![2]]);
            assert!((3..=4).all(|l| !linked(&widths, &past, (2, 4), l, square)));
        }
        for widths in [[3, 3, 3], [1, 2, 1], [2, 1, 2]] {
            assert!((3..=4).all(|l| !linked(&widths, &Skips::Lin, (2, 4), l, square)), "{widths:?}");
        }
    }
}
