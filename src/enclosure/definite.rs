//! Definiteness of symmetric matrices of intervals, by elimination.

use super::interval::Interval;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// Trials by which [`least_eigenvalue_lower`] sharpens its bound.
const TRIALS: usize = 12;

/// Whether every symmetric member of `a - shift I` is certainly positive definite (guarantee: valid).
///
/// Algorithm: interval elimination without exchanges; all pivots are certainly positive exactly when it can be carried out with
/// positive pivots for every member, which then is a Cholesky factorisation. Entries below the diagonal are read, those above
/// are not. `false` says nothing.
pub fn is_certainly_positive_definite(a: &Matrix<Interval>, shift: Interval) -> bool {
    let n = a.rows();
    if a.cols() != n {
        return false;
    }
    let mut rest = a.clone();
    for i in 0..n {
        rest[(i, i)] = rest[(i, i)] - shift;
    }
    for p in 0..n {
        let pivot = rest[(p, p)];
        if pivot.inf() <= 0.0 {
            return false;
        }
        for i in p + 1..n {
            let factor = rest[(i, p)] / pivot;
            for j in p + 1..i {
                rest[(i, j)] = rest[(i, j)] - factor * rest[(j, p)];
            }
            rest[(i, i)] = rest[(i, i)] - rest[(i, p)].sqr() / pivot;
        }
    }
    true
}

/// A positive lower bound of the eigenvalues of every symmetric member of `a` (guarantee: valid); `None` when none is found.
///
/// The bound is sharpened by bisection below the least diagonal entry, which no eigenvalue bound exceeds.
pub fn least_eigenvalue_lower(a: &Matrix<Interval>) -> Option<Interval> {
    let diagonal = (0..a.rows()).map(|i| a[(i, i)].inf()).fold(f64::INFINITY, f64::min);
    let (mut proved, mut refused) = (None, diagonal);
    // From above by factors of 16, then between the last two.
    for trial in 0..2 * TRIALS {
        let shift = match proved {
            None => refused / 16.0,
            Some(lower) => 0.5 * (lower + refused),
        };
        match Interval::try_from(shift).ok().filter(|s| s.inf() > 0.0 && is_certainly_positive_definite(a, *s)) {
            Some(_) => proved = Some(shift),
            None => refused = shift,
        }
        if proved.is_none() && trial >= TRIALS {
            return None;
        }
    }
    proved.and_then(|lower| Interval::try_from(lower).ok())
}

/// `a'a`, the lower triangle; what lies above is zero and not meant to be read (guarantee: valid).
pub fn lower_gram(a: &Matrix<Interval>) -> Matrix<Interval> {
    let columns = a.transposed();
    Matrix::from_fn(a.cols(), a.cols(), |i, j| match i.cmp(&j) {
        std::cmp::Ordering::Less => Interval::zero(),
        std::cmp::Ordering::Equal => columns.row(i).iter().fold(Interval::zero(), |sum, v| sum + v.sqr()),
        std::cmp::Ordering::Greater => {
            columns.row(i).iter().zip(columns.row(j)).fold(Interval::zero(), |sum, (u, v)| sum + *u * *v)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(n: usize, entries: &[f64]) -> Matrix<Interval> {
        Matrix::from_fn(n, entries.len() / n, |i, j| Interval::try_from(entries[i * (entries.len() / n) + j]).unwrap())
    }

    /// The eigenvalues are 2, 2 and 5.
    #[test]
    fn the_least_eigenvalue_is_bracketed() {
        let a = matrix(3, &[3.0, 1.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0, 3.0]);
        let lower = least_eigenvalue_lower(&a).unwrap().inf();
        assert!(lower <= 2.0 && lower > 1.99, "{lower}");
        let small = matrix(3, &[3.0, 1.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0, 3.0].map(|x| x / 64.0));
        let lower = least_eigenvalue_lower(&small).unwrap().inf();
        assert!(lower <= 2.0 / 64.0 && lower > 1.99 / 64.0, "{lower}");
        let shift = |v: f64| Interval::try_from(v).unwrap();
        assert!(is_certainly_positive_definite(&a, shift(1.999)) && !is_certainly_positive_definite(&a, shift(2.001)));
        assert!(least_eigenvalue_lower(&matrix(2, &[1.0, 2.0, 2.0, 1.0])).is_none());
        assert!(least_eigenvalue_lower(&matrix(2, &[1.0, 1.0, 1.0, 1.0])).is_none());
        assert!(!is_certainly_positive_definite(&matrix(1, &[1.0, 0.0]), shift(0.0)));
    }

    #[test]
    fn a_wide_entry_leaves_it_open() {
        let mut a = matrix(2, &[1.0, 0.0, 0.0, 1.0]);
        a[(1, 0)] = Interval::new(-0.5, 0.5).unwrap();
        assert!(least_eigenvalue_lower(&a).unwrap().inf() <= 0.5);
        a[(1, 0)] = Interval::new(-2.0, 2.0).unwrap();
        assert!(least_eigenvalue_lower(&a).is_none());
    }

    #[test]
    fn products_are_those_of_the_columns() {
        let gram = lower_gram(&matrix(2, &[1.0, 2.0, 3.0, 4.0]));
        assert!(gram[(0, 0)].contains(10.0) && gram[(1, 0)].contains(14.0) && gram[(1, 1)].contains(20.0));
    }
}
