//! Elementary functions from a pinned software library.
//!
//! The platform's own are neither correctly rounded nor the same everywhere; these are the same sequence of IEEE operations on
//! every machine. Guarantee of all: replayed, and approximate to about one unit in the last place.

use super::vectorized;

/// The natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// The exponential.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The angle in `[0, pi]` with cosine `x`; NaN unless `-1 <= x <= 1`.
pub fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// Values that are changed at a time.
const PIECE: usize = 64;

/// Replaces each value by its exponential: by [`exp`] of it, bit for bit.
///
/// The operations are those of the library for arguments up to 708, chosen among without a branch, so that vectors can do them. Where one is
/// beyond, or no number, the library itself is asked for those that are changed with it.
pub fn exp_each(values: &mut [f64]) {
    for piece in values.chunks_mut(PIECE) {
        match piece.iter().all(|x| x.abs() <= 708.0) {
            true => vectorized(
                #[inline(always)]
                || piece.iter_mut().for_each(|x| *x = exp_in_range(*x)),
            ),
            false => piece.iter_mut().for_each(|x| *x = exp(*x)),
        }
    }
}

/// Replaces each value by its logarithm: by [`ln`] of it, bit for bit.
///
/// As [`exp_each`], for numbers that are positive and normal; the library is asked for those that are changed with one that is not.
pub fn ln_each(values: &mut [f64]) {
    for piece in values.chunks_mut(PIECE) {
        match piece.iter().all(|x| (f64::MIN_POSITIVE..=f64::MAX).contains(x)) {
            true => vectorized(
                #[inline(always)]
                || piece.iter_mut().for_each(|x| *x = ln_of_normal(*x)),
            ),
            false => piece.iter_mut().for_each(|x| *x = ln(*x)),
        }
    }
}

/// `ln(x)` for positive normal `x`, as FreeBSD's `e_log.c` computes it (Sun Microsystems, 1993): `x = 2^k (1 + f)` with `1 + f` between the roots
/// of 1/2 and 2, and `ln(1 + f)` as a series in `s = f/(2 + f)`.
#[inline(always)]
fn ln_of_normal(x: f64) -> f64 {
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const L: [f64; 7] = [
        f64::from_bits(0x3fe5_5555_5555_5593),
        f64::from_bits(0x3fd9_9999_9997_fa04),
        f64::from_bits(0x3fd2_4924_9422_9359),
        f64::from_bits(0x3fcc_71c5_1d8e_78af),
        f64::from_bits(0x3fc7_4664_96cb_03de),
        f64::from_bits(0x3fc3_9a09_d078_c69f),
        f64::from_bits(0x3fc2_f112_df3e_5244),
    ];
    // The first 32 bits of the root of 1/2; adding what 1 has more carries into the exponent where 1 + f would be above the root of 2.
    const ROOT_OF_HALF: u64 = 0x3fe6_a09e << 32;
    const TO_ONE: u64 = (0x3ff0_0000 << 32) - ROOT_OF_HALF;
    const MANTISSA: u64 = (1 << 52) - 1;
    // 2^52 and an integer below it, as bits: the integer in the mantissa.
    const INTEGERS: f64 = (1u64 << 52) as f64;
    let moved = x.to_bits() + TO_ONE;
    let k = f64::from_bits(INTEGERS.to_bits() | (moved >> 52)) - (INTEGERS + 1023.0);
    let f = f64::from_bits((moved & MANTISSA) + ROOT_OF_HALF) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (L[1] + w * (L[3] + w * L[5]));
    let odd = z * (L[0] + w * (L[2] + w * (L[4] + w * L[6])));
    s * (half_square + (odd + even)) + k * LN2_LOW - half_square + f + k * LN2_HIGH
}

/// `exp(x)` for `|x| <= 708`, as FreeBSD's `e_exp.c` computes it (Sun Microsystems, 2004): `x = k ln 2 + r`, and `exp(r)` from
/// `r (exp(r) + 1)/(exp(r) - 1) = 2 + r^2/6 - ...` as a polynomial.
#[inline(always)]
fn exp_in_range(x: f64) -> f64 {
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    const ONE_OVER_LN2: f64 = f64::from_bits(0x3ff7_1547_652b_82fe);
    const P: [f64; 5] = [
        f64::from_bits(0x3fc5_5555_5555_553e),
        f64::from_bits(0xbf66_c16c_16be_bd93),
        f64::from_bits(0x3f11_566a_af25_de2c),
        f64::from_bits(0xbebb_bd41_c5d2_6bf1),
        f64::from_bits(0x3e66_3769_72be_a4d0),
    ];
    // Integers up to 2^51 are the last bits of this plus them.
    const INTEGERS: f64 = (1u64 << 52) as f64 * 1.5;
    // The sign and the last 32 bits are left out where magnitudes are compared, as there.
    let magnitude = (x.to_bits() >> 32) & 0x7fff_ffff;
    let far = (ONE_OVER_LN2 * x + 0.5f64.copysign(x)).trunc();
    let near = 1f64.copysign(x);
    let k = if magnitude >= 0x3ff0_a2b2 {
        far
    } else if magnitude > 0x3fd6_2e42 {
        near
    } else {
        0.0
    };
    let (high, low) = (x - k * LN2_HIGH, k * LN2_LOW);
    let r = high - low;
    let square = r * r;
    let c = r - square * (P[0] + square * (P[1] + square * (P[2] + square * (P[3] + square * P[4]))));
    let above_1 = r * c / (2.0 - c) - low + high;
    let y = 1.0 + if magnitude > 0x3e30_0000 { above_1 } else { x };
    y * f64::from_bits((k + INTEGERS).to_bits().wrapping_add(1023) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portable::rng::Stream;

    /// Around the roots of 1/2 and 2 and their products with powers of 2, at chance, of every magnitude, and beyond all ranges.
    #[test]
    fn many_logarithms_are_those_of_each() {
        let near = |edge: f64| (-3000..3000i64).map(move |by| f64::from_bits(edge.to_bits().wrapping_add_signed(by << 21)));
        let close = |edge: f64| (-100..100i64).map(move |by| f64::from_bits(edge.to_bits().wrapping_add_signed(by)));
        let edges = (-12..3).flat_map(|k| [1.0, std::f64::consts::SQRT_2].map(|x| x * 2f64.powi(k)));
        let mut stream = Stream::new(1, "arguments");
        let mut values: Vec<f64> = edges.flat_map(|edge| near(edge).chain(close(edge))).collect();
        values.extend((0..200_000).map(|_| stream.uniform()));
        values.extend((0..2046u64).map(|k| f64::from_bits((k + 1) << 52 | 0x5_a09e_667f_3bcd)));
        values.extend((0..100_000).map(|n| (1.0 + stream.uniform()) * 2f64.powi(n % 2040 - 1020)));
        let normal = values.clone();
        assert!(normal.iter().all(|&x| ln_of_normal(x).to_bits() == ln(x).to_bits()));
        values.extend([f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, f64::NAN, 0.0, -0.0, -1.0, f64::from_bits(1), 1e-310]);
        let mut found = values.clone();
        ln_each(&mut found);
        for (x, found) in values.iter().zip(found) {
            // A NaN has no bits that are the same everywhere.
            assert!(
                found.to_bits() == ln(*x).to_bits() || found.is_nan() && ln(*x).is_nan(),
                "{x:e}: {found:e} for {:e}",
                ln(*x)
            );
        }
    }

    /// Around every argument where the operations change, at chance, of every magnitude, and beyond all ranges.
    #[test]
    fn many_exponentials_are_those_of_each() {
        let edges =
            [0.0, 1.0 / (1u64 << 28) as f64, 0.3465735, 1.0397207, 1.0, 2.0, 37.0, 707.9, 708.0, 708.4, 709.79, 745.2, 1e300];
        let near = |edge: f64| (-3000..3000i64).map(move |by| f64::from_bits(edge.to_bits().wrapping_add_signed(by << 21)));
        let close = |edge: f64| (-100..100i64).map(move |by| f64::from_bits(edge.to_bits().wrapping_add_signed(by)));
        let mut stream = Stream::new(1, "arguments");
        let mut values: Vec<f64> = edges.into_iter().flat_map(|edge| near(edge).chain(close(edge))).collect();
        values.extend((0..60_000).map(|n| stream.normal() * 2f64.powi(n % 80 - 60)));
        values.extend([f64::NAN, f64::INFINITY, 0.0, f64::MIN_POSITIVE, f64::from_bits(1)]);
        values.extend((0..200_000).map(|n| f64::from(n) / 300.0));
        values.extend(values.clone().iter().map(|x| -x));
        let mut found = values.clone();
        exp_each(&mut found);
        for (x, found) in values.iter().zip(found) {
            assert_eq!(found.to_bits(), exp(*x).to_bits(), "{x:e}: {found:e} for {:e}", exp(*x));
        }
        assert!(values.iter().filter(|x| x.abs() <= 708.0).all(|&x| exp_in_range(x).to_bits() == exp(x).to_bits()));
    }
}
