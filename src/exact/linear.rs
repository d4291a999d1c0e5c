//! Linear algebra over the rationals: solving, semidefiniteness, rank.
//!
//! Elimination is fraction-free (Bareiss 1968): rows are scaled to integers, and every division is exact, because all entries on
//! the way are minors of the matrix. So numbers stay as short as the answer allows.

use dashu_int::IBig;
use dashu_int::ops::Gcd;

use super::dyadic::Dyadic;
use super::rational::Rational;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The integer, as a rational number.
pub fn integer(value: &IBig) -> Rational {
    Rational::from(&Dyadic::from(value.clone()))
}

/// The rational numbers that the dyadic entries are.
pub fn rational(matrix: &Matrix<Dyadic>) -> Matrix<Rational> {
    matrix.map(|v| Rational::from(v))
}

/// `sum_i a_i b_i` (guarantee: exact).
pub fn dot<S: Scalar>(a: &[S], b: &[S]) -> S {
    a.iter().zip(b).fold(S::zero(), |sum, (x, y)| sum.plus(&x.times(y)))
}

/// `a b` (guarantee: exact); terms that have no partner are left out.
pub fn product<S: Scalar>(a: &Matrix<S>, b: &Matrix<S>) -> Matrix<S> {
    let columns = b.transposed();
    Matrix::from_fn(a.rows(), b.cols(), |i, j| dot(a.row(i), columns.row(j)))
}

/// The trace (guarantee: exact).
pub fn trace<S: Scalar>(a: &Matrix<S>) -> S {
    (0..a.rows().min(a.cols())).fold(S::zero(), |sum, i| sum.plus(&a[(i, i)]))
}

/// The least positive integral multiple of a row.
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

/// The rank (guarantee: exact).
pub fn rank(matrix: &Matrix<Rational>) -> usize {
    pivot_columns(matrix).len()
}

/// The columns that are independent of those before them (guarantee: exact), by fraction-free elimination.
pub fn pivot_columns(matrix: &Matrix<Rational>) -> Vec<usize> {
    let mut rows: Vec<Vec<IBig>> = (0..matrix.rows()).map(|i| integral(matrix.row(i))).collect();
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

/// `row := (p row - r pivot_row) / previous` with `p`, `r` the entries in `column`: one step of Bareiss' elimination.
fn eliminate(row: &mut [IBig], pivot_row: &[IBig], column: usize, previous: &IBig) {
    let entry = row[column].clone();
    for (value, above) in row.iter_mut().zip(pivot_row) {
        *value = (&pivot_row[column] * &*value - &entry * above) / previous;
    }
}

/// The `x` with `a x = b`, for a square `a` (guarantee: exact); `None` when `a` is singular or the shapes do not fit.
///
/// Algorithm: fraction-free Gauss-Jordan elimination of `[a | b]`; in the end `a` is `det` times the identity.
pub fn solve(a: &Matrix<Rational>, b: &Matrix<Rational>) -> Option<Matrix<Rational>> {
    let n = a.rows();
    if a.cols() != n || b.rows() != n {
        return None;
    }
    let augmented = |i: usize| [a.row(i), b.row(i)].concat();
    let mut rows: Vec<Vec<IBig>> = (0..n).map(|i| integral(&augmented(i))).collect();
    let mut previous = IBig::ONE;
    for p in 0..n {
        let pivot = (p..n).find(|&i| !rows[i][p].is_zero())?;
        rows.swap(p, pivot);
        let pivot_row = rows[p].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != p) {
            eliminate(row, &pivot_row, p, &previous);
        }
        previous = pivot_row[p].clone();
    }
    // `previous` is a pivot, or one when there are no rows: never zero.
    let quotient = |value: &IBig| Rational::new(value.clone(), previous.clone()).unwrap_or_else(Rational::zero);
    Some(Matrix::from_fn(n, b.cols(), |i, j| quotient(&rows[i][n + j])))
}

/// Whether the symmetric matrix `a` has no negative eigenvalue (guarantee: exact).
///
/// Algorithm: a negative diagonal entry decides; so does a zero one with a non-zero entry in its row; a positive one is eliminated,
/// and the Schur complement is semidefinite exactly when `a` is.
pub fn is_positive_semidefinite(a: &Matrix<Rational>) -> bool {
    let n = a.rows();
    let Some(pivot) = (0..n).find(|&i| !a[(i, i)].is_zero()) else { return a.as_slice().iter().all(Rational::is_zero) };
    if (0..n).any(|i| a[(i, i)].is_negative()) {
        return false;
    }
    let others: Vec<usize> = (0..n).filter(|&i| i != pivot).collect();
    let correction = |i: usize, j: usize| (&a[(i, pivot)] * &a[(pivot, j)]).over(&a[(pivot, pivot)]);
    let complement = Matrix::from_fn(n - 1, n - 1, |i, j| {
        let (i, j) = (others[i], others[j]);
        &a[(i, j)] - &correction(i, j).unwrap_or_else(Rational::zero) // the pivot is not zero
    });
    is_positive_semidefinite(&complement)
}

/// The pivots of the symmetric matrix `a` in the order of its rows: quotients of its leading minors (guarantee: exact); `None` when one
/// before the last is zero.
///
/// All are positive exactly when `a` is positive definite. The last is then the Schur complement of the last row, `1/(a^-1)_nn`: the
/// squared distance of the last of the functions whose Gram matrix is `a` from the span of the others.
pub fn pivots(a: &Matrix<Rational>) -> Option<Vec<Rational>> {
    let n = a.rows();
    let mut rest = a.clone();
    let mut found = Vec::with_capacity(n);
    for p in 0..n {
        for i in p + 1..n {
            let factor = rest[(i, p)].over(&rest[(p, p)])?;
            for j in p + 1..n {
                rest[(i, j)] = &rest[(i, j)] - &(&factor * &rest[(p, j)]);
            }
        }
        found.push(rest[(p, p)].clone());
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matrix(rows: usize, entries: &[i64]) -> Matrix<Rational> {
        let cols = entries.len() / rows;
        Matrix::from_fn(rows, cols, |i, j| Rational::from(entries[i * cols + j]))
    }

    #[test]
    fn solutions_and_singular_matrices() {
        let a = Matrix::from_rows(2, 2, ["0.5", "2", "3", "0.25"].map(|t| t.parse().unwrap()).to_vec()).unwrap();
        let x = solve(&a, &matrix(2, &[1, 0])).unwrap();
        assert_eq!(product(&a, &x), matrix(2, &[1, 0]));
        assert!(solve(&matrix(2, &[1, 2, 2, 4]), &matrix(2, &[1, 2])).is_none());
        assert!(solve(&matrix(2, &[1, 2]), &matrix(2, &[1, 2])).is_none());
        assert_eq!(rank(&matrix(2, &[1, 2, 2, 4])), 1);
        assert_eq!(pivot_columns(&matrix(2, &[0, 1, 2, 1, 0, 2, 4, 3])), [1, 3]);
    }

    #[test]
    fn semidefinite_matrices() {
        assert!(is_positive_semidefinite(&matrix(2, &[1, 2, 2, 4])));
        assert!(!is_positive_semidefinite(&matrix(2, &[1, 2, 2, 3])));
        assert!(!is_positive_semidefinite(&matrix(2, &[0, 1, 1, 5])));
        assert!(!is_positive_semidefinite(&matrix(2, &[0, 1, 1, 0])));
        assert!(is_positive_semidefinite(&matrix(2, &[0, 0, 0, 0])));
        assert!(is_positive_semidefinite(&matrix(3, &[0, 0, 0, 0, 2, 1, 0, 1, 2])));
    }

    #[test]
    fn pivots_are_quotients_of_minors() {
        let entries = [4, 2, 6, 2, 5, 1, 6, 1, 30].map(Rational::from);
        let a = Matrix::from_rows(3, 3, entries.to_vec()).unwrap();
        assert_eq!(pivots(&a).unwrap()[..2], [4, 4].map(Rational::from));
        // The last is 1/(a^-1)_nn.
        let unit = matrix(3, &[0, 0, 1]);
        let last = solve(&a, &unit).unwrap()[(2, 0)].clone();
        assert_eq!(&pivots(&a).unwrap()[2] * &last, Rational::one());
        assert!(pivots(&matrix(2, &[0, 1, 1, 5])).is_none());
        assert!(pivots(&matrix(2, &[1, 2, 2, 3])).unwrap()[1].is_negative());
    }

    proptest! {
        #[test]
        fn solves(a in prop::collection::vec(-9i64..9, 16), b in prop::collection::vec(-9i64..9, 8)) {
            let (a, b) = (matrix(4, &a), matrix(4, &b));
            match solve(&a, &b) {
                Some(x) => prop_assert_eq!(product(&a, &x), b),
                None => prop_assert!(rank(&a) < 4),
            }
        }

        /// `a'a` is semidefinite; less a little of a direction outside its range it is not.
        #[test]
        fn gram_matrices_are_semidefinite(a in prop::collection::vec(-9i64..9, 12)) {
            let a = matrix(3, &a);
            let mut gram = product(&a.transposed(), &a);
            prop_assert!(is_positive_semidefinite(&gram));
            let tiny: Rational = "1e-30".parse().unwrap();
            for i in 0..4 {
                gram[(i, i)] = &gram[(i, i)] - &tiny;
            }
            // Three rows in four dimensions leave a direction on which a'a is zero.
            prop_assert!(!is_positive_semidefinite(&gram));
        }
    }
}
