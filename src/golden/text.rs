//! The two halves of a golden, which are sealed apart.

/// The line between them.
pub const SEPARATOR: &str = "---- numbers ----";

/// What a golden says in words, and the numbers that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What is claimed and how it is checked; no line of it is the [`SEPARATOR`].
    pub prose: String,
    /// What was found.
    pub numbers: String,
}

impl Text {
    /// The bytes of the file.
    pub fn render(&self) -> String {
        format!("{}{}{}", self.prose, between(), self.numbers)
    }

    /// The halves of a file, if it has two.
    pub fn split(file: &str) -> Option<Text> {
        let (prose, numbers) = file.split_once(&between())?;
        Some(Text { prose: prose.into(), numbers: numbers.into() })
    }
}

fn between() -> String {
    format!("\n{SEPARATOR}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_what_it_joins() {
        let text = Text { prose: "claim a\n".into(), numbers: "check\n".into() };
        assert_eq!(text.render(), "claim a\n\n---- numbers ----\n\ncheck\n");
        assert_eq!(Text::split(&text.render()), Some(text));
        assert_eq!(Text::split("claim a\n\n---- numbers ----\n"), None);
    }
}
