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
    let points = match distribution {
        Distribution::Cube => (0..d * n).map(|_| stream.sign()).collect(),
        Distribution::Gaussian => stream.normals(d * n),
        Distribution::Sphere => {
            let mut points = stream.normals(d * n);
            points.chunks_mut(d.max(1)).for_each(|z| {
                let factor = (d as f64).sqrt() / norm(z);
                z.iter_mut().for_each(|v| *v *= factor);
            });
            points
        }
    };
    Matrix::from_fn(d, n, |row, column| points[column * d + row])
}
