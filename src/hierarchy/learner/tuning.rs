//! Tuning of the alternatives: on the test sample itself, which favours them.

use super::samples::Samples;
use crate::portable::reduce::variance;

/// The best of the settings that were tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuned {
    /// The settings, readable, such as `ridge 1e-6, bandwidth 0.3`.
    pub choice: String,
    /// Their test error: the variance of the error over the variance of the labels, on the test sample; replayed.
    pub error: f64,
}

impl Tuned {
    /// The setting with the least test error, the first of equals; an error that is not a number loses to every number.
    ///
    /// `None` when nothing was tried.
    pub fn best(tried: impl IntoIterator<Item = Tuned>) -> Option<Tuned> {
        let worth = |t: &Tuned| if t.error.is_nan() { f64::INFINITY } else { t.error };
        tried.into_iter().reduce(|best, next| if worth(&next) < worth(&best) { next } else { best })
    }
}

/// The variance of `predicted - y` over the variance of `y` on the samples: a free bias is granted. Guarantee: replayed.
pub fn test_error(predicted: &[f64], test: &Samples) -> f64 {
    let errors: Vec<f64> = predicted.iter().zip(test.labels()).map(|(f, y)| f - y).collect();
    variance(&errors) / test.label_variance()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;

    #[test]
    fn the_first_of_the_best_is_taken_and_nan_never() {
        let tuned = |choice: &str, error| Tuned { choice: choice.into(), error };
        let tried = [tuned("a", f64::NAN), tuned("b", 0.5), tuned("c", 0.25), tuned("d", 0.25)];
        assert_eq!(Tuned::best(tried).map(|t| t.choice), Some("c".into()));
        assert!(Tuned::best([]).is_none());
    }

    #[test]
    fn a_bias_is_free() {
        let test = Samples::new(&Matrix::from_fn(1, 4, |_, n| n as f64), vec![0.0, 1.0, 2.0, 3.0], false);
        assert_eq!(test_error(&[5.0, 6.0, 7.0, 8.0], &test), 0.0);
        assert_eq!(test_error(&[1.0; 4], &test), 1.0);
    }
}
