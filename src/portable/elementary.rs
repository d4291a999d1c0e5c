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
