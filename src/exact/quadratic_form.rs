//! Joint cumulants of quadratic polynomials in Gaussian variables.
//!
//! For `q_i = z' A_i z + b_i' z + c_i` with symmetric `A_i` and `z ~ N(0, Gamma)`, the joint cumulant of order `r >= 2` is
//!
//! ```text
//! kappa(q_1, ..., q_r) = 2^(r-1)/r sum_s tr(Gamma A_s1 ... Gamma A_sr)
//!                      + 2^(r-3)   sum_s b_s1' Gamma A_s2 Gamma ... A_s(r-1) Gamma b_sr,
//! ```
//!
//! the sums over all permutations `s`; at order 1 it is `tr(Gamma A) + c`. Proof: `proofs/population-risk.md`, lemma 5. A network of
//! depth 3 is a combination of a few such polynomials and their squares, however wide its second layer is.

use super::count::multi_factorial;
use super::dyadic::Dyadic;
use super::linear::trace;
use super::moments::{Cumulants, on_sphere};
use super::polynomial::{Exponents, Polynomial};
use super::rational::Rational;
use crate::matrix::Matrix;
use crate::scalar::Scalar;
use std::collections::BTreeMap;

/// Which polynomials follow one another in a product `Gamma A_s1 Gamma A_s2 ...`.
type Word = Vec<usize>;

/// Quadratic polynomials `q_i` in variables `z ~ N(0, Gamma)`, their covariance and products.
pub struct QuadraticForms {
    gram: Matrix<Dyadic>,
    linear: Vec<Vec<Dyadic>>,
    constants: Vec<Dyadic>,
    /// `Gamma A_s1 ... Gamma A_sr`, starting from the words of one letter.
    products: BTreeMap<Word, Matrix<Dyadic>>,
    /// Traces of products, by the smallest of the words that cyclic shifts and reversal make of one another.
    traces: BTreeMap<Word, Dyadic>,
}

impl QuadraticForms {
    /// The polynomials `q_i`, of degree at most 2, in variables of covariance `gram`.
    ///
    /// Terms of higher degree, and variables that `gram` does not know, are not read.
    pub fn new(polynomials: &[Polynomial], gram: Matrix<Dyadic>) -> Self {
        let n = gram.rows();
        let products = polynomials.iter().enumerate().map(|(i, q)| (vec![i], product(&gram, &quadratic_part(q, n)))).collect();
        let linear = polynomials.iter().map(|q| linear_part(q, n)).collect();
        let constants = polynomials.iter().map(|q| q.coefficient(&[])).collect();
        QuadraticForms { gram, linear, constants, products, traces: BTreeMap::new() }
    }

    /// `Gamma A_s1 ... Gamma A_sr`.
    fn product(&mut self, word: &[usize]) -> &Matrix<Dyadic> {
        if !self.products.contains_key(word) {
            let (front, back) = word.split_at(word.len() - 1);
            let value = product(&self.product(front).clone(), self.product(back));
            self.products.insert(word.to_vec(), value);
        }
        &self.products[word]
    }

    /// `tr(Gamma A_s1 ... Gamma A_sr)`, which depends on the word up to cyclic shifts and reversal only.
    fn trace(&mut self, word: &[usize]) -> Dyadic {
        let word = smallest_rotation(word);
        if let Some(known) = self.traces.get(&word) {
            return known.clone();
        }
        let trace = match word.split_at(word.len() / 2) {
            ([], only) => trace(self.product(only)),
            (front, back) => {
                let front = self.product(front).clone();
                trace_of_product(&front, self.product(back))
            }
        };
        self.traces.insert(word, trace.clone());
        trace
    }

    /// `b_s1' Gamma A_s2 Gamma ... A_s(r-1) Gamma b_sr`.
    fn between(&self, word: &[usize]) -> Dyadic {
        let [first, middle @ .., last] = word else { return Dyadic::zero() };
        let start = times(&self.gram, &self.linear[*last]);
        let end = middle.iter().rev().fold(start, |v, i| times(&self.products[&vec![*i]], &v));
        dot(&self.linear[*first], &end)
    }

    /// The parts of a joint cumulant: the constant, which counts at order 1 only, the traces and the chains between linear parts.
    ///
    /// The traces are summed over the permutations that keep one fixed factor in front: each of the `r` rotations gives the same.
    fn parts(&mut self, alpha: &[u32]) -> (Dyadic, Dyadic, Dyadic) {
        let Some(first) = alpha.iter().position(|&n| n > 0) else { return Default::default() };
        let order = i64::from(alpha.iter().sum::<u32>());
        let mut rest = alpha.to_vec();
        rest[first] -= 1;
        let traces = words(&rest).iter().map(|w| self.trace(&[&[first], w.as_slice()].concat())).sum::<Dyadic>();
        let chains = words(alpha).iter().map(|w| self.between(w)).sum::<Dyadic>();
        let constant = if order == 1 { self.constants[first].clone() } else { Dyadic::zero() };
        let [traces, chains] =
            [(traces, rest.as_slice()), (chains, alpha)].map(|(sum, n)| sum * Dyadic::from(multi_factorial(n)));
        (constant, traces.shifted(order - 1), chains.shifted(order - 3))
    }
}

/// Quadratic polynomials of Gaussian variables.
pub struct GaussianForms(pub QuadraticForms);

impl Cumulants for GaussianForms {
    type Value = Dyadic;

    fn variables(&self) -> usize {
        self.0.linear.len()
    }
    fn cumulant(&mut self, alpha: &[u32]) -> Dyadic {
        let (constant, traces, chains) = self.0.parts(alpha);
        traces + chains + constant
    }
    fn number(&self, expectation: &Dyadic) -> Rational {
        expectation.into()
    }
}

/// Quadratic polynomials of linear features of inputs on the sphere of radius `sqrt(dimension)`.
///
/// The grading is that of [`SphereFeatures`](super::moments::SphereFeatures): each `A` counts `s`, each `b` its square root.
pub struct SphereForms {
    /// The polynomials, for Gaussian inputs.
    pub forms: QuadraticForms,
    /// The dimension `d` of the inputs.
    pub dimension: usize,
}

impl Cumulants for SphereForms {
    type Value = Polynomial;

    fn variables(&self) -> usize {
        self.forms.linear.len()
    }
    fn cumulant(&mut self, alpha: &[u32]) -> Polynomial {
        let order = alpha.iter().sum::<u32>();
        let (constant, traces, chains) = self.forms.parts(alpha);
        let graded = |degree: u32, part: Dyadic| Polynomial::monomial(vec![degree], part);
        // Chains are empty at order 1.
        graded(0, constant).plus(&graded(order, traces)).plus(&graded(order.max(1) - 1, chains))
    }
    fn number(&self, expectation: &Polynomial) -> Rational {
        on_sphere(expectation, self.dimension)
    }
}

/// All different words in which the letter `i` occurs `alpha_i` times.
fn words(alpha: &[u32]) -> Vec<Word> {
    if alpha.iter().all(|&n| n == 0) {
        return vec![Word::new()];
    }
    let starting_with = |i: usize| {
        let mut rest = alpha.to_vec();
        rest[i] -= 1;
        words(&rest).into_iter().map(move |w| [vec![i], w].concat())
    };
    (0..alpha.len()).filter(|&i| alpha[i] > 0).flat_map(starting_with).collect()
}

/// The smallest word among the cyclic shifts of a word and of its reversal.
fn smallest_rotation(word: &[usize]) -> Word {
    let reversed: Word = word.iter().rev().copied().collect();
    let rotations = |w: &[usize]| (0..w.len()).map(|i| [&w[i..], &w[..i]].concat()).collect::<Vec<Word>>();
    let all = rotations(word).into_iter().chain(rotations(&reversed));
    all.min().expect("a word has a letter")
}

/// The symmetric `A` of the degree-2 part `z' A z`.
fn quadratic_part(q: &Polynomial, n: usize) -> Matrix<Dyadic> {
    Matrix::from_fn(n, n, |i, j| {
        let mut exponents: Exponents = vec![0; n];
        exponents[i] += 1;
        exponents[j] += 1;
        let coefficient = q.coefficient(&exponents);
        if i == j { coefficient } else { coefficient.shifted(-1) }
    })
}

/// The `b` of the degree-1 part `b' z`.
fn linear_part(q: &Polynomial, n: usize) -> Vec<Dyadic> {
    (0..n).map(|i| q.coefficient(&[vec![0; i], vec![1]].concat())).collect()
}

/// `sum_i a_i b_i`, skipping zeros: forms of different networks live on different variables.
fn dot<'a>(a: impl IntoIterator<Item = &'a Dyadic>, b: impl IntoIterator<Item = &'a Dyadic>) -> Dyadic {
    let terms = a.into_iter().zip(b).filter(|(x, y)| !x.is_zero() && !y.is_zero());
    terms.map(|(x, y)| x * y).sum()
}

fn times(matrix: &Matrix<Dyadic>, vector: &[Dyadic]) -> Vec<Dyadic> {
    (0..matrix.rows()).map(|i| dot(matrix.row(i), vector)).collect()
}

/// `a b`, for matrices with many zeros.
fn product(a: &Matrix<Dyadic>, b: &Matrix<Dyadic>) -> Matrix<Dyadic> {
    let columns = b.transposed();
    Matrix::from_fn(a.rows(), b.cols(), |i, j| dot(a.row(i), columns.row(j)))
}

/// `tr(A B)`.
fn trace_of_product(a: &Matrix<Dyadic>, b: &Matrix<Dyadic>) -> Dyadic {
    dot(a.as_slice(), b.transposed().as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::moments::{Features, GaussianFeatures, Moments, SphereFeatures};

    const BUDGET: usize = 1_000_000;

    fn polynomial(terms: &[(&[u32], i64)]) -> Polynomial {
        let term = |(alpha, c): &(&[u32], i64)| Polynomial::monomial(alpha.to_vec(), Dyadic::from(*c));
        terms.iter().map(term).fold(Polynomial::zero(), |sum, t| sum.plus(&t))
    }

    #[test]
    fn cumulants_of_a_square() {
        let square = polynomial(&[(&[2], 1)]);
        let mut forms = GaussianForms(QuadraticForms::new(&[square], Matrix::filled(1, 1, Dyadic::one())));
        for (r, expected) in (1..).zip([1, 2, 8, 48, 384]) {
            assert_eq!(forms.cumulant(&[r]), Dyadic::from(expected), "2^(r-1) (r-1)! at r = {r}");
        }
    }

    #[test]
    fn words_are_the_multiset_permutations() {
        assert_eq!(words(&[2, 1]), vec![vec![0, 0, 1], vec![0, 1, 0], vec![1, 0, 0]]);
        assert_eq!(words(&[2, 2, 1]).len(), 30);
        assert_eq!(smallest_rotation(&[2, 0, 1]), vec![0, 1, 2]);
        assert_eq!(smallest_rotation(&[2, 1, 0]), vec![0, 1, 2]);
    }

    /// Joint moments of three correlated polynomials with all parts, by cumulants and by expansion in `z`.
    #[test]
    fn agrees_with_the_expansion() {
        let forms = [
            polynomial(&[(&[2], 3), (&[1, 1], -5), (&[0, 1], 2), (&[], 7)]),
            polynomial(&[(&[0, 2], 1), (&[1, 0, 1], 3), (&[1], -4)]),
            polynomial(&[(&[0, 0, 2], 2), (&[0, 1, 1], 1), (&[0, 0, 1], 1), (&[1], 1)]),
        ];
        let rows = Matrix::from_fn(3, 4, |i, c| Dyadic::from((5 * i as i64 + 3 * c as i64) % 7 - 3));
        let gram = product(&rows, &rows.transposed());
        let quadratic = || QuadraticForms::new(&forms, gram.clone());
        let mut by_cumulants = Moments::new(GaussianForms(quadratic()), BUDGET);
        let mut by_expansion = Moments::new(GaussianFeatures(Features::new(rows.clone(), None).unwrap()), BUDGET);
        let mut by_cumulants_on_sphere = Moments::new(SphereForms { forms: quadratic(), dimension: 4 }, BUDGET);
        let mut by_expansion_on_sphere = Moments::new(SphereFeatures(Features::new(rows, None).unwrap()), BUDGET);
        for alpha in [[1, 0, 0], [0, 1, 1], [2, 0, 1], [1, 1, 1], [2, 2, 0], [1, 2, 1], [2, 1, 2], [0, 0, 5], [2, 2, 2]] {
            let power = |(q, n): (&Polynomial, &u32)| (0..*n).fold(Polynomial::one(), |p, _| p.times(q));
            let expanded = forms.iter().zip(&alpha).map(power).fold(Polynomial::one(), |p, q| p.times(&q));
            assert_eq!(by_cumulants.moment(&alpha), by_expansion.expectation(&expanded), "{alpha:?}");
            assert_eq!(by_cumulants_on_sphere.moment(&alpha), by_expansion_on_sphere.expectation(&expanded), "{alpha:?}");
        }
    }
}
