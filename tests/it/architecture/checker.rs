//! Reads one file and finds what breaks a rule.

use syn::visit::{self, Visit};

use super::rooms::Rooms;
use super::rules::{CRATES, FLOATS_IN_EXACT, PRINTING, PRINTING_IN, TRANSCENDENTAL, TRANSCENDENTAL_IN, WORDS};

/// A broken rule.
#[derive(Debug, PartialEq)]
pub struct Violation {
    pub file: String,
    pub line: usize,
    pub what: String,
    pub why: String,
}

/// Reads one file and collects what breaks a rule.
pub struct Checker<'a> {
    rooms: &'a Rooms,
    file: &'a str,
    source: &'a str,
    /// The path of the module at hand, from the crate.
    module: Vec<String>,
    /// Functions and traits around the item at hand.
    around: Vec<String>,
    /// Paths as they are written, each with the module it stands in; those of re-exports are left out.
    pub named: Vec<(Vec<String>, Vec<String>)>,
    /// Whether a re-export is being read.
    exporting: bool,
    pub found: Vec<Violation>,
}

impl<'a> Checker<'a> {
    /// Reads the text of `file`, a path below `src`.
    pub fn read(rooms: &'a Rooms, file: &'a str, source: &'a str) -> Self {
        let module = module_of(file);
        let mut checker =
            Checker { rooms, file, source, module, around: Vec::new(), named: Vec::new(), exporting: false, found: Vec::new() };
        match syn::parse_file(source) {
            Ok(parsed) if for_tests(&parsed.attrs) => {}
            Ok(parsed) => checker.visit_file(&parsed),
            Err(e) => checker.report("", &format!("does not parse: {e}"), ""),
        }
        checker
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
        if !self.exporting {
            self.named.push((self.module.clone(), segments.to_vec()));
        }
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
        let Some(imported) = path.last() else { return };
        // `hierarchy` by itself is a corridor: what is named in it comes in the segments that follow.
        if path == ["hierarchy"] {
            return;
        }
        let (rooms, full) = (self.rooms, path.join("::"));
        match rooms.of(&self.module) {
            None => self.report("", &format!("{} lies in no room of the table", self.module.join("::")), "every file does"),
            Some(room) if !rooms.allow(room, path) => {
                let word = rooms.of(path).map_or(imported.as_str(), |of| of.name.rsplit("::").next().expect("a name"));
                self.report(word, &format!("{} imports {full}", room.name), &room.why)
            }
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
        if self.lies_in(&["exact/"]) && !FLOATS_IN_EXACT.iter().any(excused) {
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

/// The path of the module that a file below `src` is.
pub fn module_of(file: &str) -> Vec<String> {
    file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').map(String::from).collect()
}

/// The first line of code (not of comment) with `word` as a whole word.
fn line_of(source: &str, word: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_string();
    let has = |line: &str| code(line).split(|c| !is_word(c)).any(|w| w == word || w.rsplit('.').next() == Some(word));
    source.lines().position(has).map_or(1, |i| i + 1)
}

pub fn for_tests(attributes: &[syn::Attribute]) -> bool {
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
pub fn flattened(tree: &syn::UseTree, prefix: &[String]) -> Vec<Vec<String>> {
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

    /// `pub(super)` says who may see an item, and imports nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.exporting = !matches!(item.vis, syn::Visibility::Inherited);
        flattened(&item.tree, &[]).iter().for_each(|path| self.path(path));
        self.exporting = false;
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
