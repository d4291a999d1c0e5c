//! The weights of a run as a document for other programs.

use serde_json::{Map, Value, json};

use super::config::Cell;
use super::configuration::configuration;
use super::network_form::NetworkForm;
use super::run::Run;
use crate::claim::Weights;
use crate::error::Result;
use crate::exact::Rational;

/// Digits of a printed enclosure.
const DIGITS: usize = 12;
/// Digits of a digest that name a file; as many stand in tables.
const NAME: usize = 16;

impl Run {
    /// What is known of te: the nearest double beside an enclosure; or why there is no exact value, and the test error in its place.
    pub fn risk(&self) -> Map<String, Value> {
        let entries = match &self.relative_risk {
            Ok(risk) => vec![
                ("relative_risk", nearest(risk)),
                ("relative_risk_enclosure", json!([risk.lower_decimal(DIGITS), risk.upper_decimal(DIGITS)])),
            ],
            Err(reason) => vec![
                ("relative_risk", Value::Null),
                ("relative_risk_absent", json!(reason)),
                ("test_error", json!(self.test_error)),
            ],
        };
        entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    }

    /// The weights of the target and of the learner, with what is known of te and the `configuration` of the run; nothing where the
    /// learner is no network. The grammar is that of [`_docs::run`](crate::_docs::run). Guarantee: exact.
    ///
    /// # Errors
    /// When the instance of the cell is impossible.
    pub fn weights(&self, cell: &Cell, configuration: &Value) -> Result<Option<String>> {
        let Some(learner) = &self.learner else { return Ok(None) };
        let mut document = Map::from_iter([("format".to_string(), json!(1)), ("digest".to_string(), json!(self.digest))]);
        document.extend(self.risk());
        document.insert("configuration".into(), configuration.clone());
        for (key, network) in [("target", &cell.instance.target()?), ("learner", learner)] {
            document.insert(key.into(), json!(NetworkForm::of(network)));
        }
        Ok(Some(format!("{}\n", Value::Object(document))))
    }
}

/// The document of a run, named by its digest.
pub(super) fn weights_of(cell: &Cell, run: &Run) -> Result<Option<Weights>> {
    let name = run.digest.chars().take(NAME).collect::<String>();
    Ok(run.weights(cell, &configuration(cell))?.map(|text| Weights { name: format!("{name}.json"), text }))
}

/// The nearest double; beyond the doubles a decimal string of as many digits.
fn nearest(risk: &Rational) -> Value {
    let double = risk.to_f64();
    if double.is_finite() { json!(double) } else { json!(risk.to_decimal(17)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_risk_beyond_the_doubles_is_a_decimal_string() {
        let large = Rational::try_from(1e300).unwrap();
        assert_eq!(nearest(&large), json!(1e300));
        let beyond = nearest(&(&large * &large));
        assert!(beyond.as_str().is_some_and(|text| text.ends_with("e600")), "{beyond}");
    }
}
