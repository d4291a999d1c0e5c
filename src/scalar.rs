//! What a network computes with.
//!
//! The quadratic network is a polynomial map, so one definition of it serves floats, exact numbers, dual numbers and
//! polynomials. [`Scalar`] is what that definition needs; the implementations live with their types.

/// A commutative algebra over its [`Weight`](Scalar::Weight)s.
pub trait Scalar: Clone {
    /// What the weights of a network over this scalar are made of.
    type Weight: Clone;

    /// The additive unit.
    fn zero() -> Self;
    /// The multiplicative unit.
    fn one() -> Self;
    /// `self + other`.
    fn plus(&self, other: &Self) -> Self;
    /// `self - other`.
    fn minus(&self, other: &Self) -> Self;
    /// `self * other`.
    fn times(&self, other: &Self) -> Self;
    /// `weight * self`.
    fn weighted(&self, weight: &Self::Weight) -> Self;

    /// `self * self`.
    fn squared(&self) -> Self {
        self.times(self)
    }
}

/// IEEE arithmetic, one rounding per operation; never fused.
impl Scalar for f64 {
    type Weight = f64;

    fn zero() -> Self {
        0.0
    }
    fn one() -> Self {
        1.0
    }
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn minus(&self, other: &Self) -> Self {
        self - other
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn weighted(&self, weight: &f64) -> Self {
        weight * self
    }
}
