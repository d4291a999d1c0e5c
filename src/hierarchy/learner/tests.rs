//! Ways of training against one another: what must be the same is the same, bit for bit, and what must differ does.

use super::initial::{initial, initial_network, quadratic_forms, spanning_rows};
use super::*;
use crate::hierarchy::network::values::{head, outputs};
use crate::hierarchy::network::{Activation, Architecture, Network, Skips};
use crate::matrix::Matrix;
use crate::portable::reduce::{norm, variance};
use crate::portable::rng::Stream;

const SCALES: [f64; 2] = [1.0, 0.1];

fn shape(skips: &Skips) -> Architecture {
    Architecture::new(6, &[2, 2], skips).unwrap()
}

/// Samples of a random network of the shape.
fn samples(shape: &Architecture, n: usize, name: &str) -> Samples {
    let teacher = initial_network(shape, &SCALES, 1.0, 9).unwrap();
    let mut stream = Stream::new(1, name);
    let x = Matrix::from_fn(shape.dimension(), n, |_, _| stream.normal());
    Samples::new(&x, outputs(&teacher, &x, Activation::Square), shape.reads_squares())
}

fn start(shape: &Architecture) -> Network<f64> {
    initial_network(shape, &SCALES, 0.3, 1).unwrap()
}

fn trained(shape: &Architecture, samples: &Samples, stages: &[Stage], descent: &Descent) -> (Network<f64>, Vec<StageEnd>) {
    let (mut network, mut on) = (start(shape), 1);
    let mut next = |&stage: &Stage| {
        let end = train(&mut network, samples, stage, descent, on, &mut |_, _, _| ());
        on = stage.top;
        end
    };
    let ends = stages.iter().map(&mut next).collect();
    (network, ends)
}

fn automatically(shape: &Architecture, samples: &Samples, automatic: &Automatic) -> (Network<f64>, Vec<StageEnd>) {
    let mut network = start(shape);
    let ends = train_automatically(&mut network, samples, automatic, &Descent::default(), &mut |_, _, _, _| ());
    (network, ends.into_iter().map(|(end, _)| end).collect())
}

/// `R_l` has as many rows as there are monomials `z_p z_q`, `p <= q`, each of length 1.
#[test]
fn spanning_rows_are_as_many_as_monomials() {
    for k in 1..=4 {
        let rows = spanning_rows(k, &mut Stream::new(1, "rows")).unwrap();
        let forms = quadratic_forms(&rows);
        assert_eq!((rows.rows(), rows.cols(), forms.cols()), (k * (k + 1) / 2, k, forms.rows()));
        assert!((0..rows.rows()).all(|i| (norm(rows.row(i)) - 1.0).abs() < 1e-15));
    }
}

/// The squared norm of the features of a layer has the deviation that is asked for when the layer is switched on.
#[test]
fn a_layer_is_switched_on_at_its_size() {
    let shape = shape(&Skips::LinSkip);
    let samples = samples(&shape, 60, "size");
    for wanted in [0.1, 3.0] {
        let (mut network, descent) = (start(&shape), Descent { head_deviation: wanted, ..Descent::default() });
        train(&mut network, &samples, Stage::new(3, 3, Coupling::Joint, 0), &descent, 2, &mut |_, _, _| ());
        let deviation = variance(&head(&network, &samples.inputs, 3, Activation::Square)).sqrt();
        assert!((deviation / wanted - 1.0).abs() < 1e-12, "{deviation} for {wanted}");
    }
}

/// The automatic schedule is the staged one with the phase lengths it found.
#[test]
fn an_automatic_run_is_a_staged_one() {
    for skips in [Skips::Lin, Skips::LinSkip] {
        let shape = shape(&skips);
        let samples = samples(&shape, 200, "samples");
        // Too short a run for the step to be halved.
        let automatic = Automatic { most_steps: 290, ..Automatic::default() };
        for automatic in [automatic, Automatic { layerwise: true, ..automatic }] {
            let (network, ends) = automatically(&shape, &samples, &automatic);
            assert_eq!(ends.iter().map(|e| e.steps).sum::<usize>(), 290);
            assert!(ends.len() == 2 && ends[0].steps >= 50, "{ends:?}");
            let bottom = if automatic.layerwise { 3 } else { 2 };
            let joint = |bottom, top, n: usize| Stage::new(bottom, top, Coupling::Joint, ends[n].steps);
            let staged = trained(&shape, &samples, &[joint(2, 2, 0), joint(bottom, 3, 1)], &Descent::default());
            assert_eq!((network, ends), staged);
        }
    }
}

/// Layer 3 alone soon takes weights that it had, and is not computed from there on. Online training on samples that are always the same
/// computes every step.
#[test]
fn a_descent_that_repeats_itself_is_told_in_full() {
    let shape = shape(&Skips::Lin);
    let samples = samples(&shape, 200, "samples");
    let (below, steps) = (trained(&shape, &samples, &[Stage::new(2, 2, Coupling::Joint, 60)], &Descent::default()).0, 4000);
    let stage = Stage::new(3, 3, Coupling::Joint, steps);
    let [mut found, mut expected] = [Vec::new(), Vec::new()];
    let (mut at_end, mut online) = (below.clone(), below);
    let end = train(&mut at_end, &samples, stage, &Descent::default(), 2, &mut |step, loss, network| {
        found.push((step, loss, network.layer(3).weights.clone()));
    });
    let mut source = |_| samples.clone();
    let expected_end = train_online(&mut online, &mut source, 200, stage, &Descent::default(), 2, &mut |step, loss, network| {
        expected.push((step, loss, network.layer(3).weights.clone()));
    });
    assert!(found == expected && found.len() == steps + 1, "of {} and {}", found.len(), expected.len());
    assert_eq!((at_end, end), (online, expected_end));
    let (_, _, last) = &expected[steps];
    assert!(expected[steps - 64..steps].iter().any(|(_, _, weights)| weights == last), "it does not repeat itself");
}

#[test]
fn layers_are_switched_on_at_once_or_never() {
    let shape = shape(&Skips::Lin);
    let samples = samples(&shape, 200, "samples");
    let at_once = Automatic { on_from_start: usize::MAX, most_steps: 20, ..Automatic::default() };
    let (network, ends) = automatically(&shape, &samples, &at_once);
    let stage = Stage::new(2, 3, Coupling::Joint, 20);
    assert_eq!((network, ends), trained(&shape, &samples, &[stage], &Descent::default()));
    let never = Automatic { threshold: 0.0, patience: usize::MAX, most_steps: 400, ..Automatic::default() };
    let (network, ends) = automatically(&shape, &samples, &never);
    assert_eq!((ends.len(), ends[0].steps), (1, 400));
    assert_eq!(network.layer(3), start(&shape).layer(3));
}

/// A loss that cannot fall ends the run: the step is halved down to its floor, once for every patience.
#[test]
fn stalls_halve_the_step_and_end_the_run() {
    let shape = shape(&Skips::Lin);
    let still = Descent { cap: 0.0, ..Descent::default() };
    let automatic = Automatic { patience: 10, least_steps: 5, last_patience: 20, least_step: 0.002, ..Automatic::default() };
    let mut network = start(&shape);
    let samples = samples(&shape, 50, "samples");
    let ends = train_automatically(&mut network, &samples, &automatic, &still, &mut |_, _, _, _| ());
    // .01 to .005 to .0025, and the third stall would leave .00125.
    assert_eq!(ends.iter().map(|(end, _)| end.steps).collect::<Vec<_>>(), [11, 63]);
}

/// Fresh samples that happen to be the same each time are full batches.
#[test]
fn online_training_on_one_batch_is_training() {
    let shape = shape(&Skips::LinSkip);
    let samples = samples(&shape, 40, "samples");
    let stage = Stage::new(2, 3, Coupling::Joint, 30);
    let descent = Descent::default();
    let mut network = start(&shape);
    let end = train_online(&mut network, &mut |_| samples.clone(), 40, stage, &descent, 1, &mut |_, _, _| ());
    assert_eq!((network.clone(), vec![end]), trained(&shape, &samples, &[stage], &descent));
    let mut fresh = start(&shape);
    let mut n = 0;
    let mut source = |size| {
        n += 1;
        self::samples(&shape, size, &format!("batch {n}"))
    };
    train_online(&mut fresh, &mut source, 40, stage, &descent, 1, &mut |_, _, _| ());
    assert_eq!(n, 31);
    assert_ne!(fresh, network);
}

/// How far the rows of layer 2 have left the span of the rows they had, over their size.
fn turned(before: &Network<f64>, after: &Network<f64>) -> f64 {
    let side_by_side = |n: &Network<f64>, i: usize| {
        let rows = n.layer(2).weights.iter().map(|w| w.row(i).to_vec());
        rows.collect::<Vec<_>>().concat()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let remove = |row: &mut Vec<f64>, b: &[f64]| {
        let along = dot(row, b) / dot(b, b);
        row.iter_mut().zip(b).for_each(|(r, b)| *r -= along * b);
    };
    let first = side_by_side(before, 0);
    let mut second = side_by_side(before, 1);
    remove(&mut second, &first);
    let left = |i: usize| {
        let mut row = side_by_side(after, i);
        let size = norm(&row);
        remove(&mut row, &first);
        remove(&mut row, &second);
        norm(&row) / size
    };
    left(0).max(left(1))
}

/// Runs are told apart by what their stages are encoded as.
#[test]
fn stages_that_differ_are_encoded_differently() {
    use crate::canonical::Canonical;
    let stages = [
        Stage::new(2, 3, Coupling::Joint, 5),
        Stage::new(3, 3, Coupling::Joint, 5),
        Stage::new(2, 2, Coupling::Joint, 5),
        Stage::new(2, 3, Coupling::LocalLoss, 5),
        Stage::new(2, 3, Coupling::Joint, 6),
    ];
    let codes: std::collections::BTreeSet<_> = stages.iter().map(|stage| stage.encode(Canonical::of("stage")).digest()).collect();
    assert_eq!(codes.len(), stages.len());
    assert_ne!(stages[0].encode(Canonical::of("stage")).digest(), stages[0].encode(Canonical::of("another")).digest());
}

/// Nothing reads the rows of the top layer: they are the identity. Those below are as many as monomials.
#[test]
fn the_top_layer_begins_with_the_identity() {
    let network = start(&shape(&Skips::Lin));
    assert_eq!(network.layer(3).span, Matrix::from_fn(2, 2, |i, j| f64::from(i == j)));
    assert_eq!((network.layer(2).span.rows(), network.layer(2).span.cols()), (3, 2));
}

#[test]
fn a_frozen_row_space_is_not_left() {
    for skips in [Skips::Lin, Skips::LinSkip, Skips::Quad01] {
        let shape = shape(&skips);
        let samples = samples(&shape, 200, "samples");
        let alone = Stage::new(2, 2, Coupling::Joint, 60);
        let (before, _) = trained(&shape, &samples, &[alone], &Descent::default());
        let after = |coupling| trained(&shape, &samples, &[alone, Stage::new(2, 3, coupling, 200)], &Descent::default()).0;
        let (frozen, free) = (turned(&before, &after(Coupling::RowSpace)), turned(&before, &after(Coupling::Joint)));
        // Rounding of 200 steps against what correction does.
        assert!(frozen < 1e-13, "{skips:?}: {frozen}");
        assert!(free > 1e-4, "{skips:?}: {free}");
        assert!(after(Coupling::RowSpace).layer(2) != before.layer(2), "the layer still learns");
    }
}

/// The forms compute the same training, until roundings have grown.
#[test]
fn training_by_forms_is_the_same_training() {
    let shape = shape(&Skips::LinSkip);
    let samples = samples(&shape, 100, "samples");
    let stage = [Stage::new(2, 3, Coupling::Joint, 20)];
    let (by_squares, _) = trained(&shape, &samples, &stage, &Descent::default());
    let forms = Descent { activation: Activation::Forms, ..Descent::default() };
    let (by_forms, _) = trained(&shape, &samples, &stage, &forms);
    let pairs = (2..=3).flat_map(|l| by_squares.layer(l).weights.iter().zip(&by_forms.layer(l).weights));
    for (a, b) in pairs.flat_map(|(a, b)| a.as_slice().iter().zip(b.as_slice())) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
}

/// A learner may be wider than what it learns from.
#[test]
fn widths_are_the_learners_own() {
    let (narrow, wide) = (shape(&Skips::Lin), Architecture::new(6, &[3, 5], &Skips::Lin).unwrap());
    let samples = samples(&narrow, 300, "samples");
    let mut network = initial_network(&wide, &SCALES, 0.3, 1).unwrap();
    let ends = train_automatically(&mut network, &samples, &Automatic::default(), &Descent::default(), &mut |_, _, _, _| ());
    assert!(ends[1].0.loss < 1e-2 * ends[0].0.loss, "{:?}", ends.iter().map(|e| e.0).collect::<Vec<_>>());
}

#[test]
fn redundant_rows_and_further_attempts() {
    let shape = Architecture::new(6, &[3, 2], &Skips::Lin).unwrap();
    let made = |start: Initial| initial(&shape, &SCALES, &start, 1).unwrap();
    let first = made(Initial::scaled(0.3));
    assert_eq!(first, initial_network(&shape, &SCALES, 0.3, 1).unwrap());
    let again = made(Initial { attempt: 1, ..Initial::scaled(0.3) });
    assert_eq!(first.layer(2).span, again.layer(2).span);
    assert_ne!(first.layer(2).weights, again.layer(2).weights);
    let twice = made(Initial { redundancy: 2, ..Initial::scaled(0.3) });
    assert_eq!((twice.layer(2).span.rows(), twice.layer(3).weights[0].cols(), twice.layer(3).span.rows()), (12, 12, 2));
    let values = crate::portable::factor::singular_values(&quadratic_forms(&twice.layer(2).span)).unwrap();
    assert!(values[5] > 0.1, "twice the rows span the forms: {values:?}");
}

/// Settings that are not the default are encoded, each differently; the default adds nothing.
#[test]
fn settings_are_told_apart() {
    use crate::canonical::Canonical;
    let descents = [
        Descent::default(),
        Descent { loss: Loss::Logistic(1.0), ..Descent::default() },
        Descent { loss: Loss::Weighted(Weighting { offset: 1.0, power: 2 }), ..Descent::default() },
        Descent { loss: Loss::Weighted(Weighting { offset: 1.0, power: 4 }), ..Descent::default() },
        Descent { loss: Loss::Weighted(Weighting { offset: 0.5, power: 4 }), ..Descent::default() },
        Descent { activation: Activation::Truncated(1.0), ..Descent::default() },
        Descent { first_deviation: Some(1.0), ..Descent::default() },
        Descent { activation: Activation::Forms, ..Descent::default() },
    ];
    let encodings: Vec<_> = descents.iter().map(|d| d.encode(Canonical::of("test")).digest()).collect();
    let distinct: std::collections::BTreeSet<_> = encodings.iter().collect();
    assert_eq!(distinct.len(), descents.len());
    let d = Descent::default();
    let old = [d.step, d.momentum, d.cap, d.initial_scale, d.head_deviation, d.tolerance];
    assert_eq!(encodings[0], Canonical::of("test").floats(&old).digest());
}

/// Where layer 2 alone has come to rest, its size is the best one for the weighted errors at their best bias, and not for the plain ones:
/// the derivative of `sum w (s h + b - y)^2` in `s` vanishes at 1, with `h = ||S_2||^2`, over samples that fill no panel.
#[test]
fn a_weighted_descent_ends_where_the_weighted_squares_are_least() {
    let shape = shape(&Skips::Lin);
    let seen = samples(&shape, 200, "samples");
    let loss = Loss::Weighted(Weighting { offset: 0.5, power: 3 });
    let alone = [Stage::new(2, 2, Coupling::Joint, 4000)];
    let (network, _) = trained(&shape, &seen, &alone, &Descent { loss, ..Descent::default() });
    let (h, y) = (head(&network, &seen.inputs, 2, Activation::Square), seen.labels());
    let derivative = |weight: &dyn Fn(usize) -> f64| {
        let total = |of: &dyn Fn(usize) -> f64| (0..h.len()).map(|n| weight(n) * of(n)).sum::<f64>();
        let bias = total(&|n| y[n] - h[n]) / total(&|_| 1.0);
        total(&|n| (h[n] + bias - y[n]) * h[n]) / total(&|n| h[n] * h[n])
    };
    let (weighted, plain) = (derivative(&|n| (y[n].abs() + 0.5).powi(-3)), derivative(&|_| 1.0));
    assert!(weighted.abs() < 1e-10 && plain.abs() > 1e-3, "{weighted:e}, without weights {plain:e}");
}

/// `proofs/equivariance.md`, lemma 1: with the signs of some inputs changed, in the samples and in the start, a run is the same one with
/// these signs changed in its weights, bit for bit.
#[test]
fn a_run_changes_signs_with_the_inputs() {
    for skips in [Skips::Lin, Skips::LinSkip] {
        let shape = shape(&skips);
        let seen = samples(&shape, 200, "samples");
        let sign = |c: usize| if c.is_multiple_of(2) { -1.0 } else { 1.0 };
        let mirrored = Matrix::from_fn(shape.dimension(), seen.len(), |c, n| sign(c) * seen.x()[(c, n)]);
        let mirrored = Samples::new(&mirrored, seen.labels().to_vec(), false);
        let mirror = |mut network: Network<f64>| {
            for l in 2..=3 {
                let blocks = shape.index_set(l).iter().zip(&mut network.layer_mut(l).weights);
                for (_, block) in blocks.filter(|(j, _)| **j == 0) {
                    (0..block.rows()).for_each(|i| block.row_mut(i).iter_mut().enumerate().for_each(|(c, w)| *w *= sign(c)));
                }
            }
            network
        };
        let run = |mut network: Network<f64>, samples: &Samples| {
            let mut ends = Vec::new();
            for (top, on) in [(2, 1), (3, 2)] {
                let stage = Stage::new(2, top, Coupling::Joint, 60);
                ends.push(train(&mut network, samples, stage, &Descent::default(), on, &mut |_, _, _| ()));
            }
            (network, ends)
        };
        let (straight, ends) = run(start(&shape), &seen);
        assert_eq!(run(mirror(start(&shape)), &mirrored), (mirror(straight.clone()), ends));
        assert_ne!(mirror(straight.clone()), straight);
    }
}
