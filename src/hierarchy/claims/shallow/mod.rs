//! Lower bounds for two-layer networks with any activation, on Gaussian inputs.

use dashu_int::IBig;

use crate::exact::Rational;
use crate::exact::spectrum::Spectrum;
use crate::scalar::Scalar;

pub(super) mod monomial;
pub(super) mod quadratic_power;

/// The flattening of `w (x) ... (x) w` for a unit vector `w`.
fn rank_one() -> Spectrum {
    vec![(Rational::one(), IBig::ONE)]
}
