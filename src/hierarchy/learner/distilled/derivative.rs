//! The gradient against the exact derivative of the objective, and what is distilled.

#![cfg(test)]

use super::tied::TiedNetwork;
use crate::exact::Dyadic;
use crate::hierarchy::learner::dual::{Dual, dot, exact, integers, still, sum};
use crate::hierarchy::network::gradient::Flow;
use crate::hierarchy::network::step::{Scope, Step};
use crate::hierarchy::network::values::{Inputs, outputs};
use crate::hierarchy::network::{Activation, Architecture, Layer, Layers, Network, Skips};
use crate::matrix::Matrix;
use crate::portable::rng::Stream;
use crate::scalar::Scalar;

const TRUNCATION: f64 = 3.0;

/// `min(z^2, B^2)`, constant beyond `B`.
fn clipped(square: &Dual) -> Dual {
    let most = still(TRUNCATION * TRUNCATION);
    if square.0 <= most.0 { square.clone() } else { most }
}

const PENALTIES: [f64; 3] = [0.75, 0.5, 2.0];
const DECAYS: [f64; 3] = [0.5, 1.0, 0.25];

/// A tied network in dual numbers, written out: rows of `W_l` and `K_l` with all blocks side by side.
struct Written {
    wide: Vec<Vec<Vec<Dual>>>,
    narrow: Vec<Vec<Vec<Dual>>>,
    spans: Vec<Matrix<f64>>,
    scales: Vec<f64>,
    index_sets: Vec<Vec<usize>>,
}

impl Written {
    /// The network, with the entry `(l, block, n)` moving at speed one.
    fn new(network: &TiedNetwork, moving: (usize, usize, usize)) -> Self {
        let row = |l: usize, i: usize| {
            let blocks = network.layer(l).stacked.iter().enumerate();
            let entries = blocks.flat_map(|(b, a)| (0..a.cols()).map(move |c| (b, i * a.cols() + c, a[(i, c)])));
            entries.map(|(b, n, v)| Dual(exact(v), if (l, b, n) == moving { Dyadic::one() } else { Dyadic::zero() })).collect()
        };
        let layers = || (2..=network.depth()).map(|l| (l, network.layer(l)));
        let rows = |l: usize, range: std::ops::Range<usize>| range.map(|i| row(l, i)).collect::<Vec<_>>();
        Written {
            wide: layers().map(|(l, layer)| rows(l, 0..layer.wide)).collect(),
            narrow: layers().map(|(l, layer)| rows(l, layer.wide..layer.stacked[0].rows())).collect(),
            spans: layers().map(|(_, layer)| layer.span.clone()).collect(),
            scales: layers().map(|(_, layer)| layer.scale).collect(),
            index_sets: layers().map(|(l, _)| network.layer_ref(l).index_set.to_vec()).collect(),
        }
    }

    fn output(&self, x: &[f64]) -> Dual {
        let inputs = |j: usize| x.iter().map(|&v| still(if j == 0 { v } else { v * v - 1.0 })).collect::<Vec<_>>();
        let mut features = vec![inputs(0), inputs(1)];
        let mut output = Dual::zero();
        for (l, set) in self.index_sets.iter().enumerate() {
            let h: Vec<Dual> = set.iter().flat_map(|&j| features[j].clone()).collect();
            let head = sum(self.wide[l].iter().map(|w| dot(w, &h).squared()));
            output = output.plus(&head.times(&still(self.scales[l])));
            let s: Vec<Dual> = self.narrow[l].iter().map(|k| dot(k, &h)).collect();
            let span = &self.spans[l];
            let z = (0..span.rows()).map(|i| dot(&span.row(i).iter().map(|&r| still(r)).collect::<Vec<_>>(), &s));
            features.push(z.map(|z| clipped(&z.squared())).collect());
        }
        output
    }

    /// `penalty ||W'W - K'K||^2 + decay/2 (||W||^2 + ||K||^2)` of one layer.
    fn regulariser(&self, l: usize) -> Dual {
        let (w, k) = (&self.wide[l], &self.narrow[l]);
        let product = |rows: &[Vec<Dual>], p: usize, q: usize| sum(rows.iter().map(|r| r[p].times(&r[q])));
        let pairs = (0..w[0].len()).flat_map(|p| (0..w[0].len()).map(move |q| (p, q)));
        let penalty = sum(pairs.map(|(p, q)| product(w, p, q).minus(&product(k, p, q)).squared()));
        let squares = sum(w.iter().chain(k).flatten().map(Dual::squared));
        penalty.times(&still(PENALTIES[l])).plus(&squares.times(&still(0.5 * DECAYS[l])))
    }

    /// The mean of the centred squared errors, for a number of samples that is a power of two, and all regularisers.
    fn objective(&self, x: &Matrix<f64>, y: &[f64]) -> Dual {
        let column = |n: usize| (0..x.rows()).map(|i| x[(i, n)]).collect::<Vec<_>>();
        let share = still(1.0 / y.len() as f64);
        let errors: Vec<Dual> = y.iter().enumerate().map(|(n, &y)| self.output(&column(n)).minus(&still(y))).collect();
        let mean = sum(errors.iter().cloned()).times(&share);
        let loss = sum(errors.iter().map(|e| e.minus(&mean).squared())).times(&share);
        sum((0..self.wide.len()).map(|l| self.regulariser(l))).plus(&loss)
    }
}

fn small_network(architecture: &Architecture, stream: &mut Stream) -> TiedNetwork {
    let span_rows = |l: usize| architecture.width(l) * (architecture.width(l) + 1) / 2;
    let features = |j: usize| if j < 2 { architecture.dimension() } else { span_rows(j) };
    let mut layers = Vec::new();
    for (l, scale) in (2..=architecture.depth()).zip([1.0, 0.5, 0.25]) {
        let k = architecture.width(l);
        let weights = architecture.index_set(l).iter().map(|&j| Matrix::filled(k, features(j), 0.0)).collect();
        layers.push(Layer { weights, span: integers(span_rows(l), k, 1, stream), scale });
    }
    let like = Network::new(architecture.clone(), layers).expect("shapes that fit");
    let mut network = TiedNetwork::random(&like, |k| k + 2, 1.0, TRUNCATION, stream);
    for l in 2..=network.depth() {
        let stacked = network.layer_mut(l).stacked.iter_mut();
        stacked.for_each(|a| *a = integers(a.rows(), a.cols(), 1, stream));
    }
    network
}

/// The gradient of the learner: data, then regularisers.
fn gradient(network: &TiedNetwork, x: &Matrix<f64>, y: &[f64], bottom: usize) -> Vec<Vec<Matrix<f64>>> {
    let (top, inputs) = (network.depth(), Inputs::new(x, network.reads_squares()));
    let scope = Scope { bottom, top, flow: Flow::Through, local: false };
    let mut step = Step::new(network, &inputs, scope, network.activation());
    step.pass(network, &inputs, |_, _, outputs, row| row.set(|n| outputs.0[n] - y.get(n).unwrap_or(&0.0)));
    let zeros = |l: usize| network.layer(l).stacked.iter().map(|a| Matrix::filled(a.rows(), a.cols(), 0.0)).collect();
    let mut gradient: Vec<Vec<Matrix<f64>>> = (2..=top).map(zeros).collect();
    let mean = step.mean_residual(top);
    step.gradient(network, 4.0 / y.len() as f64, |_| mean, &mut gradient);
    (bottom..=top).for_each(|l| network.layer(l).add_regulariser(PENALTIES[l - 2], DECAYS[l - 2], &mut gradient[l - 2]));
    gradient
}

/// Whether some sample meets the truncation.
fn truncates(network: &TiedNetwork, x: &Matrix<f64>) -> bool {
    outputs(network, x, network.activation()) != outputs(network, x, Activation::Square)
}

#[test]
fn the_gradient_is_the_exact_derivative_of_the_objective() {
    let everything = Skips::Explicit(vec![vec![0, 1], vec![0, 1, 2], vec![0, 2, 3]]);
    let mut truncated = false;
    for (widths, skips, seed) in [(vec![1, 1, 1], Skips::Lin, 1), (vec![2, 1, 2], everything, 2), (vec![2, 2], Skips::LinSkip, 3)]
    {
        let mut stream = Stream::new(seed, "tied gradient test");
        let architecture = Architecture::new(2, &widths, &skips).expect("a possible shape");
        let network = small_network(&architecture, &mut stream);
        let (x, y) = (integers(2, 4, 2, &mut stream), integers(1, 4, 9, &mut stream));
        let found = gradient(&network, &x, y.as_slice(), 2);
        let upper = gradient(&network, &x, y.as_slice(), 3);
        assert_eq!(found[1..], upper[1..], "layers below the bottom change nothing above");
        for l in 2..=network.depth() {
            for (block, a) in found[l - 2].iter().enumerate() {
                for (n, &g) in a.as_slice().iter().enumerate() {
                    let written = Written::new(&network, (l, block, n));
                    assert!(written.objective(&x, y.as_slice()).1 == exact(g), "layer {l}, block {block}, entry {n}: {g}");
                }
            }
        }
        truncated |= truncates(&network, &x);
    }
    assert!(truncated, "no sample meets the truncation");
}

#[test]
fn distilling_keeps_the_leading_part() {
    let mut stream = Stream::new(1, "distilling test");
    let architecture = Architecture::new(3, &[2], &Skips::Lin).expect("a possible shape");
    let mut network = small_network(&architecture, &mut stream);
    let layer = network.layer_mut(2);
    layer.stacked[0] = Matrix::from_fn(6, 3, |i, j| [[0.0, 2.0, 0.0], [0.0; 3], [3.0, 0.0, 0.0], [0.0, 0.0, 1.0]][i.min(3)][j]);
    layer.stacked[0].row_mut(4).fill(7.0);
    layer.distil().expect("a finite matrix");
    let narrow = &layer.narrow()[0];
    let product = |p: usize, q: usize| narrow[(0, p)] * narrow[(0, q)] + narrow[(1, p)] * narrow[(1, q)];
    let expected = [[9.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 0.0]];
    // The eigenvectors of a diagonal matrix are unit vectors up to a few roundings.
    let far = (0..9).map(|n| (product(n / 3, n % 3) - expected[n / 3][n % 3]).abs()).fold(0.0, f64::max);
    assert!(far < 1e-14, "{far:e} from the part of rank 2");
}
