//! Plain text in columns and lines.

/// Prose is wrapped to this many characters.
pub const WIDTH: usize = 110;

/// What the place where a text is shown can do; by default it may be as wide as it likes and has no colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The characters of a line, where a line has an end.
    pub width: Option<usize>,
    /// Whether words may be coloured.
    pub colour: bool,
}

/// The last column of a table that fits its place has at least so many characters.
const LEAST_LAST: usize = 20;

/// One line a row, columns two spaces apart and as wide as their widest cell; no trailing space.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    painted(rows, |_, _, cell| cell)
}

/// The same; `paint` is given row, column and each cell as it is filled up, and may add what has no width.
pub fn painted(rows: &[Vec<String>], paint: impl Fn(usize, usize, String) -> String) -> Vec<String> {
    let widths = widths(rows);
    let line = |(r, row): (usize, &Vec<String>)| {
        let last = row.iter().rposition(|cell| !cell.is_empty());
        let cells = row.iter().zip(&widths).enumerate().take(last.map_or(0, |last| last + 1));
        let filled = cells.map(|(c, (cell, &w))| {
            let cell = if Some(c) == last { cell.trim_end().to_string() } else { format!("{cell:w$}") };
            paint(r, c, cell)
        });
        filled.collect::<Vec<_>>().join("  ")
    };
    rows.iter().enumerate().map(line).collect()
}

/// Of each column, the most characters of a cell.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    (0..columns).map(width).collect()
}

/// The table as it fits lines of so many characters: the column `dispensable` goes where the last one would have too little room, and cells of
/// the last one are cut.
pub fn fitted(mut rows: Vec<Vec<String>>, width: usize, dispensable: usize) -> Vec<Vec<String>> {
    let room = |rows: &[Vec<String>]| {
        let widths = widths(rows);
        width.saturating_sub(widths.iter().rev().skip(1).map(|width| width + 2).sum())
    };
    if room(&rows) < LEAST_LAST {
        rows.iter_mut().filter(|row| row.len() > dispensable + 1).for_each(|row| drop(row.remove(dispensable)));
    }
    let most = room(&rows).max(1);
    rows.iter_mut().filter_map(|row| row.last_mut()).for_each(|cell| *cell = cut(cell, most));
    rows
}

/// The text, or its beginning and three points, in at most `most` characters.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_string(),
        Some(_) if most <= 3 => text.chars().take(most).collect(),
        Some(_) => text.chars().take(most - 3).collect::<String>().trim_end().to_string() + "...",
    }
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
    fn a_table_fits_its_place() {
        let table = || {
            let rows = [["claim", "evidence", "found"], ["some.claim", "Exact + Enclosed", &"found at last ".repeat(9)]];
            rows.map(|row| row.map(String::from).to_vec()).to_vec()
        };
        for width in [120, 80, 50, 40, 13, 5, 0] {
            let rows = fitted(table(), width, 1);
            let dropped = rows[0].len() == 2;
            assert_eq!(dropped, width < 50, "{width}");
            let longest = aligned(&rows).iter().map(|line| line.chars().count()).max().unwrap();
            assert!(longest <= width.max(13), "{width}: {:?}", aligned(&rows));
            assert_eq!(rows[1].last().unwrap().ends_with("..."), width >= 40, "{width}: {rows:?}");
        }
        assert_eq!(fitted(table(), 400, 1), table());
        assert!(fitted(Vec::new(), 80, 1).is_empty());
    }

    #[test]
    fn paint_has_no_width() {
        let rows = [vec!["a".to_string(), "b".into()], vec!["aa".into(), String::new()]];
        let paint = |row, column, cell: String| if (row, column) == (0, 0) { format!("<{cell}>") } else { cell };
        assert_eq!(painted(&rows, paint), ["<a >  b", "aa"]);
    }

    #[test]
    fn words_are_never_broken() {
        assert_eq!(wrapped("one two three\nfour", "  ", 9), "  one two\n  three\n  four\n");
        assert_eq!(wrapped("unbreakable", "", 3), "unbreakable\n");
        assert_eq!(wrapped("", "  ", 9), "");
    }
}
