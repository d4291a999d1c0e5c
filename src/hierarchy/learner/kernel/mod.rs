//! Kernels that depend on two inputs through `|x|^2`, `|x'|^2` and `x.x'` alone, with their slopes.
//!
//! Three shapes, and one that lives on the cube; `theta` is the angle between `x` and `x'`:
//!
//! ```text
//!   of the inner product      f(x.x'/d)                     polynomials
//!   of the distance           f(|x - x'|^2/d)               RBF, Laplace
//!   of the angle              (|x||x'|/d)^n f(cos theta)    arc-cosine kernels, tangent kernels of ReLU networks
//! ```
//!
//! Guarantee of every value and slope: replayed, and approximate; for the parities of a small cube exact ([`Kernel::Parity`]).

pub mod feature_ridge;
pub mod gradient_outer_product;
pub mod kernel_ridge;
pub mod random_features;
pub mod sequential_kernel;

use std::f64::consts::PI;

use crate::canonical::Canonical;
use crate::portable::elementary::{acos, exp, exp_each};
use crate::portable::vectorized;

/// A kernel `k(x, x')` on R^d.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel {
    /// `(offset + x.x'/d)^degree`; homogeneous when the offset is 0.
    Polynomial {
        /// What is added to the inner product.
        offset: f64,
        /// The power.
        degree: u32,
    },
    /// `1 + t^2 + t^4` with `t = x.x'/d`: blind to the odd part of a target.
    Even,
    /// `exp(-rate |x - x'|^2 / d)`.
    Rbf {
        /// What the squared distance is multiplied by.
        rate: f64,
    },
    /// `exp(-rate |x - x'| / sqrt d)`.
    Laplace {
        /// What the distance is multiplied by.
        rate: f64,
    },
    /// Cho and Saul's arc-cosine kernel of degree 0, `(pi - theta)/pi`: infinitely many threshold units.
    ArcCosine0,
    /// Cho and Saul's arc-cosine kernel of degree 1, `|x||x'|/d (sin theta + (pi - theta) cos theta)/pi`: infinitely many ReLU units.
    ArcCosine1,
    /// The tangent kernel of a ReLU network with infinitely many units; see [`tangent`] for the recursion.
    Tangent {
        /// Layers of weights: 2 for one hidden layer; 1 is the linear kernel.
        depth: u32,
        /// Whether inputs get one more coordinate, always 1 (and `d` becomes `d + 1`).
        bias: bool,
    },
    /// `sum_{|S|=degree} x_S x'_S` on the cube {-1,1}^d, as a polynomial in `x.x'` (a Krawtchouk polynomial of the Hamming distance).
    ///
    /// An integer there, and exact while `d^degree` is below `2^53`. Elsewhere it is the same polynomial, and not that sum.
    Parity {
        /// The size of the sets.
        degree: u32,
    },
}

/// A value of a kernel, and how fast it changes with its first argument: its gradient in `x` is `2 in_square x + in_product x'`.
///
/// Where there is no derivative (Laplace at `x = x'`, angles of 0 and pi) the slope that would be infinite is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slopes {
    /// `k(x, x')`.
    pub value: f64,
    /// Its derivative in `|x|^2`, the inner product held.
    pub in_square: f64,
    /// Its derivative in `x.x'`, the square held.
    pub in_product: f64,
}

impl Kernel {
    /// The name in tables, such as `polynomial 4, offset 3`.
    pub fn name(&self) -> String {
        match self {
            Kernel::Polynomial { offset, degree } if *offset == 0.0 => format!("homogeneous {degree}"),
            Kernel::Polynomial { offset, degree } => format!("polynomial {degree}, offset {offset}"),
            Kernel::Even => "even polynomial 4".into(),
            Kernel::Rbf { rate } => format!("RBF, rate {rate}"),
            Kernel::Laplace { rate } => format!("Laplace, rate {rate}"),
            Kernel::ArcCosine0 => "arc-cosine 0".into(),
            Kernel::ArcCosine1 => "arc-cosine 1".into(),
            Kernel::Tangent { depth, bias } => format!("NTK depth {depth}{}", if *bias { ", bias" } else { "" }),
            Kernel::Parity { degree } => format!("parities of degree {degree}"),
        }
    }

    /// Appends the kernel to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        match *self {
            Kernel::Polynomial { offset, degree } => c.text("polynomial").float(offset).integer(degree.into()),
            Kernel::Even => c.text("even"),
            Kernel::Rbf { rate } => c.text("rbf").float(rate),
            Kernel::Laplace { rate } => c.text("laplace").float(rate),
            Kernel::ArcCosine0 => c.text("arc-cosine 0"),
            Kernel::ArcCosine1 => c.text("arc-cosine 1"),
            Kernel::Tangent { depth, bias } => c.text("tangent").integer(depth.into()).integer(bias.into()),
            Kernel::Parity { degree } => c.text("parity").integer(degree.into()),
        }
    }

    /// `k(x, x')` from `a = |x|^2`, `b = |x'|^2`, `ab = x.x'` in dimension `d`.
    #[inline]
    pub fn value(&self, a: f64, b: f64, ab: f64, d: usize) -> f64 {
        self.value_and_slopes(a, b, ab, d).value
    }

    /// Replaces the inner products of one `x'` with many `x` by the values of the kernel: [`value`](Self::value) of each, bit for bit.
    ///
    /// # Panics
    /// When there is not an `a = |x|^2` for each product; the shapes are the caller's, never a user's.
    pub fn apply(&self, products: &mut [f64], a: &[f64], b: f64, d: usize) {
        assert_eq!(products.len(), a.len(), "a square for each product");
        match *self {
            Kernel::Polynomial { offset, degree: 2 } => on_products(products, d, |t| shifted_power(t, offset, 2)),
            Kernel::Polynomial { offset, degree: 4 } => on_products(products, d, |t| shifted_power(t, offset, 4)),
            Kernel::Even => on_products(products, d, even),
            Kernel::Rbf { rate } => exp_of_distances(products, a, b, d, |s| -rate * s),
            Kernel::Laplace { rate } => exp_of_distances(products, a, b, d, |s| -rate * s.sqrt()),
            _ => products.iter_mut().zip(a).for_each(|(ab, &a)| *ab = self.value(a, b, *ab, d)),
        }
    }

    /// As [`value`](Self::value), with the derivatives in `a` and `ab`.
    #[inline]
    pub fn value_and_slopes(&self, a: f64, b: f64, ab: f64, d: usize) -> Slopes {
        let dimension = d as f64;
        match *self {
            Kernel::Polynomial { offset, degree } => of_product(ab, dimension, |t| shifted_power(t, offset, degree)),
            Kernel::Even => of_product(ab, dimension, even),
            Kernel::Rbf { rate } => of_distance(a, b, ab, dimension, |s| gaussian(s, rate)),
            Kernel::Laplace { rate } => of_distance(a, b, ab, dimension, |s| laplace(s, rate)),
            Kernel::ArcCosine0 => of_angle(a, b, ab, arc_cosine_0),
            Kernel::ArcCosine1 => of_angle_and_norms(a, b, ab, dimension, arc_cosine_1),
            Kernel::Tangent { depth, bias: false } => of_angle_and_norms(a, b, ab, dimension, |c| tangent(c, depth)),
            Kernel::Tangent { depth, bias: true } => {
                of_angle_and_norms(a + 1.0, b + 1.0, ab + 1.0, dimension + 1.0, |c| tangent(c, depth))
            }
            Kernel::Parity { degree } => krawtchouk(ab, dimension, degree),
        }
    }
}

/// A function of one variable at a point: value and derivative.
type Jet = (f64, f64);

/// `f(x.x'/d)`.
#[inline]
fn of_product(ab: f64, d: f64, f: impl Fn(f64) -> Jet) -> Slopes {
    let (value, slope) = f(ab / d);
    Slopes { value, in_square: 0.0, in_product: slope / d }
}

/// [`of_product`] for many, in vectors.
fn on_products(products: &mut [f64], d: usize, f: impl Fn(f64) -> Jet) {
    let dimension = d as f64;
    vectorized(
        #[inline(always)]
        || {
            for ab in products {
                *ab = f(*ab / dimension).0;
            }
        },
    );
}

/// `|x - x'|^2/d`, where `|x - x'|^2 = a + b - 2 ab`.
#[inline(always)]
fn distance_squared(a: f64, b: f64, ab: f64, d: f64) -> f64 {
    ((a + b) - (ab + ab)).max(0.0) / d
}

/// `exp(f(|x - x'|^2/d))` for many, in vectors.
fn exp_of_distances(products: &mut [f64], a: &[f64], b: f64, d: usize, f: impl Fn(f64) -> f64) {
    let dimension = d as f64;
    vectorized(
        #[inline(always)]
        || {
            for (ab, &a) in products.iter_mut().zip(a) {
                *ab = f(distance_squared(a, b, *ab, dimension));
            }
        },
    );
    exp_each(products);
}

/// `f(|x - x'|^2/d)`.
#[inline]
fn of_distance(a: f64, b: f64, ab: f64, d: f64, f: impl Fn(f64) -> Jet) -> Slopes {
    let (value, slope) = f(distance_squared(a, b, ab, d));
    Slopes { value, in_square: slope / d, in_product: -2.0 * slope / d }
}

/// `f(cos theta)`: `cos theta = ab / sqrt(a b)` changes by `1/sqrt(a b)` with `ab`, by `-cos theta / 2a` with `a`.
#[inline]
fn of_angle(a: f64, b: f64, ab: f64, f: impl Fn(f64) -> Jet) -> Slopes {
    let norms = (a * b).sqrt();
    let cosine = cosine(ab, norms);
    let (value, slope) = f(cosine);
    Slopes { value, in_square: -over(slope * cosine, a + a), in_product: over(slope, norms) }
}

/// `|x||x'|/d f(cos theta)`: the factor changes by half of itself over `a` with `a`.
#[inline]
fn of_angle_and_norms(a: f64, b: f64, ab: f64, d: f64, f: impl Fn(f64) -> Jet) -> Slopes {
    let norms = (a * b).sqrt();
    let cosine = cosine(ab, norms);
    let (value, slope) = f(cosine);
    let scale = norms / d;
    Slopes { value: scale * value, in_square: over(scale * (value - slope * cosine), a + a), in_product: slope / d }
}

/// The cosine of the angle; 0 where a vector is zero and has no direction.
#[inline]
fn cosine(ab: f64, norms: f64) -> f64 {
    over(ab, norms).clamp(-1.0, 1.0)
}

/// A quotient; 0 where the divisor is.
#[inline]
fn over(x: f64, y: f64) -> f64 {
    if y == 0.0 { 0.0 } else { x / y }
}

/// `t^n`, by `n` multiplications.
#[inline(always)]
fn power(t: f64, n: u32) -> f64 {
    (0..n).fold(1.0, |product, _| product * t)
}

/// `(offset + t)^n`.
#[inline(always)]
fn shifted_power(t: f64, offset: f64, n: u32) -> Jet {
    let below = power(offset + t, n.saturating_sub(1));
    if n == 0 { (1.0, 0.0) } else { (below * (offset + t), f64::from(n) * below) }
}

/// `1 + t^2 + t^4`.
#[inline(always)]
fn even(t: f64) -> Jet {
    let square = t * t;
    (1.0 + square + square * square, 2.0 * t + 4.0 * (square * t))
}

/// `exp(-rate s)`.
fn gaussian(s: f64, rate: f64) -> Jet {
    let value = exp(-rate * s);
    (value, -rate * value)
}

/// `exp(-rate sqrt s)`.
fn laplace(s: f64, rate: f64) -> Jet {
    let distance = s.sqrt();
    let value = exp(-rate * distance);
    (value, -over(rate * value, distance + distance))
}

/// `(pi - theta)/pi` at `c = cos theta`, where `pi - theta` is the angle with cosine `-c`.
fn arc_cosine_0(c: f64) -> Jet {
    (acos(-c) / PI, over(1.0, PI * sine(c)))
}

/// `(sin theta + (pi - theta) cos theta)/pi` at `c = cos theta`; its derivative is [`arc_cosine_0`].
fn arc_cosine_1(c: f64) -> Jet {
    let opposite = acos(-c);
    ((sine(c) + opposite * c) / PI, opposite / PI)
}

/// `sin theta` at `c = cos theta`.
fn sine(c: f64) -> f64 {
    ((1.0 - c) * (1.0 + c)).sqrt()
}

/// The tangent kernel of a ReLU network between unit vectors with inner product `c` (Jacot, Gabriel and Hongler 2018).
///
/// With the arc-cosine kernels `k_0`, `k_1` as functions of the cosine, `s_1 = t_1 = c` and, from each layer to the next,
///
/// ```text
///   s_{l+1} = k_1(s_l)        t_{l+1} = s_{l+1} + t_l k_0(s_l)
/// ```
///
/// `s` is the covariance of the units (scaled so that `s = 1` stays), `t` the tangent kernel.
pub fn tangent(c: f64, depth: u32) -> (f64, f64) {
    let mut s = (c, 1.0);
    let mut t = (c, 1.0);
    for _ in 1..depth {
        let (value, slope) = arc_cosine_0(s.0);
        let k_0 = (value, slope * s.1);
        let (value, slope) = arc_cosine_1(s.0);
        s = (value.min(1.0), slope * s.1);
        t = (s.0 + t.0 * k_0.0, s.1 + (t.1 * k_0.0 + t.0 * k_0.1));
    }
    t
}

/// `K_p(s)`, the coefficient of `z^p` in `(1+z)^(d-h) (1-z)^h` where `s = d - 2h`, with its derivative in `s`.
///
/// The generating function `g` has `(1 - z^2) g' = (s - d z) g`, and coefficients are compared:
///
/// ```text
///   (p+1) K_{p+1} = s K_p - (d-p+1) K_{p-1}        K_0 = 1        K_{-1} = 0
/// ```
fn krawtchouk(s: f64, d: f64, degree: u32) -> Slopes {
    let (mut before, mut at) = ((0.0, 0.0), (1.0, 0.0));
    for p in 0..degree {
        let (below, next) = (d - f64::from(p) + 1.0, f64::from(p) + 1.0);
        let after = ((s * at.0 - below * before.0) / next, (at.0 + s * at.1 - below * before.1) / next);
        (before, at) = (at, after);
    }
    Slopes { value: at.0, in_square: 0.0, in_product: at.1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_1_PI;

    const ALL: [Kernel; 12] = [
        Kernel::Polynomial { offset: 3.0, degree: 4 },
        Kernel::Polynomial { offset: 0.0, degree: 3 },
        Kernel::Even,
        Kernel::Rbf { rate: 0.3 },
        Kernel::Laplace { rate: 0.7 },
        Kernel::ArcCosine0,
        Kernel::ArcCosine1,
        Kernel::Tangent { depth: 2, bias: false },
        Kernel::Tangent { depth: 3, bias: true },
        Kernel::Tangent { depth: 4, bias: false },
        Kernel::Parity { degree: 2 },
        Kernel::Parity { degree: 4 },
    ];

    /// `(|x|^2, |x'|^2, x.x')` in dimension 6, no two vectors parallel.
    const PAIRS: [(f64, f64, f64); 4] = [(6.0, 6.0, 2.0), (5.0, 7.0, -3.0), (2.5, 9.0, 1.0), (6.0, 4.0, 0.0)];

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within * expected.abs().max(1.0), "{found} is not {expected}");
    }

    /// A central difference with step 2^-14 is wrong by about 2^-30 times a third derivative (at most about 100 here), and
    /// 2^-38 by rounding.
    #[test]
    fn slopes_are_those_of_difference_quotients() {
        let h = 1.0 / 16384.0;
        for kernel in ALL {
            for (a, b, ab) in PAIRS {
                let Slopes { in_square, in_product, .. } = kernel.value_and_slopes(a, b, ab, 6);
                let quotient =
                    |a: [f64; 2], ab: [f64; 2]| (kernel.value(a[1], b, ab[1], 6) - kernel.value(a[0], b, ab[0], 6)) / (2.0 * h);
                near(in_square, quotient([a - h, a + h], [ab, ab]), 1e-7);
                near(in_product, quotient([a, a], [ab - h, ab + h]), 1e-7);
            }
        }
    }

    /// Euler: a kernel of degree `n` in `x` has `2a dk/da + ab dk/dab = n k`. Here no step size enters.
    #[test]
    fn slopes_of_homogeneous_kernels() {
        let degrees = [(ALL[1], 3.0), (ALL[5], 0.0), (ALL[6], 1.0), (ALL[7], 1.0), (ALL[9], 1.0)];
        for (kernel, degree) in degrees {
            for (a, b, ab) in PAIRS {
                let Slopes { value, in_square, in_product } = kernel.value_and_slopes(a, b, ab, 6);
                near(2.0 * a * in_square + ab * in_product, degree * value, 1e-14);
                assert_eq!(kernel.value(16.0 * a, b, 4.0 * ab, 6), [1.0, 4.0, 16.0, 64.0][degree as usize] * value);
            }
        }
    }

    /// Tangent kernels of unit vectors at the angles 0, pi/2, pi/3 and pi, from the recursion in thirty decimal digits.
    #[test]
    fn known_values_of_the_tangent_kernel() {
        let known = [
            (2, [FRAC_1_PI, 0.9423311143775627, 0.0]),
            (3, [0.6857086362829425, 1.351479561123483, FRAC_1_PI]),
            (4, [1.060388106802583, 1.737844679215309, 0.6857086362829425]),
        ];
        for (depth, [right, half, opposite]) in known {
            let at = |c: f64| Kernel::Tangent { depth, bias: false }.value(1.0, 1.0, c, 1);
            assert_eq!(at(1.0), f64::from(depth));
            near(at(0.0), right, 1e-15);
            near(at(0.5), half, 1e-15);
            near(at(-1.0), opposite, 1e-15);
        }
        assert_eq!(Kernel::Tangent { depth: 1, bias: false }.value(4.0, 9.0, -5.0, 10), -0.5);
        let (with, without) = (Kernel::Tangent { depth: 3, bias: true }, Kernel::Tangent { depth: 3, bias: false });
        assert_eq!(with.value(5.0, 7.0, -3.0, 6), without.value(6.0, 8.0, -2.0, 7));
    }

    /// The kernels of infinitely many units are means over their weights: `2 E[g(u) g(v)]` for normal `u, v` of correlation
    /// `cos theta`, where the radius integrates out and the midpoint rule does the angle. Its error is `O(1/n^2)` beside the
    /// jumps of the threshold, `O(1/n)` there.
    #[test]
    fn arc_cosine_kernels_are_means_over_units() {
        let n = 100_000;
        for theta in [0.3, 1.0, 2.0, 3.0] {
            let mean = |g: fn(f64) -> f64, scale: f64| {
                let at = |i: i32| (f64::from(i) + 0.5) * 2.0 * PI / f64::from(n);
                scale / f64::from(n) * (0..n).map(|i| g(at(i).cos()) * g((at(i) - theta).cos())).sum::<f64>()
            };
            let c = f64::cos(theta);
            near(Kernel::ArcCosine1.value(1.0, 1.0, c, 1), mean(|u| u.max(0.0), 4.0), 1e-8);
            near(Kernel::ArcCosine0.value(1.0, 1.0, c, 1), mean(|u| f64::from(u > 0.0), 2.0), 1e-4);
        }
    }

    #[test]
    fn parities_are_the_direct_sum_on_small_cubes() {
        for d in 0..8u32 {
            for degree in 0..=d + 1 {
                for x in 0..1u32 << d {
                    let sets = (0..1u32 << d).filter(|s| s.count_ones() == degree);
                    let direct: i32 = sets.map(|s| 1 - 2 * ((s & x).count_ones() as i32 & 1)).sum();
                    let inner = f64::from(d) - 2.0 * f64::from(x.count_ones());
                    let size = f64::from(d);
                    assert_eq!(Kernel::Parity { degree }.value(size, size, inner, d as usize), f64::from(direct));
                }
            }
        }
    }

    #[test]
    fn no_infinity_at_equal_or_zero_inputs() {
        for kernel in ALL {
            for (a, b, ab) in [(6.0, 6.0, 6.0), (6.0, 6.0, -6.0), (0.0, 6.0, 0.0), (6.0, 0.0, 0.0), (0.0, 0.0, 0.0)] {
                let Slopes { value, in_square, in_product } = kernel.value_and_slopes(a, b, ab, 6);
                assert!([value, in_square, in_product].iter().all(|v| v.is_finite()), "{} at {a} {b} {ab}", kernel.name());
            }
        }
    }

    #[test]
    fn many_values_are_those_of_each() {
        let polynomial = |degree| Kernel::Polynomial { offset: 0.3, degree };
        for kernel in ALL.into_iter().chain([0, 1, 2, 4, 5].map(polynomial)) {
            let mut squares: Vec<f64> = (0..150).map(|i| 3.0 + 0.2 * f64::from(i)).collect();
            let mut products: Vec<f64> = (0..150).map(|i| 0.37 * f64::from(i - 9)).collect();
            // At a distance of 0, of less by rounding, and where the exponential is subnormal or 0.
            squares.extend([5.0, 5.0, 5e3, 6e3, 1e6]);
            products.extend([5.0, 5.000001, 0.0, 0.0, -1e3]);
            let mut values = products.clone();
            kernel.apply(&mut values, &squares, 5.0, 6);
            let each: Vec<f64> = squares.iter().zip(&products).map(|(&a, &ab)| kernel.value(a, 5.0, ab, 6)).collect();
            assert_eq!(values, each, "{}", kernel.name());
        }
    }

    #[test]
    fn names_and_encodings_differ() {
        for (i, kernel) in ALL.iter().enumerate() {
            for other in &ALL[..i] {
                assert_ne!(kernel.name(), other.name());
                assert_ne!(kernel.encode(Canonical::default()).bytes(), other.encode(Canonical::default()).bytes());
            }
        }
    }
}
