//! Values of a run file: what each may be, and how a refusal says so.

use std::fmt;

use serde::Serialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use serde::ser::Serializer;

use crate::exact::Distribution;
use crate::hierarchy::learner::Kind;
use crate::hierarchy::network::Skips;
use crate::hierarchy::network::architecture::{MAX_DEPTH, MAX_SIZE};

/// An integer from `LEAST` to `MOST`.
pub struct Integer<const LEAST: u64, const MOST: u64>(pub u64);

impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for Integer<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InRange::<LEAST, MOST>).map(Integer)
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

/// Reads and writes a kind of learner by its name.
pub mod kind {
    use super::*;

    /// The name.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name())
    }

    /// The kind of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(Choice { choices: &Kind::ALL, name: Kind::name })
    }
}

/// Reads and writes a distribution by its name.
pub mod distribution {
    use super::*;

    /// The name.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(distribution: &Distribution, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(distribution.name())
    }

    /// The distribution of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Distribution, D::Error> {
        deserializer.deserialize_any(Choice { choices: &Distribution::ALL, name: Distribution::name })
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

impl Serialize for Widths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Widths::All(width) => width.serialize(serializer),
            Widths::Each(widths) => widths.serialize(serializer),
        }
    }
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

/// Reads and writes index sets: a name, or the sets from `J_2` on. The order in which a set is written means nothing.
pub mod skips {
    use super::*;

    /// The name, or the sets.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(skips: &Skips, serializer: S) -> Result<S::Ok, S::Error> {
        match skips {
            Skips::Explicit(sets) => serializer.collect_seq(sets),
            named => serializer.serialize_str(&named.name()),
        }
    }

    /// The index sets.
    ///
    /// # Errors
    /// When it is no name that is known, and no list of lists of layer numbers.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Skips, D::Error> {
        deserializer.deserialize_any(NameOrSets)
    }

    struct NameOrSets;

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
