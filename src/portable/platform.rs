//! One assumption about the machine, and what was found.

/// One assumption, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformCheck {
    /// What is assumed.
    pub name: &'static str,
    /// What was found.
    pub found: String,
    /// Whether the assumption holds.
    pub holds: bool,
}

impl PlatformCheck {
    /// Holds when every `(computed, expected)` pair has the same bits.
    pub(super) fn bits(name: &'static str, pairs: &[(f64, f64)]) -> Self {
        let wrong = pairs.iter().find(|(computed, expected)| computed.to_bits() != expected.to_bits());
        let found = match wrong {
            Some((computed, expected)) => format!("{computed:e} where IEEE 754 says {expected:e}"),
            None => format!("as IEEE 754 says, {} cases", pairs.len()),
        };
        PlatformCheck { name, found, holds: wrong.is_none() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_bit_is_found() {
        let check = PlatformCheck::bits("sums", &[(1.0, 1.0), (1.0, 1f64.next_up())]);
        assert!(!check.holds && check.found.contains("where IEEE 754 says"), "{}", check.found);
    }
}
