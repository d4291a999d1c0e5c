//! Gram matrices of integers over one denominator.

use std::num::NonZeroU64;

use dashu_int::{IBig, UBig};

use super::gram_facts::GramFacts;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::memory;

/// The largest order of a matrix: its dense form takes 512 MiB.
pub const LARGEST_ORDER: usize = 8192;

/// A symmetric matrix `G / D` of rational numbers, such as the inner products of a family of functions.
#[derive(Clone, Debug, PartialEq)]
pub struct Gram {
    // Square, of an order from 1 to LARGEST_ORDER; G = G'; no entry beyond largest_entry(order), so that every sum of absolute
    // values along a row is at most 2^62.
    entries: Matrix<i64>,
    denominator: NonZeroU64,
}

/// The largest absolute value of an entry: what keeps a row's absolute sum within `2^62`, and so all products exact.
pub fn largest_entry(order: usize) -> i64 {
    (1 << 62) / order.max(1) as i64
}

/// The order, if a dense matrix of it is within the memory bound.
///
/// # Errors
/// For an order of 0 or above [`LARGEST_ORDER`].
pub fn checked_order(order: usize) -> Result<usize> {
    match (1..=LARGEST_ORDER).contains(&order) {
        true => Ok(order),
        false => Err(Error::input(format!("a matrix of order {order}"), format!("an order from 1 to {LARGEST_ORDER} (512 MiB)"))),
    }
}

/// Dense matrices of 64 bits that certifying one of them takes at once (measured: 7.5 of order 2000).
const MATRICES: u128 = 8;

/// From this order on, the address space that threads reserve is asked for as well.
const LARGE_ORDER: usize = 500;
const THREADS: u128 = 512 << 20;

/// Bytes that certifying a matrix of this order takes (guarantee: approximate).
pub fn bytes_to_certify(order: usize) -> u128 {
    let threads = if order < LARGE_ORDER { 0 } else { THREADS };
    MATRICES * 8 * (order as u128).pow(2) + threads
}

/// As [`checked_order`], if there is also the memory that certifying such a matrix takes.
///
/// # Errors
/// As [`checked_order`]; with what is needed.
pub fn affordable_order(order: usize) -> Result<usize> {
    let order = checked_order(order)?;
    memory::check(bytes_to_certify(order))
        .map(|()| order)
        .map_err(|e| e.and(format!("certifying a matrix of order {order} takes them")))
}

/// The entry, if exact products of 128 bits can take it.
///
/// # Errors
/// When it is beyond [`largest_entry`].
fn checked_entry(entry: i64, order: usize) -> Result<i64> {
    let largest = largest_entry(order);
    match entry.unsigned_abs() <= largest.unsigned_abs() {
        true => Ok(entry),
        false => Err(Error::input(
            format!("the entry {entry}, too large for exact slicing"),
            format!("at most 2^62/{order} = {largest} in absolute value"),
        )),
    }
}

impl Gram {
    /// `entries / denominator`.
    ///
    /// # Errors
    /// When `entries` is not square and symmetric, its order is not within the bounds, or an entry is too large.
    pub fn new(entries: Matrix<i64>, denominator: NonZeroU64) -> Result<Self> {
        let order = checked_order(entries.rows())?;
        if entries.cols() != order {
            return Err(Error::input(format!("{order} x {} entries", entries.cols()), "a square matrix"));
        }
        entries.as_slice().iter().try_for_each(|&g| checked_entry(g, order).map(|_| ()))?;
        match first_asymmetry(&entries) {
            None => Ok(Gram { entries, denominator }),
            Some((i, j)) => Err(Error::refused(asymmetry(&entries, i, j))),
        }
    }

    /// Bits of the largest entry.
    pub fn bits(&self) -> u64 {
        self.entries.as_slice().iter().map(|g| u64::from(u64::BITS - g.unsigned_abs().leading_zeros())).max().unwrap_or(0)
    }

    /// The matrix with entry `entry(i, j)` for `i >= j`, and its mirror image above.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_lower(order: usize, denominator: NonZeroU64, mut entry: impl FnMut(usize, usize) -> i64) -> Result<Self> {
        let mut entries = Matrix::filled(checked_order(order)?, order, 0);
        for i in 0..order {
            for j in 0..=i {
                let value = checked_entry(entry(i, j), order)?;
                (entries[(i, j)], entries[(j, i)]) = (value, value);
            }
        }
        Ok(Gram { entries, denominator })
    }

    /// The same entries over another denominator.
    pub fn over(self, denominator: NonZeroU64) -> Self {
        Gram { denominator, ..self }
    }

    /// Rows, columns, and functions of the family.
    pub fn order(&self) -> usize {
        self.entries.rows()
    }

    /// The integers `G`.
    pub fn entries(&self) -> &Matrix<i64> {
        &self.entries
    }

    /// The denominator `D`.
    pub fn denominator(&self) -> NonZeroU64 {
        self.denominator
    }

    /// What `G` tells of its eigenvalues (guarantee: exact).
    pub fn facts(&self) -> GramFacts {
        let order = self.order();
        let diagonal = || (0..order).map(|i| IBig::from(self.entries[(i, i)]));
        let row_sum = |i| self.entries.row(i).iter().map(|g| g.unsigned_abs()).sum::<u64>();
        GramFacts {
            order,
            whole: UBig::from(order) * UBig::from(self.denominator.get()),
            trace: diagonal().sum(),
            // At most 2^62, as every row sum.
            largest_row_sum: (0..order).map(row_sum).max().unwrap_or(0).into(),
            diagonal: self.is_diagonal().then(|| {
                let mut diagonal: Vec<IBig> = diagonal().collect();
                diagonal.sort_unstable();
                diagonal
            }),
        }
    }

    /// `v' G v` (guarantee: exact).
    ///
    /// # Panics
    /// When `v` does not have `M` entries; it is the caller's, never a user's.
    pub fn form(&self, v: &[i64]) -> IBig {
        assert_eq!(v.len(), self.order(), "a vector of the order of the matrix");
        // Row sums of G are at most 2^62, so the inner products are at most 2^125.
        let inner = |i: usize| self.entries.row(i).iter().zip(v).map(|(&g, &x)| i128::from(g) * i128::from(x)).sum::<i128>();
        v.iter().enumerate().map(|(i, &x)| IBig::from(x) * IBig::from(inner(i))).sum()
    }

    /// Whether all entries off the diagonal are zero.
    pub fn is_diagonal(&self) -> bool {
        (0..self.order()).all(|i| self.entries.row(i).iter().enumerate().all(|(j, &g)| i == j || g == 0))
    }
}

/// The first `(i, j)`, `i > j`, at which a square matrix differs from its transpose.
pub(super) fn first_asymmetry(entries: &Matrix<i64>) -> Option<(usize, usize)> {
    let below = (0..entries.rows()).flat_map(|i| (0..i).map(move |j| (i, j)));
    below.into_iter().find(|&(i, j)| entries[(i, j)] != entries[(j, i)])
}

/// The asymmetry in words, counting from one as Matrix Market does.
pub(super) fn asymmetry(entries: &Matrix<i64>, i: usize, j: usize) -> String {
    let (below, above) = (entries[(i, j)], entries[(j, i)]);
    format!("not symmetric: entry ({}, {}) is {below}, entry ({}, {}) is {above}", i + 1, j + 1, j + 1, i + 1)
}
