//! Sums in a fixed order.

use pulp::{Arch, Simd, WithSimd};

use crate::matrix::Matrix;

/// Partial sums kept side by side, so that a vector unit of any width up to this gives the same bits.
pub(super) const LANES: usize = 8;

/// The sum of `term(i)` for `i` in `0..n`: entry `i` joins partial sum `i mod 8`, and the partial sums are added pairwise
/// `((0+4)+(2+6)) + ((1+5)+(3+7))`.
///
/// Guarantee: replayed.
#[inline(always)]
pub fn sum_by(n: usize, term: impl Fn(usize) -> f64) -> f64 {
    let mut partial = [0.0; LANES];
    let whole = n - n % LANES;
    for first in (0..whole).step_by(LANES) {
        for (lane, sum) in partial.iter_mut().enumerate() {
            *sum += term(first + lane);
        }
    }
    for (i, sum) in (whole..n).zip(&mut partial) {
        *sum += term(i);
    }
    join(partial)
}

#[inline(always)]
pub(super) fn join([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// The sum of the values. Guarantee: replayed.
pub fn sum(values: &[f64]) -> f64 {
    sum_by(values.len(), |i| values[i])
}

/// The mean of the values. Guarantee: replayed.
pub fn mean(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

/// The mean squared distance from the mean. Guarantee: replayed.
pub fn variance(values: &[f64]) -> f64 {
    let m = mean(values);
    squares_about(values, m) / values.len() as f64
}

/// `sum (v - c)^2` over the values. Guarantee: replayed.
pub fn squares_about(values: &[f64], c: f64) -> f64 {
    Arch::new().dispatch(SquaresAbout { values, c })
}

struct SquaresAbout<'a> {
    values: &'a [f64],
    c: f64,
}

impl WithSimd for SquaresAbout<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let square = |v: f64| (v - self.c) * (v - self.c);
        let (groups, rest) = self.values.as_chunks::<LANES>();
        let mut partial = [0.0; LANES];
        for group in groups {
            for (sum, &v) in partial.iter_mut().zip(group) {
                *sum += square(v);
            }
        }
        partial.iter_mut().zip(rest).for_each(|(sum, &v)| *sum += square(v));
        join(partial)
    }
}

/// The Euclidean norm. Guarantee: replayed.
pub fn norm(values: &[f64]) -> f64 {
    sum_by(values.len(), |i| values[i] * values[i]).sqrt()
}

/// `products[i][r] = sum_n left[i][n] right[r][n]`, each in the order of [`sum`].
///
/// Guarantee: replayed.
pub fn inner_products(products: &mut Matrix<f64>, left: &Matrix<f64>, right: &Matrix<f64>) {
    Arch::new().dispatch(InnerProducts { products, left, right });
}

struct InnerProducts<'a> {
    products: &'a mut Matrix<f64>,
    left: &'a Matrix<f64>,
    right: &'a Matrix<f64>,
}

impl WithSimd for InnerProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // The eight partial sums fill one vector, or two, or as many as it takes.
        match S::F64_LANES {
            8 => self.all::<S, 1>(simd),
            4 => self.all::<S, 2>(simd),
            2 => self.all::<S, 4>(simd),
            _ => self.all::<S, 8>(simd),
        }
    }
}

impl InnerProducts<'_> {
    #[inline(always)]
    fn all<S: Simd, const P: usize>(&mut self, simd: S) {
        let mut i = 0;
        while i + 2 <= self.left.rows() {
            self.rows::<S, P, 2>(simd, i);
            i += 2;
        }
        if i < self.left.rows() {
            self.rows::<S, P, 1>(simd, i);
        }
    }

    /// Rows `i..i + A`, a few columns at a time so that every value loaded is used often.
    #[inline(always)]
    fn rows<S: Simd, const P: usize, const A: usize>(&mut self, simd: S, i: usize) {
        let mut r = 0;
        while r + 4 <= self.right.rows() {
            self.tile::<S, P, A, 4>(simd, i, r);
            r += 4;
        }
        while r < self.right.rows() {
            self.tile::<S, P, A, 1>(simd, i, r);
            r += 1;
        }
    }

    /// `A x B` inner products at once, each with its eight partial sums in `P` vectors.
    #[inline(always)]
    fn tile<S: Simd, const P: usize, const A: usize, const B: usize>(&mut self, simd: S, i: usize, r: usize) {
        let left: [&[f64]; A] = std::array::from_fn(|a| self.left.row(i + a));
        let right: [&[f64]; B] = std::array::from_fn(|b| self.right.row(r + b));
        let (samples, whole) = (self.left.cols(), self.left.cols() - self.left.cols() % LANES);
        let mut partial = [[[simd.splat_f64s(0.0); P]; B]; A];
        for first in (0..whole).step_by(LANES) {
            let x: [&[S::f64s]; A] = std::array::from_fn(|a| S::as_simd_f64s(&left[a][first..first + LANES]).0);
            let y: [&[S::f64s]; B] = std::array::from_fn(|b| S::as_simd_f64s(&right[b][first..first + LANES]).0);
            for (sums, x) in partial.iter_mut().zip(x) {
                for (sums, y) in sums.iter_mut().zip(y) {
                    for (sum, (&x, &y)) in sums.iter_mut().zip(x.iter().zip(y)) {
                        *sum = simd.add_f64s(*sum, simd.mul_f64s(x, y));
                    }
                }
            }
        }
        for (a, row) in partial.iter().enumerate() {
            for (b, vectors) in row.iter().enumerate() {
                let mut sums = [0.0; LANES];
                S::as_mut_simd_f64s(&mut sums).0.copy_from_slice(vectors);
                (whole..samples).zip(&mut sums).for_each(|(n, sum)| *sum += left[a][n] * right[b][n]);
                self.products[(i + a, r + b)] = join(sums);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_small_integers_are_exact_at_every_length() {
        for n in 0..40usize {
            let values: Vec<f64> = (0..n).map(|i| i as f64).collect();
            assert_eq!(sum(&values), (n * n.saturating_sub(1) / 2) as f64);
        }
    }

    #[test]
    fn norms_of_pythagorean_numbers_are_exact() {
        assert_eq!((norm(&[3.0, -4.0]), norm(&[1.0, 4.0, 8.0]), norm(&[])), (5.0, 9.0, 0.0));
    }

    #[test]
    fn the_order_is_the_documented_one() {
        let big = 9007199254740992.0;
        // 0 and 4 meet first: big cancels before the ones are lost in it.
        assert_eq!(sum(&[big, 1.0, 1.0, 1.0, -big, 1.0, 1.0, 1.0]), 6.0);
        // 0 and 1 meet last: 1 + 1 survives beside big only as far as rounding lets it.
        assert_eq!(sum(&[big, 1.0]), big);
    }
}
