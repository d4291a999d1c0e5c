//! Products of integer matrices, exact and at the speed of floats.
//!
//! Lemma (`proofs/eigenvalue-tail.md`, lemma 1). Let the integers `a_j`, `b_j` have `sum_j |a_j| |b_j| <= 2^53`. Then every partial
//! sum of `a_j b_j`, in any order, fused or not, is an integer that a float holds exactly. By Cauchy and Schwarz `||a|| ||b|| <= 2^53` is
//! enough.
//!
//! So both factors are cut into slices (`super::slices`), `A = sum_s 2^(p_s) A_s` and `B = sum_t 2^(q_t) B_t`, short enough for the lemma;
//! the products of slices are taken in floats, or in integers of 32 bits where both slices have 16, and put together again in integers
//! of 128 bits.

use super::magnitude::{columns_squared_upper, largest_bits};
use super::slices::{Arithmetic, Cut, Plan, Term};
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::parallel;
use crate::portable::product::{View, add_integer_product};
use crate::portable::short::{Factor, LARGEST_SUM, Left, Right, SHORT_BITS, add_first_columns};
use crate::portable::vectorized;

/// Rows that are multiplied at a time; the memory beside the slices is that of so many rows for each product of slices.
const BLOCK: usize = 256;

/// Gives `use_row(i, row)` for every row of `A B`, computed exactly on `threads` threads; the results in the order of the rows.
///
/// Guarantee: exact, as long as the true entries of `A B` fit 128 bits.
///
/// # Errors
/// When the shapes do not fit, or there are so many inner indices that no slice is short enough.
pub fn exact_product_rows<T: Send>(
    a: &Matrix<i64>,
    b: &Matrix<i64>,
    threads: usize,
    use_row: impl Fn(usize, &[i128]) -> T + Sync,
) -> Result<Vec<T>> {
    if a.cols() != b.rows() {
        return Err(Error::input(format!("a factor with {} rows", b.rows()), format!("{}", a.cols())));
    }
    let sliced = Sliced::new(a, b)?;
    let starts: Vec<usize> = (0..a.rows()).step_by(BLOCK).collect();
    let blocks = parallel::map(&starts, threads, |&start| sliced.rows(start, BLOCK.min(a.rows() - start), &use_row));
    Ok(blocks.into_iter().flatten().collect())
}

/// Gives `use_row(i, row)` for every row of the lower triangle of `A'A`, its entries `0` to `i`, on `threads` threads; the results in the
/// order of the rows.
///
/// Guarantee: exact. Where the entries have 16 bits and the columns are not too long, an eighth of the work of a product of floats.
///
/// # Errors
/// When an entry of `A'A` may be beyond `2^53`.
pub fn exact_gram_rows<T: Send>(a: &Matrix<i64>, threads: usize, use_row: impl Fn(usize, &[i64]) -> T + Sync) -> Result<Vec<T>> {
    let (order, longest) = (a.cols(), columns_squared_upper(a));
    if longest > (1u64 << 53) as f64 {
        return Err(Error::refused("the matrix is too large for exact inner products of its columns"));
    }
    if largest_bits(a) >= SHORT_BITS || longest > LARGEST_SUM as f64 {
        return exact_product_rows(&a.transposed(), a, threads, |i, row| {
            use_row(i, &row[..=i].iter().map(|&x| x as i64).collect::<Vec<i64>>())
        });
    }
    let (left, right) = (Left::transposed(a), Right::of(a));
    // The longest rows first, so that the threads end together.
    let starts: Vec<usize> = (0..order).step_by(BLOCK).rev().collect();
    let mut blocks = parallel::map(&starts, threads, |&start| {
        let end = (start + BLOCK).min(order);
        let mut product = vec![0; (end - start) * end];
        add_first_columns(&mut product, &left, start, &right, end);
        let row = |(i, row): (usize, &[i32])| use_row(i, &row[..=i].iter().map(|&x| x.into()).collect::<Vec<i64>>());
        (start..end).zip(product.chunks(end)).map(row).collect::<Vec<T>>()
    });
    blocks.reverse();
    Ok(blocks.into_iter().flatten().collect())
}

/// A slice in the forms that products are made from; one that none needs is left out.
struct Forms<S> {
    short: Option<S>,
    floats: Option<Matrix<f64>>,
}

impl<S: Factor> Forms<S> {
    /// The slices of a factor, each in the forms that `needed` names with it.
    fn of_slices(matrix: &Matrix<i64>, cut: &Cut, needed: &[(usize, Arithmetic)]) -> Vec<Self> {
        let (rows, cols) = (matrix.rows(), matrix.cols());
        let empty = |t: usize| Forms {
            short: needed.contains(&(t, Arithmetic::Short)).then(|| S::zeros(rows, cols)),
            floats: needed.contains(&(t, Arithmetic::Floats)).then(|| Matrix::filled(rows, cols, 0.0)),
        };
        let mut slices: Vec<Self> = (0..cut.shifts().len()).map(empty).collect();
        cut.rows(matrix, |t, i, row| slices[t].set_row(i, row));
        slices
    }

    fn set_row(&mut self, i: usize, row: &[i64]) {
        if let Some(short) = &mut self.short {
            short.set_row(i, row);
        }
        if let Some(floats) = &mut self.floats {
            vectorized(|| floats.row_mut(i).iter_mut().zip(row).for_each(|(float, &x)| *float = x as f64));
        }
    }
}

/// `A B = sum_terms 2^shift A_s B_t`.
struct Sliced {
    a: Vec<Forms<Left>>,
    b: Vec<Forms<Right>>,
    terms: Vec<Term>,
    cols: usize,
}

/// The rows of a product of slices.
enum Rows {
    Floats(Vec<f64>),
    Short(Vec<i32>),
}

impl Sliced {
    fn new(a: &Matrix<i64>, b: &Matrix<i64>) -> Result<Self> {
        let plan = Plan::of(a, b).ok_or_else(|| Error::refused("the matrices are too large for exact slicing"))?;
        let needed = |slice: fn(&Term) -> usize| plan.terms.iter().map(|term| (slice(term), term.arithmetic)).collect::<Vec<_>>();
        let a_forms = Forms::of_slices(a, &plan.a, &needed(|term| term.a));
        let b_forms = Forms::of_slices(b, &plan.b, &needed(|term| term.b));
        Ok(Sliced { a: a_forms, b: b_forms, terms: plan.terms, cols: b.cols() })
    }

    /// What `use_row` makes of `count` rows of the product, from row `start` on.
    ///
    /// A sum over the terms is right modulo `2^128` at every step, hence right at the end.
    fn rows<T>(&self, start: usize, count: usize, use_row: impl Fn(usize, &[i128]) -> T) -> Vec<T> {
        let products: Vec<Rows> = self.terms.iter().map(|term| self.product(term, start, count)).collect();
        let mut sums = vec![0i128; self.cols];
        let row = |i: usize| {
            sums.fill(0);
            let here = i * self.cols..(i + 1) * self.cols;
            for (Term { shift, .. }, product) in self.terms.iter().zip(&products) {
                let add = |sum: &mut i128, term: i64| *sum = sum.wrapping_add(i128::from(term) << shift);
                match product {
                    Rows::Floats(all) => sums.iter_mut().zip(&all[here.clone()]).for_each(|(sum, &x)| add(sum, x as i64)),
                    Rows::Short(all) => sums.iter_mut().zip(&all[here.clone()]).for_each(|(sum, &x)| add(sum, x.into())),
                }
            }
            use_row(start + i, &sums)
        };
        (0..count).map(row).collect()
    }

    fn product(&self, term: &Term, start: usize, count: usize) -> Rows {
        let (a, b, size) = (&self.a[term.a], &self.b[term.b], count * self.cols);
        if size == 0 {
            return Rows::Short(Vec::new());
        }
        match (term.arithmetic, &a.short, &b.short, &a.floats, &b.floats) {
            (Arithmetic::Short, Some(a), Some(b), ..) => {
                let mut product = vec![0; size];
                add_first_columns(&mut product, a, start, b, self.cols);
                Rows::Short(product)
            }
            (Arithmetic::Floats, .., Some(a), Some(b)) => {
                let mut product = vec![0.0; size];
                add_integer_product(&mut product, View::from(a).row_block(start, count), b.as_slice(), self.cols);
                Rows::Floats(product)
            }
            _ => unreachable!("a slice has the forms that its terms need"),
        }
    }
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
                    assert!(row.iter().zip(&whole[i]).all(|(&x, &y)| i128::from(x) == y), "row {i} of {order}");
                }
            }
        }
        // On both sides of what 16 bits hold, and up to where sums end.
        const LARGEST: i64 = i16::MAX as i64;
        for entry in [LARGEST, LARGEST + 1, -LARGEST, -LARGEST - 1, (1 << 26) - 1] {
            let rows = exact_gram_rows(&Matrix::filled(2, 1, entry), 1, |_, row| row[0]).unwrap();
            assert_eq!(rows[0], 2 * entry * entry);
        }
        let columns = exact_gram_rows(&Matrix::filled(3, 2, LARGEST), 1, |_, row| row.to_vec()).unwrap();
        assert_eq!(columns[1], vec![3 * LARGEST * LARGEST; 2]);
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
    }
}
