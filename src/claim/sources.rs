//! The sources that a program was built from: stored work is valid for them and no others.

use crate::canonical::Canonical;

/// The file that locks the versions of all dependencies.
const LOCK: &str = "Cargo.lock";

/// The sources of the crate at hand with its `Cargo.lock`, as its build script lists them.
///
/// The build script is the one of this library; `new` writes it into a new crate. It reads every `.rs` file below `src`.
#[macro_export]
macro_rules! sources {
    () => {
        $crate::claim::Sources(include!(concat!(env!("OUT_DIR"), "/sources.rs")))
    };
}

/// This library's own sources.
const OWN: Sources = sources!();

/// The sources of a catalogue's crate with its `Cargo.lock`, as `(path, content)`: see [`sources!`](crate::sources).
#[derive(Clone, Copy, Debug)]
pub struct Sources(pub &'static [(&'static str, &'static str)]);

impl Sources {
    /// Those of this library, for the catalogue that comes with it.
    pub fn own() -> Self {
        OWN
    }

    /// The lock file of the catalogue's crate.
    pub fn lock(&self) -> Option<&'static str> {
        self.0.iter().find(|(path, _)| *path == LOCK).map(|(_, text)| *text)
    }

    /// The digest of this library's sources, of the catalogue's, and of the versions that the catalogue's crate locks. Lines may
    /// end in CRLF or LF.
    pub fn digest(&self) -> String {
        let library = OWN.0.iter().filter(|(path, _)| *path != LOCK);
        let name_and_text = |c: Canonical, (path, text): &(&str, &str)| c.text(path).text(&text.replace("\r\n", "\n"));
        library.chain(self.0).fold(Canonical::of("sources"), name_and_text).hex()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_counts_and_line_endings_do_not() {
        let digest = |text: &'static str| Sources(Box::leak(Box::new([("src/main.rs", text)]))).digest();
        assert_ne!(digest("a\nb\n"), digest("a\nc\n"));
        assert_eq!(digest("a\nb\n"), digest("a\r\nb\r\n"));
        assert!(Sources::own().0.iter().any(|(path, _)| *path == LOCK));
        assert!(Sources::own().0.iter().any(|(path, _)| *path == "src/claim/sources.rs"));
    }
}
