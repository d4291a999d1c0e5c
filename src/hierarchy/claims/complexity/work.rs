//! What training costs, counted.

use std::borrow::Cow;

use dashu_int::IBig;

use crate::claim::judging::all_hold;
use crate::claim::{Claim, Condition, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::count::binomial;
use crate::exact::counted::{Counted, Operations, operations_of};
use crate::exact::polynomial_in_d::PolynomialInD;
use crate::hierarchy::experiment::Training;
use crate::hierarchy::network::forward::values;
use crate::hierarchy::network::gradient::{Blocks, Flow, add_gradient};
use crate::hierarchy::network::{Architecture, Layer, Network, Skips};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// A step is linear in the samples and in the inputs.
pub const WORK: Claim<Training> = Claim {
    id: Cow::Borrowed("complexity.work"),
    sentence: "(a)",
    statement: Cow::Borrowed(
        "A full-batch gradient step of joint training on N samples in d inputs makes N p(d) + q(d) operations \
         (multiplications and additions), p and q of degree at most 1 in d at fixed widths; at fixed N and d the count \
         is a polynomial of degree at most 3 in the width k. So a step on the N = 6kd samples of complexity.samples \
         costs a polynomial of degree at most 2 in d, at L = 2, ..., 5, and a run of T steps costs T times that (for T \
         see complexity.error-steps). Kernel ridge regression on the C(d+4,4) samples of complexity.kernel-samples \
         makes about N^3/3 operations in its elimination alone, a polynomial of degree 12.",
    ),
    method: "The step (values, errors less their mean, gradient, heavy ball; without the cap on its length) is run \
             over a scalar that counts, for L = 2, ..., 5 and `lin`, `linskip`, `quad01`. Multiplications and \
             additions are compared with formulas added up by hand from the shapes, at k = 1, 2, 3, d = 1, 4, 9 and N \
             = 1, 2, 7. Degrees are found by finite differences of the counts at sizes 1 to 6, and the polynomial so \
             found must give the count at size 11 as well. Values and gradient are the definitions in network::forward \
             and network::gradient, whose bits the batched code has; that code does a little less, leaving out R_L \
             S_L, which nothing reads, and where x^2 - 1 is read (quad01) keeping it from step to step.",
    evidence: &[Evidence::Exact],
    missing: "an exact count for reaching relative error d^-2: the number of steps T is replayed (complexity.error-steps)",
    theorems: &[],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| training(c.profile),
    controls: &[
        Control {
            breaks: "Elimination in kernel ridge regression on C(d+4,4) samples in the place of the step, as a \
                polynomial of degree at most 2 in d.",
            check: |_| Ok(elimination()),
        },
        Control {
            breaks: "A step whose gradient stops at the features below each layer, beside what a joint step was added \
                up to.",
            check: |c| Ok(Outcome { conditions: vec![step_counted(c.profile, Flow::Stopped)?], tables: Vec::new() }),
        },
        Control {
            breaks: "Elimination that does not use the symmetry of the matrix; and on the 6d samples of training.",
            check: |_| Ok(Outcome { conditions: elimination_counted(false, |d| IBig::from(6 * d)).into(), tables: Vec::new() }),
        },
    ],
};

/// Settings of a step.
struct Step<S> {
    /// `1/N`.
    share: S,
    /// `4 alpha_l / N`, from layer 2 on.
    pulls: Vec<S>,
    /// `eta / alpha_l^2`, from layer 2 on.
    rates: Vec<S>,
    momentum: S,
}

impl<S: Scalar<Weight = S>> Step<S> {
    /// One step of training with the mean-centred squared loss, over any scalar; samples are `(x, y)`. Joint where gradients pass
    /// through.
    fn take(&self, network: &mut Network<S>, velocity: &mut Blocks<S>, samples: &[(Vec<S>, S)], flow: Flow) {
        let values: Vec<_> = samples.iter().map(|(x, _)| values(network, x)).collect();
        let errors: Vec<S> = values.iter().zip(samples).map(|(v, (_, y))| v.output(network).minus(y)).collect();
        let mean = errors.iter().fold(S::zero(), |sum, e| sum.plus(e)).weighted(&self.share);
        let mut gradient = Blocks::zeros(network, S::zero());
        for (((x, _), values), error) in samples.iter().zip(&values).zip(&errors) {
            let centred = error.minus(&mean);
            let pulls: Vec<S> = self.pulls.iter().map(|factor| centred.weighted(factor)).collect();
            add_gradient(network, x, values, &pulls, flow, 2, &mut gradient);
        }
        for ((l, rate), (velocity, gradient)) in (2..).zip(&self.rates).zip(velocity.blocks.iter_mut().zip(&gradient.blocks)) {
            let blocks = network.layer_mut(l).weights.iter_mut().zip(velocity).zip(gradient);
            blocks.for_each(|((weights, velocity), gradient)| self.advance(weights, velocity, gradient, rate));
        }
    }

    /// `K <- K + v` with `v <- momentum v - rate g`.
    fn advance(&self, weights: &mut Matrix<S>, velocity: &mut Matrix<S>, gradient: &Matrix<S>, rate: &S) {
        let pairs = velocity.as_mut_slice().iter_mut().zip(gradient.as_slice());
        pairs.for_each(|(v, g)| *v = v.weighted(&self.momentum).minus(&g.weighted(rate)));
        weights.as_mut_slice().iter_mut().zip(velocity.as_slice()).for_each(|(k, v)| *k = k.plus(v));
    }
}

/// The shape of a learner: depth, one width for all layers, inputs.
#[derive(Clone, Debug)]
struct Shape {
    skips: Skips,
    depth: usize,
    width: usize,
    dimension: usize,
}

impl Shape {
    fn architecture(&self) -> Result<Architecture> {
        Architecture::new(self.dimension, &vec![self.width; self.depth - 1], &self.skips)
    }

    /// The rows of `R_l`: enough to span the quadratic forms, and the identity at the top.
    fn spanned(&self, l: usize) -> usize {
        if l == self.depth { self.width } else { self.width * (self.width + 1) / 2 }
    }

    fn features(&self, j: usize) -> usize {
        if j < 2 { self.dimension } else { self.spanned(j) }
    }

    /// A learner of this shape that counts.
    fn network(&self) -> Result<Network<Counted>> {
        let architecture = self.architecture()?;
        let zeros = |rows, cols| Matrix::filled(rows, cols, Counted);
        let layer = |l| Layer {
            weights: architecture.index_set(l).iter().map(|&j| zeros(self.width, self.features(j))).collect(),
            span: zeros(self.spanned(l), self.width),
            scale: Counted,
        };
        let layers = (2..=self.depth).map(layer).collect();
        Network::new(architecture, layers)
    }

    /// What a joint step on `samples` samples makes, by counting.
    fn counted(&self, samples: usize) -> Result<Operations> {
        self.counted_with(samples, Flow::Through)
    }

    /// The same of a step with this flow of gradients.
    fn counted_with(&self, samples: usize, flow: Flow) -> Result<Operations> {
        let mut network = self.network()?;
        let layers = vec![Counted; self.depth - 1];
        let step = Step { share: Counted, pulls: layers.clone(), rates: layers, momentum: Counted };
        let mut velocity = Blocks::zeros(&network, Counted);
        let samples = vec![(vec![Counted; self.dimension], Counted); samples];
        Ok(operations_of(|| step.take(&mut network, &mut velocity, &samples, flow)))
    }

    /// What a step on `samples` samples makes, added up by hand.
    fn by_hand(&self, samples: usize) -> Result<Operations> {
        let architecture = self.architecture()?;
        let (k, layers) = (self.width, self.depth - 1);
        let read = || (2..=self.depth).flat_map(|l| architecture.index_set(l));
        let weights: usize = read().map(|&j| k * self.features(j)).sum();
        let spanned: usize = (2..=self.depth).map(|l| self.spanned(l)).sum();
        // R_j' (K' dS * 2 R_j S_j) for each layer j that is read.
        let down: usize = read().filter(|j| **j >= 2).map(|&j| self.spanned(j) * (k + 1 + k)).sum();
        // Once for the values, once for the gradient.
        let squares = if architecture.reads_squares() { 2 * self.dimension } else { 0 };
        let per_sample = both(weights + k * spanned + k * layers + layers) // S, R S, ||S||^2, F
            + products(spanned) // (R S)^2
            + sums(3) // F - y, the mean, the error less it
            + products(layers + k * layers) // 4 alpha/N times the error, and dS
            + both(squares) // x^2 - 1, where it is read
            + both(weights + down); // dK, and what passes down
        Ok(per_sample * samples as u64 + products(1) + both(2 * weights))
    }
}

fn products(n: usize) -> Operations {
    Operations { products: n as u64, sums: 0 }
}

fn sums(n: usize) -> Operations {
    Operations { products: 0, sums: n as u64 }
}

fn both(n: usize) -> Operations {
    products(n) + sums(n)
}

fn shapes(depths: std::ops::RangeInclusive<usize>, width: usize, dimension: usize) -> Vec<Shape> {
    let skips = [Skips::Lin, Skips::LinSkip, Skips::Quad01];
    depths.flat_map(|depth| skips.clone().map(|skips| Shape { skips, depth, width, dimension })).collect()
}

/// `N` for `complexity.samples`.
fn samples_for(k: usize, d: usize) -> usize {
    6 * k * d
}

fn training(profile: Profile) -> Result<Outcome> {
    let depths = depths(profile);
    let mut table = Table::new(
        "one step: operations at N = 6kd, and the degrees of their number, other sizes fixed unless N = 6kd",
        &["learner", "L", "k", "d=16", "d=128", "d=1024", "in d, N=6kd", "in d", "in N", "in k"],
    );
    // One list for each of the last four columns.
    let mut degrees: [Vec<Option<usize>>; 4] = Default::default();
    for shape in shapes(depths, 2, 4) {
        let found = shape.degrees()?;
        table.push(shape.row(&found)?);
        degrees.iter_mut().zip(found).for_each(|(list, degree)| list.push(degree));
    }
    let [at_6kd, in_d, in_n, in_k] = &degrees;
    let conditions = vec![
        step_counted(profile, Flow::Through)?,
        all_at_most("in d, at N = 6kd,", at_6kd, 2),
        all_at_most("in d, at fixed N and k,", in_d, 1),
        all_at_most("in N, at fixed d and k,", in_n, 1),
        all_at_most("in k, at fixed N and d,", in_k, 3),
    ];
    let conditions = conditions.into_iter().chain(elimination_counted(true, kernel_samples)).collect();
    Ok(Outcome { conditions, tables: vec![table] })
}

fn depths(profile: Profile) -> std::ops::RangeInclusive<usize> {
    if profile.draws_conclusions() { 2..=5 } else { 2..=3 }
}

/// Whether counts of a step and formulas agree.
fn step_counted(profile: Profile, flow: Flow) -> Result<Condition> {
    let requires = "multiplications and additions of a step, counted, are those added up by hand, at every size";
    Ok(all_hold("operations of a step equal", requires, &agreements(depths(profile), flow)?))
}

/// Whether they agree at each size.
fn agreements(depths: std::ops::RangeInclusive<usize>, flow: Flow) -> Result<Vec<bool>> {
    let sizes = [1, 2, 3].into_iter().flat_map(|k| [1, 4, 9].map(|d| (k, d)));
    let shapes = sizes.flat_map(|(k, d)| shapes(depths.clone(), k, d));
    let agree = |(shape, n): (Shape, usize)| Ok(shape.counted_with(n, flow)? == shape.by_hand(n)?);
    shapes.flat_map(|shape| [1, 2, 7].map(|n| (shape.clone(), n))).map(agree).collect()
}

fn all_at_most(what: &str, degrees: &[Option<usize>], most: usize) -> Condition {
    let bounded: Vec<bool> = degrees.iter().map(|degree| degree.is_some_and(|n| n <= most)).collect();
    all_hold("degree of a cost at most", format!("{what} a step costs a polynomial of degree at most {most}"), &bounded)
}

impl Shape {
    /// The degrees of the number of operations: in `d` at `N = 6kd`, and in `d`, `N` and `k` alone.
    fn degrees(&self) -> Result<[Option<usize>; 4]> {
        let at = |d: usize| Shape { dimension: d, ..self.clone() };
        Ok([
            degree(|d| Ok(at(d).counted(samples_for(self.width, d))?.all()))?,
            degree(|d| Ok(at(d).counted(3)?.all()))?,
            degree(|n| Ok(self.counted(n)?.all()))?,
            degree(|k| Ok(Shape { width: k, ..self.clone() }.counted(3)?.all()))?,
        ])
    }

    fn row(&self, degrees: &[Option<usize>; 4]) -> Result<Vec<Value>> {
        let mut row = vec![self.skips.name().into(), self.depth.into(), self.width.into()];
        for d in [16, 128, 1024] {
            let shape = Shape { dimension: d, ..self.clone() };
            row.push(shape.by_hand(samples_for(self.width, d))?.all().into());
        }
        row.extend(degrees.iter().map(|degree| degree.map_or("none".into(), Value::from)));
        Ok(row)
    }
}

/// Sizes from 1 on that a polynomial is found from, and the size at which it is tried.
const FOUND_FROM: usize = 6;
const TRIED_AT: usize = 11;

/// The degree of the polynomial that the counts at sizes 1, ..., 6 are on; `None` when it does not give the count at size 11.
fn degree(count: impl Fn(usize) -> Result<u64>) -> Result<Option<usize>> {
    let counts = (1..=FOUND_FROM).map(|n| count(n).map(IBig::from)).collect::<Result<Vec<_>>>()?;
    let polynomial = PolynomialInD::through(&counts);
    let continued = polynomial.at(TRIED_AT as u64 - 1) == IBig::from(count(TRIED_AT)?);
    Ok(continued.then(|| polynomial.degree()))
}

/// `(K + ridge I) = L D L'`, by elimination over any scalar: the lower triangle of `matrix`, row by row, becomes `L` and `D`; the upper
/// one is left alone, unless the symmetry is not used. Divisions are left out of account.
fn eliminate<S: Scalar>(matrix: &mut [Vec<S>], symmetric: bool, reciprocal: impl Fn(&S) -> S) {
    for p in 0..matrix.len() {
        let pivot = reciprocal(&matrix[p][p]);
        let column: Vec<S> = matrix[p + 1..].iter().map(|row| row[p].clone()).collect();
        for (i, row) in matrix[p + 1..].iter_mut().enumerate() {
            row[p] = row[p].times(&pivot);
            let reach = if symmetric { i + 1 } else { column.len() };
            for (j, below) in column[..reach].iter().enumerate() {
                row[p + 1 + j] = row[p + 1 + j].minus(&row[p].times(below));
            }
        }
    }
}

/// The operations of [`eliminate`] on `n` samples: `n(n-1)/2 + n(n^2-1)/6` products and `n(n^2-1)/6` sums.
fn elimination_by_hand(n: &IBig) -> IBig {
    (n * (n - 1)) / 2 + (n * (n * n - 1)) / 3
}

/// `N = C(d+4,4)`, as in `complexity.kernel-samples`.
fn kernel_samples(d: u64) -> IBig {
    binomial(d + 4, 4)
}

/// What the elimination costs on so many samples, as a polynomial in `d`: its degree, and a table.
fn elimination_cost(samples: fn(u64) -> IBig) -> (usize, Table) {
    let cost = |d: u64| elimination_by_hand(&samples(d));
    let degree = PolynomialInD::through(&(0..20).map(cost).collect::<Vec<_>>()).degree();
    let mut table = Table::new("elimination on C(d+4,4) samples: operations", &["d", "N", "operations"]);
    for d in [16, 128, 1024] {
        table.push([Value::from(d), samples(d).into(), cost(d).into()]);
    }
    (degree, table)
}

/// Whether the elimination is what it is said to be.
fn elimination_counted(symmetric: bool, samples: fn(u64) -> IBig) -> [Condition; 2] {
    let counted = |n: usize| operations_of(|| eliminate(&mut vec![vec![Counted; n]; n], symmetric, |_| Counted)).all();
    let equal: Vec<bool> = (1..=12).map(|n| IBig::from(counted(n)) == elimination_by_hand(&n.into())).collect();
    let (degree, _) = elimination_cost(samples);
    [
        all_hold(
            "operations of elimination equal",
            "operations of elimination, counted, are those added up by hand, n = 1, ..., 12",
            &equal,
        ),
        Condition::new(
            "degree of the elimination's cost equals",
            "at N = C(d+4,4) elimination costs a polynomial of degree 12 in d",
            format!("degree {degree}"),
            degree == 12,
        ),
    ]
}

/// Elimination in the place of a step.
fn elimination() -> Outcome {
    let (degree, table) = elimination_cost(kernel_samples);
    let requires = "at N = C(d+4,4) elimination costs a polynomial of degree at most 2 in d";
    let condition = Condition::new("degree of a cost at most", requires, format!("degree {degree}"), degree <= 2);
    Outcome { conditions: vec![condition], tables: vec![table] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Rational;
    use crate::hierarchy::learner::initial::initial_network;
    use crate::hierarchy::learner::{Coupling, Descent, Samples, Stage, train};
    use crate::portable::rng::Stream;

    const SHAPE: Shape = Shape { skips: Skips::LinSkip, depth: 3, width: 2, dimension: 5 };

    fn learner() -> Network<f64> {
        initial_network(&SHAPE.architecture().unwrap(), &[1.0, 0.25], 0.3, 1).unwrap()
    }

    #[test]
    fn the_shape_is_that_of_a_learner() {
        let counting = learner().try_map(|_| Ok::<_, ()>(Counted)).unwrap();
        assert_eq!(SHAPE.network().unwrap(), counting);
    }

    /// What is counted is what trains: over floats, two steps move the weights as the learner's own do, but for the order of sums.
    #[test]
    fn the_step_is_that_of_training() {
        let n = 24;
        let mut stream = Stream::new(1, "work test");
        let x = Matrix::from_fn(5, n, |_, _| stream.normal());
        let labels = stream.normals(n);
        let descent = Descent { cap: 1e9, ..Descent::default() };
        let stage = Stage::new(2, 3, Coupling::Joint, 2);
        let (mut trained, start) = (learner(), learner());
        train(&mut trained, &Samples::new(&x, labels.clone(), false), stage, &descent, 3, &mut |_, _, _| ());

        let share = 1.0 / n as f64;
        let pulls = [1.0, 0.25].map(|alpha| 4.0 * alpha * share).to_vec();
        let rates = [1.0, 0.25].map(|alpha| descent.step / (alpha * alpha)).to_vec();
        let step = Step { share, pulls, rates, momentum: descent.momentum };
        let samples: Vec<(Vec<f64>, f64)> = (0..n).map(|i| ((0..5).map(|r| x[(r, i)]).collect(), labels[i])).collect();
        let mut network = start.clone();
        let mut velocity = Blocks::zeros(&network, 0.0);
        (0..2).for_each(|_| step.take(&mut network, &mut velocity, &samples, Flow::Through));
        for l in [2, 3] {
            for ((own, theirs), before) in
                network.layer(l).weights.iter().zip(&trained.layer(l).weights).zip(&start.layer(l).weights)
            {
                let apart = |a: &Matrix<f64>, b: &Matrix<f64>| {
                    a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
                };
                // Rounding of 24 terms, against a movement of about a hundredth.
                assert!(apart(own, theirs) < 1e-14 && apart(own, before) > 1e-4, "layer {l}: {}", apart(own, theirs));
            }
        }
    }

    #[test]
    fn elimination_factors() {
        let entry = |i: usize, j: usize| Rational::from(if i == j { 9 } else { (i + j) as i64 });
        let mut rows: Vec<Vec<Rational>> = (0..4).map(|i| (0..4).map(|j| entry(i, j)).collect()).collect();
        eliminate(&mut rows, true, |pivot| Rational::one().over(pivot).unwrap());
        let l = |i: usize, j: usize| if i == j { Rational::one() } else { rows[i][j].clone() };
        for i in 0..4 {
            for j in 0..=i {
                let product = |p: usize| &(&l(i, p) * &rows[p][p]) * &l(j, p);
                assert_eq!((0..=j).map(product).fold(Rational::zero(), |sum, t| &sum + &t), entry(i, j));
            }
        }
    }

    /// A step that costs one operation more is seen, and so is a count that is no polynomial.
    #[test]
    fn counts_can_disagree() {
        let counted = SHAPE.counted(3).unwrap();
        let more = counted + operations_of(|| Counted.times(&Counted));
        assert_eq!(counted, SHAPE.by_hand(3).unwrap());
        assert_ne!(more, SHAPE.by_hand(3).unwrap());
        assert_eq!(degree(|n| Ok(1 << n)).unwrap(), None);
        assert_eq!(degree(|n| Ok((n * n * n) as u64)).unwrap(), Some(3));
        assert_eq!(elimination().verdict(), crate::claim::Verdict::Refuted);
    }
}
