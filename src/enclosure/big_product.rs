//! Products of matrices of big integers, exact and at the speed of floats.
//!
//! The lemma is that of [`super::slicing`], and so is the plan: both factors are cut into slices of `b` bits,
//! `A = sum_s 2^(bs) A_s` and `B = sum_t 2^(bt) B_t`, with `n (2^b - 1)^2 <= 2^53` for `n` inner indices; products of slices are
//! taken in floats. As an entry may be of any size, the `A_s B_t` with equal `s + t` are added up in integers of 64 bits, and those
//! sums are put together in big integers.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign};

use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::parallel;
use crate::portable::product::{View, add_integer_product};

/// Rows that are multiplied at a time.
const BLOCK: usize = 64;

/// The most slices of a factor: then the sum of the products with equal `s + t` is below `2^(53 + 9)`.
const MOST_SLICES: usize = 1 << 9;

/// Gives `use_row(i, row)` for every row of `A B`, computed exactly on `threads` threads; the results in the order of the rows.
///
/// Guarantee: exact.
///
/// # Errors
/// When the shapes do not fit, or an entry needs more than `MOST_SLICES` slices.
pub fn big_product_rows<T: Send>(
    a: &Matrix<IBig>,
    b: &Matrix<IBig>,
    threads: usize,
    use_row: impl Fn(usize, &[IBig]) -> T + Sync,
) -> Result<Vec<T>> {
    if a.cols() != b.rows() {
        return Err(Error::input(format!("a factor with {} rows", b.rows()), format!("{}", a.cols())));
    }
    let bits = slice_bits(a.cols());
    let factors = Factors { a: cut(a, bits)?, b: cut(b, bits)?, bits, inner: a.cols(), cols: b.cols() };
    let starts: Vec<usize> = (0..a.rows()).step_by(BLOCK).collect();
    let blocks = parallel::map(&starts, threads, |&start| factors.rows(start, BLOCK.min(a.rows() - start), &use_row));
    Ok(blocks.into_iter().flatten().collect())
}

/// About how many multiplications a product of square matrices of this order takes, with entries of so many bits.
pub fn work(order: usize, a_bits: u64, b_bits: u64) -> u128 {
    let bits = u64::from(slice_bits(order));
    let slices = |size: u64| u128::from(size.div_ceil(bits).max(1));
    (order as u128).pow(3) * slices(a_bits) * slices(b_bits)
}

/// The most `b` with `n (2^b - 1)^2 <= 2^53`, or one or two less: `n <= 2^l` and `2b + l <= 53`.
fn slice_bits(inner: usize) -> u32 {
    (53 - inner.max(1).next_power_of_two().ilog2()) / 2
}

/// The slices of a matrix, least significant first: `A = sum_s 2^(bits s) A_s`, with the signs of `A`.
fn cut(matrix: &Matrix<IBig>, bits: u32) -> Result<Vec<Vec<f64>>> {
    let longest = matrix.as_slice().iter().map(|x| x.bit_len()).max().unwrap_or(0);
    let count = longest.div_ceil(bits as usize);
    if count > MOST_SLICES {
        return Err(Error::refused(format!("entries of {longest} bits are too large for exact slicing")));
    }
    let mut slices = vec![vec![0.0; matrix.as_slice().len()]; count];
    for (n, entry) in matrix.as_slice().iter().enumerate() {
        let (sign, words) = entry.as_sign_words();
        for (s, slice) in slices.iter_mut().enumerate().take(entry.bit_len().div_ceil(bits as usize)) {
            let magnitude = bits_at(words, s * bits as usize, bits) as f64;
            slice[n] = if sign == Sign::Negative { -magnitude } else { magnitude };
        }
    }
    Ok(slices)
}

/// `count <= 32` bits of a number, from bit `start` on.
fn bits_at(words: &[dashu_int::Word], start: usize, count: u32) -> u64 {
    let size = dashu_int::Word::BITS as usize;
    let word = |n: usize| words.get(n).map_or(0, |&w| u128::from(w));
    let (first, offset) = (start / size, start % size);
    let window = word(first) | word(first + 1) << size | if size < 64 { word(first + 2) << (2 * size) } else { 0 };
    (window >> offset) as u64 & ((1 << count) - 1)
}

struct Factors {
    a: Vec<Vec<f64>>,
    b: Vec<Vec<f64>>,
    bits: u32,
    inner: usize,
    cols: usize,
}

impl Factors {
    /// What `use_row` makes of `count` rows of the product, from row `start` on.
    fn rows<T>(&self, start: usize, count: usize, use_row: impl Fn(usize, &[IBig]) -> T) -> Vec<T> {
        let sums = self.block(start, count);
        let row = |i: usize| (0..self.cols).map(|j| self.joined(&sums, i * self.cols + j)).collect::<Vec<IBig>>();
        (0..count).map(|i| use_row(start + i, &row(i))).collect()
    }

    /// For each `d`, the entries of `sum_(s+t=d) A_s B_t` on some rows.
    fn block(&self, start: usize, count: usize) -> Vec<Vec<i64>> {
        let mut sums = vec![vec![0i64; count * self.cols]; (self.a.len() + self.b.len()).saturating_sub(1)];
        for (s, a) in self.a.iter().enumerate() {
            let rows = View::rows(&a[start * self.inner..(start + count) * self.inner], count, self.inner);
            for (t, b) in self.b.iter().enumerate() {
                let mut product = vec![0.0; count * self.cols];
                add_integer_product(&mut product, rows, b, self.cols);
                sums[s + t].iter_mut().zip(&product).for_each(|(sum, &term)| *sum += term as i64);
            }
        }
        sums
    }

    /// `sum_d 2^(bits d) sums_d`, at one place. Three sums, below `2^62` each and less than 27 bits apart, fit 128 bits.
    fn joined(&self, sums: &[Vec<i64>], at: usize) -> IBig {
        let three = |part: &[Vec<i64>]| part.iter().rev().fold(0i128, |high, sums| (high << self.bits) + i128::from(sums[at]));
        sums.chunks(3).rev().fold(IBig::ZERO, |high, part| (high << (self.bits as usize * part.len())) + IBig::from(three(part)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sliced(a: &Matrix<IBig>, b: &Matrix<IBig>, threads: usize) -> Vec<Vec<IBig>> {
        big_product_rows(a, b, threads, |_, row| row.to_vec()).unwrap()
    }

    fn naive(a: &Matrix<IBig>, b: &Matrix<IBig>) -> Vec<Vec<IBig>> {
        let entry = |i: usize, j: usize| (0..a.cols()).map(|k| &a[(i, k)] * &b[(k, j)]).sum();
        (0..a.rows()).map(|i| (0..b.cols()).map(|j| entry(i, j)).collect()).collect()
    }

    #[test]
    fn slices_keep_the_lemma() {
        for inner in [1usize, 2, 3, 100, 1000, 1024, 1025, 8192, 1 << 26] {
            let bits = slice_bits(inner);
            assert!((inner as u128) * ((1u128 << bits) - 1).pow(2) <= 1 << 53, "{inner}");
            assert!((13..=26).contains(&bits), "{inner}");
        }
    }

    #[test]
    fn the_largest_slices_add_up() {
        // Every slice is full, and a slice of one bit more would lose the last one of the sum.
        for inner in [1, 3, 64] {
            let full = (IBig::ONE << 200) - IBig::ONE;
            let (a, b) = (Matrix::filled(2, inner, full.clone()), Matrix::filled(inner, 2, -full));
            assert_eq!(sliced(&a, &b, 1), naive(&a, &b));
        }
    }

    #[test]
    fn empty_factors_and_wrong_shapes() {
        let of = |rows, cols| Matrix::filled(rows, cols, IBig::ZERO);
        assert_eq!(sliced(&of(2, 0), &of(0, 1), 2), naive(&of(2, 0), &of(0, 1)));
        assert_eq!(sliced(&of(2, 1), &of(1, 0), 1), vec![Vec::<IBig>::new(); 2]);
        assert!(big_product_rows(&of(1, 2), &of(1, 1), 1, |_, _| ()).is_err());
        let huge = Matrix::filled(1, 1, IBig::ONE << 20_000);
        assert!(big_product_rows(&huge, &huge, 1, |_, _| ()).is_err());
    }

    proptest! {
        #[test]
        fn equals_the_naive_product(
            rows in 0usize..5, inner in 0usize..70, cols in 0usize..5, threads in 1usize..4,
            values in prop::collection::vec((any::<i128>(), 0usize..300, 0u32..128), 40),
        ) {
            let entry = |n: usize| { let (x, up, down) = values[n % 40]; IBig::from(x >> down) << up };
            let a = Matrix::from_fn(rows, inner, |i, j| entry(i * inner + j));
            let b = Matrix::from_fn(inner, cols, |i, j| entry(17 + i * cols + j));
            prop_assert_eq!(sliced(&a, &b, threads), naive(&a, &b));
        }

        #[test]
        fn bits_of_words(x in any::<u128>(), up in 0usize..90, start in 0usize..230, count in 1u32..=26) {
            let number = IBig::from(x) << up;
            let expected = (&number >> start) & IBig::from((1u64 << count) - 1);
            prop_assert_eq!(IBig::from(bits_at(number.as_sign_words().1, start, count)), expected);
        }
    }
}
