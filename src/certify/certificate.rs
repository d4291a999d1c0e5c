//! Certificates: a tail, and all that is needed to prove it again without trusting who found it.
//!
//! A JSON file holds the matrix itself (a family is named, any other is stored entry by entry, so that no digest has to be
//! trusted), the candidate, and the printed decimals; `src/_docs/certificate.md` is the grammar. [`Certificate::refusal`] checks all
//! this in exact arithmetic, and so does `proofs/certificates/check.py`, which shares no line with it.

use std::fmt;
use std::num::NonZeroU64;

use dashu_int::IBig;
use serde::{Deserialize, Serialize};

use super::cost;
use super::tails::{AnyCandidate, CertifiedTails, Tail, big_proved, check_request, proved};
use crate::enclosure::big_residual::BigCandidate;
use crate::enclosure::residual::Candidate;
use crate::error::{Error, Result};
use crate::exact::big_gram::{AnyGram, BigGram};
use crate::exact::family::Family;
use crate::exact::gram::{Gram, affordable_order};
use crate::matrix::Matrix;

mod tests;
mod text;

/// The largest power of two that a stored matrix is over.
const LARGEST_SCALE: u32 = 4096;

/// Where a Gram matrix comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A family, whose matrix is computed anew.
    Family(NamedFamily),
    /// A matrix, stored.
    Small {
        /// The lower triangle, row by row.
        lower: Vec<Vec<i64>>,
    },
    /// A matrix with entries of any size, stored.
    Big {
        /// The lower triangle, row by row.
        lower: Vec<Vec<IBig>>,
        /// The entries are divided by two to this power.
        scale: u32,
    },
}

/// A family as it is named in a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFamily {
    family: String,
    dimension: usize,
    count: usize,
    seed: u64,
}

/// The printed tail at one rank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    rank: usize,
    tail: String,
}

/// The integers of a candidate: `2^s mu` and the rows of `2^k V`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Integers<T> {
    mu: Vec<T>,
    v: Vec<Vec<T>>,
}

/// The candidate, in the first format or in the second.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stored {
    Small(Integers<i64>),
    Big(Integers<IBig>),
}

/// Tails with their proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    matrix: Source,
    denominator: NonZeroU64,
    digits: usize,
    tails: Vec<Printed>,
    k: u32,
    s: u32,
    candidate: Stored,
}

impl From<&Family> for Source {
    fn from(family: &Family) -> Self {
        let &Family { kind, dimension, count, seed } = family;
        Source::Family(NamedFamily { family: kind.name().into(), dimension, count, seed })
    }
}

impl From<&Gram> for Source {
    fn from(gram: &Gram) -> Self {
        Source::Small { lower: lower(gram.entries()) }
    }
}

impl From<&BigGram> for Source {
    fn from(gram: &BigGram) -> Self {
        Source::Big { lower: lower(gram.entries()), scale: gram.scale() }
    }
}

impl From<&AnyGram> for Source {
    fn from(gram: &AnyGram) -> Self {
        match gram {
            AnyGram::Small(gram) => gram.into(),
            AnyGram::Big(gram) => gram.into(),
        }
    }
}

fn lower<T: Clone>(entries: &Matrix<T>) -> Vec<Vec<T>> {
    (0..entries.rows()).map(|i| entries.row(i)[..=i].to_vec()).collect()
}

fn rows<T: Clone>(matrix: &Matrix<T>) -> Vec<Vec<T>> {
    (0..matrix.rows()).map(|i| matrix.row(i).to_vec()).collect()
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Family(NamedFamily { family, dimension, count, seed }) => {
                write!(f, "{family}, dimension {dimension}, count {count}, seed {seed}")
            }
            Source::Small { .. } | Source::Big { .. } => f.write_str("a matrix stored in the certificate"),
        }
    }
}

impl Source {
    fn order(&self) -> usize {
        match self {
            Source::Family(family) => family.count,
            Source::Small { lower } => lower.len(),
            Source::Big { lower, .. } => lower.len(),
        }
    }

    /// The matrix, if it is of the given order and, for a family, over its own denominator. One that is stored keeps its scale.
    fn gram(&self, order: usize, denominator: NonZeroU64) -> Result<AnyGram> {
        if self.order() != order {
            let found = format!("a matrix of order {}", self.order());
            return Err(Error::input(found, format!("{order}, as many as values")));
        }
        match self {
            Source::Family(family) => family.gram(denominator).map(AnyGram::Small),
            Source::Small { lower } => {
                triangular(lower)?;
                Gram::from_lower(order, denominator, |i, j| lower[i][j]).map(AnyGram::Small)
            }
            Source::Big { lower, scale } => {
                triangular(lower)?;
                if *scale > LARGEST_SCALE {
                    return Err(Error::input(format!("the scale {scale}"), format!("at most {LARGEST_SCALE}")));
                }
                let entries = Matrix::from_fn(order, order, |i, j| lower[i.max(j)][i.min(j)].clone());
                BigGram::new(entries, *scale, denominator).map(AnyGram::Big)
            }
        }
    }
}

impl NamedFamily {
    fn gram(&self, denominator: NonZeroU64) -> Result<Gram> {
        let family = Family { kind: self.family.parse()?, dimension: self.dimension, count: self.count, seed: self.seed };
        let gram = family.gram()?;
        match gram.denominator() == denominator {
            true => Ok(gram),
            false => {
                let own = format!("the family's own, {}", gram.denominator());
                Err(Error::input(format!("the denominator {denominator}"), own))
            }
        }
    }
}

fn triangular<T>(lower: &[Vec<T>]) -> Result<()> {
    match lower.iter().enumerate().find(|(i, row)| row.len() != i + 1) {
        Some((i, row)) => {
            Err(Error::input(format!("{} entries in row {}", row.len(), i + 1), format!("{} of a lower triangle", i + 1)))
        }
        None => Ok(()),
    }
}

impl Certificate {
    /// The certificate of tails with `digits` digits of a matrix over `denominator`: of the first format if `source` and the candidate
    /// have entries of 64 bits, of the second otherwise.
    ///
    /// # Errors
    /// When a tail is undecided.
    pub fn new(source: Source, denominator: NonZeroU64, digits: usize, proof: &CertifiedTails) -> Result<Self> {
        let printed = |tail: &Tail| {
            let undecided = || Error::refused(format!("the tail at rank {} is undecided", tail.rank));
            tail.decimal.clone().ok_or_else(undecided).map(|decimal| Printed { rank: tail.rank, tail: decimal })
        };
        let (k, s, candidate) = match &proof.candidate {
            AnyCandidate::Small(c) => {
                (c.vector_bits, c.value_bits, Stored::Small(Integers { mu: c.values.clone(), v: rows(&c.vectors) }))
            }
            AnyCandidate::Big(c) => {
                (c.vector_bits, c.value_bits, Stored::Big(Integers { mu: c.values.clone(), v: rows(&c.vectors) }))
            }
        };
        let matrix = match (source, &candidate) {
            (Source::Small { lower }, Stored::Big(_)) => {
                let wide = |row: &Vec<i64>| row.iter().map(|&g| g.into()).collect();
                Source::Big { lower: lower.iter().map(wide).collect(), scale: 0 }
            }
            (source, _) => source,
        };
        let tails = proof.tails.iter().map(printed).collect::<Result<_>>()?;
        Ok(Certificate { matrix, denominator, digits, tails, k, s, candidate })
    }

    /// Why the certificate is refused; `None` when it is proved anew, in exact arithmetic. `given` must then be its matrix.
    pub fn refusal(&self, given: Option<&AnyGram>, threads: usize) -> Option<String> {
        self.verified(given, threads).err().map(|e| e.to_string())
    }

    /// What the certificate states: the matrix, its order and denominator, and the tails.
    pub fn statement(&self) -> String {
        let tails: String = self.tails.iter().map(|Printed { rank, tail }| format!("rank {rank} -> {tail}\n")).collect();
        format!("{}\nM = {}, D = {}\n{tails}", self.matrix, self.order(), self.denominator)
    }

    /// The order of the matrix.
    pub fn order(&self) -> usize {
        match &self.candidate {
            Stored::Small(integers) => integers.mu.len(),
            Stored::Big(integers) => integers.mu.len(),
        }
    }

    /// About how many seconds the check takes on one core (guarantee: approximate, an order of magnitude).
    pub fn seconds(&self) -> f64 {
        let bits = u64::from(self.k.max(self.s));
        match &self.candidate {
            Stored::Small(_) => cost::check_seconds(self.order(), 64, bits),
            Stored::Big(_) => cost::check_seconds(self.order(), bits.max(64), bits),
        }
    }

    fn verified(&self, given: Option<&AnyGram>, threads: usize) -> Result<()> {
        affordable_order(self.order())?;
        let candidate = self.candidate()?;
        let gram = self.matrix.gram(self.order(), self.denominator)?;
        if given.is_some_and(|given| !are_equal(given, &gram)) {
            return Err(Error::refused("the matrix given is not the one certified"));
        }
        if self.tails.is_empty() {
            return Err(Error::refused("it certifies no tail"));
        }
        let ranks: Vec<usize> = self.tails.iter().map(|t| t.rank).collect();
        check_request(gram.order(), &ranks, self.digits)?;
        let tails = match (&gram, &candidate) {
            (AnyGram::Small(gram), AnyCandidate::Small(candidate)) => proved(gram, candidate, &ranks, self.digits, threads)?,
            (AnyGram::Small(gram), AnyCandidate::Big(candidate)) => {
                big_proved(&gram.into(), candidate, &ranks, self.digits, threads)?
            }
            (AnyGram::Big(gram), AnyCandidate::Big(candidate)) => big_proved(gram, candidate, &ranks, self.digits, threads)?,
            (AnyGram::Big(gram), AnyCandidate::Small(candidate)) => {
                big_proved(gram, &candidate.into(), &ranks, self.digits, threads)?
            }
        };
        self.tails.iter().zip(&tails).try_for_each(|(printed, tail)| agree(printed, tail, self.digits))
    }

    fn candidate(&self) -> Result<AnyCandidate> {
        let (vector_bits, value_bits) = (self.k, self.s);
        Ok(match &self.candidate {
            Stored::Small(integers) => AnyCandidate::Small(Candidate {
                vectors: integers.vectors()?,
                vector_bits,
                values: integers.mu.clone(),
                value_bits,
            }),
            Stored::Big(integers) => AnyCandidate::Big(BigCandidate {
                vectors: integers.vectors()?,
                vector_bits,
                values: integers.mu.clone(),
                value_bits,
            }),
        })
    }
}

impl<T: Clone> Integers<T> {
    fn vectors(&self) -> Result<Matrix<T>> {
        let order = self.mu.len();
        match self.v.len() != order || self.v.iter().any(|row| row.len() != order) {
            true => Err(Error::refused(format!("v does not have {order} rows of {order} entries"))),
            false => Matrix::from_rows(order, order, self.v.concat()),
        }
    }
}

/// Whether two matrices have the same entries, whatever they are divided by.
fn are_equal(given: &AnyGram, certified: &AnyGram) -> bool {
    let given = given.clone().over(certified.denominator());
    match certified {
        AnyGram::Small(_) => given == *certified,
        AnyGram::Big(certified) => given == AnyGram::from(certified.clone()),
    }
}

fn agree(printed: &Printed, tail: &Tail, digits: usize) -> Result<()> {
    let rank = printed.rank;
    match (&tail.decimal, tail.undecided(digits)) {
        (Some(decimal), _) if *decimal == printed.tail => Ok(()),
        (Some(decimal), _) => Err(Error::refused(format!("the tail at rank {rank} is {decimal}, not {}", printed.tail))),
        (None, cause) => Err(Error::refused(format!("the tail at rank {rank} is not proved: {}", cause.unwrap_or_default()))),
    }
}
