//! Tree targets on the cube: members of the concept class that hide one parity, or fail to.
//!
//! A signed tree of depth `L` reads `p = 2^(L-1)` inputs. Layer 2 holds, for every pair of inputs, the rows `e_i + e_j` and
//! `e_i - e_j`; every further layer joins two neighbouring pairs by the rows `(1, -1, 1, -1)/2` and `(1, -1, -1, 1)/2`; the top layer
//! keeps the first row of its only pair. On the cube the heads below the top are constant, and the output is `const + c x_1 ... x_p`
//! (`proofs/signed-tree.md`). The unsigned tree has the rows `e_i + e_j` and `(1, 1)` only.

use super::expand::identity;
use crate::error::{Error, Result};
use crate::exact::Dyadic;
use crate::hierarchy::network::architecture::MAX_DEPTH;
use crate::hierarchy::network::{Architecture, Layer, Network, Skips};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// Which rows a tree has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Sums and differences.
    Signed,
    /// Sums only.
    Unsigned,
}

impl Tree {
    /// How many rows each pair has below the top.
    fn rows(self) -> usize {
        if self == Tree::Signed { 2 } else { 1 }
    }

    /// The tree of depth `depth` on `2^(depth-1)` inputs; the heads below the top have scale `lower`, the top one has scale 1.
    ///
    /// # Errors
    /// When the depth is not one of a network.
    pub fn network(self, depth: usize, lower: &Dyadic) -> Result<Network<Dyadic>> {
        if !(2..=MAX_DEPTH).contains(&depth) {
            return Err(Error::input(depth, format!("a depth from 2 to {MAX_DEPTH}")).at_field("depth"));
        }
        let width = |l: usize| if l == depth { 1 } else { self.rows() << (depth - l) };
        let widths: Vec<usize> = (2..=depth).map(width).collect();
        let architecture = Architecture::new(1 << (depth - 1), &widths, &Skips::Lin)?;
        let layer = |l: usize| Layer {
            weights: vec![self.weights(l, width(l), if l == 2 { 1 << (depth - 1) } else { width(l - 1) })],
            span: identity(width(l)),
            scale: if l == depth { Dyadic::one() } else { lower.clone() },
        };
        Network::new(architecture, (2..=depth).map(layer).collect())
    }

    /// Row `i` joins pair `i / rows` of what is below, by its row number `i mod rows`.
    fn weights(self, l: usize, width: usize, features: usize) -> Matrix<Dyadic> {
        let pattern: &[[i64; 4]] = match (self, l) {
            (Tree::Signed, 2) => &[[2, 2, 0, 0], [2, -2, 0, 0]],
            (Tree::Signed, _) => &[[1, -1, 1, -1], [1, -1, -1, 1]],
            (Tree::Unsigned, _) => &[[2, 2, 0, 0]],
        };
        let joined = if l == 2 { 2 } else { 2 * self.rows() };
        let entry = |i: usize, c: usize| {
            let (pair, row) = (i / self.rows(), i % self.rows());
            if c / joined == pair { Dyadic::from(pattern[row][c % joined]).shifted(-1) } else { Dyadic::zero() }
        };
        Matrix::from_fn(width, features, entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Rational;
    use crate::exact::walsh::Walsh;
    use crate::hierarchy::network::forward;
    use crate::hierarchy::target::expand::{expand, on_cube};

    /// One term besides the constant, on all inputs; its coefficient is c_2 = 2, c_(l+1) = 2 c_l^2.
    #[test]
    fn a_signed_tree_is_a_parity() {
        let mut expected = Dyadic::from(2);
        for depth in 2..=5 {
            let function = on_cube(&Tree::Signed.network(depth, &Dyadic::from(3)).unwrap());
            let terms: Vec<_> = function.terms().filter(|(s, _)| !s.is_empty()).collect();
            assert_eq!(terms.len(), 1);
            assert_eq!((terms[0].0.len(), terms[0].1), (1 << (depth - 1), &expected));
            expected = expected.squared().shifted(1);
        }
    }

    #[test]
    fn rows_are_orthogonal_and_of_one_length_in_each_layer() {
        let network = Tree::Signed.network(5, &Dyadic::one()).unwrap();
        for l in 2..=5 {
            let rows = &network.layer(l).weights[0];
            let length = Dyadic::from(if l == 2 { 2 } else { 1 });
            for (i, j) in (0..rows.rows()).flat_map(|i| (0..rows.rows()).map(move |j| (i, j))) {
                let gram = crate::exact::linear::dot(rows.row(i), rows.row(j));
                assert_eq!(gram, if i == j { length.clone() } else { Dyadic::zero() });
            }
        }
    }

    /// KERNEL.md: the top monomial of the unsigned tree holds 1/9 of the variance at L=3 and 1/1065 at L=4.
    #[test]
    fn an_unsigned_tree_is_not() {
        for (depth, share) in [(2, Rational::new(1, 1)), (3, Rational::new(1, 9)), (4, Rational::new(1, 1065))] {
            let function = on_cube(&Tree::Unsigned.network(depth, &Dyadic::zero()).unwrap());
            let p = 1 << (depth - 1);
            let top = function.minus(&function.up_to_degree(p - 1));
            assert_eq!(Rational::quotient(&top.variance(), &function.variance()), share);
        }
    }

    #[test]
    fn the_expansion_in_the_inputs_reduces_to_the_one_on_the_cube() {
        for (tree, depth) in [(Tree::Signed, 4), (Tree::Unsigned, 3)] {
            let network = tree.network(depth, &Dyadic::one()).unwrap();
            assert_eq!(Walsh::from(&expand(&network)), on_cube(&network));
            let x: Vec<Dyadic> = (0..1i64 << (depth - 1)).map(|i| Dyadic::from(1 - 2 * (i % 2))).collect();
            let constants = x.iter().map(|v| Walsh::one().weighted(v)).collect::<Vec<_>>();
            assert_eq!(forward::output(&network, &constants), Walsh::one().weighted(&forward::output(&network, &x)));
        }
        assert!(Tree::Signed.network(1, &Dyadic::one()).is_err() && Tree::Signed.network(9, &Dyadic::one()).is_err());
    }
}
