//! Claims of our own, checked with `bfc`.

mod hermite_norm;

use bfc::claim::{Catalogue, Source, Story, Term};

/// What the claims are about, in our words; each claim names the tags that it bears on.
const SOURCE: Source = Source {
    label: "source",
    heading: "what the claims are about, in our words",
    sentences: &[("(a)", "the Hermite polynomials are an orthogonal basis of the square-integrable functions of a Gaussian")],
    notation: &[Term {
        name: "He_n",
        spellings: &["He_n"],
        meaning: "the Hermite polynomial of degree n with the leading coefficient 1",
    }],
};

/// Every claim, in the order in which it is printed.
pub fn catalogue() -> Catalogue<()> {
    Catalogue {
        name: env!("CARGO_PKG_NAME"),
        about: "Checks claims of our own: exactly, by enclosure, or by runs that replay bit for bit.",
        source: SOURCE,
        // The first page of the report, in your words; without it the report lists the claims by their evidence.
        story: Story::NONE,
        claims: vec![hermite_norm::CLAIM],
        sources: bfc::sources!(),
    }
}
