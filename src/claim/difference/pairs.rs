//! Matching what two versions of a list have in common.

/// A place in the old list, one in the new list, or both.
pub type Pair = (Option<usize>, Option<usize>);

/// Each name of `old` with the same name of `new`, in order of appearance; then those left over, in order.
pub fn pairs<N: PartialEq>(old: &[N], new: &[N]) -> Vec<Pair> {
    let mut free = vec![true; new.len()];
    let partner = |name: &N| {
        let at = (0..new.len()).find(|&at| free[at] && new[at] == *name)?;
        free[at] = false;
        Some(at)
    };
    let partners: Vec<Option<usize>> = old.iter().map(partner).collect();
    let mut left = (0..new.len()).filter(|&at| free[at]);
    let mut matched: Vec<Pair> =
        partners.into_iter().enumerate().map(|(at, of)| (Some(at), of.or_else(|| left.next()))).collect();
    matched.extend(left.map(|at| (None, Some(at))));
    matched
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(old: &str, new: &str) -> String {
        let [old, new] = [old, new].map(|text| text.chars().collect::<Vec<char>>());
        let shown = |(a, b): Pair| [a.map(|a| old[a]), b.map(|b| new[b])].map(|c| c.unwrap_or('-')).iter().collect::<String>();
        pairs(&old, &new).into_iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn equal_names_meet_in_order_and_the_rest_in_order() {
        assert_eq!(matched("abc", "cab"), "aa bb cc");
        assert_eq!(matched("aab", "aba"), "aa aa bb");
        assert_eq!(matched("abc", "axcy"), "aa bx cc -y");
        assert_eq!(matched("ab", ""), "a- b-");
    }
}
