//! Integer matrices in slices of a few bits, and how many bits make the least work.

use super::magnitude::{Lines, largest_bits, lines, power};
use crate::matrix::Matrix;
use crate::portable::short::{LARGEST_ENTRY, LARGEST_SUM, largest};
use crate::portable::vectorized;

/// `2^shift` times these entries are a part of a matrix.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The bits by which the entries count more.
    pub shift: u32,
    /// The entries.
    pub entries: Matrix<i64>,
    /// How long their rows and columns are.
    pub lines: Lines,
    /// The largest absolute value of an entry.
    largest: u64,
}

impl Slice {
    fn new(shift: u32, entries: Matrix<i64>, lines: Lines) -> Self {
        let largest = largest(&entries);
        Slice { shift, entries, lines, largest }
    }

    /// A matrix as the sum of its slices: zeros at the end of all entries are left out, then `widths` bits are cut off, the lowest first,
    /// and what is left is the last slice. A slice of `b` bits has entries from `-2^(b-1)` to `2^(b-1) - 1`; slices of zeros are left out.
    /// `whole` are the lengths of the lines of the matrix.
    pub fn cut(matrix: &Matrix<i64>, whole: Lines, widths: &[u32]) -> Vec<Slice> {
        let (mut shift, mut slices) = (trailing_zeros(matrix), Vec::new());
        let mut rest = vectorized(|| matrix.map(|&x| x >> shift));
        for &bits in widths {
            let entries = vectorized(|| rest.map(|&x| lowest_slice(x, bits)));
            slices.push(Slice::new(shift, entries, Lines::of_bits(rest.rows(), rest.cols(), bits)));
            vectorized(|| rest.as_mut_slice().iter_mut().for_each(|x| *x = without_lowest_slice(*x, bits)));
            shift += bits;
        }
        let lines = if widths.is_empty() { whole.over(shift) } else { lines(&rest) };
        slices.push(Slice::new(shift, rest, lines));
        slices.retain(|slice| slice.largest > 0);
        slices
    }

    /// Whether the entries have 16 bits.
    pub fn is_short(&self) -> bool {
        self.largest <= LARGEST_ENTRY.unsigned_abs()
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
    match matrix.as_slice().iter().fold(0, |all, x| all | x) {
        0 => 0,
        all => all.trailing_zeros(),
    }
}

/// The bits to be cut off two factors, the lowest first, before what is left of them is multiplied.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Of `A`.
    pub a: Vec<u32>,
    /// Of `B`.
    pub b: Vec<u32>,
}

/// The fewest bits of a slice: with one, `1 = 2 * 1 + (-1)` would never come to an end.
const FEWEST_BITS: u32 = 2;

/// What is kept away from a bound here, as lengths are rounded: a slice is asked again before it is multiplied.
const ROOM: f64 = 1.0 + 1.0 / 1024.0;

/// How much longer a product of floats takes than one of 16 bits.
const FLOATS_OVER_SHORTS: u32 = 4;

/// The bits of [`LARGEST_ENTRY`].
const SHORT_BITS: u32 = LARGEST_ENTRY.ilog2() + 1;

/// The length of a line of a factor, of `terms` entries, or more; and the bits of its largest entry.
#[derive(Clone, Copy)]
struct Size {
    length: f64,
    root_of_terms: f64,
    bits: u32,
}

impl Size {
    /// A line after its lowest bits were cut off: each entry was rounded.
    fn without(self, bits: u32) -> Size {
        let length = self.length / power(bits) + self.root_of_terms / 2.0;
        Size { length, bits: (self.bits + 1).saturating_sub(bits), ..self }
    }

    /// A line of a slice of so many bits.
    fn slice(self, bits: u32) -> Size {
        Size { length: self.root_of_terms * power(bits - 1), bits, ..self }
    }

    /// What the product of two slices takes, in products of 16 bits; `None` when it might not be exact.
    fn cost(self, other: Size) -> Option<u32> {
        let sum = self.length * other.length * ROOM;
        let short = self.bits.max(other.bits) <= SHORT_BITS && sum <= LARGEST_SUM as f64;
        let exact = sum <= (1u64 << 53) as f64;
        if short { Some(1) } else { exact.then_some(FLOATS_OVER_SHORTS) }
    }
}

impl Plan {
    /// The plan that seems to make the least work of `A B`, given the lengths of their lines; `None` when there is none.
    pub fn of((a, a_lines): (&Matrix<i64>, Lines), (b, b_lines): (&Matrix<i64>, Lines)) -> Option<Plan> {
        let root_of_terms = (a.cols() as f64).sqrt();
        let size = |matrix: &Matrix<i64>, squared: f64| {
            let zeros = trailing_zeros(matrix);
            let bits = largest_bits(matrix).saturating_sub(zeros);
            Size { length: squared.sqrt() / power(zeros), root_of_terms, bits }
        };
        let (rows, columns) = (size(a, a_lines.rows_squared_upper), size(b, b_lines.columns_squared_upper));
        let plans = equal_widths(rows.bits).filter_map(|a| {
            let slices = sizes(rows, &a);
            let b = least_widths(columns, &slices)?;
            let costs = sizes(columns, &b).into_iter().flat_map(|t| slices.iter().map(move |s| s.cost(t)));
            Some((costs.sum::<Option<u32>>()?, Plan { a, b }))
        });
        plans.min_by_key(|(cost, _)| *cost).map(|(_, plan)| plan)
    }
}

/// The most slices of `A` that are tried: of 63 bits, with 2^20 inner indices and slices of `B` as long as they, four are enough.
const MOST_SLICES: u32 = 6;

/// A factor of so many bits in one slice, two, and so on, all of about the same bits.
fn equal_widths(bits: u32) -> impl Iterator<Item = Vec<u32>> {
    let width = move |slices: u32| (bits + 1).div_ceil(slices);
    (1..=MOST_SLICES)
        .take_while(move |&slices| slices == 1 || width(slices) >= FEWEST_BITS)
        .map(move |slices| vec![width(slices); slices as usize - 1])
}

/// The fewest slices, and of the fewest bits, to be cut off `B` so that they and the rest can be multiplied with all these slices of `A`.
fn least_widths(columns: Size, slices: &[Size]) -> Option<Vec<u32>> {
    let fits = |size: Size| slices.iter().all(|s| s.cost(size).is_some());
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

    /// The slices of a plan are of two bits or more, and each can be multiplied with each.
    #[test]
    fn a_plan_is_one() {
        for x in [0, 1, -1, i64::MIN, i64::MAX, (1 << 51) - 1, 1 << 51, (1 << 52) - 1, 1 << 52, (1 << 53) - 1, 1 << 53] {
            for y in [0, 1, -1, 1 << 30, -(1 << 52), i64::MIN] {
                for inner in [1, 2, 1000, 8192] {
                    let (a, b) = (Matrix::filled(1, inner, x), Matrix::filled(inner, 1, y));
                    let plan = Plan::of((&a, lines(&a)), (&b, lines(&b))).unwrap();
                    assert!(plan.a.iter().chain(&plan.b).all(|&width| width >= FEWEST_BITS), "{x} {y} {inner}: {plan:?}");
                    for (s, t) in Slice::cut(&a, lines(&a), &plan.a)
                        .iter()
                        .flat_map(|s| Slice::cut(&b, lines(&b), &plan.b).into_iter().map(move |t| (s.clone(), t)))
                    {
                        let squared = s.lines.rows_squared_upper * t.lines.columns_squared_upper;
                        assert!(squared <= (1u128 << 106) as f64, "{x} {y} {inner}: {plan:?}");
                    }
                }
            }
        }
    }

    /// Short entries with zeros behind them, beside vectors of 50 bits: one product of floats and one of 16 bits are enough.
    #[test]
    fn zeros_at_the_end_are_left_out() {
        let n = 1000;
        let gram = Matrix::from_fn(n, n, |i, j| if i == j { 1 << 16 } else { 16 * ((i * j) as i64 % 100) });
        let vectors = Matrix::from_fn(n, 2, |i, j| ((i * 7919 + j * 104_729) % 1000) as i64 * (1 << 36) + (i + j) as i64);
        let plan = Plan::of((&gram, lines(&gram)), (&vectors, lines(&vectors))).unwrap();
        assert!(plan.a.is_empty() && plan.b.len() == 1 && plan.b[0] <= SHORT_BITS, "{plan:?}");
        assert_eq!(Slice::cut(&gram, lines(&gram), &[])[0].shift, 4);
        let [low, high] = &Slice::cut(&vectors, lines(&vectors), &plan.b)[..] else { panic!("two slices") };
        assert!(low.is_short() && !high.is_short());
    }

    proptest! {
        #[test]
        fn slices_add_up(x in any::<i64>(), y in -1000i64..1000, widths in prop::collection::vec(FEWEST_BITS..=20, 0..4)) {
            for x in [x, y << 40] {
                let matrix = Matrix::filled(1, 1, x);
                let slices = Slice::cut(&matrix, lines(&matrix), &widths);
                prop_assert!(slices.iter().all(|s| (s.entries[(0, 0)] as f64).abs() <= s.lines.rows_squared_upper.sqrt()));
                let sum: i128 = slices.iter().map(|s| i128::from(s.entries[(0, 0)]) << s.shift).sum();
                prop_assert_eq!(sum, i128::from(x));
            }
        }

        #[test]
        fn a_lowest_slice_is_short(x in any::<i64>(), bits in FEWEST_BITS..=62) {
            let (low, rest) = (lowest_slice(x, bits), without_lowest_slice(x, bits));
            prop_assert_eq!(i128::from(x), (i128::from(rest) << bits) + i128::from(low));
            prop_assert!(-(1 << (bits - 1)) <= low && low < 1 << (bits - 1));
        }
    }
}
