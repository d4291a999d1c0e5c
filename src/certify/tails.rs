//! Eigenvalue tails: `(1/(M D)) sum_{i>N} lambda_i`, with as many digits as are asked for.

use dashu_int::IBig;
use dashu_int::ops::BitTest;

use super::candidate::{VECTOR_BITS, corrected, first_candidate};
use super::refine::stepped;
use crate::enclosure::big_product::work;
use crate::enclosure::big_residual::{BigCandidate, LARGEST_BIG_BITS, most_bits, norm_squared};
use crate::enclosure::range::Range;
use crate::enclosure::residual::Candidate;
use crate::enclosure::spectrum::Spectrum;
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::exact::big_gram::{AnyGram, BigGram};
use crate::exact::gram::Gram;
use crate::exact::gram_facts::GramFacts;
use crate::matrix::Matrix;

/// The most digits after the point that can be asked for.
pub const LARGEST_DIGITS: usize = 100;

/// `(1/(M D)) sum_{i>N} lambda_i` of a Gram matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// `N`.
    pub rank: usize,
    /// Where the tail lies (guarantee: valid); `None` when the candidate proves nothing.
    pub enclosure: Option<Range>,
    /// The tail with the digits asked for after the point (guarantee: tightest); `None` when undecided.
    pub decimal: Option<String>,
}

impl Tail {
    /// The tail at `rank` as far as `spectrum` shows.
    pub fn of(spectrum: &Spectrum, rank: usize, digits: usize) -> Self {
        let enclosure = spectrum.tail(rank);
        let decimal = enclosure.as_ref().and_then(|e| e.to_fixed(digits));
        Tail { rank, enclosure, decimal }
    }

    /// The tail itself, where it was proved to be this rational number (guarantee: exact).
    pub fn exact(&self) -> Option<&Rational> {
        self.enclosure.as_ref().filter(|range| range.lower() == range.upper()).map(Range::lower)
    }

    /// Why there is no decimal, if there is none.
    pub fn undecided(&self, digits: usize) -> Option<String> {
        match (&self.decimal, &self.enclosure) {
            (Some(_), _) => None,
            (None, Some(range)) => Some(format!("it lies in {range}, whose ends round to different decimals of {digits} digits")),
            (None, None) => Some("the approximate eigenvectors were not shown to be independent".into()),
        }
    }
}

/// A candidate of 64 bits, or of any precision.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyCandidate {
    /// For a matrix with entries of 64 bits.
    Small(Candidate),
    /// For any matrix.
    Big(BigCandidate),
}

/// Tails, and the candidate that proves them.
#[derive(Clone, Debug)]
pub struct CertifiedTails {
    /// What proves them.
    pub candidate: AnyCandidate,
    /// One for each rank, in the order asked for.
    pub tails: Vec<Tail>,
    /// Whether the matrix was proved not to be positive semidefinite: then the tails are no mean squared errors.
    pub is_indefinite: bool,
}

/// The tails of `gram` at `ranks` with `digits` digits after the point, on `threads` threads.
///
/// The printed digits depend on none but the first three arguments.
///
/// ```
/// use bfc::certify::eigenvalue_tails;
/// use bfc::exact::gram::Gram;
///
/// // Correlations of three functions over the denominator 4; the eigenvalues are 5/4, 1 and 3/4.
/// let entries = [[4, 1, 0], [1, 4, 0], [0, 0, 4]];
/// let gram = Gram::from_lower(3, 4u64.try_into().expect("not zero"), |i, j| entries[i][j])?;
/// let certified = eigenvalue_tails(&gram, &[0, 1, 2], 4, 1)?;
/// let decimals: Vec<_> = certified.tails.iter().filter_map(|tail| tail.decimal.as_deref()).collect();
/// assert_eq!(decimals, ["1.0000", "0.5833", "0.2500"]);
/// # Ok::<(), bfc::error::Error>(())
/// ```
///
/// # Errors
/// When a rank is above the order or more than [`LARGEST_DIGITS`] digits are asked for; when no candidate is found.
pub fn eigenvalue_tails(gram: &Gram, ranks: &[usize], digits: usize, threads: usize) -> Result<CertifiedTails> {
    check_request(gram.order(), ranks, digits)?;
    let mut candidate = first_candidate(gram, threads)?;
    let mut finer = VECTOR_BITS.into_iter().skip(1);
    loop {
        let spectrum = Spectrum::enclose(gram, &candidate, threads)?;
        if is_settled(&spectrum, ranks, digits) {
            let last = gram.order() - 1;
            let least: Vec<i64> = (0..gram.order()).map(|i| candidate.vectors[(i, last)]).collect();
            let form = gram.form(&least);
            return Ok(CertifiedTails::new(AnyCandidate::Small(candidate), &spectrum, form, ranks, digits));
        }
        match finer.next() {
            Some(bits) => candidate = corrected(gram, &candidate, bits, threads)?,
            None => return refined_tails(&BigGram::from(gram), (&candidate).into(), ranks, digits, threads),
        }
    }
}

/// As [`eigenvalue_tails`], of a matrix with entries of any size: first from the matrix rounded to 64 bits, with what the rounding may
/// have moved, then with as many bits as are needed.
///
/// # Errors
/// As [`eigenvalue_tails`].
pub fn big_eigenvalue_tails(gram: &BigGram, ranks: &[usize], digits: usize, threads: usize) -> Result<CertifiedTails> {
    check_request(gram.order(), ranks, digits)?;
    let rounded = gram.rounded();
    let candidate = first_candidate(&rounded.gram, threads)?;
    let spectrum = Spectrum::enclose_rounded(gram, &rounded, &candidate, threads)?;
    let candidate = BigCandidate::shifted(&candidate, rounded.shift);
    match is_settled(&spectrum, ranks, digits) {
        true => Ok(CertifiedTails::of_big(gram, candidate, &spectrum, ranks, digits)),
        false => refined_tails(gram, candidate, ranks, digits, threads),
    }
}

/// [`eigenvalue_tails`] or [`big_eigenvalue_tails`].
///
/// # Errors
/// As [`eigenvalue_tails`].
pub fn any_eigenvalue_tails(gram: &AnyGram, ranks: &[usize], digits: usize, threads: usize) -> Result<CertifiedTails> {
    match gram {
        AnyGram::Small(gram) => eigenvalue_tails(gram, ranks, digits, threads),
        AnyGram::Big(gram) => big_eigenvalue_tails(gram, ranks, digits, threads),
    }
}

impl CertifiedTails {
    /// `form` is `v'Gv` for some `v`; below zero it shows that `G` is not positive semidefinite, and so does a tail below zero.
    fn new(candidate: AnyCandidate, spectrum: &Spectrum, form: IBig, ranks: &[usize], digits: usize) -> Self {
        let tails: Vec<Tail> = ranks.iter().map(|&rank| Tail::of(spectrum, rank, digits)).collect();
        let is_negative = |tail: &Tail| tail.enclosure.as_ref().is_some_and(|range| range.upper().is_negative());
        let is_indefinite = form < IBig::ZERO || tails.iter().any(is_negative);
        CertifiedTails { candidate, tails, is_indefinite }
    }

    fn of_big(gram: &BigGram, candidate: BigCandidate, spectrum: &Spectrum, ranks: &[usize], digits: usize) -> Self {
        let last = gram.order() - 1;
        let least: Vec<IBig> = (0..gram.order()).map(|i| candidate.vectors[(i, last)].clone()).collect();
        CertifiedTails::new(AnyCandidate::Big(candidate), spectrum, gram.form(&least), ranks, digits)
    }
}

/// What `candidate` proves of the tails at `ranks`.
///
/// # Errors
/// As [`Candidate::checked`].
pub fn proved(gram: &Gram, candidate: &Candidate, ranks: &[usize], digits: usize, threads: usize) -> Result<Vec<Tail>> {
    let spectrum = Spectrum::enclose(gram, candidate, threads)?;
    Ok(ranks.iter().map(|&rank| Tail::of(&spectrum, rank, digits)).collect())
}

/// As [`proved`], in integers of any size.
///
/// # Errors
/// As [`BigCandidate::checked`].
pub fn big_proved(gram: &BigGram, candidate: &BigCandidate, ranks: &[usize], digits: usize, threads: usize) -> Result<Vec<Tail>> {
    let spectrum = Spectrum::enclose_big(gram, candidate, threads)?;
    Ok(ranks.iter().map(|&rank| Tail::of(&spectrum, rank, digits)).collect())
}

/// # Errors
/// When a rank or the number of digits is out of range.
pub(super) fn check_request(order: usize, ranks: &[usize], digits: usize) -> Result<()> {
    if let Some(rank) = ranks.iter().find(|&&rank| rank > order) {
        return Err(Error::input(format!("rank {rank}"), format!("from 0 to the order {order}")).at_field("rank"));
    }
    match digits <= LARGEST_DIGITS {
        true => Ok(()),
        false => Err(Error::input(format!("{digits} digits"), format!("at most {LARGEST_DIGITS}")).at_field("digits")),
    }
}

/// Whether all decimals are found, and none of the tails may yet be shown to be rational.
fn is_settled(spectrum: &Spectrum, ranks: &[usize], digits: usize) -> bool {
    ranks.iter().all(|&rank| Tail::of(spectrum, rank, digits).decimal.is_some() && !spectrum.may_be_rational(rank))
}

/// Bits that a step adds to those that the candidate has right: what a float has, and room for the order of the matrix.
const STEP_BITS: i64 = 56;

/// Bits beyond the digits asked for with which a tail that is no proved rational number is taken for a tie.
const TIE_BITS: i64 = 256;

/// Steps without a gain of [`LEAST_GAIN`] bits after which no more is expected.
const MOST_STALLS: u32 = 3;
const LEAST_GAIN: i64 = 4;

/// The most multiplications of one residual: some minutes.
const LARGEST_WORK: u128 = 1 << 43;

/// The tails from ever closer candidates, until they are settled or nothing more is gained.
fn refined_tails(
    gram: &BigGram,
    mut candidate: BigCandidate,
    ranks: &[usize],
    digits: usize,
    threads: usize,
) -> Result<CertifiedTails> {
    let gram_bits = most_bits(gram.entries());
    let (mut best, mut stalls) = (i64::MIN, 0);
    loop {
        let residual = candidate.residual(gram, threads)?;
        let spectrum = Spectrum::of_residual(gram, &candidate, &residual, threads)?;
        let norm_bits = spectrum.facts().largest_row_sum.bit_len() as i64;
        let accuracy = accuracy(&candidate, &residual, norm_bits);
        (best, stalls) = if accuracy >= best.saturating_add(LEAST_GAIN) { (accuracy, 0) } else { (best, stalls + 1) };
        let bits = (accuracy + STEP_BITS).clamp(candidate.vector_bits.into(), LARGEST_BIG_BITS.into());
        let is_enough = accuracy >= enough(&spectrum, ranks, digits) || stalls == MOST_STALLS;
        let is_too_much = work(gram.order(), gram_bits, bits as u64) > LARGEST_WORK;
        if is_enough || is_too_much || is_settled(&spectrum, ranks, digits) {
            return Ok(CertifiedTails::of_big(gram, candidate, &spectrum, ranks, digits));
        }
        candidate = stepped(&candidate, &residual, norm_bits, bits as u32, threads)?;
    }
}

/// The `a` with `||GV - V diag(mu)||_F` about `2^-a` times the size of `G`.
fn accuracy(candidate: &BigCandidate, residual: &Matrix<IBig>, norm_bits: i64) -> i64 {
    norm_bits + i64::from(candidate.residual_bits()) - (norm_squared(residual).bit_len() as i64 + 1) / 2
}

/// The accuracy at which all is settled, but for ties that cannot be shown to be any.
fn enough(spectrum: &Spectrum, ranks: &[usize], digits: usize) -> i64 {
    let facts: &GramFacts = spectrum.facts();
    // sqrt(N) and the loss in sigma take few bits; 10/3 is above log2(10).
    let room = facts.largest_row_sum.bit_len() as i64 + 16;
    let decimals = room - facts.whole.bit_len() as i64 + (10 * digits as i64) / 3 + 1 + TIE_BITS;
    let separations =
        ranks.iter().filter(|&&rank| spectrum.may_be_rational(rank)).filter_map(|&rank| facts.separation_bits(rank));
    separations.map(|bits| room + bits as i64).fold(decimals, i64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With `k + s = 5` and a matrix of size `2^3`, a residual of `n` stands for `n/2^5`, and is below `2^-a 2^3`.
    #[test]
    fn the_accuracy_is_a_bound_of_the_residual() {
        let candidate =
            BigCandidate { vectors: Matrix::filled(1, 1, IBig::ONE), vector_bits: 2, values: vec![IBig::ONE], value_bits: 3 };
        for n in 1i64..40 {
            let a = accuracy(&candidate, &Matrix::filled(1, 1, IBig::from(n)), 3);
            assert!(n < 1 << (3 + 5 - a) && 4 * n >= 1 << (3 + 5 - a), "{n}: {a}");
        }
    }

    fn gram() -> Gram {
        let entries = [[4, 1, 0], [1, 5, 0], [0, 2, 8]];
        Gram::from_lower(3, 8u64.try_into().unwrap(), |i, j| entries[i][j]).unwrap()
    }

    /// With eigenvalues that are no integers a candidate of floats settles a few digits: no other is made.
    #[test]
    fn what_is_settled_is_not_refined() {
        let certified = eigenvalue_tails(&gram(), &[1, 2], 4, 1).unwrap();
        let AnyCandidate::Small(candidate) = &certified.candidate else { panic!("a candidate of 64 bits") };
        assert_eq!(candidate.vector_bits, VECTOR_BITS[0]);
        assert!(certified.tails.iter().all(|tail| tail.decimal.is_some()));
    }

    /// The accuracy that is enough leaves less than a unit of the last digit, by the bits for ties.
    #[test]
    fn enough_is_finer_than_the_last_digit() {
        let gram = gram();
        let spectrum = Spectrum::enclose(&gram, &first_candidate(&gram, 1).unwrap(), 1).unwrap();
        let facts = spectrum.facts();
        let room = facts.largest_row_sum.bit_len() as i64 + 16 - facts.whole.bit_len() as i64;
        for digits in [1, 2, 4, 7, 20, LARGEST_DIGITS] {
            let bits = enough(&spectrum, &[], digits) - room - TIE_BITS;
            let unit = IBig::from(10).pow(digits);
            let finer = IBig::ONE << bits as usize;
            assert!(finer > unit && finer < unit * (IBig::from(16) << digits), "{digits}");
        }
    }
}
