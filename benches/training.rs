//! How fast training is: a hundred steps with all layers on, a whole run, and a run of fixed length to compare with other programs.

use std::hint::black_box;

use bfc::claim::Profile;
use bfc::error::Result;
use bfc::hierarchy::claims::instances::{DEPTH_3, GAP, LIN_L4, LIN_L5, Recipe};
use bfc::hierarchy::experiment::{Cell, Learner, Runs, Staged};
use bfc::hierarchy::learner::initial::initial_network;
use bfc::hierarchy::learner::{Coupling, Descent, Kind, Samples, Stage, train};
use bfc::hierarchy::network::Network;
use bfc::hierarchy::target::distribution::draw;
use bfc::hierarchy::target::random::{labels, scales};
use bfc::portable::rng::Stream;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const STEPS: usize = 100;

fn recipes() -> impl Iterator<Item = &'static Recipe> {
    DEPTH_3.into_iter().chain([&LIN_L4, &LIN_L5])
}

/// How a run trains.
fn training(cell: &mut Cell) -> &mut Staged {
    match &mut cell.learner {
        Learner::Staged(staged) => staged,
        _ => unreachable!("recipes train in stages"),
    }
}

/// The samples of a run, and its learner before the first step.
fn prepared(cell: &Cell, descent: &Descent) -> Result<(Samples, Network<f64>)> {
    let i = &cell.instance;
    let (architecture, target) = (i.architecture()?, i.target()?);
    let x = draw(i.distribution, i.dimension, i.samples, &mut Stream::new(i.data_seed, "training samples"));
    let learner = initial_network(&architecture, &scales(i.gap, i.depth()), descent.initial_scale, cell.seed)?;
    Ok((Samples::new(&x, labels(&target, &x), architecture.reads_squares()), learner))
}

/// Samples prepared, all layers from the start.
fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("100 steps");
    group.sample_size(20).throughput(Throughput::Elements(STEPS as u64));
    for recipe in recipes() {
        let mut cell = recipe.run(Profile::Quick, Kind::Joint, GAP, 1);
        let descent = training(&mut cell).descent;
        let (samples, start) = prepared(&cell, &descent).expect("a possible instance");
        let stage = Stage::new(2, recipe.depth(), Coupling::Joint, STEPS);
        group.bench_function(recipe.name, |b| {
            b.iter(|| train(&mut black_box(start.clone()), &samples, stage, &descent, 1, &mut |_, _, _| ()));
        });
    }
}

/// Target, samples, all phases of joint training until the loss is rounding, and the exact risk.
fn whole_runs(c: &mut Criterion) {
    let mut group = c.benchmark_group("run");
    group.sample_size(10);
    for recipe in recipes() {
        let cell = recipe.run(Profile::Quick, Kind::Joint, GAP, 1);
        group.bench_function(recipe.name, |b| {
            b.iter(|| Runs::of(black_box(std::slice::from_ref(&cell)), 1));
        });
    }
}

/// `lin` L4 k1 d32 for all of its 5100 steps, as `benches/peers/training.py` does it in NumPy.
fn fixed_length(c: &mut Criterion) {
    let mut cell = LIN_L4.run(Profile::Quick, Kind::Joint, GAP, 1);
    training(&mut cell).descent.tolerance = 0.0;
    let mut group = c.benchmark_group("5100 steps, no early stop");
    group.sample_size(10);
    group.bench_function(LIN_L4.name, |b| {
        b.iter(|| Runs::of(black_box(std::slice::from_ref(&cell)), 1));
    });
}

criterion_group!(benches, steps, whole_runs, fixed_length);
criterion_main!(benches);
