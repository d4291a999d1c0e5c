//! Families of functions with exact Gram matrices.
//!
//! | family | functions | G and its denominator |
//! |---|---|---|
//! | `perm` | products of four orthonormal linear forms under N(0, I) | `perm(W_a W_b')` over `d^4` |
//! | `pm3` | `(y_1 y_2 + y_3 y_4)^2` less its mean, `y = W x / sqrt(d)` under N(0, I), variance 20 | three traces, over `20 (2d)^4` |
//! | `boolplus` | `2 x_i x_j + 2 x_k x_l + x_i x_j x_k x_l` on the cube, all index sets and pairings | pairs and sets in common, over 9 |
//!
//! Each is a member `f_a` of unit variance, so that `E[f_a f_b] = G_ab / D`. The rows of `W_a` (four of them, each `+-1`) are
//! distinct rows of the Hadamard matrix of order `d` with random column signs. The generator that draws them is part of the
//! definition of the family: it is one number sequence written down in full, and no source of randomness.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use super::gram::{Gram, affordable_order};
use crate::error::{Error, Result};

/// The largest dimension of an input; it keeps the entries of every family within the bound of a [`Gram`].
pub const LARGEST_DIMENSION: usize = 1024;

/// Rows of `W_a`: the degree of `perm` and `pm3`.
const ROWS: usize = 4;

/// What the functions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Products of four orthonormal linear forms, Gaussian input.
    Perm,
    /// Complete signed networks of depth 3, Gaussian input.
    Pm3,
    /// Unsigned trees of depth 3 on the cube.
    Boolplus,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Perm, Kind::Pm3, Kind::Boolplus];

    /// The name on the command line and in certificates.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Perm => "perm",
            Kind::Pm3 => "pm3",
            Kind::Boolplus => "boolplus",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = Error;

    /// # Errors
    /// When no family has this name.
    fn from_str(name: &str) -> Result<Self> {
        let found = Kind::ALL.into_iter().find(|k| k.name() == name);
        found.ok_or_else(|| Error::input(format!("the family {name:?}"), "perm, pm3 or boolplus"))
    }
}

/// The first `count` functions of a kind in dimension `dimension`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// What the functions are.
    pub kind: Kind,
    /// The dimension `d` of the input.
    pub dimension: usize,
    /// The number `M` of functions.
    pub count: usize,
    /// Where the number sequence starts; `boolplus` draws nothing and takes no notice of it.
    pub seed: u64,
}

impl Family {
    /// The Gram matrix (guarantee: exact). Time `O(M^2)`.
    ///
    /// # Errors
    /// When there is no such family: `perm` and `pm3` need a power of two from 4 to [`LARGEST_DIMENSION`], `boolplus` has
    /// `3 C(d, 4)` functions; or its order is not within the bounds of a [`Gram`].
    pub fn gram(&self) -> Result<Gram> {
        affordable_order(self.count).map_err(|e| e.at_field("count"))?;
        self.checked_dimension().map_err(|e| e.at_field("dimension"))?;
        match self.kind {
            Kind::Perm => perm(self),
            Kind::Pm3 => pm3(self),
            Kind::Boolplus => boolplus(self),
        }
    }

    fn checked_dimension(&self) -> Result<()> {
        let d = self.dimension;
        let (fits, expected) = match self.kind {
            Kind::Boolplus => (true, format!("from 4 to {LARGEST_DIMENSION}")),
            _ => (d.is_power_of_two(), format!("a power of two from 4 to {LARGEST_DIMENSION}")),
        };
        match fits && (4..=LARGEST_DIMENSION).contains(&d) {
            true => Ok(()),
            false => Err(Error::input(d, expected)),
        }
    }
}

/// `G_ab = perm(W_a W_b')`, over `d^4`.
fn perm(family: &Family) -> Result<Gram> {
    let w = signed_rows(family);
    let denominator = (family.dimension as u64).pow(4);
    gram_over(denominator, family, |a, b| permanent(&inner_products(&w[a], &w[b], family.dimension)))
}

/// With `C = W_a W_b'` and `J` the exchange of rows `1, 2` and of rows `3, 4`, over `20 (2d)^4`:
///
/// `G_ab = 8 tr(JCJC')^2 + 16 tr((JCJC')^2) + 32 d^2 ||C||_F^2`.
///
/// For `B_a = W_a'JW_a`, the matrix of `2d (y_1 y_2 + y_3 y_4)`, the covariance of the squares of two quadratic forms is
/// `8 tr(B_a B_b)^2 + 16 tr(B_a B_b B_a B_b) + 32 tr(B_a^2 B_b^2)`; and `W_a W_a' = d I`.
fn pm3(family: &Family) -> Result<Gram> {
    let (w, d) = (signed_rows(family), family.dimension as i64);
    gram_over(20 * (2 * d as u64).pow(4), family, |a, b| {
        let c = inner_products(&w[a], &w[b], family.dimension);
        let p = exchanged_product(&c);
        let (trace, of_square): (i64, i64) = (sum(|i| p[i][i]), sum(|i| sum(|j| p[i][j] * p[j][i])));
        8 * trace * trace + 16 * of_square + 32 * d * d * sum(|i| sum(|j| c[i][j] * c[i][j]))
    })
}

/// `G_ab = 4 (pairs in common) + (1 if the index sets agree)`, over 9.
fn boolplus(family: &Family) -> Result<Gram> {
    let trees: Vec<Tree> = trees(family.dimension).take(family.count).collect();
    if trees.len() < family.count {
        let all = trees.len();
        return Err(Error::input(family.count, format!("at most the {all} functions of the family")).at_field("count"));
    }
    let common = |a: &Tree, b: &Tree| a.pairs.iter().filter(|p| b.pairs.contains(p)).count() as i64;
    let entry = |a: &Tree, b: &Tree| 4 * common(a, b) + i64::from(a.indices == b.indices);
    gram_over(9, family, |a, b| entry(&trees[a], &trees[b]))
}

fn gram_over(denominator: u64, family: &Family, entry: impl FnMut(usize, usize) -> i64) -> Result<Gram> {
    Gram::from_lower(family.count, NonZeroU64::new(denominator).expect("no family has the denominator 0"), entry)
}

fn sum(term: impl Fn(usize) -> i64) -> i64 {
    (0..ROWS).map(term).sum()
}

type Square = [[i64; ROWS]; ROWS];

/// The permanent, by Laplace along rows 1, 2 and 3, 4.
fn permanent(c: &Square) -> i64 {
    let upper = |i: usize, j: usize| c[0][i] * c[1][j] + c[0][j] * c[1][i];
    let lower = |i: usize, j: usize| c[2][i] * c[3][j] + c[2][j] * c[3][i];
    let both = |i, j, k, l| upper(i, j) * lower(k, l) + upper(k, l) * lower(i, j);
    both(0, 1, 2, 3) + both(0, 2, 1, 3) + both(0, 3, 1, 2)
}

/// `J C J C'`.
fn exchanged_product(c: &Square) -> Square {
    let jcj = |i: usize, j: usize| c[i ^ 1][j ^ 1];
    std::array::from_fn(|i| std::array::from_fn(|k| sum(|j| jcj(i, j) * c[k][j])))
}

/// Rows of `+-1`, as bits set where an entry is -1.
type SignedRows = [Vec<u64>; ROWS];

/// `W_a W_b'`: two rows that differ in `n` signs have inner product `d - 2n`.
fn inner_products(a: &SignedRows, b: &SignedRows, d: usize) -> Square {
    let differing = |u: &[u64], v: &[u64]| u.iter().zip(v).map(|(x, y)| i64::from((x ^ y).count_ones())).sum::<i64>();
    std::array::from_fn(|i| std::array::from_fn(|j| d as i64 - 2 * differing(&a[i], &b[j])))
}

/// `W_1, ..., W_M`: for each, `d` column signs, then the first four of a random order of the Hadamard rows.
fn signed_rows(family: &Family) -> Vec<SignedRows> {
    let (mut sequence, d) = (Sequence(family.seed), family.dimension);
    let mut draw = || {
        let signs: Vec<bool> = (0..d).map(|_| sequence.draw() >> 7 & 1 == 1).collect();
        let mut order: Vec<usize> = (0..d).collect();
        for i in 0..ROWS {
            order.swap(i, i + (sequence.draw() % (d - i) as u64) as usize);
        }
        std::array::from_fn(|i| hadamard_row(order[i], &signs))
    };
    (0..family.count).map(|_| draw()).collect()
}

/// Row `r` of the Hadamard matrix, `(-1)^(r . c)` at column `c`, times the column signs.
fn hadamard_row(r: usize, signs: &[bool]) -> Vec<u64> {
    let mut bits = vec![0; signs.len().div_ceil(64)];
    for (c, &negative) in signs.iter().enumerate() {
        let odd = (r & c).count_ones() % 2 == 1;
        bits[c / 64] |= u64::from(odd != negative) << (c % 64);
    }
    bits
}

/// The number sequence of the definition (Knuth's MMIX congruential generator, upper 31 bits).
struct Sequence(u64);

impl Sequence {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// An index set and its division into two pairs.
struct Tree {
    indices: [usize; 4],
    pairs: [[usize; 2]; 2],
}

/// All index sets in lexicographic order, with their three pairings.
fn trees(d: usize) -> impl Iterator<Item = Tree> {
    let from = move |least: usize| least..d;
    let sets = (0..d)
        .flat_map(move |a| from(a + 1).flat_map(move |b| from(b + 1).flat_map(move |c| from(c + 1).map(move |e| [a, b, c, e]))));
    sets.flat_map(|s @ [a, b, c, e]| {
        [[[a, b], [c, e]], [[a, c], [b, e]], [[a, e], [b, c]]].map(|pairs| Tree { indices: s, pairs })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;

    fn family(kind: Kind, dimension: usize, count: usize) -> Family {
        Family { kind, dimension, count, seed: 1 }
    }

    /// `W_a` with its signs written out.
    fn written_out(rows: &SignedRows, d: usize) -> Matrix<i64> {
        Matrix::from_fn(ROWS, d, |i, c| 1 - 2 * (rows[i][c / 64] >> (c % 64) & 1) as i64)
    }

    fn product(a: &Matrix<i64>, b: &Matrix<i64>) -> Matrix<i64> {
        Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
    }

    fn trace(m: &Matrix<i64>) -> i64 {
        (0..m.rows()).map(|i| m[(i, i)]).sum()
    }

    /// Against the definitions: all 24 permutations, and traces of products of `d x d` matrices.
    #[test]
    fn entries_are_what_they_are_defined_to_be() {
        for d in [4, 16, 128] {
            let all: Vec<Matrix<i64>> = signed_rows(&family(Kind::Perm, d, 5)).iter().map(|w| written_out(w, d)).collect();
            let (perm, pm3) = (family(Kind::Perm, d, 5).gram().unwrap(), family(Kind::Pm3, d, 5).gram().unwrap());
            let form = |w: &Matrix<i64>| {
                let half = Matrix::from_fn(d, d, |p, q| w[(0, p)] * w[(1, q)] + w[(2, p)] * w[(3, q)]);
                Matrix::from_fn(d, d, |p, q| half[(p, q)] + half[(q, p)])
            };
            for (a, u) in all.iter().enumerate() {
                for (b, v) in all.iter().enumerate() {
                    let c = product(u, &v.transposed());
                    assert_eq!(perm.entries()[(a, b)], permanent_by_definition(&c, 0, &mut [false; ROWS]));
                    let (x, y) = (form(u), form(v));
                    let (xy, squares) = (product(&x, &y), product(&product(&x, &x), &product(&y, &y)));
                    let expected = 8 * trace(&xy) * trace(&xy) + 16 * trace(&product(&xy, &xy)) + 32 * trace(&squares);
                    assert_eq!(pm3.entries()[(a, b)], expected);
                }
            }
        }
    }

    fn permanent_by_definition(c: &Matrix<i64>, row: usize, used: &mut [bool; ROWS]) -> i64 {
        if row == ROWS {
            return 1;
        }
        let mut total = 0;
        for j in 0..ROWS {
            if !used[j] {
                used[j] = true;
                total += c[(row, j)] * permanent_by_definition(c, row + 1, used);
                used[j] = false;
            }
        }
        total
    }

    #[test]
    fn boolplus_is_the_mean_over_the_cube() {
        let (d, count) = (5, 15);
        let all: Vec<Tree> = trees(d).collect();
        assert_eq!(all.len(), count);
        let value = |tree: &Tree, x: usize| {
            let sign = |indices: &[usize]| indices.iter().map(|&i| 1 - 2 * (x >> i & 1) as i64).product::<i64>();
            2 * sign(&tree.pairs[0]) + 2 * sign(&tree.pairs[1]) + sign(&tree.indices)
        };
        let gram = family(Kind::Boolplus, d, count).gram().unwrap();
        for (a, s) in all.iter().enumerate() {
            for (b, t) in all.iter().enumerate() {
                let total: i64 = (0..1 << d).map(|x| value(s, x) * value(t, x)).sum();
                assert_eq!(gram.entries()[(a, b)] << d, total);
            }
        }
    }

    #[test]
    fn members_have_unit_variance() {
        for (kind, d) in [(Kind::Perm, 1024), (Kind::Pm3, 1024), (Kind::Perm, 4), (Kind::Pm3, 4), (Kind::Boolplus, 9)] {
            let gram = family(kind, d, 3).gram().unwrap();
            assert!((0..3).all(|i| gram.entries()[(i, i)].unsigned_abs() == gram.denominator().get()), "{kind} {d}");
        }
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        let refused = [
            (Kind::Perm, 12, 5, "dimension"),
            (Kind::Perm, 2, 5, "dimension"),
            (Kind::Pm3, 2048, 5, "dimension"),
            (Kind::Pm3, 16, 0, "count"),
            (Kind::Pm3, 16, usize::MAX, "count"),
            (Kind::Boolplus, 3, 1, "dimension"),
            (Kind::Boolplus, 5, 16, "count"),
            (Kind::Boolplus, usize::MAX, 16, "dimension"),
        ];
        for (kind, dimension, count, field) in refused {
            assert_eq!(family(kind, dimension, count).gram().unwrap_err().field(), Some(field), "{kind} {dimension} {count}");
        }
        assert!("hadamard".parse::<Kind>().is_err());
    }
}
