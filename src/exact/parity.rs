//! The parities of one degree, and their values on points of the cube.

use super::rational::Rational;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// All subsets of `{0, ..., d-1}` with `p` elements, ascending, in lexicographic order.
pub fn subsets(d: usize, p: usize) -> Vec<Vec<usize>> {
    let extended = |(first, rest): (usize, Vec<usize>)| [vec![first], rest.iter().map(|i| first + 1 + i).collect()].concat();
    match p {
        0 => vec![Vec::new()],
        _ => (0..d).flat_map(|first| subsets(d - first - 1, p - 1).into_iter().map(move |r| (first, r))).map(extended).collect(),
    }
}

/// `x_S` at the columns `x` of `points` (`d x N`, entries 1 and -1): one row for each point, one column for each set.
pub fn parities(points: &Matrix<Rational>, sets: &[Vec<usize>]) -> Matrix<Rational> {
    let value = |n: usize, s: usize| sets[s].iter().fold(Rational::one(), |product, &i| product * &points[(i, n)]);
    Matrix::from_fn(points.cols(), sets.len(), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::count::binomial;
    use crate::exact::linear::product;

    #[test]
    fn subsets_are_counted_by_binomials() {
        for (d, p) in [(0, 0), (3, 4), (5, 0), (5, 2), (6, 3), (8, 4)] {
            assert_eq!(binomial(d as u64, p as u64), subsets(d, p).len().into());
        }
        assert_eq!(subsets(3, 2), [[0, 1], [0, 2], [1, 2]]);
    }

    /// Over the whole cube, the parities of all degrees are orthogonal (`proofs/walsh.md`, lemma 2).
    #[test]
    fn orthogonality() {
        let sign = |i: usize, n: usize| Rational::from(1 - 2 * (n >> i & 1) as i64);
        let points = Matrix::from_fn(4, 16, sign);
        let all: Vec<Vec<usize>> = (0..=4).flat_map(|p| subsets(4, p)).collect();
        let values = parities(&points, &all);
        let gram = product(&values.transposed(), &values);
        assert_eq!(gram, Matrix::from_fn(16, 16, |i, j| Rational::from(if i == j { 16 } else { 0 })));
    }
}
