//! What layer 2 learns alone.

use crate::exact::{Dyadic, Rational};
use crate::scalar::Scalar;

pub(super) mod closed_form;
pub(super) mod linear_error;

/// 1/2.
fn half() -> Rational {
    Rational::from(&Dyadic::one().shifted(-1))
}
