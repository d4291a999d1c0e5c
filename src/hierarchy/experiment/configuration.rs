//! A cell in the words of a run file: the one place that writes what [`run`](crate::hierarchy::run) reads.

use serde_json::{Map, Value, json};

use super::config::{Automated, Cell, Compared, Family, Instance, Labels, Online, Ridge, Staged};
use crate::hierarchy::learner::{
    Alternative, Automatic, Descent, Distillation, IteratedLift, Kernel, Kind, Lift, Loss, Stage, Weighting,
};
use crate::hierarchy::network::{Activation, Skips};

/// The tables `target`, `learner` and `data` of a run file that gives this cell, every value written out.
pub fn configuration(cell: &Cell) -> Value {
    let instance = &cell.instance;
    let mut learner = cell.learner.method().keys(instance);
    learner.insert("seed".into(), json!(cell.seed));
    json!({ "target": target(instance), "learner": learner, "data": data(instance) })
}

fn target(instance: &Instance) -> Value {
    let skips = match &instance.skips {
        Skips::Explicit(sets) => json!(sets),
        named => json!(named.name()),
    };
    json!({
        "family": instance.family.key(),
        "depth": instance.depth(),
        "width": instance.widths,
        "dimension": instance.dimension,
        "skips": skips,
        "gap": instance.gap,
        "distribution": instance.distribution.name(),
        "seed": instance.target_seed,
    })
}

fn data(instance: &Instance) -> Value {
    let mut data = table([("samples", json!(instance.samples)), ("labels", json!(instance.labels.key()))]);
    if let Labels::Noisy(fraction) = instance.labels {
        data.insert("noise".into(), json!(fraction));
    }
    data.insert("seed".into(), json!(instance.data_seed));
    Value::Object(data)
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

impl Family {
    /// Both.
    pub const ALL: [Family; 2] = [Family::Rows, Family::Generic];

    /// The name used in configurations.
    pub fn key(self) -> &'static str {
        match self {
            Family::Rows => "rows",
            Family::Generic => "generic",
        }
    }
}

impl Labels {
    /// The name used in configurations.
    pub fn key(self) -> &'static str {
        match self {
            Labels::Exact => "exact",
            Labels::Noisy(_) => "noise",
            Labels::Sign => "sign",
        }
    }
}

/// The keys of [`Descent`]; what is not the rule is there only where it is used.
fn descent(descent: &Descent) -> Map<String, Value> {
    let Descent { step, momentum, cap, initial_scale, head_deviation, tolerance, .. } = *descent;
    let mut keys = table([
        ("step", json!(step)),
        ("momentum", json!(momentum)),
        ("cap", json!(cap)),
        ("initial-scale", json!(initial_scale)),
        ("head-deviation", json!(head_deviation)),
        ("tolerance", json!(tolerance)),
    ]);
    if let Some(deviation) = descent.first_deviation {
        keys.insert("first-deviation".into(), json!(deviation));
    }
    match descent.loss {
        Loss::Squared => {}
        Loss::Weighted(Weighting { offset, power }) => {
            keys.extend(table([("weight-offset", json!(offset)), ("weight-power", json!(power))]));
        }
        Loss::Logistic(slope) => drop(keys.insert("logistic".into(), json!(slope))),
    }
    match descent.activation {
        Activation::Square => {}
        Activation::Truncated(bound) => drop(keys.insert("truncation".into(), json!(bound))),
        Activation::Forms => drop(keys.insert("forms".into(), json!(true))),
    }
    keys
}

fn stage(stage: &Stage) -> Value {
    match *stage == Stage::readout(stage.top) {
        true => json!({ "readout": stage.top }),
        false => json!({ "layers": [stage.bottom, stage.top], "coupling": stage.coupling.key(), "steps": stage.steps }),
    }
}

impl Staged {
    /// Under the kind that has these stages, or as `staged` with the stages one by one.
    pub(super) fn keys_of(&self, instance: &Instance) -> Map<String, Value> {
        let mut keys = match Kind::of(&self.stages, instance.depth()) {
            Some((kind, phases, thaw)) => {
                let mut keys = table([("kind", json!(kind.name())), ("phases", json!(phases))]);
                keys.extend(thaw.map(|steps| ("thaw-steps".to_string(), json!(steps))));
                keys
            }
            None => self.keys_one_by_one("staged"),
        };
        keys.extend(self.settings());
        keys
    }

    fn keys_one_by_one(&self, kind: &str) -> Map<String, Value> {
        table([("kind", json!(kind)), ("stages", self.stages.iter().map(stage).collect())])
    }

    fn settings(&self) -> Map<String, Value> {
        let mut keys = descent(&self.descent);
        keys.extend(self.widths.iter().map(|widths| ("width".to_string(), json!(widths))));
        keys
    }
}

impl Online {
    pub(super) fn keys_of(&self) -> Map<String, Value> {
        let mut keys = self.0.keys_one_by_one("online");
        keys.extend(self.0.settings());
        keys
    }
}

impl Automated {
    pub(super) fn keys_of(&self) -> Map<String, Value> {
        let Automatic { coupling, layerwise, on_from_start, threshold, gain, patience, .. } = self.automatic;
        let Automatic { least_steps, last_patience, least_step, most_steps, .. } = self.automatic;
        let mut keys = table([
            ("kind", json!("automatic")),
            ("layerwise", json!(layerwise)),
            ("coupling", json!(coupling.key())),
            ("on-from-start", json!(on_from_start)),
            ("threshold", json!(threshold)),
            ("gain", json!(gain)),
            ("patience", json!(patience)),
            ("least-steps", json!(least_steps)),
            ("last-patience", json!(last_patience)),
            ("least-step", json!(least_step)),
            ("most-steps", json!(most_steps)),
            ("redundancy", json!(self.redundancy)),
            ("restarts", json!(self.restarts.most)),
            ("enough", json!(self.restarts.enough)),
        ]);
        keys.extend(descent(&self.descent));
        keys
    }
}

/// The keys of the over-parameterised learner.
pub(super) fn distilled(settings: &Distillation) -> Map<String, Value> {
    let Distillation { step, momentum, cap, widening, initial_scale, head_deviation, truncation, penalty, .. } = *settings;
    let Distillation { decay, noise, switch_on, least_steps, patience, least_step, target, steps, frozen, .. } = *settings;
    table([
        ("kind", json!("distilled")),
        ("step", json!(step)),
        ("momentum", json!(momentum)),
        ("cap", json!(cap)),
        ("widening", json!(widening)),
        ("initial-scale", json!(initial_scale)),
        ("head-deviation", json!(head_deviation)),
        ("truncation", json!(truncation)),
        ("penalty", json!(penalty)),
        ("decay", json!(decay)),
        ("noise", json!(noise)),
        ("switch-on", json!(switch_on)),
        ("least-steps", json!(least_steps)),
        ("patience", json!(patience)),
        ("least-step", json!(least_step)),
        ("error-target", json!(target)),
        ("steps", json!(steps)),
        ("frozen", json!(frozen)),
    ])
}

impl Ridge {
    pub(super) fn keys_of(&self) -> Map<String, Value> {
        let mut keys = table([("kind", json!("kernel-ridge")), ("kernel", json!(kernel(self.kernel)))]);
        keys.extend(
            match self.kernel {
                Kernel::Polynomial { offset, degree } => vec![("degree", json!(degree)), ("offset", json!(offset))],
                Kernel::Rbf { rate } | Kernel::Laplace { rate } => vec![("rate", json!(rate))],
                Kernel::Tangent { depth, bias } => vec![("depth", json!(depth)), ("bias", json!(bias))],
                Kernel::Parity { degree } => vec![("degree", json!(degree))],
                Kernel::Even | Kernel::ArcCosine0 | Kernel::ArcCosine1 => Vec::new(),
            }
            .into_iter()
            .map(|(key, value)| (key.to_string(), value)),
        );
        keys.insert("ridge".into(), json!(self.ridge));
        keys
    }
}

/// The name of a kernel's form in configurations.
fn kernel(kernel: Kernel) -> &'static str {
    match kernel {
        Kernel::Polynomial { .. } => "polynomial",
        Kernel::Even => "even",
        Kernel::Rbf { .. } => "rbf",
        Kernel::Laplace { .. } => "laplace",
        Kernel::ArcCosine0 => "arc-cosine-0",
        Kernel::ArcCosine1 => "arc-cosine-1",
        Kernel::Tangent { .. } => "tangent",
        Kernel::Parity { .. } => "parity",
    }
}

impl Compared {
    pub(super) fn keys_of(&self) -> Map<String, Value> {
        let tuned = |kernels: &str| table([("kind", json!("tuned-kernel-ridge")), ("kernels", json!(kernels))]);
        let alone = |kind: &str| table([("kind", json!(kind))]);
        let mut keys = match self.alternative {
            Alternative::Polynomial2 => tuned("polynomial-2"),
            Alternative::Polynomial4 => tuned("polynomial-4"),
            Alternative::Rbf => tuned("rbf"),
            Alternative::Tangent => tuned("tangent"),
            Alternative::RandomFeatures => alone("random-features"),
            Alternative::SequentialKernel => alone("sequential-kernel"),
            Alternative::GradientOuterProduct => alone("iterated-kernel"),
            Alternative::TwoLayer { units, steps } => {
                table([("kind", json!("two-layer")), ("activation", json!(units.key())), ("steps", json!(steps))])
            }
            Alternative::Lift(settings) => lift(&settings),
            Alternative::IteratedLift(settings) => iterated_lift(&settings),
        };
        keys.insert("handed-layer-2".into(), json!(self.handed_layer_2));
        keys
    }
}

fn iterated_lift(settings: &IteratedLift) -> Map<String, Value> {
    let IteratedLift { units, scale, rounds, ridge, floor, decay, steps, restarts } = *settings;
    table([
        ("kind", json!("iterated-lift")),
        ("units", json!(units)),
        ("scale", json!(scale)),
        ("rounds", json!(rounds)),
        ("ridge", json!(ridge)),
        ("floor", json!(floor)),
        ("decay", json!(decay)),
        ("steps", json!(steps)),
        ("restarts", json!(restarts.most)),
        ("enough", json!(restarts.enough)),
    ])
}

fn lift(settings: &Lift) -> Map<String, Value> {
    let Lift { units, scale, step, momentum, cap, head_deviation, .. } = *settings;
    let Lift { patience, least_step, steps, tolerance, restarts, every, .. } = *settings;
    table([
        ("kind", json!("lift")),
        ("units", json!(units)),
        ("scale", json!(scale)),
        ("step", json!(step)),
        ("momentum", json!(momentum)),
        ("cap", json!(cap)),
        ("head-deviation", json!(head_deviation)),
        ("patience", json!(patience)),
        ("least-step", json!(least_step)),
        ("steps", json!(steps)),
        ("tolerance", json!(tolerance)),
        ("restarts", json!(restarts.most)),
        ("enough", json!(restarts.enough)),
        ("every", json!(every)),
    ])
}
