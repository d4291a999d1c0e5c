//! Values of a run file: what each may be, and how a refusal says so.

use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, Expected, SeqAccess, Unexpected, Visitor};

use crate::exact::Distribution;
use crate::hierarchy::network::Skips;
use crate::hierarchy::network::architecture::{MAX_DEPTH, MAX_SIZE};

/// An integer from `LEAST` to `MOST`.
pub struct Integer<const LEAST: u64, const MOST: u64>(pub u64);

impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for Integer<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InRange::<LEAST, MOST>).map(Integer)
    }
}

impl<const LEAST: u64, const MOST: u64> Integer<LEAST, MOST> {
    /// An integer that stands among other forms of a value.
    ///
    /// # Errors
    /// Out of the range.
    pub fn checked<E: Error>(value: i64) -> Result<Self, E> {
        InRange::<LEAST, MOST>.visit_i64(value).map(Integer)
    }

    /// Why a number with a point or an exponent is none.
    pub fn refused<E: Error>(value: f64) -> E {
        let whole = value.fract() == 0.0 && (0.0..=LARGEST_WHOLE).contains(&value);
        let hint = if whole { format!("; written without point and exponent: {value:.0}") } else { String::new() };
        E::invalid_value(Unexpected::Float(value), &Hinted(&InRange::<LEAST, MOST>, hint))
    }
}

struct InRange<const LEAST: u64, const MOST: u64>;

impl<const LEAST: u64, const MOST: u64> Visitor<'_> for InRange<LEAST, MOST> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match MOST {
            u64::MAX => write!(f, "an integer, {LEAST} or greater"),
            _ => write!(f, "an integer from {LEAST} to {MOST}"),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u64, E> {
        match (LEAST..=MOST).contains(&value) {
            true => Ok(value),
            false => Err(E::invalid_value(Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<u64, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
        }
    }

    /// Where it is a whole number, as `1e6` is in Python, the refusal says how TOML writes that.
    fn visit_f64<E: Error>(self, value: f64) -> Result<u64, E> {
        Err(Integer::<LEAST, MOST>::refused(value))
    }
}

/// Doubles up to this one hold every integer.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// What a visitor expects, and a hint.
struct Hinted<'a, V>(&'a V, String);

impl<'de, V: Visitor<'de>> Expected for Hinted<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)?;
        f.write_str(&self.1)
    }
}

/// A size or a number of steps in a range, for a field that must or may be there.
pub fn size<'de, D: Deserializer<'de>, T: From<usize>, const LEAST: u64, const MOST: u64>(d: D) -> Result<T, D::Error> {
    // A usize holds all ranges of sizes and steps.
    Integer::<LEAST, MOST>::deserialize(d).map(|integer| (integer.0 as usize).into())
}

/// A seed, for a field that must or may be there.
pub fn seed<'de, D: Deserializer<'de>, T: From<u64>>(d: D) -> Result<T, D::Error> {
    Integer::<0, { u64::MAX }>::deserialize(d).map(|integer| integer.0.into())
}

/// A number that `accepts`; an integer will do.
struct Number {
    accepts: fn(f64) -> bool,
    expected: &'static str,
}

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        match (self.accepts)(value) {
            true => Ok(value),
            false => Err(E::invalid_value(Unexpected::Float(value), &self)),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        self.visit_f64(value as f64)
    }
}

/// A number that `accepts`, for a field that must or may be there; `expected` says in words which those are.
pub fn number<'de, D: Deserializer<'de>, T: From<f64>>(
    d: D,
    accepts: fn(f64) -> bool,
    expected: &'static str,
) -> Result<T, D::Error> {
    d.deserialize_any(Number { accepts, expected }).map(T::from)
}

/// One of the `choices`, by the name that `name` gives it.
struct Choice<T: 'static> {
    choices: &'static [T],
    name: fn(T) -> &'static str,
}

impl<T: Copy> Visitor<'_> for Choice<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.choices.iter().map(|c| format!("\"{}\"", (self.name)(*c))).collect();
        write!(f, "one of {}", names.join(", "))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let found = self.choices.iter().find(|c| (self.name)(**c) == text);
        found.copied().ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// One of the `choices`, by the name that `name` gives it.
pub fn choice<'de, D: Deserializer<'de>, T: Copy>(
    d: D,
    choices: &'static [T],
    name: fn(T) -> &'static str,
) -> Result<T, D::Error> {
    d.deserialize_any(Choice { choices, name })
}

/// A distribution, by its name.
pub fn distribution<'de, D: Deserializer<'de>>(d: D) -> Result<Distribution, D::Error> {
    choice(d, &Distribution::ALL, Distribution::name)
}

/// True or false, for a field that may be there.
pub fn flag<'de, D: Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    d.deserialize_any(Flag).map(Some)
}

struct Flag;

impl Visitor<'_> for Flag {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }
}

/// A list of `T`, called `expected` where it is something else.
struct List<T> {
    expected: &'static str,
    of: std::marker::PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }
}

/// A list of integers in a range.
pub fn integers<'de, D: Deserializer<'de>, const LEAST: u64, const MOST: u64>(
    d: D,
    expected: &'static str,
) -> Result<Vec<usize>, D::Error> {
    let list = d.deserialize_any(List::<Integer<LEAST, MOST>> { expected, of: std::marker::PhantomData })?;
    // As for one of them.
    Ok(list.into_iter().map(|integer| integer.0 as usize).collect())
}

/// The widths of the layers from 2 on.
#[derive(Clone, Debug, PartialEq)]
pub enum Widths {
    /// The same for all.
    All(usize),
    /// One for each.
    Each(Vec<usize>),
}

/// The largest width.
const WIDEST: u64 = MAX_SIZE as u64;

impl<'de> Deserialize<'de> for Widths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Widths;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an integer from 1 to {WIDEST}, or a list with one for each layer")
    }

    fn visit_i64<E: Error>(self, width: i64) -> Result<Widths, E> {
        InRange::<1, WIDEST>.visit_i64(width).map(|width| Widths::All(width as usize))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, widths: A) -> Result<Widths, A::Error> {
        integers::<_, 1, WIDEST>(SeqAccessDeserializer::new(widths), "widths").map(Widths::Each)
    }
}

/// Index sets: a name, or the sets from `J_2` on. The order in which a set is written means nothing.
pub fn skips<'de, D: Deserializer<'de>>(d: D) -> Result<Skips, D::Error> {
    d.deserialize_any(sets::NameOrSets)
}

mod sets {
    use super::*;

    pub struct NameOrSets;

    impl<'de> Visitor<'de> for NameOrSets {
        type Value = Skips;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("\"lin\", \"linskip\", \"quad01\", or a list of index sets from J_2 on, such as [[0], [0, 2]]")
        }

        fn visit_str<E: Error>(self, name: &str) -> Result<Skips, E> {
            let known = [Skips::Lin, Skips::LinSkip, Skips::Quad01].into_iter().find(|skips| skips.name() == name);
            known.ok_or_else(|| E::invalid_value(Unexpected::Str(name), &self))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sets: A) -> Result<Skips, A::Error> {
            let mut found = Vec::new();
            while let Some(IndexSet(set)) = sets.next_element()? {
                found.push(set);
            }
            Ok(Skips::Explicit(found))
        }
    }

    struct IndexSet(Vec<usize>);

    impl<'de> Deserialize<'de> for IndexSet {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let expected = "a list of layer numbers, such as [0, 2]";
            let mut set = integers::<D, 0, { MAX_DEPTH as u64 - 1 }>(deserializer, expected)?;
            set.sort_unstable();
            Ok(IndexSet(set))
        }
    }
}
