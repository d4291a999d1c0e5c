//! Kernels on the cube `{-1, 1}^d` that depend on the Hamming distance, and the exact error of what they predict.
//!
//! A point, and the set of a parity, are masks of `d` bits: bit `i` is set where coordinate `i` is -1, or `i` is in the set. Proofs:
//! `proofs/cube-kernel.md`.

use dashu_int::IBig;

use super::count::binomial;
use super::dyadic::Dyadic;
use crate::error::{Error, Result};
use crate::scalar::Scalar;

/// The largest dimension: the whole cube is summed over.
pub const LARGEST_DIMENSION: usize = 20;

/// The most bits after the point of a value.
pub const LARGEST_BITS: u32 = 60;

/// `k(x, x')`, a dyadic number for each Hamming distance of `x` and `x'`.
#[derive(Clone, Debug, PartialEq)]
pub struct CubeKernel {
    // d + 1 values, for distances from 0 to d.
    values: Vec<i64>,
    bits: u32,
    // 2^(bits + d) times the eigenvalue of the parities of each degree, from 0 to d.
    spectrum: Vec<IBig>,
    spectrum_squared: Vec<IBig>,
}

impl CubeKernel {
    /// The kernel with value `values[h] / 2^bits` at Hamming distance `h`; the dimension is one less than the number of values.
    ///
    /// # Errors
    /// When the dimension is not from 1 to [`LARGEST_DIMENSION`], or there are more than [`LARGEST_BITS`] bits.
    pub fn new(values: Vec<i64>, bits: u32) -> Result<Self> {
        if bits > LARGEST_BITS {
            return Err(Error::input(format!("{bits} bits"), format!("at most {LARGEST_BITS}")));
        }
        if !(2..=LARGEST_DIMENSION + 1).contains(&values.len()) {
            return Err(Error::input(format!("{} values", values.len()), format!("from 2 to {}", LARGEST_DIMENSION + 1)));
        }
        let spectrum = spectrum(&values);
        let spectrum_squared = spectrum.iter().map(|kappa| kappa * kappa).collect();
        Ok(CubeKernel { values, bits, spectrum, spectrum_squared })
    }

    /// The dimension `d`.
    pub fn dimension(&self) -> usize {
        self.values.len() - 1
    }

    /// Bits after the point of the values.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// The integer `2^bits k(x, x')`.
    pub fn value(&self, x: u32, y: u32) -> i64 {
        self.values[((x ^ y).count_ones() as usize).min(self.dimension())]
    }

    /// `kappa_w`, the eigenvalue of the parities of degree `w` (guarantee: exact; lemma 1); 0 beyond the dimension.
    pub fn eigenvalue(&self, w: usize) -> Dyadic {
        self.spectrum.get(w).map_or(Dyadic::zero(), |v| Dyadic::new(v.clone(), -self.spectrum_bits()))
    }

    /// The least `kappa_w`, or 0 if none is negative, and the largest `|kappa_w|` (guarantee: exact).
    pub fn extreme_eigenvalues(&self) -> (Dyadic, Dyadic) {
        let all = (0..=self.dimension()).map(|w| self.eigenvalue(w));
        all.fold((Dyadic::zero(), Dyadic::zero()), |(least, largest), kappa| {
            let size = if kappa < Dyadic::zero() { -&kappa } else { kappa.clone() };
            (least.min(kappa), largest.max(size))
        })
    }

    fn spectrum_bits(&self) -> i64 {
        i64::from(self.bits) + self.dimension() as i64
    }

    /// `E (x_set - sum_n c_n k(x_n, x))^2` over the whole cube, with `c_n = coefficients[n] / 2^coefficient_bits` (guarantee: exact; lemma 2).
    ///
    /// Time `O(d 2^d)`.
    ///
    /// # Errors
    /// When a mask has a bit beyond the dimension, or the coefficients are too large for integers of 128 bits.
    pub fn risk(&self, set: u32, points: &[u32], coefficients: &[i64], coefficient_bits: u32) -> Result<Dyadic> {
        let d = self.dimension();
        let mut transform = vec![0i64; 1 << d];
        self.check(set, points, coefficients)?;
        points.iter().zip(coefficients).for_each(|(&x, c)| transform[x as usize] += c);
        walsh_transform(&mut transform);
        let unit = -(self.spectrum_bits() + i64::from(coefficient_bits));
        let own = &self.spectrum[set.count_ones() as usize] * IBig::from(transform[set as usize]);
        let squares = squares_by_degree(&transform, d);
        let norm: IBig = self.spectrum_squared.iter().zip(squares).map(|(square, t)| square * IBig::from(t)).sum();
        Ok(Dyadic::one() - Dyadic::new(own, unit + 1) + Dyadic::new(norm, 2 * unit))
    }

    /// With `L = sum_n |c_n|`, partial sums of the transform are at most `L`, and sums of its squares at most `2^d L^2`.
    fn check(&self, set: u32, points: &[u32], coefficients: &[i64]) -> Result<()> {
        let d = self.dimension();
        let length: u128 = coefficients.iter().map(|c| u128::from(c.unsigned_abs())).sum();
        let inside = points.iter().chain([&set]).all(|mask| mask >> d == 0);
        match inside && points.len() == coefficients.len() && 2 * (128 - length.leading_zeros()) as usize + d <= 126 {
            true => Ok(()),
            false => Err(Error::refused(format!("the coefficients are too large, or the points are not in dimension {d}"))),
        }
    }
}

/// `x_set`.
pub fn parity(point: u32, set: u32) -> i64 {
    1 - 2 * i64::from((point & set).count_ones() & 1)
}

/// `sum_h k_h K_h(w)` for `w = 0, ..., d`, with `K_h(w) = sum_j (-1)^j C(w, j) C(d-w, h-j)`.
fn spectrum(values: &[i64]) -> Vec<IBig> {
    let d = values.len() as u64 - 1;
    let term = |w, h, j: u64| binomial(w, j) * binomial(d - w, h - j) * (1 - 2 * (j & 1) as i64);
    let krawtchouk = |w, h| (0..=h).map(|j| term(w, h, j)).sum::<IBig>();
    (0..=d).map(|w| (0..=d).zip(values).map(|(h, &k)| krawtchouk(w, h) * k).sum()).collect()
}

/// `a_T <- sum_m a_m (-1)^|m & T|`, in place.
fn walsh_transform(a: &mut [i64]) {
    // Short blocks have a length that the compiler knows.
    a.chunks_exact_mut(2).for_each(|block| butterflies(block, 1));
    a.chunks_exact_mut(4).for_each(|block| butterflies(block, 2));
    a.chunks_exact_mut(8).for_each(|block| butterflies(block, 4));
    let mut half = 8;
    while half < a.len() {
        a.chunks_exact_mut(2 * half).for_each(|block| butterflies(block, half));
        half *= 2;
    }
}

/// `(x, y) <- (x + y, x - y)` for `x` in the first half of a block and `y` in the second.
#[inline(always)]
fn butterflies(block: &mut [i64], half: usize) {
    let (low, high) = block.split_at_mut(half);
    low.iter_mut().zip(high).for_each(|(x, y)| (*x, *y) = (*x + *y, *x - *y));
}

/// `sum_{|T| = w} t_T^2` for `w = 0, ..., d`.
fn squares_by_degree(transform: &[i64], d: usize) -> Vec<u128> {
    let mut sums = vec![0; d + 1];
    for (t, set) in transform.iter().zip(0u32..) {
        let size = u128::from(t.unsigned_abs());
        sums[set.count_ones() as usize] += size * size;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A kernel from values at distances 0, ..., d over 2^3.
    fn kernel(values: &[i64]) -> CubeKernel {
        CubeKernel::new(values.to_vec(), 3).unwrap()
    }

    fn cube(d: usize) -> std::ops::Range<u32> {
        0..1 << d
    }

    /// `2^d E (2^(3+p) x_S - sum_n C_n K(x_n, x))^2` by going through the cube.
    fn direct(k: &CubeKernel, set: u32, points: &[u32], c: &[i64], p: u32) -> IBig {
        let predicted = |x| points.iter().zip(c).map(|(&n, c)| IBig::from(k.value(n, x)) * c).sum::<IBig>();
        let error = |x| IBig::from(parity(x, set) << (3 + p)) - predicted(x);
        cube(k.dimension()).map(|x| error(x) * error(x)).sum()
    }

    proptest! {
        #[test]
        fn the_risk_is_that_of_the_whole_cube(
            values in prop::collection::vec(-100i64..100, 2..6), c in prop::collection::vec(-9i64..9, 0..7),
            points in prop::collection::vec(0u32..32, 7), set in 0u32..32, p in 0u32..5,
        ) {
            let k = kernel(&values);
            let inside = |mask: u32| mask % (1 << k.dimension());
            let points: Vec<u32> = points[..c.len()].iter().map(|&x| inside(x)).collect();
            let expected = Dyadic::new(direct(&k, inside(set), &points, &c, p), -(2 * (3 + i64::from(p)) + k.dimension() as i64));
            prop_assert_eq!(k.risk(inside(set), &points, &c, p).unwrap(), expected);
        }

        #[test]
        fn the_spectrum_is_that_of_the_whole_cube(values in prop::collection::vec(-100i64..100, 2..7), point in 0u32..64, set in 0u32..64) {
            let k = kernel(&values);
            let d = k.dimension();
            let (point, set) = (point % (1 << d), set % (1 << d));
            // E k(x, .) x_S = kappa_|S| x_S at x.
            let mean: i64 = cube(d).map(|x| k.value(point, x) * parity(x, set)).sum();
            let expected = Dyadic::new((mean * parity(point, set)).into(), -3 - d as i64);
            prop_assert_eq!(k.eigenvalue(set.count_ones() as usize), expected);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let k = kernel(&[1, 0, 0]);
        assert!(CubeKernel::new(vec![1], 0).is_err() && CubeKernel::new(vec![1; 30], 0).is_err());
        assert!(CubeKernel::new(vec![1, 0], 61).is_err());
        assert!(k.risk(0, &[4], &[1], 0).is_err(), "a point outside");
        assert!(k.risk(0, &[0, 1], &[1], 0).is_err(), "a coefficient is missing");
        assert!(k.risk(0, &[0, 1], &[i64::MAX, i64::MIN], 0).is_err(), "too large");
        assert!(k.risk(0, &[0, 1], &[1 << 60, 1 << 60], 60).is_ok());
    }
}
