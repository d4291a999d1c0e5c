//! placeholder until the exact room is merged
use crate::exact::{moments::Distribution, rational::Rational};
use crate::network::Network;
/// Absent.
#[derive(Debug)]
pub struct Absent;
impl std::fmt::Display for Absent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("absent")
    }
}
/// Risk.
pub struct Risk {
    /// te
    pub relative: Rational,
    /// Var
    pub target_variance: Rational,
}
/// Var.
pub fn variance(_n: &Network<f64>, _d: Distribution) -> Result<Rational, Absent> {
    Err(Absent)
}
/// te.
pub fn relative_risk(_t: &Network<f64>, _l: &Network<f64>, _d: Distribution) -> Result<Risk, Absent> {
    Err(Absent)
}
/// f^2
pub fn feature_error_squared(t: &Network<f64>, l: &Network<f64>) -> Rational {
    let g = |n: &Network<f64>, i: usize, j: usize| {
        n.layer(2)
            .weights
            .iter()
            .map(|w| (0..w.rows()).map(|_| 0.0).sum::<f64>() + (0..w.rows()).map(|r| w[(r, i)] * w[(r, j)]).sum::<f64>())
            .sum::<f64>()
    };
    let d = t.architecture().dimension();
    let (mut a, mut b) = (0.0, 0.0);
    for i in 0..d {
        for j in 0..d {
            let (x, y) = (g(t, i, j), g(l, i, j));
            a += (x - y) * (x - y);
            b += x * x;
        }
    }
    Rational(a / b)
}
