//! Kernel ridge regression on the cube: the error of the exact solution, from a candidate for it.
//!
//! The error of the candidate over the whole cube is an exact number. Its residual bounds how far the predictor of the exact solution
//! is from it, because the spectrum of a kernel on the cube is known exactly. Proofs: `proofs/cube-kernel.md`.

use super::interval::Interval;
use super::solve::Solutions;
use crate::error::{Error, Result};
use crate::exact::cube_kernel::{CubeKernel, parity};
use crate::exact::{Dyadic, Rational};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `(K + ridge I) c = y`: regression of parities on their values at sample points.
#[derive(Clone, Debug)]
pub struct RidgeSystem<'a> {
    kernel: &'a CubeKernel,
    // All different.
    points: &'a [u32],
    ridge: i64,
    matrix: Matrix<i64>,
}

impl<'a> RidgeSystem<'a> {
    /// The system of a kernel at different `points`; the ridge is `ridge / 2^bits`, with the bits of the kernel.
    ///
    /// # Errors
    /// When a point stands there twice.
    pub fn new(kernel: &'a CubeKernel, points: &'a [u32], ridge: i64) -> Result<Self> {
        if let Some(repeated) = (1..points.len()).find(|&n| points[..n].contains(&points[n])) {
            return Err(Error::refused(format!("point {repeated} stands there twice")));
        }
        let entry = |i: usize, j: usize| kernel.value(points[i], points[j]).saturating_add(if i == j { ridge } else { 0 });
        Ok(RidgeSystem { kernel, points, ridge, matrix: Matrix::from_fn(points.len(), points.len(), entry) })
    }

    /// The integers `2^bits (K + ridge I)`.
    pub fn matrix(&self) -> &Matrix<i64> {
        &self.matrix
    }

    /// The integers `2^bits x_S` at the points, a row for each set.
    pub fn right_sides(&self, sets: &[u32]) -> Matrix<i64> {
        let label = |s: usize, n: usize| parity(self.points[n], sets[s]) << self.kernel.bits();
        Matrix::from_fn(sets.len(), self.points.len(), label)
    }

    /// For each set, the error `E (x_S - sum_n c_n k(x_n, x))^2` of the exact solution `c` over the whole cube (guarantee: valid);
    /// `None` when the system was not shown to be definite.
    ///
    /// # Errors
    /// As [`Solutions::residuals_squared_upper`] and [`CubeKernel::risk`].
    pub fn errors(&self, sets: &[u32], candidates: &Solutions, threads: usize) -> Result<Option<Vec<Interval>>> {
        let Some(factor) = self.distance_factor() else { return Ok(None) };
        let residuals = candidates.residuals_squared_upper(&self.matrix, &self.right_sides(sets), threads)?;
        let error = |(i, residual): (usize, &Dyadic)| {
            let risk = self.kernel.risk(sets[i], self.points, candidates.rows.row(i), candidates.bits)?;
            Ok(widened(Interval::from(&risk), factor * Interval::from(residual)))
        };
        residuals.iter().enumerate().map(error).collect::<Result<_>>().map(Some)
    }

    /// `2 kappa / ridge`: what the square of a residual is multiplied by to bound the squared distance of two predictors (lemma 3).
    ///
    /// `None` when the ridge is not positive, or not large beside the negative eigenvalues of the kernel.
    fn distance_factor(&self) -> Option<Interval> {
        // The matrix is in units of 2^-bits, and so are its right sides: the residual of c is the integer one over 2^bits.
        let unit = Rational::new(1, 1i64 << self.kernel.bits())?;
        let ridge = Rational::from(self.ridge) * &unit;
        let (least, largest) = self.kernel.extreme_eigenvalues();
        let cube = Rational::from(2i64 << self.kernel.dimension());
        let definite = !ridge.is_negative() && cube * Rational::from(&least) + &ridge >= Rational::zero();
        let twice = Rational::from(2) * Rational::from(&largest) * &unit * &unit;
        if definite { twice.over(&ridge).map(|factor| Interval::from(&factor)) } else { None }
    }
}

/// All `E` with `|E - E'| <= r (1 + E' + r)`, for `E'` and `r^2`.
fn widened(risk: Interval, r_squared: Interval) -> Interval {
    // The lower end of a product of positive numbers is not below zero; if it were, nothing would be known.
    let r = r_squared.sqrt().unwrap_or(Interval::ENTIRE);
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

    /// Candidates next to the exact solutions, which come along; a row for each set.
    fn candidates(system: &RidgeSystem<'_>) -> (Solutions, Matrix<Rational>) {
        let solution =
            solve(&rational(system.matrix()), &rational(&system.right_sides(&SETS).transposed())).unwrap().transposed();
        let rounded = |v: &Rational| i64::try_from(floor(&(v * &Rational::from(1 << 40)))).unwrap();
        (Solutions { rows: solution.map(rounded), bits: 40 }, solution)
    }

    /// The mean of the squared error over the points of the cube, one by one.
    fn direct(kernel: &CubeKernel, solution: &Matrix<Rational>, s: usize) -> Rational {
        let value = |n: u32, x| Rational::new(kernel.value(n, x), 1 << kernel.bits()).unwrap();
        let predicted = |x| POINTS.iter().zip(0..).map(|(&n, i)| &solution[(s, i)] * value(n, x)).sum::<Rational>();
        let error = |x| Rational::from(parity(x, SETS[s])) - predicted(x);
        (0..16).map(error).map(|e| e.squared()).sum::<Rational>().over(&Rational::from(16)).unwrap()
    }

    #[test]
    fn the_error_of_the_exact_solution_is_enclosed_whatever_the_candidate() {
        let kernel = CubeKernel::new(vec![9, 4, 2, 1, 3], 3).unwrap();
        let system = RidgeSystem::new(&kernel, &POINTS, 2).unwrap();
        let (exact, solution) = candidates(&system);
        for moved in [0, 1, -1000, 1 << 39] {
            let mut candidate = exact.clone();
            candidate.rows.as_mut_slice().iter_mut().for_each(|c| *c += moved);
            let errors = system.errors(&SETS, &candidate, 1).unwrap().unwrap();
            for (s, error) in errors.into_iter().enumerate() {
                assert!(error.encloses(&direct(&kernel, &solution, s)), "{error}, moved by {moved}");
                assert!(moved.abs() > 1 || error.wid_upper() < 1e-9, "{error}");
            }
        }
        let other = RidgeSystem::new(&kernel, &POINTS, 20).unwrap();
        let errors = other.errors(&SETS, &candidates(&other).0, 1).unwrap().unwrap();
        assert!(!errors[0].encloses(&direct(&kernel, &solution, 0)), "another ridge has another error");
    }

    /// Without a ridge nothing is known, nor with one that is small beside a negative eigenvalue; a repeated point is refused.
    #[test]
    fn a_system_that_may_be_singular_has_no_answer() {
        let errors = |values: Vec<i64>, ridge| {
            let kernel = CubeKernel::new(values, 3).unwrap();
            let system = RidgeSystem::new(&kernel, &POINTS, ridge).unwrap();
            system.errors(&SETS, &Solutions { rows: Matrix::filled(3, 5, 0), bits: 0 }, 1).unwrap()
        };
        assert_eq!(errors(vec![1; 5], 0), None);
        assert_eq!(errors(vec![1; 5], -1), None);
        // kappa_4 = (1 - 4 - 4)/16 < 0, so that K may have eigenvalues down to -7.
        assert_eq!(errors(vec![1, 1, 0, 1, 0], 13), None);
        assert!(errors(vec![1, 1, 0, 1, 0], 14).is_some());
        let kernel = CubeKernel::new(vec![1; 5], 0).unwrap();
        assert!(RidgeSystem::new(&kernel, &[1, 2, 1], 1).is_err());
    }
}
