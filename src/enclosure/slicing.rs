//! Products of integer matrices, exact and at the speed of floats.
//!
//! Lemma (`proofs/eigenvalue-tail.md`, lemma 1). Let the integers `a_j`, `b_j` have `sum_j |a_j| |b_j| <= 2^53`. Then every partial
//! sum of `a_j b_j`, in any order, fused or not, is an integer that a float holds exactly.
//!
//! So both factors are cut into slices, `A = sum_s 2^(ps) A_s` and `B = sum_t 2^(qt) B_t`, short enough for the lemma; the products
//! of slices are taken in floats, and put together again in integers of 128 bits.

use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::parallel;
use crate::portable::product::{View, add_first_columns, add_product};

/// Rows that are multiplied at a time; the memory beside the slices is that of so many rows.
const BLOCK: usize = 128;

/// Gives `use_row(i, row)` for every row of `A B`, computed exactly on `threads` threads; the results in the order of the rows.
///
/// Guarantee: exact, as long as the true entries of `A B` fit 128 bits.
///
/// # Errors
/// When the shapes do not fit, or there are so many inner indices that no slice is short enough.
pub fn exact_product_rows<T: Default + Clone + Send>(
    a: &Matrix<i64>,
    b: &Matrix<i64>,
    threads: usize,
    use_row: impl Fn(usize, &[i128]) -> T + Sync,
) -> Result<Vec<T>> {
    if a.cols() != b.rows() {
        return Err(Error::input(format!("a factor with {} rows", b.rows()), format!("{}", a.cols())));
    }
    let sliced = Sliced::new(a, b)?;
    let mut results = vec![T::default(); a.rows()];
    let share = a.rows().div_ceil(threads.max(1)).max(1);
    parallel::parts(&mut results, share, |first, results| sliced.rows(first, results, &use_row));
    Ok(results)
}

/// Gives `use_row(i, row)` for every row of the lower triangle of `A'A`, its entries `0` to `i`, on `threads` threads; the results in the
/// order of the rows.
///
/// Guarantee: exact. About half the work of [`exact_product_rows`], as `A'A` is symmetric and its factors are not cut.
///
/// # Errors
/// When an entry of `A'A` may be beyond `2^53`, so that the lemma does not hold for whole entries.
pub fn exact_gram_rows<T: Send>(a: &Matrix<i64>, threads: usize, use_row: impl Fn(usize, &[f64]) -> T + Sync) -> Result<Vec<T>> {
    let (inner, order) = (a.rows(), a.cols());
    let largest = a.as_slice().iter().map(|x| u128::from(x.unsigned_abs())).max().unwrap_or(0);
    if largest > 1 << 53 || largest * largest * inner as u128 > 1 << 53 {
        return Err(Error::refused("the matrix is too large for exact inner products of its columns"));
    }
    let floats: Vec<f64> = a.as_slice().iter().map(|&x| x as f64).collect();
    // The longest rows first, so that the threads end together.
    let starts: Vec<usize> = (0..order).step_by(BLOCK).rev().collect();
    let mut blocks = parallel::map(&starts, threads, |&start| {
        let end = (start + BLOCK).min(order);
        let rows = View::rows(&floats, inner, order).transposed().row_block(start, end - start);
        let mut product = vec![0.0; (end - start) * end];
        add_first_columns(&mut product, rows, &floats, order, end);
        (start..end).zip(product.chunks(end)).map(|(i, row)| use_row(i, &row[..=i])).collect::<Vec<T>>()
    });
    blocks.reverse();
    Ok(blocks.into_iter().flatten().collect())
}

/// `A` and `B` in slices, least significant first, with their bits.
struct Sliced {
    a: Slices,
    b: Slices,
    inner: usize,
    cols: usize,
}

struct Slices {
    bits: u32,
    slices: Vec<Vec<f64>>,
}

impl Sliced {
    fn new(a: &Matrix<i64>, b: &Matrix<i64>) -> Result<Self> {
        let (p, q) = slice_bits(a, b).ok_or_else(|| Error::refused("the matrices are too large for exact slicing"))?;
        Ok(Sliced { a: Slices::cut(a, p), b: Slices::cut(b, q), inner: a.cols(), cols: b.cols() })
    }

    /// Rows `first..first + results.len()` of the product.
    fn rows<T>(&self, first: usize, results: &mut [T], use_row: impl Fn(usize, &[i128]) -> T) {
        if self.cols == 0 {
            return results.iter_mut().enumerate().for_each(|(i, r)| *r = use_row(first + i, &[]));
        }
        let room = BLOCK.min(results.len()) * self.cols;
        let (mut sums, mut product) = (vec![0i128; room], vec![0.0; room]);
        for (block, results) in results.chunks_mut(BLOCK).enumerate() {
            let start = first + block * BLOCK;
            let room = results.len() * self.cols;
            self.block(start, &mut sums[..room], &mut product[..room]);
            for (i, (row, result)) in sums.chunks(self.cols).zip(results).enumerate() {
                *result = use_row(start + i, row);
            }
        }
    }

    /// `sum_st 2^(ps + qt) A_s B_t`, on rows from `start` on. Right modulo `2^128` at every step, hence right at the end.
    fn block(&self, start: usize, sums: &mut [i128], product: &mut [f64]) {
        let count = sums.len() / self.cols;
        sums.fill(0);
        for (s, a) in (0..).zip(&self.a.slices) {
            let rows = View::rows(&a[start * self.inner..(start + count) * self.inner], count, self.inner);
            for (t, b) in (0..).zip(&self.b.slices) {
                product.fill(0.0);
                add_product(product, rows, b, self.cols);
                let shift = s * self.a.bits + t * self.b.bits;
                sums.iter_mut().zip(&*product).for_each(|(sum, &term)| *sum = sum.wrapping_add(i128::from(term as i64) << shift));
            }
        }
    }
}

impl Slices {
    /// `x = sum_t 2^(bits t) x_t` for all entries `x`, with `-2^(bits-1) <= x_t < 2^(bits-1)`.
    fn cut(matrix: &Matrix<i64>, bits: u32) -> Self {
        let mut rest = matrix.as_slice().to_vec();
        let mut slices = Vec::new();
        while rest.iter().any(|&x| x != 0) {
            slices.push(rest.iter().map(|&x| lowest_slice(x, bits) as f64).collect());
            rest.iter_mut().for_each(|x| *x = without_lowest_slice(*x, bits));
        }
        Slices { bits, slices }
    }
}

/// The remainder of `x` modulo `2^bits` of least absolute value; halves are negative.
fn lowest_slice(x: i64, bits: u32) -> i64 {
    (x << (64 - bits)) >> (64 - bits)
}

/// `(x - lowest_slice(x)) / 2^bits`.
fn without_lowest_slice(x: i64, bits: u32) -> i64 {
    (x >> bits) + (x >> (bits - 1) & 1)
}

/// The fewest bits of a slice: with one, `1 = 2 * 1 + (-1)` would never come to an end.
const FEWEST_BITS: u32 = 2;

/// The bits `(p, q)` of slices of `A` and of `B`, at least [`FEWEST_BITS`], that seem to make the fewest products and keep the lemma:
/// `max_i sum_j |A_s,ij| <= L < 2^l` and `l + q - 1 <= 53`.
fn slice_bits(a: &Matrix<i64>, b: &Matrix<i64>) -> Option<(u32, u32)> {
    let (a_bits, b_bits) = (largest_bits(a), largest_bits(b));
    let row_sum = largest_row_sum(a);
    let candidates = (FEWEST_BITS..=53).filter_map(|p| {
        let slices = slice_count(a_bits, p);
        let sum = if slices == 1 { row_sum } else { (a.cols() as u128) << (p - 1) };
        let q = 54u32.checked_sub(bit_length(sum)).filter(|&q| q >= FEWEST_BITS)?.min(53);
        Some((slices * slice_count(b_bits, q), p, q))
    });
    candidates.min().map(|(_, p, q)| (p, q))
}

/// About how many slices of `bits` bits hold all numbers of `magnitude` bits and a sign. One slice is enough when this is one; beyond,
/// it is an estimate, as slices with a sign reach a little less far upwards than downwards. Only the choice of the bits rests on it.
fn slice_count(magnitude: u32, bits: u32) -> u32 {
    (magnitude + 1).div_ceil(bits).max(1)
}

/// The bits of the largest absolute value.
pub fn largest_bits(matrix: &Matrix<i64>) -> u32 {
    matrix.as_slice().iter().map(|x| 64 - x.unsigned_abs().leading_zeros()).max().unwrap_or(0)
}

/// `max_i sum_j |A_ij|` (guarantee: exact).
pub fn largest_row_sum(matrix: &Matrix<i64>) -> u128 {
    let row_sum = |i| matrix.row(i).iter().map(|x| u128::from(x.unsigned_abs())).sum();
    (0..matrix.rows()).map(row_sum).max().unwrap_or(0)
}

/// The `n` with `2^(n-1) <= value < 2^n`, or 0 for 0.
pub fn bit_length(value: u128) -> u32 {
    128 - value.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(a: &Matrix<i64>, b: &Matrix<i64>) -> Vec<Vec<i128>> {
        let entry = |i, j| (0..a.cols()).map(|k| i128::from(a[(i, k)]) * i128::from(b[(k, j)])).sum();
        (0..a.rows()).map(|i| (0..b.cols()).map(|j| entry(i, j)).collect()).collect()
    }

    fn sliced(a: &Matrix<i64>, b: &Matrix<i64>, threads: usize) -> Vec<Vec<i128>> {
        exact_product_rows(a, b, threads, |_, row| row.to_vec()).unwrap()
    }

    #[test]
    fn extreme_entries() {
        for (x, y) in [(i64::MAX, i64::MAX), (i64::MIN, i64::MAX), (i64::MIN, 1), (0, i64::MIN), (1 << 53, -(1 << 53) - 1)] {
            let (a, b) = (Matrix::filled(1, 1, x), Matrix::filled(1, 1, y));
            assert_eq!(sliced(&a, &b, 1), naive(&a, &b), "{x} {y}");
        }
        let (a, b) = (Matrix::filled(2, 1000, i64::MAX >> 10), Matrix::filled(1000, 3, i64::MIN >> 2));
        assert_eq!(sliced(&a, &b, 2), naive(&a, &b));
    }

    /// Even where a row sum leaves `B` a single bit: the slices of `A` are then made shorter.
    #[test]
    fn slices_have_two_bits_or_more() {
        for x in [0, 1, -1, i64::MIN, i64::MAX, (1 << 51) - 1, 1 << 51, (1 << 52) - 1, 1 << 52, (1 << 53) - 1, 1 << 53] {
            for y in [0, 1, -1, 1 << 30, -(1 << 52)] {
                for inner in [1, 2, 1000] {
                    let (a, b) = (Matrix::filled(1, inner, x), Matrix::filled(inner, 1, y));
                    let (p, q) = slice_bits(&a, &b).unwrap();
                    assert!(p.min(q) >= FEWEST_BITS, "{x} {y} {inner}: {p} {q}");
                    assert_eq!(sliced(&a, &b, 1), naive(&a, &b), "{x} {y} {inner}");
                }
            }
        }
    }

    #[test]
    fn empty_factors() {
        assert_eq!(sliced(&Matrix::filled(2, 0, 0), &Matrix::filled(0, 1, 0), 2), vec![vec![0], vec![0]]);
        assert_eq!(sliced(&Matrix::filled(2, 1, 0), &Matrix::filled(1, 0, 0), 1), vec![Vec::new(); 2]);
        assert!(exact_product_rows(&Matrix::filled(1, 2, 0), &Matrix::filled(1, 1, 0), 1, |_, _| ()).is_err());
    }

    #[test]
    fn a_slice_too_long_would_be_seen() {
        // 2^53 + 1 is not a float: one slice of 54 bits would lose it.
        let (a, b) = (Matrix::from_rows(1, 2, vec![1 << 53, 1]).unwrap(), Matrix::filled(2, 1, 1));
        assert_eq!(sliced(&a, &b, 1), vec![vec![(1 << 53) + 1]]);
    }

    /// Sizes on both sides of a block's edge, and the largest entries that are allowed.
    #[test]
    fn the_lower_triangle_is_that_of_the_naive_product() {
        for (inner, order) in [(3, 1), (2, BLOCK - 1), (2, BLOCK), (3, BLOCK + 1), (1, 2 * BLOCK + 5), (0, 4), (4, 0)] {
            let a = Matrix::from_fn(inner, order, |i, j| ((i * 7919 + j * 104_729) % 2001) as i64 - 1000);
            let whole = naive(&a.transposed(), &a);
            for threads in [1, 3] {
                let rows = exact_gram_rows(&a, threads, |i, row| (i, row.to_vec())).unwrap();
                assert_eq!(rows.len(), order);
                for (i, (place, row)) in rows.iter().enumerate() {
                    assert_eq!((*place, row.len()), (i, i + 1));
                    assert!(row.iter().zip(&whole[i]).all(|(&x, &y)| x as i128 == y), "row {i} of {order}");
                }
            }
        }
        let largest = (1 << 26) - 1;
        let rows = exact_gram_rows(&Matrix::filled(2, 1, largest), 1, |_, row| row[0]).unwrap();
        assert_eq!(rows[0] as i64, 2 * largest * largest);
        for beyond in [(1 << 26) + 1, i64::MIN] {
            assert!(exact_gram_rows(&Matrix::filled(2, 1, beyond), 1, |_, _| ()).is_err());
        }
    }

    proptest! {
        #[test]
        fn equals_the_naive_product(
            rows in 0usize..6, inner in 0usize..9, cols in 0usize..6, shift in 0u32..60, threads in 1usize..5, bits in prop::collection::vec(any::<i64>(), 108),
        ) {
            let entry = |n: usize, s: u32| bits[n % bits.len()] >> s.max(2);
            let a = Matrix::from_fn(rows, inner, |i, j| entry(i * inner + j, shift));
            let b = Matrix::from_fn(inner, cols, |i, j| entry(54 + i * cols + j, 60 - shift));
            prop_assert_eq!(sliced(&a, &b, threads), naive(&a, &b));
        }

        #[test]
        fn slices_add_up(x in any::<i64>(), bits in FEWEST_BITS..=53) {
            let (low, rest) = (lowest_slice(x, bits), without_lowest_slice(x, bits));
            prop_assert_eq!(i128::from(x), (i128::from(rest) << bits) + i128::from(low));
            prop_assert!(-(1 << (bits - 1)) <= low && low < 1 << (bits - 1));
        }
    }
}
