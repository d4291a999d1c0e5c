//! Moments against closed forms, brute force and the expansion in the inputs.

use proptest::prelude::*;

use super::features::sign_cumulant;
use super::recursion::below;
use super::*;
use crate::exact::polynomial::Exponents;
use crate::exact::{Dyadic, Polynomial, Rational};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

const BUDGET: usize = 100_000;

/// `E[p(x)]` of a polynomial in the inputs themselves, monomial by monomial: an independent way to every expectation.
pub(crate) fn expectation_over_inputs(p: &Polynomial, distribution: Distribution, dimension: usize) -> Rational {
    let term = |(alpha, c): (&Exponents, &Dyadic)| monomial_mean(alpha, distribution, dimension) * Rational::from(c);
    p.terms().map(term).sum()
}

fn monomial_mean(alpha: &[u32], distribution: Distribution, dimension: usize) -> Rational {
    if alpha.iter().any(|e| e % 2 == 1) {
        return Rational::zero();
    }
    let double_factorial = |e: u32| (1..i64::from(e)).step_by(2).product::<i64>();
    let gaussian = Rational::from(alpha.iter().map(|&e| double_factorial(e)).product::<i64>());
    let m = alpha.iter().sum::<u32>() / 2;
    let radius: Rational = (0..m).map(|i| Rational::new(dimension, dimension + 2 * i as usize).unwrap()).product();
    match distribution {
        Distribution::Gaussian => gaussian,
        Distribution::Cube => Rational::one(),
        Distribution::Sphere => gaussian * radius,
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
    let power = |(i, &n): (usize, &u32)| (0..n).map(|_| feature(i)).product::<Polynomial>();
    alpha.iter().enumerate().map(power).product()
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
    let expected: Dyadic = pairings.into_iter().sum();
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
            let feature = |i: usize| a.row(i).iter().zip(&x).map(|(a, x)| a * x).sum::<Dyadic>();
            (0..3).map(|i| feature(i).power(alpha[i])).product::<Dyadic>()
        };
        let sum: Dyadic = (0..1 << d).map(value).sum();
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
