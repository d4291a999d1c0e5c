//! Sums in a fixed order.

/// Partial sums kept side by side, so that a vector unit of any width up to this gives the same bits.
const LANES: usize = 8;

/// The sum of `term(i)` for `i` in `0..n`: entry `i` joins partial sum `i mod 8`, and the partial sums are added pairwise
/// `((0+4)+(2+6)) + ((1+5)+(3+7))`.
///
/// Guarantee: replayed.
#[inline(always)]
pub fn sum_by(n: usize, term: impl Fn(usize) -> f64) -> f64 {
    let mut partial = [0.0; LANES];
    let whole = n - n % LANES;
    for first in (0..whole).step_by(LANES) {
        for (lane, sum) in partial.iter_mut().enumerate() {
            *sum += term(first + lane);
        }
    }
    for (i, sum) in (whole..n).zip(&mut partial) {
        *sum += term(i);
    }
    let [a, b, c, d, e, f, g, h] = partial;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// The sum of the values. Guarantee: replayed.
pub fn sum(values: &[f64]) -> f64 {
    sum_by(values.len(), |i| values[i])
}

/// The mean of the values. Guarantee: replayed.
pub fn mean(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

/// The mean squared distance from the mean. Guarantee: replayed.
pub fn variance(values: &[f64]) -> f64 {
    let m = mean(values);
    sum_by(values.len(), |i| (values[i] - m) * (values[i] - m)) / values.len() as f64
}

/// The Euclidean norm. Guarantee: replayed.
pub fn norm(values: &[f64]) -> f64 {
    sum_by(values.len(), |i| values[i] * values[i]).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_small_integers_are_exact_at_every_length() {
        for n in 0..40usize {
            let values: Vec<f64> = (0..n).map(|i| i as f64).collect();
            assert_eq!(sum(&values), (n * n.saturating_sub(1) / 2) as f64);
        }
    }

    #[test]
    fn the_order_is_the_documented_one() {
        let big = 9007199254740992.0;
        // 0 and 4 meet first: big cancels before the ones are lost in it.
        assert_eq!(sum(&[big, 1.0, 1.0, 1.0, -big, 1.0, 1.0, 1.0]), 6.0);
        // 0 and 1 meet last: 1 + 1 survives beside big only as far as rounding lets it.
        assert_eq!(sum(&[big, 1.0]), big);
    }
}
