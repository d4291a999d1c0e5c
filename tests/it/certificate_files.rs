//! Certificates as files: the command and the independent checker accept the true ones and refuse the others.

use std::fs;
use std::num::NonZeroU64;

use bfc::certify::certificate::{Certificate, Source};
use bfc::certify::eigenvalue_tails;
use bfc::exact::family::{Family, Kind};
use bfc::exact::gram::Gram;
use serde_json::{Value, json};

use crate::common::tails::{DIGITS, bfc, codes, family, place, write_matrix};

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

#[test]
fn certificates_of_files_belong_to_their_matrix() {
    let place = place("files");
    let (file, certificate, other) = (place.join("gram.mtx"), place.join("gram.json"), place.join("other.mtx"));
    let gram = family(Kind::Perm, 16, 20, 2);
    write_matrix(&file, &gram);
    let arguments = ["certify", "tail", "--gram", file.to_str().unwrap(), "--denominator", "65536", "--rank", "5,10"];
    let run = bfc(&[&arguments[..], &["--format", "json", "--emit", certificate.to_str().unwrap(), "--jobs", "1"]].concat());
    assert!(run.status.success(), "{run:?}");
    let tails = eigenvalue_tails(&gram, &[5, 10], DIGITS, 1).unwrap().tails;
    let expected: Vec<Option<String>> = tails.into_iter().map(|t| t.decimal).collect();
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
                let certificate = Certificate::new(source, gram.denominator(), DIGITS, &proof).unwrap();
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
        let told = String::from_utf8_lossy(&run.stderr).contains("warning: G is not positive semidefinite");
        assert!(run.status.success() && told == warned && run.stderr.is_empty() != warned, "{run:?}");
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn the_commands_exit_codes() {
    let place = place("codes");
    let file = place.join("tie.mtx");
    let name = file.to_str().unwrap();
    // Eight blocks of eigenvalues 1 and -1: the tail at rank 8 is -1/2, between two decimals without digits after the point; more
    // subsets of eigenvalues than a tie is decided for.
    let pairs: String = (1..=8).map(|block| format!("{} {} 1\n", 2 * block, 2 * block - 1)).collect();
    fs::write(&file, format!("%%MatrixMarket matrix coordinate integer symmetric\n16 16 8\n{pairs}")).unwrap();
    let code = |arguments: &[&str]| bfc(&[&["certify", "tail"], arguments].concat()).status.code().unwrap();
    let emitted = place.join("never.json");
    assert_eq!(code(&["--gram", name, "--rank", "8", "--digits", "0", "--emit", emitted.to_str().unwrap()]), 3);
    assert!(!emitted.exists());
    assert_eq!(code(&["--gram", name, "--rank", "1"]), 0);
    for bad in [
        &["--gram", name, "--rank", "17"][..],
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
