//! What is told of a trained network beside its risk.

use super::config::{Cell, Instance, Labels, Learner, Online};
use super::run::Score;
use super::source::{median, sign};
use crate::hierarchy::learner::Samples;
use crate::hierarchy::learner::linear::{least_squares, logistic_regression};
use crate::hierarchy::network::forward::values;
use crate::hierarchy::network::values::outputs;
use crate::hierarchy::network::{Activation, Network};
use crate::hierarchy::target::random::labels;
use crate::matrix::Matrix;
use crate::portable::product::add_product;

/// The share of test samples that the trained network puts on the right side.
pub const ACCURACY: &str = "accuracy";
/// The same of the sign of the least-squares approximation of degree 2 of `F`.
pub const LEAST_SQUARES_2: &str = "accuracy of degree 2 by least squares";
/// The same of the logistic regression of degree 2.
pub const LOGISTIC_2: &str = "accuracy of degree 2 by logistic regression";
/// The test error of the network as it was trained, its activation truncated.
pub const TRUNCATED: &str = "test error of the truncated network";
/// The share of training samples on which the activation of the trained network is cut off.
pub const CUT_AT_THE_END: &str = "share of samples cut at the end";
/// The largest share on the way, looked at before the first and every 100th step of each stage.
pub const CUT_ON_THE_WAY: &str = "largest share of samples cut on the way";

/// On how many samples an activation that an upper layer reads is cut off at `bound`, in a network whose layers up to `top` are on.
pub(super) fn cut(network: &Network<f64>, top: usize, samples: &Samples, bound: f64) -> usize {
    let read = |l: usize| (l + 1..=top).any(|above| network.architecture().index_set(above).contains(&l));
    let layers: Vec<usize> = (2..top).filter(|&l| read(l)).collect();
    let x = samples.x();
    let is_cut = |n: &usize| {
        let input: Vec<f64> = (0..x.rows()).map(|r| x[(r, *n)]).collect();
        let values = values(network, &input);
        layers.iter().any(|&l| values.projections[l - 2].iter().any(|z| z.abs() > bound))
    };
    if layers.is_empty() { 0 } else { (0..samples.len()).filter(is_cut).count() }
}

/// The scores that the cell's learner and labels call for; one that cannot be computed is left out. `most_cut` counts the samples cut
/// on the way.
pub(super) fn scores(
    cell: &Cell,
    target: &Network<f64>,
    samples: &Samples,
    learner: &Network<f64>,
    most_cut: usize,
) -> Vec<Score> {
    let mut scores = Vec::new();
    if cell.instance.labels == Labels::Sign {
        let test = SignTest::new(&cell.instance, target, samples);
        scores.push(Score { name: ACCURACY.into(), value: test.accuracy(learner, samples) });
        scores.extend(test.scores_of_degree_2(target));
    }
    if let Some(activation @ Activation::Truncated(bound)) = activation(&cell.learner) {
        let value = cell.instance.test_error(target, |x| outputs(learner, x, activation));
        let share = |count: usize| count as f64 / samples.len() as f64;
        let at_the_end = share(cut(learner, learner.depth(), samples, bound));
        let told = [(TRUNCATED, value), (CUT_ON_THE_WAY, share(most_cut)), (CUT_AT_THE_END, at_the_end)];
        scores.extend(told.map(|(name, value)| Score { name: name.into(), value }));
    }
    scores
}

fn activation(learner: &Learner) -> Option<Activation> {
    match learner {
        Learner::Staged(staged) | Learner::Online(Online(staged)) => Some(staged.descent.activation),
        Learner::Automatic(automated) => Some(automated.descent.activation),
        Learner::Alternative(_) => None,
        Learner::Distilled(_) => None,
        Learner::Ridge(..) => None,
    }
}

/// Test samples and the side of the boundary on which each lies: the median of the target over the training samples.
struct SignTest {
    x: Matrix<f64>,
    sides: Vec<f64>,
}

impl SignTest {
    fn new(instance: &Instance, target: &Network<f64>, samples: &Samples) -> Self {
        let x = instance.test_inputs();
        let boundary = median(&labels(target, samples.x()));
        let sides = labels(target, &x).into_iter().map(|y| sign(y, boundary)).collect();
        SignTest { x, sides }
    }

    /// The classifier is `F(x)` against the threshold that puts most training samples on the right side.
    fn accuracy(&self, learner: &Network<f64>, samples: &Samples) -> f64 {
        let (threshold, _) = best_threshold(&labels(learner, samples.x()), samples.labels());
        share(labels(learner, &self.x).iter().zip(&self.sides).filter(|(f, y)| sign(**f, threshold) == **y).count(), &self.sides)
    }

    /// Classifiers of degree 2, favoured: they know the inputs on which the target depends, `W_2 x` and `W_(3,0) x`, and are fitted to the
    /// test samples on all monomials of these up to degree 2, with the threshold that puts most of those samples on the right side.
    ///
    /// Other directions cannot help any classifier of degree 2: for each value of those, it is one in the former, and not better
    /// than the best.
    fn scores_of_degree_2(&self, target: &Network<f64>) -> Vec<Score> {
        let features = monomials(&directions(target, &self.x));
        let fits = [
            (LEAST_SQUARES_2, least_squares(&features, &labels(target, &self.x))),
            (LOGISTIC_2, logistic_regression(&features, &self.sides)),
        ];
        let accuracy = |outputs: Vec<f64>| share(best_threshold(&outputs, &self.sides).1, &self.sides);
        fits.into_iter().filter_map(|(name, fit)| Some(Score { name: name.into(), value: accuracy(fit.ok()?) })).collect()
    }
}

fn share(count: usize, of: &[f64]) -> f64 {
    count as f64 / of.len() as f64
}

/// The threshold above which labels are best taken for 1, midway between two values, and how many labels that gets right.
fn best_threshold(values: &[f64], labels: &[f64]) -> (f64, usize) {
    let mut sorted: Vec<(f64, f64)> = values.iter().copied().zip(labels.iter().copied()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut right = labels.iter().filter(|y| **y > 0.0).count();
    let mut best = (f64::NEG_INFINITY, right);
    for (n, (value, label)) in sorted.iter().enumerate() {
        right = if *label > 0.0 { right - 1 } else { right + 1 };
        let next = sorted.get(n + 1).map_or(f64::INFINITY, |next| next.0);
        if right > best.1 && next > *value {
            best = (value + (next - value) / 2.0, right);
        }
    }
    best
}

/// The rows with which the layers read `x`, applied to it: one direction a row.
fn directions(target: &Network<f64>, x: &Matrix<f64>) -> Matrix<f64> {
    let reading = (2..=target.depth()).filter(|&l| target.architecture().index_set(l).contains(&0));
    let rows: Vec<f64> = reading.flat_map(|l| target.layer(l).weights[0].as_slice()).copied().collect();
    let count = rows.len() / x.rows();
    let rows = Matrix::from_fn(count, x.rows(), |i, c| rows[i * x.rows() + c]);
    let mut z = Matrix::filled(count, x.cols(), 0.0);
    add_product(z.as_mut_slice(), (&rows).into(), x.as_slice(), x.cols());
    z
}

/// `1`, `z_p` and `z_p z_q` for `p <= q`, one a row.
fn monomials(z: &Matrix<f64>) -> Matrix<f64> {
    let k = z.rows();
    let pairs: Vec<(usize, usize)> = (0..k).flat_map(|p| (p..k).map(move |q| (p, q))).collect();
    Matrix::from_fn(1 + k + pairs.len(), z.cols(), |row, n| match row {
        0 => 1.0,
        row if row <= k => z[(row - 1, n)],
        row => z[(pairs[row - 1 - k].0, n)] * z[(pairs[row - 1 - k].1, n)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_threshold_by_trying_all() {
        let (values, labels) = ([3.0, 1.0, 2.0, 5.0, 4.0, 2.0], [1.0, -1.0, 1.0, 1.0, -1.0, -1.0]);
        let right = |t: f64| values.iter().zip(&labels).filter(|(v, y)| sign(**v, t) == **y).count();
        let (threshold, count) = best_threshold(&values, &labels);
        assert_eq!(right(threshold), count);
        let tried = [0.0, 1.5, 2.5, 3.5, 4.5, 6.0].map(right);
        assert_eq!(tried.iter().max(), Some(&count));
    }

    #[test]
    fn thresholds_at_the_ends() {
        assert_eq!(best_threshold(&[1.0, 2.0], &[1.0, 1.0]), (f64::NEG_INFINITY, 2));
        assert_eq!(best_threshold(&[1.0, 2.0], &[-1.0, -1.0]), (f64::INFINITY, 2));
    }

    #[test]
    fn monomials_up_to_degree_2() {
        let z = Matrix::from_fn(2, 1, |p, _| [2.0, 3.0][p]);
        assert_eq!(monomials(&z).as_slice(), [1.0, 2.0, 3.0, 4.0, 6.0, 9.0]);
    }
}
