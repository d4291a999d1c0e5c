//! Singular values, and solutions of linear systems.

use super::candidate::first_candidate;
use crate::approx::solve::solution;
use crate::enclosure::interval::Interval;
use crate::enclosure::range::Range;
use crate::enclosure::ridge::RidgeSystem;
use crate::enclosure::singular::RoundedGram;
use crate::enclosure::solve::Solutions;
use crate::enclosure::spectrum::Spectrum;
use crate::error::Result;
use crate::exact::Dyadic;
use crate::matrix::Matrix;

/// The smallest singular value of a small matrix, for as many columns as it has (guarantee: valid); `None` when nothing is known.
///
/// # Errors
/// When the matrix has no columns or too many, or no candidate is found.
pub fn smallest_singular_value(matrix: &Matrix<Dyadic>) -> Result<Option<Range>> {
    let rounded = RoundedGram::new(matrix)?;
    let candidate = first_candidate(&rounded.gram, 1)?;
    let spectrum = Spectrum::enclose(&rounded.gram, &candidate, 1)?;
    Ok(rounded.smallest_singular_value(&spectrum))
}

/// Approximate solutions of `x'A = b'` for each row `b` of `right_sides`.
///
/// # Errors
/// When `A` is not square or the right sides have another number of entries.
pub fn approximate_solutions(a: &Matrix<i64>, right_sides: &Matrix<i64>) -> Result<Solutions> {
    let (rows, bits) = scaled(&solution(&a.map(|&x| x as f64), &right_sides.map(|&x| x as f64))?, SOLUTION_BITS);
    Ok(Solutions { rows, bits })
}

/// The errors of the exact solutions of a ridge system over the whole cube, one for each set (guarantee: valid); `None` when it was not
/// shown to be definite.
///
/// # Errors
/// As [`RidgeSystem::errors`].
pub fn ridge_errors(system: &RidgeSystem<'_>, sets: &[u32], threads: usize) -> Result<Option<Vec<Interval>>> {
    let candidates = approximate_solutions(system.matrix(), &system.right_sides(sets))?;
    system.errors(sets, &candidates, threads)
}

/// Bits of the largest entry of an approximate solution: five less than a float's, so that sums over hundreds of entries, squared, fit
/// 126 bits.
const SOLUTION_BITS: u32 = 48;

/// The matrix times `2^bits`, rounded to integers, with as many bits, up to 62, as leave the largest entry within `size` bits.
fn scaled(m: &Matrix<f64>, size: u32) -> (Matrix<i64>, u32) {
    let largest = m.as_slice().iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
    let fits = |&bits: &u32| largest * ((1u64 << bits) as f64) < (1u64 << size) as f64;
    let bits = (0..=62).rev().find(fits).unwrap_or(0);
    (m.map(|x| (x * (1u64 << bits) as f64).round() as i64), bits)
}
