//! How a stored text compares with a recomputed one.

/// How a stored text compares with a recomputed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The same bytes, and sealed.
    Equal,
    /// Sealed, but the recomputed text is another.
    Differs,
    /// No such file.
    Missing,
    /// A file that the manifest does not list.
    Unsealed,
    /// The file is not the one that was sealed; the first line that is not as recomputed, where there is one.
    Edited(Option<usize>),
    /// The file ends early; the first line that is not whole.
    Truncated(usize),
}

impl Status {
    /// The word shown to people.
    pub fn word(&self) -> &'static str {
        match self {
            Status::Equal => "equal",
            Status::Differs => "differs",
            Status::Missing => "missing",
            Status::Unsealed => "unsealed",
            Status::Edited(_) => "edited",
            Status::Truncated(_) => "truncated",
        }
    }

    /// The line to look at, where one is known.
    pub fn line(&self) -> Option<usize> {
        match self {
            Status::Edited(line) => *line,
            Status::Truncated(line) => Some(*line),
            _ => None,
        }
    }
}

/// What is wrong with a text that is not the one sealed, as far as the recomputed text can tell.
pub(super) fn damage(text: &str, recomputed: &str) -> Status {
    let same = text.lines().zip(recomputed.lines()).take_while(|(a, b)| a == b).count();
    let cut = text.len() < recomputed.len() && recomputed.starts_with(text);
    match cut || !text.ends_with('\n') {
        true => Status::Truncated(text.lines().count().max(1)),
        false => Status::Edited((text != recomputed).then_some(same + 1)),
    }
}
