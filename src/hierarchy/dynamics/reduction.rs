//! Gradient descent in `R^d` is the reduced map: an identity of polynomials in the weights (`proofs/dynamics.md`, lemma 1).
//!
//! `K_2 = A v + B v'` in the plane of the target's direction `v` and another vector `v'`, both of integers. The population
//! gradient in the coordinate `c` of `K_2` is `2 Cov(F - F*, F'(<K_2, x>) x_c)`, computed from the joint moments of `<v, x>`,
//! `<v', x>` and `x_c`, where
//! `F` is expanded from the layers themselves. The reduced map says that it is `L_a v_c + 2 L_s (K_2)_c`, a vector of the plane.

use super::chain::Chain;
use crate::error::{Error, Result};
use crate::exact::inputs::{derivative, power, sum, variables};
use crate::exact::linear::dot;
use crate::exact::moments::{Features, GaussianFeatures, Moments};
use crate::exact::polynomial::Exponents;
use crate::exact::{Dyadic, Polynomial};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The most products of numbers that the moments of one gradient may cost.
const BUDGET: usize = 10_000_000;
/// The first of the variables that are weights: `A`, `B`, `k_3, ..., k_m`. Those before are `<v, x>`, `<v', x>` and `x_c`.
const WEIGHTS: usize = 3;

/// A target `sum_l t_l <v, x>^(p_l)`, a learner with the layers up to `top` on, and inputs.
#[derive(Clone, Debug)]
pub struct Plane {
    /// `t_2, ..., t_L`.
    pub target: Vec<i64>,
    /// `alpha_2, ..., alpha_L`.
    pub scales: Vec<i64>,
    /// The newest layer `m` of the learner.
    pub top: usize,
    /// `v`, one entry an input.
    pub direction: Vec<i64>,
    /// `v'`, of the same length.
    pub other: Vec<i64>,
    /// The standard deviation of each input; all are 1 for the inputs of the claim.
    pub deviations: Vec<i64>,
}

fn constant(value: i64) -> Polynomial {
    Polynomial::constant(Dyadic::from(value))
}

impl Plane {
    /// `A`, `B`, `k_3, ..., k_m` as polynomials.
    fn weights(&self) -> Vec<Polynomial> {
        (WEIGHTS..WEIGHTS + self.top).map(Polynomial::variable).collect()
    }

    /// `F` in `u = <K_2, x>` (variable 0) and the heads (the others), layer by layer.
    fn learner(&self) -> Polynomial {
        let mut layer = Polynomial::variable(0);
        let mut output = layer.squared().weighted(&Dyadic::from(self.scales[0]));
        for l in 3..=self.top {
            layer = Polynomial::variable(l - 2).times(&layer.squared());
            output = output.plus(&layer.squared().weighted(&Dyadic::from(self.scales[l - 2])));
        }
        output
    }

    /// A function of `u` and the heads, in all variables: `u = A <v, x> + B <v', x>`.
    fn in_plane(&self, function: &Polynomial) -> Polynomial {
        let (z, weights) = (variables(2), self.weights());
        let u = weights[0].times(&z[0]).plus(&weights[1].times(&z[1]));
        let values: Vec<Polynomial> = std::iter::once(u).chain(weights[2..].iter().cloned()).collect();
        crate::exact::inputs::substitute(function, &values)
    }

    /// The moments of `<v, x>`, `<v', x>` and `x_c`.
    fn moments(&self, c: usize) -> Result<Moments<GaussianFeatures>> {
        let row = |i: usize, j: usize| match i {
            0 => self.direction[j],
            1 => self.other[j],
            _ => i64::from(j == c),
        };
        let linear = Matrix::from_fn(3, self.direction.len(), |i, j| Dyadic::from(row(i, j) * self.deviations[j]));
        Ok(Moments::new(GaussianFeatures(Features::new(linear, None)?), BUDGET))
    }

    /// The gradient of `Var(F - F*)` in the coordinates of `K_2` and in the heads, from moments in `R^d` (guarantee: exact).
    ///
    /// # Errors
    /// When the vectors differ in length, or the moments cost too much.
    pub fn gradient_in_space(&self) -> Result<Vec<Polynomial>> {
        self.check()?;
        let learner = self.learner();
        let target =
            sum(self.target.iter().zip(1..).map(|(t, l)| power(&Polynomial::variable(0), 1 << l).weighted(&Dyadic::from(*t))));
        let difference = self.in_plane(&learner).minus(&target);
        let slope = self.in_plane(&derivative(&learner, 0));
        let coordinate = |c: usize| covariance(&mut self.moments(c)?, &difference, &slope.times(&Polynomial::variable(2)));
        let head = |l: usize| covariance(&mut self.moments(0)?, &difference, &self.in_plane(&derivative(&learner, l - 2)));
        let doubled = |p: Result<Polynomial>| p.map(|p| p.weighted(&Dyadic::from(2)));
        let inputs = (0..self.direction.len()).map(|c| doubled(coordinate(c)));
        inputs.chain((3..=self.top).map(|l| doubled(head(l)))).collect()
    }

    /// The same gradient by the reduced map (guarantee: exact).
    ///
    /// # Errors
    /// When the vectors differ in length.
    pub fn reduced_gradient(&self) -> Result<Vec<Polynomial>> {
        self.check()?;
        let weights = self.weights();
        let inner = |a: &[i64], b: &[i64]| Polynomial::constant(dot(&dyadic(a), &dyadic(b)));
        let (vv, vw, ww) =
            (inner(&self.direction, &self.direction), inner(&self.direction, &self.other), inner(&self.other, &self.other));
        let (alpha, beta, heads) = (&weights[0], &weights[1], &weights[2..]);
        let a = alpha.times(&vv).plus(&beta.times(&vw));
        let cross = alpha.times(beta).times(&vw).weighted(&Dyadic::from(2));
        let s = alpha.squared().times(&vv).plus(&cross).plus(&beta.squared().times(&ww));
        let constants = |values: &[i64]| values.iter().map(|&v| constant(v)).collect();
        let chain = Chain { target: constants(&self.target), scales: constants(&self.scales), norm: vv };
        let slopes = chain.slopes(&a, &s, &chain.coefficients(heads));
        let along_k = slopes.size.plus(&slopes.size);
        let coordinate = |c: usize| {
            let k = alpha.times(&constant(self.direction[c])).plus(&beta.times(&constant(self.other[c])));
            slopes.along.times(&constant(self.direction[c])).plus(&along_k.times(&k))
        };
        let head =
            |j: usize| sum((j..=self.top).map(|l| chain.coefficient_slope(heads, l, j).times(&slopes.coefficients[l - 2])));
        Ok((0..self.direction.len()).map(coordinate).chain((3..=self.top).map(head)).collect())
    }

    fn check(&self) -> Result<()> {
        let (d, depth) = (self.direction.len(), self.target.len() + 1);
        let fits = self.other.len() == d && self.deviations.len() == d && d > 0;
        match fits && self.scales.len() == self.target.len() && (2..=depth).contains(&self.top) {
            true => Ok(()),
            false => Err(Error::refused("the vectors of a plane differ in length, or a layer is beyond the target's depth")),
        }
    }
}

/// `Cov(f, g)` over the variables of the moments; the other variables stay.
fn covariance(moments: &mut Moments<GaussianFeatures>, f: &Polynomial, g: &Polynomial) -> Result<Polynomial> {
    let mut mean = |p: &Polynomial| {
        let mut terms = Vec::new();
        for (alpha, c) in p.terms() {
            let (inputs, weights) = alpha.split_at(alpha.len().min(WEIGHTS));
            let moment = moments.moment(inputs).ok_or_else(|| Error::refused("the moments of a gradient cost too much"))?;
            let exponents: Exponents = [&[0; WEIGHTS], weights].concat();
            terms.push(Polynomial::monomial(exponents, &moment * c));
        }
        Ok::<_, Error>(sum(terms))
    };
    Ok(mean(&f.times(g))?.minus(&mean(f)?.times(&mean(g)?)))
}

fn dyadic(values: &[i64]) -> Vec<Dyadic> {
    values.iter().map(|&v| Dyadic::from(v)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plane of dimension `d` with vectors of small integers.
    fn plane(d: usize, depth: usize, top: usize) -> Plane {
        Plane {
            target: [3, 2, -1, 1][..depth - 1].to_vec(),
            scales: [1, 2, 1, 3][..depth - 1].to_vec(),
            top,
            direction: [2, -1, 3, 1, 1, -2][..d].to_vec(),
            other: [1, 1, 0, -2, 1, 3][..d].to_vec(),
            deviations: vec![1; d],
        }
    }

    #[test]
    fn a_step_in_space_is_a_step_of_the_reduced_map() {
        for (d, depth, top) in [(2, 2, 2), (3, 3, 2), (4, 3, 3), (6, 4, 4), (2, 5, 5)] {
            let plane = plane(d, depth, top);
            assert_eq!(plane.gradient_in_space().unwrap(), plane.reduced_gradient().unwrap(), "d = {d}, L = {depth}");
        }
    }

    #[test]
    fn inputs_of_different_variance_leave_the_plane() {
        let mut plane = plane(3, 3, 3);
        plane.deviations[1] = 2;
        assert_ne!(plane.gradient_in_space().unwrap(), plane.reduced_gradient().unwrap());
        plane.other.pop();
        assert!(plane.gradient_in_space().is_err() && plane.reduced_gradient().is_err());
    }
}
