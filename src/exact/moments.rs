//! placeholder until the exact room is merged
use crate::error::{Error, Result};
/// Where inputs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distribution {
    /// N(0,I)
    Gaussian,
    /// cube
    Cube,
    /// sphere
    Sphere,
}
impl Distribution {
    /// Name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Cube => "cube",
            Self::Sphere => "sphere",
        }
    }
    /// All.
    pub const ALL: [Distribution; 3] = [Self::Gaussian, Self::Cube, Self::Sphere];
}
#[allow(dead_code)]
fn x() -> Result<()> {
    Err(Error::refused(""))
}
