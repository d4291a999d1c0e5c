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

/// `+`, `-`, `*` and negation of owned numbers, from those of references, and sums and products of iterators: so that a formula
/// reads as on its page.
macro_rules! operators_by_value {
    ($number:ty) => {
        $crate::scalar::operators_by_value!($number: Add add, Sub sub, Mul mul);

        impl std::ops::Neg for $number {
            type Output = $number;

            fn neg(self) -> $number {
                -&self
            }
        }

        impl std::iter::Sum for $number {
            fn sum<I: Iterator<Item = $number>>(terms: I) -> $number {
                terms.fold(<$number as $crate::scalar::Scalar>::zero(), |sum, term| sum + term)
            }
        }

        impl std::iter::Product for $number {
            fn product<I: Iterator<Item = $number>>(factors: I) -> $number {
                factors.fold(<$number as $crate::scalar::Scalar>::one(), |product, factor| product * factor)
            }
        }
    };
    ($number:ty: $($operator:ident $method:ident),*) => {
        $(
            impl std::ops::$operator for $number {
                type Output = $number;

                fn $method(self, other: $number) -> $number {
                    std::ops::$operator::$method(&self, &other)
                }
            }

            impl std::ops::$operator<&$number> for $number {
                type Output = $number;

                fn $method(self, other: &$number) -> $number {
                    std::ops::$operator::$method(&self, other)
                }
            }

            impl std::ops::$operator<$number> for &$number {
                type Output = $number;

                fn $method(self, other: $number) -> $number {
                    std::ops::$operator::$method(self, &other)
                }
            }
        )*
    };
}
pub(crate) use operators_by_value;

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
