//! Samples in panels of 128.

use bytemuck::{Pod, Zeroable};
use pulp::Simd;

use crate::matrix::Matrix;
use crate::portable::reduce::{LANES, join};

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
    pub(super) fn vectors<S: Simd, const W: usize>(&self, first: usize) -> &[S::f64s] {
        S::as_simd_f64s(&self.0[first * S::F64_LANES..(first + W) * S::F64_LANES]).0
    }

    /// How many vectors hold the first `samples` samples and the rest of their last group of eight: sums read whole groups.
    #[inline(always)]
    pub(super) fn vectors_of<S: Simd>(samples: usize) -> usize {
        samples.div_ceil(LANES) * (LANES / S::F64_LANES)
    }

    #[inline(always)]
    pub(super) fn vectors_mut<S: Simd, const W: usize>(&mut self, first: usize) -> &mut [S::f64s] {
        S::as_mut_simd_f64s(&mut self.0[first * S::F64_LANES..(first + W) * S::F64_LANES]).0
    }
}

/// A matrix with one sample a column, panel by panel; the last panel is filled up with zeros.
#[derive(Clone, Debug)]
pub struct Panels {
    pub(super) rows: usize,
    pub(super) entries: Vec<Row>,
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
        let mut panels = Panels::zeros(m.rows(), m.cols());
        for i in 0..m.rows() {
            for (p, samples) in m.row(i).chunks(PANEL).enumerate() {
                panels.panel_mut(p)[i].0[..samples.len()].copy_from_slice(samples);
            }
        }
        panels
    }
}

/// Eight partial sums, as of [`sum`](crate::portable::reduce::sum), over one row of the panels seen so far.
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
