//! Plain text in columns and lines.

/// Prose is wrapped to this many characters.
pub const WIDTH: usize = 110;

/// One line a row, columns two spaces apart and as wide as their widest cell; no trailing space.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &w)| format!("{cell:w$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    rows.iter().map(line).collect()
}

/// `text` in lines of at most `width` characters where its words allow it, each after `indent`; its own line breaks are kept.
pub fn wrapped(text: &str, indent: &str, width: usize) -> String {
    text.trim().lines().map(|line| wrapped_line(line, indent, width)).collect()
}

fn wrapped_line(line: &str, indent: &str, width: usize) -> String {
    let mut lines = vec![indent.to_string()];
    for word in line.split_whitespace() {
        let current =
            lines.last_mut().filter(|l| l.len() == indent.len() || l.chars().count() + 1 + word.chars().count() <= width);
        match current {
            Some(l) if l.len() == indent.len() => l.push_str(word),
            Some(l) => *l = format!("{l} {word}"),
            None => lines.push(format!("{indent}{word}")),
        }
    }
    lines.iter().map(|l| format!("{}\n", l.trim_end())).collect()
}

/// On one line, words one space apart.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["seed".to_string(), "te".into()], vec!["1".into(), "3e-7".into()], vec!["α".into()]];
        assert_eq!(aligned(&rows), ["seed  te", "1     3e-7", "α"]);
        assert!(aligned(&[]).is_empty());
    }

    #[test]
    fn words_are_never_broken() {
        assert_eq!(wrapped("one two three\nfour", "  ", 9), "  one two\n  three\n  four\n");
        assert_eq!(wrapped("unbreakable", "", 3), "unbreakable\n");
        assert_eq!(wrapped("", "  ", 9), "");
    }
}
