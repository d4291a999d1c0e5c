//! Rows of a panel as weighted sums of others.

use pulp::{Simd, WithSimd};

use super::rows::{PANEL, Row};
use crate::portable::product::View;

/// What a sum begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Zero.
    Zero,
    /// What stands there.
    Here,
}

/// `out <- start + A b` on the first `samples` samples of one panel and the rest of their last group of eight at least:
/// `sum_k A[i][k] b[k]` with `k` ascending, one rounding for each product and each sum.
///
/// Guarantee: replayed; bit for bit the plain loop.
///
/// # Panics
/// When the shapes do not fit; the shapes are the caller's, never a user's.
#[inline(always)]
pub fn weigh<S: Simd>(simd: S, out: &mut [Row], a: View<'_>, b: &[Row], start: Start, samples: usize) {
    assert_eq!((out.len(), b.len()), a.shape(), "a row of the result for each row of A, a row of b for each column");
    match b {
        // Too little to call for.
        [b] => {
            for (i, out) in out.iter_mut().enumerate() {
                let factor = a.at(i, 0);
                match start {
                    Start::Zero => out.set(
                        #[inline(always)]
                        |n| 0.0 + factor * b.0[n],
                    ),
                    Start::Here => out.update(
                        #[inline(always)]
                        |n, sum| sum + factor * b.0[n],
                    ),
                }
            }
        }
        _ => simd.vectorize(Weigh { out, a, b, start, samples }),
    }
}

struct Weigh<'a> {
    out: &'a mut [Row],
    a: View<'a>,
    b: &'a [Row],
    start: Start,
    samples: usize,
}

impl WithSimd for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // Tiles of M rows by W vectors must fit the registers: 32 vectors of eight lanes, or 16 of fewer.
        let rows = self.out.len();
        for i in (0..rows).step_by(4) {
            match (rows - i, S::F64_LANES) {
                (1, 8) => self.rows::<S, 1, 8>(simd, i),
                (2, 8) => self.rows::<S, 2, 8>(simd, i),
                (3, 8) => self.rows::<S, 3, 4>(simd, i),
                (_, 8) => self.rows::<S, 4, 4>(simd, i),
                (1, _) => self.rows::<S, 1, 4>(simd, i),
                (2, _) => self.rows::<S, 2, 4>(simd, i),
                (3, _) => self.rows::<S, 3, 2>(simd, i),
                (_, _) => self.rows::<S, 4, 2>(simd, i),
            }
        }
    }
}

impl Weigh<'_> {
    /// Rows `i..i + M`, `W` vectors at a time held in registers while the inner index runs.
    #[inline(always)]
    fn rows<S: Simd, const M: usize, const W: usize>(&mut self, simd: S, i: usize) {
        for first in (0..Row::vectors_of::<S>(self.samples)).step_by(W) {
            let mut sums = [[simd.splat_f64s(0.0); W]; M];
            if self.start == Start::Here {
                for (r, row) in sums.iter_mut().enumerate() {
                    row.copy_from_slice(self.out[i + r].vectors::<S, W>(first));
                }
            }
            for (k, b) in self.b.iter().enumerate() {
                let vectors = b.vectors::<S, W>(first);
                for (r, row) in sums.iter_mut().enumerate() {
                    let factor = simd.splat_f64s(self.a.at(i + r, k));
                    for (sum, &vector) in row.iter_mut().zip(vectors) {
                        *sum = simd.add_f64s(*sum, simd.mul_f64s(factor, vector));
                    }
                }
            }
            for (r, row) in sums.iter().enumerate() {
                self.out[i + r].vectors_mut::<S, W>(first).copy_from_slice(row);
            }
        }
    }
}

/// `out <- out + alpha (((0 + rows_1^2) + rows_2^2) + ...)` on each sample of a panel. Guarantee: replayed.
#[inline(always)]
pub fn add_squares<S: Simd>(simd: S, out: &mut Row, alpha: f64, rows: &[Row]) {
    const W: usize = 4;
    let alpha = simd.splat_f64s(alpha);
    for first in (0..PANEL / S::F64_LANES).step_by(W) {
        let mut squares = [simd.splat_f64s(0.0); W];
        for row in rows {
            for (square, &s) in squares.iter_mut().zip(row.vectors::<S, W>(first)) {
                *square = simd.add_f64s(*square, simd.mul_f64s(s, s));
            }
        }
        for (sum, square) in out.vectors_mut::<S, W>(first).iter_mut().zip(squares) {
            *sum = simd.add_f64s(*sum, simd.mul_f64s(alpha, square));
        }
    }
}
