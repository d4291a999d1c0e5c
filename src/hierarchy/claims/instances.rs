//! The instances that claims speak of, with the recipe that trains each.

use crate::claim::Profile;
use crate::exact::Distribution;
use crate::hierarchy::experiment::{Automated, Cell, Family, Instance, Labels, Learner, Staged};
use crate::hierarchy::learner::{Automatic, Descent, Kind, Loss, Stage};
use crate::hierarchy::network::Skips;

/// A target and the recipe of its learner; only the gap and the seed are left open.
#[derive(Debug)]
pub struct Recipe {
    /// The name in tables, such as `lin L3 k2 d16`.
    pub name: &'static str,
    skips: Skips,
    depth: usize,
    width: usize,
    dimension: usize,
    samples: usize,
    step: f64,
    momentum: f64,
    phases: &'static [usize],
}

/// Chain of depth 3, width 1.
pub static LIN_K1_D64: Recipe = Recipe {
    name: "lin L3 k1 d64",
    skips: Skips::Lin,
    depth: 3,
    width: 1,
    dimension: 64,
    samples: 30 * 64,
    step: 0.01,
    momentum: 0.9,
    phases: &[1000, 1500],
};

/// Chain of depth 3, width 2.
pub static LIN_K2_D16: Recipe = Recipe {
    name: "lin L3 k2 d16",
    skips: Skips::Lin,
    depth: 3,
    width: 2,
    dimension: 16,
    samples: 60 * 2 * 16,
    step: 0.01,
    momentum: 0.9,
    phases: &[1000, 4000],
};

/// Chain of depth 3, width 2, more inputs.
pub static LIN_K2_D32: Recipe = Recipe {
    name: "lin L3 k2 d32",
    skips: Skips::Lin,
    depth: 3,
    width: 2,
    dimension: 32,
    samples: 60 * 2 * 32,
    step: 0.02,
    momentum: 0.9,
    phases: &[1000, 4000],
};

/// Layer 3 reads the inputs as well.
pub static LINSKIP_K1_D32: Recipe = Recipe {
    name: "linskip L3 k1 d32",
    skips: Skips::LinSkip,
    depth: 3,
    width: 1,
    dimension: 32,
    samples: 60 * 32,
    step: 0.01,
    momentum: 0.9,
    phases: &[1000, 2500],
};

/// Layer 2 reads `x` and `x^2 - 1`: degree 8 at depth 3.
pub static QUAD01_K1_D16: Recipe = Recipe {
    name: "quad01 L3 k1 d16",
    skips: Skips::Quad01,
    depth: 3,
    width: 1,
    dimension: 16,
    samples: 120 * 16,
    step: 0.01,
    momentum: 0.9,
    phases: &[1000, 3000],
};

/// Chain of depth 4.
pub static LIN_L4: Recipe = Recipe {
    name: "lin L4 k1 d32",
    skips: Skips::Lin,
    depth: 4,
    width: 1,
    dimension: 32,
    samples: 60 * 32,
    step: 0.005,
    momentum: 0.9,
    phases: &[600, 1500, 3000],
};

/// Chain of depth 5. Layer 5 is a sixteenth power of which samples see little; the momentum .99 gives it time to converge.
pub static LIN_L5: Recipe = Recipe {
    name: "lin L5 k1 d24",
    skips: Skips::Lin,
    depth: 5,
    width: 1,
    dimension: 24,
    samples: 60 * 24,
    step: 0.003,
    momentum: 0.99,
    phases: &[1000, 2000, 4000, 8000],
};

/// Layer 3 reads the inputs as well; width 2.
pub static LINSKIP_K2_D16: Recipe = Recipe {
    name: "linskip L3 k2 d16",
    skips: Skips::LinSkip,
    depth: 3,
    width: 2,
    dimension: 16,
    samples: 30 * 2 * 16,
    step: 0.01,
    momentum: 0.9,
    phases: &[1000, 4000],
};

/// The same, width 1, which is classified by signs.
pub static LINSKIP_K1_D16: Recipe = Recipe {
    name: "linskip L3 k1 d16",
    skips: Skips::LinSkip,
    depth: 3,
    width: 1,
    dimension: 16,
    samples: 60 * 16,
    step: 0.01,
    momentum: 0.9,
    phases: &[1000, 2500],
};

/// Chain of depth 5, for runs that switch layers on by their training error: they have time, and are safer with less momentum.
pub static LIN_L5_AUTOMATIC: Recipe = Recipe {
    name: "lin L5 k1 d24",
    skips: Skips::Lin,
    depth: 5,
    width: 1,
    dimension: 24,
    samples: 60 * 24,
    step: 0.003,
    momentum: 0.97,
    phases: &[1000, 2000, 4000, 8000],
};

/// The five instances of depth 3.
pub static DEPTH_3: [&Recipe; 5] = [&LIN_K1_D64, &LIN_K2_D16, &LIN_K2_D32, &LINSKIP_K1_D32, &QUAD01_K1_D16];

/// The gap at which instances are compared.
pub const GAP: f64 = 0.1;
/// The gaps over which the order of an error is found.
pub const GAPS: [f64; 3] = [GAP, 0.05, 0.025];

/// Every profile below is this small: it compares bytes.
const TINY: (usize, usize, usize) = (8, 96, 12);
/// Steps of an automatic run below: enough to switch a layer on.
const TINY_AUTOMATIC: usize = 60;

/// The seeds of a profile; one seed gives target, samples and learner, in streams of their own.
pub fn seeds(profile: Profile) -> std::ops::RangeInclusive<u64> {
    match profile {
        Profile::Tiny => 1..=2,
        Profile::Quick => 1..=6,
        Profile::Full => 1..=12,
    }
}

/// Every recipe with every seed.
pub fn each<'a>(recipes: &[&'a Recipe], profile: Profile) -> impl Iterator<Item = (&'a Recipe, u64)> {
    recipes.iter().flat_map(move |&recipe| seeds(profile).map(move |seed| (recipe, seed)))
}

/// The runs of a kind on every recipe, seed and gap.
pub fn cells(recipes: &[&Recipe], profile: Profile, kind: Kind, gaps: &[f64]) -> Vec<Cell> {
    let at_gaps =
        |(recipe, seed): (&Recipe, u64)| gaps.iter().map(|&gap| recipe.run(profile, kind, gap, seed)).collect::<Vec<_>>();
    each(recipes, profile).flat_map(at_gaps).collect()
}

impl Recipe {
    /// The depth `L`.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The numbers of steps, one for each layer from 2 to `L`.
    pub fn phases(&self, profile: Profile) -> Vec<usize> {
        self.phases.iter().map(|&steps| if profile == Profile::Tiny { steps.min(TINY.2) } else { steps }).collect()
    }

    /// The run of a learner of this `kind`; a thawed one goes on for as long as its last phase.
    pub fn run(&self, profile: Profile, kind: Kind, gap: f64, seed: u64) -> Cell {
        self.run_on(Loss::Squared, profile, kind, gap, seed)
    }

    /// The same on this loss.
    pub fn run_on(&self, loss: Loss, profile: Profile, kind: Kind, gap: f64, seed: u64) -> Cell {
        let phases = self.phases(profile);
        let thaw = *phases.last().expect("a recipe has phases");
        let stages = kind.stages(&phases, thaw).expect("a recipe has phases");
        self.trained(Staged { stages, descent: Descent { loss, ..self.descent() }, widths: None }, profile, gap, seed)
    }

    /// The run with stages of its own.
    pub fn staged(&self, profile: Profile, stages: Vec<Stage>, gap: f64, seed: u64) -> Cell {
        self.trained(Staged { stages, descent: self.descent(), widths: None }, profile, gap, seed)
    }

    /// The same at the usual gap, the learner's layer 3 with so many units.
    pub fn with_top(&self, units: usize, profile: Profile, stages: Vec<Stage>, seed: u64) -> Cell {
        let widths = Some(vec![self.width, units]);
        self.trained(Staged { stages, descent: self.descent(), widths }, profile, GAP, seed)
    }

    fn trained(&self, training: Staged, profile: Profile, gap: f64, seed: u64) -> Cell {
        Cell { instance: self.instance(profile, gap, seed), learner: Learner::Staged(training), seed }
    }

    /// The run in which layers are switched on by the training error; it ends at a relative loss of 1e-20.
    pub fn automatic(&self, profile: Profile, automatic: Automatic, gap: f64, seed: u64) -> Cell {
        let tiny = profile == Profile::Tiny;
        let most_steps = if tiny { automatic.most_steps.min(TINY_AUTOMATIC) } else { automatic.most_steps };
        let descent = Descent { tolerance: 1e-20, ..self.descent() };
        let training = Automated::once(Automatic { most_steps, ..automatic }, descent);
        Cell { instance: self.instance(profile, gap, seed), learner: Learner::Automatic(training), seed }
    }

    /// The target and the samples.
    pub fn instance(&self, profile: Profile, gap: f64, seed: u64) -> Instance {
        let tiny = profile == Profile::Tiny;
        Instance {
            family: Family::Rows,
            skips: self.skips.clone(),
            widths: vec![self.width; self.depth - 1],
            dimension: if tiny { TINY.0 } else { self.dimension },
            gap,
            distribution: Distribution::Gaussian,
            samples: if tiny { TINY.1 } else { self.samples },
            labels: Labels::Exact,
            target_seed: seed,
            data_seed: seed,
        }
    }

    /// How the learner descends.
    pub fn descent(&self) -> Descent {
        Descent { step: self.step, momentum: self.momentum, ..Descent::default() }
    }

    /// The width of every layer.
    pub fn width(&self) -> usize {
        self.width
    }
}
