//! Properties of the portable room: its scalar is IEEE arithmetic, and faer's factorisations over it are what they say.

use bfc::matrix::Matrix;
use bfc::portable::det::Det;
use bfc::portable::factor::{cholesky, orthonormal_columns, singular_values, symmetric_eigen};
use bfc::portable::rng::Stream;
use proptest::prelude::*;
use std::ops::{Div, Mul, Sub};

/// Any float at all: zeros of both signs, subnormals, infinities and NaN among them.
fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        any::<f64>(),
        -4.0..4.0,
        Just(0.0),
        Just(-0.0),
        Just(f64::MIN_POSITIVE / 8.0)
    ]
}

/// The same number: equal bits, or both NaN (IEEE leaves the payload of a NaN open).
fn same(found: Det, expected: f64) -> bool {
    found.0.to_bits() == expected.to_bits() || (found.0.is_nan() && expected.is_nan())
}

proptest! {
    #[test]
    fn det_obeys_ieee(a in float(), b in float(), c in float()) {
        prop_assert!(same(Det(a) + Det(b), a + b));
        prop_assert!(same(Det(a).sub(&Det(b)), a - b));
        prop_assert!(same((&Det(a)).mul(Det(b)), a * b));
        prop_assert!(same((&Det(a)).div(&Det(b)), a / b));
        prop_assert!(same(-Det(a), -a));
        prop_assert_eq!(Det(a).partial_cmp(&Det(b)), a.partial_cmp(&b));
        // Two roundings, never one: what a fused operation would give is another number on most inputs.
        let mut sum = Det(c);
        sum += Det(a) * Det(b);
        prop_assert!(same(sum, c + a * b));
    }
}

#[test]
fn a_fused_product_would_be_seen() {
    let (a, b, c) = (1.0 + f64::EPSILON, 1.0 - f64::EPSILON, -1.0);
    let mut sum = Det(c);
    sum += Det(a) * Det(b);
    assert_eq!(sum.0, 0.0);
    assert_eq!(a.mul_add(b, c), -f64::EPSILON * f64::EPSILON);
}

fn random(rows: usize, cols: usize, seed: u64) -> Matrix<f64> {
    let mut stream = Stream::new(seed, "properties test");
    Matrix::from_fn(rows, cols, |_, _| stream.normal())
}

/// The largest entry of `|A B' - C|`.
fn distance(a: &Matrix<f64>, b: &Matrix<f64>, c: impl Fn(usize, usize) -> f64) -> f64 {
    let entry = |i: usize, j: usize| a.row(i).iter().zip(b.row(j)).map(|(x, y)| x * y).sum::<f64>() - c(i, j);
    (0..a.rows()).flat_map(|i| (0..b.rows()).map(move |j| entry(i, j).abs())).fold(0.0, f64::max)
}

/// Householder and Jacobi-like methods are backward stable with a modest constant times `n eps ||A||` (Higham, *Accuracy and
/// Stability of Numerical Algorithms*, chapters 10, 19); a hundred of these is far from any wrong factor.
fn slack(n: usize, norm: f64) -> f64 {
    100.0 * n as f64 * f64::EPSILON * norm
}

#[test]
fn factorisations_reconstruct_their_matrices() {
    for n in [1, 2, 3, 7, 16, 33, 64] {
        let a = random(n, n, n as u64);
        let identity = |i, j| f64::from(i == j);
        let q = orthonormal_columns(&a).transposed();
        assert!(distance(&q, &q, identity) < slack(n, 1.0), "QR of order {n}");

        let symmetric = Matrix::from_fn(n, n, |i, j| a[(i, j)] + a[(j, i)]);
        let (values, vectors) = symmetric_eigen(&symmetric).expect("a finite matrix");
        let scaled = Matrix::from_fn(n, n, |i, j| vectors[(i, j)] * values[j]);
        let norm = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        assert!(values.windows(2).all(|w| w[0] <= w[1]), "eigenvalues ascend");
        assert!(distance(&scaled, &vectors, |i, j| symmetric[(i, j)]) < slack(n, norm), "eigenvectors of order {n}");

        let gram = Matrix::from_fn(n, n, |i, j| (0..n).map(|k| a[(i, k)] * a[(j, k)]).sum::<f64>() + identity(i, j));
        let factor = cholesky(&gram).expect("positive definite");
        assert!(
            distance(&factor, &factor, |i, j| gram[(i, j)]) < slack(n, gram.as_slice().iter().fold(0.0, |m: f64, v| m.max(*v)))
        );

        // Independently: the squares of the singular values are the eigenvalues of A A'.
        let (squares, _) =
            symmetric_eigen(&Matrix::from_fn(n, n, |i, j| (0..n).map(|k| a[(i, k)] * a[(j, k)]).sum())).expect("finite");
        let singular = singular_values(&a).expect("a finite matrix");
        for (s, square) in singular.iter().rev().zip(&squares) {
            assert!((s * s - square).abs() < slack(n, singular[0] * singular[0]), "singular values of order {n}");
        }
    }
}

#[test]
fn what_cannot_be_factored_is_an_error() {
    let indefinite = Matrix::from_rows(2, 2, vec![1.0, 2.0, 2.0, 1.0]).expect("four entries");
    assert!(cholesky(&indefinite).is_err());
    let broken = Matrix::filled(3, 3, f64::NAN);
    assert!(cholesky(&broken).is_err());
    assert!(singular_values(&broken).is_err());
    assert!(symmetric_eigen(&broken).is_err());
}
