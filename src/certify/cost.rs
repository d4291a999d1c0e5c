//! How long a certification takes, reckoned from the size of the matrix before it is begun (guarantee: approximate, an order of magnitude).

use crate::enclosure::big_product::work;
use crate::exact::big_gram::AnyGram;

/// Multiplications a second of one core with vector units, by which operations become seconds.
const RATE: f64 = 5e10;

/// Multiplications of an eigendecomposition of order `M`, about so many times `M^3`.
const DECOMPOSITION: f64 = 4.0;

/// Seconds from the matrix to its tails, where they are settled by one candidate; each digit more takes longer.
pub fn seconds(gram: &AnyGram) -> f64 {
    let order = gram.order() as f64;
    let bits = match gram {
        AnyGram::Small(gram) => gram.bits(),
        AnyGram::Big(gram) => gram.bits(),
    };
    DECOMPOSITION * order * order * order / RATE + check_seconds(gram.order(), bits, 64)
}

/// Seconds to prove what a candidate with `bits` bits shows of a matrix with entries of `entry_bits`: two exact products.
pub fn check_seconds(order: usize, entry_bits: u64, bits: u64) -> f64 {
    2.0 * work(order, entry_bits, bits) as f64 / RATE
}
