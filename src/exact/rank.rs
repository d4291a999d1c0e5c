//! The rank of a matrix, by fraction-free elimination (Bareiss 1968).
//!
//! Rows are scaled to integers, which keeps the rank, and every division is exact, because all entries on the way are minors of the
//! matrix. So numbers stay as short as the answer allows.

use dashu_int::IBig;
use dashu_int::ops::Gcd;

use super::dyadic::Dyadic;
use super::rational::Rational;
use crate::matrix::Matrix;

/// Numbers of which a row becomes integers.
pub trait Integral: Sized {
    /// A positive multiple of the row that is integral (guarantee: exact).
    fn integral(row: &[Self]) -> Vec<IBig>;
}

impl Integral for Dyadic {
    /// The row times a power of two.
    fn integral(row: &[Dyadic]) -> Vec<IBig> {
        let Some(least) = row.iter().filter(|v| !v.is_zero()).map(|v| v.parts().1).min() else {
            return vec![IBig::ZERO; row.len()];
        };
        // Zero has no exponent of its own; the others are at least `least`.
        let shifted = |v: &Dyadic| if v.is_zero() { IBig::ZERO } else { v.parts().0 << (v.parts().1 - least) as usize };
        row.iter().map(shifted).collect()
    }
}

impl Integral for Rational {
    /// The row times the least common multiple of its denominators.
    fn integral(row: &[Rational]) -> Vec<IBig> {
        let multiple = |n: IBig, v: &Rational| {
            let denominator = IBig::from(v.denominator().clone());
            let common = IBig::from((&n).gcd(&denominator));
            n / common * denominator
        };
        let factor = row.iter().fold(IBig::ONE, multiple);
        let scaled = |v: &Rational| v.numerator() * (&factor / IBig::from(v.denominator().clone()));
        row.iter().map(scaled).collect()
    }
}

/// The rank (guarantee: exact).
pub fn rank<T: Integral>(matrix: &Matrix<T>) -> usize {
    pivot_columns(matrix).len()
}

/// The columns that are independent of those before them (guarantee: exact).
pub fn pivot_columns<T: Integral>(matrix: &Matrix<T>) -> Vec<usize> {
    let mut rows: Vec<Vec<IBig>> = (0..matrix.rows()).map(|i| T::integral(matrix.row(i))).collect();
    let (mut pivots, mut previous) = (Vec::new(), IBig::ONE);
    for column in 0..matrix.cols() {
        let Some(pivot) = (pivots.len()..rows.len()).find(|&i| !rows[i][column].is_zero()) else { continue };
        rows.swap(pivots.len(), pivot);
        let (above, below) = rows.split_at_mut(pivots.len() + 1);
        let pivot_row = &above[pivots.len()];
        for row in below {
            eliminate(row, pivot_row, column, &previous);
        }
        previous = pivot_row[column].clone();
        pivots.push(column);
    }
    pivots
}

/// `row := (p row - r pivot_row) / previous` with `p`, `r` the entries in `column` and `previous` the pivot before: one step.
pub(super) fn eliminate(row: &mut [IBig], pivot_row: &[IBig], column: usize, previous: &IBig) {
    let entry = row[column].clone();
    for (value, above) in row.iter_mut().zip(pivot_row) {
        *value = (&pivot_row[column] * &*value - &entry * above) / previous;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[f64]]) -> Matrix<Dyadic> {
        Matrix::from_fn(rows.len(), rows[0].len(), |i, j| Dyadic::try_from(rows[i][j]).unwrap())
    }

    #[test]
    fn ranks_of_small_matrices() {
        assert_eq!(rank(&matrix(&[&[0.0, 0.0], &[0.0, 0.0]])), 0);
        assert_eq!(rank(&matrix(&[&[0.0, 2.0], &[0.0, 3.0]])), 1);
        assert_eq!(rank(&matrix(&[&[0.0, 2.0, 1.0], &[0.0, 3.0, 1.0], &[0.0, 1.0, 1.0]])), 2);
        assert_eq!(rank(&matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]])), 2);
        assert_eq!(rank(&matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 10.0]])), 3);
        assert_eq!(rank(&matrix(&[&[0.5, 2.0], &[2.0, 8.0], &[3.0, 12.5]])), 2);
    }

    #[test]
    fn one_last_bit_makes_a_dependent_row_independent() {
        let row = [0.1, 0.2, 0.7];
        assert_eq!(rank(&matrix(&[&row, &[0.2, 0.4, 1.4]])), 1);
        assert_eq!(rank(&matrix(&[&row, &[0.2, 0.4, 1.4f64.next_up()]])), 2);
    }
}
