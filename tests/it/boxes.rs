//! The independent checker of trees of boxes: what it accepts, and that it refuses every planted fault.

use crate::common::Place;
use crate::common::python::python;

const CERTIFICATE: &str = include_str!("../../proofs/certificates/descent-depth-3.json");
const NEAR: &str = include_str!("../../proofs/certificates/descent-depth-3-near.json");
const WIDER: &str = include_str!("../../proofs/certificates/descent-depth-3-wider.json");
/// Depth 4, from the outermost region.
const DEPTH_4: [&str; 3] = [
    include_str!("../../proofs/certificates/descent-depth-4-outer.json"),
    include_str!("../../proofs/certificates/descent-depth-4-middle.json"),
    include_str!("../../proofs/certificates/descent-depth-4-inner.json"),
];

/// The exit code of a checker on a certificate, and what it prints; `None` on a machine without Python 3.
fn check(script: &str, name: &str, certificate: &str) -> Option<(i32, String)> {
    let place = Place::new(name);
    place.write("certificate.json", certificate);
    let answer = python(&place.0, &format!("proofs/certificates/{script}"), &["certificate.json"])?;
    Some((answer.code, answer.out))
}

/// `CERTIFICATE` with one place changed.
fn changed(from: &str, to: &str) -> String {
    changed_in(CERTIFICATE, from, to)
}

fn changed_in(certificate: &str, from: &str, to: &str) -> String {
    let (before, after) = certificate.split_once(from).unwrap_or_else(|| panic!("{from} is in the certificate"));
    format!("{before}{to}{after}")
}

fn assert_code(name: &str, certificate: &str, code: i32, reason: &str) {
    assert_code_of("boxes.py", name, certificate, code, reason);
}

fn assert_code_of(script: &str, name: &str, certificate: &str, code: i32, reason: &str) {
    if let Some((found, printed)) = check(script, name, certificate) {
        assert_eq!(found, code, "{name}: {printed}");
        assert!(printed.contains(reason), "{name}: {printed}");
    }
}

#[test]
fn the_stored_certificates_are_accepted() {
    assert_code("stored", CERTIFICATE, 0, "eps <= 13/128, growth 11/10, smoothness 100, 231 boxes");
    assert_code("near", NEAR, 0, "eps <= 13/128, growth 7/2, smoothness 65, 51 boxes");
    assert_code("wider", WIDER, 0, "eps <= 77/256, growth 7/10, smoothness 150, 406 boxes");
    assert_code("narrower", &changed_in(WIDER, "308", "104"), 0, "eps <= 13/128");
}

#[test]
fn the_certificates_of_depth_4_are_accepted_and_changed_ones_are_not() {
    let [outer, middle, inner] = DEPTH_4;
    let expect = |name: &str, certificate: &str, code: i32, reason: &str| {
        assert_code_of("boxes_depth_4.py", name, certificate, code, reason)
    };
    expect("outer", outer, 0, "growth 1/5, smoothness 100, 1583 boxes");
    expect("middle", middle, 0, "growth 2/5, smoothness 70, 476 boxes");
    expect("inner", inner, 0, "growth 1/2, smoothness 40, 12 boxes");
    expect("end", &changed_in(inner, "HHH\"\n}", "HH\"\n}"), 1, "the tree ends before its last box");
    expect("split", &changed_in(inner, "\"33HH312HH", "\"33HHH"), 1, "");
    expect("growth", &changed_in(inner, "\"1/2\"", "\"1\""), 1, "is not proved");
    expect("smoothness", &changed_in(inner, "\"40\"", "\"25\""), 1, "is not proved");
    expect("level", &changed_in(inner, "0.0100", "0.0200"), 1, "does not hold every X");
    expect("gap", &changed_in(inner, "104", "100"), 1, "does not hold every eps");
    expect("side", &changed_in(inner, "61", "58"), 1, "does not hold every S");
    expect("depth", CERTIFICATE, 2, "another format");
}

#[test]
fn a_removed_box_is_refused() {
    assert_code("last", &changed("OO\"\n}", "O\"\n}"), 1, "the tree ends before its last box");
    assert_code("first", &changed("\"tree\": \"2221321O", "\"tree\": \"2221321"), 1, "is not proved");
    assert_code("split", &changed("\"tree\": \"2221321O3", "\"tree\": \"2221321OH"), 1, "is not proved");
    assert_code("more", &changed("OO\"\n}", "OOO\"\n}"), 1, "the tree goes on after its last box");
}

#[test]
fn enlarged_constants_are_refused() {
    assert_code("growth", &changed("\"11/10\"", "\"6\""), 1, "is not proved");
    assert_code("smoothness", &changed("\"100\"", "\"90\""), 1, "is not proved");
    assert_code("level", &changed("\"0.2125\"", "\"0.24\""), 1, "the box does not hold every");
}

#[test]
fn a_shifted_box_is_refused() {
    assert_code("gap", &changed("104", "102"), 1, "does not hold every eps");
    assert_code("x", &changed("-336", "-333"), 1, "does not hold every X");
    assert_code("y", &changed("98\n", "96\n"), 1, "does not hold every Y");
    assert_code("s", &changed("282", "280"), 1, "does not hold every S");
}

#[test]
fn what_is_no_certificate_is_unreadable() {
    assert_code("format", &changed("bfc-boxes-1", "bfc-boxes-2"), 2, "another format");
    assert_code("empty", "{}", 2, "not a certificate");
    assert_code("text", "tree", 2, "");
    assert_code("zero", &changed("\"11/10\"", "\"1/0\""), 2, "");
}
