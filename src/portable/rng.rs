//! Random streams: one for each purpose, derived from a seed and a name.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;

use super::elementary::{ln, ln_each};
use super::vectorized;
use crate::canonical::Canonical;

/// A stream of random numbers that depends on its seed and its name alone, with one name for each purpose.
///
/// ```
/// use bfc::portable::rng::Stream;
///
/// let mut inputs = Stream::new(1, "inputs");
/// let first = inputs.normals(3);
/// assert_eq!(first, Stream::new(1, "inputs").normals(3));
/// assert_ne!(first, Stream::new(1, "noise").normals(3));
/// // The same bits on every machine.
/// assert_eq!(Stream::new(1, "data").normal().to_bits(), 0xbff24d077239e89d);
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    generator: Pcg64,
    spare: Option<f64>,
}

impl Stream {
    /// The stream called `name` under `seed`: state and increment of a PCG-64 are the BLAKE3 digest of both.
    pub fn new(seed: u64, name: &str) -> Self {
        let digest = Canonical::of("stream").integer(seed).text(name).digest();
        let half = |part: &[u8]| part.iter().rev().fold(0u128, |word, &byte| word << 8 | u128::from(byte));
        Stream { generator: Pcg64::new(half(&digest[..16]), half(&digest[16..])), spare: None }
    }

    /// Uniform on the multiples of 2^-53 in [0, 1). Guarantee: replayed.
    pub fn uniform(&mut self) -> f64 {
        // 53 bits fit a float, and the scale is a power of two: nothing is rounded.
        (self.generator.next_u64() >> 11) as f64 * (1.0 / 9007199254740992.0)
    }

    /// 1 or -1, each with probability 1/2. Guarantee: replayed.
    pub fn sign(&mut self) -> f64 {
        if self.generator.next_u64() >> 63 == 0 { 1.0 } else { -1.0 }
    }

    /// Standard normal, by Marsaglia's polar method. Guarantee: replayed.
    pub fn normal(&mut self) -> f64 {
        if let Some(value) = self.spare.take() {
            return value;
        }
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * ln(s) / s).sqrt();
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }

    /// `n` standard normals, those of as many calls of [`normal`](Self::normal). Guarantee: replayed.
    pub fn normals(&mut self, n: usize) -> Vec<f64> {
        let mut values = Vec::with_capacity(n + 1);
        if n > 0 {
            values.extend(self.spare.take());
        }
        while values.len() < n {
            let pairs = (n - values.len()).div_ceil(2).min(PAIRS);
            self.pairs(&mut values, pairs);
        }
        if values.len() > n {
            self.spare = values.pop();
        }
        values
    }

    /// Two normals each for so many points of the disc, at most [`PAIRS`].
    fn pairs(&mut self, values: &mut Vec<f64>, count: usize) {
        let (mut points, mut squares) = ([[0.0; 2]; PAIRS], [0.0; PAIRS]);
        let mut found = 0;
        while found < count {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            (points[found], squares[found]) = ([u, v], u * u + v * v);
            // One point in five lies outside: counted, not branched on.
            found += usize::from(squares[found] > 0.0) & usize::from(squares[found] < 1.0);
        }
        let (points, squares) = (&points[..count], &squares[..count]);
        let mut factors = squares.to_vec();
        ln_each(&mut factors);
        vectorized(
            #[inline(always)]
            || factors.iter_mut().zip(squares).for_each(|(factor, s)| *factor = (-2.0 * *factor / s).sqrt()),
        );
        values.extend(points.iter().zip(factors).flat_map(|([u, v], factor)| [u * factor, v * factor]));
    }
}

/// Points of the disc that are found before normals are made of them.
const PAIRS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_named() {
        let first = |seed, name| Stream::new(seed, name).normals(4);
        assert_eq!(first(1, "data"), first(1, "data"));
        assert_ne!(first(1, "data"), first(1, "init"));
        assert_ne!(first(1, "data"), first(2, "data"));
    }

    #[test]
    fn the_first_numbers_are_these_on_every_machine() {
        let mut stream = Stream::new(1, "data");
        let bits: Vec<u64> = (0..3).map(|_| stream.normal().to_bits()).collect();
        let expected: [u64; 3] = [0xbff24d077239e89d, 0x3fec8059021ce9d8, 0xbff4c9393f39f4b0];
        assert_eq!(bits, expected, "{bits:#x?}");
    }

    /// Around every length at which one more pair, or one more block of them, is drawn, and after a single number.
    #[test]
    fn many_normals_are_those_of_each() {
        for n in (0..9).chain(124..133).chain([255, 256, 257, 1000]) {
            let [mut one, mut many] = [0; 2].map(|_| Stream::new(n as u64, "many"));
            for _ in 0..3 {
                let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
                assert_eq!(bits(many.normals(n)), bits((0..n).map(|_| one.normal()).collect()), "{n}");
                assert_eq!(many.normals(1), [one.normal()]);
                assert_eq!((many.uniform(), many.normal()), (one.uniform(), one.normal()));
            }
        }
    }

    #[test]
    fn moments_of_the_normal() {
        let n = 200_000;
        let z = Stream::new(7, "moments").normals(n);
        // Standard errors of the first four moments are 1, sqrt 2, sqrt 15, sqrt 96 over sqrt n; six of them is generous.
        for (power, moment, deviation) in [(1, 0.0, 1.0), (2, 1.0, 1.42), (3, 0.0, 3.9), (4, 3.0, 9.8)] {
            let found = z.iter().map(|x| (0..power).fold(1.0, |p, _| p * x)).sum::<f64>() / n as f64;
            assert!((found - moment).abs() < 6.0 * deviation / (n as f64).sqrt(), "moment {power}: {found}");
        }
    }
}
