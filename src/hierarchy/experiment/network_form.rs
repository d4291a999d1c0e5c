//! A network in JSON, every bit of its weights: as a ledger keeps it and as other programs read it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::hexadecimal::Hexadecimal;
use crate::hierarchy::network::{Architecture, Layer, Network, Skips};
use crate::matrix::Matrix;

/// A network in JSON.
#[derive(Serialize, Deserialize)]
pub(super) struct NetworkForm {
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
    /// That of `network`.
    pub(super) fn of(network: &Network<f64>) -> Self {
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
}
