//! Exact joint moments of the features that a network reads from its inputs.
//!
//! A feature is `z_i(x) = sum_c a_ic x_c + b_ic (x_c^2 - 1)`. Its inputs are independent over the coordinates, so joint cumulants
//! add over coordinates, where they have closed forms; moments follow from cumulants by
//!
//! ```text
//! E[z_i z^alpha] = sum_{beta <= alpha} binomial(alpha, beta) kappa(beta + e_i) E[z^(alpha - beta)].
//! ```
//!
//! The sphere has dependent coordinates; it is reached from the Gaussian by degree. Proofs: `proofs/population-risk.md`.

use super::dyadic::Dyadic;
use super::polynomial::{Exponents, Polynomial, trim};
use super::rational::Rational;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::scalar::Scalar;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The largest degree of a moment that is computed; the recursion goes as deep.
pub const MAX_DEGREE: u32 = 1024;

/// The law of the inputs `x` in `R^d`; each has mean 0 and covariance `I`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distribution {
    /// `N(0, I)`.
    Gaussian,
    /// Uniform on `{-1, 1}^d`.
    Cube,
    /// Uniform on the sphere of radius `sqrt(d)`.
    Sphere,
}

impl Distribution {
    /// All distributions.
    pub const ALL: [Distribution; 3] = [Distribution::Gaussian, Distribution::Cube, Distribution::Sphere];

    /// The name used in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Distribution::Gaussian => "gaussian",
            Distribution::Cube => "cube",
            Distribution::Sphere => "sphere",
        }
    }
}

impl FromStr for Distribution {
    type Err = Error;

    /// # Errors
    /// When the name is none of [`ALL`](Distribution::ALL).
    fn from_str(name: &str) -> Result<Self> {
        let known = Distribution::ALL.into_iter().find(|d| d.name() == name);
        known.ok_or_else(|| Error::input(format!("{name:?}"), "gaussian, cube or sphere"))
    }
}

/// The features `z_i(x) = sum_c a_ic x_c + b_ic (x_c^2 - 1)`, one row each.
#[derive(Clone, Debug)]
pub struct Features {
    linear: Matrix<Dyadic>,
    squares: Option<Matrix<Dyadic>>,
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
            let linear = linear.iter().fold(Dyadic::one(), |product, &i| &product * &self.linear[(i, c)]);
            let powers = powers.iter().enumerate().filter(|(_, n)| **n > 0);
            powers.fold(linear, |product, (i, &n)| &product * &square(i, c).power(n))
        };
        (0..self.dimension()).map(term).fold(Dyadic::zero(), |sum, t| &sum + &t)
    }

    /// The two parts of the Gaussian joint cumulant of order `r = |alpha|`: `2^(r-3) (r-2)! sum_ij alpha_i (alpha - e_i)_j
    /// sum_c a_ic a_jc b_c^(alpha - e_i - e_j)`, and `2^(r-1) (r-1)! sum_c b_c^alpha` (population-risk, lemma 3).
    fn gaussian_parts(&self, alpha: &[u32]) -> (Dyadic, Dyadic) {
        let order = alpha.iter().sum::<u32>();
        let mixed = pairs(alpha).into_iter().fold(Dyadic::zero(), |sum, (weight, i, j, rest)| {
            &sum + &(&Dyadic::from(weight) * &self.sum_over_coordinates(&[i, j], &rest))
        });
        let scaled = |sum: Dyadic, n: u32| &sum.shifted(i64::from(n) - 1) * &factorial(n);
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

/// `n!`.
pub(super) fn factorial(n: u32) -> Dyadic {
    (2..=i64::from(n)).fold(Dyadic::one(), |product, i| &product * &Dyadic::from(i))
}

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
        if alpha.iter().sum::<u32>() == 1 { Dyadic::zero() } else { &mixed + &squares }
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
        let term = |c: usize| alpha.iter().enumerate().fold(Dyadic::one(), |p, (i, &n)| &p * &a[(i, c)].power(n));
        &sign * &(0..a.cols()).fold(Dyadic::zero(), |sum, c| &sum + &term(c))
    }
    fn number(&self, expectation: &Dyadic) -> Rational {
        expectation.into()
    }
    fn symmetric(&self) -> bool {
        true
    }
}

/// The cumulant of order `n` of a uniform sign: 0, 1, 0, -2, 0, 16, ... for `n = 1, 2, ...`.
fn sign_cumulant(n: u32) -> Dyadic {
    let even = |n: u32| i64::from(n.is_multiple_of(2));
    let mut cumulants: Vec<Dyadic> = Vec::new();
    for order in 1..=n {
        // E[s^order] = sum_j binomial(order-1, j-1) kappa_j E[s^(order-j)]; the last term is kappa_order.
        let earlier = (1..order).zip(&cumulants).filter(|(j, _)| even(order - j) == 1);
        let sum = earlier.fold(Dyadic::zero(), |sum, (j, k)| &sum + &(&binomial(order - 1, j - 1) * k));
        cumulants.push(&Dyadic::from(even(order)) - &sum);
    }
    cumulants.pop().unwrap_or_else(Dyadic::zero)
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
            1 => Polynomial::monomial(vec![1], squares.clone()).minus(&Polynomial::constant(squares)),
            _ => Polynomial::monomial(vec![order.max(1) - 1], mixed).plus(&Polynomial::monomial(vec![order], squares)),
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

pub(super) fn on_sphere(graded: &Polynomial, dimension: usize) -> Rational {
    let term = |(m, c): (&Exponents, &Dyadic)| &sphere_factor(dimension, m.first().copied().unwrap_or(0)) * &Rational::from(c);
    graded.terms().map(term).fold(Rational::zero(), |sum, t| &sum + &t)
}

fn sphere_factor(dimension: usize, m: u32) -> Rational {
    let d = dimension.max(1) as i64;
    let factor = |i: u32| Rational::new(d, d + 2 * i64::from(i)).unwrap_or_else(Rational::one); // d + 2i > 0
    (0..m).fold(Rational::one(), |product, i| &product * &factor(i))
}

/// `binomial(n, k)`, for `k <= n`.
fn binomial(n: u32, k: u32) -> Dyadic {
    let k = k.min(n - k);
    let product = (0..k).fold(dashu_int::IBig::ONE, |product, i| product * (n - i) / (i + 1));
    Dyadic::from(product)
}

/// `prod_i binomial(alpha_i, beta_i)`, for `beta <= alpha`.
fn multi_binomial(alpha: &[u32], beta: &[u32]) -> Dyadic {
    let factors = alpha.iter().zip(beta).filter(|(_, b)| **b > 0);
    factors.fold(Dyadic::one(), |product, (&a, &b)| &product * &binomial(a, b))
}

/// All `beta <= alpha` with `|beta| <= order`, in lexicographic order.
fn below(alpha: &[u32], order: u32) -> impl Iterator<Item = Exponents> {
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
    law: C,
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
        Some(&self.law.number(&square) - &self.law.number(&mean).squared())
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    const BUDGET: usize = 100_000;

    /// `E[p(x)]` of a polynomial in the inputs themselves, monomial by monomial: an independent way to every expectation.
    pub(crate) fn expectation_over_inputs(p: &Polynomial, distribution: Distribution, dimension: usize) -> Rational {
        let term = |(alpha, c): (&Exponents, &Dyadic)| &monomial_mean(alpha, distribution, dimension) * &Rational::from(c);
        p.terms().map(term).fold(Rational::zero(), |sum, t| &sum + &t)
    }

    fn monomial_mean(alpha: &[u32], distribution: Distribution, dimension: usize) -> Rational {
        if alpha.iter().any(|e| e % 2 == 1) {
            return Rational::zero();
        }
        let double_factorial = |e: u32| (1..i64::from(e)).step_by(2).product::<i64>();
        let gaussian = Rational::from(alpha.iter().map(|&e| double_factorial(e)).product::<i64>());
        let m = alpha.iter().sum::<u32>() / 2;
        let radius = (0..m).fold(Rational::one(), |p, i| &p * &Rational::new(dimension, dimension + 2 * i as usize).unwrap());
        match distribution {
            Distribution::Gaussian => gaussian,
            Distribution::Cube => Rational::one(),
            Distribution::Sphere => &gaussian * &radius,
        }
    }

    fn matrix(rows: &[&[i64]]) -> Matrix<Dyadic> {
        Matrix::from_fn(rows.len(), rows[0].len(), |i, c| Dyadic::from(rows[i][c]))
    }

    fn features(linear: &[&[i64]], squares: &[&[i64]]) -> Features {
        Features::new(matrix(linear), (!squares.is_empty()).then(|| matrix(squares))).unwrap()
    }

    /// The moment by cumulants, as a number.
    fn moment(distribution: Distribution, features: Features, alpha: &[u32]) -> Rational {
        fn of<C: Cumulants>(law: C, alpha: &[u32]) -> Rational {
            let mut moments = Moments::new(law, BUDGET);
            let value = moments.moment(alpha).unwrap();
            moments.law.number(&value)
        }
        match distribution {
            Distribution::Gaussian => of(GaussianFeatures(features), alpha),
            Distribution::Cube => of(CubeFeatures(features), alpha),
            Distribution::Sphere => of(SphereFeatures(features), alpha),
        }
    }

    /// `z^alpha` expanded in the inputs.
    fn in_inputs(features: &Features, alpha: &[u32]) -> Polynomial {
        let x = |c: usize| Polynomial::variable(c);
        let square = |c: usize| x(c).squared().minus(&Polynomial::one());
        let feature = |i: usize| {
            (0..features.dimension()).fold(Polynomial::zero(), |sum, c| {
                let squares = features.squares.as_ref().map_or(Dyadic::zero(), |b| b[(i, c)].clone());
                sum.plus(&x(c).weighted(&features.linear[(i, c)])).plus(&square(c).weighted(&squares))
            })
        };
        let power = |(i, &n): (usize, &u32)| (0..n).fold(Polynomial::one(), |p, _| p.times(&feature(i)));
        alpha.iter().enumerate().map(power).fold(Polynomial::one(), |p, q| p.times(&q))
    }

    #[test]
    fn names_are_parsed_back() {
        for distribution in Distribution::ALL {
            assert_eq!(distribution.name().parse::<Distribution>().unwrap(), distribution);
        }
        assert!("normal".parse::<Distribution>().unwrap_err().to_string().contains("gaussian, cube or sphere"));
    }

    /// E[z_1 z_2 z_3 z_4] is the sum over the three pairings.
    #[test]
    fn isserlis() {
        let f = features(&[&[1, 2, 0], &[0, 1, -1], &[3, 0, 1], &[1, 1, 1]], &[]);
        let g = |i, j| f.gram()[(i, j)].clone();
        let pairings = [g(0, 1).times(&g(2, 3)), g(0, 2).times(&g(1, 3)), g(0, 3).times(&g(1, 2))];
        let expected = pairings.iter().fold(Dyadic::zero(), |sum, p| &sum + p);
        assert_eq!(moment(Distribution::Gaussian, f, &[1, 1, 1, 1]), Rational::from(&expected));
    }

    /// Central moments of a chi-square variable with one degree of freedom: 0, 2, 8, 60, 544.
    #[test]
    fn chi_square() {
        for (n, expected) in (1..).zip([0, 2, 8, 60, 544]) {
            assert_eq!(moment(Distribution::Gaussian, features(&[&[0]], &[&[1]]), &[n]), Rational::from(expected));
        }
    }

    #[test]
    fn cumulants_of_a_sign_are_the_tangent_numbers() {
        let expected = [0, 1, 0, -2, 0, 16, 0, -272, 0, 7936];
        assert_eq!((1..=10).map(sign_cumulant).collect::<Vec<_>>(), expected.map(Dyadic::from));
    }

    /// E[x_1^4] = 3d/(d+2); and |x|^2 is the constant d.
    #[test]
    fn sphere() {
        for d in 1..6 {
            let mut row = vec![0; d];
            row[0] = 1;
            let fourth = moment(Distribution::Sphere, features(&[&row], &[]), &[4]);
            assert_eq!(fourth, Rational::new(3 * d, d + 2).unwrap());
            let norm = features(&[&vec![0; d]], &[&vec![1; d]]);
            assert_eq!(moment(Distribution::Sphere, norm.clone(), &[1]), Rational::zero());
            assert_eq!(moment(Distribution::Sphere, norm, &[6]), Rational::zero());
        }
    }

    /// |x|^2 - d may be multiplied into anything without effect on the sphere.
    #[test]
    fn the_sphere_has_constant_norm() {
        let f = features(&[&[1, -2, 3], &[0, 0, 0]], &[&[2, 0, 1], &[1, 1, 1]]);
        assert!(moment(Distribution::Gaussian, f.clone(), &[2, 1]) != Rational::zero());
        for alpha in [[1, 1], [2, 1], [3, 1], [2, 2]] {
            assert_eq!(moment(Distribution::Sphere, f.clone(), &alpha), Rational::zero());
        }
    }

    /// The average over all `2^d` points, evaluated point by point.
    #[test]
    fn cube_by_brute_force() {
        for d in 3..=5usize {
            let a = Matrix::from_fn(3, d, |i, c| Dyadic::from((7 * i as i64 + 3 * c as i64) % 5 - 2));
            let f = Features::new(a.clone(), Some(Matrix::filled(3, d, Dyadic::from(5)))).unwrap();
            let alpha = [2, 3, 3];
            let value = |point: usize| {
                let x: Vec<_> = (0..d).map(|c| Dyadic::from(if point >> c & 1 == 1 { 1 } else { -1 })).collect();
                let feature = |i: usize| a.row(i).iter().zip(&x).fold(Dyadic::zero(), |sum, (a, x)| &sum + &(a * x));
                (0..3).fold(Dyadic::one(), |p, i| &p * &feature(i).power(alpha[i]))
            };
            let sum = (0..1 << d).map(value).fold(Dyadic::zero(), |s, v| &s + &v);
            assert_eq!(moment(Distribution::Cube, f, &alpha), Rational::from(&sum.shifted(-(d as i64))));
        }
    }

    #[test]
    fn multi_indices_below() {
        assert_eq!(below(&[2, 1], 9).count(), 6);
        assert_eq!(below(&[2, 1], 1).collect::<Vec<_>>(), vec![vec![0, 0], vec![0, 1], vec![1, 0]]);
        assert_eq!(below(&[], 3).collect::<Vec<_>>(), vec![Exponents::new()]);
    }

    #[test]
    fn work_is_bounded() {
        let f = features(&[&[1, 2], &[3, 4]], &[&[1, 1], &[0, 1]]);
        assert!(Moments::new(GaussianFeatures(f.clone()), 10).moment(&[4, 4]).is_none());
        let mut moments = Moments::new(GaussianFeatures(f), BUDGET);
        assert!(moments.moment(&[0, 0, 2]).is_none() && moments.moment(&[u32::MAX, 2]).is_none());
        assert_eq!(moments.moment(&[0, 1, 0]), Some(Dyadic::zero()));
    }

    proptest! {
        #[test]
        fn agrees_with_the_expansion_in_the_inputs(
            a in prop::collection::vec(-3i64..4, 6), b in prop::collection::vec(-2i64..3, 6),
            alpha in prop::collection::vec(0u32..4, 2), with_squares in any::<bool>(),
        ) {
            let squares: &[&[i64]] = &[&b[..3], &b[3..]];
            let f = features(&[&a[..3], &a[3..]], if with_squares { squares } else { &[] });
            for distribution in Distribution::ALL {
                // On the cube x^2 - 1 = 0, which monomial means respect.
                let direct = expectation_over_inputs(&in_inputs(&f, &alpha), distribution, 3);
                prop_assert_eq!(moment(distribution, f.clone(), &alpha), direct);
            }
        }
    }
}
