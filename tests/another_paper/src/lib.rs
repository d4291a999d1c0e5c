//! Claims of ours that bear on two other papers: the information exponent of a single-index target, and the feature that a cubic of a
//! quadratic form shows.
//!
//! An example of a catalogue outside of `bfc`: it uses the public interface alone. The propositions are ours; no formula here is said to be of
//! one of the papers, whose texts were not at hand.
//!
//! | file | what it claims, or gives to those that claim |
//! |---|---|
//! | `information_exponent` | a family over `k`: inner products of `He_k(w.x)`, and how well `d` fixed functions can do |
//! | `steps_to_overlap` | online gradient descent finds the direction of `He_k` later for larger `k` |
//! | `quadratic_feature` | the cube of a traceless quadratic form correlates with its diagonal, the square does not |
//! | `directions` | rational unit vectors |
//! | `single_index` | the runs that claims share |

mod directions;
mod information_exponent;
mod quadratic_feature;
mod single_index;
mod steps_to_overlap;

pub use single_index::SingleIndex;

use bfc::claim::{Catalogue, Source, Sources, Story};

/// What the claims bear on, in our words.
const SOURCE: Source = Source {
    label: "bears on",
    heading: "what the claims bear on, in our words; the texts were not at hand",
    sentences: &[
        (
            "(2305.10633)",
            "arXiv 2305.10633: how many samples gradient descent needs to learn a single-index target under Gaussian inputs",
        ),
        (
            "(2311.13774)",
            "arXiv 2311.13774: how networks of three layers learn polynomials of quadratic features under Gaussian inputs",
        ),
    ],
    notation: &[],
};

/// The claims, in the order in which they are printed.
pub fn catalogue() -> Catalogue<SingleIndex> {
    catalogue_from(bfc::sources!())
}

/// The claims as a program from other sources would check them: what such sources stored is not valid for these.
pub fn catalogue_from(sources: Sources) -> Catalogue<SingleIndex> {
    let mut claims = information_exponent::family();
    claims.extend([steps_to_overlap::CLAIM, quadratic_feature::CLAIM]);
    Catalogue {
        name: "another-paper",
        about: "Checks claims of ours that bear on arXiv 2305.10633 and 2311.13774: exactly, by enclosure, or by runs that replay bit for bit.",
        source: SOURCE,
        story: Story::NONE,
        claims,
        sources,
    }
}
