//! Networks with exact weights as explicit functions: polynomials in the inputs, or Walsh expansions on the cube.
//!
//! The network is a formula over any scalar, so evaluating it on the variables is expanding it.

use crate::error::Result;
use crate::exact::inputs::variables;
use crate::exact::walsh::Walsh;
use crate::exact::{Dyadic, Polynomial};
use crate::hierarchy::network::{Architecture, Layer, Network, Skips, forward};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `F(x)` as a polynomial in `x_0, ..., x_(d-1)` (guarantee: exact).
pub fn expand(network: &Network<Dyadic>) -> Polynomial {
    forward::output(network, &variables(network.architecture().dimension()))
}

/// `||S_l||^2` as a polynomial in the inputs, zero for a layer that the network does not have (guarantee: exact).
pub fn head(network: &Network<Dyadic>, l: usize) -> Polynomial {
    let values = forward::values(network, &variables(network.architecture().dimension()));
    (2..).zip(&values.sums).find(|(layer, _)| *layer == l).map_or(Polynomial::zero(), |(_, sums)| forward::head(sums))
}

/// `F` on the cube (guarantee: exact).
pub fn on_cube(network: &Network<Dyadic>) -> Walsh {
    let x: Vec<Walsh> = (0..network.architecture().dimension()).map(Walsh::coordinate).collect();
    forward::output(network, &x)
}

/// The identity.
pub(super) fn identity(k: usize) -> Matrix<Dyadic> {
    Matrix::from_fn(k, k, |i, j| Dyadic::from(i64::from(i == j)))
}

/// A target with all widths `k`, all scales 1 and small integer weights, none of them zero: entry `(i, c)` of `W_(l,j)` is number
/// `(3i + 2c + l + j + ic + i^2) mod 5` of -2, -1, 1, 2, 3.
///
/// # Errors
/// When the shape is impossible.
pub fn integer_network(d: usize, depth: usize, k: usize, skips: &Skips) -> Result<Network<Dyadic>> {
    let architecture = Architecture::new(d, &vec![k; depth.max(1) - 1], skips)?;
    let entry =
        |l: usize, j: usize, i: usize, c: usize| Dyadic::from([-2, -1, 1, 2, 3][(3 * i + 2 * c + l + j + i * c + i * i) % 5]);
    let block = |l: usize, j: usize| Matrix::from_fn(k, if j < 2 { d } else { k }, |i, c| entry(l, j, i, c));
    let weights = |l: usize| architecture.index_set(l).iter().map(|&j| block(l, j)).collect();
    let layers = (2..=depth).map(|l| Layer { weights: weights(l), span: identity(k), scale: Dyadic::one() }).collect();
    Network::new(architecture, layers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::inputs::{sum, variables};

    #[test]
    fn expansions_agree() {
        for skips in [Skips::Lin, Skips::LinSkip, Skips::Quad01] {
            let network = integer_network(3, 3, 2, &skips).unwrap();
            let heads = sum([head(&network, 2), head(&network, 3)]);
            assert_eq!(expand(&network), heads);
            assert_eq!(on_cube(&network), Walsh::from(&heads));
            let point: Vec<Dyadic> = [2, -3, 5].map(Dyadic::from).to_vec();
            let constants: Vec<Polynomial> = point.iter().cloned().map(Polynomial::constant).collect();
            let value = crate::exact::inputs::substitute(&expand(&network), &constants);
            assert_eq!(value, Polynomial::constant(forward::output(&network, &point)));
        }
        assert!(integer_network(0, 3, 2, &Skips::Lin).is_err() && integer_network(3, 1, 2, &Skips::Lin).is_err());
        assert_eq!(variables(3).len(), 3);
    }
}
