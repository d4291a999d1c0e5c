//! A two-layer network on some samples at once, and its gradient.

use super::choice::Choice;
use crate::matrix::Matrix;
use crate::portable::product::{View, add_product};
use crate::portable::reduce::{inner_products, sum};
use crate::portable::rng::Stream;
use crate::portable::vectorized;

/// What a unit does to its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Units {
    /// `max(z, 0)`
    Relu,
    /// `z^2`
    Quadratic,
    /// `z^4`
    Quartic,
    /// `z^2` on the first half of the units, `z^4` on the others.
    Mixed,
}

impl Units {
    /// All activations.
    pub const ALL: [Units; 4] = [Units::Relu, Units::Quadratic, Units::Quartic, Units::Mixed];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Units::Relu => "ReLU",
            Units::Quadratic => "quadratic",
            Units::Quartic => "quartic",
            Units::Mixed => "z^2 + z^4",
        }
    }

    /// The name used in configurations.
    pub fn key(self) -> &'static str {
        match self {
            Units::Relu => "relu",
            Units::Quadratic => "quadratic",
            Units::Quartic => "quartic",
            Units::Mixed => "mixed",
        }
    }

    /// Replaces the arguments `z` of some samples (one a row) by their activations, and `slopes` by their derivatives.
    fn activate(self, z: &mut Matrix<f64>, slopes: &mut Matrix<f64>) {
        let half = z.cols() / 2;
        vectorized(
            #[inline(always)]
            || match self {
                Units::Relu => apply(z.as_mut_slice(), slopes.as_mut_slice(), |z| if z > 0.0 { (z, 1.0) } else { (0.0, 0.0) }),
                Units::Quadratic => apply(z.as_mut_slice(), slopes.as_mut_slice(), square),
                Units::Quartic => apply(z.as_mut_slice(), slopes.as_mut_slice(), fourth_power),
                Units::Mixed => (0..z.rows()).for_each(|n| {
                    let ((z2, z4), (s2, s4)) = (z.row_mut(n).split_at_mut(half), slopes.row_mut(n).split_at_mut(half));
                    apply(z2, s2, square);
                    apply(z4, s4, fourth_power);
                }),
            },
        );
    }

    /// The factor of the initial output weights: powers start smaller.
    fn output_scale(self) -> f64 {
        if self == Units::Relu { 1.0 } else { 0.3 }
    }
}

#[inline(always)]
fn apply(z: &mut [f64], slopes: &mut [f64], value_and_slope: impl Fn(f64) -> (f64, f64)) {
    z.iter_mut().zip(slopes).for_each(|(z, slope)| (*z, *slope) = value_and_slope(*z));
}

#[inline(always)]
fn square(z: f64) -> (f64, f64) {
    (z * z, z + z)
}

#[inline(always)]
fn fourth_power(z: f64) -> (f64, f64) {
    let square = z * z;
    (square * square, 4.0 * (square * z))
}

/// The inputs with a constant after them, one sample a row: `N x (d + 1)`.
pub(super) fn with_constant(x: &Matrix<f64>) -> Matrix<f64> {
    Matrix::from_fn(x.cols(), x.rows() + 1, |n, i| if i < x.rows() { x[(i, n)] } else { 1.0 })
}

/// A network.
pub(super) struct Layers {
    units: Units,
    /// `w` and below it `b`, `(d + 1) x m`; `a`, `1 x m`; `c`, `1 x 1`.
    pub(super) weights: [Matrix<f64>; 3],
}

/// Inputs and values of a few samples, one a row.
pub(super) struct Pass {
    inputs: Matrix<f64>,
    activated: Matrix<f64>,
    slopes: Matrix<f64>,
    /// `F`, one sample a column.
    pub(super) output: Matrix<f64>,
}

impl Pass {
    /// Room for `n` samples.
    pub(super) fn new(layers: &Layers, n: usize) -> Self {
        let [inner, ..] = &layers.weights;
        let room = |cols: usize| Matrix::filled(n, cols, 0.0);
        let output = Matrix::filled(1, n, 0.0);
        Pass { inputs: room(inner.rows()), activated: room(inner.cols()), slopes: room(inner.cols()), output }
    }

    /// Takes these rows as inputs.
    pub(super) fn gather(&mut self, inputs: &Matrix<f64>, rows: impl Iterator<Item = usize>) {
        rows.enumerate().for_each(|(n, row)| self.inputs.row_mut(n).copy_from_slice(inputs.row(row)));
    }
}

impl Layers {
    pub(super) fn random(units: Units, choice: Choice, d: usize, stream: &mut Stream) -> Self {
        let m = choice.width;
        let (weight, bias, out) = (choice.scale / (d as f64).sqrt(), 0.3, units.output_scale() / m as f64);
        let inner = Matrix::from_fn(d + 1, m, |i, _| if i < d { weight } else { bias } * stream.normal());
        let outer = Matrix::from_fn(1, m, |_, _| out * stream.normal());
        Layers { units, weights: [inner, outer, Matrix::filled(1, 1, 0.0)] }
    }

    pub(super) fn forward(&self, pass: &mut Pass) {
        let [inner, outer, constant] = &self.weights;
        pass.activated.as_mut_slice().fill(0.0);
        add_product(pass.activated.as_mut_slice(), (&pass.inputs).into(), inner.as_slice(), inner.cols());
        self.units.activate(&mut pass.activated, &mut pass.slopes);
        inner_products(&mut pass.output, outer, &pass.activated);
        pass.output.as_mut_slice().iter_mut().for_each(|f| *f += constant[(0, 0)]);
    }

    /// The gradients of `sum_n errors[n] F(x_n)`.
    pub(super) fn gradient(&self, pass: &mut Pass, errors: &Matrix<f64>, gradient: &mut [Matrix<f64>; 3]) {
        let ([inner, outer, constant], [_, a, _]) = (gradient, &self.weights);
        let m = a.cols();
        constant[(0, 0)] = sum(errors.as_slice());
        outer.as_mut_slice().fill(0.0);
        add_product(outer.as_mut_slice(), errors.into(), pass.activated.as_slice(), m);
        let slopes = &mut pass.slopes;
        vectorized(
            #[inline(always)]
            || {
                for (n, error) in errors.as_slice().iter().enumerate() {
                    slopes.row_mut(n).iter_mut().zip(a.as_slice()).for_each(|(slope, a)| *slope *= error * a);
                }
            },
        );
        inner.as_mut_slice().fill(0.0);
        add_product(inner.as_mut_slice(), View::from(&pass.inputs).transposed(), pass.slopes.as_slice(), m);
    }

    /// `F` on all rows of inputs, a few at a time so that they stay in cache.
    pub(super) fn predict(&self, inputs: &Matrix<f64>) -> Vec<f64> {
        const AT_ONCE: usize = 256;
        let some = |first: usize| {
            let rows = first..inputs.rows().min(first + AT_ONCE);
            let mut pass = Pass::new(self, rows.len());
            pass.gather(inputs, rows);
            self.forward(&mut pass);
            pass.output.as_slice().to_vec()
        };
        (0..inputs.rows()).step_by(AT_ONCE).flat_map(some).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Dyadic;
    use crate::hierarchy::learner::dual::{Dual, exact, integers, still, sum as total};
    use crate::scalar::Scalar;

    /// The activation of unit `i` of `m`.
    fn activated(units: Units, (i, m): (usize, usize), z: &Dual) -> Dual {
        match units {
            Units::Relu if z.0 > Dyadic::zero() => z.clone(),
            Units::Relu => Dual::zero(),
            Units::Quadratic => z.squared(),
            Units::Mixed if i < m / 2 => z.squared(),
            Units::Quartic | Units::Mixed => z.squared().squared(),
        }
    }

    /// `F(x)`, written out, with one entry of one of the three weight matrices moving.
    fn written(layers: &Layers, x: &[f64], (matrix, entry): (usize, usize)) -> Dual {
        let weight = |w: usize, i: usize, c: usize| {
            let moves = w == matrix && i * layers.weights[w].cols() + c == entry;
            Dual(exact(layers.weights[w][(i, c)]), if moves { Dyadic::one() } else { Dyadic::zero() })
        };
        let m = layers.weights[1].cols();
        let unit = |i: usize| {
            let argument = total((0..x.len()).map(|c| weight(0, c, i).times(&still(x[c]))));
            weight(1, 0, i).times(&activated(layers.units, (i, m), &argument))
        };
        total((0..m).map(unit)).plus(&weight(2, 0, 0))
    }

    /// Weights have the deviation `scale / sqrt d`, offsets .3, and the output is as small as units are many.
    #[test]
    fn the_start_is_drawn_in_order() {
        let (d, width, units) = (4, 3, Units::Relu);
        let mut stream = Stream::new(1, "start");
        let layers = Layers::random(units, Choice { width, rate: 1.0, scale: 2.0 }, d, &mut Stream::new(1, "start"));
        let mut drawn = |rows: usize, deviation: f64| (0..rows * width).map(|_| deviation * stream.normal()).collect::<Vec<_>>();
        let expected = [drawn(d, 1.0), drawn(1, 0.3), drawn(1, units.output_scale() / width as f64)].concat();
        assert_eq!([layers.weights[0].as_slice(), layers.weights[1].as_slice()].concat(), expected);
        assert_eq!(layers.weights[2].as_slice(), [0.0]);
    }

    #[test]
    fn the_gradient_is_the_exact_derivative() {
        let (d, m, n) = (3, 5, 6);
        for units in Units::ALL {
            let mut stream = Stream::new(1, "two-layer gradient test");
            let weights = [(d + 1, m), (1, m), (1, 1)].map(|(rows, cols)| integers(rows, cols, 3, &mut stream));
            let layers = Layers { units, weights };
            let (x, errors) = (integers(d, n, 3, &mut stream), integers(1, n, 3, &mut stream));
            let mut pass = Pass::new(&layers, n);
            pass.gather(&with_constant(&x), 0..n);
            layers.forward(&mut pass);
            assert_eq!(layers.predict(&with_constant(&x)), pass.output.as_slice());
            let mut gradient = layers.weights.clone();
            layers.gradient(&mut pass, &errors, &mut gradient);
            for (matrix, found) in gradient.iter().enumerate() {
                for (entry, &g) in found.as_slice().iter().enumerate() {
                    let value = |n: usize| written(&layers, with_constant(&x).row(n), (matrix, entry));
                    let expected = total((0..n).map(|n| value(n).times(&still(errors[(0, n)]))));
                    assert!(expected.1 == exact(g), "{} matrix {matrix} entry {entry}: {g}", units.name());
                }
            }
        }
    }

    /// Tables and configurations tell them apart.
    #[test]
    fn activations_have_names_of_their_own() {
        assert_eq!(Units::ALL.map(Units::name), ["ReLU", "quadratic", "quartic", "z^2 + z^4"]);
        assert_eq!(Units::ALL.map(Units::key), ["relu", "quadratic", "quartic", "mixed"]);
    }
}
