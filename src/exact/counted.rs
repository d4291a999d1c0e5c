//! Operations, counted: a scalar without a value, whose sums and products are numbered as they are made.

use std::cell::Cell;
use std::ops::{Add, Mul};

use crate::scalar::Scalar;

/// How many operations were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operations {
    /// Multiplications.
    pub products: u64,
    /// Additions and subtractions.
    pub sums: u64,
}

impl Operations {
    /// Both kinds.
    pub fn all(self) -> u64 {
        self.products + self.sums
    }
}

impl Add for Operations {
    type Output = Operations;

    fn add(self, other: Operations) -> Operations {
        Operations { products: self.products + other.products, sums: self.sums + other.sums }
    }
}

impl Mul<u64> for Operations {
    type Output = Operations;

    fn mul(self, times: u64) -> Operations {
        Operations { products: self.products * times, sums: self.sums * times }
    }
}

thread_local! {
    static MADE: Cell<Operations> = const { Cell::new(Operations { products: 0, sums: 0 }) };
}

/// The operations on [`Counted`] scalars that `work` makes on this thread (guarantee: exact).
///
/// ```
/// use bfc::exact::counted::{Counted, operations_of};
/// use bfc::scalar::Scalar;
///
/// let made = operations_of(|| Counted.times(&Counted).plus(&Counted.squared()));
/// assert_eq!((made.products, made.sums), (2, 1));
/// ```
pub fn operations_of<T>(work: impl FnOnce() -> T) -> Operations {
    let before = MADE.get();
    work();
    let after = MADE.get();
    Operations { products: after.products - before.products, sums: after.sums - before.sums }
}

/// A number whose value nobody needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted;

impl Counted {
    fn made(operation: Operations) -> Self {
        MADE.set(MADE.get() + operation);
        Counted
    }
}

/// Constants cost nothing.
impl Scalar for Counted {
    type Weight = Counted;

    fn zero() -> Self {
        Counted
    }
    fn one() -> Self {
        Counted
    }
    fn plus(&self, _: &Self) -> Self {
        Counted::made(Operations { products: 0, sums: 1 })
    }
    fn minus(&self, other: &Self) -> Self {
        self.plus(other)
    }
    fn times(&self, _: &Self) -> Self {
        Counted::made(Operations { products: 1, sums: 0 })
    }
    fn weighted(&self, weight: &Counted) -> Self {
        self.times(weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_operations_of_the_work_are_counted() {
        let earlier = Counted.times(&Counted).plus(&Counted);
        let made = operations_of(|| earlier.times(&Counted).plus(&Counted.squared()).minus(&Counted));
        assert_eq!(made, Operations { products: 2, sums: 2 });
        assert_eq!(operations_of(|| ()), Operations::default());
    }

    #[test]
    fn operations_add_and_multiply_kind_by_kind() {
        let sum = Operations { products: 5, sums: 1 } + Operations { products: 2, sums: 4 };
        assert_eq!(sum, Operations { products: 7, sums: 5 });
        assert_eq!((sum.all(), sum * 3), (12, Operations { products: 21, sums: 15 }));
    }
}
