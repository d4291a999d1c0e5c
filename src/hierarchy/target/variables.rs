//! The few variables in which networks are expanded, and the variances of polynomials in them.

use super::absent::{Absent, MAX_FORMS, MAX_PRODUCTS, MAX_TERMS, MAX_VARIABLES};
use crate::exact::moments::{CubeFeatures, Cumulants, Features, GaussianFeatures, Moments, SphereFeatures};
use crate::exact::quadratic_form::{GaussianForms, QuadraticForms, SphereForms};
use crate::exact::{Distribution, Dyadic, Polynomial, Rational};
use crate::hierarchy::network::{Network, forward};
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The variables in which networks are expanded: the input parts `z_(l,a)` or, where `forms` are kept, quadratic polynomials of them.
pub(super) struct Variables {
    pub(super) distribution: Distribution,
    pub(super) features: FeatureRows,
    pub(super) forms: Option<Vec<Polynomial>>,
}

impl Variables {
    /// Quadratic forms serve networks of depth up to 3 without `x^2 - 1`, unless on the cube: there they are few, however wide
    /// layer 2 is.
    pub(super) fn for_networks(networks: &[&Network<Dyadic>], distribution: Distribution) -> Self {
        let by_forms = |n: &&Network<Dyadic>| n.depth() <= 3 && !n.architecture().reads_squares();
        let forms = (distribution != Distribution::Cube && networks.iter().all(by_forms)).then(Vec::new);
        Variables { distribution, features: FeatureRows::default(), forms }
    }

    /// `Var(F_learner - F_target)` and `Var(F_target)`.
    pub(super) fn residual_and_target(
        mut self,
        target: &Network<Dyadic>,
        learner: &Network<Dyadic>,
    ) -> Result<[Rational; 2], Absent> {
        let target = self.output(target)?;
        let difference = self.output(learner)? - &target;
        self.variances([&difference, &target])
    }

    /// The network as a polynomial in variables that are appended.
    pub(super) fn output(&mut self, network: &Network<Dyadic>) -> Result<Polynomial, Absent> {
        let inputs = self.features.variables(network);
        match &mut self.forms {
            Some(forms) => in_forms(network, inputs, forms),
            None => in_parts(network, inputs),
        }
    }

    pub(super) fn variances<const N: usize>(self, polynomials: [&Polynomial; N]) -> Result<[Rational; N], Absent> {
        let features = self.features.features();
        let dimension = features.dimension();
        let forms = self.forms.map(|forms| QuadraticForms::new(&forms, features.gram()));
        match (self.distribution, forms) {
            (Distribution::Gaussian, Some(forms)) => variances(GaussianForms(forms), polynomials),
            (Distribution::Sphere, Some(forms)) => variances(SphereForms { forms, dimension }, polynomials),
            (Distribution::Gaussian, None) => variances(GaussianFeatures(features), polynomials),
            (Distribution::Sphere, None) => variances(SphereFeatures(features), polynomials),
            (Distribution::Cube, _) => variances(CubeFeatures(features), polynomials),
        }
    }
}

fn variances<C: Cumulants, const N: usize>(law: C, polynomials: [&Polynomial; N]) -> Result<[Rational; N], Absent> {
    let mut moments = Moments::new(law, MAX_PRODUCTS);
    let variances: Option<Vec<_>> = polynomials.into_iter().map(|p| moments.variance(p)).collect();
    variances.and_then(|v| v.try_into().ok()).ok_or(Absent::Products)
}

/// The network expanded in its input parts.
fn in_parts(network: &Network<Dyadic>, inputs: Vec<Vec<Polynomial>>) -> Result<Polynomial, Absent> {
    check_terms(&inputs)?;
    Ok(forward::values_from(network, inputs).output(network))
}

/// `alpha_2 q_0 + alpha_3 sum_a q_a^2`, where `q_0 = ||S_2||^2` and `q_a = (S_3)_a` are appended to `forms`.
fn in_forms(network: &Network<Dyadic>, inputs: Vec<Vec<Polynomial>>, forms: &mut Vec<Polynomial>) -> Result<Polynomial, Absent> {
    check_forms(&inputs, forms.len())?;
    let mut sums = forward::values_from(network, inputs).sums.into_iter();
    let second = sums.next().expect("a network has a layer 2");
    let mut variable = |form: Polynomial| {
        forms.push(form);
        Polynomial::variable(forms.len() - 1)
    };
    let head = variable(forward::head(&second)).weighted(&network.layer(2).scale);
    Ok(match sums.next() {
        None => head,
        Some(third) => {
            let thirds: Vec<_> = third.into_iter().map(variable).collect();
            head + forward::head(&thirds).weighted(&network.layer(3).scale)
        }
    })
}

/// Bounds the size of the matrices and of the expansion, and the number of quadratic forms.
fn check_forms(inputs: &[Vec<Polynomial>], others: usize) -> Result<(), Absent> {
    let variables = inputs.iter().flatten().filter(|z| !z.is_empty()).count();
    let forms = others + 1 + inputs.get(1).map_or(0, Vec::len);
    let within = variables <= MAX_VARIABLES && forms <= MAX_FORMS;
    if within { Ok(()) } else { Err(Absent::Forms { variables, forms }) }
}

/// Bounds the terms of the output, of degree at most `2^(L-1)` when `z_(l,a)` counts as degree `2^(l-2)`.
fn check_terms(inputs: &[Vec<Polynomial>]) -> Result<(), Absent> {
    let mut terms_of_degree = vec![0usize; (1 << inputs.len()) + 1];
    terms_of_degree[0] = 1;
    for (part, level) in inputs.iter().zip(0..) {
        for _ in part.iter().filter(|z| !z.is_empty()) {
            for degree in 1 << level..terms_of_degree.len() {
                let with_one_less = terms_of_degree[degree - (1 << level)];
                terms_of_degree[degree] = terms_of_degree[degree].saturating_add(with_one_less);
            }
        }
    }
    match terms_of_degree.into_iter().fold(0, usize::saturating_add) {
        terms if terms > MAX_TERMS => Err(Absent::Terms(terms)),
        _ => Ok(()),
    }
}

/// The features `z_i = a_i' x + b_i' (x^2 - 1)` that some networks read, one after the other.
#[derive(Default)]
pub(super) struct FeatureRows {
    linear: Vec<Vec<Dyadic>>,
    squares: Vec<Vec<Dyadic>>,
}

impl FeatureRows {
    /// A variable for each input part of the network, zero where a layer reads no input.
    fn variables(&mut self, network: &Network<Dyadic>) -> Vec<Vec<Polynomial>> {
        let widths = (2..=network.depth()).map(|l| (l, network.architecture().width(l)));
        widths.map(|(l, width)| (0..width).map(|a| self.variable(network, l, a)).collect()).collect()
    }

    fn variable(&mut self, network: &Network<Dyadic>, l: usize, a: usize) -> Polynomial {
        let row = |j: usize| block(network, l, j).map(|weights| weights.row(a).to_vec());
        let zeros = || vec![Dyadic::zero(); network.architecture().dimension()];
        match (row(0), row(1)) {
            (None, None) => Polynomial::zero(),
            (linear, squares) => {
                self.linear.push(linear.unwrap_or_else(zeros));
                self.squares.push(squares.unwrap_or_else(zeros));
                Polynomial::variable(self.linear.len() - 1)
            }
        }
    }

    fn features(self) -> Features {
        let matrix = |rows: Vec<Vec<Dyadic>>| {
            let cols = rows.first().map_or(0, Vec::len);
            Matrix::from_fn(rows.len(), cols, |i, c| rows[i][c].clone())
        };
        let reads_squares = self.squares.iter().flatten().any(|b| !b.is_zero());
        let squares = reads_squares.then(|| matrix(self.squares));
        Features::new(matrix(self.linear), squares).expect("`variable` pushes a row of length d to both")
    }
}

/// `K_(l,j)`, when `j` is in `J_l`.
pub(super) fn block(network: &Network<Dyadic>, l: usize, j: usize) -> Option<&Matrix<Dyadic>> {
    let position = network.architecture().index_set(l).iter().position(|&i| i == j)?;
    network.layer(l).weights.get(position)
}
