//! Several initialisations, the best by its training loss.

use crate::canonical::Canonical;
use crate::error::Result;

/// Trains from up to `most` initialisations and keeps the one with the least training loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restarts {
    /// At most this many initialisations; at least one is made.
    pub most: u64,
    /// No further one is made once a training loss / Var(y) is below this.
    pub enough: f64,
}

impl Restarts {
    /// The first initialisation, whatever comes of it.
    pub const NONE: Restarts = Restarts { most: 1, enough: 0.0 };

    /// Appends the settings to a canonical encoding.
    pub fn encode(&self, c: Canonical) -> Canonical {
        c.text("restarts").integer(self.most).float(self.enough)
    }

    /// Calls `attempt(0)`, `attempt(1)`, ..., each of which gives its training loss and what was trained; the best of them, the first
    /// of equals, and which it was. A loss that is not a number loses to every number.
    ///
    /// # Errors
    /// The first error of an attempt.
    pub fn best<T>(&self, mut attempt: impl FnMut(u64) -> Result<(f64, T)>) -> Result<(u64, T)> {
        let (mut least, trained) = attempt(0)?;
        let mut best = (0, trained);
        for n in 1..self.most {
            if least < self.enough {
                break;
            }
            let (loss, trained) = attempt(n)?;
            if loss < least || least.is_nan() {
                (least, best) = (loss, (n, trained));
            }
        }
        Ok(best)
    }
}

/// The stream of an attempt: `name` for the first, then `name 1`, `name 2`, ...
pub fn stream_name(name: &str, attempt: u64) -> String {
    if attempt == 0 { name.into() } else { format!("{name} {attempt}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(restarts: Restarts, losses: &[f64]) -> (u64, f64, usize) {
        let mut tried = 0;
        let attempt = |n: u64| {
            tried += 1;
            Ok((losses[n as usize], losses[n as usize]))
        };
        let (n, loss) = restarts.best(attempt).unwrap();
        (n, loss, tried)
    }

    #[test]
    fn the_least_training_loss_is_kept_and_enough_is_enough() {
        let four = Restarts { most: 4, enough: 1e-9 };
        assert_eq!(best(four, &[1e-10, 0.0, 0.0, 0.0]), (0, 1e-10, 1));
        assert_eq!(best(four, &[0.5, 1e-3, 0.1, 1e-3]), (1, 1e-3, 4));
        assert_eq!(best(four, &[0.5, 1e-12, 0.0, 0.0]), (1, 1e-12, 2));
        assert_eq!(best(four, &[f64::NAN, 0.5, f64::NAN, 0.4]), (3, 0.4, 4));
        assert_eq!(best(Restarts::NONE, &[7.0]), (0, 7.0, 1));
    }
}
