//! The random streams, samples and weights, rebuilt in Python by another program.

use bfc::exact::Distribution;
use bfc::hexadecimal::write;
use bfc::hierarchy::learner::initial::initial_network;
use bfc::hierarchy::network::{Architecture, Network, Skips};
use bfc::hierarchy::target::distribution::draw;
use bfc::hierarchy::target::random::{random_target, scales};
use bfc::portable::rng::Stream;
use serde_json::{Value, json};

use crate::common::Place;
use crate::common::python::python;

fn texts(values: impl IntoIterator<Item = f64>) -> Value {
    values.into_iter().map(write).collect()
}

/// Uniforms, signs and normals of streams with short names and with one that fills two blocks of the hash.
fn numbers() -> Vec<Value> {
    let names = [(1, "data"), (0, ""), (u64::MAX, "target weights"), (7, "a name of more than sixty-four bytes in its encoding")];
    let of = |(seed, name): (u64, &str)| {
        let stream = || Stream::new(seed, name);
        let (mut uniform, mut sign, mut normal) = (stream(), stream(), stream());
        let case =
            |kind: &str, values: Value| json!({ "kind": kind, "seed": seed, "name": name, "count": 500, "values": values });
        [
            case("uniform", texts((0..500).map(|_| uniform.uniform()))),
            case("sign", texts((0..500).map(|_| sign.sign()))),
            case("normal", texts((0..500).map(|_| normal.normal()))),
        ]
    };
    names.into_iter().flat_map(of).collect()
}

/// Samples, one after the other; an odd dimension leaves a spare normal from one to the next.
fn samples() -> Vec<Value> {
    let of = |distribution: Distribution| {
        let (d, n) = (17, 20);
        let x = draw(distribution, d, n, &mut Stream::new(3, "training samples"));
        let values: Vec<Value> = (0..n).map(|c| texts((0..d).map(|r| x[(r, c)]))).collect();
        json!({ "kind": "sample", "distribution": distribution.name(), "seed": 3, "name": "training samples", "dimension": d,
                "count": n, "values": values })
    };
    Distribution::ALL.into_iter().map(of).collect()
}

fn case(kind: &str, network: &Network<f64>, distribution: Distribution, seed: u64) -> Value {
    let shape = network.architecture();
    let layers = || 2..=shape.depth();
    let blocks = |l: usize| network.layer(l).weights.iter().map(|w| texts(w.as_slice().iter().copied())).collect::<Vec<_>>();
    json!({
        "kind": kind,
        "distribution": distribution.name(),
        "dimension": shape.dimension(),
        "widths": layers().map(|l| shape.width(l)).collect::<Vec<_>>(),
        "reads": layers().map(|l| shape.index_set(l)).collect::<Vec<_>>(),
        "scale": 0.3,
        "seed": seed,
        "values": layers().map(blocks).collect::<Vec<_>>(),
    })
}

/// Targets and learners before their first step, of all index sets and distributions; a layer as wide as what it reads.
fn networks() -> Vec<Value> {
    let shapes = [
        (5, vec![1, 1], Skips::Lin),
        (6, vec![2, 2], Skips::Lin),
        (3, vec![3, 2], Skips::LinSkip),
        (4, vec![2, 1, 1], Skips::LinSkip),
        (4, vec![1, 1], Skips::Quad01),
        (3, vec![1, 1], Skips::Explicit(vec![vec![0, 1], vec![1, 2]])),
        (24, vec![12, 2], Skips::Lin),
    ];
    let mut cases = Vec::new();
    for (seed, (d, widths, skips)) in (1..).zip(&shapes) {
        let shape = Architecture::new(*d, widths, skips).unwrap();
        let learner = initial_network(&shape, &scales(0.1, shape.depth()), 0.3, seed).unwrap();
        cases.push(case("learner", &learner, Distribution::Gaussian, seed));
        for distribution in Distribution::ALL.into_iter().filter(|_| *d < 24) {
            let target = random_target(&shape, 0.1, distribution, seed).unwrap();
            cases.push(case("target", &target, distribution, seed));
        }
    }
    cases
}

/// The rows `R_l` of learners with one to four units, and of one with two layers that are read.
fn rows() -> Vec<Value> {
    let of = |(seed, widths): (u64, &[usize])| {
        let shape = Architecture::new(4, widths, &Skips::Lin).unwrap();
        let learner = initial_network(&shape, &scales(0.1, shape.depth()), 0.3, seed).unwrap();
        let values: Vec<Value> = (2..shape.depth()).map(|l| texts(learner.layer(l).span.as_slice().iter().copied())).collect();
        json!({ "kind": "rows", "seed": seed, "widths": widths, "values": values })
    };
    let widths: [&[usize]; 5] = [&[1, 1], &[2, 1], &[3, 2], &[4, 1], &[2, 3, 1]];
    (1..).zip(widths).chain((6..26).map(|seed| (seed, widths[1]))).map(of).collect()
}

#[test]
fn python_rebuilds_streams_samples_and_weights() {
    let place = Place::new("streams");
    let cases = [numbers(), samples(), networks(), rows()].concat();
    place.write("vectors.json", &Value::from(cases.clone()).to_string());
    let Some(answer) = python(&place.0, "tests/streams.py", &["vectors.json"]) else { return };
    answer.says(0, &[&format!("{0} of {0} vectors rebuilt", cases.len())]);
}

/// The last bit of one number of each kind.
#[test]
fn python_refuses_a_changed_number() {
    let place = Place::new("streams-changed");
    for mut changed in [numbers()[0].clone(), samples()[0].clone(), networks()[0].clone(), rows()[2].clone()] {
        let mut first = &mut changed["values"][0];
        while first.is_array() {
            first = &mut first[0];
        }
        let value = bfc::hexadecimal::read(first.as_str().unwrap()).unwrap();
        *first = write(value.next_up()).into();
        place.write("vectors.json", &Value::from(vec![changed]).to_string());
        let Some(answer) = python(&place.0, "tests/streams.py", &["vectors.json"]) else { return };
        answer.says(1, &["not rebuilt"]);
    }
}

/// The page shows what the script prints.
#[test]
fn the_page_has_the_vectors() {
    let place = Place::new("streams-page");
    let page = include_str!("../../src/_docs/streams.md");
    let Some(answer) = python(&place.0, "tests/streams.py", &["1", "data"]) else { return };
    answer.says(0, &["words", "normals"]);
    for line in answer.out.lines() {
        assert!(page.contains(line), "{line}");
    }
}

/// The run file of the page gives the first row of a golden: te, and the digits of the digest.
#[test]
fn a_stored_row_is_run_again() {
    let page = include_str!("../../src/_docs/streams.md");
    let golden = include_str!("../../golden/quick/backward.joint.txt");
    let row: Vec<&str> = golden.lines().find(|line| line.contains("lin L3 k1 d64")).unwrap().split("  ").collect();
    let cells: Vec<&str> = row.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let place = Place::new("row");
    place.write("x.toml", page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap());
    place.bfc("run x.toml").says(0, &[&format!("digest {}", cells[6])]);
    let result: Value = serde_json::from_str(&place.read("x-out/result.json")).unwrap();
    assert_eq!((cells[1], format!("{:.3e}", result["relative_risk"].as_f64().unwrap()).as_str()), ("1", cells[2]));
}
