//! How a run ended, in words.

use crate::exact::Rational;
use crate::hierarchy::experiment::Run;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// With a predictor whose error is what it seems.
    Finished,
    /// A loss or a weight is not finite, or the training loss is above [`LOST`].
    Diverged,
    /// te is above 1, or it is above [`LARGE`] while the training loss is below [`TINY`].
    Dominated,
    /// There is no predictor: a factorisation met a pivot that is not positive.
    Failed,
}

/// A training loss / Var(y), which begins near 1, above this is lost.
const LOST: f64 = 1e3;
/// A training loss / Var(y) below this leaves nothing to learn from the samples.
const TINY: f64 = 1e-6;
/// A te above this is not what such a training loss promises.
const LARGE: f64 = 1e-2;
/// te above this many times the test error is made by inputs that the sample has not.
const RARE: f64 = 3.0;

impl Status {
    /// Of a run; its training loss is that of the last phase.
    pub fn of(run: &Run) -> Self {
        let loss = run.phases.last().map(|phase| phase.loss);
        let not_finite = |risk: &str| risk == NOT_FINITE;
        match &run.relative_risk {
            _ if loss.is_some_and(|loss| !loss.is_finite() || loss > LOST) => Status::Diverged,
            Err(reason) if not_finite(reason) => Status::Diverged,
            Err(_) if run.test_error.is_none() && run.learner.is_none() => Status::Failed,
            Err(_) if run.test_error.is_some_and(|error| !error.is_finite()) => Status::Diverged,
            Ok(risk) if dominated(risk, loss) => Status::Dominated,
            _ => Status::Finished,
        }
    }

    /// The name in `result.json` and `results.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Status::Finished => "finished",
            Status::Diverged => "diverged",
            Status::Dominated => "dominated",
            Status::Failed => "failed",
        }
    }

    /// What a person should know of it; nothing where the run simply finished. `test_error` stands beside te.
    pub fn in_words(self, run: &Run, test_error: Option<f64>) -> Option<String> {
        match self {
            Status::Finished => None,
            Status::Diverged => Some(
                "diverged: the training loss is above 1000 Var(y), or a weight is not finite; a smaller `step` or `cap` may help"
                    .into(),
            ),
            Status::Failed => Some("failed: no predictor was found; a larger `ridge` may help".into()),
            Status::Dominated => Some(dominated_in_words(run, test_error)),
        }
    }
}

/// How many runs ended in which way, in words.
pub fn count(statuses: impl IntoIterator<Item = Status>) -> String {
    let statuses: Vec<Status> = statuses.into_iter().collect();
    let all = [Status::Finished, Status::Diverged, Status::Dominated, Status::Failed];
    let counted = all.map(|status| (statuses.iter().filter(|s| **s == status).count(), status.name()));
    let words = |name: &str| match name == Status::Dominated.name() {
        true => format!("{name} (te > 1, or te > {LARGE} at a training loss below {TINY:e})"),
        false => name.to_string(),
    };
    let shown = counted.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {}", words(name)));
    shown.collect::<Vec<_>>().join(", ")
}

/// Why te is absent where a weight is not finite, in the words of the exact risk.
const NOT_FINITE: &str = "a weight is not finite";

fn dominated(risk: &Rational, loss: Option<f64>) -> bool {
    let te = risk.to_f64();
    te > 1.0 || (loss.is_some_and(|loss| loss < TINY) && te > LARGE)
}

fn dominated_in_words(run: &Run, test_error: Option<f64>) -> String {
    let te = run.relative_risk.as_ref().map_or(f64::NAN, Rational::to_f64);
    match test_error {
        Some(error) if te > RARE * error => format!(
            "dominated: te is made by rare large inputs; on 20000 test samples the error is {error:.3e}. Their powers are the top layers': \
             more samples, or a smaller `step` of the last phase, may help"
        ),
        Some(error) => format!(
            "dominated: te is large, and so is the error on 20000 test samples, {error:.3e}: the network does not describe the population. \
             More samples or more steps may help"
        ),
        None => "dominated: te is large, and no test error is known".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::experiment::run::PhaseEnd;

    fn run(te: Result<f64, &str>, loss: f64, test_error: Option<f64>) -> Run {
        Run {
            phases: vec![PhaseEnd { steps: 1, loss, feature_error_squared: None }],
            relative_risk: te.map(|te| Rational::try_from(te).unwrap()).map_err(String::from),
            target_variance: None,
            test_error,
            scores: Vec::new(),
            learner: None,
            trace: Vec::new(),
            choice: String::new(),
            digest: String::new(),
        }
    }

    #[test]
    fn each_ending_has_its_status() {
        for (run, status) in [
            (run(Ok(0.5), 0.5, None), Status::Finished),
            (run(Ok(1e-3), 1e-9, None), Status::Finished),
            (run(Ok(0.02), 1e-9, None), Status::Dominated),
            (run(Ok(1.5), 0.9, None), Status::Dominated),
            (run(Ok(0.5), f64::NAN, None), Status::Diverged),
            (run(Ok(1e9), 1e9, None), Status::Diverged),
            (run(Err(NOT_FINITE), 1.0, None), Status::Diverged),
            (run(Err("not positive definite"), 1.0, None), Status::Failed),
            (run(Err("too many terms"), 1.0, Some(0.1)), Status::Finished),
        ] {
            assert_eq!(Status::of(&run), status, "{run:?}");
        }
    }

    #[test]
    fn rare_inputs_are_told_from_a_poor_fit() {
        let words = |error| Status::Dominated.in_words(&run(Ok(2.0), 1e-9, None), error).unwrap();
        assert!(words(Some(1e-4)).contains("rare large inputs") && words(Some(1.9)).contains("does not describe the population"));
    }
}
