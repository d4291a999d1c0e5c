//! te of trained networks, recomputed from their weights by a program in Python with another method.

use std::fs;

use crate::common::Place;
use crate::common::python::python;

const SCRIPT: &str = "proofs/certificates/risk.py";

/// Runs that end after a few steps, of all distributions and kinds of index sets.
const RUNS: [(&str, &str); 13] = [
    ("lin", "target = { dimension = 8, width = 2 }"),
    ("deep", "target = { dimension = 5, depth = 5, gap = 0.6 }"),
    ("linskip", "target = { dimension = 6, width = 2, skips = 'linskip', distribution = 'sphere' }"),
    ("quad01", "target = { dimension = 4, skips = 'quad01' }"),
    ("quad01-sphere", "target = { dimension = 3, skips = 'quad01', distribution = 'sphere' }"),
    ("dense", "target = { dimension = 4, skips = [[0, 1], [0, 1, 2]] }"),
    ("cube", "target = { dimension = 6, depth = 4, skips = 'linskip', distribution = 'cube' }"),
    ("wide", "target = { dimension = 8, width = [6, 2] }"),
    ("frozen", "target = { dimension = 6 }\nlearner.kind = 'layerwise'"),
    ("wider", "target = { dimension = 5 }\nlearner.width = [2, 3]\ndata.noise = 0.1"),
    ("fresh", "target = { dimension = 5 }\nlearner.kind = 'online'"),
    ("switched", "target = { dimension = 5 }\nlearner = { kind = 'automatic', most-steps = 80 }"),
    ("distilled", "target = { dimension = 4 }\nlearner = { kind = 'distilled', steps = 80 }"),
];

/// A directory of its own with the runs of these names.
fn runs(name: &str, wanted: &[&str]) -> Place {
    let place = Place::new(name);
    for (name, text) in RUNS.iter().filter(|(name, _)| wanted.is_empty() || wanted.contains(name)) {
        let phases = if *name == "deep" {
            "[5, 5, 5, 5]"
        } else if *name == "cube" {
            "[9, 9, 9]"
        } else {
            "[40, 40]"
        };
        let phases = if text.contains("-steps = ") || text.contains(" steps = ") {
            String::new()
        } else {
            format!("learner.phases = {phases}\n")
        };
        place.write("x.toml", &format!("{phases}{text}"));
        place.bfc(&format!("run x.toml --out runs/{name}")).says(0, &["weights.json"]);
    }
    place
}

/// The first number after `key` with its last digit changed.
fn changed(text: &str, key: &str) -> String {
    let at = text.find(key).unwrap();
    let end = at + text[at..].find("p-").unwrap();
    let digit = if text[..end].ends_with('0') { "1" } else { "0" };
    format!("{}{digit}{}", &text[..end - 1], &text[end..])
}

#[test]
fn python_finds_the_same_risks() {
    let place = runs("risk", &[]);
    let Some(answer) = python(&place.0, SCRIPT, &["runs"]) else { return };
    answer.says(0, &[&format!("{} runs compared", RUNS.len())]);
}

#[test]
fn a_tampered_number_is_refused() {
    let place = runs("risk-tampered", &["lin"]);
    let (weights, result) = (place.read("runs/lin/weights.json"), place.read("runs/lin/result.json"));
    let Some(answer) = python(&place.0, SCRIPT, &["runs"]) else { return };
    answer.says(0, &["1 runs compared"]);
    for key in ["\"learner\":{\"dimension\"", "\"target\":{\"dimension\""] {
        place.write("runs/lin/weights.json", &changed(&weights, key));
        python(&place.0, SCRIPT, &["runs"]).unwrap().says(1, &["refused: te = "]);
    }
    place.write("runs/lin/weights.json", &weights);
    let risk = result.split("\"relative_risk\": ").nth(1).unwrap().split(',').next().unwrap();
    let next = risk.parse::<f64>().unwrap().next_up().to_string();
    place.write("runs/lin/result.json", &result.replacen(risk, &next, 1));
    python(&place.0, SCRIPT, &["runs"]).unwrap().says(1, &["refused: te = "]);
}

#[test]
fn what_is_no_run_is_unreadable() {
    let place = runs("risk-unreadable", &["lin"]);
    fs::remove_file(place.0.join("runs/lin/result.json")).unwrap();
    let weights = place.read("runs/lin/weights.json");
    let faults = [
        ("", ""),
        ("{", "["),
        ("\"format\":1", "\"format\":2"),
        ("gaussian", "normal"),
        ("\"reads\":[2]", "\"reads\":[3]"),
        ("\"dimension\":8,\"layers\"", "\"dimension\":9,\"layers\""),
        ("0x1.", "0y1."),
        ("[[[", "[[[[]],["),
    ];
    for (from, to) in faults {
        place.write("x.json", &if from.is_empty() { String::new() } else { weights.replacen(from, to, 1) });
        let Some(answer) = python(&place.0, SCRIPT, &["x.json"]) else { return };
        answer.says(2, &["unreadable"]);
        assert!(answer.err.is_empty(), "{}", answer.err);
    }
    for arguments in [&["absent"][..], &[], &["."]] {
        let answer = python(&place.0, SCRIPT, arguments).unwrap();
        assert!(answer.code == 2 && answer.err.is_empty(), "{arguments:?}: {}{}", answer.out, answer.err);
    }
}

/// The weights of a claim's runs; learners that are no networks are named.
#[test]
fn claims_hand_out_their_weights() {
    let place = Place::new("risk-claims");
    let claims = "backward.joint complexity.kernel-samples kernel.attained";
    let answer = place.bfc(&format!("check --profile tiny --golden none --weights w {claims}"));
    answer.says(
        1,
        &["backward.joint: the weights of", "left out, no network: kernel ridge", "kernel.attained: no weights to write"],
    );
    assert!(!place.names("w").contains(&"kernel.attained".into()));
    let names = place.names("w/backward.joint");
    assert!(!names.is_empty() && names.iter().all(|name| name.len() == 16 + ".json".len()), "{names:?}");
    assert!(!place.0.join("target/bfc/tiny").exists(), "what was kept for it has served");
    let Some(answer) = python(&place.0, SCRIPT, &["w/backward.joint"]) else { return };
    answer.says(0, &[&format!("{} runs compared", names.len())]);
}
