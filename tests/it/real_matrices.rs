//! Matrices of doubles, as NumPy and SciPy write them (`tests/matrices/`), against tails that FLINT encloses, and both checkers.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bfc::certify::matrix_file::{features_gram, gram};
use bfc::certify::tails::any_eigenvalue_tails;
use serde_json::{Value, json};

use crate::common::python::python;
use crate::common::tails::{bfc, codes, place};

fn matrix(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrices").join(name)
}

/// The tails that the command prints, and a certificate of them that both checkers accept.
fn certified(flag: &str, file: &Path, ranks: &str, digits: usize, certificate: &Path) -> Value {
    let (file, digits) = (file.to_str().unwrap(), digits.to_string());
    let arguments = ["certify", "tail", flag, file, "--rank", ranks, "--digits", &digits, "--format", "json"];
    let run = bfc(&[&arguments[..], &["--emit", certificate.to_str().unwrap()]].concat());
    assert!(run.status.success(), "{file}: {run:?}");
    assert_eq!(codes(certificate, None), 0, "{file}");
    serde_json::from_slice::<Value>(&run.stdout).unwrap()["tails"].take()
}

#[test]
fn files_of_scipy_and_numpy_have_the_tails_of_flint() {
    let place = place("files-of-scipy");
    let certificate = place.join("certificate.json");
    let float64 = (30, [(1, "3.554936771670797575839945045342"), (2, "1.377647713757775828937958331808")]);
    let features = (30, [(1, "0.402387179638365085527845900518"), (2, "0.116081773945011457601730410541")]);
    for (flag, name, (digits, tails)) in [
        ("--gram", "int64.mtx", (12, [(1, "102.948823432765"), (3, "4.630699813135")])),
        ("--gram", "int64-sparse.mtx", (12, [(1, "96.660479627640"), (3, "5.400538286149")])),
        ("--gram", "uint64.mtx", (6, [(1, "85794784399250483.873039"), (3, "4574664574061831.242151")])),
        ("--gram", "uint64-sparse.mtx", (6, [(1, "96660479627640209.487191"), (3, "5400538286148623.890745")])),
        (
            "--gram",
            "float64-sparse.mtx",
            (30, [(1, "4.622972762127264173655431544409"), (2, "2.376137359819039035819341107665")]),
        ),
        ("--gram", "float64.mtx", float64),
        ("--gram", "float64.mtx.gz", float64),
        ("--gram", "float64.npy", float64),
        ("--gram", "fortran.npy", float64),
        ("--gram", "float64.npz", float64),
        ("--features", "features.npy", features),
        ("--features", "features.mtx", features),
        ("--gram", "graded.npy", (30, [(3, "0.000000166666219315699489705445"), (5, "-0.000000000000019613988502598074")])),
        (
            "--gram",
            "cluster.npy",
            (40, [(2, "1.0000000000000005845114641549712970937941"), (4, "0.3333333333333336219565293428190698347896")]),
        ),
    ] {
        let [(low, _), (high, _)] = tails;
        let found = certified(flag, &matrix(name), &format!("{low},{high}"), digits, &certificate);
        let expected = tails.map(|(rank, tail)| json!({"rank": rank, "tail": tail}));
        assert_eq!(found, json!(expected), "{name}");
        let text = fs::read_to_string(&certificate).unwrap();
        assert_eq!(text.contains("bfc-eigenvalue-tail-1"), name.starts_with("int64"), "{name}");
        if flag == "--gram" && name.contains(".mtx") {
            assert_eq!(codes(&certificate, Some(&matrix(name))), 0, "{name}");
            assert_eq!(
                codes(&certificate, Some(&matrix("float64-sparse.mtx"))),
                i32::from(name != "float64-sparse.mtx"),
                "{name}"
            );
        }
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn every_format_holds_the_same_matrix() {
    let expected = gram(&matrix("float64.npy"), false).unwrap();
    for name in ["float64.npz", "float64.mtx", "float64.mtx.gz", "fortran.npy"] {
        assert_eq!(gram(&matrix(name), false).unwrap(), expected, "{name}");
    }
    assert_eq!(features_gram(&matrix("features.npy"), 1).unwrap(), features_gram(&matrix("features.mtx"), 2).unwrap());
    assert!(gram(&matrix("features.npy"), false).unwrap_err().to_string().contains("square"));
}

/// A spoiled certificate of the second format is refused by both checkers, one of another form unreadable to both.
#[test]
fn certificates_of_any_size() {
    let place = place("any-size");
    let (good, bad) = (place.join("good.json"), place.join("bad.json"));
    certified("--gram", &matrix("float64.npy"), "1,2", 40, &good);
    let text = fs::read_to_string(&good).unwrap();
    let tail = "3.5549367716707975758399450453421231207401";
    assert!(text.contains(tail) && text.contains("\"k\": 1") && text.contains("\"scale\": "), "{text}");
    let scale = text.split("\"scale\": ").nth(1).unwrap().split(',').next().unwrap().to_string();
    let longer = |by: usize| format!("\"lower\": [\n    [{}", "1".repeat(by));
    for (from, to, code) in [
        (tail, "3.5549367716707975758399450453421231207402", 1),
        ("\"scale\": ", "\"scale\": 1", 1),
        (&format!("\"scale\": {scale}"), "\"scale\": 0", 1),
        ("\"lower\": [\n    [", "\"lower\": [\n    [1", 1),
        ("\"v\": [\n    [", "\"v\": [\n    [1", 1),
        ("\"mu\": [", "\"mu\": [1,", 1),
        ("\"k\": ", "\"k\": 9", 1),
        ("\"s\": ", "\"s\": 9", 1),
        ("\"lower\": [\n    [", &longer(2900), 1),
        ("\"lower\": [\n    [", &longer(3000), 2),
        ("eigenvalue-tail-2", "eigenvalue-tail-1", 2),
        ("eigenvalue-tail-2", "eigenvalue-tail-3", 2),
        ("\"mu\": [", "\"mu\": [-0,", 2),
        ("\"mu\": [", "\"mu\": [1.0,", 2),
        ("\"mu\": [", "\"mu\": [[1],", 2),
        ("\"mu\": [", "\"mu\": [\"1\",", 2),
        ("\"mu\": [", "\"mu\": [1e3,", 2),
        ("\"mu\": [", "\"mu\": [01,", 2),
        ("\"scale\": ", "\"scale\": -", 2),
        (&format!("\"scale\": {scale}, "), "", 2),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&bad, text.replacen(from, to, 1)).unwrap();
        assert_eq!(codes(&bad, None), code, "{from} -> {:.60}", to);
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn exact_tails_are_named_and_ties_are_settled() {
    let place = place("exact");
    let (file, certificate) = (place.join("gram.mtx"), place.join("certificate.json"));
    for (entries, digits, tails) in [
        // Eigenvalues 1 and 3: a quarter of a half is a tie of two digits.
        (
            "2\n1\n2\n",
            0,
            json!([{"rank": 0, "tail": "2", "exact": "2"}, {"rank": 1, "tail": "0", "exact": "1/2"}, {"rank": 2, "tail": "0", "exact": "0"}]),
        ),
        (
            "2\n1\n2\n",
            3,
            json!([{"rank": 0, "tail": "2.000", "exact": "2"}, {"rank": 1, "tail": "0.500", "exact": "1/2"}, {"rank": 2, "tail": "0.000", "exact": "0"}]),
        ),
        // (3 - sqrt 5)/4.
        (
            "1\n1\n2\n",
            18,
            json!([{"rank": 0, "tail": "1.500000000000000000", "exact": "3/2"}, {"rank": 1, "tail": "0.190983005625052576"}, {"rank": 2, "tail": "0.000000000000000000", "exact": "0"}]),
        ),
    ] {
        fs::write(&file, format!("%%MatrixMarket matrix array integer symmetric\n2 2\n{entries}")).unwrap();
        assert_eq!(certified("--gram", &file, "0,1,2", digits, &certificate), tails);
    }
    fs::write(&file, "%%MatrixMarket matrix array integer symmetric\n3 3\n1\n1\n-40000\n2\n-70000\n2500000009\n").unwrap();
    let graded = certified("--gram", &file, "1,2", 10, &certificate);
    assert_eq!(graded, json!([{"rank": 1, "tail": "0.1333333364"}, {"rank": 2, "tail": "0.0000000030"}]));
    // Features of two columns leave nothing beyond rank two.
    fs::write(&file, "%%MatrixMarket matrix array real general\n3 2\n.1\n.2\n.3\n1\n2\n-1\n").unwrap();
    let features = certified("--features", &file, "1,2", 10, &certificate);
    assert_eq!(features[1], json!({"rank": 2, "tail": "0.0000000000", "exact": "0"}));
    assert!(features[0].get("exact").is_none());
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn asymmetric_floats_name_the_gap_and_the_way_out() {
    for (name, place) in [("asymmetric.mtx", "asymmetric.mtx:5: "), ("asymmetric.npy", "asymmetric.npy: ")] {
        let file = matrix(name);
        let arguments = ["certify", "tail", "--gram", file.to_str().unwrap(), "--rank", "1"];
        let refused = bfc(&arguments);
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2));
        for word in [place, "largest gap, ", "between entries (2, 1) and (1, 2)", "--features", "--symmetric-part"] {
            assert!(message.contains(word), "{word}: {message}");
        }
        let taken = bfc(&[&arguments[..], &["--symmetric-part", "--format", "json"]].concat());
        assert_eq!(String::from_utf8_lossy(&taken.stdout), "{\"tails\":[{\"rank\":1,\"tail\":\"3.5549367717\"}]}\n");
    }
}

#[test]
fn standard_input_and_no_other_pipe() {
    let piped = |arguments: &[&str], bytes: &[u8]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bfc"));
        command.args(["certify", "tail", "--rank", "1", "--gram"]).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let _ = input.write_all(bytes);
        drop(input);
        child.wait_with_output().unwrap()
    };
    for name in ["float64.npy", "float64.mtx.gz"] {
        let run = piped(&["-"], &fs::read(matrix(name)).unwrap());
        assert!(String::from_utf8_lossy(&run.stdout).contains("\n1     3.5549367717\n"), "{run:?}");
    }
    let bad = piped(&["-"], b"%%MatrixMarket matrix array integer symmetric\n1 1\nx\n");
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("-:3: "), "{bad:?}");
    for name in ["/dev/stdin", "/dev/zero", "/dev/null", "."] {
        let refused = piped(&[name], b"");
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("a regular file"), "{refused:?}");
    }
}

#[test]
fn a_radius_encloses_the_tails_of_all_matrices_near_by() {
    let place = place("radius");
    let (file, moved) = (place.join("gram.mtx"), place.join("moved.mtx"));
    let write = |file: &Path, values: [f64; 3]| {
        let [a, b, c] = values;
        fs::write(file, format!("%%MatrixMarket matrix array real symmetric\n2 2\n{a:e}\n{b:e}\n{c:e}\n")).unwrap();
    };
    let tails = |file: &Path, more: &[&str]| {
        let arguments = ["certify", "tail", "--gram", file.to_str().unwrap(), "--rank", "0,1,2", "--format", "json"];
        let run = bfc(&[&arguments[..], more].concat());
        assert!(run.status.success(), "{run:?}");
        serde_json::from_slice::<Value>(&run.stdout).unwrap()["tails"].take()
    };
    write(&file, [2.0, 1.0, 3.0]);
    let wide = tails(&file, &["--radius", "0.125", "--digits", "4"]);
    // 2.5 -+ .125 and, with min(1, 1 + 1) of it, (5 - sqrt 5)/4 = .69098 -+ .125.
    assert_eq!(wide[0], json!({"rank": 0, "tail": null, "lower": "2.3750", "upper": "2.6250"}));
    assert_eq!(wide[1], json!({"rank": 1, "tail": null, "lower": "0.5659", "upper": "0.8160"}));
    assert_eq!(wide[2], json!({"rank": 2, "tail": "0.0000", "lower": "0.0000", "upper": "0.0000"}));
    for signs in 0..8u8 {
        let by = |bit: u8| if signs >> bit & 1 == 1 { 0.125 } else { -0.125 };
        write(&moved, [2.0 + by(0), 1.0 + by(1), 3.0 + by(2)]);
        for (near, wide) in tails(&moved, &["--digits", "4"]).as_array().unwrap().iter().zip(wide.as_array().unwrap()) {
            let [lower, tail, upper] =
                [&wide["lower"], &near["tail"], &wide["upper"]].map(|t| t.as_str().unwrap().parse::<f64>().unwrap());
            assert!(lower <= tail && tail <= upper, "{near} {wide}");
        }
    }
    let narrow = tails(&file, &["--radius", "1e-30"]);
    assert_eq!(narrow[1], json!({"rank": 1, "tail": "0.6909830056", "lower": "0.6909830056", "upper": "0.6909830057"}));
    let over = tails(&file, &["--radius", "0.125", "--digits", "4", "--denominator", "2"]);
    assert_eq!(over[0], json!({"rank": 0, "tail": null, "lower": "1.1875", "upper": "1.3125"}));
    let name = file.to_str().unwrap();
    for bad in [&["--radius", "-1"][..], &["--radius", "x"], &["--radius", "1", "--emit", "never.json"]] {
        let run = bfc(&[&["certify", "tail", "--gram", name, "--rank", "1"], bad].concat());
        assert_eq!(run.status.code(), Some(2), "{bad:?}");
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn a_matrix_that_is_not_semidefinite_is_warned_of() {
    // The least eigenvalue of the graded matrix is -1e-13: its tails at lower ranks are far above zero.
    for (name, warned) in [("graded.npy", true), ("float64.npy", false), ("cluster.npy", false)] {
        let run = bfc(&["certify", "tail", "--gram", matrix(name).to_str().unwrap(), "--rank", "1"]);
        let message = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(
            run.status.success() && message.contains("warning: G is not positive semidefinite") == warned,
            "{name}: {message}"
        );
    }
    // Products of features are semidefinite, whatever is rounded on the way.
    let run = bfc(&["certify", "tail", "--features", matrix("features.npy").to_str().unwrap(), "--rank", "1"]);
    assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
}

/// The digits do not hang on the number of threads.
#[test]
fn the_same_digits_on_any_number_of_threads() {
    for name in ["cluster.npy", "graded.npy"] {
        let gram = gram(&matrix(name), false).unwrap();
        let tails = |threads| any_eigenvalue_tails(&gram, &[0, 1, 2, 3, 4, 5, 6], 60, threads).unwrap().tails;
        let decimals = |threads| tails(threads).into_iter().map(|t| t.decimal.unwrap()).collect::<Vec<_>>();
        assert_eq!(decimals(1), decimals(3), "{name}");
    }
}

/// Coq is handed the same matrix, the scale in the denominator.
#[test]
fn the_script_for_coq_reads_the_second_format() {
    let place = place("coq");
    let certificate = place.join("certificate.json");
    certified("--gram", &matrix("float64.npy"), "2", 20, &certificate);
    if let Some(answer) = python(&place, "proofs/coq/make_certificate.py", &[&certificate]) {
        answer.says(0, &["is 1.37764771375777582894"]);
    }
    fs::remove_dir_all(&place).unwrap();
}
