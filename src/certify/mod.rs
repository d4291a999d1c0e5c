//! Where candidates meet proofs: eigenvalue tails, singular values and solutions, certified.
//!
//! A candidate comes from plain floats ([`crate::approx`]) and is handed over as integers; the proof ([`crate::enclosure`]) assumes
//! nothing of it. When the proof is too wide for the digits that are asked for, the candidate is corrected and the proof repeated;
//! when that does not help either, the answer is that it is undecided, and why.

use crate::approx::eigen::{Eigen, correction, symmetric_eigen};
use crate::approx::solve::solution;
use crate::enclosure::interval::Interval;
use crate::enclosure::range::Range;
use crate::enclosure::residual::{Candidate, LARGEST_BITS};
use crate::enclosure::ridge::RidgeSystem;
use crate::enclosure::singular::RoundedGram;
use crate::enclosure::slicing::{bit_length, largest_row_sum};
use crate::enclosure::solve::Solutions;
use crate::enclosure::spectrum::Spectrum;
use crate::error::{Error, Result};
use crate::exact::Dyadic;
use crate::exact::gram::Gram;
use crate::matrix::Matrix;

pub mod certificate;

/// Bits after the point of the vectors: of the first candidate, and of each correction of it.
const VECTOR_BITS: [u32; 3] = [50, 60, 60];

/// The most digits after the point that can be asked for; enclosures of this width end at about twenty.
pub const LARGEST_DIGITS: usize = 100;

/// `(1/(M D)) sum_{i>N} lambda_i` of a Gram matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// `N`.
    pub rank: usize,
    /// Where the tail lies (guarantee: valid); `None` when the candidate proves nothing.
    pub enclosure: Option<Range>,
    /// The tail with the digits asked for after the point (guarantee: tightest); `None` when undecided.
    pub decimal: Option<String>,
}

impl Tail {
    /// The tail at `rank` as far as `spectrum` tells.
    pub fn of(spectrum: &Spectrum, rank: usize, digits: usize) -> Self {
        let enclosure = spectrum.tail(rank);
        let decimal = enclosure.as_ref().and_then(|e| e.to_fixed(digits));
        Tail { rank, enclosure, decimal }
    }

    /// Why there is no decimal, if there is none.
    pub fn undecided(&self, digits: usize) -> Option<String> {
        match (&self.decimal, &self.enclosure) {
            (Some(_), _) => None,
            (None, Some(range)) => Some(format!("it lies in {range}, whose ends round to different decimals of {digits} digits")),
            (None, None) => Some("the approximate eigenvectors were not shown to be independent".into()),
        }
    }
}

/// Tails, and the candidate that proves them.
#[derive(Clone, Debug)]
pub struct CertifiedTails {
    /// What proves them.
    pub candidate: Candidate,
    /// One for each rank, in the order asked for.
    pub tails: Vec<Tail>,
}

/// The tails of `gram` at `ranks` with `digits` digits after the point, on `threads` threads.
///
/// The printed digits depend on none but the first three arguments.
///
/// ```
/// use bfc::certify::eigenvalue_tails;
/// use bfc::exact::gram::Gram;
///
/// // Correlations of three functions over the denominator 4; the eigenvalues are 5/4, 1 and 3/4.
/// let entries = [[4, 1, 0], [1, 4, 0], [0, 0, 4]];
/// let gram = Gram::from_lower(3, 4u64.try_into().expect("not zero"), |i, j| entries[i][j])?;
/// let certified = eigenvalue_tails(&gram, &[0, 1, 2], 4, 1)?;
/// let decimals: Vec<_> = certified.tails.iter().filter_map(|tail| tail.decimal.as_deref()).collect();
/// assert_eq!(decimals, ["1.0000", "0.5833", "0.2500"]);
/// # Ok::<(), bfc::error::Error>(())
/// ```
///
/// # Errors
/// When a rank is above the order or more than [`LARGEST_DIGITS`] digits are asked for; when no candidate is found.
pub fn eigenvalue_tails(gram: &Gram, ranks: &[usize], digits: usize, threads: usize) -> Result<CertifiedTails> {
    check_request(gram.order(), ranks, digits)?;
    let mut candidate = first_candidate(gram, threads)?;
    for bits in VECTOR_BITS.into_iter().skip(1) {
        let tails = proved(gram, &candidate, ranks, digits, threads)?;
        if tails.iter().all(|t| t.decimal.is_some()) {
            return Ok(CertifiedTails { candidate, tails });
        }
        candidate = corrected(gram, &candidate, bits, threads)?;
    }
    let tails = proved(gram, &candidate, ranks, digits, threads)?;
    Ok(CertifiedTails { candidate, tails })
}

/// What `candidate` proves of the tails at `ranks`.
///
/// # Errors
/// As [`Candidate::checked`].
pub fn proved(gram: &Gram, candidate: &Candidate, ranks: &[usize], digits: usize, threads: usize) -> Result<Vec<Tail>> {
    let spectrum = Spectrum::enclose(gram, candidate, threads)?;
    Ok(ranks.iter().map(|&rank| Tail::of(&spectrum, rank, digits)).collect())
}

/// # Errors
/// When a rank or the number of digits is out of range.
fn check_request(order: usize, ranks: &[usize], digits: usize) -> Result<()> {
    if let Some(rank) = ranks.iter().find(|&&rank| rank > order) {
        return Err(Error::input(format!("rank {rank}"), format!("from 0 to the order {order}")).at_field("rank"));
    }
    match digits <= LARGEST_DIGITS {
        true => Ok(()),
        false => Err(Error::input(format!("{digits} digits"), format!("at most {LARGEST_DIGITS}")).at_field("digits")),
    }
}

/// A candidate from floats.
///
/// # Errors
/// When the eigendecomposition does not converge.
pub fn first_candidate(gram: &Gram, threads: usize) -> Result<Candidate> {
    let eigen = symmetric_eigen(&gram.entries().map(|&g| g as f64), threads)?;
    let (vector_bits, value_bits) = (VECTOR_BITS[0], value_bits(gram));
    let (vector_unit, value_unit) = ((1u64 << vector_bits) as f64, (1u64 << value_bits) as f64);
    let values = eigen.values.iter().map(|mu| (mu * value_unit).round() as i64).collect();
    let vectors = eigen.vectors.map(|v| (v * vector_unit).round() as i64);
    Ok(in_order(Candidate { vectors, vector_bits, values, value_bits }))
}

/// The most bits after the point with which no eigenvalue exceeds 62 bits.
fn value_bits(gram: &Gram) -> u32 {
    61u32.saturating_sub(bit_length(largest_row_sum(gram.entries())))
}

/// The columns sorted by decreasing value.
fn in_order(candidate: Candidate) -> Candidate {
    let Candidate { vectors, values, .. } = &candidate;
    if values.is_sorted_by(|a, b| a >= b) {
        return candidate;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&j| std::cmp::Reverse(values[j]));
    let values = order.iter().map(|&j| values[j]).collect();
    let vectors = Matrix::from_fn(vectors.rows(), vectors.cols(), |i, j| vectors[(i, order[j])]);
    Candidate { vectors, values, ..candidate }
}

/// The candidate with at least `bits` bits after the point (up to [`LARGEST_BITS`]), after a step of Newton's method on its exact residual.
///
/// # Errors
/// As [`Candidate::checked`].
pub fn corrected(gram: &Gram, candidate: &Candidate, bits: u32, threads: usize) -> Result<Candidate> {
    let residual = candidate.residual(gram, threads)?;
    let (vector_unit, value_unit) = ((1u64 << candidate.vector_bits) as f64, (1u64 << candidate.value_bits) as f64);
    let vectors = candidate.vectors.map(|&v| v as f64 / vector_unit);
    let values: Vec<f64> = candidate.values.iter().map(|&mu| mu as f64 / value_unit).collect();
    let Eigen { values: delta, vectors: change } = correction(&vectors, &values, &residual, threads);
    let finer = bits.min(LARGEST_BITS).saturating_sub(candidate.vector_bits);
    let unit = vector_unit * (1u64 << finer) as f64;
    let moved = |v: i64, by: f64| v.saturating_mul(1 << finer).saturating_add((by * unit).round() as i64);
    let moved_vectors = candidate.vectors.as_slice().iter().zip(change.as_slice()).map(|(&v, &by)| moved(v, by)).collect();
    Ok(in_order(Candidate {
        vectors: Matrix::from_rows(gram.order(), gram.order(), moved_vectors)?,
        vector_bits: candidate.vector_bits + finer,
        values: candidate.values.iter().zip(&delta).map(|(mu, by)| mu.saturating_add((by * value_unit).round() as i64)).collect(),
        ..*candidate
    }))
}

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
