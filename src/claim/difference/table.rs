//! What moved between two tables.

use super::super::{Column, Table, Value};
use super::lines::{alone, changed};
use super::pairs::pairs;
use crate::layout::aligned;

/// Headings, rows that only one side has, moved cells, and the number of rows in which nothing but the digest of a run moved.
pub fn difference(old: &Table, new: &Table) -> String {
    let tables = Tables::of(old, new);
    let [before, now] = [old, new].map(|table| table.rows().iter().map(|row| tables.name(row)).collect::<Vec<_>>());
    let (mut cells, mut unpaired, mut digests) = (Vec::new(), String::new(), 0);
    for pair in pairs(&before, &now) {
        match pair {
            (Some(from), Some(to)) => {
                let moved = tables.moved(&old.rows()[from], &new.rows()[to]);
                digests += usize::from(moved.is_empty() && tables.digest_moved(&old.rows()[from], &new.rows()[to]));
                cells.extend(moved);
            }
            (Some(gone), None) => unpaired += &alone("    ", &format!("row {}", before[gone]), true),
            (_, Some(added)) => unpaired += &alone("    ", &format!("row {}", now[added]), false),
            (None, None) => {}
        }
    }
    let moved = changed("title", old.title(), new.title()) + &tables.headings() + &unpaired + &listed(cells) + &counted(digests);
    if moved.is_empty() { moved } else { format!("  table `{}`\n{moved}", new.title()) }
}

/// Two tables, with the columns that they share.
struct Tables<'a> {
    old: &'a Table,
    new: &'a Table,
    /// Places in the old and in the new table.
    columns: Vec<(usize, usize)>,
    /// As many leading cells tell the rows apart.
    leading: usize,
}

type Row = Vec<String>;

impl<'a> Tables<'a> {
    fn of(old: &'a Table, new: &'a Table) -> Self {
        let [before, now] = [old, new].map(|table| table.columns().iter().map(|c| &c.name).collect::<Vec<_>>());
        let columns = pairs(&before, &now).into_iter().filter_map(|(before, now)| before.zip(now)).collect();
        Tables { old, new, columns, leading: leading(old).max(leading(new)) }
    }

    fn name(&self, row: &Row) -> String {
        row.iter().take(self.leading).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn headings(&self) -> String {
        let heading = |c: &Column| format!("{} ({})", c.name, c.kind.name());
        let [old, new] = [self.old, self.new].map(|t| t.columns().iter().map(heading).collect::<Vec<_>>().join(", "));
        changed("columns", &old, &new)
    }

    /// The moved cells of a row but its digests: row, column, old, new, relative difference.
    fn moved(&self, before: &Row, now: &Row) -> Vec<Row> {
        let moved = self.columns.iter().filter(|&&(b, n)| before[b] != now[n] && !are_digests(&before[b], &now[n]));
        let line = |&(b, n): &(usize, usize)| {
            let [kind, to] = [(self.old, b), (self.new, n)].map(|(table, column)| table.columns()[column].kind);
            let relative = relative(&Value::in_column(kind, &before[b]), &Value::in_column(to, &now[n]));
            vec![self.name(before), self.new.columns()[n].name.clone(), before[b].clone(), now[n].clone(), relative]
        };
        moved.map(line).collect()
    }

    fn digest_moved(&self, before: &Row, now: &Row) -> bool {
        self.columns.iter().any(|&(b, n)| before[b] != now[n] && are_digests(&before[b], &now[n]))
    }
}

/// The fewest leading columns that tell all rows apart; all columns where none do.
fn leading(table: &Table) -> usize {
    let all = table.columns().len();
    let distinct = |count: &usize| {
        let mut leads: Vec<&[String]> = table.rows().iter().map(|row| &row[..*count]).collect();
        leads.sort_unstable();
        leads.windows(2).all(|pair| pair[0] != pair[1])
    };
    (1..all).find(distinct).unwrap_or(all)
}

/// Whether both texts are digests: sixteen or more hexadecimal digits.
fn are_digests(before: &str, now: &str) -> bool {
    let is_digest = |text: &str| text.len() >= 16 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    is_digest(before) && is_digest(now) && before.len() == now.len()
}

/// The difference relative to the old number; nothing where one of them is a word or the old one is zero.
fn relative(before: &Value, now: &Value) -> String {
    let numbers = before.approximate().zip(now.approximate()).filter(|(b, _)| *b != 0.0);
    match numbers.map(|(before, now)| (now - before) / before.abs()).filter(|r| r.is_finite()) {
        None => String::new(),
        Some(0.0) => "below the resolution of doubles".into(),
        Some(relative) => format!("{relative:+.1e}"),
    }
}

fn listed(cells: Vec<Row>) -> String {
    if cells.is_empty() {
        return String::new();
    }
    let head = ["row", "column", "stored", "found", "relative difference, about"].map(String::from).to_vec();
    let lines: Vec<Row> = std::iter::once(head).chain(cells).collect();
    aligned(&lines).into_iter().map(|line| format!("    {line}\n")).collect()
}

fn counted(digests: usize) -> String {
    if digests == 0 { String::new() } else { format!("    rows in which only the digest of a run moved: {digests}\n") }
}
