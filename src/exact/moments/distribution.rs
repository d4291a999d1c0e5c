//! The laws of the inputs.

use std::str::FromStr;

use crate::error::{Error, Result};

/// The law of the inputs `x` in `R^d`; each has mean 0 and covariance `I`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distribution {
    /// `N(0, I)`.
    Gaussian,
    /// Uniform on `{-1, 1}^d`.
    Cube,
    /// Uniform on the sphere of radius `sqrt(d)`.
    Sphere,
}

impl Distribution {
    /// All distributions.
    pub const ALL: [Distribution; 3] = [Distribution::Gaussian, Distribution::Cube, Distribution::Sphere];

    /// The name used in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Distribution::Gaussian => "gaussian",
            Distribution::Cube => "cube",
            Distribution::Sphere => "sphere",
        }
    }
}

impl FromStr for Distribution {
    type Err = Error;

    /// # Errors
    /// When the name is none of [`ALL`](Distribution::ALL).
    fn from_str(name: &str) -> Result<Self> {
        let known = Distribution::ALL.into_iter().find(|d| d.name() == name);
        known.ok_or_else(|| Error::input(format!("{name:?}"), "gaussian, cube or sphere"))
    }
}
