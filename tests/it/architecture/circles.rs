//! Which file imports which, and the circles among them.
//!
//! An item that a module re-exports counts as imported from the file that defines it; a `mod` line is no import.

use std::collections::{BTreeMap, BTreeSet};

use super::checker::{Checker, flattened, for_tests, module_of};
use super::rooms::Rooms;

/// The files of a crate and what each imports.
pub struct Files {
    /// Files by their module.
    files: BTreeMap<Vec<String>, String>,
    /// What modules re-export: the module and the name, and the path from the crate that is meant.
    exports: BTreeMap<(Vec<String>, String), Vec<String>>,
    imports: BTreeMap<String, BTreeSet<String>>,
}

impl Files {
    /// Reads files, each given by its path below `src` and its text.
    pub fn read(rooms: &Rooms, sources: &[(String, String)]) -> Files {
        let files: BTreeMap<_, _> = sources.iter().map(|(file, _)| (module_of(file), file.clone())).collect();
        let mut read = Files { files, exports: BTreeMap::new(), imports: BTreeMap::new() };
        for (file, source) in sources {
            read.read_exports(&module_of(file), source);
        }
        for (file, source) in sources {
            let named = Checker::read(rooms, file, source).named;
            let paths = named.iter().filter_map(|(module, path)| read.resolve(module, path));
            let defining = paths.filter_map(|path| read.defining(&path, 0)).filter(|of| *of != file).cloned().collect();
            read.imports.insert(file.clone(), defining);
        }
        read
    }

    fn read_exports(&mut self, module: &[String], source: &str) {
        let parsed = syn::parse_file(source).expect("the other test reports what does not parse");
        for item in parsed.items {
            let syn::Item::Use(item) = item else { continue };
            if matches!(item.vis, syn::Visibility::Inherited) || for_tests(&item.attrs) {
                continue;
            }
            for path in flattened(&item.tree, &[]) {
                let Some(name) = path.last().cloned() else { continue };
                if let Some(full) = self.resolve(module, &path) {
                    self.exports.insert((module.to_vec(), name), full);
                }
            }
        }
    }

    /// The path from the crate of one that is written in `module`; `None` when it is not one of ours.
    fn resolve(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let (first, supers) = (path.first()?, path.iter().take_while(|s| *s == "super").count());
        let child = || [module, &path[..1]].concat();
        match first.as_str() {
            "crate" | "bfc" => Some(path[1..].to_vec()),
            "super" => Some([module.get(..module.len().checked_sub(supers)?)?, &path[supers..]].concat()),
            "self" => Some([module, &path[1..]].concat()),
            _ if path.len() > 1 && self.files.contains_key(&child()) => Some([module, path].concat()),
            _ => None,
        }
    }

    /// The file that defines what a path from the crate names.
    fn defining(&self, path: &[String], depth: usize) -> Option<&String> {
        let length = (1..=path.len()).rev().find(|n| self.files.contains_key(&path[..*n]))?;
        let (module, item) = path.split_at(length);
        let exported = item.first().and_then(|name| self.exports.get(&(module.to_vec(), name.clone())));
        match exported {
            Some(meant) if depth < 8 => self.defining(meant, depth + 1),
            _ => self.files.get(module),
        }
    }

    /// The circles: sets of files each of which reaches all of the set, in order.
    pub fn circles(&self) -> Vec<Vec<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.imports.keys().map(|file| (file.as_str(), self.reached(file))).collect();
        let circle = |file: &&str| -> Vec<&str> {
            let back = |other: &&&str| reached.get(**other).is_some_and(|r| r.contains(file));
            reached[file].iter().filter(back).copied().collect()
        };
        let circles: BTreeSet<Vec<&str>> = reached.keys().map(circle).filter(|circle| !circle.is_empty()).collect();
        circles.into_iter().collect()
    }

    fn reached<'a>(&'a self, from: &'a str) -> BTreeSet<&'a str> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            for next in self.imports.get(file).into_iter().flatten() {
                if reached.insert(next.as_str()) {
                    open.push(next);
                }
            }
        }
        reached
    }
}
