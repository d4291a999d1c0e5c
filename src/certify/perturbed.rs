//! Tails of every matrix near the given one.

use dashu_int::IBig;

use super::tails::Tail;
use crate::enclosure::range::Range;
use crate::enclosure::residual::sqrt_upper;
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::exact::big_gram::AnyGram;

/// Bits after the point of a square root.
const ROOT_BITS: usize = 64;

/// The tails at one rank of all symmetric matrices whose entries are within a radius of the given ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerturbedTail {
    /// `N`.
    pub rank: usize,
    /// Where all of them lie (guarantee: valid); `None` when the candidate proves nothing.
    pub enclosure: Option<Range>,
}

impl PerturbedTail {
    /// The tails around `tail` for the matrices `G + Delta`, `|Delta_ij| <= radius`, over the denominator of `gram`.
    ///
    /// No tail moves by more than `(radius / D) min(sqrt(M - N), 1 + sqrt N)` (`proofs/eigenvalue-tail.md`, lemma 8).
    ///
    /// # Errors
    /// When the radius is negative.
    pub fn around(tail: &Tail, gram: &AnyGram, radius: &Rational) -> Result<Self> {
        if radius.is_negative() {
            return Err(Error::input(radius, "a radius of zero or more").at_field("radius"));
        }
        let rest = gram.order() - tail.rank.min(gram.order());
        let factor = root_upper(rest).min(&Rational::from(1) + &root_upper(tail.rank));
        let denominator = Rational::new(IBig::ONE, IBig::from(gram.denominator().get())).expect("the denominator is not zero");
        let moved = &(radius * &factor) * &denominator;
        let wider = |range: &Range| Range::new(range.lower() - &moved, range.upper() + &moved);
        Ok(PerturbedTail { rank: tail.rank, enclosure: tail.enclosure.as_ref().and_then(wider) })
    }

    /// The decimals next to the lower and the upper end, rounded outwards.
    pub fn ends(&self, digits: usize) -> Option<[String; 2]> {
        self.enclosure.as_ref().map(|range| [range.lower().lower_fixed(digits), range.upper().upper_fixed(digits)])
    }

    /// The decimal to which all of the tails round, if there is one (guarantee: then tightest).
    pub fn decimal(&self, digits: usize) -> Option<String> {
        self.enclosure.as_ref().and_then(|range| range.to_fixed(digits))
    }
}

/// At least `sqrt(n)`, and equal to it for a square.
fn root_upper(n: usize) -> Rational {
    let root = sqrt_upper(&(dashu_int::UBig::from(n) << (2 * ROOT_BITS)));
    Rational::new(IBig::from(root), IBig::ONE << ROOT_BITS).expect("a power of two is not zero")
}
