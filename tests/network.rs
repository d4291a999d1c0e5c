//! The network's gradient against exact derivatives, and its fast form against its definition.

use bfc::exact::dual::Dual;
use bfc::exact::{Dyadic, Rational};
use bfc::hierarchy::network::batch::{Batch, Inputs};
use bfc::hierarchy::network::forward::{output, values};
use bfc::hierarchy::network::gradient::{Blocks, Flow, add_gradient};
use bfc::hierarchy::network::{Activation, Architecture, Layer, Network, Skips};
use bfc::matrix::Matrix;
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
        shape(&[3, 2], &Skips::LinSkip),
        shape(&[2, 1], &Skips::Quad01),
        shape(&[2, 2, 2], &everything),
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

/// The fast forms give the bits of the definition: values sample by sample, gradients summed over samples in the documented order.
#[test]
fn the_batch_equals_the_definition_bit_for_bit() {
    let mut stream = Stream::new(3, "gradient test");
    for architecture in shapes() {
        for samples in [1, 7, 8, 67] {
            for (flow, bottom) in [(Flow::Through, 2), (Flow::Stopped, 2), (Flow::Through, architecture.depth())] {
                compare(&random_network(&architecture, &mut stream), samples, flow, bottom, &mut stream);
            }
        }
    }
}

fn compare(network: &Network<f64>, samples: usize, flow: Flow, bottom: usize, stream: &mut Stream) {
    let (d, depth) = (network.architecture().dimension(), network.depth());
    let x = Matrix::from_fn(d, samples, |_, _| stream.normal());
    let errors = stream.normals(samples);
    let inputs = Inputs::new(&x, network.architecture().reads_squares());
    let mut batch = Batch::new(network, depth, samples);
    batch.forward(network, &inputs, 2);
    let mut found = vec![0.0; samples];
    batch.errors(depth, &vec![0.0; samples], &mut found);
    let mut gradient = Blocks::zeros(network, 0.0);
    let factors: Vec<f64> = (2..=depth).map(|l| 4.0 * network.layer(l).scale / samples as f64).collect();
    (bottom..=depth).for_each(|l| batch.pull(l, factors[l - 2], &errors));
    batch.gradient(network, &inputs, flow, bottom, &mut gradient);

    let mut each = Vec::new();
    for n in 0..samples {
        let point: Vec<f64> = (0..d).map(|i| x[(i, n)]).collect();
        let values = values(network, &point);
        assert_eq!(values.output(network).to_bits(), found[n].to_bits(), "output of sample {n}");
        let pulls: Vec<f64> = factors.iter().map(|f| f * errors[n]).collect();
        let mut one = Blocks::zeros(network, 0.0);
        add_gradient(network, &point, &values, &pulls, flow, bottom, &mut one);
        each.push(one);
    }
    for l in bottom..=depth {
        for (block, weights) in network.layer(l).weights.iter().enumerate() {
            for entry in 0..weights.as_slice().len() {
                let terms: Vec<f64> = each.iter().map(|g| g.blocks[l - 2][block].as_slice()[entry]).collect();
                let expected = sum(&terms);
                let found = gradient.blocks[l - 2][block].as_slice()[entry];
                assert_eq!(expected.to_bits(), found.to_bits(), "layer {l}, block {block}, entry {entry}, {samples} samples");
            }
        }
    }
}

/// Whether `a` and `b` agree up to roundings of numbers of the size of `scale`.
fn close(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-13 * scale
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |most, v| most.max(v.abs()))
}

/// Output and gradient of a batch, with pulls that depend on nothing but the samples.
fn evaluated(network: &Network<f64>, x: &Matrix<f64>, activation: Activation, flow: Flow) -> (Vec<f64>, Blocks<f64>) {
    let (depth, samples) = (network.depth(), x.cols());
    let inputs = Inputs::new(x, network.architecture().reads_squares());
    let mut batch = Batch::activated(network, depth, samples, activation);
    batch.forward(network, &inputs, 2);
    let mut outputs = vec![0.0; samples];
    batch.outputs(depth, &mut outputs);
    let pulls = Stream::new(9, "pulls").normals(samples);
    (2..=depth).for_each(|l| batch.pull(l, 1.0, &pulls));
    let mut gradient = Blocks::zeros(network, 0.0);
    batch.gradient(network, &inputs, flow, 2, &mut gradient);
    (outputs, gradient)
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
    let (outputs, _) = evaluated(&network, &x, activation, Flow::Through);
    assert_ne!(outputs, evaluated(&network, &x, Activation::Square, Flow::Through).0, "some projections must be truncated");
    let inputs = Inputs::new(&x, false);
    let mut batch = Batch::activated(&network, 3, 40, activation);
    batch.forward(&network, &inputs, 2);
    // The sum of all outputs: its derivative in S_l through the own head is 2 alpha_l S_l.
    (2..=3).for_each(|l| batch.pull(l, 2.0 * network.layer(l).scale, &[1.0; 40]));
    let mut gradient = Blocks::zeros(&network, 0.0);
    batch.gradient(&network, &inputs, Flow::Through, 2, &mut gradient);
    for entry in 0..10 {
        let total = |step: f64| {
            let mut moved = network.clone();
            moved.layer_mut(2).weights[0].as_mut_slice()[entry] += step;
            sum(&bfc::hierarchy::network::batch::outputs(&moved, &x, activation))
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
