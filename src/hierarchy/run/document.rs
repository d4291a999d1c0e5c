//! A TOML document whose every complaint names the file, the line, the field, what was found and what was expected.

use std::ops::Range;
use std::path::Path;

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor, value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};
use crate::spelling::nearest;

/// The text of a file, and the values that it holds with their places.
pub struct Document<'a> {
    file: &'a Path,
    source: &'a str,
    root: DeTable<'a>,
}

/// A value of a document: its field, such as `target.width[2]`, and where it stands.
struct Place<'d> {
    field: String,
    span: Range<usize>,
    value: &'d DeValue<'d>,
}

impl<'a> Document<'a> {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// When it is not TOML.
    pub fn parse(file: &'a Path, source: &'a str) -> Result<Self> {
        match DeTable::parse(source) {
            Ok(root) => Ok(Document { file, source, root: root.into_inner() }),
            Err(e) => {
                let at = line(source, e.span().map_or(0, |span| span.start));
                let error = not_toml(&e).in_file(file).at_line(at);
                Err(habit(source.lines().nth(at - 1).unwrap_or("")).map_or(error.clone(), |hint| error.and(hint)))
            }
        }
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Path {
        self.file
    }

    /// Checks that the document has no other keys than the `known`, and neither have those of its tables whose keys come with their names.
    ///
    /// # Errors
    /// At the first key that is unknown, with the nearest that is known; and where a table is something else.
    pub fn check_keys(&self, known: &[&str], tables: &[(&str, &[&str])]) -> Result<()> {
        self.check_table(&self.root, "", known)?;
        for (name, known) in tables {
            if let Some(table) = self.table(name)? {
                self.check_table(table, &format!("{name}."), known)?;
            }
        }
        Ok(())
    }

    /// The table of this name at the top of the document, if it is there.
    ///
    /// # Errors
    /// Where it is something else.
    fn table(&self, name: &str) -> Result<Option<&DeTable<'a>>> {
        let Some((_, value)) = self.root.iter().find(|(key, _)| key.get_ref() == name) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(table) => Ok(Some(table)),
            other => Err(self.error(kind(other), "a table", name, value.span())),
        }
    }

    /// The keys of a table at the top of the document, in the order of the file; none where there is no such table.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn keys_of(&self, name: &str) -> Result<Vec<String>> {
        let Some(table) = self.table(name)? else { return Ok(Vec::new()) };
        let mut keys: Vec<(usize, String)> = table.keys().map(|key| (key.span().start, key.get_ref().to_string())).collect();
        keys.sort();
        Ok(keys.into_iter().map(|(_, key)| key).collect())
    }

    /// The fields below a table that are no tables themselves, such as `sweep.data.seed`, in the order of the file.
    pub fn leaves(&self, name: &str) -> Vec<String> {
        let below = format!("{name}.");
        let is_leaf =
            |place: &Place<'_>| place.field.starts_with(&below) && !place.value.is_table() && !place.field.contains('[');
        let mut leaves: Vec<Place<'_>> = self.places().into_iter().filter(is_leaf).collect();
        leaves.sort_by_key(|place| place.span.start);
        leaves.into_iter().map(|place| place.field).collect()
    }

    /// The key of a table is not known; `expected` says which are.
    pub fn unknown(&self, name: &str, key: &str, expected: impl ToString) -> Error {
        let found = self.root.iter().find(|(table, _)| table.get_ref() == name).and_then(|(_, value)| value.get_ref().as_table());
        let place = found.and_then(|table| table.keys().find(|known| known.get_ref() == key));
        self.error("an unknown key", expected, &format!("{name}.{key}"), place.map_or(0..0, |key| key.span()))
    }

    /// The text at `field`, or nothing where there is no such field; `Err` where there is something else.
    pub fn text(&self, field: &str) -> Option<std::result::Result<&str, ()>> {
        let value = self.place(field)?.value;
        Some(value.as_str().ok_or(()))
    }

    /// The line on which the value at `field` begins, if there is one.
    pub fn line_of(&self, field: &str) -> Option<usize> {
        self.place(field).map(|place| line(self.source, place.span.start))
    }

    fn check_table(&self, table: &DeTable, prefix: &str, known: &[&str]) -> Result<()> {
        match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => {
                let hint = meant(key.get_ref(), known).map_or(String::new(), |known| format!("; did you mean `{known}`?"));
                let expected = format!("one of {}{hint}", known.join(", "));
                Err(self.error("an unknown key", expected, &format!("{prefix}{}", key.get_ref()), key.span()))
            }
        }
    }

    /// The value of the whole document.
    ///
    /// # Errors
    /// Where a value is not what `T` expects, in the words of its deserialisation.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        toml::from_str(self.source).map_err(|e| {
            let place = e.span().and_then(|span| self.places().into_iter().rfind(|place| place.span == span));
            match (place, e.message().rsplit_once(", expected ")) {
                (Some(place), Some((_, expected))) => self.refuse_at(&place, expected),
                (Some(place), None) => self.blame(&place.field, Error::refused(e.message())),
                (None, _) => not_toml(&e).in_file(self.file),
            }
        })
    }

    /// The value at `field`, such as `target.width`, is not what was expected.
    pub fn refuse(&self, field: &str, expected: impl ToString) -> Error {
        match self.place(field) {
            Some(place) => self.refuse_at(&place, expected),
            None => Error::input("no such key", expected.to_string()).in_file(self.file).at_field(field),
        }
    }

    /// An error of another origin, with the place of the value at `field`, where the document has one.
    pub fn blame(&self, field: &str, error: Error) -> Error {
        match self.place(field) {
            Some(place) => error.in_file(self.file).at_line(line(self.source, place.span.start)).at_field(field),
            None => error,
        }
    }

    fn refuse_at(&self, place: &Place<'_>, expected: impl ToString) -> Error {
        self.error(kind(place.value), expected, &place.field, place.span.clone())
    }

    fn error(&self, found: impl ToString, expected: impl ToString, field: &str, span: Range<usize>) -> Error {
        let error = Error::input(found.to_string(), expected.to_string());
        error.in_file(self.file).at_line(line(self.source, span.start)).at_field(field)
    }

    fn place<'d>(&'d self, field: &str) -> Option<Place<'d>> {
        self.places().into_iter().find(|place| place.field == field)
    }

    /// Every value, each before those within it.
    fn places(&self) -> Vec<Place<'_>> {
        let mut places = Vec::new();
        self.root.iter().for_each(|(key, value)| collect(key.get_ref().to_string(), value, &mut places));
        places
    }
}

/// Keys under the names that formulas and other programs have for them.
const SYMBOLS: [(&str, &str); 14] = [
    ("d", "dimension"),
    ("dim", "dimension"),
    ("k", "width"),
    ("L", "depth"),
    ("J", "skips"),
    ("eps", "gap"),
    ("epsilon", "gap"),
    ("N", "samples"),
    ("n", "samples"),
    ("lr", "step"),
    ("learning_rate", "step"),
    ("eta", "step"),
    ("epochs", "phases"),
    ("steps", "phases"),
];

/// The known key that may have been meant.
pub fn meant<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let symbol = SYMBOLS.iter().find(|(symbol, _)| *symbol == typed).map(|(_, key)| *key);
    let named = known.iter().copied().find(|key| Some(*key) == symbol);
    named.or_else(|| nearest(typed, known.iter().copied()))
}

fn collect<'d>(field: String, value: &'d Spanned<DeValue<'d>>, places: &mut Vec<Place<'d>>) {
    places.push(Place { field: field.clone(), span: value.span(), value: value.get_ref() });
    match value.get_ref() {
        DeValue::Array(items) => (0..).zip(items).for_each(|(i, item)| collect(format!("{field}[{i}]"), item, places)),
        DeValue::Table(table) => table.iter().for_each(|(key, item)| collect(format!("{field}.{}", key.get_ref()), item, places)),
        _ => {}
    }
}

fn not_toml(cause: &toml::de::Error) -> Error {
    Error::refused(format!("not valid TOML: {}", cause.message().replace('\n', ", ")))
}

/// What a line that is not TOML may have meant, where it has a habit of Python.
fn habit(line: &str) -> Option<&'static str> {
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    let begins = |words: &[&str]| words.iter().any(|word| value.starts_with(word));
    match value {
        _ if value.contains("**") => {
            Some("TOML has no powers: 10**6 is written 1_000_000, or 1e6 where a number may have a point")
        }
        _ if begins(&["True", "False"]) => Some("TOML writes true and false"),
        _ if begins(&["None"]) => Some("TOML has no None: a key that is left out has its default"),
        _ if begins(&["range(", "list(", "("]) => Some("TOML writes lists as [1, 2, 3]; a sweep takes \"1..6\" as well"),
        _ => None,
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

/// The names of the fields of a struct, as its deserialisation tells them; none for anything else.
pub fn keys<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Fields<'f>(&'f mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Fields<'_> {
        type Error = value::Error;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            _: V,
        ) -> std::result::Result<V::Value, value::Error> {
            *self.0 = fields;
            Err(value::Error::custom("only the names were asked for"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, value::Error> {
            Err(value::Error::custom("not a struct"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names: &'static [&'static str] = &[];
    // It ends with one of the two errors above.
    let _ = T::deserialize(Fields(&mut names));
    names
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code)] // only its names are read
    #[serde(rename_all = "kebab-case")]
    struct Named {
        one: u8,
        second_word: u8,
    }

    #[test]
    fn the_names_of_fields_are_those_in_files() {
        assert_eq!(keys::<Named>(), ["one", "second-word"]);
        assert!(keys::<u8>().is_empty());
    }

    #[test]
    fn values_are_found_by_their_fields() {
        let source = "[a]\nb = [1, [2, 3]]\n";
        let document = Document::parse(Path::new("x.toml"), source).unwrap();
        let error = document.refuse("a.b[1][0]", "a word").to_string();
        assert_eq!(error, "x.toml:2: a.b[1][0]: found 2, expected a word");
        assert_eq!(document.blame("a.c", Error::refused("no")).line(), None);
    }
}
