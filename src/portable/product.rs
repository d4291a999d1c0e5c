//! Matrix products in a fixed order.
//!
//! `C <- C + A B` with one accumulator per entry of `C`, starting from the entry itself, the inner index ascending, one rounding
//! for the multiplication and one for the addition: the bits of the naive triple loop. Entries are independent of one another,
//! so tiles, vector width and threads are free to differ from machine to machine.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use crate::matrix::Matrix;
use crate::parallel;

/// A read-only view of a matrix with arbitrary strides.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    entries: &'a [f64],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a> View<'a> {
    /// The `rows x cols` matrix whose rows follow one another in `entries`.
    ///
    /// # Panics
    /// When `entries` does not hold `rows * cols` values.
    pub fn rows(entries: &'a [f64], rows: usize, cols: usize) -> Self {
        assert_eq!(entries.len(), rows * cols, "a view must cover its entries");
        View { entries, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// The transpose.
    pub fn transposed(self) -> Self {
        let View { entries, rows, cols, row_stride, col_stride } = self;
        View { entries, rows: cols, cols: rows, row_stride: col_stride, col_stride: row_stride }
    }

    /// Rows `first..first + count`, which must be there.
    pub fn row_block(self, first: usize, count: usize) -> Self {
        let start = (first * self.row_stride).min(self.entries.len());
        View { entries: &self.entries[start..], rows: count, ..self }
    }

    /// Rows and columns.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// Entry `(i, j)`.
    ///
    /// # Panics
    /// When there is none.
    #[inline(always)]
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.entries[i * self.row_stride + j * self.col_stride]
    }
}

impl<'a> From<&'a Matrix<f64>> for View<'a> {
    fn from(m: &'a Matrix<f64>) -> Self {
        View::rows(m.as_slice(), m.rows(), m.cols())
    }
}

/// `C <- C + A B`, where `c` holds the rows of `C` and `b` the rows of `B`.
///
/// Guarantee: replayed; bit for bit the naive triple loop with ascending inner index.
///
/// # Panics
/// When the shapes do not fit; the shapes are the caller's, never a user's.
pub fn add_product(c: &mut [f64], a: View<'_>, b: &[f64], n: usize) {
    add_first_columns(c, a, b, n, n);
}

/// As [`add_product`], of the first `n` columns of `B`, which has `cols`: `c` holds the rows of `n` columns of `C`.
///
/// Guarantee: replayed; each entry has the bits that [`add_product`] gives it.
///
/// # Panics
/// As [`add_product`], and when `n` is above `cols`.
pub fn add_first_columns(c: &mut [f64], a: View<'_>, b: &[f64], cols: usize, n: usize) {
    assert_eq!(c.len(), a.rows * n, "C has the rows of A and the columns of B");
    assert_eq!(b.len(), a.cols * cols, "B has a row for each column of A");
    assert!(n <= cols, "no more columns than B has");
    Arch::new().dispatch(Kernel::<false> { c, a, b, n, cols });
}

/// As [`add_product`], of factors whose products and sums, in any order, are floats: integers up to `2^53`. Then an operation that
/// multiplies and adds at once gives the same, and is taken where it is faster.
///
/// Guarantee: exact.
///
/// # Panics
/// As [`add_product`].
pub fn add_integer_product(c: &mut [f64], a: View<'_>, b: &[f64], n: usize) {
    assert_eq!(c.len(), a.rows * n, "C has the rows of A and the columns of B");
    assert_eq!(b.len(), a.cols * n, "B has a row for each column of A");
    Arch::new().dispatch(Kernel::<true> { c, a, b, n, cols: n });
}

/// `A B`, summed as [`add_product`] sums, from zero. Guarantee: replayed.
///
/// # Panics
/// As [`add_product`].
pub fn product(a: View<'_>, b: &Matrix<f64>) -> Matrix<f64> {
    let mut c = Matrix::filled(a.rows, b.cols(), 0.0);
    add_product(c.as_mut_slice(), a, b.as_slice(), b.cols());
    c
}

/// As [`add_product`], the rows of `C` dealt out to `threads` threads; the same bits for any number of them.
///
/// # Panics
/// As [`add_product`].
pub fn add_product_on(threads: usize, c: &mut [f64], a: View<'_>, b: &[f64], n: usize) {
    let share = a.rows.div_ceil(threads.max(1)).max(1);
    if n == 0 || a.rows <= share {
        return add_product(c, a, b, n);
    }
    parallel::parts(c, share * n, |first, rows| add_product(rows, a.row_block(first / n, rows.len() / n), b, n));
}

/// Inner indices whose slice of `B` is kept in cache while all rows of `A` pass over it.
const INNER_BLOCK: usize = 256;
/// With at least this many rows of `A`, a panel of `B` is used often enough to be copied together first.
const PACK_ROWS: usize = 8;

/// `FUSED`: whether a multiplication and an addition may be one.
struct Kernel<'a, const FUSED: bool> {
    c: &'a mut [f64],
    a: View<'a>,
    b: &'a [f64],
    /// Columns of `C`.
    n: usize,
    /// Columns of `B`.
    cols: usize,
}

impl<const FUSED: bool> WithSimd for Kernel<'_, FUSED> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // Tiles of up to 4 rows by W vectors must fit the registers: 32 vectors of eight lanes, or 16 of fewer.
        let (many_registers, few_rows) = (S::F64_LANES == 8, self.a.rows <= 2);
        let mut j = 0;
        if many_registers && few_rows {
            j = self.panels::<S, 8>(simd, j);
        }
        if many_registers || few_rows {
            j = self.panels::<S, 4>(simd, j);
        }
        j = self.panels::<S, 2>(simd, j);
        j = self.panels::<S, 1>(simd, j);
        if j < self.n {
            self.panel::<S, 1>(simd, j, self.n - j);
        }
    }
}

impl<const FUSED: bool> Kernel<'_, FUSED> {
    /// Covers columns from `j` on with panels of `W` whole vectors; returns the first column left over.
    #[inline(always)]
    fn panels<S: Simd, const W: usize>(&mut self, simd: S, mut j: usize) -> usize {
        let width = W * S::F64_LANES;
        while j + width <= self.n {
            self.panel::<S, W>(simd, j, width);
            j += width;
        }
        j
    }

    /// Columns `j..j + width`, in blocks of inner indices; each block continues the sums of the one before.
    #[inline(always)]
    fn panel<S: Simd, const W: usize>(&mut self, simd: S, j: usize, width: usize) {
        let mut packed = Vec::new();
        for first in (0..self.a.cols).step_by(INNER_BLOCK) {
            let inner = first..(first + INNER_BLOCK).min(self.a.cols);
            if self.a.rows < PACK_ROWS {
                self.block::<S, W>(simd, j, width, inner, &self.b[first * self.cols + j..], self.cols);
                continue;
            }
            packed.clear();
            inner.clone().for_each(|k| packed.extend_from_slice(&self.b[k * self.cols + j..][..width]));
            self.block::<S, W>(simd, j, width, inner, &packed, width);
        }
    }

    #[inline(always)]
    fn block<S: Simd, const W: usize>(&mut self, simd: S, j: usize, width: usize, inner: Range<usize>, b: &[f64], stride: usize) {
        let mut i = 0;
        while i + 4 <= self.a.rows {
            tile::<S, FUSED, 4, W>(simd, self.c, self.a, self.n, (i, j, width), inner.clone(), b, stride);
            i += 4;
        }
        match self.a.rows - i {
            3 => tile::<S, FUSED, 3, W>(simd, self.c, self.a, self.n, (i, j, width), inner, b, stride),
            2 => tile::<S, FUSED, 2, W>(simd, self.c, self.a, self.n, (i, j, width), inner, b, stride),
            1 => tile::<S, FUSED, 1, W>(simd, self.c, self.a, self.n, (i, j, width), inner, b, stride),
            _ => {}
        }
    }
}

/// `M` rows by `W` vectors of `C` held in registers while the inner index runs.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn tile<S: Simd, const FUSED: bool, const M: usize, const W: usize>(
    simd: S,
    c: &mut [f64],
    a: View<'_>,
    n: usize,
    (i, j, width): (usize, usize, usize),
    inner: Range<usize>,
    b: &[f64],
    stride: usize,
) {
    let lanes = S::F64_LANES;
    let whole = width == W * lanes;
    let mut sums = [[simd.splat_f64s(0.0); W]; M];
    for (r, row) in sums.iter_mut().enumerate() {
        let start = &c[(i + r) * n + j..][..width];
        if whole { row.copy_from_slice(S::as_simd_f64s(start).0) } else { row[0] = simd.partial_load_f64s(start) }
    }
    let first = inner.start;
    for k in inner {
        let from = &b[(k - first) * stride..][..width];
        let mut vectors = [simd.splat_f64s(0.0); W];
        if whole {
            vectors.copy_from_slice(S::as_simd_f64s(from).0)
        } else {
            vectors[0] = simd.partial_load_f64s(from)
        }
        for (r, row) in sums.iter_mut().enumerate() {
            let factor = simd.splat_f64s(a.at(i + r, k));
            for (sum, &vector) in row.iter_mut().zip(&vectors) {
                // Sets of fewer lanes may have no such instruction, only a slow function.
                *sum = match FUSED && lanes >= 4 {
                    true => simd.mul_add_f64s(factor, vector, *sum),
                    false => simd.add_f64s(*sum, simd.mul_f64s(factor, vector)),
                };
            }
        }
    }
    for (r, row) in sums.iter().enumerate() {
        let end = &mut c[(i + r) * n + j..][..width];
        if whole { S::as_mut_simd_f64s(end).0.copy_from_slice(row) } else { simd.partial_store_f64s(end, row[0]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::rng::Stream;

    fn naive(c: &mut [f64], a: View<'_>, b: &[f64], n: usize) {
        for i in 0..a.rows {
            for j in 0..n {
                for k in 0..a.cols {
                    c[i * n + j] += a.at(i, k) * b[k * n + j];
                }
            }
        }
    }

    /// Sizes on both sides of every tile, vector, packing and block edge.
    const ROWS: [usize; 8] = [1, 2, 3, 4, 5, 7, 8, 13];
    const INNER: [usize; 6] = [0, 1, 2, 255, 256, 515];
    const COLS: [usize; 14] = [1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 130];

    #[test]
    fn equals_the_naive_triple_loop_bit_for_bit() {
        let mut stream = Stream::new(1, "product test");
        for m in ROWS {
            for inner in INNER {
                for n in COLS {
                    let a: Vec<f64> = (0..m * inner).map(|_| stream.normal()).collect();
                    let b: Vec<f64> = (0..inner * n).map(|_| stream.normal()).collect();
                    let start: Vec<f64> = (0..m * n).map(|_| stream.normal()).collect();
                    for view in [View::rows(&a, m, inner), View::rows(&a, inner, m).transposed()] {
                        let mut expected = start.clone();
                        naive(&mut expected, view, &b, n);
                        for threads in [1, 2, 4] {
                            let mut c = start.clone();
                            add_product_on(threads, &mut c, view, &b, n);
                            let same = c.iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits());
                            assert!(same, "{m} x {inner} x {n} on {threads} threads");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_columns_are_those_of_the_whole_product() {
        let (mut stream, (m, inner, cols)) = (Stream::new(1, "columns test"), (9, 300, 41));
        let (a, b): (Vec<f64>, Vec<f64>) = (stream.normals(m * inner), stream.normals(inner * cols));
        let mut whole = vec![0.0; m * cols];
        add_product(&mut whole, View::rows(&a, m, inner), &b, cols);
        for n in [0, 1, 8, 9, 40, 41] {
            let mut c = vec![0.0; m * n];
            add_first_columns(&mut c, View::rows(&a, m, inner), &b, cols, n);
            for i in 0..m {
                assert_eq!(c[i * n..(i + 1) * n], whole[i * cols..i * cols + n], "row {i} of {n} columns");
            }
        }
    }

    #[test]
    fn the_order_of_the_sum_is_visible() {
        // 1 + 2^53 - 2^53 is 0 from left to right and 1 from right to left: the test above can fail.
        let big = 9007199254740992.0;
        let mut c = [0.0];
        add_product(&mut c, View::rows(&[1.0, big, -big], 1, 3), &[1.0, 1.0, 1.0], 1);
        assert_eq!(c[0], 0.0);
        let mut c = [0.0];
        add_product(&mut c, View::rows(&[-big, big, 1.0], 1, 3), &[1.0, 1.0, 1.0], 1);
        assert_eq!(c[0], 1.0);
    }
}
