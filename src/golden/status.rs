//! How a stored text compares with a recomputed one.

use std::fmt;

use super::manifest::Seal;
use super::text::Text;

/// How a stored text compares with a recomputed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The same bytes, and sealed.
    Equal,
    /// Sealed, with the same numbers; only the prose is another.
    Reworded,
    /// Sealed, but the recomputed numbers are others.
    Differs,
    /// No such file.
    Missing,
    /// A file that the manifest does not list.
    Unsealed,
    /// A half, or both, is not the one that was sealed; with the first line that is not as recomputed, where there is one.
    Edited(Halves, Option<usize>),
    /// The file ends early; the first line that is not whole.
    Truncated(usize),
    /// Sealed, but for the line endings: they are CRLF.
    LineEndings,
}

/// Of a text, the halves that do not fit their seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halves {
    /// The words.
    Prose,
    /// What was found.
    Numbers,
    /// All of it.
    Both,
}

impl fmt::Display for Halves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Halves::Prose => "prose",
            Halves::Numbers => "numbers",
            Halves::Both => "prose and numbers",
        })
    }
}

impl Status {
    /// The word shown to people.
    pub fn word(&self) -> &'static str {
        match self {
            Status::Equal => "equal",
            Status::Reworded => "reworded",
            Status::Differs => "differs",
            Status::Missing => "missing",
            Status::Unsealed => "unsealed",
            Status::Edited(..) => "edited",
            Status::Truncated(_) => "truncated",
            Status::LineEndings => "CRLF",
        }
    }

    /// The line to look at, where one is known.
    pub fn line(&self) -> Option<usize> {
        match self {
            Status::Edited(_, line) => *line,
            Status::Truncated(line) => Some(*line),
            _ => None,
        }
    }
}

/// What is said of a golden: `is equal`, `differs`.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Differs => f.write_str("differs"),
            Status::Reworded => f.write_str("is reworded: only its prose differs"),
            Status::Edited(halves, _) => write!(f, "is edited in its {halves}"),
            Status::LineEndings => f.write_str("has CRLF line endings, and is otherwise the one that was sealed"),
            other => write!(f, "is {}", other.word()),
        }
    }
}

/// How the text of file `name`, sealed by `seal`, compares with the recomputed one.
pub(super) fn compare(name: &str, file: &str, seal: &Seal, recomputed: &Text) -> Status {
    let stored = Text::split(file);
    let Some(stored) = stored.filter(|text| Seal::of(name, text) == *seal) else { return damage(name, file, seal, recomputed) };
    match (stored.prose == recomputed.prose, stored.numbers == recomputed.numbers) {
        (true, true) => Status::Equal,
        (false, true) => Status::Reworded,
        (_, false) => Status::Differs,
    }
}

/// What is wrong with a text that is not the one sealed, as far as the recomputed text can tell.
fn damage(name: &str, file: &str, seal: &Seal, recomputed: &Text) -> Status {
    if file.contains("\r\n") && Text::split(&file.replace("\r\n", "\n")).is_some_and(|text| Seal::of(name, &text) == *seal) {
        return Status::LineEndings;
    }
    let whole = recomputed.render();
    let cut = file.len() < whole.len() && whole.starts_with(file);
    match cut || !file.ends_with('\n') {
        true => Status::Truncated(file.lines().count().max(1)),
        false => Status::Edited(edited(name, file, seal), (file != whole).then(|| shared_lines(file, &whole) + 1)),
    }
}

fn edited(name: &str, file: &str, seal: &Seal) -> Halves {
    match Text::split(file).map(|text| Seal::of(name, &text)) {
        Some(found) if found.numbers == seal.numbers => Halves::Prose,
        Some(found) if found.prose == seal.prose => Halves::Numbers,
        _ => Halves::Both,
    }
}

fn shared_lines(file: &str, whole: &str) -> usize {
    file.lines().zip(whole.lines()).take_while(|(a, b)| a == b).count()
}
