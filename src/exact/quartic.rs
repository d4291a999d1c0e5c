//! Sums of squares of quadratic forms, and their harmonic part of degree 4.
//!
//! The quartic `f(x) = sum_a (x'M_a x)^2` belongs to the symmetric tensor `T = sum_a Sym(M_a (x) M_a)`. With `T'` its trace over two
//! indices and `T''` over four, and `T_0` its part without traces,
//!
//! ```text
//! ||h_0||^2 = 4! |T_0|^2,    |T_0|^2 = |T|^2 - 6/(d+4) |T'|^2 + 3/((d+2)(d+4)) T''^2,
//! |T|^2 = 1/3 sum_(a,b) ((tr M_a M_b)^2 + 2 tr (M_a M_b)^2),    T' = 1/3 sum_a (tr M_a M_a + 2 M_a^2).
//! ```
//!
//! Everything depends on traces of products, so that matrices of the size of a layer take the place of the `d x d` ones. Proof:
//! `proofs/rotated-class.md`, lemma 4.

use super::dyadic::Dyadic;
use super::linear::{integer, product, trace};
use super::rational::Rational;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `||h_0||^2` under `N(0, I)` in `d` dimensions, for `M_a = W' B_a W` (guarantee: exact).
///
/// `forms` holds the symmetric `B_a` (`k x k`), `gram` is `W W'` (`k x k`) for `W` of shape `k x d`.
///
/// # Errors
/// When a form is not of the shape of the Gram matrix.
pub fn harmonic_energy(forms: &[Matrix<Dyadic>], gram: &Matrix<Dyadic>, d: u64) -> Result<Rational> {
    if let Some(a) = forms.iter().position(|b| (b.rows(), b.cols()) != (gram.rows(), gram.cols())) {
        let shape = format!("{} x {}", forms[a].rows(), forms[a].cols());
        return Err(Error::input(shape, format!("{} x {}", gram.rows(), gram.cols())).at_field(format!("form {a}")));
    }
    let products: Vec<Matrix<Dyadic>> = forms.iter().map(|b| product(b, gram)).collect();
    let whole = pairs(&products).fold(Dyadic::zero(), |sum, (c, e)| &sum + &squared_pair(&product(c, e)));
    let once = traced(&products, gram.rows());
    let (square, twice) = (trace(&product(&once, &once)), trace(&once).squared());
    // Three and nine times the terms of the formula are free of denominators: `once` is 3 T' and `whole` is 3 |T|^2.
    let over = |value: &Dyadic, denominator: u64| {
        Rational::from(value).over(&integer(&denominator.into())).expect("the denominators are positive")
    };
    let traceless = &(&over(&whole, 3) - &over(&(&square * &Dyadic::from(6)), 9 * (d + 4)))
        + &over(&(&twice * &Dyadic::from(3)), 9 * (d + 2) * (d + 4));
    Ok(&traceless * &Rational::from(24))
}

/// All ordered pairs.
fn pairs<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    items.iter().flat_map(move |a| items.iter().map(move |b| (a, b)))
}

/// `(tr P)^2 + 2 tr P^2`.
fn squared_pair(p: &Matrix<Dyadic>) -> Dyadic {
    &trace(p).squared() + &trace(&product(p, p)).shifted(1)
}

/// `3 T'` in the coordinates of the rows: `sum_a (C_a tr C_a + 2 C_a^2)` with `C_a = B_a W W'`.
fn traced(products: &[Matrix<Dyadic>], k: usize) -> Matrix<Dyadic> {
    let terms: Vec<(Dyadic, Matrix<Dyadic>)> = products.iter().map(|c| (trace(c), product(c, c))).collect();
    Matrix::from_fn(k, k, |i, j| {
        let term =
            |(c, (t, square)): (&Matrix<Dyadic>, &(Dyadic, Matrix<Dyadic>))| &(&c[(i, j)] * t) + &square[(i, j)].shifted(1);
        products.iter().zip(&terms).map(term).fold(Dyadic::zero(), |sum, t| &sum + &t)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Polynomial;
    use crate::exact::harmonic;
    use crate::exact::inputs::{sum, variables};

    /// Rows with small integers, `k x d`.
    fn rows(k: usize, d: usize) -> Matrix<Dyadic> {
        Matrix::from_fn(k, d, |i, c| Dyadic::from([2, -1, 1, 3, 0, -2][(3 * i + 5 * c + i * c) % 6]))
    }

    fn form(a: usize, k: usize) -> Matrix<Dyadic> {
        Matrix::from_fn(k, k, |i, j| Dyadic::from([1, 2, -1, 0, 3][(a + i + j + i * j) % 5]))
    }

    /// Against the harmonic part of degree 4 by Laplacians, for fewer and for more rows than inputs.
    #[test]
    fn polynomial_algebra_in_the_inputs_agrees() {
        for (d, k, count) in [(2, 1, 1), (2, 3, 2), (3, 2, 1), (3, 2, 3), (4, 3, 2)] {
            let (w, x) = (rows(k, d), variables(d));
            let z: Vec<Polynomial> = (0..k).map(|i| sum((0..d).map(|c| x[c].weighted(&w[(i, c)])))).collect();
            let forms: Vec<Matrix<Dyadic>> = (0..count).map(|a| form(a, k)).collect();
            let value = |b: &Matrix<Dyadic>| sum((0..k * k).map(|n| z[n / k].times(&z[n % k]).weighted(&b[(n / k, n % k)])));
            let f = sum(forms.iter().map(|b| value(b).squared()));
            let expected = harmonic::energies(&f, d).get(4).cloned().unwrap();
            assert_eq!(harmonic_energy(&forms, &product(&w, &w.transposed()), d as u64).unwrap(), expected, "d = {d}, k = {k}");
        }
    }

    #[test]
    fn what_is_radial_has_no_such_part() {
        let identity = Matrix::from_fn(5, 5, |i, j| Dyadic::from(i64::from(i == j)));
        assert!(harmonic_energy(std::slice::from_ref(&identity), &identity, 5).unwrap().is_zero());
        assert!(harmonic_energy(&[form(1, 2)], &identity, 5).is_err());
        assert!(harmonic_energy(&[], &identity, 5).unwrap().is_zero());
    }
}
