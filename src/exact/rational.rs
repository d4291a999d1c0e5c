//! placeholder until the exact room is merged
/// Rational.
#[derive(Clone, Debug)]
pub struct Rational(pub f64);
impl Rational {
    /// Nearest f64.
    pub fn to_f64(&self) -> f64 {
        self.0
    }
    /// Correctly rounded decimal.
    pub fn to_decimal(&self, digits: usize) -> String {
        format!("{:.*e}", digits - 1, self.0)
    }
}
