//! Gradient descent with momentum, whose step is capped.

use std::ops::Range;

use crate::matrix::Matrix;
use crate::portable::reduce::norm;

/// `A <- A + v` with `v <- momentum v - u`, where `u` is the rate times the gradient, no longer than `cap ||A||`.
#[derive(Clone, Copy, Debug)]
pub(in crate::hierarchy::learner) struct HeavyBall {
    pub(in crate::hierarchy::learner) momentum: f64,
    pub(in crate::hierarchy::learner) cap: f64,
}

impl HeavyBall {
    /// One step of some rows of the blocks, which count as one vector.
    pub(in crate::hierarchy::learner) fn advance(
        self,
        a: &mut [Matrix<f64>],
        velocity: &mut [Matrix<f64>],
        gradient: &[Matrix<f64>],
        rate: f64,
        rows: Range<usize>,
    ) {
        let (length, most) = (rate * norm_of(gradient, &rows), self.cap * norm_of(a, &rows));
        let rate = if length > most { rate * (most / length) } else { rate };
        for ((a, v), g) in a.iter_mut().zip(velocity).zip(gradient) {
            let (a, v, g) = (rows_mut(a, &rows), rows_mut(v, &rows), rows_of(g, &rows));
            v.iter_mut().zip(g).for_each(|(v, g)| *v = self.momentum * *v - rate * g);
            a.iter_mut().zip(&*v).for_each(|(a, v)| *a += v);
        }
    }
}

/// The entries of some rows.
fn rows_of<'m>(matrix: &'m Matrix<f64>, rows: &Range<usize>) -> &'m [f64] {
    &matrix.as_slice()[rows.start * matrix.cols()..rows.end * matrix.cols()]
}

/// The entries of some rows, to be changed.
pub(in crate::hierarchy::learner) fn rows_mut<'m>(matrix: &'m mut Matrix<f64>, rows: &Range<usize>) -> &'m mut [f64] {
    let cols = matrix.cols();
    &mut matrix.as_mut_slice()[rows.start * cols..rows.end * cols]
}

/// The norm of some rows of all blocks.
fn norm_of(blocks: &[Matrix<f64>], rows: &Range<usize>) -> f64 {
    let norms: Vec<f64> = blocks.iter().map(|b| norm(rows_of(b, rows))).collect();
    norm(&norms)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of two rows; the first rows together are (3, 4), of norm 5.
    fn blocks(rows: [[f64; 2]; 2]) -> [Matrix<f64>; 2] {
        rows.map(|[upper, lower]| Matrix::from_fn(2, 1, |i, _| if i == 0 { upper } else { lower }))
    }

    #[test]
    fn a_step_is_capped_over_all_blocks_and_leaves_other_rows_alone() {
        let (mut a, mut v, gradient) =
            (blocks([[3.0, 1.0], [4.0, 1.0]]), blocks([[0.0, 9.0], [0.0, 9.0]]), blocks([[30.0, 7.0], [40.0, 7.0]]));
        let ball = HeavyBall { momentum: 0.5, cap: 0.5 };
        // rate ||g|| = 50 > cap ||A|| = 2.5: the step is (1.5, 2).
        ball.advance(&mut a, &mut v, &gradient, 1.0, 0..1);
        assert_eq!(a, blocks([[1.5, 1.0], [2.0, 1.0]]));
        assert_eq!(v, blocks([[-1.5, 9.0], [-2.0, 9.0]]));
        // Now ||A|| = 2.5 and rate ||g|| = 1.25 is just not capped: v = (-.75, -1) - (.75, 1).
        ball.advance(&mut a, &mut v, &gradient, 0.025, 0..1);
        assert_eq!(v, blocks([[-1.5, 9.0], [-2.0, 9.0]]));
        assert_eq!(a, blocks([[0.0, 1.0], [0.0, 1.0]]));
    }
}
