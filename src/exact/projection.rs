//! Best approximation from a finite-dimensional space, exactly.

use super::linear::{dot, pivot_columns, product, solve};
use super::rational::Rational;
use crate::matrix::Matrix;

/// The rows of `span` that are independent of those before them.
fn independent_rows(span: &Matrix<Rational>) -> Matrix<Rational> {
    select(span, &pivot_columns(&span.transposed()))
}

fn select(matrix: &Matrix<Rational>, rows: &[usize]) -> Matrix<Rational> {
    Matrix::from_fn(rows.len(), matrix.cols(), |i, j| matrix[(rows[i], j)].clone())
}

/// `||f - P f||^2 / ||f||^2` for each row `f` of `targets`, with `P` the orthogonal projection onto the rows of `span`; all functions
/// are given in one orthonormal basis (guarantee: exact). `None` for a target that is zero, or when the columns do not match.
///
/// `||P f||^2 = b' H^-1 b` with `H` the Gram matrix of independent rows and `b` their inner products with `f`.
pub fn relative_errors(span: &Matrix<Rational>, targets: &Matrix<Rational>) -> Option<Vec<Rational>> {
    if span.cols() != targets.cols() {
        return None;
    }
    let basis = independent_rows(span);
    let b = product(&basis, &targets.transposed());
    let coefficients = solve(&product(&basis, &basis.transposed()), &b)?.transposed();
    let b = b.transposed();
    let error = |i: usize| {
        let norm = dot(targets.row(i), targets.row(i));
        (&norm - dot(b.row(i), coefficients.row(i))).over(&norm)
    };
    (0..targets.rows()).map(error).collect()
}

/// The mean (guarantee: exact); `None` of nothing.
pub fn mean(values: &[Rational]) -> Option<Rational> {
    values.iter().cloned().sum::<Rational>().over(&Rational::from(values.len() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;

    fn matrix(rows: &[&[i64]]) -> Matrix<Rational> {
        Matrix::from_fn(rows.len(), rows[0].len(), |i, j| Rational::from(rows[i][j]))
    }

    #[test]
    fn errors_by_hand() {
        let span = matrix(&[&[1, 1, 0], &[2, 2, 0], &[0, 0, 3]]);
        let targets = matrix(&[&[1, 0, 0], &[0, 0, 1], &[1, -1, 0], &[3, 3, 1]]);
        let errors = relative_errors(&span, &targets).unwrap();
        assert_eq!(errors, ["0.5", "0", "1", "0"].map(|t| t.parse().unwrap()));
        assert_eq!(mean(&errors), Some("0.375".parse().unwrap()));
        assert!(relative_errors(&span, &matrix(&[&[0, 0, 0]])).is_none());
        assert!(relative_errors(&span, &matrix(&[&[1, 0]])).is_none() && mean(&[]).is_none());
    }

    #[test]
    fn an_empty_span_leaves_everything() {
        let none = Matrix::filled(0, 2, Rational::zero());
        assert_eq!(relative_errors(&none, &matrix(&[&[1, 2]])), Some(vec![Rational::one()]));
    }
}
