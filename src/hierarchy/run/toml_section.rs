//! Reading a TOML document so that every complaint names the file, the line, the field and what was expected.

use std::ops::{Range, RangeInclusive};
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};

/// A document being read.
pub struct Document<'a> {
    file: &'a Path,
    source: &'a str,
    root: DeTable<'a>,
}

/// One table of a document; empty when the document has no such table.
pub struct Section<'a> {
    document: &'a Document<'a>,
    name: &'a str,
    table: Option<&'a DeTable<'a>>,
}

/// One value of a table, and where it stands.
pub struct Entry<'a> {
    document: &'a Document<'a>,
    field: String,
    span: Range<usize>,
    value: &'a DeValue<'a>,
}

impl<'a> Document<'a> {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// When it is not TOML, or a top-level key is not one of `sections`.
    pub fn parse(file: &'a Path, source: &'a str, sections: &[&str]) -> Result<Self> {
        let parsed = DeTable::parse(source).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start);
            Error::refused(format!("not valid TOML: {}", e.message().replace('\n', ", "))).in_file(file).at_line(line(source, at))
        })?;
        let document = Document { file, source, root: parsed.into_inner() };
        document.check_keys(&document.root, "", sections)?;
        Ok(document)
    }

    /// The table `name`, in which only the keys `known` may stand.
    ///
    /// # Errors
    /// When it is not a table, or has an unknown key.
    pub fn section(&'a self, name: &'a str, known: &[&str]) -> Result<Section<'a>> {
        let found = self.root.iter().find(|(key, _)| key.get_ref() == name);
        let table = match found.map(|(_, value)| (value.get_ref(), value.span())) {
            None => None,
            Some((DeValue::Table(table), _)) => Some(table),
            Some((value, span)) => return Err(self.error(kind(value), "a table", name, span)),
        };
        if let Some(table) = table {
            self.check_keys(table, &format!("{name}."), known)?;
        }
        Ok(Section { document: self, name, table })
    }

    fn check_keys(&self, table: &DeTable, prefix: &str, known: &[&str]) -> Result<()> {
        match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => {
                let nearest = known.iter().min_by_key(|k| strsim::damerau_levenshtein(k, key.get_ref())).unwrap_or(&"");
                let expected = format!("one of {}; did you mean `{nearest}`?", known.join(", "));
                Err(self.error("an unknown key", expected, &format!("{prefix}{}", key.get_ref()), key.span()))
            }
        }
    }

    fn error(&self, found: impl ToString, expected: impl ToString, field: &str, span: Range<usize>) -> Error {
        self.place(Error::input(found.to_string(), expected.to_string()), span).at_field(field)
    }

    fn place(&self, error: Error, span: Range<usize>) -> Error {
        error.in_file(self.file).at_line(line(self.source, span.start))
    }
}

impl<'a> Section<'a> {
    /// The value at `key`, if the document has one.
    pub fn get(&self, key: &str) -> Option<Entry<'a>> {
        let (_, value) = self.table?.iter().find(|(k, _)| k.get_ref() == key)?;
        Some(Entry::new(self.document, format!("{}.{key}", self.name), value))
    }

    /// An integer in `range`.
    ///
    /// # Errors
    /// When the value is something else.
    pub fn integer(&self, key: &str, range: RangeInclusive<u64>) -> Result<Option<u64>> {
        self.get(key).map(|e| e.integer(range)).transpose()
    }

    /// A number that `accepts`; `expected` says in words which those are.
    ///
    /// # Errors
    /// When the value is something else.
    pub fn number(&self, key: &str, accepts: fn(f64) -> bool, expected: &str) -> Result<Option<f64>> {
        self.get(key).map(|e| e.number(accepts, expected)).transpose()
    }

    /// One of the `choices`, by the name that `name` gives it.
    ///
    /// # Errors
    /// When the value is something else.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[T], name: fn(T) -> &'static str) -> Result<Option<T>> {
        let Some(entry) = self.get(key) else { return Ok(None) };
        let found = entry.text().and_then(|text| choices.iter().find(|c| name(**c) == text));
        let names: Vec<String> = choices.iter().map(|c| format!("\"{}\"", name(*c))).collect();
        found.copied().map(Some).ok_or_else(|| entry.refuse(format!("one of {}", names.join(", "))))
    }
}

impl<'a> Entry<'a> {
    fn new(document: &'a Document<'a>, field: String, value: &'a Spanned<DeValue<'a>>) -> Self {
        Entry { document, field, span: value.span(), value: value.get_ref() }
    }

    /// This value is not what was expected.
    pub fn refuse(&self, expected: impl ToString) -> Error {
        self.document.error(kind(self.value), expected, &self.field, self.span.clone())
    }

    /// An error of another origin, with the place and the field of this value.
    pub fn blame(&self, error: Error) -> Error {
        self.document.place(error, self.span.clone()).at_field(self.field.clone())
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn items(&self) -> Option<Vec<Entry<'a>>> {
        match self.value {
            DeValue::Array(items) => {
                let item = |(i, value)| Entry::new(self.document, format!("{}[{i}]", self.field), value);
                Some(items.iter().enumerate().map(item).collect())
            }
            _ => None,
        }
    }

    /// An integer in `range`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn integer(&self, range: RangeInclusive<u64>) -> Result<u64> {
        let value = match self.value {
            DeValue::Integer(digits) => u64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        let expected = || match *range.end() {
            u64::MAX => format!("an integer, {} or greater", range.start()),
            end => format!("an integer from {} to {end}", range.start()),
        };
        value.filter(|v| range.contains(v)).ok_or_else(|| self.refuse(expected()))
    }

    /// A number that `accepts`; an integer will do.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number(&self, accepts: fn(f64) -> bool, expected: &str) -> Result<f64> {
        let value = match self.value {
            DeValue::Float(digits) => digits.as_str().parse().ok(),
            DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str().parse().ok(),
            _ => None,
        };
        value.filter(|v| accepts(*v)).ok_or_else(|| self.refuse(expected))
    }
}

/// A value in a few words.
fn kind(value: &DeValue) -> String {
    match value {
        DeValue::String(text) if text.chars().count() <= 40 => format!("{text:?}"),
        DeValue::String(_) => "a long string".into(),
        DeValue::Integer(digits) => digits.to_string(),
        DeValue::Float(digits) => digits.to_string(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(value) => value.to_string(),
        DeValue::Array(items) => format!("an array of {}", items.len()),
        DeValue::Table(_) => "a table".into(),
    }
}

fn line(source: &str, at: usize) -> usize {
    1 + source.bytes().take(at).filter(|b| *b == b'\n').count()
}
