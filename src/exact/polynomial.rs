//! Sparse polynomials in several variables over the dyadic rationals.

use super::dyadic::Dyadic;
use crate::scalar::{Scalar, operators_by_value};
use std::collections::BTreeMap;
use std::ops::{Add, Mul, Neg, Sub};

/// The exponents `(alpha_0, alpha_1, ...)` of a monomial `z^alpha`, without trailing zeros.
///
/// Exponents add as `u32`: the depth of a network bounds its degree far below that.
pub type Exponents = Vec<u32>;

/// A polynomial `sum_alpha c_alpha z^alpha` with dyadic coefficients; zero coefficients are not stored.
///
/// It is a [`Scalar`], so a network evaluated on variables is the expansion of the network. Guarantee: exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Polynomial {
    terms: BTreeMap<Exponents, Dyadic>,
}

impl Polynomial {
    /// The constant polynomial.
    pub fn constant(value: Dyadic) -> Self {
        Polynomial::monomial(Vec::new(), value)
    }

    /// The variable `z_i`, counted from zero.
    pub fn variable(i: usize) -> Self {
        let mut exponents = vec![0; i + 1];
        exponents[i] = 1;
        Polynomial::monomial(exponents, Dyadic::one())
    }

    /// `coefficient * z^exponents`.
    pub fn monomial(mut exponents: Exponents, coefficient: Dyadic) -> Self {
        trim(&mut exponents);
        let mut polynomial = Polynomial::default();
        polynomial.add_term(exponents, coefficient);
        polynomial
    }

    /// The terms `(alpha, c_alpha)` with `c_alpha != 0`, in lexicographic order.
    pub fn terms(&self) -> impl Iterator<Item = (&Exponents, &Dyadic)> {
        self.terms.iter()
    }

    /// The coefficient of `z^exponents`, zero when there is no such term.
    pub fn coefficient(&self, exponents: &[u32]) -> Dyadic {
        let mut exponents = exponents.to_vec();
        trim(&mut exponents);
        self.terms.get(&exponents).cloned().unwrap_or_else(Dyadic::zero)
    }

    /// The number of terms.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether this is the zero polynomial.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The total degree; 0 for constants and for zero.
    pub fn degree(&self) -> u32 {
        self.terms.keys().map(|alpha| alpha.iter().sum()).max().unwrap_or(0)
    }

    /// The part of total degree `degree`.
    pub fn homogeneous(&self, degree: u32) -> Self {
        let part = self.terms.iter().filter(|(alpha, _)| alpha.iter().sum::<u32>() == degree);
        Polynomial { terms: part.map(|(alpha, c)| (alpha.clone(), c.clone())).collect() }
    }

    fn add_term(&mut self, exponents: Exponents, coefficient: Dyadic) {
        if coefficient.is_zero() {
            return;
        }
        match self.terms.entry(exponents) {
            std::collections::btree_map::Entry::Vacant(vacant) => {
                vacant.insert(coefficient);
            }
            std::collections::btree_map::Entry::Occupied(mut occupied) => {
                let sum = occupied.get() + &coefficient;
                if sum.is_zero() {
                    occupied.remove();
                } else {
                    occupied.insert(sum);
                }
            }
        }
    }
}

/// Removes trailing zeros.
pub(super) fn trim(exponents: &mut Exponents) {
    let length = exponents.iter().rposition(|&e| e > 0).map_or(0, |last| last + 1);
    exponents.truncate(length);
}

/// `alpha + beta`.
fn product(alpha: &[u32], beta: &[u32]) -> Exponents {
    let (long, short) = if alpha.len() >= beta.len() { (alpha, beta) } else { (beta, alpha) };
    let mut sum = long.to_vec();
    sum.iter_mut().zip(short).for_each(|(s, e)| *s += e);
    sum
}

impl Add for &Polynomial {
    type Output = Polynomial;

    fn add(self, other: &Polynomial) -> Polynomial {
        let mut sum = self.clone();
        other.terms.iter().for_each(|(alpha, c)| sum.add_term(alpha.clone(), c.clone()));
        sum
    }
}

impl Sub for &Polynomial {
    type Output = Polynomial;

    fn sub(self, other: &Polynomial) -> Polynomial {
        let mut difference = self.clone();
        other.terms.iter().for_each(|(alpha, c)| difference.add_term(alpha.clone(), -c));
        difference
    }
}

impl Mul for &Polynomial {
    type Output = Polynomial;

    fn mul(self, other: &Polynomial) -> Polynomial {
        let mut result = Polynomial::default();
        for (alpha, a) in &self.terms {
            other.terms.iter().for_each(|(beta, b)| result.add_term(product(alpha, beta), a * b));
        }
        result
    }
}

impl Neg for &Polynomial {
    type Output = Polynomial;

    fn neg(self) -> Polynomial {
        Polynomial { terms: self.terms.iter().map(|(alpha, c)| (alpha.clone(), -c)).collect() }
    }
}

operators_by_value!(Polynomial);

impl Scalar for Polynomial {
    type Weight = Dyadic;

    fn zero() -> Self {
        Polynomial::default()
    }
    fn one() -> Self {
        Polynomial::constant(Dyadic::one())
    }
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn minus(&self, other: &Self) -> Self {
        self - other
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn weighted(&self, weight: &Dyadic) -> Self {
        if weight.is_zero() {
            return Polynomial::zero();
        }
        Polynomial { terms: self.terms.iter().map(|(alpha, c)| (alpha.clone(), weight * c)).collect() }
    }
    /// Each pair of different terms is multiplied once.
    fn squared(&self) -> Self {
        let mut result = Polynomial::default();
        for (n, (alpha, a)) in self.terms.iter().enumerate() {
            result.add_term(product(alpha, alpha), a.squared());
            let doubled = a.shifted(1);
            self.terms.iter().skip(n + 1).for_each(|(beta, b)| result.add_term(product(alpha, beta), &doubled * b));
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn z(i: usize) -> Polynomial {
        Polynomial::variable(i)
    }

    /// The value at a point, term by term: independent of the ring operations.
    fn value(p: &Polynomial, point: &[Dyadic]) -> Dyadic {
        let term = |(alpha, c): (&Exponents, &Dyadic)| alpha.iter().zip(point).fold(c.clone(), |v, (&e, x)| v * x.power(e));
        p.terms().map(term).sum()
    }

    #[test]
    fn terms_cancel_and_degrees_are_total() {
        let p = z(0).plus(&z(2)).squared();
        assert_eq!(p.len(), 3);
        assert_eq!((p.degree(), p.homogeneous(2), p.homogeneous(1)), (2, p.clone(), Polynomial::zero()));
        assert!(p.minus(&p).is_empty());
        assert_eq!(Polynomial::monomial(vec![1, 0, 0], Dyadic::one()), z(0));
        assert!(Polynomial::constant(Dyadic::zero()).is_empty());
    }

    proptest! {
        #[test]
        fn evaluation_is_a_ring_homomorphism(c in prop::array::uniform8(-9i64..9), x in prop::array::uniform2(-9i64..9)) {
            let c = c.map(Dyadic::from);
            let point = x.map(Dyadic::from);
            let linear = |c: &[Dyadic]| z(0).weighted(&c[0]).plus(&z(1).weighted(&c[1])).plus(&Polynomial::constant(c[2].clone()));
            let (p, q) = (linear(&c[..3]).times(&linear(&c[3..6])), linear(&c[5..]));
            prop_assert_eq!(value(&p.times(&q), &point), value(&p, &point) * value(&q, &point));
            prop_assert_eq!(value(&p.plus(&q), &point), value(&p, &point) + value(&q, &point));
            prop_assert_eq!(value(&p.minus(&q), &point), value(&p, &point) - value(&q, &point));
            prop_assert_eq!(p.squared(), p.times(&p));
        }
    }
}
