//! Certificates: a tail, and all that is needed to prove it again without trusting who found it.
//!
//! A JSON file holds the matrix itself (a family is named, any other is stored entry by entry, so that no digest has to be
//! trusted), the candidate, and the printed decimals:
//!
//! ```text
//! { "format": "bfc-eigenvalue-tail-1",
//!   "matrix": {"family": "perm", "dimension": 16, "count": 500, "seed": 1}  or  {"lower": [[2], [1, 2], ...]},
//!   "denominator": 65536,
//!   "digits": 10,
//!   "tails": [{"rank": 125, "tail": "0.6241579705"}, ...],
//!   "k": 50, "s": 39, "mu": [...],              2^s mu, in decreasing order
//!   "v": [[...], ...] }                         the rows of 2^k V
//! ```
//!
//! The denominator of a family is its own. [`Certificate::refusal`] checks all this in exact arithmetic, and so does
//! `proofs/certificates/check.py`, which shares no line with it.

use std::fmt::{self, Write};
use std::marker::PhantomData;
use std::num::NonZeroU64;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{CertifiedTails, check_request, proved};
use crate::enclosure::residual::Candidate;
use crate::error::{Error, Result};
use crate::exact::family::Family;
use crate::exact::gram::Gram;
use crate::matrix::Matrix;

/// The format that is read and written.
const FORMAT: &str = "bfc-eigenvalue-tail-1";

/// Where a Gram matrix comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Source {
    /// A family, whose matrix is computed anew.
    Family {
        /// The name of the family.
        family: String,
        /// The dimension of the input.
        dimension: usize,
        /// The number of functions.
        count: usize,
        /// Where the number sequence starts.
        seed: u64,
    },
    /// A matrix, stored.
    Entries {
        /// The lower triangle, row by row.
        lower: Vec<Vec<i64>>,
    },
}

/// The printed tail at one rank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    rank: usize,
    tail: String,
}

/// Tails with their proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    format: String,
    #[serde(deserialize_with = "object")]
    matrix: Source,
    denominator: NonZeroU64,
    digits: usize,
    #[serde(deserialize_with = "objects")]
    tails: Vec<Printed>,
    k: u32,
    s: u32,
    mu: Vec<i64>,
    v: Vec<Vec<i64>>,
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

fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| value)
}

fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<T>, D::Error> {
    let objects: Vec<Object<T>> = Vec::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

impl From<&Family> for Source {
    fn from(family: &Family) -> Self {
        let &Family { kind, dimension, count, seed } = family;
        Source::Family { family: kind.name().into(), dimension, count, seed }
    }
}

impl From<&Gram> for Source {
    fn from(gram: &Gram) -> Self {
        Source::Entries { lower: (0..gram.order()).map(|i| gram.entries().row(i)[..=i].to_vec()).collect() }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Family { family, dimension, count, seed } => {
                write!(f, "{family}, dimension {dimension}, count {count}, seed {seed}")
            }
            Source::Entries { .. } => f.write_str("a matrix stored in the certificate"),
        }
    }
}

impl Source {
    /// The matrix, if it is of the given order and, for a family, over its own denominator.
    fn gram(&self, order: usize, denominator: NonZeroU64) -> Result<Gram> {
        let found = match self {
            Source::Family { count, .. } => *count,
            Source::Entries { lower } => lower.len(),
        };
        if found != order {
            return Err(Error::input(format!("a matrix of order {found}"), format!("{order}, as many as values")));
        }
        match self {
            Source::Family { family, dimension, count, seed } => {
                let family = Family { kind: family.parse()?, dimension: *dimension, count: *count, seed: *seed };
                let gram = family.gram()?;
                match gram.denominator() == denominator {
                    true => Ok(gram),
                    false => Err(Error::input(
                        format!("the denominator {denominator}"),
                        format!("the family's own, {}", gram.denominator()),
                    )),
                }
            }
            Source::Entries { lower } => stored(lower, denominator),
        }
    }
}

fn stored(lower: &[Vec<i64>], denominator: NonZeroU64) -> Result<Gram> {
    match lower.iter().enumerate().find(|(i, row)| row.len() != i + 1) {
        Some((i, row)) => {
            Err(Error::input(format!("{} entries in row {}", row.len(), i + 1), format!("{} of a lower triangle", i + 1)))
        }
        None => Gram::from_lower(lower.len(), denominator, |i, j| lower[i][j]),
    }
}

impl Certificate {
    /// The certificate of `tails` of `gram`.
    ///
    /// # Errors
    /// When a tail is undecided.
    pub fn new(source: Source, gram: &Gram, digits: usize, proof: &CertifiedTails) -> Result<Self> {
        let printed = |tail: &super::Tail| {
            let decimal =
                tail.decimal.clone().ok_or_else(|| Error::refused(format!("the tail at rank {} is undecided", tail.rank)));
            decimal.map(|decimal| Printed { rank: tail.rank, tail: decimal })
        };
        let candidate = &proof.candidate;
        Ok(Certificate {
            format: FORMAT.into(),
            matrix: source,
            denominator: gram.denominator(),
            digits,
            tails: proof.tails.iter().map(printed).collect::<Result<_>>()?,
            k: candidate.vector_bits,
            s: candidate.value_bits,
            mu: candidate.values.clone(),
            v: (0..candidate.vectors.rows()).map(|i| candidate.vectors.row(i).to_vec()).collect(),
        })
    }

    /// Reads a certificate; that it is one says nothing of what it is worth.
    ///
    /// # Errors
    /// When the text is not JSON of this format; the error names the line.
    pub fn parse(text: &str) -> Result<Self> {
        let Object(read): Object<Certificate> =
            serde_json::from_str(text).map_err(|e| Error::refused(e.to_string()).at_line(e.line()))?;
        match read.format == FORMAT {
            true => Ok(read),
            false => Err(Error::input(format!("{:?}", read.format), FORMAT).at_field("format")),
        }
    }

    /// The certificate as JSON, a row of `v` or of the matrix on a line.
    pub fn to_json(&self) -> String {
        let mut text = String::from("{");
        let matrix = match &self.matrix {
            Source::Family { .. } => json(&self.matrix),
            Source::Entries { lower } => format!("{{\"lower\": [{}\n  ]}}", lines(lower)),
        };
        let fields = [("format", json(&self.format)), ("matrix", matrix), ("denominator", json(&self.denominator))];
        let more = [
            ("digits", json(&self.digits)),
            ("tails", json(&self.tails)),
            ("k", json(&self.k)),
            ("s", json(&self.s)),
            ("mu", json(&self.mu)),
        ];
        for (name, value) in fields.into_iter().chain(more) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  \"{name}\": {value},");
        }
        text + &format!("\n  \"v\": [{}\n  ]\n}}\n", lines(&self.v))
    }

    /// Why the certificate is refused; `None` when it is proved anew, in exact arithmetic. `given` must then be its matrix.
    pub fn refusal(&self, given: Option<&Gram>, threads: usize) -> Option<String> {
        self.verified(given, threads).err().map(|e| e.to_string())
    }

    /// What the certificate states: the matrix, its order and denominator, and the tails.
    pub fn statement(&self) -> String {
        let tails: String = self.tails.iter().map(|Printed { rank, tail }| format!("rank {rank} -> {tail}\n")).collect();
        format!("{}\nM = {}, D = {}\n{tails}", self.matrix, self.mu.len(), self.denominator)
    }

    fn verified(&self, given: Option<&Gram>, threads: usize) -> Result<()> {
        let candidate = self.candidate()?;
        let gram = self.matrix.gram(self.mu.len(), self.denominator)?;
        if given.is_some_and(|given| given.entries() != gram.entries()) {
            return Err(Error::refused("the matrix given is not the one certified"));
        }
        if self.tails.is_empty() {
            return Err(Error::refused("it certifies no tail"));
        }
        let ranks: Vec<usize> = self.tails.iter().map(|t| t.rank).collect();
        check_request(gram.order(), &ranks, self.digits)?;
        let tails = proved(&gram, &candidate, &ranks, self.digits, threads)?;
        self.tails.iter().zip(&tails).try_for_each(|(printed, tail)| agree(printed, tail, self.digits))
    }

    fn candidate(&self) -> Result<Candidate> {
        let order = self.mu.len();
        if self.v.len() != order || self.v.iter().any(|row| row.len() != order) {
            return Err(Error::refused(format!("v does not have {order} rows of {order} entries")));
        }
        let vectors = Matrix::from_rows(order, order, self.v.concat())?;
        Ok(Candidate { vectors, vector_bits: self.k, values: self.mu.clone(), value_bits: self.s })
    }
}

fn agree(printed: &Printed, tail: &super::Tail, digits: usize) -> Result<()> {
    let rank = printed.rank;
    match (&tail.decimal, tail.undecided(digits)) {
        (Some(decimal), _) if *decimal == printed.tail => Ok(()),
        (Some(decimal), _) => Err(Error::refused(format!("the tail at rank {rank} is {decimal}, not {}", printed.tail))),
        (None, cause) => Err(Error::refused(format!("the tail at rank {rank} is not proved: {}", cause.unwrap_or_default()))),
    }
}

/// Integers, strings and lists of them always have a JSON form.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn lines(rows: &[Vec<i64>]) -> String {
    rows.iter().map(|row| format!("\n    {}", json(row))).collect::<Vec<_>>().join(",")
}
