//! The numbers of a golden, read back.
//!
//! Cells hold no two spaces side by side, and the names of kinds hold none at all: the row of kinds shows where columns begin, also
//! where cells are empty.

use super::super::{Column, Condition, Kind, Outcome, Outcomes, Profile, Table, Verdict};
use super::render;
use crate::error::{Error, Result};

/// The outcomes whose rendering is `text`, exactly. Where no conclusion was drawn every verdict is
/// [`Undecided`](Verdict::Undecided), as in [`Outcomes::without_verdicts`].
///
/// # Errors
/// When `text` is not the rendering of any outcomes; with the line of `text` from which it is not, where that is known.
pub fn parse(text: &str) -> Result<Outcomes> {
    let malformed = || Error::golden("not the numbers of a golden as they are written here");
    let mut parts = sections(text).into_iter().take_while(|(title, _)| is_part(title)).map(|(_, lines)| outcome(&lines));
    let check = parts.next().flatten().ok_or_else(malformed)?;
    let controls = parts.collect::<Option<Vec<Outcome>>>().ok_or_else(malformed)?;
    let outcomes = Outcomes { check, controls };
    // Whatever was read wrongly, or is not written as it is here, shows when it is written again.
    let shared =
        Profile::ALL.map(|profile| render(&outcomes, profile)).map(|written| (written == text, shared_lines(text, &written)));
    match shared.iter().max() {
        Some((false, lines)) => Err(malformed().at_line(lines + 1)),
        _ => Ok(outcomes),
    }
}

fn shared_lines(text: &str, written: &str) -> usize {
    text.lines().zip(written.lines()).take_while(|(a, b)| a == b).count()
}

/// The titles, which stand at the margin, with the lines below each.
fn sections(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        match sections.last_mut() {
            Some((_, lines)) if line.is_empty() || line.starts_with(' ') => lines.push(line),
            _ => sections.push((line, Vec::new())),
        }
    }
    sections
}

/// Whether a title is that of a check or a control, and not a line of the conclusion.
fn is_part(title: &str) -> bool {
    let number = title.strip_prefix("control ").filter(|number| !number.starts_with(' '));
    title == "check" || title == "control" || number.is_some()
}

fn outcome(lines: &[&str]) -> Option<Outcome> {
    let mut blocks = lines.split(|line| line.is_empty());
    let conditions = blocks.next()?.chunks(3).map(condition).collect::<Option<_>>()?;
    // An empty line closes a section, and leaves an empty block.
    let tables = blocks.filter(|block| !block.is_empty()).map(table).collect::<Option<_>>()?;
    Some(Outcome { conditions, tables })
}

fn condition(lines: &[&str]) -> Option<Condition> {
    let &[first, requires, found] = lines else { return None };
    let (word, key) = (first.get(2..11)?.trim_end(), first.get(13..)?);
    let verdict = if word == "compared" { Verdict::Undecided } else { Verdict::named(word)? };
    let labelled = |line: &str| Some(line.get(23..)?.to_string());
    Some(Condition { key: key.into(), requires: labelled(requires)?, found: labelled(found)?, verdict })
}

fn table(lines: &[&str]) -> Option<Table> {
    let [title, names, kinds, rows @ ..] = lines else { return None };
    let starts = starts(kinds);
    let kinds = cells(kinds, &starts).iter().map(|name| Kind::named(name)).collect::<Option<Vec<_>>>()?;
    let columns = cells(names, &starts).into_iter().zip(kinds).map(|(name, kind)| Column { name, kind }).collect();
    Some(Table::from_parts(title.get(2..)?, columns, rows.iter().map(|row| cells(row, &starts)).collect()))
}

/// Where the words of a line begin, in characters.
fn starts(line: &str) -> Vec<usize> {
    let before = std::iter::once(' ').chain(line.chars());
    let beginnings = before.zip(line.chars()).enumerate().filter(|(_, (before, here))| *before == ' ' && *here != ' ');
    beginnings.map(|(index, _)| index).collect()
}

/// The texts from each start to the next.
fn cells(line: &str, starts: &[usize]) -> Vec<String> {
    let line: Vec<char> = line.chars().collect();
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    let cell =
        |(&start, end): (&usize, usize)| line.get(start..end.min(line.len())).unwrap_or_default().iter().collect::<String>();
    starts.iter().zip(ends).map(|range| cell(range).trim_end().to_string()).collect()
}
