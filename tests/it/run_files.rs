//! Runs of claims as files for `bfc run`, and the example files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bfc::claim::{Profile, Study};
use bfc::hierarchy::claims::catalogue;
use bfc::hierarchy::experiment::Training;
use bfc::hierarchy::run::RunFile;

use crate::common::Place;

/// Each run of every claim, as a file, is read as the same run: the same settings, so the same digest.
#[test]
fn every_run_of_every_claim_is_expressed_as_a_file() {
    let catalogue = catalogue();
    let mut count = 0;
    for profile in [Profile::Tiny, Profile::Quick, Profile::Full] {
        for claim in &catalogue.claims {
            for cell in (claim.items)(claim, profile) {
                let tables = Training::configuration(&cell).expect("a run has tables");
                let text = toml::to_string(&tables).expect("tables are TOML");
                let read = RunFile::parse(Path::new("x.toml"), &text).unwrap_or_else(|e| panic!("{}: {e}\n{text}", claim.id));
                assert_eq!(read.cell, cell, "{}\n{text}", claim.id);
                assert_eq!(read.configuration(), tables, "{}", claim.id);
                count += 1;
            }
        }
    }
    assert!(count > 2000, "{count} runs are not all");
}

/// The names of the example files, and their texts.
fn examples() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples");
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap();
    paths.iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_string(), text(path))).collect()
}

#[test]
fn every_example_is_commented_and_runs() {
    let place = Place::new("examples");
    let examples = examples();
    assert_eq!(examples.len(), 10);
    for (name, text) in &examples {
        assert!(text.starts_with("# "), "{name} says what it is");
        place.write(&format!("{name}.toml"), text);
        let answer = place.bfc(&format!("run {name}.toml --jobs 2"));
        answer.says(0, &["wrote", &format!("{name}-out")]);
        let names = place.names(&format!("{name}-out"));
        assert!(names.contains(&"plot.svg".into()) || name.contains("kernels") || name.contains("other"), "{name}: {names:?}");
        if text.contains("[sweep]") {
            let table = place.read(&format!("{name}-out/results.csv"));
            assert_eq!(table.lines().count() - 1, place.names(&format!("{name}-out/runs")).len(), "{name}");
        }
        assert_eq!(names.contains(&"scaling.json".into()), text.contains("[fit]"), "{name}");
    }
    let exponent = |name: &str| {
        let value: serde_json::Value = serde_json::from_str(&place.read(&format!("{name}-out/scaling.json"))).unwrap();
        value["fits"][0]["exponent"].as_f64().unwrap()
    };
    assert!((exponent("05-noise") - 2.0).abs() < 0.3, "te is quadratic in the noise: {}", exponent("05-noise"));
    assert!((exponent("09-layerwise-floor") - 2.0).abs() < 0.7, "te is quadratic in eps: {}", exponent("09-layerwise-floor"));
}

/// A run of a claim printed as a file, and run.
#[test]
fn a_printed_run_has_the_digest_of_the_claim() {
    let place = Place::new("printed");
    let claims = "backward.joint algorithm.sgd algorithm.distilled complexity.kernel-samples layerwise.refit";
    place.bfc(&format!("check --plan --toml {claims} --profile tiny --out files")).says(0, &["files in files"]);
    let catalogue = catalogue();
    let selected = catalogue.select(&claims.split(' ').map(String::from).collect::<Vec<_>>()).unwrap();
    for claim in selected {
        let cell = (claim.items)(claim, Profile::Tiny).pop().unwrap();
        let name: String = cell.key().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        place.bfc(&format!("run files/{name}.toml --out out")).says(0, &[]);
        let result: serde_json::Value = serde_json::from_str(&place.read("out/result.json")).unwrap();
        let runs = Training::compute(&[&cell]).unwrap();
        assert_eq!(result["digest"], runs[0].digest, "{}", claim.id);
    }
    let printed = place.bfc("check --plan --toml backward.joint --profile tiny");
    printed.says(0, &["[learner]\nkind = \"joint\"", "tolerance = 1e-28", "# lin L3"]);
}

/// What a sweep writes does not depend on the threads, nor on an interruption.
#[test]
fn a_sweep_is_the_same_on_any_threads_and_after_a_kill() {
    let place = Place::new("sweep");
    place.write(
        "x.toml",
        "target.dimension = 4\nlearner.phases = [20, 20]\ndata.samples = '20*dimension'\n[sweep]\ntarget.dimension = [4, 6]\ndata.seed = '1..3'\n\
         [fit]\nx = 'dimension'\ny = 'te'\n",
    );
    for (jobs, out) in [(1, "one"), (2, "two")] {
        place.bfc(&format!("run x.toml --jobs {jobs} --out {out}")).says(0, &["6 runs: 6 finished", "te grows like dimension^"]);
    }
    for name in ["results.csv", "scaling.json", "plot.svg"] {
        assert_eq!(place.read(&format!("one/{name}")), place.read(&format!("two/{name}")), "{name}");
    }
    for delay in [20, 60, 120] {
        let mut child = place.command(&["run", "x.toml", "--jobs", "1", "--out", "killed"]).spawn().unwrap();
        thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().unwrap();
    }
    place.bfc("run x.toml --out killed").says(0, &[]);
    assert_eq!(place.read("one/results.csv"), place.read("killed/results.csv"));
    // Every row is a run of its own, as it would be alone.
    let table = place.read("one/results.csv");
    let first: Vec<&str> = table.lines().nth(1).unwrap().split(',').collect();
    place.write("alone.toml", "target.dimension = 4\nlearner.phases = [20, 20]\ndata = { samples = 80, seed = 1 }");
    place.bfc("run alone.toml").says(0, &[&format!("digest {}", first[0])]);
}

/// Shares of a sweep, with their ledgers in one directory, are the whole of it.
#[test]
fn shares_of_a_sweep_are_joined_by_their_ledgers() {
    let place = Place::new("sweep-shares");
    place.write("x.toml", "target.dimension = 4\nlearner.phases = [5, 5]\ndata.samples = 50\n[sweep]\nseed = '1..5'\n");
    place.bfc("run x.toml --out whole").says(0, &[]);
    place.write("one.toml", "target.dimension = 4");
    place.bfc("run one.toml --shard 1/2 --out all").says(2, &["one.toml: found one run, expected a table `sweep`"]);
    fs::create_dir_all(place.0.join("all/ledger")).unwrap();
    for share in ["1/2", "2/2"] {
        let out = &share[..1];
        place.bfc(&format!("run x.toml --shard {share} --out {out}")).says(0, &[&format!("share {share}: ")]);
        assert_eq!(place.names(out), ["ledger"]);
        for name in place.names(&format!("{out}/ledger")) {
            fs::copy(place.0.join(out).join("ledger").join(&name), place.0.join("all/ledger").join(&name)).unwrap();
        }
    }
    assert_eq!(place.names("all/ledger").len(), 5);
    place.bfc("run x.toml --out all").says(0, &["5 runs"]);
    assert_eq!(place.read("all/results.csv"), place.read("whole/results.csv"));
    assert_eq!(place.names("all"), place.names("whole"));
}

/// What is finished stays when a sweep is interrupted, and the exit code says so.
#[cfg(unix)]
#[test]
fn an_interrupted_sweep_exits_with_130_and_keeps_what_is_finished() {
    let place = Place::new("interrupt");
    // With fresh samples in every step no state comes back, so the second one is long.
    let learners = "[{ phases = [1, 1] }, { kind = 'online', phases = [1000000, 1000000], tolerance = 0 }]";
    place.write("x.toml", &format!("target.dimension = 4\n[sweep]\nlearner = {learners}"));
    let child = place.command(&["run", "x.toml", "--jobs", "2", "--out", "out"]).stderr(Stdio::piped()).spawn().unwrap();
    let kept = place.0.join("out/ledger");
    let finished = || {
        kept.is_dir() && fs::read_dir(&kept).unwrap().any(|e| e.unwrap().file_name().to_string_lossy().ends_with(".cell.json"))
    };
    let begun = Instant::now();
    while !finished() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the short run is kept as soon as it is finished");
        thread::sleep(Duration::from_millis(20));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let answer = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&answer.stderr);
    assert_eq!(answer.status.code(), Some(130), "{said}");
    assert!(said.contains("the same command goes on"), "{said}");
}

#[test]
fn a_fit_that_cannot_be_is_refused_before_any_run() {
    let place = Place::new("fit");
    let sweep = "[sweep]\ntarget.dimension = [4, 8]\n";
    for (fit, expected) in [
        ("x = 'dimensoin'\ny = 'te'", "did you mean `dimension`?"),
        ("x = 'dimension'\ny = 'status'", "fit.y: found \"status\", a column of words"),
        ("x = 'kind'\ny = 'te'", "fit.x: found \"kind\", a column of words"),
        ("x = 'dimension'\ny = 'te'\nby = ['wdth']", "did you mean `width`?"),
        ("x = 'dimension'", "missing field `y`"),
    ] {
        place.write("x.toml", &format!("{sweep}[fit]\n{fit}"));
        place.bfc("run x.toml").says(2, &["x.toml", expected]);
    }
    assert_eq!(place.names("."), ["x.toml"]);
}

/// A run whose error is not what it seems says so, and still ends with 0.
#[test]
fn endings_are_told() {
    let place = Place::new("endings");
    let status = |name: &str| {
        let value: serde_json::Value = serde_json::from_str(&place.read(&format!("{name}-out/result.json"))).unwrap();
        (value["status"].as_str().unwrap().to_string(), value["test_error"].is_f64())
    };
    place.write("few.toml", "target.dimension = 8\ndata.samples = 6\nlearner.phases = [600, 600]");
    place.bfc("run few.toml").says(0, &["dominated: te is large", "; test error "]);
    assert_eq!(status("few"), ("dominated".into(), true));
    place.write(
        "wild.toml",
        "target = { dimension = 4, depth = 5 }\nlearner = { step = 1e9, cap = 1e9, phases = [50, 50, 50, 50] }",
    );
    place.bfc("run wild.toml").says(0, &["diverged: "]);
    assert_eq!(status("wild").0, "diverged");
    place.write("plain.toml", "target.dimension = 4\nlearner.phases = [10, 10]");
    place.bfc("run plain.toml").says(0, &[]);
    assert_eq!(status("plain"), ("finished".into(), true));
    // The directory of a network's run is used by a kernel's: nothing of the former stays.
    place.write("kernel.toml", "target.dimension = 4\nlearner.kind = 'kernel-ridge'\ndata.samples = 50");
    place.bfc("run kernel.toml --out plain-out").says(0, &[]);
    assert_eq!(place.names("plain-out"), ["B3SUMS", "result.json"]);
}
