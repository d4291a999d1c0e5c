//! The Cholesky factorisation of large matrices, and systems solved with it.
//!
//! ```text
//! A = L L'        l_jj = sqrt(a_jj - sum_{k<j} l_jk^2)        l_ij = (a_ij - sum_{k<j} l_ik l_jk) / l_jj
//! ```
//!
//! Every sum is taken away from its entry term by term, `k` ascending, one rounding for the multiplication and one for the
//! subtraction: the bits of the naive triple loop, in the factor and in the solution of `L Z = B`. Nearly all terms pass through
//! [`add_product`], which keeps that order. In `L' X = Z` the rows below a block come before those within it, so there the width
//! of the block is part of the order. [`factor`](super::factor) has faer's factorisation, in an order of its own.

use super::product::{View, add_product};
use super::vectorized;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// Columns that are eliminated together.
const BLOCK: usize = 64;
/// Rows below the diagonal block that are solved side by side, one column after the other.
const ROWS: usize = 32;

/// The lower factor `L` of a symmetric positive definite matrix.
#[derive(Clone, Debug)]
pub struct Cholesky {
    size: usize,
    panels: Vec<Panel>,
}

/// The columns `first..first + width` of `L`, from the diagonal down.
#[derive(Clone, Debug)]
struct Panel {
    first: usize,
    width: usize,
    /// Rows `first..n`, one after the other; the first `width` of them are zero above the diagonal.
    rows: Vec<f64>,
}

impl Cholesky {
    /// The factor of `A + shift I`, `n x n`; the lower triangle of `A` is read.
    ///
    /// Guarantee: replayed, and approximate. Cost: `n^3 / 6` multiplications and as many subtractions.
    ///
    /// # Errors
    /// When the matrix is not square, or a pivot is not a positive number; the error names it.
    pub fn shifted(a: &Matrix<f64>, shift: f64) -> Result<Self> {
        if a.rows() != a.cols() {
            return Err(Error::input(format!("{} x {}", a.rows(), a.cols()), "a square matrix"));
        }
        let mut panels: Vec<Panel> = Vec::new();
        for first in (0..a.rows()).step_by(BLOCK) {
            let mut panel = Panel::of(a, shift, first);
            panels.iter().for_each(|left| panel.subtract(left));
            panel.finish()?;
            panels.push(panel);
        }
        Ok(Cholesky { size: a.rows(), panels })
    }

    /// The factor as an `n x n` matrix, zero above the diagonal.
    pub fn lower(&self) -> Matrix<f64> {
        let mut lower = Matrix::filled(self.size, self.size, 0.0);
        for panel in &self.panels {
            for (i, row) in (panel.first..).zip(panel.rows.chunks_exact(panel.width)) {
                lower.row_mut(i)[panel.columns()].copy_from_slice(row);
            }
        }
        lower
    }

    /// The solution `X` of `L L' X = B`, `n x m` as `B` is: forward through `L`, then backward through `L'`.
    ///
    /// Guarantee: replayed, and approximate.
    ///
    /// # Errors
    /// When `B` has not a row for each row of the factor.
    pub fn solve(&self, b: &Matrix<f64>) -> Result<Matrix<f64>> {
        if b.rows() != self.size {
            return Err(Error::input(format!("{} rows", b.rows()), format!("{} rows", self.size)));
        }
        let mut x = b.clone();
        self.panels.iter().for_each(|panel| panel.forward(&mut x));
        self.panels.iter().rev().for_each(|panel| panel.backward(&mut x));
        Ok(x)
    }
}

impl Panel {
    fn of(a: &Matrix<f64>, shift: f64, first: usize) -> Self {
        let width = BLOCK.min(a.rows() - first);
        let mut rows = Vec::with_capacity((a.rows() - first) * width);
        (first..a.rows()).for_each(|i| rows.extend_from_slice(&a.row(i)[first..first + width]));
        (0..width).for_each(|j| rows[j * width + j] += shift);
        Panel { first, width, rows }
    }

    fn columns(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.width
    }

    /// `A - L_left L_left'` in the columns of this panel, for a finished panel on its left.
    fn subtract(&mut self, left: &Panel) {
        let beside = &left.rows[(self.first - left.first) * left.width..];
        let mut negated = vec![0.0; left.width * self.width];
        for (j, row) in beside.chunks_exact(left.width).take(self.width).enumerate() {
            row.iter().enumerate().for_each(|(k, l)| negated[k * self.width + j] = -l);
        }
        add_product(&mut self.rows, View::rows(beside, beside.len() / left.width, left.width), &negated, self.width);
    }

    /// Eliminates within the panel: the diagonal block, then the rows below it.
    fn finish(&mut self) -> Result<()> {
        let (diagonal, below) = self.rows.split_at_mut(self.width * self.width);
        vectorized(
            #[inline(always)]
            || {
                factor(diagonal, self.width).map_err(|(j, pivot)| not_definite(self.first + j, pivot))?;
                solve_rows(below, diagonal, self.width);
                Ok(())
            },
        )
    }

    /// Solves for the rows of this panel and takes them out of the rows below.
    fn forward(&self, x: &mut Matrix<f64>) {
        let m = x.cols();
        let (own, below) = x.as_mut_slice()[self.first * m..].split_at_mut(self.width * m);
        for i in 0..self.width {
            let (solved, rest) = own.split_at_mut(i * m);
            (0..i).for_each(|k| subtract_multiple(&mut rest[..m], self.rows[i * self.width + k], &solved[k * m..][..m]));
            rest[..m].iter_mut().for_each(|x| *x /= self.rows[i * self.width + i]);
        }
        let negated: Vec<f64> = own.iter().map(|x| -x).collect();
        add_product(below, self.below(), &negated, m);
    }

    /// Takes the rows below, which are solved, out of the rows of this panel, and solves for them.
    fn backward(&self, x: &mut Matrix<f64>) {
        let m = x.cols();
        let (own, below) = x.as_mut_slice()[self.first * m..].split_at_mut(self.width * m);
        let negated: Vec<f64> = below.iter().map(|x| -x).collect();
        add_product(own, self.below().transposed(), &negated, m);
        for i in (0..self.width).rev() {
            let (rest, solved) = own.split_at_mut((i + 1) * m);
            let row = &mut rest[i * m..];
            (i + 1..self.width)
                .for_each(|k| subtract_multiple(row, self.rows[k * self.width + i], &solved[(k - i - 1) * m..][..m]));
            row.iter_mut().for_each(|x| *x /= self.rows[i * self.width + i]);
        }
    }

    /// The part of the panel below its diagonal block.
    fn below(&self) -> View<'_> {
        let below = &self.rows[self.width * self.width..];
        View::rows(below, below.len() / self.width, self.width)
    }
}

/// The factor of a diagonal block in place, column by column; a failed pivot comes back with its index.
#[inline(always)]
fn factor(block: &mut [f64], width: usize) -> std::result::Result<(), (usize, f64)> {
    let mut columns = vec![0.0; width * width];
    transpose(block, &mut columns, width);
    for j in 0..width {
        let (done, rest) = columns.split_at_mut(j * width);
        let column = &mut rest[..width];
        for before in done.chunks_exact(width) {
            subtract_multiple(&mut column[j..], before[j], &before[j..]);
        }
        let pivot = column[j];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return Err((j, pivot));
        }
        column[j] = pivot.sqrt();
        divide(column, j);
    }
    transpose(&columns, block, width);
    Ok(())
}

/// Zeros above entry `j`, and the entries below divided by it.
#[inline(always)]
fn divide(column: &mut [f64], j: usize) {
    let (above, rest) = column.split_at_mut(j);
    above.fill(0.0);
    if let [pivot, below @ ..] = rest {
        below.iter_mut().for_each(|x| *x /= *pivot);
    }
}

/// `X` of `X L' = rows` in place, for the factor `L` of the diagonal block.
#[inline(always)]
fn solve_rows(rows: &mut [f64], lower: &[f64], width: usize) {
    let mut columns = vec![[0.0; ROWS]; width];
    for rows in rows.chunks_mut(ROWS * width) {
        for (r, row) in rows.chunks_exact(width).enumerate() {
            columns.iter_mut().zip(row).for_each(|(column, x)| column[r] = *x);
        }
        for (j, factors) in lower.chunks_exact(width).enumerate() {
            let mut column = columns[j];
            for (solved, factor) in columns[..j].iter().zip(factors) {
                subtract_multiple(&mut column, *factor, solved);
            }
            column.iter_mut().for_each(|x| *x /= factors[j]);
            columns[j] = column;
        }
        for (r, row) in rows.chunks_exact_mut(width).enumerate() {
            row.iter_mut().zip(&columns).for_each(|(x, column)| *x = column[r]);
        }
    }
}

#[inline(always)]
fn subtract_multiple(from: &mut [f64], factor: f64, of: &[f64]) {
    for (x, y) in from.iter_mut().zip(of) {
        *x -= factor * y;
    }
}

/// The transpose of `from`, a square of rows of the given width.
#[inline(always)]
fn transpose(from: &[f64], to: &mut [f64], width: usize) {
    for (i, row) in from.chunks_exact(width).enumerate() {
        for (j, x) in row.iter().enumerate() {
            to[j * width + i] = *x;
        }
    }
}

fn not_definite(index: usize, pivot: f64) -> Error {
    Error::refused(format!("not positive definite: pivot {index} is {pivot:e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::factor;
    use crate::portable::rng::Stream;

    /// Sizes on both sides of the edges of blocks and of rows taken together.
    const SIZES: [usize; 10] = [1, 2, 5, 63, 64, 65, 67, 128, 129, 200];

    /// A lower factor of small integers, with powers of two on the diagonal: its product and everything that is computed from
    /// it are integers, and no order of operations rounds any of them.
    fn integer_factor(n: usize) -> Matrix<f64> {
        let mut stream = Stream::new(1, "integer factor");
        let mut small = |span: f64| (span * stream.uniform()).floor();
        Matrix::from_fn(n, n, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 1.0 + small(2.0),
            std::cmp::Ordering::Greater => small(5.0) - 2.0,
        })
    }

    fn product(a: &Matrix<f64>, b: &Matrix<f64>) -> Matrix<f64> {
        let mut c = Matrix::filled(a.rows(), b.cols(), 0.0);
        add_product(c.as_mut_slice(), View::from(a), b.as_slice(), b.cols());
        c
    }

    fn gram(l: &Matrix<f64>) -> Matrix<f64> {
        product(l, &l.transposed())
    }

    fn naive(a: &Matrix<f64>, terms: impl Fn(usize) -> Vec<usize>) -> Matrix<f64> {
        let mut l = Matrix::filled(a.rows(), a.rows(), 0.0);
        for i in 0..a.rows() {
            for j in 0..=i {
                let rest = terms(j).iter().fold(a[(i, j)], |rest, &k| rest - l[(i, k)] * l[(j, k)]);
                l[(i, j)] = if i == j { rest.sqrt() } else { rest / l[(j, j)] };
            }
        }
        l
    }

    #[test]
    fn equals_the_naive_loop_bit_for_bit_and_the_order_is_visible() {
        let mut stream = Stream::new(2, "cholesky test");
        for n in SIZES {
            let square = Matrix::from_fn(n, n, |_, _| stream.normal());
            let a = gram(&square);
            let found = Cholesky::shifted(&a, 0.0).unwrap().lower();
            assert_eq!(found, naive(&a, |j| (0..j).collect()), "{n}");
            assert_eq!(n > 2, found != naive(&a, |j| (0..j).rev().collect()), "{n}");
        }
    }

    #[test]
    fn integers_come_back_exactly() {
        for n in SIZES {
            let (l, x) = (integer_factor(n), Matrix::from_fn(n, 3, |i, j| ((7 * i + 5 * j) % 11) as f64 - 5.0));
            let mut a = gram(&l);
            let b = product(&a, &x);
            let found = Cholesky::shifted(&a, 0.0).unwrap();
            assert_eq!(found.lower(), l, "{n}");
            assert_eq!(factor::cholesky(&a).unwrap(), l, "{n}");
            assert_eq!(found.solve(&b).unwrap(), x, "{n}");
            a[(n - 1, n / 2)] += 1.0;
            assert!(n == 1 || Cholesky::shifted(&a, 0.0).map_or(true, |other| other.lower() != l), "{n}");
        }
    }

    #[test]
    fn a_shift_is_added_to_the_diagonal() {
        let a = gram(&integer_factor(67));
        let moved = Matrix::from_fn(67, 67, |i, j| a[(i, j)] + if i == j { 0.25 } else { 0.0 });
        let (shifted, plain) = (Cholesky::shifted(&a, 0.25).unwrap(), Cholesky::shifted(&moved, 0.0).unwrap());
        assert_eq!(shifted.lower(), plain.lower());
    }

    #[test]
    fn a_failed_pivot_is_named() {
        let l = integer_factor(130);
        for j in [0, 63, 64, 65, 129] {
            let mut a = gram(&l);
            a[(j, j)] -= l[(j, j)] * l[(j, j)];
            let error = Cholesky::shifted(&a, 0.0).unwrap_err().to_string();
            assert_eq!(error, format!("not positive definite: pivot {j} is 0e0"));
            a[(129, j)] = f64::NAN;
            a[(j, j)] += 1000.0;
            let error = Cholesky::shifted(&a, 0.0).unwrap_err().to_string();
            assert_eq!(error, "not positive definite: pivot 129 is NaN");
        }
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let factor = Cholesky::shifted(&gram(&integer_factor(5)), 0.0).unwrap();
        assert!(factor.solve(&Matrix::filled(4, 1, 0.0)).is_err());
        assert_eq!(factor.solve(&Matrix::filled(5, 0, 0.0)).unwrap().cols(), 0);
        assert!(Cholesky::shifted(&Matrix::filled(5, 4, 1.0), 0.0).is_err());
    }
}
