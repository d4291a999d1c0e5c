//! What is measured of a run.

use crate::claim::Value;
use crate::claim::judging::slope;
use crate::enclosure::Interval;
use crate::error::Result;
use crate::exact::Rational;
use crate::hierarchy::claims::instances::GAPS;
use crate::hierarchy::experiment::run::PhaseEnd;
use crate::hierarchy::experiment::{Cell, Run, Runs};

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

/// What runs leave that differ in the gap alone.
pub struct AgainstGap {
    /// te at each of [`GAPS`].
    pub te: [Option<Rational>; 3],
    /// The slope of `ln(te Var(y))` against `ln eps`; `None` when a value is absent.
    pub slope: Option<Interval>,
}

impl AgainstGap {
    /// Of the runs `at` each of [`GAPS`].
    pub fn of(runs: &Runs, at: impl Fn(f64) -> Cell) -> Result<Self> {
        let found: Vec<&Run> = GAPS.iter().map(|&gap| runs.get(&at(gap))).collect::<Result<_>>()?;
        let residual = |run: &Run| residual_variance(run).map(|v| Interval::from(&v));
        let points: Vec<_> = GAPS.iter().zip(&found).map(|(&gap, run)| (gap, residual(run))).collect();
        // One run for each gap.
        Ok(AgainstGap { te: std::array::from_fn(|i| relative_risk(found[i])), slope: slope(&points) })
    }
}

/// A count of a seeded run, such as its steps.
pub fn replayed_count(count: impl ToString) -> Value {
    Value::replayed(count.to_string())
}
