//! Exact population quantities of trained networks.
//!
//! The weights of a `Network<f64>` are dyadic rationals and the network is a polynomial, so its variance and its risk under a
//! [`Distribution`] with rational moments are rational numbers. They are computed as such: no sample, no quadrature, no rounding. A
//! relative risk of `1e-28` is a statement about the weights.
//!
//! Method: the inputs reach a network through the few values `z_(l,a) = sum_{j in J_l, j < 2} (K_(l,j) f_j)_a` only. The difference
//! `D` of two networks is expanded as a polynomial in these, and `Var D = E[D^2] - E[D]^2` follows from their joint moments. Up to
//! depth 3, and unless inputs are squared or come from the cube, the variables are instead the quadratic polynomials `||S_2||^2` and
//! `(S_3)_a` of the input parts: `D` has degree 2 in these few, however wide layer 2 is. Proof: `proofs/population-risk.md`.
//!
//! Cost: milliseconds for the networks of the experiments. What would take more than a few seconds is [`Absent`], with the reason.

pub use super::absent::{Absent, MAX_FORMS, MAX_PRODUCTS, MAX_TERMS, MAX_VARIABLES};
use super::variables::{Variables, block};
use crate::exact::linear::dot;
use crate::exact::{Distribution, Dyadic, Rational};
use crate::hierarchy::network::Network;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// The exact risk of a learner against a target, after the best constant has been added to the learner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// `Var(F_learner - F_target)`.
    pub residual_variance: Rational,
    /// `Var(F_target)`, above zero.
    pub target_variance: Rational,
    /// `te`, the quotient of the two.
    pub relative: Rational,
}

/// `Var F` (guarantee: exact).
///
/// # Errors
/// The reason why no exact value is given.
pub fn variance(network: &Network<f64>, distribution: Distribution) -> Result<Rational, Absent> {
    let network = exact(network)?;
    let mut variables = Variables::for_networks(&[&network], distribution);
    let output = variables.output(&network)?;
    let [variance] = variables.variances([&output])?;
    Ok(variance)
}

/// `te = Var(F_learner - F_target) / Var(F_target)` (guarantee: exact).
///
/// The learner may be shallower than the target, when its upper layers were not yet switched on, and of other widths.
///
/// # Errors
/// The reason why no exact value is given.
pub fn relative_risk(target: &Network<f64>, learner: &Network<f64>, distribution: Distribution) -> Result<Risk, Absent> {
    let (target, learner) = exact_pair(target, learner)?;
    let variables = Variables::for_networks(&[&target, &learner], distribution);
    let [residual_variance, target_variance] = variables.residual_and_target(&target, &learner)?;
    let relative = residual_variance.over(&target_variance).ok_or(Absent::ConstantTarget)?;
    Ok(Risk { residual_variance, target_variance, relative })
}

/// `f^2 = ||K_2' K_2 - W_2' W_2||_F^2 / ||W_2' W_2||_F^2` (guarantee: exact), where `K_2` (learner) and `W_2` (target) hold the
/// blocks of `J_2` side by side.
///
/// Computed as `||K K'||^2 - 2 ||K W'||^2 + ||W W'||^2`, from matrices of the size of the widths.
///
/// # Errors
/// The reason why no exact value is given.
pub fn feature_error_squared(target: &Network<f64>, learner: &Network<f64>) -> Result<Rational, Absent> {
    let (target, learner) = exact_pair(target, learner)?;
    let (kk, kw, ww) =
        (squared_products(&learner, &learner), squared_products(&learner, &target), squared_products(&target, &target));
    Rational::quotient(&(kk + &ww - kw.shifted(1)), &ww).ok_or(Absent::ConstantTarget)
}

/// `||A B'||_F^2` for the second layers `A`, `B` of two networks.
fn squared_products(left: &Network<Dyadic>, right: &Network<Dyadic>) -> Dyadic {
    let entry = |(i, j): (usize, usize)| {
        let blocks = (0..2).filter_map(|f| Some((block(left, 2, f)?.row(i), block(right, 2, f)?.row(j))));
        blocks.map(|(a, b)| dot(a, b)).sum::<Dyadic>()
    };
    let (m, n) = (left.architecture().width(2), right.architecture().width(2));
    let entries = (0..m).flat_map(|i| (0..n).map(move |j| (i, j)));
    entries.map(|ij| entry(ij).squared()).sum()
}

/// The network over the dyadic rationals. The features of its top layer are dropped: nothing reads them.
fn exact(network: &Network<f64>) -> Result<Network<Dyadic>, Absent> {
    let mut exact = network.try_map(|&w| Dyadic::try_from(w)).map_err(|_| Absent::NotFinite)?;
    let top = exact.depth();
    exact.layer_mut(top).span = Matrix::filled(0, network.architecture().width(top), Dyadic::zero());
    Ok(exact)
}

fn exact_pair(target: &Network<f64>, learner: &Network<f64>) -> Result<(Network<Dyadic>, Network<Dyadic>), Absent> {
    let (d, e) = (target.architecture().dimension(), learner.architecture().dimension());
    if d != e {
        return Err(Absent::Dimensions(d, e));
    }
    Ok((exact(target)?, exact(learner)?))
}

#[cfg(test)]
mod tests {
    use super::super::variables::FeatureRows;
    use super::*;
    use crate::exact::Polynomial;
    use crate::exact::moments::tests::expectation_over_inputs;
    use crate::hierarchy::network::{Architecture, Layer, Skips, forward};

    /// Floats in (-1, 1) with full mantissas, from a linear congruential generator.
    fn floats(mut state: u64) -> impl FnMut() -> f64 {
        move || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        }
    }

    /// A network with generic weights; `R_l` is the identity, or has `k(k+1)/2` generic rows for a learner.
    fn network(d: usize, widths: &[usize], skips: &Skips, learner: bool, seed: u64) -> Network<f64> {
        let architecture = Architecture::new(d, widths, skips).unwrap();
        let mut next = floats(seed);
        let rows = |k: usize| if learner { k * (k + 1) / 2 } else { k };
        let layer = |(&k, l): (&usize, usize)| {
            let features = |j: usize| if j < 2 { d } else { rows(widths[j - 2]) };
            let weights = architecture.index_set(l).iter().map(|&j| Matrix::from_fn(k, features(j), |_, _| next())).collect();
            let span = Matrix::from_fn(rows(k), k, |i, c| if learner { next() } else { f64::from(i == c) });
            Layer { weights, span, scale: 0.3f64.powi(l as i32 - 2) }
        };
        let layers = widths.iter().zip(2..).map(layer).collect();
        Network::new(architecture, layers).unwrap()
    }

    fn pair(d: usize, widths: &[usize], skips: &Skips) -> (Network<f64>, Network<f64>) {
        (network(d, widths, skips, false, 1), network(d, widths, skips, true, 2))
    }

    /// A network of widths 1 on one input, `S_2 = c x`, `S_l = w_l S_(l-1)^2`.
    fn chain(c: f64, heads: &[(f64, f64)]) -> Network<f64> {
        let architecture = Architecture::new(1, &vec![1; heads.len()], &Skips::Lin).unwrap();
        let one = |v: f64| Matrix::filled(1, 1, v);
        let layer = |&(w, scale): &(f64, f64)| Layer { weights: vec![one(w)], span: one(1.0), scale };
        let mut layers: Vec<_> = heads.iter().map(layer).collect();
        layers[0].weights = vec![one(c)];
        Network::new(architecture, layers).unwrap()
    }

    fn te(target: &Network<f64>, learner: &Network<f64>) -> Rational {
        relative_risk(target, learner, Distribution::Gaussian).unwrap().relative
    }

    /// The variance of a network expanded in all its inputs, by their monomial means.
    fn direct_variance(p: &Polynomial, distribution: Distribution, d: usize) -> Rational {
        let mean = expectation_over_inputs(p, distribution, d);
        expectation_over_inputs(&p.squared(), distribution, d) - mean.squared()
    }

    fn in_inputs(network: &Network<f64>) -> Polynomial {
        let x: Vec<_> = (0..network.architecture().dimension()).map(Polynomial::variable).collect();
        forward::output(&network.try_map(|&w| Dyadic::try_from(w)).unwrap(), &x)
    }

    #[test]
    fn agrees_with_the_expansion_in_all_inputs() {
        let explicit = Skips::Explicit(vec![vec![0, 1], vec![1, 2], vec![0, 2, 3]]);
        let cases = [
            (2, vec![2, 2], Skips::Lin),
            (3, vec![2, 1], Skips::LinSkip),
            (2, vec![1, 2], Skips::Quad01),
            (2, vec![1, 1, 1], Skips::Lin),
            (2, vec![1, 1, 1], explicit),
        ];
        for (d, widths, skips) in cases {
            let (target, learner) = pair(d, &widths, &skips);
            let (y, difference) = (in_inputs(&target), in_inputs(&learner).minus(&in_inputs(&target)));
            for distribution in Distribution::ALL {
                let target_variance = direct_variance(&y, distribution, d);
                assert_eq!(variance(&target, distribution).unwrap(), target_variance);
                let risk = relative_risk(&target, &learner, distribution).unwrap();
                assert_eq!(risk.target_variance, target_variance);
                assert_eq!(risk.residual_variance, direct_variance(&difference, distribution, d));
                assert_eq!(risk.relative, risk.residual_variance.over(&target_variance).unwrap());
            }
        }
    }

    #[test]
    fn a_network_has_no_risk_against_itself() {
        for (widths, skips) in [(vec![2, 2], Skips::LinSkip), (vec![1, 1], Skips::Quad01), (vec![1, 1, 1, 1], Skips::Lin)] {
            let target = network(5, &widths, &skips, false, 7);
            for distribution in Distribution::ALL {
                assert!(relative_risk(&target, &target, distribution).unwrap().relative.is_zero());
            }
            assert!(feature_error_squared(&target, &target).unwrap().is_zero());
        }
    }

    /// One last bit of one weight is seen.
    #[test]
    fn the_last_bit_of_a_weight_is_seen() {
        let target = network(4, &[2, 2], &Skips::LinSkip, false, 7);
        let mut learner = target.clone();
        let weight = &mut learner.layer_mut(2).weights[0][(1, 2)];
        *weight = weight.next_up();
        let te = te(&target, &learner);
        assert!(!te.is_zero() && te < "1e-28".parse().unwrap());
        assert!(!feature_error_squared(&target, &learner).unwrap().is_zero());
    }

    #[test]
    fn rows_may_change_sign() {
        let (target, mut learner) = pair(4, &[1, 2, 1], &Skips::Lin);
        let before = te(&target, &learner);
        learner.layer_mut(2).weights[0].row_mut(0).iter_mut().for_each(|w| *w = -*w);
        learner.layer_mut(3).weights[0].as_mut_slice().iter_mut().for_each(|w| *w = -*w);
        assert_eq!(te(&target, &learner), before);
    }

    /// Target `u^2 + u^4/2`, so eps = 1/2 in units where Cov(u^2, u^4) = 12, Var u^2 = 2, Var u^4 = 96 and Var y = 38.
    ///
    /// The best `c^2 u^2` has `c^2 = 1 + 6 eps = 4` and leaves `(96 - 72) eps^2 = 6`. The best multiple of `u^4` on top of it is
    /// `eps/4`, and leaves `18 eps^2 = 9/2`: the layerwise floor, `3/16 eps^2 Var u^4`.
    #[test]
    fn layerwise_floor_by_hand() {
        let target = chain(1.0, &[(0.0, 1.0), (1.0, 0.5)]);
        assert_eq!(variance(&target, Distribution::Gaussian).unwrap(), Rational::from(38));
        assert_eq!(te(&target, &chain(2.0, &[(0.0, 1.0)])), Rational::new(6, 38).unwrap());
        assert_eq!(te(&target, &chain(2.0, &[(0.0, 1.0), (0.125, 0.5)])), Rational::new(9, 76).unwrap());
        for c in [2.0f64.next_down(), 2.0f64.next_up()] {
            assert!(te(&target, &chain(c, &[(0.0, 1.0)])) > Rational::new(6, 38).unwrap());
        }
    }

    /// The trapezoid rule for a Gaussian density, in plain floats: exponentially accurate for polynomials.
    #[test]
    fn agrees_with_quadrature_in_floats() {
        let (target, learner) = pair(2, &[2, 1], &Skips::LinSkip);
        let (step, half) = (0.25, 56i32);
        let difference = |x: &[f64]| forward::output(&learner, x) - forward::output(&target, x);
        let (mut weights, mut mean, mut square) = (0.0, 0.0, 0.0);
        for (i, j) in (-half..=half).flat_map(|i| (-half..=half).map(move |j| (i, j))) {
            let x = [f64::from(i) * step, f64::from(j) * step];
            let weight = libm::exp(-0.5 * (x[0] * x[0] + x[1] * x[1]));
            (weights, mean, square) =
                (weights + weight, mean + weight * difference(&x), square + weight * difference(&x).powi(2));
        }
        let quadrature = square / weights - (mean / weights).powi(2);
        let exact = relative_risk(&target, &learner, Distribution::Gaussian).unwrap().residual_variance.to_f64();
        assert!((quadrature / exact - 1.0).abs() < 1e-10, "{quadrature} {exact}");
    }

    /// A network whose output is `|x|^2` is constant on the sphere, and nothing can be relative to it.
    #[test]
    fn reasons_of_absence() {
        let d = 4;
        let architecture = Architecture::new(d, &[d], &Skips::Lin).unwrap();
        let identity = Matrix::from_fn(d, d, |i, j| f64::from(i == j));
        let norm =
            Network::new(architecture, vec![Layer { weights: vec![identity.clone()], span: identity, scale: 1.0 }]).unwrap();
        assert!(variance(&norm, Distribution::Sphere).unwrap().is_zero());
        assert_eq!(variance(&norm, Distribution::Gaussian).unwrap(), Rational::from(2 * d as i64));
        assert_eq!(relative_risk(&norm, &norm, Distribution::Sphere).unwrap_err(), Absent::ConstantTarget);
        let other = network(3, &[1], &Skips::Lin, false, 1);
        assert_eq!(relative_risk(&norm, &other, Distribution::Cube).unwrap_err(), Absent::Dimensions(4, 3));
        let mut broken = norm.clone();
        broken.layer_mut(2).scale = f64::NAN;
        assert_eq!(variance(&broken, Distribution::Cube).unwrap_err(), Absent::NotFinite);
        let wide = network(3, &[9, 9, 9], &Skips::Lin, false, 1);
        assert!(matches!(variance(&wide, Distribution::Cube), Err(Absent::Terms(_))));
    }

    /// In `d` dimensions, against the matrices themselves.
    #[test]
    fn feature_error_by_its_definition() {
        let (target, learner) = (network(3, &[2, 1], &Skips::Quad01, false, 3), network(3, &[1, 1], &Skips::Lin, true, 4));
        let entry = |n: &Network<f64>, row: usize, c: usize| {
            n.layer(2).weights.get(c / 3).map_or(Rational::zero(), |w| Rational::try_from(w[(row, c % 3)]).unwrap())
        };
        let product = |n: &Network<f64>, (i, j): (usize, usize)| {
            (0..n.architecture().width(2)).map(|r| entry(n, r, i) * entry(n, r, j)).sum::<Rational>()
        };
        let (mut numerator, mut denominator) = (Rational::zero(), Rational::zero());
        for ij in (0..6).flat_map(|i| (0..6).map(move |j| (i, j))) {
            let (k, w) = (product(&learner, ij), product(&target, ij));
            numerator = numerator + (k - &w).squared();
            denominator = denominator + w.squared();
        }
        assert_eq!(feature_error_squared(&target, &learner).unwrap(), numerator.over(&denominator).unwrap());
    }

    #[test]
    fn quadratic_forms_agree_with_the_expansion() {
        for (widths, skips) in [(vec![2, 2], Skips::Lin), (vec![3, 2], Skips::LinSkip), (vec![1, 1], Skips::LinSkip)] {
            let (target, learner) = pair(4, &widths, &skips);
            for learner in [learner.truncated(2), learner] {
                let (target, learner) = exact_pair(&target, &learner).unwrap();
                for distribution in [Distribution::Gaussian, Distribution::Sphere] {
                    let by_forms = Variables::for_networks(&[&target, &learner], distribution);
                    let by_parts = Variables { forms: None, distribution, features: FeatureRows::default() };
                    assert!(by_forms.forms.is_some());
                    assert_eq!(
                        by_forms.residual_and_target(&target, &learner).unwrap(),
                        by_parts.residual_and_target(&target, &learner).unwrap()
                    );
                }
            }
        }
    }
}
