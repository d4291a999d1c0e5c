//! From the keys of a learner to the learner. What is not given has the default of its kind.

use super::keys::{KernelName, KernelsName, LearnerKeys};
use super::values::Widths;
use crate::hierarchy::experiment::{Automated, Compared, Learner, Online, Ridge, Staged};
use crate::hierarchy::learner::{
    Alternative, Automatic, Descent, Distillation, IteratedLift, Kernel, Kind, Lift, Loss, Restarts, Stage, Units, Weighting,
};
use crate::hierarchy::network::Activation;

/// A key whose value does not fit, and what was expected.
#[derive(Debug)]
pub struct Refusal {
    /// The key of the table `learner`.
    pub key: &'static str,
    /// What was expected.
    pub expected: String,
}

impl Refusal {
    fn new(key: &'static str, expected: impl Into<String>) -> Self {
        Refusal { key, expected: expected.into() }
    }
}

/// What is given of a learner.
pub struct Given<'a> {
    /// The name of its kind.
    pub kind: &'static str,
    /// Its keys.
    pub keys: &'a LearnerKeys,
    /// The depth of the target.
    pub depth: usize,
}

impl Given<'_> {
    fn default_phases(&self) -> Vec<usize> {
        match self.depth {
            3 => vec![1000, 4000],
            4 => vec![600, 1500, 3000],
            depth => (2..=depth).map(|l| 1000 << (l - 2)).collect(),
        }
    }

    fn phases(&self) -> Result<Vec<usize>, Refusal> {
        let phases = self.keys.phases.clone().unwrap_or_else(|| self.default_phases());
        match phases.len() == self.depth - 1 {
            true => Ok(phases),
            false => {
                let expected = format!("{} numbers of steps, one for each layer from 2 to {}", self.depth - 1, self.depth);
                Err(Refusal::new("phases", expected))
            }
        }
    }

    /// The stages of a kind that has one phase for each layer.
    fn stages_of(&self, kind: Kind) -> Result<Vec<Stage>, Refusal> {
        let phases = self.phases()?;
        let thaw = self.keys.thaw_steps.or(phases.last().copied()).unwrap_or(0);
        kind.stages(&phases, thaw).map_err(|e| Refusal::new("phases", e.to_string()))
    }

    /// The stages that are given one by one.
    fn own_stages(&self) -> Result<Option<Vec<Stage>>, Refusal> {
        let Some(stages) = &self.keys.stages else { return Ok(None) };
        let expected = format!(
            "stages such as {{ layers = [2, 3], steps = 100 }}, with a coupling or without one, or {{ readout = 3 }}; layers from 2 to {}",
            self.depth
        );
        let stages: Option<Vec<Stage>> = stages.iter().map(|keys| keys.stage(self.depth)).collect();
        match stages.filter(|stages| !stages.is_empty()) {
            Some(stages) => Ok(Some(stages)),
            None => Err(Refusal::new("stages", expected)),
        }
    }

    fn width(&self) -> Result<Option<Vec<usize>>, Refusal> {
        let count = self.depth - 1;
        match &self.keys.width {
            None => Ok(None),
            Some(Widths::All(width)) => Ok(Some(vec![*width; count])),
            Some(Widths::Each(widths)) if widths.len() == count => Ok(Some(widths.clone())),
            Some(Widths::Each(_)) => {
                Err(Refusal::new("width", format!("{count} widths, one for each layer from 2 to {}", self.depth)))
            }
        }
    }

    /// At depth 5 and above, the top layers are high powers of which samples see little: they need the longer memory.
    fn descent(&self) -> Result<Descent, Refusal> {
        let (keys, rule) = (self.keys, Descent::default());
        let step = match self.depth {
            2 | 3 => rule.step,
            4 => 0.005,
            _ => 0.003,
        };
        let activation = match (keys.truncation, keys.forms) {
            (None, Some(true)) => Activation::Forms,
            (None, _) => Activation::Square,
            (Some(bound), None | Some(false)) => Activation::Truncated(bound),
            (Some(_), Some(true)) => return Err(Refusal::new("forms", "no forms where the activation is truncated")),
        };
        Ok(Descent {
            step: keys.step.unwrap_or(step),
            momentum: keys.momentum.unwrap_or(if self.depth < 5 { rule.momentum } else { 0.99 }),
            cap: keys.cap.unwrap_or(rule.cap),
            initial_scale: keys.initial_scale.unwrap_or(rule.initial_scale),
            head_deviation: keys.head_deviation.unwrap_or(rule.head_deviation),
            tolerance: keys.tolerance.unwrap_or(rule.tolerance),
            first_deviation: keys.first_deviation,
            loss: self.loss()?,
            activation,
        })
    }

    fn loss(&self) -> Result<Loss, Refusal> {
        let keys = self.keys;
        match (keys.logistic, keys.weight_offset, keys.weight_power) {
            (None, None, None) => Ok(Loss::Squared),
            (Some(slope), None, None) => Ok(Loss::Logistic(slope)),
            (None, Some(offset), Some(power)) => Ok(Loss::Weighted(Weighting { offset, power })),
            (None, Some(_), None) => Err(Refusal::new("weight-power", "a power beside weight-offset")),
            (None, None, Some(_)) => Err(Refusal::new("weight-offset", "an offset beside weight-power")),
            (Some(_), _, _) => Err(Refusal::new("logistic", "no weights of squared errors beside the logistic loss")),
        }
    }

    fn staged(&self, stages: Vec<Stage>) -> Result<Staged, Refusal> {
        Ok(Staged { stages, descent: self.descent()?, widths: self.width()? })
    }

    /// A learner that is tuned on the test samples.
    pub fn compared(&self, alternative: Alternative) -> Result<Learner, Refusal> {
        let handed_layer_2 = self.keys.handed_layer_2.unwrap_or(false);
        Ok(Learner::Alternative(Compared { alternative, handed_layer_2 }))
    }
}

/// One of the kinds that have a phase for each layer.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn phased(given: &Given<'_>) -> Result<Learner, Refusal> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == given.kind).expect("these five are built here");
    given.staged(given.stages_of(kind)?).map(Learner::Staged)
}

/// Stages that are given one by one.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn staged(given: &Given<'_>) -> Result<Learner, Refusal> {
    let stages = given.own_stages()?.map_or_else(|| given.stages_of(Kind::Joint), Ok)?;
    given.staged(stages).map(Learner::Staged)
}

/// Fresh samples in every step.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn online(given: &Given<'_>) -> Result<Learner, Refusal> {
    if given.keys.phases.is_some() && given.keys.stages.is_some() {
        return Err(Refusal::new("phases", "no phases beside `stages`"));
    }
    let stages = given.own_stages()?.map_or_else(|| given.stages_of(Kind::Joint), Ok)?;
    given.staged(stages).map(|staged| Learner::Online(Online(staged)))
}

/// Layers that are switched on by the training error.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn automatic(given: &Given<'_>) -> Result<Learner, Refusal> {
    let (keys, rule) = (given.keys, Automatic::default());
    let automatic = Automatic {
        coupling: keys.coupling.unwrap_or(rule.coupling),
        layerwise: keys.layerwise.unwrap_or(rule.layerwise),
        on_from_start: keys.on_from_start.unwrap_or(rule.on_from_start),
        threshold: keys.threshold.unwrap_or(rule.threshold),
        gain: keys.gain.unwrap_or(rule.gain),
        patience: keys.patience.unwrap_or(rule.patience),
        least_steps: keys.least_steps.unwrap_or(rule.least_steps),
        last_patience: keys.last_patience.unwrap_or(rule.last_patience),
        least_step: keys.least_step.unwrap_or(rule.least_step),
        most_steps: keys.most_steps.unwrap_or(rule.most_steps),
    };
    let redundancy = keys.redundancy.unwrap_or(1);
    let restarts = restarts(keys, Restarts::NONE);
    Ok(Learner::Automatic(Automated { automatic, descent: given.descent()?, redundancy, restarts }))
}

fn restarts(keys: &LearnerKeys, rule: Restarts) -> Restarts {
    Restarts { most: keys.restarts.map_or(rule.most, |n| n as u64), enough: keys.enough.unwrap_or(rule.enough) }
}

/// The over-parameterised learner.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn distilled(given: &Given<'_>) -> Result<Learner, Refusal> {
    let (keys, rule) = (given.keys, Distillation::default());
    Ok(Learner::Distilled(Distillation {
        step: keys.step.unwrap_or(rule.step),
        momentum: keys.momentum.unwrap_or(rule.momentum),
        cap: keys.cap.unwrap_or(rule.cap),
        widening: keys.widening.unwrap_or(rule.widening),
        initial_scale: keys.initial_scale.unwrap_or(rule.initial_scale),
        head_deviation: keys.head_deviation.unwrap_or(rule.head_deviation),
        truncation: keys.truncation.unwrap_or(rule.truncation),
        penalty: keys.penalty.unwrap_or(rule.penalty),
        decay: keys.decay.unwrap_or(rule.decay),
        noise: keys.noise.unwrap_or(rule.noise),
        switch_on: keys.switch_on.unwrap_or(rule.switch_on),
        least_steps: keys.least_steps.unwrap_or(rule.least_steps),
        patience: keys.patience.unwrap_or(rule.patience),
        least_step: keys.least_step.unwrap_or(rule.least_step),
        target: keys.error_target.unwrap_or(rule.target),
        steps: keys.steps.unwrap_or(rule.steps),
        frozen: keys.frozen.unwrap_or(rule.frozen),
    }))
}

/// Where nothing else is said: `(1 + x.x'/d)^4`.
const DEGREE: u32 = 4;
const OFFSET: f64 = 1.0;
const RATE: f64 = 0.1;
const TANGENT_DEPTH: u32 = 3;
const RIDGE: f64 = 1e-8;

/// Ridge regression with one kernel.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn kernel_ridge(given: &Given<'_>) -> Result<Learner, Refusal> {
    let keys = given.keys;
    let name = keys.kernel.unwrap_or(KernelName::Polynomial);
    // The bounds of these keys are far below those of the type.
    let small = |number: Option<usize>, rule: u32| number.map_or(rule, |n| n as u32);
    let (kernel, own): (Kernel, &[&str]) = match name {
        KernelName::Polynomial => {
            let offset = keys.offset.unwrap_or(OFFSET);
            (Kernel::Polynomial { offset, degree: small(keys.degree, DEGREE) }, &["degree", "offset"])
        }
        KernelName::Even => (Kernel::Even, &[]),
        KernelName::Rbf => (Kernel::Rbf { rate: keys.rate.unwrap_or(RATE) }, &["rate"]),
        KernelName::Laplace => (Kernel::Laplace { rate: keys.rate.unwrap_or(RATE) }, &["rate"]),
        KernelName::ArcCosine0 => (Kernel::ArcCosine0, &[]),
        KernelName::ArcCosine1 => (Kernel::ArcCosine1, &[]),
        KernelName::Tangent => {
            let bias = keys.bias.unwrap_or(true);
            (Kernel::Tangent { depth: small(keys.depth, TANGENT_DEPTH), bias }, &["depth", "bias"])
        }
        KernelName::Parity => (Kernel::Parity { degree: small(keys.degree, DEGREE) }, &["degree"]),
    };
    let is_given = [
        ("degree", keys.degree.is_some(), "polynomial or parity"),
        ("offset", keys.offset.is_some(), "polynomial"),
        ("rate", keys.rate.is_some(), "rbf or laplace"),
        ("depth", keys.depth.is_some(), "tangent"),
        ("bias", keys.bias.is_some(), "tangent"),
    ];
    match is_given.into_iter().find(|(key, given, _)| *given && !own.contains(key)) {
        Some((key, _, kernels)) => Err(Refusal::new(key, format!("no such key unless the kernel is {kernels}"))),
        None => Ok(Learner::Ridge(Ridge { kernel, ridge: keys.ridge.unwrap_or(RIDGE) })),
    }
}

/// The best of a grid of kernels.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn tuned_kernel_ridge(given: &Given<'_>) -> Result<Learner, Refusal> {
    given.compared(match given.keys.kernels.unwrap_or(KernelsName::Polynomial4) {
        KernelsName::Polynomial2 => Alternative::Polynomial2,
        KernelsName::Polynomial4 => Alternative::Polynomial4,
        KernelsName::Rbf => Alternative::Rbf,
        KernelsName::Tangent => Alternative::Tangent,
    })
}

/// Steps of Adam.
const STEPS: usize = 6000;

/// A two-layer network.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn two_layer(given: &Given<'_>) -> Result<Learner, Refusal> {
    let units = given.keys.activation.unwrap_or(Units::Relu);
    given.compared(Alternative::TwoLayer { units, steps: given.keys.steps.unwrap_or(STEPS) })
}

/// Squared units on all quadratic monomials.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn lift(given: &Given<'_>) -> Result<Learner, Refusal> {
    let (keys, rule) = (given.keys, Lift::default());
    given.compared(Alternative::Lift(Lift {
        units: keys.units.unwrap_or(rule.units),
        scale: keys.scale.unwrap_or(rule.scale),
        step: keys.step.unwrap_or(rule.step),
        momentum: keys.momentum.unwrap_or(rule.momentum),
        cap: keys.cap.unwrap_or(rule.cap),
        head_deviation: keys.head_deviation.unwrap_or(rule.head_deviation),
        patience: keys.patience.unwrap_or(rule.patience),
        least_step: keys.least_step.unwrap_or(rule.least_step),
        steps: keys.steps.unwrap_or(rule.steps),
        tolerance: keys.tolerance.unwrap_or(rule.tolerance),
        restarts: restarts(keys, rule.restarts),
        every: keys.every.unwrap_or(rule.every),
    }))
}

/// The iterated lift.
///
/// # Errors
/// Where a key does not fit the others or the depth.
pub fn iterated_lift(given: &Given<'_>) -> Result<Learner, Refusal> {
    let (keys, rule) = (given.keys, IteratedLift::default());
    given.compared(Alternative::IteratedLift(IteratedLift {
        units: keys.units.unwrap_or(rule.units),
        scale: keys.scale.unwrap_or(rule.scale),
        rounds: keys.rounds.unwrap_or(rule.rounds),
        ridge: keys.ridge.unwrap_or(rule.ridge),
        floor: keys.floor.unwrap_or(rule.floor),
        decay: keys.decay.unwrap_or(rule.decay),
        steps: keys.steps.unwrap_or(rule.steps),
        restarts: restarts(keys, rule.restarts),
    }))
}
