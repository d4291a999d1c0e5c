//! What moved between two texts, told line by line.

/// Tables of this many cells are still compared in full; larger differences are told as one block.
const LARGEST_TABLE: usize = 4_000_000;

/// The lines that differ between `old` and `new`, with line numbers of `old`.
///
/// Lines that differ in spacing only count as equal. Where the same word of two paired lines is a number in both, their
/// difference is printed; it is approximate (one `f64` subtraction) and meant for people. Empty when nothing but spacing differs.
pub fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    hunks(&old, &new).iter().map(|hunk| hunk.render(&old, &new)).collect()
}

/// Old lines `old.0..old.1` became new lines `new.0..new.1`.
struct Hunk {
    old: (usize, usize),
    new: (usize, usize),
}

impl Hunk {
    fn render(&self, old: &[&str], new: &[&str]) -> String {
        let (old, new) = (&old[self.old.0..self.old.1], &new[self.new.0..self.new.1]);
        let pairs = (0..old.len().max(new.len())).map(|i| pair(old.get(i), new.get(i)));
        format!("line {}\n{}", self.old.0 + 1, pairs.collect::<String>())
    }
}

fn pair(old: Option<&&str>, new: Option<&&str>) -> String {
    let shown = |sign: char, line: Option<&&str>| line.map_or(String::new(), |l| format!("  {sign} {l}\n"));
    let moved = old.zip(new).map_or(String::new(), |(o, n)| moved_numbers(o, n));
    shown('-', old) + &shown('+', new) + &moved
}

fn moved_numbers(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
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

fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let end = (old.len(), new.len());
    let mut at = (0, 0);
    let mut hunks = Vec::new();
    for (i, j) in common(old, new).into_iter().chain([end]) {
        if at != (i, j) {
            hunks.push(Hunk { old: (at.0, i), new: (at.1, j) });
        }
        at = (i + 1, j + 1);
    }
    hunks
}

fn same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Index pairs of a longest common subsequence, after the common beginning and end.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let head = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let (o, n) = (&old[head..], &new[head..]);
    let tail = o.iter().rev().zip(n.iter().rev()).take_while(|(a, b)| same(a, b)).count();
    let middle = subsequence(&o[..o.len() - tail], &n[..n.len() - tail]);
    let beginning = (0..head).map(|i| (i, i));
    let ending = (0..tail).rev().map(|i| (old.len() - 1 - i, new.len() - 1 - i));
    beginning.chain(middle.into_iter().map(|(i, j)| (i + head, j + head))).chain(ending).collect()
}

/// The textbook dynamic programme: `longest[i][j]` is the length for `old[i..]` and `new[j..]`.
fn subsequence(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let (rows, cols) = (old.len(), new.len());
    if rows.saturating_mul(cols) > LARGEST_TABLE {
        return Vec::new();
    }
    let mut longest = vec![vec![0u32; cols + 1]; rows + 1];
    for i in (0..rows).rev() {
        for j in (0..cols).rev() {
            longest[i][j] = match same(old[i], new[j]) {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < rows && j < cols {
        match same(old[i], new[j]) {
            true => {
                pairs.push((i, j));
                (i, j) = (i + 1, j + 1);
            }
            false if longest[i + 1][j] >= longest[i][j + 1] => i += 1,
            false => j += 1,
        }
    }
    pairs
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
