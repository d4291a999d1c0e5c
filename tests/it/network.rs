//! The network's gradient against exact derivatives, and its fast form against its definition.

use bfc::exact::dual::Dual;
use bfc::exact::{Dyadic, Rational};
use bfc::hierarchy::network::forward::{head, output, values};
use bfc::hierarchy::network::gradient::{Blocks, Flow, add_gradient};
use bfc::hierarchy::network::step::{Scope, Step};
use bfc::hierarchy::network::values::{Inputs, outputs};
use bfc::hierarchy::network::{Activation, Architecture, Layer, Network, Skips};
use bfc::matrix::Matrix;
use bfc::portable::panel::{PANEL, Row};
use bfc::portable::reduce::sum;
use bfc::portable::rng::Stream;
use bfc::scalar::Scalar;

/// Shapes that use every feature: chains, skips, squares, and everything at once.
fn shapes() -> Vec<Architecture> {
    let everything = Skips::Explicit(vec![vec![0, 1], vec![0, 1, 2], vec![1, 2, 3]]);
    let shape = |widths: &[usize], skips: &Skips| Architecture::new(5, widths, skips).expect("a possible shape");
    vec![
        shape(&[2], &Skips::Lin),
        shape(&[1, 1, 1, 1], &Skips::Lin),
        shape(&[2, 2, 2], &Skips::Lin),
        shape(&[1, 1, 1], &Skips::LinSkip),
        shape(&[3, 2], &Skips::LinSkip),
        shape(&[2, 1], &Skips::Quad01),
        shape(&[2, 2, 2], &everything),
        shape(&[1, 1, 1], &Skips::Explicit(vec![vec![0], vec![2], vec![2, 3]])),
    ]
}

fn random_network(architecture: &Architecture, stream: &mut Stream) -> Network<f64> {
    let depth = architecture.depth();
    let rows = |l: usize| if l == depth { 1 } else { architecture.width(l) * (architecture.width(l) + 1) / 2 };
    let features = |j: usize| if j < 2 { architecture.dimension() } else { rows(j) };
    let mut layers = Vec::new();
    for l in 2..=depth {
        let mut block = |r: usize, c: usize| Matrix::from_fn(r, c, |_, _| stream.normal());
        let weights = architecture.index_set(l).iter().map(|&j| block(architecture.width(l), features(j))).collect();
        let span = block(rows(l), architecture.width(l));
        layers.push(Layer { weights, span, scale: [1.0, 0.3, 0.11, 0.017][l - 2] });
    }
    Network::new(architecture.clone(), layers).expect("shapes that fit")
}

fn exact(value: f64) -> Dyadic {
    Dyadic::try_from(value).expect("a finite number")
}

/// The pulls of the loss `(F - y)^2`: its derivative in `S_l` through the own head is `4 alpha_l (F - y) S_l`.
fn pulls(network: &Network<Dyadic>, error: &Dyadic) -> Vec<Dyadic> {
    (2..=network.depth()).map(|l| error.times(&network.layer(l).scale).times(&exact(4.0))).collect()
}

/// Calls `check` with every weight: its place, and the network of dual numbers that varies it alone.
fn for_each_weight(network: &Network<Dyadic>, mut check: impl FnMut((usize, usize, usize), &Network<Dual>)) {
    let still = network.try_map(|w| Ok::<_, ()>(Dual(w.clone(), Dyadic::zero()))).expect("no error arises");
    for l in 2..=network.depth() {
        for (block, weights) in network.layer(l).weights.iter().enumerate() {
            for entry in 0..weights.as_slice().len() {
                let mut moved = still.clone();
                moved.layer_mut(l).weights[block].as_mut_slice()[entry].1 = Dyadic::one();
                check((l, block, entry), &moved);
            }
        }
    }
}

#[test]
fn the_gradient_is_the_exact_derivative_of_the_loss() {
    let mut stream = Stream::new(1, "gradient test");
    for architecture in shapes() {
        let network = random_network(&architecture, &mut stream).try_map(|w| Dyadic::try_from(*w)).expect("finite weights");
        let x: Vec<Dyadic> = stream.normals(5).into_iter().map(exact).collect();
        let dual_x: Vec<Dual> = x.iter().map(|v| Dual(v.clone(), Dyadic::zero())).collect();
        let (values, y) = (values(&network, &x), exact(0.7));
        let error = values.output(&network).minus(&y);
        let mut gradient = Blocks::zeros(&network, Dyadic::zero());
        add_gradient(&network, &x, &values, &pulls(&network, &error), Flow::Through, 2, &mut gradient);
        for_each_weight(&network, |(l, block, entry), moved| {
            let loss = output(moved, &dual_x).minus(&Dual(y.clone(), Dyadic::zero())).squared();
            let found = &gradient.blocks[l - 2][block].as_slice()[entry];
            assert!(loss.1.minus(found) == Dyadic::zero(), "layer {l}, block {block}, entry {entry} of {architecture:?}");
        });
    }
}

#[test]
fn a_stopped_gradient_is_the_derivative_through_the_own_head_alone() {
    let mut stream = Stream::new(2, "gradient test");
    for architecture in shapes() {
        let network = random_network(&architecture, &mut stream).try_map(|w| Dyadic::try_from(*w)).expect("finite weights");
        let x: Vec<Dyadic> = stream.normals(5).into_iter().map(exact).collect();
        let dual_x: Vec<Dual> = x.iter().map(|v| Dual(v.clone(), Dyadic::zero())).collect();
        let values = values(&network, &x);
        let error = values.output(&network).minus(&exact(0.7));
        let mut gradient = Blocks::zeros(&network, Dyadic::zero());
        add_gradient(&network, &x, &values, &pulls(&network, &error), Flow::Stopped, 2, &mut gradient);
        for_each_weight(&network, |(l, block, entry), moved| {
            let own = bfc::hierarchy::network::forward::values(moved, &dual_x);
            let head = bfc::hierarchy::network::forward::head(&own.sums[l - 2]).weighted(&moved.layer(l).scale);
            let expected = head.1.times(&error).times(&exact(2.0));
            let found = &gradient.blocks[l - 2][block].as_slice()[entry];
            assert!(expected.minus(found) == Dyadic::zero(), "layer {l}, block {block}, entry {entry} of {architecture:?}");
        });
    }
}

/// The pass over panels gives the bits of plain loops: values and derivatives sample by sample, summed over the samples in the
/// documented order. The numbers of samples lie on both sides of the edges of vectors and panels.
#[test]
fn the_pass_equals_plain_loops_bit_for_bit() {
    let mut stream = Stream::new(3, "gradient test");
    for architecture in shapes() {
        for samples in [1, 7, 8, 127, 128, 129, 300] {
            let depth = architecture.depth();
            let scope = |bottom, flow, local| Scope { bottom, top: depth, flow, local };
            for scope in [
                scope(2, Flow::Through, false),
                scope(2, Flow::Stopped, false),
                scope(2, Flow::Stopped, true),
                scope(depth, Flow::Through, false),
            ] {
                compare(&random_network(&architecture, &mut stream), samples, scope, &mut stream);
            }
        }
    }
}

/// What plain loops find on one sample.
struct Plain {
    /// `F` up to each layer minus the label.
    residuals: Vec<f64>,
    /// Half the derivative of `F`, or of the own head of each layer, in the weights.
    derivative: Blocks<f64>,
}

impl Plain {
    fn at(network: &Network<f64>, point: &[f64], label: f64, scope: Scope) -> Self {
        let values = values(network, point);
        let scales: Vec<f64> = (2..=network.depth()).map(|l| network.layer(l).scale).collect();
        let mut derivative = Blocks::zeros(network, 0.0);
        add_gradient(network, point, &values, &scales, scope.flow, scope.bottom, &mut derivative);
        let output = values.sums.iter().zip(&scales).scan(0.0, |output, (sums, scale)| {
            *output += scale * head(sums);
            Some(*output - label)
        });
        Plain { residuals: output.collect(), derivative }
    }
}

fn compare(network: &Network<f64>, samples: usize, scope: Scope, stream: &mut Stream) {
    let (d, depth) = (network.architecture().dimension(), network.depth());
    let (x, labels) = (Matrix::from_fn(d, samples, |_, _| stream.normal()), stream.normals(samples));
    let inputs = Inputs::new(&x, network.architecture().reads_squares());
    let mut step = Step::new(network, &inputs, scope, Activation::Square);
    let mut gradient = Blocks::zeros(network, 0.0);
    // What a pass leaves behind does not reach the next.
    for _ in 0..2 {
        let label = |p: usize, n: usize| labels.get(p * PANEL + n).copied().unwrap_or(f64::NAN);
        step.pass(network, &inputs, |p, _, outputs, row| row.set(|n| outputs.0[n] - label(p, n)));
    }
    let means: Vec<f64> = scope.observed().map(|l| step.mean_residual(l)).collect();
    let mean = |l: usize| means[l - scope.observed().start()];
    step.gradient(network, 4.0 / samples as f64, mean, &mut gradient.blocks);

    let point = |n: usize| (0..d).map(|i| x[(i, n)]).collect::<Vec<_>>();
    let each: Vec<Plain> = (0..samples).map(|n| Plain::at(network, &point(n), labels[n], scope)).collect();
    for l in scope.bottom..=depth {
        let observed = if scope.local { l } else { depth };
        let residuals: Vec<f64> = each.iter().map(|plain| plain.residuals[observed - 2]).collect();
        assert_eq!(bits(step.residuals(observed)), bits(&residuals), "residuals of layer {l}");
        let mean = sum(&residuals) / samples as f64;
        assert_eq!(step.mean_residual(observed).to_bits(), mean.to_bits());
        for (block, weights) in network.layer(l).weights.iter().enumerate() {
            for entry in 0..weights.as_slice().len() {
                let terms: Vec<f64> = each.iter().map(|plain| plain.derivative.blocks[l - 2][block].as_slice()[entry]).collect();
                let weighted: Vec<f64> = terms.iter().zip(&residuals).map(|(h, e)| e * h).collect();
                let expected = 4.0 / samples as f64 * (sum(&weighted) - mean * sum(&terms));
                let found = gradient.blocks[l - 2][block].as_slice()[entry];
                assert_eq!(expected.to_bits(), found.to_bits(), "layer {l}, block {block}, entry {entry}, {samples} samples");
            }
        }
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// The share of the mean that is carried along is the one that centring takes off: with labels moved by a constant, up to
/// roundings, and with the share left in, not at all.
#[test]
fn a_constant_in_the_labels_does_not_move_the_gradient() {
    let mut stream = Stream::new(7, "gradient test");
    let architecture = Architecture::new(5, &[2, 2], &Skips::LinSkip).expect("a possible shape");
    let network = random_network(&architecture, &mut stream);
    let (x, labels) = (Matrix::from_fn(5, 100, |_, _| stream.normal()), stream.normals(100));
    let inputs = Inputs::new(&x, false);
    let scope = Scope { bottom: 2, top: 3, flow: Flow::Through, local: false };
    let gradient = |constant: f64, centred: bool| {
        let mut step = Step::new(&network, &inputs, scope, Activation::Square);
        let label = |p: usize, n: usize| constant + labels.get(p * PANEL + n).unwrap_or(&0.0);
        step.pass(&network, &inputs, |p, _, outputs, row| row.set(|n| outputs.0[n] - label(p, n)));
        let mean = if centred { step.mean_residual(3) } else { 0.0 };
        let mut gradient = Blocks::zeros(&network, 0.0);
        step.gradient(&network, 0.04, |_| mean, &mut gradient.blocks);
        gradient.blocks[0][0].as_slice().to_vec()
    };
    let agree = |centred: bool| {
        let (plain, moved) = (gradient(0.0, centred), gradient(10.0, centred));
        plain.iter().zip(&moved).all(|(a, b)| close(*a, *b, 10.0 * largest(&plain)))
    };
    assert!(agree(true) && !agree(false));
}

/// Whether `a` and `b` agree up to roundings of numbers of the size of `scale`.
fn close(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-13 * scale
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |most, v| most.max(v.abs()))
}

/// Output and gradient, with residuals that depend on nothing but the samples, and are positive: so that little cancels in a chain.
fn evaluated(network: &Network<f64>, x: &Matrix<f64>, activation: Activation, flow: Flow) -> (Vec<f64>, Blocks<f64>) {
    let (top, inputs) = (network.depth(), Inputs::new(x, network.architecture().reads_squares()));
    let residuals = Stream::new(9, "residuals").normals(x.cols().next_multiple_of(PANEL));
    let mut step = Step::new(network, &inputs, Scope { bottom: 2, top, flow, local: false }, activation);
    step.pass(network, &inputs, |p, _, _, row| row.set(|n| residuals[p * PANEL + n].abs()));
    let mut gradient = Blocks::zeros(network, 0.0);
    step.gradient(network, 1.0, |_| 0.0, &mut gradient.blocks);
    (outputs(network, x, activation), gradient)
}

/// The quadratic forms are another way to compute the same function and the same gradient, on every shape.
#[test]
fn forms_agree_with_the_squares_they_replace() {
    let mut stream = Stream::new(4, "gradient test");
    for architecture in shapes() {
        for (samples, flow) in [(1, Flow::Through), (67, Flow::Through), (67, Flow::Stopped)] {
            let network = random_network(&architecture, &mut stream);
            let x = Matrix::from_fn(5, samples, |_, _| stream.normal());
            let (expected, expected_gradient) = evaluated(&network, &x, Activation::Square, flow);
            let (found, gradient) = evaluated(&network, &x, Activation::Forms, flow);
            let scale = largest(&expected);
            assert!(found.iter().zip(&expected).all(|(a, b)| close(*a, *b, scale)), "outputs of {architecture:?}");
            let pairs = gradient.blocks.iter().flatten().zip(expected_gradient.blocks.iter().flatten());
            for (block, expected) in pairs {
                let scale = largest(expected.as_slice());
                let entries = block.as_slice().iter().zip(expected.as_slice());
                assert!(entries.clone().all(|(a, b)| close(*a, *b, scale)), "gradient of {architecture:?}");
            }
        }
    }
}

/// A bound that no sample meets changes nothing; below one that all meet, the features are constant and pass no slope down.
#[test]
fn truncation_acts_beyond_its_bound_alone() {
    let mut stream = Stream::new(5, "gradient test");
    let architecture = Architecture::new(5, &[2, 2], &Skips::Lin).expect("a possible shape");
    let network = random_network(&architecture, &mut stream);
    let x = Matrix::from_fn(5, 20, |_, _| stream.normal());
    let whole = evaluated(&network, &x, Activation::Square, Flow::Through);
    assert_eq!(evaluated(&network, &x, Activation::Truncated(1e9), Flow::Through), whole);
    let (constant, gradient) = evaluated(&network, &x, Activation::Truncated(0.0), Flow::Through);
    let (_, stopped) = evaluated(&network, &x, Activation::Square, Flow::Stopped);
    let layer_2 = evaluated(&network.truncated(2), &x, Activation::Square, Flow::Through).0;
    assert_eq!(constant, layer_2);
    assert_eq!(gradient.blocks[0], stopped.blocks[0]);
}

/// The gradient of the truncated network, against difference quotients where no projection crosses the bound.
#[test]
fn the_truncated_gradient_is_that_of_the_truncated_function() {
    let mut stream = Stream::new(6, "gradient test");
    let architecture = Architecture::new(5, &[2, 1], &Skips::Lin).expect("a possible shape");
    let network = random_network(&architecture, &mut stream);
    let x = Matrix::from_fn(5, 40, |_, _| stream.normal());
    let activation = Activation::Truncated(2.0);
    let (truncated, _) = evaluated(&network, &x, activation, Flow::Through);
    assert_ne!(truncated, evaluated(&network, &x, Activation::Square, Flow::Through).0, "some projections must be truncated");
    let inputs = Inputs::new(&x, false);
    let scope = Scope { bottom: 2, top: 3, flow: Flow::Through, local: false };
    let mut step = Step::new(&network, &inputs, scope, activation);
    // The sum of all outputs: with residuals one, what is summed is half its derivative.
    step.pass(&network, &inputs, |_, _, _, row| *row = Row([1.0; PANEL]));
    let mut gradient = Blocks::zeros(&network, 0.0);
    step.gradient(&network, 2.0, |_| 0.0, &mut gradient.blocks);
    for entry in 0..10 {
        let total = |step: f64| {
            let mut moved = network.clone();
            moved.layer_mut(2).weights[0].as_mut_slice()[entry] += step;
            sum(&outputs(&moved, &x, activation))
        };
        let (quotient, found) = ((total(1e-6) - total(-1e-6)) / 2e-6, gradient.blocks[0][0].as_slice()[entry]);
        assert!((quotient - found).abs() < 1e-6 * found.abs().max(1.0), "entry {entry}: {quotient} {found}");
    }
}

/// `U` acts in the plane of the first two inputs as (3, -4; 4, 3)/5.
fn rotated(x: &[Rational]) -> Vec<Rational> {
    let fifths = |a: i64, b: i64| &(&x[0] * &Rational::new(a, 5).unwrap()) + &(&x[1] * &Rational::new(b, 5).unwrap());
    [vec![fifths(3, -4), fifths(4, 3)], x[2..].to_vec()].concat()
}

/// The blocks that read `x`, multiplied by `U'`: each row turns as the inputs do.
fn turned(blocks: &[Vec<Matrix<Rational>>], architecture: &Architecture) -> Vec<Vec<Matrix<Rational>>> {
    let turn = |block: &Matrix<Rational>| {
        let rows = (0..block.rows()).flat_map(|i| rotated(block.row(i))).collect();
        Matrix::from_rows(block.rows(), block.cols(), rows).unwrap()
    };
    let layer = |(l, blocks): (usize, &Vec<Matrix<Rational>>)| {
        let pairs = architecture.index_set(l).iter().zip(blocks);
        pairs.map(|(&j, block)| if j == 0 { turn(block) } else { block.clone() }).collect()
    };
    (2..).zip(blocks).map(layer).collect()
}

/// `proofs/equivariance.md`, lemma 1, for one gradient: without squares of the inputs it turns with them, and with them it does not.
#[test]
fn gradients_turn_with_the_inputs() {
    for (skips, turns) in [(Skips::Lin, true), (Skips::LinSkip, true), (Skips::Quad01, false)] {
        let architecture = Architecture::new(3, &[2, 2], &skips).unwrap();
        let network = random_network(&architecture, &mut Stream::new(5, "turned")).try_map(|&w| Rational::try_from(w)).unwrap();
        let blocks: Vec<_> = (2..=3).map(|l| network.layer(l).weights.clone()).collect();
        let mut other = network.clone();
        (2..).zip(turned(&blocks, &architecture)).for_each(|(l, weights)| other.layer_mut(l).weights = weights);
        let x = [1, 1, 3].map(Rational::from);
        let gradient = |network: &Network<Rational>, x: &[Rational]| {
            let mut sum = Blocks::zeros(network, Rational::zero());
            let pulls = [Rational::from(3), Rational::from(-2)];
            add_gradient(network, x, &values(network, x), &pulls, Flow::Through, 2, &mut sum);
            sum.blocks
        };
        let expected = turned(&gradient(&network, &x), &architecture);
        assert_eq!(gradient(&other, &rotated(&x)) == expected, turns, "{}", skips.name());
    }
}
