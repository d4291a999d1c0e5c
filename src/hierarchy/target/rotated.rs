//! Targets under rotations of the inputs: what their exact weights say of all their rotations.
//!
//! Rotating the inputs of a target keeps every head and turns `W_2` (and the other blocks that read `x`). Two cases have closed
//! forms: chains of width 1, which are polynomials of one linear form, and networks of depth 3, by their part of degree 4. The
//! weights are those of the network, exactly; nothing is idealised. Proof: `proofs/rotated-class.md`.

use crate::error::{Error, Result};
use crate::exact::quartic::harmonic_energy;
use crate::exact::rotated::{Part, Rotated};
use crate::exact::{Distribution, Dyadic, Polynomial, Rational, linear};
use crate::hierarchy::network::{Network, forward};
use crate::hierarchy::target::risk;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// All rotations of a chain of width 1 (guarantee: exact).
///
/// # Errors
/// When the network is no chain of width 1, reads fewer than two inputs, is constant, or has a weight that is not finite.
pub fn rotated_chain(network: &Network<f64>) -> Result<Rotated> {
    let coefficients = chain_coefficients(network)?;
    Rotated::along_a_direction(network.architecture().dimension() as u64, &coefficients)
        .ok_or_else(|| Error::refused("the network is constant, or reads a single input").at_field("target"))
}

/// The coefficients `t_0, t_1, ...` of `F = sum_q t_q z^q`, for a chain of width 1 and `z = <w, x> / |w|` with `w` the row of layer 2.
///
/// The network is expanded in `u = |w| z`; its powers are even, so that `t_q = (coefficient of u^q) (|w|^2)^(q/2)` is rational.
fn chain_coefficients(network: &Network<f64>) -> Result<Vec<Rational>> {
    let architecture = network.architecture();
    let chain = (2..=network.depth())
        .all(|l| architecture.width(l) == 1 && architecture.index_set(l) == [if l == 2 { 0 } else { l - 1 }]);
    if !chain {
        return Err(Error::refused("only a chain of width 1 is a polynomial of one linear form").at_field("target"));
    }
    let exact = network.try_map(|&w| Dyadic::try_from(w))?;
    let inputs = (2..=network.depth()).map(|l| vec![if l == 2 { Polynomial::variable(0) } else { Polynomial::zero() }]);
    let expansion = forward::values_from(&exact, inputs.collect()).output(&exact);
    let row = exact.layer(2).weights[0].row(0);
    let square = linear::dot(row, row);
    let coefficient = |q: u32| Rational::from(&(&expansion.coefficient(&[q]) * &square.power(q / 2)));
    Ok((0..=expansion.degree()).map(coefficient).collect())
}

/// The share of `Var F` that a network of depth 3 has in the harmonics of degree 4, its highest degree (guarantee: exact).
///
/// The layers may have any width and any rows `R_2`; layer 3 may read the inputs as well.
///
/// # Errors
/// When the depth is not 3, squares of the inputs are read, a weight is not finite, or the variance has no affordable exact value.
pub fn top_part(network: &Network<f64>) -> Result<Part> {
    if network.depth() != 3 || network.architecture().reads_squares() {
        return Err(Error::refused("the part of degree 4 is that of depth 3 without squares of the inputs").at_field("target"));
    }
    let refused = |reason: String| Error::refused(reason).at_field("target");
    let variance = risk::variance(network, Distribution::Gaussian).map_err(|absent| refused(absent.to_string()))?;
    let exact = network.try_map(|&w| Dyadic::try_from(w))?;
    let d = network.architecture().dimension() as u64;
    let rows = &exact.layer(2).weights[0];
    let gram = linear::product(rows, &rows.transposed());
    // F holds alpha_3 sum_a (x'M_a x)^2.
    let energy = &harmonic_energy(&layer_3_forms(&exact), &gram, d)? * &Rational::from(&exact.layer(3).scale.squared());
    Ok(Part::new(d, 4, energy.over(&variance).ok_or_else(|| refused("the network is constant".into()))?))
}

/// `B_a` with `S_(3,a) = S_2' B_a S_2 + (what layer 3 reads of the inputs)`: `B_a = R' diag(K_(3,2) row a) R`.
fn layer_3_forms(network: &Network<Dyadic>) -> Vec<Matrix<Dyadic>> {
    let (span, k) = (&network.layer(2).span, network.architecture().width(2));
    let blocks = network.architecture().index_set(3).iter().zip(&network.layer(3).weights);
    let form = |row: &[Dyadic]| {
        let entry = |i: usize, j: usize| {
            let term = |(r, weight): (usize, &Dyadic)| weight * &(&span[(r, i)] * &span[(r, j)]);
            row.iter().enumerate().map(term).fold(Dyadic::zero(), |sum, t| &sum + &t)
        };
        Matrix::from_fn(k, k, entry)
    };
    blocks.filter(|(j, _)| **j == 2).flat_map(|(_, w)| (0..w.rows()).map(|a| form(w.row(a))).collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::harmonic::energies;
    use crate::hierarchy::network::{Architecture, Skips};
    use crate::hierarchy::target::expand::expand;
    use crate::hierarchy::target::generic::generic_target;
    use crate::hierarchy::target::random::random_target;

    fn target(d: usize, widths: &[usize], skips: &Skips, gap: f64) -> Network<f64> {
        random_target(&Architecture::new(d, widths, skips).unwrap(), gap, Distribution::Gaussian, 3).unwrap()
    }

    /// Shares by Laplacians of the network expanded in all its inputs.
    fn shares(network: &Network<f64>) -> Vec<Rational> {
        let exact = network.try_map(|&w| Dyadic::try_from(w)).unwrap();
        let parts = energies(&expand(&exact), network.architecture().dimension());
        let variance = parts.iter().fold(Rational::zero(), |sum, e| &sum + e);
        parts.iter().map(|e| e.over(&variance).unwrap()).collect()
    }

    #[test]
    fn chains_agree_with_their_expansion() {
        for (d, widths) in [(2, vec![1, 1]), (3, vec![1, 1]), (2, vec![1, 1, 1])] {
            let network = target(d, &widths, &Skips::Lin, 0.5);
            let rotated = rotated_chain(&network).unwrap();
            assert_eq!(rotated.parts().iter().map(|p| p.share.clone()).collect::<Vec<_>>(), shares(&network));
        }
    }

    #[test]
    fn top_parts_agree_with_the_expansion() {
        let generic = Architecture::new(3, &[2, 2], &Skips::Lin).unwrap();
        let cases = [
            target(2, &[2, 1], &Skips::Lin, 0.5),
            target(3, &[2, 2], &Skips::LinSkip, 0.5),
            generic_target(&generic, 0.5, Distribution::Gaussian, 1).unwrap(),
        ];
        for network in cases {
            let part = top_part(&network).unwrap();
            assert!(part.degree == 4 && part.share == shares(&network)[4] && !part.share.is_zero());
        }
    }

    /// The two ways to the part of degree 4 of a chain of width 1, and its closed form `24 t_4^2 (d^2-1)/((d+2)(d+4)) / Var F`.
    #[test]
    fn depth_3_both_ways() {
        for d in [2, 16, 64] {
            let network = target(d, &[1, 1], &Skips::Lin, 1.0);
            let (part, coefficients) = (top_part(&network).unwrap(), chain_coefficients(&network).unwrap());
            assert_eq!(&part, rotated_chain(&network).unwrap().top());
            let e = d as i64;
            let closed = &coefficients[4].squared() * &Rational::new(24 * (e * e - 1), (e + 2) * (e + 4)).unwrap();
            assert_eq!(part.share, closed.over(&risk::variance(&network, Distribution::Gaussian).unwrap()).unwrap());
        }
    }

    #[test]
    fn what_has_no_closed_form_is_refused() {
        for (widths, skips) in [(vec![1, 1], Skips::LinSkip), (vec![1, 1], Skips::Quad01), (vec![2, 1], Skips::Lin)] {
            assert!(rotated_chain(&target(4, &widths, &skips, 0.5)).is_err());
        }
        assert!(top_part(&target(4, &[1, 1], &Skips::Quad01, 0.5)).is_err());
        assert!(top_part(&target(4, &[1, 1, 1], &Skips::Lin, 0.5)).is_err());
        assert!(rotated_chain(&target(1, &[1, 1], &Skips::Lin, 0.5)).is_err());
        let mut broken = target(4, &[1, 1], &Skips::Lin, 0.5);
        broken.layer_mut(3).scale = f64::NAN;
        assert!(rotated_chain(&broken).is_err() && top_part(&broken).is_err());
    }
}
