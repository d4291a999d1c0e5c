//! What the printed numbers assume of the machine, tested on the machine.
//!
//! Each operand passes through [`black_box`], so that the processor computes and not the compiler.

use std::hint::black_box;

use super::kernels::replay_kernels;
pub use super::platform::PlatformCheck;

fn plus(a: f64, b: f64) -> f64 {
    black_box(a) + black_box(b)
}

fn times(a: f64, b: f64) -> f64 {
    black_box(a) * black_box(b)
}

fn over(a: f64, b: f64) -> f64 {
    black_box(a) / black_box(b)
}

fn root(a: f64) -> f64 {
    black_box(a).sqrt()
}

/// `2^exponent`, for a normal result.
fn power(exponent: i64) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// Samples every assumption: the arithmetic, and that every portable kernel gives the bits it gave elsewhere.
pub fn self_check() -> Vec<PlatformCheck> {
    let arithmetic =
        [nearest_even(), subnormals(), contraction(), extended_precision(), square_root(), division(), word(), endian()];
    arithmetic.into_iter().chain(replay_kernels()).collect()
}

/// Ties go to the even neighbour and all else to the nearer one, on both sides of zero.
fn nearest_even() -> PlatformCheck {
    let half = power(-53);
    let cases = [
        (plus(1.0, half), 1.0),
        (plus(1.0 + 2.0 * half, half), 1.0 + 4.0 * half),
        (plus(1.0, half * (1.0 + power(-52))), 1.0 + 2.0 * half),
        (plus(-1.0, -half), -1.0),
        (plus(-1.0, -half * (1.0 + power(-52))), -1.0 - 2.0 * half),
        (times(1.0 + power(-26), 1.0 + power(-27)), 1.0 + power(-26) + power(-27)),
    ];
    PlatformCheck::bits("rounds to nearest, ties to even", &cases)
}

/// Neither results nor operands below the normal range are flushed to zero.
fn subnormals() -> PlatformCheck {
    let least = f64::from_bits(1);
    let cases = [
        (times(f64::MIN_POSITIVE, 0.5), f64::from_bits(1 << 51)),
        (plus(least, least), f64::from_bits(2)),
        (times(least, power(52)), f64::from_bits(1 << 52)),
    ];
    PlatformCheck::bits("keeps subnormal numbers", &cases)
}

/// `(1 + 2^-27)(1 - 2^-27) = 1 - 2^-54` rounds to 1; a fused multiply-add keeps the `-2^-54`.
fn contraction() -> PlatformCheck {
    let (a, b) = (black_box(1.0 + power(-27)), black_box(1.0 - power(-27)));
    PlatformCheck::bits("does not fuse a*b + c", &[(a * b + black_box(-1.0), 0.0), (black_box(1.0) - a * b, 0.0)])
}

/// A sum rounded first to 64 bits and then to 53 would end at 1; a wider exponent range would not overflow.
fn extended_precision() -> PlatformCheck {
    let cases = [(plus(1.0, power(-53) + power(-65)), 1.0 + power(-52)), (over(times(f64::MAX, 2.0), 2.0), f64::INFINITY)];
    PlatformCheck::bits("rounds each operation once, to double", &cases)
}

fn square_root() -> PlatformCheck {
    let cases = [
        (root(2.0), f64::from_bits(0x3ff6_a09e_667f_3bcd)),
        (root(3.0), f64::from_bits(0x3ffb_b67a_e858_4caa)),
        (root(1.0 + power(-52)), 1.0),
        (root(1.0 - power(-53)), 1.0 - power(-53)),
        (root(f64::from_bits(1)), power(-537)),
    ];
    PlatformCheck::bits("rounds square roots correctly", &cases)
}

fn division() -> PlatformCheck {
    let cases =
        [(over(1.0, 3.0), f64::from_bits(0x3fd5_5555_5555_5555)), (over(1.0, 10.0), 0.1), (over(2.0, 3.0), 2.0 * over(1.0, 3.0))];
    PlatformCheck::bits("rounds quotients correctly", &cases)
}

/// Sizes are reckoned in `usize`; 32 bits suffice.
fn word() -> PlatformCheck {
    PlatformCheck { name: "addresses at least 32 bits", found: format!("{} bits", usize::BITS), holds: usize::BITS >= 32 }
}

/// Told, not required: canonical bytes are little-endian whatever the machine.
fn endian() -> PlatformCheck {
    let order = if cfg!(target_endian = "little") { "little-endian" } else { "big-endian" };
    PlatformCheck { name: "byte order, either", found: order.into(), holds: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_holds() {
        let failed: Vec<String> = self_check()
            .into_iter()
            .filter(|check| !check.holds)
            .map(|check| format!("{}: {}", check.name, check.found))
            .collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}
