//! Elementary functions from a pinned software library.
//!
//! The platform's own are neither correctly rounded nor the same everywhere; these are the same sequence of IEEE operations on
//! every machine. Guarantee of all: replayed, and approximate to about one unit in the last place.

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
