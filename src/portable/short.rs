//! Exact products of matrices of integers of 16 bits, in integers of 32 bits.
//!
//! An instruction of every vector set here multiplies pairs of neighbours and adds the two products, four times as many products as the same
//! set makes of doubles. So the inner indices are taken in pairs: `(2p, 2p + 1)`, with a zero behind the last of an odd number.

use pulp::{Arch, NullaryFnOnce, Scalar};

use super::vectorized;
use crate::matrix::Matrix;

/// The bits of an entry, its sign among them.
pub const SHORT_BITS: u32 = i16::BITS;

/// What every sum of absolute products, `sum_k |a_ik b_kj|`, must stay within.
pub const LARGEST_SUM: i64 = i32::MAX as i64;

/// Columns of a panel of the right factor.
const PANEL: usize = 64;

/// Two neighbours along the inner index.
type Pair = [i16; 2];

/// A factor that is filled row by row.
pub trait Factor {
    /// Of this shape, with entries of 0.
    fn zeros(rows: usize, cols: usize) -> Self;

    /// Makes `row` the row `i`, counted from 0.
    ///
    /// # Panics
    /// When an entry has more than [`SHORT_BITS`], or the shape has no such row; who asks has seen to that.
    fn set_row(&mut self, i: usize, row: &[i64]);

    /// The matrix.
    ///
    /// # Panics
    /// As [`set_row`](Self::set_row).
    fn of(matrix: &Matrix<i64>) -> Self
    where
        Self: Sized,
    {
        let mut factor = Self::zeros(matrix.rows(), matrix.cols());
        (0..matrix.rows()).for_each(|i| factor.set_row(i, matrix.row(i)));
        factor
    }
}

/// A left factor: its rows.
#[derive(Debug)]
pub struct Left {
    pairs: usize,
    rows: Vec<Pair>,
}

/// A right factor, in panels of 64 columns.
#[derive(Debug)]
pub struct Right {
    pairs: usize,
    cols: usize,
    panels: Vec<[Pair; PANEL]>,
}

/// Checks that 16 bits of each entry are the whole.
fn check(entries: &[i64]) {
    let lost = vectorized(|| entries.iter().fold(0, |lost, &x| lost | (x ^ i64::from(x as i16))));
    assert_eq!(lost, 0, "entries have SHORT_BITS");
}

impl Factor for Left {
    fn zeros(rows: usize, cols: usize) -> Self {
        let pairs = cols.div_ceil(2);
        Left { pairs, rows: vec![[0; 2]; rows * pairs] }
    }

    fn set_row(&mut self, i: usize, row: &[i64]) {
        check(row);
        assert_eq!(row.len().div_ceil(2), self.pairs, "a row has an entry for each column");
        let to = self.rows[i * self.pairs..][..self.pairs].as_flattened_mut();
        vectorized(|| to.iter_mut().zip(row).for_each(|(to, &x)| *to = x as i16));
    }
}

impl Left {
    /// The transpose of a matrix as a left factor.
    ///
    /// # Panics
    /// When an entry has more than [`SHORT_BITS`].
    pub fn transposed(matrix: &Matrix<i64>) -> Self {
        check(matrix.as_slice());
        // A line of cache of each row at a time.
        const PIECE: usize = 16;
        let pairs = matrix.rows().div_ceil(2);
        let mut rows = vec![[0; 2]; matrix.cols() * pairs];
        for first in (0..pairs).step_by(PIECE) {
            let piece = first..(first + PIECE).min(pairs);
            for i in 0..matrix.cols() {
                for p in piece.clone() {
                    let second = if 2 * p + 1 < matrix.rows() { matrix[(2 * p + 1, i)] } else { 0 };
                    rows[i * pairs + p] = [matrix[(2 * p, i)] as i16, second as i16];
                }
            }
        }
        Left { pairs, rows }
    }
}

impl Factor for Right {
    fn zeros(rows: usize, cols: usize) -> Self {
        let pairs = rows.div_ceil(2);
        Right { pairs, cols, panels: vec![[[0; 2]; PANEL]; cols.div_ceil(PANEL) * pairs] }
    }

    fn set_row(&mut self, i: usize, row: &[i64]) {
        check(row);
        assert!(row.len() == self.cols && i / 2 < self.pairs, "a row has an entry for each column, and its place");
        for (panel, entries) in row.chunks(PANEL).enumerate() {
            let to = &mut self.panels[panel * self.pairs + i / 2];
            vectorized(|| to.iter_mut().zip(entries).for_each(|(pair, &x)| pair[i % 2] = x as i16));
        }
    }
}

/// `C <- C + A B` for the rows of `A` from `first` on and the first `n` columns of `B`; `c` holds the rows of `n` columns of `C`.
///
/// Guarantee: exact, where no sum of absolute products and no entry of `C` is beyond [`LARGEST_SUM`].
///
/// # Panics
/// When the shapes do not fit; the shapes are the caller's, never a user's.
pub fn add_first_columns(c: &mut [i32], a: &Left, first: usize, b: &Right, n: usize) {
    assert_eq!(a.pairs, b.pairs, "A has a column for each row of B");
    assert!(0 < n && n <= b.cols && c.len().is_multiple_of(n), "C has the rows of A and columns of B");
    let product = Product { c, a: &a.rows[first * a.pairs..], b, n };
    match Arch::new() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(simd) => match x86::Vnni::try_new() {
            Some(with_sums) => with_sums.vectorize(With(simd, product)),
            None => simd.vectorize(With(simd, product)),
        },
        #[cfg(target_arch = "x86_64")]
        Arch::V3(simd) => simd.vectorize(With(simd, product)),
        _ => product.on::<_, 2, 2>(Scalar::new()),
    }
}

struct Product<'a> {
    c: &'a mut [i32],
    /// The rows from the first on.
    a: &'a [Pair],
    b: &'a Right,
    n: usize,
}

/// A product and the instructions that it is to be made with.
struct With<'a, S>(S, Product<'a>);

/// Vectors of sums of 32 bits.
trait Sums: Copy {
    type Vector: Copy;
    const LANES: usize;

    /// The same in all lanes.
    fn splat(self, pair: Pair) -> Self::Vector;

    /// `LANES` pairs.
    fn load(self, pairs: &[Pair]) -> Self::Vector;

    /// `sum + a_0 b_0 + a_1 b_1` in each lane.
    fn add_products(self, sum: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Adds the lanes to as many of the entries as there are.
    fn add_to(self, sum: Self::Vector, entries: &mut [i32]);
}

#[inline(always)]
fn pairs<const LANES: usize>(pairs: &[Pair]) -> [Pair; LANES] {
    *pairs.first_chunk().expect("a panel is whole vectors")
}

#[inline(always)]
fn add_lanes<const LANES: usize>(lanes: [i32; LANES], entries: &mut [i32]) {
    entries.iter_mut().zip(lanes).for_each(|(entry, lane)| *entry += lane);
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use pulp::x86::{V3, V4};
    use pulp::{cast, i32x8, i32x16};

    use super::{NullaryFnOnce, Pair, Sums, With, add_lanes, pairs};

    pulp::simd_type! {
        /// [`V4`], and an instruction that adds the products to the sums as well: the compiler makes it of the two.
        pub struct Vnni {
            sse: "sse",
            sse2: "sse2",
            fxsr: "fxsr",
            sse3: "sse3",
            ssse3: "ssse3",
            sse4_1: "sse4.1",
            sse4_2: "sse4.2",
            popcnt: "popcnt",
            avx: "avx",
            avx2: "avx2",
            bmi1: "bmi1",
            bmi2: "bmi2",
            fma: "fma",
            lzcnt: "lzcnt",
            avx512f: "avx512f",
            avx512bw: "avx512bw",
            avx512cd: "avx512cd",
            avx512dq: "avx512dq",
            avx512vl: "avx512vl",
            avx512vnni: "avx512vnni",
        }
    }

    impl Sums for V4 {
        type Vector = i32x16;
        const LANES: usize = 16;

        #[inline(always)]
        fn splat(self, pair: Pair) -> i32x16 {
            self.splat_i32x16(cast(pair))
        }

        #[inline(always)]
        fn load(self, from: &[Pair]) -> i32x16 {
            cast(pairs::<16>(from))
        }

        #[inline(always)]
        fn add_products(self, sum: i32x16, a: i32x16, b: i32x16) -> i32x16 {
            self.wrapping_add_i32x16(sum, self.multiply_wrapping_add_adjacent_i16x32(cast(a), cast(b)))
        }

        #[inline(always)]
        fn add_to(self, sum: i32x16, entries: &mut [i32]) {
            add_lanes::<16>(cast(sum), entries);
        }
    }

    impl Sums for V3 {
        type Vector = i32x8;
        const LANES: usize = 8;

        #[inline(always)]
        fn splat(self, pair: Pair) -> i32x8 {
            self.splat_i32x8(cast(pair))
        }

        #[inline(always)]
        fn load(self, from: &[Pair]) -> i32x8 {
            cast(pairs::<8>(from))
        }

        #[inline(always)]
        fn add_products(self, sum: i32x8, a: i32x8, b: i32x8) -> i32x8 {
            self.wrapping_add_i32x8(sum, self.multiply_wrapping_add_adjacent_i16x16(cast(a), cast(b)))
        }

        #[inline(always)]
        fn add_to(self, sum: i32x8, entries: &mut [i32]) {
            add_lanes::<8>(cast(sum), entries);
        }
    }

    // Tiles of four rows: 16 sums in 32 registers, or 8 in 16.
    impl NullaryFnOnce for With<'_, V4> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            self.1.on::<_, 4, 4>(self.0);
        }
    }

    impl NullaryFnOnce for With<'_, V3> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            self.1.on::<_, 4, 2>(self.0);
        }
    }
}

/// Four lanes in plain integers, for the compiler to make vectors of.
impl Sums for Scalar {
    type Vector = [Pair; 4];
    const LANES: usize = 4;

    #[inline(always)]
    fn splat(self, pair: Pair) -> [Pair; 4] {
        [pair; 4]
    }

    #[inline(always)]
    fn load(self, from: &[Pair]) -> [Pair; 4] {
        pairs(from)
    }

    #[inline(always)]
    fn add_products(self, sum: [Pair; 4], a: [Pair; 4], b: [Pair; 4]) -> [Pair; 4] {
        let sums: [i32; 4] = pulp::cast(sum);
        let products = |l: usize| i32::from(a[l][0]) * i32::from(b[l][0]) + i32::from(a[l][1]) * i32::from(b[l][1]);
        pulp::cast(std::array::from_fn::<i32, 4, _>(|l| sums[l] + products(l)))
    }

    #[inline(always)]
    fn add_to(self, sum: [Pair; 4], entries: &mut [i32]) {
        add_lanes::<4>(pulp::cast(sum), entries);
    }
}

impl Product<'_> {
    /// In tiles of `M` rows by `W` vectors.
    #[inline(always)]
    fn on<S: Sums, const M: usize, const W: usize>(mut self, simd: S) {
        let (rows, step) = (self.c.len() / self.n, W * S::LANES);
        for j in (0..self.n).step_by(step) {
            let whole = rows - rows % M;
            // No closures: they would be left without the instructions where they are not inlined.
            for i in (0..whole).step_by(M) {
                self.tile::<S, M, W>(simd, i, j);
            }
            for i in whole..rows {
                self.tile::<S, 1, W>(simd, i, j);
            }
        }
    }

    /// Rows from `i` on and columns from `j` on, the sums held in registers while the inner index runs.
    #[inline(always)]
    fn tile<S: Sums, const M: usize, const W: usize>(&mut self, simd: S, i: usize, j: usize) {
        let Product { c, a, b, n } = self;
        let (panel, first) = (&b.panels[j / PANEL * b.pairs..][..b.pairs], j % PANEL);
        let rows: [&[Pair]; M] = std::array::from_fn(|r| &a[(i + r) * b.pairs..][..b.pairs]);
        let mut sums = [[simd.splat([0; 2]); W]; M];
        for (p, from) in panel.iter().enumerate() {
            let vectors: [S::Vector; W] = std::array::from_fn(|w| simd.load(&from[first + w * S::LANES..]));
            for (row, sums) in rows.iter().zip(&mut sums) {
                let factor = simd.splat(row[p]);
                sums.iter_mut().zip(vectors).for_each(|(sum, vector)| *sum = simd.add_products(*sum, factor, vector));
            }
        }
        let width = (*n - j).min(W * S::LANES);
        for (r, sums) in sums.into_iter().enumerate() {
            let entries = &mut c[(i + r) * *n + j..][..width];
            entries.chunks_mut(S::LANES).zip(sums).for_each(|(entries, sum)| simd.add_to(sum, entries));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(a: &Matrix<i64>, b: &Matrix<i64>) -> Matrix<i64> {
        Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
    }

    /// A matrix whose entries look like chance, up to `largest`.
    fn scattered(rows: usize, cols: usize, largest: i64) -> Matrix<i64> {
        Matrix::from_fn(rows, cols, |i, j| (i * 7919 + j * 104_729 + 13) as i64 % (2 * largest + 1) - largest)
    }

    /// Sizes on both sides of every tile, vector, panel and pair, rows from a first one on, and on every set of instructions that is here.
    #[test]
    fn equals_the_naive_product() {
        for rows in [1, 3, 4, 5, 9] {
            for inner in [0, 1, 2, 7, 64] {
                for cols in [1, 7, 8, 16, 17, 63, 64, 65, 130] {
                    let (a, b) = (scattered(rows + 2, inner, 1000), scattered(inner, cols, 3000));
                    let (left, right, expected) = (Left::of(&a), Right::of(&b), naive(&a, &b));
                    assert_eq!(Left::transposed(&a.transposed()).rows, left.rows);
                    for n in [1, cols] {
                        let start = |i: usize, j: usize| (i * n + j) as i32;
                        let fresh: Vec<i32> = (0..rows).flat_map(|i| (0..n).map(move |j| start(i, j))).collect();
                        let mut on_this = fresh.clone();
                        add_first_columns(&mut on_this, &left, 2, &right, n);
                        let mut plain = fresh;
                        Product { c: &mut plain, a: &left.rows[2 * left.pairs..], b: &right, n }.on::<_, 2, 2>(Scalar::new());
                        for (i, j) in (0..rows).flat_map(|i| (0..n).map(move |j| (i, j))) {
                            let entry = i64::from(start(i, j)) + expected[(i + 2, j)];
                            let found = [&on_this, &plain].map(|c| i64::from(c[i * n + j]));
                            assert_eq!(found, [entry; 2], "{rows} x {inner} x {cols}, entry ({i}, {j}) of {n} columns");
                        }
                    }
                }
            }
        }
    }

    /// The sets of instructions that are passed over where there is a better one.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn lesser_instructions() {
        let (a, b) = (scattered(6, 33, 900), scattered(33, 71, 900));
        let (left, right, expected) = (Left::of(&a), Right::of(&b), naive(&a, &b));
        let is_right = |multiply: &dyn Fn(Product)| {
            let mut c = vec![0; 6 * 71];
            multiply(Product { c: &mut c, a: &left.rows, b: &right, n: 71 });
            c.iter().zip(expected.as_slice()).all(|(&x, &y)| i64::from(x) == y)
        };
        assert!(pulp::x86::V4::try_new().is_none_or(|simd| is_right(&|product| simd.vectorize(With(simd, product)))));
        assert!(pulp::x86::V3::try_new().is_none_or(|simd| is_right(&|product| simd.vectorize(With(simd, product)))));
    }

    #[test]
    fn an_entry_that_is_too_long_is_refused() {
        for entry in [1 << 15, -(1 << 15) - 1, 1 << 32, i64::MIN] {
            assert!(std::panic::catch_unwind(|| Left::of(&Matrix::filled(1, 3, entry))).is_err(), "{entry}");
            assert!(std::panic::catch_unwind(|| Right::of(&Matrix::filled(3, 1, entry))).is_err(), "{entry}");
            assert!(std::panic::catch_unwind(|| Left::transposed(&Matrix::filled(3, 1, entry))).is_err(), "{entry}");
        }
    }

    /// The largest entries and sums that are allowed, of both signs.
    #[test]
    fn the_largest_entries() {
        let (least, large) = (i64::from(i16::MIN), i64::from(i16::MAX));
        for (x, y) in [(large, large), (-large, large), (least, large), (large, least), (least, -large)] {
            let mut c = [0];
            add_first_columns(&mut c, &Left::of(&Matrix::filled(1, 2, x)), 0, &Right::of(&Matrix::filled(2, 1, y)), 1);
            assert_eq!(i64::from(c[0]), 2 * x * y);
            assert!(2 * (x * y).abs() <= LARGEST_SUM);
        }
    }
}
