//! Linear algebra over exact numbers: products, solving, semidefiniteness; elimination is that of [`rank`](super::rank).

use dashu_int::IBig;

use super::dyadic::Dyadic;
use super::rank::{Integral, eliminate};
pub use super::rank::{pivot_columns, rank};
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
///
/// # Panics
/// When the lengths differ.
pub fn dot<S: Scalar>(a: &[S], b: &[S]) -> S {
    assert_eq!(a.len(), b.len(), "the vectors of an inner product have one length");
    a.iter().zip(b).fold(S::zero(), |sum, (x, y)| sum.plus(&x.times(y)))
}

/// `a b` (guarantee: exact).
///
/// # Panics
/// When `a` has another number of columns than `b` has rows.
pub fn product<S: Scalar>(a: &Matrix<S>, b: &Matrix<S>) -> Matrix<S> {
    assert_eq!(a.cols(), b.rows(), "the factors of a product fit");
    let columns = b.transposed();
    Matrix::from_fn(a.rows(), b.cols(), |i, j| dot(a.row(i), columns.row(j)))
}

/// The trace (guarantee: exact).
///
/// # Panics
/// When `a` is not square.
pub fn trace<S: Scalar>(a: &Matrix<S>) -> S {
    assert_eq!(a.rows(), a.cols(), "a matrix with a trace is square");
    (0..a.rows()).fold(S::zero(), |sum, i| sum.plus(&a[(i, i)]))
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
    let mut rows: Vec<Vec<IBig>> = (0..n).map(|i| Rational::integral(&augmented(i))).collect();
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
    let quotient = |value: &IBig| Rational::new(value.clone(), previous.clone()).expect("a pivot, or one, is not zero");
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
        &a[(i, j)] - correction(i, j).expect("the pivot is not zero")
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
    fn operands_that_do_not_fit_are_refused() {
        let (row, square) = (matrix(1, &[1, 2, 3]), matrix(2, &[1, 0, 0, 1]));
        for refused in [|a: &_, b: &_| drop(product(a, b)), |a: &_, b: &_| drop(product(b, a)), |a: &_, _: &_| drop(trace(a))] {
            assert!(std::panic::catch_unwind(|| refused(&row, &square)).is_err());
        }
        assert!(std::panic::catch_unwind(|| dot(row.row(0), square.row(0))).is_err());
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
