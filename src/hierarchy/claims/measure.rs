//! What is measured of a run.

use crate::claim::Value;
use crate::claim::judging::slope;
use crate::enclosure::Interval;
use crate::exact::Rational;
use crate::hierarchy::experiment::Run;
use crate::hierarchy::experiment::run::PhaseEnd;

/// The feature error `f` of layer 2 at the end of a phase; `None` when the descent diverged.
pub fn feature_error(phase: &PhaseEnd) -> Option<Interval> {
    phase.feature_error_squared.as_ref().and_then(|squared| Interval::from(squared).sqrt())
}

/// The exact te of a run; `None` when there is none, because the descent diverged or the value is not affordable.
pub fn relative_risk(run: &Run) -> Option<Rational> {
    run.relative_risk.as_ref().ok().cloned()
}

/// A replayed float, exactly; `None` when it is not finite.
pub fn replayed(value: f64) -> Option<Rational> {
    Rational::try_from(value).ok()
}

/// te * Var(y): the variance of the residual.
pub fn residual_variance(run: &Run) -> Option<Rational> {
    Some(&relative_risk(run)? * run.target_variance.as_ref()?)
}

/// The slope of `ln(te Var(y))` against `ln eps` over runs at these gaps, in their order; `None` when a value is absent.
pub fn residual_slope(gaps: &[f64], runs: &[&Run]) -> Option<Interval> {
    let residual = |run: &Run| residual_variance(run).map(|v| Interval::from(&v));
    slope(&gaps.iter().zip(runs).map(|(&gap, run)| (gap, residual(run))).collect::<Vec<_>>())
}

/// A count of a seeded run, such as its steps.
pub fn replayed_count(count: impl ToString) -> Value {
    Value::replayed(count.to_string())
}
