//! What moved between two texts, told line by line.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// The lines that differ between `old` and `new`, with line numbers of `old`.
///
/// Lines that differ in spacing only count as equal. Where the same word of two paired lines is a number in both, their
/// difference is printed; it is approximate (one `f64` subtraction) and meant for people. Empty when nothing but spacing differs.
pub fn difference(old: &str, new: &str) -> String {
    let [old, new] = [old, new].map(|text| text.lines().collect::<Vec<&str>>());
    let [from, to] = [&old, &new].map(|lines| lines.iter().map(|line| words(line)).collect::<Vec<_>>());
    let moved = capture_diff_slices(Algorithm::Myers, &from, &to).into_iter().filter(|op| op.tag() != DiffTag::Equal);
    moved.map(|op| hunk(op.old_range().start + 1, &old[op.old_range()], &new[op.new_range()])).collect()
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// The lines `old`, the first of which has number `line`, became the lines `new`.
fn hunk(line: usize, old: &[&str], new: &[&str]) -> String {
    let pairs = (0..old.len().max(new.len())).map(|i| pair(old.get(i), new.get(i)));
    format!("line {line}\n{}", pairs.collect::<String>())
}

fn pair(old: Option<&&str>, new: Option<&&str>) -> String {
    let shown = |sign: char, line: Option<&&str>| line.map_or(String::new(), |l| format!("  {sign} {l}\n"));
    let moved = old.zip(new).map_or(String::new(), |(o, n)| moved_numbers(o, n));
    shown('-', old) + &shown('+', new) + &moved
}

fn moved_numbers(old: &str, new: &str) -> String {
    let (old, new) = (words(old), words(new));
    if old.len() != new.len() {
        return String::new();
    }
    let moved = old.iter().zip(&new).filter(|(o, n)| o != n).filter_map(|(o, n)| {
        let (from, to) = (number(o)?, number(n)?);
        Some(format!("    {} -> {}: difference about {:+.2e}\n", from.0, to.0, to.1 - from.1))
    });
    moved.collect()
}

/// The finite number that a word is, without the punctuation around it.
fn number(word: &str) -> Option<(&str, f64)> {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).trim_end_matches('.');
    bare.parse().ok().filter(|v: &f64| v.is_finite()).map(|v| (bare, v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_number_is_told_with_its_difference() {
        insta::assert_snapshot!(difference("a\nseed 1  te 3.1e-7, ok\nz\n", "a\nseed 1  te 3.25e-7, ok\nz\n"), @r"
        line 2
          - seed 1  te 3.1e-7, ok
          + seed 1  te 3.25e-7, ok
            3.1e-7 -> 3.25e-7: difference about +1.50e-8
        ");
    }

    #[test]
    fn added_and_removed_lines_stand_alone() {
        insta::assert_snapshot!(difference("a\nb\nc\nd\n", "a\nc\nd\ne\n"), @r"
        line 2
          - b
        line 5
          + e
        ");
    }

    #[test]
    fn spacing_is_no_difference() {
        assert_eq!(difference("a  1\nb", "a 1\nb"), "");
    }

    #[test]
    fn a_word_against_a_number_has_no_difference() {
        assert!(!difference("te absent", "te 3").contains("about"));
        assert!(!difference("te inf", "te 3").contains("about"));
    }

    proptest::proptest! {
        /// Whatever the texts, every changed line is shown and nothing panics.
        #[test]
        fn every_line_that_only_one_side_has_is_shown(old in "([ab] ?\n){0,8}", new in "([bc] ?\n){0,8}") {
            let told = difference(&old, &new);
            let count = |text: &str, line: &str| text.lines().filter(|l| l.trim() == line).count();
            proptest::prop_assert_eq!(count(&told, "- a"), count(&old, "a"));
            proptest::prop_assert_eq!(count(&told, "+ c"), count(&new, "c"));
        }
    }
}
