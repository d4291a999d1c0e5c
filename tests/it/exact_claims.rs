//! The claims that rest on exact arithmetic: verdicts, controls, reference values, and planted faults that must be seen.

use crate::common::outcomes;
use bfc::claim::{Outcome, Outcomes, Profile, Verdict};
use bfc::exact::count::{binomial, dimension_for_error, harmonics};
use bfc::exact::flattening::{is_spectrum_of, of_quadratic_power};
use bfc::exact::harmonic::Signature;
use bfc::exact::inputs::power;
use bfc::exact::{Dyadic, Polynomial, Rational};
use bfc::hierarchy::target::expand::on_cube;
use bfc::hierarchy::target::tree::Tree;
use bfc::scalar::Scalar;

const EXACT: [&str; 12] = [
    "representation.degree",
    "representation.cost",
    "representation.quadratic-span",
    "forward.closed-form",
    "backward.contraction",
    "backward.gauss-seidel",
    "kernel.dimension",
    "kernel.gaussian",
    "kernel.most-targets",
    "kernel.attained",
    "shallow.monomial",
    "shallow.quadratic-power",
];

fn outcome(id: &str) -> Outcome {
    outcomes(id, Profile::Quick).check
}

fn control(id: &str) -> Outcome {
    outcomes(id, Profile::Quick).controls.remove(0)
}

/// The rows of a table whose first cells are these.
fn rows(outcome: &Outcome, table: usize, first: &[&str]) -> Vec<Vec<String>> {
    outcome.tables[table].rows().iter().filter(|row| row.iter().zip(first).all(|(a, b)| a == b)).cloned().collect()
}

#[test]
fn every_claim_is_verified_and_every_control_refuted() {
    for id in EXACT {
        let Outcomes { check, controls } = outcomes(id, Profile::Quick);
        assert_eq!(check.verdict(), Verdict::Verified, "{id}: {:?}", check.conditions);
        for control in &controls {
            assert_eq!(control.verdict(), Verdict::Refuted, "{id}: {:?}", control.conditions);
        }
        for table in check.tables.iter().chain(controls.iter().flat_map(|c| &c.tables)) {
            assert!(table.rows().iter().all(|row| row.len() == table.columns().len()), "{id}: {}", table.title());
        }
    }
}

/// What a control must refute, and what it may not: a condition that always holds has no control that refutes it.
#[test]
fn every_condition_of_a_count_is_refuted_by_a_control() {
    for id in EXACT.into_iter().filter(|id| !id.starts_with("backward.")) {
        let found = outcomes(id, Profile::Quick);
        assert!(found.never_refuted().is_empty(), "{id}: {:?}", found.never_refuted());
    }
}

#[test]
fn every_claim_runs_in_miniature() {
    for id in EXACT.into_iter().chain(["forward.linear-error"]) {
        let Outcomes { check, controls } = outcomes(id, Profile::Tiny);
        assert!(controls.iter().chain([&check]).all(|outcome| !outcome.conditions.is_empty()), "{id}");
    }
}

#[test]
fn exponents_and_counts_of_parities() {
    let dimension = outcome("kernel.dimension");
    let fitted: Vec<String> = dimension.tables[2].rows().iter().map(|row| row[2].clone()).collect();
    assert_eq!(fitted, ["2.005", "4.031", "8.148", "16.66"]);
    assert_eq!(rows(&dimension, 1, &["8", "64"])[0][2..4], ["4426165368", "3319624026"]);
}

#[test]
fn shares_left_by_degree_2_in_the_unsigned_tree() {
    let control = control("kernel.dimension");
    let shares: Vec<String> = control.tables[0].rows().iter().map(|row| row[5].clone()).collect();
    assert_eq!(shares, ["0.111", "0.264", "0.476"]);
}

#[test]
fn rotated_quadratic_forms() {
    let gaussian = outcome("kernel.gaussian");
    for (d, share, harmonics, needed) in [
        ("16", "80/99", "3740", "2583"),
        ("64", "1088/1155", "764400", "561532"),
        ("256", "16640/16899", "183148480", "136648688"),
    ] {
        let row = &rows(&gaussian, 0, &["(x'Ax)^2", d])[0];
        assert_eq!([&row[2], &row[4], &row[6]], [share, harmonics, needed]);
    }
    assert_eq!(rows(&gaussian, 0, &["(x'Ax)^4", "64"])[0][4], "10519248168");
}

#[test]
fn widths_of_two_layer_networks() {
    let widths = outcome("shallow.quadratic-power");
    for (f, error, d, m) in [
        ("(x'Ax)^2", "1/4", "16", "70"),
        ("(x'Ax)^2", "1/4", "64", "1240"),
        ("(x'Ax)^2", "1/4", "256", "20320"),
        ("(x'Ax)^2", "1/4", "1024", "327040"),
        ("(x'Ax)^4", "1/100", "16", "2231"),
        ("(x'Ax)^4", "1/100", "64", "589504"),
    ] {
        assert_eq!(rows(&widths, 0, &[f, error, d])[0].last().map(String::as_str), Some(m));
    }
}

#[test]
fn factors_of_alternating_minimisation() {
    let control = control("backward.gauss-seidel");
    let found: Vec<String> = control.tables[0].rows().iter().map(|row| row[4].clone()).collect();
    assert_eq!(found, ["4/5", "4/5", "4/5", "5/7", "5/7", "5/7"]);
}

/// One sign of one row: the tree is no parity of all its inputs any more.
#[test]
fn a_tree_with_one_wrong_sign_is_seen() {
    let mut tree = Tree::Signed.network(3, &Dyadic::one()).expect("a depth of a network");
    assert!(on_cube(&tree).terms().any(|(set, _)| set.len() == 4));
    let weight = &mut tree.layer_mut(3).weights[0][(0, 1)];
    *weight = -&*weight;
    assert!(on_cube(&tree).terms().all(|(set, _)| set.len() < 4));
}

/// A wrong coefficient is seen in the flattening.
#[test]
fn a_form_with_one_wrong_coefficient_is_seen() {
    let (k, d) = (2, 4);
    let form = power(&Signature::Balanced.form(d), k);
    assert!(is_spectrum_of(&of_quadratic_power(2, 4), &form, d));
    let changed = form.plus(&Polynomial::monomial(vec![4], Dyadic::one()));
    assert!(!is_spectrum_of(&of_quadratic_power(2, 4), &changed, d));
}

/// Against the definitions, and against each other: harmonics and lower forms fill the monomials.
#[test]
fn counts() {
    for (d, p) in [(3u64, 4u64), (16, 4), (64, 8), (1024, 16)] {
        let sum = (0..=p / 2).fold(dashu_int::IBig::ZERO, |sum, j| sum + harmonics(d, p - 2 * j));
        assert_eq!(sum, binomial(d + p - 1, p));
    }
    let quarter = Rational::new(1, 4).expect("a number");
    assert_eq!(dimension_for_error(&binomial(8, 4), &Rational::one(), &quarter), 53.into());
}
