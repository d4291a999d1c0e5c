//! How fast training is: a hundred steps of the last joint phase, and a whole run, per instance.

use std::hint::black_box;

use bfc::claim::Profile;
use bfc::claim::instances::{DEPTH_3, GAP, LIN_L4, LIN_L5, Recipe};
use bfc::experiment::Runs;
use bfc::learner::{Coupling, Kind, Stage};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const STEPS: usize = 100;

fn recipes() -> impl Iterator<Item = &'static Recipe> {
    DEPTH_3.into_iter().chain([&LIN_L4, &LIN_L5])
}

/// All layers from the start, for `steps` steps; the difference of two lengths is the cost of the steps alone.
fn steps(c: &mut Criterion) {
    let mut group = c.benchmark_group("steps");
    group.sample_size(10);
    for recipe in recipes() {
        for steps in [0, STEPS] {
            let stages = vec![Stage::new(2, recipe.depth(), Coupling::Joint, steps)];
            let cell = recipe.staged(Profile::Quick, stages, GAP, 1);
            group.throughput(Throughput::Elements(steps.max(1) as u64));
            group.bench_function(format!("{}/{steps}", recipe.name), |b| {
                b.iter(|| Runs::compute(black_box(std::slice::from_ref(&cell)), 1, &|_, _| ()));
            });
        }
    }
}

/// Target, samples, all phases of joint training until the loss is rounding, and the exact risk.
fn whole_runs(c: &mut Criterion) {
    let mut group = c.benchmark_group("run");
    group.sample_size(10);
    for recipe in recipes() {
        let cell = recipe.run(Profile::Quick, Kind::Joint, GAP, 1);
        group.bench_function(recipe.name, |b| {
            b.iter(|| Runs::compute(black_box(std::slice::from_ref(&cell)), 1, &|_, _| ()));
        });
    }
}

criterion_group!(benches, steps, whole_runs);
criterion_main!(benches);
