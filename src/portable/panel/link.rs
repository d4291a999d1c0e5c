//! A layer of few units that is read through its squares by one layer above it, in registers from one to the other.
//!
//! With `z = R s` and `f = z^2` entrywise, the layer above has `S = start + A f`. The same could be had from [`weigh`](super::weigh()) and
//! [`PanelSums::add`], row by row: here `z` and `f` are never stored, which at width 1 takes less time than storing them.

use pulp::{Simd, WithSimd};

use super::rows::Row;
use super::sums::PanelSums;
use super::weigh::Start;
use crate::matrix::Matrix;
use crate::portable::reduce::LANES;

/// `K` units below, read by `M` squares, and `K` units above.
#[derive(Clone, Copy, Debug)]
pub struct Link<const K: usize, const M: usize> {
    /// `R`.
    span: [[f64; K]; M],
    /// `A`.
    weights: [[f64; M]; K],
}

/// The slopes of the layer below: `u <- scale s + R' (A' u_above * 2 R s)`.
pub struct Down<'a> {
    /// `u`.
    pub slopes: &'a mut [Row],
    /// `scale`.
    pub scale: f64,
}

impl<const K: usize, const M: usize> Link<K, M> {
    /// The link with these matrices `R` and `A`, or nothing when their shapes are others.
    pub fn new(span: &Matrix<f64>, weights: &Matrix<f64>) -> Option<Self> {
        let fits = (span.rows(), span.cols(), weights.rows(), weights.cols()) == (M, K, K, M);
        let link = || Link {
            span: std::array::from_fn(|m| std::array::from_fn(|k| span[(m, k)])),
            weights: std::array::from_fn(|a| std::array::from_fn(|m| weights[(a, m)])),
        };
        fits.then(link)
    }

    /// Whether a link is faster than its parts: with few units, or with many registers.
    #[inline(always)]
    pub fn pays<S: Simd>() -> bool {
        K == 1 || S::F64_LANES == 8
    }

    /// `above <- start + A f` on the first `samples` samples of a panel and the rest of their last group of eight at least, where
    /// `below` holds `s`.
    ///
    /// Guarantee: replayed; bit for bit the plain loop over `k`, then over `m`, each ascending.
    ///
    /// # Panics
    /// When there are not `K` rows below and above.
    #[inline(always)]
    pub fn ascend<S: Simd>(&self, simd: S, above: &mut [Row], below: &[Row], start: Start, samples: usize) {
        assert_eq!((above.len(), below.len()), (K, K), "K rows below and above");
        simd.vectorize(Ascend { link: self, above, below, start, samples });
    }

    /// Adds the first `samples` samples of a panel to the sums of `e u_a f_m` and `u_a f_m`, where `above` holds `u` and `below` holds
    /// `s`, and gives the slopes below, where they are asked for. The other samples of the last group of eight must be zero in `e` and `s`.
    ///
    /// Guarantee: replayed; bit for bit the plain loop over `m`, then over `k`, each ascending.
    ///
    /// # Panics
    /// When there are not `K` rows below and above, or `K` by `M` sums.
    #[inline(always)]
    pub fn descend<S: Simd>(
        &self,
        simd: S,
        sums: &mut PanelSums,
        (above, below, e): (&[Row], &[Row], &Row),
        down: Option<Down<'_>>,
        samples: usize,
    ) {
        assert_eq!((above.len(), below.len()), (K, K), "K rows below and above");
        assert!(down.as_ref().is_none_or(|down| down.slopes.len() == K), "K slopes below");
        simd.vectorize(Descend { link: self, sums, above, below, e, down, groups: samples.div_ceil(LANES) });
    }

    /// `z`, on one vector of samples.
    #[inline(always)]
    fn project<S: Simd>(&self, simd: S, s: [S::f64s; K]) -> [S::f64s; M] {
        let mut projections = [simd.splat_f64s(0.0); M];
        for (z, row) in projections.iter_mut().zip(&self.span) {
            *z = combine(simd, *z, row, &s);
        }
        projections
    }
}

/// `start + sum_i factors_i vectors_i`, `i` ascending.
#[inline(always)]
fn combine<S: Simd, const N: usize>(simd: S, start: S::f64s, factors: &[f64; N], vectors: &[S::f64s; N]) -> S::f64s {
    let mut sum = start;
    for (&factor, &vector) in factors.iter().zip(vectors) {
        sum = simd.add_f64s(sum, simd.mul_f64s(simd.splat_f64s(factor), vector));
    }
    sum
}

/// One vector of each row.
#[inline(always)]
fn column<S: Simd, const K: usize>(simd: S, rows: &[Row; K], at: usize) -> [S::f64s; K] {
    let mut column = [simd.splat_f64s(0.0); K];
    for (vector, row) in column.iter_mut().zip(rows) {
        *vector = row.vectors::<S, 1>(at)[0];
    }
    column
}

struct Ascend<'a, const K: usize, const M: usize> {
    link: &'a Link<K, M>,
    above: &'a mut [Row],
    below: &'a [Row],
    start: Start,
    samples: usize,
}

impl<const K: usize, const M: usize> WithSimd for Ascend<'_, K, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let link = *self.link;
        let below: &[Row; K] = self.below.first_chunk().expect("K rows, as was asserted");
        let above: &mut [Row; K] = self.above.first_chunk_mut().expect("K rows, as was asserted");
        for at in 0..Row::vectors_of::<S>(self.samples) {
            let mut features = link.project(simd, column(simd, below, at));
            for f in &mut features {
                *f = simd.mul_f64s(*f, *f);
            }
            for (row, weights) in above.iter_mut().zip(&link.weights) {
                let sum = &mut row.vectors_mut::<S, 1>(at)[0];
                let start = if self.start == Start::Here { *sum } else { simd.splat_f64s(0.0) };
                *sum = combine(simd, start, weights, &features);
            }
        }
    }
}

struct Descend<'a, const K: usize, const M: usize> {
    link: &'a Link<K, M>,
    sums: &'a mut PanelSums,
    above: &'a [Row],
    below: &'a [Row],
    e: &'a Row,
    down: Option<Down<'a>>,
    /// The groups of eight samples.
    groups: usize,
}

impl<const K: usize, const M: usize> WithSimd for Descend<'_, K, M> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // The eight partial sums fill one vector, or two, or as many as it takes.
        match S::F64_LANES {
            8 => self.all::<S, 1>(simd),
            4 => self.all::<S, 2>(simd),
            2 => self.all::<S, 4>(simd),
            _ => self.all::<S, 8>(simd),
        }
    }
}

impl<const K: usize, const M: usize> Descend<'_, K, M> {
    #[inline(always)]
    fn all<S: Simd, const P: usize>(self, simd: S) {
        let (link, groups) = (*self.link, self.groups);
        let below: &[Row; K] = self.below.first_chunk().expect("K rows, as was asserted");
        let above: &[Row; K] = self.above.first_chunk().expect("K rows, as was asserted");
        // Transposed.
        let weights: [[f64; K]; M] = std::array::from_fn(|m| link.weights.map(|row| row[m]));
        let span: [[f64; M]; K] = std::array::from_fn(|k| link.span.map(|row| row[k]));
        let mut down = match self.down {
            Some(Down { slopes, scale }) => {
                let slopes: &mut [Row; K] = slopes.first_chunk_mut().expect("K rows, as was asserted");
                Some((slopes, simd.splat_f64s(scale)))
            }
            None => None,
        };
        let [mut weighted, mut plain] = self.sums.partial::<S, K, M, P>(simd);
        for at in 0..groups * P {
            let (e, u, s) = (self.e.vectors::<S, 1>(at)[0], column(simd, above, at), column(simd, below, at));
            // `z`, and in its place `A' u * 2 z` when that is known.
            let mut through = link.project(simd, s);
            for (m, z) in through.iter_mut().enumerate() {
                let f = simd.mul_f64s(*z, *z);
                for (a, &u) in u.iter().enumerate() {
                    let (h, plain, weighted) = (simd.mul_f64s(u, f), &mut plain[a][m][at % P], &mut weighted[a][m][at % P]);
                    *plain = simd.add_f64s(*plain, h);
                    *weighted = simd.add_f64s(*weighted, simd.mul_f64s(e, h));
                }
                let back = combine(simd, simd.splat_f64s(0.0), &weights[m], &u);
                *z = simd.mul_f64s(back, simd.add_f64s(*z, *z));
            }
            if let Some((slopes, scale)) = &mut down {
                for (k, row) in slopes.iter_mut().enumerate() {
                    row.vectors_mut::<S, 1>(at)[0] = combine(simd, simd.mul_f64s(*scale, s[k]), &span[k], &through);
                }
            }
        }
        self.sums.set_partial::<S, K, M, P>(&[weighted, plain]);
    }
}
