//! A matrix whose tail is known in radicals, and certificates of it that are spoiled.

#![cfg(test)]

use super::super::perturbed::PerturbedTail;
use super::super::tails::LARGEST_DIGITS;
use super::super::{corrected, cost, eigenvalue_tails, first_candidate};
use super::*;
use crate::exact::Rational;

/// The eigenvalues of this matrix are `(3 +- sqrt 5)/2`; at rank 1 the tail is `(3 - sqrt 5)/4`.
fn golden_section() -> Gram {
    Gram::from_lower(2, NonZeroU64::MIN, |i, _| 2 - i as i64).unwrap()
}

const TAIL: &str = "0.190983005625052575897706582817";

fn certificate() -> Certificate {
    let gram = golden_section();
    let proof = eigenvalue_tails(&gram, &[1], 30, 1).unwrap();
    Certificate::new(Source::from(&gram), gram.denominator(), 30, &proof).unwrap()
}

#[test]
fn thirty_digits_of_a_radical() {
    let gram = Gram::from_lower(2, NonZeroU64::MIN, |i, j| [[2, 1], [1, 1]][i][j]).unwrap();
    assert_eq!(gram.entries(), golden_section().entries());
    let tails = eigenvalue_tails(&gram, &[0, 1, 2], 30, 1).unwrap().tails;
    let decimals: Vec<&str> = tails.iter().filter_map(|tail| tail.decimal.as_deref()).collect();
    assert_eq!(decimals, ["1.500000000000000000000000000000", TAIL, "0.000000000000000000000000000000"]);
    assert!(eigenvalue_tails(&gram, &[3], 30, 1).is_err() && eigenvalue_tails(&gram, &[1], LARGEST_DIGITS + 1, 1).is_err());
}

/// The block has the eigenvalues `2^58 + (1 +- sqrt 5)/2`, which no float tells apart.
#[test]
fn a_cluster_is_resolved() {
    let entries = [[1i64 << 58, 1, 0], [1, (1 << 58) + 1, 0], [0, 0, 5]];
    let gram = Gram::from_lower(3, NonZeroU64::MIN, |i, j| entries[i][j]).unwrap();
    let tails = eigenvalue_tails(&gram, &[1, 2], 12, 1).unwrap().tails;
    let decimals: Vec<Option<&str>> = tails.iter().map(|tail| tail.decimal.as_deref()).collect();
    assert_eq!(decimals, [Some("96076792050570582.793988670417"), Some("1.666666666667")]);
}

/// The eigenvalues are 3 and 1: the tail at rank 1 is a half, and its rounding to an integer a tie.
#[test]
fn a_tie_is_proved_to_be_one() {
    let gram = Gram::from_lower(2, NonZeroU64::MIN, |i, j| if i == j { 2 } else { 1 }).unwrap();
    let tails = eigenvalue_tails(&gram, &[1], 0, 1).unwrap().tails;
    assert_eq!(tails[0].decimal, Some(Rational::new(1, 2).unwrap().to_fixed(0)));
}

#[test]
fn a_spoiled_candidate_proves_little_until_it_is_corrected() {
    let gram = golden_section();
    let mut candidate = first_candidate(&gram, 1).unwrap();
    candidate.vectors[(0, 0)] += 1 << 20;
    candidate.values[1] += 1 << 31;
    let decimal = |candidate: &Candidate| proved(&gram, candidate, &[1], 15, 1).unwrap()[0].decimal.clone();
    assert_eq!(decimal(&candidate), None);
    assert_eq!(decimal(&corrected(&gram, &candidate, 60, 1).unwrap()).as_deref(), Some("0.190983005625053"));
}

#[test]
fn what_is_written_is_read_and_proved_anew() {
    let certificate = certificate();
    assert_eq!(Certificate::parse(&certificate.to_json()).unwrap(), certificate);
    assert_eq!(certificate.statement(), format!("a matrix stored in the certificate\nM = 2, D = 1\nrank 1 -> {TAIL}\n"));
    let own = AnyGram::Small(golden_section());
    assert_eq!((certificate.refusal(None, 1), certificate.refusal(Some(&own), 1)), (None, None));
    let other = AnyGram::Small(Gram::from_lower(2, NonZeroU64::MIN, |i, j| i64::from(i == j)).unwrap());
    assert!(certificate.refusal(Some(&other), 1).unwrap().contains("not the one certified"));
}

#[test]
fn spoiled_certificates_are_refused() {
    let refusal = |certificate: Certificate| certificate.refusal(None, 1).unwrap_or_default();
    let text = certificate().to_json();
    let last_digit = Certificate::parse(&text.replace(TAIL, "0.190983005625052575897706582818")).unwrap();
    assert!(refusal(last_digit).contains("rank 1"));
    let larger = Source::Small { lower: vec![vec![2], vec![1, 1], vec![0, 0, 1]] };
    assert!(refusal(Certificate { matrix: larger, ..certificate() }).contains("a matrix of order 3"));
    assert!(refusal(Certificate { tails: Vec::new(), ..certificate() }).contains("no tail"));
    let scaled = |scale| Source::Big { lower: vec![vec![2.into()], vec![1.into(), 1.into()]], scale }.gram(2, NonZeroU64::MIN);
    assert!(scaled(0).is_ok() && scaled(LARGEST_SCALE).is_ok() && scaled(LARGEST_SCALE + 1).is_err());
}

#[test]
fn errors_name_the_line() {
    let text = certificate().to_json();
    let line_with = |part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
    for (part, spoiled) in [("\"mu\": [", "\"mu\": [.5,"), ("\"lower\"", "\"louer\""), ("    [1,1]", "    [1,x]")] {
        let error = Certificate::parse(&text.replacen(part, spoiled, 1)).unwrap_err().to_string();
        assert!(error.contains(&format!("line {}", line_with(part))), "{spoiled}: {error}");
    }
}

/// `|Delta_ij| <= 1/1000` moves the tail at rank 1 of a matrix of order 2 by at most `min(sqrt 1, 1 + sqrt 1)/1000`.
#[test]
fn a_perturbation_widens_the_tail_on_both_sides() {
    let gram = golden_section();
    let tail = &eigenvalue_tails(&gram, &[1], 10, 1).unwrap().tails[0];
    let around = |radius: Rational| PerturbedTail::around(tail, &AnyGram::Small(gram.clone()), &radius);
    let wide = around(Rational::new(1, 1000).unwrap()).unwrap();
    assert_eq!(wide.ends(6), Some(["0.189983".into(), "0.191984".into()]));
    assert_eq!((wide.decimal(2), wide.decimal(3)), (Some("0.19".into()), None));
    assert!(around(Rational::from(-1)).is_err());
}

/// Order 3 makes slices of 25 bits: a 1 is one slice, 64 bits are three; a decomposition takes `4 M^3`.
#[test]
fn seconds_are_those_of_a_decomposition_and_two_products() {
    let unit = AnyGram::Small(Gram::from_lower(3, NonZeroU64::MIN, |i, j| i64::from(i == j)).unwrap());
    assert!((cost::seconds(&unit) * 5e10 - (4.0 * 27.0 + 2.0 * 27.0 * 3.0)).abs() < 1e-3);
    let mut certificate = certificate();
    (certificate.k, certificate.s) = (60, 20);
    // Order 2 makes slices of 26 bits: three for 64 bits, and for 60.
    assert!((certificate.seconds() * 5e10 - 2.0 * 8.0 * 9.0).abs() < 1e-3, "{}", certificate.seconds() * 5e10);
}
