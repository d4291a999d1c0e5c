//! Samples of the input distributions.

use crate::exact::moments::Distribution;
use crate::matrix::Matrix;
use crate::portable::reduce::norm;
use crate::portable::rng::Stream;

/// `n` samples in `d` dimensions, one a column (`d x n`), drawn one after the other from `stream`.
///
/// Gaussian: N(0, I). Cube: uniform on {-1, 1}^d. Sphere: a normal vector scaled to length sqrt(d), uniform on the sphere up to
/// rounding. Guarantee: replayed.
pub fn draw(distribution: Distribution, d: usize, n: usize, stream: &mut Stream) -> Matrix<f64> {
    let mut x = Matrix::filled(d, n, 0.0);
    for column in 0..n {
        for (row, value) in point(distribution, d, stream).into_iter().enumerate() {
            x[(row, column)] = value;
        }
    }
    x
}

fn point(distribution: Distribution, d: usize, stream: &mut Stream) -> Vec<f64> {
    match distribution {
        Distribution::Gaussian => stream.normals(d),
        Distribution::Cube => (0..d).map(|_| stream.sign()).collect(),
        Distribution::Sphere => {
            let z = stream.normals(d);
            let factor = (d as f64).sqrt() / norm(&z);
            z.into_iter().map(|v| v * factor).collect()
        }
    }
}
