//! Certified tails against spectra that are known, candidates that are spoiled on purpose, and an independent checker.

use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bfc::certify::certificate::{Certificate, Source};
use bfc::certify::{approximate_solutions, corrected, eigenvalue_tails, first_candidate, proved, smallest_singular_value};
use bfc::enclosure::residual::Candidate;
use bfc::enclosure::spectrum::Spectrum;
use bfc::exact::family::{Family, Kind};
use bfc::exact::gram::Gram;
use bfc::exact::{Dyadic, Rational};
use bfc::matrix::Matrix;
use bfc::portable::factor::symmetric_eigen;
use proptest::prelude::*;
use serde_json::{Value, json};

const DIGITS: usize = 10;

fn family(kind: Kind, dimension: usize, count: usize, seed: u64) -> Gram {
    Family { kind, dimension, count, seed }.gram().unwrap()
}

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
        self.gram.mean(&sum)
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
    let too_many = eigenvalue_tails(&gram, &ranks, 40, 1).unwrap().tails;
    assert!(too_many.iter().all(|t| t.decimal.is_none() && t.undecided(40).is_some()));
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
    // Exact ties: of a diagonal matrix and at rank 0 they are settled, to the even digit; elsewhere they cannot be.
    assert_eq!(tails(&gram(2, &[4, 0, 0, 1]), &[0, 1, 2], 0), ["2", "0", "0"]);
    for tie in [[0, 1, 1, 0], [2, 1, 1, 2], [6, 2, 2, 9]] {
        assert_eq!(tails(&gram(2, &tie), &[1], 0), ["undecided"]);
    }
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

// --- the command and the independent checker ---

fn bfc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bfc")).args(arguments).output().expect("the command runs")
}

/// The exit code of the checker in Python and what it prints; `None`, and said so, on a machine without Python 3.
fn python(arguments: &[&Path]) -> Option<(i32, Vec<u8>)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/certificates/check.py");
    match Command::new("python3").arg(script).args(arguments).output() {
        Ok(run) => Some((run.status.code().expect("it ends by itself"), run.stdout)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("NOT CHECKED: the independent checker (python3 is missing)");
            None
        }
        Err(e) => panic!("python3: {e}"),
    }
}

fn place(name: &str) -> PathBuf {
    let place = std::env::temp_dir().join(format!("bfc-certificates-{}-{name}", std::process::id()));
    fs::create_dir_all(&place).unwrap();
    place
}

/// Both checkers, which must agree, and print the same when they accept.
fn codes(certificate: &Path, gram: Option<&Path>) -> i32 {
    let certificate_text = certificate.to_str().unwrap();
    let mut arguments = vec!["certify", "check", certificate_text];
    arguments.extend(gram.iter().flat_map(|g| ["--gram", g.to_str().unwrap()]));
    let run = bfc(&arguments);
    let ours = run.status.code().unwrap();
    let theirs = python(&[Some(certificate), gram].into_iter().flatten().collect::<Vec<_>>());
    if let Some((code, printed)) = theirs {
        assert_eq!(code, ours, "{}: {}", certificate.display(), String::from_utf8_lossy(&printed));
        assert!(code != 0 || printed == run.stdout, "{run:?}, {}", String::from_utf8_lossy(&printed));
    }
    ours
}

#[test]
fn certificates_of_families_are_accepted_and_false_ones_refused() {
    let place = place("families");
    for (kind, dimension, count) in [("perm", "16", "40"), ("pm3", "32", "30"), ("boolplus", "6", "45")] {
        let file = place.join(format!("{kind}.json"));
        let half = count.parse::<usize>().unwrap() / 2;
        let ranks = format!("0,{half},{count}");
        let arguments = ["certify", "tail", "--family", kind, "--dimension", dimension, "--count", count, "--rank", &ranks];
        let run = bfc(&[&arguments[..], &["--seed", "5", "--emit", file.to_str().unwrap()]].concat());
        assert!(run.status.success(), "{run:?}");
        assert_eq!(codes(&file, None), 0);
        let good: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let spoiled = place.join("spoiled.json");
        for (what, spoil) in SPOILERS.iter().take(if kind == "perm" { SPOILERS.len() } else { 8 }) {
            let mut bad = good.clone();
            spoil(&mut bad);
            if kind == "boolplus" && ["seed"].contains(what) {
                continue;
            }
            fs::write(&spoiled, bad.to_string()).unwrap();
            assert_eq!(codes(&spoiled, None), 1, "{kind}: {what}");
        }
        let text = fs::read_to_string(&file).unwrap();
        for end in [0, 1, text.len() / 2, text.len() - 3] {
            fs::write(&spoiled, &text[..end]).unwrap();
            assert_eq!(codes(&spoiled, None), 2, "{kind}: the first {end} bytes");
        }
        fs::write(&spoiled, text.replace("\"digits\": 10", "\"digits\": 10.5")).unwrap();
        assert_eq!(codes(&spoiled, None), 2);
        assert_eq!(codes(&place.join("missing.json"), None), 2);
    }
    fs::remove_dir_all(&place).unwrap();
}

type Spoiler = (&'static str, fn(&mut Value));

const SPOILERS: &[Spoiler] = &[
    ("printed decimal", |c| c["tails"][1]["tail"] = json!("0.1234567890")),
    ("fewer digits printed than stated", |c| c["tails"][1]["tail"] = json!("0.12")),
    ("rank", |c| c["tails"][1]["rank"] = json!(c["tails"][1]["rank"].as_u64().unwrap() + 1)),
    ("no tails", |c| c["tails"] = json!([])),
    ("rank above the order", |c| c["tails"][1]["rank"] = json!(1000)),
    ("family", |c| c["matrix"]["family"] = json!(if c["matrix"]["family"] == "perm" { "pm3" } else { "perm" })),
    ("no family", |c| c["matrix"]["family"] = json!("hadamard")),
    ("dimension", |c| c["matrix"]["dimension"] = json!(64)),
    ("no dimension", |c| c["matrix"]["dimension"] = json!(3)),
    ("count", |c| c["matrix"]["count"] = json!(29)),
    ("count beyond memory", |c| c["matrix"]["count"] = json!(1u64 << 40)),
    ("seed", |c| c["matrix"]["seed"] = json!(6)),
    ("denominator", |c| c["denominator"] = json!(c["denominator"].as_u64().unwrap() + 1)),
    ("double denominator", |c| c["denominator"] = json!(2 * c["denominator"].as_u64().unwrap())),
    ("duplicated column", |c| c["v"].as_array_mut().unwrap().iter_mut().for_each(|row| row[3] = row[2].clone())),
    ("a row too short", |c| drop(c["v"][0].as_array_mut().unwrap().pop())),
    ("a row too few", |c| drop(c["v"].as_array_mut().unwrap().pop())),
    ("a value too few", |c| drop(c["mu"].as_array_mut().unwrap().pop())),
    ("increasing values", |c| c["mu"].as_array_mut().unwrap().reverse()),
    ("a spoiled entry of v", |c| c["v"][1][1] = json!(c["v"][1][1].as_i64().unwrap() + (1i64 << 45))),
    ("k", |c| c["k"] = json!(49)),
    ("s", |c| c["s"] = json!(c["s"].as_u64().unwrap() - 1)),
    ("k out of range", |c| c["k"] = json!(1000)),
    ("digits out of range", |c| c["digits"] = json!(1000)),
];

fn write_matrix(file: &Path, gram: &Gram) {
    let m = gram.order();
    let entries: String =
        (0..m).flat_map(|j| (j..m).map(move |i| (i, j))).map(|at| format!("{}\n", gram.entries()[at])).collect();
    fs::write(file, format!("%%MatrixMarket matrix array integer symmetric\n% made for a test\n{m} {m}\n{entries}")).unwrap();
}

#[test]
fn certificates_of_files_belong_to_their_matrix() {
    let place = place("files");
    let (file, certificate, other) = (place.join("gram.mtx"), place.join("gram.json"), place.join("other.mtx"));
    let gram = family(Kind::Perm, 16, 20, 2);
    write_matrix(&file, &gram);
    let arguments = ["certify", "tail", "--gram", file.to_str().unwrap(), "--denominator", "65536", "--rank", "5,10"];
    let run = bfc(&[&arguments[..], &["--format", "json", "--emit", certificate.to_str().unwrap(), "--threads", "1"]].concat());
    assert!(run.status.success(), "{run:?}");
    let expected = decimals(&gram, &[5, 10], 1);
    let printed: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(printed, json!({"tails": [{"rank": 5, "tail": expected[0]}, {"rank": 10, "tail": expected[1]}]}));
    assert_eq!((codes(&certificate, None), codes(&certificate, Some(&file))), (0, 0));

    let mut entries = gram.entries().clone();
    (entries[(3, 1)], entries[(1, 3)]) = (entries[(3, 1)] + 1024, entries[(3, 1)] + 1024);
    write_matrix(&other, &Gram::new(entries, NonZeroU64::MIN).unwrap());
    assert_eq!(codes(&certificate, Some(&other)), 1);
    fs::write(&other, "%%MatrixMarket matrix array integer symmetric\n2 2\n1\n").unwrap();
    assert_eq!(codes(&certificate, Some(&other)), 2);

    let mut changed: Value = serde_json::from_str(&fs::read_to_string(&certificate).unwrap()).unwrap();
    changed["matrix"]["lower"][3][1] = json!(changed["matrix"]["lower"][3][1].as_i64().unwrap() + 1024);
    fs::write(&certificate, changed.to_string()).unwrap();
    assert_eq!(codes(&certificate, None), 1);
    fs::remove_dir_all(&place).unwrap();
}

/// The matrix of a family over another denominator is not the family's, however true the tails are.
#[test]
fn a_family_has_its_own_denominator() {
    let place = place("denominators");
    let file = place.join("forged.json");
    for (kind, dimension, count) in [(Kind::Perm, 16, 40), (Kind::Pm3, 16, 20), (Kind::Boolplus, 6, 45)] {
        let family = Family { kind, dimension, count, seed: 1 };
        let own = family.gram().unwrap();
        for factor in [1u64, 2] {
            let gram = own.clone().over(NonZeroU64::new(own.denominator().get() * factor).unwrap());
            let ranks = [0, count / 2, count];
            let proof = eigenvalue_tails(&gram, &ranks, DIGITS, 1).unwrap();
            let statement = |source: Source| {
                let certificate = Certificate::new(source, &gram, DIGITS, &proof).unwrap();
                fs::write(&file, certificate.to_json()).unwrap();
                (codes(&file, None), certificate.statement())
            };
            assert_eq!(statement(Source::from(&gram)).0, 0, "{kind}: a stored matrix has any denominator");
            let (code, statement) = statement(Source::from(&family));
            assert_eq!(code, i32::from(factor != 1), "{kind} {factor}");
            if code == 0 {
                let tail = proof.tails[1].decimal.as_ref().unwrap();
                assert!(statement.contains(&format!("{kind}, dimension {dimension}, count {count}, seed 1\n")), "{statement}");
                assert!(statement.contains(&format!("M = {count}, D = {}\n", own.denominator())), "{statement}");
                assert!(statement.contains(&format!("rank {} -> {tail}\n", count / 2)), "{statement}");
                let run = bfc(&["certify", "check", file.to_str().unwrap()]);
                assert_eq!(String::from_utf8(run.stdout).unwrap(), format!("accepted\n{statement}"));
            }
        }
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn certificates_of_zero_matrices_are_accepted() {
    let place = place("zeros");
    let (file, certificate) = (place.join("zero.mtx"), place.join("zero.json"));
    for order in [1, 3] {
        fs::write(&file, format!("%%MatrixMarket matrix coordinate integer symmetric\n{order} {order} 0\n")).unwrap();
        let arguments =
            ["certify", "tail", "--rank", "0,1", "--gram", file.to_str().unwrap(), "--emit", certificate.to_str().unwrap()];
        let run = bfc(&arguments);
        assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
        assert_eq!((codes(&certificate, None), codes(&certificate, Some(&file))), (0, 0), "{order}");
        // A tiny file of the largest order is compared, not unfolded.
        fs::write(&file, "%%MatrixMarket matrix coordinate integer symmetric\n8192 8192 0\n").unwrap();
        assert_eq!(codes(&certificate, Some(&file)), 1);
    }
    fs::remove_dir_all(&place).unwrap();
}

/// What is no certificate, or no matrix, is told from one that is refused.
#[test]
fn what_is_unreadable() {
    let place = place("unreadable");
    let (good, file, matrix) = (place.join("good.json"), place.join("bad.json"), place.join("gram.mtx"));
    let family = ["--family", "perm", "--dimension", "16", "--count", "2", "--rank", "1"];
    assert!(bfc(&[&["certify", "tail", "--emit", good.to_str().unwrap()], &family[..]].concat()).status.success());
    let text = fs::read_to_string(&good).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    for (from, to) in [
        ("\"digits\": 10,", "\"digits\": 10, \"digits\": 10,"),
        ("\"seed\":1", "\"seed\":1,\"seed\":1"),
        ("\"rank\":1", "\"rank\":0,\"rank\":1"),
        ("\"rank\":1", "\"rank\":-1"),
        ("\"seed\":1", "\"seed\":-1"),
        ("\"seed\":1", "\"seed\":18446744073709551616"),
        ("\"seed\":1", "\"seed\":true"),
        ("\"denominator\": 65536", "\"denominator\": 0"),
        ("\"denominator\": 65536", "\"denominator\": 18446744073709551616"),
        ("\"k\": 50", "\"k\": 4294967296"),
        ("\"mu\": [", "\"mu\": [9223372036854775808, "),
        ("\"tail\":\"", "\"tail\":\"\\ud800"),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        assert_eq!(codes(&file, None), 2, "{to}");
    }
    let fields = |object: &Value| Value::Array(object.as_object().unwrap().values().cloned().collect());
    let (mut source, mut tail) = (value.clone(), value.clone());
    source["matrix"] = fields(&value["matrix"]);
    tail["tails"][0] = fields(&value["tails"][0]);
    for array in [fields(&value), source, tail] {
        fs::write(&file, array.to_string()).unwrap();
        assert_eq!(codes(&file, None), 2, "{array}");
    }
    for (entries, code) in [
        ("65536\n0\n65536\n", 1),
        ("+65536\n0\n65536\r\n", 1),
        ("65_536\n0\n65536\n", 2),
        ("٦\n0\n65536\n", 2),
        ("65536\u{2028}0\n65536\n", 2),
        ("9223372036854775808\n0\n65536\n", 2),
        ("65536\n0\n", 2),
    ] {
        fs::write(&matrix, format!("%%MatrixMarket matrix array integer symmetric\n2 2\n{entries}")).unwrap();
        assert_eq!(codes(&good, Some(&matrix)), code, "{entries:?}");
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn a_tail_below_zero_is_warned_of() {
    let place = place("indefinite");
    let file = place.join("gram.mtx");
    for (diagonal, warned) in [(0, true), (2, false)] {
        fs::write(&file, format!("%%MatrixMarket matrix array integer symmetric\n2 2\n{diagonal}\n1\n{diagonal}\n")).unwrap();
        let run = bfc(&["certify", "tail", "--gram", file.to_str().unwrap(), "--rank", "0,1,2"]);
        let told = String::from_utf8_lossy(&run.stderr).contains("warning: the tail at rank 1 is below zero");
        assert!(run.status.success() && told == warned && run.stderr.is_empty() != warned, "{run:?}");
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn the_commands_exit_codes() {
    let place = place("codes");
    let file = place.join("tie.mtx");
    let name = file.to_str().unwrap();
    fs::write(&file, "%%MatrixMarket matrix array integer symmetric\n2 2\n0\n1\n0\n").unwrap();
    let code = |arguments: &[&str]| bfc(&[&["certify", "tail"], arguments].concat()).status.code().unwrap();
    let emitted = place.join("never.json");
    assert_eq!(code(&["--gram", name, "--rank", "1", "--digits", "0", "--emit", emitted.to_str().unwrap()]), 3);
    assert!(!emitted.exists());
    assert_eq!(code(&["--gram", name, "--rank", "1"]), 0);
    for bad in [
        &["--gram", name, "--rank", "3"][..],
        &["--gram", name, "--rank", "-1"],
        &["--gram", name, "--rank", "x"],
        &["--gram", name],
        &["--rank", "1"],
        &["--gram", name, "--rank", "1", "--digits", "101"],
        &["--gram", name, "--rank", "1", "--denominator", "0"],
        &["--gram", name, "--rank", "1", "--family", "perm"],
        &["--family", "perm", "--rank", "1"],
        &["--family", "perm", "--dimension", "16", "--count", "5", "--rank", "1", "--denominator", "65536"],
        &["--family", "perm", "--dimension", "15", "--count", "5", "--rank", "1"],
        &["--gram", "missing.mtx", "--rank", "1"],
        &["--gram", name, "--rank", "1", "--emit", "missing/directory/cert.json"],
    ] {
        assert_eq!(code(bad), 2, "{bad:?}");
    }
    fs::write(&file, "%%MatrixMarket matrix array integer symmetric\n2 2\n0\n1\nNaN\n").unwrap();
    let refused = bfc(&["certify", "tail", "--gram", name, "--rank", "1"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("tie.mtx:5: "), "{refused:?}");
    fs::remove_dir_all(&place).unwrap();
}
