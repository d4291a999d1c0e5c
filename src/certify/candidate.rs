//! Candidates of 64 bits, from floats.

use crate::approx::eigen::{Eigen, correction, symmetric_eigen};
use crate::enclosure::magnitude::{bit_length, largest_row_sum};
use crate::enclosure::residual::{Candidate, LARGEST_BITS};
use crate::error::Result;
use crate::exact::gram::Gram;
use crate::matrix::Matrix;
use crate::portable::vectorized;

/// Bits after the point of the vectors: of the first candidate, and of each correction of it.
pub(super) const VECTOR_BITS: [u32; 3] = [50, 60, 60];

/// A candidate from floats.
///
/// # Errors
/// When the eigendecomposition does not converge.
pub fn first_candidate(gram: &Gram, threads: usize) -> Result<Candidate> {
    let eigen = symmetric_eigen(&vectorized(|| gram.entries().map(|&g| g as f64)), threads)?;
    let (vector_bits, value_bits) = (VECTOR_BITS[0], value_bits(gram));
    let (vector_unit, value_unit) = ((1u64 << vector_bits) as f64, (1u64 << value_bits) as f64);
    let values = eigen.values.iter().map(|mu| (mu * value_unit).round() as i64).collect();
    let vectors = vectorized(|| eigen.vectors.map(|v| (v * vector_unit).round() as i64));
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
