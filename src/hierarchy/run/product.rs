//! A number of samples: an integer, or a product of the target's sizes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::values::Integer;

/// The most samples that may be asked for.
const MOST: u64 = 1 << 31;

/// A number of samples, from 2.
#[derive(Clone, Debug, PartialEq)]
pub enum Count {
    /// It itself.
    Number(usize),
    /// Such as `60*width*dimension` or `0.5*dimension^2`.
    Product(String),
}

impl Count {
    /// The number, at these sizes by their names; a product is rounded to the nearest integer.
    ///
    /// # Errors
    /// With what was expected, where it is no product of numbers and sizes, or is out of range.
    pub fn of(&self, sizes: &[(&str, usize)]) -> Result<usize, String> {
        let text = match self {
            Count::Number(number) => return Ok(*number),
            Count::Product(text) => text,
        };
        let names: Vec<&str> = sizes.iter().map(|(name, _)| *name).collect();
        let factors: Option<Vec<f64>> = text.split('*').map(|factor| value(factor.trim(), sizes)).collect();
        let Some(factors) = factors else {
            let power = if text.contains("**") { "; a power is written dimension^2" } else { "" };
            return Err(format!("a product of numbers and of {}, such as \"60*dimension\"{power}", names.join(", ")));
        };
        let product = factors.iter().product::<f64>().round();
        match (2.0..=MOST as f64).contains(&product) {
            true => Ok(product as usize),
            false => Err(format!("a product from 2 to {MOST}; this one is {product}")),
        }
    }
}

/// A number, a size by its name, or a small power of one.
fn value(factor: &str, sizes: &[(&str, usize)]) -> Option<f64> {
    if let Some((base, power)) = factor.split_once('^') {
        let power = power.trim().parse::<usize>().ok().filter(|n| (1..=8).contains(n))?;
        return value(base.trim(), sizes).map(|base| (0..power).fold(1.0, |product, _| product * base));
    }
    let name = factor.strip_prefix("target.").unwrap_or(factor);
    let size = sizes.iter().find(|(known, _)| *known == name).map(|(_, size)| *size as f64);
    let is_plain = factor.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'_');
    size.or_else(|| factor.replace('_', "").parse().ok().filter(|_| is_plain))
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrProduct)
    }
}

struct NumberOrProduct;

impl Visitor<'_> for NumberOrProduct {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an integer from 2 to {MOST}, or a product such as \"60*dimension\"")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Count, E> {
        // A number in this range is one of usize.
        Integer::<2, MOST>::checked(value).map(|integer| Count::Number(integer.0 as usize))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Count, E> {
        Err(Integer::<2, MOST>::refused(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Count, E> {
        Ok(Count::Product(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(&str, usize); 3] = [("dimension", 16), ("width", 2), ("depth", 3)];

    fn of(text: &str) -> Result<usize, String> {
        Count::Product(text.into()).of(&SIZES)
    }

    #[test]
    fn products_of_sizes() {
        for (text, product) in [
            ("60*dimension", 960),
            ("60 * width * dimension", 1920),
            ("0.5*target.dimension^2", 128),
            ("dimension^3", 4096),
            ("1_000", 1000),
            ("0.3*dimension", 5),
        ] {
            assert_eq!(of(text), Ok(product), "{text}");
        }
    }

    #[test]
    fn what_is_no_product_is_told() {
        for text in ["", "60*", "60*samples", "inf", "nan*dimension", "1e3", "-2*dimension", "dimension^0", "dimension^99", "x y"]
        {
            assert!(of(text).is_err_and(|e| e.contains("60*dimension")), "{text}");
        }
        assert!(of("10**9").is_err_and(|e| e.contains("dimension^2")));
        assert!(of("1").is_err_and(|e| e.contains("this one is 1")) && of("dimension^8").is_err());
    }
}
