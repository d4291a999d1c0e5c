//! Kernel ridge regression on the cube: the error of the exact solution, from a candidate for it.
//!
//! Proofs: `proofs/cube-kernel.md`. The error of the candidate is exact (lemma 2); a bound of its distance from the solution
//! ([`Solutions::error_upper`]) bounds the difference of the errors (lemma 3).

use super::interval::Interval;
use super::solve::Solutions;
use crate::error::Result;
use crate::exact::Rational;
use crate::exact::cube_kernel::{CubeKernel, parity};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `(K + ridge I) c = y`: regression of parities on their values at sample points.
#[derive(Clone, Debug)]
pub struct RidgeSystem<'a> {
    kernel: &'a CubeKernel,
    points: &'a [u32],
    matrix: Matrix<i64>,
}

impl<'a> RidgeSystem<'a> {
    /// The system of a kernel at `points`; the ridge is `ridge / 2^bits`, with the bits of the kernel.
    pub fn new(kernel: &'a CubeKernel, points: &'a [u32], ridge: i64) -> Self {
        let entry = |i: usize, j: usize| kernel.value(points[i], points[j]).saturating_add(if i == j { ridge } else { 0 });
        RidgeSystem { kernel, points, matrix: Matrix::from_fn(points.len(), points.len(), entry) }
    }

    /// The integers `2^bits (K + ridge I)`.
    pub fn matrix(&self) -> &Matrix<i64> {
        &self.matrix
    }

    /// The integers `2^bits x_S` at the points, a column for each set.
    pub fn right_sides(&self, sets: &[u32]) -> Matrix<i64> {
        let label = |n: usize, s: usize| parity(self.points[n], sets[s]) << self.kernel.bits();
        Matrix::from_fn(self.points.len(), sets.len(), label)
    }

    /// For each set, the error `E (x_S - sum_n c_n k(x_n, x))^2` of the exact solution `c` over the whole cube (guarantee: valid);
    /// `None` when the system was not shown to be invertible.
    ///
    /// # Errors
    /// As [`Solutions::error_upper`] and [`CubeKernel::risk`].
    pub fn errors(&self, sets: &[u32], candidates: &Solutions, threads: usize) -> Result<Option<Vec<Interval>>> {
        let Some(distances) = candidates.error_upper(&self.matrix, &self.right_sides(sets), threads)? else { return Ok(None) };
        let columns = candidates.columns.transposed();
        let most = &Rational::from(self.points.len() as i64) * &Rational::from(&self.kernel.largest());
        let error = |(i, distance): (usize, &Rational)| {
            let risk = self.kernel.risk(sets[i], self.points, columns.row(i), candidates.column_bits)?;
            Ok(widened(Interval::from(&Rational::from(&risk)), Interval::from(&(&most * distance))))
        };
        distances.iter().enumerate().map(error).collect::<Result<_>>().map(Some)
    }
}

/// All `E` with `|E - E'| <= r (1 + E' + r)`, for `E'` and `r` that are not below zero.
fn widened(risk: Interval, r: Interval) -> Interval {
    let deviation = r * (Interval::one() + risk + r);
    (risk - deviation).hull(risk + deviation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::count::floor;
    use crate::exact::linear::solve;

    const POINTS: [u32; 5] = [0, 3, 5, 9, 14];
    const SETS: [u32; 3] = [0, 6, 15];

    fn rational(m: &Matrix<i64>) -> Matrix<Rational> {
        m.map(|&v| Rational::from(v))
    }

    /// The matrix times `2^20`, rounded down.
    fn rounded(m: &Matrix<Rational>) -> Matrix<i64> {
        m.map(|v| i64::try_from(floor(&(v * &Rational::from(1 << 20)))).unwrap())
    }

    /// Candidates next to the exact solutions, which come along.
    fn candidates(system: &RidgeSystem<'_>) -> (Solutions, Matrix<Rational>) {
        let identity = Matrix::from_fn(5, 5, |i, j| Rational::from(i64::from(i == j)));
        let inverse = solve(&rational(system.matrix()), &identity).unwrap();
        let solution = solve(&rational(system.matrix()), &rational(&system.right_sides(&SETS))).unwrap();
        let found = Solutions { inverse: rounded(&inverse), inverse_bits: 20, columns: rounded(&solution), column_bits: 20 };
        (found, solution)
    }

    /// The mean of the squared error over the points of the cube, one by one.
    fn direct(kernel: &CubeKernel, solution: &Matrix<Rational>, s: usize) -> Rational {
        let value = |n: u32, x| Rational::new(kernel.value(n, x), 1 << kernel.bits()).unwrap();
        let predicted = |x| POINTS.iter().zip(0..).fold(Rational::zero(), |g, (&n, i)| &g + &(&solution[(i, s)] * &value(n, x)));
        let error = |x| &Rational::from(parity(x, SETS[s])) - &predicted(x);
        (0..16).map(error).fold(Rational::zero(), |sum, e| &sum + &(&e * &e)).over(&Rational::from(16)).unwrap()
    }

    #[test]
    fn the_error_of_the_exact_solution_is_enclosed_whatever_the_candidate() {
        let kernel = CubeKernel::new(vec![9, 4, 2, 1, 3], 3).unwrap();
        let system = RidgeSystem::new(&kernel, &POINTS, 2);
        let (exact, solution) = candidates(&system);
        for moved in [0, 1, -1000, 300_000] {
            let mut candidate = exact.clone();
            candidate.columns.as_mut_slice().iter_mut().for_each(|c| *c += moved);
            let errors = system.errors(&SETS, &candidate, 1).unwrap().unwrap();
            for (s, error) in errors.into_iter().enumerate() {
                assert!(error.encloses(&direct(&kernel, &solution, s)), "{error}, moved by {moved}");
                assert!(moved.abs() > 1 || error.wid_upper() < 1e-3, "{error}");
            }
        }
        let other = RidgeSystem::new(&kernel, &POINTS, 20);
        let errors = other.errors(&SETS, &candidates(&other).0, 1).unwrap().unwrap();
        assert!(!errors[0].encloses(&direct(&kernel, &solution, 0)), "another ridge has another error");
    }

    #[test]
    fn a_singular_system_has_no_answer() {
        let kernel = CubeKernel::new(vec![1; 5], 0).unwrap();
        let system = RidgeSystem::new(&kernel, &POINTS, 0);
        let candidate =
            Solutions { inverse: Matrix::filled(5, 5, 1), inverse_bits: 0, columns: Matrix::filled(5, 3, 0), column_bits: 0 };
        assert_eq!(system.errors(&SETS, &candidate, 1).unwrap(), None);
    }
}
