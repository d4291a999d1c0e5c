//! A matrix as a file gives it, and what becomes of it.

use std::num::NonZeroU64;

use dashu_int::IBig;

use super::big_gram::{AnyGram, BigGram, LARGEST_BIG_ORDER, checked_size};
use super::gram::{Gram, affordable_order, asymmetry, first_asymmetry, largest_entry};
use super::machine_number::MachineNumber;
use super::{Dyadic, Rational};
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// The most entries of a matrix that need not be square.
const LARGEST_COUNT: usize = 1 << 26;

/// Which shapes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// As many rows as columns.
    Square,
    /// A row for each function, any number of columns.
    Features,
}

/// The entries of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Integers of 64 bits.
    Integers(Matrix<i64>),
    /// Floats, or integers without a sign.
    Numbers(Matrix<MachineNumber>),
}

/// Where a matrix differs from its transpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asymmetry {
    /// A row and a column, counted from zero.
    pub place: (usize, usize),
    /// How, and what to do.
    pub message: String,
}

impl Wanted {
    /// The numbers of rows and columns, if a matrix of them is wanted and within the memory bound; `integers` of 64 bits take less.
    ///
    /// # Errors
    /// When it is not.
    pub fn checked(self, rows: usize, cols: usize, integers: bool) -> Result<(usize, usize)> {
        if self == Wanted::Square && rows != cols {
            return Err(Error::input(format!("{rows} x {cols} entries"), "a square matrix"));
        }
        affordable_order(rows)?;
        if rows > LARGEST_BIG_ORDER && !(integers && self == Wanted::Square) {
            let expected = format!("at most {LARGEST_BIG_ORDER}, or a square matrix of integers");
            return Err(Error::input(format!("{rows} rows"), expected));
        }
        match (1..=LARGEST_COUNT / rows).contains(&cols) {
            true => Ok((rows, cols)),
            false => Err(Error::input(format!("{cols} columns"), format!("from 1 to {}", LARGEST_COUNT / rows))),
        }
    }
}

impl Given {
    /// How a square matrix differs from its transpose, if it does: of integers the first pair of entries, of floats the one with the
    /// largest gap.
    ///
    /// # Errors
    /// When it is not square.
    pub fn asymmetry(&self) -> Result<Option<Asymmetry>> {
        self.check_square()?;
        Ok(match self {
            Given::Integers(entries) => {
                first_asymmetry(entries).map(|(i, j)| Asymmetry { place: (i, j), message: asymmetry(entries, i, j) })
            }
            Given::Numbers(entries) => largest_gap(entries),
        })
    }

    fn check_square(&self) -> Result<()> {
        let (rows, cols) = match self {
            Given::Integers(entries) => (entries.rows(), entries.cols()),
            Given::Numbers(entries) => (entries.rows(), entries.cols()),
        };
        Wanted::Square.checked(rows, cols, matches!(self, Given::Integers(_))).map(drop)
    }

    /// The Gram matrix that a symmetric matrix is, over the denominator 1.
    ///
    /// # Errors
    /// When it is not square and symmetric, or the exponents of its entries are too far apart.
    pub fn gram(&self) -> Result<AnyGram> {
        if let Some(Asymmetry { message, .. }) = self.asymmetry()? {
            return Err(Error::refused(message));
        }
        match self {
            Given::Integers(entries) if is_small(entries) => Gram::new(entries.clone(), NonZeroU64::MIN).map(AnyGram::Small),
            _ => {
                let (entries, scale) = self.integers()?;
                BigGram::new(entries, scale, NonZeroU64::MIN).map(AnyGram::from)
            }
        }
    }

    /// `(G + G')/2` for a square matrix `G`, over the denominator 1 (guarantee: exact).
    ///
    /// # Errors
    /// When it is not square, or the exponents of the entries are too far apart.
    pub fn symmetric_part(&self) -> Result<AnyGram> {
        self.check_square()?;
        let (entries, scale) = self.integers()?;
        let sums = Matrix::from_fn(entries.rows(), entries.cols(), |i, j| &entries[(i, j)] + &entries[(j, i)]);
        BigGram::new(sums, scale + 1, NonZeroU64::MIN).map(AnyGram::from)
    }

    /// Integers `n` and a scale `s` with `n / 2^s` the entries (guarantee: exact).
    ///
    /// # Errors
    /// When the exponents of the entries are so far apart that the integers take too much memory.
    pub fn integers(&self) -> Result<(Matrix<IBig>, u32)> {
        match self {
            Given::Integers(entries) => Ok((entries.map(|&n| n.into()), 0)),
            Given::Numbers(entries) => {
                let exponents = || entries.as_slice().iter().filter_map(MachineNumber::exponents);
                let low = exponents().map(|(low, _)| low).min().unwrap_or(0);
                let high = exponents().map(|(_, high)| high).max().unwrap_or(0);
                // The denominator is a power of two, so what counts downwards is at least the binary point.
                let lowest = low.min(0);
                checked_size(entries.rows(), (high - lowest).unsigned_abs()).map_err(|e| {
                    Error::refused(format!(
                        "the entries spread over {} binary exponents, from 2^{low} to 2^{high}: {e}",
                        high - low
                    ))
                })?;
                let scale = u32::try_from(-lowest).expect("a float's exponent is small");
                Ok((entries.map(|x| x.over(lowest)), scale))
            }
        }
    }
}

fn is_small(entries: &Matrix<i64>) -> bool {
    let largest = largest_entry(entries.rows()).unsigned_abs();
    entries.as_slice().iter().all(|g| g.unsigned_abs() <= largest)
}

fn largest_gap(entries: &Matrix<MachineNumber>) -> Option<Asymmetry> {
    let pairs = (0..entries.rows()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let unequal = pairs.filter(|&(i, j)| entries[(i, j)] != entries[(j, i)]);
    let gap = |(i, j): (usize, usize)| Rational::from(&(&Dyadic::from(entries[(i, j)]) - &Dyadic::from(entries[(j, i)]))).abs();
    // The first of the largest.
    let largest = unequal.map(|place| (gap(place), place)).reduce(|a, b| if b.0 > a.0 { b } else { a });
    largest.map(|(gap, place)| (gap, place, (place.0 + 1, place.1 + 1))).map(|(gap, place, (i, j))| Asymmetry {
        place,
        message: format!(
            "not symmetric: the largest gap, {}, is between entries ({i}, {j}) and ({j}, {i}); for G = X X' give X itself with \
             --features, or take (G + G')/2 with --symmetric-part",
            gap.to_decimal(3)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(order: usize, values: &[&str]) -> Given {
        let entries = values.iter().map(|&text| MachineNumber::try_from(text).unwrap()).collect();
        Given::Numbers(Matrix::from_rows(order, values.len() / order, entries).unwrap())
    }

    #[test]
    fn floats_that_are_small_integers_are_integers() {
        let integers = Given::Integers(Matrix::from_rows(2, 2, vec![4, -2, -2, 6]).unwrap());
        assert_eq!(numbers(2, &["4", "-2.0", "-2e0", "6"]).gram().unwrap(), integers.gram().unwrap());
        assert!(matches!(integers.gram().unwrap(), AnyGram::Small(_)));
        let Ok(AnyGram::Big(big)) = numbers(2, &["4", "-2.5", "-2.5", "6"]).gram() else { panic!() };
        assert_eq!((big.scale(), big.entries().as_slice()), (1, &[8, -5, -5, 12].map(IBig::from)[..]));
        let large = Given::Integers(Matrix::filled(2, 2, i64::MIN)).gram().unwrap();
        assert!(matches!(large, AnyGram::Big(_)));
    }

    #[test]
    fn what_is_not_square_has_no_transpose_to_differ_from() {
        let floats = numbers(3, &["1", "0", "0.25", "0", "1", "0.1"]);
        let integers = Given::Integers(Matrix::filled(2, 3, 1));
        for given in [floats, integers] {
            assert!(given.asymmetry().is_err() && given.gram().is_err() && given.symmetric_part().is_err(), "{given:?}");
        }
    }

    #[test]
    fn the_largest_gap_is_named() {
        let given = numbers(3, &["1", "0", "0.25", "0", "1", "0.1", "0.250000001", "0.09", "1"]);
        let Asymmetry { place, message } = given.asymmetry().unwrap().unwrap();
        assert_eq!(place, (2, 1));
        assert!(message.contains("the largest gap, 0.0100, is between entries (3, 2) and (2, 3)"), "{message}");
        assert!(message.contains("--features") && message.contains("--symmetric-part"), "{message}");
        assert!(given.gram().is_err());
        // The mean of 1/4 and 3/4 is 1/2.
        let AnyGram::Big(part) = numbers(2, &["1", "0.25", "0.75", "2"]).symmetric_part().unwrap() else { panic!() };
        assert_eq!((part.scale(), part.entries().as_slice()), (1, &[2, 1, 1, 4].map(IBig::from)[..]));
    }

    #[test]
    fn a_spread_beyond_memory_is_named() {
        let extreme = ["5e-324", "0", "0", "1e308"];
        assert!(numbers(2, &extreme).gram().is_ok());
        let mut entries = Matrix::filled(2000, 2000, MachineNumber::default());
        (entries[(0, 0)], entries[(1, 1)]) = (MachineNumber::try_from(5e-324).unwrap(), MachineNumber::try_from(1e308).unwrap());
        let error = Given::Numbers(entries).gram().unwrap_err().to_string();
        assert!(error.contains("2098 binary exponents, from 2^-1074 to 2^1024"), "{error}");
    }

    #[test]
    fn shapes() {
        let of = |wanted: Wanted, rows, cols, integers| wanted.checked(rows, cols, integers).is_ok();
        assert!(of(Wanted::Square, 8192, 8192, true) && !of(Wanted::Square, 8192, 8192, false));
        assert!(!of(Wanted::Square, 2, 3, true) && of(Wanted::Features, 2, 3, true) && of(Wanted::Features, 3, 2, false));
        assert!(
            !of(Wanted::Features, 2, 0, true) && !of(Wanted::Features, 0, 2, true) && !of(Wanted::Features, 2, usize::MAX, false)
        );
    }
}
