//! The table `learner`: every key that some kind of learner has. What a kind accepts, and its defaults, are in [`kinds`](super::kinds).

use serde::{Deserialize, Deserializer};

use super::values::{Widths, choice, flag, integers, number, seed, size};
use crate::hierarchy::learner::{Coupling, Stage, Units};
use crate::hierarchy::network::architecture::MAX_DEPTH;

const DEEPEST: u64 = MAX_DEPTH as u64;
/// The most steps that a phase may have.
const MOST_STEPS: u64 = 100_000_000;
/// The most units, restarts or rows that a learner may be asked for, times the least.
const MOST_UNITS: u64 = 4096;
/// The highest power by which samples may be weighed.
const MOST_POWER: u64 = 16;

/// The table `learner`, as it is given.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct LearnerKeys {
    /// Who learns.
    pub kind: Option<String>,
    /// Of the fixed rows and the initial weights; as the seed of the samples.
    #[serde(deserialize_with = "seed")]
    pub seed: Option<u64>,

    // Stages.
    /// The most steps of each phase, from layer 2 to `L`.
    #[serde(deserialize_with = "phases")]
    pub phases: Option<Vec<usize>>,
    /// Steps after thawing.
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>")]
    pub thaw_steps: Option<usize>,
    /// What trains when, one by one.
    pub stages: Option<Vec<StageKeys>>,
    /// The widths of the learner.
    pub width: Option<Widths>,

    // Descent.
    /// `eta`.
    #[serde(deserialize_with = "positive")]
    pub step: Option<f64>,
    /// Of the heavy ball.
    #[serde(deserialize_with = "momentum")]
    pub momentum: Option<f64>,
    /// [`Descent::cap`](crate::hierarchy::learner::Descent::cap).
    #[serde(deserialize_with = "positive")]
    pub cap: Option<f64>,
    /// The deviation of initial weights.
    #[serde(deserialize_with = "positive")]
    pub initial_scale: Option<f64>,
    /// The deviation of a newly switched-on head.
    #[serde(deserialize_with = "positive")]
    pub head_deviation: Option<f64>,
    /// A training ends at this loss / Var(y).
    #[serde(deserialize_with = "fraction")]
    pub tolerance: Option<f64>,
    /// That of layer 2 before the first step.
    #[serde(deserialize_with = "positive")]
    pub first_deviation: Option<f64>,
    /// The slope of the logistic loss.
    #[serde(deserialize_with = "positive")]
    pub logistic: Option<f64>,
    /// [`Weighting::offset`](crate::hierarchy::learner::Weighting::offset).
    #[serde(deserialize_with = "positive")]
    pub weight_offset: Option<f64>,
    /// [`Weighting::power`](crate::hierarchy::learner::Weighting::power).
    #[serde(deserialize_with = "size::<_, _, 1, MOST_POWER>")]
    pub weight_power: Option<usize>,
    /// Where the activation is cut off.
    #[serde(deserialize_with = "positive")]
    pub truncation: Option<f64>,
    /// Whether squares are read as quadratic forms, without forming them.
    #[serde(deserialize_with = "flag")]
    pub forms: Option<bool>,

    // Layers that are switched on by the training error.
    /// Whether only the newest layer learns.
    #[serde(deserialize_with = "flag")]
    pub layerwise: Option<bool>,
    /// How layers that learn together are coupled.
    #[serde(deserialize_with = "coupling")]
    pub coupling: Option<Coupling>,
    /// The layers up to this one are on from the start.
    #[serde(deserialize_with = "size::<_, _, 2, DEEPEST>")]
    pub on_from_start: Option<usize>,
    /// The next layer is switched on at a loss below this times the square of its scale; where this is large, after `least_steps`.
    #[serde(deserialize_with = "not_negative")]
    pub threshold: Option<f64>,
    /// A loss has stalled when it was not reduced by this fraction.
    #[serde(deserialize_with = "fraction")]
    pub gain: Option<f64>,
    /// Steps without gain.
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>")]
    pub patience: Option<usize>,
    /// Of a stage before the last.
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>")]
    pub least_steps: Option<usize>,
    /// Steps without gain on the last stage.
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>")]
    pub last_patience: Option<usize>,
    /// The step is not halved to below this.
    #[serde(deserialize_with = "positive")]
    pub least_step: Option<f64>,
    /// In all.
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>")]
    pub most_steps: Option<usize>,
    /// How many times the rows `R_l` that are needed.
    #[serde(deserialize_with = "size::<_, _, 1, 64>")]
    pub redundancy: Option<usize>,
    /// The most initialisations.
    #[serde(deserialize_with = "size::<_, _, 1, MOST_UNITS>")]
    pub restarts: Option<usize>,
    /// No further initialisation below this loss.
    #[serde(deserialize_with = "fraction")]
    pub enough: Option<f64>,

    // The over-parameterised learner.
    /// Layer `l` has this many times `k_l (k_l + 1)` wide rows.
    #[serde(deserialize_with = "size::<_, _, 1, 64>")]
    pub widening: Option<usize>,
    /// Of the distance between wide and narrow rows.
    #[serde(deserialize_with = "not_negative")]
    pub penalty: Option<f64>,
    /// Of the weights; of the iterated lift: the factor of its ridge and floor from round to round.
    #[serde(deserialize_with = "not_negative")]
    pub decay: Option<f64>,
    /// Of the wide rows, in every step.
    #[serde(deserialize_with = "not_negative")]
    pub noise: Option<f64>,
    /// As `threshold`, at most 1.
    #[serde(deserialize_with = "fraction")]
    pub switch_on: Option<f64>,
    /// Training ends at this error target.
    #[serde(deserialize_with = "fraction")]
    pub error_target: Option<f64>,
    /// In all.
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>")]
    pub steps: Option<usize>,
    /// Whether distilled layers stay as they are.
    #[serde(deserialize_with = "flag")]
    pub frozen: Option<bool>,

    // Kernels.
    /// The form of the kernel.
    pub kernel: Option<KernelName>,
    /// The kernels that are tried.
    pub kernels: Option<KernelsName>,
    /// Of a polynomial, or of parities.
    #[serde(deserialize_with = "size::<_, _, 0, 64>")]
    pub degree: Option<usize>,
    /// What is added to the inner product.
    #[serde(deserialize_with = "not_negative")]
    pub offset: Option<f64>,
    /// What a distance is multiplied by.
    #[serde(deserialize_with = "positive")]
    pub rate: Option<f64>,
    /// Layers of weights of the network whose tangent kernel it is.
    #[serde(deserialize_with = "size::<_, _, 1, 64>")]
    pub depth: Option<usize>,
    /// Whether inputs get one more coordinate, always 1.
    #[serde(deserialize_with = "flag")]
    pub bias: Option<bool>,
    /// Relative to the mean of the Gram matrix's diagonal; of the iterated lift as it is.
    #[serde(deserialize_with = "not_negative")]
    pub ridge: Option<f64>,

    // Others.
    /// Whether the learner is handed the target's own layer 2 in the place of the inputs.
    #[serde(rename = "handed-layer-2", deserialize_with = "flag")]
    pub handed_layer_2: Option<bool>,
    /// Of a two-layer network.
    #[serde(deserialize_with = "activation")]
    pub activation: Option<Units>,
    /// Squared units.
    #[serde(deserialize_with = "size::<_, _, 1, MOST_UNITS>")]
    pub units: Option<usize>,
    /// Fits of the iterated lift.
    #[serde(deserialize_with = "size::<_, _, 1, MOST_UNITS>")]
    pub rounds: Option<usize>,
    /// No direction counts less than this part of the first.
    #[serde(deserialize_with = "not_negative")]
    pub floor: Option<f64>,
    /// `alpha` of a lift.
    #[serde(deserialize_with = "positive")]
    pub scale: Option<f64>,
    /// The test error is looked at every so many steps.
    #[serde(deserialize_with = "size::<_, _, 1, MOST_STEPS>")]
    pub every: Option<usize>,
}

/// One stage: layers that learn, or heads that are weighed anew.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StageKeys {
    /// The lowest and the highest layer that learn.
    #[serde(deserialize_with = "layers")]
    layers: Option<Vec<usize>>,
    #[serde(deserialize_with = "coupling")]
    coupling: Option<Coupling>,
    #[serde(deserialize_with = "size::<_, _, 0, MOST_STEPS>")]
    steps: Option<usize>,
    /// The heads up to this layer are weighed anew.
    #[serde(deserialize_with = "size::<_, _, 2, DEEPEST>")]
    readout: Option<usize>,
}

impl StageKeys {
    /// The stage of a network of this depth; `None` where it is none.
    pub fn stage(&self, depth: usize) -> Option<Stage> {
        match (self.layers.as_deref(), self.coupling, self.steps, self.readout) {
            (Some(&[bottom, top]), coupling, Some(steps), None) if 2 <= bottom && bottom <= top && top <= depth => {
                Some(Stage::new(bottom, top, coupling.unwrap_or(Coupling::Joint), steps))
            }
            (None, None, None, Some(top)) if top <= depth => Some(Stage::readout(top)),
            _ => None,
        }
    }
}

/// The forms of kernels.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KernelName {
    /// `(offset + x.x'/d)^degree`.
    Polynomial,
    /// `1 + t^2 + t^4`.
    Even,
    /// `exp(-rate |x - x'|^2 / d)`.
    Rbf,
    /// `exp(-rate |x - x'| / sqrt d)`.
    Laplace,
    /// Infinitely many threshold units.
    #[serde(rename = "arc-cosine-0")]
    ArcCosine0,
    /// Infinitely many ReLU units.
    #[serde(rename = "arc-cosine-1")]
    ArcCosine1,
    /// The tangent kernel of a ReLU network.
    Tangent,
    /// The parities of a size.
    Parity,
}

/// The grids of kernels, of which the best on the test sample is taken.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KernelsName {
    /// Polynomials of degree 2.
    #[serde(rename = "polynomial-2")]
    Polynomial2,
    /// Polynomials of degree 4.
    #[serde(rename = "polynomial-4")]
    Polynomial4,
    /// RBF kernels.
    Rbf,
    /// Tangent kernels.
    Tangent,
}

fn positive<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f64>, D::Error> {
    number(d, |v| v > 0.0 && v <= 1e9, "a number above 0, at most 1e9")
}

fn not_negative<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f64>, D::Error> {
    number(d, |v| (0.0..=1e9).contains(&v), "a number from 0 to 1e9")
}

fn momentum<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f64>, D::Error> {
    number(d, |v| (0.0..1.0).contains(&v), "a number from 0 to below 1")
}

fn fraction<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f64>, D::Error> {
    number(d, |v| (0.0..=1.0).contains(&v), "a number from 0 to 1")
}

fn phases<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<usize>>, D::Error> {
    integers::<D, 0, MOST_STEPS>(d, "a list of numbers of steps, one for each layer from 2 to the depth").map(Some)
}

fn layers<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<usize>>, D::Error> {
    integers::<D, 2, DEEPEST>(d, "the lowest and the highest layer that learn, such as [2, 3]").map(Some)
}

fn coupling<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Coupling>, D::Error> {
    choice(d, &Coupling::LEARNING, Coupling::key).map(Some)
}

fn activation<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Units>, D::Error> {
    choice(d, &Units::ALL, Units::key).map(Some)
}
