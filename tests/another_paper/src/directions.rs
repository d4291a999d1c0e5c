//! Rational unit vectors: half the sum of four distinct coordinate vectors with signs.

use std::collections::BTreeSet;

use bfc::exact::{Dyadic, Polynomial};
use bfc::portable::rng::Stream;
use bfc::scalar::Scalar;

/// How many entries of a direction are `1/2` or `-1/2`; the others are 0, so that the length is 1.
const ENTRIES: usize = 4;

/// A unit vector `w`, stored as `2 w`: entries -1, 0, 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Direction(Vec<i64>);

impl Direction {
    /// `4 (w.v)` (guarantee: exact).
    pub fn inner_product_by_4(&self, other: &Direction) -> i64 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }

    /// The linear form `length (w.x)`, for a length that is a multiple of a half power of two.
    pub fn linear_form(&self, length: &Dyadic) -> Polynomial {
        let entry = |(i, &e): (usize, &i64)| Polynomial::variable(i).weighted(&(length * Dyadic::from(e).shifted(-1)));
        self.0.iter().enumerate().map(entry).sum()
    }
}

/// `count` directions in dimension `d >= 4`, drawn without repetition; of `w` and `-w` only the one whose first entry is positive.
///
/// There are `8 C(d, 4)` of them. Guarantee: replayed; as numbers they are exact.
pub fn draw(count: usize, d: usize, seed: u64) -> Vec<Direction> {
    let mut stream = Stream::new(seed, "directions");
    let (mut drawn, mut known) = (Vec::new(), BTreeSet::new());
    while drawn.len() < count.min(number(d)) {
        let direction = one(&mut stream, d);
        if known.insert(direction.clone()) {
            drawn.push(direction);
        }
    }
    drawn
}

/// `8 C(d, 4)`.
fn number(d: usize) -> usize {
    (0..ENTRIES).map(|i| d.saturating_sub(i)).product::<usize>() / 24 * 8
}

fn one(stream: &mut Stream, d: usize) -> Direction {
    let mut support = BTreeSet::new();
    while support.len() < ENTRIES {
        support.insert((stream.uniform() * d as f64) as usize);
    }
    let mut entries = vec![0; d];
    for (n, i) in support.into_iter().enumerate() {
        entries[i] = if n == 0 || stream.sign() > 0.0 { 1 } else { -1 };
    }
    Direction(entries)
}
