//! The rank of a matrix of dyadic rationals.

use super::Dyadic;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The rank of `matrix` (guarantee: exact), by elimination without division.
///
/// Rows are combined as `row_i <- pivot row_i - entry row_p`, which keeps the row space over the rationals and stays within the
/// dyadic rationals.
pub fn rank(matrix: &Matrix<Dyadic>) -> usize {
    let mut rows: Vec<Vec<Dyadic>> = (0..matrix.rows()).map(|i| matrix.row(i).to_vec()).collect();
    let mut rank = 0;
    for column in 0..matrix.cols() {
        let Some(pivot) = (rank..rows.len()).find(|&i| !rows[i][column].is_zero()) else { continue };
        rows.swap(rank, pivot);
        let (above, below) = rows.split_at_mut(rank + 1);
        let pivot_row = &above[rank];
        for row in below.iter_mut().filter(|row| !row[column].is_zero()) {
            let entry = row[column].clone();
            let combined = row.iter().zip(pivot_row).map(|(r, p)| r.times(&pivot_row[column]).minus(&p.times(&entry)));
            *row = combined.collect();
        }
        rank += 1;
    }
    rank
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
        assert_eq!(rank(&matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 9.0]])), 2);
        assert_eq!(rank(&matrix(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], &[7.0, 8.0, 10.0]])), 3);
        assert_eq!(rank(&matrix(&[&[1.0, 2.0], &[2.0, 4.0], &[3.0, 6.5]])), 2);
    }

    #[test]
    fn one_last_bit_makes_a_dependent_row_independent() {
        let row = [0.1, 0.2, 0.7];
        assert_eq!(rank(&matrix(&[&row, &[0.2, 0.4, 1.4]])), 1);
        assert_eq!(rank(&matrix(&[&row, &[0.2, 0.4, 1.4f64.next_up()]])), 2);
    }
}
