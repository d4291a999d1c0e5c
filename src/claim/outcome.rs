//! What came of a check: conditions, and the numbers behind them.

use serde::{Deserialize, Serialize};

use super::Verdict;

/// One thing that must hold for a claim, with what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The requirement, such as `te < 1e-12 on every seed`.
    pub requires: String,
    /// What was found, such as `largest te 3.1e-27`.
    pub found: String,
    /// Whether it holds.
    pub verdict: Verdict,
}

impl Condition {
    /// The condition that at least one of these holds, so that it is refuted only when all are.
    pub fn some_of(conditions: &[Condition]) -> Self {
        let listed = |c: &Condition| format!("{}: {}, found {}", c.verdict, c.requires, c.found);
        Condition {
            requires: "some of these holds on its broken premise".into(),
            found: conditions.iter().map(listed).collect::<Vec<_>>().join("; "),
            verdict: conditions.iter().map(|c| c.verdict).max().unwrap_or(Verdict::Undecided),
        }
    }
}

/// Numbers behind a verdict: exact, correctly rounded, or replayed bit for bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What the rows are.
    pub title: String,
    /// One heading per column.
    pub columns: Vec<String>,
    /// Rows of as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Table { title: title.into(), columns: columns.iter().map(|c| c.to_string()).collect(), rows: Vec::new() }
    }
}

/// The outcome of a check, or of a control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What had to hold, and what was found.
    pub conditions: Vec<Condition>,
    /// The numbers.
    pub tables: Vec<Table>,
}

impl Outcome {
    /// All of these must hold.
    pub fn of(parts: impl IntoIterator<Item = (Condition, Table)>) -> Self {
        let (conditions, tables) = parts.into_iter().unzip();
        Outcome { conditions, tables }
    }

    /// At least one of these holds: for a control that breaks several premises, and must be refuted on each.
    pub fn some_holds(parts: impl IntoIterator<Item = (Condition, Table)>) -> Self {
        let (conditions, tables): (Vec<Condition>, Vec<Table>) = parts.into_iter().unzip();
        Outcome { conditions: vec![Condition::some_of(&conditions)], tables }
    }

    /// Refuted if any condition is, else Undecided if any is, else Verified. Without conditions nothing was shown: Undecided.
    pub fn verdict(&self) -> Verdict {
        self.conditions.iter().map(|c| c.verdict).min().unwrap_or(Verdict::Undecided)
    }
}

/// The outcomes of a claim's check and of its controls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Of the check.
    pub check: Outcome,
    /// Of each control, in the claim's order.
    pub controls: Vec<Outcome>,
}

impl Outcomes {
    /// Returns whether there is a control and each came out Refuted, as it must: a check that cannot fail shows nothing.
    pub fn controls_fail(&self) -> bool {
        self.control_verdict() == Verdict::Refuted
    }

    /// The verdict of the controls together: Refuted when all are, else that of the one that is furthest from it. Without
    /// controls nothing can fail: Verified.
    pub fn control_verdict(&self) -> Verdict {
        self.controls.iter().map(Outcome::verdict).max().unwrap_or(Verdict::Verified)
    }
}
