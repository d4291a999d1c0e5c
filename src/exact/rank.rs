//! The rank of a matrix of dyadic rationals.

use dashu_int::IBig;

use super::Dyadic;
use crate::matrix::Matrix;

/// The rank of `matrix` (guarantee: exact), by Bareiss' elimination.
///
/// Every row is first scaled by a power of two to integers, which keeps the rank. Then entry `(i, j)` below pivot `p` becomes
/// `(a_pp a_ij - a_ip a_pj) / (the pivot before)`: always an integer, since it is a minor of the matrix (Bareiss 1968).
pub fn rank(matrix: &Matrix<Dyadic>) -> usize {
    let mut rows: Vec<Vec<IBig>> = (0..matrix.rows()).map(|i| integers(matrix.row(i))).collect();
    let (mut rank, mut previous) = (0, IBig::ONE);
    for column in 0..matrix.cols() {
        let Some(pivot) = (rank..rows.len()).find(|&i| !rows[i][column].is_zero()) else { continue };
        rows.swap(rank, pivot);
        let (above, below) = rows.split_at_mut(rank + 1);
        let pivot_row = &above[rank];
        for row in below {
            let entry = row[column].clone();
            for (value, p) in row.iter_mut().zip(pivot_row) {
                *value = (&pivot_row[column] * &*value - &entry * p) / &previous;
            }
        }
        previous = pivot_row[column].clone();
        rank += 1;
    }
    rank
}

/// The row times a power of two.
fn integers(row: &[Dyadic]) -> Vec<IBig> {
    let least = row.iter().filter(|v| !v.is_zero()).map(|v| v.parts().1).min().unwrap_or(0);
    // Zero has no exponent of its own; the others are at least `least`.
    let shifted = |v: &Dyadic| if v.is_zero() { IBig::ZERO } else { v.parts().0 << (v.parts().1 - least) as usize };
    row.iter().map(shifted).collect()
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
