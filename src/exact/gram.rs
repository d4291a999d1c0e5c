//! Gram matrices of integers over one denominator.

use std::num::NonZeroU64;

use dashu_int::IBig;

use super::Rational;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

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

/// The entry, if exact products can take it.
///
/// # Errors
/// When it is beyond [`largest_entry`].
pub fn checked_entry(entry: i64, order: usize) -> Result<i64> {
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

    /// `tr G`, without the denominator (guarantee: exact).
    pub fn trace(&self) -> IBig {
        (0..self.order()).map(|i| IBig::from(self.entries[(i, i)])).sum()
    }

    /// `sum / (M D)` for an order of `M`: how a sum of eigenvalues of `G` becomes a mean over the family (guarantee: exact).
    pub fn mean(&self, sum: &Rational) -> Rational {
        let whole = IBig::from(self.order()) * IBig::from(self.denominator.get());
        sum * Rational::new(IBig::ONE, whole).expect("neither the order nor the denominator is zero")
    }

    /// Whether all entries off the diagonal are zero.
    pub fn is_diagonal(&self) -> bool {
        (0..self.order()).all(|i| self.entries.row(i).iter().enumerate().all(|(j, &g)| i == j || g == 0))
    }
}

/// The first `(i, j)`, `i > j`, at which a square matrix differs from its transpose.
pub fn first_asymmetry(entries: &Matrix<i64>) -> Option<(usize, usize)> {
    let below = (0..entries.rows()).flat_map(|i| (0..i).map(move |j| (i, j)));
    below.into_iter().find(|&(i, j)| entries[(i, j)] != entries[(j, i)])
}

/// Tells an asymmetry, counting from one as Matrix Market does.
pub fn asymmetry(entries: &Matrix<i64>, i: usize, j: usize) -> String {
    let (below, above) = (entries[(i, j)], entries[(j, i)]);
    format!("not symmetric: entry ({}, {}) is {below}, entry ({}, {}) is {above}", i + 1, j + 1, j + 1, i + 1)
}
