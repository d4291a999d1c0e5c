//! A pass over the samples that gives residuals and gradient: each panel of samples is read once.
//!
//! The loss acts on a sample through a residual `e_n`, half the derivative of its term in `F(x_n)`. With `u_l` half the derivative of
//! `F` in `S_l`, from the top layer down,
//!
//! ```text
//! u_l = alpha_l S_l + sum over the layers i that read f_l of  R_l' ( K_{i,l}' u_i * 2 R_l S_l )
//!
//! P_{l,j} = sum_n e_n u_l f_j'      Q_{l,j} = sum_n u_l f_j'      dK_{l,j} = (4/N) (P - m Q)
//! ```
//!
//! The last is the gradient of the mean of `(F + b - y)^2` at the best `b`, where `e = F + b - y` at any `b` and `m` is the mean of
//! `e`: it is known only after the last sample, so that its share `Q` of the gradient is carried along.
//!
//! The bits are those of [`gradient`](super::gradient) on each sample, with `u` begun at `alpha_l S_l`, summed over the samples as
//! [`PanelSums`] says.

use pulp::{Arch, Simd, WithSimd};

use super::activation::{Activation, Forms};
use super::gradient::Flow;
use super::layers::Layers;
use super::values::{Frozen, Inputs, Sources, Values};
use crate::matrix::Matrix;
use crate::portable::panel::{Down, PANEL, PanelSums, Panels, Row, RowSum, Start, weigh};
use crate::portable::product::View;

/// Which layers learn from which residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The lowest layer that learns; those below it stay as they are.
    pub bottom: usize,
    /// The highest layer that is on.
    pub top: usize,
    /// Whether gradients pass from a layer into the features below it.
    pub flow: Flow,
    /// Whether each layer has the residual of the output up to itself, in the place of that of the whole output.
    pub local: bool,
}

impl Scope {
    /// The layers whose outputs have a residual, ascending.
    pub fn observed(self) -> std::ops::RangeInclusive<usize> {
        if self.local { self.bottom..=self.top } else { self.top..=self.top }
    }
}

/// Slopes of one layer on a panel, and the sums of its gradient over the panels.
#[derive(Clone, Debug)]
struct LayerSlopes {
    /// `u_l`.
    slopes: Vec<Row>,
    /// `K' u * 2 R_l S_l` from one layer above; empty where that reads quadratic forms.
    through: Vec<Row>,
    /// For each layer of `J_l`: `u_l f_j'`, or by forms `u_(l,a) S_j S_j'` for one unit `a` below the other.
    sums: Vec<PanelSums>,
}

/// Residuals of one output.
#[derive(Clone, Debug)]
struct Observed {
    /// `e`, one row; zero beyond the last sample.
    values: Panels,
    total: RowSum,
}

/// Room for the passes of one stage of training; a pass allocates nothing.
#[derive(Clone, Debug)]
pub struct Step {
    scope: Scope,
    frozen: Frozen,
    values: Values,
    /// Layer `l` at position `l - bottom`.
    layers: Vec<LayerSlopes>,
    /// Of the layers that are observed, ascending.
    residuals: Vec<Observed>,
    samples: usize,
    /// `u_(l,a) S_j` of one unit.
    weighted: Vec<Row>,
}

impl Step {
    /// Room for passes over these samples, for which the layers below the bottom are evaluated now.
    pub fn new(network: &impl Layers, inputs: &Inputs, scope: Scope, activation: Activation) -> Self {
        let Scope { bottom, top, .. } = scope;
        let widest = (2..=top).map(|l| network.layer_ref(l).span.cols()).max();
        Step {
            scope,
            frozen: Frozen::new(network, inputs, bottom - 1, activation),
            values: Values::new(network, bottom, top, activation),
            layers: (bottom..=top).map(|l| LayerSlopes::new(network, l, activation)).collect(),
            residuals: Step::room(scope, inputs.samples()),
            samples: inputs.samples(),
            weighted: vec![Row::ZERO; widest.unwrap_or(0)],
        }
    }

    fn room(scope: Scope, samples: usize) -> Vec<Observed> {
        let one = |_| Observed { values: Panels::zeros(1, samples), total: RowSum::default() };
        scope.observed().map(one).collect()
    }

    /// Turns to other samples.
    pub fn turn_to(&mut self, network: &impl Layers, inputs: &Inputs) {
        self.frozen = Frozen::new(network, inputs, self.scope.bottom - 1, self.values.activation);
        if inputs.samples() != self.samples {
            self.samples = inputs.samples();
            self.residuals = Step::room(self.scope, self.samples);
        }
    }

    /// One pass over the samples. `residual(p, l, output, row)` makes residuals in `row` of `F` up to layer `l` on the samples of panel
    /// `p`; it is called for each of the layers that are [observed](Scope::observed), panel by panel.
    ///
    /// In the last panel samples are missing, with an output of zero; what is left there is not used.
    pub fn pass(&mut self, network: &impl Layers, inputs: &Inputs, residual: impl FnMut(usize, usize, &Row, &mut Row)) {
        self.prepare(network);
        Arch::new().dispatch(Pass { step: self, network, inputs, residual });
    }

    fn prepare(&mut self, network: &impl Layers) {
        self.values.prepare(network);
        self.layers.iter_mut().flat_map(|layer| &mut layer.sums).for_each(PanelSums::clear);
        self.residuals.iter_mut().for_each(|observed| observed.total = RowSum::default());
    }

    /// The residuals of the output up to layer `l` in the last pass.
    ///
    /// # Panics
    /// When that output was not observed.
    pub fn residuals(&self, l: usize) -> &[f64] {
        &self.residuals[self.position(l)].values.flat()[..self.samples]
    }

    /// The mean of [`residuals`](Self::residuals). Guarantee: replayed.
    pub fn mean_residual(&self, l: usize) -> f64 {
        self.residuals[self.position(l)].total.total() / self.samples as f64
    }

    fn position(&self, l: usize) -> usize {
        l - self.scope.observed().start()
    }

    /// Writes `factor (P - m Q)` of the last pass, with `m = mean(l)` for the residuals that layer `l` has.
    pub fn gradient(
        &mut self,
        network: &impl Layers,
        factor: f64,
        mean: impl Fn(usize) -> f64,
        gradient: &mut [Vec<Matrix<f64>>],
    ) {
        for (l, at) in (self.scope.bottom..).zip(&self.layers) {
            let m = mean(if self.scope.local { l } else { self.scope.top });
            let (layer, forms) = (network.layer_ref(l), &mut self.values.layers[l - self.scope.bottom].forms);
            for (((&j, sums), forms), block) in layer.index_set.iter().zip(&at.sums).zip(forms).zip(&mut gradient[l - 2]) {
                let entry = |i: usize, r: usize| {
                    let (p, q) = sums.at(i, r);
                    factor * (p - m * q)
                };
                match forms {
                    Some(forms) => forms.gradient(block, network.layer_ref(j).span, entry),
                    None => {
                        let cols = block.cols();
                        let entries = block.as_mut_slice().iter_mut().enumerate();
                        entries.for_each(|(n, g)| *g = entry(n / cols, n % cols));
                    }
                }
            }
        }
    }

    /// `e` for each layer that is observed, on panel `p`.
    #[inline(always)]
    fn observe<S: Simd>(
        &mut self,
        simd: S,
        network: &impl Layers,
        p: usize,
        residual: &mut impl FnMut(usize, usize, &Row, &mut Row),
    ) {
        let Scope { bottom, top, local, .. } = self.scope;
        let mut output = self.frozen.output.as_ref().map_or(Row::ZERO, |frozen| frozen.panel(p)[0]);
        let (mut observed, present) = (self.residuals.iter_mut(), self.samples - p * PANEL);
        for l in bottom..=top {
            self.values.add_head(simd, network, l, &mut output);
            if let Some(Observed { values, total }) = if local || l == top { observed.next() } else { None } {
                let row = &mut values.panel_mut(p)[0];
                residual(p, l, &output, row);
                if present < PANEL {
                    row.0[present..].fill(0.0);
                }
                total.add(simd, row);
            }
        }
    }

    /// Adds panel `p` to the sums of the gradient.
    #[inline(always)]
    fn backward<S: Simd>(&mut self, simd: S, network: &impl Layers, sources: Sources<'_>, p: usize) {
        let (Scope { bottom, top, flow, local }, samples) = (self.scope, sources.inputs.samples_of(p));
        for l in bottom..=top {
            // A narrow link begins the slopes below it.
            if flow == Flow::Stopped || l == top || self.values.narrow::<S>(l + 1).is_none() {
                self.layers[l - bottom].begin(network, l, &self.values);
            }
        }
        for l in (bottom..=top).rev() {
            let (below, from_here) = self.layers.split_at_mut(l - bottom);
            let LayerSlopes { slopes, sums, .. } = &mut from_here[0];
            let (layer, e) = (network.layer_ref(l), &self.residuals[if local { l - bottom } else { 0 }].values.panel(p)[0]);
            let blocks = layer.index_set.iter().zip(layer.weights).zip(sums).zip(&self.values.layer(l).forms);
            for (((&j, weights), sums), forms) in blocks {
                if let (Some(narrow), true) = (self.values.narrow::<S>(l), j + 1 == l) {
                    let scale = network.layer_ref(j).scale;
                    let down = Down { slopes: &mut below[j - bottom].slopes, scale };
                    let rows = (&slopes[..], &self.values.layer(j).sums[..], e);
                    narrow.descend(simd, sums, rows, Some(down).filter(|_| flow == Flow::Through), samples);
                    continue;
                }
                let features = self.values.read(sources, j, p);
                let down = (flow == Flow::Through && j >= bottom.max(2)).then(|| &mut below[j - bottom]);
                match (forms, down) {
                    (None, down) => {
                        sums.add(simd, 0, (slopes, features, e), samples, sources.inputs.soon(j, p));
                        if let Some(down) = down {
                            down.take(simd, network, j, &self.values, View::from(weights).transposed(), (slopes, samples));
                        }
                    }
                    (Some(forms), down) => {
                        let weighted = &mut self.weighted[..features.len()];
                        Forms::add_moments(simd, sums, (slopes, e), features, weighted, samples);
                        if let Some(down) = down {
                            forms.pass_down(&mut down.slopes, slopes);
                        }
                    }
                }
            }
        }
    }
}

impl LayerSlopes {
    fn new(network: &impl Layers, l: usize, activation: Activation) -> Self {
        let (layer, by_forms) = (network.layer_ref(l), activation == Activation::Forms);
        let sums = |(&j, weights): (&usize, &Matrix<f64>)| {
            let k = if by_forms && j >= 2 { Some(network.layer_ref(j).span.cols()) } else { None };
            k.map_or(PanelSums::zeros(weights.rows(), weights.cols()), |k| PanelSums::zeros(weights.rows() * k, k))
        };
        LayerSlopes {
            slopes: vec![Row::ZERO; layer.weights[0].rows()],
            through: vec![Row::ZERO; if by_forms { 0 } else { layer.span.rows() }],
            sums: layer.index_set.iter().zip(layer.weights).map(sums).collect(),
        }
    }

    /// The slopes through the own head: `alpha_l S_l` on its rows, zero on others.
    #[inline(always)]
    fn begin(&mut self, network: &impl Layers, l: usize, values: &Values) {
        let layer = network.layer_ref(l);
        for (i, (u, s)) in self.slopes.iter_mut().zip(&values.layer(l).sums).enumerate() {
            if layer.head.contains(&i) {
                u.set(
                    #[inline(always)]
                    |n| layer.scale * s.0[n],
                );
            } else {
                *u = Row::ZERO;
            }
        }
    }

    /// `u_j += R_j' ( K' u_l * act'(R_j S_j) )`, where `weights` is `K'` and `slopes` is `u_l`.
    #[inline(always)]
    fn take<S: Simd>(
        &mut self,
        simd: S,
        network: &impl Layers,
        j: usize,
        values: &Values,
        weights: View<'_>,
        (slopes, samples): (&[Row], usize),
    ) {
        let (layer, through, activation) = (network.layer_ref(j), &mut self.through, values.activation);
        let projections = &values.layer(j).projections;
        if let ([u], [down], [z]) = (slopes, &mut self.slopes[layer.narrow.clone()], &projections[..]) {
            // The same in one go, where there is but one of each.
            let (k, r) = (weights.at(0, 0), layer.span[(0, 0)]);
            return down.update(
                #[inline(always)]
                |n, down| down + r * activation.slope(z.0[n], 0.0 + k * u.0[n]),
            );
        }
        weigh(simd, through, weights, slopes, Start::Zero, samples);
        for (t, z) in through.iter_mut().zip(projections) {
            activation.differentiate(t, z);
        }
        weigh(simd, &mut self.slopes[layer.narrow], View::from(layer.span).transposed(), through, Start::Here, samples);
    }
}

struct Pass<'a, L, R> {
    step: &'a mut Step,
    network: &'a L,
    inputs: &'a Inputs,
    residual: R,
}

impl<L: Layers, R: FnMut(usize, usize, &Row, &mut Row)> WithSimd for Pass<'_, L, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // Out of the step for the pass, so that they may be read while the rest of it is written.
        let frozen = std::mem::take(&mut self.step.frozen.readable);
        let sources = Sources { inputs: self.inputs, frozen: &frozen };
        for p in 0..self.inputs.panels() {
            self.step.values.forward(simd, self.network, sources, p);
            self.step.observe(simd, self.network, p, &mut self.residual);
            self.step.backward(simd, self.network, sources, p);
        }
        self.step.frozen.readable = frozen;
    }
}

#[cfg(test)]
mod tests {
    use pulp::{Scalar, Scalar128b, Scalar256b, Scalar512b};

    use super::*;
    use crate::hierarchy::network::gradient::Blocks;
    use crate::hierarchy::network::narrow::tests::network;
    use crate::hierarchy::network::{Network, Skips};
    use crate::portable::rng::Stream;

    struct Setting<'a> {
        network: &'a Network<f64>,
        scope: Scope,
        activation: Activation,
        x: &'a Matrix<f64>,
    }

    impl Setting<'_> {
        /// The bits of all sums over the samples after two passes, which `run` makes.
        fn sums(&self, mut run: impl FnMut(&mut Step, &Inputs)) -> Vec<u64> {
            let inputs = Inputs::new(self.x, self.network.reads_squares());
            let mut step = Step::new(self.network, &inputs, self.scope, self.activation);
            (0..2).for_each(|_| run(&mut step, &inputs));
            let mut gradient = Blocks::zeros(self.network, 0.0).blocks;
            let means: Vec<f64> = (0..=self.network.depth())
                .map(|l| if self.scope.observed().contains(&l) { step.mean_residual(l) } else { 0.0 })
                .collect();
            step.gradient(self.network, 1.0, |l| means[l], &mut gradient);
            let entries = gradient.iter().flatten().flat_map(|block| block.as_slice());
            means.iter().chain(entries).map(|v| v.to_bits()).collect()
        }

        fn with<S: Simd>(&self, simd: S) -> Vec<u64> {
            self.sums(|step, inputs| {
                step.prepare(self.network);
                simd.vectorize(Pass { step, network: self.network, inputs, residual });
            })
        }
    }

    /// `F - 1`; what is left beyond the last sample is not zero.
    fn residual(_: usize, _: usize, output: &Row, row: &mut Row) {
        row.set(|n| output.0[n] - 1.0);
    }

    /// Wherever the samples end within a group of eight: what the panel before has left there reaches no sum.
    #[test]
    fn a_pass_is_the_same_with_vectors_of_every_width() {
        let shapes = [
            (vec![1, 1, 1], Skips::Lin),
            (vec![1, 1, 1], Skips::LinSkip),
            (vec![2, 2, 2], Skips::Lin),
            (vec![3, 2, 1], Skips::LinSkip),
            (vec![5, 4], Skips::Quad01),
        ];
        for (samples, (widths, skips)) in (129..=136).chain([300]).flat_map(|n| shapes.iter().map(move |shape| (n, shape))) {
            let (network, mut stream) = (network(widths, skips), Stream::new(1, "width test"));
            let x = Matrix::from_fn(4, samples, |_, _| stream.normal());
            for (activation, flow) in [
                (Activation::Square, Flow::Through),
                (Activation::Square, Flow::Stopped),
                (Activation::Truncated(2.0), Flow::Through),
                (Activation::Forms, Flow::Through),
            ] {
                let scope = Scope { bottom: 2, top: network.depth(), flow, local: flow == Flow::Stopped };
                let setting = Setting { network: &network, scope, activation, x: &x };
                let one = setting.with(Scalar::new());
                let same = [setting.with(Scalar128b), setting.with(Scalar256b), setting.with(Scalar512b)];
                assert!(
                    same.iter().all(|sums| *sums == one),
                    "{widths:?} {skips:?}, {samples} samples, {activation:?}, {flow:?}"
                );
                assert_eq!(setting.sums(|step, inputs| step.pass(&network, inputs, residual)), one, "this machine");
            }
        }
    }
}
