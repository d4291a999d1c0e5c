//! Gram matrices of integers of any size: what matrices of doubles are, without an error.

use std::num::NonZeroU64;

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use super::gram::{Gram, checked_order, largest_entry};
use super::gram_facts::GramFacts;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// The largest order of a matrix of big integers: with four words an entry it takes 512 MiB.
pub const LARGEST_BIG_ORDER: usize = 4096;

/// The most words of 64 bits that all entries together may need.
const LARGEST_WORDS: u64 = 1 << 26;

/// A symmetric matrix `G / (2^scale D)`, the entries of `G` integers of any size.
#[derive(Clone, Debug, PartialEq)]
pub struct BigGram {
    // Square and symmetric, of an order from 1 to LARGEST_BIG_ORDER, of at most LARGEST_WORDS words.
    entries: Matrix<IBig>,
    scale: u32,
    denominator: NonZeroU64,
}

impl BigGram {
    /// `entries / (2^scale denominator)`.
    ///
    /// # Errors
    /// When `entries` is not square and symmetric, or not within the bounds.
    pub fn new(entries: Matrix<IBig>, scale: u32, denominator: NonZeroU64) -> Result<Self> {
        let order = checked_order(entries.rows())?;
        if entries.cols() != order {
            return Err(Error::input(format!("{order} x {} entries", entries.cols()), "a square matrix"));
        }
        if let Some((i, j)) = first_asymmetry(&entries) {
            return Err(Error::refused(format!("not symmetric: entries ({0}, {1}) and ({1}, {0}) differ", i + 1, j + 1)));
        }
        let bits = entries.as_slice().iter().map(|g| g.bit_len() as u64).max().unwrap_or(0);
        checked_size(order, bits)?;
        Ok(BigGram { entries, scale, denominator })
    }

    /// The same matrix with the factors of two taken out that all entries and the scale have in common.
    pub fn in_lowest_terms(self) -> Self {
        let zeros = self.entries.as_slice().iter().filter_map(IBig::trailing_zeros).min();
        let common = zeros.unwrap_or(usize::MAX).min(self.scale as usize);
        let entries = if common == 0 { self.entries } else { self.entries.map(|g| g >> common) };
        BigGram { entries, scale: self.scale - common as u32, ..self }
    }

    /// The same entries over another denominator.
    pub fn over(self, denominator: NonZeroU64) -> Self {
        BigGram { denominator, ..self }
    }

    /// Bits of the largest entry.
    pub fn bits(&self) -> u64 {
        self.entries.as_slice().iter().map(|g| g.bit_len() as u64).max().unwrap_or(0)
    }

    /// Rows and columns.
    pub fn order(&self) -> usize {
        self.entries.rows()
    }

    /// The integers `G`.
    pub fn entries(&self) -> &Matrix<IBig> {
        &self.entries
    }

    /// The power of two that `G` is over.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// The denominator `D`.
    pub fn denominator(&self) -> NonZeroU64 {
        self.denominator
    }

    /// The matrix with entries of 64 bits, if it is one.
    pub fn small(&self) -> Option<Gram> {
        let largest = IBig::from(largest_entry(self.order()));
        let range = -&largest..=largest;
        if self.scale > 0 || !self.entries.as_slice().iter().all(|g| range.contains(g)) {
            return None;
        }
        Gram::new(self.entries.try_map(|g| i64::try_from(g)).ok()?, self.denominator).ok()
    }

    /// What `G` tells of its eigenvalues (guarantee: exact).
    pub fn facts(&self) -> GramFacts {
        let order = self.order();
        let diagonal = || (0..order).map(|i| self.entries[(i, i)].clone());
        let is_diagonal = (0..order).all(|i| self.entries.row(i).iter().enumerate().all(|(j, g)| i == j || g.is_zero()));
        let row_sum = |i| self.entries.row(i).iter().fold(UBig::ZERO, |sum, g| sum + g.clone().into_parts().1);
        GramFacts {
            order,
            whole: (UBig::from(order) * UBig::from(self.denominator.get())) << self.scale as usize,
            trace: diagonal().sum(),
            largest_row_sum: (0..order).map(row_sum).max().unwrap_or(UBig::ZERO),
            diagonal: is_diagonal.then(|| sorted(diagonal().collect())),
        }
    }

    /// `v' G v` (guarantee: exact).
    ///
    /// # Panics
    /// When `v` does not have `M` entries; it is the caller's, never a user's.
    pub fn form(&self, v: &[IBig]) -> IBig {
        assert_eq!(v.len(), self.order(), "a vector of the order of the matrix");
        let inner = |i: usize| self.entries.row(i).iter().zip(v).map(|(g, x)| g * x).sum::<IBig>();
        v.iter().enumerate().map(|(i, x)| x * inner(i)).sum()
    }

    /// The matrix rounded to entries of 64 bits (guarantee: the distance is exact).
    pub fn rounded(&self) -> Rounded {
        let order = self.order();
        let bits = self.entries.as_slice().iter().map(BitTest::bit_len).max().unwrap_or(0);
        // Below 2^room before the rounding, so at most 2^room <= 2^62/M after it.
        let room = largest_entry(order).unsigned_abs().ilog2() as usize;
        let shift = bits.saturating_sub(room);
        let (mut error_squared, mut entries) = (UBig::ZERO, Matrix::filled(order, order, 0));
        for (small, g) in entries.as_mut_slice().iter_mut().zip(self.entries.as_slice()) {
            let (rounded, error) = shifted_down(g, shift);
            *small = rounded;
            error_squared += error;
        }
        let gram = Gram::new(entries, NonZeroU64::MIN).expect("rounding is a function of the entry alone and stays in range");
        Rounded { gram, shift, error_squared }
    }
}

/// The integer next to `g / 2^shift`, halves upwards, and the square of `g - 2^shift` times it; the caller sees to it that it fits.
fn shifted_down(g: &IBig, shift: usize) -> (i64, UBig) {
    const FITS: &str = "the shift leaves at most 62 bits";
    match i128::try_from(g) {
        _ if shift == 0 => (i64::try_from(g).expect(FITS), UBig::ZERO),
        // The error is at most 2^(shift - 1), its square at most 2^124.
        Ok(g) if shift < 64 => {
            let rounded = ((g >> (shift - 1)) + 1) >> 1;
            (i64::try_from(rounded).expect(FITS), UBig::from((g - (rounded << shift)).unsigned_abs().pow(2)))
        }
        _ => {
            let rounded = ((g >> (shift - 1)) + IBig::ONE) >> 1usize;
            (i64::try_from(&rounded).expect(FITS), (g - (rounded << shift)).sqr())
        }
    }
}

/// `2^shift gram`, an approximation of a matrix of big integers.
#[derive(Clone, Debug)]
pub struct Rounded {
    /// The rounded entries.
    pub gram: Gram,
    /// Bits that were dropped.
    pub shift: usize,
    /// `||G - 2^shift gram||_F^2` (guarantee: exact).
    pub error_squared: UBig,
}

impl From<&Gram> for BigGram {
    fn from(gram: &Gram) -> Self {
        BigGram { entries: gram.entries().map(|&g| g.into()), scale: 0, denominator: gram.denominator() }
    }
}

/// A Gram matrix with entries of 64 bits, if they fit, or of any size.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyGram {
    /// Entries of 64 bits: the fast path.
    Small(Gram),
    /// Integers of any size over a power of two.
    Big(BigGram),
}

/// In lowest terms, so that equal matrices are equal.
impl From<BigGram> for AnyGram {
    fn from(big: BigGram) -> Self {
        let big = big.in_lowest_terms();
        big.small().map_or(AnyGram::Big(big), AnyGram::Small)
    }
}

impl AnyGram {
    /// Rows and columns.
    pub fn order(&self) -> usize {
        match self {
            AnyGram::Small(gram) => gram.order(),
            AnyGram::Big(gram) => gram.order(),
        }
    }

    /// The denominator `D`.
    pub fn denominator(&self) -> NonZeroU64 {
        match self {
            AnyGram::Small(gram) => gram.denominator(),
            AnyGram::Big(gram) => gram.denominator(),
        }
    }

    /// The same entries over another denominator.
    pub fn over(self, denominator: NonZeroU64) -> Self {
        match self {
            AnyGram::Small(gram) => AnyGram::Small(gram.over(denominator)),
            AnyGram::Big(gram) => AnyGram::Big(gram.over(denominator)),
        }
    }

    /// What the matrix tells of its eigenvalues (guarantee: exact).
    pub fn facts(&self) -> GramFacts {
        match self {
            AnyGram::Small(gram) => gram.facts(),
            AnyGram::Big(gram) => gram.facts(),
        }
    }
}

/// The order, if a matrix of it with entries of so many bits is within the memory bound.
///
/// # Errors
/// When it is not.
pub fn checked_size(order: usize, bits: u64) -> Result<()> {
    if order > LARGEST_BIG_ORDER {
        let expected = format!("an order from 1 to {LARGEST_BIG_ORDER} for entries that do not fit 64 bits");
        return Err(Error::input(format!("a matrix of order {order}"), expected));
    }
    let most = LARGEST_WORDS / (order as u64).pow(2).max(1) * 64;
    match bits <= most {
        true => Ok(()),
        false => Err(Error::input(format!("entries of {bits} bits"), format!("at most {most} at order {order} (512 MiB)"))),
    }
}

fn first_asymmetry(entries: &Matrix<IBig>) -> Option<(usize, usize)> {
    (0..entries.rows()).flat_map(|i| (0..i).map(move |j| (i, j))).find(|&(i, j)| entries[(i, j)] != entries[(j, i)])
}

fn sorted(mut values: Vec<IBig>) -> Vec<IBig> {
    values.sort_unstable();
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn big(order: usize, entries: &[IBig], scale: u32) -> Result<BigGram> {
        BigGram::new(Matrix::from_rows(order, order, entries.to_vec()).unwrap(), scale, NonZeroU64::MIN)
    }

    #[test]
    fn common_factors_go_and_small_matrices_are_small() {
        let gram = big(2, &[8, 4, 4, 24].map(IBig::from), 1).unwrap().in_lowest_terms();
        assert_eq!((gram.scale(), gram.entries().as_slice()), (0, &[4, 2, 2, 12].map(IBig::from)[..]));
        assert!(matches!(AnyGram::from(gram), AnyGram::Small(_)));
        assert!(big(2, &[8, 4, 4, 2].map(IBig::from), 4).unwrap().small().is_none());
        let large = IBig::from(largest_entry(2));
        assert!(big(2, &[large.clone(), 0.into(), 0.into(), 0.into()], 0).unwrap().small().is_some());
        assert!(big(2, &[large + IBig::ONE, 0.into(), 0.into(), 0.into()], 0).unwrap().small().is_none());
        assert_eq!(big(1, &[IBig::ZERO], 7).unwrap().in_lowest_terms().scale(), 0);
    }

    #[test]
    fn what_is_refused() {
        assert!(big(2, &[1, 2, 3, 4].map(IBig::from), 0).unwrap_err().to_string().contains("entries (2, 1) and (1, 2) differ"));
        assert!(checked_size(4096, 256).is_ok() && checked_size(4096, 257).is_err() && checked_size(4097, 1).is_err());
    }

    proptest! {
        #[test]
        fn rounding_is_as_far_as_it_says(values in prop::collection::vec(any::<i64>(), 6), power in 0usize..200) {
            let at = |i: usize, j: usize| IBig::from(values[i * (i + 1) / 2 + j]).pow(3) << power;
            let gram = BigGram::new(Matrix::from_fn(3, 3, |i, j| at(i.max(j), i.min(j)) + IBig::ONE), 5, NonZeroU64::MIN).unwrap();
            let Rounded { gram: small, shift, error_squared } = gram.rounded();
            let error = |(g, s): (&IBig, &i64)| g - (IBig::from(*s) << shift);
            let errors: Vec<IBig> = gram.entries().as_slice().iter().zip(small.entries().as_slice()).map(error).collect();
            prop_assert_eq!(errors.iter().map(|e| e.sqr()).sum::<UBig>(), error_squared);
            prop_assert!(errors.iter().all(|e| e.bit_len() <= shift));
            // Nothing is thrown away: the largest entry uses the bits there are.
            prop_assert!(shift == 0 || small.entries().as_slice().iter().any(|s| s.unsigned_abs() >= 1 << 59));
        }

        #[test]
        fn facts_agree_with_those_of_small_matrices(values in prop::collection::vec(-50i64..50, 6), diagonal in any::<bool>()) {
            let at = |i: usize, j: usize| if diagonal && i != j { 0 } else { values[i * (i + 1) / 2 + j] };
            let gram = Gram::from_lower(3, NonZeroU64::MIN, at).unwrap();
            let big = BigGram::from(&gram);
            prop_assert_eq!(big.facts(), gram.facts());
            prop_assert_eq!(big.small(), Some(gram.clone()));
            let v = [3, -1, 2];
            prop_assert_eq!(big.form(&v.map(IBig::from)), gram.form(&v));
        }
    }
}
