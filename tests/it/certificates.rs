//! Certified tails against spectra that are known, and candidates that are spoiled on purpose.

use std::num::NonZeroU64;

use bfc::certify::{
    LARGEST_DIGITS, approximate_solutions, corrected, eigenvalue_tails, first_candidate, proved, smallest_singular_value,
};
use bfc::enclosure::residual::Candidate;
use bfc::enclosure::spectrum::Spectrum;
use bfc::exact::family::Kind;
use bfc::exact::gram::Gram;
use bfc::exact::{Dyadic, Rational};
use bfc::matrix::Matrix;
use bfc::portable::factor::symmetric_eigen;
use proptest::prelude::*;

use crate::common::tails::{DIGITS, family};

fn decimals(gram: &Gram, ranks: &[usize], threads: usize) -> Vec<Option<String>> {
    eigenvalue_tails(gram, ranks, DIGITS, threads).unwrap().tails.into_iter().map(|t| t.decimal).collect()
}

fn product(a: &Matrix<i64>, b: &Matrix<i64>) -> Matrix<i64> {
    Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
}

/// `(v'v) I - 2 v v'`: symmetric, and `v'v` times an orthogonal matrix.
fn reflection(v: &[i64]) -> Matrix<i64> {
    let square: i64 = v.iter().map(|x| x * x).sum();
    Matrix::from_fn(v.len(), v.len(), |i, j| if i == j { square } else { 0 } - 2 * v[i] * v[j])
}

/// A matrix and its eigenvalues, largest first.
#[derive(Clone, Debug)]
struct Known {
    gram: Gram,
    eigenvalues: Vec<i64>,
}

impl Known {
    /// `Q D Q'` for the product `Q` of two reflections: the eigenvalues are those of `D` times the squares of both `v'v`.
    fn new(spectrum: &[i64], v: &[i64], w: &[i64], denominator: u64) -> Self {
        let q = product(&reflection(v), &reflection(w));
        let n = spectrum.len();
        let scaled = Matrix::from_fn(n, n, |i, j| q[(i, j)] * spectrum[j]);
        let scale: i64 = [v, w].iter().map(|x| x.iter().map(|x| x * x).sum::<i64>().pow(2)).product();
        let mut eigenvalues: Vec<i64> = spectrum.iter().map(|d| d * scale).collect();
        eigenvalues.sort_by(|a, b| b.cmp(a));
        let gram = Gram::new(product(&scaled, &q.transposed()), NonZeroU64::new(denominator).unwrap()).unwrap();
        Known { gram, eigenvalues }
    }

    fn tail(&self, rank: usize) -> Rational {
        let sum = self.eigenvalues[rank..].iter().fold(Rational::from(0), |sum, &l| &sum + &Rational::from(l));
        self.gram.facts().mean(&sum)
    }

    fn order(&self) -> usize {
        self.eigenvalues.len()
    }

    /// Whether every range that `candidate` proves holds the truth; what it does not prove is no matter.
    fn is_enclosed_by(&self, candidate: &Candidate) -> bool {
        let Ok(spectrum) = Spectrum::enclose(&self.gram, candidate, 1) else { return true };
        let tails = (0..=self.order()).all(|n| spectrum.tail(n).is_none_or(|t| t.encloses(&self.tail(n))));
        let each = |i: usize| spectrum.eigenvalue(i).is_none_or(|e| e.encloses(&Rational::from(self.eigenvalues[i])));
        tails && (0..self.order()).all(each)
    }
}

/// Spectra of any kind, of few values (so that they repeat), with zeros, and of very different sizes; half of them repeat.
fn spectrum(n: usize) -> impl Strategy<Value = Vec<i64>> {
    let any_values = prop::collection::vec(-1000i64..1000, n);
    let repeated = prop::collection::vec(prop::sample::select(vec![0i64, 1, 7, -3]), n);
    let badly_scaled = prop::collection::vec((0u32..8, -3i64..4).prop_map(|(e, d)| d * 10i64.pow(e)), n);
    prop_oneof![2 => any_values, 3 => repeated, 1 => badly_scaled]
}

fn known() -> impl Strategy<Value = Known> {
    let parts = |n: usize| (spectrum(n), prop::collection::vec(-2i64..3, n), prop::collection::vec(-2i64..3, n), 1u64..1000);
    let nonzero = |v: &[i64]| v.iter().any(|&x| x != 0);
    (1usize..9)
        .prop_flat_map(parts)
        .prop_filter("a reflection needs a direction", move |(_, v, w, _)| nonzero(v) && nonzero(w))
        .prop_map(|(spectrum, v, w, denominator)| Known::new(&spectrum, &v, &w, denominator))
}

/// The candidate with only `bits` bits of each vector left: what a much coarser float would have found.
fn blurred(candidate: &Candidate, bits: u32) -> Candidate {
    let drop = candidate.vector_bits - bits;
    Candidate { vectors: candidate.vectors.map(|v| v >> drop << drop), ..candidate.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn tails_of_known_spectra(known in known()) {
        let ranks: Vec<usize> = (0..=known.order()).collect();
        let proof = eigenvalue_tails(&known.gram, &ranks, DIGITS, 1).unwrap();
        for tail in &proof.tails {
            let exact = known.tail(tail.rank);
            prop_assert!(tail.enclosure.as_ref().is_some_and(|e| e.encloses(&exact)), "{tail:?} {exact}");
            prop_assert!(tail.decimal.as_ref().is_none_or(|d| *d == exact.to_fixed(DIGITS)), "{tail:?} {exact}");
        }
        prop_assert!(proof.tails[0].decimal.is_some() && proof.tails[known.order()].decimal.is_some());
    }

    /// Whatever is done to a candidate, what it still proves is true.
    #[test]
    fn spoiled_candidates_prove_nothing_false(
        known in known(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<i64>(), 0u32..64), 1..6), values in any::<bool>(),
    ) {
        prop_assume!(!known.gram.is_diagonal());
        let mut candidate = first_candidate(&known.gram, 1).unwrap();
        for (at, bits, shift) in changes {
            let spoiled = if values { &mut candidate.values[..] } else { candidate.vectors.as_mut_slice() };
            let entry = at.get_mut(spoiled);
            *entry = entry.wrapping_add(bits >> shift);
        }
        candidate.values.sort_by(|a, b| b.cmp(a));
        prop_assert!(known.is_enclosed_by(&candidate));
    }

    /// Two candidates of different precision enclose the same numbers, and the correction narrows the coarse one.
    #[test]
    fn two_precisions_overlap(known in known(), bits in 8u32..40) {
        prop_assume!(!known.gram.is_diagonal());
        let fine = first_candidate(&known.gram, 1).unwrap();
        let coarse = blurred(&fine, bits);
        prop_assert!(known.is_enclosed_by(&coarse));
        let (fine, coarse) = (Spectrum::enclose(&known.gram, &fine, 1).unwrap(), Spectrum::enclose(&known.gram, &coarse, 1).unwrap());
        for rank in 0..=known.order() {
            if let (Some(a), Some(b)) = (fine.tail(rank), coarse.tail(rank)) {
                prop_assert!(a.overlaps(&b));
            }
        }
    }

    #[test]
    fn corrections_stay_true(known in known(), bits in 12u32..50) {
        prop_assume!(!known.gram.is_diagonal());
        let candidate = blurred(&first_candidate(&known.gram, 1).unwrap(), bits);
        let candidate = corrected(&known.gram, &candidate, 60, 1).unwrap();
        prop_assert!(known.is_enclosed_by(&candidate));
    }

    /// The residual of any candidate, entry by entry.
    #[test]
    fn residuals_of_solutions_are_exact(n in 1usize..7, seed in prop::collection::vec(-50i64..50, 50), moved in -1000i64..1000) {
        let a = Matrix::from_fn(n, n, |i, j| seed[i * n + j] + if i == j { 100 } else { 0 });
        let b = product(&Matrix::from_fn(2, n, |i, j| seed[49 - 2 * j - i]), &a);
        let mut found = approximate_solutions(&a, &b).unwrap();
        found.rows.as_mut_slice()[0] += moved << (found.bits / 2);
        let residual = |i: usize, j: usize| {
            let entry = (0..n).map(|k| i128::from(found.rows[(i, k)]) * i128::from(a[(k, j)])).sum::<i128>();
            Rational::from(&Dyadic::new(((i128::from(b[(i, j)]) << found.bits) - entry).into(), -i64::from(found.bits)))
        };
        for (i, bound) in found.residuals_squared_upper(&a, &b, 2).unwrap().iter().map(Rational::from).enumerate() {
            let square = (0..n).map(|j| residual(i, j)).fold(Rational::from(0), |sum, r| &sum + &(&r * &r));
            prop_assert!(square <= bound && bound <= &square * &"1.00001".parse().unwrap());
        }
    }

    /// The columns of a reflection are orthogonal and of one length, so a diagonal factor makes the singular values known.
    #[test]
    fn smallest_singular_values_of_known_matrices(d in prop::collection::vec(1i64..100, 2..6), exponent in -40i64..40) {
        let v: Vec<i64> = (1..=d.len() as i64).collect();
        let (q, length) = (reflection(&v), v.iter().map(|x| x * x).sum::<i64>());
        let a = Matrix::from_fn(d.len(), d.len(), |i, j| Dyadic::new((q[(i, j)] * d[j]).into(), exponent));
        let expected = Rational::from(&Dyadic::new((length * d.iter().min().unwrap()).into(), exponent));
        let found = smallest_singular_value(&a).unwrap().unwrap();
        prop_assert!(found.encloses(&expected), "{found} {expected}");
        prop_assert!(found.width() < &expected * &"1e-6".parse().unwrap(), "{found}");
    }
}

#[test]
fn a_linear_system_is_solved_to_many_digits() {
    let a = Matrix::from_fn(20, 20, |i, j| if i == j { 1000 } else { ((i * 7 + j * 13) % 17) as i64 - 8 });
    let b = Matrix::from_fn(1, 20, |_, i| i as i64);
    let residuals = approximate_solutions(&a, &b).unwrap().residuals_squared_upper(&a, &b, 1).unwrap();
    assert!(Rational::from(&residuals[0]) < "1e-22".parse().unwrap(), "{:?}", residuals[0]);
}

#[test]
fn a_singular_matrix_has_a_smallest_singular_value_next_to_zero() {
    let a = Matrix::from_fn(3, 2, |i, _| Dyadic::from(i as i64 + 1));
    let range = smallest_singular_value(&a).unwrap().unwrap();
    assert!(range.encloses(&Rational::from(0)) && *range.upper() < "1e-6".parse().unwrap(), "{range}");
    assert!(smallest_singular_value(&Matrix::from_fn(2, 0, |_, _| Dyadic::from(0))).is_err());
}

#[test]
fn reference_values() {
    let cases = [
        (100, vec![50], vec!["0.4370803618"]),
        (500, vec![125, 250, 375], vec!["0.6241579705", "0.3469899914", "0.1408268125"]),
        (1000, vec![250, 500, 750], vec!["0.5661889142", "0.2836960592", "0.1011084090"]),
    ];
    for (count, ranks, expected) in cases {
        let found = decimals(&family(Kind::Perm, 16, count, 1), &ranks, 2);
        assert_eq!(found.iter().flatten().collect::<Vec<_>>(), expected);
    }
    // The digits of the reference beyond ten.
    let tails = eigenvalue_tails(&family(Kind::Perm, 16, 100, 1), &[50], 14, 1).unwrap().tails;
    assert_eq!(tails[0].decimal.as_deref(), Some("0.43708036179152"));
    let tails = eigenvalue_tails(&family(Kind::Perm, 16, 500, 1), &[125, 250, 375], 13, 2).unwrap().tails;
    let found: Vec<_> = tails.iter().flat_map(|t| t.decimal.as_deref()).collect();
    assert_eq!(found, ["0.6241579704791", "0.3469899914097", "0.1408268124803"]);
}

/// More digits than the first candidate proves: the correction finds them, and a tail that is one decimal more is not guessed.
#[test]
fn more_digits_need_a_finer_candidate() {
    let (gram, ranks) = (family(Kind::Perm, 16, 100, 1), [25, 50, 75]);
    let first = proved(&gram, &first_candidate(&gram, 1).unwrap(), &ranks, 17, 1).unwrap();
    assert!(first.iter().any(|t| t.decimal.is_none()));
    let found = eigenvalue_tails(&gram, &ranks, 17, 1).unwrap().tails;
    assert!(found.iter().all(|t| t.decimal.is_some()), "{found:?}");
    // Both agree on the digits they have in common, and all hundred are found.
    let many = eigenvalue_tails(&gram, &ranks, LARGEST_DIGITS, 2).unwrap().tails;
    for (few, many) in found.iter().zip(&many) {
        assert!(few.enclosure.as_ref().unwrap().overlaps(many.enclosure.as_ref().unwrap()));
        assert_eq!(many.decimal.as_ref().unwrap().len(), "0.".len() + LARGEST_DIGITS);
    }
}

#[test]
fn the_same_digits_on_any_number_of_threads_and_from_any_candidate() {
    for gram in [family(Kind::Perm, 16, 130, 3), family(Kind::Pm3, 16, 131, 1), family(Kind::Boolplus, 8, 210, 1)] {
        let m = gram.order();
        let ranks = [0, 1, m / 4, m / 2, 3 * m / 4, m - 1, m];
        let expected = decimals(&gram, &ranks, 1);
        assert!(expected.iter().all(Option::is_some));
        assert_eq!(decimals(&gram, &ranks, 2), expected);
        assert_eq!(decimals(&gram, &ranks, 4), expected);
        for candidate in [sequential_candidate(&gram), single_precision_candidate(&gram)] {
            let tails = proved(&gram, &candidate, &ranks, DIGITS, 2).unwrap();
            assert_eq!(tails.into_iter().map(|t| t.decimal).collect::<Vec<_>>(), expected);
        }
    }
}

/// From the eigendecomposition of replayed runs, another order of operations altogether.
fn sequential_candidate(gram: &Gram) -> Candidate {
    let (values, vectors) = symmetric_eigen(&gram.entries().map(|&g| g as f64)).unwrap();
    let value_bits = first_candidate(gram, 1).unwrap().value_bits;
    let (n, vector_unit, value_unit) = (values.len(), (1u64 << 50) as f64, (1u64 << value_bits) as f64);
    Candidate {
        vectors: Matrix::from_fn(n, n, |i, j| (vectors[(i, n - 1 - j)] * vector_unit).round() as i64),
        vector_bits: 50,
        values: values.iter().rev().map(|mu| (mu * value_unit).round() as i64).collect(),
        value_bits,
    }
}

/// Vectors and values of 24 bits, corrected twice.
fn single_precision_candidate(gram: &Gram) -> Candidate {
    let first = first_candidate(gram, 1).unwrap();
    let single = |v: &i64| *v as f32 as i64;
    let single = Candidate { vectors: first.vectors.map(single), values: first.values.iter().map(single).collect(), ..first };
    let once = corrected(gram, &single, 55, 1).unwrap();
    corrected(gram, &once, 60, 1).unwrap()
}

#[test]
fn small_and_degenerate_matrices() {
    let gram = |order: usize, entries: &[i64]| {
        Gram::new(Matrix::from_rows(order, order, entries.to_vec()).unwrap(), NonZeroU64::MIN).unwrap()
    };
    let tails = |g: &Gram, ranks: &[usize], digits| {
        let tails = eigenvalue_tails(g, ranks, digits, 1).unwrap().tails;
        tails.into_iter().map(|t| t.decimal.unwrap_or("undecided".into())).collect::<Vec<_>>()
    };
    assert_eq!(tails(&gram(1, &[7]), &[0, 1], 3), ["7.000", "0.000"]);
    assert_eq!(tails(&gram(3, &[0; 9]), &[0, 1, 2, 3], 1), ["0.0"; 4]);
    assert_eq!(tails(&gram(2, &[1, 0, 0, 4]), &[0, 1, 2], 1), ["2.5", "0.5", "0.0"]);
    // Exact ties are settled, to the even digit: of a diagonal matrix, at rank 0, and where a sum of eigenvalues is proved to be an
    // integer. Of larger matrices they cannot be.
    assert_eq!(tails(&gram(2, &[4, 0, 0, 1]), &[0, 1, 2], 0), ["2", "0", "0"]);
    for (tie, even) in [([0, 1, 1, 0], "0"), ([2, 1, 1, 2], "0"), ([6, 2, 2, 9], "2"), ([6, 2, 2, 3], "1")] {
        assert_eq!(tails(&gram(2, &tie), &[1], 0), [even], "{tie:?}");
    }
    let cycle = |i: usize, j: usize| i64::from((i + 1) % 16 == j || (j + 1) % 16 == i);
    let cycle = Gram::new(Matrix::from_fn(16, 16, cycle), NonZeroU64::MIN).unwrap();
    // The least eigenvalue is -2, and -2/16 a tie of two digits.
    assert_eq!(tails(&cycle, &[15], 2), ["-0.12"], "sixteen conjugates");
    let pairs = Matrix::from_fn(20, 20, |i, j| i64::from(i != j && i / 2 == j / 2));
    assert_eq!(tails(&Gram::new(pairs, NonZeroU64::MIN).unwrap(), &[0, 10, 20], 0), ["0", "undecided", "0"]);
    assert_eq!(tails(&gram(2, &[0, 1, 1, 0]), &[0, 1, 2], 1), ["0.0", "-0.5", "0.0"]);
    let large = (1i64 << 62) / 2;
    assert_eq!(tails(&gram(2, &[large, large, large, large]), &[0], 0), [large.to_string()]);
    assert!(eigenvalue_tails(&gram(1, &[7]), &[2], 3, 1).is_err());
    assert!(eigenvalue_tails(&gram(1, &[7]), &[1], 101, 1).is_err());
}

#[test]
fn a_duplicated_column_is_undecided_and_a_shifted_value_only_widens() {
    let gram = family(Kind::Pm3, 16, 60, 1);
    let good = first_candidate(&gram, 1).unwrap();
    let mut duplicated = good.clone();
    (0..60).for_each(|i| duplicated.vectors[(i, 7)] = duplicated.vectors[(i, 6)]);
    let tails = proved(&gram, &duplicated, &[0, 30, 60], DIGITS, 1).unwrap();
    assert!(tails[1].enclosure.is_none() && tails[1].decimal.is_none());
    assert!(tails[0].decimal.is_some() && tails[2].decimal.is_some());

    let mut shifted = good.clone();
    shifted.values[0] += shifted.values[0] / 1000;
    let (narrow, wide) = (proved(&gram, &good, &[30], DIGITS, 1).unwrap(), proved(&gram, &shifted, &[30], DIGITS, 1).unwrap());
    let (narrow, wide) = (narrow[0].enclosure.as_ref().unwrap(), wide[0].enclosure.as_ref().unwrap());
    assert!(wide.lower() < narrow.lower() && narrow.upper() < wide.upper());
    assert!(wide.width() > narrow.width());
}

#[test]
fn candidates_of_the_wrong_form_are_refused() {
    let gram = family(Kind::Perm, 16, 5, 1);
    let good = first_candidate(&gram, 1).unwrap();
    let refused = [
        Candidate { values: good.values[1..].to_vec(), ..good.clone() },
        Candidate { values: good.values.iter().rev().copied().collect(), ..good.clone() },
        Candidate { vectors: Matrix::filled(4, 5, 1), ..good.clone() },
        Candidate { vector_bits: 63, ..good.clone() },
        Candidate { value_bits: 63, ..good.clone() },
        Candidate { vectors: Matrix::filled(5, 5, i64::MIN), value_bits: 60, ..good.clone() },
    ];
    for candidate in refused {
        assert!(Spectrum::enclose(&gram, &candidate, 1).is_err(), "{candidate:?}");
    }
}
