//! How exact numbers and absent ones are kept in a ledger: every digit, nothing rounded.

use std::result::Result as Answer;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exact::Rational;

/// `Option<Rational>` as a fraction of integers, for `#[serde(with)]`.
pub mod rational {
    use super::*;

    /// `p/q`, or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(value: &Option<Rational>, serializer: S) -> Answer<S::Ok, S::Error> {
        value.as_ref().map(fraction).serialize(serializer)
    }

    /// The number that was written.
    ///
    /// # Errors
    /// When it is not a fraction of integers.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Answer<Option<Rational>, D::Error> {
        Option::<String>::deserialize(deserializer)?.map(|text| parse(&text).ok_or_else(|| D::Error::custom(text))).transpose()
    }
}

/// An exact risk, or why there is none, for `#[serde(with)]`.
pub mod risk {
    use super::*;

    /// `Ok` with a fraction of integers, or `Err` with the reason.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(value: &Answer<Rational, String>, serializer: S) -> Answer<S::Ok, S::Error> {
        value.as_ref().map(fraction).serialize(serializer)
    }

    /// What was written.
    ///
    /// # Errors
    /// When it is neither.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Answer<Answer<Rational, String>, D::Error> {
        match Answer::<String, String>::deserialize(deserializer)? {
            Ok(text) => parse(&text).map(Ok).ok_or_else(|| D::Error::custom(text)),
            Err(reason) => Ok(Err(reason)),
        }
    }
}

/// `Option<f64>` as the bits of the float, for `#[serde(with)]`.
pub mod float {
    use super::*;
    use crate::claim::ledger::bits;

    #[derive(Serialize, Deserialize)]
    struct Bits(#[serde(with = "bits")] f64);

    /// The bits, or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Answer<S::Ok, S::Error> {
        value.map(Bits).serialize(serializer)
    }

    /// What was written.
    ///
    /// # Errors
    /// When it is neither.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Answer<Option<f64>, D::Error> {
        Ok(Option::<Bits>::deserialize(deserializer)?.map(|b| b.0))
    }
}

fn fraction(value: &Rational) -> String {
    format!("{}/{}", value.numerator(), value.denominator())
}

fn parse(text: &str) -> Option<Rational> {
    let (numerator, denominator) = text.split_once('/')?;
    Rational::from_fraction(numerator, denominator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::experiment::run::{PhaseEnd, Run, Score};

    #[test]
    fn a_run_comes_back_as_it_was() {
        let third = Rational::new(-1, 3);
        let phase = PhaseEnd { steps: 3, loss: f64::NAN, feature_error_squared: third.clone() };
        let run = Run {
            phases: vec![phase],
            relative_risk: Err("too many terms".into()),
            target_variance: None,
            test_error: Some(0.1),
            scores: vec![Score { name: "te".into(), value: -0.0 }],
            learner: None,
            trace: Vec::new(),
            choice: "ridge 1e-6".into(),
            digest: "d".into(),
        };
        let other = Run { relative_risk: third.ok_or(String::new()), target_variance: Rational::new(2, 7), ..run.clone() };
        for run in [run, other] {
            let text = serde_json::to_string(&run).unwrap();
            let back: Run = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&back).unwrap(), text);
            assert_eq!(back.relative_risk, run.relative_risk);
        }
        assert!(parse("1/0").is_none() && parse("1").is_none() && parse("a/2").is_none());
    }
}
