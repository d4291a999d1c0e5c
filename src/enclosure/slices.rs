//! Integer matrices in slices of a few bits, and how many bits make the least work.

use super::magnitude::{columns_squared_upper, largest_bits, power, rows_squared_upper};
use crate::matrix::Matrix;
use crate::portable::short::{LARGEST_SUM, SHORT_BITS};
use crate::portable::vectorized;

/// Where a matrix is cut: zeros at the end of all entries are left out, then so many bits are cut off each entry, the lowest first, and what is
/// left of them is the last slice. A slice of `b` bits has entries from `-2^(b-1)` to `2^(b-1) - 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    zeros: u32,
    widths: Vec<u32>,
}

impl Cut {
    /// For each slice, the bits by which its entries count more: the matrix is the sum of the slices, each times 2 to that.
    pub fn shifts(&self) -> Vec<u32> {
        let ends = self.widths.iter().scan(self.zeros, |end, width| {
            *end += width;
            Some(*end)
        });
        [self.zeros].into_iter().chain(ends).collect()
    }

    /// Gives `use_row(t, i, row)` each row of each slice, row by row.
    pub fn rows(&self, matrix: &Matrix<i64>, mut use_row: impl FnMut(usize, usize, &[i64])) {
        let (mut rest, mut slice) = (vec![0; matrix.cols()], vec![0; matrix.cols()]);
        for i in 0..matrix.rows() {
            vectorized(|| rest.iter_mut().zip(matrix.row(i)).for_each(|(rest, x)| *rest = x >> self.zeros));
            for (t, &bits) in self.widths.iter().enumerate() {
                vectorized(|| {
                    for (slice, rest) in slice.iter_mut().zip(&mut rest) {
                        (*slice, *rest) = (lowest_slice(*rest, bits), without_lowest_slice(*rest, bits));
                    }
                });
                use_row(t, i, &slice);
            }
            use_row(self.widths.len(), i, &rest);
        }
    }
}

/// The remainder of `x` modulo `2^bits` of least absolute value; halves are negative.
fn lowest_slice(x: i64, bits: u32) -> i64 {
    (x << (64 - bits)) >> (64 - bits)
}

/// `(x - lowest_slice(x)) / 2^bits`.
fn without_lowest_slice(x: i64, bits: u32) -> i64 {
    (x >> bits) + (x >> (bits - 1) & 1)
}

/// The bits at the end that are zero in all entries; none of a matrix of zeros.
fn trailing_zeros(matrix: &Matrix<i64>) -> u32 {
    match vectorized(|| matrix.as_slice().iter().fold(0, |all, x| all | x)) {
        0 => 0,
        all => all.trailing_zeros(),
    }
}

/// How a product of slices is made, the faster way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arithmetic {
    /// In integers of 32 bits, of factors with 16.
    Short,
    /// In floats.
    Floats,
}

impl Arithmetic {
    /// What it takes, in products of 16 bits.
    fn cost(self) -> u32 {
        match self {
            Arithmetic::Short => 1,
            Arithmetic::Floats => 4,
        }
    }
}

/// A product of slices, exact in this arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The slice of `A`.
    pub a: usize,
    /// The slice of `B`.
    pub b: usize,
    /// The bits by which the product counts more, below 128.
    pub shift: u32,
    /// How it is made.
    pub arithmetic: Arithmetic,
}

/// `A B = sum_terms 2^shift A_s B_t` modulo `2^128` (`proofs/eigenvalue-tail.md`, lemma 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The slices of `A`.
    pub a: Cut,
    /// The slices of `B`.
    pub b: Cut,
    /// Each slice of `A` with each of `B`, unless it counts 0 modulo `2^128`.
    pub terms: Vec<Term>,
}

/// The fewest bits of a slice: with one, `1 = 2 * 1 + (-1)` would never come to an end.
const FEWEST_BITS: u32 = 2;

/// What is kept away from a bound, as lengths are computed in floats: each is rounded a few times, by `2^-53` of it.
const ROOM: f64 = 1.0 + 1.0 / 1024.0;

/// How large the entries of a factor are, and its lines: the rows of a left one, the columns of a right one (guarantee: valid, up to [`ROOM`]).
#[derive(Clone, Copy)]
struct Size {
    /// The length of a line, or more.
    length: f64,
    /// The square root of the number of entries of a line.
    root_of_terms: f64,
    /// Each entry is an integer of so many bits, its sign among them.
    bits: u32,
}

impl Size {
    /// A line without its lowest bits. From all cuts together an entry is off by less than 2/3, as no slice has fewer than two bits.
    fn without(self, bits: u32) -> Size {
        if bits == 0 {
            return self;
        }
        let length = self.length / power(bits) + self.root_of_terms;
        Size { length, bits: (self.bits + 1).saturating_sub(bits).max(2), ..self }
    }

    /// A line of a slice of so many bits.
    fn slice(self, bits: u32) -> Size {
        Size { length: self.root_of_terms * power(bits - 1), bits, ..self }
    }

    /// The fastest way to an exact product of two slices, if there is one: by Cauchy and Schwarz no partial sum is beyond the lengths' product.
    fn arithmetic(self, other: Size) -> Option<Arithmetic> {
        let sum = self.length * other.length * ROOM;
        let is_short = self.bits.max(other.bits) <= SHORT_BITS && sum <= LARGEST_SUM as f64;
        let is_exact = sum <= (1u64 << 53) as f64;
        if is_short { Some(Arithmetic::Short) } else { is_exact.then_some(Arithmetic::Floats) }
    }
}

impl Plan {
    /// The plan that seems to make the least work of `A B`; `None` when there is none.
    pub fn of(a: &Matrix<i64>, b: &Matrix<i64>) -> Option<Plan> {
        let root_of_terms = (a.cols() as f64).sqrt();
        let size = |matrix: &Matrix<i64>, squared_upper: f64| {
            let zeros = trailing_zeros(matrix);
            let bits = (largest_bits(matrix) + 1 - zeros).min(64);
            (zeros, Size { length: squared_upper.sqrt() / power(zeros), root_of_terms, bits })
        };
        let ((a_zeros, rows), (b_zeros, columns)) = (size(a, rows_squared_upper(a)), size(b, columns_squared_upper(b)));
        let ways =
            equal_widths(rows.bits).flat_map(|a| [Arithmetic::Short, Arithmetic::Floats].map(|slowest| (a.clone(), slowest)));
        let plans = ways.filter_map(|(widths, slowest)| {
            let slices = sizes(rows, &widths);
            let a = Cut { zeros: a_zeros, widths };
            let b = Cut { zeros: b_zeros, widths: least_widths(columns, &slices, slowest)? };
            let terms = terms((&a, &slices), (&b, &sizes(columns, &b.widths)))?;
            Some(Plan { a, b, terms })
        });
        plans.min_by_key(|plan| plan.terms.iter().map(|term| term.arithmetic.cost()).sum::<u32>())
    }
}

/// Each slice of `A` with each of `B`, unless it counts 0 modulo `2^128`; `None` when a product of two might not be exact.
fn terms((a, a_sizes): (&Cut, &[Size]), (b, b_sizes): (&Cut, &[Size])) -> Option<Vec<Term>> {
    let (a_shifts, b_shifts) = (a.shifts(), b.shifts());
    let pairs = (0..a_sizes.len()).flat_map(|s| (0..b_sizes.len()).map(move |t| (s, t)));
    let term = |(s, t): (usize, usize)| {
        let arithmetic = a_sizes[s].arithmetic(b_sizes[t])?;
        Some(Term { a: s, b: t, shift: a_shifts[s] + b_shifts[t], arithmetic })
    };
    pairs.filter(|&(s, t)| a_shifts[s] + b_shifts[t] < i128::BITS).map(term).collect()
}

/// The most slices of `A` that are tried: of 63 bits, with 2^20 inner indices and slices of `B` as long as they, four are enough.
const MOST_SLICES: u32 = 6;

/// A factor of so many bits in one slice, two, and so on, all of about the same bits.
fn equal_widths(bits: u32) -> impl Iterator<Item = Vec<u32>> {
    let width = move |slices: u32| bits.div_ceil(slices);
    (1..=MOST_SLICES)
        .take_while(move |&slices| slices == 1 || width(slices) >= FEWEST_BITS)
        .map(move |slices| vec![width(slices); slices as usize - 1])
}

/// The fewest slices, and of the fewest bits, to be cut off `B` so that they and the rest can be multiplied with all these slices of `A`, none in
/// a slower way than `slowest`.
fn least_widths(columns: Size, slices: &[Size], slowest: Arithmetic) -> Option<Vec<u32>> {
    let fits = |size: Size| slices.iter().all(|s| s.arithmetic(size).is_some_and(|way| way <= slowest));
    let cut = (0..=columns.bits).find(|&cut| fits(columns.without(cut)))?;
    if cut == 0 {
        return Some(Vec::new());
    }
    let widest = (FEWEST_BITS..=columns.bits.max(FEWEST_BITS)).rev().find(|&width| fits(columns.slice(width)))?;
    let count = cut.div_ceil(widest);
    Some(vec![cut.div_ceil(count).max(FEWEST_BITS); count as usize])
}

/// The sizes of the slices, the lowest first.
fn sizes(whole: Size, widths: &[u32]) -> Vec<Size> {
    let lower = widths.iter().map(|&bits| whole.slice(bits));
    lower.chain([whole.without(widths.iter().sum())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The slices of a matrix.
    fn slices(cut: &Cut, matrix: &Matrix<i64>) -> Vec<Matrix<i64>> {
        let mut slices = vec![Matrix::filled(matrix.rows(), matrix.cols(), 0); cut.shifts().len()];
        cut.rows(matrix, |t, i, row| slices[t].row_mut(i).copy_from_slice(row));
        slices
    }

    /// Each product of slices is exact, as they were really cut: the sums of absolute products and the entries are within the bounds.
    fn is_exact(plan: &Plan, a: &Matrix<i64>, b: &Matrix<i64>) -> bool {
        let (a_slices, b_slices) = (slices(&plan.a, a), slices(&plan.b, b));
        plan.terms.iter().all(|term| {
            let (a, b) = (&a_slices[term.a], &b_slices[term.b]);
            let product = |i: usize, j: usize, k: usize| i128::from(a[(i, k)]).abs() * i128::from(b[(k, j)]).abs();
            let sums = (0..a.rows()).flat_map(|i| (0..b.cols()).map(move |j| (i, j)));
            let largest_sum = sums.map(|(i, j)| (0..a.cols()).map(|k| product(i, j, k)).sum::<i128>()).max().unwrap_or(0);
            let is_short = |x: &i64| i16::try_from(*x).is_ok();
            match term.arithmetic {
                Arithmetic::Short => {
                    a.as_slice().iter().chain(b.as_slice()).all(is_short) && largest_sum <= i128::from(LARGEST_SUM)
                }
                Arithmetic::Floats => largest_sum <= 1 << 53,
            }
        })
    }

    /// Lengths are known up to rounding: a product that just reaches the largest exact sum is not taken for exact.
    #[test]
    fn lengths_leave_room_for_their_rounding() {
        let size = |length: f64| Size { length, root_of_terms: 1.0, bits: 40 };
        let with = |length: f64| size(power(26)).arithmetic(size(length));
        assert!(with(power(27)).is_none());
        assert_eq!(with(0.99 * power(27)), Some(Arithmetic::Floats));
    }

    /// A product that counts `2^128` or more is 0 modulo that, and no term.
    #[test]
    fn terms_count_less_than_the_modulus() {
        let of_two = |bits: u32| Cut { zeros: 0, widths: vec![bits] };
        let sizes = [Size { length: 1.0, root_of_terms: 1.0, bits: FEWEST_BITS }; 2];
        let shifts =
            |a, b| terms((&of_two(a), &sizes), (&of_two(b), &sizes)).unwrap().iter().map(|t| t.shift).collect::<Vec<_>>();
        assert_eq!(shifts(64, 63), [0, 63, 64, 127]);
        assert_eq!(shifts(64, 64), [0, 64, 64]);
    }

    /// The slices of a plan are of two bits or more, and each can be multiplied with each.
    #[test]
    fn a_plan_is_one() {
        for x in [0, 1, -1, i64::MIN, i64::MAX, (1 << 51) - 1, 1 << 51, (1 << 52) - 1, 1 << 52, (1 << 53) - 1, 1 << 53] {
            for y in [0, 1, -1, 1 << 30, -(1 << 52), i64::MIN] {
                for inner in [1, 2, 1000, 8192] {
                    let (a, b) = (Matrix::filled(1, inner, x), Matrix::filled(inner, 1, y));
                    let plan = Plan::of(&a, &b).unwrap();
                    assert!(
                        plan.a.widths.iter().chain(&plan.b.widths).all(|&width| width >= FEWEST_BITS),
                        "{x} {y} {inner}: {plan:?}"
                    );
                    assert_eq!(plan.terms.len(), (plan.a.widths.len() + 1) * (plan.b.widths.len() + 1));
                    assert!(is_exact(&plan, &a, &b), "{x} {y} {inner}: {plan:?}");
                }
            }
        }
    }

    /// Short entries with zeros behind them, beside vectors of 50 bits: four products of 16 bits are less work than one of floats and one of 16.
    #[test]
    fn zeros_at_the_end_are_left_out() {
        let n = 1000;
        let gram = Matrix::from_fn(n, n, |i, j| if i == j { 1 << 16 } else { 16 * ((i * j) as i64 % 20) });
        let vectors = Matrix::from_fn(n, 2, |i, j| ((i * 7919 + j * 104_729) % 1000) as i64 * (1 << 36) + (i + j) as i64);
        let plan = Plan::of(&gram, &vectors).unwrap();
        assert_eq!(plan.a, Cut { zeros: 4, widths: Vec::new() });
        assert_eq!(plan.terms.iter().map(|term| term.arithmetic).collect::<Vec<_>>(), [Arithmetic::Short; 4]);
        assert!(is_exact(&plan, &gram, &vectors));
    }

    /// An entry that was rounded up at each cut: larger than what is left of its bits.
    #[test]
    fn the_last_slice_is_as_long_as_its_size_says() {
        for (x, widths) in
            [(7, vec![2, 2]), (42, vec![2, 2, 2]), (-43, vec![2, 2, 2]), (i64::MAX, vec![20, 20, 20]), (i64::MIN, vec![15; 4])]
        {
            let matrix = Matrix::filled(1, 1, x);
            let bits = (largest_bits(&matrix) + 1).min(64);
            let whole = Size { length: (x as f64).abs(), root_of_terms: 1.0, bits };
            let sizes = sizes(whole, &widths);
            for (slice, size) in slices(&Cut { zeros: 0, widths }, &matrix).iter().zip(sizes) {
                assert!((slice[(0, 0)] as f64).abs() <= size.length, "{x}: {}", slice[(0, 0)]);
                let end = 1i128 << (size.bits - 1);
                assert!(size.bits <= 64 && (-end..end).contains(&slice[(0, 0)].into()), "{x}: {}", slice[(0, 0)]);
            }
        }
    }

    proptest! {
        #[test]
        fn slices_add_up(x in any::<i64>(), y in -1000i64..1000, widths in prop::collection::vec(FEWEST_BITS..=20, 0..4)) {
            for x in [x, y << 40] {
                let matrix = Matrix::filled(1, 1, x);
                let cut = Cut { zeros: trailing_zeros(&matrix), widths: widths.clone() };
                let slices = slices(&cut, &matrix);
                prop_assert!(slices.iter().zip(&widths).all(|(slice, bits)| (-(1 << (bits - 1))..1 << (bits - 1)).contains(&slice[(0, 0)])));
                let sum: i128 = slices.iter().zip(cut.shifts()).map(|(slice, shift)| i128::from(slice[(0, 0)]) << shift).sum();
                prop_assert_eq!(sum, i128::from(x));
            }
        }

        /// Of any entries, of one size or of very different ones.
        #[test]
        fn plans_are_exact(entries in prop::collection::vec(any::<i64>(), 24), shift in 0u32..62, other in 0u32..62, falling in 0u32..9) {
            let a = Matrix::from_fn(3, 4, |i, k| entries[4 * i + k] >> (shift + falling * k as u32).min(63));
            let b = Matrix::from_fn(4, 3, |k, j| entries[12 + 3 * k + j] >> other);
            let plan = Plan::of(&a, &b).unwrap();
            prop_assert!(is_exact(&plan, &a, &b), "{plan:?}");
        }

        #[test]
        fn a_lowest_slice_is_short(x in any::<i64>(), bits in FEWEST_BITS..=62) {
            let (low, rest) = (lowest_slice(x, bits), without_lowest_slice(x, bits));
            prop_assert_eq!(i128::from(x), (i128::from(rest) << bits) + i128::from(low));
            prop_assert!(-(1 << (bits - 1)) <= low && low < 1 << (bits - 1));
        }
    }
}
