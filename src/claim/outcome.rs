//! What came of a check: conditions, and the numbers behind them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Kind, Value, Verdict};
use crate::error::Result;
use crate::layout::one_line;

/// How the key of a condition begins that checks the apparatus and not the claim.
const APPARATUS: &str = "apparatus: ";
/// What stands between the keys of conditions of which one must hold.
const JOINED: &str = " | ";

/// One thing that must hold for a claim, with what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The quantity and the direction, such as `te below`, without instance, threshold or count: the same in the check and in the
    /// controls that must refute it.
    pub key: String,
    /// The requirement, such as `te < 1e-12 on every seed`.
    pub requires: String,
    /// What was found, such as `largest te 3.1e-27`.
    pub found: String,
    /// Whether it holds.
    pub verdict: Verdict,
}

impl Condition {
    /// A condition with all its words on one line each.
    pub fn new(key: &str, requires: impl AsRef<str>, found: impl AsRef<str>, verdict: impl Into<Verdict>) -> Self {
        let [key, requires, found] = [key, requires.as_ref(), found.as_ref()].map(one_line);
        Condition { key, requires, found, verdict: verdict.into() }
    }

    /// The same under another key: for a quantity whose words begin with an instance.
    pub fn keyed(self, key: &str) -> Self {
        Condition { key: one_line(key), ..self }
    }

    /// The same, marked as a condition that checks the apparatus and not the claim: a sanity check that no broken premise of the claim
    /// could refute. Its key says so, and [`Outcomes::never_refuted`] leaves it out.
    pub fn of_apparatus(self) -> Self {
        Condition { key: format!("{APPARATUS}{}", self.key), ..self }
    }

    /// Returns whether it checks the apparatus and not the claim.
    pub fn is_of_apparatus(&self) -> bool {
        self.key.starts_with(APPARATUS)
    }

    /// The keys that it judges: its own, or those of the conditions that it was made of by [`some_of`](Self::some_of).
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.key.split(JOINED)
    }

    /// The condition that at least one of these holds, so that it is refuted only when all are; its key names theirs.
    pub fn some_of(conditions: &[Condition]) -> Self {
        let listed = |c: &Condition| format!("{}: {}, found {}", c.verdict, c.requires, c.found);
        let found = conditions.iter().map(listed).collect::<Vec<_>>().join("; ");
        let mut keys: Vec<&str> = conditions.iter().map(|c| c.key.as_str()).collect();
        keys.dedup();
        // One that holds is enough, and of none nothing is shown.
        let verdict = conditions.iter().map(|c| c.verdict).max().unwrap_or(Verdict::Undecided);
        Condition::new(&keys.join(JOINED), "some of these holds on its broken premise", found, verdict)
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The heading.
    pub name: String,
    /// What its numbers rest on: the weakest of its cells; [`Kind::Text`] when none is a number.
    pub kind: Kind,
}

/// Numbers behind a verdict: exact, correctly rounded, or replayed bit for bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    title: String,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(title: impl AsRef<str>, columns: &[&str]) -> Self {
        let column = |name: &&str| Column { name: one_line(name), kind: Kind::Text };
        Table { title: one_line(title.as_ref()), columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }

    /// A table as it was stored; each row has as many cells as there are columns.
    pub(crate) fn from_parts(title: &str, columns: Vec<Column>, rows: Vec<Vec<String>>) -> Self {
        Table { title: title.into(), columns, rows }
    }

    /// What the rows are.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Adds to the title what is known only at the end.
    pub fn extend_title(&mut self, more: &str) {
        self.title = one_line(&format!("{}{more}", self.title));
    }

    /// The columns, from the left.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The texts of the cells, row by row.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// Adds a row of as many cells as there are columns; cells beyond them are an error of the caller.
    ///
    /// # Panics
    /// When the row has another number of cells: tables are written down in the code, column by column.
    pub fn push<V: Into<Value>>(&mut self, row: impl IntoIterator<Item = V>) {
        let row: Vec<Value> = row.into_iter().map(Into::into).collect();
        assert_eq!(row.len(), self.columns.len(), "a row of the table `{}`", self.title);
        for (column, value) in self.columns.iter_mut().zip(&row) {
            column.kind = column.kind.max(value.kind());
        }
        self.rows.push(row.into_iter().map(|value| value.as_str().to_string()).collect());
    }

    /// The cell in this row and column, if there is one.
    pub fn value(&self, row: usize, column: usize) -> Option<Value> {
        let text = self.rows.get(row)?.get(column)?;
        Some(Value::in_column(self.columns.get(column)?.kind, text))
    }

    /// The place of the column with this heading.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
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

    /// All of these must hold.
    ///
    /// # Errors
    /// The first of theirs.
    pub fn together(parts: impl IntoIterator<Item = Result<Outcome>>) -> Result<Self> {
        let mut all = Outcome::default();
        for part in parts {
            let Outcome { conditions, tables } = part?;
            all.conditions.extend(conditions);
            all.tables.extend(tables);
        }
        Ok(all)
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

    /// The keys of the check's conditions that no control refutes, once each and in order: what the check asserts there was never seen
    /// to fail. Conditions [of the apparatus](Condition::of_apparatus) are left out.
    pub fn never_refuted(&self) -> Vec<&str> {
        let judged = self.controls.iter().flat_map(|control| &control.conditions);
        let refuted: BTreeSet<&str> = judged.filter(|c| c.verdict == Verdict::Refuted).flat_map(Condition::keys).collect();
        let mut seen = BTreeSet::new();
        let conditions = self.check.conditions.iter().filter(|c| !c.is_of_apparatus());
        conditions.map(|c| c.key.as_str()).filter(|key| !refuted.contains(key) && seen.insert(*key)).collect()
    }

    /// The same, with every verdict [`Undecided`](Verdict::Undecided): what stands in the goldens of a profile that draws no conclusion.
    pub fn without_verdicts(mut self) -> Outcomes {
        let outcomes = std::iter::once(&mut self.check).chain(&mut self.controls);
        outcomes.flat_map(|outcome| &mut outcome.conditions).for_each(|condition| condition.verdict = Verdict::Undecided);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(conditions: &[(&str, Verdict)]) -> Outcome {
        let condition = |(key, verdict): &(&str, Verdict)| Condition::new(key, "x", "x", *verdict);
        Outcome { conditions: conditions.iter().map(condition).collect(), tables: Vec::new() }
    }

    #[test]
    fn a_condition_is_refuted_by_a_control_under_its_own_key() {
        use Verdict::{Refuted, Undecided, Verified};
        let check = outcome(&[("a", Verified), ("b", Verified), ("c", Verified), ("b", Verified), ("d", Verified)]);
        let controls = vec![outcome(&[("a", Refuted), ("b", Undecided)]), outcome(&[("c", Verified), ("d", Refuted)])];
        let mut outcomes = Outcomes { check, controls };
        assert_eq!(outcomes.never_refuted(), ["b", "c"]);
        // A condition that one of several holds is refuted only when each of them is.
        let some = |b, c| Condition::some_of(&outcome(&[("b", b), ("b", b), ("c", c)]).conditions);
        for (condition, left) in [(some(Refuted, Verified), vec!["b", "c"]), (some(Refuted, Refuted), vec![])] {
            outcomes.controls[1].conditions[0] = condition;
            assert_eq!(outcomes.never_refuted(), left);
        }
    }

    #[test]
    fn a_column_is_found_by_its_heading() {
        let table = Table::new("t", &["d", "te", "steps"]);
        let places = ["d", "te", "steps", "f"].map(|heading| table.position(heading));
        assert_eq!(places, [Some(0), Some(1), Some(2), None]);
    }

    #[test]
    fn another_key_changes_nothing_else() {
        let condition = Condition::new("a", "a < 1", "a = 0", true);
        assert_eq!(condition.keyed("b\nc"), Condition::new("b c", "a < 1", "a = 0", true));
    }

    #[test]
    fn a_condition_of_the_apparatus_is_left_out_and_says_so() {
        let mut outcomes = Outcomes { check: outcome(&[("a", Verdict::Verified)]), controls: vec![Outcome::default()] };
        assert_eq!(outcomes.never_refuted(), ["a"]);
        outcomes.check.conditions[0] = outcomes.check.conditions[0].clone().of_apparatus();
        assert_eq!(outcomes.check.conditions[0].key, "apparatus: a");
        assert_eq!(outcomes.never_refuted(), Vec::<&str>::new());
    }
}
