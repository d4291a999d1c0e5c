//! Functions on the cube `{-1, 1}^d` by their Walsh expansion `f = sum_S c_S x_S`, with the parities `x_S = prod_(i in S) x_i`.
//!
//! Parities multiply by symmetric difference and are orthonormal (`proofs/walsh.md`), so `E f = c_0` and `Var f` is the sum of the
//! other `c_S^2`. A [`Walsh`] is a [`Scalar`]: a network evaluated on `x_1, ..., x_d` is its own expansion on the cube.

use std::collections::{BTreeMap, BTreeSet};

use super::dyadic::Dyadic;
use super::polynomial::Polynomial;
use crate::scalar::Scalar;

/// A function on the cube with dyadic coefficients; zero coefficients are not stored. Guarantee of all operations: exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walsh {
    coefficients: BTreeMap<BTreeSet<usize>, Dyadic>,
}

impl Walsh {
    /// The coordinate `x_i`, counted from zero.
    pub fn coordinate(i: usize) -> Self {
        Walsh::term(BTreeSet::from([i]), Dyadic::one())
    }

    /// `coefficient * x_set`.
    pub fn term(set: BTreeSet<usize>, coefficient: Dyadic) -> Self {
        let mut function = Walsh::default();
        function.add_term(set, &coefficient);
        function
    }

    /// The terms `(S, c_S)` with `c_S != 0`.
    pub fn terms(&self) -> impl Iterator<Item = (&BTreeSet<usize>, &Dyadic)> {
        self.coefficients.iter()
    }

    /// The part with `|S| <= degree`.
    pub fn up_to_degree(&self, degree: usize) -> Self {
        let part = self.coefficients.iter().filter(|(s, _)| s.len() <= degree);
        Walsh { coefficients: part.map(|(s, c)| (s.clone(), c.clone())).collect() }
    }

    /// `Var f = sum_(S not empty) c_S^2` (Parseval, `proofs/walsh.md`, lemma 2).
    pub fn variance(&self) -> Dyadic {
        let varying = self.coefficients.iter().filter(|(s, _)| !s.is_empty());
        varying.map(|(_, c)| c.squared()).sum()
    }

    fn add_term(&mut self, set: BTreeSet<usize>, coefficient: &Dyadic) {
        let sum = self.coefficients.get(&set).map_or_else(|| coefficient.clone(), |c| c + coefficient);
        match sum.is_zero() {
            true => self.coefficients.remove(&set),
            false => self.coefficients.insert(set, sum),
        };
    }
}

/// The function that a polynomial is on the cube, where `x_i^2 = 1`.
impl From<&Polynomial> for Walsh {
    fn from(p: &Polynomial) -> Self {
        let odd = |alpha: &[u32]| (0..alpha.len()).filter(|&i| alpha[i] % 2 == 1).collect();
        let mut function = Walsh::default();
        p.terms().for_each(|(alpha, c)| function.add_term(odd(alpha), c));
        function
    }
}

impl Scalar for Walsh {
    type Weight = Dyadic;

    fn zero() -> Self {
        Walsh::default()
    }
    fn one() -> Self {
        Walsh::term(BTreeSet::new(), Dyadic::one())
    }
    fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        other.coefficients.iter().for_each(|(s, c)| sum.add_term(s.clone(), c));
        sum
    }
    fn minus(&self, other: &Self) -> Self {
        self.plus(&other.weighted(&Dyadic::from(-1)))
    }
    fn times(&self, other: &Self) -> Self {
        let mut product = Walsh::default();
        for (s, a) in &self.coefficients {
            other.coefficients.iter().for_each(|(t, b)| product.add_term(s ^ t, &(a * b)));
        }
        product
    }
    fn weighted(&self, weight: &Dyadic) -> Self {
        let mut scaled = Walsh::default();
        self.coefficients.iter().for_each(|(s, c)| scaled.add_term(s.clone(), &(weight * c)));
        scaled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::inputs::{power, sign, variables, variance};

    /// The variance by Parseval and by moments of the inputs; the product in the ring and after reduction.
    #[test]
    fn reduction_is_a_homomorphism_that_keeps_variances() {
        let x = variables(4);
        let form = |c: [i64; 4]| x.iter().zip(c).fold(Polynomial::one(), |p, (v, c)| p.plus(&v.weighted(&Dyadic::from(c))));
        let (p, q) = (power(&form([1, -2, 3, 0]), 3), power(&form([0, 1, 1, -5]), 2));
        assert_eq!(Walsh::from(&p.times(&q)), Walsh::from(&p).times(&Walsh::from(&q)));
        assert_eq!(Walsh::from(&p).variance(), variance(&p, sign));
        assert_eq!(Walsh::from(&p.minus(&q)), Walsh::from(&p).minus(&Walsh::from(&q)));
        assert!(Walsh::from(&p).up_to_degree(1).variance() < variance(&p, sign));
    }

    #[test]
    fn coordinates_are_signs() {
        assert_eq!(Walsh::coordinate(7).squared(), Walsh::one());
        assert_eq!(Walsh::zero().terms().count(), 0);
        assert_eq!(Walsh::coordinate(1).minus(&Walsh::coordinate(1)), Walsh::zero());
    }
}
