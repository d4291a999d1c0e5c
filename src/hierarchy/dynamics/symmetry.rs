//! The symmetries of a network of widths 1 and 2, and the weights that give a target (`proofs/unique-zero.md`).
//!
//! A network computes the same function when `S_l` is turned by an orthogonal matrix and every layer that reads the squares
//! `(R_l S_l)^2` is changed to fit: the squares span all quadratic forms, so that it can be. Width 1 has signs alone; at width 2 each
//! layer has the rotations of a plane besides.

use crate::enclosure::Interval;
use crate::error::{Error, Result};
use crate::exact::Rational;
use crate::exact::linear::{product, solve};
use crate::hierarchy::network::Network;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The widest layer whose orthogonal matrices are known here.
pub const WIDEST: usize = 2;

/// The squares of the rows of a layer, and quadratic forms as combinations of them.
struct Squares {
    /// One column a square: its entries `(i, j)`, `j <= i`.
    columns: Matrix<Rational>,
    width: usize,
}

/// The places `(i, j)`, `j <= i`, of a symmetric matrix.
fn places(width: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..width).flat_map(|i| (0..=i).map(move |j| (i, j)))
}

impl Squares {
    fn of(span: &Matrix<Rational>) -> Self {
        let width = span.cols();
        let all: Vec<(usize, usize)> = places(width).collect();
        let columns = Matrix::from_fn(all.len(), span.rows(), |n, r| &span[(r, all[n].0)] * &span[(r, all[n].1)]);
        Squares { columns, width }
    }

    /// `sum_r k_r r r'`.
    fn form(&self, combination: &[Rational]) -> Matrix<Rational> {
        let column = Matrix::from_fn(combination.len(), 1, |i, _| combination[i].clone());
        let entries = product(&self.columns, &column);
        let place = |i: usize, j: usize| i * (i + 1) / 2 + j;
        Matrix::from_fn(self.width, self.width, |i, j| entries[(place(i.max(j), i.min(j)), 0)].clone())
    }

    /// The `k` with `sum_r k_r r r' = B`.
    fn combination(&self, form: &Matrix<Rational>) -> Result<Vec<Rational>> {
        let entries: Vec<Rational> = places(self.width).map(|place| form[place].clone()).collect();
        let right = Matrix::from_fn(entries.len(), 1, |i, _| entries[i].clone());
        let found = solve(&self.columns, &right).ok_or_else(|| Error::refused("the squares of a layer are no basis"))?;
        Ok(found.as_slice().to_vec())
    }
}

/// The orthogonal matrix of rationals that is near to the one nearest to `m`, a square matrix of at most [`WIDEST`] rows; it is
/// orthogonal exactly.
///
/// # Errors
/// When the floats do not tell.
pub fn near_orthogonal(m: &Matrix<f64>) -> Result<Matrix<Rational>> {
    let sign = |negative: bool| Rational::from(if negative { -1 } else { 1 });
    if m.rows() == 1 {
        return Ok(Matrix::filled(1, 1, sign(m[(0, 0)] < 0.0)));
    }
    let reflects = m[(0, 0)] * m[(1, 1)] < m[(0, 1)] * m[(1, 0)];
    let turn = if reflects { -1.0 } else { 1.0 };
    let (x, y) = (m[(0, 0)] + turn * m[(1, 1)], m[(1, 0)] - turn * m[(0, 1)]);
    let length = (x * x + y * y).sqrt();
    // t is the tangent of half the angle of (|x|, y); (1 - t^2, 2t)/(1 + t^2) lies on the circle for every rational t.
    let t = Rational::try_from((y / length) / (1.0 + (x / length).abs()))?;
    let whole = Rational::one() + t.squared();
    let over = |v: Rational| v.over(&whole).expect("1 + t^2 is not zero");
    let (c, s) = (over(Rational::one() - t.squared()) * sign(x < 0.0), over(&t + &t));
    let entry = |i: usize, j: usize| match (i, j) {
        (0, 0) => c.clone(),
        (1, 0) => s.clone(),
        (0, _) if reflects => s.clone(),
        (0, _) => -&s,
        _ if reflects => -&c,
        _ => c.clone(),
    };
    Ok(Matrix::from_fn(2, 2, entry))
}

/// The weights of the learner's shape that give the target and are near to the learner's (guarantee: they give it exactly).
///
/// Layer by layer from below, `S_l` is turned towards the learner's.
///
/// # Errors
/// When a layer is wider than [`WIDEST`], the shapes differ, or a weight is not finite.
pub fn nearest_zero(target: &Network<f64>, learner: &Network<f64>) -> Result<Network<Rational>> {
    let architecture = target.architecture();
    if architecture != learner.architecture() || (2..=target.depth()).any(|l| architecture.width(l) > WIDEST) {
        return Err(Error::refused("the target and the learner have different shapes, or a layer is wider than 2"));
    }
    let exact = |m: &Matrix<f64>| m.try_map(|v| Rational::try_from(*v));
    let mut zero = learner.try_map(|v| Rational::try_from(*v))?;
    let mut turns: Vec<Matrix<Rational>> = Vec::new();
    for l in 2..=target.depth() {
        let mut unturned = Vec::new();
        for (&j, weights) in architecture.index_set(l).iter().zip(&target.layer(l).weights) {
            let weights = exact(weights)?;
            unturned.push(match j {
                0 | 1 => weights,
                _ => {
                    let spans = [&target.layer(j).span, &learner.layer(j).span].map(|span| exact(span));
                    let [from, to] = spans;
                    carried(&weights, &Squares::of(&from?), &Squares::of(&to?), &turns[j - 2])?
                }
            });
        }
        let pairs = || unturned.iter().zip(&learner.layer(l).weights);
        let inner = |i: usize, k: usize| {
            let row = |(a, b): (&Matrix<Rational>, &Matrix<f64>)| {
                a.row(k).iter().zip(b.row(i)).fold(0.0, |sum, (u, v)| sum + u.to_f64() * v)
            };
            pairs().map(row).fold(0.0, |sum, v| sum + v)
        };
        let width = architecture.width(l);
        let turn = near_orthogonal(&Matrix::from_fn(width, width, inner))?;
        zero.layer_mut(l).weights = unturned.iter().map(|w| product(&turn, w)).collect();
        turns.push(turn);
    }
    Ok(zero)
}

/// Weights on squares of `S`, as weights on other squares of `O S`.
fn carried(weights: &Matrix<Rational>, from: &Squares, to: &Squares, turn: &Matrix<Rational>) -> Result<Matrix<Rational>> {
    let mut rows = Vec::new();
    for i in 0..weights.rows() {
        let form = from.form(weights.row(i));
        rows.extend(to.combination(&product(&product(turn, &form), &turn.transposed()))?);
    }
    Matrix::from_rows(weights.rows(), to.columns.cols(), rows)
}

/// A linear vector field along which the network stays the same function: its value at the weights, all blocks in one row, and an upper
/// bound of its norm as a matrix.
pub struct Generator {
    /// The value.
    pub direction: Vec<Interval>,
    /// The bound.
    pub norm: Interval,
}

/// The rotations of the layers of width 2, at these weights (guarantee: valid).
///
/// # Errors
/// When a layer is wider than [`WIDEST`], the squares of one are no basis, or a weight is not finite.
pub fn generators(network: &Network<f64>) -> Result<Vec<Generator>> {
    let layers = (2..=network.depth()).filter(|&l| network.architecture().width(l) == WIDEST);
    layers.map(|l| generator(network, l)).collect()
}

fn generator(network: &Network<f64>, turned: usize) -> Result<Generator> {
    let architecture = network.architecture();
    let quarter = Matrix::from_fn(2, 2, |i, j| Rational::from(i as i64 - j as i64));
    // The top layer offers nothing upwards.
    let change = match turned < network.depth() {
        true => Some(change_of_combinations(&network.layer(turned).span.try_map(|v| Rational::try_from(*v))?, &quarter)?),
        false => None,
    };
    let mut direction = Vec::new();
    for l in 2..=network.depth() {
        for (&j, weights) in architecture.index_set(l).iter().zip(&network.layer(l).weights) {
            let weights = weights.try_map(|v| Rational::try_from(*v))?;
            let moved = match &change {
                _ if l == turned => product(&quarter, &weights),
                Some(change) if j == turned => product(&weights, change),
                _ => weights.map(|_| Rational::zero()),
            };
            direction.extend(moved.as_slice().iter().map(Interval::from));
        }
    }
    let size =
        change.map_or(Interval::zero(), |c| c.as_slice().iter().fold(Interval::zero(), |sum, v| sum + Interval::from(v).sqr()));
    let norm = Interval::one() + size.sqrt().unwrap_or(Interval::ENTIRE);
    Ok(Generator { direction, norm })
}

/// The matrix `N` with which a combination `k` of squares becomes that of `A B + B A'`, `B = sum_r k_r r r'`: row by row, as `k N`.
fn change_of_combinations(span: &Matrix<Rational>, a: &Matrix<Rational>) -> Result<Matrix<Rational>> {
    let squares = Squares::of(span);
    let mut rows = Vec::new();
    for r in 0..span.rows() {
        let unit: Vec<Rational> = (0..span.rows()).map(|i| Rational::from(i64::from(i == r))).collect();
        let left = product(a, &squares.form(&unit));
        let both = Matrix::from_fn(left.rows(), left.cols(), |i, j| &left[(i, j)] + &left[(j, i)]);
        rows.extend(squares.combination(&both)?);
    }
    Matrix::from_rows(span.rows(), span.rows(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Distribution;
    use crate::hierarchy::network::{Architecture, Layer, Skips, forward};
    use crate::hierarchy::target::random::random_target;

    /// A random target of width 2, and a learner with other rows and weights.
    fn instance(skips: &Skips) -> (Network<f64>, Network<f64>) {
        let architecture = Architecture::new(4, &[2, 2], skips).unwrap();
        let target = random_target(&architecture, 0.25, Distribution::Gaussian, 5).unwrap();
        let weight = |i: usize, j: usize| (((7 * i + 5 * j + 3) % 11) as f64 - 5.0) / 8.0;
        let span = Matrix::from_fn(3, 2, |i, j| [[1.0, 0.125], [-0.5, 0.75], [0.25, -1.0]][i][j]);
        let layers = (2..=3).map(|l| {
            let features = |j: usize| if j < 2 { 4 } else { 3 };
            let blocks = architecture.index_set(l).iter().map(|&j| Matrix::from_fn(2, features(j), weight));
            Layer { weights: blocks.collect(), span: span.clone(), scale: target.layer(l).scale }
        });
        let layers = layers.collect();
        (target, Network::new(architecture, layers).unwrap())
    }

    #[test]
    fn the_nearest_weights_give_the_target_exactly() {
        for skips in [Skips::Lin, Skips::LinSkip] {
            let (target, learner) = instance(&skips);
            let zero = nearest_zero(&target, &learner).unwrap();
            let exact = target.try_map(|v| Rational::try_from(*v)).unwrap();
            let x: Vec<Rational> = ["0.5", "-1.25", "2", "0.375"].map(|v| v.parse().unwrap()).to_vec();
            assert_eq!(forward::output(&zero, &x), forward::output(&exact, &x));
            assert_eq!(zero.layer(3).span, learner.try_map(|v| Rational::try_from(*v)).unwrap().layer(3).span);
        }
    }

    #[test]
    fn orthogonal_matrices_are_orthogonal_and_near() {
        for entries in [[3.0, -4.0, 4.0, 3.0], [-3.0, 4.0, 4.0, 3.0], [-1.0, -0.125, 0.125, -1.0], [0.0, 1.0, 1.0, 0.0]] {
            let m = Matrix::from_rows(2, 2, entries.to_vec()).unwrap();
            let o = near_orthogonal(&m).unwrap();
            assert_eq!(product(&o, &o.transposed()), Matrix::from_fn(2, 2, |i, j| Rational::from(i64::from(i == j))));
            let length = (entries[0] * entries[0] + entries[2] * entries[2]).sqrt();
            let far = o.as_slice().iter().zip(&entries).map(|(u, v)| (u.to_f64() - v / length).abs());
            assert!(far.fold(0.0, f64::max) < 1e-12);
        }
        assert!(near_orthogonal(&Matrix::filled(2, 2, 0.0)).is_err());
    }

    /// Along a generator the output is stationary, exactly: its derivative vanishes at every input.
    #[test]
    fn generators_leave_the_function_alone() {
        for skips in [Skips::Lin, Skips::LinSkip] {
            let (_, learner) = instance(&skips);
            let x: Vec<Interval> = [0.5, -1.25, 2.0, 0.375].map(|v| Interval::try_from(v).unwrap()).to_vec();
            let found = generators(&learner).unwrap();
            assert_eq!(found.len(), 2);
            for generator in found {
                let output = |by: f64| {
                    let by = Interval::try_from(by).unwrap();
                    let mut moved = learner.try_map(|v| Interval::try_from(*v)).unwrap();
                    let mut along = generator.direction.iter();
                    for l in 2..=3 {
                        let all = moved.layer_mut(l).weights.iter_mut().flat_map(|w| w.as_mut_slice().iter_mut());
                        all.for_each(|v| *v = *v + by * *along.next().unwrap());
                    }
                    forward::output(&moved, &x)
                };
                let slope = (output(1e-4) - output(-1e-4)) / Interval::try_from(2e-4).unwrap();
                assert!(slope.mag() < 1e-6 && generator.norm.inf() > 0.9, "{slope}");
                assert!(generator.direction.iter().any(|v| v.mag() > 0.1));
            }
        }
    }

    #[test]
    fn what_is_too_wide_is_refused() {
        let architecture = Architecture::new(4, &[3, 1], &Skips::Lin).unwrap();
        let wide = random_target(&architecture, 0.25, Distribution::Gaussian, 3).unwrap();
        assert!(nearest_zero(&wide, &wide).is_err());
        let (target, _) = instance(&Skips::Lin);
        assert!(nearest_zero(&target, &instance(&Skips::LinSkip).1).is_err());
    }
}
