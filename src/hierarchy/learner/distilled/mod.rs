//! The over-parameterised learner: wide layers fit, narrow layers are distilled from them and make the features.
//!
//! It follows the idea published with the concept class, in a form of our own. Layer `l` has `m_l = c k_l (k_l + 1)` wide rows `W_l`
//! and `k_l` narrow rows `K_l`, and `h_l` collects the features that it reads:
//!
//! ```text
//! F = sum_l alpha_l ||W_l h_l||^2      S_l = K_l h_l      f_l = act(R_l S_l)      act(z) = z^2 for |z| <= B, else B^2
//!
//! minimise  mean (F - y)^2 + sum_l alpha_l^2 ( lambda ||W_l'W_l - K_l'K_l||_F^2 + w eps0^2 / 2 (||W_l||^2 + ||K_l||^2) )
//! ```
//!
//! by gradient descent with noise on `W`, while the error target `eps0` is halved whenever it is reached. A layer is distilled
//! (`K_l` becomes the leading part of `W_l`), and the next one switched on, when the training error falls below a threshold or
//! stalls.

use super::descent::initial::initial_network;
use super::samples::Samples;
use crate::error::Result;
use crate::hierarchy::network::Architecture;
pub use outcome::{Distilled, Event, What};
pub use settings::Distillation;
use training::Training;

mod derivative;
mod outcome;
mod settings;
mod tied;
mod training;

/// Trains the learner of the given shape (that of the narrow network) and head scales `alpha_2, ..., alpha_L`.
///
/// Streams of `seed`: `learner rows` (the fixed rows `R_l` are those of the ordinary learner), `wide weights`, `wide noise`.
/// Guarantee: replayed.
///
/// # Errors
/// When a shape does not fit, or a factorisation does not converge.
pub fn distil(
    architecture: &Architecture,
    scales: &[f64],
    samples: &Samples,
    settings: &Distillation,
    seed: u64,
) -> Result<Distilled> {
    let like = initial_network(architecture, scales, settings.initial_scale, seed)?;
    let mut training = Training::new(&like, samples, settings, seed);
    let mut step = 0;
    loop {
        let mut loss = training.loss();
        let done = step == settings.steps || !loss.is_finite();
        if done || training.reached(loss, step) || training.exhausted(loss, step) {
            return training.finish(loss, step);
        }
        if training.may_distil(loss, step) {
            training.switch_on(loss, step)?;
            loss = training.loss();
        }
        training.step(loss);
        step += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Distribution;
    use crate::hierarchy::learner::tuning::test_error;
    use crate::hierarchy::network::Skips;
    use crate::hierarchy::target::distribution::draw;
    use crate::hierarchy::target::random::{labels, random_target, scales};
    use crate::portable::reduce::norm;
    use crate::portable::rng::Stream;

    /// A chain of depth 3 and width 1 on 8 inputs, gap .1, and samples of it to train on and to test.
    pub(super) fn problem() -> (Architecture, Samples, Samples) {
        let architecture = Architecture::new(8, &[1, 1], &Skips::Lin).expect("a possible shape");
        let target = random_target(&architecture, 0.1, Distribution::Gaussian, 1).expect("a possible target");
        let samples = |name: &str, n: usize| {
            let x = draw(Distribution::Gaussian, 8, n, &mut Stream::new(1, name));
            Samples::new(&x, labels(&target, &x), false)
        };
        let (train, test) = (samples("train", 240), samples("test", 2000));
        (architecture, train, test)
    }

    /// Test errors of wide and of narrow rows.
    fn errors(distilled: &Distilled, test: &Samples) -> [f64; 2] {
        [distilled.predict(test.x()), labels(&distilled.narrow, test.x())].map(|predicted| test_error(&predicted, test))
    }

    #[test]
    fn wide_and_narrow_rows_reach_the_error_target_and_without_the_penalty_only_the_wide_ones() {
        let (architecture, train, test) = problem();
        let trained = |settings: &Distillation| distil(&architecture, &scales(0.1, 3), &train, settings, 1).expect("finite");
        let tied = trained(&Distillation::default());
        let [wide, narrow] = errors(&tied, &test);
        assert!(wide < 1e-5 && narrow < 1e-5, "wide {wide:e}, narrow {narrow:e}");
        let [wide, narrow] = errors(&trained(&Distillation { penalty: 0.0, ..Distillation::default() }), &test);
        assert!(wide < 1e-4 && narrow > 1e-3, "without penalty: wide {wide:e}, narrow {narrow:e}");
        let again = trained(&Distillation::default());
        assert_eq!(again.narrow.canonical().hex(), tied.narrow.canonical().hex(), "the same bits again");
    }

    #[test]
    fn events_tell_the_story_in_order() {
        let (architecture, train, _) = problem();
        let distilled = distil(&architecture, &scales(0.1, 3), &train, &Distillation::default(), 1).expect("finite");
        let events = &distilled.events;
        assert!(events.windows(2).all(|pair| pair[0].step <= pair[1].step));
        let layers: Vec<usize> =
            events.iter().filter_map(|e| if let What::Distilled(l) = e.what { Some(l) } else { None }).collect();
        assert_eq!(layers, [2, 3]);
        let halvings = events.iter().filter(|e| matches!(e.what, What::Halved(_))).count();
        // 2^-11 is the first halving of 1 that is no larger than 5e-4.
        assert_eq!(halvings, 11);
        let last = events.last().expect("the end is told");
        assert!(last.what == What::Ended && last.features == distilled.narrow.truncated(2));
    }

    /// A layer trains as long as it must before it is distilled, counted from when it was switched on; and the top one is in any case.
    #[test]
    fn a_layer_has_its_time_before_it_is_distilled() {
        let (architecture, train, _) = problem();
        let of = |settings: &Distillation| distil(&architecture, &scales(0.1, 3), &train, settings, 1).expect("finite");
        let distilled = of(&Distillation { least_steps: 700, steps: 1500, ..Distillation::default() });
        let at = |layer| distilled.events.iter().find(|e| e.what == What::Distilled(layer)).expect("it is distilled").step;
        assert!(at(2) > 700 && at(3) > at(2) + 700, "{} {}", at(2), at(3));
        let short = of(&Distillation { steps: 20, ..Distillation::default() });
        assert!(!short.events.iter().any(|e| matches!(e.what, What::Distilled(_))));
        let length = |l: usize| norm(short.narrow.layer(l).weights[0].as_slice());
        assert!(length(2) > 0.0 && length(3) == 0.0, "{} {}", length(2), length(3));
    }

    #[test]
    fn a_run_that_diverges_ends_and_says_so() {
        let (architecture, train, _) = problem();
        let settings = Distillation { step: 1e6, cap: f64::INFINITY, ..Distillation::default() };
        let distilled = distil(&architecture, &scales(0.1, 3), &train, &settings, 1).expect("an end");
        assert!(distilled.events.last().is_some_and(|e| !e.loss.is_finite()));
    }
}
