//! How the squares of a layer are read by the layers above it, on many samples at once.

use crate::matrix::Matrix;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::{inner_products, sum_by};
use crate::portable::vectorized;

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

/// The features `f_j` of one layer on `N` samples, formed: `m_j x N`.
#[derive(Clone, Debug)]
pub(super) struct Features {
    bound: Option<f64>,
    projections: Matrix<f64>,
    values: Matrix<f64>,
    through: Matrix<f64>,
}

impl Features {
    pub(super) fn new(rows: usize, samples: usize, activation: Activation) -> Self {
        let room = || Matrix::filled(rows, samples, 0.0);
        let bound = if let Activation::Truncated(bound) = activation { Some(bound) } else { None };
        Features { bound, projections: room(), values: room(), through: room() }
    }

    pub(super) fn values(&self) -> &Matrix<f64> {
        &self.values
    }

    /// `z = R S` and `f = z^2`, truncated where a bound is set.
    pub(super) fn evaluate(&mut self, span: &Matrix<f64>, sums: &Matrix<f64>) {
        let projections = self.projections.as_mut_slice();
        projections.fill(0.0);
        add_product(projections, span.into(), sums.as_slice(), sums.cols());
        let pairs = self.values.as_mut_slice().iter_mut().zip(&*projections);
        match self.bound {
            None => vectorized(
                #[inline(always)]
                || pairs.for_each(|(f, z)| *f = z * z),
            ),
            Some(b) => pairs.for_each(|(f, z)| *f = if z.abs() <= b { z * z } else { b * b }),
        }
    }

    /// `dS_j += R_j' ( K' dS_l * 2 z )`, without the terms that are truncated.
    pub(super) fn pass_down(&mut self, down: &mut Matrix<f64>, weights: &Matrix<f64>, slopes: &Matrix<f64>, span: &Matrix<f64>) {
        let (through, n) = (self.through.as_mut_slice(), slopes.cols());
        through.fill(0.0);
        add_product(through, View::from(weights).transposed(), slopes.as_slice(), n);
        let pairs = through.iter_mut().zip(self.projections.as_slice());
        match self.bound {
            None => vectorized(
                #[inline(always)]
                || pairs.for_each(|(t, z)| *t *= z + z),
            ),
            Some(b) => pairs.for_each(|(t, z)| *t *= if z.abs() <= b { z + z } else { 0.0 }),
        }
        add_product(down.as_mut_slice(), View::from(span).transposed(), through, n);
    }
}

/// The quadratic forms `S_j' A_a S_j`, `A_a = R_j' diag(K_a) R_j`, with which the units `a` of one layer read layer `j`.
#[derive(Clone, Debug)]
pub(super) struct Forms {
    /// `A_1, A_2, ...` one below the other.
    matrices: Matrix<f64>,
    /// `A_a S_j`, one below the other.
    images: Matrix<f64>,
    /// `dS_(l,a) * S_j` for one unit.
    weighted: Matrix<f64>,
}

impl Forms {
    /// Forms of `units` units in `k` variables.
    pub(super) fn new(units: usize, k: usize, samples: usize) -> Self {
        Forms {
            matrices: Matrix::filled(units * k, k, 0.0),
            images: Matrix::filled(units * k, samples, 0.0),
            weighted: Matrix::filled(k, samples, 0.0),
        }
    }

    /// `S_(l,a) += sum_q S_(j,q) (A_a S_j)_q`, `q` ascending.
    pub(super) fn add_to(&mut self, sums: &mut Matrix<f64>, weights: &Matrix<f64>, span: &Matrix<f64>, below: &Matrix<f64>) {
        let (k, n) = (below.rows(), below.cols());
        self.matrices.as_mut_slice().fill(0.0);
        for (a, matrix) in self.matrices.as_mut_slice().chunks_mut(k * k).enumerate() {
            let scaled = Matrix::from_fn(span.rows(), k, |i, q| weights[(a, i)] * span[(i, q)]);
            add_product(matrix, View::from(span).transposed(), scaled.as_slice(), k);
        }
        self.images.as_mut_slice().fill(0.0);
        add_product(self.images.as_mut_slice(), (&self.matrices).into(), below.as_slice(), n);
        for (row, image) in self.images.as_slice().chunks(n.max(1)).enumerate() {
            add_entrywise(sums.row_mut(row / k), below.row(row % k), image);
        }
    }

    /// `dK_(a,i) = r_i' M_a r_i` with `M_a = sum_n dS_(l,a) S_j S_j'`.
    pub(super) fn gradient(&mut self, sum: &mut Matrix<f64>, slopes: &Matrix<f64>, span: &Matrix<f64>, below: &Matrix<f64>) {
        let k = below.rows();
        let mut moments = Matrix::filled(k, k, 0.0);
        for a in 0..slopes.rows() {
            self.weighted.as_mut_slice().fill(0.0);
            (0..k).for_each(|q| add_entrywise(self.weighted.row_mut(q), slopes.row(a), below.row(q)));
            inner_products(&mut moments, &self.weighted, below);
            let mut images = Matrix::filled(span.rows(), k, 0.0);
            add_product(images.as_mut_slice(), span.into(), moments.as_slice(), k);
            for (i, entry) in sum.row_mut(a).iter_mut().enumerate() {
                *entry = sum_by(k, |q| images[(i, q)] * span[(i, q)]);
            }
        }
    }

    /// `dS_j += sum_a 2 dS_(l,a) A_a S_j`.
    pub(super) fn pass_down(&self, down: &mut Matrix<f64>, slopes: &Matrix<f64>) {
        let (k, n) = (down.rows(), down.cols());
        for (row, image) in self.images.as_slice().chunks(n.max(1)).enumerate() {
            add_entrywise(down.row_mut(row % k), slopes.row(row / k), image);
            add_entrywise(down.row_mut(row % k), slopes.row(row / k), image);
        }
    }
}

/// `sum += a * b`, entry by entry.
fn add_entrywise(sum: &mut [f64], a: &[f64], b: &[f64]) {
    vectorized(
        #[inline(always)]
        || sum.iter_mut().zip(a.iter().zip(b)).for_each(|(s, (a, b))| *s += a * b),
    );
}
