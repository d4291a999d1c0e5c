//! What a reader should know before the claims: the first page of a report.

use super::Figure;

/// The first page of a report, in plain words.
#[derive(Clone, Copy, Debug)]
pub struct Story {
    /// The heading of the page.
    pub title: &'static str,
    /// What the claims are about, and what the page is.
    pub lead: &'static str,
    /// What is proved: exact, or enclosed, for all that the words say.
    pub proved: &'static [Finding],
    /// What is replayed: seeded runs, and no more than these.
    pub replayed: &'static [Finding],
    /// What goes against the story that the source tells.
    pub against: &'static [Finding],
    /// What is not claimed, where a reader could take it to be.
    pub not_claimed: &'static [Finding],
    /// Pictures beside them.
    pub figures: &'static [Figure],
}

/// A sentence for the first page, and the claims that it rests on: what these found is shown beside it, so it needs no numbers of its own.
#[derive(Clone, Copy, Debug)]
pub struct Finding {
    /// What is known, in plain words.
    pub words: &'static str,
    /// The ids of the claims, the most important first.
    pub claims: &'static [&'static str],
}

impl Story {
    /// No words of its own: a report then says of each claim what its evidence is.
    pub const NONE: Story =
        Story { title: "", lead: "", proved: &[], replayed: &[], against: &[], not_claimed: &[], figures: &[] };

    /// All findings.
    pub fn findings(&self) -> impl Iterator<Item = &'static Finding> {
        [self.proved, self.replayed, self.against, self.not_claimed].into_iter().flatten()
    }
}
