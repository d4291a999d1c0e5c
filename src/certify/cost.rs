//! How long a certification takes and with how much memory, reckoned from the size of the matrix before it is begun (guarantee:
//! approximate, an order of magnitude).

use crate::enclosure::big_product::work;
use crate::exact::big_gram::AnyGram;
use crate::exact::gram;

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

/// Bytes of memory that certifying a matrix of this order takes.
pub fn bytes(order: usize) -> u128 {
    gram::bytes_to_certify(order)
}

/// Seconds to prove what a candidate with `bits` bits shows of a matrix with entries of `entry_bits`: two exact products.
pub fn check_seconds(order: usize, entry_bits: u64, bits: u64) -> f64 {
    2.0 * work(order, entry_bits, bits) as f64 / RATE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix, its vectors and what is made of them: eight bytes an entry, several times.
    #[test]
    fn memory_grows_with_the_square_of_the_order() {
        for order in [10, 1000, 4000] {
            let entries = (order * order) as u128;
            assert!((4 * 8 * entries..=(32 * 8 * entries) + (1 << 30)).contains(&bytes(order)), "{order}: {}", bytes(order));
        }
    }
}
