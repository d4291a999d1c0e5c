//! Matrices in NumPy's `.npy` format, versions 1 to 3.
//!
//! A file is `\x93NUMPY`, two bytes of version, the length of the header, the header, and the entries without any padding. The header
//! is a Python dictionary of exactly three keys, as NumPy writes it:
//!
//! ```text
//! {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
//! ```
//!
//! Read are `b1`, `i1` to `i8`, `u1` to `u8` and `f2` to `f8`, of either byte order, in one or two dimensions; a vector is a column.
//! An entry is what its bits are, without an error.

use super::given::{Given, Wanted};
use super::machine_number::MachineNumber;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// What every file starts with.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads a matrix.
///
/// # Errors
/// With the field of the header: another type of entries, a shape that is not wanted or beyond the memory bound; an entry that is no
/// finite number, too few or too many bytes.
pub fn parse(bytes: &[u8], wanted: Wanted) -> Result<Given> {
    let (header, data) = split(bytes)?;
    let header = Header::parse(header, wanted)?;
    let expected = header.rows * header.cols * header.kind.size;
    if data.len() != expected {
        return Err(Error::input(format!("{} bytes of entries", data.len()), expected));
    }
    match header.kind.letter {
        'i' | 'u' | 'b' if header.kind.fits_i64() => {
            header.matrix(data, |bits| Some(header.kind.integer(bits))).map(Given::Integers)
        }
        'u' => header.matrix(data, |bits| Some(MachineNumber::from(bits))).map(Given::Numbers),
        _ => header.matrix(data, |bits| header.kind.float(bits)).map(Given::Numbers),
    }
}

/// The header and the entries.
fn split(bytes: &[u8]) -> Result<(&str, &[u8])> {
    let cut_short = || Error::refused("the header is cut short");
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| Error::input("other bytes", "an .npy file"))?;
    let (version, rest) = rest.split_at_checked(2).ok_or_else(cut_short)?;
    let width = match version[0] {
        1 => 2,
        2 | 3 => 4,
        other => return Err(Error::input(format!("version {other}"), "1, 2 or 3")),
    };
    let (length, rest) = rest.split_at_checked(width).ok_or_else(cut_short)?;
    let length = usize::try_from(unsigned(length, true)).map_err(|_| cut_short())?;
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    let header = str::from_utf8(header).map_err(|_| Error::input("a header that is no text", "UTF-8"))?;
    Ok((header, data))
}

/// The number of up to eight bytes.
fn unsigned(bytes: &[u8], little_endian: bool) -> u64 {
    let join = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
    if little_endian { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) }
}

struct Header {
    kind: Kind,
    fortran_order: bool,
    rows: usize,
    cols: usize,
}

impl Header {
    fn parse(text: &str, wanted: Wanted) -> Result<Self> {
        let descr = value(text, "descr")?;
        let kind = Kind::parse(descr).ok_or_else(|| {
            Error::input(descr, "'<f8' or another type of real numbers: b1, i1..i8, u1..u8, f2..f8").at_field("descr")
        })?;
        let fortran_order = match value(text, "fortran_order")? {
            "True" => true,
            "False" => false,
            other => return Err(Error::input(other, "True or False").at_field("fortran_order")),
        };
        let (rows, cols) = shape(value(text, "shape")?)?;
        let (rows, cols) = wanted.checked(rows, cols, kind.fits_i64()).map_err(|e| e.at_field("shape"))?;
        Ok(Header { kind, fortran_order, rows, cols })
    }

    fn matrix<T: Clone>(&self, data: &[u8], read: impl Fn(u64) -> Option<T>) -> Result<Matrix<T>> {
        let entry = |(n, bytes): (usize, &[u8])| {
            let inner = if self.fortran_order { self.rows } else { self.cols };
            read(unsigned(bytes, self.kind.little_endian)).ok_or_else(|| {
                let (outer, inner) = (n / inner + 1, n % inner + 1);
                let (i, j) = if self.fortran_order { (inner, outer) } else { (outer, inner) };
                Error::refused(format!("entry ({i}, {j}) is no finite number"))
            })
        };
        let entries = data.chunks(self.kind.size).enumerate().map(entry).collect::<Result<Vec<T>>>()?;
        match self.fortran_order {
            false => Matrix::from_rows(self.rows, self.cols, entries),
            true => Matrix::from_rows(self.cols, self.rows, entries).map(|m| m.transposed()),
        }
    }
}

/// The text of a key's value: up to the next comma outside of parentheses, or the end.
fn value<'a>(header: &'a str, key: &str) -> Result<&'a str> {
    let missing = || Error::input("a header without it", "{'descr': .., 'fortran_order': .., 'shape': ..}").at_field(key);
    let name = format!("'{key}':");
    let mut found = header.match_indices(&name).map(|(at, name)| &header[at + name.len()..]);
    let (Some(rest), None) = (found.next(), found.next()) else { return Err(missing()) };
    let mut depth = 0;
    let ends = |c: char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        depth == 0 && (c == ',' || c == '}')
    };
    Ok(rest[..rest.find(ends).ok_or_else(missing)?].trim())
}

/// One or two dimensions, as rows and columns.
fn shape(text: &str) -> Result<(usize, usize)> {
    let refused = || Error::input(text, "one or two dimensions").at_field("shape");
    let inside = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).ok_or_else(refused)?;
    let words: Vec<&str> = inside.trim_end_matches(',').split(',').map(str::trim).collect();
    let number = |word: &&str| word.parse::<usize>().ok();
    match words.iter().map(number).collect::<Option<Vec<usize>>>().as_deref() {
        Some(&[rows]) => Ok((rows, 1)),
        Some(&[rows, cols]) => Ok((rows, cols)),
        _ => Err(refused()),
    }
}

#[derive(Clone, Copy)]
struct Kind {
    little_endian: bool,
    letter: char,
    /// Bytes.
    size: usize,
}

impl Kind {
    fn parse(descr: &str) -> Option<Self> {
        let text = descr.strip_prefix('\'')?.strip_suffix('\'')?;
        let mut letters = text.chars();
        let (order, letter, size) = (letters.next()?, letters.next()?, letters.as_str());
        let known = matches!((letter, size), ('b', "1") | ('i' | 'u', "1" | "2" | "4" | "8") | ('f', "2" | "4" | "8"));
        let ordered = matches!(order, '<' | '>') || order == '|' && size == "1";
        (known && ordered).then_some(Kind { little_endian: order != '>', letter, size: size.parse().ok()? })
    }

    fn fits_i64(&self) -> bool {
        matches!((self.letter, self.size), ('i' | 'b', _) | ('u', 1 | 2 | 4))
    }

    fn integer(&self, bits: u64) -> i64 {
        let unused = 64 - 8 * self.size as u32;
        match self.letter {
            'i' => ((bits << unused) as i64) >> unused,
            // `fits_i64` leaves at most 32 bits.
            _ => bits as i64,
        }
    }

    fn float(&self, bits: u64) -> Option<MachineNumber> {
        match self.size {
            2 => MachineNumber::from_ieee(bits, 5, 10),
            4 => MachineNumber::from_ieee(bits, 8, 23),
            _ => MachineNumber::from_ieee(bits, 11, 52),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes(), header.as_bytes(), data].concat()
    }

    fn header(descr: &str, fortran: &str, shape: &str) -> String {
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}          \n")
    }

    fn integers(rows: usize, cols: usize, values: &[i64]) -> Given {
        Given::Integers(Matrix::from_rows(rows, cols, values.to_vec()).unwrap())
    }

    #[test]
    fn types_orders_and_shapes() {
        let read = |h: String, data: &[u8]| parse(&file(&h, data), Wanted::Features).unwrap();
        let shorts = [1u8, 0, 254, 255, 3, 0, 4, 0];
        assert_eq!(read(header("<i2", "False", "(2, 2)"), &shorts), integers(2, 2, &[1, -2, 3, 4]));
        assert_eq!(read(header("<i2", "True", "(2, 2)"), &shorts), integers(2, 2, &[1, 3, -2, 4]));
        assert_eq!(read(header(">u2", "False", "(4,)"), &shorts), integers(4, 1, &[256, 65279, 768, 1024]));
        assert_eq!(read(header("|b1", "False", "(1, 3)"), &[0, 1, 1]), integers(1, 3, &[0, 1, 1]));
        let numbers = |values: &[f64]| values.iter().map(|&x| MachineNumber::try_from(x).unwrap()).collect();
        let column = |values: &[f64]| Given::Numbers(Matrix::from_rows(values.len(), 1, numbers(values)).unwrap());
        assert_eq!(read(header("<f2", "False", "(2,)"), &[0, 0x3e, 0, 0xbc]), column(&[1.5, -1.0]));
        assert_eq!(read(header(">f4", "False", "(1,)"), &1.1f32.to_be_bytes()), column(&[1.1f32.into()]));
        assert_eq!(read(header("<f8", "False", "(1,)"), &5e-324f64.to_le_bytes()), column(&[5e-324]));
        assert_eq!(
            read(header("<u8", "False", "(1,)"), &u64::MAX.to_le_bytes()),
            Given::Numbers(Matrix::filled(1, 1, u64::MAX.into()))
        );
        let text = header("<i8", "False", "(1, 1)");
        let second = [MAGIC, &[2, 0], &(text.len() as u32).to_le_bytes(), text.as_bytes(), &7i64.to_le_bytes()].concat();
        assert_eq!(parse(&second, Wanted::Square).unwrap(), integers(1, 1, &[7]));
    }

    #[test]
    fn what_is_refused() {
        let nan = f64::NAN.to_le_bytes();
        let cases = [
            (header("<c16", "False", "(1, 1)"), vec![0; 16], "descr"),
            (header("<f16", "False", "(1, 1)"), vec![0; 16], "descr"),
            (header("|O", "False", "(1, 1)"), vec![0; 8], "descr"),
            (header("=f8", "False", "(1, 1)"), vec![0; 8], "descr"),
            ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1, 1), }".into(), vec![0; 8], "descr"),
            (header("<f8", "no", "(1, 1)"), vec![0; 8], "fortran_order"),
            (header("<f8", "False", "(1, 2)"), vec![0; 16], "square"),
            (header("<f8", "False", "()"), vec![0; 8], "shape"),
            (header("<f8", "False", "(1, 1, 1)"), vec![0; 8], "shape"),
            (header("<f8", "False", "(9999, 9999)"), vec![], "shape"),
            (header("<i8", "False", "(18446744073709551615, 18446744073709551615)"), vec![], "shape"),
            (header("<f8", "False", "(1, 1)"), vec![0; 7], "7 bytes"),
            (header("<f8", "False", "(1, 1)"), vec![0; 9], "9 bytes"),
            (header("<f8", "False", "(1, 1)"), nan.to_vec(), "entry (1, 1)"),
            ("{'fortran_order': False, 'shape': (1, 1)}".into(), vec![], "descr"),
            ("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)}".into(), vec![0; 8], "descr"),
        ];
        for (text, data, message) in cases {
            let error = parse(&file(&text, &data), Wanted::Square).expect_err(&text).to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
        let good = file(&header("<f8", "False", "(1, 1)"), &[0; 8]);
        for end in 0..good.len() {
            assert!(parse(&good[..end], Wanted::Square).is_err(), "{end}");
        }
        assert!(parse(b"\x93NUMPY\x04\x00\x02\x00{}", Wanted::Square).is_err());
    }

    proptest! {
        #[test]
        fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), text in "\\PC{0,60}") {
            let _ = parse(&[MAGIC, &[1, 0], &bytes].concat(), Wanted::Features);
            let _ = parse(&file(&text, &bytes), Wanted::Features);
            let _ = parse(&file(&header("<f8", "False", &text), &bytes), Wanted::Features);
        }
    }
}
