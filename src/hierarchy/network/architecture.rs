//! Shapes: depth, widths, index sets, and the weights that fill them.

use crate::canonical::Canonical;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// The largest depth that is accepted; degree `2^L` grows out of reach beyond it.
pub const MAX_DEPTH: usize = 8;
/// The largest input dimension or width that is accepted.
pub const MAX_SIZE: usize = 4096;

/// Which earlier features a layer reads: the index sets `J_2, ..., J_L`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skips {
    /// `J_2 = {0}`, `J_l = {l-1}`: a chain, degree `2^(L-1)`.
    Lin,
    /// As `Lin`, with `0` added to every `J_l`.
    LinSkip,
    /// `J_2 = {0, 1}`, `J_l = {l-1}`: squares of the inputs enter at once, degree `2^L`.
    Quad01,
    /// Index sets given one by one, from `J_2` on.
    Explicit(Vec<Vec<usize>>),
}

impl Skips {
    /// The index set `J_l`, ascending.
    fn index_set(&self, l: usize) -> Vec<usize> {
        match self {
            Skips::Explicit(sets) => sets[l - 2].clone(),
            Skips::Quad01 if l == 2 => vec![0, 1],
            _ if l == 2 => vec![0],
            Skips::LinSkip => vec![0, l - 1],
            Skips::Lin | Skips::Quad01 => vec![l - 1],
        }
    }

    /// The name used in configurations, or the sets themselves.
    pub fn name(&self) -> String {
        match self {
            Skips::Lin => "lin".into(),
            Skips::LinSkip => "linskip".into(),
            Skips::Quad01 => "quad01".into(),
            Skips::Explicit(sets) => format!("{sets:?}"),
        }
    }
}

/// The shape of a network: input dimension `d`, widths `k_2..k_L` and index sets `J_2..J_L`.
///
/// Layers are numbered from 2 to `L` as in the paper; there is always at least layer 2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Architecture {
    dimension: usize,
    widths: Vec<usize>,
    index_sets: Vec<Vec<usize>>,
}

impl Architecture {
    /// A network shape on `dimension` inputs with widths `k_2, ..., k_L`.
    ///
    /// # Errors
    /// When the depth, a width, the dimension or an index set is impossible; the error names the field.
    pub fn new(dimension: usize, widths: &[usize], skips: &Skips) -> Result<Self> {
        let depth = widths.len() + 1;
        if !(2..=MAX_DEPTH).contains(&depth) {
            return Err(Error::input(depth, format!("a depth from 2 to {MAX_DEPTH}")).at_field("depth"));
        }
        if !(1..=MAX_SIZE).contains(&dimension) {
            return Err(Error::input(dimension, format!("a dimension from 1 to {MAX_SIZE}")).at_field("dimension"));
        }
        if let Some(&width) = widths.iter().find(|w| !(1..=MAX_SIZE).contains(*w)) {
            return Err(Error::input(width, format!("widths from 1 to {MAX_SIZE}")).at_field("width"));
        }
        if let Skips::Explicit(sets) = skips {
            check_index_sets(sets, depth)?;
        }
        let index_sets = (2..=depth).map(|l| skips.index_set(l)).collect();
        Ok(Architecture { dimension, widths: widths.to_vec(), index_sets })
    }

    /// The input dimension `d`.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The depth `L`.
    pub fn depth(&self) -> usize {
        self.widths.len() + 1
    }

    /// The width `k_l`.
    pub fn width(&self, l: usize) -> usize {
        self.widths[l - 2]
    }

    /// The index set `J_l`, ascending.
    pub fn index_set(&self, l: usize) -> &[usize] {
        &self.index_sets[l - 2]
    }

    /// Whether some layer reads `f_1 = x^2 - 1`.
    pub fn reads_squares(&self) -> bool {
        self.index_sets.iter().any(|set| set.contains(&1))
    }

    /// The same network cut after layer `top`.
    pub fn truncated(&self, top: usize) -> Self {
        Architecture {
            dimension: self.dimension,
            widths: self.widths[..top - 1].to_vec(),
            index_sets: self.index_sets[..top - 1].to_vec(),
        }
    }
}

/// Every `J_l` is a non-empty ascending subset of `{0, ..., l-1}`.
fn check_index_sets(sets: &[Vec<usize>], depth: usize) -> Result<()> {
    if sets.len() != depth - 1 {
        let found = format!("{} index sets", sets.len());
        return Err(Error::input(found, format!("{}, one for each layer from 2 to {depth}", depth - 1)).at_field("skips"));
    }
    for (set, l) in sets.iter().zip(2..) {
        let ascending = set.windows(2).all(|w| w[0] < w[1]);
        let in_range = set.iter().all(|&j| j < l);
        if set.is_empty() || !ascending || !in_range {
            let expected = format!("J_{l} to be a non-empty ascending list of numbers from 0 to {}", l - 1);
            return Err(Error::input(format!("{set:?}"), expected).at_field("skips"));
        }
    }
    Ok(())
}

/// One layer: its weights, the rows whose squares it offers upwards, and the scale of its head.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<T> {
    /// `K_{l,j}` of shape `k_l x (number of features of f_j)`, in the order of `J_l`.
    pub weights: Vec<Matrix<T>>,
    /// `R_l` of shape `m_l x k_l`; the identity for a target.
    pub span: Matrix<T>,
    /// `alpha_l`.
    pub scale: T,
}

/// A quadratic DenseNet: an [`Architecture`] and a [`Layer`] for each `l = 2..=L`.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<T> {
    architecture: Architecture,
    layers: Vec<Layer<T>>,
}

impl<T> Network<T> {
    /// A network from its layers.
    ///
    /// # Errors
    /// When a shape does not fit the architecture; the error names the layer.
    pub fn new(architecture: Architecture, layers: Vec<Layer<T>>) -> Result<Self> {
        let network = Network { architecture, layers };
        network.check_shapes()?;
        Ok(network)
    }

    fn check_shapes(&self) -> Result<()> {
        let a = &self.architecture;
        if self.layers.len() != a.depth() - 1 {
            return Err(Error::input(format!("{} layers", self.layers.len()), a.depth() - 1).at_field("layers"));
        }
        for l in 2..=a.depth() {
            let layer = self.layer(l);
            let fits = layer.weights.len() == a.index_set(l).len()
                && layer.span.cols() == a.width(l)
                && layer.weights.iter().zip(a.index_set(l)).all(|(w, &j)| w.rows() == a.width(l) && w.cols() == self.features(j));
            if !fits {
                return Err(
                    Error::refused("the weights do not have the shape of the architecture").at_field(format!("layer {l}"))
                );
            }
        }
        Ok(())
    }

    /// The shape.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The depth `L`.
    pub fn depth(&self) -> usize {
        self.architecture.depth()
    }

    /// Layer `l`, from 2 to `L`.
    pub fn layer(&self, l: usize) -> &Layer<T> {
        &self.layers[l - 2]
    }

    /// Layer `l`, to be changed; shapes stay as they are.
    pub fn layer_mut(&mut self, l: usize) -> &mut Layer<T> {
        &mut self.layers[l - 2]
    }

    /// How many features `f_j` has: `d` for `j = 0, 1`, the rows of `R_j` above.
    pub fn features(&self, j: usize) -> usize {
        if j < 2 { self.architecture.dimension() } else { self.layer(j).span.rows() }
    }

    /// The network over another coefficient type.
    ///
    /// # Errors
    /// The first error of `image`.
    pub fn try_map<U, E>(&self, mut image: impl FnMut(&T) -> std::result::Result<U, E>) -> std::result::Result<Network<U>, E> {
        let mut layers = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            layers.push(Layer {
                weights: layer.weights.iter().map(|w| w.try_map(&mut image)).collect::<std::result::Result<_, E>>()?,
                span: layer.span.try_map(&mut image)?,
                scale: image(&layer.scale)?,
            });
        }
        Ok(Network { architecture: self.architecture.clone(), layers })
    }
}

impl<T: Clone> Network<T> {
    /// The same network cut after layer `top`.
    pub fn truncated(&self, top: usize) -> Self {
        Network { architecture: self.architecture.truncated(top), layers: self.layers[..top - 1].to_vec() }
    }
}

impl Network<f64> {
    /// The canonical encoding of all weights.
    pub fn canonical(&self) -> Canonical {
        let mut c = Canonical::of("network");
        for (layer, l) in self.layers.iter().zip(2..) {
            c = c.integer(l).float(layer.scale).matrix(&layer.span);
            c = layer.weights.iter().fold(c, |c, w| c.matrix(w));
        }
        c
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(skips: Skips) -> Vec<Vec<usize>> {
        let shape = Architecture::new(5, &[3, 2, 1], &skips).unwrap();
        (2..=4).map(|l| shape.index_set(l).to_vec()).collect()
    }

    #[test]
    fn named_index_sets_are_those_of_their_definition() {
        assert_eq!(sets(Skips::Lin), [vec![0], vec![2], vec![3]]);
        assert_eq!(sets(Skips::LinSkip), [vec![0], vec![0, 2], vec![0, 3]]);
        assert_eq!(sets(Skips::Quad01), [vec![0, 1], vec![2], vec![3]]);
        let given = vec![vec![1], vec![0, 1, 2], vec![2, 3]];
        assert_eq!(sets(Skips::Explicit(given.clone())), given);
    }

    #[test]
    fn index_sets_ascend_and_stay_below_their_layer() {
        let new = |sets: &[&[usize]]| {
            let sets = sets.iter().map(|set| set.to_vec()).collect();
            Architecture::new(5, &[3, 2], &Skips::Explicit(sets))
        };
        assert!(new(&[&[0], &[0, 1, 2]]).is_ok());
        let refused: [&[&[usize]]; 7] =
            [&[&[0]], &[&[0], &[2], &[3]], &[&[0], &[]], &[&[0], &[2, 0]], &[&[0], &[2, 2]], &[&[2], &[2]], &[&[0], &[3]]];
        for sets in refused {
            assert!(new(sets).is_err(), "{sets:?}");
        }
    }

    /// `d = 5`, widths 3 and 2, `linskip`, six rows above layer 2.
    fn network(change: impl Fn(usize, &mut Layer<f64>)) -> Result<Network<f64>> {
        let architecture = Architecture::new(5, &[3, 2], &Skips::LinSkip)?;
        let zeros = |rows, cols| Matrix::filled(rows, cols, 0.0);
        let mut layers = vec![
            Layer { weights: vec![zeros(3, 5)], span: zeros(6, 3), scale: 1.0 },
            Layer { weights: vec![zeros(2, 5), zeros(2, 6)], span: zeros(3, 2), scale: 0.1 },
        ];
        layers.iter_mut().enumerate().for_each(|(i, layer)| change(i + 2, layer));
        Network::new(architecture, layers)
    }

    type Change = fn(&mut Layer<f64>);

    #[test]
    fn shapes_that_do_not_fit_are_refused_with_their_layer() {
        let whole = network(|_, _| ()).unwrap();
        assert_eq!((whole.architecture().dimension(), whole.depth()), (5, 3));
        assert_eq!([0, 1, 2, 3].map(|j| whole.features(j)), [5, 5, 6, 3]);
        let at = |l: usize, change: Change| {
            network(move |m, layer| {
                if m == l {
                    change(layer)
                }
            })
        };
        let spoiled: [(usize, Change); 5] = [
            (2, |layer| layer.span = Matrix::filled(6, 2, 0.0)),
            (2, |layer| layer.weights = vec![Matrix::filled(2, 5, 0.0)]),
            (3, |layer| layer.weights[1] = Matrix::filled(2, 3, 0.0)),
            (3, |layer| layer.weights[0] = Matrix::filled(1, 5, 0.0)),
            (3, |layer| layer.weights.truncate(1)),
        ];
        for (l, change) in spoiled {
            let error = at(l, change).unwrap_err().to_string();
            assert!(error.contains(&format!("layer {l}")), "{error}");
        }
        let architecture = Architecture::new(5, &[3, 2], &Skips::LinSkip).unwrap();
        let first = Layer { weights: vec![Matrix::filled(3, 5, 0.0)], span: Matrix::filled(6, 3, 0.0), scale: 1.0 };
        assert!(Network::new(architecture, vec![first]).is_err());
    }

    /// A number moved anywhere is another network.
    #[test]
    fn every_number_is_encoded() {
        let encoded = |change: &dyn Fn(usize, &mut Layer<f64>)| network(change).unwrap().canonical().hex();
        let first: Change = |layer| layer.weights[0][(0, 1)] = 1.0;
        let rows: Change = |layer| layer.span[(1, 0)] = 1.0;
        let scale: Change = |layer| layer.scale = 0.25;
        let mut seen = vec![encoded(&|_, _| ())];
        for (layer, change) in [2, 3].into_iter().flat_map(|l| [first, rows, scale].map(|change| (l, change))) {
            let code = encoded(&|l, here| {
                if l == layer {
                    change(here)
                }
            });
            assert!(!seen.contains(&code), "layer {layer}");
            seen.push(code);
        }
    }
}
