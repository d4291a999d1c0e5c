//! A TOML document whose every complaint names the file, the line, the field, what was found and what was expected.

use std::ops::Range;
use std::path::Path;

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor, value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};

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
            Err(e) => Err(not_toml(&e).in_file(file).at_line(line(source, e.span().map_or(0, |span| span.start)))),
        }
    }

    /// Checks that the document has no other keys than those of `T`; as do its tables, whose keys come with their names.
    ///
    /// # Errors
    /// At the first key that is unknown, with the nearest that is known; and where a table is something else.
    pub fn check_keys<T: DeserializeOwned>(&self, tables: &[(&str, &[&str])]) -> Result<()> {
        self.check_table(&self.root, "", keys::<T>())?;
        for (name, known) in tables {
            let Some((_, value)) = self.root.iter().find(|(key, _)| key.get_ref() == *name) else { continue };
            match value.get_ref() {
                DeValue::Table(table) => self.check_table(table, &format!("{name}."), known)?,
                other => return Err(self.error(kind(other), "a table", name, value.span())),
            }
        }
        Ok(())
    }

    fn check_table(&self, table: &DeTable, prefix: &str, known: &[&str]) -> Result<()> {
        match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => {
                let nearest = known.iter().min_by_key(|k| strsim::damerau_levenshtein(k, key.get_ref()));
                let nearest = nearest.expect("every table has keys");
                let expected = format!("one of {}; did you mean `{nearest}`?", known.join(", "));
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

    fn place(&self, field: &str) -> Option<Place<'_>> {
        self.places().into_iter().find(|place| place.field == field)
    }

    /// Every value, each before those within it.
    fn places(&self) -> Vec<Place<'_>> {
        let mut places = Vec::new();
        self.root.iter().for_each(|(key, value)| collect(key.get_ref().to_string(), value, &mut places));
        places
    }
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
