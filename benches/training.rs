//! How fast training is: a hundred steps with all layers on, and a whole run. `benches/peers/steps.py` compares steps with other programs.

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

mod timing;

const STEPS: usize = 100;

fn recipes() -> impl Iterator<Item = &'static Recipe> {
    DEPTH_3.into_iter().chain([&LIN_L4, &LIN_L5])
}

/// How a run trains.
fn training(cell: &mut Cell) -> &mut Staged {
    match &mut cell.learner {
        Learner::Staged(staged) | Learner::Online(staged) => staged,
        Learner::Automatic(..) | Learner::Alternative(..) | Learner::Distilled(..) | Learner::Ridge(..) => {
            unreachable!("recipes train in stages")
        }
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
fn steps(recipe: &Recipe) {
    let mut cell = recipe.run(Profile::Quick, Kind::Joint, GAP, 1);
    let descent = training(&mut cell).descent;
    let (samples, start) = prepared(&cell, &descent).expect("a possible instance");
    let stage = Stage::new(2, recipe.depth(), Coupling::Joint, STEPS);
    timing::report(&format!("{STEPS} steps, {}", recipe.name), 20, || {
        train(&mut start.clone(), &samples, stage, &descent, 1, &mut |_, _, _| ())
    });
}

/// Target, samples, all phases of joint training until the loss is rounding, and the exact risk.
fn whole_run(recipe: &Recipe) {
    let cell = recipe.run(Profile::Quick, Kind::Joint, GAP, 1);
    timing::report(&format!("run, {}", recipe.name), 5, || Runs::compute(std::slice::from_ref(&cell), 1, None, &|_, _| ()));
}

fn main() {
    recipes().for_each(steps);
    recipes().for_each(whole_run);
}
