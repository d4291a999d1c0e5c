//! Lists the sources of this crate and its locked dependencies, for `bfc::sources!()`: stored work is valid for the sources that made it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let mut files = vec![("Cargo.lock".to_string(), lock(&root)?)];
    collect(&root.join("src"), "src", &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for (name, path) in &files {
        println!("cargo:rerun-if-changed={}", path.display());
        writeln!(list, "    ({name:?}, include_str!({path:?})),").map_err(io::Error::other)?;
    }
    println!("cargo:rerun-if-changed=src");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("sources.rs"), list + "]\n")
}

/// The lock file of the crate or of the workspace that it belongs to.
fn lock(root: &Path) -> io::Result<PathBuf> {
    let found = root.ancestors().map(|directory| directory.join("Cargo.lock")).find(|path| path.is_file());
    found.ok_or_else(|| io::Error::other("there is no Cargo.lock"))
}

fn collect(directory: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push((name, path));
        }
    }
    Ok(())
}
