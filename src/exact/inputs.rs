//! Polynomials in the inputs themselves: expectations over independent coordinates, derivatives, substitution.

use super::dyadic::Dyadic;
use super::polynomial::Polynomial;
use crate::scalar::Scalar;

/// `E[x^n]` of one coordinate, as a function of `n`: a law of independent and identically distributed inputs.
pub type Moment = fn(u32) -> Dyadic;

/// `E[x^n] = (n-1)!!` for even `n`, of a standard normal (`proofs/hermite.md`, lemma 1).
pub fn gaussian(n: u32) -> Dyadic {
    if n % 2 == 1 { Dyadic::zero() } else { (1..i64::from(n)).step_by(2).map(Dyadic::from).product() }
}

/// `E[x^n]` of a uniform sign: 1 for even `n` (`proofs/walsh.md`, lemma 1).
pub fn sign(n: u32) -> Dyadic {
    Dyadic::from(i64::from(n.is_multiple_of(2)))
}

/// `E[p(x)]` over independent variables with these moments (guarantee: exact).
pub fn expectation(p: &Polynomial, moment: impl Fn(u32) -> Dyadic) -> Dyadic {
    let mean = |alpha: &[u32]| alpha.iter().filter(|e| **e > 0).map(|&e| moment(e)).product::<Dyadic>();
    p.terms().map(|(alpha, c)| c * mean(alpha)).sum()
}

/// `Var p(x) = E[p^2] - E[p]^2` (guarantee: exact).
pub fn variance(p: &Polynomial, moment: impl Fn(u32) -> Dyadic) -> Dyadic {
    expectation(&p.squared(), &moment) - expectation(p, &moment).squared()
}

/// The partial derivative in variable `i` (guarantee: exact).
pub fn derivative(p: &Polynomial, i: usize) -> Polynomial {
    let lowered = |(alpha, c): (&Vec<u32>, &Dyadic)| {
        let exponent = alpha.get(i).copied().filter(|e| *e > 0)?;
        let mut alpha = alpha.clone();
        alpha[i] -= 1;
        Some(Polynomial::monomial(alpha, c * Dyadic::from(i64::from(exponent))))
    };
    sum(p.terms().filter_map(lowered))
}

/// `p(q_0, q_1, ...)`; variables beyond the list are zero (guarantee: exact).
pub fn substitute(p: &Polynomial, values: &[Polynomial]) -> Polynomial {
    let factor =
        |i: usize, e: u32| if e == 0 { Polynomial::one() } else { values.get(i).map_or(Polynomial::zero(), |q| power(q, e)) };
    let term = |(alpha, c): (&Vec<u32>, &Dyadic)| {
        alpha.iter().enumerate().fold(Polynomial::constant(c.clone()), |product, (i, &e)| product.times(&factor(i, e)))
    };
    sum(p.terms().map(term))
}

/// `p^n` (guarantee: exact).
pub fn power(p: &Polynomial, n: u32) -> Polynomial {
    (0..n).fold(Polynomial::one(), |product, _| product * p)
}

/// The sum (guarantee: exact).
pub fn sum(terms: impl IntoIterator<Item = Polynomial>) -> Polynomial {
    terms.into_iter().sum()
}

/// `x_0, ..., x_(d-1)`.
pub fn variables(d: usize) -> Vec<Polynomial> {
    (0..d).map(Polynomial::variable).collect()
}

/// `|x|^2` in `d` variables.
pub fn squared_norm(d: usize) -> Polynomial {
    sum(variables(d).iter().map(Scalar::squared))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::moments::tests::expectation_over_inputs;
    use crate::exact::{Distribution, Rational};

    fn sample() -> Polynomial {
        let x = variables(3);
        power(&x[0].plus(&x[1].weighted(&Dyadic::from(3))).minus(&x[2]).plus(&Polynomial::one()), 6)
    }

    #[test]
    fn expectations_agree_with_those_of_the_features() {
        let p = sample();
        for (law, distribution) in [(gaussian as Moment, Distribution::Gaussian), (sign, Distribution::Cube)] {
            assert_eq!(Rational::from(&expectation(&p, law)), expectation_over_inputs(&p, distribution, 3));
        }
    }

    /// E[x_i p] = E[dp/dx_i] under the Gaussian.
    #[test]
    fn integration_by_parts() {
        for i in 0..4 {
            let left = expectation(&sample().times(&Polynomial::variable(i)), gaussian);
            assert_eq!(left, expectation(&derivative(&sample(), i), gaussian));
        }
    }

    #[test]
    fn substitution_composes() {
        let shifted = [Polynomial::variable(1), Polynomial::variable(2), Polynomial::variable(0)];
        assert_eq!(substitute(&substitute(&substitute(&sample(), &shifted), &shifted), &shifted), sample());
        assert_eq!(substitute(&sample(), &[]), Polynomial::one());
    }
}
