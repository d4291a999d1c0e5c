//! The powers `z^2`, `z^4`, `z^8` of a normal variable: correlations and Hermite coefficients, enclosed.

use crate::enclosure::Interval;
use crate::exact::count::factorial;
use crate::hierarchy::dynamics::chain::{exponent, hermite_coefficient};
use crate::hierarchy::dynamics::numbers::{Numbers, interval as n, sum};
use crate::hierarchy::dynamics::stage::covariance;

/// The layers 2, 3, 4, counted from 0.
pub const LAYERS: usize = 3;

/// One number a layer.
pub type Vector = [Interval; LAYERS];
/// A square matrix.
pub type Square<const N: usize> = [[Interval; N]; N];

/// What does not depend on the point.
#[derive(Clone, Debug)]
pub struct Powers {
    /// `sigma = 1/sqrt(Gamma_22)`.
    pub sigma: Interval,
    /// Correlations of `z^2`, `z^4`, `z^8`.
    pub correlations: Square<LAYERS>,
    /// `R`, upper triangular with `R'R` the correlations.
    pub root: Square<LAYERS>,
    /// The inverse of the correlations.
    pub inverse: Square<LAYERS>,
    /// `C(p_l, j)/sqrt(Gamma_ll)`, `j = 2, 4, 6, 8`.
    pub hermite: [[Interval; 4]; LAYERS],
    /// `j!`.
    pub factorials: [Interval; 4],
}

impl Default for Powers {
    fn default() -> Self {
        let variance = |l: usize| covariance(exponent(l + 2), exponent(l + 2));
        let deviation: Vector = std::array::from_fn(|l| root(Interval::from(&variance(l))));
        let correlation = |l: usize, m: usize| match l == m {
            true => n(1),
            false => Interval::from(&covariance(exponent(l + 2), exponent(m + 2))) / (deviation[l] * deviation[m]),
        };
        let correlations: Square<LAYERS> = std::array::from_fn(|l| std::array::from_fn(|m| correlation(l, m)));
        let coefficient = |l: usize, i: u32| match 2 * i <= exponent(l + 2) {
            true => Interval::integer(&hermite_coefficient(exponent(l + 2), 2 * i)) / deviation[l],
            false => n(0),
        };
        Powers {
            sigma: n(1) / deviation[0],
            root: cholesky(&correlations),
            inverse: inverse(&correlations),
            correlations,
            hermite: std::array::from_fn(|l| std::array::from_fn(|i| coefficient(l, i as u32 + 1))),
            factorials: std::array::from_fn(|i| Interval::integer(&factorial(2 * i as u64 + 2))),
        }
    }
}

/// `sqrt(x)`, anything when `x` may be negative.
pub fn root(x: Interval) -> Interval {
    x.sqrt().unwrap_or(Interval::ENTIRE)
}

/// `R` with `R'R = A`, upper triangular (guarantee: valid for positive definite matrices).
pub fn cholesky<const N: usize>(a: &Square<N>) -> Square<N> {
    let mut r = [[n(0); N]; N];
    for i in 0..N {
        let above = |r: &Square<N>, j: usize| sum((0..i).map(|m| r[m][i] * r[m][j]));
        r[i][i] = root(a[i][i] - above(&r, i));
        for j in i + 1..N {
            r[i][j] = (a[i][j] - above(&r, j)) / r[i][i];
        }
    }
    r
}

/// The inverse of a symmetric matrix, by its minors.
fn inverse(a: &Square<LAYERS>) -> Square<LAYERS> {
    let minor = |i: usize, j: usize| {
        let ([k, l], [m, o]) = ([(i + 1) % 3, (i + 2) % 3], [(j + 1) % 3, (j + 2) % 3]);
        a[k][m] * a[l][o] - a[k][o] * a[l][m]
    };
    let determinant = sum((0..LAYERS).map(|j| a[0][j] * minor(0, j)));
    std::array::from_fn(|i| std::array::from_fn(|j| minor(j, i) / determinant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_and_inverses_multiply_back() {
        let powers = Powers::default();
        let product = |l: usize, m: usize| sum((0..LAYERS).map(|i| powers.root[i][l] * powers.root[i][m]));
        let unit = |l: usize, m: usize| sum((0..LAYERS).map(|i| powers.inverse[l][i] * powers.correlations[i][m]));
        for (l, m) in (0..LAYERS).flat_map(|l| (0..LAYERS).map(move |m| (l, m))) {
            assert!((product(l, m) - powers.correlations[l][m]).mag() < 1e-13);
            assert!((unit(l, m) - n(i32::from(l == m))).mag() < 1e-12);
        }
        // What z^2 and z^4 leave of z^8, relative to its variance: 3/10.
        assert!((powers.root[2][2].sqr() - n(3) / n(10)).mag() < 1e-13);
    }
}
