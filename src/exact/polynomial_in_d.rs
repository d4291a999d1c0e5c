//! Integer sequences `n_0, n_1, ...` that are polynomials in their index, recognised by finite differences.

use dashu_int::IBig;

use super::count::binomial;

/// `n_d = sum_i c_i C(d, i)`: Newton's forward form of a polynomial in `d`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolynomialInD {
    differences: Vec<IBig>,
}

impl PolynomialInD {
    /// The polynomial of least degree through the values at `d = 0, 1, 2, ...`.
    ///
    /// A sequence that is known to be a polynomial of degree below the number of values is this one: two such polynomials agree in
    /// more points than their difference has zeros.
    pub fn through(values: &[IBig]) -> Self {
        let mut differences = Vec::new();
        let mut row = values.to_vec();
        while let Some(first) = row.first() {
            differences.push(first.clone());
            row = row.windows(2).map(|w| &w[1] - &w[0]).collect();
        }
        let length = differences.iter().rposition(|c| !c.is_zero()).map_or(0, |last| last + 1);
        differences.truncate(length);
        PolynomialInD { differences }
    }

    /// The degree (guarantee: exact); 0 for constants and for zero.
    pub fn degree(&self) -> usize {
        self.differences.len().max(1) - 1
    }

    /// The value at `d` (guarantee: exact).
    pub fn at(&self, d: u64) -> IBig {
        self.differences.iter().zip(0..).fold(IBig::ZERO, |sum, (c, i)| sum + c * binomial(d, i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cube_is_recognised_and_continued() {
        let values: Vec<IBig> = (0..6).map(|d: i64| (2 * d * d * d - d + 7).into()).collect();
        let polynomial = PolynomialInD::through(&values);
        assert_eq!((polynomial.degree(), polynomial.at(100)), (3, IBig::from(2 * 1_000_000 - 100 + 7)));
    }

    #[test]
    fn an_exponential_is_not() {
        let values: Vec<IBig> = (0..8).map(|d: u32| IBig::from(2u8).pow(d as usize)).collect();
        let polynomial = PolynomialInD::through(&values);
        assert_eq!(polynomial.degree(), 7);
        assert_ne!(polynomial.at(8), IBig::from(256));
        assert_eq!(PolynomialInD::through(&[]).degree(), 0);
    }
}
