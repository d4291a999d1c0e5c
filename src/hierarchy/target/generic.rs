//! Generic quadratic targets: every unit above layer 2 is a full-rank quadratic form of the layer below.
//!
//! No low-dimensional shortcut exists: with a wide layer 2, such a target depends on many directions of the inputs, and the forms
//! have no structure but that of their layer.

use super::random::{normalisation_outputs, normalised, random_rows};
use crate::error::Result;
use crate::exact::moments::Distribution;
use crate::hierarchy::network::{Architecture, Layer, Network};
use crate::matrix::Matrix;
use crate::portable::reduce::mean;
use crate::portable::rng::Stream;

/// The smallest and largest singular value of `W_2`.
const SINGULAR_VALUES: (f64, f64) = (0.6, 1.4);

/// `S_2 = W_2 x` with singular values spread evenly over [.6, 1.4]; above it, `S_(l,a) = S_j' A_a S_j` with symmetric Gaussian `A_a` for
/// each `j >= 2` in `J_l`, plus orthonormal rows of the inputs where `J_l` holds them. Each layer is scaled so that
/// `Var ||S_l||^2 = 1` under `distribution`.
///
/// It is a [`Network`] whose rows `R_l` are all `e_p` and `e_p + e_q`, whose squares span the quadratic forms. Variances as in
/// [`random_target`](super::random::random_target). Weights come from the stream `target weights`. Guarantee: replayed.
///
/// # Errors
/// When a width exceeds the inputs it reads, or a layer is constant under the distribution.
pub fn generic_target(architecture: &Architecture, gap: f64, distribution: Distribution, seed: u64) -> Result<Network<f64>> {
    let mut stream = Stream::new(seed, "target weights");
    let next_layer = |below: &[Layer<f64>], l: usize, scale: f64| {
        let (k, d) = (architecture.width(l), architecture.dimension());
        let singular_values = if l == 2 { SINGULAR_VALUES } else { (1.0, 1.0) };
        let mut block = |&j: &usize| match j {
            0 | 1 => random_rows(k, d, singular_values, &mut stream),
            _ => Ok(random_forms(k, architecture.width(j), &mut stream)),
        };
        let weights = architecture.index_set(l).iter().map(&mut block).collect::<Result<_>>()?;
        balanced(below, Layer { weights, span: polarisation_rows(k), scale }, architecture, distribution, seed)
    };
    normalised(architecture, gap, distribution, seed, next_layer)
}

/// Where a layer reads both forms and inputs, scales each block of forms to `mean S_(l,a)^2 = 1` through it alone, which rows of unit
/// length have on the inputs. The means are taken on the samples of the stream `target normalisation`.
fn balanced(
    below: &[Layer<f64>],
    mut layer: Layer<f64>,
    architecture: &Architecture,
    distribution: Distribution,
    seed: u64,
) -> Result<Layer<f64>> {
    let l = below.len() + 2;
    let forms: Vec<usize> = (0..layer.weights.len()).filter(|&block| architecture.index_set(l)[block] >= 2).collect();
    if forms.len() == layer.weights.len() {
        return Ok(layer);
    }
    for &block in &forms {
        let mut alone = layer.clone();
        alone.scale = 1.0;
        let others = alone.weights.iter_mut().enumerate().filter(|(other, _)| *other != block);
        others.for_each(|(_, weights)| weights.as_mut_slice().fill(0.0));
        let silent = below.iter().cloned().map(|b| Layer { scale: 0.0, ..b });
        let network = Network::new(architecture.truncated(l), silent.chain([alone]).collect())?;
        let factor = (architecture.width(l) as f64 / mean(&normalisation_outputs(&network, distribution, seed))).sqrt();
        layer.weights[block].as_mut_slice().iter_mut().for_each(|w| *w *= factor);
    }
    Ok(layer)
}

/// The rows `e_p`, then `e_p + e_q` for `p < q`, in `k` dimensions.
fn polarisation_rows(k: usize) -> Matrix<f64> {
    let pairs = pairs(k);
    let entry = |i: usize, c: usize| if i < k { c == i } else { c == pairs[i - k].0 || c == pairs[i - k].1 };
    Matrix::from_fn(k + pairs.len(), k, |i, c| f64::from(entry(i, c)))
}

fn pairs(k: usize) -> Vec<(usize, usize)> {
    (0..k).flat_map(|p| (p + 1..k).map(move |q| (p, q))).collect()
}

/// `n` symmetric matrices `A = (B + B') / 2` with Gaussian `B`, each by the coefficients of `z' A z` in the squares of the
/// [`polarisation_rows`]:
///
/// ```text
/// z' A z = sum_p (A_pp - sum_(q != p) A_pq) z_p^2 + sum_(p < q) A_pq (z_p + z_q)^2
/// ```
fn random_forms(n: usize, k: usize, stream: &mut Stream) -> Matrix<f64> {
    let mut coefficients = Matrix::filled(n, k * (k + 1) / 2, 0.0);
    for a in 0..n {
        let b = Matrix::from_fn(k, k, |_, _| stream.normal());
        let form = Matrix::from_fn(k, k, |p, q| (b[(p, q)] + b[(q, p)]) / 2.0);
        let row = coefficients.row_mut(a);
        for p in 0..k {
            row[p] = (0..k).filter(|q| *q != p).fold(form[(p, p)], |c, q| c - form[(p, q)]);
        }
        row[k..].iter_mut().zip(pairs(k)).for_each(|(c, pair)| *c = form[pair]);
    }
    coefficients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::network::{Skips, forward};
    use crate::hierarchy::target::risk;

    /// `z' A z` from the coefficients, against the matrix drawn from the same stream.
    #[test]
    fn coefficients_are_those_of_the_form() {
        let k = 4;
        let rows = polarisation_rows(k);
        let coefficients = random_forms(3, k, &mut Stream::new(1, "forms"));
        let (mut again, mut points) = (Stream::new(1, "forms"), Stream::new(1, "points"));
        for a in 0..3 {
            let b = Matrix::from_fn(k, k, |_, _| again.normal());
            let z = points.normals(k);
            let direct: f64 = (0..k * k).map(|n| z[n / k] * b[(n / k, n % k)] * z[n % k]).sum();
            let square = |i: usize| (0..k).map(|c| rows[(i, c)] * z[c]).sum::<f64>();
            let by_squares: f64 = (0..rows.rows()).map(|i| coefficients[(a, i)] * square(i) * square(i)).sum();
            // A hundred roundings of terms below 100.
            assert!((direct - by_squares).abs() < 1e-11, "{direct} {by_squares}");
        }
    }

    /// Every head alone has the exact variance 1, up to the rounding of one factor.
    #[test]
    fn each_layer_has_variance_one() {
        for skips in [Skips::Lin, Skips::LinSkip] {
            let architecture = Architecture::new(5, &[3, 2], &skips).unwrap();
            let target = generic_target(&architecture, 0.3, Distribution::Gaussian, 1).unwrap();
            for l in 2..=3 {
                let mut head = target.truncated(l);
                (2..=l).for_each(|m| head.layer_mut(m).scale = f64::from(m == l));
                let variance = risk::variance(&head, Distribution::Gaussian).unwrap().to_f64();
                assert!((variance - 1.0).abs() < 1e-13, "layer {l}: {variance}");
            }
        }
    }

    /// Both parts of a layer with skips matter: the forms are neither drowned nor drowning.
    #[test]
    fn forms_and_inputs_are_of_one_size() {
        let architecture = Architecture::new(6, &[4, 2], &Skips::LinSkip).unwrap();
        let target = generic_target(&architecture, 0.3, Distribution::Gaussian, 2).unwrap();
        let mut stream = Stream::new(1, "points");
        let (mut forms, mut inputs) = (0.0, 0.0);
        for _ in 0..2000 {
            let x = stream.normals(6);
            let parts = forward::input_parts(&target, &x);
            let both = forward::values(&target, &x).sums;
            inputs += forward::head(&parts[1]);
            forms += both[1].iter().zip(&parts[1]).map(|(s, z)| (s - z) * (s - z)).sum::<f64>();
        }
        assert!((0.8..1.25).contains(&(forms / inputs)), "{}", forms / inputs);
    }
}
