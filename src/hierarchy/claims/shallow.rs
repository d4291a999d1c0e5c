//! Lower bounds for two-layer networks with any activation, on Gaussian inputs.

use std::borrow::Cow;

use super::counting::{dimensions, fitted_exponent, printed};
use crate::claim::judging::{all_hold, all_slopes_within};

use dashu_int::IBig;

use super::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::count::{binomial, factorial, floor};
use crate::exact::flattening::{is_spectrum_of, of_monomials, of_quadratic_power};
use crate::exact::harmonic::Signature;
use crate::exact::inputs::{gaussian, power, sum, variables, variance};
use crate::exact::linear::integer;
use crate::exact::spectrum::{Spectrum, energy, least_rank, tail};
use crate::exact::{Polynomial, Rational};
use crate::scalar::Scalar;

/// Products are hard for ridge functions.
pub const MONOMIAL: Claim = Claim {
    id: Cow::Borrowed("shallow.monomial"),
    sentence: "(c), (d)",
    statement: Cow::Borrowed(
        "A two-layer network sum_(r <= m) psi_r(<w_r, x>) with any square-integrable activations has, on Gaussian inputs, a relative \
                error of at least 1 - m/C(p, p/2) for the monomial x_1 ... x_p: still 1/4 at m = floor(3/4 C(p, p/2)), p = 2, 4, ..., 16. \
                For the sum of d/p monomials in separate variables C(p, p/2) is replaced by (d/p) C(p, p/2), which is linear in d. On the \
                cube the bound is false: there <(1, 2, 4, ...), x> determines x.",
    ),
    method: "The flattening of the monomial's tensor has C(p, p/2) equal singular values; the spectrum is verified by exact ranks for p = \
             2, 4, 6 and for two blocks at p = 4, and its energy p! sum sigma^2 is the variance at every p. The floor is p! sum_(i > m) \
             sigma_i^2 over the variance. Lemma P5, proofs/shallow.md. A floor says that fewer units cannot do it, not that so many can.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &["rank_one_sum_certificate", "monomial_width"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| monomial(c.profile, &[(Target::Monomials, Rational::new(3, 4))]),
    controls: &[Control {
        breaks: "The same floor at m = C(p, p/2); and at m = floor(3/4 C(p, p/2)) for the target <w, x>^p, which one unit represents.",
        check: |c| monomial(c.profile, &[(Target::Monomials, Rational::new(1, 1)), (Target::Power, Rational::new(3, 4))]),
    }],
};

/// A form of degree `p` in `p` variables a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// The sum over blocks of the products of their variables.
    Monomials,
    /// `x_1^p`: by rotation, any `<w, x>^p`.
    Power,
}

impl Target {
    fn name(self) -> &'static str {
        if self == Target::Monomials { "x_1 ... x_p" } else { "<w, x>^p" }
    }

    fn form(self, p: usize, blocks: usize) -> Polynomial {
        let x = variables(p * blocks);
        match self {
            Target::Monomials => {
                sum(x.chunks(p).map(|block| block.iter().fold(Polynomial::one(), |product, v| product.times(v))))
            }
            Target::Power => power(&x[0], p as u32),
        }
    }

    fn spectrum(self, p: u64, blocks: u64) -> Spectrum {
        if self == Target::Monomials { of_monomials(p, blocks) } else { rank_one() }
    }

    fn variance(self, p: u64, blocks: u64) -> Rational {
        let of_power = || Rational::from(&variance(&Target::Power.form(p as usize, 1), gaussian));
        if self == Target::Monomials { Rational::from(blocks as i64) } else { of_power() }
    }

    /// `p! sum_(i > m) sigma_i^2 / Var f`.
    fn floor(self, p: u64, blocks: u64, m: &IBig) -> Rational {
        let left = &integer(&factorial(p)) * &tail(&self.spectrum(p, blocks), m);
        left.over(&self.variance(p, blocks)).expect("no target here is constant")
    }
}

/// The flattening of `w (x) ... (x) w` for a unit vector `w`.
fn rank_one() -> Spectrum {
    vec![(Rational::one(), IBig::ONE)]
}

fn monomial(profile: Profile, cases: &[(Target, Option<Rational>)]) -> Result<Outcome> {
    let quarter = Rational::new(1, 4).expect("4 is not zero");
    let degrees: &[u64] = if profile.draws_conclusions() { &[2, 4, 6, 8, 10, 12, 14, 16] } else { &[2, 4] };
    let small: &[(usize, usize)] =
        if profile.draws_conclusions() { &[(2, 1), (4, 1), (6, 1), (4, 2)] } else { &[(2, 1), (4, 1)] };
    let mut table = Table::new("floors", &["target", "p", "d", "singular values", "m", "floor", "decimal"]);
    let mut conditions = Vec::new();
    for (target, fraction) in cases {
        // Without a fraction, all of C.
        let fraction = fraction.clone().unwrap_or_else(Rational::one);
        let mut held = Vec::new();
        let blocks = degrees.iter().map(|p| (*p, 1)).chain(dimensions(profile).iter().map(|d| (4, d / 4)));
        for (p, blocks) in blocks {
            let m = floor(&(&integer(&(binomial(p, p / 2) * blocks)) * &fraction));
            let floor = target.floor(p, blocks, &m);
            held.push(floor >= quarter);
            let count = target.spectrum(p, blocks).iter().fold(IBig::ZERO, |sum, (_, n)| sum + n);
            let facts = [target.name().into(), p.into(), (p * blocks).into(), count.into(), m.into()];
            table.push(facts.into_iter().chain([floor.to_string(), floor.to_decimal(4)].map(Value::exact)));
        }
        let at = if fraction == Rational::one() { "C".into() } else { format!("floor({fraction} C)") };
        let requires = format!("{}: the floor at m = {at}, C = (d/p) C(p, p/2), is at least 1/4", target.name());
        conditions.push(all_hold("floor at least", requires, &held));
        let spectra: Vec<bool> =
            small.iter().map(|&(p, b)| is_spectrum_of(&target.spectrum(p as u64, b as u64), &target.form(p, b), p * b)).collect();
        let requires = format!("{}: the singular values are those of the flattening", target.name());
        conditions.push(all_hold("singular values equal", requires, &spectra));
    }
    let energies: Vec<bool> =
        degrees.iter().map(|p| &integer(&factorial(*p)) * &energy(&of_monomials(*p, 1)) == Rational::one()).collect();
    conditions.push(all_hold("energy of the spectrum equals", "x_1 ... x_p: p! sum sigma^2 = 1 = E f^2", &energies));
    Ok(Outcome { conditions, tables: vec![table] })
}

/// Powers of quadratic forms are hard for ridge functions.
pub const QUADRATIC_POWER: Claim = Claim {
    id: Cow::Borrowed("shallow.quadratic-power"),
    sentence: "(c), (d)",
    statement: Cow::Borrowed(
        "The width m that a two-layer network with any square-integrable activations needs, on Gaussian inputs, for relative error 1/4 on \
                (x'Ax)^2 (depth 3) and for relative error 1/100 on (x'Ax)^4 (depth 4), A diagonal with half its entries 1 and half -1, is at \
                least the number in the table, above 1 at every d = 8, ..., 1024; the numbers grow with fitted exponents in [1.9, 2.1] and \
                [3.8, 4.2]. The number of singular values is C(d+1, 2) and C(d+3, 4), polynomials of degree 2 and 4 in d.",
    ),
    method: "The flattening of (x'Ax)^k has singular values theta_j with multiplicities dim H_(k-2j): verified by exact ranks at (k, d) = (2, \
             4), (2, 6), (4, 4). The variance is exact. The least m with (2k)! sum_(i > m) sigma_i^2 <= error Var is counted exactly; \
             the slope of ln m over d = 64, ..., 1024 is enclosed. Lemma P5, proofs/shallow.md.",
    evidence: &[Evidence::Exact, Evidence::Enclosed],
    missing: "",
    theorems: &["eckart_young_lower", "ridge_certificate"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| quadratic_power(c.profile, balanced),
    controls: &[Control {
        breaks: "A of rank one: <w, x>^(2k) needs a width of at most 1.",
        check: |c| quadratic_power(c.profile, of_rank_one),
    }],
};

/// The power of a quadratic form: what its floor depends on.
struct Powers {
    form: Polynomial,
    spectrum: Spectrum,
    variance: Rational,
}

/// `(x'Ax)^k` for the balanced signature; the form itself only in few dimensions, where it is expanded.
fn balanced(k: u32, d: usize) -> Powers {
    let form = if d <= LARGEST_EXPANDED { power(&Signature::Balanced.form(d), k) } else { Polynomial::zero() };
    let variance = Signature::Balanced.variance(k, d).expect("the dimensions here are even");
    Powers { form, spectrum: of_quadratic_power(u64::from(k), d as u64), variance }
}

/// `<w, x>^(2k)`.
fn of_rank_one(k: u32, _: usize) -> Powers {
    let form = power(&Polynomial::variable(0), 2 * k);
    Powers { variance: Rational::from(&variance(&form, gaussian)), spectrum: rank_one(), form }
}

const LARGEST_EXPANDED: usize = 6;

fn quadratic_power(profile: Profile, powers: fn(u32, usize) -> Powers) -> Result<Outcome> {
    let mut table = Table::new("width needed", &["f", "error", "d", "singular values", "share of the top chaos", "m"]);
    let mut exponents = Table::new("fitted exponents, d >= 64", &["f", "exponent"]);
    let mut conditions = Vec::new();
    for (k, name, error, band) in [(2u32, "(x'Ax)^2", (1, 4), ("1.9", "2.1")), (4, "(x'Ax)^4", (1, 100), ("3.8", "4.2"))] {
        let error = Rational::new(error.0, error.1).expect("the denominators above are not zero");
        let scale = integer(&factorial(2 * u64::from(k)));
        let mut needed = Vec::new();
        for &d in [8].iter().chain(dimensions(profile)) {
            let f = powers(k, d as usize);
            let allowed = (&error * &f.variance).over(&scale).expect("a factorial is not zero");
            let share = (&scale * &energy(&f.spectrum)).over(&f.variance).expect("no target here is constant");
            let count = f.spectrum.iter().fold(IBig::ZERO, |sum, (_, n)| sum + n);
            let m = least_rank(&f.spectrum, &allowed);
            let [error, share] = [error.to_string(), share.to_decimal(4)].map(Value::exact);
            table.push([name.into(), error, d.into(), count.into(), share, Value::from(&m)]);
            needed.push((d, m));
        }
        let wide: Vec<bool> = needed.iter().map(|(_, m)| *m > IBig::ONE).collect();
        conditions.push(all_hold("width needed above", format!("{name}: a width above 1 is needed at every d"), &wide));
        let exponent = fitted_exponent(&needed);
        exponents.push([name.into(), printed(&exponent)]);
        conditions.push(
            all_slopes_within(&format!("{name}: the fitted exponent of the width"), "", &[exponent], band)
                .keyed("fitted exponent of the width within"),
        );
        let small: &[usize] = if k == 2 { &[4, 6] } else { &[4] };
        let verified = |&d: &usize| is_spectrum_of(&powers(k, d).spectrum, &powers(k, d).form, d);
        conditions.push(all_hold(
            "singular values equal",
            format!("{name}: the singular values are those of the flattening"),
            &small.iter().map(verified).collect::<Vec<_>>(),
        ));
    }
    Ok(Outcome { conditions, tables: vec![table, exponents] })
}
