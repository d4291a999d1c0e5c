//! Samples in panels of 128, and the two products that a step of training is made of, in a fixed order.
//!
//! All that a step reads or makes of a panel lies together and stays in cache, so that it streams through the samples once.
//! In [`weigh`] the samples are independent of one another; in [`PanelSums`] they are summed in the order of
//! [`sum`](super::reduce::sum), whatever the size of a panel. So the bits are those of plain loops over the samples.

use bytemuck::{Pod, Zeroable};
use pulp::{Simd, WithSimd};

use super::product::View;
use super::reduce::{LANES, join};
use crate::matrix::Matrix;

/// The number of samples in a panel.
pub const PANEL: usize = 128;

/// One number for each sample of a panel, where vector loads never straddle a cache line.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C, align(64))]
pub struct Row(pub [f64; PANEL]);

impl Row {
    /// All zero.
    pub const ZERO: Row = Row([0.0; PANEL]);

    /// Sets each entry to the value at its sample.
    #[inline(always)]
    pub fn set(&mut self, value: impl Fn(usize) -> f64) {
        for n in 0..PANEL {
            self.0[n] = value(n);
        }
    }

    /// Replaces each entry by the image of it and its sample.
    #[inline(always)]
    pub fn update(&mut self, image: impl Fn(usize, f64) -> f64) {
        for n in 0..PANEL {
            self.0[n] = image(n, self.0[n]);
        }
    }

    #[inline(always)]
    fn vectors<S: Simd, const W: usize>(&self, first: usize) -> &[S::f64s] {
        S::as_simd_f64s(&self.0[first * S::F64_LANES..(first + W) * S::F64_LANES]).0
    }

    #[inline(always)]
    fn vectors_mut<S: Simd, const W: usize>(&mut self, first: usize) -> &mut [S::f64s] {
        S::as_mut_simd_f64s(&mut self.0[first * S::F64_LANES..(first + W) * S::F64_LANES]).0
    }
}

/// A matrix with one sample a column, panel by panel; the last panel is filled up with zeros.
#[derive(Clone, Debug)]
pub struct Panels {
    rows: usize,
    entries: Vec<Row>,
}

impl Panels {
    /// Zeros for `rows` numbers of each of `samples` samples.
    pub fn zeros(rows: usize, samples: usize) -> Self {
        Panels { rows, entries: vec![Row::ZERO; rows * samples.div_ceil(PANEL)] }
    }

    /// `rows` numbers of each of `samples` samples.
    pub fn from_fn(rows: usize, samples: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let mut panels = Panels::zeros(rows, samples);
        for n in 0..samples {
            (0..rows).for_each(|i| panels.panel_mut(n / PANEL)[i].0[n % PANEL] = entry(i, n));
        }
        panels
    }

    /// The rows of panel `p`.
    pub fn panel(&self, p: usize) -> &[Row] {
        &self.entries[p * self.rows..(p + 1) * self.rows]
    }

    /// The rows of panel `p`, to be changed.
    pub fn panel_mut(&mut self, p: usize) -> &mut [Row] {
        &mut self.entries[p * self.rows..(p + 1) * self.rows]
    }

    /// All numbers of a single row, sample by sample, and the zeros after them.
    ///
    /// # Panics
    /// When there is more than one row.
    pub fn flat(&self) -> &[f64] {
        assert_eq!(self.rows, 1, "only a single row lies together");
        bytemuck::cast_slice(&self.entries)
    }
}

impl From<&Matrix<f64>> for Panels {
    fn from(m: &Matrix<f64>) -> Self {
        Panels::from_fn(m.rows(), m.cols(), |i, n| m[(i, n)])
    }
}

/// Eight partial sums, as of [`sum`](super::reduce::sum), over one row of the panels seen so far.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub struct RowSum([f64; LANES]);

impl RowSum {
    /// Adds the samples of one panel.
    #[inline(always)]
    pub fn add<S: Simd>(&mut self, simd: S, row: &Row) {
        let sums = S::as_mut_simd_f64s(&mut self.0).0;
        for group in S::as_simd_f64s(&row.0).0.chunks_exact(sums.len()) {
            for (sum, &value) in sums.iter_mut().zip(group) {
                *sum = simd.add_f64s(*sum, value);
            }
        }
    }

    /// The sum.
    pub fn total(&self) -> f64 {
        join(self.0)
    }
}

/// What a sum begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Zero.
    Zero,
    /// What stands there.
    Here,
}

/// `out <- start + A b` on one panel: `sum_k A[i][k] b[k]` with `k` ascending, one rounding for each product and each sum.
///
/// Guarantee: replayed; bit for bit the plain loop.
///
/// # Panics
/// When the shapes do not fit; the shapes are the caller's, never a user's.
#[inline(always)]
pub fn weigh<S: Simd>(simd: S, out: &mut [Row], a: View<'_>, b: &[Row], start: Start) {
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
        _ => simd.vectorize(Weigh { out, a, b, start }),
    }
}

struct Weigh<'a> {
    out: &'a mut [Row],
    a: View<'a>,
    b: &'a [Row],
    start: Start,
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
        for first in (0..PANEL / S::F64_LANES).step_by(W) {
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

/// Eight partial sums of `e h` beside those of `h`, over the samples seen so far: sample `n` joins partial sum `n mod 8`.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
struct Pair {
    weighted: [f64; LANES],
    plain: [f64; LANES],
}

/// `sum_n e_n h_n` and `sum_n h_n` for each product `h_n = left[i]_n right[r]_n` of two rows.
///
/// Guarantee: replayed; each is the [`sum`](super::reduce::sum) over all samples of the panels, in their order.
#[derive(Clone, Debug)]
pub struct PanelSums {
    cols: usize,
    entries: Vec<Pair>,
}

impl PanelSums {
    /// Zeros, for `rows` left rows and `cols` right rows.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        PanelSums { cols, entries: vec![Pair::zeroed(); rows * cols] }
    }

    /// Back to zero.
    pub fn clear(&mut self) {
        self.entries.fill(Pair::zeroed());
    }

    /// Adds the samples of one panel; `left` are the left rows from `first` on, `right` the first right rows or all. Meanwhile the rows of
    /// `soon` are fetched into the cache, as many as there are right rows: what is read next.
    ///
    /// # Panics
    /// When the shapes do not fit.
    #[inline(always)]
    pub fn add<S: Simd>(&mut self, simd: S, first: usize, left: &[Row], right: &[Row], e: &Row, soon: &[Row]) {
        let entries = &mut self.entries[first * self.cols..(first + left.len()) * self.cols];
        assert!(right.len() <= self.cols, "no more right rows than columns");
        simd.vectorize(Add { entries, cols: self.cols, left, right, e, soon, groups: PANEL / LANES });
    }

    /// The two sums `(sum e h, sum h)` of left row `i` and right row `r`.
    pub fn at(&self, i: usize, r: usize) -> (f64, f64) {
        let Pair { weighted, plain } = self.entries[i * self.cols + r];
        (join(weighted), join(plain))
    }
}

struct Add<'a> {
    entries: &'a mut [Pair],
    /// The entries from one left row to the next.
    cols: usize,
    left: &'a [Row],
    right: &'a [Row],
    e: &'a Row,
    soon: &'a [Row],
    /// The groups of eight samples in a panel: a number that the compiler does not see, lest it unrolls the loop over them.
    groups: usize,
}

impl WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match self.soon {
            [] => self.all::<S, false>(simd),
            _ => self.all::<S, true>(simd),
        }
    }
}

impl Add<'_> {
    /// All left rows; `FETCH` tells whether there are rows to be fetched.
    #[inline(always)]
    fn all<S: Simd, const FETCH: bool>(&mut self, simd: S) {
        // The eight partial sums fill one vector, or two, or as many as it takes; tiles of left by right rows must fit the registers.
        let (mut i, rows) = (0, self.left.len());
        while i < rows {
            match (S::F64_LANES, rows - i) {
                (8, 1) => self.row::<S, 1, 1, 8, FETCH>(simd, i),
                (8, _) => self.row::<S, 1, 2, 4, FETCH>(simd, i),
                (4, _) => self.row::<S, 2, 1, 2, FETCH>(simd, i),
                (2, _) => self.row::<S, 4, 1, 1, FETCH>(simd, i),
                _ => self.row::<S, 8, 1, 1, FETCH>(simd, i),
            }
            i += if S::F64_LANES == 8 { 2 } else { 1 };
        }
    }

    /// `A` left rows from `i` on, with all right rows, `B` of them at a time.
    #[inline(always)]
    fn row<S: Simd, const P: usize, const A: usize, const B: usize, const FETCH: bool>(&mut self, simd: S, i: usize) {
        let (mut r, cols) = (0, self.right.len());
        while r + B <= cols {
            self.tile::<S, P, A, B, FETCH>(simd, i, r);
            r += B;
        }
        if B > 4 && r + 4 <= cols {
            self.tile::<S, P, A, 4, FETCH>(simd, i, r);
            r += 4;
        }
        match cols - r {
            3 => self.tile::<S, P, A, 3, FETCH>(simd, i, r),
            2 => self.tile::<S, P, A, 2, FETCH>(simd, i, r),
            1 => self.tile::<S, P, A, 1, FETCH>(simd, i, r),
            _ => {}
        }
    }

    /// `A x B` pairs of sums at once, each with its eight partial sums in `P` vectors.
    #[inline(always)]
    fn tile<S: Simd, const P: usize, const A: usize, const B: usize, const FETCH: bool>(&mut self, simd: S, i: usize, r: usize) {
        let cols = self.cols;
        let left: [&Row; A] = std::array::from_fn(|a| &self.left[i + a]);
        let right: [&Row; B] = std::array::from_fn(|b| &self.right[r + b]);
        let (mut weighted, mut plain) = ([[[simd.splat_f64s(0.0); P]; B]; A], [[[simd.splat_f64s(0.0); P]; B]; A]);
        for a in 0..A {
            for (b, pair) in self.entries[(i + a) * cols + r..][..B].iter().enumerate() {
                weighted[a][b].copy_from_slice(S::as_simd_f64s(&pair.weighted).0);
                plain[a][b].copy_from_slice(S::as_simd_f64s(&pair.plain).0);
            }
        }
        // With the first left rows alone: once is enough.
        let soon = if FETCH && i == 0 { self.soon.get(r..r + B).unwrap_or_default() } else { &[] };
        for group in 0..self.groups {
            let first = group * P;
            soon.iter().for_each(
                #[inline(always)]
                |row| fetch(&row.0[group * LANES]),
            );
            let e = self.e.vectors::<S, P>(first);
            let u: [&[S::f64s]; A] = std::array::from_fn(|a| left[a].vectors::<S, P>(first));
            let f: [&[S::f64s]; B] = std::array::from_fn(|b| right[b].vectors::<S, P>(first));
            for a in 0..A {
                for b in 0..B {
                    for p in 0..P {
                        let h = simd.mul_f64s(u[a][p], f[b][p]);
                        plain[a][b][p] = simd.add_f64s(plain[a][b][p], h);
                        weighted[a][b][p] = simd.add_f64s(weighted[a][b][p], simd.mul_f64s(e[p], h));
                    }
                }
            }
        }
        for a in 0..A {
            for (b, pair) in self.entries[(i + a) * cols + r..][..B].iter_mut().enumerate() {
                S::as_mut_simd_f64s(&mut pair.weighted).0.copy_from_slice(&weighted[a][b]);
                S::as_mut_simd_f64s(&mut pair.plain).0.copy_from_slice(&plain[a][b]);
            }
        }
    }
}

/// Asks for the cache line of this number, where the processor takes such hints: it changes no value.
#[inline(always)]
#[allow(unsafe_code)]
fn fetch(number: &f64) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a hint about memory that the reference proves to be there.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(number).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = number;
}

#[cfg(test)]
mod tests;
