//! Outward rounding, from round-to-nearest alone.
//!
//! Lemma (`proofs/rounding.md`, lemma 1). Let `v` be a real number and `r` its rounding to nearest in binary64, with gradual underflow
//! and with overflow to an infinity. Then `lower(r) <= v <= upper(r)`.
//!
//! `+ - * /` and `sqrt` of floats are such roundings of their real results. Hence no rounding mode has to be switched, and one float
//! of width is the price: bounds are valid, not tightest.

/// The next float below a rounded result: a lower bound of the exact one (guarantee: valid). NaN stays NaN.
pub fn lower(rounded: f64) -> f64 {
    rounded.next_down()
}

/// The next float above a rounded result: an upper bound of the exact one (guarantee: valid). NaN stays NaN.
pub fn upper(rounded: f64) -> f64 {
    rounded.next_up()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Dyadic, Rational};
    use proptest::prelude::*;

    fn exact(value: f64) -> Option<Dyadic> {
        Dyadic::try_from(value).ok()
    }

    /// Whether the bounds enclose `value`; an infinite bound encloses all on its side.
    fn enclosed(rounded: f64, value: &Dyadic) -> bool {
        let below = exact(lower(rounded)).map_or(lower(rounded) < 0.0, |bound| bound <= *value);
        let above = exact(upper(rounded)).map_or(upper(rounded) > 0.0, |bound| *value <= bound);
        below && above
    }

    #[test]
    fn overflow_and_underflow() {
        let (max, tiny) = (exact(f64::MAX).unwrap(), exact(f64::from_bits(1)).unwrap());
        assert!(enclosed(f64::MAX + f64::MAX, &(&max + &max)));
        assert!(enclosed(f64::MAX * -f64::MAX, &-&(&max * &max)));
        assert!(enclosed(f64::from_bits(1) * 0.25, &(&tiny * &exact(0.25).unwrap())));
        assert!(!enclosed(1.0, &exact(1.0f64.next_up().next_up()).unwrap()));
    }

    proptest! {
        #[test]
        fn encloses_exact_results(bits in prop::array::uniform2(any::<u64>())) {
            let [x, y] = bits.map(f64::from_bits);
            let (Some(a), Some(b)) = (exact(x), exact(y)) else { return Ok(()) };
            prop_assert!(enclosed(x + y, &(&a + &b)));
            prop_assert!(enclosed(x - y, &(&a - &b)));
            prop_assert!(enclosed(x * y, &(&a * &b)));
        }

        #[test]
        fn encloses_quotients_and_roots(x in 1e-150f64..1e150, y in 1e-150f64..1e150) {
            let rational = |v: f64| Rational::try_from(v).unwrap();
            let quotient = rational(x).over(&rational(y)).unwrap();
            prop_assert!(rational(lower(x / y)) <= quotient && quotient <= rational(upper(x / y)));
            let (low, high) = (rational(lower(x.sqrt())), rational(upper(x.sqrt())));
            prop_assert!(&low * &low <= rational(x) && rational(x) <= &high * &high);
        }
    }
}
