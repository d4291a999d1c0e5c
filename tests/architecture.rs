//! The import table of the design, enforced: who may import whom, and which words may stand where.
//!
//! The tables below are the rules. Code under `#[cfg(test)]` is exempt, and so are `main.rs`, `lib.rs` and `_docs`.

use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// Rooms that every room may import.
const LAYER_0: [&str; 6] = ["error", "canonical", "scalar", "matrix", "parallel", "ledger"];

/// What a room may import beside layer 0 and itself, and why no more.
const ROOMS: &[(&str, &[&str], &str)] = &[
    ("error", &[], "layer 0 stands on itself"),
    ("canonical", &[], "layer 0 stands on itself"),
    ("scalar", &[], "layer 0 stands on itself"),
    ("matrix", &[], "layer 0 stands on itself"),
    ("parallel", &[], "layer 0 stands on itself"),
    ("ledger", &[], "layer 0 stands on itself"),
    ("exact", &[], "an identity is exact or it is nothing"),
    ("portable", &[], "nothing that may change bits"),
    ("approx", &[], "it promises nothing, and needs nothing of ours"),
    ("enclosure", &["exact", "portable::product"], "a proof takes candidates as arguments, it never calls its oracle"),
    ("network", &["exact", "portable"], "the network knows neither its callers nor plain faer"),
    ("target", &["network", "exact", "portable", "enclosure"], "the target is blind to learners"),
    ("learner", &["network", "portable"], "a learner sees samples, never the target, and its runs must replay"),
    ("certify", &["exact", "approx", "enclosure"], "it joins candidate and proof, and is no second home for bounds"),
    (
        "experiment",
        // An instance names its distribution and a run carries its exact risk, so these two types pass through.
        &[
            "network",
            "target",
            "learner",
            "portable",
            "enclosure",
            "exact::moments::Distribution",
            "exact::Distribution",
            "exact::rational",
            "exact::Rational",
        ],
        "a run does not know what it should show",
    ),
    ("claim", &["experiment", "claims"], "it knows no paper; what is still imported is to go"),
    (
        "claims",
        &["claim", "exact", "portable", "enclosure", "network", "target", "learner", "certify", "experiment"],
        "a claim does not know its stored answer, and reaches approx through certify",
    ),
    ("golden", &[], "it compares bytes and has no opinion"),
    ("report", &["claim", "experiment"], "it shows values and computes none"),
    (
        "cli",
        &[
            "exact",
            "portable",
            "enclosure",
            "network",
            "target",
            "learner",
            "certify",
            "experiment",
            "claim",
            "claims",
            "golden",
            "report",
            "approx",
        ],
        "",
    ),
];

/// Crates that only some files (or rooms, with a slash at the end) may name.
const CRATES: &[(&[&str], &[&str], &str)] = &[
    (&["faer", "faer_traits"], &["approx/", "portable/det.rs", "portable/factor.rs"], "plain faer may change bits"),
    (&["blake3"], &["canonical.rs"], "one encoding, one hash"),
    (&["clap", "indicatif", "toml"], &["cli/"], "only the command speaks to people"),
];

/// Macros that print.
const PRINTING: &[&str] = &["println", "print", "eprintln", "eprint", "dbg"];
const PRINTING_IN: &[&str] = &["cli/", "main.rs"];

/// Types that only some rooms may use.
const WORDS: &[(&[&str], &[&str], &str)] = &[
    (&["HashMap", "HashSet"], &["cli/"], "the order of a hash map is not reproducible; use BTreeMap"),
    (&["Instant", "SystemTime"], &["cli/"], "a clock near an output"),
];

/// Standard functions that are not correctly rounded, or fuse.
const TRANSCENDENTAL: &[&str] = &[
    "exp", "exp2", "ln", "log", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sin_cos", "sinh", "cosh", "tanh", "powf",
    "powi", "log10", "log2", "cbrt", "exp_m1", "ln_1p", "hypot", "mul_add",
];
const TRANSCENDENTAL_IN: &[&str] = &["approx/", "cli/", "report/"];

/// Where `exact` turns a float into exact numbers or back: the file, and the function or the trait.
const FLOATS_IN_EXACT: &[(&str, &str)] = &[
    ("exact/dyadic.rs", "TryFrom"),
    ("exact/machine_number.rs", "TryFrom"),
    ("exact/rational.rs", "TryFrom"),
    ("exact/rational.rs", "to_f64"),
];

/// A broken rule.
#[derive(Debug, PartialEq)]
struct Violation {
    file: String,
    line: usize,
    what: String,
    why: String,
}

/// Reads one file and collects what breaks a rule.
struct Checker<'a> {
    file: &'a str,
    source: &'a str,
    /// The path of the module at hand, from the crate.
    module: Vec<String>,
    /// Functions and traits around the item at hand.
    around: Vec<String>,
    found: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn check(file: &'a str, source: &'a str) -> Vec<Violation> {
        let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
        let module = path.split('/').map(String::from).collect();
        let mut checker = Checker { file, source, module, around: Vec::new(), found: Vec::new() };
        match syn::parse_file(source) {
            Ok(parsed) if for_tests(&parsed.attrs) => {}
            Ok(parsed) => checker.visit_file(&parsed),
            Err(e) => checker.report("", &format!("does not parse: {e}"), ""),
        }
        checker.found
    }

    fn room(&self) -> &str {
        let inner = self.file.strip_prefix("hierarchy/").unwrap_or(self.file);
        inner.trim_end_matches(".rs").split('/').next().unwrap_or_default()
    }

    fn lies_in(&self, places: &[&str]) -> bool {
        places.iter().any(|p| if p.ends_with('/') { self.file.starts_with(p) } else { self.file == *p })
    }

    fn report(&mut self, word: &str, what: &str, why: &str) {
        let line = line_of(self.source, word);
        let violation = Violation { file: self.file.into(), line, what: what.into(), why: why.into() };
        if !self.found.contains(&violation) {
            self.found.push(violation);
        }
    }

    /// A path as written, such as `crate::golden::Store` or `faer::Mat`.
    fn path(&mut self, segments: &[String]) {
        let Some(first) = segments.first() else { return };
        for (names, places, why) in CRATES {
            if names.contains(&first.as_str()) && !self.lies_in(places) {
                self.report(first, &format!("names the crate {first}"), why);
            }
        }
        for segment in segments {
            self.word(segment);
        }
        if let Some(inner) = self.resolved(segments) {
            self.import(&inner);
        }
        if let [owner, function] = segments
            && ["f64", "f32"].contains(&owner.as_str())
        {
            self.call(function);
        }
    }

    /// The path from the crate's root, if it is one of ours.
    fn resolved(&self, segments: &[String]) -> Option<Vec<String>> {
        let supers = segments.iter().take_while(|s| *s == "super").count();
        match segments.first()?.as_str() {
            "crate" | "bfc" => Some(segments[1..].to_vec()),
            "super" => {
                let kept = self.module.len().checked_sub(supers)?;
                Some(self.module[..kept].iter().chain(&segments[supers..]).cloned().collect())
            }
            _ => None,
        }
    }

    fn import(&mut self, path: &[String]) {
        // The rooms of `hierarchy` have names of their own.
        let path = path.strip_prefix(&["hierarchy".to_string()]).unwrap_or(path);
        let Some(room) = path.first() else { return };
        let full = path.join("::");
        let own = self.room().to_string();
        let allowed = |may: &[&str]| {
            room == &own
                || LAYER_0.contains(&room.as_str())
                || may.iter().any(|m| full == *m || full.starts_with(&format!("{m}::")))
        };
        match ROOMS.iter().find(|(name, _, _)| *name == own) {
            None => self.report("", &format!("the room {own} has no row in the table"), "every room has one"),
            Some((_, may, why)) if !allowed(may) => self.report(room, &format!("{own} imports {full}"), why),
            Some(_) => {}
        }
    }

    fn word(&mut self, word: &str) {
        for (words, places, why) in WORDS {
            if words.contains(&word) && !self.lies_in(places) {
                self.report(word, &format!("uses {word}"), why);
            }
        }
        if ["f64", "f32"].contains(&word) {
            self.float(word);
        }
    }

    fn call(&mut self, function: &str) {
        if TRANSCENDENTAL.contains(&function) && !self.lies_in(TRANSCENDENTAL_IN) {
            self.report(function, &format!("calls {function}"), "it may differ between machines; portable::elementary has ours");
        }
    }

    fn makro(&mut self, name: &str) {
        if PRINTING.contains(&name) && !self.lies_in(PRINTING_IN) {
            self.report(name, &format!("calls {name}!"), "only the command prints");
        }
    }

    fn float(&mut self, word: &str) {
        let excused = |(file, place): &(&str, &str)| *file == self.file && self.around.iter().any(|a| a == place);
        if self.room() == "exact" && !FLOATS_IN_EXACT.iter().any(excused) {
            self.report(word, &format!("has the float {word}"), "no float may enter exact arithmetic but by its one conversion");
        }
    }

    /// Words inside a macro, which has no syntax tree: paths, method calls and types are still found.
    fn tokens(&mut self, text: &str) {
        let text = text.replace(" :: ", "::").replace(" . ", ".").replace(" (", "(");
        let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        for word in text.split(|c| !is_path(c)).filter(|w| !w.is_empty()) {
            self.path(&word.split("::").map(String::from).collect::<Vec<_>>());
        }
        for name in PRINTING.iter().filter(|m| text.contains(&format!("{m} !"))) {
            self.makro(name);
        }
        for function in TRANSCENDENTAL.iter().filter(|f| text.contains(&format!(".{f}("))) {
            self.call(function);
        }
    }

    fn within(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.around.push(name);
        visit(self);
        self.around.pop();
    }
}

/// The first line of code (not of comment) with `word` as a whole word.
fn line_of(source: &str, word: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_string();
    let has = |line: &str| code(line).split(|c| !is_word(c)).any(|w| w == word || w.rsplit('.').next() == Some(word));
    source.lines().position(has).map_or(1, |i| i + 1)
}

fn for_tests(attributes: &[syn::Attribute]) -> bool {
    let test = |a: &syn::Attribute| match &a.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        other => other.path().is_ident("test"),
    };
    attributes.iter().any(test)
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

/// Every path of a `use`, renames under their own name.
fn flattened(tree: &syn::UseTree, prefix: &[String]) -> Vec<Vec<String>> {
    let with = |name: &syn::Ident| prefix.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
    match tree {
        syn::UseTree::Path(path) => flattened(&path.tree, &with(&path.ident)),
        syn::UseTree::Group(group) => group.items.iter().flat_map(|t| flattened(t, prefix)).collect(),
        syn::UseTree::Name(name) if name.ident == "self" => vec![prefix.to_vec()],
        syn::UseTree::Name(name) => vec![with(&name.ident)],
        syn::UseTree::Rename(rename) => vec![with(&rename.ident)],
        syn::UseTree::Glob(_) => vec![prefix.to_vec()],
    }
}

impl<'ast> Visit<'ast> for Checker<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for path in flattened(&item.tree, &[]) {
            self.path(&path);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.within(item.sig.ident.to_string(), |c| visit::visit_item_fn(c, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !for_tests(&item.attrs) {
            self.within(item.sig.ident.to_string(), |c| visit::visit_impl_item_fn(c, item));
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last()).map(|s| s.ident.to_string());
        self.within(of.unwrap_or_default(), |c| visit::visit_item_impl(c, item));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.path(&segments);
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.call(&call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, makro: &'ast syn::Macro) {
        let name = makro.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        self.makro(&name);
        self.tokens(&makro.tokens.to_string());
        visit::visit_macro(self, makro);
    }

    fn visit_lit_float(&mut self, literal: &'ast syn::LitFloat) {
        self.float(&literal.to_string());
    }

    fn visit_lit_int(&mut self, literal: &'ast syn::LitInt) {
        if ["f64", "f32"].contains(&literal.suffix()) {
            self.float(&literal.to_string());
        }
    }
}

fn source_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("src can be read") {
        let path = entry.expect("an entry of src can be read").path();
        match path.is_dir() {
            true => source_files(&path, found),
            false if path.extension().is_some_and(|e| e == "rs") => found.push(path),
            false => {}
        }
    }
}

#[test]
fn every_room_keeps_to_the_import_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&src, &mut files);
    files.sort();
    let mut found = Vec::new();
    let mut checked = 0;
    for path in &files {
        let file = path.strip_prefix(&src).expect("it was found there").to_string_lossy().replace('\\', "/");
        if ["main.rs", "lib.rs", "hierarchy/mod.rs"].contains(&file.as_str()) || file.starts_with("_docs") {
            continue;
        }
        let source = fs::read_to_string(path).expect("a source file can be read");
        found.extend(Checker::check(&file, &source));
        checked += 1;
    }
    let told: String = found.iter().map(|v| format!("src/{}:{}: {} ({})\n", v.file, v.line, v.what, v.why)).collect();
    assert!(found.is_empty(), "\n{told}");
    assert!(checked > 30, "only {checked} files were checked");
}

/// Each rule, broken once: a checker that cannot find a fault would pass everything.
#[test]
fn planted_faults_are_found() {
    let cases = [
        ("golden/store.rs", "use crate::error::Error;\nuse crate::claim::Claim;", 2, "golden imports claim::Claim"),
        ("golden/mod.rs", "fn f() { super::claim::select(&[]); }", 1, "golden imports claim::select"),
        ("golden/store.rs", "use super::super::{error::Error, report};", 1, "golden imports report"),
        ("learner/joint.rs", "use crate::{matrix::Matrix, target as t};", 1, "learner imports target"),
        (
            "learner/joint.rs",
            "fn f() {\n    let x = crate::target::risk::variance(1);\n}",
            2,
            "learner imports target::risk::variance",
        ),
        ("learner/joint.rs", "fn f() { format!(\"{}\", crate::target::risk()); }", 1, "learner imports target::risk"),
        ("enclosure/spectrum.rs", "use crate::approx::eigen;", 1, "enclosure imports approx::eigen"),
        ("enclosure/spectrum.rs", "use crate::portable::reduce::sum;", 1, "enclosure imports portable::reduce::sum"),
        ("experiment/run.rs", "use crate::exact::Polynomial;", 1, "experiment imports exact::Polynomial"),
        ("claim/kernel.rs", "mod inner { use super::super::super::golden::Store; }", 1, "claim imports golden::Store"),
        ("hierarchy/learner/joint.rs", "use crate::hierarchy::target::risk;", 1, "learner imports target::risk"),
        ("report/text.rs", "use bfc::golden::Store;", 1, "report imports golden::Store"),
        ("attic/mod.rs", "use crate::error::Error;", 1, "the room attic has no row in the table"),
        ("portable/reduce.rs", "use faer::Mat;", 1, "names the crate faer"),
        ("golden/store.rs", "fn f() { blake3::hash(b\"\"); }", 1, "names the crate blake3"),
        ("experiment/run.rs", "use std::collections::{BTreeMap, HashMap};", 1, "uses HashMap"),
        ("experiment/run.rs", "fn f() { let t = std::time::Instant::now(); }", 1, "uses Instant"),
        ("claim/mod.rs", "fn f() {\n\n    println!(\"x\");\n}", 3, "calls println!"),
        ("claim/mod.rs", "fn f() { assert!({ dbg!(1); true }); }", 1, "calls dbg!"),
        ("learner/joint.rs", "fn f(x: f64) -> f64 { x.sqrt() + x.exp() }", 1, "calls exp"),
        ("target/risk.rs", "fn f(x: f64) -> f64 { f64::powi(x, 3) }", 1, "calls powi"),
        ("target/risk.rs", "fn f(x: f64) { assert!(x.ln() > 0.0); }", 1, "calls ln"),
        ("exact/hermite.rs", "fn f(x: f64) {}", 1, "has the float f64"),
        ("exact/hermite.rs", "fn f() { let x = 2.5; }", 1, "has the float 2.5"),
        ("exact/hermite.rs", "fn f() { let x = 2f64; }", 1, "has the float 2f64"),
        ("exact/hermite.rs", "impl TryFrom<f64> for X {}", 1, "has the float f64"),
    ];
    for (file, source, line, what) in cases {
        let found = Checker::check(file, source);
        let hit = found.iter().find(|v| v.what == what);
        assert!(hit.is_some_and(|v| v.line == line), "{file}: {source}\n{found:?}\nexpected line {line}: {what}");
    }
}

/// The same words where they belong.
#[test]
fn what_is_allowed_passes() {
    let cases = [
        ("enclosure/spectrum.rs", "use crate::portable::product::View;"),
        ("experiment/config.rs", "use crate::exact::moments::Distribution; use crate::exact::rational::Rational;"),
        ("portable/factor.rs", "use faer::Mat;"),
        ("exact/rational.rs", "impl X { fn to_f64(&self) -> f64 { 2.5 } }"),
        ("exact/rational.rs", "#[cfg(test)] mod tests { use crate::cli::x; fn f(x: f64) { println!(\"{}\", x.exp()); } }"),
        ("learner/dual.rs", "//! Dual numbers.\n\n#![cfg(test)]\n\nuse crate::exact::Dyadic;"),
        ("cli/output.rs", "use std::time::Instant; use crate::golden::Store; fn f() { println!(\"crate\"); }"),
        ("golden/store.rs", "//! crate::claim\nuse super::manifest::Manifest; use self::x; fn f() { super::journal::g(); }"),
        ("golden/store.rs", "fn f() { let exp = 1; g(\"x.exp()\"); }"),
    ];
    for (file, source) in cases {
        let found = Checker::check(file, source);
        assert!(found.is_empty(), "{file}: {source}\n{found:?}");
    }
}
