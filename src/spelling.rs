//! What may have been meant by a word that is not known.

/// The candidate nearest to what was typed, if one is near: a third of it, and at least one edit. Beyond that a suggestion is a guess.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = (typed.chars().count() / 3).max(1);
    let distance = |c: &&str| strsim::damerau_levenshtein(c, typed);
    candidates.into_iter().min_by_key(distance).filter(|c| distance(c) <= near)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_word_that_is_far_from_all_suggests_nothing() {
        let known = ["depth", "width", "gap"];
        assert_eq!(nearest("depht", known), Some("depth"));
        assert_eq!(nearest("wdth", known), Some("width"));
        assert_eq!(nearest("eps", known), None);
        assert_eq!(nearest("", []), None);
    }
}
