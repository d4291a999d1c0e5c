//! Products are hard for ridge functions.

use std::borrow::Cow;

use dashu_int::IBig;

use super::rank_one;
use crate::claim::judging::all_hold;
use crate::claim::{Claim, Control, Evidence, Outcome, Profile, Table, Value};
use crate::error::Result;
use crate::exact::count::{binomial, factorial, floor};
use crate::exact::flattening::{is_spectrum_of, of_monomials};
use crate::exact::inputs::{gaussian, power, sum, variables, variance};
use crate::exact::linear::integer;
use crate::exact::spectrum::{Spectrum, energy, tail};
use crate::exact::{Polynomial, Rational};
use crate::hierarchy::claims::counting::dimensions;
use crate::hierarchy::experiment::Training;
use crate::scalar::Scalar;

/// Products are hard for ridge functions.
pub const MONOMIAL: Claim<Training> = Claim {
    id: Cow::Borrowed("shallow.monomial"),
    sentence: "(c), (d)",
    statement: Cow::Borrowed(
        "A two-layer network sum_(r <= m) psi_r(<w_r, x>) with any square-integrable activations has, on Gaussian \
        inputs, a relative error of at least 1 - m/C(p, p/2) for the monomial x_1 ... x_p: still 1/4 at m = \
        floor(3/4 C(p, p/2)), p = 2, 4, ..., 16. For the sum of d/p monomials in separate variables C(p, p/2) is \
        replaced by (d/p) C(p, p/2), which is linear in d. On the cube the bound is false: there <(1, 2, 4, ...), x> \
        determines x.",
    ),
    method: "The flattening of the monomial's tensor has C(p, p/2) equal singular values; the spectrum is verified \
            by exact ranks for p = 2, 4, 6 and for two blocks at p = 4, and its energy p! sum sigma^2 is the \
            variance at every p. The floor is p! sum_(i > m) sigma_i^2 over the variance. Lemma 2 (P5), \
            proofs/shallow.md. A floor says that fewer units cannot do it, not that so many can.",
    evidence: &[Evidence::Exact],
    missing: "",
    theorems: &["rank_one_sum_certificate", "monomial_width"],
    full_only: false,
    parameters: Vec::new(),
    figures: &[],
    items: |_, _| Vec::new(),
    check: |c| monomial(c.profile, &[(Target::Monomials, Rational::new(3, 4))], spectrum),
    controls: &[
        Control {
            breaks: "The same floor at m = C(p, p/2); and at m = floor(3/4 C(p, p/2)) for the target <w, x>^p, which \
                    one unit represents.",
            check: |c| {
                let cases = [(Target::Monomials, Rational::new(1, 1)), (Target::Power, Rational::new(3, 4))];
                monomial(c.profile, &cases, spectrum)
            },
        },
        Control {
            breaks: "The monomial's flattening is taken to have one singular value 1, as that of <w, x>^p has.",
            check: |c| monomial(c.profile, &[(Target::Monomials, Rational::new(3, 4))], |_, _, _| rank_one()),
        },
    ],
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

    fn variance(self, p: u64, blocks: u64) -> Rational {
        let of_power = || Rational::from(&variance(&Target::Power.form(p as usize, 1), gaussian));
        if self == Target::Monomials { Rational::from(blocks as i64) } else { of_power() }
    }

    /// `p! sum_(i > m) sigma_i^2 / Var f`.
    fn floor(self, p: u64, blocks: u64, spectrum: &Spectrum, m: &IBig) -> Rational {
        let left = &integer(&factorial(p)) * &tail(spectrum, m);
        left.over(&self.variance(p, blocks)).expect("no target here is constant")
    }
}

/// The squares of the singular values of a target's flattening, at `p` and a number of blocks.
type SpectrumOf = fn(Target, u64, u64) -> Spectrum;

fn spectrum(target: Target, p: u64, blocks: u64) -> Spectrum {
    if target == Target::Monomials { of_monomials(p, blocks) } else { rank_one() }
}

fn monomial(profile: Profile, cases: &[(Target, Option<Rational>)], spectrum: SpectrumOf) -> Result<Outcome> {
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
            let singular = spectrum(*target, p, blocks);
            let floor = target.floor(p, blocks, &singular, &m);
            held.push(floor >= quarter);
            let count = singular.iter().fold(IBig::ZERO, |sum, (_, n)| sum + n);
            let facts = [target.name().into(), p.into(), (p * blocks).into(), count.into(), m.into()];
            table.push(facts.into_iter().chain([floor.to_string(), floor.to_decimal(4)].map(Value::exact)));
        }
        let at = if fraction == Rational::one() { "C".into() } else { format!("floor({fraction} C)") };
        let requires = format!("{}: the floor at m = {at}, C = (d/p) C(p, p/2), is at least 1/4", target.name());
        conditions.push(all_hold("floor at least", requires, &held));
        let spectra: Vec<bool> = small
            .iter()
            .map(|&(p, b)| is_spectrum_of(&spectrum(*target, p as u64, b as u64), &target.form(p, b), p * b))
            .collect();
        let requires = format!("{}: the singular values are those of the flattening", target.name());
        conditions.push(all_hold("singular values equal", requires, &spectra));
    }
    let energies: Vec<bool> = degrees
        .iter()
        .map(|&p| &integer(&factorial(p)) * &energy(&spectrum(Target::Monomials, p, 1)) == Rational::one())
        .collect();
    conditions.push(all_hold("energy of the spectrum equals", "x_1 ... x_p: p! sum sigma^2 = 1 = E f^2", &energies));
    Ok(Outcome { conditions, tables: vec![table] })
}
