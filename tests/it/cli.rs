//! The command as a user meets it: exit codes, messages, and what lies on the disk afterwards.

use std::fs;
use std::process::Stdio;
use std::sync::LazyLock;

use crate::common::{Answer, Place};

#[test]
fn help_names_every_command() {
    let help = Place::new("help").bfc("--help");
    assert_eq!(help.code, 0);
    insta::assert_snapshot!(help.out, @r"
        Checks the claims of arXiv 2001.04413: exactly, by enclosure, or by runs that replay bit for bit.

        Exit codes, the first that applies:
          2  usage, unreadable input, unwritable directory, unfit machine
          1  refuted, differing, a golden missing, reworded, edited, truncated or unsealed, or a control that does not come out Refuted
          3  undecided, or a claim named by its id is not checked in this profile
          0  all verified and equal to the goldens

        Usage: bfc <COMMAND>

        Commands:
          check        Run claims and their controls, compare with the goldens, print a table
          list         Every claim on a line
          explain      What a claim says, how it is checked, what would refute it
          bless        Recompute goldens, show what moved, and replace them all at once
          report       Write a page of what was found, for people who will not run anything, and a map from claims to theorems
          self-check   Test what the printed numbers assume of this machine
          certify      Certify eigenvalue tails of a symmetric matrix, or check a certificate
          new          Write a crate of one's own claims: a catalogue, a claim with its control and golden, a test, files for CI
          merge        Join what the shards of a check have done
          completions  Print a script that completes commands and options in a shell
          man          Print the manual page, or write one for each command
          run          Run an experiment of your own, or a sweep of them, and write its results and a picture
          help         Print this message or the help of the given subcommand(s)

        Options:
          -h, --help     Print help
          -V, --version  Print version
        ");
}

#[test]
fn usage_errors_end_with_2() {
    let place = Place::new("usage");
    for words in [
        "",
        "chekc",
        "check --jobs 0",
        "check --jobs x",
        "check --profile huge",
        "check --format xml",
        "run",
        "check --plan --format json",
        "check --shard 1/2",
        "check --plan --weights x",
        "check --shard 1/2 --out x --weights x",
        "check --shard 3/2 --out x",
        "merge --out x",
        "merge x",
    ] {
        assert_eq!(place.bfc(words).code, 2, "{words}");
    }
    assert!(place.names(".").is_empty());
}

#[test]
fn an_unknown_claim_suggests_the_nearest() {
    let place = Place::new("unknown");
    for words in ["check backward.jont", "explain backward.jont", "bless backward.jont"] {
        place.bfc(words).says(2, &["no claim or group `backward.jont`", "did you mean `backward.joint`?"]);
    }
    assert!(place.names(".").is_empty());
}

#[test]
fn a_claim_unlike_any_other_is_not_guessed_at() {
    let place = Place::new("unlike");
    for name in ["nope", "", "x", "an entirely different name"] {
        let answer = Answer::of(place.command(&["check", name]).output().unwrap());
        answer.says(2, &[&format!("no claim or group `{name}`; `bfc list` shows them all")]);
    }
    place.bfc("check kernl").says(2, &["did you mean `kernel`?"]);
}

#[test]
fn list_and_explain_agree() {
    let place = Place::new("list");
    let list = place.bfc("list");
    assert_eq!((list.code, list.err.as_str()), (0, ""));
    for line in list.out.lines().skip(1) {
        let id = line.split_whitespace().next().unwrap();
        place.bfc(&format!("explain {id}")).says(0, &[id, "statement", "negative control", "what would refute it", "evidence"]);
    }
}

#[test]
fn this_machine_is_fit() {
    Place::new("self").bfc("self-check").says(0, &["rounds to nearest", "This machine is fit."]);
}

/// All claims in miniature, with the runs that [`with_runs`] puts there.
const CHECK: &str = "check --profile tiny --out runs";
const BLESS: &str = "bless --profile tiny --out runs";

/// A place with the finished runs of profile `tiny`, which are computed once for all tests.
fn with_runs(name: &str) -> Place {
    static PAGES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let place = Place::new("runs");
        place.bfc(CHECK).says(1, &["no goldens of any profile"]);
        let page = |name: String| (format!("runs/{name}"), place.read(&format!("runs/{name}")));
        place.names("runs").into_iter().map(page).collect()
    });
    let place = Place::new(name);
    fs::create_dir(place.0.join("runs")).unwrap();
    PAGES.iter().for_each(|(page, text)| place.write(page, text));
    place
}

#[test]
fn a_golden_from_birth_to_damage() {
    let place = with_runs("golden");
    place.bfc(CHECK).says(1, &["MANIFEST.json: missing", "golden: no goldens of any profile; run from the root"]);
    place.bfc(BLESS).says(0, &["root digest"]);
    assert_eq!(place.names("golden"), ["tiny"]);
    place.bfc(CHECK).says(0, &["draws no conclusion"]);
    let Some(file) = place.names("golden/tiny").into_iter().find(|n| n.ends_with(".txt")) else { return };
    let (path, claim) = (format!("golden/tiny/{file}"), file.trim_end_matches(".txt").to_string());
    let good = place.read(&path);
    place.write(&path, &good.replacen("statement", "sentence", 1));
    let line = 1 + good.lines().position(|l| l == "statement").unwrap();
    place
        .bfc(CHECK)
        .says(1, &[&format!("{claim}: the golden is edited in its prose ({path}:{line})"), "- sentence", "+ statement"]);
    place.write(&path, &good[..good.len() / 2]);
    place.bfc(CHECK).says(1, &[&format!("{claim}: the golden is truncated ({path}:")]);
    fs::remove_file(place.0.join(&path)).unwrap();
    place.bfc(CHECK).says(1, &[&format!("{claim}: the golden is missing ({path})")]);
    place.bfc(&format!("{BLESS} {claim}")).says(0, &["1 new"]);
    place.bfc(CHECK).says(0, &[]);
}

#[test]
fn an_interrupted_bless_is_finished_or_undone_and_told() {
    let place = with_runs("interrupted");
    place.bfc(BLESS).says(0, &[]);
    let at = |name: &str| place.0.join("golden").join(name);
    fs::create_dir(at(".tiny.bless-new")).unwrap();
    place.write("golden/.tiny.bless-new/half.txt", "half");
    place.bfc(CHECK).says(0, &["undid a `bless` that was interrupted"]);
    fs::rename(at("tiny"), at(".tiny.bless-new")).unwrap();
    fs::create_dir(at(".tiny.bless-old")).unwrap();
    place.bfc(CHECK).says(0, &["finished a `bless` that was interrupted"]);
    assert_eq!(place.names("golden"), ["tiny"]);
}

#[test]
fn the_users_own_copies_of_the_goldens_stay() {
    let place = with_runs("copies");
    place.bfc(BLESS).says(0, &[]);
    for copy in ["golden/tiny.old", "golden/tiny.new"] {
        fs::create_dir(place.0.join(copy)).unwrap();
        place.write(&format!("{copy}/notes.md"), "mine");
    }
    let check = place.bfc(CHECK);
    assert!(check.code == 0 && check.err.is_empty(), "{}", check.err);
    place.bfc(BLESS).says(0, &[]);
    assert_eq!(place.names("golden"), ["tiny", "tiny.new", "tiny.old"]);
    assert_eq!(place.read("golden/tiny.old/notes.md"), "mine");
    fs::create_dir(place.0.join("golden/.tiny.bless-old")).unwrap();
    place.write("golden/.tiny.bless-old/notes.md", "mine");
    place.bfc(CHECK).says(2, &["golden/.tiny.bless-old/notes.md: found a foreign file", "move it elsewhere"]);
    assert_eq!(place.read("golden/.tiny.bless-old/notes.md"), "mine");
}

#[test]
fn a_place_that_cannot_be_written_ends_with_2() {
    let place = Place::new("unwritable");
    place.write("file", "");
    place.bfc("bless kernel.gaussian --profile tiny --golden file/golden").says(2, &["error: file/golden", "cannot"]);
    place.write("x.toml", "learner.phases = [1, 1]");
    place.bfc("run x.toml --out file/out").says(2, &["error: file/out", "cannot create the directory"]);
    assert_eq!(place.names("."), ["file", "x.toml"]);
}

/// JUnit without its times, the only clock in any output.
fn without_clock(text: &str) -> String {
    let mut parts = text.split(" time=\"");
    let first = parts.next().unwrap().to_string();
    parts.fold(first, |done, part| done + part.split_once('"').unwrap().1)
}

#[test]
fn machines_read_the_same_from_any_number_of_threads() {
    let place = with_runs("threads");
    let [one, two, four] = [1, 2, 4].map(|n| place.bfc(&format!("check --profile tiny --format json --jobs {n}")));
    assert!(one.out == two.out && two.out == four.out);
    let value: serde_json::Value = serde_json::from_str(&one.out).unwrap();
    assert_eq!((&value["profile"], one.err.as_str()), (&"tiny".into(), ""));
    let [one, two, four] = [1, 2, 4].map(|n| without_clock(&place.bfc(&format!("{CHECK} --format junit --jobs {n}")).out));
    assert!(one == two && two == four);
}

#[test]
fn a_plan_makes_no_run_and_writes_nothing() {
    let place = Place::new("plan");
    place.bfc("check --plan --profile full").says(0, &["profile full"]);
    assert!(place.names(".").is_empty());
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let place = Place::new("pipe");
    for words in [&["list"][..], &["--help"], &["explain", "backward"]] {
        let mut child = place.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        Answer::of(child.wait_with_output().unwrap()).says(0, &[]);
    }
}

/// Help is an answer as any other: what cannot be written is told.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_ends_with_2() {
    let place = Place::new("full");
    for words in [&["list"][..], &["--help"], &["--version"], &["help", "check"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let answer = Answer::of(place.command(words).stdout(full).output().unwrap());
        assert_eq!(answer.code, 2, "{words:?}");
    }
}

/// The complete example of the documentation.
fn example() -> String {
    let page = include_str!("../../src/_docs/run.md");
    let fenced = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    fenced.expect("the page holds one example").to_string()
}

#[test]
fn the_documented_experiment_runs() {
    let place = Place::new("example");
    place.write("x.toml", &example());
    place.bfc("run x.toml").says(0, &["relative risk", "x-out"]);
    assert_eq!(place.names("x-out"), ["B3SUMS", "plot.svg", "result.json", "trace.csv", "weights.json"]);
    let result: serde_json::Value = serde_json::from_str(&place.read("x-out/result.json")).unwrap();
    let risk = result["relative_risk"].as_f64().unwrap();
    assert!(risk > 0.0 && risk < 1e-3, "{risk}");
    let [lower, upper] = [0, 1].map(|i| result["relative_risk_enclosure"][i].as_str().unwrap().parse::<f64>().unwrap());
    assert!(lower <= risk && risk <= upper && upper - lower < 1e-10 * risk);
    assert_eq!(result["feature_error"].as_array().unwrap().len(), 3);
    assert_eq!(result["configuration"]["target"]["skips"], serde_json::json!([[0], [0, 2]]));
    let trace = place.read("x-out/trace.csv");
    assert!(trace.starts_with("phase,step,relative_loss,feature_error\n1,0,"));
    let last = trace.lines().last().unwrap().split(',').nth(3).unwrap().parse::<f64>().unwrap();
    assert_eq!(Some(last), result["feature_error"][2].as_f64());
    place.bfc("run x.toml --out again").says(0, &[]);
    assert_eq!(place.read("again/result.json"), place.read("x-out/result.json"));
    assert_eq!(place.read("again/trace.csv"), trace);
}

#[test]
fn a_poor_fit_and_a_diverged_one_are_results() {
    let place = Place::new("poor");
    place.write("none.toml", "learner.phases = [0, 0]");
    place.bfc("run none.toml").says(0, &["steps: 0, 0"]);
    place.write("wild.toml", "target.dimension = 4\nlearner = { step = 1e9, cap = 1e9, phases = [50, 50] }");
    place.bfc("run wild.toml").says(0, &[]);
    for name in ["none-out", "wild-out"] {
        let result: serde_json::Value = serde_json::from_str(&place.read(&format!("{name}/result.json"))).unwrap();
        assert!(result["relative_risk"].is_f64() || result["relative_risk_absent"].is_string(), "{result}");
    }
}

#[test]
fn a_risk_beyond_the_doubles_is_a_decimal_string() {
    let place = Place::new("beyond");
    place.write("x.toml", "target = { depth = 5, dimension = 4 }\nlearner = { step = 1e9, cap = 1e9, phases = [0, 0, 0, 1] }");
    place.bfc("run x.toml").says(0, &[]);
    let result: serde_json::Value = serde_json::from_str(&place.read("x-out/result.json")).unwrap();
    let risk = result["relative_risk"].as_str().unwrap();
    let exponent: u32 = risk.split_once('e').unwrap().1.parse().unwrap();
    assert!(exponent > 308 && result["relative_risk_enclosure"][0].is_string(), "{risk}");
}

#[test]
fn a_run_that_fails_leaves_the_directory_as_it_was() {
    let place = Place::new("untouched");
    place.write("constant.toml", "target = { distribution = 'cube', dimension = 1 }\nlearner.phases = [1, 1]");
    place.bfc("run constant.toml --out n/e/s/t").says(2, &["is constant under the cube distribution"]);
    place.write("x.toml", "target.dimension = 2\nlearner.phases = [1, 1]");
    fs::create_dir_all(place.0.join("od/result.json")).unwrap();
    place.write("od/trace.csv", "mine");
    place.bfc("run x.toml --out od").says(2, &["od/result.json: found something that is not a regular file"]);
    assert_eq!((place.names("od"), place.read("od/trace.csv")), (vec!["result.json".into(), "trace.csv".into()], "mine".into()));
    fs::remove_dir(place.0.join("od/result.json")).unwrap();
    place.bfc("run x.toml --out od").says(2, &["od/trace.csv: found a file that no run of this program wrote"]);
    assert_eq!((place.names("od"), place.read("od/trace.csv")), (vec!["trace.csv".into()], "mine".into()));
    fs::rename(place.0.join("od/trace.csv"), place.0.join("od/notes.csv")).unwrap();
    place.bfc("run x.toml --out od").says(0, &[]);
    place.bfc("run x.toml --out od").says(0, &[]);
    assert_eq!(place.read("od/notes.csv"), "mine");
    fs::remove_file(place.0.join("od/notes.csv")).unwrap();
    place.bfc("run x.toml --out a/b/../c").says(0, &[]);
    assert_eq!(place.names("od"), ["B3SUMS", "plot.svg", "result.json", "trace.csv", "weights.json"]);
    assert_eq!(place.names("a/c"), place.names("od"));
    assert_eq!(place.names("."), ["a", "constant.toml", "od", "x.toml"]);
}

/// What is no regular file, and no `-`, is not waited for; what would take too long can be refused.
#[cfg(unix)]
#[test]
fn inputs_have_their_bounds() {
    let place = Place::new("bounds");
    place.write("x.toml", "target = { dimension = 30, width = [30, 30], distribution = 'cube' }");
    place
        .bfc("run x.toml --max-seconds 5")
        .says(2, &["by the number of operations, and", "MiB of memory, expected at most 5 s (--max-seconds)"]);
    let pipe = std::process::Command::new("mkfifo").arg(place.0.join("pipe")).status().unwrap();
    assert!(pipe.success());
    for words in ["run pipe", "run /dev/zero", "certify check pipe", "certify tail --gram /dev/zero --rank 1"] {
        place.bfc(words).says(2, &["it is not a regular file"]);
    }
    fs::create_dir_all(place.0.join("golden/tiny")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", place.0.join("golden/tiny/MANIFEST.json")).unwrap();
    place.bfc("check kernel.attained --profile tiny").says(2, &["MANIFEST.json: cannot read: it is not a regular file"]);
    place.write("short.toml", "target.dimension = 4\nlearner.phases = [1, 1]");
    let standard_input = fs::File::open(place.0.join("short.toml")).unwrap();
    Answer::of(place.command(&["run", "-"]).stdin(standard_input).output().unwrap()).says(0, &["experiment-out"]);
}

#[test]
fn results_go_where_they_are_told_to_and_replace_nothing_else() {
    let place = Place::new("results");
    place.write("x.toml", "target.dimension = 4\nlearner.phases = [1, 1]");
    let home = |words: &str| {
        let words: Vec<&str> = words.split_whitespace().collect();
        Answer::of(place.command(&words).env("HOME", &place.0).output().unwrap())
    };
    home("run x.toml --out .").says(2, &["a directory within it"]);
    home("check kernel.attained --profile tiny --out /").says(2, &["a directory within it"]);
    home("check kernel.attained --profile tiny --weights /").says(2, &["a directory within it"]);
    place.write("G.mtx", "%%MatrixMarket matrix array integer symmetric\n1 1\n1\n");
    let tail = "certify tail --gram G.mtx --rank 0 --emit";
    place.bfc(&format!("{tail} G.mtx")).says(2, &["found the file that is read"]);
    place.bfc(&format!("{tail} ./absent/cert.json")).says(2, &["cannot write"]);
    place.bfc(&format!("{tail} cert.json")).says(0, &[]);
    place.bfc(&format!("{tail} cert.json")).says(0, &[]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("cert.json", place.0.join("link.json")).unwrap();
        place.bfc(&format!("{tail} link.json")).says(2, &["something that is not a regular file"]);
        place.bfc(&format!("{tail} /dev/null")).says(2, &["something that is not a regular file"]);
        fs::remove_file(place.0.join("link.json")).unwrap();
    }
    assert_eq!(place.names("."), ["G.mtx", "cert.json", "x.toml"]);
    assert_eq!(place.read("G.mtx").lines().count(), 3);
}

/// Files of two runs are told apart: each fits its line in the list, which has all of them.
#[test]
fn results_that_belong_together_are_listed() {
    let place = Place::new("listed");
    place.write("one.toml", "target.dimension = 4\nlearner.phases = [1, 1]");
    let many = "learner.phases = [1, 1]\n[sweep]\ntarget.dimension = [4, 5]\n[fit]\nx = 'dimension'\ny = 'te'";
    place.write("many.toml", many);
    let listed = |directory: &str| {
        let lines = place.read(&format!("{directory}/B3SUMS"));
        let entries = lines.lines().map(|line| line.split_once("  ").unwrap());
        let names = entries.map(|(digest, name)| {
            let text = place.read(&format!("{directory}/{name}"));
            assert_eq!(digest, bfc::canonical::bytes_hex(text.as_bytes()), "{name}");
            name.to_string()
        });
        names.collect::<Vec<String>>()
    };
    place.bfc("run one.toml --out one").says(0, &[]);
    assert_eq!(listed("one"), ["trace.csv", "result.json", "weights.json", "plot.svg"]);
    place.bfc("run many.toml --out many").says(0, &[]);
    let names = listed("many");
    assert_eq!(names[..3], ["results.csv", "scaling.json", "plot.svg"]);
    assert_eq!(names.len(), 5);
    // A sweep in the directory of a run is one of ours too.
    place.bfc("run many.toml --out one").says(0, &[]);
    assert_eq!(listed("one").len(), 5);
}

/// Memory that is not to be had ends in an answer, at whatever allocation it is missed.
#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_missing_ends_with_2() {
    let place = Place::new("memory");
    place.write("x.toml", "target = { dimension = 30, width = 2 }\nlearner.phases = [2, 2]\ndata.samples = 20000");
    let tail = "certify tail --family perm --dimension 32 --count 300 --rank 50 --jobs 2";
    let mut short = 0;
    for words in [tail, "run x.toml --out out"] {
        for kilobytes in (40..400).step_by(40).map(|mebibytes| mebibytes << 10) {
            let limited = format!("ulimit -v {kilobytes} && exec \"$0\" {words}");
            let mut shell = std::process::Command::new("sh");
            let answer = shell.args(["-c", &limited, env!("CARGO_BIN_EXE_bfc")]).current_dir(&place.0).output().unwrap();
            let (code, error) = (answer.status.code(), String::from_utf8_lossy(&answer.stderr));
            match code {
                Some(0) => {}
                Some(2) if error.contains("are needed, and are not to be had") => short += 1,
                _ => panic!("{words} with {kilobytes} KiB: {code:?}, {error}"),
            }
        }
    }
    assert!(short > 0, "some of these limits are too low");
}

/// A trace and a result of two runs are told apart.
#[test]
fn a_result_names_its_trace() {
    let place = Place::new("trace");
    let digests = ["4", "5"].map(|dimension| {
        place.write("x.toml", &format!("target.dimension = {dimension}\nlearner.phases = [1, 1]"));
        place.bfc("run x.toml --out out").says(0, &[]);
        let result: serde_json::Value = serde_json::from_str(&place.read("out/result.json")).unwrap();
        assert_eq!(result["trace_digest"], bfc::canonical::bytes_hex(place.read("out/trace.csv").as_bytes()));
        result["trace_digest"].clone()
    });
    assert_ne!(digests[0], digests[1]);
}

/// The directory appears with its files, not before: who stops a run finds nothing.
#[test]
fn a_run_that_is_killed_leaves_no_directory() {
    let place = Place::new("killed");
    // With fresh samples in every step no state comes back.
    place.write("x.toml", "learner = { kind = 'online', phases = [1000000, 1000000], tolerance = 0 }");
    let mut child = place.command(&["run", "x.toml", "--out", "n/e"]).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(child.try_wait().unwrap().is_none(), "the run is long");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(place.names("."), ["x.toml"]);
}

/// On the square of the cube the labels take two values; these two samples share one.
const EQUAL_LABELS: &str = "target = { distribution = 'cube', dimension = 2, depth = 2 }\ndata = { samples = 2, seed = 4 }";

#[test]
fn what_cannot_be_run_is_told_by_line_and_field_and_writes_nothing() {
    let place = Place::new("bad");
    let cases = [
        ("[target]\ndepht = 3", "x.toml:2: target.depht: found an unknown key", "did you mean `depth`?"),
        ("[targt]", "x.toml:1: targt: found an unknown key", "did you mean `target`?"),
        ("[learner]\nthaw_steps = 1", "x.toml:2: learner.thaw_steps", "did you mean `thaw-steps`?"),
        ("target = 3", "x.toml:1: target: found 3", "expected a table"),
        ("target = [3, 1]", "x.toml:1: target: found an array of 2", "expected a table"),
        ("[target]\ndepth = 1", "x.toml:2: target.depth: found 1", "an integer from 2 to 8"),
        ("[target]\n\ndepth = 9", "x.toml:3: target.depth: found 9", "an integer from 2 to 8"),
        ("[target]\ndepth = -3", "x.toml:2: target.depth: found -3", "an integer from 2 to 8"),
        ("[target]\ndepth = 3.0", "x.toml:2: target.depth: found 3.0", "an integer"),
        ("[target]\ndepth = \"3\"", "x.toml:2: target.depth: found \"3\"", "an integer"),
        ("[target]\nwidth = 0", "x.toml:2: target.width: found 0", "an integer from 1 to 4096"),
        ("[target]\nwidth = [1, 2, 0]", "x.toml:2: target.width[2]: found 0", "an integer"),
        ("[target]\ndepth = 3\nwidth = [1]", "x.toml:3: target.width: found an array of 1", "2 widths"),
        ("[target]\nwidth = []", "x.toml:2: target.width: found an array of 0", "widths"),
        ("[target]\nwidth = 17\n", "x.toml:2: target.width: found width 17 of layer 2", "at most the 16 features"),
        ("[target]\nwidth = [1, 2]\n", "x.toml:2: target.width: found width 2 of layer 3", "at most the 1 features"),
        ("[target]\ndimension = 99999999999999999999", "x.toml:2: target.dimension", "an integer from 1 to 4096"),
        ("[target]\ngap = 1e400", "x.toml:2: target.gap: ", "overflowed"),
        ("[target]\nskips = \"skip\"", "x.toml:2: target.skips: found \"skip\"", "\"linskip\""),
        ("[target]\nskips = [[0]]", "x.toml:2: target.skips: found 1 index sets", "expected 2"),
        ("[target]\nskips = [[0], []]", "x.toml:2: target.skips", "J_3 to be a non-empty"),
        ("[target]\nskips = [[0], [2, 2]]", "x.toml:2: target.skips", "J_3"),
        ("[target]\nskips = [[2], [0]]", "x.toml:2: target.skips", "J_2"),
        ("[target]\nskips = [[0], [-1]]", "x.toml:2: target.skips[1][0]: found -1", "an integer"),
        ("[target]\nskips = [0, 2]", "x.toml:2: target.skips[0]: found 0", "a list of layer numbers"),
        ("[target]\ngap = 0", "x.toml:2: target.gap: found 0", "a number from 1e-9"),
        ("[target]\ngap = nan", "x.toml:2: target.gap: found nan", "a number"),
        ("[target]\ndistribution = \"uniform\"", "x.toml:2: target.distribution", "\"gaussian\", \"cube\", \"sphere\""),
        ("[target]\nseed = -1", "x.toml:2: target.seed: found -1", "an integer, 0 or greater"),
        ("[learner]\nkind = \"layer-wise\"", "x.toml:2: learner.kind: found \"layer-wise\"", "\"layerwise\""),
        ("[learner]\nphases = [10]", "x.toml:2: learner.phases: found an array of 1", "2 numbers of steps"),
        ("[learner]\nphases = [10, 1.5]", "x.toml:2: learner.phases[1]: found 1.5", "an integer"),
        ("[learner]\nphases = 10", "x.toml:2: learner.phases: found 10", "numbers of steps, one for each layer"),
        ("[learner]\nthaw-steps = 10", "x.toml:2: learner.thaw-steps: found 10", "no such key unless kind = \"thawed\""),
        ("[learner]\nstep = 0.0", "x.toml:2: learner.step: found 0.0", "a number above 0"),
        ("[learner]\nstep = inf", "x.toml:2: learner.step: found inf", "a number above 0"),
        ("[learner]\nmomentum = 1.0", "x.toml:2: learner.momentum: found 1.0", "below 1"),
        ("[learner]\ntolerance = -1e-3", "x.toml:2: learner.tolerance: found -1e-3", "from 0 to 1"),
        ("[data]\nsamples = 0", "x.toml:2: data.samples: found 0", "an integer from 2"),
        ("[data]\nsamples = 1", "x.toml:2: data.samples: found 1", "an integer from 2"),
        ("[data]\nsamples = 100_000_000", "x.toml: data.samples: found about", "MiB"),
        ("[target]\ndimension = 4096\nwidth = 1024", "x.toml: data.samples: found about", "a smaller width"),
        ("target = { dimension = 4096, width = 1 }\ndata.samples = 20000", "x.toml: data.samples: found about", "MiB"),
        (EQUAL_LABELS, "x.toml: data.samples: all labels are equal", "another seed"),
        ("[data]\nseed = 1\nseed = 2", "x.toml:3: not valid TOML", "duplicate key"),
        ("[data\n", "x.toml:1: not valid TOML", ""),
        ("\u{0}", "x.toml:1: not valid TOML", ""),
    ];
    for (source, place_and_field, expected) in cases {
        place.write("x.toml", source);
        place.bfc("run x.toml").says(2, &[place_and_field, expected]);
    }
    fs::write(place.0.join("x.toml"), [0xff, 0xfe]).unwrap();
    place.bfc("run x.toml").says(2, &["x.toml:1: found bytes that are no text"]);
    place.bfc("run absent.toml").says(2, &["absent.toml: cannot read"]);
    place.bfc("run .").says(2, &["cannot read"]);
    assert_eq!(place.names("."), ["x.toml"]);
}

#[test]
fn a_shell_is_told_the_commands() {
    let place = Place::new("completions");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        place.bfc(&format!("completions {shell}")).says(0, &["self-check", "explain", "run", "golden"]);
    }
    place.bfc("completions tcsh").says(2, &["invalid value 'tcsh'"]);
}

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new("man");
    place.bfc("man").says(0, &[".TH bfc 1", "SUBCOMMANDS"]);
    place.bfc("man --dir man1").says(0, &["man1/bfc.1", "man1/bfc-check.1"]);
    let names = place.names("man1");
    for command in
        ["check", "list", "explain", "bless", "report", "self-check", "certify", "new", "merge", "completions", "man", "run"]
    {
        assert!(names.contains(&format!("bfc-{command}.1")), "{command}: {names:?}");
    }
    assert!(place.read("man1/bfc-check.1").contains("profile"));
}

#[test]
fn colours_are_for_those_who_want_them() {
    let place = Place::new("colours");
    place.bfc("bless kernel.attained --profile tiny").says(0, &[]);
    let with = |name: &str, value: &str, more: &str| {
        let words = "check kernel.attained --profile tiny ".to_string() + more;
        let words: Vec<&str> = words.split_whitespace().collect();
        let mut command = place.command(&words);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env(name, value);
        let answer = Answer::of(command.output().unwrap());
        assert_eq!(answer.code, 0, "{}", answer.err);
        answer.out
    };
    let plain = with("NO_COLOR", "1", "");
    assert!(!plain.contains('\u{1b}') && plain == with("CLICOLOR", "1", ""), "a pipe has no colours");
    let coloured = with("CLICOLOR_FORCE", "1", "");
    assert!(coloured.contains("\u{1b}[32mequal"), "{coloured}");
    for format in ["json", "junit"] {
        assert!(!with("CLICOLOR_FORCE", "1", &format!("--format {format}")).contains('\u{1b}'), "{format}");
    }
}
