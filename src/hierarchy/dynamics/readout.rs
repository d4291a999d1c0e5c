//! What a refitted readout leaves of layer 2 at its optimum: chains of depth 3, any width (`proofs/dynamics.md`, lemma 9).
//!
//! Layer 2, trained alone on the population to `M = W'(I + Q)W` and frozen, offers quadratic forms of `z = Wx`; layer 3 offers quartic ones.
//! The target is `z'z` plus a quartic form, so what is left is the distance of `z'z` from the forms that the readout may weigh, modulo
//! quartics.

use super::floor::{distance_from_quartics, drift};
use crate::error::{Error, Result};
use crate::exact::linear::{is_positive_semidefinite, pivots, product, solve};
use crate::exact::{Dyadic, Rational};
use crate::hierarchy::network::Network;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// Which weights the readout of layer 2 may choose, beside all that layer 3 can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readout {
    /// None: layer 2 enters by `||S_2||^2`.
    Fixed,
    /// That of `||S_2||^2`.
    Scalar,
    /// Those of the squares `(r.S_2)^2`, for rows `r` whose squares span all quadratic forms.
    Squares,
}

/// The least `te Var y` that layer 2 at its optimum leaves with this readout, whatever layer 3 does (guarantee: exact; lemma 9).
///
/// # Errors
/// When the target is no chain of depth 3, the moments cost too much, or `I + Q` is not positive definite: layer 2 then does not reach
/// its optimum with all its directions.
pub fn refitted_floor(target: &Network<Dyadic>, readout: Readout) -> Result<Rational> {
    let (gram, drift) = drift(target)?;
    let k = gram.rows();
    let learnt = plus_identity(&drift);
    let definite = is_positive_semidefinite(&learnt) && pivots(&learnt).is_some_and(|p| p.iter().all(|p| !p.is_zero()));
    if !definite {
        return Err(Error::refused("layer 2 alone does not reach a definite optimum"));
    }
    let identity = plus_identity(&Matrix::filled(k, k, Rational::zero()));
    match readout {
        Readout::Fixed => Ok(distance_from_quartics(&gram, &drift)),
        Readout::Scalar => distance_from_span(&gram, &identity, &[learnt]),
        Readout::Squares => distance_from_span(&gram, &identity, &squares(&learnt)),
    }
}

/// The forms `(r.Tz)^2` for rows `r` whose squares span all quadratic forms. With any invertible `T` they span the same forms, so that the
/// matrix of `T = I + Q` serves as well as its root `K_2`.
fn squares(t: &Matrix<Rational>) -> Vec<Matrix<Rational>> {
    let k = t.rows();
    let pairs = (0..k).flat_map(|a| (a..k).map(move |b| (a, b)));
    // e_a, and e_a + e_b
    let row = |(a, b): (usize, usize)| Matrix::from_fn(1, k, |_, i| Rational::from(i64::from(i == a || i == b)));
    let square = |row: Matrix<Rational>| product(&row.transposed(), &row);
    pairs.map(|pair| square(product(&row(pair), t))).collect()
}

/// The squared distance of the form `z'Az` from the span of the others and all quartic forms (guarantee: exact).
fn distance_from_span(gram: &Matrix<Dyadic>, form: &Matrix<Rational>, others: &[Matrix<Rational>]) -> Result<Rational> {
    let distance = |a: &Matrix<Rational>| distance_from_quartics(gram, a);
    // The distance is a quadratic form, and this its bilinear one.
    let pairing = |a: &Matrix<Rational>, b: &Matrix<Rational>| {
        let sum = Matrix::from_fn(a.rows(), a.cols(), |i, j| &a[(i, j)] + &b[(i, j)]);
        halved(&(&(&distance(&sum) - &distance(a)) - &distance(b)))
    };
    let n = others.len();
    let matrix = Matrix::from_fn(n, n, |i, j| pairing(&others[i], &others[j]));
    let right = Matrix::from_fn(n, 1, |i, _| pairing(&others[i], form));
    let weights = solve(&matrix, &right).ok_or_else(|| Error::refused("the forms of the readout are dependent"))?;
    Ok((0..n).fold(distance(form), |left, i| &left - &(&weights[(i, 0)] * &right[(i, 0)])))
}

fn halved(value: &Rational) -> Rational {
    value.over(&Rational::from(2)).expect("two is not zero")
}

/// `I + A`.
fn plus_identity(a: &Matrix<Rational>) -> Matrix<Rational> {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| if i == j { &a[(i, j)] + &Rational::one() } else { a[(i, j)].clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::dynamics::floor::layerwise_floor;
    use crate::hierarchy::network::Skips;
    use crate::hierarchy::target::expand::integer_network;

    fn floors(width: usize) -> [Rational; 3] {
        let target = integer_network(4, 3, width, &Skips::Lin).unwrap();
        [Readout::Fixed, Readout::Scalar, Readout::Squares].map(|readout| refitted_floor(&target, readout).unwrap())
    }

    #[test]
    fn one_weight_is_enough_for_width_1_and_all_squares_for_every_width() {
        let [fixed, scalar, squares] = floors(1);
        assert!(fixed > Rational::zero() && scalar.is_zero() && squares.is_zero());
        for width in [2, 3] {
            let [fixed, scalar, squares] = floors(width);
            assert!(fixed > scalar && scalar > Rational::zero() && squares.is_zero(), "width {width}");
        }
    }

    #[test]
    fn without_a_weight_it_is_the_layerwise_floor() {
        let target = integer_network(4, 3, 2, &Skips::Lin).unwrap();
        assert_eq!(floors(2)[0], layerwise_floor(&target).unwrap());
        assert!(refitted_floor(&integer_network(4, 4, 1, &Skips::Lin).unwrap(), Readout::Scalar).is_err());
    }

    /// The weight of least distance, by trying: a parabola through three weights has the same minimum.
    #[test]
    fn the_least_over_one_weight_is_that_of_a_parabola() {
        let target = integer_network(4, 3, 2, &Skips::Lin).unwrap();
        let (gram, drift) = drift(&target).unwrap();
        let learnt = plus_identity(&drift);
        let at = |weight: i64| {
            let form = learnt.map(|v| v * &Rational::from(weight));
            let minus_identity = Matrix::from_fn(2, 2, |i, j| &form[(i, j)] - &Rational::from(i64::from(i == j)));
            distance_from_quartics(&gram, &minus_identity)
        };
        // c - b^2/4a of a w^2 + b w + c
        let (c, one, minus) = (at(0), at(1), at(-1));
        let a = halved(&(&(&one + &minus) - &(&c + &c)));
        let b = halved(&(&one - &minus));
        let least = &c - &b.squared().over(&(&Rational::from(4) * &a)).unwrap();
        assert_eq!(floors(2)[1], least);
    }
}
