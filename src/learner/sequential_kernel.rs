//! Kernels in sequence: ridge regression, its leading gradient directions, ridge regression again on the inputs along them.
//!
//! The first fit is never corrected by the second: this is layerwise training with kernels for layers.

use super::descent::Samples;
use super::gradient_directions::{directions, product};
use super::kernel::Kernel;
use super::kernel_ridge::{RIDGES, best_fit, least};
use super::tuning::Tuned;
use crate::error::Result;
use crate::matrix::Matrix;

/// The first fit: what may find directions.
const FIRST: [Kernel; 2] = [Kernel::Polynomial { offset: 1.0, degree: 2 }, Kernel::Polynomial { offset: 1.0, degree: 4 }];
/// The second fit, on the inputs along the directions: enough for a target of degree 4.
const SECOND: [Kernel; 2] = [Kernel::Polynomial { offset: 1.0, degree: 4 }, Kernel::Rbf { rate: 0.1 }];
/// How many directions are kept.
const KEPT: [usize; 7] = [1, 2, 4, 8, 12, 16, 24];

/// The best of all first and second kernels, numbers of directions and ridges, on the test sample. Guarantee: replayed.
///
/// # Errors
/// When no combination has a fit.
pub fn tuned(train: &Samples, test: &Samples) -> Result<Tuned> {
    least(FIRST.iter().flat_map(|&first| second_fits(first, train, test)))
}

fn second_fits(first: Kernel, train: &Samples, test: &Samples) -> Vec<Result<Tuned>> {
    let fit = best_fit(first, &RIDGES, train, test);
    let vectors = match fit.and_then(|best| directions(&best.fit.gradients(train.x()))) {
        Ok((_, vectors)) => vectors,
        Err(error) => return vec![Err(error)],
    };
    let kept = KEPT.into_iter().filter(|&r| r <= vectors.cols());
    kept.flat_map(|r| {
        let rows = leading(&vectors, r);
        let (train, test) = (along(&rows, train), along(&rows, test));
        SECOND.map(|second| {
            let tuned = best_fit(second, &RIDGES, &train, &test)?.tuned;
            Ok(Tuned { choice: format!("{}, then {r} directions, {}", first.name(), tuned.choice), ..tuned })
        })
    })
    .collect()
}

/// The last `r` eigenvectors, as rows.
fn leading(vectors: &Matrix<f64>, r: usize) -> Matrix<f64> {
    Matrix::from_fn(r, vectors.rows(), |i, j| vectors[(j, vectors.cols() - 1 - i)])
}

/// The same samples with `rows x` for inputs.
pub(super) fn along(rows: &Matrix<f64>, samples: &Samples) -> Samples {
    Samples::new(&product(rows, samples.x()), samples.labels().to_vec(), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::rng::Stream;

    /// `(a.x)^4` of eight inputs: forty samples fill no space of quartics, but two kernels find the direction.
    #[test]
    fn finds_the_one_direction_that_matters() {
        let sample = |n: usize, name: &str| {
            let mut stream = Stream::new(1, name);
            let x = Matrix::from_fn(8, n, |_, _| stream.normal());
            let labels = (0..n).map(|c| (x[(0, c)] + x[(3, c)]) * (x[(0, c)] + x[(3, c)])).collect();
            Samples::new(&x, labels, false)
        };
        let (train, test) = (sample(60, "train"), sample(200, "test"));
        let found = tuned(&train, &test).unwrap();
        assert!(found.error < 1e-10, "{found:?}");
        let unrelated = Samples::new(test.x(), (0..200).map(|n| f64::from(n % 7)).collect(), false);
        assert!(tuned(&train, &unrelated).unwrap().error > 0.5);
    }
}
