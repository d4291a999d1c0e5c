//! Candidates of any precision: Newton's method in floats, on residuals that are exact.
//!
//! A step takes the residual `R = GV - V diag(mu)` of a candidate, exact and rounded to floats, and `C = V'R`, the little by which
//! `V'GV` differs from `diag(mu)`. Where `|C_ij|` is small beside the gap between `mu_i` and `mu_j`, the vectors are turned into one
//! another by `E_ij = C_ij / (mu_j - mu_i)`, after Ogita and Aishima (2018). Where it is not, the eigenvalues are a cluster: the block
//! `diag(mu) + C` of the cluster, as a multiple of its own size, is a small eigenproblem that floats solve, and its vectors are rotated
//! by the solution. So a cluster of any width is resolved once its width is above the residual, and a step gains about as many bits as
//! a float has. Nothing of this is a proof: a bad step makes a wide bound.

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use crate::approx::eigen::symmetric_eigen;
use crate::approx::product::{product, transposed_product};
use crate::enclosure::big_product::big_product_rows;
use crate::enclosure::big_residual::{BigCandidate, most_bits};
use crate::error::Result;
use crate::matrix::Matrix;

/// The largest angle by which two vectors are turned into one another; beyond it the linear equation says little.
const LARGEST_TURN: f64 = 1.0 / 1024.0;

/// What a float of `C` is worth beside the largest one: smaller ones are noise, left to the next step.
const NOISE: f64 = 1.0 / (1u64 << 45) as f64;

/// Bits of a rotation.
const ROTATION_BITS: u32 = 52;

/// The candidate after a step, with `bits` bits after the point of the vectors, and as many of the values as the size `2^norm_bits` of
/// the matrix makes of use.
///
/// # Errors
/// When the eigenproblem of a cluster does not converge.
pub fn stepped(
    candidate: &BigCandidate,
    residual: &Matrix<IBig>,
    norm_bits: i64,
    bits: u32,
    threads: usize,
) -> Result<BigCandidate> {
    // C is in units of 2^unit.
    let unit = most_bits(residual) as i64 - i64::from(candidate.residual_bits());
    let floats = residual.map(|r| float(r, i64::from(candidate.residual_bits()) + unit));
    let vectors = candidate.vectors.map(|v| float(v, candidate.vector_bits.into()));
    let c = transposed_product(&vectors, &floats, threads);
    let values = Values::of(candidate, value_bits(bits, norm_bits), unit);
    let first: Vec<IBig> = (0..values.order()).map(|j| values.moved(j, c[(j, j)])).collect();
    let clusters = clusters(&c, |i, j| values.gap(&first, i, j));
    let Rotation { rotation, values: rotated } = rotation(&c, &clusters, &values)?;
    // V Q (I + E) = V Q + V (Q E); the turns are in units of 2^(unit - norm_bits).
    let turn = |i, j, c| if clusters[i] == clusters[j] { 0.0 } else { values.turn(&rotated, i, j, c, norm_bits) };
    let turned = turns(&c, rotation.as_ref(), turn, threads);
    let change = product(&vectors, &turned, threads);
    let basis = rotated_vectors(candidate, rotation.as_ref(), bits, threads)?;
    let shift = unit - norm_bits + i64::from(bits);
    let moved = basis.as_slice().iter().zip(change.as_slice()).map(|(v, &by)| v + integer(by, shift)).collect();
    Ok(in_order(BigCandidate {
        vectors: Matrix::from_rows(basis.rows(), basis.cols(), moved)?,
        vector_bits: bits,
        values: rotated,
        value_bits: values.bits,
    }))
}

/// Bits after the point of the values, so that their last is worth that of the vectors.
fn value_bits(vector_bits: u32, norm_bits: i64) -> u32 {
    (i64::from(vector_bits) - norm_bits).clamp(0, i64::from(vector_bits)) as u32
}

/// The values with the bits they are to have, and the unit of the floats beside them.
struct Values {
    integers: Vec<IBig>,
    bits: u32,
    unit: i64,
}

impl Values {
    fn of(candidate: &BigCandidate, bits: u32, unit: i64) -> Self {
        let integers = candidate.values.iter().map(|mu| shifted(mu, i64::from(bits) - i64::from(candidate.value_bits))).collect();
        Values { integers, bits, unit }
    }

    fn order(&self) -> usize {
        self.integers.len()
    }

    /// Value `j` and `by` units.
    fn moved(&self, j: usize, by: f64) -> IBig {
        &self.integers[j] + integer(by, self.unit + i64::from(self.bits))
    }

    /// The turn `c / (mu_j - mu_i)` in units of `2^(unit - norm_bits)`, for a `c` in our own units; zero for one that is too large.
    fn turn(&self, values: &[IBig], i: usize, j: usize, c: f64, norm_bits: i64) -> f64 {
        let gap = &values[j] - &values[i];
        let size = gap.bit_len() as i64;
        if size == 0 {
            return 0.0;
        }
        // The gap is a number of absolute value from 1/2 to 1, times 2^(size - bits).
        let turn = times_power(c / float(&gap, size), norm_bits - size + i64::from(self.bits));
        let is_small = times_power(turn.abs(), self.unit - norm_bits) <= LARGEST_TURN;
        if is_small && turn.is_finite() { turn } else { 0.0 }
    }

    /// `mu_j - mu_i`, in units.
    fn gap(&self, values: &[IBig], i: usize, j: usize) -> f64 {
        float(&(&values[j] - &values[i]), self.unit + i64::from(self.bits))
    }
}

/// For each vector, the smallest index of its cluster.
fn clusters(c: &Matrix<f64>, gap: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let order = c.rows();
    let noise = c.as_slice().iter().fold(0.0f64, |largest, x| largest.max(x.abs())) * NOISE;
    let mut parents: Vec<usize> = (0..order).collect();
    for i in 0..order {
        for j in 0..i {
            let size = c[(i, j)].abs().max(c[(j, i)].abs());
            if size > noise && size > LARGEST_TURN * gap(i, j).abs() {
                let (a, b) = (root(&parents, i), root(&parents, j));
                parents[a.max(b)] = a.min(b);
            }
        }
    }
    (0..order).map(|i| root(&parents, i)).collect()
}

fn root(parents: &[usize], mut i: usize) -> usize {
    while parents[i] != i {
        i = parents[i];
    }
    i
}

/// The rotation within the clusters, `None` when none has two members, and the values after it.
struct Rotation {
    rotation: Option<Matrix<f64>>,
    values: Vec<IBig>,
}

fn rotation(c: &Matrix<f64>, clusters: &[usize], values: &Values) -> Result<Rotation> {
    let order = c.rows();
    let mut moved: Vec<IBig> = (0..order).map(|j| values.moved(j, c[(j, j)])).collect();
    let mut rotation = None;
    for first in 0..order {
        let members: Vec<usize> = (first..order).filter(|&j| clusters[j] == first).collect();
        if members.len() < 2 {
            continue;
        }
        let entry = |a: usize, b: usize| {
            let (i, j) = (members[a], members[b]);
            let above = if i == j { values.gap(&values.integers, first, i) } else { 0.0 };
            above + (c[(i, j)] + c[(j, i)]) / 2.0
        };
        let eigen = symmetric_eigen(&Matrix::from_fn(members.len(), members.len(), entry), 1)?;
        let rotation = rotation.get_or_insert_with(|| Matrix::from_fn(order, order, |i, j| f64::from(u8::from(i == j))));
        for (b, &j) in members.iter().enumerate() {
            moved[j] = values.moved(first, eigen.values[b]);
            members.iter().enumerate().for_each(|(a, &i)| rotation[(i, j)] = eigen.vectors[(a, b)]);
        }
    }
    Ok(Rotation { rotation, values: moved })
}

/// `Q E` with `E_ij` the turn that `(Q'CQ)_ij` asks for.
fn turns(
    c: &Matrix<f64>,
    rotation: Option<&Matrix<f64>>,
    turn: impl Fn(usize, usize, f64) -> f64,
    threads: usize,
) -> Matrix<f64> {
    let rotated = rotation.map(|q| product(&transposed_product(q, c, threads), q, threads));
    let c = rotated.as_ref().unwrap_or(c);
    let e = Matrix::from_fn(c.rows(), c.cols(), |i, j| turn(i, j, c[(i, j)]));
    rotation.map(|q| product(q, &e, threads)).unwrap_or(e)
}

/// The integers `2^bits V Q`.
fn rotated_vectors(candidate: &BigCandidate, rotation: Option<&Matrix<f64>>, bits: u32, threads: usize) -> Result<Matrix<IBig>> {
    let finer = i64::from(bits) - i64::from(candidate.vector_bits);
    let Some(rotation) = rotation else { return Ok(candidate.vectors.map(|v| shifted(v, finer))) };
    let rotation = rotation.map(|&q| integer(q, ROTATION_BITS.into()));
    let rows = big_product_rows(&candidate.vectors, &rotation, threads, |_, row| {
        row.iter().map(|v| shifted(v, finer - i64::from(ROTATION_BITS))).collect::<Vec<IBig>>()
    })?;
    Matrix::from_rows(rotation.rows(), rotation.cols(), rows.concat())
}

/// The columns sorted by decreasing value.
fn in_order(candidate: BigCandidate) -> BigCandidate {
    let BigCandidate { vectors, values, .. } = &candidate;
    if values.is_sorted_by(|a, b| a >= b) {
        return candidate;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[j].cmp(&values[i]));
    let values = order.iter().map(|&j| values[j].clone()).collect();
    let vectors = Matrix::from_fn(vectors.rows(), vectors.cols(), |i, j| vectors[(i, order[j])].clone());
    BigCandidate { vectors, values, ..candidate }
}

/// `2^by x`, rounded to the nearest integer, halves upwards.
fn shifted(x: &IBig, by: i64) -> IBig {
    match usize::try_from(by) {
        Ok(by) => x << by,
        Err(_) => ((x >> (by.unsigned_abs() as usize - 1)) + IBig::ONE) >> 1usize,
    }
}

/// About `x / 2^bits`.
fn float(x: &IBig, bits: i64) -> f64 {
    let dropped = x.bit_len().saturating_sub(62);
    let leading = i64::try_from(x >> dropped).expect("62 bits and a sign");
    times_power(leading as f64, dropped as i64 - bits)
}

/// `2^bits x`, rounded to an integer; zero for what is no number.
fn integer(x: f64, bits: i64) -> IBig {
    // 2^60 |fraction| < 2^60, for any x = fraction 2^exponent.
    let exponent = (x.abs().to_bits() >> 52) as i64 - 1022;
    let leading = times_power(x, 60 - exponent);
    if leading.is_finite() { shifted(&IBig::from(leading as i64), exponent - 60 + bits) } else { IBig::ZERO }
}

/// `2^power x`, up to underflow and overflow.
fn times_power(x: f64, power: i64) -> f64 {
    let of = |power: i64| f64::from_bits(((power + 1023) as u64) << 52);
    let (first, rest) = (power.clamp(-1022, 1023), power - power.clamp(-1022, 1023));
    x * of(first) * of(rest.clamp(-1022, 1023))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn powers_of_two() {
        for (x, power, expected) in [(1.5, 1, 3.0), (1.5, -1, 0.75), (1.0, -1100, 0.0), (1.0, 1500, f64::INFINITY), (0.0, 5, 0.0)]
        {
            assert_eq!(times_power(x, power), expected);
        }
        assert_eq!(times_power(times_power(1.25, -1000), 1000), 1.25);
        assert_eq!(integer(f64::NAN, 3), IBig::ZERO);
        assert_eq!(integer(0.0, 3), IBig::ZERO);
    }

    proptest! {
        #[test]
        fn floats_and_integers_are_each_others_inverse(m in -1i64 << 52..1 << 52, up in 0usize..500, bits in -300i64..300) {
            let x = IBig::from(m) << up;
            prop_assert_eq!(integer(float(&x, bits), bits), x);
        }
    }
}
