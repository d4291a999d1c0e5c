//! Symmetric integer matrices in the Matrix Market exchange format.
//!
//! Read are `%%MatrixMarket matrix` files in `coordinate` or `array` form, with the field `integer`, and the symmetry `symmetric` or
//! `general`; a `general` one must be symmetric all the same. Comments start with `%`. A `symmetric` file gives each pair of
//! entries once: in `array` form the lower triangle, column by column.

use std::num::NonZeroU64;

use super::gram::{Gram, asymmetry, checked_entry, checked_order, first_asymmetry};
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// An entry that was not given; none that is accepted has this value.
const ABSENT: i64 = i64::MIN;

/// Reads a matrix, over `denominator`.
///
/// # Errors
/// With the line: a header of another kind, a dimension beyond the memory bound of a [`Gram`] (before memory is taken), an entry
/// that is no integer, out of range or too large for exact products, too few, too many or duplicate entries, asymmetry.
pub fn parse(text: &str, denominator: NonZeroU64) -> Result<Gram> {
    let mut lines = text.lines().enumerate().map(|(n, line)| Line { number: n + 1, text: line.trim() });
    let header = Header::parse(&lines.next().unwrap_or(Line { number: 1, text: "" }))?;
    let mut lines = lines.filter(|line| !line.text.is_empty() && !line.text.starts_with('%'));
    let end = text.lines().count() + 1;
    let size = lines.next().ok_or_else(|| Error::input("the end of the file", "the size of the matrix").at_line(end))?;
    let shape = Shape::parse(&size, header)?;
    let mut entries = Matrix::filled(shape.order, shape.order, ABSENT);
    let mut given = 0;
    for line in lines {
        let (i, j, value) = shape.entry(&line, given)?;
        shape.place(&mut entries, (i, j), value).map_err(|e| e.at_line(line.number))?;
        given += 1;
    }
    if given < shape.count {
        return Err(Error::input(format!("{given} entries"), shape.count).at_line(end));
    }
    if let Some((i, j)) = first_asymmetry(&entries.map(present)) {
        let entries = entries.map(present);
        return Err(Error::refused(asymmetry(&entries, i, j)).at_line(shape.line_of(text, i, j)));
    }
    Gram::new(entries.map(present), denominator)
}

fn present(value: &i64) -> i64 {
    if *value == ABSENT { 0 } else { *value }
}

/// A line and its number, from one on.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
}

impl Line<'_> {
    /// The words, if there are `N`.
    fn words<const N: usize>(&self, expected: &str) -> Result<[&str; N]> {
        let words: Vec<&str> = self.text.split_ascii_whitespace().collect();
        words.try_into().map_err(|_| self.unexpected(self.text, expected))
    }

    fn number<T: std::str::FromStr>(&self, word: &str, expected: &str) -> Result<T> {
        word.parse().map_err(|_| self.unexpected(word, expected))
    }

    fn unexpected(&self, found: &str, expected: &str) -> Error {
        let shown: String = found.chars().take(60).collect();
        Error::input(format!("{shown:?}"), expected).at_line(self.number)
    }
}

#[derive(Clone, Copy)]
struct Header {
    coordinate: bool,
    symmetric: bool,
}

impl Header {
    fn parse(line: &Line) -> Result<Self> {
        let expected = "`%%MatrixMarket matrix coordinate|array integer symmetric|general`";
        let lower = line.text.to_ascii_lowercase();
        let lowered = Line { number: line.number, text: &lower };
        let [banner, object, form, field, symmetry] = lowered.words(expected)?;
        let coordinate = pick(form, ["array", "coordinate"]);
        let symmetric = pick(symmetry, ["general", "symmetric"]);
        match (banner, object, field, coordinate, symmetric) {
            ("%%matrixmarket", "matrix", "integer", Some(coordinate), Some(symmetric)) => Ok(Header { coordinate, symmetric }),
            _ => Err(line.unexpected(line.text, expected)),
        }
    }
}

/// Whether the word is the second of two, if it is one of them.
fn pick(word: &str, words: [&str; 2]) -> Option<bool> {
    words.iter().position(|w| *w == word).map(|at| at == 1)
}

/// What the header and the size line promise.
struct Shape {
    header: Header,
    order: usize,
    count: usize,
}

impl Shape {
    fn parse(line: &Line, header: Header) -> Result<Self> {
        let (rows, cols, count): (usize, usize, Option<usize>) = match header.coordinate {
            true => {
                let expected = "the numbers of rows, columns and entries";
                let [rows, cols, count] = line.words(expected)?;
                (line.number(rows, expected)?, line.number(cols, expected)?, Some(line.number(count, expected)?))
            }
            false => {
                let expected = "the numbers of rows and columns";
                let [rows, cols] = line.words(expected)?;
                (line.number(rows, expected)?, line.number(cols, expected)?, None)
            }
        };
        if rows != cols {
            return Err(Error::input(format!("{rows} x {cols} entries"), "a square matrix").at_line(line.number));
        }
        let order: usize = checked_order(rows).map_err(|e| e.at_line(line.number))?;
        let all = if header.symmetric { order * (order + 1) / 2 } else { order * order };
        match count {
            Some(count) if count > all => {
                Err(Error::input(format!("{count} entries"), format!("at most {all}")).at_line(line.number))
            }
            _ => Ok(Shape { header, order, count: count.unwrap_or(all) }),
        }
    }

    /// The `given`th entry of the file, counted from zero: row, column and value.
    fn entry(&self, line: &Line, given: usize) -> Result<(usize, usize, i64)> {
        if given >= self.count {
            return Err(line.unexpected(line.text, &format!("the end after {} entries", self.count)));
        }
        let (i, j, value) = match self.header.coordinate {
            true => {
                let [i, j, value] = line.words("a row, a column and an integer")?;
                (self.index(line, i)?, self.index(line, j)?, value)
            }
            false => {
                let [value] = line.words("one integer")?;
                let (i, j) = self.position(given);
                (i, j, value)
            }
        };
        let integer = line.number(value, "an integer of 64 bits")?;
        Ok((i, j, checked_entry(integer, self.order).map_err(|e| e.at_line(line.number))?))
    }

    fn index(&self, line: &Line, word: &str) -> Result<usize> {
        let expected = format!("an index from 1 to {}", self.order);
        let index: usize = line.number(word, &expected)?;
        if (1..=self.order).contains(&index) { Ok(index - 1) } else { Err(line.unexpected(word, &expected)) }
    }

    /// Where the `n`th value of an array stands: column by column, from the diagonal on in a symmetric one.
    fn position(&self, mut n: usize) -> (usize, usize) {
        if !self.header.symmetric {
            return (n % self.order, n / self.order);
        }
        let mut column = 0;
        while n >= self.order - column {
            n -= self.order - column;
            column += 1;
        }
        (column + n, column)
    }

    fn place(&self, entries: &mut Matrix<i64>, (i, j): (usize, usize), value: i64) -> Result<()> {
        if entries[(i, j)] != ABSENT {
            return Err(Error::refused(format!("a second entry ({}, {})", i + 1, j + 1)));
        }
        entries[(i, j)] = value;
        if self.header.symmetric {
            entries[(j, i)] = value;
        }
        Ok(())
    }

    /// The first line that gives entry `(i, j)` or `(j, i)`; it was read before.
    fn line_of(&self, text: &str, i: usize, j: usize) -> usize {
        let lines = text.lines().enumerate().map(|(n, line)| Line { number: n + 1, text: line.trim() });
        let mut lines = lines.filter(|line| !line.text.is_empty() && !line.text.starts_with('%')).skip(1).enumerate();
        let wanted = |(n, line): &(usize, Line)| self.entry(line, *n).is_ok_and(|(r, c, _)| (r, c) == (i, j) || (r, c) == (j, i));
        lines.find(wanted).map_or(1, |(_, line)| line.number)
    }
}
