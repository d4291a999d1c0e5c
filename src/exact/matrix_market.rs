//! Matrices in the Matrix Market exchange format; the grammar is `src/_docs/matrix-market.md`.
//!
//! Read are `%%MatrixMarket matrix` files in `coordinate` or `array` form, with the field `integer`, `unsigned-integer` or `real`,
//! and the symmetry `symmetric` or `general`. A `symmetric` file gives each pair of entries once: in `array` form the lower
//! triangle, column by column. A `real` entry is the double next to its decimal.

use super::given::{Given, Wanted};
use super::machine_number::MachineNumber;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// Reads a matrix. Comments may hold any bytes.
///
/// # Errors
/// With the line: a header of another kind, a shape that is not wanted or beyond the memory bound (before memory is taken), an entry
/// that is none of its field, too few, too many or duplicate entries.
pub fn parse(bytes: &[u8], wanted: Wanted) -> Result<Given> {
    let (file, header) = File::parse(bytes, wanted)?;
    match header.field {
        Field::Integer => file.entries(|word| word.parse().ok()).map(Given::Integers),
        Field::Unsigned => file.entries(|word| word.parse::<u64>().ok().map(MachineNumber::from)).map(Given::Numbers),
        Field::Real => file.entries(|word| MachineNumber::try_from(word).ok()).map(Given::Numbers),
    }
}

/// The first line that gives entry `(i, j)` or `(j, i)`, counted from zero, of a file that can be read.
///
/// # Errors
/// When it cannot.
pub fn line_of(bytes: &[u8], i: usize, j: usize) -> Result<usize> {
    let (file, _) = File::parse(bytes, Wanted::Features)?;
    let wanted = |(given, line): &(usize, Line)| {
        file.shape.entry(line, *given).is_ok_and(|(r, c, _)| (r, c) == (i, j) || (r, c) == (j, i))
    };
    let found = content(file.rest).enumerate().find(wanted);
    found.map(|(_, line)| line.number).ok_or_else(|| Error::refused("no line gives the entry"))
}

/// A file up to its entries.
struct File<'a> {
    shape: Shape,
    /// The lines after the size.
    rest: Lines<'a>,
    /// The number of the line after the last.
    end: usize,
}

impl<'a> File<'a> {
    fn parse(bytes: &'a [u8], wanted: Wanted) -> Result<(Self, Header)> {
        let mut lines = Lines { bytes: bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes), number: 0 };
        let header = Header::parse(&lines.next().unwrap_or(Line { number: 1, text: b"" }))?;
        let last = usize::from(bytes.last().is_some_and(|&b| b != b'\n'));
        let end = bytes.iter().filter(|&&b| b == b'\n').count() + last + 1;
        let size = lines.find(Line::is_content);
        let size = size.ok_or_else(|| Error::input("the end of the file", "the size of the matrix").at_line(end))?;
        Ok((File { shape: Shape::parse(&size, header, wanted)?, rest: lines, end }, header))
    }

    fn entries<T: Clone + Default>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Matrix<T>> {
        let shape = &self.shape;
        let mut entries = Matrix::filled(shape.rows, shape.cols, T::default());
        let mut present = Matrix::filled(shape.rows, shape.cols, false);
        let mut given = 0;
        for line in content(self.rest) {
            let (i, j, word) = shape.entry(&line, given)?;
            let value = read(word).ok_or_else(|| line.unexpected(word.as_bytes(), shape.header.field.expected()))?;
            for (i, j) in shape.places(i, j) {
                if std::mem::replace(&mut present[(i, j)], true) {
                    return Err(Error::refused(format!("a second entry ({}, {})", i + 1, j + 1)).at_line(line.number));
                }
                entries[(i, j)] = value.clone();
            }
            given += 1;
        }
        match given == shape.count {
            true => Ok(entries),
            false => Err(Error::input(format!("{given} entries"), shape.count).at_line(self.end)),
        }
    }
}

/// The lines of a file, numbered from one on, without the blanks around them.
#[derive(Clone, Copy)]
struct Lines<'a> {
    bytes: &'a [u8],
    number: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.bytes.is_empty() {
            return None;
        }
        let end = self.bytes.iter().position(|&b| b == b'\n').unwrap_or(self.bytes.len());
        let text = self.bytes[..end].trim_ascii();
        self.bytes = self.bytes.get(end + 1..).unwrap_or_default();
        self.number += 1;
        Some(Line { number: self.number, text })
    }
}

/// The lines that are neither empty nor comments.
fn content(lines: Lines<'_>) -> impl Iterator<Item = Line<'_>> {
    lines.filter(Line::is_content)
}

#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a [u8],
}

impl<'a> Line<'a> {
    fn is_content(&self) -> bool {
        !self.text.is_empty() && self.text[0] != b'%'
    }

    /// The words, if there are `N`; blanks are space, tab, carriage return and form feed.
    fn words<const N: usize>(&self, expected: &str) -> Result<[&'a str; N]> {
        let text = str::from_utf8(self.text).map_err(|_| self.unexpected(self.text, expected))?;
        let mut words = text.split_ascii_whitespace();
        let found = [(); N].map(|()| words.next());
        match (found.iter().all(Option::is_some), words.next()) {
            (true, None) => Ok(found.map(Option::unwrap_or_default)),
            _ => Err(self.unexpected(self.text, expected)),
        }
    }

    fn number(&self, word: &str, expected: &str) -> Result<usize> {
        word.parse().map_err(|_| self.unexpected(word.as_bytes(), expected))
    }

    fn unexpected(&self, found: &[u8], expected: &str) -> Error {
        let shown: String = String::from_utf8_lossy(found).chars().take(60).collect();
        Error::input(format!("{shown:?}"), expected).at_line(self.number)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Field {
    Integer,
    Unsigned,
    Real,
}

impl Field {
    fn expected(self) -> &'static str {
        match self {
            Field::Integer => "an integer of 64 bits",
            Field::Unsigned => "an integer of 64 bits without a sign",
            Field::Real => "a number within the range of a double",
        }
    }
}

#[derive(Clone, Copy)]
struct Header {
    coordinate: bool,
    symmetric: bool,
    field: Field,
}

impl Header {
    fn parse(line: &Line) -> Result<Self> {
        let expected = "`%%MatrixMarket matrix coordinate|array integer|unsigned-integer|real symmetric|general`";
        let lower = line.text.to_ascii_lowercase();
        let refused = || line.unexpected(line.text, expected);
        let lowered = Line { number: line.number, text: &lower };
        let [banner, object, form, field, symmetry] = lowered.words(expected).map_err(|_| refused())?;
        let pick = |word: &str, words: &[&str]| words.iter().position(|w| *w == word).ok_or_else(refused);
        pick(banner, &["%%matrixmarket"])?;
        pick(object, &["matrix"])?;
        let fields = [("integer", Field::Integer), ("unsigned-integer", Field::Unsigned), ("real", Field::Real)];
        Ok(Header {
            coordinate: pick(form, &["array", "coordinate"])? == 1,
            symmetric: pick(symmetry, &["general", "symmetric"])? == 1,
            field: fields[pick(field, &fields.map(|(name, _)| name))?].1,
        })
    }
}

/// What the header and the size line promise.
struct Shape {
    header: Header,
    rows: usize,
    cols: usize,
    count: usize,
}

impl Shape {
    fn parse(line: &Line, header: Header, wanted: Wanted) -> Result<Self> {
        let (rows, cols, count) = match header.coordinate {
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
        let wanted = if header.symmetric { Wanted::Square } else { wanted };
        let checked = wanted.checked(rows, cols, header.field == Field::Integer);
        let (rows, cols) = checked.map_err(|e| e.at_line(line.number))?;
        let all = if header.symmetric { rows * (rows + 1) / 2 } else { rows * cols };
        match count {
            Some(count) if count > all => {
                Err(Error::input(format!("{count} entries"), format!("at most {all}")).at_line(line.number))
            }
            _ => Ok(Shape { header, rows, cols, count: count.unwrap_or(all) }),
        }
    }

    /// The `given`th entry of the file, counted from zero: row, column and value.
    fn entry<'a>(&self, line: &Line<'a>, given: usize) -> Result<(usize, usize, &'a str)> {
        if given >= self.count {
            return Err(line.unexpected(line.text, &format!("the end after {} entries", self.count)));
        }
        match self.header.coordinate {
            true => {
                let [i, j, value] = line.words("a row, a column and a value")?;
                Ok((index(line, i, self.rows)?, index(line, j, self.cols)?, value))
            }
            false => {
                let [value] = line.words("one value")?;
                let (i, j) = self.position(given);
                Ok((i, j, value))
            }
        }
    }

    /// Where the `n`th value of an array stands: column by column, from the diagonal on in a symmetric one.
    ///
    /// From the end, the columns of a lower triangle start after 0, 1, 3, 6, ... values.
    fn position(&self, n: usize) -> (usize, usize) {
        if !self.header.symmetric {
            return (n % self.rows, n / self.rows);
        }
        let (last, from_end) = (self.rows - 1, self.count - 1 - n);
        let column = ((8 * from_end + 1).isqrt() - 1) / 2;
        (last - (from_end - column * (column + 1) / 2), last - column)
    }

    /// The places that an entry fills.
    fn places(&self, i: usize, j: usize) -> impl Iterator<Item = (usize, usize)> {
        let mirrored = (self.header.symmetric && i != j).then_some((j, i));
        std::iter::once((i, j)).chain(mirrored)
    }
}

fn index(line: &Line, word: &str, largest: usize) -> Result<usize> {
    let expected = || format!("an index from 1 to {largest}");
    match word.parse() {
        Ok(index) if (1..=largest).contains(&index) => Ok(index - 1),
        _ => Err(line.unexpected(word.as_bytes(), &expected())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Given> {
        parse(text.as_bytes(), Wanted::Square)
    }

    fn entries(text: &str) -> Vec<i64> {
        let Given::Integers(entries) = read(text).unwrap() else { panic!("no integers: {text}") };
        entries.as_slice().to_vec()
    }

    fn numbers(text: &str) -> Vec<MachineNumber> {
        let Given::Numbers(entries) = read(text).unwrap() else { panic!("integers: {text}") };
        entries.as_slice().to_vec()
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
    fn reals_and_unsigned_integers() {
        let real = "%%MatrixMarket matrix array real symmetric\n2 2\n1.5\n-1e-3\n0\n";
        assert_eq!(numbers(real), [1.5, -1e-3, -1e-3, 0.0].map(|x| MachineNumber::try_from(x).unwrap()));
        let unsigned = "%%MatrixMarket matrix coordinate unsigned-integer general\n2 2 2\n1 1 18446744073709551615\n2 2 +3\n";
        assert_eq!(numbers(unsigned), [u64::MAX, 0, 0, 3].map(MachineNumber::from));
        // Zeros in front count for nothing, however many.
        let zeros = format!("%%MatrixMarket matrix array integer symmetric\n1 1\n-{}7\n", "0".repeat(50));
        assert_eq!(entries(&zeros), [-7]);
        assert_eq!(entries("%%MatrixMarket matrix array integer symmetric\n1 1\n-9223372036854775808\n"), [i64::MIN]);
        assert_eq!(entries("%%MatrixMarket matrix array integer symmetric\n1 1\n-0\n"), [0]);
    }

    #[test]
    fn a_byte_order_mark_and_latin_1_comments() {
        let text = b"\xEF\xBB\xBF%%MatrixMarket matrix array integer symmetric\n% by J\xF6rg\n1 1\n %\xFF\n7\n";
        assert_eq!(parse(text, Wanted::Square).unwrap(), Given::Integers(Matrix::filled(1, 1, 7)));
        let outside = parse(b"%%MatrixMarket matrix array integer symmetric\n1 1\n7\xFF\n", Wanted::Square);
        assert_eq!(outside.unwrap_err().line(), Some(3));
    }

    #[test]
    fn features_need_not_be_square() {
        let text = b"%%MatrixMarket matrix array integer general\n2 3\n1\n4\n2\n5\n3\n6\n";
        let expected = Matrix::from_rows(2, 3, vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(parse(text, Wanted::Features).unwrap(), Given::Integers(expected));
        assert!(parse(b"%%MatrixMarket matrix array integer symmetric\n2 3\n", Wanted::Features).is_err());
    }

    #[test]
    fn the_line_of_an_entry() {
        let text = b"%%MatrixMarket matrix coordinate integer general\n2 2 3\n\n1 1 1\n%\n1 2 5\n2 1 6\n";
        assert_eq!(line_of(text, 1, 0).unwrap(), 6);
        assert!(line_of(text, 1, 1).is_err());
    }

    #[test]
    fn what_is_refused_is_refused_at_its_line() {
        let coordinate = "%%MatrixMarket matrix coordinate integer symmetric\n";
        let general = "%%MatrixMarket matrix coordinate integer general\n";
        let array = "%%MatrixMarket matrix array integer symmetric\n";
        let cases = [
            (String::new(), 1, "MatrixMarket"),
            ("%%MatrixMarket matrix coordinate complex symmetric\n1 1 1\n1 1 1 0\n".into(), 1, "integer"),
            ("%%MatrixMarket matrix coordinate real symmetric\n1 1 1\n1 1 inf\n".into(), 3, "range of a double"),
            ("%%MatrixMarket matrix array real symmetric\n1 1\nnan\n".into(), 3, "range of a double"),
            ("%%MatrixMarket matrix array real symmetric\n4097 4097\n1\n".into(), 2, "at most 4096"),
            ("%%MatrixMarket matrix array unsigned-integer symmetric\n1 1\n-1\n".into(), 3, "without a sign"),
            ("%%MatrixMarket matrix array unsigned-integer symmetric\n1 1\n18446744073709551616\n".into(), 3, "64 bits"),
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
            (format!("{coordinate}2 2 1\n1 1\n"), 3, "a row, a column and a value"),
            (format!("{coordinate}2 2 1\n1 1 NaN\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 1.0\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 9223372036854775808\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 1e+16\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 1\u{a0}\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 1\u{b}\n"), 3, "integer of 64 bits"),
            (format!("{coordinate}2 2 1\n1 1 1\u{2028}\n"), 3, "integer of 64 bits"),
            (format!("{array}2 2\n1\n2\n"), 5, "found 2 entries, expected 3"),
            (format!("{array}2 2\n1 2 3\n"), 3, "one value"),
            (format!("{array}2 2\n1\n2\n3\n4\n"), 6, "the end after 3 entries"),
            (format!("{general}2 3 1\n2 1 6\n"), 2, "square"),
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
            let _ = parse(&bytes, Wanted::Features);
        }

        /// The same matrix, written in all four forms.
        #[test]
        fn reads_what_was_written(order in 1usize..6, values in prop::collection::vec(-1000i64..1000, 15)) {
            let at = |i: usize, j: usize| values[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
            let expected = Given::Integers(Matrix::from_fn(order, order, at));
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
