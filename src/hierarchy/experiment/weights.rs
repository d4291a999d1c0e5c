//! The weights of a run, every bit of them: kept with it, and as a document for other programs.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::config::{Cell, Family, Labels};
use super::run::Run;
use crate::claim::Weights;
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::hexadecimal::Hexadecimal;
use crate::hierarchy::network::{Architecture, Layer, Network, Skips};
use crate::matrix::Matrix;

/// Digits of a printed enclosure.
const DIGITS: usize = 12;
/// Digits of a digest that name a file; as many stand in tables.
const NAME: usize = 16;

/// A network in JSON.
#[derive(Serialize, Deserialize)]
struct NetworkForm {
    dimension: usize,
    layers: Vec<LayerForm>,
}

/// Layer `l` in JSON.
#[derive(Serialize, Deserialize)]
struct LayerForm {
    /// `l`.
    layer: usize,
    /// `J_l`.
    reads: Vec<usize>,
    /// `K_(l,j)` for each `j` in `J_l`, row by row.
    weights: Vec<Rows>,
    /// `R_l`, row by row.
    rows: Rows,
    /// `alpha_l`.
    scale: Hexadecimal,
}

type Rows = Vec<Vec<Hexadecimal>>;

fn rows(matrix: &Matrix<f64>) -> Rows {
    (0..matrix.rows()).map(|i| matrix.row(i).iter().copied().map(Hexadecimal).collect()).collect()
}

/// The matrix with these rows, or why they are none.
fn matrix(rows: &Rows) -> Result<Matrix<f64>> {
    let cols = rows.first().map_or(0, Vec::len);
    if let Some(other) = rows.iter().find(|row| row.len() != cols) {
        return Err(Error::input(format!("a row of {} numbers", other.len()), cols));
    }
    Matrix::from_rows(rows.len(), cols, rows.iter().flatten().map(|number| number.0).collect())
}

impl NetworkForm {
    fn of(network: &Network<f64>) -> Self {
        let form = |l: usize| {
            let Layer { weights, span, scale } = network.layer(l);
            LayerForm {
                layer: l,
                reads: network.architecture().index_set(l).to_vec(),
                weights: weights.iter().map(rows).collect(),
                rows: rows(span),
                scale: Hexadecimal(*scale),
            }
        };
        NetworkForm { dimension: network.architecture().dimension(), layers: (2..=network.depth()).map(form).collect() }
    }

    fn network(self) -> Result<Network<f64>> {
        let widths: Vec<usize> = self.layers.iter().map(|layer| layer.weights.first().map_or(0, Vec::len)).collect();
        let sets = self.layers.iter().map(|layer| layer.reads.clone()).collect();
        let layer = |form: &LayerForm| {
            let weights = form.weights.iter().map(matrix).collect::<Result<_>>()?;
            Ok(Layer { weights, span: matrix(&form.rows)?, scale: form.scale.0 })
        };
        let layers = self.layers.iter().map(layer).collect::<Result<_>>()?;
        Network::new(Architecture::new(self.dimension, &widths, &Skips::Explicit(sets))?, layers)
    }
}

/// Writes a network, or null, for `#[serde(with)]`.
///
/// # Errors
/// Those of the serializer.
pub(super) fn serialize<S: Serializer>(network: &Option<Network<f64>>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    network.as_ref().map(NetworkForm::of).serialize(serializer)
}

/// Reads what [`serialize`] wrote.
///
/// # Errors
/// When it is no network.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Network<f64>>, D::Error> {
    let form = Option::<NetworkForm>::deserialize(deserializer)?;
    form.map(NetworkForm::network).transpose().map_err(serde::de::Error::custom)
}

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

/// The cell in the tables of a run file; the stages of its learner in a line.
fn configuration(cell: &Cell) -> Value {
    let instance = &cell.instance;
    let labels = match instance.labels {
        Labels::Exact => json!("exact"),
        Labels::Noisy(deviation) => json!({ "noise": deviation }),
        Labels::Sign => json!("sign"),
    };
    let skips = match &instance.skips {
        Skips::Explicit(sets) => json!(sets),
        named => json!(named.name()),
    };
    json!({
        "target": {
            "family": if instance.family == Family::Generic { "generic" } else { "rows" },
            "depth": instance.depth(),
            "width": instance.widths,
            "dimension": instance.dimension,
            "skips": skips,
            "gap": instance.gap,
            "distribution": instance.distribution.name(),
            "seed": instance.target_seed,
        },
        "learner": { "method": cell.learner.name(), "seed": cell.seed },
        "data": { "samples": instance.samples, "labels": labels, "seed": instance.data_seed },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hierarchy::learner::initial::initial_network;

    #[derive(Serialize, Deserialize)]
    struct Kept(#[serde(with = "super")] Option<Network<f64>>);

    #[test]
    fn a_network_comes_back_bit_for_bit() {
        for (widths, skips) in [(vec![2, 1], Skips::Lin), (vec![2, 2, 1], Skips::LinSkip), (vec![1], Skips::Quad01)] {
            let shape = Architecture::new(3, &widths, &skips).unwrap();
            let scales: Vec<f64> = (0..widths.len()).map(|l| 0.1f64.powi(l as i32)).collect();
            let mut network = initial_network(&shape, &scales, 0.3, 1).unwrap();
            network.layer_mut(2).weights[0][(0, 0)] = -0.0;
            network.layer_mut(2).weights[0][(0, 1)] = f64::from_bits(3);
            network.layer_mut(2).weights[0][(0, 2)] = f64::INFINITY;
            let text = serde_json::to_string(&Kept(Some(network.clone()))).unwrap();
            let back: Kept = serde_json::from_str(&text).unwrap();
            assert_eq!(back.0.unwrap().canonical().bytes(), network.canonical().bytes());
        }
        assert!(serde_json::from_str::<Kept>("null").unwrap().0.is_none());
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let shape = Architecture::new(2, &[1, 1], &Skips::Lin).unwrap();
        let text = serde_json::to_string(&Kept(Some(initial_network(&shape, &[1.0, 0.1], 0.3, 1).unwrap()))).unwrap();
        for (from, to) in
            [("\"reads\":[2]", "\"reads\":[3]"), ("\"dimension\":2", "\"dimension\":3"), ("0x1", "0x3"), ("[[[", "[[[[],")]
        {
            let changed = text.replacen(from, to, 1);
            assert!(changed != text && serde_json::from_str::<Kept>(&changed).is_err(), "{from}");
        }
    }

    #[test]
    fn a_risk_beyond_the_doubles_is_a_decimal_string() {
        let large = Rational::try_from(1e300).unwrap();
        assert_eq!(nearest(&large), json!(1e300));
        let beyond = nearest(&(&large * &large));
        assert!(beyond.as_str().is_some_and(|text| text.ends_with("e600")), "{beyond}");
    }
}
