//! Certificates as text, after the grammar of `src/_docs/certificate.md`.

use std::fmt::{self, Display, Write};
use std::marker::PhantomData;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{Certificate, Integers, NamedFamily, Printed, Source, Stored};
use crate::error::{Error, Result};

/// The formats: integers of 64 bits, and integers of any size.
const FORMATS: [&str; 2] = ["bfc-eigenvalue-tail-1", "bfc-eigenvalue-tail-2"];

/// The most digits of an integer; a power of two of the largest precision has fewer.
const LARGEST_LENGTH: usize = 3000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    format: String,
    #[serde(borrow)]
    matrix: &'a RawValue,
    denominator: NonZeroU64,
    digits: usize,
    #[serde(deserialize_with = "objects")]
    tails: Vec<Printed>,
    k: u32,
    s: u32,
    #[serde(borrow)]
    mu: &'a RawValue,
    #[serde(borrow)]
    v: Vec<&'a RawValue>,
}

/// A stored matrix of the first format.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Small<'a> {
    #[serde(borrow)]
    lower: Vec<&'a RawValue>,
}

/// A stored matrix of the second format.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Big<'a> {
    #[serde(borrow)]
    lower: Vec<&'a RawValue>,
    scale: u32,
}

/// What is written as an object: the derived readers would take an array of the fields, too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Fields(PhantomData)).map(Object)
    }
}

fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<T>, D::Error> {
    let objects: Vec<Object<T>> = Vec::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

/// The text of a certificate, and where parts of it stand.
#[derive(Clone, Copy)]
struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// The line that a part of the text starts in.
    fn line_of(self, part: &str) -> usize {
        let offset = (part.as_ptr() as usize).saturating_sub(self.0.as_ptr() as usize);
        self.0.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count() + 1
    }

    /// An object that starts where `part` does.
    fn object<T: Deserialize<'a>>(self, part: &'a str) -> Result<T> {
        let read: serde_json::Result<Object<T>> = serde_json::from_str(part);
        read.map(|Object(value)| value).map_err(|e| Error::refused(e.to_string()).at_line(self.line_of(part) + e.line() - 1))
    }

    /// A list of integers, as JSON writes them: no fraction, no exponent, and no minus before a zero.
    fn integers<T: FromStr>(self, part: &RawValue) -> Result<Vec<T>> {
        let refused = |found: &str| {
            let shown: String = found.chars().take(60).collect();
            Error::input(format!("{shown:?}"), "a list of integers").at_line(self.line_of(part.get()))
        };
        let inside = part.get().strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        let inside = inside.ok_or_else(|| refused(part.get()))?;
        if inside.trim_matches(BLANKS).is_empty() {
            return Ok(Vec::new());
        }
        let integer = |word: &str| {
            let word = word.trim_matches(BLANKS);
            let digits = word.strip_prefix('-').unwrap_or(word);
            let is_integer = digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= LARGEST_LENGTH && word != "-0";
            is_integer.then(|| word.parse().ok()).flatten().ok_or_else(|| refused(word))
        };
        inside.split(',').map(integer).collect()
    }

    fn rows<T: FromStr>(self, parts: &[&RawValue]) -> Result<Vec<Vec<T>>> {
        parts.iter().map(|part| self.integers(part)).collect()
    }

    fn source(self, part: &'a str, is_big: bool) -> Result<Source> {
        match (part.contains("\"family\""), is_big) {
            (true, _) => self.object::<NamedFamily>(part).map(Source::Family),
            (false, true) => {
                let Big { lower, scale } = self.object(part)?;
                Ok(Source::Big { lower: self.rows(&lower)?, scale })
            }
            (false, false) => {
                let Small { lower } = self.object(part)?;
                Ok(Source::Small { lower: self.rows(&lower)? })
            }
        }
    }

    fn candidate<T: FromStr>(self, fields: &Fields<'_>) -> Result<Integers<T>> {
        Ok(Integers { mu: self.integers(fields.mu)?, v: self.rows(&fields.v)? })
    }
}

/// The blanks of JSON.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

impl Certificate {
    /// Reads a certificate; that it is one says nothing of what it is worth.
    ///
    /// # Errors
    /// When the text is not JSON of one of the formats; the error names the line.
    pub fn parse(text: &str) -> Result<Self> {
        let text = Text(text);
        let fields: Fields = text.object(text.0)?;
        let is_big = match FORMATS.iter().position(|format| *format == fields.format) {
            Some(format) => format == 1,
            None => return Err(Error::input(format!("{:?}", fields.format), FORMATS.join(" or ")).at_field("format")),
        };
        let candidate = match is_big {
            true => Stored::Big(text.candidate(&fields)?),
            false => Stored::Small(text.candidate(&fields)?),
        };
        let matrix = text.source(fields.matrix.get(), is_big)?;
        let Fields { denominator, digits, tails, k, s, .. } = fields;
        Ok(Certificate { matrix, denominator, digits, tails, k, s, candidate })
    }

    /// The certificate as JSON, a row of `v` or of the matrix on a line.
    pub fn to_json(&self) -> String {
        let matrix = match &self.matrix {
            Source::Family(family) => json(family),
            Source::Small { lower } => format!("{{\"lower\": [{}\n  ]}}", lines(lower)),
            Source::Big { lower, scale } => format!("{{\"scale\": {scale}, \"lower\": [{}\n  ]}}", lines(lower)),
        };
        let (format, mu, v) = match &self.candidate {
            Stored::Small(integers) => (FORMATS[0], list(&integers.mu), lines(&integers.v)),
            Stored::Big(integers) => (FORMATS[1], list(&integers.mu), lines(&integers.v)),
        };
        let fields = [
            ("format", json(&format)),
            ("matrix", matrix),
            ("denominator", json(&self.denominator)),
            ("digits", json(&self.digits)),
            ("tails", json(&self.tails)),
            ("k", json(&self.k)),
            ("s", json(&self.s)),
            ("mu", mu),
        ];
        let mut text = String::from("{");
        for (name, value) in fields {
            write!(text, "\n  \"{name}\": {value},").expect("a string takes any text");
        }
        text + &format!("\n  \"v\": [{v}\n  ]\n}}\n")
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("integers, strings and lists of them have a JSON form")
}

fn list<T: Display>(integers: &[T]) -> String {
    let words: Vec<String> = integers.iter().map(T::to_string).collect();
    format!("[{}]", words.join(","))
}

fn lines<T: Display>(rows: &[Vec<T>]) -> String {
    rows.iter().map(|row| format!("\n    {}", list(row))).collect::<Vec<_>>().join(",")
}
