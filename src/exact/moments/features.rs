//! Features of the inputs, and their joint cumulants under each law.

use super::recursion::Cumulants;
use crate::error::{Error, Result};
use crate::exact::count::{binomial, factorial};
use crate::exact::dyadic::Dyadic;
use crate::exact::polynomial::{Exponents, Polynomial};
use crate::exact::rational::Rational;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The features `z_i(x) = sum_c a_ic x_c + b_ic (x_c^2 - 1)`, one row each.
#[derive(Clone, Debug)]
pub struct Features {
    pub(super) linear: Matrix<Dyadic>,
    pub(super) squares: Option<Matrix<Dyadic>>,
}

impl Features {
    /// Features with the rows of `linear` as `a_i` and the rows of `squares` as `b_i` (zero when absent), both `features x d`.
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn new(linear: Matrix<Dyadic>, squares: Option<Matrix<Dyadic>>) -> Result<Self> {
        let shape = |m: &Matrix<Dyadic>| format!("{} x {}", m.rows(), m.cols());
        match &squares {
            Some(b) if shape(b) != shape(&linear) => Err(Error::input(shape(b), shape(&linear))),
            _ => Ok(Features { linear, squares }),
        }
    }

    /// The dimension `d` of the inputs.
    pub fn dimension(&self) -> usize {
        self.linear.cols()
    }

    /// Whether no feature reads `x^2 - 1`.
    pub fn are_linear(&self) -> bool {
        self.squares.is_none()
    }

    /// The covariance of the linear parts, `sum_c a_ic a_jc`.
    pub fn gram(&self) -> Matrix<Dyadic> {
        let n = self.linear.rows();
        Matrix::from_fn(n, n, |i, j| self.sum_over_coordinates(&[i, j], &[]))
    }

    /// `sum_c prod_(i in linear) a_ic prod_i b_ic^powers_i`.
    fn sum_over_coordinates(&self, linear: &[usize], powers: &[u32]) -> Dyadic {
        let square = |i: usize, c: usize| self.squares.as_ref().map_or(Dyadic::zero(), |b| b[(i, c)].clone());
        let term = |c: usize| {
            let linear = linear.iter().fold(Dyadic::one(), |product, &i| product * &self.linear[(i, c)]);
            let powers = powers.iter().enumerate().filter(|(_, n)| **n > 0);
            powers.fold(linear, |product, (i, &n)| product * square(i, c).power(n))
        };
        (0..self.dimension()).map(term).sum()
    }

    /// The two parts of the Gaussian joint cumulant of order `r = |alpha|`: `2^(r-3) (r-2)! sum_ij alpha_i (alpha - e_i)_j
    /// sum_c a_ic a_jc b_c^(alpha - e_i - e_j)`, and `2^(r-1) (r-1)! sum_c b_c^alpha` (population-risk, lemma 3).
    fn gaussian_parts(&self, alpha: &[u32]) -> (Dyadic, Dyadic) {
        let order = alpha.iter().sum::<u32>();
        let weighted = |(weight, i, j, rest): (i64, usize, usize, Exponents)| {
            Dyadic::from(weight) * self.sum_over_coordinates(&[i, j], &rest)
        };
        let mixed: Dyadic = pairs(alpha).into_iter().map(weighted).sum();
        let scaled = |sum: Dyadic, n: u32| sum.shifted(i64::from(n) - 1) * Dyadic::from(factorial(n.into()));
        let squares = self.sum_over_coordinates(&[], alpha);
        (scaled(mixed, order.max(2) - 2), scaled(squares, order.max(1) - 1).shifted(1))
    }
}

/// All `(weight, i, j, alpha - e_i - e_j)` with `i <= j`; the weights count the ordered pairs `alpha_i (alpha - e_i)_j`.
fn pairs(alpha: &[u32]) -> Vec<(i64, usize, usize, Exponents)> {
    let mut found = Vec::new();
    for i in (0..alpha.len()).filter(|&i| alpha[i] > 0) {
        let mut rest = alpha.to_vec();
        rest[i] -= 1;
        for j in (i..alpha.len()).filter(|&j| rest[j] > 0) {
            let ordered = if i == j { 1 } else { 2 };
            let mut rest_of_both = rest.clone();
            rest_of_both[j] -= 1;
            found.push((ordered * i64::from(alpha[i]) * i64::from(rest[j]), i, j, rest_of_both));
        }
    }
    found
}

/// Cumulants of features of Gaussian inputs.
pub struct GaussianFeatures(pub Features);

impl Cumulants for GaussianFeatures {
    type Value = Dyadic;

    fn variables(&self) -> usize {
        self.0.linear.rows()
    }
    fn cumulant(&mut self, alpha: &[u32]) -> Dyadic {
        let (mixed, squares) = self.0.gaussian_parts(alpha);
        // E[x^2 - 1] = 0.
        if alpha.iter().sum::<u32>() == 1 { Dyadic::zero() } else { mixed + squares }
    }
    fn number(&self, expectation: &Dyadic) -> Rational {
        expectation.into()
    }
    fn highest_order(&self) -> Option<u32> {
        self.0.are_linear().then_some(2)
    }
    fn symmetric(&self) -> bool {
        self.0.are_linear()
    }
}

/// Cumulants of features of inputs from the cube, where `x_c^2 - 1` is zero.
pub struct CubeFeatures(pub Features);

impl Cumulants for CubeFeatures {
    type Value = Dyadic;

    fn variables(&self) -> usize {
        self.0.linear.rows()
    }
    /// The cumulants of a sign times `sum_c a_c^alpha`.
    fn cumulant(&mut self, alpha: &[u32]) -> Dyadic {
        let sign = sign_cumulant(alpha.iter().sum());
        if sign.is_zero() {
            return sign;
        }
        let a = &self.0.linear;
        let term = |c: usize| alpha.iter().enumerate().map(|(i, &n)| a[(i, c)].power(n)).product::<Dyadic>();
        sign * (0..a.cols()).map(term).sum::<Dyadic>()
    }
    fn number(&self, expectation: &Dyadic) -> Rational {
        expectation.into()
    }
    fn symmetric(&self) -> bool {
        true
    }
}

/// The cumulant of order `n` of a uniform sign: 0, 1, 0, -2, 0, 16, ... for `n = 1, 2, ...`.
pub(super) fn sign_cumulant(n: u32) -> Dyadic {
    let even = |n: u32| i64::from(n.is_multiple_of(2));
    let mut cumulants: Vec<Dyadic> = Vec::new();
    for order in 1..=n {
        // E[s^order] = sum_j binomial(order-1, j-1) kappa_j E[s^(order-j)]; the last term is kappa_order.
        let earlier = (1..order).zip(&cumulants).filter(|(j, _)| even(order - j) == 1);
        let sum: Dyadic = earlier.map(|(j, k)| Dyadic::from(binomial((order - 1).into(), (j - 1).into())) * k).sum();
        cumulants.push(Dyadic::from(even(order)) - sum);
    }
    cumulants.pop().expect("a cumulant has an order of at least 1")
}

/// Cumulants of features of `t x` for Gaussian `x`, as polynomials in the one variable `s = t^2`; from these, the sphere.
///
/// Odd powers of `t` have expectation zero. An expectation, graded by `s`, becomes the one on the sphere of radius `sqrt(d)` by
/// `s^m -> d^m / (d (d+2) ... (d+2m-2))` (population-risk, lemma 4).
pub struct SphereFeatures(pub Features);

impl Cumulants for SphereFeatures {
    type Value = Polynomial;

    fn variables(&self) -> usize {
        self.0.linear.rows()
    }
    fn cumulant(&mut self, alpha: &[u32]) -> Polynomial {
        let order = alpha.iter().sum::<u32>();
        let (mixed, squares) = self.0.gaussian_parts(alpha);
        match order {
            1 => Polynomial::monomial(vec![1], squares.clone()) - Polynomial::constant(squares),
            _ => Polynomial::monomial(vec![order.max(1) - 1], mixed) + Polynomial::monomial(vec![order], squares),
        }
    }
    fn number(&self, expectation: &Polynomial) -> Rational {
        on_sphere(expectation, self.0.dimension())
    }
    fn highest_order(&self) -> Option<u32> {
        self.0.are_linear().then_some(2)
    }
    fn symmetric(&self) -> bool {
        self.0.are_linear()
    }
}

/// The number that an expectation graded by `s` is on the sphere of radius `sqrt(d)`.
pub(in crate::exact) fn on_sphere(graded: &Polynomial, dimension: usize) -> Rational {
    // A constant term has no exponent of `s`.
    let degree = |alpha: &Exponents| alpha.first().copied().unwrap_or(0);
    graded.terms().map(|(alpha, c)| sphere_factor(dimension, degree(alpha)) * Rational::from(c)).sum()
}

/// `d^m / (d (d+2) ... (d+2m-2))`, for `d` above zero.
fn sphere_factor(dimension: usize, m: u32) -> Rational {
    let d = dimension.max(1) as i64;
    (0..m).map(|i| Rational::new(d, d + 2 * i64::from(i)).expect("d + 2i is above zero")).product()
}
