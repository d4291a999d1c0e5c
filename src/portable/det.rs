//! Stock faer on a scalar of our own, so that its factorisations give the same bits everywhere.
//!
//! faer picks kernels, block sizes and fused operations by CPU for `f64`. For [`Det`] it is told that there is no vector unit
//! ([`pulp::Scalar`], [`SimdCapabilities::Copy`]) and runs its own algorithms as plain loops of IEEE operations, multiply then
//! add. With `Par::Seq` the order is then fixed by faer's source, which `Cargo.toml` pins.

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

use bytemuck::{Pod, Zeroable};
use faer_traits::{ComplexField, RealField, SimdCapabilities};
use pulp::Simd;

/// An `f64` on which faer computes in one fixed order.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Pod, Zeroable)]
#[repr(transparent)]
pub struct Det(pub f64);

macro_rules! operator {
    ($trait:ident $method:ident $assign_trait:ident $assign_method:ident $op:tt) => {
        impl $trait<Det> for Det {
            type Output = Det;
            #[inline(always)]
            fn $method(self, right: Det) -> Det {
                Det(self.0 $op right.0)
            }
        }
        impl $trait<&Det> for Det {
            type Output = Det;
            #[inline(always)]
            fn $method(self, right: &Det) -> Det {
                Det(self.0 $op right.0)
            }
        }
        impl $trait<Det> for &Det {
            type Output = Det;
            #[inline(always)]
            fn $method(self, right: Det) -> Det {
                Det(self.0 $op right.0)
            }
        }
        impl $trait<&Det> for &Det {
            type Output = Det;
            #[inline(always)]
            fn $method(self, right: &Det) -> Det {
                Det(self.0 $op right.0)
            }
        }
        impl $assign_trait<Det> for Det {
            #[inline(always)]
            fn $assign_method(&mut self, right: Det) {
                self.0 = self.0 $op right.0;
            }
        }
        impl $assign_trait<&Det> for Det {
            #[inline(always)]
            fn $assign_method(&mut self, right: &Det) {
                self.0 = self.0 $op right.0;
            }
        }
    };
}

operator!(Add add AddAssign add_assign +);
operator!(Sub sub SubAssign sub_assign -);
operator!(Mul mul MulAssign mul_assign *);
operator!(Div div DivAssign div_assign /);
operator!(Rem rem RemAssign rem_assign %);

impl Neg for Det {
    type Output = Det;
    #[inline(always)]
    fn neg(self) -> Det {
        Det(-self.0)
    }
}

impl Neg for &Det {
    type Output = Det;
    #[inline(always)]
    fn neg(self) -> Det {
        Det(-self.0)
    }
}

impl num_traits::Zero for Det {
    fn zero() -> Self {
        Det(0.0)
    }
    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl num_traits::One for Det {
    fn one() -> Self {
        Det(1.0)
    }
}

impl num_traits::Num for Det {
    type FromStrRadixErr = <f64 as num_traits::Num>::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        <f64 as num_traits::Num>::from_str_radix(text, radix).map(Det)
    }
}

/// The largest number whose reciprocal is normal; faer scales by it.
const MAX_POSITIVE: f64 = 1.0 / f64::MIN_POSITIVE;

impl RealField for Det {
    fn epsilon_impl() -> Self {
        Det(f64::EPSILON)
    }
    fn nbits_impl() -> usize {
        53
    }
    fn min_positive_impl() -> Self {
        Det(f64::MIN_POSITIVE)
    }
    fn max_positive_impl() -> Self {
        Det(MAX_POSITIVE)
    }
    fn sqrt_min_positive_impl() -> Self {
        Det(f64::MIN_POSITIVE.sqrt())
    }
    fn sqrt_max_positive_impl() -> Self {
        Det(MAX_POSITIVE.sqrt())
    }
}

/// With `SimdCapabilities::Copy` faer copies values and never asks for a vector operation on them.
fn scalar_only<T>() -> T {
    unreachable!("faer asked a scalar-only type for a vector operation")
}

// The trait declares two loads and stores as unsafe; here they are unreachable.
#[allow(unused_variables, unsafe_code)]
impl ComplexField for Det {
    type Arch = pulp::Scalar;
    type Unit = Self;
    type SimdCtx<S: Simd> = S;
    type Index = u64;
    type Real = Self;
    type SimdMask<S: Simd> = ();
    type SimdMemMask<S: Simd> = ();
    type SimdVec<S: Simd> = ();
    type SimdIndex<S: Simd> = ();

    const IS_REAL: bool = true;
    const SIMD_CAPABILITIES: SimdCapabilities = SimdCapabilities::Copy;

    fn zero_impl() -> Self {
        Det(0.0)
    }
    fn one_impl() -> Self {
        Det(1.0)
    }
    fn nan_impl() -> Self {
        Det(f64::NAN)
    }
    fn infinity_impl() -> Self {
        Det(f64::INFINITY)
    }
    #[inline(always)]
    fn from_real_impl(value: &Self) -> Self {
        *value
    }
    #[inline(always)]
    fn from_f64_impl(value: f64) -> Self {
        Det(value)
    }
    #[inline(always)]
    fn real_part_impl(value: &Self) -> Self {
        *value
    }
    #[inline(always)]
    fn imag_part_impl(value: &Self) -> Self {
        Det(0.0)
    }
    #[inline(always)]
    fn copy_impl(value: &Self) -> Self {
        *value
    }
    #[inline(always)]
    fn conj_impl(value: &Self) -> Self {
        *value
    }
    #[inline(always)]
    fn recip_impl(value: &Self) -> Self {
        Det(1.0 / value.0)
    }
    #[inline(always)]
    fn sqrt_impl(value: &Self) -> Self {
        Det(value.0.sqrt())
    }
    #[inline(always)]
    fn abs_impl(value: &Self) -> Self {
        Det(value.0.abs())
    }
    #[inline(always)]
    fn abs1_impl(value: &Self) -> Self {
        Det(value.0.abs())
    }
    #[inline(always)]
    fn abs2_impl(value: &Self) -> Self {
        Det(value.0 * value.0)
    }
    #[inline(always)]
    fn mul_real_impl(left: &Self, right: &Self) -> Self {
        Det(left.0 * right.0)
    }
    #[inline(always)]
    fn mul_pow2_impl(left: &Self, right: &Self) -> Self {
        Det(left.0 * right.0)
    }
    #[inline(always)]
    fn is_finite_impl(value: &Self) -> bool {
        value.0.is_finite()
    }
    #[inline(always)]
    fn simd_ctx<S: Simd>(simd: S) -> S {
        simd
    }
    #[inline(always)]
    fn ctx_from_simd<S: Simd>(ctx: &S) -> S {
        *ctx
    }

    fn simd_mask_between<S: Simd>(ctx: &Self::SimdCtx<S>, start: Self::Index, end: Self::Index) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_mem_mask_between<S: Simd>(ctx: &Self::SimdCtx<S>, start: Self::Index, end: Self::Index) -> Self::SimdMemMask<S> {
        scalar_only()
    }
    // SAFETY: touches no memory; it is never called (see `scalar_only`).
    unsafe fn simd_mask_load_raw<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        mask: Self::SimdMemMask<S>,
        ptr: *const Self::SimdVec<S>,
    ) -> Self::SimdVec<S> {
        scalar_only()
    }
    // SAFETY: touches no memory; it is never called (see `scalar_only`).
    unsafe fn simd_mask_store_raw<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        mask: Self::SimdMemMask<S>,
        ptr: *mut Self::SimdVec<S>,
        values: Self::SimdVec<S>,
    ) {
        scalar_only()
    }
    fn simd_splat<S: Simd>(ctx: &Self::SimdCtx<S>, value: &Self) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_splat_real<S: Simd>(ctx: &Self::SimdCtx<S>, value: &Self::Real) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_add<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdVec<S>, rhs: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_sub<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdVec<S>, rhs: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_neg<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_conj<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_abs1<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_abs_max<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_mul_real<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdVec<S>, real_rhs: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_mul_pow2<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdVec<S>, real_rhs: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_mul<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdVec<S>, rhs: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_conj_mul<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdVec<S>, rhs: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_mul_add<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        lhs: Self::SimdVec<S>,
        rhs: Self::SimdVec<S>,
        acc: Self::SimdVec<S>,
    ) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_conj_mul_add<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        lhs: Self::SimdVec<S>,
        rhs: Self::SimdVec<S>,
        acc: Self::SimdVec<S>,
    ) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_abs2<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_abs2_add<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>, acc: Self::SimdVec<S>) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_reduce_sum<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>) -> Self {
        scalar_only()
    }
    fn simd_reduce_max<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdVec<S>) -> Self {
        scalar_only()
    }
    fn simd_equal<S: Simd>(ctx: &Self::SimdCtx<S>, real_lhs: Self::SimdVec<S>, real_rhs: Self::SimdVec<S>) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_less_than<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        real_lhs: Self::SimdVec<S>,
        real_rhs: Self::SimdVec<S>,
    ) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_less_than_or_equal<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        real_lhs: Self::SimdVec<S>,
        real_rhs: Self::SimdVec<S>,
    ) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_greater_than<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        real_lhs: Self::SimdVec<S>,
        real_rhs: Self::SimdVec<S>,
    ) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_greater_than_or_equal<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        real_lhs: Self::SimdVec<S>,
        real_rhs: Self::SimdVec<S>,
    ) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_select<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        mask: Self::SimdMask<S>,
        lhs: Self::SimdVec<S>,
        rhs: Self::SimdVec<S>,
    ) -> Self::SimdVec<S> {
        scalar_only()
    }
    fn simd_index_select<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        mask: Self::SimdMask<S>,
        lhs: Self::SimdIndex<S>,
        rhs: Self::SimdIndex<S>,
    ) -> Self::SimdIndex<S> {
        scalar_only()
    }
    fn simd_index_splat<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::Index) -> Self::SimdIndex<S> {
        scalar_only()
    }
    fn simd_index_add<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdIndex<S>, rhs: Self::SimdIndex<S>) -> Self::SimdIndex<S> {
        scalar_only()
    }
    fn simd_index_less_than<S: Simd>(
        ctx: &Self::SimdCtx<S>,
        lhs: Self::SimdIndex<S>,
        rhs: Self::SimdIndex<S>,
    ) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_and_mask<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdMask<S>, rhs: Self::SimdMask<S>) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_or_mask<S: Simd>(ctx: &Self::SimdCtx<S>, lhs: Self::SimdMask<S>, rhs: Self::SimdMask<S>) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_not_mask<S: Simd>(ctx: &Self::SimdCtx<S>, mask: Self::SimdMask<S>) -> Self::SimdMask<S> {
        scalar_only()
    }
    fn simd_first_true_mask<S: Simd>(ctx: &Self::SimdCtx<S>, value: Self::SimdMask<S>) -> usize {
        scalar_only()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One and the next number differ by `2^{1 - bits}`.
    #[test]
    fn the_precision_is_that_of_a_float() {
        let bits = <Det as RealField>::nbits_impl() as i32;
        assert_eq!(<Det as RealField>::epsilon_impl().0, 2f64.powi(1 - bits));
    }
}
