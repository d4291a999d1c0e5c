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

    /// A matrix with these entries, those of a row side by side.
    fn copied(&self) -> Matrix<f64> {
        let mut copy = Matrix::filled(self.rows, self.cols, 0.0);
        // A block of columns lies in the cache while all rows are taken from it.
        for first in (0..self.cols).step_by(INNER_BLOCK) {
            for i in 0..self.rows {
                let row = &mut copy.row_mut(i)[first..];
                row.iter_mut().take(INNER_BLOCK).zip(first..).for_each(|(entry, k)| *entry = self.at(i, k));
            }
        }
        copy
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
    let copied = (a.col_stride > 1 && n >= COPIED_FOR).then(|| a.copied());
    let a = copied.as_ref().map_or(a, View::from);
    by_row_blocks::<false>(c, a, b, n, cols);
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
    by_row_blocks::<true>(c, a, b, n, n);
}

/// A block of rows of `A` and `C` at a time, which stays in the cache while the columns of `B` pass.
fn by_row_blocks<const FUSED: bool>(c: &mut [f64], a: View<'_>, b: &[f64], n: usize, cols: usize) {
    for (c, first) in c.chunks_mut((ROW_BLOCK * n).max(1)).zip((0..a.rows).step_by(ROW_BLOCK)) {
        let a = a.row_block(first, ROW_BLOCK.min(a.rows - first));
        Arch::new().dispatch(Kernel::<FUSED> { c, a, b, n, cols });
    }
}

/// `A B`, summed as [`add_product`] sums, from zero. Guarantee: replayed.
///
/// # Panics
/// As [`add_product`].
pub fn product(a: View<'_>, b: &Matrix<f64>) -> Matrix<f64> {
    summed(a.rows, b.cols(), ROW_BLOCK, |rows, c| add_product(c, a.row_block(rows.start, rows.len()), b.as_slice(), b.cols()))
}

/// The lower triangle of `A A'`, summed as [`add_product`] sums, from zero; `transpose` is `A'`. What stands above it is zero, but for parts of a few
/// blocks on the diagonal. Guarantee: replayed.
///
/// # Panics
/// As [`add_product`], and when `A'` has not a column for each row of `A`.
pub fn lower_gram(a: View<'_>, transpose: &Matrix<f64>) -> Matrix<f64> {
    let n = transpose.cols();
    assert_eq!(a.rows, n, "a row for each column of the transpose");
    let mut lower = Vec::new();
    summed(n, n, ROW_BLOCK, |rows, block| {
        lower.clear();
        lower.resize(rows.len() * rows.end, 0.0);
        add_first_columns(&mut lower, a.row_block(rows.start, rows.len()), transpose.as_slice(), n, rows.end);
        block.chunks_mut(n).zip(lower.chunks(rows.end)).for_each(|(to, from)| to[..rows.end].copy_from_slice(from));
    })
}

/// The `rows x cols` matrix of sums that `add` makes from zeros, `block` rows at a time.
///
/// Zeros are written just before they are added to. Memory that an operating system hands out as zeros, and that is read before it is written,
/// costs two faults a page, the second of which interrupts all other threads: a quarter of the time of a large Gram matrix and its factor.
pub fn summed(rows: usize, cols: usize, block: usize, mut add: impl FnMut(Range<usize>, &mut [f64])) -> Matrix<f64> {
    let mut entries = Vec::with_capacity(rows * cols);
    for first in (0..rows).step_by(block) {
        let these = first..(first + block).min(rows);
        entries.resize(these.end * cols, 0.0);
        add(these, &mut entries[first * cols..]);
    }
    // As many as asked for, row by row.
    Matrix::from_rows(rows, cols, entries).unwrap()
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

/// Rows of `A` that stay in the cache; enough that copying panels of `B` together for each block of them is little beside the sums.
const ROW_BLOCK: usize = 256;
/// Inner indices whose slice of `B` is kept in cache while all rows of `A` pass over it.
const INNER_BLOCK: usize = 256;
/// With at least this many columns of `C`, a transpose is copied row by row first: its entries lie apart from one another, and all are read
/// again for every few columns.
const COPIED_FOR: usize = 32;
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
    let whole = width == W * S::F64_LANES;
    let mut sums = [[simd.splat_f64s(0.0); W]; M];
    for (r, row) in sums.iter_mut().enumerate() {
        let start = &c[(i + r) * n + j..][..width];
        if whole { row.copy_from_slice(S::as_simd_f64s(start).0) } else { row[0] = simd.partial_load_f64s(start) }
    }
    let count = inner.len();
    if a.col_stride == 1 {
        // Slices of one length, so that `k` has to be checked for none of them.
        let rows: [&[f64]; M] = std::array::from_fn(|r| &a.entries[(i + r) * a.row_stride + inner.start..][..count]);
        for k in 0..count {
            add_outer::<S, FUSED, M, W>(
                simd,
                &mut sums,
                #[inline(always)]
                |r| rows[r][k],
                &b[k * stride..][..width],
            );
        }
    } else {
        for k in 0..count {
            add_outer::<S, FUSED, M, W>(
                simd,
                &mut sums,
                #[inline(always)]
                |r| a.at(i + r, inner.start + k),
                &b[k * stride..][..width],
            );
        }
    }
    for (r, row) in sums.iter().enumerate() {
        let end = &mut c[(i + r) * n + j..][..width];
        if whole { S::as_mut_simd_f64s(end).0.copy_from_slice(row) } else { simd.partial_store_f64s(end, row[0]) }
    }
}

/// Adds the products of `M` entries of `A` with `W` vectors of `B`, or with part of one.
#[inline(always)]
fn add_outer<S: Simd, const FUSED: bool, const M: usize, const W: usize>(
    simd: S,
    sums: &mut [[S::f64s; W]; M],
    factor: impl Fn(usize) -> f64,
    from: &[f64],
) {
    let mut vectors = [simd.splat_f64s(0.0); W];
    if from.len() == W * S::F64_LANES {
        vectors.copy_from_slice(S::as_simd_f64s(from).0)
    } else {
        vectors[0] = simd.partial_load_f64s(from)
    }
    for (r, row) in sums.iter_mut().enumerate() {
        let factor = simd.splat_f64s(factor(r));
        for (sum, &vector) in row.iter_mut().zip(&vectors) {
            // Sets of fewer lanes may have no such instruction, only a slow function.
            *sum = match FUSED && S::F64_LANES >= 4 {
                true => simd.mul_add_f64s(factor, vector, *sum),
                false => simd.add_f64s(*sum, simd.mul_f64s(factor, vector)),
            };
        }
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

    /// On both sides of a block of rows.
    #[test]
    fn blocks_of_rows_are_all_of_the_product() {
        let mut stream = Stream::new(1, "blocks of rows");
        for m in [255, 256, 257, 511, 513] {
            for (inner, n) in [(3, 1), (2, 9), (258, 33)] {
                let (a, b) = (stream.normals(m * inner), Matrix::from_fn(inner, n, |_, _| stream.normal()));
                for view in [View::rows(&a, m, inner), View::rows(&a, inner, m).transposed()] {
                    let mut expected = vec![0.0; m * n];
                    naive(&mut expected, view, b.as_slice(), n);
                    let found = product(view, &b);
                    let same = found.as_slice().iter().zip(&expected).all(|(x, y)| x.to_bits() == y.to_bits());
                    assert!(same, "{m} x {inner} x {n}");
                }
            }
        }
        assert_eq!(
            (
                product(View::rows(&[], 300, 0), &Matrix::filled(0, 2, 1.0)),
                product(View::rows(&[1.0], 1, 1), &Matrix::filled(1, 0, 1.0)).cols()
            ),
            (Matrix::filled(300, 2, 0.0), 0)
        );
    }

    #[test]
    fn a_gram_matrix_has_the_lower_triangle_of_the_product() {
        let mut stream = Stream::new(1, "gram");
        for (n, inner) in [(1, 3), (7, 2), (255, 5), (256, 3), (600, 300)] {
            let a = Matrix::from_fn(n, inner, |_, _| stream.normal());
            let (transpose, whole) = (a.transposed(), product((&a).into(), &a.transposed()));
            for found in [lower_gram((&a).into(), &transpose), lower_gram(View::from(&transpose).transposed(), &transpose)] {
                assert!((0..n).all(|i| (0..=i).all(|j| found[(i, j)].to_bits() == whole[(i, j)].to_bits())), "{n} x {inner}");
            }
        }
        assert_eq!(lower_gram((&Matrix::filled(0, 3, 1.0)).into(), &Matrix::filled(3, 0, 1.0)).rows(), 0);
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
