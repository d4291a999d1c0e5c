//! How the squares of a layer are read by the layers above it, on the samples of a panel.

use pulp::Simd;

use crate::matrix::Matrix;
use crate::portable::panel::{PanelSums, Row, Start, weigh};
use crate::portable::product::{View, add_product};

/// What the layers above see of `z = R_j S_j`, and how it is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Activation {
    /// `z^2`, formed on every sample.
    #[default]
    Square,
    /// `z^2` where `|z| <= B`; beyond, the constant `B^2`, with slope 0.
    Truncated(f64),
    /// `z^2`, without forming it: a unit `a` above reads the quadratic form `S_j' A_a S_j` with `A_a = R_j' diag(K_a) R_j`.
    ///
    /// The same function and gradient up to rounding, with `k_l k_j^2` operations a sample in the place of `m_j (k_j + k_l)`: for a
    /// wide layer `j` below a layer `l` of few units.
    Forms,
}

impl Activation {
    /// `f = act(z)`.
    #[inline(always)]
    pub(super) fn evaluate(self, f: &mut Row, z: &Row) {
        match self {
            Activation::Truncated(b) => f.set(
                #[inline(always)]
                |n| if z.0[n].abs() <= b { z.0[n] * z.0[n] } else { b * b },
            ),
            Activation::Square | Activation::Forms => f.set(
                #[inline(always)]
                |n| z.0[n] * z.0[n],
            ),
        }
    }

    /// `t act'(z)`.
    #[inline(always)]
    pub(super) fn slope(self, z: f64, t: f64) -> f64 {
        match self {
            Activation::Truncated(b) => t * if z.abs() <= b { z + z } else { 0.0 },
            Activation::Square | Activation::Forms => t * (z + z),
        }
    }

    /// `t <- t act'(z)`.
    #[inline(always)]
    pub(super) fn differentiate(self, t: &mut Row, z: &Row) {
        t.update(
            #[inline(always)]
            |n, t| self.slope(z.0[n], t),
        );
    }
}

/// The quadratic forms `S_j' A_a S_j`, `A_a = R_j' diag(K_a) R_j`, with which the units `a` of one layer read layer `j`.
#[derive(Clone, Debug)]
pub(super) struct Forms {
    /// `A_1, A_2, ...` one below the other.
    matrices: Matrix<f64>,
    /// `diag(K_a) R_j` of one unit, and later `R_j M_a`.
    scaled: Matrix<f64>,
    /// `A_a S_j`, one below the other.
    images: Vec<Row>,
}

impl Forms {
    /// Forms of `units` units, with a span of this shape.
    pub(super) fn new(units: usize, span: &Matrix<f64>) -> Self {
        let k = span.cols();
        Forms { matrices: Matrix::filled(units * k, k, 0.0), scaled: span.clone(), images: vec![Row::ZERO; units * k] }
    }

    /// The forms of these weights.
    pub(super) fn prepare(&mut self, weights: &Matrix<f64>, span: &Matrix<f64>) {
        let k = span.cols();
        self.matrices.as_mut_slice().fill(0.0);
        for (a, matrix) in self.matrices.as_mut_slice().chunks_mut(k * k).enumerate() {
            for i in 0..span.rows() {
                let scaled = self.scaled.row_mut(i).iter_mut().zip(span.row(i));
                scaled.for_each(|(s, r)| *s = weights[(a, i)] * r);
            }
            add_product(matrix, View::from(span).transposed(), self.scaled.as_slice(), k);
        }
    }

    /// `S_(l,a) += sum_q S_(j,q) (A_a S_j)_q`, `q` ascending.
    #[inline(always)]
    pub(super) fn add_to<S: Simd>(&mut self, simd: S, sums: &mut [Row], below: &[Row], samples: usize) {
        weigh(simd, &mut self.images, (&self.matrices).into(), below, Start::Zero, samples);
        for (a, images) in self.images.chunks(below.len()).enumerate() {
            for (image, s) in images.iter().zip(below) {
                add_entrywise(&mut sums[a], s, image);
            }
        }
    }

    /// Adds a panel to `sums` of `u_(l,a) S_j S_j'`, on and below the diagonal, where `weighted` has room for the rows of `S_j`.
    #[inline(always)]
    pub(super) fn add_moments<S: Simd>(
        simd: S,
        sums: &mut PanelSums,
        (slopes, e): (&[Row], &Row),
        below: &[Row],
        weighted: &mut [Row],
        samples: usize,
    ) {
        for (a, slope) in slopes.iter().enumerate() {
            for (w, s) in weighted.iter_mut().zip(below) {
                w.set(
                    #[inline(always)]
                    |n| slope.0[n] * s.0[n],
                );
            }
            // Two rows at a time up to the diagonal: the moments are symmetric.
            for q in (0..below.len()).step_by(2) {
                let end = (q + 2).min(below.len());
                sums.add(simd, a * below.len() + q, (&weighted[q..end], &below[..end], e), samples, &[]);
            }
        }
    }

    /// `u_j += sum_a 2 u_(l,a) A_a S_j`.
    #[inline(always)]
    pub(super) fn pass_down(&self, down: &mut [Row], slopes: &[Row]) {
        for (slope, images) in slopes.iter().zip(self.images.chunks(down.len())) {
            for (down, image) in down.iter_mut().zip(images) {
                down.update(
                    #[inline(always)]
                    |n, u| {
                        let term = slope.0[n] * image.0[n];
                        u + (term + term)
                    },
                );
            }
        }
    }

    /// `dK_(a,i) = r_i' M_a r_i` from the moments `M_a`, of which `moment(a k + q, p)` is entry `(q, p)`, `p <= q`.
    pub(super) fn gradient(&mut self, gradient: &mut Matrix<f64>, span: &Matrix<f64>, moment: impl Fn(usize, usize) -> f64) {
        let k = span.cols();
        for a in 0..gradient.rows() {
            // The forms are made anew before they are used again.
            let matrix = &mut self.matrices.as_mut_slice()[a * k * k..][..k * k];
            matrix.iter_mut().enumerate().for_each(|(n, entry)| *entry = moment(a * k + (n / k).max(n % k), (n / k).min(n % k)));
            self.scaled.as_mut_slice().fill(0.0);
            add_product(self.scaled.as_mut_slice(), span.into(), matrix, k);
            for (i, entry) in gradient.row_mut(a).iter_mut().enumerate() {
                *entry = self.scaled.row(i).iter().zip(span.row(i)).fold(0.0, |sum, (m, r)| sum + m * r);
            }
        }
    }
}

/// `sum += a * b` on each sample.
#[inline(always)]
fn add_entrywise(sum: &mut Row, a: &Row, b: &Row) {
    sum.update(
        #[inline(always)]
        |n, s| s + a.0[n] * b.0[n],
    );
}
