//! Runs that claims share: online gradient descent on a single-index target.
//!
//! The target is `y = He_k(u.x)/sqrt(k!) + z/2` for a unit vector `u`, standard normal `x` in R^d and `z`. The learner knows `k`, has a unit vector
//! `w`, and takes one step of gradient descent on the correlation loss `-y He_k(w.x)/sqrt(k!)` for each fresh sample, along the sphere:
//!
//! ```text
//! w <- w + eta y He_k'(w.x)/sqrt(k!) (x - (w.x) w),   w <- w / |w|.
//! ```
//!
//! It starts at a fixed overlap `u.w`. As normal inputs are rotation invariant, `u` is the first coordinate vector.

use bfc::canonical::Canonical;
use bfc::claim::{Key, Study};
use bfc::error::Result;
use bfc::portable::reduce::{norm, sum_by};
use bfc::portable::rng::Stream;
use serde::{Deserialize, Serialize};

/// The study of this catalogue.
#[derive(Debug)]
pub struct SingleIndex;

/// A run, and all that it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descent {
    /// `k >= 1`.
    pub link: u32,
    /// `d >= 2`.
    pub dimension: usize,
    /// What the labels are made of.
    pub labels: Labels,
    /// The most steps.
    pub limit: u64,
    /// Of the start and of the samples.
    pub seed: u64,
}

/// What the labels are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// The target's value and noise of deviation 1/2.
    Target,
    /// Noise alone, of the same variance 5/4.
    Noise,
}

/// Where a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// Steps until `|u.w| >= 1/2`; none if that did not happen within the limit.
    pub steps: Option<u64>,
    /// `u.w` at the end.
    #[serde(with = "bfc::claim::ledger::bits")]
    pub overlap: f64,
}

impl Study for SingleIndex {
    type Item = Descent;
    type Found = Reached;

    fn key(item: &Descent) -> Key {
        let &Descent { link, dimension, labels, limit, seed } = item;
        let numbers = [link.into(), dimension as u64, limit, seed];
        numbers.into_iter().fold(Canonical::of("single-index descent").text(labels.name()), Canonical::integer).digest()
    }

    fn group(item: &Descent) -> (Key, u128) {
        (Self::key(item), u128::from(item.limit) * item.dimension as u128)
    }

    fn row(item: &Descent) -> [String; 2] {
        [format!("He_{} d{} seed {}", item.link, item.dimension, item.seed), format!("online descent, {}", item.labels.name())]
    }

    fn compute(group: &[&Descent]) -> Result<Vec<Reached>> {
        Ok(group.iter().map(|item| item.run()).collect())
    }
}

impl Labels {
    fn name(self) -> &'static str {
        match self {
            Labels::Target => "target",
            Labels::Noise => "noise only",
        }
    }
}

/// The overlap at the start, and the one that ends a run.
const OVERLAPS: (f64, f64) = (0.125, 0.5);

/// `eta d`.
const STEP: f64 = 0.01;

impl Descent {
    fn run(&self) -> Reached {
        let mut learner = self.start();
        let (mut inputs, mut noise) = (Stream::new(self.seed, "inputs"), Stream::new(self.seed, "noise"));
        for step in 0..self.limit {
            if learner.direction[0].abs() >= OVERLAPS.1 {
                return Reached { steps: Some(step), overlap: learner.direction[0] };
            }
            let x = inputs.normals(self.dimension);
            let y = match self.labels {
                Labels::Target => learner.link.value(x[0]) + 0.5 * noise.normal(),
                Labels::Noise => 1.25f64.sqrt() * noise.normal(),
            };
            learner.step(&x, y);
        }
        Reached { steps: None, overlap: learner.direction[0] }
    }

    /// A unit vector of the overlap at the start, its other coordinates in a random direction.
    fn start(&self) -> Learner {
        let mut direction = Stream::new(self.seed, "start").normals(self.dimension);
        let scale = (1.0 - OVERLAPS.0 * OVERLAPS.0).sqrt() / norm(&direction[1..]);
        direction.iter_mut().for_each(|w| *w *= scale);
        direction[0] = OVERLAPS.0;
        Learner { link: Link::new(self.link), direction, eta: STEP / self.dimension as f64 }
    }
}

/// `He_k/sqrt(k!)`.
struct Link {
    k: u32,
    root: f64,
}

impl Link {
    fn new(k: u32) -> Self {
        Link { k, root: (1..=k).map(f64::from).product::<f64>().sqrt() }
    }

    fn value(&self, t: f64) -> f64 {
        hermite(self.k, t) / self.root
    }

    /// `He_k' = k He_(k-1)`.
    fn slope(&self, t: f64) -> f64 {
        f64::from(self.k) * hermite(self.k.saturating_sub(1), t) / self.root
    }
}

/// `He_0 = 1`, `He_1 = t`, `He_(n+1) = t He_n - n He_(n-1)`.
fn hermite(k: u32, t: f64) -> f64 {
    (0..k).fold((0.0, 1.0), |(before, last), n| (last, t * last - f64::from(n) * before)).1
}

/// What sees samples and nothing else.
struct Learner {
    link: Link,
    direction: Vec<f64>,
    eta: f64,
}

impl Learner {
    fn step(&mut self, x: &[f64], y: f64) {
        let w = &mut self.direction;
        let t = sum_by(w.len(), |i| w[i] * x[i]);
        let force = self.eta * y * self.link.slope(t);
        w.iter_mut().zip(x).for_each(|(w, x)| *w += force * (x - t * *w));
        let length = norm(w);
        w.iter_mut().for_each(|w| *w /= length);
    }
}
