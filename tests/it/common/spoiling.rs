//! Edits of texts and files that a reader must survive.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What a spoiled text gets in place of what stood there, or in between.
const WORDS: &[&str] = &[
    "-0",
    "0",
    "1",
    "-1",
    "00",
    "01",
    "-01",
    "+1",
    "2",
    "7",
    "62",
    "63",
    "100",
    "101",
    "1024",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "4294967295",
    "4294967296",
    "1e0",
    "1E2",
    "1.0",
    "0.5",
    ".5",
    "5.",
    "1_0",
    "0x1",
    "NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "nan",
    "1e400",
    "-1e-400",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"1\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    ",,",
    ":",
    "\"",
    "\\",
    "\\u0031",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "\u{7f}",
    "\u{a0}",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{3000}",
    "\u{661}",
    "\u{ff11}",
    " ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "%",
    "% comment\n",
    "\n%\u{a0}\n",
    "//",
    "#",
    "0000000000000000000000000000000000000000000001",
    "-0000000000000000000000000000000000000000000001",
    "10000000000000000000000000000000000000000000000",
    "array",
    "coordinate",
    "symmetric",
    "general",
    "integer",
    "real",
    "unsigned-integer",
    "pattern",
    "\"lower\"",
    "\"family\"",
    "\"scale\"",
    "\"scale\": 3, ",
    "\"perm\"",
    "\"boolplus\"",
    "boolplus",
    "bfc-eigenvalue-tail-1",
    "bfc-eigenvalue-tail-2",
];

/// An edit of a text.
#[derive(Clone, Debug)]
pub enum Spoiling {
    /// A word in place of a token.
    Token(Index, &'static str),
    Insert(Index, &'static str),
    Byte(Index, u8),
    /// Another digit in place of one.
    Digit(Index, u8),
    /// A blank, or what looks like one, before a token.
    Blank(Index, &'static str),
    Delete(Index, usize),
    /// A stretch again, somewhere.
    Repeat(Index, usize, Index),
    /// Two tokens change places.
    Swap(Index, Index),
    Cut(Index),
}

/// Edits as slips, editors and malice make them.
pub fn spoiling() -> impl Strategy<Value = Spoiling> {
    let at = any::<Index>;
    let word = || select(WORDS);
    let blanks = || select(&[" ", "\n", "\t", "\r", "\r\n", "\u{a0}", "\u{b}", "\u{c}", "\u{2028}"][..]);
    prop_oneof![
        16 => (at(), b'0'..=b'9').prop_map(|(i, d)| Spoiling::Digit(i, d)),
        8 => (at(), blanks()).prop_map(|(i, b)| Spoiling::Blank(i, b)),
        6 => (at(), word()).prop_map(|(i, w)| Spoiling::Token(i, w)),
        4 => (at(), word()).prop_map(|(i, w)| Spoiling::Insert(i, w)),
        1 => (at(), any::<u8>()).prop_map(|(i, b)| Spoiling::Byte(i, b)),
        2 => (at(), 1usize..12).prop_map(|(i, n)| Spoiling::Delete(i, n)),
        2 => (at(), 1usize..40, at()).prop_map(|(i, n, j)| Spoiling::Repeat(i, n, j)),
        2 => (at(), at()).prop_map(|(i, j)| Spoiling::Swap(i, j)),
        1 => at().prop_map(Spoiling::Cut),
    ]
}

/// Stretches of letters and digits, and of anything else but blanks.
fn tokens(text: &[u8]) -> Vec<std::ops::Range<usize>> {
    let kind = |b: u8| (b.is_ascii_alphanumeric() || b == b'-', b.is_ascii_whitespace());
    let ends = (1..=text.len()).filter(|&i| i == text.len() || kind(text[i - 1]) != kind(text[i]));
    let ranges = ends.scan(0, |start, end| Some(std::mem::replace(start, end)..end));
    ranges.filter(|range| !text[range.start].is_ascii_whitespace()).collect()
}

/// Makes one edit; of an empty text, none.
pub fn spoil(text: &mut Vec<u8>, spoiling: &Spoiling) {
    let (length, tokens) = (text.len(), tokens(text));
    if tokens.is_empty() {
        return;
    }
    match spoiling {
        Spoiling::Token(at, word) => drop(text.splice(tokens[at.index(tokens.len())].clone(), word.bytes())),
        Spoiling::Insert(at, word) => {
            let at = at.index(length + 1);
            text.splice(at..at, word.bytes());
        }
        Spoiling::Digit(at, digit) => {
            let digits: Vec<usize> = (0..length).filter(|&i| text[i].is_ascii_digit()).collect();
            digits.get(at.index(digits.len().max(1))).into_iter().for_each(|&i| text[i] = *digit);
        }
        Spoiling::Blank(at, blank) => {
            let at = tokens[at.index(tokens.len())].start;
            text.splice(at..at, blank.bytes());
        }
        Spoiling::Byte(at, byte) => text[at.index(length)] = *byte,
        Spoiling::Delete(at, count) => {
            let at = at.index(length);
            text.drain(at..(at + count).min(length));
        }
        Spoiling::Repeat(from, count, to) => {
            let (from, to) = (from.index(length), to.index(length + 1));
            let again = text[from..(from + count).min(length)].to_vec();
            text.splice(to..to, again);
        }
        Spoiling::Swap(one, two) => {
            let (one, two) = (one.index(tokens.len()), two.index(tokens.len()));
            let (first, second) = (tokens[one.min(two)].clone(), tokens[one.max(two)].clone());
            if first != second {
                let [a, b] = [&first, &second].map(|range| text[range.clone()].to_vec());
                text.splice(second, a);
                text.splice(first, b);
            }
        }
        Spoiling::Cut(at) => text.truncate(at.index(length)),
    }
}
