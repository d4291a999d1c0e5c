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
    entries.as_mut_slice().iter_mut().filter(|g| **g == ABSENT).for_each(|g| *g = 0);
    if let Some((i, j)) = first_asymmetry(&entries) {
        return Err(Error::refused(asymmetry(&entries, i, j)).at_line(shape.line_of(text, i, j)));
    }
    Gram::new(entries, denominator)
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
    ///
    /// From the end, the columns of a lower triangle start after 0, 1, 3, 6, ... values.
    fn position(&self, n: usize) -> (usize, usize) {
        if !self.header.symmetric {
            return (n % self.order, n / self.order);
        }
        let (last, from_end) = (self.order - 1, self.count - 1 - n);
        let column = ((8 * from_end + 1).isqrt() - 1) / 2;
        (last - (from_end - column * (column + 1) / 2), last - column)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Gram> {
        parse(text, NonZeroU64::MIN)
    }

    fn entries(text: &str) -> Vec<i64> {
        read(text).unwrap().entries().as_slice().to_vec()
    }

    #[test]
    fn the_four_forms() {
        let lower = "%%MatrixMarket matrix coordinate integer symmetric\n% comment\n\n2 2 2\n1 1 4\n%\n2 1 -3\n";
        assert_eq!(entries(lower), [4, -3, -3, 0]);
        assert_eq!(entries("%%matrixmarket MATRIX coordinate integer general\n2 2 3\n1 1 4\n1 2 -3\n2 1 -3"), [4, -3, -3, 0]);
        assert_eq!(
            entries("%%MatrixMarket matrix array integer symmetric\n3 3\n1\n2\n3\n4\n5\n6\n"),
            [1, 2, 3, 2, 4, 5, 3, 5, 6]
        );
        assert_eq!(entries("%%MatrixMarket matrix array integer general\r\n2 2\r\n1\r\n2\r\n2\r\n4\r\n"), [1, 2, 2, 4]);
        assert_eq!(entries("%%MatrixMarket matrix coordinate integer symmetric\n1 1 0\n"), [0]);
    }

    #[test]
    fn what_is_refused_is_refused_at_its_line() {
        let coordinate = "%%MatrixMarket matrix coordinate integer symmetric\n";
        let general = "%%MatrixMarket matrix coordinate integer general\n";
        let array = "%%MatrixMarket matrix array integer symmetric\n";
        let cases = [
            (String::new(), 1, "MatrixMarket"),
            ("%%MatrixMarket matrix coordinate real symmetric\n1 1 1\n1 1 1\n".into(), 1, "integer"),
            ("%%MatrixMarket matrix coordinate integer skew-symmetric\n".into(), 1, "symmetric|general"),
            ("1 1 1\n".into(), 1, "MatrixMarket"),
            (coordinate.into(), 2, "size"),
            (format!("{coordinate}2 3 1\n1 1 1\n"), 2, "square"),
            (format!("{coordinate}2 2\n"), 2, "rows, columns and entries"),
            (format!("{coordinate}-2 -2 1\n"), 2, "rows, columns and entries"),
            (format!("{coordinate}0 0 0\n"), 2, "order from 1"),
            (format!("{coordinate}8193 8193 1\n1 1 1\n"), 2, "512 MiB"),
            (format!("{coordinate}18446744073709551615 18446744073709551615 1\n"), 2, "512 MiB"),
            (format!("{array}99999999999999999999 1\n"), 2, "rows and columns"),
            (format!("{coordinate}2 2 4\n1 1 1\n"), 2, "at most 3"),
            (format!("{coordinate}2 2 2\n1 1 1\n"), 4, "found 1 entries, expected 2"),
            (format!("{coordinate}2 2 1\n1 1 1\n2 2 1\n"), 4, "the end after 1 entries"),
            (format!("{coordinate}2 2 2\n2 1 1\n%\n1 2 1\n"), 5, "a second entry (1, 2)"),
            (format!("{coordinate}2 2 1\n3 1 1\n"), 3, "index from 1 to 2"),
            (format!("{coordinate}2 2 1\n0 1 1\n"), 3, "index from 1 to 2"),
            (format!("{coordinate}2 2 1\n1 1\n"), 3, "a row, a column and an integer"),
            (format!("{coordinate}2 2 1\n1 1 NaN\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 1.0\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 9223372036854775808\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 2305843009213693953\n"), 3, "too large for exact slicing"),
            (format!("{coordinate}2 2 1\n1 1 -9223372036854775808\n"), 3, "too large for exact slicing"),
            (format!("{array}2 2\n1\n2\n"), 5, "found 2 entries, expected 3"),
            (format!("{array}2 2\n1 2 3\n"), 3, "one integer"),
            (format!("{array}2 2\n1\n2\n3\n4\n"), 6, "the end after 3 entries"),
            (format!("{general}2 2 3\n1 1 1\n1 2 5\n2 1 6\n"), 4, "entry (2, 1) is 6, entry (1, 2) is 5"),
            (format!("{general}2 2 1\n\n2 1 6\n"), 4, "not symmetric"),
        ];
        for (text, line, message) in cases {
            let error = read(&text).expect_err(&text);
            assert_eq!(error.line(), Some(line), "{text}\n{error}");
            assert!(error.to_string().contains(message), "{text}\n{error}");
        }
    }

    proptest! {
        #[test]
        fn garbage_is_refused_or_read_and_never_panics(text in "(%%MatrixMarket matrix (array|coordinate) integer (general|symmetric)\n)?([0-9]{1,2} [0-9]{1,2}( [0-9]{1,3})?\n)?(.{0,20}\n|[0-9-]{0,20}( [0-9]{1,2}){0,3}\n){0,12}") {
            let _ = read(&text);
        }

        #[test]
        fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&String::from_utf8_lossy(&bytes));
        }

        /// The same matrix, written in all four forms.
        #[test]
        fn reads_what_was_written(order in 1usize..6, values in prop::collection::vec(-1000i64..1000, 15)) {
            let at = |i: usize, j: usize| values[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
            let expected = Gram::from_lower(order, NonZeroU64::MIN, at).unwrap();
            for symmetric in [true, false] {
                let kept = |i: &usize, j: usize| !symmetric || *i >= j;
                let places: Vec<(usize, usize)> = (0..order).flat_map(|j| (0..order).filter(move |i| kept(i, j)).map(move |i| (i, j))).collect();
                let symmetry = if symmetric { "symmetric" } else { "general" };
                let mut array = format!("%%MatrixMarket matrix array integer {symmetry}\n{order} {order}\n");
                let mut coordinate = format!("%%MatrixMarket matrix coordinate integer {symmetry}\n{order} {order} {}\n", places.len());
                for (i, j) in places {
                    array += &format!("{}\n", at(i, j));
                    coordinate += &format!("{} {} {}\n", i + 1, j + 1, at(i, j));
                }
                prop_assert_eq!(read(&array).unwrap(), expected.clone());
                prop_assert_eq!(read(&coordinate).unwrap(), expected.clone());
            }
        }
    }
}
