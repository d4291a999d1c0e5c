//! Sums over the samples, panel by panel.

use bytemuck::{Pod, Zeroable};
use pulp::{Simd, WithSimd};

use super::rows::Row;
use crate::portable::reduce::{LANES, join};

/// Eight partial sums of `e h` beside those of `h`, over the samples seen so far: sample `n` joins partial sum `n mod 8`.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
struct Pair {
    weighted: [f64; LANES],
    plain: [f64; LANES],
}

/// `sum_n e_n h_n` and `sum_n h_n` for each product `h_n = left[i]_n right[r]_n` of two rows.
///
/// Guarantee: replayed; each is the [`sum`](crate::portable::reduce::sum) over all samples of the panels, in their order.
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

    /// Adds the first `samples` samples of one panel; `left` are the left rows from `first` on, `right` the first right rows or all. The
    /// other samples of the last group of eight must be zero in `e` and in the right rows. Meanwhile the rows of `soon` are fetched into
    /// the cache, as many as there are right rows: what is read next.
    ///
    /// # Panics
    /// When the shapes do not fit.
    #[inline(always)]
    pub fn add<S: Simd>(
        &mut self,
        simd: S,
        first: usize,
        (left, right, e): (&[Row], &[Row], &Row),
        samples: usize,
        soon: &[Row],
    ) {
        let entries = &mut self.entries[first * self.cols..(first + left.len()) * self.cols];
        assert!(right.len() <= self.cols, "no more right rows than columns");
        simd.vectorize(Add { entries, cols: self.cols, left, right, e, soon, groups: samples.div_ceil(LANES) });
    }

    /// All partial sums of `K` left rows and `M` right rows, each in `P` vectors: those of `e h`, and those of `h`.
    #[inline(always)]
    pub(super) fn partial<S: Simd, const K: usize, const M: usize, const P: usize>(&self, simd: S) -> [Partial<S, K, M, P>; 2] {
        assert_eq!((self.entries.len(), self.cols), (K * M, M), "K left rows and M right rows");
        let mut partial = [[[[simd.splat_f64s(0.0); P]; M]; K]; 2];
        for (n, pair) in self.entries.iter().enumerate() {
            partial[0][n / M][n % M].copy_from_slice(S::as_simd_f64s(&pair.weighted).0);
            partial[1][n / M][n % M].copy_from_slice(S::as_simd_f64s(&pair.plain).0);
        }
        partial
    }

    /// Sets what [`partial`](Self::partial) gives.
    #[inline(always)]
    pub(super) fn set_partial<S: Simd, const K: usize, const M: usize, const P: usize>(
        &mut self,
        partial: &[Partial<S, K, M, P>; 2],
    ) {
        for (n, pair) in self.entries.iter_mut().enumerate() {
            S::as_mut_simd_f64s(&mut pair.weighted).0.copy_from_slice(&partial[0][n / M][n % M]);
            S::as_mut_simd_f64s(&mut pair.plain).0.copy_from_slice(&partial[1][n / M][n % M]);
        }
    }

    /// The two sums `(sum e h, sum h)` of left row `i` and right row `r`.
    pub fn at(&self, i: usize, r: usize) -> (f64, f64) {
        let Pair { weighted, plain } = self.entries[i * self.cols + r];
        (join(weighted), join(plain))
    }
}

/// Partial sums of `K` left rows and `M` right rows, each in `P` vectors.
pub(super) type Partial<S, const K: usize, const M: usize, const P: usize> = [[[<S as Simd>::f64s; P]; M]; K];

struct Add<'a> {
    entries: &'a mut [Pair],
    /// The entries from one left row to the next.
    cols: usize,
    left: &'a [Row],
    right: &'a [Row],
    e: &'a Row,
    soon: &'a [Row],
    /// The groups of eight samples: a number that the compiler does not see, lest it unrolls the loop over them.
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
