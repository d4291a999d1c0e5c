//! How far candidates for the eigenvectors and eigenvalues of a Gram matrix are from being so, without an error.
//!
//! The candidates are data. Nothing is assumed of them: bad ones make wide bounds, never wrong ones. Proofs:
//! `proofs/eigenvalue-tail.md`.

use dashu_int::UBig;
use dashu_int::ops::SquareRootRem;

use super::magnitude::{bit_length, largest_bits, largest_row_sum};
use super::slicing::{exact_gram_rows, exact_product_rows};
use crate::error::{Error, Result};
use crate::exact::gram::Gram;
use crate::exact::{Dyadic, Rational};
use crate::matrix::Matrix;
use crate::portable::vectorized;

/// The largest number of bits after the point of a vector or a value.
pub const LARGEST_BITS: u32 = 62;

/// Bits after the point of the copy of `V` that shows it to be invertible.
pub(super) const COARSE_BITS: u32 = 15;

/// Candidates: column `j` of `V` for an eigenvector of `G`, `mu_j` for its eigenvalue, `mu_1 >= mu_2 >= ...`.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The integers `2^k V`, `M x M`.
    pub vectors: Matrix<i64>,
    /// `k`.
    pub vector_bits: u32,
    /// The integers `2^s mu`.
    pub values: Vec<i64>,
    /// `s`.
    pub value_bits: u32,
}

impl Candidate {
    /// Whether the integers have the shapes and sizes that the bounds below take for granted.
    ///
    /// # Errors
    /// When the shapes are not those of `gram`, the values are not in decreasing order, or the residual may not fit 128 bits.
    pub fn checked(&self, gram: &Gram) -> Result<&Self> {
        let order = gram.order();
        if (self.vectors.rows(), self.vectors.cols(), self.values.len()) != (order, order, order) {
            let found = format!("{} x {} vectors and {} values", self.vectors.rows(), self.vectors.cols(), self.values.len());
            return Err(Error::input(found, format!("{order} of each")));
        }
        if let Some(i) = self.values.windows(2).position(|pair| pair[0] < pair[1]) {
            return Err(Error::refused(format!("mu_{} < mu_{}: the values must not increase", i + 1, i + 2)));
        }
        self.check_bits()?;
        // |2^s (GV)_ij| and |V_ij mu_j| are then below 2^126 each.
        let product_bits = bit_length(largest_row_sum(gram.entries())) + largest_bits(&self.vectors) + self.value_bits;
        let values_bits = self.values.iter().map(|m| 64 - m.unsigned_abs().leading_zeros()).max().unwrap_or(0);
        match product_bits <= 126 && values_bits + largest_bits(&self.vectors) <= 126 {
            true => Ok(self),
            false => Err(Error::refused("the matrix, the vectors or the values are too large for exact slicing")),
        }
    }

    fn check_bits(&self) -> Result<()> {
        let (k, s) = (self.vector_bits, self.value_bits);
        match k <= LARGEST_BITS && s <= LARGEST_BITS {
            true => Ok(()),
            false => Err(Error::input(format!("k = {k}, s = {s}"), format!("at most {LARGEST_BITS} bits"))),
        }
    }

    /// Bits after the point of the residual: `k + s`.
    pub fn residual_bits(&self) -> u32 {
        self.vector_bits + self.value_bits
    }

    /// Gives `use_row` every row of `2^(k+s) (GV - V diag(mu))` (guarantee: exact).
    fn residual_rows<T: Send>(&self, gram: &Gram, threads: usize, use_row: impl Fn(&[i128]) -> T + Sync) -> Result<Vec<T>> {
        exact_product_rows(gram.entries(), &self.checked(gram)?.vectors, threads, |i, product| {
            let entry = |((gv, &v), &mu): ((&i128, &i64), &i64)| (gv << self.value_bits) - i128::from(v) * i128::from(mu);
            let row: Vec<i128> = product.iter().zip(self.vectors.row(i)).zip(&self.values).map(entry).collect();
            use_row(&row)
        })
    }

    /// An upper bound of `4^(k+s) ||GV - V diag(mu)||_F^2` (guarantee: valid; exactly 0 for exact eigenvectors).
    ///
    /// # Errors
    /// As [`checked`](Self::checked).
    pub fn residual_squared_upper(&self, gram: &Gram, threads: usize) -> Result<UBig> {
        Ok(self.residual_rows(gram, threads, norm_squared_upper)?.into_iter().sum())
    }

    /// The floats next to the entries of `GV - V diag(mu)` (guarantee: approximate): what to correct.
    ///
    /// # Errors
    /// As [`checked`](Self::checked).
    pub fn residual(&self, gram: &Gram, threads: usize) -> Result<Matrix<f64>> {
        self.check_bits()?;
        let unit = 1.0 / (1u128 << self.residual_bits()) as f64;
        let rows = self.residual_rows(gram, threads, |row| row.iter().map(|&r| r as f64 * unit).collect::<Vec<f64>>())?;
        Matrix::from_rows(gram.order(), gram.order(), rows.concat())
    }

    /// A lower bound of the smallest singular value of `V` (guarantee: valid); `None` when none above zero is found.
    ///
    /// Let `W` be `V` rounded to `c` bits after the point. Then `sigma_min(V) >= sigma_min(W) - ||V - W||_F`, and with
    /// `e = ||W'W - I||_F < 1`, `sigma_min(W) >= sqrt(1 - e) >= 1 - e` (`proofs/eigenvalue-tail.md`, lemma 3). An entry of `W` of 2
    /// or more makes `e` larger than 1 by itself; without one the products fit.
    ///
    /// # Errors
    /// When `k` is above [`LARGEST_BITS`].
    pub fn smallest_singular_value_lower(&self, threads: usize) -> Result<Option<Rational>> {
        self.check_bits()?;
        let dropped = self.vector_bits.saturating_sub(COARSE_BITS);
        let coarse = vectorized(|| self.vectors.map(|&v| shifted_down(v, dropped)));
        coarse_singular_value_lower(&coarse, self.vector_bits - dropped, dropped > 0, threads)
    }
}

/// A lower bound of `sigma_min(V)` (guarantee: valid), for a `V` that is `coarse / 2^bits`, or was `rounded` to it, entry by entry.
pub(super) fn coarse_singular_value_lower(
    coarse: &Matrix<i64>,
    bits: u32,
    rounded: bool,
    threads: usize,
) -> Result<Option<Rational>> {
    if largest_bits(coarse) > bits + 1 {
        return Ok(None);
    }
    let defect = exact_gram_rows(coarse, threads, |i, row| symmetric_norm_squared(&row[..i], row[i] - (1 << (2 * bits))))?;
    let defect_upper = dyadic(sqrt_upper(&defect.into_iter().map(UBig::from).sum()), 2 * i64::from(bits));
    let rounding_upper = if rounded { UBig::from(coarse.rows().max(coarse.cols())) } else { UBig::ZERO };
    let sigma = &(&Rational::from(1) - &defect_upper) - &dyadic(rounding_upper, i64::from(bits) + 1);
    Ok((sigma > Rational::from(0)).then_some(sigma))
}

/// What a row of the lower triangle of a symmetric matrix adds to the sum of the squares of all entries (guarantee: exact); the entries are
/// integers up to `2^53`, at most `2^20` of them.
fn symmetric_norm_squared(below_diagonal: &[i64], diagonal: i64) -> u128 {
    let square = |x: i64| u128::from(x.unsigned_abs()).pow(2);
    2 * below_diagonal.iter().map(|&x| square(x)).sum::<u128>() + square(diagonal)
}

/// `value / 2^bits`, rounded to the nearest integer, halves upwards.
fn shifted_down(value: i64, bits: u32) -> i64 {
    if bits == 0 { value } else { (value >> bits) + (value >> (bits - 1) & 1) }
}

/// `integer / 2^bits`.
pub fn dyadic(integer: UBig, bits: i64) -> Rational {
    Rational::from(&Dyadic::new(integer.into(), -bits))
}

/// Bits of an entry that are squared.
const SQUARED_BITS: u32 = 48;

/// An upper bound of the sum of the squares (guarantee: valid; exact while the entries have at most 48 bits).
///
/// Entries are rounded up to a common multiple of `2^t` first, so that the sum of up to `2^31` squares fits 128 bits.
pub fn norm_squared_upper(row: &[i128]) -> UBig {
    let largest = row.iter().map(|r| r.unsigned_abs()).max().unwrap_or(0);
    let t = bit_length(largest).saturating_sub(SQUARED_BITS);
    let up = (1u128 << t) - 1;
    // A quotient has at most 49 bits.
    let sum: u128 = row.iter().map(|r| ((r.unsigned_abs() + up) >> t) as u64).map(|q| u128::from(q) * u128::from(q)).sum();
    UBig::from(sum) << (2 * t as usize)
}

/// The least integer not below `sqrt(value)`.
pub fn sqrt_upper(value: &UBig) -> UBig {
    let (root, rest) = value.sqrt_rem();
    if rest.is_zero() { root } else { root + UBig::ONE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_rounded_up() {
        for (value, root) in [(0u64, 0u64), (1, 1), (2, 2), (4, 2), (5, 3), (8, 3), (9, 3), (10, 4), (u64::MAX, 1 << 32)] {
            assert_eq!(sqrt_upper(&UBig::from(value)), UBig::from(root), "{value}");
        }
    }

    /// An entry off the diagonal stands for two: the bound is that of all of `W'W - I`, added up here entry by entry.
    #[test]
    fn the_singular_value_is_bounded_by_the_whole_matrix() {
        let (bits, order) = (12u32, 5);
        let entry = |i: usize, j: usize| if i == j { (1 << bits) - 3 } else { (i * 7 + j * 3) as i64 % 11 - 5 };
        let coarse = Matrix::from_fn(order, order, entry);
        let defect = |i: usize, j: usize| {
            let inner: i64 = (0..order).map(|k| coarse[(k, i)] * coarse[(k, j)]).sum();
            inner - if i == j { 1 << (2 * bits) } else { 0 }
        };
        let all = (0..order).flat_map(|i| (0..order).map(move |j| (i, j)));
        let squares: UBig = all.map(|(i, j)| UBig::from(defect(i, j).unsigned_abs()).sqr()).sum();
        let expected = &Rational::from(1) - &dyadic(sqrt_upper(&squares), 2 * i64::from(bits));
        for threads in [1, 2] {
            assert_eq!(coarse_singular_value_lower(&coarse, bits, false, threads).unwrap(), Some(expected.clone()));
        }
    }

    /// Entries of more than 48 bits are rounded before they are squared: upwards, so that the bound is one.
    #[test]
    fn a_norm_is_rounded_up() {
        let exact = |row: &[i128]| row.iter().map(|r| UBig::from(r.unsigned_abs()).sqr()).sum::<UBig>();
        for row in [[(1 << 49) + 1, 0], [-(1 << 49) - 1, 3], [(1 << 90) + 1, 1], [i128::MAX, i128::MIN]] {
            let (upper, exact) = (norm_squared_upper(&row), exact(&row));
            assert!(upper >= exact, "{row:?}: {upper} < {exact}");
            assert!(&upper - &exact <= (exact >> 40usize), "{row:?}: {upper} is far above");
        }
        let small = [(1i128 << 48) - 1, -5];
        assert_eq!(norm_squared_upper(&small), exact(&small));
    }
}
