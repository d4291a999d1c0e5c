//! The values of a network on the samples, a panel at a time.
//!
//! The bits are those of [`forward`](super::forward) on each sample; the tests compare them bit for bit.

use pulp::{Arch, Simd, WithSimd};

use super::activation::{Activation, Forms};
use super::layers::{LayerRef, Layers};
use super::narrow::Narrow;
use crate::matrix::Matrix;
use crate::portable::panel::{PANEL, Panels, Row, Start, add_squares, weigh};

/// Inputs of up to this many bytes stay in a cache of the second level.
const NEAR: usize = 1 << 20;

/// Input features of `N` samples: `f_0 = x` and, where the network reads it, `f_1 = x^2 - 1`; one row per feature.
#[derive(Clone, Debug)]
pub struct Inputs {
    x: Matrix<f64>,
    features: Vec<Panels>,
}

impl Inputs {
    /// The features `f_0 = x`, and `f_1 = x^2 - 1` when `with_squares`, of the samples `x` (`d x N`).
    pub fn new(x: &Matrix<f64>, with_squares: bool) -> Self {
        let squares = || Panels::from_fn(x.rows(), x.cols(), |i, n| x[(i, n)] * x[(i, n)] - 1.0);
        Inputs { x: x.clone(), features: std::iter::once(Panels::from(x)).chain(with_squares.then(squares)).collect() }
    }

    /// The samples `f_0 = x`, `d x N`.
    pub fn x(&self) -> &Matrix<f64> {
        &self.x
    }

    /// The number of samples `N`.
    pub fn samples(&self) -> usize {
        self.x.cols()
    }

    /// The rows of `f_j` that are read after panel `p`, to be fetched in good time; none where all inputs stay in cache, or `j > 1`.
    #[inline(always)]
    pub(super) fn soon(&self, j: usize, p: usize) -> &[Row] {
        let far = self.features.len() * size_of_val(self.x.as_slice()) > NEAR;
        if far && j < 2 && p + 1 < self.panels() { self.features[j].panel(p + 1) } else { &[] }
    }

    /// How many samples panel `p` has: all panels but the last are full.
    #[inline(always)]
    pub(super) fn samples_of(&self, p: usize) -> usize {
        (self.samples() - p * PANEL).min(PANEL)
    }

    /// The number of panels.
    pub(super) fn panels(&self) -> usize {
        self.samples().div_ceil(PANEL)
    }
}

/// What layers are evaluated from: the inputs, and what the layers read of those that stay as they are.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) inputs: &'a Inputs,
    /// For layer 2, 3, ... below the first that is evaluated.
    pub(super) frozen: &'a [Panels],
}

impl<'a> Sources<'a> {
    /// What layers read of the inputs `f_j`, `j = 0, 1`, or of layer `j` that stays as it is, on panel `p`.
    #[inline(always)]
    pub(super) fn read(self, j: usize, p: usize) -> &'a [Row] {
        match j {
            0 | 1 => self.inputs.features[j].panel(p),
            _ => self.frozen[j - 2].panel(p),
        }
    }
}

/// The values of one layer on a panel.
#[derive(Clone, Debug)]
pub(super) struct LayerValues {
    /// `S_l`.
    pub(super) sums: Vec<Row>,
    /// `R_l S_l`; empty where the layers above read quadratic forms.
    pub(super) projections: Vec<Row>,
    /// `f_l`; empty as well.
    features: Vec<Row>,
    /// How this layer reads each layer of `J_l` that it reads by forms.
    pub(super) forms: Vec<Option<Forms>>,
    /// How this layer reads the one below it, where that has few units.
    narrow: Option<Narrow>,
}

impl LayerValues {
    fn new(network: &impl Layers, l: usize, activation: Activation) -> Self {
        let (layer, by_forms) = (network.layer_ref(l), activation == Activation::Forms);
        let units = layer.weights[0].rows();
        let spanned = vec![Row::ZERO; if by_forms { 0 } else { layer.span.rows() }];
        let forms = |&j: &usize| (by_forms && j >= 2).then(|| Forms::new(units, network.layer_ref(j).span));
        let forms = layer.index_set.iter().map(forms).collect();
        LayerValues { sums: vec![Row::ZERO; units], projections: spanned.clone(), features: spanned, forms, narrow: None }
    }

    /// What the layers above read: `f_l`, or `S_l` itself where they read it by forms.
    fn readable(&self, activation: Activation) -> &[Row] {
        if activation == Activation::Forms { &self.sums } else { &self.features }
    }
}

/// The values of the layers `first..=top` on one panel; layer `l` at position `l - first`.
#[derive(Clone, Debug)]
pub(super) struct Values {
    first: usize,
    pub(super) activation: Activation,
    /// Whether the features of all layers are evaluated, also of the top layer, and of those that only one layer reads.
    with_all_features: bool,
    pub(super) layers: Vec<LayerValues>,
}

impl Values {
    pub(super) fn new(network: &impl Layers, first: usize, top: usize, activation: Activation) -> Self {
        let layers = (first..=top).map(|l| LayerValues::new(network, l, activation)).collect();
        Values { first, activation, with_all_features: false, layers }
    }

    pub(super) fn layer(&self, l: usize) -> &LayerValues {
        &self.layers[l - self.first]
    }

    /// How layer `l` reads the one below it without its features, where it does.
    #[inline(always)]
    pub(super) fn narrow<S: Simd>(&self, l: usize) -> Option<&Narrow> {
        self.layers.get(l - self.first)?.narrow.as_ref().filter(|narrow| narrow.pays::<S>())
    }

    /// What does not depend on the samples.
    pub(super) fn prepare(&mut self, network: &impl Layers) {
        let (evaluated, linked) = ((self.first, self.first + self.layers.len() - 1), !self.with_all_features);
        for (values, l) in self.layers.iter_mut().zip(self.first..) {
            let layer = network.layer_ref(l);
            values.narrow = if linked { Narrow::between(network, evaluated, l, self.activation) } else { None };
            for ((forms, &j), weights) in values.forms.iter_mut().zip(layer.index_set).zip(layer.weights) {
                if let Some(forms) = forms {
                    forms.prepare(weights, network.layer_ref(j).span);
                }
            }
        }
    }

    /// What layers read of layer `j`, or of the inputs for `j = 0, 1`, on panel `p`.
    #[inline(always)]
    pub(super) fn read<'a>(&'a self, sources: Sources<'a>, j: usize, p: usize) -> &'a [Row] {
        read(&self.layers, self.first, self.activation, sources, j, p)
    }

    /// Evaluates all layers on panel `p`.
    #[inline(always)]
    pub(super) fn forward<S: Simd>(&mut self, simd: S, network: &impl Layers, sources: Sources<'_>, p: usize) {
        let (top, samples) = (self.first + self.layers.len() - 1, sources.inputs.samples_of(p));
        for l in self.first..=top {
            let (below, from_here) = self.layers.split_at_mut(l - self.first);
            let (values, layer) = (&mut from_here[0], network.layer_ref(l));
            let mut start = Start::Zero;
            let narrow = values.narrow.as_ref().filter(|narrow| narrow.pays::<S>());
            for ((&j, weights), forms) in layer.index_set.iter().zip(layer.weights).zip(&mut values.forms) {
                if let (Some(narrow), true) = (narrow, j + 1 == l) {
                    narrow.ascend(simd, &mut values.sums, &below[j - self.first].sums, start, samples);
                    continue;
                }
                let features = read(below, self.first, self.activation, sources, j, p);
                match forms {
                    None => weigh(simd, &mut values.sums, weights.into(), features, start, samples),
                    Some(forms) => {
                        if start == Start::Zero {
                            values.sums.fill(Row::ZERO);
                        }
                        forms.add_to(simd, &mut values.sums, features, samples);
                    }
                }
                start = Start::Here;
            }
            if self.with_all_features || (l < top && self.narrow::<S>(l + 1).is_none()) {
                self.layers[l - self.first].offer(simd, &layer, self.activation, samples);
            }
        }
    }

    /// Adds the head of layer `l` to `output`.
    #[inline(always)]
    pub(super) fn add_head<S: Simd>(&self, simd: S, network: &impl Layers, l: usize, output: &mut Row) {
        let layer = network.layer_ref(l);
        add_squares(simd, output, layer.scale, &self.layer(l).sums[layer.head]);
    }
}

impl LayerValues {
    /// `z = R S` and `f = act(z)`.
    #[inline(always)]
    fn offer<S: Simd>(&mut self, simd: S, layer: &LayerRef<'_>, activation: Activation, samples: usize) {
        if activation == Activation::Forms {
            return;
        }
        weigh(simd, &mut self.projections, layer.span.into(), &self.sums[layer.narrow.clone()], Start::Zero, samples);
        for (f, z) in self.features.iter_mut().zip(&self.projections) {
            activation.evaluate(f, z);
        }
    }
}

#[inline(always)]
fn read<'a>(
    layers: &'a [LayerValues],
    first: usize,
    activation: Activation,
    sources: Sources<'a>,
    j: usize,
    p: usize,
) -> &'a [Row] {
    match j {
        _ if j < first || j < 2 => sources.read(j, p),
        _ => layers[j - first].readable(activation),
    }
}

/// A pass over all samples with the values of layers `2..=top`.
struct Evaluation<'a, L, O> {
    values: Values,
    network: &'a L,
    inputs: &'a Inputs,
    observe: O,
}

impl<L: Layers, O: FnMut(usize, &Values, &Row)> WithSimd for Evaluation<'_, L, O> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (sources, top) = (Sources { inputs: self.inputs, frozen: &[] }, self.values.layers.len() + 1);
        for p in 0..self.inputs.panels() {
            self.values.forward(simd, self.network, sources, p);
            let mut output = Row::ZERO;
            for l in 2..=top {
                self.values.add_head(simd, self.network, l, &mut output);
            }
            (self.observe)(p, &self.values, &output);
        }
    }
}

fn evaluate(
    network: &impl Layers,
    inputs: &Inputs,
    top: usize,
    activation: Activation,
    observe: impl FnMut(usize, &Values, &Row),
) {
    let mut values = Values { with_all_features: true, ..Values::new(network, 2, top, activation) };
    values.prepare(network);
    Arch::new().dispatch(Evaluation { values, network, inputs, observe });
}

/// `F(x)` of the samples `x` (`d x N`) for a network with this activation.
///
/// Guarantee: replayed; for `Activation::Square` each value is that of [`forward`](super::forward).
pub fn outputs(network: &impl Layers, x: &Matrix<f64>, activation: Activation) -> Vec<f64> {
    let inputs = Inputs::new(x, network.reads_squares());
    let mut outputs = Vec::with_capacity(inputs.panels() * PANEL);
    evaluate(network, &inputs, network.depth(), activation, |_, _, output| outputs.extend_from_slice(&output.0));
    outputs.truncate(inputs.samples());
    outputs
}

/// The head of layer `l`, `||S_l||^2` over its head rows, on each of the samples. Guarantee: replayed.
pub fn head(network: &impl Layers, inputs: &Inputs, l: usize, activation: Activation) -> Vec<f64> {
    let (mut heads, rows) = (Vec::with_capacity(inputs.panels() * PANEL), network.layer_ref(l).head);
    let sum = |values: &Values, n: usize| values.layer(l).sums[rows.clone()].iter().fold(0.0, |h, s| h + s.0[n] * s.0[n]);
    evaluate(network, inputs, l, activation, |_, values, _| heads.extend((0..PANEL).map(|n| sum(values, n))));
    heads.truncate(inputs.samples());
    heads
}

/// Layers that stay as they are: what is read of each of them on all samples, and their heads together.
#[derive(Clone, Debug, Default)]
pub(super) struct Frozen {
    /// For layer 2, 3, ...
    pub(super) readable: Vec<Panels>,
    /// The sum of the heads, one row; nothing when no layer is frozen.
    pub(super) output: Option<Panels>,
}

impl Frozen {
    /// Layers `2..=top` of the network.
    pub(super) fn new(network: &impl Layers, inputs: &Inputs, top: usize, activation: Activation) -> Self {
        if top < 2 {
            return Frozen::default();
        }
        let rows = |l: usize| {
            let layer = network.layer_ref(l);
            if activation == Activation::Forms { layer.weights[0].rows() } else { layer.span.rows() }
        };
        let mut readable: Vec<Panels> = (2..=top).map(|l| Panels::zeros(rows(l), inputs.samples())).collect();
        let mut output = Panels::zeros(1, inputs.samples());
        evaluate(network, inputs, top, activation, |p, values, row| {
            output.panel_mut(p)[0] = *row;
            for (panels, layer) in readable.iter_mut().zip(&values.layers) {
                panels.panel_mut(p).copy_from_slice(layer.readable(activation));
            }
        });
        Frozen { readable, output: Some(output) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::network::Skips;
    use crate::hierarchy::network::narrow::tests::network;

    /// Each layer is linked with the one below it unless that is not evaluated, or another evaluated layer reads it too.
    #[test]
    fn layers_are_linked_where_all_that_are_evaluated_allow_it() {
        let linked = |skips: &Skips, first: usize, top: usize| {
            let network = network(&[1, 1, 1], skips);
            let mut values = Values::new(&network, first, top, Activation::Square);
            values.prepare(&network);
            values.layers.iter().map(|layer| layer.narrow.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(linked(&Skips::Lin, 2, 4), [false, true, true]);
        assert_eq!(linked(&Skips::Lin, 3, 4), [false, true]);
        let twice = Skips::Explicit(vec![vec![0], vec![2], vec![2, 3]]);
        assert_eq!(linked(&twice, 2, 4), [false, false, true]);
        assert_eq!(linked(&twice, 2, 3), [false, true]);
    }
}
