//! From cumulants to moments.

use std::collections::BTreeMap;

use crate::exact::count::binomial;
use crate::exact::dyadic::Dyadic;
use crate::exact::polynomial::{Exponents, Polynomial, trim};
use crate::exact::rational::Rational;
use crate::scalar::Scalar;

/// The largest degree of a moment that is computed; the recursion goes as deep.
pub const MAX_DEGREE: u32 = 1024;

/// Joint cumulants `kappa(alpha)` of some variables `z_i`: all that [`Moments`] needs to know of a law.
pub trait Cumulants {
    /// What moments are: numbers, or polynomials in a formal scale.
    type Value: Scalar<Weight = Dyadic>;

    /// How many variables there are.
    fn variables(&self) -> usize;

    /// The joint cumulant in which `z_i` occurs `alpha_i` times, for `alpha != 0` in these variables.
    fn cumulant(&mut self, alpha: &[u32]) -> Self::Value;

    /// The number that an expectation stands for.
    fn number(&self, expectation: &Self::Value) -> Rational;

    /// An order above which all cumulants vanish, if there is one.
    fn highest_order(&self) -> Option<u32> {
        None
    }

    /// Whether `z` and `-z` have the same law, so that odd moments vanish.
    fn symmetric(&self) -> bool {
        false
    }
}

/// `prod_i binomial(alpha_i, beta_i)`, for `beta <= alpha`.
fn multi_binomial(alpha: &[u32], beta: &[u32]) -> Dyadic {
    let factors = alpha.iter().zip(beta).filter(|(_, b)| **b > 0);
    factors.map(|(&a, &b)| Dyadic::from(binomial(a.into(), b.into()))).product()
}

/// All `beta <= alpha` with `|beta| <= order`, in lexicographic order.
pub(super) fn below(alpha: &[u32], order: u32) -> impl Iterator<Item = Exponents> {
    let next = move |beta: &Exponents| {
        let (mut beta, mut sum) = (beta.clone(), beta.iter().sum::<u32>());
        for i in (0..alpha.len()).rev() {
            if beta[i] < alpha[i] && sum < order {
                beta[i] += 1;
                return Some(beta);
            }
            sum -= beta[i];
            beta[i] = 0;
        }
        None
    };
    std::iter::successors(Some(vec![0; alpha.len()]), next)
}

/// Moments `E[z^alpha]`, computed when asked for and then remembered.
///
/// Guarantee: exact. The work is bounded: the answer is `None` after `budget` products of numbers, for degrees above
/// [`MAX_DEGREE`], and for variables that the law does not have.
pub struct Moments<C: Cumulants> {
    pub(super) law: C,
    cumulants: BTreeMap<Exponents, C::Value>,
    moments: BTreeMap<Exponents, C::Value>,
    budget: usize,
}

impl<C: Cumulants> Moments<C> {
    /// The moments of variables with these cumulants, within a budget of products.
    pub fn new(law: C, budget: usize) -> Self {
        Moments { law, cumulants: BTreeMap::new(), moments: BTreeMap::new(), budget }
    }

    /// `Var p(z) = E[p^2] - E[p]^2`.
    pub fn variance(&mut self, p: &Polynomial) -> Option<Rational> {
        let (mean, square) = (self.expectation(p)?, self.expectation(&p.squared())?);
        Some(self.law.number(&square) - self.law.number(&mean).squared())
    }

    /// `E[p(z)]`, as the law states expectations.
    pub fn expectation(&mut self, p: &Polynomial) -> Option<C::Value> {
        let mut sum = C::Value::zero();
        for (alpha, c) in p.terms() {
            sum = sum.plus(&self.moment(alpha)?.weighted(c));
        }
        Some(sum)
    }

    /// `E[z^alpha]`.
    pub fn moment(&mut self, alpha: &[u32]) -> Option<C::Value> {
        let mut alpha = alpha.to_vec();
        trim(&mut alpha);
        if alpha.is_empty() {
            return Some(C::Value::one());
        }
        let degree = alpha.iter().fold(0u32, |sum, &e| sum.saturating_add(e));
        if alpha.len() > self.law.variables() || degree > MAX_DEGREE {
            return None;
        }
        if self.law.symmetric() && degree % 2 == 1 {
            return Some(C::Value::zero());
        }
        if let Some(known) = self.moments.get(&alpha) {
            return Some(known.clone());
        }
        let moment = self.by_recursion(&alpha)?;
        self.moments.insert(alpha, moment.clone());
        Some(moment)
    }

    /// The recursion of the module's documentation, with `e_i` the last variable of `alpha`.
    fn by_recursion(&mut self, alpha: &[u32]) -> Option<C::Value> {
        let last = alpha.len() - 1;
        let mut rest = alpha.to_vec();
        rest[last] -= 1;
        let mut sum = C::Value::zero();
        for beta in below(&rest, self.law.highest_order().map_or(u32::MAX, |order| order - 1)) {
            let remaining: Exponents = rest.iter().zip(&beta).map(|(a, b)| a - b).collect();
            let weight = multi_binomial(&rest, &beta);
            let mut with_last = beta;
            with_last[last] += 1;
            if self.law.symmetric() && with_last.iter().sum::<u32>() % 2 == 1 {
                continue;
            }
            self.budget = self.budget.checked_sub(1)?;
            let moment = self.moment(&remaining)?.weighted(&weight);
            sum = sum.plus(&self.cumulant(with_last).times(&moment));
        }
        Some(sum)
    }

    fn cumulant(&mut self, mut alpha: Exponents) -> &C::Value {
        trim(&mut alpha);
        let law = &mut self.law;
        self.cumulants.entry(alpha).or_insert_with_key(|alpha| law.cumulant(alpha))
    }
}
