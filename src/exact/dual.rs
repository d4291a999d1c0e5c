//! Dual numbers over the dyadic rationals: derivatives, exactly.

use super::dyadic::Dyadic;
use crate::scalar::Scalar;

/// A value and its derivative in one direction: `a + b t` with `t^2 = 0`. Guarantee of every operation: exact.
///
/// A polynomial map evaluated on dual numbers gives its value and its directional derivative.
///
/// ```
/// use bfc::exact::Dyadic;
/// use bfc::exact::dual::Dual;
/// use bfc::scalar::Scalar;
///
/// let x = Dual(Dyadic::from(3), Dyadic::from(1));
/// assert_eq!(x.squared(), Dual(Dyadic::from(9), Dyadic::from(6)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dual(pub Dyadic, pub Dyadic);

impl Scalar for Dual {
    type Weight = Dual;

    fn zero() -> Self {
        Dual(Dyadic::zero(), Dyadic::zero())
    }
    fn one() -> Self {
        Dual(Dyadic::one(), Dyadic::zero())
    }
    fn plus(&self, other: &Self) -> Self {
        Dual(&self.0 + &other.0, &self.1 + &other.1)
    }
    fn minus(&self, other: &Self) -> Self {
        Dual(&self.0 - &other.0, &self.1 - &other.1)
    }
    fn times(&self, other: &Self) -> Self {
        Dual(&self.0 * &other.0, &self.0 * &other.1 + &self.1 * &other.0)
    }
    fn weighted(&self, weight: &Self) -> Self {
        self.times(weight)
    }
}
